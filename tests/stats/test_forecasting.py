from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from jpresearch.errors import StatsError
from jpresearch.stats.forecasting import clark_west, out_of_sample, windows

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def sample() -> pd.DataFrame:
    """The persistent predictor of the golden script: returns r, predictors x and z."""
    return pd.read_csv(GOLDEN / "predictor.csv")


def market(seed: int, slope: float, periods: int = 260) -> pd.DataFrame:
    """Monthly returns with a given slope on a persistent predictor x."""
    draw = np.random.default_rng(seed)
    predictor = lfilter([1.0], [1.0, -0.9], draw.standard_normal(periods))
    returns = 0.3 + slope * np.concatenate([[0.0], predictor[:-1]]) + draw.standard_normal(periods)
    dates = pd.date_range("2004-01-31", periods=periods, freq="ME")
    return pd.DataFrame({"r": returns, "x": predictor}, index=dates)


def test_windows_start_with_the_predictor_and_hold_the_returns_after_it() -> None:
    returns = pd.Series([np.nan, 1.0, 2.0, 4.0, 8.0, 16.0])
    predictor = pd.Series([5.0, 6.0, 8.0, 7.0, 9.0, 3.0], name="x")
    found = windows(returns, predictor, 2)
    assert found.sums.tolist() == [3.0, 6.0, 12.0, 24.0]
    assert found.design["x"].tolist() == [5.0, 6.0, 8.0, 7.0]
    assert found.known["x"].tolist() == [5.0, 6.0, 8.0, 7.0, 9.0]
    assert found.returns.tolist() == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_predictor_that_ends_early_still_uses_the_returns_after_it(sample: pd.DataFrame) -> None:
    short = sample["x"].where(sample.index < sample.index[150])
    found = windows(sample["r"], short, 12)
    assert (found.count, found.design.index[-1], found.returns.index[-1]) == (
        150,
        sample.index[149],
        sample.index[161],
    )


@pytest.mark.parametrize("horizon", [1, 4])
def test_forecasts_are_those_of_a_loop_of_regressions_in_r(sample: pd.DataFrame, horizon: int) -> None:
    golden = pd.read_csv(GOLDEN / "forecasts.csv").query("horizon == @horizon")
    found = out_of_sample(sample["r"], sample[["x", "z"]], horizon=horizon, training=60)
    assert list(found.forecasts.index + 1) == list(golden["origin"])
    for column in ("actual", "model", "mean"):
        assert found.forecasts[column].to_numpy() == pytest.approx(golden[column].to_numpy(), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("horizon", [1, 4])
def test_tests_are_those_of_r(sample: pd.DataFrame, horizon: int) -> None:
    golden = pd.read_csv(GOLDEN / "forecast_tests.csv").query("horizon == @horizon").set_index("statistic")["value"]
    found = out_of_sample(sample["r"], sample[["x", "z"]], horizon=horizon, training=60)
    assert found.r_squared == pytest.approx(golden["r_squared"], rel=1e-7)
    assert found.clark_west.statistic == pytest.approx(golden["clark_west"], rel=1e-7)
    assert found.clark_west.p_value == pytest.approx(golden["clark_west_p"], rel=1e-7)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), cut=st.integers(110, 259), horizon=st.sampled_from([1, 3, 12]))
def test_truncating_the_future_never_changes_a_past_forecast(seed: int, cut: int, horizon: int) -> None:
    frame = market(seed, 0.2)
    whole = out_of_sample(frame["r"], frame["x"], horizon=horizon, training=60).forecasts
    head = frame.iloc[:cut]
    part = out_of_sample(head["r"], head["x"], horizon=horizon, training=60).forecasts
    pd.testing.assert_frame_equal(whole.loc[part.index], part, rtol=1e-9, atol=1e-11)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), horizon=st.sampled_from([1, 6]))
def test_a_forecast_never_sees_a_return_after_its_own_date(seed: int, horizon: int) -> None:
    frame = market(seed, 0.2)
    moment = frame.index[150]
    shocked = frame["r"].where(frame.index <= moment, frame["r"] + 100.0)
    one = out_of_sample(frame["r"], frame["x"], horizon=horizon, training=60).forecasts.loc[:moment]
    other = out_of_sample(shocked, frame["x"], horizon=horizon, training=60).forecasts.loc[:moment]
    assert other[["model", "mean"]].to_numpy() == pytest.approx(one[["model", "mean"]].to_numpy(), rel=1e-9)


def test_a_forecast_is_the_regression_on_what_had_ended_by_then() -> None:
    frame, horizon = market(3, 0.2), 6
    found = out_of_sample(frame["r"], frame["x"], horizon=horizon, training=60)
    assert found.first == frame.index[60 - 1 + horizon]
    moment = 140
    sums = np.array([frame["r"].iloc[t + 1 : t + 1 + horizon].sum() for t in range(moment - horizon + 1)])
    seen = frame["x"].to_numpy()[: moment - horizon + 1]
    fit = sm.OLS(sums, sm.add_constant(seen)).fit()
    row = found.forecasts.loc[frame.index[moment]]
    assert row["model"] == pytest.approx(fit.params[0] + fit.params[1] * frame["x"].iloc[moment])
    assert row["mean"] == pytest.approx(sums.mean())
    assert row["actual"] == pytest.approx(frame["r"].iloc[moment + 1 : moment + 1 + horizon].sum())


