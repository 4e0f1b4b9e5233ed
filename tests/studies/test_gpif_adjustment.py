"""Partial adjustment, its power, the pull of band and target, and the proxy: known answers come out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.studies import gpif as study
from jpresearch.studies.gpif import adjustment, drifting, power, pressure, proxy, speed
from jpresearch.studies.gpif.adjustment import Adjustment

T0 = pd.Timestamp("2015-03-31")


def sample(quarters: int, speed: float, noise: float, *, steady: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """Quarters in which ``speed`` of each point of gap is traded away, beside a steady flow."""
    dice = np.random.default_rng(seed)
    gap = dice.normal(0, 1, quarters)
    flow = steady - speed * gap + dice.normal(0, noise, quarters)
    index = pd.date_range(T0, periods=quarters, freq="D" if quarters > 400 else "QE")
    columns = {"gap": gap, "gap_half": 0.01, "flow": flow, "flow_low": flow - 0.2, "flow_high": flow + 0.2}
    return pd.DataFrame(columns, index=index)


def fitted(frame: pd.DataFrame) -> Adjustment:
    found = adjustment.adjustment(frame)
    assert found is not None
    return found


@cache
def as_of(day: str | None) -> study.Findings:
    return study.estimate(study.load_inputs(day))


# --- lambda ----------


def test_a_planted_speed_and_steady_flow_are_found_again() -> None:
    found = fitted(sample(5000, 0.4, 0.5, steady=0.3))
    assert found.speed == pytest.approx(0.4, abs=0.03)
    assert found.steady == pytest.approx(0.3, abs=0.03)


def test_the_interval_of_few_quarters_is_the_exact_one_of_a_straight_line() -> None:
    frame = sample(20, 0.5, 1.0)
    found, line = fitted(frame), stats.linregress(frame["gap"], frame["flow"])
    half = float(stats.t.ppf(0.975, 18)) * line.stderr
    assert (found.speed, found.p_value) == (pytest.approx(-line.slope), pytest.approx(line.pvalue))
    assert (found.low, found.high) == (pytest.approx(-line.slope - half), pytest.approx(-line.slope + half))
    assert (found.quarters, found.freedom) == (20, 18)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    inside = [found.low <= 0.3 <= found.high for found in (fitted(sample(18, 0.3, 1.0, seed=s)) for s in range(120))]
    assert np.mean(inside) == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 120))


def test_the_range_without_one_quarter_is_that_of_fits_that_leave_it_out() -> None:
    frame = sample(12, 0.5, 1.0)
    rest = [frame.drop(day) for day in frame.index]
    speeds = [-np.polyfit(part["gap"], part["flow"], 1)[0] for part in rest]
    found = fitted(frame)
    assert (found.without_one_low, found.without_one_high) == (pytest.approx(min(speeds)), pytest.approx(max(speeds)))


def test_one_who_buys_steadily_has_no_speed_but_a_steady_flow() -> None:
    found = fitted(sample(40, 0.0, 0.3, steady=1.0))
    assert found.low < 0 < found.high
    assert found.steady_low > 0


def test_leaving_out_the_steady_flow_gives_the_line_through_zero() -> None:
    frame = sample(20, 0.5, 1.0)
    x, y = frame["gap"], frame["flow"]
    found = fitted(frame)
    assert found.through_zero == pytest.approx(-float(x @ y) / float(x @ x))
    assert found.through_zero_low < found.through_zero < found.through_zero_high


def test_the_speeds_that_the_figures_allow_are_those_of_flows_within_their_bounds() -> None:
    frame = sample(15, 0.5, 0.5)
    found, dice = fitted(frame), np.random.default_rng(3)
    for _ in range(200):
        flow = dice.uniform(frame["flow_low"], frame["flow_high"])
        assert found.figures_low <= -np.polyfit(frame["gap"], flow, 1)[0] <= found.figures_high
    tilted = frame["flow"] + 0.2 * np.sign(frame["gap"] - frame["gap"].mean())
    assert found.figures_low == pytest.approx(-np.polyfit(frame["gap"], tilted, 1)[0])


def test_the_band_of_the_line_is_narrowest_at_the_mean_gap() -> None:
    frame = sample(20, 0.5, 1.0)
    found = fitted(frame)
    band = found.line(pd.Index([-3.0, float(frame["gap"].mean()), 3.0]))
    width = band["high"] - band["low"]
    assert width.idxmin() == pytest.approx(frame["gap"].mean())
    rest = frame["flow"] - found.steady + found.speed * frame["gap"]
    error = np.sqrt((rest**2).sum() / 18 / 20)
    assert width.min() / 2 == pytest.approx(stats.t.ppf(0.975, 18) * error)
    assert band["fit"].iloc[0] == pytest.approx(found.steady + 3 * found.speed)


def test_too_few_quarters_or_gaps_that_are_all_alike_give_no_speed() -> None:
    assert adjustment.adjustment(sample(7, 0.5, 0.5)) is None
    assert adjustment.adjustment(sample(12, 0.5, 0.5).assign(gap=1.0)) is None


def test_a_flow_in_percent_of_the_holding_becomes_points_of_the_reserve() -> None:
    columns = {"flow": 4.0, "flow_low": 2.0, "flow_high": 6.0, "share_before": 25.0, "faced": -1.0, "faced_half": 0.02}
    quarters = pd.DataFrame(columns, index=pd.date_range(T0, periods=2, freq="QE"))
    quarters.iloc[1, 0] = np.nan
    made = adjustment.pairs(quarters)
    assert made.to_numpy().tolist() == [[-1.0, 0.02, 1.0, 0.5, 1.5]]


def test_a_change_of_speed_is_found_and_an_absent_one_is_not() -> None:
    slow, fast = sample(30, 0.1, 0.2, seed=5), sample(60, 0.9, 0.2, seed=6).iloc[30:]
    since = slow.index[-1]
    change = adjustment.change_of_speed(pd.concat([slow, fast]), since)
    assert change is not None
    assert change[0] == pytest.approx(0.8, abs=0.2)
    assert change[1] < 0.001
    same = adjustment.change_of_speed(sample(60, 0.5, 0.5), since)
    assert same is not None
    assert same[1] > 0.05
    assert adjustment.change_of_speed(sample(20, 0.5, 0.5), sample(20, 0.5, 0.5).index[15]) is None


# --- rounding ----------


def rounded_sample(speed: float, half: float, *, shared: bool, quarters: int = 4000) -> pd.DataFrame:
    """Gaps known within ``half``; where ``shared`` the same error enters the flow with the other sign."""
    dice = np.random.default_rng(9)
    truth = sample(quarters, speed, 0.2, seed=9)
    wrong = dice.uniform(-half, half, quarters)
    return truth.assign(gap=truth["gap"] + wrong, gap_half=half, flow=truth["flow"] - (wrong if shared else 0.0))


def test_error_in_the_gap_alone_draws_the_speed_towards_zero() -> None:
    found = fitted(rounded_sample(0.8, 1.0, shared=False))
    assert found.error_part == pytest.approx((1 / 3) / (1 + 1 / 3), abs=0.02)
    assert found.speed == pytest.approx(0.8 * (1 - found.error_part), abs=0.03)


@pytest.mark.parametrize("true_speed", [0.0, 0.3, 1.0])
def test_error_shared_with_the_flow_draws_the_speed_towards_one_and_can_be_taken_off(true_speed: float) -> None:
    found = fitted(rounded_sample(true_speed, 1.0, shared=True))
    r = found.error_part
    assert found.speed == pytest.approx(true_speed * (1 - r) + r, abs=0.03)
    assert found.corrected == pytest.approx(true_speed, abs=0.04)


def test_published_rounding_is_a_small_part_of_the_gaps() -> None:
    found = as_of(None).adjusted
    assert found is not None
    assert 0 < found.error_part < 0.01


# --- power ----------


@pytest.mark.parametrize("freedom", [3, 10, 20, 200])
def test_power_is_that_of_the_noncentral_t(freedom: int) -> None:
    edge = stats.t.ppf(0.975, freedom)
    for distance in (0.5, 2.0, 4.0):
        exact = stats.nct.sf(edge, freedom, distance) + stats.nct.cdf(-edge, freedom, distance)
        assert power.power(distance * 0.7, 0.7, freedom) == pytest.approx(exact, abs=1e-4)


def test_power_starts_at_the_level_grows_with_the_effect_and_has_no_sign() -> None:
    assert power.power(0.0, 1.0, 20) == pytest.approx(0.05, abs=1e-4)
    chances = power.curve([0.0, 0.5, 1.0, 5.0, 80.0], 1.0, 20)
    assert chances.is_monotonic_increasing
    assert chances.iloc[-1] == pytest.approx(100.0)
    assert power.power(-2.0, 1.0, 20) == power.power(2.0, 1.0, 20)


def test_the_smallest_speed_is_found_four_times_in_five() -> None:
    gap, noise = sample(22, 0.0, 1.0)["gap"], 0.8
    error = noise / np.sqrt(((gap - gap.mean()) ** 2).sum())
    smallest = power.smallest_found(error, 20)
    dice = np.random.default_rng(11)
    flows = -smallest * gap.to_numpy() + dice.normal(0, noise, (4000, 22))
    centred = (gap - gap.mean()).to_numpy()
    slopes = flows @ centred / (centred @ centred)
    rest = flows - flows.mean(axis=1, keepdims=True) - slopes[:, None] * centred
    t = slopes / np.sqrt((rest**2).sum(axis=1) / 20 / (centred @ centred))
    shown = np.mean(np.abs(t) > stats.t.ppf(0.975, 20))
    assert shown == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / 4000))


def test_a_test_without_freedom_error_or_chance_is_refused() -> None:
    for call in (lambda: power.power(1.0, 1.0, 0), lambda: power.power(1.0, 0.0, 5)):
        with pytest.raises(InsufficientData):
            call()
    with pytest.raises(InsufficientData):
        power.smallest_found(1.0, 20, chance=0.01)


# --- target, band, drift ----------


@pytest.mark.parametrize(("share", "needed"), [(25.0, 0.0), (20.0, 0.0), (18.5, 1.5), (32.0, -2.0)])
def test_only_outside_the_band_something_has_to_be_traded(share: float, needed: float) -> None:
    assert pressure.to_edge(share, 20.0, 30.0) == pytest.approx(needed)


def test_a_band_that_is_not_known_asks_for_nothing_known() -> None:
    assert np.isnan(pressure.to_edge(25.0, float("nan"), float("nan")))


def test_a_move_against_the_rest_brings_the_share_to_the_edge() -> None:
    own, rest = 1.10 * (1 + pressure.move_to(24.0, 30.0) / 100), 1.10
    after = 24 * own / (24 * own + 76 * rest)
    assert 100 * after == pytest.approx(30.0)
    assert pressure.move_to(24.0, 24.0) == 0


def drift_of(shares: list[float], own: list[float], rest: list[float], traded: list[float]) -> pd.DataFrame:
    """A drift frame of neighbouring quarters from known returns and trades, bounds on the numbers themselves."""
    rows, w = [], shares[0]
    for r, q, a in zip(own, rest, traded, strict=True):
        untouched = 100 * w * (1 + r) / (w * (1 + r) + (100 - w) * (1 + q))
        rows.append({"share_before": w, "untouched": untouched, "active": a})
        w = untouched + a
    frame = pd.DataFrame(rows).assign(untouched_low=lambda f: f["untouched"], untouched_high=lambda f: f["untouched"])
    days = pd.date_range("2020-03-31", periods=len(rows), freq="QE")
    frame.index = pd.MultiIndex.from_product([[study.RESERVE], days], names=["basis", "period_end"])
    return frame


def test_the_untouched_path_is_that_of_a_holder_who_never_trades() -> None:
    own, rest = [0.10, -0.05, 0.20], [0.01, 0.02, -0.03]
    run = pressure.unbroken_runs(drift_of([25.0], own, rest, [-1.0, 0.5, -2.0]))[0]
    held, others = 25 * np.prod(1 + np.array(own)), 75 * np.prod(1 + np.array(rest))
    assert run["untouched"].iloc[-1] == pytest.approx(100 * held / (held + others))
    assert run["untouched"].iloc[0] == run["share"].iloc[0] == 25.0
    assert run["share"].iloc[-1] < run["untouched"].iloc[-1]
    assert run.index[0] == pd.Timestamp("2019-12-31")


def test_without_trades_published_and_untouched_share_are_one() -> None:
    run = pressure.unbroken_runs(drift_of([25.0], [0.1, 0.1], [0.0, 0.0], [0.0, 0.0]))[0]
    assert run["share"].tolist() == pytest.approx(run["untouched"].tolist())


def test_a_missing_quarter_ends_a_run() -> None:
    frame = drift_of([25.0], [0.1] * 5, [0.0] * 5, [0.0] * 5)
    runs = pressure.unbroken_runs(frame.drop(frame.index[2]))
    assert [len(run) - 1 for run in runs] == [2, 2]
    assert pressure.unbroken_runs(frame.iloc[:0]) == []


def test_the_pressure_table_follows_the_published_shares() -> None:
    table = as_of("2025-11-30").pressure
    row = table.loc["domestic_equities"]
    assert row["share"] == 24.45
    assert row["to_target"] == pytest.approx(1.55, abs=0.01)
    assert (row["to_edge"], row["to_edge_wide"]) == (0.0, 0.0)
    assert row["fall_to_edge"] < 0 < row["rise_to_edge"]


# --- the proxy ----------


def weeks_with(slope: float, noise: float, count: int = 500) -> tuple[pd.Series, pd.Series]:
    """TOPIX by week, and flows (JPY tn) that answer its change over the four weeks before with ``slope`` JPY bn."""
    dice = np.random.default_rng(2)
    days = pd.date_range("2012-01-06", periods=count, freq="W-FRI")
    topix = pd.Series(1000 * np.exp(np.cumsum(dice.normal(0, 0.02, count))), index=days)
    change = 100 * (topix / topix.shift(4) - 1)
    flow = (slope * change.shift(1).fillna(0.0) + dice.normal(0, noise, count)) / 1000
    return flow, topix


def test_a_planted_answer_of_the_next_week_is_found_in_sample_and_forecast() -> None:
    flow, topix = weeks_with(-8.0, 20.0)
    frame = proxy.following(flow, topix, 4)
    found, ahead = proxy.next_week(frame), proxy.forecasts(frame)
    assert found is not None
    assert ahead is not None
    assert found.slope.low < -8.0 < found.slope.high
    assert found.r_squared > 0.5
    assert ahead.r_squared == pytest.approx(found.r_squared, abs=0.1)
    assert ahead.first >= pd.Timestamp("2019-12-20")
    assert found.error == pytest.approx(20.0, rel=0.1)


def test_weeks_that_answer_nothing_have_no_r_squared_to_speak_of() -> None:
    found = proxy.next_week(proxy.following(*weeks_with(0.0, 20.0), 4))
    assert found is not None
    assert found.r_squared < 0.03


def test_a_later_week_never_changes_what_was_known_before() -> None:
    flow, topix = weeks_with(-8.0, 20.0)
    short = proxy.following(flow.iloc[:300], topix, 4)
    pd.testing.assert_frame_equal(short, proxy.following(flow, topix, 4).loc[short.index])


def test_few_weeks_give_no_answer() -> None:
    frame = proxy.following(*weeks_with(-8.0, 20.0, 90), 4)
    assert proxy.next_week(frame) is None
    assert proxy.forecasts(frame) is None


def test_trust_banks_that_undo_the_gap_are_found_to() -> None:
    days = pd.date_range("2013-03-31", periods=30, freq="QE")
    gaps = pd.DataFrame({"gap": np.random.default_rng(4).normal(0, 1, 30)}, index=days)
    ends = proxy.week_ends(days[0] - pd.DateOffset(months=3), days[-1])
    groups = ends.to_period("Q")
    per_week = pd.Series(groups.map(lambda q: gaps["gap"].get(q.end_time.normalize(), 0.0)), index=ends, dtype=float)
    counts = pd.Series(1.0, index=ends).groupby(groups).transform("sum")
    weeks = -0.5 * per_week / counts  # JPY tn; with a reserve of 100 also points of it
    found = proxy.on_gap(weeks, gaps, pd.Series(100.0, index=days))
    assert found is not None
    assert found.slope.value == pytest.approx(-0.5)
    assert found.r_squared == pytest.approx(1.0)
    assert proxy.on_gap(weeks, gaps.iloc[:5], pd.Series(100.0, index=days)) is None


# --- words, tables, metrics ----------


def test_the_sentence_says_when_the_interval_covers_zero() -> None:
    found = as_of(None)
    assert found.adjusted is not None
    open_ = replace(found, adjusted=replace(found.adjusted, low=-0.1, high=0.6), adjusted_recent=None)
    assert "covers zero" in speed.sentence(open_)
    assert "covers zero" not in speed.sentence(found)


def test_the_power_is_said_with_the_number_of_quarters() -> None:
    found = as_of(None)
    assert found.adjusted is not None
    text = speed.power_sentence(found)
    assert f"with {found.adjusted.quarters} quarters" in text
    assert f"{100 * found.adjusted.smallest:.0f}%" in text


def test_rounding_that_matters_is_said_to() -> None:
    found = as_of(None)
    assert found.adjusted is not None
    assert "moves the estimate little" in speed.power_sentence(found)
    coarse = replace(found, adjusted=replace(found.adjusted, error_part=0.5))
    assert "can move the estimate" in speed.power_sentence(coarse)


def test_too_few_quarters_are_counted_in_words_and_no_figure_is_drawn() -> None:
    early = as_of("2018-06-29")
    assert len(early.usable) == 7
    assert "7 quarters with a flow and a gap, where 8 are the least" in speed.sentence(early)
    assert speed.power_sentence(early) == ""
    assert speed.line(early) is speed.readings_view(early) is speed.power_view(early) is None
    assert "7 quarters" in speed.table(early).to_string()


def test_the_figure_draws_every_quarter_alone_on_the_line() -> None:
    found = as_of(None)
    view = speed.line(found)
    assert view is not None
    dots = view.frame["quarters"].notna().to_numpy()
    assert dots.sum() == len(found.usable)
    assert not (dots[1:] & dots[:-1]).any()
    assert not (dots[0] or dots[-1])


def test_every_view_has_a_finding_in_its_alt_text() -> None:
    found = as_of("2025-09-05")
    for view in (speed.line(found), speed.readings_view(found), speed.power_view(found), drifting.untouched(found)):
        assert view is not None
        assert view.alt.endswith(".")
        assert view.title in view.alt


def test_the_metrics_carry_speed_quarters_and_power() -> None:
    made = {item.name: item for item in study.metrics(as_of("2025-11-30"))}
    assert made["adjustment_quarters"].value == len(as_of("2025-11-30").usable)
    assert made["lambda"].low < made["lambda"].value < made["lambda"].high
    assert made["lambda_found_80pct"].value > 0
    assert (made["domestic_equity_share"].value, made["to_band_edge_jpy_tn"].value) == (24.45, 0.0)


@pytest.mark.parametrize("day", [None, "2025-09-05", "2018-06-29", "2015-06-30"])
def test_every_test_made_is_in_the_table_once_and_has_a_p_value(day: str | None) -> None:
    found = as_of(day)
    tests = study.tests(found)
    assert all(0 <= test.p_value <= 1 for test in tests)
    slopes = int(found.associations["estimate"].notna().sum())
    assert len([test for test in tests if test.name.startswith(("Share traded", "Yen traded"))]) == slopes
    assert len(study.tests_table(tests)) == max(len(tests), 1)


def test_other_classes_have_a_speed_but_no_trust_banks() -> None:
    found = study.estimate(study.load_inputs(None, asset="foreign_equities"))
    assert found.banks_next_week is found.banks_on_gap is found.banks_forecast is None
    assert drifting.proxy_sentence(found) == ""
    made = {item.name: item.value for item in study.metrics(found)}
    assert "Japanese shares" in str(made["trust_bank_weekly_r2"])
