from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from jpresearch.errors import StatsError
from jpresearch.stats.bandwidth import (
    andrews_1991,
    fixed_b_lags,
    kernel_weights,
    newey_west_1994,
    overlap_lags,
    prewhiten,
    textbook_lags,
)
from jpresearch.stats.covariance import Andrews1991, NeweyWest1994


def test_rules_of_thumb() -> None:
    assert [textbook_lags(rows) for rows in (2, 52, 100, 700)] == [1, 3, 4, 6]
    assert [fixed_b_lags(rows) for rows in (100, 144, 760)] == [12, 15, 35]
    assert [overlap_lags(144, horizon) for horizon in (1, 4, 12)] == [4, 4, 11]
    assert overlap_lags(10, 30) == 9


def test_kernel_weights_are_those_of_their_formulas() -> None:
    assert kernel_weights("bartlett", 4.0, 6) == pytest.approx([1, 0.75, 0.5, 0.25, 0, 0])
    spectral = kernel_weights("quadratic spectral", 2.0, 3)
    angle = 6 * np.pi * np.array([0.5, 1.0]) / 5
    assert spectral[1:] == pytest.approx(3 / angle**2 * (np.sin(angle) / angle - np.cos(angle)))
    for kernel in ("bartlett", "quadratic spectral"):
        assert kernel_weights(kernel, 0.0, 4) == pytest.approx([1, 0, 0, 0], abs=1e-12)  # type: ignore[arg-type]


def test_prewhitening_undone_gives_back_the_long_run_variance_of_an_autoregression() -> None:
    draw = np.random.default_rng(9)
    slopes = np.array([[0.6, 0.1], [-0.2, 0.4]])
    scores = np.zeros((40_000, 2))
    for step in range(1, len(scores)):
        scores[step] = scores[step - 1] @ slopes.T + draw.standard_normal(2)
    residuals, recolour = prewhiten(scores)
    truth = np.linalg.inv(np.eye(2) - slopes) @ np.linalg.inv(np.eye(2) - slopes).T
    assert recolour @ np.cov(residuals.T) @ recolour.T == pytest.approx(truth, rel=0.08, abs=0.1)


def test_more_autocorrelation_asks_for_more_lags() -> None:
    draw = np.random.default_rng(12)
    noise, x = draw.standard_normal(400), np.ones((400, 1))
    smooth = pd.Series(noise).ewm(alpha=0.1).mean().to_numpy()
    for rule in (NeweyWest1994(), Andrews1991(prewhiten=False), Andrews1991("bartlett", prewhiten=False)):
        assert rule.of(sm.OLS(smooth, x).fit()).bandwidth > 2 * rule.of(sm.OLS(noise, x).fit()).bandwidth


def test_scores_that_explode_cannot_be_prewhitened() -> None:
    explosive = 1.2 ** np.arange(60) * np.array([1.0, 1.01])[np.arange(60) % 2]
    with pytest.raises(StatsError, match="not stationary"):
        prewhiten(explosive[:, None])
    with pytest.raises(StatsError, match="too few"):
        prewhiten(np.ones((3, 2)))


def test_a_bandwidth_is_never_longer_than_the_sample_and_never_a_silent_number() -> None:
    swings = np.resize([1.0, -1.0], 50)[:, None] + np.linspace(0, 1e-9, 50)[:, None]
    assert 0 <= newey_west_1994(swings, np.ones(1), prewhitened=False) <= 50
    with pytest.raises(StatsError, match="no long-run variance"):
        newey_west_1994(np.zeros((50, 1)), np.ones(1), prewhitened=False)
    with pytest.raises(StatsError, match="not stationary"):
        andrews_1991((1.1 ** np.arange(50))[:, None], np.ones(1), "bartlett")


def test_the_intercept_has_no_say_in_the_bandwidth() -> None:
    draw = np.random.default_rng(5)
    x, error = draw.standard_normal(200), pd.Series(draw.standard_normal(200)).ewm(alpha=0.2).mean().to_numpy()
    scores = np.column_stack([error, x * error])
    alone = newey_west_1994(scores[:, [1]], np.ones(1), prewhitened=False)
    assert newey_west_1994(scores, np.array([0.0, 1.0]), prewhitened=False) == pytest.approx(alone)
    assert NeweyWest1994().of(sm.OLS(error, sm.add_constant(x)).fit()).bandwidth == pytest.approx(alone, rel=0.05)
