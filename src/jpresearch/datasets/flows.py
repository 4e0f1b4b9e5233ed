"""Flows of investors: cash equities by class and week, futures, cross-border flows, shares of trading, buybacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets import bases as _bases
from jpresearch.datasets.balance_of_payments import mof, mof_and_jpx, mof_monthly
from jpresearch.datasets.bases import TWO_MARKETS
from jpresearch.datasets.futures import cash_and_futures, futures, futures_by_class
from jpresearch.datasets.market_size import market_cap_on_weeks, turnover_on_weeks
from jpresearch.datasets.reading import AsOf, day, described, editions, one_of, within
from jpresearch.datasets.repurchases import boj_etf_purchases, buybacks
from jpresearch.datasets.trading import trading_share, turnover
from jpresearch.datasets.weeks import span_in_weeks, span_words, summed, weeks_from
from jpresearch.errors import InsufficientData

__all__ = [
    "bases",
    "boj_etf_purchases",
    "buybacks",
    "cash_and_futures",
    "futures",
    "futures_by_class",
    "mof",
    "mof_and_jpx",
    "mof_monthly",
    "newest",
    "published",
    "recent",
    "trading_share",
    "turnover",
    "weekly",
]

TABLE: Final = "investor_flows"
UNITS: Final = {"jpy_bn": "JPY bn", "bp_of_market_cap": "bp of market value", "pct_of_turnover": "% of turnover"}
BP_PER_UNIT: Final = 10_000.0
PCT_PER_UNIT: Final = 100.0
BN_PER_TN: Final = 1000.0


def weekly(
    as_of: AsOf,
    classes: str | Sequence[str],
    *,
    start: AsOf = None,
    end: AsOf = None,
    unit: str = "jpy_bn",
    every: str | None = None,
    others: bool = False,
    market: str = TWO_MARKETS,
) -> pd.DataFrame:
    """Net purchases of Japanese cash equities by class of investor and survey week.

    Examples
    --------
    >>> flows.weekly("2025-09-05", ["foreigners", "individuals"], unit="bp_of_market_cap", others=True).tail(2)
                foreigners  individuals    others
    week_end
    2025-08-22   -1.806873     1.364675  0.442199
    2025-08-29   -2.760457     3.765054 -1.004597

    Parameters
    ----------
    as_of : day, moment or ``None``.
    classes : names of ``jpresearch.names.INVESTORS``: ``foreigners``, ``individuals`` (also ``individuals_cash`` and
        ``individuals_margin``), ``investment_trusts``, ``trust_banks``, ``proprietary``, ``business_corporations``,
        ``other_corporations``, ``insurance``, ``city_regional_banks``, ``other_financials``, ``securities_companies``.
    start, end : days; only weeks that end from ``start`` to ``end`` are returned.
    unit : ``jpy_bn``; ``bp_of_market_cap`` (each week over the market value at its start, from 2015: see
        ``market.market_cap_on_weeks``); ``pct_of_turnover`` (over a week's turnover at the pace of the month before,
        from 2015: see ``market.turnover_on_weeks``).
    every : ``"13 weeks"``: sums over the 13 weeks that end with each week, missing unless all 13 are known. Consecutive
        rows share weeks, which tests have to allow for.
    others : adds a column ``others``, all other classes together: minus the sum of the classes asked for, missing where
        one of them is.
    market : ``two_markets`` (all of Tokyo and Nagoya); ``tse_prime`` or ``tse_first`` for that section alone.

    Returns
    -------
    Index ``week_end``: the last session of every survey week, from the first to the last in which any of the classes
    is known, none left out. Columns: the classes in the order asked for, then ``others``. Missing where a class is not
    known on the basis of the week.

    Basis
    -----
    A week stands on Tokyo and Nagoya where that knows all classes asked for; where only the sections of Tokyo do (most
    classes 2017 to June 2022), they are summed, and Nagoya, about 0.1 billion yen, is left out; where neither knows
    all, on the one that knows more. Never mixed within a week; ``about(frame).bases`` and ``flows.bases`` say which.

    Gaps
    ----
    Foreigners: complete from 2016-01 (six holiday weeks before), from 2009-06. Individuals, cash and margin, investment
    trusts, trust banks and proprietary: from 2009-06, some short holiday weeks missing. Others: by section 2017 to June
    2022, Tokyo and Nagoya 2025-09 to 2026-07. ``about(frame).missing`` names the weeks. Before July 2013 Osaka is in.

    Raises
    ------
    UnknownName, BadParameter : no such class, market or unit; ``every`` or a date that is none.
    NotYetPublished : nothing of the survey was public at ``as_of``.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``); ``market_size`` and TOPIX for the other units. Published on
    the fourth business day of the week after, 15:30.
    """
    wanted, weeks = _bases.checked(classes), span_in_weeks(every)
    one_of("unit", unit, UNITS, "unit")
    known = _bases.net_by_week(tables.load(TABLE, as_of), wanted, market)
    ends = weeks_from(pd.DatetimeIndex(known.net.index), None, None)
    net = known.net.reindex(ends)
    if others:
        net["others"] = _bases.remainder(net)
    scaled, sources = _in_unit(net, unit, as_of)
    total = summed(scaled, weeks)
    shown = total.loc[weeks_from(ends, day(start, "start"), day(end, "end"))]
    basis = known.basis.reindex(shown.index).dropna()
    return described(
        shown.rename_axis("week_end"),
        UNITS[unit],
        span_words(weeks),
        f"cash equities, net purchases, {_bases.words(basis)}" if len(basis) else "cash equities, net purchases",
        [TABLE, *sources],
        bases={f"{week:%Y-%m-%d}": _bases.WORDS[name] for week, name in basis.items()},
    )


def _in_unit(net: pd.DataFrame, unit: str, as_of: AsOf) -> tuple[pd.DataFrame, list[str]]:
    """Net purchases in JPY bn put into ``unit``, and the further tables that this takes."""
    if unit == "jpy_bn" or net.empty:
        return net, []
    first, last = net.index[0], net.index[-1]
    if unit == "bp_of_market_cap":
        value = market_cap_on_weeks(as_of, start=first, end=last)["market_cap"] * BN_PER_TN
        return net.div(value.reindex(net.index), axis=0) * BP_PER_UNIT, ["market_size", "market_daily"]
    traded = turnover_on_weeks(as_of, start=first, end=last)["turnover"]
    return net.div(traded.reindex(net.index), axis=0) * PCT_PER_UNIT, ["market_size"]


def bases(
    as_of: AsOf,
    classes: str | Sequence[str],
    *,
    start: AsOf = None,
    end: AsOf = None,
    market: str = TWO_MARKETS,
) -> pd.DataFrame:
    """The basis on which each week of ``flows.weekly`` stands for the classes asked for.

    Examples
    --------
    >>> flows.bases("2025-09-05", ["foreigners", "insurance"])["basis"].value_counts()
    basis
    two_markets           554
    sections_to_2022      273
    sections_from_2022     11
    Name: count, dtype: int64

    Parameters
    ----------
    as_of, classes, start, end, market : as in ``flows.weekly``.

    Returns
    -------
    Index ``week_end``: the weeks in which any of the classes is known. Columns: ``basis`` (``two_markets``,
    ``sections_to_2022``, ``sections_from_2022``, or the section asked for), ``known`` (how many of the classes the week
    knows) and ``asked`` (how many were asked for).

    Raises
    ------
    UnknownName, NotYetPublished : as ``flows.weekly``.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``).
    """
    wanted = _bases.checked(classes)
    found = _bases.net_by_week(tables.load(TABLE, as_of), wanted, market)
    frame = pd.DataFrame({"basis": found.basis, "known": found.net.count(axis=1), "asked": len(wanted)})
    shown = frame.loc[
        frame.index.intersection(weeks_from(pd.DatetimeIndex(frame.index), day(start, "start"), day(end, "end")))
    ]
    return described(shown.rename_axis("week_end"), "classes", "week", "cash equities", [TABLE])


def recent(
    as_of: AsOf,
    classes: str | Sequence[str],
    *,
    weeks: int = 13,
    unit: str = "jpy_bn",
    every: str | None = None,
    others: bool = False,
    market: str = TWO_MARKETS,
) -> pd.DataFrame:
    """The newest survey weeks, up to the last one in which every class asked for is known.

    Examples
    --------
    >>> flows.recent("2025-09-05", ["foreigners", "individuals", "trust_banks"], weeks=3)
                foreigners  individuals  trust_banks
    week_end
    2025-08-15     573.776    -1125.354     -216.505
    2025-08-22    -198.867      150.198        1.295
    2025-08-29    -303.154      413.479     -446.135

    Parameters
    ----------
    weeks : how many weeks to return at most.
    as_of, classes, unit, every, others, market : as in ``flows.weekly``.

    Returns
    -------
    The last ``weeks`` rows of ``flows.weekly`` up to that week, in which no class is missing. ``flows.newest`` says
    which class ends the frame earlier than the survey goes.

    Raises
    ------
    InsufficientData : no week knows all of the classes; the message says up to when each is known.
    UnknownName, BadParameter, NotYetPublished : as ``flows.weekly``.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``).
    """
    net = weekly(as_of, classes, unit=unit, every=every, others=others, market=market)
    complete = net.dropna()
    if complete.empty:
        until = {str(name): column.dropna().index.max() for name, column in net.items()}
        told = ", ".join(f"{name} {'never' if pd.isna(at) else f'to {at:%Y-%m-%d}'}" for name, at in until.items())
        raise InsufficientData(f"no week knows all of the classes: {told}", "classes", "Ask for fewer classes.")
    return net.loc[: complete.index[-1]].iloc[-max(weeks, 1) :]


def newest(as_of: AsOf, classes: str | Sequence[str], *, market: str = TWO_MARKETS) -> pd.DataFrame:
    """The newest week in which each class is known, and how far behind the survey that is.

    Examples
    --------
    >>> flows.newest("2025-09-05", ["foreigners", "insurance"])[["last_week", "weeks_known", "weeks_behind"]]
                last_week  weeks_known  weeks_behind
    investor
    foreigners 2025-08-29          838             0
    insurance  2022-06-17          284           167

    Returns
    -------
    Index ``investor``: the classes in the order asked for. Columns: ``first_week``, ``last_week`` (last sessions;
    ``NaT`` where the class is never known), ``weeks_known``, ``weeks_missing`` (between the two) and ``weeks_behind``
    (survey weeks from ``last_week`` to the newest week in which any class is known).

    Raises
    ------
    UnknownName, NotYetPublished : as ``flows.weekly``.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``).
    """
    wanted, table = _bases.checked(classes), tables.load(TABLE, as_of)
    known = {name: pd.DatetimeIndex(_bases.net_by_week(table, [name], market).net.index) for name in wanted}
    ends = weeks_from(pd.DatetimeIndex(table["period_end"].unique()), None, None)
    rows = [_extent(known[name], ends) for name in wanted]
    columns = ["first_week", "last_week", "weeks_known", "weeks_missing", "weeks_behind"]
    frame = pd.DataFrame(rows, index=pd.Index(wanted, name="investor"), columns=columns)
    return described(frame, "weeks", "week", "cash equities", [TABLE])


def _extent(known: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> tuple[object, object, int, int, int]:
    if not len(known):
        return pd.NaT, pd.NaT, 0, 0, len(ends)
    inside = int(((ends >= known[0]) & (ends <= known[-1])).sum())
    return known[0], known[-1], len(known), inside - len(known), int((ends > known[-1]).sum())


def published(
    as_of: AsOf,
    classes: str | Sequence[str] = "foreigners",
    *,
    start: AsOf = None,
    end: AsOf = None,
    market: str = TWO_MARKETS,
) -> pd.DataFrame:
    """When each week's figures came out.

    Examples
    --------
    >>> flows.published("2025-09-05", "foreigners")["first_published_at"].tail(2)
    week_end
    2025-08-22   2025-08-28 15:30:00+09:00
    2025-08-29   2025-09-04 15:30:00+09:00
    Name: first_published_at, dtype: datetime64[us, Asia/Tokyo]

    Returns
    -------
    Index ``week_end``: the weeks in which any of the classes is known. Columns in Tokyo time: ``first_published_at``
    (the first edition) and ``published_at`` (the edition that ``flows.weekly`` shows, later where JPX corrected it),
    each the latest among the figures that the week is made of.

    Raises
    ------
    UnknownName, NotYetPublished : as ``flows.weekly``.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``): stated moments for 2017 to 2021 and some later weeks, else
    by the release rule.
    """
    wanted, rows = _bases.checked(classes), editions(TABLE, as_of)
    basis = _bases.net_by_week(tables.load(TABLE, as_of), wanted, market).basis
    found = _bases.markets_of(market)
    parts = [
        rows[rows["market"].isin(found[name]) & rows["investor"].isin(wanted) & rows["period_end"].isin(weeks)]
        for name, weeks in ((str(key), held.index) for key, held in basis.groupby(basis))
    ]
    used = pd.concat(parts) if parts else rows.iloc[:0]
    each = used.groupby(["period_end", "market", "investor"])["published_at"].agg(["min", "max"])
    moments = each.groupby("period_end").max().set_axis(["first_published_at", "published_at"], axis="columns")
    frame = within(moments, start, end).rename_axis("week_end")
    return described(frame, "moment", "week", "cash equities", [TABLE])
