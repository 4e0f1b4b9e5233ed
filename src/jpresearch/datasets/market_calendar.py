"""What the calendar does to a survey week: settlement, ends of months and years, holidays."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch import clock
from jpresearch.calendars import business_days, monday, sessions, survey_weeks
from jpresearch.datasets.reading import AsOf, day, described

FIRST: Final = pd.Timestamp("2005-01-01")
QUARTERS: Final = (3, 6, 9, 12)
GOLDEN_WEEK: Final = (429, 506)
FRIDAY: Final = 4
FULL_WEEK: Final = 5


def calendar(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Flags of each survey week: SQ, ends of month, quarter and year, Golden Week, short weeks.

    Examples
    --------
    >>> market.calendar("2025-09-05")["quarterly_sq"].astype(float).tail(2)  # a dummy for a regression
    week_end
    2025-08-29    0.0
    2025-09-05    0.0
    Name: quarterly_sq, dtype: float64

    Parameters
    ----------
    start : by default 2005. end : by default the week of ``as_of``; the calendar is known ahead, so later is allowed.

    Returns
    -------
    Index ``week_end`` as in ``flows.weekly``. Columns, true or false: ``sq`` (the week of the month's special
    quotation, its second Friday or the session before where that is a holiday), ``quarterly_sq`` (March, June,
    September, December: index futures expire and positions roll), ``month_end``, ``quarter_end``, ``fiscal_year_end``
    (the week of the last session of the month, quarter, March), ``golden_week`` (a short week that touches 29 April to
    6 May), ``year_end`` and ``new_year`` (the last and the first session of the year), ``short``; and ``sessions``
    (their number).

    Raises
    ------
    BadParameter : a date that is none.

    Source
    ------
    The Tokyo exchange's calendar (``exchange_calendars``, XTKS); the rules are ours.
    """
    until = day(end, "end") or _today(as_of)
    weeks = survey_weeks(day(start, "start") or FIRST, until + pd.Timedelta(days=6 if end is None else 0))
    weeks = weeks[weeks["period_start"] <= until]
    ends = pd.DatetimeIndex(weeks["period_end"], name="week_end").as_unit("us")
    days = sessions()
    months = pd.Series(days, index=days).groupby(days.to_period("M")).agg(["min", "max"])
    last, first = pd.DatetimeIndex(months["max"]), pd.DatetimeIndex(months["min"])
    sq = _special_quotations(months.index)
    short = (weeks["sessions"] < FULL_WEEK).to_numpy()
    flags = {
        "sq": _holds(ends, sq),
        "quarterly_sq": _holds(ends, sq[sq.month.isin(QUARTERS)]),
        "month_end": _holds(ends, last),
        "quarter_end": _holds(ends, last[last.month.isin(QUARTERS)]),
        "fiscal_year_end": _holds(ends, last[last.month == 3]),
        "golden_week": short & _touches_golden_week(ends),
        "year_end": _holds(ends, last[last.month == 12]),
        "new_year": _holds(ends, first[first.month == 1]),
        "short": short,
        "sessions": weeks["sessions"].to_numpy(),
    }
    return described(pd.DataFrame(flags, index=ends), "days", "week", "calendar of the Tokyo exchange", [])


def _today(as_of: AsOf) -> pd.Timestamp:
    return pd.Timestamp(clock.moment(as_of) or clock.now()).tz_localize(None).normalize()


def _holds(ends: pd.DatetimeIndex, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether the week of each end holds one of ``days``."""
    return np.asarray(monday(ends).isin(monday(days)))


def _special_quotations(months: pd.Index) -> pd.DatetimeIndex:
    """The second Friday of each month, or the business day before where the exchange is closed."""
    firsts = pd.PeriodIndex(months).to_timestamp()
    fridays = firsts + pd.to_timedelta((FRIDAY - firsts.day_of_week) % 7 + 7, unit="D")
    open_days = business_days()
    return open_days[open_days.searchsorted(fridays, side="right") - 1]


def _touches_golden_week(ends: pd.DatetimeIndex) -> np.ndarray:
    """Whether Monday to Friday of the week touches 29 April to 6 May."""
    touched = np.zeros(len(ends), dtype=bool)
    for offset in range(FULL_WEEK):
        days = monday(ends) + pd.Timedelta(days=offset)
        code = days.month * 100 + days.day
        touched |= np.asarray((code >= GOLDEN_WEEK[0]) & (code <= GOLDEN_WEEK[1]))
    return touched
