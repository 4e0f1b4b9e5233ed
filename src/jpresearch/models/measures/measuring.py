"""What measures have in common: the facts of a day, the window of a reading, a value with its noise and own past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch import tables
from jpresearch.datasets.reading import AsOf
from jpresearch.errors import NotYetPublished, UnknownTable
from jpresearch.models.verdicts import Measured

NORMAL_95: Final = 1.959964
FEWEST_PAST: Final = 20
PAST_SESSIONS: Final = 2500
"""About ten years of sessions: the own past that a move is held against."""


@dataclass(frozen=True)
class Facts:
    """Datasets as public at ``as_of``, each computed once."""

    as_of: AsOf = None
    _memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __call__(self, dataset: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """``dataset(as_of, *args, **options)``; arguments must be hashable. Not to be changed in place."""
        key = (dataset.__module__, dataset.__qualname__, args, tuple(sorted(options.items())))
        if key not in self._memo:
            self._memo[key] = dataset(self.as_of, *args, **options)
        return self._memo[key]

    def lacks(self, table: str) -> bool:
        """Whether a table does not exist, or nothing of it was public."""
        key = ("lacks", table)
        if key not in self._memo:
            try:
                self._memo[key] = tables.load(table, self.as_of).empty
            except (NotYetPublished, UnknownTable):
                self._memo[key] = True
        return bool(self._memo[key])


@dataclass(frozen=True)
class Window:
    """What is measured: a subject (series, class, code, or several joined by ``:``) from ``first`` to ``last``."""

    subject: str
    first: pd.Timestamp
    last: pd.Timestamp

    @property
    def parts(self) -> list[str]:
        """The parts of the subject."""
        return self.subject.split(":")


@dataclass(frozen=True)
class Gauged:
    """What a measure gives: a value with its noise, and the same measure over earlier windows, where it has a past."""

    measured: Measured
    past: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype="float64"))

    def benchmark(self, percentile: float) -> float:
        """That percentile of the own past; missing with fewer than twenty earlier windows."""
        known = self.past.dropna()
        return float(np.percentile(known, percentile)) if len(known) >= FEWEST_PAST else float("nan")


Measure = Callable[[Facts, Window], Gauged]
UNKNOWN: Final = Gauged(Measured.unknown())


def exact(value: float | None, past: pd.Series[float] | None = None) -> Gauged:
    """A value without noise of its own; ``None`` or missing where it is not known."""
    if value is None or pd.isna(value):
        return UNKNOWN
    return Gauged(Measured.exactly(float(value)), pd.Series(dtype="float64") if past is None else past)


def bounded(value: float, low: float, high: float) -> Gauged:
    """A value between bounds, which are widened where rounding puts it just outside."""
    if pd.isna(value) or pd.isna(low) or pd.isna(high):
        return UNKNOWN
    return Gauged(Measured(float(value), float(min(low, value)), float(max(high, value))))


def on(series: pd.Series[Any], day: pd.Timestamp) -> float | None:
    """The value of exactly that day, ``None`` where there is none."""
    value = series.get(day)
    return None if value is None or pd.isna(value) else float(value)


def reaches(series: pd.Series[Any], day: pd.Timestamp) -> bool:
    """Whether the series is known up to ``day``: nothing is measured over a window that has not ended."""
    last = series.last_valid_index()
    return last is not None and bool(pd.Timestamp(str(last)) >= day)


def inside(series: pd.Series[Any], window: Window) -> pd.Series[float]:
    """Known values from the first to the last day."""
    return series.loc[window.first : window.last].dropna()


def sessions(series: pd.Series[Any], window: Window) -> int:
    """Sessions from the first to the last day, the first not counted."""
    return max(0, len(inside(series, window)) - 1)
