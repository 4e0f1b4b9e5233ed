from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.break_dates import date_interval, place_of_largest

GOLDEN = Path(__file__).parents[1] / "golden"


def test_the_distribution_is_that_of_strucchange() -> None:
    golden = pd.read_csv(GOLDEN / "break_date_distribution.csv")
    # strucchange has the variances of the errors, not of errors times regressors: phi = xi phi2^2.
    found = [place_of_largest(row.x, xi=row.xi, phi=row.xi * row.phi**2) for row in golden.itertuples()]
    np.testing.assert_allclose(found, golden["p"], rtol=1e-9, atol=1e-13)


def test_the_95_percent_quantile_of_the_symmetric_case_is_the_published_one() -> None:
    assert place_of_largest(11.03) == pytest.approx(0.975, abs=2e-4)  # Bai (1997), p. 556: 11 with 97.5 %
    assert place_of_largest(7.69) == pytest.approx(0.95, abs=5e-4)


@given(x=st.floats(-200, 200), xi=st.floats(0.1, 10), phi=st.floats(0.1, 10))
@settings(max_examples=100, deadline=None)
def test_it_is_a_distribution_that_mirrors_when_time_does(x: float, xi: float, phi: float) -> None:
    here, further = place_of_largest(x, xi=xi, phi=phi), place_of_largest(x + 1, xi=xi, phi=phi)
    assert -1e-12 <= here <= further + 1e-12 <= 1 + 2e-12
    # Seen from the other side, in units of its own drift and variance, the same place has the same probability.
    assert 1 - here == pytest.approx(place_of_largest(-x * xi**2 / phi, xi=1 / xi, phi=1 / phi), abs=1e-9)


def test_a_long_simulation_agrees() -> None:
    generator = np.random.default_rng(3)
    step, reach, draws, xi, phi = 0.02, 40.0, 2000, 1.5, 0.7
    steps = int(reach / step)
    times = step * np.arange(1, steps + 1)
    left = np.cumsum(generator.normal(scale=np.sqrt(step), size=(draws, steps)), axis=1) - times / 2
    right = np.cumsum(generator.normal(scale=np.sqrt(phi * step), size=(draws, steps)), axis=1) - xi * times / 2
    best = np.where(
        np.maximum(left.max(axis=1), 0) >= right.max(axis=1), -times[left.argmax(axis=1)], times[right.argmax(axis=1)]
    )
    for x in (-3.0, 1.0, 3.0):
        assert place_of_largest(x, xi=xi, phi=phi) == pytest.approx((best <= x).mean(), abs=0.035)


def test_an_interval_widens_with_confidence_and_noise_and_narrows_with_the_size_of_the_break() -> None:
    usual = date_interval(50, (1.0, 1.0), (4.0, 4.0), 0.95)
    assert usual == (50 - 45, 50 + 45)  # 11.03 times 4, rounded outwards
    surer, noisier, larger = (
        date_interval(50, (1.0, 1.0), (4.0, 4.0), 0.99),
        date_interval(50, (1.0, 1.0), (8.0, 8.0), 0.95),
        date_interval(50, (2.0, 2.0), (8.0, 8.0), 0.95),
    )
    assert surer is not None and noisier is not None and larger is not None
    assert surer[1] > usual[1] and noisier[1] > usual[1] > larger[1]


def test_the_noisier_regime_has_the_longer_arm() -> None:
    found = date_interval(50, (1.0, 1.0), (1.0, 9.0), 0.95)
    assert found is not None
    # The estimate strays into the noisier regime: then the break lies further before it.
    assert 50 - found[0] > found[1] - 50


@pytest.mark.parametrize("noises", [(0.0, 1.0), (1.0, 0.0)])
def test_a_regime_without_error_has_no_interval(noises: tuple[float, float]) -> None:
    assert date_interval(50, (1.0, 1.0), noises, 0.95) is None


def test_a_drift_of_zero_is_refused() -> None:
    with pytest.raises(StatsError, match="above zero"):
        place_of_largest(1.0, xi=0.0)
