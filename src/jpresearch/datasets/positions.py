"""Positions: futures positions on CME by group of traders, margin balances, short selling, who owns the market."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.calendars import TOKYO, survey_weeks
from jpresearch.datasets.reading import AsOf, by_period, described, one_of, optional, wide, within

__all__ = ["before_weeks", "margin", "ownership", "published", "short_selling", "weekly"]

TABLE: Final = "futures_positions"
CONTRACTS: Final = ("nikkei225_yen", "nikkei225_dollar", "japanese_yen")
REPORTS: Final = ("tff_futures_only", "tff_combined", "legacy_futures_only")
TRADERS: Final = {
    "leveraged_funds": "leveraged_funds",
    "asset_manager": "asset_managers",
    "dealer": "dealers",
    "other_reportable": "other_reportable",
    "nonreportable": "nonreportable",
    "noncommercial": "noncommercial",
}
SIDES: Final = ("net", "long", "short", "spreading")
UNITS: Final = {"contracts": "contracts", "jpy_bn": "JPY bn", "pct_of_open_interest": "% of open interest"}
YEN_OF_INDEX: Final = 500.0
DOLLARS_OF_INDEX: Final = 5.0
YEN_A_CONTRACT: Final = 12_500_000.0
YEN_PER_BN: Final = 1e9
OLDEST_CLOSE: Final = pd.Timedelta(days=5)
OLDEST_RATE: Final = pd.Timedelta(days=10)
OLDEST_REPORT: Final = pd.Timedelta(days=10)
"""A report is usually six days old when a week begins; after a holiday it comes too late, and the one before is old."""
MARGIN: Final = {
    "long_value_jpy_mn": "long_value",
    "short_value_jpy_mn": "short_value",
    "long_shares_k": "long_shares",
    "short_shares_k": "short_shares",
}
SHORTS: Final = {
    "short_selling_ratio": "ratio",
    "short_with_price_restriction_jpy_mn": "short_with_price_restriction",
    "short_without_price_restriction_jpy_mn": "short_without_price_restriction",
    "long_selling_jpy_mn": "long_selling",
    "auction_trading_value_jpy_mn": "auction_trading_value",
}
OWNERS: Final = (
    *("foreigners", "individuals", "business_corporations", "financial_institutions", "trust_banks"),
    *("investment_trusts", "city_regional_banks", "life_insurers", "nonlife_insurers", "securities_companies"),
    "government",
)
VALUES: Final = (
    *("total", "foreigners", "individuals", "business_corporations", "financial_institutions", "trust_banks"),
    *("securities_companies", "government", "treasury_shares"),
)


def weekly(
    as_of: AsOf,
    contract: str = "nikkei225_yen",
    *,
    start: AsOf = None,
    end: AsOf = None,
    unit: str = "contracts",
    side: str = "net",
    report: str = "tff_futures_only",
) -> pd.DataFrame:
    """Positions in CME's Nikkei 225 and yen futures by group of traders, every Tuesday.

    Examples
    --------
    >>> positions.weekly("2025-09-05", "nikkei225_yen", unit="pct_of_open_interest")["leveraged_funds"].tail(2)
    report_date
    2025-08-19    11.904762
    2025-08-26    12.809940
    Name: leveraged_funds, dtype: float64

    Parameters
    ----------
    contract : ``nikkei225_yen`` (500 yen times the index), ``nikkei225_dollar`` (5 dollars times the index),
        ``japanese_yen`` (12.5 million yen; long is long the yen).
    unit : ``contracts``; ``jpy_bn`` (at the Nikkei's close of that Tuesday, or of the last session up to five days
        before; the dollar contract also at the last New York noon up to ten days before); ``pct_of_open_interest``.
    side : ``net`` (long less short), ``long``, ``short`` or ``spreading`` (blank at the source is unknown, not zero).
    report : ``tff_futures_only``, ``tff_combined`` (with options) or ``legacy_futures_only``.

    Returns
    -------
    Index ``report_date``: Tuesdays. Columns: ``leveraged_funds``, ``asset_managers``, ``dealers``,
    ``other_reportable``, ``nonreportable``, ``noncommercial`` (legacy report only), and, unless the unit is percent,
    ``open_interest`` of everybody. A group that the report does not hold is an empty column. No rows before the first
    publication. CME holds a part of the market in Nikkei futures: Osaka's positions are not in it.

    Gaps
    ----
    Leveraged funds and asset managers of ``nikkei225_yen`` and ``japanese_yen``: from 2006-06 without a gap; other
    groups and spreading from 2015; combined 2022-01 to 2024-07; legacy from 2005. The dollar contract has all but
    ended. The report began in 2010 and brought its past with it: earlier weeks were not known at the time.

    Raises
    ------
    UnknownName : no such contract, unit, side or report.

    Source
    ------
    US CFTC, Commitments of Traders (``futures_positions``): Friday 15:30 New York, Saturday morning in Tokyo
    (``positions.published``); later in weeks of holidays and shutdowns.
    """
    one_of("contract", contract, CONTRACTS, "contract")
    one_of("unit", unit, UNITS, "unit")
    one_of("side", side, SIDES, "side")
    one_of("report", report, REPORTS, "report")
    rows = optional(TABLE, as_of)
    rows = rows[(rows["contract"] == contract) & (rows["report"] == report)]
    held = rows["long_contracts"] - rows["short_contracts"] if side == "net" else rows[f"{side}_contracts"]
    table = wide(rows.assign(held=held), "held", "trader", list(TRADERS), "report_date").rename(columns=TRADERS)
    table["open_interest"] = rows.groupby("period_end")["open_interest_contracts"].max().reindex(table.index)
    frame = _in_unit(table, contract, unit, as_of)
    basis = f"CME {contract.replace('_', ' ')} futures, {side}, {report.replace('_', ' ')}"
    sources = [TABLE, "market_daily"] if unit == "jpy_bn" else [TABLE]
    return described(within(frame, start, end), UNITS[unit], "week", basis, sources)


def _in_unit(table: pd.DataFrame, contract: str, unit: str, as_of: AsOf) -> pd.DataFrame:
    if unit == "contracts":
        return table
    if unit == "pct_of_open_interest":
        return table.drop(columns="open_interest").div(table["open_interest"], axis=0) * 100
    if contract == "japanese_yen":
        return table * (YEN_A_CONTRACT / YEN_PER_BN)
    market = wide(optional("market_daily", as_of), "value", "series", ["nikkei225", "usdjpy"], "date")
    days = pd.DatetimeIndex(table.index)
    index = market["nikkei225"].dropna().reindex(days, method="ffill", tolerance=OLDEST_CLOSE)
    if contract == "nikkei225_yen":
        return table.mul(index * (YEN_OF_INDEX / YEN_PER_BN), axis=0)
    yen = market["usdjpy"].dropna().reindex(days, method="ffill", tolerance=OLDEST_RATE)
    return table.mul(index * yen * (DOLLARS_OF_INDEX / YEN_PER_BN), axis=0)


def published(as_of: AsOf, report: str = "tff_futures_only") -> pd.DataFrame:
    """When the positions of each Tuesday came out.

    Examples
    --------
    >>> positions.published("2025-09-05")["published_at"].tail(2)
    report_date
    2025-08-19   2025-08-23 04:30:00+09:00
    2025-08-26   2025-08-30 04:30:00+09:00
    Name: published_at, dtype: datetime64[us, Asia/Tokyo]

    Returns
    -------
    Index ``report_date``. Columns: ``published_at`` (Tokyo) and ``grade`` (``rule``, or ``assumed`` where a holiday,
    a shutdown or the report's beginning in 2010 moved it). No rows before the first publication.

    Raises
    ------
    UnknownName : no such report.

    Source
    ------
    US CFTC (``futures_positions``).
    """
    one_of("report", report, REPORTS, "report")
    rows = optional(TABLE, as_of)
    last = rows[rows["report"] == report].sort_values("published_at").drop_duplicates("period_end", keep="last")
    frame = last.set_index("period_end")[["published_at", "grade"]].sort_index().rename_axis("report_date")
    return described(frame, "moment", "week", "Commitments of Traders", [TABLE])


def before_weeks(
    as_of: AsOf,
    contract: str = "nikkei225_yen",
    *,
    start: AsOf = None,
    end: AsOf = None,
    unit: str = "contracts",
    side: str = "net",
    report: str = "tff_futures_only",
) -> pd.DataFrame:
    """Positions as they were public when each survey week began, for what a week's flow or index may answer to.

    Examples
    --------
    >>> positions.before_weeks("2025-09-05", "nikkei225_yen")["leveraged_funds"].diff().tail(2)
    week_end
    2025-08-29    3014.0
    2025-09-05     319.0
    Name: leveraged_funds, dtype: float64

    Parameters
    ----------
    contract, unit, side, report : as in ``positions.weekly``.

    Returns
    -------
    Index ``week_end``, every survey week from the first report on. Columns as ``positions.weekly``: the newest report
    (of the Tuesday before, published on Saturday morning) that was public before the week's first session, at most ten
    days old, else missing. The reports of 2006 to 2010 came out together in 2010 and stand before no week.

    Raises
    ------
    UnknownName : as ``positions.weekly``.

    Source
    ------
    US CFTC (``futures_positions``).
    """
    held = weekly(as_of, contract, unit=unit, side=side, report=report)
    table = _known_before(held, published(as_of, report)["published_at"]) if len(held) else held.rename_axis("week_end")
    basis = f"CME {contract.replace('_', ' ')} futures, {side}, as published before the week"
    sources = [TABLE, "market_daily"] if unit == "jpy_bn" else [TABLE]
    return described(within(table, start, end), UNITS[unit], "week", basis, sources)


def _known_before(held: pd.DataFrame, published_at: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    """By survey week: the newest of the reports ``held`` that was public before its first session, if not too old."""
    weeks = survey_weeks(held.index[0], held.index[-1] + pd.Timedelta(days=14))
    starts = pd.DatetimeIndex(weeks["period_start"])
    moments = published_at.reindex(held.index)
    order = np.argsort(pd.DatetimeIndex(moments).as_unit("us").asi8, kind="stable")
    public = pd.DatetimeIndex(moments.iloc[order]).searchsorted(starts.tz_localize(TOKYO)) - 1
    places = np.maximum.accumulate(order)[np.maximum(public, 0)]
    fresh = (public >= 0) & (starts - held.index[places] <= OLDEST_REPORT)
    table = held.iloc[places].set_axis(pd.DatetimeIndex(weeks["period_end"], name="week_end"))
    return table.where(pd.Series(fresh, index=table.index), axis=0)


def margin(as_of: AsOf, *, start: AsOf = None, end: AsOf = None, every: str = "week") -> pd.DataFrame:
    """Balances of margin trading in Tokyo and Nagoya: shares bought on credit and shares sold short on credit.

    Examples
    --------
    >>> positions.margin("2025-09-05", every="month")[["long_value", "ratio"]].tail(2)
                long_value     ratio
    week_end
    2025-07-25    3827.469  6.850561
    2025-08-29    4147.587  7.217583

    Parameters
    ----------
    every : ``week``, or ``month`` for the last survey day of each month, which reaches further back.

    Returns
    -------
    Index ``week_end``: the survey's day (Friday, or the last session of the week). Columns: ``long_value`` and
    ``short_value`` (JPY bn), ``long_shares`` and ``short_shares`` (million), ``ratio`` (long over short shares, times;
    computed here, four ratios printed at the source disagree with their own values). No rows before the first
    publication.

    Gaps
    ----
    Weekly from 2025-02; the last survey day of each month from 2009-06, so weekly rows before 2025-02 do not exist.
    The scope before July 2013 is unverified.

    Raises
    ------
    UnknownName : no such step.

    Source
    ------
    JPX, margin balances (``margin_balances``): second business day of the next week, 16:30 (assumed).
    """
    one_of("step", every, ["week", "month"], "every")
    rows = optional("margin_balances", as_of)
    table = by_period(rows[rows["market"] == "two_markets"], MARGIN, "week_end") / 1000.0
    table["ratio"] = table["long_shares"] / table["short_shares"]
    days = pd.DatetimeIndex(table.index)
    months = days.to_period("M")
    if every == "month":
        # The newest month counts once its last survey day is out: the next one would fall into another month.
        table = table[~months.duplicated(keep="last") & ((days + pd.Timedelta(days=7)).to_period("M") != months)]
    else:
        table = table[days >= _first_weekly(days)]
    units = {"long_shares": "million shares", "short_shares": "million shares", "ratio": "x"}
    basis = "margin trading, Tokyo and Nagoya, outstanding"
    return described(within(table, start, end), "JPY bn", every, basis, ["margin_balances"], columns=units)


def _first_weekly(days: pd.DatetimeIndex) -> pd.Timestamp:
    """The first day that another one follows within nine days: from there the record is weekly."""
    close = days[:-1][(days[1:] - days[:-1]) <= pd.Timedelta(days=9)]
    return close[0] if len(close) else pd.Timestamp.max


def short_selling(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Short selling on the Tokyo exchange by day.

    Examples
    --------
    >>> positions.short_selling("2025-09-05")["ratio"].rolling(20).mean().tail(2)
    date
    2025-09-04    38.0085
    2025-09-05    38.0535
    Name: ratio, dtype: float64

    Returns
    -------
    Index ``date``. Columns: ``ratio`` (percent of selling in auctions), ``short_with_price_restriction``,
    ``short_without_price_restriction``, ``long_selling``, ``auction_trading_value`` (JPY bn; 84 to 90 % of all trading,
    not turnover). No rows before the first publication.

    Gaps
    ----
    From 2025-03.

    Source
    ------
    JPX, short selling (``short_selling``): the same evening.
    """
    frame = by_period(optional("short_selling", as_of), SHORTS, "date")
    shown = frame.assign(ratio=frame["ratio"] * 100, **{name: frame[name] / 1000.0 for name in frame.columns[1:]})
    units = {"ratio": "%"}
    basis = "auctions on the Tokyo exchange"
    return described(within(shown, start, end), "JPY bn", "day", basis, ["short_selling"], columns=units)


def ownership(as_of: AsOf) -> pd.DataFrame:
    """Who owns Japan's listed shares: shares of market value by class at the end of each fiscal year.

    Examples
    --------
    >>> positions.ownership("2025-09-05")["share_foreigners"].dropna().tail(2)
    fiscal_year_end
    2024-03-31    31.8
    2025-03-31    32.4
    Name: share_foreigners, dtype: float64

    Returns
    -------
    Index ``fiscal_year_end`` (31 March). Columns: ``share_foreigners``, ``share_individuals``, ``share_trust_banks``,
    ``share_investment_trusts``, ``share_business_corporations``, ``share_financial_institutions`` and others (percent
    of market value), ``value_total``, ``value_foreigners`` and others (JPY tn). No rows before the
    first publication.

    Gaps
    ----
    Fourteen years of foreigners between FY1970 and FY2025; most other classes fewer. Read at second hand; before FY2017
    one press source. Some shares are derived from a stated change (column ``basis`` of the table).

    Source
    ------
    JPX and three exchanges, Share Ownership Survey (``ownership``): early July; stated 2024-07-02, 2025-07-04,
    2026-07-02.
    """
    shares, values = [f"share_{name}" for name in OWNERS], [f"value_{name}" for name in VALUES]
    frame = wide(optional("ownership", as_of), "value", "metric", [*shares, *values], "fiscal_year_end")
    known = frame.dropna(how="all")
    units = dict.fromkeys(values, "JPY tn")
    return described(known, "% of market value", "year", "all exchanges", ["ownership"], columns=units)
