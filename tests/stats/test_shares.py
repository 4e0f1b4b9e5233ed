"""Shares of what one class sold: a ratio of sums, against pandas, with intervals that cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.about import About, describe
from jpresearch.errors import StatsError, UnknownName
from jpresearch.say import plain
from jpresearch.say.selection import rows
from jpresearch.stats.shares import shares

WEEKS = pd.date_range("2012-01-06", periods=400, freq="W-FRI", name="week_end")


def market(seed: int = 0, individuals: float = 0.36, proprietary: float = 0.29) -> pd.DataFrame:
    """Weeks that add to zero; individuals and proprietary take their part of what foreigners sell, with noise."""
    random = np.random.default_rng(seed)
    foreigners = random.normal(0, 300, 400)
    frame = pd.DataFrame({"foreigners": foreigners}, index=WEEKS)
    frame["individuals"] = -individuals * foreigners + random.normal(0, 60, 400)
    frame["proprietary"] = -proprietary * foreigners + random.normal(0, 60, 400)
    frame["others"] = -frame.sum(axis=1)
    return describe(frame, About("JPY bn", "week"))


def selling(frame: pd.DataFrame) -> pd.DataFrame:
    return rows(frame, frame["foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")


def test_they_are_the_ratio_of_sums_that_pandas_gives_and_add_to_a_hundred() -> None:
    chosen = selling(market())
    found = shares(chosen, of="foreigners")
    totals = pd.DataFrame(chosen).sum()
    assert found["individuals"].value == pytest.approx(-100 * totals["individuals"] / totals["foreigners"])
    assert found.table()["estimate"].sum() == pytest.approx(100.0)
    assert found.remainder.value == pytest.approx(-100 * totals["others"] / totals["foreigners"])


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    hits = [
        found.low <= 36.0 <= found.high
        for seed in range(60)
        for found in [shares(selling(market(seed)), of="foreigners", draws=299)["individuals"]]
    ]
    assert 0.85 <= np.mean(hits) <= 1.0


def test_an_intercept_makes_the_slope_another_number_than_the_share() -> None:
    """Individuals who sell 80 a week whatever foreigners do take less of the sum than of each additional 100."""
    frame = market()
    shifted = describe(
        frame.assign(individuals=frame["individuals"] - 80, others=frame["others"] + 80), About("JPY bn", "week")
    )
    chosen = selling(shifted)
    slope = -100 * np.polyfit(chosen["foreigners"], chosen["individuals"], 1)[0]
    assert shares(chosen, of="foreigners")["individuals"].value < slope - 15


def test_each_knows_its_sample_and_prints_as_a_percentage() -> None:
    found = shares(selling(market()), of="foreigners")["individuals"]
    assert (found.unit, found.last) == ("%", selling(market()).index[-1])
    assert plain(f"{found:ci}").startswith("3") and "% (95% CI " in plain(f"{found:ci}")
    assert "ratio of sums" in found.method and plain(found.over).endswith("weeks of foreign selling")


def test_the_remainder_is_never_ranked_or_named() -> None:
    found = shares(selling(market(individuals=0.1, proprietary=0.2)), of="foreigners")
    assert found.remainder.value > 60
    assert list(found.ranked()) == ["proprietary", "individuals"]
    with pytest.raises(UnknownName):
        found["others"]


@pytest.mark.parametrize(
    "frame", [market(), selling(market())[["foreigners"]], selling(market()).drop(columns="foreigners")]
)
def test_rows_of_both_signs_and_missing_columns_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(StatsError):
        shares(frame, of="foreigners")
