"""Where a series stands in its own past, with no look at its future.

Every function takes a series in time order and gives, for each observation, a figure computed from that observation and
the ones before it. Cutting off the future therefore never changes a past result. Missing observations stay missing and
are not counted.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError

MAD_TO_DEVIATION: Final = 1.4826022185056018
"""One over the 75 % quantile of the standard normal: makes the MAD estimate its standard deviation."""


def expanding_percentile(series: pd.Series[Any], *, min_periods: int) -> pd.Series[float]:
    """The mid-rank percentile of each observation among itself and all before it.

    Parameters
    ----------
    series : numbers in time order (ascending unique index), missing values allowed.
    min_periods : observations needed, the present one included; fewer give a missing result.

    Returns
    -------
    Series on the same index, in percent, ``100 (below + equal / 2) / n``: between ``50 / n`` for a new low and
    ``100 - 50 / n`` for a new high, 50 where all are equal.

    Raises
    ------
    StatsError : index not ascending and unique, or ``min_periods`` below 2.
    """
    values = _checked(series, min_periods)
    ranks = np.full(len(values), np.nan)
    for position, past in _windows(values, min_periods):
        now = values[position]
        ranks[position] = 100.0 * (np.sum(past < now) + np.sum(past == now) / 2.0) / len(past)
    return pd.Series(ranks, index=series.index, name=series.name)


def expanding_robust_z(series: pd.Series[Any], *, min_periods: int) -> pd.Series[float]:
    """The distance of each observation from the median of itself and all before it, in robust standard deviations.

    The scale is the median absolute deviation times 1.4826, which for normal data estimates the standard deviation and
    is not moved by a few extreme months. Parameters and errors as ``expanding_percentile``; where more than half of the
    observations are equal the scale is zero and the result is missing.
    """
    values = _checked(series, min_periods)
    scores = np.full(len(values), np.nan)
    for position, past in _windows(values, min_periods):
        median = np.median(past)
        scale = MAD_TO_DEVIATION * np.median(np.abs(past - median))
        if scale > 0.0:
            scores[position] = (values[position] - median) / scale
    return pd.Series(scores, index=series.index, name=series.name)


def drawdown(series: pd.Series[Any]) -> pd.Series[float]:
    """The loss from the highest observation so far, in percent: 0 at a peak, -20 a fifth below it.

    Parameters
    ----------
    series : positive levels (prices, an index) in time order, missing values allowed.

    Raises
    ------
    StatsError : index not ascending and unique, or a level that is not positive.
    """
    values = _checked(series, 2)
    if np.any(values <= 0.0):
        raise StatsError("a drawdown needs positive levels", str(series.name))
    peaks = np.fmax.accumulate(values) if len(values) else values
    return pd.Series(100.0 * (values / peaks - 1.0), index=series.index, name=series.name)


def _checked(series: pd.Series[Any], min_periods: int) -> NDArray[np.float64]:
    if not (series.index.is_monotonic_increasing and series.index.is_unique):
        raise StatsError("the index must ascend and hold each moment once", str(series.name))
    if min_periods < 2:
        raise StatsError(f"min_periods must be at least 2, not {min_periods}", str(series.name))
    return series.to_numpy(dtype="float64", na_value=np.nan)


def _windows(values: NDArray[np.float64], min_periods: int) -> list[tuple[int, NDArray[np.float64]]]:
    """For each present observation with enough before it: its position and all present observations up to it."""
    present = np.flatnonzero(~np.isnan(values))
    seen = values[present]
    return [(int(spot), seen[: count + 1]) for count, spot in enumerate(present) if count + 1 >= min_periods]
