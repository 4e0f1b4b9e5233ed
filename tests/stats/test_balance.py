"""Sign balance: rises less falls, with the interval of an exact sign test."""

from __future__ import annotations

import pytest
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.balance import sign_balance


def test_the_interval_and_p_value_are_those_of_the_sign_test() -> None:
    found = sign_balance(9, 3, 27)
    test = stats.binomtest(9, 12)
    low, high = test.proportion_ci(0.95, method="exact")
    assert found.value == pytest.approx(100 * 6 / 27)
    assert (found.low, found.high) == pytest.approx((100 * (2 * low - 1) * 12 / 27, 100 * (2 * high - 1) * 12 / 27))
    assert found.p_value == pytest.approx(test.pvalue) and found.covers_zero


def test_many_rises_and_no_fall_are_clear_and_no_change_is_not() -> None:
    assert sign_balance(9, 0, 18).clear
    assert sign_balance(0, 0, 5).covers_zero and sign_balance(0, 0, 5).value == 0.0


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 3, 5), (-1, 2, 5)])
def test_counts_that_are_none_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(StatsError):
        sign_balance(*counts)
