"""Beyond beta: nothing of the window enters a beta, a jump is found, chance is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.models.beyond_beta import BeyondBeta, beyond_beta, excess_by_window

SESSIONS = pd.bdate_range("2015-01-05", periods=1300, name="date")
BETAS = {f"s{place}": 0.5 + 0.1 * place for place in range(10)}
WINDOW = (SESSIONS[1200], SESSIONS[1210])


def world() -> tuple[pd.DataFrame, pd.Series]:
    draw = np.random.default_rng(3)
    market = draw.normal(0.02, 1.0, len(SESSIONS)) / 100
    moves = {name: beta * market + draw.normal(0, 0.3, len(SESSIONS)) / 100 for name, beta in BETAS.items()}
    closes = pd.DataFrame({name: 1000 * np.cumprod(1 + move) for name, move in moves.items()}, index=SESSIONS)
    return closes, pd.Series(1000 * np.cumprod(1 + market), index=SESSIONS)


def weekly(levels: pd.DataFrame) -> pd.DataFrame:
    return 100 * levels.groupby(levels.index.to_period("W")).tail(1).pct_change().dropna()


def measured(closes: pd.DataFrame, market: pd.Series, window: tuple[pd.Timestamp, pd.Timestamp] = WINDOW) -> BeyondBeta:
    steps = weekly(closes.assign(_m=market))
    return beyond_beta(closes, market, steps.drop(columns="_m"), steps["_m"], *window)


def test_betas_are_found_and_nothing_of_the_window_enters() -> None:
    closes, market = world()
    found = measured(closes, market).rows["beta"]
    assert (found - pd.Series(BETAS)).abs().max() < 0.1
    later = closes.copy()
    later.loc[later.index > WINDOW[0]] *= 7.0
    pd.testing.assert_series_equal(measured(later, market).rows["beta"], found)


def test_a_sector_that_moves_by_its_beta_is_no_finding_and_a_jump_is() -> None:
    closes, market = world()
    quiet = measured(closes, market)
    assert sum(each.clear for each in quiet.excess.values()) <= 2
    jumped = closes.copy()
    jumped.loc[SESSIONS[1205] :, "s3"] *= 1.10
    loud = measured(jumped, market).excess["s3"]
    assert loud.value - quiet.excess["s3"].value == pytest.approx(10 * (1 + quiet.rows["moved"]["s3"] / 100))
    assert loud.low > 0 and loud.p_value is not None and loud.p_value < 0.001


def test_a_longer_window_has_a_wider_interval_and_one_of_a_day_that_of_a_week() -> None:
    closes, market = world()
    widths = []
    for last in (1201, 1204, 1240):
        excess = measured(closes, market, (SESSIONS[1200], SESSIONS[last])).excess["s3"]
        widths.append(excess.high - excess.low)
    assert widths[0] == pytest.approx(widths[1], rel=0.05) and widths[2] > 2 * widths[1]


def test_a_sector_without_a_close_at_an_end_is_left_out() -> None:
    closes, market = world()
    closes.loc[WINDOW[1], "s3"] = np.nan
    assert set(measured(closes, market).excess) == set(BETAS) - {"s3"}


def test_too_few_weeks_are_said_and_keep_their_column() -> None:
    closes, market = world()
    early = (SESSIONS[60], SESSIONS[70])
    with pytest.raises(InsufficientData, match="26 weeks"):
        measured(closes, market, early)
    steps = weekly(closes.assign(_m=market))
    found = excess_by_window(closes, market, steps.drop(columns="_m"), steps["_m"], [early, WINDOW])
    assert list(found.columns) == [early[0], WINDOW[0]]
    assert found[early[0]].isna().all() and found[WINDOW[0]].notna().all()
