"""Measures on series made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.studies.claims import aftermath, domestic, flows, prices
from jpresearch.studies.claims.measuring import Span
from jpresearch.studies.weekly import week_ends

DAYS = pd.bdate_range("2025-07-01", "2025-09-05")
WEEKS = week_ends(pd.Timestamp("2025-01-06"), pd.Timestamp("2025-08-29"))


def span(first: str, last: str, subject: str = "topix") -> Span:
    return Span(subject, pd.Timestamp(first), pd.Timestamp(last))


def known(**parts: Any) -> Any:
    """Facts with the given parts; everything else is empty."""
    empty = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    base = {"market": {}, "sectors": pd.DataFrame(), "chips": pd.DataFrame(), "foreigners": empty, "mof_equity": empty}
    return SimpleNamespace(**{**base, "figures": lambda table, metric: empty, "as_of": None, **parts})


@pytest.fixture
def rising() -> Any:
    return known(market={"topix": pd.Series(np.linspace(100, 148, len(DAYS)), index=DAYS)})


def test_a_change_needs_both_closes(rising: Any) -> None:
    levels = rising.market["topix"]
    found = prices.change(rising, span("2025-07-01", "2025-08-29"))
    assert found == pytest.approx((levels["2025-08-29"] / 100 - 1) * 100)
    assert prices.change(rising, span("2025-07-01", "2025-08-30")) is None


def test_nothing_is_measured_over_a_window_that_has_not_ended(rising: Any) -> None:
    late = span("2025-08-18", "2025-09-30")
    for measure in (prices.highest_close, prices.record_rank, prices.fall_to_lowest):
        assert measure(rising, late) is None
    assert flows.foreign_sum(known(foreigners=pd.Series(1.0, index=WEEKS)), span("2025-08-25", "2025-09-05")) is None


def test_highest_close_and_record() -> None:
    levels = pd.Series([100.0, 105.0, 103.0, 104.0], index=DAYS[:4])
    facts = known(market={"topix": levels})
    late = Span("topix", DAYS[2], DAYS[3])
    assert prices.highest_close(facts, late) == 104.0
    assert prices.record_rank(facts, late) == 2.0
    assert prices.record_rank(facts, Span("topix", DAYS[0], DAYS[3])) == 1.0


def test_the_worst_change_has_both_closes_in_the_window() -> None:
    levels = pd.Series([100.0, 80.0, 82.0, 78.0, 90.0], index=DAYS[:5])
    facts = known(market={"topix": levels})
    assert prices.worst_change(facts, Span("topix:1", DAYS[1], DAYS[4])) == pytest.approx((78 / 82 - 1) * 100)


def test_the_largest_rise_between_two_months(rising: Any) -> None:
    levels = rising.market["topix"]
    found = prices.rise_between_months(rising, span("2025-07-15", "2025-08-29"))
    assert found == pytest.approx((levels.loc["2025-08"].max() / 100 - 1) * 100)


def test_sectors_falling_counts_funds_with_both_closes() -> None:
    funds = pd.DataFrame({"1617": [1.0, 0.9], "1618": [1.0, 1.1], "1619": [1.0, np.nan]}, index=DAYS[:2])
    assert prices.sectors_falling(known(sectors=funds), Span("sectors", DAYS[0], DAYS[1])) == 50.0


def test_the_yen_rises_when_fewer_buy_a_dollar() -> None:
    rate = pd.Series([150.0, 147.0], index=pd.to_datetime(["2025-07-01", "2025-07-02"]))
    topix = pd.Series([100.0, 100.0], index=rate.index)
    facts = known(market={"usdjpy": rate, "topix": topix})
    window = span("2025-07-01", "2025-07-02")
    assert prices.yen_change(facts, window) == pytest.approx((150 / 147 - 1) * 100)
    assert prices.translation(facts, window) == pytest.approx((150 / 147 - 1) * 100)


def test_falls_since_a_day_are_held_against_those_before() -> None:
    levels = [100, 90, 100, 110, 88, 100, 110]
    index = pd.to_datetime([f"{year}-06-01" for year in range(2019, 2026)])
    facts = known(market={"topix": pd.Series(levels, index=index, dtype="float64")})
    found = prices.fall_depth_ratio(facts, span("2022-01-01", "2025-06-01", "8"))
    assert found == pytest.approx(20.0 / 10.0)


def test_runs_and_ranks_of_flows() -> None:
    net = pd.Series(10.0, index=WEEKS)
    net.iloc[5] = -1.0
    net.loc["2025-08-01"] = -20.0
    net.loc["2025-08-29"] = -300.0
    facts = known(foreigners=net)
    until = list(WEEKS).index(pd.Timestamp("2025-08-01"))
    assert flows.run_of_purchases(facts, span("2025-07-01", "2025-08-22")) == until - 6
    assert flows.run_before(facts, span("2025-08-25", "2025-08-29")) == 3
    assert flows.level_rank(facts, Span("1", WEEKS[-1], WEEKS[-1])) == 1.0
    assert flows.change_rank(facts, Span("1", WEEKS[-1], WEEKS[-1])) == 1.0


def test_a_sum_with_a_missing_week_is_no_sum() -> None:
    net = pd.Series(10.0, index=WEEKS).drop(pd.Timestamp("2025-08-22"))
    facts = known(foreigners=net)
    assert flows.foreign_sum(facts, span("2025-08-18", "2025-08-29")) is None
    assert flows.foreign_sum(facts, span("2025-08-25", "2025-08-29")) == 10.0


def test_what_was_absorbed_is_per_yen_sold() -> None:
    table = pd.DataFrame({"foreigners": -100.0, "individuals": 60.0, "others": 40.0}, index=WEEKS[-2:])
    window = Span("individuals", WEEKS[-2] - pd.Timedelta(days=4), WEEKS[-1])
    assert flows.absorbed(known(balances=table), window) == pytest.approx(0.6)
    assert flows.absorbed(known(balances=-table), window) is None, "nothing was sold"


def test_the_share_of_variance_of_a_flow_that_explains_everything_and_of_noise() -> None:
    draw = np.random.default_rng(0)
    move = draw.normal(0, 2, len(WEEKS))
    days = pd.DatetimeIndex([WEEKS[0] - pd.Timedelta(days=7), *WEEKS])
    topix = pd.Series(100 * np.cumprod(np.r_[1.0, 1 + move / 100]), index=days)
    window = Span("topix", WEEKS[0], WEEKS[-1])
    perfect = known(foreigners=pd.Series(move * 50, index=WEEKS), market={"topix": topix})
    noise = known(foreigners=pd.Series(draw.normal(0, 1, len(WEEKS)), index=WEEKS), market={"topix": topix})
    assert flows.share_of_variance(perfect, window) == pytest.approx(100, abs=0.5)
    assert (flows.share_of_variance(noise, window) or 0.0) < 20


def test_nisa_pace_from_cumulative_figures() -> None:
    ends = pd.to_datetime(["2022-12-31", "2023-12-31", "2024-12-31"])
    facts = known(figures=lambda table, metric: pd.Series([30.0, 36.0, 54.0], index=ends))
    assert domestic.nisa_pace_ratio(facts, span("2024-01-01", "2024-12-31", "purchases")) == pytest.approx(3.0)
    facts = known(figures=lambda table, metric: pd.Series([30.0, 54.0], index=ends[[0, 2]]))
    assert domestic.nisa_pace_ratio(facts, span("2024-01-01", "2024-12-31", "purchases")) is None


@pytest.mark.parametrize(
    ("closes", "answer"),
    [([101.0], "a pause"), ([100.0, 95.0], "open"), ([90.01], "open"), ([90.0, 120.0], "a correction"), ([], "open")],
)
def test_a_correction_is_ten_percent_before_a_new_high(closes: list[float], answer: str) -> None:
    after = pd.Series(closes, index=DAYS[: len(closes)], dtype="float64")
    assert aftermath.verdict(after, 100.0)[0] == answer
