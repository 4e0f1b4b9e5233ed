"""Later returns on valuation: nothing looks ahead, known slopes are found, chance stays chance, words follow."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter
from jpresearch.stats.predictive import hodrick
from jpresearch.studies import semiconductors as study
from jpresearch.studies.semiconductors.later import (
    OWN_PAST,
    READINGS,
    RELATIVE,
    RELATIVE_POOLED,
    independent,
    relative_multiple,
)
from jpresearch.studies.semiconductors.later_words import basket_later, own_past_later, relative_later
from jpresearch.studies.semiconductors.one_series import CLARK_WEST, HODRICK, IVX
from jpresearch.studies.testing import adjusted

DAYS = ["2021-05-10", "2022-12-30", "2024-06-28", "2025-09-05", None]


@lru_cache
def world(as_of: str | None) -> tuple[study.Inputs, study.Valuation, study.OwnPast, study.Summary]:
    inputs = study.load_inputs(as_of)
    valuation = study.value(inputs)
    past = study.own_past(valuation.monthly(valuation.trailing_yield), min_months=24)
    return inputs, valuation, past, study.summarise(inputs, valuation, past, study.rally(valuation, inputs))


@lru_cache
def gathered(as_of: str | None) -> study.Evidence:
    inputs, valuation, past, summary = world(as_of)
    return study.gather(inputs, valuation, past, summary)


def made_up(slope: float, *, months: int = 90, names: int = 10, seed: int = 3) -> study.Sample:
    """Names whose next month's return is ``slope`` times their dearness, plus noise that they share in part."""
    draw = np.random.default_rng(seed)
    index = pd.date_range("2010-01-31", periods=months, freq="ME")
    codes = [f"{1000 + number}" for number in range(names)]
    dear = pd.DataFrame(draw.standard_normal((months, names)), index=index, columns=codes)
    noise = draw.standard_normal((months, names)) + draw.standard_normal((months, 1))
    steps = slope * dear.shift(1).fillna(0.0) + noise
    basket = pd.DataFrame({"dearness": dear.mean(axis=1), "returns": steps.mean(axis=1)})
    return study.Sample(level=steps.cumsum(), signals=dict.fromkeys(READINGS, dear), basket=basket)


# --- what was known when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", ["2023-06-30", "2024-12-30", "2025-08-29"])
def test_cutting_off_the_future_changes_no_signal_and_no_return_that_was_over(as_of):
    early, late = (study.sample_of(*(world(day)[part] for part in (1, 2, 0))) for day in (as_of, None))
    months = early.level.index
    assert len(months) > 20
    assert months.equals(late.level.index[: len(months)])
    for reading in READINGS:
        pd.testing.assert_frame_equal(early.signals[reading], late.signals[reading].loc[months], check_freq=False)
    known = early.after(3).dropna(how="all")
    pd.testing.assert_frame_equal(known, late.after(3).loc[known.index], check_freq=False)
    pd.testing.assert_frame_equal(early.basket, late.basket.loc[months], check_freq=False)


def test_a_return_starts_at_the_close_after_the_signals_session():
    inputs, valuation, past, _ = world("2025-09-05")
    sample = study.sample_of(valuation, past, inputs)
    day, entry, leaving = (pd.Timestamp(text) for text in ("2025-03-31", "2025-04-01", "2025-07-01"))
    close, topix = inputs.close["8035"], inputs.topix
    expected = 100 * (np.log(close[leaving] / close[entry]) - np.log(topix[leaving] / topix[entry]))
    assert sample.after(3).loc[day, "8035"] == pytest.approx(expected)
    assert sample.signals[OWN_PAST].loc[day, "8035"] == past.z.loc[day, "8035"]


def test_a_month_whose_next_session_is_not_there_yet_is_left_out():
    inputs, valuation, past, _ = world("2025-08-29")
    assert study.sample_of(valuation, past, inputs).level.index[-1] == pd.Timestamp("2025-07-31")
    assert study.sample_of(*(world("2025-09-05")[part] for part in (1, 2, 0))).level.index[-1] == inputs.latest


def test_the_relative_multiple_uses_primes_of_the_month_before_and_leaves_losses_out():
    yields = pd.DataFrame({"a": [5.0, -1.0], "b": [4.0, np.nan]}, index=pd.to_datetime(["2025-07-31", "2025-08-29"]))
    prime = pd.Series([10.0, 20.0, 99.0], index=pd.to_datetime(["2025-06-30", "2025-07-31", "2025-08-31"]))
    found = relative_multiple(yields, prime)
    assert found.loc["2025-07-31"].tolist() == pytest.approx([np.log(2.0), np.log(2.5)])
    assert found.loc["2025-08-29"].isna().all()
    assert relative_multiple(yields, None).isna().all(axis=None)


