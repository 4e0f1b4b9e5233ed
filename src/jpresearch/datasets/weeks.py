"""Survey weeks of the Tokyo exchange: their ends, closes on them, and sums over several of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch.calendars import survey_weeks
from jpresearch.errors import BadParameter

MN_PER_BN: Final = 1000.0
LONGEST_SPAN: Final = 104


def week_ends(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The last sessions of all survey weeks that end from ``first`` to ``last``."""
    return pd.DatetimeIndex(survey_weeks(first, last)["period_end"], name="week_end").as_unit("us")


def weeks_from(ends: pd.DatetimeIndex, start: pd.Timestamp | None, end: pd.Timestamp | None) -> pd.DatetimeIndex:
    """All survey weeks from the first to the last of ``ends``, cut to ``start`` and ``end``; empty where it is."""
    if not len(ends):
        return pd.DatetimeIndex([], name="week_end", dtype="datetime64[us]")
    weeks = week_ends(ends.min(), ends.max())
    kept = (weeks >= (start or weeks[0])) & (weeks <= (end or weeks[-1]))
    return weeks[kept]


def span_in_weeks(every: str | None) -> int:
    """``"13 weeks"`` as 13; ``None`` and ``"week"`` are one week. Raises ``BadParameter``."""
    if every is None or every in ("week", "1 week"):
        return 1
    found = re.fullmatch(r"(\d{1,3}) weeks", every) if isinstance(every, str) else None
    if found is None or not 1 <= int(found[1]) <= LONGEST_SPAN:
        raise BadParameter(f"{every!r} is no number of weeks", "every", f'Write "13 weeks" (1 to {LONGEST_SPAN}).')
    return int(found[1])


def span_words(weeks: int) -> str:
    """``week`` or ``13 weeks``."""
    return "week" if weeks == 1 else f"{weeks} weeks"


def summed(frame: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Sums over ``weeks`` rows that end with each row; missing where one of them is. Rows are consecutive weeks."""
    return frame if weeks == 1 else frame.rolling(weeks, min_periods=weeks).sum()


def closes_on(market: pd.DataFrame, days: pd.DatetimeIndex, names: Sequence[str]) -> pd.DataFrame:
    """Closes of ``market_daily`` on ``days``, one column a series.

    A close that is not there stays missing: an earlier day of the week is not the week's end.
    """
    rows = market[market["series"].isin(names)]
    daily = rows.pivot(index="period_end", columns="series", values="value")
    return daily.reindex(index=days, columns=list(names)).rename_axis(columns=None)


def changes(levels: pd.DataFrame) -> pd.DataFrame:
    """Percent change from row to row; missing where either level is."""
    return (levels / levels.shift() - 1) * 100
