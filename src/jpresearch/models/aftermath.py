"""What followed a sell-off: a new high or a deeper fall, whichever came first within a horizon fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from jpresearch.errors import BadParameter, InsufficientData

LOOK_BACK_SESSIONS: Final = 60

Branch = Literal["recovered", "deepened", "neither", "open"]


@dataclass(frozen=True)
class Aftermath:
    """The course of an index since a day.

    Attributes
    ----------
    high, high_day : the highest close of the sixty sessions up to the day.
    branch : ``recovered`` (a close above the high came first), ``deepened`` (a close at least so far below it came
        first), ``neither`` within the horizon, or ``open`` while the horizon has not passed.
    on : the day that decided; ``None`` while open, the end of the horizon for ``neither``.
    level_pct : the newest close against the high, percent. lowest_pct : the lowest close since the day against it.
    drawdown_pct, peak_day, trough_day : the largest fall since the day from a highest close since the day, percent.
    falls : each close since the day against the highest close since the day, percent.
    path : closes from the high on, percent of the high less 100.
    deep, end : the close that would have been a deeper fall, and the last day on which either counts.
    """

    high: float
    high_day: pd.Timestamp
    branch: Branch
    on: pd.Timestamp | None
    level_pct: float
    lowest_pct: float
    drawdown_pct: float
    peak_day: pd.Timestamp
    trough_day: pd.Timestamp
    falls: pd.Series[float]
    path: pd.Series[float]
    deep: float
    end: pd.Timestamp


def aftermath(closes: pd.Series[Any], day: pd.Timestamp, depth_pct: float, horizon_weeks: int) -> Aftermath:
    """What followed after ``day``.

    Parameters
    ----------
    closes : an index by session, as known.
    depth_pct : how far below the high a close is a deeper fall, percent, above zero.
    horizon_weeks : weeks after ``day`` in which one of the two must come.

    Raises
    ------
    BadParameter : a depth or a horizon that is not above zero.
    InsufficientData : no close up to ``day``.
    """
    if not (0 < depth_pct < 100 and horizon_weeks > 0):
        raise BadParameter(f"{depth_pct} percent within {horizon_weeks} weeks", "aftermath", "Both must be above zero.")
    known = closes.dropna().astype("float64")
    before = known.loc[:day].tail(LOOK_BACK_SESSIONS)
    if before.empty:
        raise InsufficientData(f"no close up to {day:%Y-%m-%d}", "aftermath")
    high, high_day = float(before.max()), pd.Timestamp(str(before.idxmax()))
    since = known.loc[before.index[-1] :]
    end = day + pd.Timedelta(weeks=horizon_weeks)
    falls = (since / since.cummax() - 1) * 100
    trough = pd.Timestamp(str(falls.idxmin()))
    branch, on = _branch(known[known.index > day], high, depth_pct, end)
    return Aftermath(
        high=high,
        high_day=high_day,
        branch=branch,
        on=on,
        level_pct=float(known.iloc[-1] / high - 1) * 100,
        lowest_pct=float(since.min() / high - 1) * 100,
        drawdown_pct=float(falls.min()),
        peak_day=pd.Timestamp(str(since.loc[:trough].idxmax())),
        trough_day=trough,
        falls=falls,
        path=(known.loc[high_day:] / high - 1) * 100,
        deep=high * (1 - depth_pct / 100),
        end=end,
    )


def _branch(
    after: pd.Series[float], high: float, depth_pct: float, end: pd.Timestamp
) -> tuple[Branch, pd.Timestamp | None]:
    for day, close in after.loc[:end].items():
        if close > high:
            return "recovered", pd.Timestamp(str(day))
        if close <= high * (1 - depth_pct / 100):
            return "deepened", pd.Timestamp(str(day))
    passed = len(after) > 0 and after.index[-1] >= end
    return ("neither", end) if passed else ("open", None)
