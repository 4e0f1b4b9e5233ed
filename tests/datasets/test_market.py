"""The market: survey weeks, markets abroad, market value on weeks, calendar, rates and valuation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from jpresearch import tables
from jpresearch.about import about
from jpresearch.datasets import flows, market
from jpresearch.errors import UnknownName
from tests.datasets.conftest import Write

ERAS = ("2015-01-01", "2018-01-01", "2021-01-01", "2024-01-01", "2027-01-01")


def test_a_week_runs_from_the_last_session_of_the_week_before() -> None:
    week = market.weekly("2025-09-05").loc["2025-08-29"]
    closes = market.daily("2025-09-05")
    assert week["topix"] == closes.loc["2025-08-29", "topix"]
    assert week["topix_pct"] == pytest.approx((week["topix"] / closes.loc["2025-08-22", "topix"] - 1) * 100)
    assert market.daily("2025-09-05").loc["2025-08-18", "nikkei225"] == pytest.approx(43714.31)


def test_a_close_that_is_missing_is_not_replaced_by_an_earlier_day(write: Write) -> None:
    closes = {"2018-01-11": 100.0, "2018-01-12": 101.0, "2018-01-18": 102.0, "2018-01-26": 103.0}
    days = pd.DatetimeIndex(list(closes))
    rows = pd.DataFrame({"series": "topix", "period_end": days, "value": closes.values(), "published_at": "2020-01-01"})
    write("market_daily", rows)
    weeks = market.weekly("2020-06-01")
    assert weeks["topix"].isna().tolist() == [False, True, False]
    assert weeks["topix_pct"].isna().all()


def test_abroad_is_the_last_value_before_tokyos_close_by_week_and_day() -> None:
    as_of = "2025-09-05"
    daily = market.daily(as_of, ["sp500", "ust10y"])
    weeks, days = market.abroad(as_of), market.abroad(as_of, every="day")
    assert weeks.loc["2025-08-29", "sp500"] == daily.loc["2025-08-28", "sp500"]
    assert days.loc["2025-09-02", "sp500"] == daily.loc["2025-08-29", "sp500"], "1 September was a holiday in New York"
    change = daily.loc["2025-08-28", "ust10y"] - daily.loc["2025-08-21", "ust10y"]
    assert weeks.loc["2025-08-29", "ust10y_bp"] == pytest.approx(100 * change)
    told = about(weeks)
    assert told is not None and (told.unit_of("sp500_pct"), told.unit_of("ust10y_bp")) == ("%", "bp")
    with pytest.raises(UnknownName, match="sp500"):
        market.abroad(as_of, "topix")


def test_market_value_at_the_start_of_a_week_is_the_last_month_end_moved_with_topix(write: Write) -> None:
    closes = {"2018-01-31": 100.0, "2018-02-02": 110.0, "2018-02-09": 121.0, "2018-02-28": 90.0, "2018-03-02": 99.0}
    rows = pd.DataFrame({"series": "topix", "period_end": list(closes), "value": closes.values()})
    write("market_daily", rows.assign(published_at=rows["period_end"]))
    values = {"2018-01-31": 600.0, "2018-02-28": 500.0}
    size = pd.DataFrame({"metric": "market_cap", "period_end": list(values), "value": list(values.values())})
    write("market_size", size.assign(unit="JPY tn", published_at=["2018-02-01T13:00", "2018-03-07T13:00"]))
    span = {"start": "2018-02-01", "end": "2018-03-09"}
    found = market.market_cap_on_weeks("2018-04-01", **span)["market_cap"]  # type: ignore[arg-type]
    assert found["2018-02-09"] == pytest.approx(660.0), "TOPIX of 2 February over that of 31 January"
    assert found["2018-02-16"] == pytest.approx(726.0), "not moved by the week's own return"
    assert found["2018-03-09"] == pytest.approx(550.0), "February's end replaces January's"
    assert np.isnan(found["2018-02-02"]), "no month-end before the start of the week"
    earlier = market.market_cap_on_weeks("2018-03-06", **span)  # type: ignore[arg-type]
    assert earlier.loc["2018-03-09", "market_cap"] == pytest.approx(594.0), "January's, until February's is out"
    assert earlier.loc["2018-03-09", "month_end"] == pd.Timestamp("2018-01-31")


def independent_slope(as_of: str, first: str, last: str) -> float:
    """Weekly TOPIX return (bp) on foreigners' flow in bp of market value, from the CSV tables with pandas alone."""
    survey = tables.load("investor_flows", as_of).query("market == 'two_markets' and investor == 'foreigners'")
    net = survey.set_index("period_end")["net_jpy_mn"] / 1e6
    daily = tables.load("market_daily", as_of).query("series == 'topix'").set_index("period_end")["value"]
    size = tables.load("market_size", as_of).query("metric == 'market_cap'").set_index("period_end")["value"]
    last_session = daily.groupby(daily.index.to_period("W-SUN")).apply(lambda week: week.index[-1])
    points = []
    for before, end in pairwise(last_session):
        month_ends = size[size.index <= before]
        if end in net.index and len(month_ends) and pd.Timestamp(first) <= end < pd.Timestamp(last):
            base = daily[daily.index <= month_ends.index[-1]].iloc[-1]
            value = month_ends.iloc[-1] * daily[before] / base
            points.append((net[end] / value * 1e4, (daily[end] / daily[before] - 1) * 1e4))
    table = pd.DataFrame(points, columns=["flow", "topix"])
    return float(np.polyfit(table["flow"], table["topix"], 1)[0])