def test_without_primes_multiple_the_other_readings_still_stand():
    inputs, valuation, past, summary = world("2025-09-05")
    evidence = study.gather(replace(inputs, prime_pe=None), valuation, past, summary)
    assert evidence.longest(RELATIVE) is None
    assert evidence.longest(OWN_PAST) == 6
    assert relative_later(evidence) == ""


# --- what is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [-0.8, 0.8])
def test_a_slope_that_is_there_is_found_with_its_sign(slope):
    panel, one = study.panel_estimates(made_up(slope)), study.one_series(made_up(slope))
    row = panel.loc[(RELATIVE, 1)]
    assert row["low"] < slope < row["high"]
    assert (row["p_value"] < 0.001) and (panel.loc[(RELATIVE, 3), "backward_p"] < 0.05)
    assert np.sign(one.tests.loc[(HODRICK, 1), "estimate"]) == np.sign(slope)


def test_scrambled_months_say_nothing():
    sample = made_up(-0.8)
    mixed = np.random.default_rng(1).permutation(len(sample.level))
    scrambled = {name: frame.iloc[mixed].set_axis(frame.index) for name, frame in sample.signals.items()}
    panel = study.panel_estimates(replace(sample, signals=scrambled))
    assert panel["p_value"].min() > 0.05


def test_too_few_windows_give_no_estimate_but_the_reason():
    panel = study.panel_estimates(made_up(-0.8, months=40))
    assert panel["estimate"].notna().groupby("horizon").all().to_dict() == {1: True, 3: True, 6: True, 12: False}
    assert panel.loc[(OWN_PAST, 12), "remark"] == "28 months, 2.3 windows side by side; 36 months are needed"
    two = made_up(-0.8, names=2)
    assert set(study.panel_estimates(two)["remark"]) == {"2 names; 3 are needed"}


def test_an_estimate_is_per_standard_deviation_whatever_the_unit():
    sample = made_up(-0.8)
    larger = replace(sample, signals={name: 10.0 * frame for name, frame in sample.signals.items()})
    columns = ["estimate", "low", "high", "p_value", "backward_p"]
    one, ten = (study.panel_estimates(each)[columns] for each in (sample, larger))
    pd.testing.assert_frame_equal(one, ten)


def test_a_constant_per_name_takes_out_what_a_name_always_has():
    sample = made_up(-0.8)
    shifts = pd.Series(range(10), index=sample.level.columns, dtype="float64")
    moved = replace(sample, signals={name: frame + 5.0 * shifts for name, frame in sample.signals.items()})
    before, after = (study.panel_estimates(each)["estimate"] for each in (sample, moved))
    assert after.loc[(RELATIVE, 1)] == pytest.approx(before.loc[(RELATIVE, 1)])
    assert after.loc[(RELATIVE_POOLED, 1)] != pytest.approx(before.loc[(RELATIVE_POOLED, 1)], rel=0.05)


def test_names_that_move_together_are_worth_fewer_observations():
    draw = np.random.default_rng(0)
    alone = pd.DataFrame(draw.standard_normal((60, 4)))
    shared = pd.DataFrame(np.repeat(draw.standard_normal((60, 1)), 4, axis=1))
    assert independent(shared, 240, 6) == pytest.approx(10.0)
    assert 25.0 < independent(alone, 240, 6) <= 40.0
    assert independent(alone.iloc[:0], 0, 6) == 0.0


def test_the_one_series_agrees_with_the_estimator_itself():
    evidence = gathered("2025-09-05")
    known = evidence.sample.basket.loc[evidence.sample.basket["dearness"].first_valid_index() :]
    direct = hodrick(known["returns"], known["dearness"], horizon=6).estimate("dearness")
    row = evidence.row(HODRICK, 6)
    assert row["estimate"] == pytest.approx(direct.value * evidence.basket.deviation)
    assert row["high"] == pytest.approx(direct.high * evidence.basket.deviation)


