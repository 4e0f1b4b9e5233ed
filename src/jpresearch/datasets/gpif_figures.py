"""GPIF's published figures, each as the interval that its last printed digit allows, and its two totals.

The reserve is GPIF's portfolio and the special account of the government. From December 2014 every published share
is a share of the reserve, while the total published each quarter is GPIF's own. The multiple of the one to the other
is known on few days. On the others it is bounded. The two totals are never mixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import BadParameter
from jpresearch.stats.rounding import Interval, as_published, decimals_shown

ASSETS: Final = ("domestic_equities", "foreign_equities", "domestic_bonds", "foreign_bonds")
GPIF: Final = "gpif"
RESERVE: Final = "reserve"
BASES: Final = (RESERVE, GPIF)

# GPIF's figures and the press that repeats them print at least one decimal: 25.0 is 25.0, not "about 25".
LEAST_DECIMALS: Final = 1

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

Cell = tuple[str, str, pd.Timestamp]


@dataclass(frozen=True)
class Assumptions:
    """What no published figure says.

    Parameters
    ----------
    ratio_max : the whole reserve is at most this multiple of GPIF's own assets where the multiple is not published.
    ratio_change : the multiple changes by no more than this within a quarter.

    Raises ``BadParameter`` on a multiple below one or a negative change.
    """

    ratio_max: float = 1.05
    ratio_change: float = 0.02

    def __post_init__(self) -> None:
        if not 1 <= self.ratio_max <= 2:
            raise BadParameter(f"{self.ratio_max} does not lie between 1 and 2", "ratio_max")
        if not 0 <= self.ratio_change <= 1:
            raise BadParameter(f"{self.ratio_change} does not lie between 0 and 1", "ratio_change")


@dataclass(frozen=True)
class Figures:
    """The portfolio table, figure by figure: as printed, and with its rounding bounds.

    Units are those of the table: percent or JPY trillion. The cells are keyed by basis, metric and period_end.
    """

    printed: Mapping[Cell, float]
    bounds: Mapping[Cell, Interval]

    @classmethod
    def of(cls, portfolio: pd.DataFrame) -> Figures:
        """The rows of ``gpif_portfolio`` (as ``load`` returns it) with their rounding bounds."""
        keys = list(zip(portfolio["basis"], portfolio["metric"], portfolio["period_end"], strict=True))
        values = [float(value) for value in portfolio["value"]]
        bounds = [within_rounding(value) for value in values]
        return cls(dict(zip(keys, values, strict=True)), dict(zip(keys, bounds, strict=True)))

    def at(self, basis: str, metric: str, day: pd.Timestamp) -> Interval | None:
        """The figure within its rounding; ``None`` where it was not published."""
        return self.bounds.get((basis, metric, day))

    def fraction(self, basis: str, metric: str, day: pd.Timestamp) -> Interval | None:
        """A percentage as a fraction."""
        percent = self.at(basis, metric, day)
        return None if percent is None else percent * 0.01

    def value(self, basis: str, metric: str, day: pd.Timestamp) -> float | None:
        """The figure as printed; ``None`` where it was not published."""
        return self.printed.get((basis, metric, day))

    def series(self, basis: str, metric: str) -> pd.Series[float]:
        """One metric as printed, by period_end, on every quarter-end from its first to its last: a gap is NaN."""
        found = {day: value for (on, name, day), value in self.printed.items() if (on, name) == (basis, metric)}
        if not found:
            return pd.Series(dtype=float, index=pd.DatetimeIndex([], name="period_end"), name=metric)
        days = pd.date_range(min(found), max(found), freq="QE", name="period_end")
        return pd.Series([found.get(day, float("nan")) for day in days], index=days, name=metric, dtype=float)

    def quarter_ends(self) -> pd.DatetimeIndex:
        """Every quarter-end from the first figure to the last."""
        days = [day for _, _, day in self.printed]
        return pd.date_range(min(days), max(days), freq="QE", name="period_end")


def within_rounding(value: float) -> Interval:
    """A figure within half a unit of its last digit, reading one decimal at least.

    Figures count as rounded, not cut off. A zero dropped at the end only makes the bounds wider than need be: 22.0 may
    have been 22.00, but to read it so would be wrong at times, as shares that then fail to add to 100 show.
    """
    return as_published(value, max(LEAST_DECIMALS, decimals_shown(value)))


def whole_reserve(figures: Figures, day: pd.Timestamp) -> Interval | None:
    """The whole reserve, JPY tn: published, or from class values and shares; ``None`` where neither is."""
    published = figures.at(RESERVE, "value_total_pension_reserve", day)
    return published if published is not None else _from_class_values(figures, day)


def _from_class_values(figures: Figures, day: pd.Timestamp) -> Interval | None:
    """Each class's value over its share of the reserve, all together."""
    return _quotients(
        [
            (figures.at(RESERVE, f"value_{asset}", day), figures.fraction(RESERVE, f"share_{asset}", day))
            for asset in ASSETS
        ]
    )


def _from_both_shares(figures: Figures, day: pd.Timestamp) -> Interval | None:
    """Each class's share of GPIF's portfolio over its share of the reserve, all together."""
    return _quotients(
        [
            (figures.fraction(GPIF, f"share_{asset}", day), figures.fraction(RESERVE, f"share_{asset}", day))
            for asset in SAME_ON_BOTH
        ]
    )


def _quotients(pairs: Sequence[tuple[Interval | None, Interval | None]]) -> Interval | None:
    """What all known quotients have in common; their hull where the published figures contradict each other."""
    found: Interval | None = None
    for over, under in pairs:
        if over is not None and under is not None:
            other = over / under
            found = other if found is None else found.overlap(other) or Interval.around([found, other])
    return found


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