def test_a_good_predictor_forecasts_and_a_useless_one_does_not() -> None:
    good = market(5, 0.5)
    found = out_of_sample(good["r"], good["x"], training=80)
    assert found.r_squared > 0.2 and found.clark_west.p_value < 1e-4
    useless = [
        out_of_sample(frame["r"], frame["x"], training=80) for frame in (market(seed, 0.0) for seed in range(30))
    ]
    assert np.mean([one.r_squared for one in useless]) < 0
    assert np.mean([one.clark_west.p_value for one in useless]) > 0.3


def test_clark_west_keeps_its_size_where_the_squared_errors_alone_would_not() -> None:
    found = [out_of_sample(frame["r"], frame["x"], training=60) for frame in (market(seed, 0.0) for seed in range(200))]
    rejected = np.mean([one.clark_west.p_value < 0.1 for one in found])
    assert 0.03 <= rejected <= 0.17
    assert np.mean([one.r_squared < 0 for one in found]) > 0.6


def test_a_slope_of_the_wrong_sign_is_replaced_by_the_mean() -> None:
    frame = market(7, 0.5)
    held = out_of_sample(frame["r"], frame["x"], training=60, signs={"x": 1})
    assert not held.forecasts["restricted"].any()
    frame = frame.assign(x=-frame["x"])
    with pytest.raises(StatsError, match="never differ"):
        out_of_sample(frame["r"], frame["x"], training=60, signs={"x": 1})
    turned = market(11, 0.5)
    early = np.arange(260) < 80
    weak = turned.assign(x=turned["x"].where(~early, -turned["x"]))  # the slope is negative at first, positive later
    some = out_of_sample(weak["r"], weak["x"], training=40, signs={"x": 1}).forecasts
    assert 0 < some["restricted"].mean() < 1
    assert (some["model"] == some["mean"])[some["restricted"]].all()
    free = out_of_sample(weak["r"], weak["x"], training=40).forecasts
    pd.testing.assert_series_equal(some["model"][~some["restricted"]], free["model"][~some["restricted"]])


def test_no_negative_forecast_where_none_is_allowed() -> None:
    frame = market(9, 0.4)
    free = out_of_sample(frame["r"], frame["x"], training=60)
    held = out_of_sample(frame["r"], frame["x"], training=60, non_negative=True)
    assert (free.forecasts["model"] < 0).any()
    assert (held.forecasts["model"] == free.forecasts["model"].clip(lower=0)).all()
    assert "no negative forecast" in held.method
    assert held.table().loc[0, "restricted"] == pytest.approx((free.forecasts["model"] < 0).mean())


def test_a_result_states_its_first_date_lags_and_method() -> None:
    frame = market(2, 0.2)
    found = out_of_sample(frame["r"], frame["x"], horizon=12, training=100)
    assert (found.first, found.observations, found.lags) == (frame.index[111], 248 - 111, 11)
    assert "100 windows over 12 periods" in found.method and "11 lags" in found.method
    assert list(found.table().columns) == ["r_squared", "clark_west", "p_value", "observations", "restricted"]


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), power=st.integers(-8, 8))
def test_a_change_of_unit_changes_no_statistic(seed: int, power: int) -> None:
    frame = market(seed, 0.2)
    one = out_of_sample(frame["r"], frame["x"], training=60)
    other = out_of_sample(100 * frame["r"], frame["x"] * 10.0**power, training=60)
    assert other.r_squared == pytest.approx(one.r_squared, rel=1e-6, abs=1e-9)
    assert other.clark_west.statistic == pytest.approx(one.clark_west.statistic, rel=1e-6, abs=1e-9)


BAD: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], dict[str, object], str]] = {
    "constant regressor": (lambda f: f.assign(x=1.0), {}, "no variation in x"),
    "constant in training": (lambda f: f.assign(x=f["x"].where(np.arange(260) > 80, 2.0)), {}, "no variation in x"),
    "missing inside": (lambda f: f.assign(x=f["x"].where(np.arange(260) != 99)), {}, "x is missing at 2012-04-30"),
    "unsorted dates": (lambda f: f[::-1], {}, "sorted"),
    "duplicate dates": (lambda f: f.set_axis([f.index[0], *f.index[:-1]]), {}, "more than once"),
    "horizon longer than the sample": (lambda f: f, {"horizon": 260}, "longer than the sample of 260"),
    "training longer than the sample": (lambda f: f, {"training": 259}, "259 windows are too few for 259 in training"),
    "training too short": (lambda f: f, {"training": 2}, "2 complete rows are too few for 2 coefficients"),
    "an unknown sign": (lambda f: f, {"signs": {"y": 1}}, "signs must be 1 or -1 for some of x"),
    "a sign that is none": (lambda f: f, {"signs": {"x": 2}}, "signs must be 1 or -1"),
}


@pytest.mark.parametrize("case", BAD)
def test_each_bad_input_is_named(case: str) -> None:
    spoil, options, words = BAD[case]
    frame = spoil(market(1, 0.2))
    with pytest.raises(StatsError, match=words):
        out_of_sample(frame["r"], frame["x"], **({"training": 60} | options))  # type: ignore[arg-type]


def test_forecasts_that_do_not_line_up_are_refused() -> None:
    one = pd.Series(np.arange(10.0))
    with pytest.raises(StatsError, match="same index"):
        clark_west(one, one.iloc[1:], one)
    with pytest.raises(StatsError, match="missing at 3"):
        clark_west(one.where(one != 3), one, one)
    with pytest.raises(StatsError, match="no forecasts"):
        clark_west(one.iloc[:0], one.iloc[:0], one.iloc[:0])
    with pytest.raises(StatsError, match="too few"):
        clark_west(one.head(2), one.head(2), one.head(2) + 1)
