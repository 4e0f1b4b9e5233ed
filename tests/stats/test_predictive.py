from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import HC, Classical, NeweyWest
from jpresearch.stats.predictive import (
    Predictive,
    britten_jones,
    compare,
    hodrick,
    non_overlapping,
    overlapping,
    windows,
)

GOLDEN = Path(__file__).parents[1] / "golden"
WAYS: dict[str, Callable[..., Predictive]] = {
    "hodrick": hodrick,
    "britten_jones": britten_jones,
    "non_overlapping": non_overlapping,
    "overlapping": overlapping,
}


def simulated(
    periods: int, persistence: float, correlation: float, draw: np.random.Generator
) -> tuple[pd.Series, pd.Series]:
    """Unpredictable returns, and a predictor whose innovations move with them; 200 periods of run-up are cut off."""
    moves = draw.standard_normal(periods + 200)
    returns = correlation * moves + sqrt(1 - correlation**2) * draw.standard_normal(periods + 200)
    predictor = lfilter([1.0], [1.0, -persistence], moves)
    return pd.Series(returns[200:], name="r"), pd.Series(predictor[200:], name="x")


@pytest.fixture
def sample() -> pd.DataFrame:
    """The persistent predictor of the golden script: returns r, predictors x and z."""
    return pd.read_csv(GOLDEN / "predictor.csv")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("horizon", [1, 4, 12])
def test_slopes_and_errors_are_those_written_out_in_r(sample: pd.DataFrame, way: str, horizon: int) -> None:
    golden = pd.read_csv(GOLDEN / "predictive_slopes.csv").query("method == @way and horizon == @horizon")
    found = WAYS[way](sample["r"], sample[["x", "z"]], horizon=horizon)
    assert found.params.to_numpy() == pytest.approx(golden["estimate"].to_numpy(), rel=1e-8)
    assert found.std_errors.to_numpy() == pytest.approx(golden["std_error"].to_numpy(), rel=1e-8)


def test_windows_start_with_the_predictor_and_hold_the_returns_after_it() -> None:
    returns = pd.Series([np.nan, 1.0, 2.0, 4.0, 8.0, 16.0])
    predictor = pd.Series([5.0, 6.0, 8.0, 7.0, 9.0, 3.0], name="x")
    found = windows(returns, predictor, 2)
    assert found.sums.tolist() == [3.0, 6.0, 12.0, 24.0]
    assert found.design["x"].tolist() == [5.0, 6.0, 8.0, 7.0]
    assert found.known["x"].tolist() == [5.0, 6.0, 8.0, 7.0, 9.0]
    assert found.returns.tolist() == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_predictor_that_ends_early_still_uses_the_returns_after_it(sample: pd.DataFrame) -> None:
    short = sample["x"].where(sample.index < 150)
    found = windows(sample["r"], short, 12)
    assert (found.count, found.design.index[-1], found.returns.index[-1]) == (150, 149, 161)
    full = hodrick(sample["r"], sample["x"], horizon=12)
    early = hodrick(sample["r"], short, horizon=12)
    assert early.std_errors["x"] == pytest.approx(full.std_errors["x"], rel=0.25)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), persistence=st.floats(0, 0.98))
def test_hodrick_at_one_period_is_hc0_on_returns_less_their_mean(seed: int, persistence: float) -> None:
    returns, predictor = simulated(90, persistence, -0.5, np.random.default_rng(seed))
    design = sm.add_constant(predictor.to_numpy()[:-1])
    centred = returns.to_numpy()[1:] - returns.to_numpy()[1:].mean()
    bread = np.linalg.inv(design.T @ design)
    expected = bread @ (design.T * centred**2) @ design @ bread
    found = hodrick(returns, predictor, horizon=1)
    assert found.std_errors.to_numpy() == pytest.approx(np.sqrt(np.diag(expected)), rel=1e-9)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), horizon=st.integers(1, 30), persistence=st.floats(0, 0.98))
