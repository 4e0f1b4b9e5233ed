from __future__ import annotations

import numpy as np
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.residual_bootstrap import (
    World,
    fitted_world,
    pope_bias,
    roots,
    samples,
    usual_block,
    without_bias,
    world_of,
)
from tests.stats.simulated_markets import autoregression


def world(periods: int = 300, seed: int = 0, lags: int = 2) -> World:
    return fitted_world(autoregression(periods, seed).to_numpy(), lags)[0]


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5, 0.9])
def test_bias_of_one_lag_is_that_of_kendall(slope: float) -> None:
    assert pope_bias(np.array([[slope]]), np.eye(1), 100)[0, 0] == pytest.approx(-(1 + 3 * slope) / 100, abs=1e-12)


def test_bias_of_a_system_is_what_simulation_shows() -> None:
    slopes, periods = np.array([[0.7, 0.2], [0.1, 0.5]]), 60
    draw = np.random.default_rng(0).standard_normal((periods + 50, 20_000, 2))
    path = np.zeros((20_000, 2))
    kept = []
    for period in range(periods + 50):
        path = path @ slopes + draw[period]
        kept.append(path)
    data = np.stack(kept[49:], axis=1)
    here, before = (part - part.mean(axis=1, keepdims=True) for part in (data[:, 1:], data[:, :-1]))
    turned = np.swapaxes(before, 1, 2)
    found = np.linalg.solve(turned @ before, turned @ here).mean(axis=0) - slopes
    assert pope_bias(slopes, np.eye(2), periods) == pytest.approx(found, abs=0.012)


def test_correction_brings_the_slope_back_on_average() -> None:
    plain, corrected = [], []
    for seed in range(300):
        noise = np.random.default_rng(seed).normal(size=90)
        values = np.zeros((90, 1))
        for period in range(1, 90):
            values[period] = 0.8 * values[period - 1] + noise[period]
        for correct, into in ((False, plain), (True, corrected)):
            into.append(fitted_world(values[30:], 1, correct=correct)[0].coefficients[1, 0])
    assert np.mean(plain) < 0.77
    assert np.mean(corrected) == pytest.approx(0.8, abs=0.02)


def test_correction_never_makes_a_stable_system_unstable() -> None:
    slopes = np.array([[[0.99]], [[0.5]], [[1.01]]])
    found = without_bias(slopes, np.array([[-0.05]]))
    assert found[0, 0, 0] < 1
    assert found[0, 0, 0] >= 0.99
    assert found[1, 0, 0] == pytest.approx(0.55)
    assert found[2, 0, 0] == 1.01


def test_roots_are_those_of_the_companion_matrix() -> None:
    assert roots(np.array([[[0.5], [0.3]]]))[0] == pytest.approx(np.abs(np.roots([1, -0.5, -0.3])).max())


def test_residuals_have_mean_zero_and_rebuild_the_data() -> None:
    found = fitted_world(autoregression(300, 0).to_numpy(), 2, correct=False)[0]
    assert found.residuals.mean(axis=0) == pytest.approx(0, abs=1e-12)
    path = np.zeros_like(found.values)
    path[:2] = found.values[:2]
    for period in range(2, len(path)):
        lags = np.concatenate([[1.0], path[period - 1], path[period - 2]])
        path[period] = lags @ found.coefficients + found.residuals[period - 2]
    assert path == pytest.approx(found.values, abs=1e-9)


def test_residuals_stay_those_of_least_squares_when_the_bias_is_taken_out() -> None:
    values = autoregression(120, 3).to_numpy()
    plain, corrected = (fitted_world(values, 1, correct=flag)[0] for flag in (False, True))
    assert corrected.residuals == pytest.approx(plain.residuals)
    assert corrected.coefficients[1, 0] > plain.coefficients[1, 0]


@pytest.mark.parametrize("kind", ["moving", "wild"])
def test_samples_have_the_moments_of_the_data_they_are_drawn_from(kind: str) -> None:
    found = world(periods=600)
    drawn = np.concatenate(list(samples(found, kind=kind, block=10, draws=400, seed=0)))  # type: ignore[arg-type]
    assert drawn.shape == (400, 600, 2)
    centred = found.values - found.values.mean(axis=0)
    expected = centred.T @ centred / 600
    moved = drawn - drawn.mean(axis=1, keepdims=True)
    assert (np.swapaxes(moved, 1, 2) @ moved).mean(axis=0) / 600 == pytest.approx(expected, rel=0.08)


def test_drawn_blocks_of_residuals_are_centred_by_their_place() -> None:
    found = world()
    still = world_of(found.values, found.coefficients[1:] * 0, 2)
    drawn = np.concatenate(list(samples(still, kind="moving", block=20, draws=4_000, seed=0)))
    innovations = drawn[:, 2:] - still.coefficients[0]
    error = innovations.std(axis=0) / np.sqrt(4_000)
    assert (np.abs(innovations.mean(axis=0)) < 5 * error).all()


def test_wild_residuals_keep_the_covariance_within_the_period() -> None:
    found = world()
    still = world_of(found.values, found.coefficients[1:] * 0, 2)
    drawn = next(samples(still, kind="wild", block=None, draws=99, seed=0))[:, 2:] - still.coefficients[0]
    products = np.swapaxes(drawn, 1, 2) @ drawn
    assert products == pytest.approx(np.broadcast_to(still.residuals.T @ still.residuals, products.shape), rel=1e-9)


def test_samples_do_not_depend_on_the_chunk() -> None:
    for kind in ("moving", "wild"):
        one, other = (
            np.concatenate(list(samples(world(), kind=kind, block=8, draws=130, seed=4, chunk=chunk)))  # type: ignore[arg-type]
            for chunk in (130, 17)
        )
        assert one == pytest.approx(other)


def test_usual_block_is_that_of_jentsch_and_lunsford() -> None:
    assert usual_block(760) == 27
    assert usual_block(30) == 10


def test_bad_requests_are_refused_by_name() -> None:
    with pytest.raises(StatsError, match="no residual bootstrap called 'block'"):
        next(samples(world(), kind="block", block=None, draws=99, seed=0))  # type: ignore[arg-type]
    with pytest.raises(StatsError, match="3 draws are too few"):
        next(samples(world(), kind="wild", block=None, draws=3, seed=0))
    with pytest.raises(StatsError, match="a block must have"):
        next(samples(world(), kind="moving", block=10_000, draws=99, seed=0))
