"""Extreme periods of a series, gathered into episodes that do not overlap, and what followed them.

Nothing here looks ahead: whether a period is extreme is judged against itself and the periods before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import StatsError


@dataclass(frozen=True)
class Outcome:
    """The mean of independent outcomes with its t interval, in the unit of the outcomes."""

    mean: float
    low: float
    high: float
    median: float
    lowest: float
    highest: float
    share_positive: float
    observations: int
    confidence: float

    def table(self) -> pd.DataFrame:
        """One row: mean, low, high, median, lowest, highest, share_positive, observations."""
        row = {name: value for name, value in self.__dict__.items() if name != "confidence"}
        return pd.DataFrame([row])


def expanding_rank(series: pd.Series) -> pd.Series:
    """The rank of each value among itself and all before it: 1 is the lowest so far; ties share the best rank.

    Missing values have no rank and count for nobody. Later values never change an earlier rank.
    """
    return series.expanding().rank(method="min")


def extreme(series: pd.Series, share: float, *, lowest: bool = True, min_periods: int = 104) -> pd.Series:
    """Which values were, on their own day, among the ``share`` lowest (or highest) so far.

    Parameters
    ----------
    share : between 0 and 0.5.
    min_periods : a value with fewer values up to and including it is not judged: never extreme.

    Returns
    -------
    Series of bool, index as ``series``.

    Raises
    ------
    StatsError : ``share`` out of range.
    """
    if not 0 < share <= 0.5:
        raise StatsError(f"share must lie above 0 and not above 0.5, not {share}", "extreme")
    ranks = expanding_rank(series if lowest else -series)
    known = series.notna().cumsum()
    return (ranks <= share * known) & (known >= min_periods)


def episodes(flags: pd.Series, gap: int) -> pd.Index:
    """The first period of each episode: a flagged period at least ``gap`` steps after the start of the episode before.

    What is measured over ``gap`` steps from these starts shares no step. Raises ``StatsError`` when ``gap`` is below 1.
    """
    if gap < 1:
        raise StatsError(f"gap must be 1 or more, not {gap}", "episodes")
    starts: list[int] = []
    for position in np.flatnonzero(flags.to_numpy(dtype=bool)):
        if not starts or position - starts[-1] >= gap:
            starts.append(int(position))
    return flags.index[starts]


def paths(level: pd.Series, starts: pd.Index, horizon: int, *, before: int = 0) -> pd.DataFrame:
    """Change of ``level`` in percent from each start, from ``before`` steps earlier to ``horizon`` steps on.

    Returns a frame indexed by steps (0 is the start) with one column per start; steps outside ``level`` and
    steps whose level is missing are missing. Raises ``StatsError`` when a start is not in the index of ``level``.
    """
    positions = level.index.get_indexer(starts)
    if (positions < 0).any():
        raise StatsError("every start must be in the index of the level", "paths")
    values = level.to_numpy(dtype=float)
    padded = np.concatenate([np.full(before, np.nan), values, np.full(horizon, np.nan)])
    columns = {
        start: (padded[place : place + before + horizon + 1] / values[place] - 1) * 100
        for start, place in zip(starts, positions, strict=True)
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(-before, horizon + 1, name="steps"), columns=starts)


def outcome(values: pd.Series, *, confidence: float = 0.95) -> Outcome:
    """The mean of independent outcomes with its t interval; missing ones are left out.

    Raises
    ------
    StatsError : fewer than three outcomes, or none that differs.
    """
    known = values.dropna().to_numpy(dtype=float)
    if len(known) < 3 or np.ptp(known) == 0:
        raise StatsError(
            f"{len(known)} outcomes do not allow an interval", "outcome", "Three that differ are the least."
        )
    mean = float(known.mean())
    half = float(stats.t.ppf(0.5 + confidence / 2, len(known) - 1) * known.std(ddof=1) / sqrt(len(known)))
    return Outcome(
        mean=mean,
        low=mean - half,
        high=mean + half,
        median=float(np.median(known)),
        lowest=float(known.min()),
        highest=float(known.max()),
        share_positive=float((known > 0).mean()),
        observations=len(known),
        confidence=confidence,
    )
