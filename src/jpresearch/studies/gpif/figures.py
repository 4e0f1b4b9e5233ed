"""GPIF's published figures, each as the interval that its last printed digit allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval, as_published, decimals_shown

GPIF: Final = "gpif"
RESERVE: Final = "reserve"
BASES: Final = (RESERVE, GPIF)

# GPIF's figures and the press that repeats them print at least one decimal: 25.0 is 25.0, not "about 25".
LEAST_DECIMALS: Final = 1

Cell = tuple[str, str, pd.Timestamp]


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
