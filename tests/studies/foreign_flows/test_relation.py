from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.inputs import Inputs
from jpresearch.studies.foreign_flows.relation import past

Make = Callable[..., Inputs]
Noise = tuple[pd.Series, pd.Series]


def test_the_slope_is_in_basis_points_per_100bn(make_inputs: Make, noise: Noise, settings: study.Settings) -> None:
    net, change = noise
    # 0.2 percent for each JPY 100bn: 20 basis points.
    weeks = study.weekly(make_inputs(net, 0.2 * net / 100 + change * 0.1))
    slope = study.same_week(weeks, settings).estimate("flow")
    assert slope.value == pytest.approx(20, abs=2)
    assert slope.low < 20 < slope.high


def test_unrelated_series_are_not_called_related(make_inputs: Make, noise: Noise, settings: study.Settings) -> None:
    weeks = study.weekly(make_inputs(*noise))
    assert study.same_week(weeks, settings).estimate("flow").covers_zero
    both = study.lead_lag(weeks, settings)
    assert both.leads.p_value > 0.05
    assert both.follows.p_value > 0.05


def test_flows_made_to_follow_returns_are_found_to_follow(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    following = net * 0.5 + 100 * change.shift(1).fillna(0.0)
    both = study.lead_lag(study.weekly(make_inputs(following, change)), settings)
    assert both.follows.p_value < 0.001
    assert both.leads.p_value > 0.05
    steps = both.steps("flow")
    assert steps["estimate"].iloc[0] == pytest.approx(100, abs=15)
    assert steps.loc["1 week before", "low"] > 0


def test_flows_made_to_lead_returns_are_found_to_lead(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    led = change * 0.5 + 0.5 * net.shift(1).fillna(0.0) / 100
    both = study.lead_lag(study.weekly(make_inputs(net, led)), settings)
    assert both.leads.p_value < 0.001
    assert both.follows.p_value > 0.05
    assert both.steps("index")["estimate"].iloc[0] == pytest.approx(50, abs=8)


def test_a_lead_of_one_week_is_no_use_in_time_and_one_of_two_weeks_is(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    for step, in_time in ((1, False), (2, True)):
        led = change * 0.5 + 0.5 * net.shift(step).fillna(0.0) / 100
        both = study.lead_lag(study.weekly(make_inputs(net, led)), settings)
        assert both.leads.p_value < 0.001
        assert (both.leads_in_time.p_value < 0.01) == in_time


def test_lags_count_survey_weeks_not_rows(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    holed = net.mask(net.index == net.index[50])
    weeks = study.weekly(make_inputs(holed, change))
    before = past(weeks["net"], weeks["topix_pct"])
    assert np.isnan(before["flow_1"].iloc[51])
    assert before["flow_2"].iloc[51] == pytest.approx(net.iloc[49])
    assert before["topix_1"].iloc[51] == pytest.approx(change.iloc[50])


def test_a_missing_week_costs_every_regression_row_that_needs_it(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    whole = study.lead_lag(study.weekly(make_inputs(net, change)), settings)
    holed = study.lead_lag(study.weekly(make_inputs(net.mask(net.index == net.index[50]), change)), settings)
    assert whole.index.observations - holed.index.observations == 4
    assert whole.flow.observations - holed.flow.observations == 5


def test_the_asked_lags_reach_every_regression(make_inputs: Make, noise: Noise) -> None:
    weeks, asked = study.weekly(make_inputs(*noise)), study.Settings(lags=9)
    both = study.lead_lag(weeks, asked)
    assert {study.same_week(weeks, asked).lags, both.index.lags, both.flow.lags} == {9}
    assert study.variants(weeks, asked).loc["As above", "lags"] == 9


def test_a_year_with_few_weeks_has_sums_but_no_slope(make_inputs: Make, noise: Noise, settings: study.Settings) -> None:
    net, change = noise
    weeks = study.weekly(make_inputs(net[:110], change[:110]))
    years = study.impact_by_year(weeks, settings)
    assert years["estimate"].notna().tolist() == [True, True, False]
    assert years["net"].notna().all()


def test_the_halves_share_no_week_and_short_variants_are_blank(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    table = study.variants(study.weekly(make_inputs(net, change)), settings)
    halves = table[table.index.str.startswith(("To ", "After "))]
    assert halves["weeks"].sum() == 260
    short = study.variants(study.weekly(make_inputs(net[:80], change[:80])), settings)
    assert short.loc["As above", "weeks"] == 80
    assert short[short.index.str.startswith(("To ", "After "))]["estimate"].isna().all()


def test_without_the_five_largest_flows_they_are_left_out(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    table = study.variants(study.weekly(make_inputs(*noise)), settings)
    assert table.loc["Without the five largest flows", "weeks"] == 255


def test_figures_known_from_the_bundled_data(found: Callable[..., study.Findings]) -> None:
    fit = found("2025-09-05").same_week
    slope = fit.estimate("flow")
    assert (fit.observations, fit.lags) == (706, 6)
    assert slope.value == pytest.approx(35.459, abs=0.01)
    assert (slope.low, slope.high) == pytest.approx((28.172, 42.746), abs=0.01)


def test_the_long_run_of_buying_of_2025_ends_on_25_july(found: Callable[..., study.Findings]) -> None:
    runs = found("2025-09-05").runs
    longest = runs.loc[runs["length"].idxmax()]
    assert (longest["length"], longest["sign"]) == (17, 1)
    assert (longest["start"], longest["end"]) == (pd.Timestamp("2025-04-04"), pd.Timestamp("2025-07-25"))
    assert longest["total"] == pytest.approx(6139.569)
    assert (runs.iloc[-1]["sign"], runs.iloc[-1]["length"]) == (-1, 2)


def test_the_change_over_a_run_spans_all_its_weeks(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    runs = study.flow_runs(study.weekly(make_inputs(net, change)))
    row = runs[runs["length"] >= 3].iloc[0]
    inside = change[row["start"] : row["end"]]
    assert row["topix_pct"] == pytest.approx(((1 + inside / 100).prod() - 1) * 100)


def test_a_missing_close_leaves_the_runs_change_missing(make_inputs: Make, noise: Noise) -> None:
    inputs = make_inputs(*noise)
    market = inputs.market[inputs.market["period_end"] != noise[0].index[-1]]
    runs = study.flow_runs(study.weekly(Inputs(inputs.flows, market, None, inputs.start)))
    assert np.isnan(runs["topix_pct"].iloc[-1])


def test_the_newest_run_stands_first_and_once() -> None:
    ends = pd.date_range("2024-01-05", periods=4, freq="7D")
    runs = pd.DataFrame({"start": ends, "end": ends, "length": [3, 9, 5, 9], "sign": [1, -1, 1, -1]})
    runs = runs.assign(total=1.0, topix_pct=0.0)
    assert list(study.longest_runs(runs, 2)["start"]) == [ends[3], ends[1], ends[2]]


def test_beside_the_past_the_same_week_slope_keeps_what_is_of_the_week(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    # A flow of 10 bp per JPY 100bn within the week, and a lead of 50 the week before.
    moved = 0.1 * net / 100 + 0.5 * net.shift(1).fillna(0.0) / 100 + change * 0.1
    weeks = study.weekly(make_inputs(net, moved))
    slope = study.same_week_given_past(weeks, settings).estimate("flow")
    assert slope.value == pytest.approx(10, abs=1)
    table = study.variants(weeks, settings)
    assert table.loc["Beside four weeks of both before", "estimate"] == pytest.approx(slope.value)
    assert np.isnan(table.loc["Beside four weeks of both before", "lead_p"])
