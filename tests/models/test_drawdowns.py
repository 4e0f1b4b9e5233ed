"""Drawdowns: each name from its own peak within the window, to its lowest close after it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.models.drawdowns import from_own_peak

DAYS = pd.bdate_range("2025-07-01", periods=8, name="date")
CLOSES = pd.DataFrame(
    {
        "early": [100.0, 120, 90, 95, 96, 97, 98, 84],
        "late": [100.0, 101, 102, 103, 110, 99, 105, 106],
        "rising": [1.0, 2, 3, 4, 5, 6, 7, 8],
        "gap": [np.nan, 50, np.nan, 40, 45, np.nan, 50, 49],
    },
    index=DAYS,
)


def test_each_name_falls_from_its_own_peak_and_the_low_may_lie_beyond_the_window() -> None:
    found = from_own_peak(CLOSES, DAYS[0], DAYS[4])
    assert found.loc["early", "peak_day"] == DAYS[1] and found.loc["early", "low_day"] == DAYS[7]
    assert found.loc["early", "fall_pct"] == pytest.approx(-30.0)
    assert found.loc["late", "fall_pct"] == pytest.approx(-10.0)
    assert found.loc["late", "now_pct"] == pytest.approx(100 * (106 / 110 - 1))
    assert list(found.index) == ["early", "gap", "late", "rising"], "deepest first"


def test_a_peak_before_the_window_does_not_count() -> None:
    found = from_own_peak(CLOSES, DAYS[2], DAYS[7])
    assert found.loc["early", "peak_day"] == DAYS[6]
    assert found.loc["early", "fall_pct"] == pytest.approx(100 * (84 / 98 - 1))


def test_missing_closes_are_left_out_and_the_later_of_equal_peaks_counts() -> None:
    found = from_own_peak(CLOSES, DAYS[0], DAYS[7]).loc["gap"]
    assert found["peak_day"] == DAYS[6] and found["fall_pct"] == pytest.approx(-2.0)


def test_a_name_that_only_rises_has_no_fall_and_one_without_closes_no_figure() -> None:
    assert from_own_peak(CLOSES, DAYS[0], DAYS[7]).loc["rising", "fall_pct"] == 0.0
    assert np.isnan(from_own_peak(CLOSES[["gap"]], DAYS[0], DAYS[0]).loc["gap", "fall_pct"])
