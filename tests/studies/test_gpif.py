"""GPIF: implied flows within bounds, one basis at a time, as of a day, and words that follow the numbers."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import survey_weeks
from jpresearch.datasets import gpif_figures as published
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished, UnknownName
from jpresearch.stats.rounding import Interval
from jpresearch.studies import gpif as study
from jpresearch.studies.gpif import behaviour, conclusions, flows, proxy, shares

DE = "domestic_equities"
RESERVE, GPIF = study.RESERVE, study.GPIF
Q0, Q1, Q2, Q3 = (pd.Timestamp(day) for day in ("2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"))
Row = tuple[str, str, pd.Timestamp, float]


def portfolio(*rows: Row) -> pd.DataFrame:
    """A frame as ``load("gpif_portfolio")`` gives it, as far as the study looks."""
    return pd.DataFrame(rows, columns=["basis", "metric", "period_end", "value"])


def figures(*rows: Row) -> study.Figures:
    return study.Figures.of(portfolio(*rows))


def share(day: pd.Timestamp, value: float, basis: str = RESERVE) -> Row:
    return basis, f"share_{DE}", day, value


def total(day: pd.Timestamp, value: float) -> Row:
    return RESERVE, "value_total_pension_reserve", day, value


def assets(day: pd.Timestamp, value: float) -> Row:
    return GPIF, "aum", day, value


def returned(day: pd.Timestamp, value: float, what: str = DE) -> Row:
    return GPIF, f"return_q_{what}", day, value


def gained(day: pd.Timestamp, value: float) -> Row:
    return GPIF, f"gain_q_{DE}", day, value


def policy(*mixes: tuple[str, str, float, float | None, float | None]) -> pd.DataFrame:
    """Mixes of domestic equities: announced, effective, target, narrow and wide band."""
    rows = [
        {
            "asset_class": asset,
            "period_end": pd.Timestamp(announced),
            "effective_date": pd.Timestamp(effective),
            "target_pct": target,
            "band_min_pp": np.nan if narrow is None else narrow,
            "band_max_pp": np.nan if wide is None else wide,
        }
        for asset in study.ASSETS
        for announced, effective, target, narrow, wide in mixes
    ]
    return pd.DataFrame(rows)


MIX = policy(("2014-10-31", "2014-10-31", 25.0, 9.0, 9.0))


@cache
def as_of(day: str | None, asset: str = DE) -> study.Findings:
    """What the study finds in the repository's tables; a frozen result, so made once."""
    return study.estimate(study.load_inputs(day, asset=asset))


@pytest.fixture
def november() -> study.Findings:
    return as_of("2025-11-30")


@pytest.fixture
def everything() -> study.Findings:
    return as_of(None)


@pytest.fixture
def early() -> study.Findings:
    return as_of("2015-06-30")


# --- implied flows ----------


def flow_of(found: study.Figures, day: pd.Timestamp = Q1, basis: str = RESERVE, **options: Any) -> pd.Series[Any]:
    return study.implied_flows(found, DE, study.Assumptions(), **options).loc[(basis, day)]


def test_a_flow_put_in_comes_out_of_value_and_return() -> None:
    start, rate, traded = 60.0, 0.05, -2.0
    end = start * (1 + rate) + traded
    found = figures((RESERVE, f"value_{DE}", Q0, start), (RESERVE, f"value_{DE}", Q1, end), returned(Q1, 100 * rate))
    row = flow_of(found)
    assert row["estimate"] == pytest.approx(traded, abs=1e-3)
    assert row["market_result"] == pytest.approx(start * rate, abs=1e-2)
    assert row["method"] == "return"
    assert row["totals"] == "published"


def test_a_flow_put_in_comes_out_of_value_and_gain_without_any_assumption_on_timing() -> None:
    found = figures(
        (RESERVE, f"value_{DE}", Q0, 60.0), (RESERVE, f"value_{DE}", Q1, 61.5), gained(Q1, 3.1234), returned(Q1, 5.2)
    )
    row = flow_of(found)
    assert row["method"] == "gain"
    assert row["estimate"] == pytest.approx(61.5 - 60.0 - 3.1234)
    assert row["high"] - row["low"] == pytest.approx(0.1 + 0.1 + 0.0001)
    assert row["by_return"] == pytest.approx(61.5 - 60.0 * 1.052)


def test_a_value_may_be_a_share_of_the_published_reserve() -> None:
    found = figures(
        *(share(Q0, 25.0), total(Q0, 240.0), assets(Q0, 236.0)),
        *(share(Q1, 24.0), total(Q1, 250.0), assets(Q1, 246.0), gained(Q1, 1.5)),
    )
    row = flow_of(found)
    assert row["totals"] == "published"
    assert row["estimate"] == pytest.approx(60.0 - 60.0 - 1.5, abs=1e-6)


