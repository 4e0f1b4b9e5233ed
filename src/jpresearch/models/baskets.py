"""A basket of names as one company, with a membership that does not change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from jpresearch.errors import InsufficientData


def members(known: pd.DataFrame, months: int, least: int) -> list[str]:
    """The names known at each of the newest ``months`` month ends.

    Where the record is shorter, at each month end of it; the record begins with the first month that knows ``least``
    names. One list for the whole history, so that no figure moves because a name came or went.

    Parameters
    ----------
    known : month ends x names, whether the figures needed are known.

    Raises
    ------
    InsufficientData : fewer than ``least`` names.
    """
    record = known[(known.sum(axis=1) >= least).cummax()].tail(months)
    found = [str(name) for name in known if len(record) and record[name].all()]
    if len(found) < least:
        what = f"{len(found)} names are known at each of the newest {months} month ends; {least} are the least"
        raise InsufficientData(what, "members of the basket", "Choose other names, fewer months or another day.")
    return found


def as_one_company(value: pd.DataFrame, profit: pd.DataFrame, names: Sequence[str]) -> pd.Series[float]:
    """Earnings yield of the names as one company, percent: joint profit, losses deducted, over joint market value.

    Missing wherever one of the names is.
    """
    worth = value[list(names)].sum(axis=1, skipna=False)
    earned = profit[list(names)].sum(axis=1, skipna=False)
    return (100.0 * earned / worth).rename("earnings_yield")


def equal_weights(closes: pd.DataFrame) -> pd.Series[float]:
    """The names in equal weights every session, 100 at the first: the chained mean of their daily price returns.

    A session without a return of any name leaves the level as it is; dividends are not included.
    """
    steps = (closes / closes.shift(1) - 1.0).mean(axis=1).fillna(0.0)
    return (100.0 * (1.0 + steps).cumprod()).rename("basket")


def lowest_close(level: pd.Series[float], months: int) -> pd.Timestamp:
    """The day of the lowest close of the newest ``months`` months."""
    recent = level.loc[level.index[-1] - pd.DateOffset(months=months) :].dropna()
    return pd.Timestamp(recent.index[int(np.argmin(recent.to_numpy()))])


def newest_run(series: pd.Series[float]) -> pd.Series[float]:
    """The newest figures without a gap between them, up to the last known."""
    known = series.loc[: series.last_valid_index()] if series.notna().any() else series.iloc[:0]
    gaps = np.flatnonzero(known.isna().to_numpy())
    return known.iloc[int(gaps[-1]) + 1 :] if len(gaps) else known
