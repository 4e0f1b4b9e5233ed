"""GPIF's own assets and the whole pension reserve: two totals, never mixed.

The reserve is GPIF's portfolio and the special account of the government. From December 2014 every published share
is a share of the reserve, while the total published each quarter is GPIF's own. The multiple of the one to the other
is known on few days. On the others it is bounded.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval
from jpresearch.studies.gpif.figures import GPIF, RESERVE, Figures
from jpresearch.studies.gpif.inputs import ASSETS, Assumptions

BOTH_TOTALS: Final = "both totals published"
CLASS_VALUES: Final = "class values over their shares"
BOTH_SHARES: Final = "shares on both bases"
SHORT_TERM: Final = "no more than short-term assets"
ASSUMED: Final = "assumed range"
KNOWN: Final = (BOTH_TOTALS, CLASS_VALUES, BOTH_SHARES)

# The special account holds no securities outside yen bonds and deposits, so these have the same value on both bases.
SAME_ON_BOTH: Final = ("domestic_equities", "foreign_equities", "foreign_bonds")
# Until this day short-term assets, the special account's deposits among them, were a class of their own.
FIVE_CLASSES_UNTIL: Final = pd.Timestamp("2020-03-31")


def whole_reserve(figures: Figures, day: pd.Timestamp) -> Interval | None:
    """The whole reserve, JPY tn: published, or from class values and shares; ``None`` where neither is."""
    published = figures.at(RESERVE, "value_total_pension_reserve", day)
    return published if published is not None else _from_class_values(figures, day)


def _from_class_values(figures: Figures, day: pd.Timestamp) -> Interval | None:
    found: Interval | None = None
    for asset in ASSETS:
        value = figures.at(RESERVE, f"value_{asset}", day)
        share = figures.fraction(RESERVE, f"share_{asset}", day)
        if value is not None and share is not None:
            found = _narrowed(found, value / share)
    return found


def _from_both_shares(figures: Figures, day: pd.Timestamp) -> Interval | None:
    found: Interval | None = None
    for asset in SAME_ON_BOTH:
        own = figures.fraction(GPIF, f"share_{asset}", day)
        whole = figures.fraction(RESERVE, f"share_{asset}", day)
        if own is not None and whole is not None:
            found = _narrowed(found, own / whole)
    return found


def _narrowed(found: Interval | None, other: Interval) -> Interval:
    """Both together; their hull where the published figures contradict each other."""
    if found is None:
        return other
    return found.overlap(other) or Interval.around([found, other])


def reserve_ratio(figures: Figures, day: pd.Timestamp, assumptions: Assumptions) -> tuple[Interval, str]:
    """The whole reserve as a multiple of GPIF's assets on ``day``, and how it is known."""
    total, own = whole_reserve(figures, day), figures.at(GPIF, "aum", day)
    if total is not None and own is not None:
        published = figures.at(RESERVE, "value_total_pension_reserve", day) is not None
        return total / own, BOTH_TOTALS if published else CLASS_VALUES
    shares = _from_both_shares(figures, day)
    if shares is not None:
        return shares, BOTH_SHARES
    cap = _short_term_cap(figures, day)
    if cap is not None and cap < assumptions.ratio_max:
        return Interval(1.0, cap), SHORT_TERM
    return Interval(1.0, assumptions.ratio_max), ASSUMED


def _short_term_cap(figures: Figures, day: pd.Timestamp) -> float | None:
    """With five classes the special account lay in short-term assets: ratio <= 1 / (1 - their share)."""
    share = figures.fraction(RESERVE, "share_short_term", day)
    return None if share is None or day > FIVE_CLASSES_UNTIL else 1 / (1 - share.high)


def two_totals(figures: Figures, assumptions: Assumptions) -> pd.DataFrame:
    """The days on which both totals are known, in JPY tn, one row each, indexed by period_end.

    Columns ``gpif_assets``, ``whole_reserve`` with ``whole_reserve_low`` and ``_high``, the same for ``difference``,
    and for ``difference_pct`` (of the reserve), and ``known_from``. Empty where no day has both.
    """
    rows = []
    for day in figures.quarter_ends():
        own = figures.at(GPIF, "aum", day)
        ratio, known_from = reserve_ratio(figures, day, assumptions)
        if own is None or known_from not in KNOWN:
            continue
        total = whole_reserve(figures, day) or own * ratio
        parts = {"whole_reserve": total, "difference": total - own, "difference_pct": (1 - 1 / ratio) * 100}
        row: dict[str, object] = {"period_end": day, "gpif_assets": figures.value(GPIF, "aum", day)}
        for name, part in parts.items():
            row |= {name: part.centre, f"{name}_low": part.low, f"{name}_high": part.high}
        rows.append(row | {"known_from": known_from})
    names = ["whole_reserve", "difference", "difference_pct"]
    spread = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["period_end", "gpif_assets", *spread, "known_from"]).set_index("period_end")
