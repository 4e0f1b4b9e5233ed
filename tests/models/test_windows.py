"""Windows: where the newest starts, which neighbours it has, how exact a difference is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.models.windows import Window, neighbouring, parsed, since_high, stale_error

SESSIONS = pd.bdate_range("2015-01-05", periods=1300, name="date")


def level(returns: np.ndarray) -> pd.Series:
    return pd.Series(1000 * np.cumprod(1 + returns / 100), index=SESSIONS[: len(returns)])


def test_the_newest_window_starts_at_the_high_or_ten_sessions_back_where_that_is_the_newest_close() -> None:
    topix = pd.Series(np.r_[np.linspace(100, 120, 80), np.linspace(119, 110, 10)], index=SESSIONS[:90])
    assert since_high(topix) == Window(SESSIONS[79], SESSIONS[89])
    assert since_high(topix.iloc[:80]) == Window(SESSIONS[69], SESSIONS[79])
    with pytest.raises(InsufficientData):
        since_high(topix.iloc[:10])


def test_the_grid_holds_each_window_and_none_that_ends_before_it_begins() -> None:
    draw = np.random.default_rng(1)
    one, other = level(draw.normal(0, 1, 1300)), level(draw.normal(0, 1, 1300))
    grid = neighbouring(one, other, Window(SESSIONS[1200], SESSIONS[1204]), 5)
    first, last = SESSIONS[1198], SESSIONS[1206]
    assert grid.loc[first, last] == pytest.approx(100 * (one[last] / one[first] - other[last] / other[first]))
    assert np.isnan(grid.loc[SESSIONS[1205], SESSIONS[1199]])
    assert grid.shape == (11, 11)


def test_a_fund_that_answers_a_day_late_makes_differences_inexact() -> None:
    draw = np.random.default_rng(2)
    market, noise = draw.normal(0, 1.2, 1300), draw.normal(0, 0.2, (2, 1300))
    prompt = level(market + noise[0])
    late = level(0.8 * market + 0.2 * np.r_[0.0, market[:-1]] + noise[1])
    error = stale_error(prompt, late, level(market))
    assert error == pytest.approx(0.2 * 1.2 * np.sqrt(2), rel=0.15)
    assert stale_error(prompt, level(market + noise[1]), level(market)) < error / 5
    with pytest.raises(InsufficientData):
        stale_error(prompt.iloc[:50], late.iloc[:50], level(market).iloc[:50])


@pytest.mark.parametrize("wrong", ["2025-08-18", "2025-09-05/2025-08-18", "soon/2025-08-18"])
def test_a_window_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(BadParameter):
        parsed(wrong)
