"""The nowcast of JPX's week from MoF's: what it knows, how it covers, when there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from jpresearch import load
from jpresearch.errors import InsufficientData
from jpresearch.models.nowcast import FIRST_FIT_WEEKS, Nowcast, nowcast

NOON = "2026-09-17T12:00"


def simulated(weeks: int = 400, seed: int = 3, pending: int = 1) -> tuple[pd.Series, pd.Series]:
    """JPX's weeks (Fridays) and MoF's (Saturdays): half of MoF's figure and noise with fat tails that grows."""
    draws = np.random.default_rng(seed)
    fridays = pd.date_range("2015-01-09", periods=weeks, freq="W-FRI")
    mof = pd.Series(draws.normal(0, 600, weeks), index=fridays + pd.Timedelta(days=1))
    noise = draws.standard_t(3, weeks) * np.linspace(60, 180, weeks)
    return pd.Series(0.5 * mof.to_numpy() + noise, index=fridays).iloc[: weeks - pending], mof


def published(as_of: str) -> Nowcast:
    flows = load("investor_flows", as_of, start="2012-01-01")
    foreign = flows[(flows["market"] == "two_markets") & (flows["investor"] == "foreigners")]
    mof = load("securities_flows", as_of)
    return nowcast(
        foreign.set_index("period_end")["net_jpy_mn"] / 1000,
        mof.set_index("period_end")["inward_equity_net_jpy_100mn"] / 10,
    )


def test_between_the_two_releases_of_a_thursday_the_week_is_nowcast_from_mof() -> None:
    flows = load("investor_flows", NOON)
    foreign = flows[(flows["market"] == "two_markets") & (flows["investor"] == "foreigners")]
    jpx = (foreign.set_index("period_end")["net_jpy_mn"] / 1000).loc["2012":]
    mof = load("securities_flows", NOON).set_index("period_end")["inward_equity_net_jpy_100mn"] / 10
    week = lambda days: days - pd.to_timedelta(days.day_of_week, unit="D")  # noqa: E731
    both = pd.DataFrame({"jpx": jpx.set_axis(week(jpx.index)), "mof": mof.set_axis(week(mof.index))})
    known = both.dropna()
    fit = sm.OLS(known["jpx"], sm.add_constant(known["mof"])).fit()
    expected = fit.params["const"] + fit.params["mof"] * both["mof"].iloc[-1]
    found = published(NOON)
    assert list(found.weeks.index) == [pd.Timestamp("2026-09-07")]
    assert found.weeks["value"].iloc[0] == pytest.approx(expected)
    assert found.weeks["low"].iloc[0] < -303.7 < found.weeks["high"].iloc[0]


def test_no_published_week_is_nowcast() -> None:
    assert published("2026-09-10T15:30").weeks.empty


def test_every_past_value_is_what_its_own_day_would_have_given() -> None:
    jpx, mof = simulated()
    past = nowcast(jpx, mof).past
    for row in (FIRST_FIT_WEEKS, 200, 350):
        before, day = jpx.iloc[:row], mof.iloc[: row + 1]
        fit = sm.OLS(before.to_numpy(), sm.add_constant(day.iloc[:-1].to_numpy())).fit()
        value = fit.get_prediction([[1.0, day.iloc[-1]]]).predicted_mean[0]
        assert past["value"].iloc[row - FIRST_FIT_WEEKS] == pytest.approx(value)


def test_the_future_changes_no_past_interval() -> None:
    jpx, mof = simulated()
    whole, cut = nowcast(jpx, mof).past, nowcast(jpx.iloc[:330], mof.iloc[:331]).past
    pd.testing.assert_frame_equal(whole.iloc[: len(cut)], cut)


def test_the_calibrated_interval_covers_what_it_says_where_the_textbook_one_does_not() -> None:
    runs = [nowcast(*simulated(weeks=600, seed=seed)) for seed in range(20)]
    assert np.mean([run.coverage_pct for run in runs]) == pytest.approx(95, abs=1.5)
    assert np.mean([run.nominal_coverage_pct for run in runs]) < 93.5


def test_the_textbook_interval_is_the_regressions_own() -> None:
    jpx, mof = simulated()
    past = nowcast(jpx, mof).past
    inside = []
    for row in range(FIRST_FIT_WEEKS, len(jpx), 37):
        fit = sm.OLS(jpx.iloc[:row].to_numpy(), sm.add_constant(mof.iloc[:row].to_numpy())).fit()
        low, high = fit.get_prediction([[1.0, mof.iloc[row]]]).conf_int(obs=True)[0]
        inside.append(float(low <= jpx.iloc[row] <= high))
    assert past["covered_nominal"].iloc[::37].tolist() == inside


def test_several_weeks_may_be_missing() -> None:
    jpx, mof = simulated(pending=3)
    found = nowcast(jpx, mof)
    assert len(found.weeks) == 3 and (found.weeks["low"] < found.weeks["value"]).all()


def test_too_few_weeks_are_said() -> None:
    jpx, mof = simulated(weeks=150)
    with pytest.raises(InsufficientData, match="weeks are known to JPX and MoF alike"):
        nowcast(jpx, mof)
