"""The world beside Japan: indices in local currency, US-listed country funds in dollars, the yen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.alignment import before_session, same_day
from jpresearch.datasets.reading import AsOf, day, described, one_of, optional, wide, within
from jpresearch.datasets.weeks import week_ends
from jpresearch.errors import BadParameter, UnknownName

__all__ = ["fund_returns", "funds", "fx", "index_returns", "indices", "total_return_indices", "weekly_indices"]

TABLE: Final = "world_indices"
PRICE: Final = ("kospi", "taiex", "hang_seng", "shanghai_composite", "csi300", "ftse100", "cac40", "ftse_mib")
JAPAN: Final = ("topix", "nikkei225")
TOTAL_RETURN: Final = ("dax",)
WEEKLY: Final = ("kospi", "hang_seng", "shanghai_composite", "ftse100", "euro_stoxx_50")
FUNDS: Final = {
    "EWJ": "MSCI Japan",
    "EWY": "MSCI South Korea",
    "EWT": "MSCI Taiwan",
    "EWH": "MSCI Hong Kong",
    "MCHI": "MSCI China",
    "INDA": "MSCI India",
    "EZU": "MSCI Eurozone",
    "VGK": "FTSE Developed Europe",
    "EWG": "MSCI Germany",
    "EWU": "MSCI United Kingdom",
    "SPY": "S&P 500",
    "ACWI": "MSCI ACWI",
    "EEM": "MSCI Emerging Markets",
}
"""The funds by ticker and what each tracks, Japan first."""
NEAREST: Final = pd.Timedelta(days=6)
"""A close stands for a day if it is at most this old: usual holidays are shorter, the end of a record is not."""
CLOCKS: Final = ("before", "after")
HOMES: Final = ("usd",)
"""Currencies whose rate against the yen is in ``market_daily``."""


def indices(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Closes of the major price indices in local currency, each by its own day.

    Examples
    --------
    >>> world.indices("2025-09-05")[["topix", "kospi"]].tail(2)
                  topix    kospi
    date
    2025-09-04  3080.17  3200.83
    2025-09-05  3105.31  3205.12

    Returns
    -------
    Index ``date``: every day on which any of them has a close. Columns in index points: ``topix``, ``nikkei225``,
    ``sp500``, ``kospi``, ``taiex``, ``hang_seng``, ``shanghai_composite``, ``csi300``, ``ftse100``, ``cac40``,
    ``ftse_mib``. Nothing is carried forward. The DAX is not here: it is a total return index
    (``world.total_return_indices``).

    Gaps
    ----
    From 2010 (Tokyo and New York from 2001). Series end on different days: KOSPI and TAIEX 2026-08, Europe 2026-07,
    Hong Kong and China 2026-06. European series may lack a session; CSI 300 and FTSE MIB rest on one source.

    Raises
    ------
    NotYetPublished : no index was public at ``as_of``.

    Source
    ------
    Exchanges and index owners (``world_indices``): Asia the same afternoon, Europe the next morning in Tokyo; Nikkei,
    JPX, S&P (``market_daily``).
    """
    frame = within(_levels(as_of, PRICE), start, end)
    return described(frame, "index points", "day", "price indices, local currency", ["market_daily", TABLE])


