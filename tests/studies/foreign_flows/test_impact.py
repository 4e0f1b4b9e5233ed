"""Responses and their tests on a market whose truth is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.stats.projections import Plan, local_projection
from jpresearch.stats.var import fit_var, responses
from jpresearch.studies.foreign_flows.impact import Impact, estimate_impact, lag_choice, plan_of, predicts
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.system import System
from tests.stats.simulated_markets import feedback_only, permanent_impact

SETTINGS = Settings(draws=199, response_weeks=13)


def system(make: object = permanent_impact, weeks: int = 300, seed: int = 4) -> System:
    frame = make(weeks, seed).rename(columns={"return": "topix"}) * [0.01, 100.0, 100.0]  # type: ignore[operator]
    return System(frame, ("abroad",), "JPY 100bn")


@cache
def found() -> Impact:
    return estimate_impact(system(), SETTINGS)


def test_the_path_is_the_projection_with_the_markets_abroad_given() -> None:
    lags = lag_choice(system()).chosen
    alone = local_projection(system().frame, Plan("topix", "flow", ("abroad",), lags=lags, horizons=13))
    row = alone.responses.loc[4]
    assert found().given.at(4) == pytest.approx((row["estimate"], row["low"], row["high"]))
    assert found().given.last_week == 13
    assert found().plain is not None
    assert found().plain.projection.plan.given == ()


def test_both_orders_are_those_of_the_autoregression() -> None:
    fit = fit_var(system().frame, found().lag_choice.chosen)
    paths = found().orderings.paths
    first = responses(fit, "flow", before=["abroad"], horizons=13, cumulative=["topix"])["topix"]
    after = responses(fit, "flow", before=["abroad", "topix"], horizons=13, cumulative=["topix"])["topix"]
    assert paths["impulse_first"].to_numpy() == pytest.approx(first.to_numpy())
    assert paths["response_first"].to_numpy() == pytest.approx(after.to_numpy(), abs=1e-9)
    assert paths["response_first"].iloc[0] == 0


def test_the_headline_family_has_its_own_and_its_joint_p_values() -> None:
    family = found().family
    assert family.index.tolist() == [0, 1, 4, 13]
    # The draws are moved to their own truth first: a response this large is larger than each of the 199.
    assert family.loc[0, "family_p"] == 1 / 200
    assert (family["family_p"] >= 1 / 200).all()
    table = found().given.projection.responses.loc[family.index]
    # p below 5 % where and only where the interval excludes zero.
    excludes = (table["low"] > 0) | (table["high"] < 0)
    assert ((family["p_value"] < 0.05) == excludes).all()
    calm = estimate_impact(system(feedback_only, seed=2), SETTINGS).family
    assert (calm["family_p"] > 0.05).all()


def test_who_predicts_whom() -> None:
    follows = system(feedback_only)
    assert predicts(follows, "topix", 4, SETTINGS).bootstrap_p_value < 0.05
    assert predicts(follows, "flow", 4, SETTINGS).bootstrap_p_value > 0.05
    hac = predicts(follows, "topix", 4, SETTINGS, hac=True)
    assert hac.hac_lags > 0 and np.isnan(hac.bootstrap_p_value)
    assert hac.p_value < 0.05


def test_a_short_sample_is_followed_for_a_fifth_of_its_weeks() -> None:
    short = system(weeks=60)
    assert plan_of(short, 1, Settings()).horizons == 12
    assert plan_of(system(), 1, Settings()).horizons == 26
    assert lag_choice(short).chosen <= 2


def test_a_series_that_does_not_vary_is_insufficient_data() -> None:
    flat = system()
    frame = flat.frame.assign(flow=1.0)
    with pytest.raises(InsufficientData, match="feedback and impact cannot be told"):
        estimate_impact(System(frame, ("abroad",), "JPY 100bn"), SETTINGS)


def test_same_input_same_answer() -> None:
    again = estimate_impact(system(), SETTINGS)
    pd.testing.assert_frame_equal(again.family, found().family)
    assert again.given.lasting == found().given.lasting
