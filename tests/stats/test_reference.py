from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jpresearch.stats.reference import BartlettFixedB, Student, bartlett_eigenvalues

# Two-sided 80, 90, 95 and 98 % of t with the bandwidth at the sample's full length: Kiefer and Vogelsang,
# "Heteroskedasticity-Autocorrelation Robust Standard Errors Using the Bartlett Kernel Without Truncation",
# Econometrica 70, 2002, table I.
FULL_BANDWIDTH = {0.8: 2.740, 0.9: 3.764, 0.95: 4.771, 0.98: 6.090}


@pytest.mark.parametrize("confidence", FULL_BANDWIDTH)
def test_fixed_b_quantiles_are_the_published_ones_at_full_bandwidth(confidence: float) -> None:
    assert BartlettFixedB(1.0).quantile(confidence) == pytest.approx(FULL_BANDWIDTH[confidence], abs=0.004)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.5])
def test_fixed_b_quantiles_follow_the_published_polynomial(share: float) -> None:
    # Kiefer and Vogelsang (2005), table 1, Bartlett, 97.5 %: a fit to simulations, itself good to one or two percent.
    fitted = 1.9600 + 2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3
    assert BartlettFixedB(share).quantile(0.95) == pytest.approx(fitted, rel=0.015)


def test_fixed_b_tends_to_the_normal_as_the_bandwidth_vanishes() -> None:
    assert BartlettFixedB(0.001).quantile(0.95) == pytest.approx(stats.norm.ppf(0.975), abs=0.01)


@settings(deadline=None, max_examples=12)
@given(share=st.sampled_from([0.03, 0.1, 0.4, 1.0]), confidence=st.floats(0.5, 0.999))
def test_quantile_and_p_value_are_inverse(share: float, confidence: float) -> None:
    for law in (BartlettFixedB(share), Student(17)):
        assert law.p_value(law.quantile(confidence)) == pytest.approx(1 - confidence, rel=1e-6)


def test_the_integral_agrees_with_simulation() -> None:
    draw, values = np.random.default_rng(3), bartlett_eigenvalues(0.15)
    spread = draw.standard_normal((40_000, 200)) ** 2 @ values[:200] + values[200:].sum()
    simulated = np.abs(draw.standard_normal(40_000)) / np.sqrt(spread)
    for t in (1.0, 2.0, 3.0):
        assert BartlettFixedB(0.15).p_value(t) == pytest.approx(np.mean(simulated > t), abs=0.008)


def test_the_spread_is_centred_below_one_by_what_demeaning_takes() -> None:
    # The mean of the limiting variance estimate is 1 - b + b^2 / 3 for the Bartlett kernel.
    for share in (0.05, 0.3, 1.0):
        expected = 1 - share + share**2 / 3
        assert bartlett_eigenvalues(share).sum() == pytest.approx(expected, abs=2e-3)


def test_joint_statistics_have_fatter_tails_than_f_and_tend_to_chi_square() -> None:
    wide, narrow = BartlettFixedB(0.2), BartlettFixedB(0.002)
    value = float(stats.chi2.ppf(0.95, 3)) / 3
    assert wide.joint_p_value(value, 3) > 0.09
    assert narrow.joint_p_value(value, 3) == pytest.approx(0.05, abs=0.01)


def test_a_joint_test_of_one_restriction_is_the_two_sided_t() -> None:
    for law in (BartlettFixedB(0.1), Student(30)):
        assert law.joint_p_value(2.3**2, 1) == pytest.approx(law.p_value(2.3), rel=1e-9)


def test_joint_p_values_are_the_same_at_every_call_and_never_zero() -> None:
    law = BartlettFixedB(0.12)
    assert law.joint_p_value(4.0, 2) == law.joint_p_value(4.0, 2)
    assert 0 < law.joint_p_value(1e6, 2) < 1e-3


def test_student_is_that_of_scipy() -> None:
    assert Student(16).quantile(0.95) == pytest.approx(2.1199, abs=1e-4)
    assert Student(16).p_value(-2.0) == pytest.approx(2 * stats.t.sf(2.0, 16))
