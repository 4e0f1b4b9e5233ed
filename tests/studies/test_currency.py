"""What a dollar investor earned: identities, known slopes, clocks, words that follow the intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies import currency as study
from jpresearch.studies.currency import conclusions, earned, hedging, reaction, steps
from jpresearch.studies.currency.inputs import AFTER, BEFORE, Inputs, Settings, rate_on, weekly
from jpresearch.studies.weekly import week_ends

SESSIONS = pd.bdate_range("2015-01-01", "2019-12-31")


def market(slope: float = 0.0, noise: float = 1.0, seed: int = 1, drift: float = 0.0) -> Inputs:
    """Daily levels in which the index moves by ``slope`` times the yen's value plus noise; flows of pure noise."""
    draw = np.random.default_rng(seed)
    yen = draw.normal(drift, 0.5, len(SESSIONS)) / 100
    topix = slope * yen + draw.normal(0, noise, len(SESSIONS)) / 100
    ends = week_ends(SESSIONS[0], SESSIONS[-1])
    return Inputs(
        topix=pd.Series(1000 * np.exp(np.cumsum(topix)), index=SESSIONS),
        usdjpy=pd.Series(100 * np.exp(-np.cumsum(yen)), index=SESSIONS),
        sp500=pd.Series(2000 * np.exp(np.cumsum(draw.normal(0, 0.8, len(SESSIONS)) / 100)), index=SESSIONS),
        flows=pd.Series(draw.normal(0, 200, len(ends)), index=ends),
        steps=None,
        start=pd.Timestamp("2015-01-13"),
    )


def test_the_parts_add_to_the_dollar_return_of_the_levels() -> None:
    weeks = weekly(market(), AFTER)
    in_dollars = weeks["topix"] / weeks["usdjpy"]
    direct = (in_dollars / in_dollars.shift() - 1) * 100
    pd.testing.assert_series_equal(weeks["dollar_pct"], direct, check_names=False)


def test_years_multiply_to_the_path() -> None:
    weeks = weekly(market(), AFTER)
    years, path = earned.by_year(weeks), earned.wealth(weeks)
    for part, column in (("topix", "topix"), ("dollars", "dollars")):
        assert np.prod(1 + years[part] / 100) * 100 == pytest.approx(path[column].iloc[-1])
    assert (years[["topix", "usdjpy", "cross"]].sum(axis=1) - years["dollars"]).abs().max() < 1e-9


def test_a_year_with_a_missing_week_is_left_out_and_the_path_ends() -> None:
    inputs = market()
    hole = inputs.topix.drop(pd.Timestamp("2017-06-30"))
    weeks = weekly(Inputs(hole, inputs.usdjpy, inputs.sp500, None, None, inputs.start), AFTER)
    assert 2017 not in earned.by_year(weeks).index
    assert earned.wealth(weeks).loc["2017-07-01":].isna().all(axis=None)


def test_the_two_clocks_take_different_noons() -> None:
    noons = pd.Series([100.0, 101.0, 102.0], index=pd.to_datetime(["2025-07-02", "2025-07-03", "2025-07-07"]))
    days = pd.DatetimeIndex(["2025-07-03", "2025-07-04", "2025-07-14"])
    assert rate_on(noons, days, AFTER).tolist()[:2] == [101.0, 101.0]
    assert rate_on(noons, days, BEFORE).tolist()[:2] == [100.0, 101.0]
    assert np.isnan(rate_on(noons, days, AFTER).iloc[2]), "a rate a week old is no rate of that day"


def test_the_hedge_ratio_is_one_plus_the_slope() -> None:
    found = hedging.least_variance(weekly(market(slope=-0.8, noise=0.5), AFTER), Settings())
    assert found.low < 0.2 < found.high
    assert found.ratio == pytest.approx(0.2, abs=0.15)
    free = hedging.least_variance(weekly(market(slope=0.0), AFTER), Settings())
    assert free.low < 1 < free.high


def test_the_hedge_found_leaves_less_variance_than_its_neighbours() -> None:
    weeks = weekly(market(slope=-0.8), AFTER)
    ratio = hedging.least_variance(weeks, Settings()).ratio
    spread = lambda h: float((weeks["topix_pct"] + (1 - h) * weeks["yen_pct"]).var())  # noqa: E731
    assert spread(ratio) < min(spread(ratio - 0.1), spread(ratio + 0.1), spread(0), spread(1))


def test_a_rolling_ratio_does_not_know_the_future() -> None:
    weeks = weekly(market(), AFTER)
    whole, cut = (hedging.rolling_ratio(part, Settings(window_weeks=60)) for part in (weeks, weeks.iloc[:150]))
    pd.testing.assert_frame_equal(whole.loc[cut.index], cut)


def test_the_variance_adds_up() -> None:
    split = hedging.variance_split(weekly(market(slope=-0.5), AFTER))
    pd.testing.assert_series_equal(split[["topix", "yen", "together"]].sum(axis=1), split["dollars"], check_names=False)
    assert (split["correlation"] < 0).all()


