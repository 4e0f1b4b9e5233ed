"""The next release of a table, seen from a day."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch import catalog
from jpresearch.datasets import releases
from jpresearch.errors import UnknownTable


def tokyo(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="Asia/Tokyo")


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        ("2025-09-03", "2025-09-04 15:30"),
        ("2025-09-04T15:29", "2025-09-04 15:30"),
        ("2025-09-04T15:30", "2025-09-11 15:30"),
        ("2025-09-05", "2025-09-11 15:30"),
    ],
)
def test_investor_types_come_out_on_thursday_afternoon(as_of: str, due: str) -> None:
    assert releases.upcoming(as_of, "investor_flows") == tokyo(due)


def test_the_ministry_is_hours_earlier_on_the_same_day() -> None:
    assert releases.upcoming("2026-09-16", "securities_flows") == tokyo("2026-09-17 08:50")


def test_a_late_table_shows_the_next_release_of_its_calendar_not_one_that_passed() -> None:
    now = "2026-11-20"
    found = releases.calendar(now)
    assert (found["next_release"] > tokyo("2026-11-20 23:59:59")).all()
    assert found["next_release"].is_monotonic_increasing
    assert {"investor_flows", "securities_flows", "market_daily"} <= set(found.index)


def test_tables_that_follow_no_calendar_or_are_not_out_yet_are_absent() -> None:
    irregular = {table.name for table in catalog.catalog().values() if table.house.staleness_days is None}
    assert irregular and not irregular & set(releases.calendar("2025-09-05").index)
    assert "investor_flows" not in releases.calendar("2005-01-01").index


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(UnknownTable, match="investor_flow"):
        releases.upcoming("2025-09-05", "investor_flow")
