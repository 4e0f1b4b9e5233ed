from __future__ import annotations

from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.half_life import coefficient_with, half_life, periods_to_half, slope_probability

GOLDEN = Path(__file__).parents[1] / "golden"


def autoregression(coefficient: float, length: int, seed: int) -> pd.Series:
    errors = np.random.default_rng(seed).normal(size=length)
    values = [errors[0] / np.sqrt(1 - coefficient**2) if coefficient < 1 else 0.0]
    for error in errors[1:]:
        values.append(coefficient * values[-1] + error)
    return pd.Series(values)


def test_quantiles_that_r_simulates_have_their_probability() -> None:
    for row in pd.read_csv(GOLDEN / "ar_quantiles.csv").itertuples():
        found = [slope_probability(x, row.rho, int(row.pairs)) for x in (row.q05, row.q50, row.q95)]
        # Three standard errors of 100,000 draws.
        np.testing.assert_allclose(found, [0.05, 0.5, 0.95], atol=0.005)


@pytest.mark.parametrize("trend", [False, True])
@pytest.mark.parametrize("coefficient", [-0.5, 0.3, 0.95, 1.0])
def test_the_distribution_is_that_of_the_eigenvalues_of_the_form(coefficient: float, trend: bool) -> None:
    pairs = 30
    ages = np.arange(pairs + 1)[:, None] - np.arange(pairs + 1)
    series = np.where(ages >= 0, coefficient ** np.maximum(ages, 0.0), 0.0)
    series[:, 0] *= 1 / np.sqrt(1 - coefficient**2) if coefficient < 1 else 0.0
    base = np.column_stack([np.ones(pairs), np.arange(pairs)])[:, : 1 + trend]
    maker = np.eye(pairs) - base @ np.linalg.pinv(base)
    for x in (coefficient - 0.3, coefficient - 0.1, coefficient):
        form = series[:-1].T @ maker @ (series[1:] - x * series[:-1])
        weights = np.linalg.eigvalsh((form + form.T) / 2)
        s = np.arange(-24, 14, 0.02)
        spread = np.exp(s)[:, None] * weights / np.linalg.norm(weights)
        angle, size = np.arctan(spread).sum(axis=1) / 2, np.log1p(spread**2).sum(axis=1) / 4
        imhof = 0.5 - np.sum(np.sin(angle) * np.exp(-size)) * 0.02 / np.pi
        assert slope_probability(x, coefficient, pairs, trend=trend) == pytest.approx(imhof, abs=1e-5)


@given(share=st.sampled_from([0.05, 0.5, 0.95]), slope=st.floats(0.2, 0.9))
@settings(max_examples=10, deadline=None)
def test_the_coefficient_gives_the_slope_its_share(share: float, slope: float) -> None:
    found = coefficient_with(slope, share, 40)
    if found < 0.999:
        assert slope_probability(slope, found, 40) == pytest.approx(share, abs=1e-4)


def test_least_squares_is_too_low_and_the_estimate_is_not() -> None:
    found = [half_life(autoregression(0.9, 40, seed)) for seed in range(50)]
    assert np.mean([each.slope < 0.9 for each in found]) > 0.7
    assert np.mean([each.coefficient < 0.9 for each in found]) == pytest.approx(0.5, abs=0.17)
    assert np.mean([each.low <= 0.9 <= each.high for each in found]) == pytest.approx(0.9, abs=0.1)


def test_a_random_walk_has_an_interval_that_reaches_infinity() -> None:
    reached = [half_life(autoregression(1.0, 100, seed)).periods_high for seed in range(8)]
    assert np.mean(np.isinf(reached)) >= 0.75
    found = half_life(autoregression(1.0, 100, 0))
    assert found.table().loc["half_life", "high"] == inf
    assert found.table().loc["coefficient", "high"] == 1.0


def test_the_half_lives_are_those_of_the_coefficients() -> None:
    found = half_life(autoregression(0.7, 120, 5))
    assert found.periods == pytest.approx(log(0.5) / log(found.coefficient))
    assert found.low < found.coefficient < found.high
    assert found.periods_low < found.periods < found.periods_high
    assert found.slope < found.coefficient
    assert (periods_to_half(1.0), periods_to_half(0.5), periods_to_half(-0.2)) == (inf, pytest.approx(1.0), 0.0)


def test_level_and_unit_do_not_matter_and_around_a_line_neither_does_the_line() -> None:
    series = autoregression(0.8, 80, 6)
    found, moved = half_life(series), half_life(1e6 * series + 1e7)
    assert moved.coefficient == pytest.approx(found.coefficient, abs=1e-6)
    line = pd.Series(np.arange(80.0))
    straight, sloped = half_life(series, trend=True), half_life(series + 3 * line, trend=True)
    assert sloped.coefficient == pytest.approx(straight.coefficient, abs=1e-6)
    assert straight.coefficient != pytest.approx(found.coefficient, abs=1e-3)


def test_residuals_of_a_longer_memory_are_not_white() -> None:
    errors = np.random.default_rng(7).normal(size=302)
    values = [0.0, 0.0]
    for error in errors:
        values.append(0.3 * values[-1] + 0.6 * values[-2] + error)
    assert half_life(pd.Series(values)).whiteness < 0.01
    assert half_life(autoregression(0.8, 300, 8)).whiteness > 0.01


BAD: dict[str, Any] = {
    "missing": autoregression(0.5, 40, 1).mask(pd.RangeIndex(40) == 3),
    "sorted": autoregression(0.5, 40, 1)[::-1],
    "12 observations": autoregression(0.5, 12, 1),
    "2002 observations": autoregression(0.5, 2002, 1),
    "no variation": pd.Series(1.5, index=range(40)),
}


@pytest.mark.parametrize("complaint", BAD)
def test_bad_input_is_refused_by_name(complaint: str) -> None:
    with pytest.raises(StatsError, match=complaint):
        half_life(BAD[complaint])


def test_a_coefficient_or_confidence_out_of_range_is_refused() -> None:
    with pytest.raises(StatsError, match="coefficient"):
        slope_probability(0.5, 1.01, 30)
    with pytest.raises(StatsError, match="confidence"):
        half_life(autoregression(0.5, 40, 1), confidence=90)
