"""What every study hands to its notebook: words of figures, figures to draw, and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.studies.phrasing import outwards


class Caption(NamedTuple):
    """The title above a figure and the words for readers who cannot see it."""

    title: str
    alt: str


@dataclass(frozen=True)
class View:
    """A figure to draw: its frame, its words, and what a scatter needs besides."""

    frame: pd.DataFrame
    title: str
    alt: str
    fit: tuple[float, float] | None = None
    annotate: dict[pd.Timestamp, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """A figure to publish by name, as ``publish.metric`` takes it: a number, a date, or a text that says why not."""

    name: str
    value: float | str | date
    unit: str | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def rounded(
        cls,
        name: str,
        value: float,
        unit: str,
        low: float | None = None,
        high: float | None = None,
        *,
        decimals: int = 2,
    ) -> Metric:
        """A number and the ends of its interval, all rounded alike, so that the ends still hold the number.

        Ends that are missing (``None`` or NaN) are left out. Raises ``InsufficientData`` where the number is missing.
        """
        if not np.isfinite(value):
            raise InsufficientData(f"the metric {name} has no number", name, "Hand on a text that says why.")
        if low is None or high is None or not np.isfinite([low, high]).all():
            return cls(name, round(float(value), decimals), unit)
        return cls(
            name, *(round(float(value), decimals), unit, round(float(low), decimals), round(float(high), decimals))
        )

    @classmethod
    def bounded(cls, name: str, value: float, unit: str, low: float, high: float, *, decimals: int = 2) -> Metric:
        """A number and the bounds within which the truth lies for certain: these are rounded outwards."""
        return cls(name, round(float(value), decimals), unit, *outwards(float(low), float(high), decimals))

    @classmethod
    def missing(cls, name: str, why: str) -> Metric:
        """A text in place of a number."""
        return cls(name, f"not available: {why}")


def rounded(frame: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """A table for readers: the columns of fractions rounded, all others as they are."""
    numbers = list(frame.select_dtypes(np.floating).columns)
    return frame.assign(**{name: frame[name].round(decimals) for name in numbers})
