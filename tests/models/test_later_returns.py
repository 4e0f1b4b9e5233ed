"""Later returns: entered a session after the month's end, found where there, cut off without change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.models.later_returns import entry_levels, slope_on_signal

DAYS = pd.bdate_range("2019-01-01", "2024-12-31", name="date")
ENDS = pd.DatetimeIndex(pd.Series(DAYS, index=DAYS).groupby(DAYS.to_period("M")).last())
NAMES = [f"n{place}" for place in range(6)]


def world(effect: float, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Levels at entry, and signals of which a standard deviation adds ``effect`` log points to the month after."""
    draw = np.random.default_rng(seed)
    signal = pd.DataFrame(draw.normal(0, 1, (len(ENDS), 6)), ENDS, NAMES)
    moves = effect * signal + draw.normal(0, 3, (len(ENDS), 6))
    return moves.cumsum().shift(1).fillna(0.0), signal


def test_a_signal_meets_the_close_of_the_next_session() -> None:
    closes = pd.DataFrame({"n": np.arange(1.0, len(DAYS) + 1)}, index=DAYS)
    flat = pd.Series(2.0, index=DAYS)
    levels = entry_levels(closes, flat, ENDS)
    assert len(levels) == len(ENDS) - 1, "the newest month has no next session yet"
    place = DAYS.get_loc(ENDS[10]) + 1
    assert levels["n"].iloc[10] == pytest.approx(100 * np.log(closes["n"].iloc[place] / 2))


def test_an_effect_is_found_and_none_is_not() -> None:
    there = slope_on_signal(*world(2.0), 1)
    assert there.low < 2.0 < there.high and there.clear
    assert slope_on_signal(*world(0.0), 1).covers_zero
    assert there.last == ENDS[-2] and there.n == len(ENDS) - 1


def test_cutting_off_the_future_leaves_the_pairs_before_it() -> None:
    levels, signal = world(2.0)
    cut = slope_on_signal(levels.iloc[:40], signal.iloc[:40], 3)
    assert cut == slope_on_signal(levels.iloc[:40], signal, 3)


def test_too_few_months_or_names_are_said() -> None:
    levels, signal = world(2.0)
    with pytest.raises(InsufficientData, match="months"):
        slope_on_signal(levels.tail(30), signal, 12)
    with pytest.raises(InsufficientData, match="2 names"):
        slope_on_signal(levels[NAMES[:2]], signal[NAMES[:2]], 1)