def test_the_record_of_forecasts_ends_at_the_out_of_sample_r2():
    evidence = gathered(None)
    lines = study.forecast_record(evidence.basket)
    for horizon in evidence.basket.records:
        end = lines[str(horizon)].dropna().iloc[-1]
        assert end == pytest.approx(evidence.row(CLARK_WEST, horizon)["estimate"])


def test_every_test_made_is_listed_once_and_adjusted():
    evidence = gathered("2025-09-05")
    panel, basket = evidence.panel, evidence.basket.tests
    backward = panel.loc[panel.index.get_level_values("horizon") > 1, "backward_p"]
    # Without overlap, two of the ways are Hodrick's test over again.
    expected = panel["p_value"].count() + backward.count() + basket["p_value"].count() - 2
    assert len(evidence.tests) == expected == len({test.name for test in evidence.tests})
    assert evidence.holding == (adjusted(evidence.tests).tests["q_value"] <= 0.05).sum()
    page = study.tests_table(evidence.tests)
    assert page["family_p"].count() == 4
    assert (page["q_value"] >= page["p_value"]).all()


# --- half-lives and growth ------------------------------------------------------------------------------------------


def test_half_lives_without_a_bound_are_said_in_words_and_never_as_a_number():
    evidence = gathered("2025-09-05")
    page = study.lives_page(evidence)
    assert (page["at most"].iloc[:12] == "no upper bound").all()
    assert page.loc[page["code"] == "285A", "remark"].item() == "5 months; 13 are needed"
    assert not np.isinf(page.select_dtypes("number").to_numpy(dtype=float)).any()


def test_a_valuation_that_comes_back_has_a_bound(monkeypatch):
    draw, values = np.random.default_rng(8), [0.0]
    for _ in range(149):
        values.append(0.3 * values[-1] + draw.standard_normal())
    valuation = world("2025-09-05")[1]
    months = pd.date_range("2010-01-31", periods=150, freq="ME")
    frame = pd.DataFrame({code: 5.0 + np.array(values) for code in ("8035", "6857", "6146")}, index=months)
    monkeypatch.setattr(study.Valuation, "monthly", lambda self, _: frame)
    lives = study.half_lives(valuation)
    assert lives.loc["8035", "months_high"] < 3.0
    assert lives.loc["basket", "coefficient"] == pytest.approx(lives.loc["8035", "coefficient"])


def test_a_half_life_rests_on_the_newest_months_without_a_gap(monkeypatch):
    months = pd.date_range("2020-01-31", periods=60, freq="ME")
    frame = pd.DataFrame({"8035": np.random.default_rng(4).standard_normal(60).cumsum()}, index=months)
    frame.iloc[20, 0] = np.nan
    frame.iloc[55:, 0] = np.nan
    monkeypatch.setattr(study.Valuation, "monthly", lambda self, _: frame)
    lives = study.half_lives(world("2025-09-05")[1])
    assert lives.loc["8035", "observations"] == 34
    assert lives.loc["basket", "remark"] == "0 months; 13 are needed"


def test_growth_asked_by_hand_with_payouts_discounted_one_by_one():
    evidence = gathered("2025-09-05")
    asked = evidence.growth
    growth, cost = asked.grid.loc["premium 5%", "beta 1"] / 100, (asked.rate + 5.0) / 100
    rate, earnings, worth = growth, 1.0, 0.0
    for year in range(1, 16):
        rate = growth if year <= 10 else growth + (0.01 - growth) * (year - 10) / 6
        earnings *= 1 + rate
        worth += 0.5 * earnings / (1 + cost) ** year
    worth += (1 - 0.01 / cost) * earnings * 1.01 / (cost - 0.01) / (1 + cost) ** 15
    assert worth == pytest.approx(asked.multiple, rel=1e-6)
    assert asked.rate == pytest.approx(1.617)
    assert asked.rate_day == pd.Timestamp("2025-09-04")


def test_a_dearer_name_asks_for_more_growth_and_a_loss_for_none():
    names = gathered("2025-09-05").growth.names
    order = names.dropna().sort_values("multiple")
    assert order["growth"].is_monotonic_increasing
    assert names.loc["6723", "remark"] == "loss"
    assert (order["low"] <= order["growth"]).all() and (order["growth"] <= order["high"]).all()


