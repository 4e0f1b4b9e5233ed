"""Abroad and across the border: short rates, indices and funds of other markets, MoF's monthly flows."""

from __future__ import annotations

import pandas as pd

from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish
from tools.seed.release import by_rule, by_rules
from tools.seed.sources import (
    FACTS,
    FRED,
    FUNDS_PAGE,
    GOVERNMENT,
    MOF,
    MOF_FLOWS,
    NIKKEI_PAGE,
    UNITED_STATES,
)

_DAY = Column("period_end", "date", "Day of the value.", required=True)
_DAY_START = Column("period_start", "date", "The same day.", required=True)

_RATES = {
    "us_treasury_3m_cmt": ("fred-h15", "fred_daily"),
    "us_treasury_6m_cmt": ("fred-h15", "fred_daily"),
    "us_treasury_1y_cmt": ("fred-h15", "fred_daily"),
    "us_tbill_3m_discount": ("fred-h15", "fred_daily"),
    "us_effective_fed_funds": ("fred-h15", "fred_daily"),
    "us_sofr": ("new-york-fed-sofr", "fred_daily"),
    "jp_call_rate_overnight": ("boj-time-series", "boj_time_series"),
    "jgb_1y": ("mof-jgb", "jgb_yields"),
}
_RATE_RULES = {name: rule for name, (_, rule) in _RATES.items()}

SHORT_RATES = About(
    name="short_rates",
    title="Short rates of the United States and Japan, daily",
    description=(
        "Treasury constant maturities of three and six months and one year (cmt), the three-month bill on a discount "
        "basis, overnight rates of both countries, and the one-year JGB yield."
    ),
    key=("series", "period_end"),
    columns=(
        Column("series", "string", "Name of the series.", required=True, enum=tuple(_RATES)),
        _DAY,
        _DAY_START,
        Column("value_pct", "number", "Rate a year.", unit="percent", required=True),
        Column(
            "basis",
            "string",
            "stated by the publisher, or derived from two figures that are.",
            required=True,
            enum=("stated", "derived"),
        ),
    ),
    publisher="Federal Reserve, Federal Reserve Bank of New York, Bank of Japan, Ministry of Finance Japan",
    page=FRED,
    terms=(UNITED_STATES, GOVERNMENT),
    frequency="daily",
    release_rule={"by": "series", "rules": _RATE_RULES},
    vintage="latest",
    staleness_days=7,
    export="yes",
    notes=(
        (
            "us_treasury_3m_cmt is derived: the ten-year yield less the published spread of ten years over three "
            "months; it equals the published series on 1,247 of 1,247 common days."
        ),
        "No forward points and no basis: hedged returns computed from these leave the currency basis out.",
        "us_tbill_3m_discount is quoted on a discount basis and is not a yield; do not chain it to a cmt series.",
        "us_effective_fed_funds has a value for every calendar day; all of a weekend come out on Monday.",
    ),
)


def short_rates(figures: Figures) -> Table:
    """Short rates, each under its own source and release rule."""
    rows = figures.wide("additions/short_rates_daily.csv", dates=["date"])
    named = rows.assign(
        period_start=rows["date"],
        period_end=rows["date"],
        basis=rows["origin"].str.contains(" minus ").map({True: "derived", False: "stated"}),
        source=rows["series"].map({name: source for name, (source, _) in _RATES.items()}),
    )
    return finish(SHORT_RATES, by_rules(named, "series", _RATE_RULES))


# Series: currency, source.
_INDICES = {
    "kospi": ("KRW", "krx-kospi"),
    "taiex": ("TWD", "twse-taiex"),
    "hang_seng": ("HKD", "hang-seng-indexes"),
    "shanghai_composite": ("CNY", "sse-composite"),
    "csi300": ("CNY", "csi-300"),
    "dax": ("EUR", "stoxx"),
    "euro_stoxx_50": ("EUR", "stoxx"),
    "ftse100": ("GBP", "ftse-russell"),
    "cac40": ("EUR", "euronext-indices"),
    "ftse_mib": ("EUR", "euronext-indices"),
}
_ASIA = ("kospi", "taiex", "hang_seng", "shanghai_composite", "csi300")
_INDEX_RULES = {name: "asia_close" if name in _ASIA else "europe_close" for name in _INDICES}
_TOTAL_RETURN = ("dax",)

