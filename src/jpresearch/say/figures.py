"""How a number is written: decimals, a true minus, yen, units. Plain text; ``phrases`` and ``Estimate`` mark it.

- A minus is a true minus (U+2212); thousands are separated; a value that rounds to zero has no sign.
- Yen: no decimals on billions from 100, one below, two on trillions: ``¥557bn``, ``¥47.3bn``, ``¥1.52tn``.
- Percentages below 10 have one decimal, others none.
"""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

from jpresearch.errors import UnitUnknown

MINUS: Final = "−"
_MONEY: Final = re.compile(r"JPY (mn|bn|tn)\b\s*(.*)")
_BN: Final = {"mn": 1e-3, "bn": 1.0, "tn": 1e3}
# 999.5 would print as 1,000bn.
_FROM_TRILLION: Final = 999.5
_FROM_WHOLE: Final = 99.95
_FROM_BILLION: Final = 0.05


class Form(NamedTuple):
    """How values of one unit are written beside each other: what divides them, decimals, text before and after."""

    scale: float
    digits: int
    before: str
    after: str

    def text(self, value: float, *, signed: bool = False, bare: bool = False) -> str:
        """The value in this form; ``bare`` leaves the unit out, for the ends of an interval."""
        size = grouped(abs(value) / self.scale, self.digits)
        zero = not size.strip("0.,")
        sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
        return f"{sign}{size}" if bare else f"{sign}{self.before}{size}{self.after}"


def form_of(unit: str, value: float, digits: int | None = None, beside: float = 0.0) -> Form:
    """The form in which ``value`` of ``unit`` is written.

    Parameters
    ----------
    unit : ``"JPY bn"``, ``"JPY tn"``, ``"%"``, ``"% of turnover"``, ``"bp"``, ``"bp of market value"``, ``""`` ...
    digits : decimals; ``None`` is the rule of the unit. Yen always follow their own rule unless digits are given, which
        count in the unit as given.
    beside : half the width of the interval, which a number without a rule of its own is rounded by.

    Raises ``UnitUnknown`` for a value that is no finite number.
    """
    if not math.isfinite(value):
        raise UnitUnknown(
            f"{value} is no number that a sentence can state",
            "say",
            "Say in words why there is none, or leave the part out with `publish.need`.",
        )
    money = _MONEY.fullmatch(unit.strip())
    if money:
        return _yen(abs(value), money[1], money[2], digits)
    before, after = unit_text(unit)
    places = decimals(unit, value, beside) if digits is None else digits
    return Form(1.0, places, before, after)


def unit_text(unit: str) -> tuple[str, str]:
    """What stands before and after a number of ``unit``."""
    unit = unit.strip()
    if unit in ("%", "pct"):
        return "", "%"
    if unit.startswith("%"):
        return "", unit
    return "", f" {unit}" if unit else ""


def decimals(unit: str, value: float, beside: float = 0.0) -> int:
    """The decimals that the field gives a number of this unit and size."""
    size = abs(value)
    if unit.startswith(("%", "pct", "percentage")):
        return 0 if size >= 9.95 else 1
    if beside > 0 and math.isfinite(beside):
        return min(max(0, math.ceil(-math.log10(beside))), 4)
    if size >= 9.95 or size == round(size):
        return 0
    return 1 if size >= 0.95 else 2


def grouped(value: float, digits: int) -> str:
    """``1,234.5``: thousands separated; digits below zero round before the point, ``1,200`` for −2."""
    return f"{round(value, digits) if digits < 0 else value:,.{max(digits, 0)}f}"


def number_text(value: float, digits: int, *, signed: bool = False) -> str:
    """A bare number: ``−0.7``, ``+12``, ``1,234``."""
    return Form(1.0, digits, "", "").text(value, signed=signed)


def p_value_text(value: float) -> str:
    """``p = 0.03``, ``p = 0.004``, ``p < 0.001``."""
    if value < 0.001:
        return "p < 0.001"
    return f"p = {value:.3f}" if value < 0.0095 else f"p = {value:.2f}"


def _yen(size: float, unit: str, rest: str, digits: int | None) -> Form:
    after = f" {rest}" if rest else ""
    if digits is not None:
        return Form(1.0, digits, "¥", f"{unit}{after}")
    billions = size * _BN[unit]
    if billions >= _FROM_TRILLION:
        return Form(1e3 / _BN[unit], 2, "¥", f"tn{after}")
    if billions and billions < _FROM_BILLION:
        return Form(1e-3 / _BN[unit], 0 if billions >= _FROM_WHOLE / 1e3 else 1, "¥", f"mn{after}")
    return Form(1.0 / _BN[unit], 0 if billions >= _FROM_WHOLE else 1, "¥", f"bn{after}")
