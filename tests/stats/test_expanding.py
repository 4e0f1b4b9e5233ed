"""Percentiles, robust z and drawdowns that never look ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation, percentileofscore

from jpresearch.errors import StatsError
from jpresearch.stats.expanding import drawdown, expanding_percentile, expanding_robust_z

NUMBERS = st.lists(
    st.one_of(st.floats(-100, 100, allow_subnormal=False), st.integers(-3, 3).map(float), st.just(float("nan"))),
    min_size=1,
    max_size=40,
)


def series(values: list[float]) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2021-01-31", periods=len(values), freq="ME"), dtype="float64")


@pytest.mark.parametrize("function", [expanding_percentile, expanding_robust_z])
@settings(max_examples=60, deadline=None)
@given(values=NUMBERS, cut=st.integers(1, 40))
def test_truncating_the_future_never_changes_the_past(function, values, cut):
    whole = function(series(values), min_periods=3)
    shorter = function(series(values[:cut]), min_periods=3)
    pd.testing.assert_series_equal(whole.iloc[: len(shorter)], shorter, check_freq=False)


@settings(max_examples=60, deadline=None)
@given(values=NUMBERS)
def test_percentile_is_the_mid_rank_among_the_observations_so_far(values):
    ranks = expanding_percentile(series(values), min_periods=2)
    for position, value in enumerate(values):
        past = [one for one in values[: position + 1] if not np.isnan(one)]
        if np.isnan(value) or len(past) < 2:
            assert np.isnan(ranks.iloc[position])
        else:
            assert ranks.iloc[position] == pytest.approx(percentileofscore(past, value, kind="mean"))


def test_new_extremes_and_ties_have_the_documented_percentiles():
    ranks = expanding_percentile(series([1.0, 2.0, 3.0, 0.0, 0.0]), min_periods=2)
    assert ranks.tolist()[1:] == pytest.approx([75.0, 100 - 50 / 3, 12.5, 20.0])
    assert expanding_percentile(series([5.0] * 6), min_periods=2).iloc[-1] == 50.0


def test_min_periods_counts_observations_not_rows():
    ranks = expanding_percentile(series([1.0, np.nan, np.nan, 2.0, 3.0]), min_periods=3)
    assert ranks.notna().tolist() == [False, False, False, False, True]


def test_robust_z_is_the_distance_from_the_median_in_scaled_mads():
    values = np.random.default_rng(3).normal(size=60)
    z = expanding_robust_z(series(list(values)), min_periods=24)
    assert z.isna().sum() == 23
    past = values[:41]
    expected = (past[-1] - np.median(past)) / median_abs_deviation(past, scale="normal")
    assert z.iloc[40] == pytest.approx(expected)


def test_robust_z_and_percentile_do_not_depend_on_the_unit():
    values = series(list(np.random.default_rng(5).normal(5, 2, size=50)))
    pd.testing.assert_series_equal(
        expanding_robust_z(values, min_periods=5), expanding_robust_z(values / 7.0, min_periods=5)
    )
    pd.testing.assert_series_equal(
        expanding_percentile(values, min_periods=5), expanding_percentile(values / 7.0, min_periods=5)
    )


def test_robust_z_is_missing_where_most_observations_are_equal():
    assert np.isnan(expanding_robust_z(series([1.0, 1.0, 1.0, 1.0, 9.0]), min_periods=3).iloc[-1])


def test_one_wild_month_hardly_moves_the_robust_z_of_the_next():
    calm = list(np.random.default_rng(7).normal(size=60))
    wild = [*calm[:30], 1e6, *calm[31:]]
    plain, shaken = (expanding_robust_z(series(values), min_periods=24).iloc[-1] for values in (calm, wild))
    assert shaken == pytest.approx(plain, abs=0.3)


def test_drawdown_is_the_loss_since_the_highest_level_so_far():
    losses = drawdown(series([100.0, 120.0, 90.0, np.nan, 120.0, 60.0]))
    assert losses.tolist() == pytest.approx([0.0, 0.0, -25.0, np.nan, 0.0, -50.0], nan_ok=True)


def test_a_drawdown_of_levels_that_are_not_positive_is_refused():
    with pytest.raises(StatsError, match="positive"):
        drawdown(series([1.0, 0.0]))


@pytest.mark.parametrize("index", [["2024-02-01", "2024-01-01"], ["2024-01-01", "2024-01-01"]])
def test_an_unsorted_or_repeated_index_is_refused(index):
    broken = pd.Series([1.0, 2.0], index=pd.to_datetime(index))
    for function in (expanding_percentile, expanding_robust_z):
        with pytest.raises(StatsError, match="ascend"):
            function(broken, min_periods=2)


def test_fewer_than_two_periods_are_refused():
    with pytest.raises(StatsError, match="at least 2"):
        expanding_percentile(series([1.0, 2.0]), min_periods=1)
