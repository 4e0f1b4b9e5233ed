"""Days, months and periods as reports write them: ``4 Sep 2026``, ``w/e 4 Sep 2026``, ``Jan 2012 to 4 Sep 2026``.

Anything with a year, month and day is a date here: ``datetime.date``, ``pandas.Timestamp``, or ISO text.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from jpresearch.errors import UnitUnknown
from jpresearch.say.marks import Kind, marked

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_of(moment: Any) -> dt.date:
    """The calendar day of a date, a time stamp or an ISO text. Raises ``UnitUnknown`` for anything else."""
    try:
        if isinstance(moment, str):
            return dt.date.fromisoformat(moment[:10])
        return dt.date(moment.year, moment.month, moment.day)
    except (AttributeError, TypeError, ValueError) as error:
        raise UnitUnknown(f"{moment!r} is no date", "say", "Give a date, a time stamp or YYYY-MM-DD.") from error


def date_text(moment: Any, *, year: bool = True) -> str:
    """``4 Sep 2026``, unmarked."""
    day = day_of(moment)
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"


def month_text(moment: Any) -> str:
    """``Sep 2026``, unmarked."""
    day = day_of(moment)
    return f"{MONTHS[day.month - 1]} {day.year}"


def date(moment: Any, *, year: bool = True) -> str:
    """``4 Sep 2026``; without the year where it is plain from what stands around it.

    Examples
    --------
    >>> print(say.plain(say.date("2026-09-04")))
    4 Sep 2026
    >>> print(say.plain(say.date("2026-09-04", year=False)))
    4 Sep
    """
    return marked(date_text(moment, year=year), kind=Kind.DATE)


def month(moment: Any) -> str:
    """``Sep 2026``.

    Examples
    --------
    >>> print(say.plain(say.month("2026-09-04")))
    Sep 2026
    """
    return marked(month_text(moment), kind=Kind.DATE)


def year(moment: Any) -> str:
    """``2026``, of a date or of a year.

    Examples
    --------
    >>> print(say.plain(say.year("2026-09-04")))
    2026
    """
    return marked(str(moment if isinstance(moment, int) else day_of(moment).year), kind=Kind.DATE)


def week_end(moment: Any) -> str:
    """``w/e 4 Sep 2026``.

    Examples
    --------
    >>> print(say.plain(say.week_end("2026-09-04")))
    w/e 4 Sep 2026
    """
    return marked(f"w/e {date_text(moment)}", kind=Kind.DATE)


def quarter(end: Any) -> str:
    """A quarter by its last day: ``Apr to Jun 2026``.

    Examples
    --------
    >>> print(say.plain(say.quarter("2026-06-30")))
    Apr to Jun 2026
    """
    day = day_of(end)
    first = MONTHS[(day.month - 3) % 12]
    opening = f"{first} {day.year - 1}" if day.month < 3 else first
    return marked(f"{opening} to {month_text(day)}", kind=Kind.DATE)


def period_text(first: Any, last: Any, *, span: str = "") -> str:
    """From one date to another, unmarked: ``2012 to w/e 4 Sep 2026`` where rows are weeks, ``2012 to Mar 2022`` ..."""
    begin, end = day_of(first), day_of(last)
    closing = f"w/e {date_text(end)}" if "week" in span else date_text(end) if span in ("", "day") else month_text(end)
    if (begin.year, begin.month) == (end.year, end.month):
        return closing if begin == end else f"{date_text(begin, year=False)} to {date_text(end)}"
    return f"{begin.year if begin.year < end.year else MONTHS[begin.month - 1]} to {closing}"


def period(first: Any, last: Any, *, span: str = "") -> str:
    """From one date to another: ``2012 to 4 Sep 2026``; ``span`` ``"week"`` writes the end as a week, ``"month"`` and
    ``"quarter"`` as a month.

    Examples
    --------
    >>> print(say.plain(say.period("2012-01-06", "2026-09-04", span="week")))
    2012 to w/e 4 Sep 2026
    """
    return marked(period_text(first, last, span=span), kind=Kind.DATE)
