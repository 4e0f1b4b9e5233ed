"""Rotation: betas known in advance, sell-offs found by hand, windows that flip, no look-ahead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies import rotation as study
from jpresearch.studies.rotation import conclusions, drivers, resilience, sell_offs, windows
from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, SECTORS, Inputs, Settings, Span, newest_span

SESSIONS = pd.bdate_range("2014-01-06", "2018-12-28")
BETAS = dict(zip(SECTORS, np.linspace(0.5, 1.5, len(SECTORS)), strict=True))


def market(noise: float = 0.3, seed: int = 3, yield_slope: float = 0.0) -> Inputs:
    """Funds that move by their beta times TOPIX plus noise; banks also by ``yield_slope`` points per 10 bp."""
    draw = np.random.default_rng(seed)
    topix = draw.normal(0.02, 1.0, len(SESSIONS)) / 100
    steps = draw.normal(0, 2.0, len(SESSIONS))
    moves = {code: beta * topix + draw.normal(0, noise, len(SESSIONS)) / 100 for code, beta in BETAS.items()}
    moves[BANKS] = moves[BANKS] + yield_slope * steps / 10 / 100
    level = lambda changes: pd.Series(1000 * np.cumprod(1 + changes), index=SESSIONS)  # noqa: E731
    two = pd.Series(1 + np.cumsum(draw.normal(0, 1.0, len(SESSIONS))) / 100, index=SESSIONS)
    factors = {"jgb10y": pd.Series(2 + np.cumsum(steps) / 100, index=SESSIONS), "jgb2y": two}
    return Inputs(pd.DataFrame({code: level(change) for code, change in moves.items()}), level(topix), factors)


def test_betas_are_found_and_nothing_of_the_window_enters() -> None:
    inputs = market()
    found = resilience.betas(inputs.weekly_moves, SESSIONS[900], Settings())
    assert (found.beta - pd.Series(BETAS)).abs().max() < 0.15
    later = inputs.weekly_moves.copy()
    later.loc[later.index > SESSIONS[900]] = 1e6
    pd.testing.assert_series_equal(resilience.betas(later, SESSIONS[900], Settings()).beta, found.beta)


def test_a_sector_that_moves_by_its_beta_is_no_finding_and_a_jump_is() -> None:
    inputs = market()
    span = Span(SESSIONS[1200], SESSIONS[1210])
    quiet = resilience.excess(inputs, span, Settings())
    assert (quiet["p_value"] < 0.05).sum() <= 4
    funds = inputs.funds.copy()
    funds.loc[SESSIONS[1205] :, BANKS] *= 1.10
    loud = resilience.excess(replace(inputs, funds=funds), span, Settings()).loc[BANKS]
    jump = 10 * (1 + quiet.loc[BANKS, "moved"] / 100)
    assert loud["estimate"] - quiet.loc[BANKS, "estimate"] == pytest.approx(jump)
    assert loud["low"] > 0
    assert loud["p_value"] < 0.001


def test_a_window_without_a_close_at_its_end_leaves_the_sector_out() -> None:
    inputs = market()
    inputs.funds.loc[SESSIONS[1210], BANKS] = np.nan
    rows = resilience.excess(inputs, Span(SESSIONS[1200], SESSIONS[1210]), Settings())
    assert BANKS not in rows.index
    assert len(rows) == len(SECTORS) - 1


def test_sell_offs_by_hand() -> None:
    levels = [100, 95, 110, 101, 98, 99, 108, 112, 100, 90]
    found = sell_offs.sell_offs(pd.Series(levels, index=SESSIONS[:10], dtype="float64"), 10.0)
    assert [(item.span.first, item.span.last, item.over) for item in found] == [
        (SESSIONS[2], SESSIONS[4], True),
        (SESSIONS[7], SESSIONS[9], False),
    ]
    assert found[0].fall_pct == pytest.approx((98 / 110 - 1) * 100)


@pytest.mark.parametrize(("fall", "expected"), [(9.99, 0), (10.0, 1), (10.01, 1)])
def test_a_fall_counts_from_its_threshold_on(fall: float, expected: int) -> None:
    levels = pd.Series([100.0, 100.0 - fall], index=SESSIONS[:2])
    assert len(sell_offs.sell_offs(levels, 10.0)) == expected


def test_later_closes_never_change_a_sell_off_that_is_over() -> None:
    topix = market().topix
    whole = sell_offs.sell_offs(topix, 8.0)
    for cut in (400, 700, 1000):
        over = [item for item in sell_offs.sell_offs(topix.iloc[:cut], 8.0) if item.over]
        assert over == whole[: len(over)]


def test_the_mean_over_sell_offs_is_that_of_a_t_test() -> None:
    frame = pd.DataFrame([[1.0, 2.0, 3.0, np.nan], [1.0, np.nan, np.nan, 2.0]], index=[BANKS, ELECTRIC])
    found = sell_offs.usual(frame, Settings())
    assert list(found.index) == [BANKS], "two are too few"
    assert found.loc[BANKS, "estimate"] == 2.0
    assert found.loc[BANKS, "low"] == pytest.approx(2 - 4.302653 / np.sqrt(3))


def test_the_grid_holds_each_window_and_none_that_ends_before_it_begins() -> None:
    inputs = market()
    span = Span(SESSIONS[1200], SESSIONS[1204])
    grid = windows.flip(inputs, span, Settings(neighbours=5)).grid
    cell = grid.loc[SESSIONS[1198], SESSIONS[1206]]
    banks, chips = (inputs.funds[code] for code in (BANKS, ELECTRIC))
    expected = banks[SESSIONS[1206]] / banks[SESSIONS[1198]] - chips[SESSIONS[1206]] / chips[SESSIONS[1198]]
    assert cell == pytest.approx(expected * 100)
    assert np.isnan(grid.loc[SESSIONS[1205], SESSIONS[1199]])


@pytest.mark.parametrize(
    ("better", "worse", "words"),
    [
        (0.9, 0.0, "banks led"),
        (0.89, 0.11, "depends on the window"),
        (0.0, 0.9, "banks lagged"),
        (0.1, 0.899, "depends"),
    ],
)
def test_a_verdict_needs_nine_windows_in_ten(better: float, worse: float, words: str) -> None:
    assert words in conclusions.firmness(better, worse)


def test_the_yield_slope_is_found() -> None:
    fit = drivers.banks_on_yields(market(yield_slope=2.0), Settings())
    assert fit.estimate("yield").low < 2.0 < fit.estimate("yield").high
    assert not fit.estimate("yield").covers_zero
    assert drivers.banks_on_yields(market(), Settings()).estimate("yield").covers_zero


def test_without_sox_the_rest_stands_and_says_so() -> None:
    found = study.estimate(market(), Settings())
    assert found.electric is None
    assert conclusions.NO_SOX in conclusions.drivers(found)
    assert len(study.takeaways(found)) == 6


def test_new_york_is_taken_from_the_day_before() -> None:
    inputs = market()
    sox = pd.Series(np.arange(1.0, len(SESSIONS) + 1), index=SESSIONS)
    weeks = pd.DatetimeIndex(inputs.weekly_moves.index)
    changes = drivers.driver_changes(replace(inputs, factors={**inputs.factors, "sox": sox}), weeks)
    place = 100
    before = [sox[: weeks[place + step] - pd.Timedelta(days=1)].iloc[-1] for step in (-1, 0)]
    assert changes["sox"].iloc[place] == pytest.approx((before[1] / before[0] - 1) * 100)


def test_the_newest_window_starts_at_the_high_of_sixty_sessions() -> None:
    topix = pd.Series(np.r_[np.linspace(100, 120, 80), np.linspace(119, 110, 10)], index=SESSIONS[:90])
    assert newest_span(topix) == Span(SESSIONS[79], SESSIONS[89])
    assert newest_span(topix.iloc[:80]) == Span(SESSIONS[69], SESSIONS[79])


@pytest.mark.parametrize("wrong", ["2025-08-18", "2025-09-05/2025-08-18", "soon/2025-08-18"])
def test_a_quoted_window_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(BadParameter):
        Settings(quoted=(wrong,))


def test_too_short_a_sample_is_said() -> None:
    inputs = market()
    with pytest.raises(InsufficientData, match="fewer than 26 weeks"):
        resilience.betas(inputs.weekly_moves, SESSIONS[60], Settings())


def test_the_doubtful_closes_of_the_steel_fund_are_left_out() -> None:
    inputs = study.load_inputs("2018-06-29")
    assert inputs.funds.loc["2017-07-12":"2017-07-14", "1623"].isna().all()
    assert inputs.funds.loc["2017-07-11", "1623"] == pytest.approx(inputs.funds.loc["2017-07-18", "1623"], rel=0.05)


def test_the_windows_around_the_end_of_august_2025_disagree() -> None:
    settings = Settings(quoted=("2025-08-15/2025-08-29", "2025-08-18/2025-08-29"))
    found = study.estimate(study.load_inputs("2025-09-05"), settings)
    assert found.span == Span(pd.Timestamp("2025-08-18"), pd.Timestamp("2025-09-05"))
    banks = found.quotes[BANKS] - found.quotes[ELECTRIC]
    assert banks.iloc[1] < 0 < banks.iloc[2], "three days decide who was resilient"


def test_a_day_on_all_data_equals_the_day_on_data_cut_there(project: Path) -> None:
    as_of = "2020-03-31"
    whole = study.metrics(study.estimate(study.load_inputs(as_of), Settings()))
    for name in ("market_daily", "sector_etf_daily"):
        path = project / "data" / f"{name}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows[rows["published_at"].str[:10] <= as_of].to_csv(path, index=False)
    assert study.metrics(study.estimate(study.load_inputs(as_of), Settings())) == whole