WORLD_INDICES = About(
    name="world_indices",
    title="Equity indices of other markets, daily and weekly",
    description=(
        "Closes in local currency of indices in Asia and Europe: by day from 2010, and the last close of the week for "
        "some from 2026-03-27."
    ),
    key=("series", "frequency", "period_end"),
    columns=(
        Column("series", "string", "Name of the index.", required=True, enum=tuple(_INDICES)),
        Column(
            "frequency",
            "string",
            "daily: close of the day; weekly: last close of the week to Friday, on whichever session it was.",
            required=True,
            enum=("daily", "weekly"),
        ),
        Column("period_end", "date", "Day of the close; Friday of the week.", required=True),
        Column("period_start", "date", "The same day; Monday of the week.", required=True),
        Column("close_index_points", "number", "Close.", unit="index points", required=True, minimum=0),
        Column("currency", "string", "Currency of the index.", required=True),
        Column(
            "return_basis",
            "string",
            "price, or total_return where dividends are reinvested: never compare the two as levels.",
            required=True,
            enum=("price", "total_return"),
        ),
    ),
    publisher="Exchanges and index owners",
    page="https://stoxx.com/",
    terms=(FACTS,),
    frequency="daily",
    release_rule={"by": "series", "rules": _INDEX_RULES},
    vintage="latest",
    staleness_days=7,
    owner=(
        "Korea Exchange, Taiwan Stock Exchange, Hang Seng Indexes, Shanghai Stock Exchange, China Securities Index, "
        "STOXX (DAX, EURO STOXX 50), FTSE Russell, Euronext; internal research"
    ),
    series=Series(allowance_days={"*/weekly": 10}),
    notes=(
        "dax is a total return index (return_basis); all others are price indices.",
        "Weekly rows are last closes of weeks, daily rows closes of days: two series, never one.",
        "csi300 and ftse_mib come from one source each.",
        "European series may lack a session. Series end on different days: see jpresearch data status.",
    ),
)


def world_indices(figures: Figures) -> Table:
    """Daily closes and last closes of weeks."""
    daily = figures.wide("additions/world_indices_daily.csv", dates=["date"])
    weekly = figures.wide("additions/world_indices_weekly.csv", dates=["week_start", "week_end_friday"])
    days = daily.assign(frequency="daily", period_start=daily["date"], period_end=daily["date"])
    weeks = weekly.rename(
        columns={
            "week_start": "period_start",
            "week_end_friday": "period_end",
            "last_close_of_week": "close_index_points",
        }
    )
    weeks = weeks.assign(frequency="weekly", currency=weeks["series"].map(_currency()))
    rows = pd.concat([days, weeks], ignore_index=True)
    return finish(WORLD_INDICES, by_rules(named_indices(rows), "series", _INDEX_RULES))


