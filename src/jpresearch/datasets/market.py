"""The market: indices by day and survey week, markets abroad on Tokyo's clock, size, rates, valuation, calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.alignment import before_session
from jpresearch.datasets.market_calendar import calendar
from jpresearch.datasets.market_size import market_cap_on_weeks, segments, size, turnover_on_weeks
from jpresearch.datasets.rates import policy_steps, rates
from jpresearch.datasets.reading import AsOf, day, described, one_of, wide, within
from jpresearch.datasets.sectors import sector_closes, sector_returns
from jpresearch.datasets.valuation import nikkei_total_return, prime_valuation, valuation, valuation_points
from jpresearch.datasets.weeks import changes, closes_on, week_ends
from jpresearch.errors import UnknownName

__all__ = [
    "abroad",
    "calendar",
    "daily",
    "market_cap_on_weeks",
    "nikkei_total_return",
    "policy_steps",
    "prime_valuation",
    "rates",
    "sector_closes",
    "sector_returns",
    "segments",
    "size",
    "turnover_on_weeks",
    "valuation",
    "valuation_points",
    "weekly",
]

TABLE: Final = "market_daily"
SERIES: Final = {
    "topix": "index points",
    "nikkei225": "index points",
    "sp500": "index points",
    "sox": "index points",
    "vix": "index points",
    "usdjpy": "yen per dollar",
    "jgb2y": "%",
    "jgb10y": "%",
    "ust10y": "%",
    "boj_policy_rate": "%",
}
ABROAD: Final = ("sp500", "usdjpy", "sox", "vix", "ust10y")
CHANGES: Final = {"sp500": "pct", "usdjpy": "pct", "sox": "pct", "vix": "points", "ust10y": "bp"}
CHANGE_UNITS: Final = {"pct": "%", "points": "points", "bp": "bp"}


def daily(
    as_of: AsOf, series: str | Sequence[str] = ("topix", "nikkei225"), *, start: AsOf = None, end: AsOf = None
) -> pd.DataFrame:
    """Daily closes and yields, each by its own day; not aligned, nothing carried forward.

    Examples
    --------
    >>> market.daily("2025-09-05", ["topix", "vix"]).tail(2)
                  topix   vix
    date
    2025-09-04  3080.17  15.3
    2025-09-05  3105.31   NaN

    Parameters
    ----------
    series : ``topix``, ``nikkei225`` (points, Tokyo's close), ``sp500``, ``sox``, ``vix`` (points, New York's close),
        ``usdjpy`` (yen per dollar, New York's noon), ``jgb2y``, ``jgb10y``, ``ust10y``, ``boj_policy_rate`` (percent).

    Returns
    -------
    Index ``date``: every day on which any of them has a value. One column a series, in the order asked for. A New York
    value of a day was not known at Tokyo's close of that day: set markets side by side with ``market.abroad``.

    Gaps
    ----
    Price indices, no dividends. From 2001; SOX from 2020. No Tokyo session on 2020-10-01. ``about(frame).missing`` also
    lists days that are holidays in one place and not in the other.

    Raises
    ------
    UnknownName : no such series.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    Nikkei, JPX, S&P, Nasdaq, Cboe, Federal Reserve, MoF, US Treasury, BIS (``market_daily``).
    """
    wanted = _series(series, tuple(SERIES))
    frame = within(wide(tables.load(TABLE, as_of), "value", "series", wanted, "date"), start, end)
    return described(frame, SERIES[wanted[0]], "day", "closes and yields by their own day", [TABLE], columns=SERIES)


def weekly(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """TOPIX and the Nikkei 225 on the last session of each survey week, with the change over the week.

    Examples
    --------
    >>> market.weekly("2025-09-05")[["topix", "topix_pct"]].tail(2)
                  topix  topix_pct
    week_end
    2025-08-29  3075.18  -0.828477
    2025-09-05  3105.31   0.979780

    Returns
    -------
    Index ``week_end`` as in ``flows.weekly``: every survey week to the newest that has ended by the newest close.
    Columns: ``topix``, ``nikkei225`` (points) and ``topix_pct``, ``nikkei225_pct`` (percent from the last session of
    the week before). A close that is missing stays missing, and so do the two changes that need it: an earlier day of
    the week is not the week's end. Price changes without dividends.

    Raises
    ------
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    JPX, Nikkei (``market_daily``): the close, 15:30 (15:00 before 2024-11-05).
    """
    rows = tables.load(TABLE, as_of)
    names = ["topix", "nikkei225"]
    known = rows.loc[rows["series"].isin(names), "period_end"]
    levels = closes_on(rows, week_ends(known.min(), known.max()), names)
    frame = within(levels.join(changes(levels).add_suffix("_pct")), start, end).rename_axis("week_end")
    units = {"topix_pct": "%", "nikkei225_pct": "%"}
    return described(frame, "index points", "week", "closes of the week's last session", [TABLE], columns=units)


def abroad(
    as_of: AsOf,
    series: str | Sequence[str] = ABROAD,
    *,
    start: AsOf = None,
    end: AsOf = None,
    every: str = "week",
) -> pd.DataFrame:
    """Markets abroad as Tokyo's close knew them: the last New York value dated before the Tokyo session.

    Examples
    --------
    >>> market.abroad("2025-09-05", ["sp500", "usdjpy"])[["sp500_pct", "usdjpy_pct"]].tail(2)
                sp500_pct  usdjpy_pct
    week_end
    2025-08-29   2.067292   -0.923492
    2025-09-05   0.003384         NaN

    The alignment: New York's value of day ``t`` comes out between Tokyo's close of ``t`` and its open of ``t + 1``, so
    the newest one in the prices of a Tokyo close is dated the day before or earlier. The staleness: at most five days
    before the session, which a three-day weekend (four days) and one more day of closure fill; what is older leaves
    the row without a value, and the last value of a record stands for the next weekday only. The same for all series,
    weekly and daily, and for every notebook.

    Parameters
    ----------
    series : of ``sp500``, ``usdjpy``, ``sox``, ``vix``, ``ust10y``.
    every : ``week`` (survey weeks) or ``day`` (Tokyo sessions).

    Returns
    -------
    Index ``week_end`` (last session of each survey week) or ``date`` (Tokyo sessions), to the newest Tokyo close. For
    each series its level and its change from the row before: ``sp500``, ``sp500_pct``, ``usdjpy``, ``usdjpy_pct``
    (above zero: the dollar rose), ``sox``, ``sox_pct``, ``vix``, ``vix_points``, ``ust10y``, ``ust10y_bp``.

    Gaps
    ----
    From 2001; SOX from 2020. The yen's newest week waits for the Federal Reserve (H.10, the following Tuesday).

    Raises
    ------
    UnknownName : no such series or step.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    S&P, Federal Reserve, Nasdaq, Cboe, US Treasury (``market_daily``); Tokyo sessions of TOPIX and the Nikkei 225.
    """
    wanted = _series(series, ABROAD)
    one_of("step", every, ["week", "day"], "every")
    rows = tables.load(TABLE, as_of)
    sessions = _sessions(rows)
    days = week_ends(sessions[0], sessions[-1]) if every == "week" else sessions
    known = {name: rows[rows["series"] == name].set_index("period_end")["value"].sort_index() for name in wanted}
    levels = {name: before_session(values, days) for name, values in known.items()}
    columns = {key: value for name, level in levels.items() for key, value in _with_change(name, level).items()}
    index = "week_end" if every == "week" else "date"
    frame = within(pd.DataFrame(columns, index=days), day(start, "start"), day(end, "end")).rename_axis(index)
    units = SERIES | {f"{name}_{kind}": CHANGE_UNITS[kind] for name, kind in CHANGES.items()}
    basis = "last New York value before Tokyo's close"
    return described(frame, SERIES[wanted[0]], every, basis, [TABLE], columns=units)


def _series(series: str | Sequence[str], allowed: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys([series] if isinstance(series, str) else series))
    for name in wanted:
        one_of("series", name, allowed, "series")
    if not wanted:
        raise UnknownName.of("series", "", allowed, "series")
    return wanted


def _sessions(rows: pd.DataFrame) -> pd.DatetimeIndex:
    """The days on which an index of Tokyo has a close."""
    tokyo = rows.loc[rows["series"].isin(["topix", "nikkei225"]), "period_end"]
    return pd.DatetimeIndex(tokyo.drop_duplicates().sort_values())


def _with_change(name: str, level: pd.Series[float]) -> dict[str, pd.Series[float]]:
    kind = CHANGES[name]
    change = (level / level.shift() - 1) * 100 if kind == "pct" else level.diff() * (100 if kind == "bp" else 1)
    return {name: level, f"{name}_{kind}": change}
