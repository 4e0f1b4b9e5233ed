from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.api import VAR

from jpresearch.stats.batched import lagged, least_squares, moving_average, simulate, standardised
from tests.stats.simulated_markets import autoregression


@given(seed=st.integers(0, 10_000), lags=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_every_sample_is_fitted_as_statsmodels_fits_it(seed: int, lags: int) -> None:
    frames = [autoregression(90, seed + shift) for shift in range(3)]
    values = np.stack([frame.to_numpy() for frame in frames])
    found = least_squares(lagged(values, lags), values[:, lags:])
    psi = moving_average(found, 5)
    for place, frame in enumerate(frames):
        fit = VAR(frame).fit(lags)
        assert found[place] == pytest.approx(fit.params.to_numpy(), abs=1e-9)
        assert psi[place] == pytest.approx(fit.ma_rep(5), abs=1e-9)


def test_lags_come_after_the_constant_one_period_after_another() -> None:
    values = np.arange(12.0).reshape(1, 6, 2)
    assert lagged(values, 2)[0, 0].tolist() == [1.0, 2.0, 3.0, 0.0, 1.0]
    assert lagged(values, 1, rows=2)[0].tolist() == [[1.0, 6.0, 7.0], [1.0, 8.0, 9.0]]


def test_simulated_paths_follow_the_recursion() -> None:
    draw = np.random.default_rng(0)
    coefficients, shocks, initial = (
        draw.normal(size=(5, 2)) / 4,
        draw.normal(size=(3, 7, 2)),
        draw.normal(size=(3, 2, 2)),
    )
    path = simulate(coefficients, shocks, initial)
    assert path.shape == (3, 9, 2)
    assert (path[:, :2] == initial).all()
    for sample in range(3):
        for period in range(2, 9):
            lags = np.concatenate([[1.0], path[sample, period - 1], path[sample, period - 2]])
            assert path[sample, period] == pytest.approx(lags @ coefficients + shocks[sample, period - 2])


def test_standardised_columns_have_mean_zero_and_deviation_one() -> None:
    values, scale = standardised(np.random.default_rng(0).normal(5, 3, size=(50, 2)))
    assert values.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert values.std(axis=0, ddof=1) == pytest.approx(1)
    assert scale == pytest.approx([3, 3], rel=0.3)
