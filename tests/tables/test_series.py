"""Staleness is judged per series: an index that is fresh does not excuse a yen that is weeks old."""

from __future__ import annotations

import json
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.errors import NotYetPublished
from jpresearch.sources import schedule
from jpresearch.tables.series import SeriesAge, ages, behind, newest_periods

NAMES = sorted(catalog.read_package(Path(__file__).parents[2] / "data" / "datapackage.json"), key=lambda t: t.name)
every_table = pytest.mark.parametrize("name", [table.name for table in NAMES])


def days(name: str, newest: dict[str, str]) -> pd.DataFrame:
    """Rows of a table of one key column: one period a series."""
    (key,) = catalog.table(name).series_columns
    return pd.DataFrame({key: list(newest), "period_end": pd.to_datetime(list(newest.values()))})


def late(name: str, newest: dict[str, str], day: str) -> list[str]:
    found = ages(catalog.table(name), days(name, newest), date.fromisoformat(day))
    return [each.series for each in found if each.late]


def test_a_fresh_nikkei_does_not_excuse_a_yen_of_three_weeks_ago() -> None:
    newest = {"nikkei225": "2026-08-21", "usdjpy": "2026-07-31"}
    assert late("market_daily", newest, "2026-08-23") == ["usdjpy"]


def test_the_yen_of_a_week_comes_out_on_the_following_tuesday_and_is_not_late_on_monday() -> None:
    newest = {"nikkei225": "2026-08-31", "usdjpy": "2026-08-21"}
    assert late("market_daily", newest, "2026-08-31") == []
    assert late("market_daily", newest, "2026-09-03") == ["usdjpy"]


def test_a_series_that_has_ended_is_never_late_and_says_why() -> None:
    old, new = ages(
        catalog.table("prime_valuation"),
        days("prime_valuation", {"tse_first": "2022-03-31", "tse_prime": "2026-06-30"}),
        date(2026, 9, 28),
    )
    assert (old.late, new.late) == (False, True)
    assert old.ended and "2022-04-04" in old.ended and new.ended is None


def test_a_series_carried_on_past_its_stated_end_is_alive_again() -> None:
    newest = {"tse_first": "2022-05-31", "tse_prime": "2026-06-30"}
    assert late("prime_valuation", newest, "2026-07-01") == ["tse_first"]


@pytest.mark.parametrize(("age", "is_late"), [(7, False), (8, True)])
def test_the_allowance_is_the_longest_age_that_is_not_late(age: int, is_late: bool) -> None:
    newest = date(2026, 8, 1)
    (found,) = ages(
        catalog.table("market_daily"),
        days("market_daily", {"topix": newest.isoformat()}),
        date.fromordinal(newest.toordinal() + age),
    )
    assert found == SeriesAge("topix", newest, age, 7)
    assert found.late is is_late


def test_only_series_that_can_be_late_on_their_own_are_noted() -> None:
    frame = days("market_daily", {"nikkei225": "2026-08-21", "topix": "2026-08-21", "usdjpy": "2026-08-14"})
    noted = behind(catalog.table("market_daily"), frame)
    assert noted == {"usdjpy": {"newest_period": "2026-08-14", "allowance_days": 12}}


@every_table
def test_every_series_of_a_table_is_judged_once(name: str) -> None:
    table = catalog.table(name)
    frame = tables.snapshot(table, None)
    found = tables.staleness(name)
    assert len({each.series for each in found}) == len(found)
    assert max(each.newest_period for each in found) == frame["period_end"].max().date()
    count = frame[table.series_columns].drop_duplicates().shape[0] if table.series_columns else 1
    assert len(found) == count


@every_table
def test_staleness_sees_nothing_that_was_not_public(name: str) -> None:
    published = tables.read(catalog.table(name))["published_at"].sort_values()
    day = published.iloc[len(published) // 2]
    known = tables.snapshot(catalog.table(name), day)
    found = tables.staleness(name, day)
    assert newest_periods(catalog.table(name), known) == {each.series: each.newest_period for each in found}
    assert all(each.age_days == (day.date() - each.newest_period).days for each in found)


@every_table
def test_patterns_of_the_descriptor_meet_series_and_ends_are_ends(name: str) -> None:
    table = catalog.table(name)
    newest = newest_periods(table, tables.read(table))
    expected = {"tse_mothers/*", "tse_jasdaq/*"}
    for pattern in {*table.house.series.allowance_days, *table.house.series.ended} - expected:
        assert any(fnmatchcase(series, pattern) for series in newest), pattern
    for pattern, ended in table.house.series.ended.items():
        known = [end for series, end in newest.items() if fnmatchcase(series, pattern)]
        assert ended.why and (pattern in expected or any(end <= ended.last for end in known)), pattern


def test_a_table_not_yet_public_has_no_staleness() -> None:
    with pytest.raises(NotYetPublished):
        tables.staleness("market_cap", "2025-01-01")


def test_a_table_without_a_calendar_has_no_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {each.allowance_days for each in tables.staleness("splits")} == {None}
    monkeypatch.setenv("JPRESEARCH_NOW", "2099-01-01T12:00")
    assert not any(each.late for each in tables.staleness("splits"))


def edit_series(home: Path, name: str, rules: dict[str, Any]) -> None:
    file = home / "data" / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    for entry in package["resources"]:
        if entry["name"] == name:
            entry["jpresearch"]["series"] = rules
    file.write_text(json.dumps(package), encoding="utf-8")


def test_a_series_that_has_ended_awaits_no_release(project: Path) -> None:
    awaited = schedule.due(catalog.table("futures_positions")).next_release
    assert awaited is not None and awaited > pd.Timestamp("2026-08-01", tz="Asia/Tokyo")
    edit_series(project, "futures_positions", {"by": ["contract", "report"]})
    overdue = schedule.due(catalog.table("futures_positions")).next_release
    assert overdue is not None and overdue < pd.Timestamp("2024-09-01", tz="Asia/Tokyo")