def random_quarter(dice: random.Random) -> tuple[float, list[Row], pd.Series[float]]:
    """A quarter with known trades: the flow, its figures as a publisher would round them, and prices in the quarter."""
    days = pd.bdate_range(Q0, Q1)
    prices = pd.Series(100 * np.exp(np.cumsum([0.0, *(dice.gauss(0, 0.02) for _ in days[1:])])), index=days)
    rate = float(prices.iloc[-1] / prices.iloc[0] - 1)
    held, traded = dice.uniform(30, 70), dice.gauss(0, 2)
    later = float(prices.iloc[-1] / prices.iloc[dice.randrange(len(days))])
    end = held * (1 + rate) + traded * later
    multiple = dice.uniform(1.0, 1.05)
    moved = min(1.05, max(1.0, multiple + dice.uniform(-0.02, 0.02)))
    wholes = held / dice.uniform(0.2, 0.3), end / dice.uniform(0.2, 0.3)
    rows = [
        *(share(Q0, round(100 * held / wholes[0], 2)), assets(Q0, round(wholes[0] / multiple, 2))),
        *(share(Q1, round(100 * end / wholes[1], 2)), assets(Q1, round(wholes[1] / moved, 2))),
    ]
    if dice.random() < 0.5:
        rows.append(gained(Q1, round(end - held - traded, 3)))
    else:
        rows.append(returned(Q1, round(100 * rate, 1)))
    if dice.random() < 0.3:
        rows += [total(Q0, round(wholes[0], 1)), total(Q1, round(wholes[1], 1))]
    return traded, rows, prices


def test_the_bounds_hold_the_truth_whatever_was_rounded_and_whenever_it_was_traded() -> None:
    dice = random.Random(2025)
    for _ in range(300):
        traded, rows, prices = random_quarter(dice)
        row = flow_of(figures(*rows), topix=prices)
        assert row["low"] - 1e-9 <= traded <= row["high"] + 1e-9, rows
        assert row["low"] <= row["estimate"] <= row["high"]
        assert row["low"] <= row["rounding_low"] <= row["rounding_high"] <= row["high"]
        assert row["unlimited_low"] <= row["low"] + 1e-12
        assert row["unlimited_high"] >= row["high"] - 1e-12


def test_bounds_without_the_special_account_would_miss_the_truth() -> None:
    dice, missed = random.Random(7), 0
    for _ in range(100):
        traded, rows, prices = random_quarter(dice)
        row = flow_of(figures(*rows), topix=prices)
        missed += not row["rounding_low"] <= traded <= row["rounding_high"]
    assert missed > 50


def test_each_basis_gives_its_own_flow_and_neither_touches_the_other() -> None:
    own = [
        *(share(Q0, 20.0, GPIF), share(Q1, 21.0, GPIF), assets(Q0, 100.0), assets(Q1, 110.0)),
        gained(Q1, 1.0),
    ]
    reserve = [
        *((RESERVE, f"value_{DE}", Q0, 30.0), (RESERVE, f"value_{DE}", Q1, 33.0)),
        *(share(Q0, 15.0), share(Q1, 15.5)),
    ]
    both = study.implied_flows(figures(*own, *reserve), DE, study.Assumptions())
    assert both.loc[(GPIF, Q1), "estimate"] == pytest.approx(23.1 - 20.0 - 1.0)
    assert both.loc[(RESERVE, Q1), "estimate"] == pytest.approx(33.0 - 30.0 - 1.0)
    alone = study.implied_flows(figures(*own), DE, study.Assumptions())
    pd.testing.assert_series_equal(alone.loc[(GPIF, Q1)], both.loc[(GPIF, Q1)])
    assert RESERVE not in alone.index.get_level_values("basis")


def test_a_share_of_one_basis_at_the_start_and_of_the_other_at_the_end_gives_no_flow() -> None:
    found = figures(share(Q0, 20.0, GPIF), share(Q1, 21.0), assets(Q0, 100.0), assets(Q1, 110.0), gained(Q1, 1.0))
    assert study.implied_flows(found, DE, study.Assumptions()).empty


@pytest.mark.parametrize("missing", [f"share_{DE}", "aum"])
def test_a_gap_leaves_out_the_quarter_before_and_the_quarter_after(missing: str) -> None:
    rows = [row for day in (Q0, Q1, Q2, Q3) for row in (share(day, 25.0), assets(day, 240.0), gained(day, 1.0))]
    kept = [row for row in rows if not (row[1] == missing and row[2] == Q1)]
    assert list(study.on_reserve(study.implied_flows(figures(*rows), DE, study.Assumptions())).index) == [Q1, Q2, Q3]
    assert list(study.on_reserve(study.implied_flows(figures(*kept), DE, study.Assumptions())).index) == [Q3]


