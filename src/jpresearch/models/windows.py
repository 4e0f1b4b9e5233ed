"""Windows between two closes, their neighbours, and how exact a difference over them is."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jpresearch.errors import BadParameter, InsufficientData

FEWEST_SESSIONS: Final = 60


class Window(NamedTuple):
    """From the close of ``first`` to the close of ``last``."""

    first: pd.Timestamp
    last: pd.Timestamp


def since_high(levels: pd.Series[float], sessions: int = 60, least: int = 10) -> Window:
    """From the highest close of the newest ``sessions`` sessions to the newest close.

    Where the newest close is the highest, the newest ``least`` sessions.

    Raises
    ------
    InsufficientData : fewer than ``least`` + 1 closes.
    """
    recent = levels.dropna().tail(sessions)
    if len(recent) <= least:
        raise InsufficientData(f"{len(recent)} closes make no window", "windows", "Choose an earlier start.")
    days = pd.DatetimeIndex(recent.index)
    high = days[int(recent.to_numpy().argmax())]
    return Window(high if high < days[-1] else days[-1 - least], days[-1])


def parsed(text: str) -> Window:
    """A window from ``2025-08-18/2025-09-03``. Raises ``BadParameter`` where it is none."""
    parts = text.split("/")
    try:
        first, last = (pd.Timestamp(part) for part in parts)
    except ValueError as error:
        raise BadParameter(f"{text!r} is no window", "windows", "Write YYYY-MM-DD/YYYY-MM-DD.") from error
    if not first < last:
        raise BadParameter(f"{text!r} ends before it begins", "windows")
    return Window(first, last)


def neighbouring(one: pd.Series[float], other: pd.Series[float], window: Window, steps: int) -> pd.DataFrame:
    """By how many points ``one`` did better than ``other`` over windows with both ends moved by up to ``steps``.

    Parameters
    ----------
    one, other : closes on one index of sessions.

    Returns
    -------
    First days (index ``first``) x last days. Missing where a close is, or where a window would not end after it begins.
    """
    firsts, lasts = (_around(pd.DatetimeIndex(one.index), end, steps) for end in window)
    pair = pd.DataFrame({"one": one, "other": other})
    rows = {first: [_difference(pair, first, last) for last in lasts] for first in firsts}
    return pd.DataFrame.from_dict(rows, orient="index", columns=lasts).astype("float64").rename_axis("first")


def _around(sessions: pd.DatetimeIndex, day: pd.Timestamp, steps: int) -> list[pd.Timestamp]:
    place = int(sessions.searchsorted(day))
    return list(sessions[max(place - steps, 0) : place + steps + 1])


def _difference(pair: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> float:
    if first >= last:
        return float("nan")
    ends = pair.loc[[first, last]].to_numpy(dtype="float64")
    one, other = ends[1] / ends[0] - 1
    return float(one - other) * 100


def stale_error(one: pd.Series[float], other: pd.Series[float], market: pd.Series[float]) -> float:
    """The standard error, in points, that stale closes bring to the difference of two funds over any window.

    A fund that trades late in the day seldom or not at all answers the market's move partly on the next session. The
    part that comes late is its slope on the market's return of the session before, controlling for the same session's
    (Dimson, "Risk measurement when shares are subject to infrequent trading", JFE 7, 1979). Each of the four closes of
    a difference misses that part of a day's move; the four are taken as independent.

    Parameters
    ----------
    one, other, market : closes by session, on one index.

    Raises
    ------
    InsufficientData : fewer than 60 sessions with all returns.
    """
    daily = pd.DataFrame({"one": one, "other": other, "market": market}).pct_change(fill_method=None) * 100
    rows = daily.assign(before=daily["market"].shift(1)).dropna()
    if len(rows) < FEWEST_SESSIONS:
        what = f"{len(rows)} sessions do not tell how stale closes are; {FEWEST_SESSIONS} are the least"
        raise InsufficientData(what, "stale closes", "Choose an earlier start.")
    design = np.column_stack([np.ones(len(rows)), rows["market"], rows["before"]])
    late = np.linalg.lstsq(design, rows[["one", "other"]].to_numpy(), rcond=None)[0][2]
    return float(rows["market"].std() * np.sqrt(2 * (late**2).sum()))
