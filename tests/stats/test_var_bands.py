from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.batched import lagged, least_squares
from jpresearch.stats.residual_bootstrap import fitted_world, samples
from jpresearch.stats.var import between_orderings, fit_var, responses
from jpresearch.stats.var_bands import bootstrap_var, ordering_bands, quantile_bands, response_bands
from tests.stats.simulated_markets import autoregression, feedback_only, feedback_within_the_week, permanent_impact


def test_draws_are_the_estimates_of_the_samples_in_the_units_of_the_data() -> None:
    frame = permanent_impact(200)[["flow", "return"]]
    drawn = bootstrap_var(fit_var(frame, 2), draws=99, correct=False)
    scale = frame.std().to_numpy()
    values = ((frame - frame.mean()) / frame.std()).to_numpy()
    world, _ = fitted_world(values, 2, correct=False)
    sample = next(samples(world, kind="moving", block=None, draws=99, seed=0))[:1] * scale
    alone = fit_var(pd.DataFrame(sample[0], columns=list(frame)), 2)
    assert drawn.coefficients[0, 1:] == pytest.approx(alone.coefficients.to_numpy()[1:], rel=1e-7, abs=1e-10)
    assert drawn.covariances[0] == pytest.approx(alone.covariance.to_numpy(), rel=1e-7)
    assert drawn.coefficients[0, 1:] == pytest.approx(least_squares(lagged(sample, 2), sample[:, 2:])[0, 1:], rel=1e-5)


def test_bands_hold_the_estimate_and_the_joint_band_holds_the_pointwise() -> None:
    fit = fit_var(permanent_impact(400), 2)
    bands = response_bands(bootstrap_var(fit, draws=499), "flow", "return", before=["abroad"], horizons=8)
    paths = bands.paths
    expected = responses(fit, "flow", before=["abroad"], horizons=8, cumulative=["return"])["return"]
    assert paths["estimate"].to_numpy() == pytest.approx(expected.to_numpy())
    assert (paths["band_low"] <= paths["low"]).all()
    assert (paths["low"] < paths["estimate"]).all()
    assert (paths["estimate"] < paths["high"]).all()
    assert (paths["high"] <= paths["band_high"]).all()
    assert "moving blocks of 23 residuals" in bands.method
    assert (bands.observations, bands.lags) == (398, 2)


def test_joint_band_holds_the_stated_share_of_whole_paths() -> None:
    draw = np.random.default_rng(0)
    paths = draw.normal(size=(2_000, 10)).cumsum(axis=1)
    bands = quantile_bands(paths, 0.9)
    inside = ((paths >= bands["band_low"].to_numpy()) & (paths <= bands["band_high"].to_numpy())).all(axis=1).mean()
    pointwise = ((paths >= bands["low"].to_numpy()) & (paths <= bands["high"].to_numpy())).mean(axis=0)
    assert inside == pytest.approx(0.9, abs=0.01)
    assert pointwise == pytest.approx(0.9, abs=0.01)


def test_set_between_the_orders_has_a_band_around_both() -> None:
    fit = fit_var(permanent_impact(400), 2)
    drawn = bootstrap_var(fit, draws=299)
    bands = ordering_bands(drawn, "flow", "return", before=["abroad"], horizons=6).paths
    between = between_orderings(fit, "flow", "return", before=["abroad"], horizons=6).paths
    pd.testing.assert_frame_equal(bands[between.columns], between)
    for order in (["abroad"], ["abroad", "return"]):
        one = response_bands(drawn, "flow", "return", before=order, horizons=6).paths
        assert (bands["low"] <= one["low"]).all()
        assert (bands["high"] >= one["high"]).all()


def test_feedback_within_the_week_is_not_called_impact() -> None:
    bands = ordering_bands(
        bootstrap_var(fit_var(feedback_within_the_week(), 2), draws=299), "flow", "return", before=["abroad"]
    ).paths
    assert (bands["low"] <= 0).all()
    assert bands["impulse_first"].iloc[0] > 0.003


def test_feedback_of_last_week_leaves_no_impact_under_either_order() -> None:
    drawn = bootstrap_var(fit_var(feedback_only(), 2), draws=299)
    for order in ([], ["return"]):
        paths = response_bands(drawn, "flow", "return", before=order, horizons=4).paths
        assert (paths["band_low"] <= 0).all()
        assert (paths["band_high"] >= 0).all()
    follow = response_bands(drawn, "return", "flow", horizons=4, cumulative=False).paths
    assert follow["band_low"].iloc[1] > 0


def test_wild_draws_say_nothing_about_the_response_within_the_period() -> None:
    fit = fit_var(permanent_impact(400), 2)
    spread = {}
    for kind in ("moving", "wild"):
        paths = response_bands(bootstrap_var(fit, kind=kind, draws=199), "flow", "return", horizons=2).paths  # type: ignore[arg-type]
        spread[kind] = (paths["high"] - paths["low"]).iloc[0]
    assert spread["wild"] < 0.3 * spread["moving"]


def test_correction_is_reported_and_lengthens_memory() -> None:
    frame = autoregression(120, 4, np.array([[0.6, 0.0], [0.0, 0.2]]))
    fit = fit_var(frame, 1)
    corrected, plain = (bootstrap_var(fit, draws=999, correct=flag) for flag in (True, False))
    table = corrected.table()
    assert table.loc[("L1.a", "a"), "bias"] < 0
    assert (plain.table()["bias"] == 0).all()
    estimate, bias = table.loc[("L1.a", "a"), ["estimate", "bias"]]
    # Draws are biased around what they are drawn from; corrected once before and once after, they centre on it.
    assert plain.coefficients[:, 1, 0].mean() == pytest.approx(estimate + bias, abs=0.4 * abs(bias))
    assert corrected.coefficients[:, 1, 0].mean() == pytest.approx(estimate - bias, abs=0.4 * abs(bias))
    assert "bias taken out" in corrected.method
    assert "no bias correction" in plain.method


def test_units_scale_the_bands_and_nothing_else() -> None:
    frame = permanent_impact(300)
    one, other = (
        response_bands(bootstrap_var(fit_var(data, 2), draws=99), "flow", "return", horizons=4).paths
        for data in (frame, frame.assign(flow=frame["flow"] * 1e8))
    )
    assert other.to_numpy() * 1e8 == pytest.approx(one.to_numpy(), rel=1e-6, abs=1e-10)


def test_same_seed_same_bands_and_another_seed_others() -> None:
    fit = fit_var(permanent_impact(200), 1)
    one, same, other = (
        response_bands(bootstrap_var(fit, draws=99, seed=seed), "flow", "return", horizons=2).paths
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, same)
    assert not one["low"].equals(other["low"])


def test_bad_requests_are_refused_by_name() -> None:
    fit = fit_var(permanent_impact(200), 1)
    drawn = bootstrap_var(fit, draws=99)
    with pytest.raises(StatsError, match="no residual bootstrap"):
        bootstrap_var(fit, kind="pairs")  # type: ignore[arg-type]
    with pytest.raises(StatsError, match="draws are too few"):
        bootstrap_var(fit, draws=9)
    with pytest.raises(StatsError, match="no column called 'z'"):
        response_bands(drawn, "flow", "z")
    with pytest.raises(StatsError, match="cannot come before itself"):
        response_bands(drawn, "flow", "return", before=["flow"])
    with pytest.raises(StatsError, match="confidence"):
        ordering_bands(drawn, "flow", "return", confidence=95.0)
