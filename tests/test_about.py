"""An ``About`` is believed only while every value is one that the dataset returned for its row."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.about import About, about, describe

WEEKS = pd.DatetimeIndex(["2025-08-15", "2025-08-22", "2025-08-29"], name="week_end")


@pytest.fixture
def net() -> pd.DataFrame:
    frame = pd.DataFrame({"foreigners": [573.7, -198.9, -303.2], "individuals": [-1125.0, 150.4, None]}, index=WEEKS)
    return describe(frame, About("JPY bn", "week", "cash equities"))


@pytest.mark.parametrize(
    "kept",
    [
        lambda net: net,
        lambda net: net["foreigners"],
        lambda net: net.dropna(),
        lambda net: net[net["foreigners"] < 0],
        lambda net: net.loc["2025-08-29"],
        lambda net: net.iloc[-1],
        lambda net: net.sort_index(ascending=False),
        lambda net: net.rename(columns={"foreigners": "Foreigners"}),
    ],
)
def test_a_selection_keeps_its_unit(net: pd.DataFrame, kept: object) -> None:
    found = about(kept(net))  # type: ignore[operator]
    assert found is not None and (found.unit, found.span) == ("JPY bn", "week")


@pytest.mark.parametrize(
    "changed",
    [
        lambda net: net.rolling(2).sum(),
        lambda net: net * 100,
        lambda net: net.cumsum(),
        lambda net: net.shift(),
        lambda net: net / net.abs().sum(),
        lambda net: net.pct_change(),
        lambda net: net.abs(),
        lambda net: net["foreigners"].cumsum(),
        lambda net: net.fillna(0.0),
        lambda net: net.resample("MS").sum(),
        lambda net: net.diff(),
    ],
)
def test_changed_values_lose_it(net: pd.DataFrame, changed: object) -> None:
    assert about(changed(net)) is None  # type: ignore[operator]


def test_a_column_may_have_a_unit_of_its_own() -> None:
    frame = describe(pd.DataFrame({"net": [1.0], "topix": [2.0]}), About("JPY bn", "week", columns={"topix": "points"}))
    found = about(frame)
    assert found is not None and (found.unit_of("net"), found.unit_of("topix")) == ("JPY bn", "points")
