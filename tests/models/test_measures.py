"""Each measure of the ledger on figures small enough to check by hand: its value, its noise, and where it is silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import nisa
from jpresearch.models.ledger import MEASURES
from jpresearch.models.measures import flows
from jpresearch.models.measures.measuring import Facts, Gauged, Window

WEEKS = pd.DatetimeIndex(["2025-08-01", "2025-08-08", "2025-08-15", "2025-08-22", "2025-08-29"])
DAYS = pd.bdate_range("2025-08-18", "2025-08-29")
NAN = float("nan")


class Given(Facts):
    """Facts that are these frames, by the name of the dataset: whatever else it is asked for."""

    def __init__(self, **frames: Any) -> None:
        super().__init__("2025-09-05")
        object.__setattr__(self, "frames", frames)

    def __call__(self, dataset: Callable[..., Any], *args: Any, **options: Any) -> Any:
        return self.frames[dataset.__name__]  # type: ignore[attr-defined]


def gauge(name: str, subject: str, first: str, last: str, **frames: Any) -> Gauged:
    return MEASURES[name](Given(**frames), Window(subject, pd.Timestamp(first), pd.Timestamp(last)))


def ends(found: Gauged) -> tuple[float, float, float]:
    return found.measured.value, found.measured.low, found.measured.high


def is_at(found: Gauged, value: float, low: float | None = None, high: float | None = None) -> bool:
    wanted = (value, value if low is None else low, value if high is None else high)
    return ends(found) == pytest.approx(wanted)


def is_silent(found: Gauged) -> bool:
    return not found.measured.known


def weekly(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=WEEKS)


def closes(*values: float, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    series = pd.Series(values, index=days[: len(values)])
    return pd.DataFrame({"topix": series, "nikkei225": series * 10})


NET = weekly(foreigners=[-10.0, -5.0, 20.0, -30.0, -40.0])


# ---------------------------------------------------------------- flows


def test_foreign_net_adds_the_weeks_of_the_window_and_is_silent_where_one_is_missing() -> None:
    assert is_at(gauge("foreign_net", "cash", "2025-08-18", "2025-08-29", weekly=NET), -70)
    assert is_silent(gauge("foreign_net", "cash", "2025-08-18", "2025-08-29", weekly=NET.iloc[:-1]))
    futures = weekly(large=[NAN, NAN, 5.0, 6.0, 7.0])
    both = {"weekly": NET, "cash_and_futures": futures}
    assert is_at(gauge("foreign_net", "cash:large", "2025-08-18", "2025-08-29", **both), -57)
    assert is_silent(gauge("foreign_net", "cash:large", "2025-08-04", "2025-08-29", **both))


def test_mof_net_adds_weeks_to_saturday() -> None:
    mof = pd.DataFrame(
        {"inward_equity": [1.0, 2.0, 4.0]}, index=pd.DatetimeIndex(["2025-08-16", "2025-08-23", "2025-08-30"])
    )
    assert is_at(gauge("mof_net", "equity", "2025-08-18", "2025-08-30", mof=mof), 6)
    assert is_silent(gauge("mof_net", "equity", "2025-08-18", "2025-09-06", mof=mof))


def test_a_month_of_mof_and_its_distance_from_the_record() -> None:
    index = pd.date_range("2025-01-31", periods=4, freq="ME")
    months = pd.DataFrame({"equity": [1000.0, 5000.0, 2000.0, 4000.0], "bonds": [0.0, 0.0, 0.0, 3000.0]}, index=index)
    assert is_at(gauge("mof_month", "equity", "2025-04-01", "2025-04-30", mof_monthly=months), 4)
    assert is_at(gauge("mof_month", "equity:bonds", "2025-04-01", "2025-04-30", mof_monthly=months), 7)
    assert is_at(gauge("mof_month_over_record", "equity", "2025-04-01", "2025-04-30", mof_monthly=months), -1)
    assert is_at(gauge("mof_month_over_record", "equity:bonds", "2025-04-01", "2025-04-30", mof_monthly=months), 2)
    assert is_silent(gauge("mof_month_over_record", "equity", "2025-01-01", "2025-01-31", mof_monthly=months))
    assert is_silent(gauge("mof_month", "equity", "2025-05-01", "2025-05-31", mof_monthly=months))


def test_a_flow_and_its_change_have_the_year_so_far_as_their_past() -> None:
    level = gauge("flow_level", "2:jpy_bn", "2025-08-18", "2025-08-29", weekly=NET)
    assert is_at(level, -70)
    assert list(level.past.dropna()) == [-15, 15, -10, -70]
    change = gauge("flow_change", "2:jpy_bn", "2025-08-18", "2025-08-29", weekly=NET)
    assert is_at(change, -85)
    assert list(change.past.dropna()) == [5, -85]
    assert np.isnan(change.benchmark(10)), "five weeks are no past"


def test_a_run_of_buying_is_counted_where_it_ended_and_before_a_window() -> None:
    index = pd.date_range("2025-06-06", periods=10, freq="W-FRI")
    net = pd.DataFrame({"foreigners": [1.0, 1, 1, 1, -1, 1, 1, -1, 1, -1]}, index=index)
    first, last = f"{index[2]:%Y-%m-%d}", f"{index[-1]:%Y-%m-%d}"
    assert is_at(gauge("buying_run", "cash", first, last, weekly=net), 4)
    assert is_at(gauge("buying_run", "cash", f"{index[5]:%Y-%m-%d}", last, weekly=net), 2)
    assert is_at(gauge("buying_before", "cash", f"{index[7]:%Y-%m-%d}", last, weekly=net), 2)
    assert is_at(gauge("buying_before", "cash", f"{index[8]:%Y-%m-%d}", last, weekly=net), 0)
    assert is_silent(gauge("buying_run", "cash", first, "2025-12-26", weekly=net))


def test_a_sum_over_classes_is_over_all_of_them_and_a_missing_week_is_noise_or_silence() -> None:
    net = weekly(
        individuals=[1.0, 1, 1, 30, 40], investment_trusts=[1.0, 1, 1, -20, -10], trust_banks=[1.0, 1, 1, -5, -5],
        others=[1.0, 1, 1, 5, 10], foreigners=[-4.0, -4, -4, -30, -40],
    )  # fmt: skip
    window = ("2025-08-18", "2025-08-29")
    assert is_at(gauge("class_net", "domestic_customers", *window, weekly=net), 45)
    assert is_at(gauge("absorbed", "domestic_customers", *window, weekly=net), 45 / 70)
    assert is_at(gauge("absorbed", "individuals", *window, weekly=net), 1)
    assert is_silent(gauge("absorbed", "individuals", *window, weekly=net.assign(foreigners=1.0)))
    assert is_silent(gauge("class_net", "individuals", "2025-08-01", "2025-08-29", weekly=net.drop(WEEKS[1])))
    ends_of_weeks = flows.week_ends(pd.Timestamp("2024-08-01"), pd.Timestamp("2025-08-29"))
    year = pd.DataFrame({"individuals": np.arange(len(ends_of_weeks), dtype="float64")}, index=ends_of_weeks)
    whole = gauge("class_net", "individuals", "2024-08-01", "2025-08-29", weekly=year)
    assert whole.measured.low == whole.measured.value == whole.measured.high
    lacking = gauge("class_net", "individuals", "2024-08-01", "2025-08-29", weekly=year.drop(ends_of_weeks[3]))
    assert lacking.measured.low < lacking.measured.value < lacking.measured.high
    assert is_silent(gauge("class_net", "individuals", "2024-08-01", "2025-08-29", weekly=year.iloc[:-1]))


def test_a_share_of_trading_has_the_sampling_error_of_its_weeks() -> None:
    shares = pd.DataFrame({"prime": [50.0, 60.0, 64.0, 66.0, 68.0]}, index=WEEKS)
    reach = 1.959964 * 2.0 / 3**0.5
    assert is_at(
        gauge("trading_share", "prime", "2025-08-11", "2025-08-29", trading_share=shares), 66, 66 - reach, 66 + reach
    )
    assert is_silent(gauge("trading_share", "prime", "2025-08-18", "2025-08-29", trading_share=shares))
    found = gauge("domestic_trading_over_record", "prime", "2025-08-11", "2025-08-29", trading_share=shares)
    assert is_at(found, 34 - 45, -11 - reach, -11 + reach)
    assert is_silent(gauge("domestic_trading_over_record", "prime", "2025-07-01", "2025-08-29", trading_share=shares))


@pytest.mark.parametrize(("weight", "favours"), [(1.0, True), (0.0, False)])
def test_the_part_in_the_variance_is_held_against_the_largest_other(
    weight: float, favours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "DRAWS", 199)
    draw, index = np.random.default_rng(5), pd.date_range("2023-01-06", periods=120, freq="W-FRI")
    own, sp500, yen = draw.normal(size=(3, 120))
    topix = weight * own + (1 - weight) * sp500 + draw.normal(size=120) * 0.3
    frames = {
        "weekly": pd.DataFrame({"foreigners": own, "topix_pct": topix}, index=index),
        "abroad": pd.DataFrame({"sp500_pct": sp500, "usdjpy_pct": yen}, index=index),
    }
    found = gauge("variance_over_others", "foreigners", "2023-01-06", f"{index[-1]:%Y-%m-%d}", **frames).measured
    assert found.low > 0 if favours else found.high < 0
    assert is_silent(gauge("variance_over_others", "foreigners", "2023-01-06", "2023-03-31", **frames))


# ---------------------------------------------------------------- prices


def test_a_change_is_from_close_to_close_and_a_fund_s_close_may_be_a_session_old() -> None:
    frame = closes(100.0, 101.0, 99.0, 98.0, 110.0)
    assert is_at(gauge("change", "topix", "2025-08-18", "2025-08-22", daily=frame), 10)
    assert is_silent(gauge("change", "topix", "2025-08-18", "2025-08-23", daily=frame))
    funds = pd.DataFrame({"1625": [90.0, 100.0, 105.0, 95.0, 90.0]}, index=DAYS[:5])
    moves = [(last / first - 1) * 100 for first in (90, 100) for last in (95, 90)]
    assert is_at(gauge("change", "1625", "2025-08-19", "2025-08-22", sector_closes=funds), -10, min(moves), max(moves))


def test_a_relative_change_has_the_usual_drift_of_the_two_as_noise() -> None:
    days = pd.bdate_range("2023-01-02", periods=600)
    draw = np.random.default_rng(1)
    topix = pd.Series(100 * np.exp(np.cumsum(draw.normal(0, 0.01, 600))), index=days)
    fund = topix * np.exp(np.cumsum(draw.normal(0, 0.002, 600)))
    frames = {
        "daily": pd.DataFrame({"topix": topix, "nikkei225": topix}), "sector_closes": pd.DataFrame({"1631": fund})
    }  # fmt: skip
    first, last = days[550], days[559]
    found = gauge("relative_change", "1631:topix", f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", **frames)
    value = (fund[last] / fund[first] - topix[last] / topix[first]) * 100
    usual = (fund.pct_change(9) - topix.pct_change(9)).loc[:first].dropna().tail(500).std() * 100
    assert is_at(found, value, value - 1.959964 * usual, value + 1.959964 * usual)


def test_rises_highs_and_records_of_a_window() -> None:
    days = pd.bdate_range("2025-04-01", "2025-07-31")
    values = pd.Series(100.0, index=days)
    values["2025-04-07"], values["2025-07-24"], values["2025-06-10"] = 80.0, 104.0, 120.0
    frame = pd.DataFrame({"topix": values, "nikkei225": values})
    assert is_at(gauge("rise_between_months", "topix", "2025-04-01", "2025-07-31", daily=frame), 30)
    assert is_at(gauge("highest_close", "topix", "2025-07-01", "2025-07-31", daily=frame), 104)
    assert is_at(gauge("over_record", "topix", "2025-07-01", "2025-07-31", daily=frame), -16)
    assert is_at(gauge("over_record", "topix", "2025-06-01", "2025-06-30", daily=frame), 20)
    for name in ("rise_between_months", "highest_close", "over_record"):
        assert is_silent(gauge(name, "topix", "2025-07-01", "2025-08-29", daily=frame))


def test_the_worst_change_and_the_fall_to_the_lowest_stay_inside_the_window() -> None:
    frame = closes(50.0, 100.0, 98.0, 95.0, 99.0, 60.0)
    assert is_at(gauge("worst_change", "topix:2", "2025-08-19", "2025-08-22", daily=frame), -5)
    assert is_at(gauge("worst_change", "topix:1", "2025-08-19", "2025-08-22", daily=frame), (95 / 98 - 1) * 100)
    assert is_at(gauge("fall_to_lowest", "topix", "2025-08-19", "2025-08-22", daily=frame), -5)
    assert is_silent(gauge("worst_change", "topix:4", "2025-08-19", "2025-08-22", daily=frame))
    assert is_silent(gauge("fall_to_lowest", "topix", "2025-08-19", "2025-09-30", daily=frame))


def test_a_fall_starts_at_the_peak_of_the_window_not_at_its_first_day() -> None:
    prices = pd.DataFrame(
        {"a": [80.0, 100, 90, 70, 95], "b": [100.0, 90, 100, 95, 98], "new": [NAN, 100, 10, 10, 10]}, index=DAYS[:5]
    )
    assert is_at(gauge("fall_from_own_peak", "chips", "2025-08-18", "2025-08-22", prices=prices), (-30 - 10) / 2)
    assert is_at(gauge("fall_from_own_peak", "chips", "2025-08-18", "2025-08-20", prices=prices), (-10 - 10) / 2)
    assert is_silent(gauge("fall_from_own_peak", "chips", "2025-08-18", "2025-09-30", prices=prices))


def test_the_share_of_falling_sectors_is_known_to_one_fund() -> None:
    days = pd.bdate_range("2024-01-01", periods=60)
    draw = np.random.default_rng(2)
    funds = pd.DataFrame(100 + np.cumsum(draw.normal(0, 1, (60, 4)), axis=0), index=days, columns=list("abcd"))
    funds.iloc[-1] = funds.iloc[-3] + [1.0, -1.0, -1.0, -1.0]
    topix = funds.mean(axis=1)
    frames = {"sector_closes": funds, "daily": pd.DataFrame({"topix": topix, "nikkei225": topix})}
    found = gauge("sectors_falling", "all", f"{days[-3]:%Y-%m-%d}", f"{days[-1]:%Y-%m-%d}", **frames)
    assert is_at(found, 75, 50, 100)
    fell = topix.pct_change(2) < 0
    own = (funds.pct_change(2)[fell] < 0).mean(axis=1) * 100
    pd.testing.assert_series_equal(found.past, own[own.index < days[-3]], check_names=False)


def test_the_yen_gains_where_the_dollar_costs_less_and_adds_to_topix_in_dollars() -> None:
    fx = pd.DataFrame({"usdjpy": [160.0, 150.0, 128.0]}, index=DAYS[:3])
    frames = {"fx": fx, "daily": closes(100.0, 100.0, 110.0)}
    assert is_at(gauge("yen_change", "usdjpy", "2025-08-18", "2025-08-20", **frames), 25)
    assert is_at(gauge("translation", "topix", "2025-08-18", "2025-08-20", **frames), (1.1 * 1.25 - 1.1) * 100)
    assert is_silent(gauge("yen_change", "usdjpy", "2025-08-15", "2025-08-20", **frames))
    assert is_silent(gauge("yen_change", "usdjpy", "2025-08-18", "2025-08-25", **frames))


def falling(*depths: float) -> pd.DataFrame:
    """Falls of these percentages, one after the other, each recovered within twenty sessions."""
    path = [value for depth in depths for value in (100.0, 100 - depth, 100.0, *[101.0] * 17)]
    return closes(*path, days=pd.bdate_range("2020-01-01", periods=len(path)))


def test_depth_since_is_the_mean_fall_over_that_of_those_before_and_few_falls_decide_nothing() -> None:
    frame = falling(10, 20, 30, 20, 60)
    newest = frame.index[70]
    found = gauge("depth_since", "8", f"{newest:%Y-%m-%d}", f"{frame.index[-1]:%Y-%m-%d}", daily=frame)
    older = [10 / 100, 21 / 101, 31 / 101, 21 / 101]
    assert found.measured.value == pytest.approx(61 / 101 / (sum(older) / 4))
    assert found.measured.low < found.measured.value < found.measured.high
    assert is_silent(
        gauge("depth_since", "8", f"{frame.index[20]:%Y-%m-%d}", f"{frame.index[-1]:%Y-%m-%d}", daily=frame)
    )


def test_worst_since_is_held_against_stretches_as_long() -> None:
    frame = falling(10, 20, 20, 20, 40)
    newest, last = frame.index[80], frame.index[-1]
    found = gauge("worst_since", "1", f"{newest:%Y-%m-%d}", f"{last:%Y-%m-%d}", daily=frame)
    assert found.measured.value == pytest.approx((60 / 100 - 1) / (80 / 100 - 1), rel=0.05)
    assert is_silent(gauge("worst_since", "1", f"{frame.index[40]:%Y-%m-%d}", f"{last:%Y-%m-%d}", daily=frame))


def test_other_markets_are_ranked_by_price_and_the_dax_is_not_among_them() -> None:
    returns = pd.DataFrame(
        {"return_pct": {"topix": 10.0, "kospi": 30.0, "taiex": 5.0, "hang_seng": 20.0, "shanghai_composite": 10.0,
                        "sp500": 9.0, "ftse100": 12.0, "dax": 90.0}}
    )  # fmt: skip
    assert is_at(gauge("index_change", "kospi", "2024-12-31", "2025-09-05", index_returns=returns), 30)
    assert is_at(gauge("markets_ahead", "topix:asia", "2024-12-31", "2025-09-05", index_returns=returns), 50)
    assert is_at(gauge("markets_ahead", "topix:majors", "2024-12-31", "2025-09-05", index_returns=returns), 50)
    assert is_silent(gauge("markets_ahead", "nikkei225:asia", "2024-12-31", "2025-09-05", index_returns=returns))


# ---------------------------------------------------------------- domestic money and valuation


def test_shares_of_gpif_and_of_owners_are_those_of_the_day() -> None:
    shares = pd.DataFrame({"domestic_equities": [24.0, 24.5]}, index=pd.DatetimeIndex(["2025-03-31", "2025-06-30"]))
    assert is_at(gauge("gpif_share", "domestic_equities", "2025-04-01", "2025-06-30", shares=shares), 24.5)
    assert is_silent(gauge("gpif_share", "domestic_equities", "2025-04-01", "2025-06-29", shares=shares))
    owners = pd.DataFrame(
        {"share_foreigners": [30.0, 28.0, 32.0]}, index=pd.DatetimeIndex(["2023-03-31", "2024-03-31", "2025-03-31"])
    )
    assert is_at(gauge("ownership_change", "share_foreigners", "2024-03-31", "2025-03-31", ownership=owners), 4)
    assert is_at(gauge("ownership_over_record", "share_foreigners", "2023-03-31", "2025-03-31", ownership=owners), 2)
    assert is_at(gauge("ownership_over_record", "domestic", "2023-03-31", "2025-03-31", ownership=owners), 68 - 72)
    assert is_silent(gauge("ownership_over_record", "domestic", "2025-03-31", "2025-03-31", ownership=owners))


def test_gpif_flow_is_the_change_of_value_that_the_result_does_not_explain_and_has_bounds() -> None:
    found = MEASURES["gpif_flow"](
        Facts("2025-09-05"), Window("domestic_equities", pd.Timestamp("2025-03-31"), pd.Timestamp("2025-06-30"))
    )
    assert found.measured.low < found.measured.value < found.measured.high < 0
    other = Window("domestic_equities", pd.Timestamp("2025-06-30"), pd.Timestamp("2025-09-30"))
    assert is_silent(MEASURES["gpif_flow"](Facts("2025-09-05"), other))


def test_nisa_pace_is_the_datasets_own_and_silent_before_its_year_is_known() -> None:
    def of(subject: str, last: str, day: str) -> Gauged:
        return MEASURES["nisa_pace"](Facts(day), Window(subject, pd.Timestamp("2024-01-01"), pd.Timestamp(last)))

    row = nisa.pace("2025-09-05", until="2024-12-31").loc["since"]
    assert is_at(of("until", "2024-12-31", "2025-09-05"), row["ratio"], row["ratio_low"], row["ratio_high"])
    assert is_silent(of("until", "2025-12-31", "2025-09-05"))


def test_buybacks_are_those_of_one_metric_and_a_record_needs_an_earlier_period() -> None:
    rows = pd.DataFrame(
        {"metric": ["fy", "fy", "cy"], "value": [18.0, 22.0, 99.0],
         "period_end": pd.to_datetime(["2025-03-31", "2026-03-31", "2024-12-31"])}
    )  # fmt: skip
    assert is_at(gauge("buybacks", "fy", "2025-04-01", "2026-03-31", buybacks=rows), 22)
    assert is_at(gauge("buybacks_over_record", "fy", "2025-04-01", "2026-03-31", buybacks=rows), 4)
    assert is_silent(gauge("buybacks_over_record", "fy", "2024-04-01", "2025-03-31", buybacks=rows))
    assert is_silent(gauge("buybacks", "fy", "2026-04-01", "2027-03-31", buybacks=rows))


def test_a_percentile_is_of_the_own_past_with_the_error_of_so_many_months() -> None:
    days = pd.bdate_range("2022-01-03", "2025-08-29")
    rising = pd.Series(np.linspace(4.0, 8.0, len(days)), index=days)
    yields = pd.DataFrame({"cheap": rising, "dear": rising[::-1].to_numpy()}, index=days)
    months = len(yields.resample("ME"))
    window = ("2022-01-03", "2025-08-29")
    dear = gauge("valuation_percentile", "trailing_yield:24", *window, valuation=yields[["dear"]])
    assert is_at(dear, 100, 100, 100)
    cheap = gauge("valuation_percentile", "trailing_yield:24", *window, valuation=yields[["cheap"]])
    assert cheap.measured.value == pytest.approx(100 / months)
    error = 1.959964 * (cheap.measured.value * (100 - cheap.measured.value) / months) ** 0.5
    assert cheap.measured.high == pytest.approx(cheap.measured.value + error) and cheap.measured.low == 0
    assert is_silent(gauge("valuation_percentile", "trailing_yield:60", *window, valuation=yields))
    assert is_silent(gauge("valuation_percentile", "trailing_yield:24", "2022-01-03", "2025-09-30", valuation=yields))


def test_names_as_one_company_are_value_over_profit_of_those_known_all_along() -> None:
    days = pd.bdate_range("2024-01-01", "2025-08-29")
    value = pd.DataFrame({name: np.linspace(100, 200, len(days)) for name in "abcd"}, index=days)
    value.loc[:"2025-01-01", "d"] = NAN
    profit = value * 0 + 10
    both = {"market_value": value, "trailing_profit": profit}

    class OfTwo(Given):
        def __call__(self, dataset: Callable[..., Any], *args: Any, **options: Any) -> Any:
            return both[args[0]]

    window = Window("chips", pd.Timestamp("2024-01-01"), pd.Timestamp("2025-08-29"))
    assert is_at(MEASURES["basket_percentile"](OfTwo(), window), 100, 100, 100)
    both["market_value"] = value[["a", "b"]]
    assert is_silent(MEASURES["basket_percentile"](OfTwo(), window))


def test_every_measure_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in MEASURES if f'"{name}"' not in source] == []
