"""Inside a run no door of ``tables`` gives a row published past the run's day."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import catalog, clock, tables
from jpresearch.clock import AS_OF_VARIABLE, NOW_VARIABLE
from jpresearch.errors import BadParameter, LookAhead, NotYetPublished

NOW = "2026-11-20T12:00"
NAMES = ("boj_policy", "nisa_usage", "investor_flows", "semiconductor_filings", "splits", "semiconductor_prices")
Door = Callable[[str, Any], Any]
# Every public function that reads rows, by name and as of a moment; the last two know no moment.
DOORS: dict[str, Door] = {
    "load": lambda name, as_of: tables.load(name, as_of),
    "vintages": lambda name, as_of: tables.vintages(name, as_of),
    "snapshot": lambda name, as_of: tables.snapshot(catalog.table(name), as_of),
    "newest": lambda name, as_of: tables.newest(name, as_of),
    "sources": lambda name, as_of: tables.sources(name, as_of=as_of),
    "staleness": lambda name, as_of: tables.staleness(name, as_of),
    "read": lambda name, as_of: tables.read(catalog.table(name)),
    "first_publication": lambda name, as_of: tables.first_publication(name),
}
# They return no rows of a table: a count, violations, columns, a moment, figures without their publication.
OTHERS = {"append", "check", "content_hash", "empty", "moment", "rehearse", "restatements"}
doors = pytest.mark.parametrize("door", DOORS)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NOW_VARIABLE, NOW)


def published(answer: Any) -> Iterator[pd.Timestamp]:
    """Every moment of publication in what a door gave."""
    if isinstance(answer, pd.DataFrame):
        yield from answer["published_at"]
    elif isinstance(answer, list) and answer and isinstance(answer[0], tables.SeriesAge):
        yield from (pd.Timestamp(each.newest_period, tz="Asia/Tokyo") for each in answer)
    elif isinstance(answer, list):
        texts = [row["published"] for row in answer if row["published"]]
        yield from (pd.Timestamp(text, tz="Asia/Tokyo") for text in texts)
    elif isinstance(answer, dict):
        yield pd.Timestamp(answer["newest_published_at"])
    else:
        yield pd.Timestamp(answer, tz="Asia/Tokyo")


def test_every_public_function_of_tables_is_held_to_the_ceiling_here() -> None:
    functions = {name for name in tables.__all__ if inspect.isfunction(getattr(tables, name))}
    assert functions == set(tables.__all__) - {"SeriesAge"} == set(DOORS) | OTHERS


@doors
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_row_published_past_the_ceiling_is_ever_returned(
    door: str, name: str, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = tables.read(catalog.table(name)) if clock.ceiling() is None else None
    moments = st.datetimes(pd.Timestamp("2010-01-01"), pd.Timestamp("2026-11-20"))
    limit = data.draw(moments, "ceiling")
    ahead = st.timedeltas(timedelta(days=-4000), timedelta(days=400))
    asked = data.draw(st.none() | ahead.map(lambda gap: limit + gap), "as of")
    with monkeypatch.context() as patch:
        patch.setenv(AS_OF_VARIABLE, limit.isoformat())
        ceiling = clock.ceiling()
        assert ceiling is not None
        try:
            answer = DOORS[door](name, asked)
        except (LookAhead, NotYetPublished):
            return
        assert all(moment <= ceiling for moment in published(answer))
        if door in ("load", "vintages", "snapshot") and everything is not None and asked is not None:
            assert set(answer["published_at"]) <= set(
                everything.loc[everything["published_at"] <= ceiling, "published_at"]
            )


@doors
def test_a_read_that_forgets_the_day_is_refused_in_a_run_of_the_past(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(AS_OF_VARIABLE, "2021-06-30")
    with pytest.raises(LookAhead, match="boj_policy"):
        # The table's first row is of November 2021, so that every door would go past the day.
        DOORS[door]("boj_policy", None)


@doors
def test_a_read_of_a_later_day_is_refused_in_a_run_of_the_past(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF_VARIABLE, "2021-06-30")
    with pytest.raises(LookAhead, match="goes past the run's day, 2021-06-30"):
        DOORS[door]("boj_policy", "2026-09-18")


def test_a_run_of_the_present_reads_what_is_public_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NOW_VARIABLE, "2026-09-10T15:00")
    monkeypatch.setenv(AS_OF_VARIABLE, "2026-09-10T15:00")
    for door in ("load", "vintages", "snapshot", "read"):
        answer = DOORS[door]("investor_flows", None)
        assert answer["published_at"].max() == pd.Timestamp("2026-09-03 15:30", tz="Asia/Tokyo"), door


def test_vintages_hold_every_edition_public_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = tables.read(catalog.table("semiconductor_filings"))
    monkeypatch.setenv(AS_OF_VARIABLE, "2025-09-05")
    found = tables.vintages("semiconductor_filings", "2025-09-05")
    known = everything[everything["published_at"] <= clock.moment("2025-09-05")].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, known)
    assert len(found) > len(tables.load("semiconductor_filings", "2025-09-05"))


def test_restatements_are_the_later_splits_without_their_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF_VARIABLE, "2024-01-05")
    found = tables.restatements("semiconductor_prices")
    assert found.columns.tolist() == ["code", "ex_date", "ratio"]
    assert found["ex_date"].max() > pd.Timestamp("2024-01-05"), "the file's closes are divided by these too"
    with pytest.raises(LookAhead):
        tables.load("splits")


@pytest.mark.parametrize("name", ["splits", "investor_flows", "sector_etf_daily"])
def test_what_is_not_restated_by_a_table_has_no_such_door(name: str) -> None:
    with pytest.raises(BadParameter, match="not restated"):
        tables.restatements(name)


def test_a_row_published_in_the_future_is_not_read_without_a_day(project: Any) -> None:
    file = catalog.table("nisa_usage").file
    head, *rest = file.read_text(encoding="utf-8").splitlines()
    first = next(csv_row for csv_row in rest if "2026-07-03T23:59:59+09:00" in csv_row)
    at = rest.index(first)
    rest.insert(at + 1, first.replace("2026-07-03T23:59:59+09:00", "2062-01-20T15:00:00+09:00"))
    file.write_text("\n".join([head, *rest]) + "\n", encoding="utf-8")
    assert tables.load("nisa_usage")["published_at"].max() < pd.Timestamp("2026-11-20", tz="Asia/Tokyo")
    assert tables.newest("nisa_usage")["newest_published_at"] < "2026-11-20"