def test_a_quarter_without_return_or_gain_has_no_flow() -> None:
    rows = [row for day in (Q0, Q1) for row in (share(day, 25.0), assets(day, 240.0))]
    assert study.implied_flows(figures(*rows), DE, study.Assumptions()).empty


def test_the_first_quarter_used_may_lean_on_the_figures_before_it() -> None:
    rows = [row for day in (Q0, Q1, Q2) for row in (share(day, 25.0), assets(day, 240.0), gained(day, 1.0))]
    found = study.implied_flows(figures(*rows), DE, study.Assumptions(), start=Q2)
    assert list(study.on_reserve(found).index) == [Q2]


def test_trades_at_the_low_of_the_quarter_earn_more_than_its_return() -> None:
    prices = pd.Series([100.0, 80.0, 110.0], index=pd.DatetimeIndex([Q0, "2024-05-01", Q1]))
    rows = [(RESERVE, f"value_{DE}", Q0, 60.0), (RESERVE, f"value_{DE}", Q1, 70.0), returned(Q1, 10.0)]
    found = flow_of(figures(*rows), topix=prices)
    without = flow_of(figures(*rows))
    assert found["low"] <= (70.0 - 66.0) / (110 / 80) <= found["high"]
    assert without["low"] > (70.0 - 66.0) / (110 / 80)


def test_earlier_trades_make_a_smaller_flow_of_the_same_change_in_a_rising_quarter() -> None:
    rows = [(RESERVE, f"value_{DE}", Q0, 60.0), (RESERVE, f"value_{DE}", Q1, 60.0), returned(Q1, 10.0)]
    readings = study.timing_readings(flow_of(figures(*rows)))
    assert readings["end of the quarter"] == pytest.approx(-6.0)
    assert readings["middle of the quarter"] == pytest.approx(-6.0 / 1.05)
    assert readings["start of the quarter"] == pytest.approx(-6.0 / 1.1)


def test_a_gain_in_yen_makes_the_three_readings_the_same() -> None:
    rows = [(RESERVE, f"value_{DE}", Q0, 60.0), (RESERVE, f"value_{DE}", Q1, 60.0), gained(Q1, 6.0)]
    assert study.timing_readings(flow_of(figures(*rows))).tolist() == [-6.0] * 3


def test_the_corners_respect_the_limit_and_reach_it() -> None:
    wide = Interval(1.0, 1.05)
    found = set(flows.corners(wide, wide, 0.02))
    assert all(abs(a - b) <= 0.02 + 1e-12 for a, b in found)
    assert max(b - a for a, b in found) == pytest.approx(0.02)
    assert min(b - a for a, b in found) == pytest.approx(-0.02)
    assert {(1.0, 1.0), (1.05, 1.05)} <= found


def test_multiples_that_differ_by_more_overrule_the_limit() -> None:
    found = set(flows.corners(Interval(1.0, 1.01), Interval(1.04, 1.05), 0.02))
    assert found == {(1.0, 1.04), (1.0, 1.05), (1.01, 1.04), (1.01, 1.05)}


# --- the two totals ----------


def test_the_multiple_comes_from_both_totals_where_both_are_published() -> None:
    ratio, how = published.reserve_ratio(figures(assets(Q0, 224.7025), total(Q0, 226.4142)), Q0, study.Assumptions())
    assert how == published.BOTH_TOTALS
    assert ratio.centre == pytest.approx(226.4142 / 224.7025)


def test_class_values_over_their_shares_give_the_reserve_within_rounding() -> None:
    found = figures(assets(Q0, 199.3), (RESERVE, f"value_{DE}", Q0, 50.1), share(Q0, 24.92))
    ratio, how = published.reserve_ratio(found, Q0, study.Assumptions())
    assert how == published.CLASS_VALUES
    assert ratio.holds(50.1 / 0.2492 / 199.3)


def test_shares_on_both_bases_give_the_multiple() -> None:
    found = figures(assets(Q0, 126.6), share(Q0, 16.5, GPIF), share(Q0, 15.88))
    ratio, how = published.reserve_ratio(found, Q0, study.Assumptions())
    assert how == published.BOTH_SHARES
    assert ratio.holds(16.5 / 15.88)


def test_short_term_assets_cap_the_special_account_only_while_they_were_a_class() -> None:
    old, new = pd.Timestamp("2018-03-31"), pd.Timestamp("2021-03-31")
    rows = [(RESERVE, "share_short_term", day, 3.0) for day in (old, new)] + [assets(old, 100.0), assets(new, 100.0)]
    found = figures(*rows)
    ratio, how = published.reserve_ratio(found, old, study.Assumptions())
    assert (ratio.low, how) == (1.0, published.SHORT_TERM)
    assert ratio.high == pytest.approx(1 / (1 - 0.0305))
    assert published.reserve_ratio(found, new, study.Assumptions()) == (Interval(1.0, 1.05), published.ASSUMED)