def named_indices(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with source and basis of return.

    Raises
    ------
    ValueError : a series is in another currency than its own.
    """
    if (rows["currency"] != rows["series"].map(_currency())).any():
        raise ValueError("an index in another currency than its own")
    basis = rows["series"].isin(_TOTAL_RETURN).map({True: "total_return", False: "price"})
    return rows.assign(return_basis=basis, source=rows["series"].map({name: s for name, (_, s) in _INDICES.items()}))


def _currency() -> dict[str, str]:
    return {name: currency for name, (currency, _) in _INDICES.items()}


WORLD_FUNDS = About(
    name="world_funds",
    title="US-listed country funds, daily",
    description=(
        "Closes in dollars of US-listed index funds, adjusted for splits and dividends to the last date: for returns, "
        "never as levels."
    ),
    key=("ticker", "period_end"),
    columns=(
        Column("ticker", "string", "Ticker in New York.", required=True, pattern="[A-Z]+"),
        _DAY,
        _DAY_START,
        Column("adj_close_usd", "number", "Adjusted close.", unit="USD", required=True, minimum=0),
        Column("tracks", "string", "Index that the fund tracks.", required=True),
    ),
    publisher="NYSE Arca and Nasdaq",
    page=FUNDS_PAGE,
    terms=(FACTS,),
    frequency="daily",
    release_rule="new_york_close",
    vintage="restated",
    staleness_days=7,
    owner="The exchanges and the vendor that adjusts; internal research",
    notes=("Adjusted to the last date, so every later dividend changes the past: returns only, no levels.",),
)


def world_funds(figures: Figures) -> Table:
    """Adjusted closes of country funds."""
    rows = figures.wide("additions/world_funds_daily.csv", dates=["date"])
    days = rows.assign(period_start=rows["date"], period_end=rows["date"], source="us-listed-funds")
    return finish(WORLD_FUNDS, by_rule(days, "new_york_close"))


NIKKEI_TOTAL_RETURN = About(
    name="nikkei_total_return",
    title="Nikkei 225 total return index, daily",
    description="Nikkei 225 with dividends reinvested.",
    key=("period_end",),
    columns=(
        _DAY,
        _DAY_START,
        Column("total_return_index_points", "number", "Close.", unit="index points", required=True, minimum=0),
    ),
    publisher="Nikkei Inc.",
    page=NIKKEI_PAGE,
    terms=(FACTS,),
    frequency="daily",
    release_rule="same_day_end",
    vintage="latest",
    staleness_days=7,
    owner="Nikkei Inc.; internal research",
    notes=(
        "2022-01-04 to 2025-07-11 only. The hour of publication is not known: the end of the day is assumed.",
        "It moves against the price index on ex-dividend days only.",
    ),
)


def nikkei_total_return(figures: Figures) -> Table:
    """Daily closes of the total return index."""
    rows = figures.wide("additions/nikkei225_total_return_daily.csv", dates=["date"])
    days = rows.assign(period_start=rows["date"], period_end=rows["date"], source="nikkei-total-return")
    return finish(NIKKEI_TOTAL_RETURN, by_rule(days, "same_day_end", grade="assumed"))


_MOF_MONTHLY = {
    "outward_equity_net": "Net purchases of foreign equity and investment fund shares by residents.",
    "outward_long_term_debt_net": "Net purchases of foreign long-term debt by residents.",
    "outward_short_term_debt_net": "Net purchases of foreign short-term debt by residents.",
    "outward_total_net": "Net purchases of all these foreign securities by residents.",
    "inward_equity_acquisition": "Equity and investment fund shares bought by non-residents.",
    "inward_equity_disposition": "Equity and investment fund shares sold by non-residents.",
    "inward_equity_net": "Net purchases of equity and investment fund shares by non-residents.",
    "inward_long_term_debt_net": "Net purchases of long-term debt by non-residents.",
    "inward_short_term_debt_net": "Net purchases of short-term debt by non-residents.",
    "inward_total_net": "Net purchases of all these securities by non-residents.",
}

SECURITIES_FLOWS_MONTHLY_WIDE = About(
    name="securities_flows_monthly_wide",
    title="International transactions in securities, monthly",
    description=(
        "Cross-border transactions in securities by calendar month, reported by designated major investors: inward by "
        "non-residents in Japanese securities, outward by residents in foreign ones."
    ),
    key=("period_end",),
    columns=(
        Column("period_end", "date", "Last day of the month.", required=True),
        Column("period_start", "date", "First day of the month.", required=True),
        *(Column(f"{name}_jpy_100mn", "number", text, unit="JPY 100 million") for name, text in _MOF_MONTHLY.items()),
    ),
    publisher=MOF,
    page=MOF_FLOWS,
    terms=(GOVERNMENT,),
    frequency="monthly",
    release_rule="mof_monthly",
    vintage="latest",
    staleness_days=45,
    export="yes",
    notes=(
        "Today's edition: earlier editions of a month are not known.",
        (
            "securities_flows_monthly has five figures as first cited in the press: another vintage and layout. For "
            "April to June 2025 it holds 7.46 (first print) and 7.19 trillion."
        ),
        "Published about the 8th of the next month at 08:50; the day is assumed.",
        "Months are not sums of the weeks of securities_flows, which run from Sunday to Saturday.",
    ),
)


def securities_flows_monthly_wide(figures: Figures) -> Table:
    """MoF monthly flows in the publisher's unit.

    Raises
    ------
    ValueError : a period is not a calendar month.
    """
    rows = figures.wide("additions/securities_flows_monthly.csv", dates=["period_start", "period_end"])
    if (rows["period_start"] != periods.month_start(rows["period_end"])).any():
        raise ValueError("a period that is not a calendar month")
    named = rows.assign(source="mof-itn-securities-monthly")
    return finish(SECURITIES_FLOWS_MONTHLY_WIDE, by_rule(named, "mof_monthly", grade="assumed"))
