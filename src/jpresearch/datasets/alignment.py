"""Series from abroad on Tokyo's clock: one alignment and one rule of staleness for the whole collection."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

OLDEST: Final = pd.Timedelta(days=5)
"""A value dated longer before a Tokyo session than this is not what Tokyo knew of the market abroad.

New York's longest regular closure is a three-day weekend: Friday's value stands for Tuesday's session, four days on. A
closure for a storm adds one (October 2012). Whatever is older is a hole in the record (or September 2001), and a change
measured across it would mix several days' news into one.
"""
DAY: Final = pd.Timedelta(days=1)


def before_session(daily: pd.Series[float], days: pd.DatetimeIndex) -> pd.Series[float]:
    """The last value of a series abroad dated before each Tokyo session; missing where it is more than five days old.

    A New York value of day ``t`` comes out after Tokyo's close of day ``t`` and before its open of ``t + 1``: for the
    close in New York that is 05:00 or 06:00 of the next morning, for the noon rate of the yen 01:00 or 02:00. So the
    newest value in the prices of Tokyo's close of day ``d`` is dated ``d - 1`` or earlier. To take the value dated
    ``d`` would let the week's last New York session, of which Tokyo knew nothing, explain Tokyo's week.

    The last value of the record stands for the next weekday only: whether New York was closed after it or the record
    has just not come in cannot be told, and a record that ended would show as a market that stands still.

    Parameters
    ----------
    daily : values by their own day (New York), in order.
    days : Tokyo sessions.
    """
    return _dated_before(daily, days, days)


def same_day(daily: pd.Series[float], days: pd.DatetimeIndex) -> pd.Series[float]:
    """The value dated on each Tokyo session or, on a New York holiday, the last before it, at most four days old.

    For the noon rate of the yen: ten to eleven hours after Tokyo's close, the first published rate at which yen of that
    close could be changed into dollars. Never a regressor of Tokyo's own close.
    """
    return _dated_before(daily, days, days + DAY)


def _dated_before(daily: pd.Series[float], days: pd.DatetimeIndex, limit: pd.DatetimeIndex) -> pd.Series[float]:
    """The last value dated before each ``limit``, indexed by ``days``."""
    known = daily.dropna()
    if known.empty or not len(days):
        return pd.Series(np.nan, index=days, name=daily.name)
    dated = pd.DatetimeIndex(known.index)
    places = dated.searchsorted(limit, side="left") - 1
    weekday_before = np.busday_offset((limit - DAY).to_numpy().astype("datetime64[D]"), 0, roll="backward")
    ended = (places == len(dated) - 1) & (pd.DatetimeIndex(weekday_before) > dated[-1])
    fresh = (places >= 0) & (limit - dated[np.maximum(places, 0)] <= OLDEST) & ~ended
    return pd.Series(known.to_numpy()[np.maximum(places, 0)], index=days, name=daily.name).where(fresh)