def test_the_table_of_totals_holds_only_days_on_which_both_are_known() -> None:
    found = published.two_totals(figures(assets(Q0, 240.0), assets(Q1, 250.0), total(Q1, 254.0)), study.Assumptions())
    assert list(found.index) == [Q1]
    assert found.loc[Q1, "difference"] == pytest.approx(4.0)
    assert found.loc[Q1, "difference_pct"] == pytest.approx(100 * 4 / 254, rel=1e-3)


@pytest.mark.parametrize("wrong", [{"ratio_max": 0.9}, {"ratio_change": -0.1}])
def test_impossible_assumptions_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        study.Assumptions(**wrong)


# --- figures as published ----------


def test_a_figure_shows_its_own_digits_and_one_decimal_at_least() -> None:
    found = figures(share(Q0, 24.45), share(Q1, 25.0))
    half = [found.at(RESERVE, f"share_{DE}", day).width / 2 for day in (Q0, Q1)]
    assert half == pytest.approx([0.005, 0.05])


def test_a_series_has_a_gap_where_nothing_was_published() -> None:
    found = figures(share(Q0, 24.0), share(Q2, 25.0)).series(RESERVE, f"share_{DE}")
    assert list(found.index) == [Q0, Q1, Q2]
    assert np.isnan(found[Q1])
    assert found[Q2] == 25.0


# --- policy mix and drift ----------


MIXES = policy(("2020-03-31", "2020-04-01", 25.0, 8.0, 8.0), ("2025-03-31", "2025-04-01", 24.0, 5.0, 6.0))


@pytest.mark.parametrize(
    ("day", "target"),
    [("2020-03-31", None), ("2020-04-01", 25.0), ("2025-03-31", 25.0), ("2025-04-01", 24.0), ("2025-06-30", 24.0)],
)
def test_a_mix_applies_from_its_effective_date_not_from_its_announcement(day: str, target: float | None) -> None:
    mix = shares.in_force(MIXES, DE, pd.Timestamp(day))
    assert (None if mix is None else mix["target_pct"]) == target


def test_a_mix_never_applies_before_it_was_announced() -> None:
    backdated = policy(("2020-06-15", "2020-04-01", 25.0, 8.0, 8.0))
    assert shares.in_force(backdated, DE, pd.Timestamp("2020-05-01")) is None
    assert shares.in_force(backdated, DE, pd.Timestamp("2020-06-30")) is not None


def test_the_path_shows_both_readings_of_the_band_and_keeps_gaps() -> None:
    days = [pd.Timestamp(day) for day in ("2024-12-31", "2025-06-30")]
    path = shares.against_policy(figures(*(share(day, 24.0) for day in days)), MIXES, DE)
    assert np.isnan(path.loc[pd.Timestamp("2025-03-31"), "value"])
    assert path.loc[days[0], ["low", "high", "low_wide", "high_wide"]].tolist() == [17.0, 33.0, 17.0, 33.0]
    assert path.loc[days[1], ["low", "high", "low_wide", "high_wide"]].tolist() == [19.0, 29.0, 18.0, 30.0]


def test_without_trading_the_published_share_is_the_drifted_one() -> None:
    own, whole = 0.10, 0.04
    after = 25.0 * (1 + own) / (1 + whole)
    rows = [share(Q0, 25.0, GPIF), share(Q1, round(after, 4), GPIF), returned(Q1, 10.0), returned(Q1, 4.0, "total")]
    row = shares.drift(figures(*rows), MIX, DE, study.Assumptions()).loc[(GPIF, Q1)]
    assert row["drift"] == pytest.approx(after - 25.0, abs=1e-2)
    assert row["active_low"] <= 0 <= row["active_high"]


def test_the_bounds_of_the_share_traded_hold_the_truth() -> None:
    dice = random.Random(11)
    for _ in range(200):
        before, own, whole, moved = dice.uniform(20, 30), dice.gauss(0, 0.1), dice.gauss(0, 0.05), dice.gauss(0, 1)
        multiple = dice.uniform(1.0, 1.05)
        after = before * (1 + own) / (1 + whole / multiple) + moved
        rows = [share(Q0, round(before, 2)), share(Q1, round(after, 2)), assets(Q0, 200.0), assets(Q1, 210.0)]
        rows += [returned(Q1, round(100 * own, 2)), returned(Q1, round(100 * whole, 1), "total")]
        row = shares.drift(figures(*rows), MIX, DE, study.Assumptions()).loc[(RESERVE, Q1)]
        assert row["active_low"] - 1e-9 <= moved <= row["active_high"] + 1e-9


def test_drift_is_never_taken_across_bases() -> None:
    rows = [share(Q0, 25.0, GPIF), share(Q1, 24.0), returned(Q1, 4.0), returned(Q1, 2.0, "total")]
    assert shares.drift(figures(*rows), MIX, DE, study.Assumptions()).empty