def total_return_indices(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Closes of indices that hold dividends: the DAX. Never to be ranked among price indices.

    Examples
    --------
    >>> world.total_return_indices("2025-09-05")["dax"].tail(2)
    date
    2025-09-03    23594.80
    2025-09-04    23770.33
    Name: dax, dtype: float64

    Returns
    -------
    Index ``date``. Column ``dax`` in index points. No rows before the first publication.

    Gaps
    ----
    2010 to 2026-07.

    Source
    ------
    Deutsche Börse (``world_indices``): the next morning in Tokyo.
    """
    rows = optional(TABLE, as_of)
    frame = wide(rows[rows["frequency"] == "daily"], "close_index_points", "series", TOTAL_RETURN, "date")
    return described(within(frame, start, end), "index points", "day", "total return index", [TABLE])


def weekly_indices(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Last closes of the week of some indices, beyond the end of their daily record. Never chained to it.

    Examples
    --------
    >>> world.weekly_indices("2026-09-10")[["kospi", "dax"]].pct_change().tail(2)
                   kospi       dax
    week_end
    2026-08-28 -0.017947  0.016583
    2026-09-04 -0.014976 -0.019706

    Returns
    -------
    Index ``week_end``: Fridays; which session the close is of is not stated. Columns in index points: ``kospi``,
    ``hang_seng``, ``shanghai_composite``, ``ftse100``, ``euro_stoxx_50`` (price indices) and ``dax`` (total return).
    No rows before the first publication.

    Gaps
    ----
    2026-03-27 to 2026-09-25.

    Source
    ------
    Index owners (``world_indices``, frequency ``weekly``).
    """
    rows = optional(TABLE, as_of)
    weekly = rows[rows["frequency"] == "weekly"]
    frame = wide(weekly, "close_index_points", "series", [*WEEKLY, *TOTAL_RETURN], "week_end")
    return described(within(frame, start, end), "index points", "week", "last close of the week", [TABLE])


def funds(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """US-listed country funds in dollars, on one clock, dividends included: for returns only.

    Examples
    --------
    >>> world.funds("2025-09-05").rename(columns=world.FUNDS)[["MSCI Japan", "S&P 500"]].tail(2)
                MSCI Japan   S&P 500
    date
    2025-09-03     74.7134  636.6854
    2025-09-04     75.4803  642.0064

    Returns
    -------
    Index ``date``: New York sessions. Columns: ``EWJ``, ``EWY``, ``EWT``, ``EWH``, ``MCHI``, ``INDA``, ``EZU``,
    ``VGK``, ``EWG``, ``EWU``, ``SPY``, ``ACWI``, ``EEM``, dollars adjusted for splits and dividends (levels mean
    nothing). No rows before the first publication.

    Gaps
    ----
    2010 to 2026-08; MCHI from 2011-03, INDA from 2012-02. Restated table: later dividends change every earlier level by
    one factor, no return.

    Source
    ------
    US-listed funds (``world_funds``): the next morning in Tokyo.
    """
    frame = wide(optional("world_funds", as_of), "adj_close_usd", "ticker", list(FUNDS), "date")
    basis = "US-listed funds, dollars, dividends included"
    return described(within(frame, start, end), "adjusted dollars", "day", basis, ["world_funds"])


def index_returns(as_of: AsOf, since: AsOf, until: AsOf = None) -> pd.DataFrame:
    """What each index returned in local currency from one day to another, with the days that it rests on.

    Examples
    --------
    >>> world.index_returns("2025-09-05", "2024-12-31").query("return_basis == 'price'")["return_pct"].tail(3)
    series
    ftse100     12.772544
    cac40        4.310950
    ftse_mib    22.828058
    Name: return_pct, dtype: float64

    Parameters
    ----------
    since, until : calendar days; ``until`` is by default the newest day on which TOPIX has a close.

    Returns
    -------
    Index ``series``: the columns of ``world.indices``, then ``dax``. Columns: ``return_pct``, ``first_day`` and
    ``last_day`` (the last session up to each of the two days, at most six days before, else missing: a series that
    ended earlier has no return), ``return_basis`` (``price`` or ``total_return``: rank only within one).

    Raises
    ------
    BadParameter : a date that is none, or ``until`` not after ``since``.
    NotYetPublished : as ``world.indices``.

    Source
    ------
    ``market_daily``, ``world_indices``.
    """
    levels = _levels(as_of, [*PRICE, *TOTAL_RETURN])
    frame = _returns(levels, since, until, levels["topix"].dropna().index.max())
    frame["return_basis"] = ["total_return" if name in TOTAL_RETURN else "price" for name in frame.index]
    shown = frame.rename_axis("series")
    return described(shown, "%", "day", "local currency", ["market_daily", TABLE])


def fund_returns(as_of: AsOf, since: AsOf, until: AsOf = None) -> pd.DataFrame:
    """What each country fund returned in dollars, dividends included, from one day to another.

    Examples
    --------
    >>> int(world.fund_returns("2025-09-05", "2024-12-31")["return_pct"].rank(ascending=False)["EWJ"])
    9

    Parameters
    ----------
    since, until : calendar days; ``until`` is by default the newest session.

    Returns
    -------
    Index ``ticker``. Columns: ``return_pct``, ``first_day``, ``last_day`` (as in ``world.index_returns``), ``tracks``.
    All on New York's clock and of one kind, so they may be ranked. No rows before the first publication.

    Raises
    ------
    BadParameter : a date that is none, or ``until`` not after ``since``.

    Source
    ------
    US-listed funds (``world_funds``).
    """
    levels = funds(as_of)
    frame = _returns(levels, since, until, levels.index.max()) if len(levels) else _returns(levels, since, since, None)
    frame["tracks"] = list(FUNDS.values())
    return described(frame.rename_axis("ticker"), "%", "day", "dollars, dividends included", ["world_funds"])


def fx(
    as_of: AsOf,
    *,
    start: AsOf = None,
    end: AsOf = None,
    every: str = "day",
    clock: str = "before",
    home: str = "usd",
) -> pd.DataFrame:
    """Yen per unit of a foreign holder's currency, the dollar, at New York's noon.

    Examples
    --------
    >>> world.fx("2025-09-05", every="week", clock="after")["usdjpy"].tail(2)  # to convert TOPIX's closes into dollars
    week_end
    2025-08-29    146.9
    2025-09-05      NaN
    Name: usdjpy, dtype: float64

    Parameters
    ----------
    every : ``day`` for each rate by its own day, ``week`` for the survey weeks of ``market.weekly``.
    clock : for weeks, which noon stands for a Tokyo close: ``before`` (the last one dated before the session, as in
        ``market.abroad``: what Tokyo knew) or ``after`` (of the same day, ten to eleven hours after the close: the
        first at which yen of that close could be changed).
    home : the holder's currency; ``usd`` alone has a rate in the tables.

    Returns
    -------
    Index ``date`` or ``week_end``. Column ``usdjpy``, yen per dollar. No other currency against the yen is in the
    tables.

    Gaps
    ----
    From 2001; US holidays are missing by day.

    Raises
    ------
    UnknownName : no such step or clock; a currency without a rate, with the table that would hold it.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    Federal Reserve, H.10 (``market_daily``): the week's figures on the following Tuesday.
    """
    one_of("step", every, ["day", "week"], "every")
    one_of("clock", clock, CLOCKS, "clock")
    if home not in HOMES:
        what = f"the table market_daily holds no rate of the yen against {home!r}"
        raise UnknownName(what, "home", f"Known: {', '.join(HOMES)}. Add the rate to market_daily, or choose that.")
    daily = wide(tables.load("market_daily", as_of), "value", "series", ["usdjpy", *JAPAN], "date")
    rates = daily["usdjpy"].dropna()
    if every == "day":
        frame = pd.DataFrame({"usdjpy": rates})
    else:
        closes = daily[list(JAPAN)].dropna(how="all").index
        weeks = week_ends(closes.min(), closes.max())
        frame = pd.DataFrame({"usdjpy": (before_session if clock == "before" else same_day)(rates, weeks)})
    basis = "New York noon" if every == "day" else f"New York noon {clock} Tokyo's close"
    return described(within(frame, start, end), "yen per dollar", every, basis, ["market_daily"])


def _levels(as_of: AsOf, series: Sequence[str]) -> pd.DataFrame:
    """Daily closes of Tokyo, New York and of ``series``, by day."""
    rows = optional(TABLE, as_of)
    home = wide(tables.load("market_daily", as_of), "value", "series", [*JAPAN, "sp500"], "date")
    abroad = wide(rows[rows["frequency"] == "daily"], "close_index_points", "series", series, "date")
    return home.join(abroad, how="outer").rename_axis("date")


def _returns(levels: pd.DataFrame, since: AsOf, until: AsOf, newest: pd.Timestamp | None) -> pd.DataFrame:
    """By column: percent from the last close up to ``since`` to the last one up to ``until``, and both days."""
    first, last = day(since, "since"), day(until, "until") or newest
    if first is None:
        raise BadParameter("a first day is needed", "since", "Write YYYY-MM-DD.")
    if last is not None and len(levels) and last <= first:
        raise BadParameter(f"{last:%Y-%m-%d} is not after {first:%Y-%m-%d}", "until", "Choose a later day.")
    rows = []
    for name in levels.columns:
        closes = levels[name].dropna()
        ends = [_last_up_to(closes, moment) for moment in (first, last)]
        held = [float("nan") if end is None else float(closes[end]) for end in ends]
        rows.append(((held[1] / held[0] - 1) * 100, *ends))
    frame = pd.DataFrame(rows, index=levels.columns, columns=["return_pct", "first_day", "last_day"])
    return frame.astype({"return_pct": "float64", "first_day": "datetime64[us]", "last_day": "datetime64[us]"})


def _last_up_to(closes: pd.Series[float], moment: pd.Timestamp | None) -> pd.Timestamp | None:
    """The last day with a close up to ``moment``; ``None`` where that is more than six days before."""
    days = pd.DatetimeIndex(closes.index)
    place = -1 if moment is None else int(days.searchsorted(moment, side="right")) - 1
    return days[place] if moment is not None and place >= 0 and moment - days[place] <= NEAREST else None
