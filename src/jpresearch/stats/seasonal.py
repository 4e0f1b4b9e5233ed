"""What is usual for a season, from earlier years alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError


def usual_for_season(series: pd.Series[Any], season: pd.Series[Any], *, fewest_years: int = 3) -> pd.Series[Any]:
    """The mean of earlier years' means of the same season: what could be known when the year began.

    Parameters
    ----------
    series : one value per period, indexed by date in time order; missing values stay out of the means.
    season : the season of each period on the same index, such as its calendar month.
    fewest_years : earlier years with a value in the season that are needed; with fewer the result is missing.

    Returns
    -------
    Series on the index of ``series``, in its unit. ``series`` less this is the deviation from the season. The period's
    own year plays no part, and no year counts for more than another.

    Raises
    ------
    StatsError : an index that holds no dates or is unsorted, another index of ``season``, ``fewest_years`` below 1.
    """
    if not isinstance(series.index, pd.DatetimeIndex) or not series.index.is_monotonic_increasing:
        raise StatsError("the index must hold dates in time order", "usual_for_season")
    if not series.index.equals(season.index) or fewest_years < 1:
        raise StatsError("season must be on the same index and fewest_years at least 1", "usual_for_season")
    frame = pd.DataFrame({"value": series, "season": season, "year": series.index.year})
    means = frame.pivot_table(index="year", columns="season", values="value", aggfunc="mean")
    years = means.reindex(range(int(frame["year"].min()), int(frame["year"].max()) + 1))
    earlier = years.expanding(min_periods=fewest_years).mean().shift(1)
    rows, columns = (
        earlier.index.get_indexer(pd.Index(frame["year"])),
        earlier.columns.get_indexer(pd.Index(frame["season"])),
    )
    known = np.where(columns < 0, np.nan, earlier.to_numpy(dtype="float64")[rows, columns])
    return pd.Series(known, index=series.index, name=series.name)