def test_flows_that_answer_to_the_yen_are_found_and_noise_is_not() -> None:
    inputs = market(seed=4)
    weeks = weekly(inputs, AFTER)
    assert inputs.flows is not None
    noise = reaction.matched(inputs.flows, weeks)
    answering = noise.assign(flow=noise["flow"] - 150 * noise["yen_pct"])
    yen = reaction.MOVES["yen_pct"]
    assert reaction.same_week(answering, Settings()).estimate(yen).value == pytest.approx(-150, abs=40)
    assert reaction.same_week(noise, Settings()).estimate(yen).covers_zero
    after = noise.assign(flow=noise["flow"] - 300 * noise["relative_pct"].shift().rolling(4).mean())
    lead = reaction.relative(after, Settings()).estimate("ahead")
    assert lead.low < -300 < lead.high
    assert not lead.covers_zero


def test_scrambled_weeks_lose_the_relation() -> None:
    inputs = market(seed=4)
    table = reaction.matched(pd.Series(inputs.flows), weekly(inputs, AFTER))
    table["flow"] -= 150 * table["yen_pct"]
    table["flow"] = np.random.default_rng(0).permutation(table["flow"].to_numpy())
    assert reaction.same_week(table, Settings()).estimate(reaction.MOVES["yen_pct"]).covers_zero


def with_steps(days: list[str]) -> Inputs:
    inputs = market()
    decisions = pd.Series(np.arange(len(days)) * 0.25, index=pd.DatetimeIndex(days))
    return Inputs(inputs.topix, inputs.usdjpy, inputs.sp500, inputs.flows, decisions, inputs.start)


def test_a_course_starts_at_the_close_before_and_stops_where_sessions_end() -> None:
    found = steps.around_steps(with_steps(["2017-03-15", "2019-12-20"]), Settings())
    assert found is not None
    lines = found.courses["topix"]
    assert (lines.loc[0] == 0).all()
    levels = market().topix
    day = levels.index.get_loc(pd.Timestamp("2017-03-15"))
    assert lines.loc[1, "2017-03-15"] == pytest.approx((levels.iloc[day] / levels.iloc[day - 1] - 1) * 100)
    assert lines["2019-12-20"].isna().sum() == len(lines) - 1 - (levels.index >= "2019-12-20").sum()
    assert found.tests["topix"] is None, "two steps, one of them not followed to the end, are no test"


def test_steps_with_a_real_move_stand_out_of_random_days() -> None:
    days = ["2016-03-15", "2016-09-15", "2017-03-15", "2017-09-15", "2018-03-15", "2018-09-14"]
    quiet = steps.around_steps(with_steps(days), Settings())
    inputs = with_steps(days)
    jump = inputs.topix.index.isin(inputs.steps.index).cumsum()
    loud = steps.around_steps(
        Inputs(inputs.topix * 0.9**jump, inputs.usdjpy, inputs.sp500, None, inputs.steps, inputs.start), Settings()
    )
    assert quiet is not None
    assert loud is not None
    assert quiet.tests["topix"].path["p_placebo"].iloc[-1] > 0.05
    assert loud.tests["topix"].path["p_placebo"].iloc[-1] < 0.01


@pytest.mark.parametrize(
    "wrong",
    [{"clock": "noon"}, {"window_weeks": 5}, {"lags": 0}, {"confidence": 1.0}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_choice_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadParameter, match=next(iter(wrong))):
        Settings(**wrong)


def test_too_few_weeks_are_said() -> None:
    inputs = market()
    short = inputs.topix.iloc[:200]
    with pytest.raises(InsufficientData, match="too few"):
        weekly(Inputs(short, inputs.usdjpy.iloc[:200], inputs.sp500, None, None, inputs.start), AFTER)


def test_words_follow_the_yen() -> None:
    rising, falling = (study.estimate(market(drift=d), Settings()) for d in (0.1, -0.1))
    assert "a gain from translation" in conclusions.this_year(rising)
    assert "a loss from translation" in conclusions.this_year(falling)
    assert "cost" in conclusions.all_years(falling)
    assert "added" in conclusions.all_years(rising)


def test_an_interval_that_covers_zero_is_said() -> None:
    found = study.estimate(market(seed=4), Settings())
    words = conclusions.flows(found)
    assert found.flows is not None
    assert ("covers zero" in words) == found.flows.relative.estimate("ahead").covers_zero


def test_without_flows_and_steps_the_rest_stands() -> None:
    inputs = market()
    found = study.estimate(Inputs(inputs.topix, inputs.usdjpy, inputs.sp500, None, None, inputs.start), Settings())
    said = study.takeaways(found)
    assert conclusions.NO_FLOWS in said
    assert conclusions.NO_STEPS in said
    named = {metric.name: metric.value for metric in study.metrics(found)}
    assert str(named["flow_per_yen_same_week_jpy_bn"]).startswith("not available")


def test_the_year_to_29_august_2025_in_yen_and_dollars() -> None:
    found = study.estimate(study.load_inputs("2025-09-05"), Settings())
    row = found.years.loc[2025]
    assert row["topix"] == pytest.approx(10.42, abs=0.01)
    assert row["usdjpy"] > 5, "the yen had risen against the dollar since the end of 2024"
    assert row["dollars"] > row["topix"]


@pytest.mark.parametrize("as_of", ["2019-03-01", "2025-09-05"])
def test_a_day_on_all_data_equals_the_day_on_data_cut_there(as_of: str, project: Path) -> None:
    whole = study.metrics(study.estimate(study.load_inputs(as_of), Settings()))
    for name in ("market_daily", "investor_flows", "boj_policy"):
        path = project / "data" / f"{name}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows[rows["published_at"].str[:10] <= as_of].to_csv(path, index=False)
    assert study.metrics(study.estimate(study.load_inputs(as_of), Settings())) == whole
