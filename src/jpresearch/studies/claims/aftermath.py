"""What happened next, which tells whether the fall of late summer 2025 was a correction or a pause.

A correction here is a close of TOPIX at least ten percent below its high before the article's day, reached before a new
high; a pause is a new high first. Until one of the two has come, it is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.studies.claims.facts import Facts

DAY: Final = pd.Timestamp("2025-09-05")
CORRECTION_PCT: Final = 10.0
LOOK_BACK_SESSIONS: Final = 60
STEPS: Final = {"4 weeks": 28, "13 weeks": 91, "26 weeks": 182, "52 weeks": 364}
OPEN, PAUSE, CORRECTION = "open", "a pause", "a correction"


@dataclass(frozen=True)
class Aftermath:
    """TOPIX and foreign flows since the article's day.

    Attributes
    ----------
    high : the high before the day, and ``high_day``. answer : ``open``, ``a pause`` or ``a correction``, and ``on``.
    path : TOPIX from ``LOOK_BACK_SESSIONS`` before the day on, percent of ``high`` less 100.
    flows : foreigners' net purchases summed since the day, JPY bn by week.
    changes : percent from the day's close after each of ``STEPS``, missing while it has not come.
    deepest : the deepest close below the high since the day, percent.
    """

    high: float
    high_day: pd.Timestamp
    answer: str
    on: pd.Timestamp | None
    path: pd.Series[float]
    flows: pd.Series[float]
    changes: pd.Series[float]
    deepest: float | None


def what_happened(facts: Facts) -> Aftermath:
    """The course since the day, as far as it is known. Before anything is known after it the answer is ``open``."""
    topix = facts.market["topix"].dropna()
    before = topix.loc[:DAY].tail(LOOK_BACK_SESSIONS)
    high_day = pd.Timestamp(before.index[int(before.to_numpy().argmax())])
    high, after = float(before.max()), topix[topix.index > DAY]
    answer, on = verdict(after, high)
    flows = facts.foreigners[facts.foreigners.index > DAY]
    return Aftermath(
        high=high,
        high_day=high_day,
        answer=answer,
        on=on,
        path=(topix.loc[before.index[0] :] / high - 1) * 100,
        flows=flows.cumsum(),
        changes=pd.Series({words: _after(topix, days) for words, days in STEPS.items()}),
        deepest=float(after.min() / high - 1) * 100 if len(after) else None,
    )


def verdict(after: pd.Series[float], high: float) -> tuple[str, pd.Timestamp | None]:
    """Which came first after the day: a new high or a close ten percent below the old one; and when."""
    for day, close in after.items():
        if close > high:
            return PAUSE, pd.Timestamp(str(day))
        if close <= high * (1 - CORRECTION_PCT / 100):
            return CORRECTION, pd.Timestamp(str(day))
    return OPEN, None


def _after(topix: pd.Series[float], days: int) -> float:
    """Percent from the day's close to the last close by so many days later; missing before that day has come."""
    end = DAY + pd.Timedelta(days=days)
    if topix.index[-1] < end or DAY not in topix.index:
        return float("nan")
    return float(topix.loc[:end].iloc[-1] / topix[DAY] - 1) * 100
