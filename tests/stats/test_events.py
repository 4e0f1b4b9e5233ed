from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.events import Window, abnormal_returns, event_study

GOLDEN = Path(__file__).parents[1] / "golden"
SHORT = Window(before=1, after=3, estimation=60, gap=4)


@pytest.fixture
def market() -> tuple[pd.Series, pd.Series]:
    generator = np.random.default_rng(4)
    weeks = pd.date_range("2012-01-06", periods=400, freq="7D")
    factor = pd.Series(generator.normal(size=400), index=weeks, name="factor")
    return 0.1 + 0.8 * factor + pd.Series(generator.normal(size=400), index=weeks), factor


def test_abnormal_returns_agree_with_r() -> None:
    stocks = pd.read_csv(GOLDEN / "stocks.csv")
    golden = pd.read_csv(GOLDEN / "abnormal_returns.csv").pivot(index="event", columns="step", values="value")
    window = Window(before=1, after=3, estimation=100, gap=4)
    found = abnormal_returns(stocks["DAX"], stocks[["FTSE", "CAC"]], window=window)
    np.testing.assert_allclose(found.loc[golden.index - 1], golden, atol=1e-10)  # R counts from one


def test_abnormal_returns_are_those_of_a_regression_before_each_window(market: Any) -> None:
    returns, factor = market
    found = abnormal_returns(returns, factor, window=SHORT)
    design = sm.add_constant(factor)
    for place in (65, 200, 396):
        past = slice(place - 65, place - 5)
        fit = sm.OLS(returns.iloc[past], design.iloc[past]).fit()
        window = slice(place - 1, place + 4)
        expected = returns.iloc[window] - fit.predict(design.iloc[window])
        np.testing.assert_allclose(found.loc[returns.index[place]], expected, atol=1e-12)
    assert (found.index[0], found.index[-1]) == (returns.index[65], returns.index[396])


def test_without_factors_the_normal_return_is_the_mean(market: Any) -> None:
    returns, _ = market
    found = abnormal_returns(returns, window=SHORT)
    assert found.loc[returns.index[100], 0] == pytest.approx(returns.iloc[100] - returns.iloc[35:95].mean())


def test_truncating_the_future_changes_no_abnormal_return(market: Any) -> None:
    returns, factor = market
    whole, cut = (abnormal_returns(returns[:n], factor[:n], window=SHORT) for n in (400, 250))
    pd.testing.assert_frame_equal(cut, whole.loc[cut.index], rtol=1e-9, atol=1e-12)


def test_an_effect_that_was_put_in_is_found_and_its_size_covered(market: Any) -> None:
    returns, factor = market
    events = returns.index[80:390:12]
    struck = returns.where(~returns.index.isin(events), returns + 1.5)
    found = event_study(struck, factor, events=events, window=Window(0, 4, 60, 4), draws=999)
    assert found.events == len(events) == len(found.episodes)
    now = found.path.loc[0]
    # Days around an event have the others in their estimation period, which lowers the usual level.
    assert now["t_low"] < 1.5 * (1 - 1 / 12) < now["t_high"]
    assert now["low"] < 1.5 < now["high"]
    assert now["p_bootstrap"] == now["p_placebo"] == 1 / 1000
    assert found.table().loc[4, "episodes"] == len(events)


def test_where_nothing_happened_p_values_are_as_often_small_as_they_should() -> None:
    generator = np.random.default_rng(12)
    p_values = []
    for _ in range(60):
        factor = pd.Series(generator.normal(size=260))
        signal = pd.Series(generator.normal(size=260))
        events = signal.index[signal < signal.quantile(0.12)]
        study = event_study(0.8 * factor + generator.standard_t(5, 260), factor, events=events, window=SHORT, draws=199)
        p_values.append(study.path.loc[3, ["p_bootstrap", "p_placebo"]].to_numpy(dtype=float))
    assert (np.mean(np.array(p_values) < 0.05, axis=0) <= 0.13).all()
    assert (np.mean(np.array(p_values) < 0.5, axis=0) > 0.3).all()


def test_events_close_together_are_one_episode_and_those_without_a_window_are_named(market: Any) -> None:
    returns, factor = market
    places = [10, 100, 102, 104, 150, 200, 399]
    found = event_study(returns, factor, events=returns.index[places], window=SHORT, draws=199)
    assert list(found.episodes.index) == list(returns.index[[100, 150, 200]])
    assert found.left_out.to_dict() == {
        returns.index[10]: "no full window or estimation period",
        returns.index[102]: "part of an earlier episode",
        returns.index[104]: "part of an earlier episode",
        returns.index[399]: "no full window or estimation period",
    }


def test_the_path_is_the_mean_of_the_episodes_with_their_t_interval(market: Any) -> None:
    returns, factor = market
    found = event_study(returns, factor, events=returns.index[80:390:20], window=SHORT, draws=199)
    abnormal = abnormal_returns(returns, factor, window=SHORT)
    pd.testing.assert_frame_equal(found.episodes, abnormal.loc[found.episodes.index].cumsum(axis=1))
    last = found.episodes[3]
    interval = stats.t.interval(0.95, len(last) - 1, loc=last.mean(), scale=stats.sem(last))
    assert tuple(found.path.loc[3, ["t_low", "t_high"]]) == pytest.approx(interval)
    assert found.path.loc[3, "mean"] == pytest.approx(last.mean())


@given(scale=st.sampled_from([1e-6, 1e3, 1e9]))
@settings(max_examples=3, deadline=None)
def test_units_of_returns_and_factors_do_not_matter(scale: float) -> None:
    generator = np.random.default_rng(9)
    factor, returns = pd.Series(generator.normal(size=200)), pd.Series(generator.normal(size=200))
    options: dict[str, Any] = {"events": pd.Index([80, 100, 130, 170]), "window": SHORT, "draws": 199}
    found, moved = event_study(returns, factor, **options), event_study(returns * scale, factor / scale, **options)
    np.testing.assert_allclose(moved.path["mean"], found.path["mean"] * scale, rtol=1e-7)
    np.testing.assert_allclose(moved.path["p_placebo"], found.path["p_placebo"])


BAD: dict[str, dict[str, Any]] = {
    "not in the index": {"events": pd.Index([80, 100, 999])},
    "comes twice": {"events": pd.Index([80, 100, 100, 130])},
    "2 episodes are too few": {"events": pd.Index([80, 130])},
    "too few for 185 before": {"window": Window(1, 20, 180, 4)},
    "estimation are too few": {"window": Window(0, 4, 5, 4)},
    "0 or more": {"window": Window(-1, 4, 60, 4)},
    "draws": {"draws": 20},
    "confidence": {"confidence": 2.0},
}


@pytest.mark.parametrize("complaint", BAD)
def test_bad_input_is_refused_by_name(complaint: str) -> None:
    generator = np.random.default_rng(10)
    options: dict[str, Any] = {"events": pd.Index([80, 110, 130, 170]), "window": SHORT, "draws": 199}
    returns = pd.Series(generator.normal(size=200))
    with pytest.raises(StatsError, match=complaint):
        event_study(returns, pd.Series(generator.normal(size=200)), **(options | BAD[complaint]))


def test_a_missing_return_and_a_factor_that_stands_still_are_refused(market: Any) -> None:
    returns, factor = market
    with pytest.raises(StatsError, match="missing"):
        abnormal_returns(returns.mask(returns.index == returns.index[7]), factor, window=SHORT)
    still = factor.where(factor.index > factor.index[150], 1.0)
    with pytest.raises(StatsError, match="does not vary or is collinear"):
        abnormal_returns(returns, still, window=SHORT)
