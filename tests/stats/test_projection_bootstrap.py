from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.batched import simulate, standardised
from jpresearch.stats.projection_bootstrap import (
    Permanence,
    bootstrap_projection,
    fieller,
    implied_response,
    permanence,
    project_samples,
)
from jpresearch.stats.projections import Plan, local_projection
from jpresearch.stats.residual_bootstrap import fitted_world
from jpresearch.stats.var import fit_var, responses
from tests.stats.simulated_markets import (
    MARKETS,
    autoregression,
    common_factor,
    feedback_within_the_week,
    permanent_impact,
)

PLAN = Plan("return", "flow", lags=2, horizons=8)


def judged(frame: pd.DataFrame, plan: Plan = PLAN, draws: int = 299) -> Permanence:
    return permanence(bootstrap_projection(local_projection(frame, plan), draws=draws))


@given(
    seed=st.integers(0, 10_000),
    lags=st.integers(1, 3),
    horizons=st.integers(1, 6),
    cumulative=st.booleans(),
    common=st.booleans(),
    augment=st.booleans(),
    held=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_every_sample_is_projected_as_one_by_one(
    seed: int, lags: int, horizons: int, cumulative: bool, common: bool, augment: bool, held: bool
) -> None:
    frames = [standardised(autoregression(90, seed + s, np.diag([0.5, 0.2, -0.1])).to_numpy()).values for s in (0, 1)]
    plan = Plan("b", "a", ("c",) if held else (), lags, horizons, cumulative, augment, common)
    found = project_samples(np.stack(frames), ["a", "b", "c"], plan)
    for sample, values in enumerate(frames):
        alone = local_projection(pd.DataFrame(values, columns=["a", "b", "c"]), plan)
        assert found.estimates[sample] == pytest.approx(alone.responses["estimate"].to_numpy(), abs=1e-10)
        assert found.variances[sample] == pytest.approx(alone.responses["std_error"].to_numpy() ** 2, rel=1e-8)
        assert found.with_impact[sample] == pytest.approx(alone.covariance.to_numpy()[0], abs=1e-12)


def test_implied_response_is_that_of_the_autoregression() -> None:
    frame = permanent_impact(300)
    values, scale = standardised(frame.to_numpy())
    plan = replace(PLAN, given=("abroad",))
    world, _ = fitted_world(values, 2, correct=False)
    unit = scale[1] / scale[0]
    expected = responses(fit_var(frame, 2), "flow", before=["abroad"], horizons=8, cumulative=["return"])["return"]
    assert implied_response(world, list(frame), plan) * unit == pytest.approx(expected.to_numpy(), rel=1e-8)


def autoregressions(slope: float, trials: int, periods: int) -> np.ndarray:
    """Stationary series with one lag, shape (trials, periods, 1)."""
    shocks = np.random.default_rng(0).standard_normal((trials, periods + 100, 1))
    return simulate(np.array([[0.0], [slope]]), shocks, np.zeros((trials, 1, 1)))[:, -periods:]


@pytest.mark.parametrize("slope", [0.0, 0.5])
@pytest.mark.parametrize("horizon", [1, 6, 12])
def test_lag_augmented_errors_need_no_autocorrelation_terms(slope: float, horizon: int) -> None:
    """Residuals of horizon 12 are a moving average of 12 periods, and yet HC1 intervals cover as they should."""
    plan, trials = Plan("a", "a", lags=1, horizons=12, cumulative=False), 1_000
    found = project_samples(autoregressions(slope, trials, 240), ["a"], plan)
    t = (found.estimates[:, horizon] - slope**horizon) / np.sqrt(found.variances[:, horizon])
    assert (np.abs(t) < 1.97).mean() == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / trials))


@pytest.mark.proof
def test_percentile_t_bands_mend_the_coverage_near_a_unit_root() -> None:
    """At a slope of 0.97 and 240 periods the projection is biased and its own interval covers 89 % at horizon 6."""
    plan, trials = Plan("a", "a", lags=1, horizons=6, cumulative=False), 300
    own, drawn = [], []
    for path in autoregressions(0.97, trials, 240):
        projection = local_projection(pd.DataFrame(path, columns=["a"]), plan)
        for row, into in (
            (projection.responses.loc[6], own),
            (bootstrap_projection(projection, draws=299).table().loc[6], drawn),
        ):
            into.append(bool(row["low"] <= 0.97**6 <= row["high"]))
    assert np.mean(own) < 0.93
    assert np.mean(drawn) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("market", "verdict"),
    [("feedback only", "no impact"), ("permanent", "permanent"), ("transitory", "transitory")],
)
def test_each_market_is_called_what_it_is(market: str, verdict: str, seed: int) -> None:
    assert judged(MARKETS[market](760, seed)).verdict == verdict


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_common_factor_looks_like_impact_until_it_is_given(seed: int) -> None:
    frame = common_factor(760, seed)
    without = judged(frame)
    assert without.impact_low > 0
    given_ = judged(frame, replace(PLAN, given=("abroad",)))
    assert given_.verdict == "no impact"
    assert not given_.bounded