# --- behaviour ----------


def quarters_frame(n: int, undone: float, noise: float, seed: int = 3) -> pd.DataFrame:
    """Quarters in which ``undone`` of each point of gap is traded away."""
    dice = np.random.default_rng(seed)
    index = pd.date_range("2015-03-31", periods=n, freq="QE")
    faced = dice.normal(0, 1, n)
    active = -undone * faced + dice.normal(0, noise, n)
    flow = 4 * active
    columns = {"flow": flow, "flow_low": flow - 1, "flow_high": flow + 1, "active": active}
    columns |= {"active_low": active - 0.05, "active_high": active + 0.05, "faced": faced, "drift": faced}
    columns |= {"gap_before": faced * 0.5, "own_return": dice.normal(0, 5, n), "last_topix": dice.normal(0, 5, n)}
    return pd.DataFrame(columns, index=index)


RECENT = pd.Timestamp("2017-12-31")


def test_a_planted_rebalancer_is_found() -> None:
    table = behaviour.associations(quarters_frame(30, undone=0.8, noise=0.2), RECENT)
    row = behaviour.slope_of(table, behaviour.SHARE_TRADED, behaviour.FACED)
    assert row["low"] < -0.8 < row["high"] < 0
    assert row["without_one_low"] < row["estimate"] < row["without_one_high"]
    assert row["figures_low"] < row["estimate"] < row["figures_high"]
    recent = behaviour.slope_of(table, behaviour.SHARE_TRADED, behaviour.FACED_RECENT)
    assert recent["quarters"] == 18


def test_one_who_does_not_rebalance_is_not_made_a_rebalancer() -> None:
    found = [
        behaviour.slope_of(
            behaviour.associations(quarters_frame(25, 0.0, 0.5, seed), RECENT), behaviour.SHARE_TRADED, behaviour.FACED
        )
        for seed in range(10)
    ]
    told = sum(row["high"] < 0 or row["low"] > 0 for row in found)
    assert told <= 3


def test_too_few_quarters_give_no_slope_but_their_count() -> None:
    table = behaviour.associations(quarters_frame(7, 0.8, 0.1), RECENT)
    assert table["estimate"].isna().all()
    assert behaviour.slope_of(table, behaviour.SHARE_TRADED, behaviour.FACED)["quarters"] == 7


def test_the_slopes_allowed_hold_that_of_any_series_within_its_bounds() -> None:
    dice = np.random.default_rng(5)
    x = pd.Series(dice.normal(size=12))
    low = pd.Series(dice.normal(size=12))
    high = low + dice.uniform(0, 2, 12)
    allowed = behaviour.slopes_allowed(x, low, high)
    for _ in range(200):
        y = low + dice.uniform(0, 1, 12) * (high - low)
        assert allowed.holds(float(np.polyfit(x, y, 1)[0]))
    extreme = high.where(x > x.mean(), low)
    assert allowed.high == pytest.approx(float(np.polyfit(x, extreme, 1)[0]))


def test_only_certain_signs_count_as_towards_target() -> None:
    index = pd.date_range("2020-03-31", periods=4, freq="QE")
    frame = pd.DataFrame(
        {"active_low": [0.1, -0.3, -0.1, 0.2], "active_high": [0.3, -0.1, 0.1, 0.4], "faced": [-1.0, 1.0, 1.0, 1.0]},
        index=index,
    )
    signs = behaviour.towards_target(frame)
    assert signs is not None
    assert (signs.towards, signs.quarters) == (2, 3)
    assert signs.low < signs.pct < signs.high


def test_buying_quarters_are_bounded_by_those_of_certain_sign() -> None:
    frame = pd.DataFrame({"estimate": [1.0, 0.2, -1.0], "low": [0.5, -0.1, -2.0], "high": [1.5, 0.5, -0.5]})
    count = behaviour.buyers(frame)
    assert count is not None
    assert (count.bought, count.certain_bought, count.certain_sold) == (2, 1, 1)
    assert count.bounds == pytest.approx((100 / 3, 200 / 3))


def test_a_quarter_that_still_runs_has_no_return() -> None:
    days = pd.bdate_range("2024-01-01", "2024-08-15")
    returns = behaviour.quarter_returns(pd.Series(np.arange(1.0, len(days) + 1), index=days))
    assert list(returns.index) == [Q0, Q1]
    assert np.isnan(returns[Q0])
    assert returns[Q1] > 0


# --- trust banks ----------


def trust_rows(days: pd.DatetimeIndex, net: float, market: str = "two_markets") -> pd.DataFrame:
    return pd.DataFrame({"market": market, "investor": "trust_banks", "period_end": days, "net_jpy_mn": net})


WEEKS = pd.DatetimeIndex(survey_weeks("2024-01-01", "2024-06-30")["period_end"])


