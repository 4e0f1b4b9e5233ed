"""What a file says that a table does not: new, corrected, unchanged; nothing twice, nothing undone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.errors import DescriptorInvalid
from jpresearch.sources.comparison import Comparison, compare
from jpresearch.sources.model import Parsed
from jpresearch.sources.schedule import due, expected

NOW = pd.Timestamp("2026-11-20 12:00", tz="Asia/Tokyo")
NET = "inward_equity_net_jpy_100mn"


def mof_rows(*ends: str, shift: float = 0.0) -> pd.DataFrame:
    """Rows of the table as a file would state them: no publish date; all figures of those weeks moved by ``shift``."""
    frame = tables.read(catalog.table("securities_flows"))
    rows = frame[frame["period_end"].isin(pd.DatetimeIndex(ends))].drop(columns=["published_at", "grade", "source"])
    rows = rows.reset_index(drop=True)
    rows["inward_equity_acquisition_jpy_100mn"] += shift
    rows[NET] += shift
    return rows


def run(
    rows: pd.DataFrame, edition: str | None = None, name: str = "securities_flows", now: pd.Timestamp = NOW
) -> Comparison:
    table = catalog.table(name)
    moment = None if edition is None else pd.Timestamp(edition, tz="Asia/Tokyo")
    return compare(table, tables.read(table), [Parsed(name, rows, "mof-itn-securities", moment)], now)


def test_a_file_that_says_nothing_new_changes_nothing() -> None:
    found = run(mof_rows("2025-08-23", "2025-08-30"), "2025-09-04 08:50")
    assert (found.new, found.corrected, found.unchanged) == (0, 0, 2)
    assert found.rows.empty


def test_a_new_week_is_dated_by_the_release_rule() -> None:
    rows = mof_rows("2026-09-12").assign(period_start=pd.Timestamp("2026-09-13"), period_end=pd.Timestamp("2026-09-19"))
    found = run(rows)
    assert (found.new, found.corrected) == (1, 0)
    # 2026-09-24 is the Thursday after; 21 to 23 September are holidays, the 24th is not.
    assert found.rows["published_at"].tolist() == [pd.Timestamp("2026-09-24 08:50", tz="Asia/Tokyo")]
    assert found.rows["grade"].tolist() == ["rule"]


def test_a_figure_that_is_here_before_the_rule_expects_it_is_dated_now() -> None:
    rows = mof_rows("2026-09-12").assign(period_start=pd.Timestamp("2026-11-08"), period_end=pd.Timestamp("2026-11-14"))
    early = pd.Timestamp("2026-11-18 10:00", tz="Asia/Tokyo")
    found = run(rows, now=early)
    assert found.rows["published_at"].tolist() == [early]
    assert found.rows["grade"].tolist() == ["assumed"]


def test_a_correction_names_old_and_new_and_is_dated_by_its_edition() -> None:
    found = run(mof_rows("2025-08-30", shift=10), "2025-10-02 08:50")
    assert (found.new, found.corrected, found.unchanged) == (0, 1, 0)
    assert [(change.column, change.old, change.new) for change in found.changes if change.column == NET] == [
        (NET, -7857.0, -7847.0)
    ]
    assert found.rows["published_at"].tolist() == [pd.Timestamp("2025-10-02 08:50", tz="Asia/Tokyo")]
    assert found.rows["grade"].tolist() == ["stated"]
    assert run(mof_rows("2025-08-30", shift=10)).rows["grade"].tolist() == ["assumed"]


def test_a_correction_never_overwrites_and_is_not_found_twice(project: Path) -> None:
    before = tables.load("securities_flows", "2025-09-30").to_csv()
    shifted = mof_rows("2025-08-30", shift=10)
    tables.append("securities_flows", run(shifted, "2025-10-02 08:50").rows)
    assert tables.load("securities_flows", "2025-09-30").to_csv() == before
    corrected = tables.load("securities_flows").set_index("period_end").loc["2025-08-30", NET]
    assert corrected == -7847
    for again in (run(shifted, "2025-10-02 08:50"), run(shifted, "2025-10-09 08:50"), run(shifted)):
        assert (again.new, again.corrected, again.unchanged) == (0, 0, 1)


def test_an_older_edition_never_undoes_a_later_correction(project: Path) -> None:
    original = mof_rows("2025-08-30")
    tables.append("securities_flows", run(mof_rows("2025-08-30", shift=10), "2025-10-02 08:50").rows)
    found = run(original, "2025-09-11 08:50")
    assert (found.new, found.corrected, found.unchanged) == (0, 0, 1)


def test_two_editions_of_a_new_week_in_one_import_are_two_vintages_in_their_order() -> None:
    week = {"period_start": pd.Timestamp("2026-09-13"), "period_end": pd.Timestamp("2026-09-19")}
    first, later = mof_rows("2026-09-12").assign(**week), mof_rows("2026-09-12", shift=10).assign(**week)
    table = catalog.table("securities_flows")
    stated = [(first, "2026-09-24"), (later, "2026-10-01"), (later, "2026-10-08")]
    parts = [
        Parsed("securities_flows", rows, "mof-itn-securities", pd.Timestamp(f"{day} 08:50", tz="Asia/Tokyo"))
        for rows, day in stated
    ]
    for order in (parts, parts[::-1]):
        found = compare(table, tables.read(table), order, NOW)
        assert (found.new, found.corrected) == (1, 1)
        by_moment = found.rows.sort_values("published_at")
        assert by_moment["published_at"].dt.strftime("%m-%d").tolist() == ["09-24", "10-01"]
        assert by_moment[NET].diff().iloc[1] == 10


def test_the_same_figure_at_another_precision_is_the_same_figure() -> None:
    table = catalog.table("investor_flows")
    frame = tables.read(table)
    known = frame[(frame["coverage"] == "net") & (frame["period_end"] == "2025-08-29")]
    rows = known.drop(columns=["published_at", "grade", "source"]).assign(
        net_jpy_mn=known["net_jpy_mn"] + 0.4, coverage="full"
    )
    assert run(rows, name="investor_flows").corrected == 0
    rows["net_jpy_mn"] += 0.2
    assert run(rows, name="investor_flows").corrected == len(rows)


def test_a_figure_that_disappears_is_a_correction_to_missing() -> None:
    rows = mof_rows("2025-08-30")
    rows.loc[0, NET] = float("nan")
    found = run(rows, "2025-10-02 08:50")
    assert found.corrected == 1
    assert found.rows[NET].isna().all()


def test_a_stated_second_row_becomes_a_second_vintage() -> None:
    table = catalog.table("investor_flows")
    frame = tables.read(table)
    week = frame[(frame["period_end"] == "2022-03-25") & (frame["investor"] == "foreigners")]
    week = week[week["market"] == "two_markets"].drop(columns=["source"])
    found = run(week, name="investor_flows")
    assert (found.new, found.corrected, found.unchanged) == (0, 0, 2)
    third = week.tail(1).assign(published_at=pd.Timestamp("2022-05-12 15:30", tz="Asia/Tokyo"), net_jpy_mn=-1.0)
    found = run(third, name="investor_flows")
    assert (found.corrected, found.changes[0].old, found.changes[0].new) == (1, -164402.0, -1.0)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.sets(st.integers(0, 1131), min_size=1, max_size=30), shift=st.sampled_from([0.0, 1.0, -250.0]))
def test_every_row_is_new_corrected_or_unchanged(picks: set[int], shift: float) -> None:
    ends = tables.read(catalog.table("securities_flows"))["period_end"].iloc[sorted(picks)]
    rows = mof_rows(*ends.dt.strftime("%Y-%m-%d"), shift=shift)
    found = run(rows)
    assert found.new + found.corrected + found.unchanged == len(rows)
    assert found.corrected == (len(rows) if shift else 0)


def test_a_series_without_a_release_rule_is_refused() -> None:
    table = catalog.table("market_daily")
    rows = tables.read(table).head(1).assign(series="moon_phase")
    with pytest.raises(DescriptorInvalid, match="moon_phase"):
        expected(table, rows)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("investor_flows", "2026-10-08 15:30"),
        ("securities_flows", "2026-09-24 08:50"),
        ("semiconductor_prices", "2026-08-24 15:30"),
        ("prime_valuation", "2026-08-03 13:00"),
        ("splits", None),
    ],
)
def test_the_next_release_follows_from_newest_period_and_rule(name: str, moment: str | None) -> None:
    found = due(catalog.table(name))
    assert found.next_release == (None if moment is None else pd.Timestamp(moment, tz="Asia/Tokyo"))
    assert not found.late(pd.Timestamp("2026-07-01", tz="Asia/Tokyo"))
    assert found.late(pd.Timestamp("2026-11-22", tz="Asia/Tokyo")) == (moment is not None)
