"""Arithmetic with figures that were rounded before they were published.

A figure published as 24.45 may stand for anything from 24.445 to 24.455. Carried through a calculation as intervals
(Moore, "Interval Analysis", 1966), such figures give bounds that hold the true result whatever lay beyond the last
digit printed: bounds, not a confidence interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from jpresearch.errors import StatsError


@dataclass(frozen=True)
class Interval:
    """All numbers from ``low`` to ``high``, both included; both finite and in order, or ``StatsError``."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high)) or self.low > self.high:
            raise StatsError(f"{self.low} to {self.high} is not an interval", "rounding")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """The interval that holds ``value`` alone."""
        return cls(float(value), float(value))

    @classmethod
    def around(cls, values: Sequence[Interval]) -> Interval:
        """The smallest interval that holds all of ``values``. Raises ``StatsError`` where there are none."""
        if not values:
            raise StatsError("no interval to cover", "rounding")
        return cls(min(value.low for value in values), max(value.high for value in values))

    @property
    def centre(self) -> float:
        """Halfway between the ends."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """The distance between the ends."""
        return self.high - self.low

    @property
    def sign(self) -> int:
        """1 where every number in it is above zero, -1 where every one is below, 0 where it covers zero."""
        return int(self.low > 0) - int(self.high < 0)

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies in it."""
        return self.low <= value <= self.high

    def overlap(self, other: Interval) -> Interval | None:
        """What both hold in common; ``None`` where they are apart."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | float) -> Interval:
        right = _interval(other)
        return Interval(self.low + right.low, self.high + right.high)

    def __sub__(self, other: Interval | float) -> Interval:
        return self + -_interval(other)

    def __mul__(self, other: Interval | float) -> Interval:
        right = _interval(other)
        products = [a * b for a in (self.low, self.high) for b in (right.low, right.high)]
        return Interval(min(products), max(products))

    def __truediv__(self, other: Interval | float) -> Interval:
        right = _interval(other)
        if right.holds(0.0):
            raise StatsError(f"division by {right.low} to {right.high}, which holds zero", "rounding")
        return self * Interval(1 / right.high, 1 / right.low)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Interval:
        return Interval.exactly(other) - self

    def __rtruediv__(self, other: float) -> Interval:
        return Interval.exactly(other) / self


def _interval(value: Interval | float) -> Interval:
    return value if isinstance(value, Interval) else Interval.exactly(value)


def decimals_shown(value: float) -> int:
    """Decimals of the shortest decimal number that is ``value``, which must be finite: 2 for 24.45."""
    if not isfinite(value):
        raise StatsError(f"{value} has no digits", "rounding")
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def as_published(value: float, decimals: int | None = None) -> Interval:
    """The numbers that round to ``value``: half a unit of the last decimal (shown, or given) on each side.

    Raises
    ------
    StatsError : ``value`` not finite, or with more decimals than ``decimals``.
    """
    shown = decimals_shown(value)
    places = shown if decimals is None else decimals
    if places < shown:
        raise StatsError(f"{value} shows {shown} decimals, not {places}", "rounding")
    half = 0.5 * 10.0**-places
    return Interval(value - half, value + half)


def weighted_sum(weights: Sequence[float], values: Sequence[Interval]) -> Interval:
    """The range of the sum of ``weights`` times numbers that lie anywhere in ``values``.

    A slope of least squares is such a sum of the explained values, so this is the range of slopes that figures known
    only within bounds allow.
    """
    total = Interval.exactly(0.0)
    for weight, value in zip(weights, values, strict=True):
        total = total + value * weight
    return total
