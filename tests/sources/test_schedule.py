"""The periods that a table is expected to bring next."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog
from jpresearch.sources.schedule import following_periods

NAMES = sorted(
    table.name
    for table in catalog.read_package(Path(__file__).parents[2] / "data" / "datapackage.json")
    if table.house.release_rule is not None
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", ["2024-12-27", "2026-02-28", "2026-04-30"])
def test_several_periods_ahead_are_those_that_single_steps_reach(name: str, end: str) -> None:
    table = catalog.table(name)
    steps, last = [], pd.Timestamp(end)
    for _ in range(6):
        following = following_periods(table, last)
        if following.empty:
            break
        last = following[0]
        steps.append(last)
    assert list(following_periods(table, pd.Timestamp(end), 6)) == steps
    assert steps == sorted(set(steps))


def test_periods_end_one_past_the_calendar() -> None:
    ends = following_periods(catalog.table("market_daily"), pd.Timestamp("2024-12-27"), 100_000)
    assert 0 < len(ends) < 100_000
    assert following_periods(catalog.table("market_daily"), ends[-1]).empty
