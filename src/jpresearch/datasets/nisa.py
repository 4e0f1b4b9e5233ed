"""NISA: accounts, gross purchases as totals that may be differenced, their pace, quotas, and flows of funds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.nisa_published import accounts, figures, fund_flows
from jpresearch.datasets.nisa_totals import Totals, bounded
from jpresearch.datasets.nisa_totals import figures as with_bounds
from jpresearch.datasets.reading import AsOf, day, described
from jpresearch.errors import BadParameter
from jpresearch.stats.rounding import Interval

__all__ = ["accounts", "bought", "figures", "fund_flows", "pace", "purchases", "quotas", "years"]

TABLE: Final = "nisa_usage"
USABLE: Final = 0.25
"""Bounds that reach further than this share of their middle on either side say too little for a pace."""
YEAR: Final = 12
TOTALS: Final = ("purchases_year", "purchases_ytd")
QUOTAS: Final = ("growth", "tsumitate")
BASIS: Final = "gross purchases in NISA accounts, all assets, bounds of rounding"
PACE: Final = (
    *("first_day", "last_day", "months", "bought", "bought_low", "bought_high"),
    *("pace", "pace_low", "pace_high"),
)
DAY: Final = pd.Timedelta(days=1)


class _Span(NamedTuple):
    """Purchases, JPY tn, from the day after ``first`` to ``last``."""

    first: pd.Timestamp
    last: pd.Timestamp
    bought: Interval

    @property
    def months(self) -> int:
        return YEAR * (self.last.year - self.first.year) + self.last.month - self.first.month

    @property
    def usable(self) -> bool:
        return self.bought.low > 0 and self.bought.width / 2 <= USABLE * self.bought.centre


def purchases(as_of: AsOf) -> pd.DataFrame:
    """Cumulative gross purchases since 2014 at each date for which figures exist, with what their rounding allows.

    Examples
    --------
    >>> nisa.purchases("2025-09-05")[["cumulative", "low", "high"]].tail(2)
                cumulative   low  high
    date
    2024-12-31        53.0  52.5  53.5
    2025-03-31        59.0  58.5  59.5

    All of FSA's totals are taken together: cumulative ones, of a year, of a year so far, each within its rounding. They
    count accounts without junior ones; a total that includes those bounds the other from above and is never
    differenced, a conflicting total (``purchases_cumulative_alt``) is not used, and a figure that contradicts more
    precise ones is left out. So purchases between two dates are those of ``nisa.bought``, not the difference of two
    printed totals.

    Returns
    -------
    Index ``date``. Columns in JPY tn: ``cumulative`` (the middle of the bounds), ``low``, ``high``; ``bought``,
    ``bought_low``, ``bought_high`` (since the date before); and ``months`` since it.

    Gaps
    ----
    Unequal distances, sparse before 2020.

    Raises
    ------
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    Financial Services Agency (``nisa_usage``): up to twelve weeks after the quarter. Derived.
    """
    totals = _totals(as_of)
    rows = []
    for before, date in zip(totals.dates[:-1], totals.dates[1:], strict=True):
        total, since = totals.ends(totals.dates[0], date), totals.ends(before, date)
        months = YEAR * (date.year - before.year) + date.month - before.month
        rows.append((sum(total) / 2, *total, sum(since) / 2, *since, float(months)))
    columns = ["cumulative", "low", "high", "bought", "bought_low", "bought_high", "months"]
    frame = pd.DataFrame(rows, columns=columns, index=pd.DatetimeIndex(totals.dates[1:], name="date"), dtype="float64")
    bounded = frame.where(frame.abs() < float("inf"))
    return described(bounded, "JPY tn", "since 2014", BASIS, [TABLE], columns={"months": "months"})


def bought(as_of: AsOf, first: AsOf, last: AsOf) -> pd.DataFrame:
    """Gross purchases between two dates for which figures exist.

    Examples
    --------
    >>> nisa.bought("2025-09-05", "2023-12-31", "2024-12-31")
                bought    low   high  months
    date
    2024-12-31    17.4  17.35  17.45    12.0

    Parameters
    ----------
    first, last : dates of ``nisa.purchases``, or 2013-12-31, the eve of the scheme; purchases from the day after
        ``first`` to ``last``.

    Returns
    -------
    Index ``date``: ``last``. Columns: ``bought``, ``low``, ``high`` (JPY tn; missing above where nothing bounds them)
    and ``months``.

    Raises
    ------
    BadParameter : a date without a figure; the message names those with one. NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency (``nisa_usage``). Derived.
    """
    totals = _totals(as_of)
    start, stop = _date(totals, first, "first"), _date(totals, last, "last")
    if stop <= start:
        raise BadParameter(f"{stop:%Y-%m-%d} is not after {start:%Y-%m-%d}", "last", "Choose a later date.")
    span = next(iter(_spans(totals, [(start, stop)])), None)
    months = float(YEAR * (stop.year - start.year) + stop.month - start.month)
    values = (*_three(None if span is None else span.bought), months)
    frame = pd.DataFrame([values], columns=["bought", "low", "high", "months"], index=pd.DatetimeIndex([stop]))
    return described(frame.rename_axis("date"), "JPY tn", "period", BASIS, [TABLE], columns={"months": "months"})


def years(as_of: AsOf) -> pd.DataFrame:
    """Gross purchases of the calendar years that the figures give to within a quarter of their size.

    Examples
    --------
    >>> nisa.years("2025-09-05")["bought"]
    year_end
    2014-12-31     2.976969
    2015-12-31     3.469531
    2023-12-31     5.600000
    2024-12-31    17.400000
    Name: bought, dtype: float64

    Returns
    -------
    Index ``year_end``. Columns in JPY tn: ``bought`` (the middle), ``low``, ``high``.

    Raises
    ------
    NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency (``nisa_usage``). Derived.
    """
    totals = _totals(as_of)
    ends = [date for date in totals.dates if date.month == YEAR]
    pairs = [(first, last) for first in ends for last in ends if last.year == first.year + 1]
    known = [span for span in _spans(totals, pairs) if span.usable]
    rows = [(span.bought.centre, span.bought.low, span.bought.high) for span in known]
    index = pd.DatetimeIndex([span.last for span in known], name="year_end")
    frame = pd.DataFrame(rows, columns=["bought", "low", "high"], index=index, dtype="float64")
    return described(frame, "JPY tn", "year", BASIS, [TABLE])


def pace(as_of: AsOf, since: AsOf = "2024-01-01", *, until: AsOf = None, before_months: int = 12) -> pd.DataFrame:
    """Gross purchases a month before and since a date, with all that rounding leaves possible, and their ratio.

    Examples
    --------
    >>> nisa.pace("2025-09-05").loc["since", ["ratio", "ratio_low", "ratio_high"]]
    ratio         3.222094
    ratio_low     2.609023
    ratio_high    3.835165
    Name: since, dtype: float64

    Before: of the spans of at least ``before_months`` months that the figures give to within a quarter of their size,
    the one that starts last and, of those, ends closest to the date. Since: from the date to the last year end, since
    purchases crowd into January; where no year is complete, to the newest figure.

    Parameters
    ----------
    since : the date; a figure has to stand for the day before it.
    until : the end of the newer side instead, a date of ``nisa.purchases``: 2024 over 2023 with ``2024-12-31``.
    before_months : the least length of the older side.

    Returns
    -------
    Index ``side``: ``before`` and ``since``; a side that the figures do not give is missing throughout. Columns:
    ``first_day``, ``last_day``, ``months``, ``bought``, ``bought_low``, ``bought_high`` (JPY tn), ``pace``,
    ``pace_low``, ``pace_high`` (JPY tn a month), and on ``since`` ``ratio``, ``ratio_low``, ``ratio_high`` (times the
    pace before).

    Raises
    ------
    BadParameter : ``since`` that is no date, ``until`` without a figure, ``before_months`` below one.
    NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency (``nisa_usage``). Derived.
    """
    start = day(since, "since")
    if start is None or before_months < 1:
        raise BadParameter("a date and at least one month before it are needed", "since, before_months")
    totals = _totals(as_of)
    dates = [date for date in totals.dates if date < start]
    olds = [
        span
        for span in _spans(totals, ((a, b) for a in dates for b in dates if a < b))
        if span.months >= before_months and span.usable
    ]
    before = max(olds, key=lambda span: (span.first, span.last), default=None)
    eve = start - DAY
    ends = totals.dates if until is None else [_date(totals, until, "until")]
    later = [(eve, date) for date in ends if date > eve] if eve in totals.dates else []
    news = [span for span in _spans(totals, later) if span.usable]
    after = max(news, key=lambda span: (span.months % YEAR == 0, span.last), default=None)
    frame = pd.DataFrame([_pace_row(before), _pace_row(after)], index=["before", "since"], columns=list(PACE))
    ratio = _monthly(after) / _monthly(before) if before is not None and after is not None else None
    for name, value in zip(("ratio", "ratio_low", "ratio_high"), _three(ratio), strict=True):
        frame[name] = [float("nan"), value]
    numbers = {name: "float64" for name in frame.columns if not name.endswith("_day")}
    typed = frame.astype({**numbers, "first_day": "datetime64[us]", "last_day": "datetime64[us]"})
    units = dict.fromkeys(("pace", "pace_low", "pace_high"), "JPY tn a month") | {"months": "months"}
    units |= dict.fromkeys(("ratio", "ratio_low", "ratio_high"), "x")
    return described(typed.rename_axis("side"), "JPY tn", "period", BASIS, [TABLE], columns=units)


def quotas(as_of: AsOf) -> pd.DataFrame:
    """Purchases through the two quotas in the newest period for which both are published.

    Examples
    --------
    >>> nisa.quotas("2025-09-05").loc["growth", ["low", "high"]]
    low     12.35
    high    12.45
    Name: growth, dtype: float64

    Through the tsumitate quota only funds can be bought, through the growth quota listed securities or funds: Japanese
    shares bought directly are at most the growth quota.

    Returns
    -------
    Index ``quota``: ``growth``, ``tsumitate``; a whole year before a part of one. Columns: ``period_start``,
    ``period_end``, ``value``, ``low``, ``high`` (JPY tn, with the bounds of rounding). No rows where no period has
    both.

    Raises
    ------
    NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency (``nisa_usage``).
    """
    known = with_bounds(tables.load(TABLE, as_of))
    columns = ["period_start", "period_end", "value", "low", "high"]
    found = known.iloc[:0]
    for total in TOTALS:
        parts = known[known["metric"].isin([f"{total}_{quota}" for quota in QUOTAS])]
        both = parts.groupby("period_end")["metric"].nunique()
        if found.empty and (both == len(QUOTAS)).any():
            newest = both.index[both == len(QUOTAS)].max()
            found = parts[parts["period_end"] == newest].sort_values("metric")
    frame = found[columns].set_axis(pd.Index([name.rsplit("_", 1)[-1] for name in found["metric"]], name="quota"))
    return described(frame, "JPY tn", "period", BASIS, [TABLE])


def _totals(as_of: AsOf) -> Totals:
    return bounded(with_bounds(tables.load(TABLE, as_of)))


def _date(totals: Totals, value: AsOf, name: str) -> pd.Timestamp:
    """A date for which a figure stands. Raises ``BadParameter`` with those that there are."""
    found = day(value, name)
    if found is None or found not in totals.dates:
        held = ", ".join(totals.dates.strftime("%Y-%m-%d"))
        raise BadParameter(f"no figure stands for {value}", name, f"There are: {held}.")
    return found


def _spans(totals: Totals, pairs: Iterable[tuple[pd.Timestamp, pd.Timestamp]]) -> list[_Span]:
    """The spans between pairs of dates of the totals, without those whose purchases nothing bounds from above."""
    known = ((first, last, totals.between(first, last)) for first, last in pairs)
    return [_Span(first, last, found) for first, last, found in known if found is not None]


def _monthly(span: _Span) -> Interval:
    return span.bought / span.months


def _three(interval: Interval | None) -> tuple[float, float, float]:
    if interval is None:
        return (float("nan"),) * 3
    return interval.centre, interval.low, interval.high


def _pace_row(span: _Span | None) -> list[object]:
    """The values of ``PACE`` for one side."""
    if span is None:
        return [pd.NaT, pd.NaT, *[float("nan")] * 7]
    return [span.first + DAY, span.last, float(span.months), *_three(span.bought), *_three(_monthly(span))]