def test_a_quarter_with_a_missing_week_has_no_sum_and_the_week_is_not_filled() -> None:
    every = proxy.weekly(trust_rows(WEEKS, 1e6))
    whole = proxy.by_quarter(every)
    assert whole[Q1] == pytest.approx((WEEKS > Q0).sum())
    holed = proxy.weekly(trust_rows(WEEKS.delete(20), 1e6))
    assert np.isnan(proxy.by_quarter(holed)[Q1])
    assert proxy.by_quarter(holed)[Q0] == whole[Q0]
    assert proxy.rolling(holed, 4).isna().sum() == proxy.rolling(every, 4).isna().sum() + 4


def test_a_quarter_that_still_runs_has_no_sum() -> None:
    running = proxy.by_quarter(proxy.weekly(trust_rows(WEEKS[:-2], 1e6)))
    assert np.isnan(running[Q1])
    assert not np.isnan(running[Q0])


def test_sections_stand_in_only_where_all_three_are_known() -> None:
    days = WEEKS[:3]
    rows = pd.concat(
        [
            trust_rows(days[:1], 5e6),
            trust_rows(days[:2], 1e6, "tse_first"),
            trust_rows(days[:2], 1e6, "tse_second"),
            trust_rows(days[:2], 1e6, "tse_growth"),
            trust_rows(days[2:], 9e6, "tse_first"),
        ]
    )
    found = proxy.weekly(rows)
    assert found.tolist() == [5.0, 3.0]


def test_no_table_of_investors_means_no_weeks_and_no_pairs() -> None:
    weeks = proxy.weekly(None)
    assert weeks.empty
    assert proxy.by_quarter(weeks).empty
    assert (
        proxy.agreement(
            proxy.beside_flows(weeks, study.implied_flows(figures(share(Q0, 1.0)), DE, study.Assumptions()))
        )
        is None
    )


def test_agreement_needs_enough_quarters() -> None:
    dice = np.random.default_rng(1)
    trust = dice.normal(size=12)
    pairs = pd.DataFrame(
        {"trust_banks": trust, "gpif": 2 * trust + dice.normal(0, 0.1, 12)},
        index=pd.date_range("2020-03-31", periods=12, freq="QE"),
    )
    found = proxy.agreement(pairs)
    assert found is not None
    assert found.low < found.correlation < found.high
    assert found.slope is not None
    assert found.slope.low < 2 < found.slope.high
    assert proxy.agreement(pairs.iloc[:7]) is None


# --- standing ----------


def test_returning_to_target_takes_the_gap_times_the_reserve() -> None:
    now = shares.standing(figures(share(Q0, 24.0), total(Q0, 200.0)), MIX, DE, study.Assumptions())
    assert now is not None
    assert now.to_target is not None
    value, bounds = now.to_target
    assert value == pytest.approx(2.0)
    assert bounds.low < value < bounds.high
    assert now.gap == pytest.approx(-1.0)


def test_without_any_total_the_share_stands_without_yen() -> None:
    now = shares.standing(figures(share(Q0, 24.0)), MIX, DE, study.Assumptions())
    assert now is not None
    assert now.to_target is None


def test_results_without_shares_carry_the_holding_on_without_trading() -> None:
    found = figures(share(Q0, 25.0), total(Q0, 200.0), assets(Q0, 196.0), assets(Q1, 206.0), gained(Q1, 5.0))
    rows = shares.carried_on(found, MIX, DE, study.Assumptions(), pd.Series(dtype=float), Q1)
    row = rows.iloc[-1]
    assert row["reading"] == "carried on"
    assert row["share"] == pytest.approx(100 * 55.0 / (206.0 * 200 / 196), rel=1e-6)
    assert row["share_low"] < row["share"] < row["share_high"]


def test_topix_alone_gives_two_rough_readings_until_it_is_too_old() -> None:
    found = figures(share(Q0, 25.0), total(Q0, 200.0), assets(Q0, 196.0))
    prices = pd.Series([100.0, 110.0, 120.0], index=pd.DatetimeIndex(["2024-03-29", "2024-05-31", "2024-12-30"]))
    near = shares.carried_on(found, MIX, DE, study.Assumptions(), prices, pd.Timestamp("2024-05-31"))
    assert near["share"].tolist() == pytest.approx([25.0, 25.0, 100 * 55 / 205])
    assert near["estimate"].iloc[-1] == pytest.approx(0.25 * 205 - 55)
    late = shares.carried_on(found, MIX, DE, study.Assumptions(), prices, pd.Timestamp("2024-12-31"))
    assert late["reading"].tolist() == ["published"]


# --- words ----------


def with_slope(found: study.Findings, low: float, high: float) -> study.Findings:
    table = found.associations.copy()
    for name in (behaviour.FACED, behaviour.FACED_RECENT):
        table.loc[(behaviour.SHARE_TRADED, name), ["low", "estimate", "high"]] = [low, (low + high) / 2, high]
    return replace(found, associations=table)