def test_the_britten_jones_slope_is_the_overlapping_slope(seed: int, horizon: int, persistence: float) -> None:
    returns, predictor = simulated(120, persistence, -0.8, np.random.default_rng(seed))
    one = britten_jones(returns, predictor, horizon=horizon)
    other = overlapping(returns, predictor, horizon=horizon)
    assert one.params.to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-10, abs=1e-10)
    assert one.r_squared == pytest.approx(other.r_squared, abs=1e-10)
    assert hodrick(returns, predictor, horizon=horizon).params.to_numpy() == pytest.approx(other.params.to_numpy())


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), way=st.sampled_from(sorted(WAYS)), power=st.integers(-9, 9))
def test_a_change_of_unit_changes_no_t(seed: int, way: str, power: int) -> None:
    returns, predictor = simulated(100, 0.9, -0.5, np.random.default_rng(seed))
    one = WAYS[way](returns, predictor, horizon=4).table()
    other = WAYS[way](100 * returns, predictor * 10.0**power, horizon=4).table()
    assert other["t"].to_numpy() == pytest.approx(one["t"].to_numpy(), rel=1e-6)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(seed=st.integers(0, 10_000), way=st.sampled_from(["hodrick", "britten_jones"]))
def test_scrambled_dates_kill_significance(seed: int, way: str) -> None:
    draw = np.random.default_rng(seed)
    predictor = pd.Series(lfilter([1.0], [1.0, -0.8], draw.standard_normal(250)), name="x")
    returns = (0.6 * predictor.shift(1) + 0.5 * draw.standard_normal(250)).fillna(0.0)
    assert WAYS[way](returns, predictor, horizon=4).p_values["x"] < 1e-4
    scrambled = [
        WAYS[way](pd.Series(draw.permutation(returns.to_numpy())), predictor, horizon=4).p_values["x"]
        for _ in range(15)
    ]
    assert np.mean(np.array(scrambled) < 0.05) <= 0.34


def test_without_overlap_all_ways_use_the_same_observations(sample: pd.DataFrame) -> None:
    one = non_overlapping(sample["r"], sample["x"], horizon=1)
    other = overlapping(sample["r"], sample["x"], horizon=1, covariance=HC("HC3"))
    pd.testing.assert_frame_equal(one.table(), other.table())


def test_windows_side_by_side_end_with_the_last_return(sample: pd.DataFrame) -> None:
    found = non_overlapping(sample["r"], sample["x"], horizon=12)
    assert (found.first, found.last, found.observations, found.independent) == (11, 167, 14, 14)


def test_a_result_states_sample_lags_and_method(sample: pd.DataFrame) -> None:
    found = overlapping(sample["r"], sample["x"], horizon=12)
    assert (found.first, found.last, found.observations, found.independent, found.lags) == (0, 167, 168, 14, 11)
    assert "over 12 periods" in found.method and "11 lags" in found.method
    assert "Hodrick (1992) 1B" in hodrick(sample["r"], sample["x"], horizon=12).method
    assert list(found.table().columns) == ["estimate", "std_error", "t", "p_value", "low", "high"]
    assert found.estimate("x").high == found.high["x"]


def test_ways_side_by_side(sample: pd.DataFrame) -> None:
    table = compare(sample["r"], sample["x"], horizon=12)
    assert list(table.index) == list(WAYS)
    for way, estimate in WAYS.items():
        found = estimate(sample["r"], sample["x"], horizon=12)
        assert table.loc[way, "p_value"] == pytest.approx(found.p_values["x"])
        assert table.loc[way, "method"] == found.method
    assert table.loc["overlapping", "std_error"] < table.loc["hodrick", "std_error"]


