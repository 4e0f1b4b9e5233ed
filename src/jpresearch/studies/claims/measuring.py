"""A reading of a claim: which measure, of what, over which days. Measures are registered by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import DataError
from jpresearch.studies.claims.facts import Facts


@dataclass(frozen=True)
class Span:
    """What a measure is told: the subject (a series, class, code, or parts of one) and the first and last day."""

    subject: str
    first: pd.Timestamp
    last: pd.Timestamp

    @property
    def parts(self) -> list[str]:
        """The subject's parts, written with a colon between them."""
        return self.subject.split(":")


Measure = Callable[[Facts, Span], float | None]
MEASURES: Final[dict[str, Measure]] = {}
"""All measures by the name that the ledger uses. A measure answers ``None`` where the tables do not reach."""


def measure(function: Measure) -> Measure:
    """Register a measure under its own name."""
    MEASURES[function.__name__] = function
    return function


def named(name: str) -> Measure:
    """The measure called ``name``. Raises ``DataError`` that lists those there are."""
    if name not in MEASURES:
        known = ", ".join(sorted(MEASURES))
        raise DataError(f"no measure is called {name!r}", "claim_readings", f"There are: {known}.")
    return MEASURES[name]


def on(series: pd.Series[float], day: pd.Timestamp) -> float | None:
    """The value of exactly that day, ``None`` where there is none."""
    if day not in series.index:
        return None
    value = float(series[day])
    return None if pd.isna(value) else value


def within(series: pd.Series[float], span: Span) -> pd.Series[float]:
    """Known values from the first to the last day."""
    return series.loc[span.first : span.last].dropna()


def reaches(series: pd.Series[float], day: pd.Timestamp) -> bool:
    """Whether the series is known up to ``day``: nothing is measured over a window that has not ended."""
    known = series.dropna()
    return bool(len(known)) and bool(known.index[-1] >= day)
