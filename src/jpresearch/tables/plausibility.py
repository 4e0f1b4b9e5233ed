"""What no row may say whatever its table: figures of the future, of years that cannot be meant, of a day between
periods. An update refuses such rows, a check of the tables finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch import calendars
from jpresearch.catalog import ReleaseRules, Table

EARLIEST: Final = pd.Timestamp("1949-05-16")
"""The day on which the Tokyo exchange reopened; nothing here is older."""
DAYS: Final = ("period_start", "period_end", "published_at")
SATURDAY: Final = 5
LAST_SECOND: Final = pd.Timedelta("23:59:59")

Fits = Callable[["pd.Series[Any]"], np.ndarray]


def implausible(rows: pd.DataFrame, table: Table, now: pd.Timestamp) -> Iterator[tuple[int, str]]:
    """What is wrong with rows of ``table``: position of the row and a clause, in no order.

    Parameters
    ----------
    rows : columns of the table in their types.
    now : the moment (Tokyo) after which nothing can have been published. A row dated by its day alone (23:59:59) may
        be of today.
    """
    rows = rows.assign(**{name: pd.to_datetime(rows[name]) for name in DAYS})
    for name in DAYS:
        yield from _of_another_age(rows[name], name)
    yield from _to_come(rows, now)
    yield from _between_periods(rows, table)


def _of_another_age(days: pd.Series[Any], name: str) -> Iterator[tuple[int, str]]:
    early = days.dt.tz_localize(None) < EARLIEST
    for row in np.flatnonzero(early.to_numpy()):
        yield int(row), f"{name} {_day(days.iloc[row])} lies before {EARLIEST:%Y-%m-%d}, when the exchange reopened"


def _to_come(rows: pd.DataFrame, now: pd.Timestamp) -> Iterator[tuple[int, str]]:
    today = now.tz_localize(None).normalize()
    ahead = (rows["period_end"] > today).to_numpy()
    for row in np.flatnonzero(ahead):
        yield int(row), f"period_end {_day(rows['period_end'].iloc[row])} is still to come"
    published = rows["published_at"]
    by_day = published == (today + LAST_SECOND).tz_localize(now.tz)
    for row in np.flatnonzero(((published > now) & ~by_day).to_numpy() & ~ahead):
        moment = published.iloc[row]
        yield int(row), f"published_at {moment.isoformat(timespec='seconds')} is still to come"


def _between_periods(rows: pd.DataFrame, table: Table) -> Iterator[tuple[int, str]]:
    """Rows whose period ends on a day on which no period of their release rule ends."""
    rules = table.house.release_rule
    if rules is None or rows.empty:
        return
    names = rows[rules.by].map(rules.rules) if isinstance(rules, ReleaseRules) else pd.Series(rules, index=rows.index)
    ends = rows["period_end"]
    known = calendars.covered(pd.DatetimeIndex(ends))
    for name in names.dropna().unique():
        if name not in ENDS:
            continue
        what, fits = ENDS[name]
        these = (names == name).to_numpy() & known & ~fits(ends)
        yield from ((int(row), f"period_end {_day(ends.iloc[row])} is not {what}") for row in np.flatnonzero(these))


def _is_session(days: pd.Series[Any]) -> np.ndarray:
    return np.asarray(days.isin(calendars.sessions()))


def _is_business_day(days: pd.Series[Any]) -> np.ndarray:
    return np.asarray(days.isin(calendars.business_days()))


def _ends_survey_week(days: pd.Series[Any]) -> np.ndarray:
    """Whether each day is the last session of its week."""
    sessions = calendars.sessions()
    saturdays = calendars.monday(pd.DatetimeIndex(days)) + pd.Timedelta(days=SATURDAY)
    place = sessions.searchsorted(saturdays) - 1
    return np.asarray(sessions[place.clip(0)] == pd.DatetimeIndex(days))


def _is_saturday(days: pd.Series[Any]) -> np.ndarray:
    return np.asarray(days.dt.day_of_week == SATURDAY)


def _is_month_end(days: pd.Series[Any]) -> np.ndarray:
    return np.asarray(days.dt.is_month_end)


_WEEK_END: Final = ("the last session of its week", _ends_survey_week)
_MONTH_END: Final = ("the last day of a month", _is_month_end)
ENDS: Final[dict[str, tuple[str, Fits]]] = {
    "jpx_investor_types": _WEEK_END,
    "jpx_margin_balances": _WEEK_END,
    "mof_weekly": ("a Saturday", _is_saturday),
    "mof_monthly": _MONTH_END,
    "jpx_per_pbr": _MONTH_END,
    "jpx_market_value": _MONTH_END,
    "jpx_trading_value": _MONTH_END,
    "gpif_results": _MONTH_END,
    "tokyo_close": ("a session of the Tokyo exchange", _is_session),
    "jgb_yields": ("a business day in Tokyo", _is_business_day),
}
"""What the last day of a period is, by release rule, where the rule leaves no doubt."""


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.year:04d}-{moment:%m-%d}"
