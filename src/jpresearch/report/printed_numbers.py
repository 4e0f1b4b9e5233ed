"""How figures are written for readers: grouped, with a true minus sign, with no more decimals than they need."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

MOST_DECIMALS: Final = 3
MINUS: Final = "\N{MINUS SIGN}"
MISSING: Final = "–"
# Figures of one column that differ in size by more are of several kinds.
MIXED: Final = 100
# What arithmetic leaves behind the last digit of a rounded figure.
ROUNDED: Final = 1e-12


def decimals(value: Any) -> int:
    """How many decimals a figure needs, three at most."""
    if not isinstance(value, float):
        return 0
    return len(f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def of_column(values: Iterable[Any]) -> int:
    """The decimals with which figures stand below each other.

    Figures that someone rounded, to three decimals or fewer, keep theirs. Computed ones get three significant digits
    or so by their usual size; where sizes differ a hundredfold, by the smallest.
    """
    known = [float(value) for value in values if number(value) and math.isfinite(value)]
    needed = max(map(decimals, known), default=0)
    if all(math.isclose(value, round(value, MOST_DECIMALS), rel_tol=ROUNDED) for value in known):
        return needed
    sizes = sorted(abs(value) for value in known if value)
    usual = sizes[len(sizes) // 2]
    smallest = sizes[0] if sizes[-1] > MIXED * sizes[0] else usual
    return min(needed, max(_by_size(usual), _by_size(smallest)))


def _by_size(size: float) -> int:
    """One decimal from ten on, none from a thousand, three below one."""
    return next((places for least, places in ((1000, 0), (10, 1), (1, 2)) if size >= least), MOST_DECIMALS)


def text(value: Any, places: int) -> str:
    """A value in words of the page: grouped figures with a true minus sign, missing as a dash."""
    if value is None:
        return MISSING
    if not number(value):
        return str(value)
    shown = round(value, places) + 0.0
    return f"{shown:,.{places}f}".replace("-", MINUS)


def plain(value: Any) -> str:
    """A value with the decimals it needs."""
    return text(value, decimals(value))


def signed(value: float, places: int) -> str:
    """A change with its sign, also where it is upwards."""
    return f"+{text(value, places)}" if value > 0 else text(value, places)


def number(value: Any) -> bool:
    """Whether a value is a figure (a truth value is not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