def test_the_slope_by_era_agrees_with_a_computation_of_its_own() -> None:
    as_of = "2026-11-01"
    flow = flows.weekly(as_of, "foreigners", unit="bp_of_market_cap")["foreigners"]
    topix = market.weekly(as_of)["topix_pct"] * 100
    both = pd.DataFrame({"flow": flow, "topix": topix}).dropna()
    slopes = []
    for first, last in pairwise(ERAS):
        era = both[(both.index >= first) & (both.index < last)]
        fit = sm.OLS(era["topix"], sm.add_constant(era["flow"])).fit(cov_type="HAC", cov_kwds={"maxlags": 6})
        slopes.append(float(fit.params["flow"]))
        assert slopes[-1] == pytest.approx(independent_slope(as_of, first, last), rel=1e-6)
    assert slopes == pytest.approx([23, 20.5, 23, 16], abs=1)


def test_the_calendar_knows_settlement_ends_and_holidays() -> None:
    weeks = market.calendar("2026-09-30", start="2025-01-01")
    on = {name: set(weeks.index[weeks[name]].strftime("%Y-%m-%d")) for name in weeks.columns[:-1]}
    assert {"2026-09-11", "2025-12-12"} <= on["quarterly_sq"] and "2026-08-14" in on["sq"] - on["quarterly_sq"]
    assert {"2025-05-02", "2025-05-09"} <= on["golden_week"]
    assert "2025-03-28" not in on["quarter_end"] and "2025-04-04" in on["fiscal_year_end"]
    assert "2025-12-30" in on["year_end"] and "2025-01-10" in on["new_year"]
    assert weeks.loc["2025-12-30", "sessions"] == 2 and weeks.index[-1] == pd.Timestamp("2026-10-02")
    assert market.calendar("2026-09-30", end="2026-12-31").index[-1] == pd.Timestamp("2026-12-30")


def test_the_sq_of_a_holiday_friday_is_the_session_before() -> None:
    # The second Friday of August 2017 was Mountain Day.
    weeks = market.calendar("2018-01-31", start="2017-08-01", end="2017-08-31")
    assert weeks.index[weeks["sq"]].tolist() == [pd.Timestamp("2017-08-10")]


def test_three_bad_days_of_the_steel_fund_are_left_out_and_others_stay() -> None:
    closes = market.sector_closes("2020-01-01")
    assert closes.loc["2017-07-12":"2017-07-14", "1623"].isna().all()  # type: ignore[misc]
    assert closes.loc["2017-07-12":"2017-07-14", "1622"].notna().all()  # type: ignore[misc]
    daily = market.sector_returns("2020-01-01", every="day").loc["2017-07", "1623"]
    assert daily.abs().max() < 10
    assert market.sector_returns("2020-01-01").loc["2017-07-21", "1623"] != 0


def test_single_later_figures_go_on_where_the_record_of_the_same_statistic_ends() -> None:
    prime = market.prime_valuation("2026-10-02")["per_prime"].dropna()
    assert prime.index[-1] == pd.Timestamp("2026-09-30") and prime.iloc[-1] == pytest.approx(20.6)
    rates = market.rates("2026-10-02")["jgb10y"].dropna()
    assert rates.index[-1] >= pd.Timestamp("2026-09-09")
    assert market.prime_valuation("2022-06-30").dropna(subset="per_first").index[-1] == pd.Timestamp("2022-03-31")


def test_steps_of_the_bank_of_japan_are_measured_from_the_rate_in_force() -> None:
    steps = market.policy_steps("2025-09-05")
    assert steps["change_bp"].round(1).tolist() == [15.0, 20.0, 25.0]
    assert steps.index[0] == pd.Timestamp("2024-03-19")
    assert market.policy_steps("2020-01-01").empty


def test_rates_on_survey_weeks_are_those_known_before_the_last_session() -> None:
    daily, weekly = market.rates("2026-10-02"), market.rates("2026-10-02", every="week", start="2024-01-01")
    assert about(weekly).span == "week"
    for end in weekly.index[[0, 40, 90]]:
        before = daily.loc[: end - pd.Timedelta(days=1), "call_rate"].dropna()
        assert weekly.loc[end, "call_rate"] == before.iloc[-1]
    with pytest.raises(UnknownName):
        market.rates("2026-10-02", every="month")
