"""The power of a t test is that of the noncentral t, and of samples drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.stats import power


@pytest.mark.parametrize("freedom", [3, 10, 20, 200])
def test_power_is_that_of_the_noncentral_t(freedom: int) -> None:
    edge = stats.t.ppf(0.975, freedom)
    for distance in (0.5, 2.0, 4.0):
        exact = stats.nct.sf(edge, freedom, distance) + stats.nct.cdf(-edge, freedom, distance)
        assert power.power(distance * 0.7, 0.7, freedom) == pytest.approx(exact, abs=1e-4)


def test_power_starts_at_the_level_grows_with_the_effect_and_has_no_sign() -> None:
    assert power.power(0.0, 1.0, 20) == pytest.approx(0.05, abs=1e-4)
    chances = power.curve([0.0, 0.5, 1.0, 5.0, 80.0], 1.0, 20)
    assert chances.is_monotonic_increasing
    assert chances.iloc[-1] == pytest.approx(100.0)
    assert power.power(-2.0, 1.0, 20) == power.power(2.0, 1.0, 20)


def test_the_smallest_slope_is_found_four_times_in_five() -> None:
    dice = np.random.default_rng(11)
    x, noise = dice.normal(0, 1, 22), 0.8
    centred = x - x.mean()
    error = noise / np.sqrt((centred**2).sum())
    smallest = power.smallest_found(error, 20)
    flows = -smallest * x + dice.normal(0, noise, (4000, 22))
    slopes = flows @ centred / (centred @ centred)
    rest = flows - flows.mean(axis=1, keepdims=True) - slopes[:, None] * centred
    t = slopes / np.sqrt((rest**2).sum(axis=1) / 20 / (centred @ centred))
    shown = np.mean(np.abs(t) > stats.t.ppf(0.975, 20))
    assert shown == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / 4000))


def test_a_test_without_freedom_error_or_chance_is_refused() -> None:
    for call in (lambda: power.power(1.0, 1.0, 0), lambda: power.power(1.0, 0.0, 5)):
        with pytest.raises(InsufficientData):
            call()
    with pytest.raises(InsufficientData):
        power.smallest_found(1.0, 20, chance=0.01)
