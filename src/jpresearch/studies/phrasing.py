"""How every study says its numbers: amounts, percentages, intervals, days, lists.

The rules, so that four notebooks read as one collection:

- A minus is a true minus (U+2212). A verb or noun that carries the direction (sold, below, net sales) leaves the number
  without a sign; a bare change or difference shows its plus (``signed``); levels and the ends of intervals never do.
- Amounts below JPY 1,000 billion are in billions with one decimal, from there in trillions with two.
- Ends of intervals of estimates are rounded to the nearest; bounds, within which the truth lies for certain, are
  rounded outwards (``bounds``, ``yen_range``), so that the words never claim more than the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Final

import pandas as pd

MINUS: Final = "−"
BN_PER_TN: Final = 1000.0
# 999.95 would print as 1,000.0 billion.
_FROM_TRILLION: Final = 999.95
# Floating-point dust: 18.7 held as 18.700000000000003 still is 18.7.
_HAIR: Final = 1e-6


def number(value: float, decimals: int = 1) -> str:
    """``1,234.5``, ``−0.7``: a true minus, no plus, and no sign on a zero."""
    text = f"{value:,.{decimals}f}"
    return text.replace("-", MINUS) if text.strip("-0.,") else text.lstrip("-")


def signed(value: float, decimals: int = 1) -> str:
    """The same with a plus on what is above zero: for a bare change or difference."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def percent(value: float, decimals: int = 0) -> str:
    """``22%``."""
    return f"{number(value, decimals)}%"


def signed_percent(value: float, decimals: int = 0) -> str:
    """``+22%``, for a bare change."""
    return f"{signed(value, decimals)}%"


def points(value: float, decimals: int = 2) -> str:
    """Percentage points: ``0.72 points``."""
    return f"{number(value, decimals)} points"


def yen(billions: float) -> str:
    """The size of an amount, without its sign: ``JPY 502.0 billion``, ``JPY 2.04 trillion``."""
    return _amount(number(*_in_unit(abs(billions), abs(billions))), abs(billions))


def yen_tn(trillions: float) -> str:
    """``yen`` for an amount held in trillions."""
    return yen(BN_PER_TN * trillions)


def yen_range(low: float, high: float) -> str:
    """The bounds of an amount in JPY bn, rounded outwards, in the unit of the larger end.

    ``JPY 1.82 to 2.08 trillion``, without a sign where both ends have the same; ``sales of JPY 500.0 billion to
    purchases of JPY 1.20 trillion`` across zero.
    """
    if low < 0 < high:
        return f"sales of {yen(low)} to purchases of {yen(high)}"
    near, far = sorted((abs(low), abs(high)))
    (least, decimals), (most, _) = _in_unit(near, far), _in_unit(far, far)
    return _amount(bounds(least, most, decimals), far)


def yen_within(value: float, low: float, high: float) -> str:
    """An amount in JPY bn with its bounds in the same unit: ``JPY 18.80 trillion (18.70 to 18.90)``."""
    (least, decimals), (most, _) = _in_unit(low, value), _in_unit(high, value)
    ends = bounds(least, most, decimals)
    return f"{yen(value)} ({ends})" if " to " in ends else yen(value)


def _in_unit(billions: float, beside: float) -> tuple[float, int]:
    """The amount in the unit, and with the decimals, that an amount of ``beside`` is written in."""
    return (billions / BN_PER_TN, 2) if abs(beside) >= _FROM_TRILLION else (billions, 1)


def _amount(text: str, beside: float) -> str:
    return f"JPY {text} {'trillion' if beside >= _FROM_TRILLION else 'billion'}"


def span(low: float, high: float, decimals: int = 1) -> str:
    """``28 to 43``, ``−11 to 31``: the ends of an interval, rounded to the nearest."""
    return f"{number(low, decimals)} to {number(high, decimals)}"


def bounds(low: float, high: float, decimals: int = 1) -> str:
    """``18.7 to 18.9``: ends that hold the truth for certain, rounded outwards; one number for equal ends."""
    least, most = outwards(low, high, decimals)
    return number(least, decimals) if least == most else span(least, most, decimals)


def outwards(low: float, high: float, decimals: int) -> tuple[float, float]:
    """The ends rounded away from each other; dust of floating-point arithmetic moves neither."""
    scale = 10.0**decimals
    return floor(low * scale + _HAIR) / scale, ceil(high * scale - _HAIR) / scale


def covering(low: float, high: float) -> str:
    """``, which covers zero`` where the interval does, else nothing."""
    return ", which covers zero" if low <= 0 <= high else ""


def interval(low: float, high: float, decimals: int = 1, *, confidence: float = 0.95, unit: str = "") -> str:
    """``95% interval 28 to 43``, ``95% interval −11 to 31%, which covers zero``."""
    return f"{confidence:.0%} interval {span(low, high, decimals)}{unit}{covering(low, high)}"


def p_value(value: float) -> str:
    """``p = 0.072``, never ``p = 0.000``."""
    return "p below 0.001" if value < 0.001 else f"p = {value:.3f}"


def dealt(net: float) -> str:
    """``sold`` or ``bought``."""
    return "sold" if net < 0 else "bought"


def dealing(net: float) -> str:
    """``selling`` or ``buying``."""
    return "selling" if net < 0 else "buying"


def dealt_net(billions: float) -> str:
    """``sold a net JPY 7.09 trillion``."""
    if abs(billions) < 0.05:
        return "bought about as much as they sold"
    return f"{dealt(billions)} a net {yen(billions)}"


def net_trade(billions: float) -> str:
    """``net sales of JPY 2.04 trillion``."""
    return f"net {'sales' if billions < 0 else 'purchases'} of {yen(billions)}"


def moved(change: float, decimals: int = 1) -> str:
    """A change in percent: ``rose 1.2%``, ``fell 1.0%`` or ``hardly moved``."""
    size = percent(abs(change), decimals)
    if not size.strip("0.,%"):
        return "hardly moved"
    return f"{'rose' if change > 0 else 'fell'} {size}"


def counted(count: int, thing: str) -> str:
    """``1 week``, ``2 weeks``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def ordinal(value: float) -> str:
    """``2nd``, ``93rd``, ``11th``."""
    whole = round(value)
    ending = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole:,}{ending}"


def listed(words: Sequence[str], nothing: str = "none") -> str:
    """``a``, ``a and b``, ``a, b and c``; ``nothing`` for no words."""
    if len(words) < 2:
        return words[0] if words else nothing
    return f"{', '.join(words[:-1])} and {words[-1]}"


def day(moment: pd.Timestamp) -> str:
    """``29 August 2025``."""
    return f"{moment.day} {moment:%B %Y}"


def day_in_year(moment: pd.Timestamp) -> str:
    """``29 August``, where the year is plain from what stands around it."""
    return f"{moment.day} {moment:%B}"


def month(moment: pd.Timestamp) -> str:
    """``August 2025``."""
    return f"{moment:%B %Y}"


def period(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Whole months, from the first day to the last: ``2025``, ``2024 to 2025``, ``January to March 2025``."""
    if first.month == 1 and last.month == 12:
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return f"{first:%B} to {month(last)}" if first.year == last.year else f"{month(first)} to {month(last)}"


def quarter(end: pd.Timestamp) -> str:
    """A quarter by its last day: ``July to September 2025``."""
    return period(end - pd.DateOffset(months=2), end)