BAD: dict[str, tuple[Callable[[pd.Series, pd.Series], tuple[pd.Series, pd.Series]], int, str]] = {
    "constant regressor": (lambda r, x: (r, x * 0 + 3), 4, "no variation in x"),
    "constant return": (lambda r, x: (r * 0, x), 4, "no variation in the return"),
    "missing predictor inside": (lambda r, x: (r, x.where(x.index != 50)), 4, "x is missing at 50"),
    "missing return inside": (lambda r, x: (r.where(r.index != 50), x), 4, "the return is missing at 50"),
    "infinite return": (lambda r, x: (r.where(r.index != 50, np.inf), x), 4, "the return is infinite at 50"),
    "fewer observations than parameters": (lambda r, x: (r.head(6), x.head(6)), 4, "2 complete rows are too few"),
    "unsorted dates": (lambda r, x: (r[::-1], x[::-1]), 4, "sorted"),
    "duplicate dates": (lambda r, x: (r.set_axis([0, *r.index[:-1]]), x.set_axis([0, *x.index[:-1]])), 4, "holds 0"),
    "horizon longer than the sample": (lambda r, x: (r, x), 180, "a horizon of 180 is longer than the sample of 180"),
    "horizon of nothing": (lambda r, x: (r, x), 0, "1 or more"),
    "different calendars": (lambda r, x: (r, x.iloc[1:]), 4, "same index"),
    "nothing known": (lambda r, x: (r, x * np.nan), 4, "no moment has both"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", BAD)
def test_each_bad_input_is_named(sample: pd.DataFrame, way: str, case: str) -> None:
    spoil, horizon, words = BAD[case]
    with pytest.raises(StatsError, match=words) as caught:
        WAYS[way](*spoil(sample["r"], sample["x"]), horizon=horizon)
    assert caught.value.where == way


@pytest.mark.parametrize("way", WAYS)
def test_collinear_predictors_are_refused(sample: pd.DataFrame, way: str) -> None:
    with pytest.raises(StatsError, match="collinear"):
        WAYS[way](sample["r"], sample[["x"]].assign(again=2 * sample["x"]), horizon=3)


def test_too_few_windows_side_by_side_are_refused(sample: pd.DataFrame) -> None:
    with pytest.raises(StatsError, match="2 complete rows are too few for 2"):
        non_overlapping(sample["r"], sample["x"], horizon=80)


# Rejection rates of 5 % tests without predictability, from a simulation of 2,000 draws: periods, horizon, persistence,
# correlation of innovations; OLS, Newey-West with h - 1 and with 2 h lags, Hodrick.
SIZES = {
    "144 months": (144, 12, 0.97, -0.8, (0.63, 0.31, 0.34, 0.094)),
    "300 months": (300, 12, 0.97, -0.8, (0.61, 0.22, 0.21, 0.078)),
    "600 weeks, h 13": (600, 13, 0.50, 0.3, (0.25, 0.080, 0.083, 0.050)),
    "600 weeks, h 26": (600, 26, 0.95, -0.5, (0.67, 0.17, 0.17, 0.055)),
}


def rejections(periods: int, horizon: int, persistence: float, correlation: float, draws: int) -> np.ndarray:
    """Shares of 5 % tests that reject: OLS, Newey-West h - 1, Newey-West 2 h, Hodrick, Britten-Jones, side by side."""
    draw = np.random.default_rng([periods, horizon])
    rejected = np.zeros(6)
    for _ in range(draws):
        pair = simulated(periods, persistence, correlation, draw)
        found = [
            overlapping(*pair, horizon=horizon, covariance=Classical()),
            overlapping(*pair, horizon=horizon, covariance=NeweyWest(horizon - 1)),
            overlapping(*pair, horizon=horizon, covariance=NeweyWest(2 * horizon)),
            hodrick(*pair, horizon=horizon),
            britten_jones(*pair, horizon=horizon),
            non_overlapping(*pair, horizon=horizon),
        ]
        rejected += [one.p_values["x"] < 0.05 for one in found]
    return rejected / draws


def three_errors(rates: np.ndarray, draws: int, reference_draws: int = 2000) -> np.ndarray:
    """Three standard errors of the difference of two simulated rates: the table comes from 2,000 draws as well."""
    three: np.ndarray = 3 * np.sqrt(rates * (1 - rates) * (1 / draws + 1 / reference_draws))
    return three


@pytest.mark.parametrize("row", ["144 months"])
def test_size_is_about_that_of_the_table(row: str) -> None:
    *design, expected = SIZES[row]
    rates, published = rejections(*design, draws=150), np.array(expected)  # type: ignore[arg-type]
    assert (np.abs(rates[:4] - published) <= three_errors(published, 150)).all()
    assert rates[1] > 2 * rates[3]


@pytest.mark.proof
@pytest.mark.parametrize("row", SIZES)
def test_size_is_that_of_the_table(row: str) -> None:
    *design, expected = SIZES[row]
    rates, published = rejections(*design, draws=2000), np.array(expected)  # type: ignore[arg-type]
    assert (np.abs(rates[:4] - published) <= three_errors(published, 2000)).all()
    # The transformed regression and windows side by side are at least as near to 5 % as Hodrick's errors.
    assert (rates[4:] < published[3] + 0.03).all()
