"""Interval arithmetic of published, rounded figures."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.rounding import Interval, as_published, decimals_shown, weighted_sum

NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)
SLACK = 1e-9


def spanning(a: float, b: float) -> Interval:
    return Interval(min(a, b), max(a, b))


def holds(interval: Interval, value: float) -> bool:
    slack = SLACK * max(1.0, abs(value))
    return interval.low - slack <= value <= interval.high + slack


def test_a_figure_stands_for_half_a_unit_of_its_last_digit_on_each_side() -> None:
    found = as_published(24.45)
    assert found.low == pytest.approx(24.445, abs=1e-12)
    assert found.high == pytest.approx(24.455, abs=1e-12)


def test_more_decimals_than_the_shortest_number_shows_can_be_asked_for() -> None:
    assert as_published(25.0, 1).width == pytest.approx(0.1)
    assert as_published(22.0, 2).width == pytest.approx(0.01)


def test_fewer_decimals_than_the_figure_has_are_refused() -> None:
    with pytest.raises(StatsError, match="shows 2 decimals"):
        as_published(24.45, 1)


@pytest.mark.parametrize(
    ("value", "decimals"),
    [(24.45, 2), (25.0, 0), (69.0715, 4), (-0.1, 1), (1e-5, 5), (1200.0, 0), (np.float64(0.25), 2)],
)
def test_decimals_are_those_of_the_shortest_decimal_number(value: float, decimals: int) -> None:
    assert decimals_shown(value) == decimals


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_has_no_digits_is_refused(value: float) -> None:
    with pytest.raises(StatsError):
        decimals_shown(value)


def test_a_rounded_figure_holds_the_number_it_was_rounded_from() -> None:
    dice = random.Random(17)
    for _ in range(500):
        truth, decimals = dice.uniform(-300, 300), dice.randint(0, 4)
        assert holds(as_published(round(truth, decimals), decimals), truth)


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (math.nan, 1.0), (0.0, math.inf)])
def test_ends_that_are_crossed_or_not_finite_are_refused(low: float, high: float) -> None:
    with pytest.raises(StatsError):
        Interval(low, high)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(0, 1), st.floats(0, 1))
def test_sums_differences_and_products_hold_those_of_any_members(
    a: float, b: float, c: float, d: float, s: float, t: float
) -> None:
    left, right = spanning(a, b), spanning(c, d)
    x = left.low + s * left.width
    y = right.low + t * right.width
    assert holds(left + right, x + y)
    assert holds(left - right, x - y)
    assert holds(left * right, x * y)


@given(NUMBERS, NUMBERS, st.floats(0.01, 1e3), st.floats(0.01, 1e3), st.booleans(), st.floats(0, 1), st.floats(0, 1))
def test_quotients_hold_those_of_any_members(
    a: float, b: float, c: float, d: float, negative: bool, s: float, t: float
) -> None:
    left, right = spanning(a, b), spanning(c, d)
    divisor = -right if negative else right
    x, y = left.low + s * left.width, divisor.low + t * divisor.width
    assert holds(left / divisor, x / y)


def test_division_by_what_may_be_zero_is_refused() -> None:
    with pytest.raises(StatsError, match="holds zero"):
        Interval(1.0, 2.0) / Interval(-0.1, 0.1)


def test_plain_numbers_mix_with_intervals_on_either_side() -> None:
    box = Interval(2.0, 4.0)
    assert box + 1 == 1 + box == Interval(3.0, 5.0)
    assert 1 - box == Interval(-3.0, -1.0)
    assert box * -1 == -box
    assert 8 / box == Interval(2.0, 4.0)


def test_a_sign_is_told_only_where_zero_is_not_covered() -> None:
    assert Interval(0.1, 2.0).sign == 1
    assert Interval(-2.0, -0.1).sign == -1
    assert Interval(-0.1, 0.1).sign == 0
    assert Interval(0.0, 1.0).sign == 0


def test_overlap_is_what_both_hold_and_nothing_where_they_are_apart() -> None:
    assert Interval(0.0, 2.0).overlap(Interval(1.0, 3.0)) == Interval(1.0, 2.0)
    assert Interval(0.0, 1.0).overlap(Interval(1.0, 3.0)) == Interval(1.0, 1.0)
    assert Interval(0.0, 1.0).overlap(Interval(2.0, 3.0)) is None


def test_the_cover_of_several_intervals_is_the_smallest_that_holds_all() -> None:
    assert Interval.around([Interval(0.0, 1.0), Interval(3.0, 4.0)]) == Interval(0.0, 4.0)
    with pytest.raises(StatsError):
        Interval.around([])


def test_a_weighted_sum_reaches_exactly_the_extremes_of_its_box() -> None:
    found = weighted_sum([1.0, -2.0], [Interval(0.0, 1.0), Interval(2.0, 3.0)])
    assert found == Interval(-6.0, -3.0)


def test_a_weighted_sum_needs_a_weight_for_each_value() -> None:
    with pytest.raises(ValueError, match="longer"):
        weighted_sum([1.0], [Interval(0.0, 1.0), Interval(0.0, 1.0)])
