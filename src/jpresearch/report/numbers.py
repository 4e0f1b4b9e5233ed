"""How figures are written for readers: grouped, with a true minus sign, with no more decimals than they need."""

from __future__ import annotations

from typing import Any, Final

MOST_DECIMALS: Final = 3
MINUS: Final = "\N{MINUS SIGN}"
MISSING: Final = "–"


def decimals(value: Any) -> int:
    """How many decimals a figure needs, three at most."""
    if not isinstance(value, float):
        return 0
    return len(f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


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