def with_average(found: study.Findings, low: float, high: float) -> study.Findings:
    return replace(found, average=behaviour.Average((low + high) / 2, low, high, low - 1, high + 1, 20))


@pytest.mark.parametrize(
    ("slope", "average", "expected"),
    [
        ((-0.9, -0.1), (-0.5, 0.5), conclusions.REBALANCER),
        ((-0.9, -0.1), (0.1, 0.5), conclusions.BOTH),
        ((-0.9, 0.1), (0.1, 0.5), conclusions.STEADY_BUYER),
        ((-0.9, 0.1), (-0.5, 0.5), conclusions.OPEN),
        ((-0.9, 0.0), (0.0, 0.5), conclusions.OPEN),
    ],
)
def test_the_verdict_follows_the_intervals(
    november: study.Findings, slope: tuple[float, float], average: tuple[float, float], expected: str
) -> None:
    found = with_average(with_slope(november, *slope), *average)
    assert study.verdict(found) == expected
    first = study.takeaways(found)[0]
    assert ("too close to call" in first) == (expected == conclusions.OPEN)
    assert expected in first
    assert ("covers zero" in first) == (average[0] <= 0 <= average[1])


def with_latest(found: study.Findings, estimate: float, low: float, high: float) -> study.Findings:
    changed = found.flows.copy()
    changed.loc[changed.index[-1], ["estimate", "low", "high"]] = [estimate, low, high]
    return replace(found, flows=changed)


@pytest.mark.parametrize(
    ("flow", "words", "side"),
    [
        (
            (-2.0, -2.5, -1.5),
            "net sales of JPY 2.00 trillion (bounds JPY 1.50 to 2.50 trillion)",
            "a net seller for certain",
        ),
        (
            (1.0, 0.5, 1.5),
            "net purchases of JPY 1.00 trillion (bounds JPY 0.50 to 1.50 trillion)",
            "a net buyer for certain",
        ),
        (
            (0.1, -0.5, 0.7),
            "(bounds sales of JPY 500.0 billion to purchases of JPY 700.0 billion)",
            "the sign is open",
        ),
    ],
)
def test_a_flow_is_called_by_its_bounds(
    november: study.Findings, flow: tuple[float, float, float], words: str, side: str
) -> None:
    sentence = next(s for s in study.takeaways(with_latest(november, *flow)) if s.startswith("July to September 2025"))
    assert words in sentence
    assert side in sentence


def test_the_age_of_the_share_is_said_once_a_newer_one_is_due(
    november: study.Findings, everything: study.Findings
) -> None:
    assert "days old" not in " ".join(study.takeaways(november))
    assert "345 days old on 10 September 2026" in " ".join(study.takeaways(everything))


@pytest.mark.parametrize("day", ["2015-06-30", "2018-06-29", "2025-09-05", "2025-11-30", None])
def test_every_sentence_is_whole_and_none_runs_on(day: str | None) -> None:
    for sentence in study.takeaways(as_of(day)):
        assert sentence.endswith(".")
        assert "  " not in sentence and ".." not in sentence and "nan" not in sentence.split()
        assert len(sentence.split()) <= 45


def test_words_differ_between_two_days(november: study.Findings) -> None:
    september = study.takeaways(as_of("2025-09-05"))
    assert set(september).isdisjoint(study.takeaways(november))


def test_too_few_quarters_are_said_and_no_number_is_published(early: study.Findings) -> None:
    sentences = study.takeaways(early)
    assert "cannot be told" in sentences[0]
    assert any("Implied flow: not available" in sentence for sentence in sentences)
    metrics = {metric.name: metric.value for metric in study.metrics(early)}
    assert str(metrics["implied_flow_jpy_tn"]).startswith("not available")
    assert str(metrics["to_target_jpy_tn"]).startswith("not available")
    assert metrics["domestic_equity_share"] == 19.8
    assert metrics["quarters_usable"] == 0


# --- the real tables ----------


def test_july_to_september_2025_as_of_november(november: study.Findings) -> None:
    metrics = {metric.name: metric for metric in study.metrics(november)}
    assert metrics["domestic_equity_share"].value == 24.45
    assert str(metrics["latest_quarter"].value) == "2025-09-30"
    flow = metrics["implied_flow_jpy_tn"]
    assert flow.value == pytest.approx(69.0715 - 64.05 * 1.1102, abs=5e-3)
    assert flow.low is not None
    assert flow.high is not None
    assert -2.6 < flow.low < flow.high < -1.4
    assert str(metrics["implied_flow_quarter"].value) == "2025-09-30"
    assert metrics["to_target_jpy_tn"].value == pytest.approx(0.0055 * 282.5357, abs=5e-3)


