from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
import ruptures
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.segments import best_partitions, checked_design, long_run_sum, segment_sums


def noise(seed: int, rows: int) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(size=rows))


def test_the_sum_of_each_segment_is_that_of_its_own_regression() -> None:
    x = pd.DataFrame({"one": noise(1, 40) * 1e4, "two": noise(2, 40) + 3})
    y = noise(3, 40) + 0.5 * x["two"] + 100
    sums = segment_sums(checked_design(y, x, "test"), 8)
    for start, end in [(0, 8), (0, 40), (5, 30), (31, 40)]:
        fit = sm.OLS(y[start:end], sm.add_constant(x[start:end])).fit()
        assert sums[start, end] == pytest.approx(fit.ssr, rel=1e-10)
    assert np.isinf(sums[3, 10])


@given(seed=st.integers(0, 1000), shift=st.floats(-1e6, 1e6), scale=st.floats(1e-6, 1e6))
@settings(max_examples=25, deadline=None)
def test_level_and_unit_of_the_series_leave_the_partition_alone(seed: int, shift: float, scale: float) -> None:
    y = noise(seed, 40).cumsum()
    found = best_partitions(segment_sums(checked_design(y, None, "test"), 5), 3)
    moved = best_partitions(segment_sums(checked_design((y + shift) * scale, None, "test"), 5), 3)
    assert [places for _, places in moved] == [places for _, places in found]
    np.testing.assert_allclose([s for s, _ in moved], [s * scale**2 for s, _ in found], rtol=1e-3)


@given(seed=st.integers(0, 1000), shortest=st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_no_other_partition_is_better(seed: int, shortest: int) -> None:
    y = noise(seed, 16)
    sums = segment_sums(checked_design(y, None, "test"), shortest)
    for breaks, (best, places) in enumerate(best_partitions(sums, 2)):
        ends = [(0, *cut, 16) for cut in combinations(range(1, 16), breaks)]
        tried = [sum(sums[a, b] for a, b in pairwise(cut)) for cut in ends]
        assert best == pytest.approx(min(tried))
        assert np.diff([0, *places, 16]).min() >= shortest


def test_partitions_of_a_mean_are_those_of_ruptures() -> None:
    y = noise(4, 120) + np.repeat([0.0, 2.0, 1.0, 3.0], 30)
    found = best_partitions(segment_sums(checked_design(y, None, "test"), 10), 4)
    search = ruptures.Dynp(model="l2", min_size=10, jump=1).fit(y.to_numpy())
    for breaks in range(1, 5):
        assert list(found[breaks][1]) == search.predict(breaks)[:-1]


def test_only_as_many_breaks_as_fit() -> None:
    sums = segment_sums(checked_design(noise(5, 20), None, "test"), 6)
    assert len(best_partitions(sums, 5)) == 3


def test_long_run_sum_at_lag_zero_is_whites_and_takes_many_samples_at_once() -> None:
    scores = np.random.default_rng(6).normal(size=(3, 30, 2))
    np.testing.assert_allclose(long_run_sum(scores, 0)[1], scores[1].T @ scores[1])
    np.testing.assert_allclose(long_run_sum(scores, 4)[2], long_run_sum(scores[2], 4))


def test_long_run_sum_is_that_of_statsmodels() -> None:
    fit = sm.OLS(noise(7, 50), sm.add_constant(noise(8, 50))).fit()
    inverse = np.linalg.inv(fit.model.exog.T @ fit.model.exog)
    robust = fit.get_robustcov_results("HAC", maxlags=3, use_correction=False)
    total = long_run_sum(fit.model.exog * fit.resid.to_numpy()[:, None], 3)
    np.testing.assert_allclose(inverse @ total @ inverse, robust.cov_params())


def test_a_regressor_that_does_not_vary_within_a_segment_is_refused() -> None:
    step = pd.Series(np.repeat([0.0, 1.0], 20), name="step")
    with pytest.raises(StatsError, match="within some segment"):
        segment_sums(checked_design(noise(9, 40), step, "test"), 10)


BAD = {
    "duplicates": (pd.Series(range(9), index=[0, 1, 2, 3, 4, 5, 6, 7, 7]), None),
    "sorted": (pd.Series(range(9), index=range(9, 0, -1)), None),
    "missing": (noise(1, 9).mask(noise(1, 9).index == 4), None),
    "infinite": (noise(1, 9).replace(noise(1, 9)[2], np.inf), None),
    "no variation in the explained series": (pd.Series(3.1, index=range(9)), None),
    "no variation in x": (noise(1, 9), pd.Series(2.0, index=range(9))),
    "collinear": (noise(1, 9), pd.DataFrame({"a": noise(2, 9), "b": 2 * noise(2, 9) + 1})),
    "same index": (noise(1, 9), noise(2, 8)),
    "const": (noise(1, 9), noise(2, 9).rename("const")),
    "too few": (noise(1, 3), noise(2, 3)),
}


@pytest.mark.parametrize("complaint", BAD)
def test_bad_input_is_refused_by_name(complaint: str) -> None:
    with pytest.raises(StatsError, match=complaint):
        checked_design(*BAD[complaint], "test")
