"""Numbers and dates as readers expect them."""

from __future__ import annotations

from math import ceil, floor
from typing import Final

import pandas as pd

from jpresearch.stats.regression import Estimate
from jpresearch.stats.rounding import Interval

# Floating-point dust: 18.7 held as 18.700000000000003 still prints as 18.7.
HAIR: Final = 1e-6
# Bounds closer than this print as one number.
EXACT: Final = 0.005


def between(bounds: Interval, decimals: int) -> str:
    """``18.7 to 18.9``; one number for equal ends.

    Each end is rounded outwards, so that the words never claim more than the bounds.
    """
    scale = 10.0**decimals
    low, high = floor(bounds.low * scale + HAIR) / scale, ceil(bounds.high * scale - HAIR) / scale
    return f"{low:.{decimals}f}" if low == high else f"{low:.{decimals}f} to {high:.{decimals}f}"


def around(bounds: Interval, unit: str) -> str:
    """``18.8 trillion (18.7 to 18.9)``: the middle and the ends; the middle alone where two decimals say it all."""
    middle, ends = f"{bounds.centre:.2f}", between(bounds, 2)
    text = f"{_short(middle)} {unit}".rstrip()
    if bounds.width < EXACT:
        return text
    return f"{text} ({' to '.join(_short(end) for end in ends.split(' to '))})"


def _short(digits: str) -> str:
    """Without the last digit where it is a zero."""
    return digits.removesuffix("0")


def signed_interval(item: Estimate) -> str:
    """``JPY -6 billion (-52 to +40)``."""
    return f"JPY {item.value:+.0f} billion ({item.low:+.0f} to {item.high:+.0f})"


def date_words(moment: pd.Timestamp) -> str:
    """``31 December 2025``."""
    return f"{moment.day} {moment.month_name()} {moment.year}"


def plural(count: int, noun: str) -> str:
    """``1 week``, ``2 weeks``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def net_words(net: float) -> str:
    """``sold JPY 7.1 trillion net``, for an amount in JPY tn."""
    if abs(net) < 0.05:
        return "bought about as much as they sold"
    return f"{'bought' if net > 0 else 'sold'} JPY {abs(net):.1f} trillion net"