def test_what_gpifs_assets_alone_tell_holds_what_the_published_reserve_tells(november: study.Findings) -> None:
    day = pd.Timestamp("2025-09-30")
    alone, told = november.flows_alone.loc[(RESERVE, day)], november.flows.loc[(RESERVE, day)]
    assert alone["totals"] == "bounded"
    assert alone["low"] < told["low"] < told["high"] < alone["high"]


def test_gain_and_return_agree_wherever_both_were_published(everything: study.Findings) -> None:
    both = study.on_reserve(everything.flows).dropna(subset=["by_return"])
    assert len(both) >= 7
    assert (both["estimate"] - both["by_return"]).abs().max() < 0.25


def test_a_total_published_at_one_end_alone_leaves_the_flow_bounded() -> None:
    row = as_of("2025-09-05").latest
    assert row is not None
    assert row["totals"] == "bounded"
    assert row["unlimited_high"] - row["unlimited_low"] > row["high"] - row["low"] > 1.0
    assert row["low"] < row["estimate"] < row["high"] < 0


def test_september_2025_knows_nothing_of_the_third_quarter() -> None:
    found = as_of("2025-09-05")
    assert found.flows.index.get_level_values("period_end").max() == pd.Timestamp("2025-06-30")
    assert found.standing is not None
    assert (found.standing.share, found.standing.total.centre) == (24.28, pytest.approx(263.76))


def test_a_later_day_only_adds_quarters(november: study.Findings, early: study.Findings) -> None:
    past = as_of("2018-06-29")
    common = november.flows.loc[past.flows.index]
    pd.testing.assert_frame_equal(common, past.flows)
    assert early.flows.empty


def test_no_quarter_lies_in_a_gap_of_publication(everything: study.Findings) -> None:
    used = everything.flows.index.get_level_values("period_end")
    gaps = pd.DatetimeIndex(
        ["2019-03-31", "2019-06-30", "2020-03-31", "2020-06-30", "2022-09-30", "2022-12-31", "2025-12-31"]
    )
    assert not used.isin(gaps).any()
    assert everything.path["value"].loc["2019-03-31":"2020-03-31"].isna().all()


def test_no_flow_rests_on_gpifs_own_basis_in_the_published_figures(everything: study.Findings) -> None:
    assert set(everything.flows.index.get_level_values("basis")) == {RESERVE}


@pytest.mark.parametrize("asset", study.ASSETS)
def test_every_class_can_be_asked_for_and_the_share_of_equities_stays(asset: str) -> None:
    found = as_of("2025-11-30", asset)
    metrics = {metric.name: metric.value for metric in study.metrics(found)}
    assert metrics["domestic_equity_share"] == 24.45
    assert study.takeaways(found)
    if asset != DE:
        assert str(metrics["trust_bank_correlation"]).startswith("not available")
        assert study.captions.trust_banks_beside(found) is None
        assert study.captions.trust_banks_over_time(found) is None


@pytest.mark.parametrize("day", ["2015-06-30", "2015-09-30", "2018-06-29", "2025-09-05", None])
def test_every_view_that_there_is_has_data_and_words(day: str | None) -> None:
    found = as_of(day)
    views = study.captions
    made = [views.share_path, views.class_gaps, views.totals_apart, views.flow_by_quarter, views.latest_quarter]
    made += [views.traded_against_gap, views.slopes, views.trust_banks_over_time, views.trust_banks_beside]
    for view in [make(found) for make in [*made, views.to_target]]:
        assert view is None or (view.frame.notna().any(axis=None) and view.title and view.alt)
    assert views.share_path(found) and views.class_gaps(found) and views.totals_apart(found)


def test_the_notebook_declares_the_metrics_that_the_study_gives(root: Path, november: study.Findings) -> None:
    notebook = json.loads((root / "notebooks" / "03_gpif.ipynb").read_text(encoding="utf-8"))
    declared = notebook["metadata"]["jpresearch"]["publishes"]["metrics"]
    assert sorted(declared) == sorted(metric.name for metric in study.metrics(november))


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="foreign_bonds"):
        study.load_inputs(None, asset="gold")


def test_a_start_that_is_no_date_is_refused() -> None:
    with pytest.raises(BadParameter, match="not a date"):
        study.load_inputs(None, start="2014-13-01")


def test_a_window_of_no_weeks_is_refused() -> None:
    with pytest.raises(BadParameter, match="trust_bank_weeks"):
        study.estimate(study.load_inputs("2025-11-30"), trust_bank_weeks=0)


def test_a_start_after_the_last_share_says_what_is_missing() -> None:
    with pytest.raises(InsufficientData, match="no share of domestic equities"):
        study.estimate(study.load_inputs("2025-11-30", start="2025-12-01"))


def test_before_the_first_publication_the_first_possible_day_is_named() -> None:
    with pytest.raises(NotYetPublished, match="2011"):
        study.load_inputs("2010-01-01")
