"""Numbers, days and intervals as a reader says them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

NAMES: Final = {
    "foreigners": "foreigners",
    "individuals": "individuals",
    "investment_trusts": "investment trusts",
    "trust_banks": "trust banks",
    "proprietary": "brokers' own accounts",
    "others": "all other classes",
}
CLASS_LABELS: Final = {name: words[:1].upper() + words[1:] for name, words in NAMES.items()}


def yen(billions: float) -> str:
    """The size of an amount, without its sign: ``JPY 502.0 billion``, ``JPY 6.14 trillion``."""
    size = abs(billions)
    return f"JPY {size / 1000:,.2f} trillion" if size >= 999.95 else f"JPY {size:,.1f} billion"


def day(moment: pd.Timestamp) -> str:
    """``29 August 2025``."""
    return f"{moment.day} {moment:%B %Y}"


def month(moment: pd.Timestamp) -> str:
    """``August 2025``."""
    return f"{moment:%B %Y}"


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign, a true minus, and none on a zero."""
    text = f"{value:+,.{decimals}f}"
    return (text if text.strip("+-0.,") else text.lstrip("+-")).replace("-", "−")


def plain(value: float, decimals: int = 1) -> str:
    """A number with a true minus."""
    return signed(value, decimals).lstrip("+")


def interval(low: float, high: float, confidence: float, decimals: int = 1) -> str:
    """``95% interval 28.2 to 42.7``."""
    return f"{confidence:.0%} interval {plain(low, decimals)} to {plain(high, decimals)}"


def dealt(net: float) -> str:
    """``sold`` or ``bought``."""
    return "sold" if net < 0 else "bought"


def moved(percent: float) -> str:
    """``rose 1.2%``, ``fell 1.0%`` or ``hardly moved``."""
    if abs(percent) < 0.05:
        return "hardly moved"
    return f"{'rose' if percent > 0 else 'fell'} {abs(percent):.1f}%"


def counted(number: int, thing: str) -> str:
    """``1 week``, ``17 weeks``."""
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"


def ordinal(number: int) -> str:
    """``2nd``, ``3rd``, ``11th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; ``nobody`` for none."""
    if len(words) < 2:
        return words[0] if words else "nobody"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def p_words(p_value: float) -> str:
    """``p = 0.072``, never ``p = 0.000``."""
    return "p below 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def heavy(share: float, extreme_share: float) -> str:
    """How a rank reads, by the share of spans as heavy or heavier."""
    if share <= extreme_share:
        return f"one of the heaviest {extreme_share:.0%}"
    if share <= 0.25:
        return "heavy, but not extreme"
    return "nothing out of the ordinary" if share <= 0.75 else "light"