def test_giving_the_factor_does_not_hide_a_true_impact() -> None:
    assert judged(permanent_impact(), replace(PLAN, given=("abroad",))).verdict == "permanent"


def test_feedback_within_the_week_needs_the_other_order_to_be_seen() -> None:
    """One order calls it impact; the projection that gives the return finds nothing: weekly data cannot separate."""
    frame = feedback_within_the_week()
    assert judged(frame).verdict != "no impact"
    other = local_projection(frame, replace(PLAN, given=("return",))).responses
    assert ((other["band_low"] <= 0) & (other["band_high"] >= 0)).all()


def test_permanence_ratio_is_the_later_response_over_the_first() -> None:
    projection = local_projection(permanent_impact(400), PLAN)
    drawn = bootstrap_projection(projection, draws=299)
    found = permanence(drawn, 5)
    values = projection.responses["estimate"]
    assert found.ratio == pytest.approx(values[5] / values[0])
    assert found.low < found.ratio < found.high
    assert found.impact == values[0]
    assert (found.horizon, found.observations, found.lags) == (5, 397, 2)
    assert found.table().loc[0, "verdict"] == found.verdict
    assert "Fieller" in found.method
    assert permanence(drawn).horizon == 8


def test_fieller_interval_is_the_set_of_ratios_not_rejected() -> None:
    low, high, bounded = fieller(2.0, 1.0, (0.04, 0.01, 0.09), 1.96)
    assert bounded
    for ratio, inside in ((low + 1e-6, True), (low - 1e-6, False), (high - 1e-6, True), (high + 1e-6, False)):
        t = abs(1.0 - ratio * 2.0) / np.sqrt(0.09 - 2 * ratio * 0.01 + ratio**2 * 0.04)
        assert (t <= 1.96) == inside


def test_ratio_to_an_impact_that_may_be_zero_has_no_bounds() -> None:
    assert fieller(0.3, 1.0, (0.04, 0.0, 0.04), 1.96) == (-inf, inf, False)


def test_bands_are_percentile_t_around_the_implied_response() -> None:
    drawn = bootstrap_projection(local_projection(permanent_impact(300), PLAN), draws=399)
    table = drawn.table()
    t = (drawn.estimates - table["implied"].to_numpy()) / np.sqrt(drawn.variances)
    low = table["estimate"].to_numpy() - np.quantile(t, 0.975, axis=0) * table["std_error"].to_numpy()
    assert table["low"].to_numpy() == pytest.approx(low, rel=1e-9)
    inside = (np.abs(t).max(axis=1) <= ((table["band_high"] - table["estimate"]) / table["std_error"]).iloc[0]).mean()
    assert inside == pytest.approx(0.95, abs=0.005)
    assert drawn.block == 21
    assert "399 samples" in drawn.method


def test_units_scale_the_bands_and_leave_the_ratio_alone() -> None:
    frame = permanent_impact(300)
    scaled = frame.assign(flow=frame["flow"] * 1e8)
    one, other = (bootstrap_projection(local_projection(data, PLAN), draws=99) for data in (frame, scaled))
    assert other.table().to_numpy() * 1e8 == pytest.approx(one.table().to_numpy(), rel=1e-6)
    assert permanence(other).low == pytest.approx(permanence(one).low, rel=1e-6)


def test_same_seed_same_bands_and_another_seed_others() -> None:
    projection = local_projection(permanent_impact(200), PLAN)
    one, same, other = (bootstrap_projection(projection, draws=99, seed=seed).table() for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["low"].equals(other["low"])


def test_bad_requests_are_refused_by_name() -> None:
    projection = local_projection(permanent_impact(200), PLAN)
    with pytest.raises(StatsError, match="draws are too few"):
        bootstrap_projection(projection, draws=9)
    with pytest.raises(StatsError, match="a block must have"):
        bootstrap_projection(projection, block=5_000)
    drawn = bootstrap_projection(projection, draws=99)
    with pytest.raises(StatsError, match="between 1 and 8, not 9"):
        permanence(drawn, 9)
    plain = local_projection(permanent_impact(200), replace(PLAN, cumulative=False))
    with pytest.raises(StatsError, match="cumulative"):
        permanence(bootstrap_projection(plain, draws=99))
    fixed = local_projection(permanent_impact(200), replace(PLAN, given=("return",)))
    with pytest.raises(StatsError, match="fixed by construction"):
        permanence(bootstrap_projection(fixed, draws=99))


@pytest.mark.proof
@pytest.mark.parametrize(
    ("market", "verdict", "given_"),
    [
        ("feedback only", "no impact", ()),
        ("common factor", "no impact", ("abroad",)),
        ("permanent", "permanent", ()),
        ("transitory", "transitory", ()),
    ],
)
def test_markets_are_called_rightly_as_often_as_the_confidence_promises(
    market: str, verdict: str, given_: tuple[str, ...]
) -> None:
    """200 markets of each kind: few wrong calls, and most calls made."""
    plan = replace(PLAN, given=given_)
    calls = [judged(MARKETS[market](760, 1_000 + seed), plan, 499).verdict for seed in range(200)]
    wrong = sum(call not in (verdict, "undetermined") for call in calls)
    assert wrong / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert calls.count(verdict) / 200 >= 0.8