def test_without_a_government_yield_a_list_of_costs_stands_in():
    inputs, _, _, summary = world("2025-09-05")
    asked = study.growth_asked(summary, replace(inputs, jgb10y=None))
    assert list(asked.grid.index) == ["cost 6%", "cost 8%", "cost 10%", "cost 12%"]
    evidence = replace(gathered("2025-09-05"), growth=asked)
    assert "for want of a government bond yield" in study.later_words.growth_words(evidence)
    rate = next(item for item in study.later_metrics(evidence) if item.name == "jgb_10y_pct")
    assert str(rate.value).startswith("not available")


@pytest.mark.parametrize("premiums", [[], [5.0, 5.0], [0.0], [-3.0], [40.0]])
def test_premiums_that_are_none_are_refused(premiums):
    inputs, _, _, summary = world("2025-09-05")
    with pytest.raises(BadParameter, match="premiums"):
        study.growth_asked(summary, inputs, premiums)


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", DAYS)
def test_takeaways_are_short_and_whole_on_every_day(as_of):
    words = study.takeaways(world(as_of)[3], study.later_takeaways(gathered(as_of)))
    assert len(words) >= 9
    assert len(set(words)) == len(words)
    for text in words:
        assert len(text.split()) <= 45, text
        assert text.endswith(".") and "  " not in text and ".." not in text
        assert not {"nan", "inf", "None."} & set(text.split())
        assert not text[0].islower()


@pytest.mark.parametrize("as_of", DAYS)
def test_metrics_are_finite_or_words(as_of):
    for item in study.later_metrics(gathered(as_of)):
        if isinstance(item.value, str):
            assert item.value.startswith("not available") or "no upper bound" in item.value
        else:
            assert np.isfinite(float(str(item.value)))
            assert item.low is None or item.low <= item.value <= item.high


@pytest.mark.parametrize("as_of", DAYS)
def test_every_figure_and_table_can_be_made_on_every_day(as_of):
    evidence, (inputs, valuation, _, _) = gathered(as_of), world(as_of)
    lines = study.basket_yields(valuation, inputs, "2021-01-01")
    shown, unit = study.later_figure(evidence)
    record, _ = study.record_figure(evidence, lines)
    drawn, level, is_lives = study.persistence_figure(evidence.lives, study.own_range(valuation))
    assert shown["estimate"].notna().any() and record.notna().any(axis=None) and drawn["estimate"].notna().any()
    assert np.isfinite(drawn.to_numpy()).all() and level == float(is_lives)
    captions = [
        study.later_words.later(evidence, shown, unit),
        study.later_words.record(evidence, record),
        study.later_words.persistence(evidence, is_lives),
        study.later_words.growth(evidence),
    ]
    for caption in captions:
        assert len(caption.title) < 100 and "nan" not in caption.alt and len(caption.alt.split()) > 5
    assert len(study.panel_page(evidence)) == 12
    assert len(study.basket_page(evidence)) == 21
    assert len(study.lives_page(evidence)) == 14
    assert len(study.growth_page(evidence)) == 13


def test_words_say_that_an_interval_covers_zero_and_only_then():
    evidence = gathered(None)
    for words, reading in ((own_past_later, OWN_PAST), (basket_later, HODRICK)):
        horizon = evidence.longest(reading)
        frame = evidence.panel if reading == OWN_PAST else evidence.basket.tests
        assert "which covers zero" in words(evidence)
        sure = frame.copy()
        sure.loc[(reading, horizon), ["estimate", "low", "high"]] = [-5.0, -8.0, -2.0]
        changed = (
            replace(evidence, panel=sure)
            if reading == OWN_PAST
            else replace(evidence, basket=replace(evidence.basket, tests=sure))
        )
        assert "which covers zero" not in words(changed)


def test_a_better_forecast_is_called_better_and_a_worse_one_worse():
    assert "forecast worse than the mean so far" in basket_later(gathered(None))
    assert "forecast better than the mean so far" in basket_later(gathered("2025-09-05"))


def test_how_many_tests_hold_is_said_in_figure_and_takeaway():
    evidence = gathered(None)
    shown, unit = study.later_figure(evidence)
    assert evidence.holding == 0
    assert study.later_words.later(evidence, shown, unit).title.endswith(
        "; none of 37 tests holds once all are counted"
    )
    some = replace(evidence, tests=[replace(test, p_value=0.0001) for test in evidence.tests])
    assert study.later_words.how_little(some).endswith("37 of 37 tests hold once all are counted.")


def test_ivx_stands_beside_hodrick_in_the_words():
    evidence = gathered("2025-09-05")
    assert f"IVX p = {evidence.row(IVX, 12)['p_value']:.3f}" in basket_later(evidence)
