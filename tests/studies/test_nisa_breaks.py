"""Interrupted series: planted steps come out, absent ones do not, and what cannot be tested is said in words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter
from jpresearch.studies import nisa as study
from jpresearch.studies.nisa import breaks, interruption, series
from jpresearch.studies.nisa.series import ABROAD, INDIVIDUALS, TRUSTS, Flow

DATE = pd.Timestamp("2024-01-01")
LISTED = study.Listed(0.0, 100.0, 48.0)
WEEKS = pd.date_range("2021-12-03", periods=240, freq="W-FRI")


@cache
def result(as_of: str | None = None) -> study.Result:
    return study.analyse(study.load_inputs(as_of), "2024-01-01", 12, LISTED, 26)


def flow(step: float = 0.0, *, seed: int = 0, added: np.ndarray | float = 0.0, topix: float = 0.0) -> Flow:
    """Weeks of noise with deviation 100, a step at the date, ``added``, and an answer to a made-up TOPIX return."""
    dice = np.random.default_rng(seed)
    returns = pd.Series(dice.normal(0, 2, len(WEEKS)), index=WEEKS)
    noise = dice.normal(0, 100, len(WEEKS))
    net = noise + step * (WEEKS >= DATE) + added + topix * returns.to_numpy()
    return Flow(INDIVIDUALS, pd.Series(net, index=WEEKS), "week", 0, returns)


def measured(made: Flow) -> breaks.Break:
    found = breaks.measure(made, DATE, 26)
    assert found is not None
    return found


@cache
def quiet(seed: int) -> breaks.Break:
    """A series without a break, measured once."""
    return measured(flow(seed=seed))


# The step and its readings.


def test_a_planted_step_is_found_in_every_reading_and_beyond_all_placebo_dates() -> None:
    found = measured(flow(400.0))
    assert (found.readings["low"] > 0).all()
    assert (found.readings["low"] < 400).all()
    assert (found.readings["high"] > 400).all()
    assert found.placebo is not None
    assert found.placebo.p_value == 1 / (1 + found.placebo.placebos)
    value, low, high = found.total
    assert value == pytest.approx(52 * 400 / 1000, rel=0.15)
    assert 0 < low < value < high


def test_without_a_break_the_placebo_p_is_not_small() -> None:
    p_values = [found.placebo.p_value for found in (quiet(s) for s in range(5)) if found.placebo]
    assert len(p_values) == 5
    assert np.mean(p_values) > 0.25
    assert sum(p <= 0.05 for p in p_values) <= 1


def test_without_a_break_few_intervals_exclude_zero() -> None:
    rows = [quiet(s).readings.loc[breaks.ALONE] for s in range(5)]
    assert sum(not row["low"] <= 0 <= row["high"] for row in rows) <= 1


def test_a_rush_after_the_date_is_not_called_a_step_once_it_is_set_apart() -> None:
    quarter = np.where((WEEKS >= DATE) & (WEEKS < DATE + breaks.QUARTER), 600.0, 0.0)
    readings = measured(flow(added=quarter)).readings
    assert readings.loc[breaks.RUSHED, "low"] <= 0 <= readings.loc[breaks.RUSHED, "high"]
    assert readings.loc[breaks.ALONE, "estimate"] > readings.loc[breaks.RUSHED, "estimate"] + 50


def test_waiting_before_the_date_is_not_called_a_step_once_it_is_set_apart() -> None:
    waited = np.where((WEEKS >= DATE - breaks.HALF_YEAR) & (WEEKS < DATE), -600.0, 0.0)
    readings = measured(flow(added=waited)).readings
    assert readings.loc[breaks.WAITED, "low"] <= 0 <= readings.loc[breaks.WAITED, "high"]
    assert readings.loc[breaks.ALONE, "low"] > 0


def test_what_follows_topix_is_taken_out_and_narrows_the_interval() -> None:
    readings = measured(flow(400.0, topix=-200.0)).readings
    width = readings["high"] - readings["low"]
    assert width[breaks.MARKET] < 0.6 * width[breaks.ALONE]
    assert readings.loc[breaks.MARKET, "low"] < 400 < readings.loc[breaks.MARKET, "high"]


def test_weeks_without_a_return_are_left_out_of_that_reading_alone() -> None:
    made = flow(400.0)
    assert made.topix is not None
    holes = replace(made, topix=made.topix.mask(made.topix.index == WEEKS[50]))
    readings = measured(holes).readings
    assert readings.loc[breaks.MARKET, "estimate"] == pytest.approx(400, abs=60)
    assert readings.loc[breaks.ALONE].equals(measured(made).readings.loc[breaks.ALONE])


def test_the_first_year_is_forecast_from_before_the_date_alone() -> None:
    early, late = flow(), flow()
    late = replace(late, net=late.net.where(late.net.index < DATE, 5000.0))
    forecasts = [measured(each).gap.path["forecast"] for each in (early, late)]
    pd.testing.assert_series_equal(*forecasts)
    assert len(forecasts[0]) == 52


def test_months_have_a_season_that_is_not_called_a_step() -> None:
    months = pd.date_range("2014-01-31", periods=150, freq="ME")
    dice = np.random.default_rng(1)
    net = pd.Series(300.0 * (months.month == 1) + dice.normal(0, 20, 150), index=months)
    found = measured(Flow(ABROAD, net, "month", 0))
    assert (found.readings["low"] <= 0).all()
    assert (found.readings["high"] >= 0).all()
    assert breaks.SEASONAL not in found.readings.index
    stepped = measured(Flow(ABROAD, net + 100.0 * (months >= DATE), "month", 0))
    assert stepped.readings.loc[breaks.ALONE, "estimate"] == pytest.approx(100, abs=25)
    assert stepped.total[0] == pytest.approx(100 * 52.18 / 1000, rel=0.25)


# Where it cannot be measured.


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2021-12-03", "2024-02-02", "5 weeks from 1 January 2024 on, 13 are the least"),
        ("2023-06-02", "2024-12-27", "31 weeks before 1 January 2024 in one unbroken record, 52 are the least"),
    ],
)
def test_too_few_weeks_on_a_side_are_said_and_give_no_number(first: str, last: str, words: str) -> None:
    net = flow().net[first:last]
    made = Flow(INDIVIDUALS, net, "week", 0)
    assert made.lacks(DATE) == words
    assert breaks.measure(made, DATE, 26) is None


def test_too_few_weeks_for_placebo_dates_leave_the_step() -> None:
    made = replace(flow(), net=flow().net["2022-12-30":], topix=None)
    found = breaks.measure(made, DATE, 52)
    assert found is not None
    assert found.placebo is None


# The series.


def test_a_month_still_running_is_left_out_and_weeks_are_averaged() -> None:
    ends = pd.date_range("2024-01-06", "2024-03-09", freq="W-SAT")
    outward = pd.DataFrame({"period_end": ends, series.OUTWARD: np.arange(len(ends)) * 10.0})
    made = series.monthly(outward, pd.Timestamp("2024-01-01"))
    assert list(made.net.index) == [pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-29")]
    assert made.net.iloc[0] == pytest.approx(np.mean([0, 1, 2, 3]))


def test_only_the_record_after_its_last_interruption_is_used_and_every_week_of_it_is_known() -> None:
    made = {each.name: each for each in result().series}
    assert set(made) == {INDIVIDUALS, TRUSTS, ABROAD}
    assert made[INDIVIDUALS].net.index[0] >= pd.Timestamp("2021-12-01")
    assert made[ABROAD].net.index[0] == pd.Timestamp("2014-01-31")
    for each in made.values():
        assert each.net.notna().all()
    assert made[INDIVIDUALS].topix is not None
    assert made[INDIVIDUALS].topix.index.equals(made[INDIVIDUALS].net.index)


def test_the_table_says_which_figures_can_carry_a_test_and_what_would() -> None:
    told = interruption.availability(result()).set_index("series")["a test of a break"]
    assert told["Gross purchases within NISA (nisa_usage)"].startswith("no: totals at unequal distances")
    assert "would do" in told["Flows into equity funds (fund_flows)"]
    assert told[INDIVIDUALS].startswith("yes")
    early = interruption.availability(result("2018-06-29")).set_index("series")["a test of a break"]
    assert early[INDIVIDUALS] == "no: 0 weeks from 1 January 2024 on, 13 are the least"


# The same date of other years.


def weeks_of(net: pd.Series, market: str = "two_markets") -> pd.DataFrame:
    columns = {"market": market, "investor": "individuals", "period_end": net.index, "net_jpy_mn": net * 1000}
    return pd.DataFrame(columns)


def yearly(step_in: int | None, *, season: float = 0.0, seed: int = 3) -> pd.DataFrame:
    days = pd.date_range("2014-07-04", "2026-06-26", freq="W-FRI")
    net = pd.Series(np.random.default_rng(seed).normal(0, 50, len(days)), index=days)
    net += season * (days.month <= 3)
    if step_in is not None:
        net += 200.0 * (days >= pd.Timestamp(step_in, 1, 1))
    return weeks_of(net)


def test_a_change_in_one_year_alone_ranks_first() -> None:
    found = breaks.turns(yearly(2024), "individuals", DATE)
    assert found is not None
    assert (found.rank, found.others) == (1, 11)
    assert found.p_value == pytest.approx(1 / 12)
    assert found.years.loc[2024, "change"] == pytest.approx(200, abs=50)


def test_a_season_that_comes_every_year_is_no_change_of_one() -> None:
    p_values = [breaks.turns(yearly(None, season=300.0, seed=s), "individuals", DATE) for s in range(6)]
    assert np.mean([found.p_value for found in p_values if found]) > 0.25
    assert all((found.years["change"] > 100).all() for found in p_values if found)


def test_over_a_whole_year_the_season_cancels() -> None:
    found = breaks.turns(yearly(None, season=300.0), "individuals", DATE, weeks=52, known=45)
    assert found is not None
    assert found.years["change"].abs().max() < 40


def test_two_records_are_never_differenced() -> None:
    days = pd.date_range("2017-01-06", "2021-11-26", freq="W-FRI")
    calm = pd.Series(np.random.default_rng(5).normal(0, 50, len(days)), index=days)
    parts = [weeks_of((calm + 9000) / 3, market) for market in ("tse_first", "tse_second", "tse_growth")]
    rest = yearly(2024)
    outside = rest[(rest["period_end"] < days[0]) | (rest["period_end"] > days[-1])]
    found = breaks.turns(pd.concat([outside, *parts]), "individuals", DATE)
    assert found is not None
    assert {2017, 2022}.isdisjoint(found.years.index)
    assert found.years.loc[2018, "record"] == "three_sections"
    assert found.years["change"].abs().max() < 300


def test_a_year_with_unknown_weeks_is_left_out_and_the_date_itself_is_needed() -> None:
    frame = yearly(2024)
    holes = frame[~frame["period_end"].between("2020-01-01", "2020-02-28")]
    found = breaks.turns(holes, "individuals", DATE)
    assert found is not None
    assert 2020 not in found.years.index
    assert breaks.turns(frame[frame["period_end"] < "2024-02-01"], "individuals", DATE) is None


def test_few_other_years_are_no_comparison() -> None:
    frame = yearly(2024)
    assert breaks.turns(frame[frame["period_end"] > "2022-07-01"], "individuals", DATE) is None


# Words, metrics, tests.


def changed(step: float) -> study.Result:
    """The real result with one made-up series in place of its own."""
    return replace(result(), breaks=[measured(flow(step))], turns={}, turns_of_years={})


def test_the_sentence_follows_the_interval() -> None:
    assert "show no clear step" in interruption.sentences(changed(0.0))[0]
    assert "covers zero" in interruption.sentences(changed(0.0))[0]
    up, down = (interruption.sentences(changed(step))[0] for step in (400.0, -400.0))
    assert "stepped up: +" in up
    assert "stepped down: −" in down
    assert "covers zero" not in up + down


def test_no_series_long_enough_is_said_in_words() -> None:
    texts = interruption.sentences(result("2018-06-29"))
    assert len(texts) == 1
    assert texts[0].startswith("No break can be measured")
    assert interruption.figures(result("2018-06-29")) == {}
    assert "none" in interruption.readings_table(result("2018-06-29")).to_string()
    assert "none" in interruption.turns_table(result("2018-06-29")).to_string()


def test_the_schemes_own_totals_are_counted_and_the_waiting_is_named() -> None:
    text = interruption.no_break_in_scheme(result())
    assert "cannot show a break" in text
    assert "late 2023" in text
    assert "late 2023" not in interruption.no_break_in_scheme(result("2018-06-29"))


@pytest.mark.parametrize("as_of", [None, "2025-09-05", "2018-06-29"])
def test_metrics_have_an_interval_that_holds_them_or_say_why_there_is_none(as_of: str | None) -> None:
    made = interruption.metrics(result(as_of))
    assert len(made) == 9
    for item in made:
        if isinstance(item.value, str):
            assert item.value.startswith("not available: ")
        elif item.low is not None:
            assert item.low <= item.value <= item.high


@pytest.mark.parametrize("as_of", [None, "2025-09-05", "2018-06-29"])
def test_every_reading_and_slope_is_counted_among_the_tests(as_of: str | None) -> None:
    made = result(as_of)
    tests = interruption.tests(made)
    readings = sum(len(item.readings) + (item.placebo is not None) for item in made.breaks)
    slopes = 0 if made.relation is None else len(made.relation.p_values())
    assert len(tests) == readings + len(made.turns) + len(made.turns_of_years) + slopes
    assert len({test.name for test in tests}) == len(tests)
    assert len(study.tests_table(tests)) == max(1, len(tests))


def test_the_slopes_p_values_are_those_of_their_intervals() -> None:
    relation = result().relation
    assert relation is not None
    for side, value, p_value in relation.p_values():
        slope = getattr(relation, side)
        assert value == slope.value
        assert (p_value < 0.05) == (not slope.covers_zero)


def test_the_placebo_figure_sets_the_real_date_beside_the_others() -> None:
    view = interruption.placebo_effects(changed(400.0))
    assert view is not None
    row = view.frame.iloc[0]
    assert row["low"] <= row["median"] <= row["high"] < row["now"]
    assert view.title == "In 1 of 1 series the step lies outside those at placebo dates"


def test_a_placebo_window_of_no_weeks_is_refused() -> None:
    with pytest.raises(BadParameter):
        study.analyse(study.load_inputs(), "2024-01-01", 12, LISTED, 26, 0)
