"""Futures: who trades them on the Osaka exchange, and who holds them in Chicago."""

from __future__ import annotations

import pandas as pd

from jpresearch.calendars import TFF_BEGINNING, cftc_on_schedule, survey_week_starts
from tools.seed.figures import Figures
from tools.seed.flows import INVESTORS, MARKETS
from tools.seed.model import About, Column, Series, Table, finish
from tools.seed.release import by_rule, by_rules
from tools.seed.sources import CFTC_PAGE, FACTS, JPX, JPX_DERIVATIVES, JPX_FLOWS, UNITED_STATES

PRODUCTS = (
    "nikkei225_large",
    "nikkei225_mini",
    "nikkei225_micro",
    "topix_large",
    "topix_mini",
    "jpx_prime150",
    "jpx_nikkei400",
)
_WEEK = (
    Column("period_end", "date", "Last session of the survey week.", required=True),
    Column("period_start", "date", "First session of the survey week.", required=True),
)

FUTURES_FLOWS = About(
    name="futures_flows",
    title="Index futures trading by type of investors, weekly",
    description=(
        "Notional value of index futures sold and bought by class of investor and contract, one row per week, contract "
        "and class. Osaka Exchange."
    ),
    key=("product", "investor", "period_end"),
    columns=(
        Column(
            "product",
            "string",
            "Contract: Nikkei 225 large (index times JPY 1,000), mini (100) and micro (10), TOPIX large (10,000) and "
            "mini (1,000), and others of the exchange.",
            required=True,
            enum=PRODUCTS,
        ),
        Column("investor", "string", "Class of investor, as in investor_flows.", required=True, enum=INVESTORS),
        *_WEEK,
        Column("sales_jpy_mn", "number", "Notional sold; missing where unknown.", unit="JPY million", minimum=0),
        Column("purchases_jpy_mn", "number", "Notional bought; missing where unknown.", unit="JPY million", minimum=0),
        Column("net_jpy_mn", "number", "Purchases less sales.", unit="JPY million", required=True),
    ),
    publisher=JPX,
    page=JPX_DERIVATIVES,
    terms=(FACTS,),
    frequency="weekly",
    release_rule="jpx_investor_types",
    vintage="first_print",
    staleness_days=19,
    agreement=0.5,
    series=Series(by=("product",)),
    notes=(
        "Notional value: contracts of different size are added in yen, never in number.",
        (
            "Foreigners' net alone, except for the weeks to 2026-08-28, 2026-09-04, 2026-09-11 and 2026-09-25. Nikkei "
            "225 large from 2025-08-08, mini and TOPIX from 2026-04-17."
        ),
        "The week to 2026-09-11 holds the quarterly settlement and the roll: gross value is five times normal.",
        (
            "Four to eleven classes are known, by contract and week; the nets of those known sum to zero within JPY 40 "
            "billion only."
        ),
    ),
)


def futures_flows(figures: Figures) -> Table:
    """Weekly futures flows by contract and class."""
    rows = figures.wide("additions/futures_flows.csv", dates=["week_start", "week_end"])
    return finish(FUTURES_FLOWS, by_rule(weeks(rows, "jpx-derivatives-investor-types"), "jpx_investor_types"))


def weeks(rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Compiled survey weeks with the first day of the Tokyo calendar.

    Raises
    ------
    ValueError : a stated first day of a week is not that of the Tokyo calendar.
    """
    starts = pd.Series(survey_week_starts(pd.DatetimeIndex(rows["week_end"])), index=rows.index)
    if (rows["week_start"].notna() & (rows["week_start"] != starts)).any():
        raise ValueError("a stated week_start is not the first session of its week")
    return rows.assign(period_start=starts, period_end=rows["week_end"], source=source)


TRADING_SHARE = About(
    name="trading_share",
    title="Share of customers' trading value, weekly",
    description="Share of a class of investor in the trading value of customers (brokerage), sales and purchases.",
    key=("market", "investor", "period_end"),
    columns=(
        Column("market", "string", "Market, as in investor_flows.", required=True, enum=MARKETS),
        Column("investor", "string", "Class of investor, as in investor_flows.", required=True, enum=INVESTORS),
        *_WEEK,
        Column(
            "share_of_brokerage_trading_pct",
            "number",
            "Sales and purchases of the class over those of all customers.",
            unit="percent",
            required=True,
            minimum=0,
            maximum=100,
        ),
    ),
    publisher=JPX,
    page=JPX_FLOWS,
    terms=(FACTS,),
    frequency="weekly",
    release_rule="jpx_investor_types",
    vintage="latest",
    staleness_days=19,
    notes=("Not the share of all trading: proprietary trading is left out. Foreigners in Prime only.",),
)


def trading_share(figures: Figures) -> Table:
    """Weekly shares of customers' trading."""
    rows = figures.wide("additions/trading_share_weekly.csv", dates=["week_start", "week_end"])
    return finish(TRADING_SHARE, by_rule(weeks(rows, "jpx-investor-types"), "jpx_investor_types"))


_REPORT_RULES = {
    "tff_futures_only": "cftc_tff",
    "tff_combined": "cftc_tff",
    "legacy_futures_only": "cftc_positions",
}
TRADERS = ("dealer", "asset_manager", "leveraged_funds", "other_reportable", "nonreportable", "noncommercial")

FUTURES_POSITIONS = About(
    name="futures_positions",
    title="Futures positions by trader group in Chicago, weekly",
    description=(
        "Long, short and spreading positions on the Chicago Mercantile Exchange in Nikkei 225 futures and in the yen, "
        "by group of traders, from the Commitments of Traders."
    ),
    key=("contract", "report", "trader", "period_end"),
    columns=(
        Column(
            "contract",
            "string",
            "nikkei225_yen: JPY 500 times the index; nikkei225_dollar: USD 5 times the index; japanese_yen: JPY 12.5 "
            "million, long is long of the yen.",
            required=True,
            enum=("nikkei225_yen", "nikkei225_dollar", "japanese_yen"),
        ),
        Column(
            "report",
            "string",
            "Traders in Financial Futures, futures alone or with options; or the older report, futures alone.",
            required=True,
            enum=tuple(_REPORT_RULES),
        ),
        Column("trader", "string", "Group of traders; noncommercial in the older report.", required=True, enum=TRADERS),
        Column("period_end", "date", "Report date, as a rule a Tuesday.", required=True),
        Column("period_start", "date", "The same day.", required=True),
        Column("long_contracts", "number", "Long positions.", unit="contracts", minimum=0),
        Column("short_contracts", "number", "Short positions.", unit="contracts", minimum=0),
        Column(
            "spreading_contracts", "number", "Long and short at once; missing: unknown.", unit="contracts", minimum=0
        ),
        Column("open_interest_contracts", "number", "Open interest of the contract.", unit="contracts", minimum=0),
    ),
    publisher="US Commodity Futures Trading Commission (CFTC)",
    page=CFTC_PAGE,
    terms=(UNITED_STATES,),
    frequency="weekly",
    release_rule={"by": "report", "rules": _REPORT_RULES},
    vintage="latest",
    staleness_days=14,
    export="yes",
    series=Series(
        by=("contract", "report"),
        ended={
            "*/tff_combined": ("2024-07-23", "compiled for 110 weeks only"),
            "nikkei225_dollar/*": ("2026-03-03", "the contract has all but ended: too few traders to be reported"),
        },
    ),
    notes=(
        "A missing spreading figure is unknown, not zero.",
        (
            "Traders in Financial Futures began in July 2010 and brought its past since 2006 with it: earlier weeks "
            "were not known then and are dated by the beginning (assumed)."
        ),
        (
            "Published on Friday 15:30 in New York for Tuesday; in weeks of holidays, shutdowns and outages later, on "
            "days that are assumed."
        ),
        "Asset managers and leveraged funds are complete from 2006-06-13; all five groups are known in 487 weeks.",
        "The dollar contract has all but ended: 15 weeks since 2025. The combined report is known for 110 weeks.",
    ),
)


def futures_positions(figures: Figures) -> Table:
    """Weekly positions; the moment is assumed where the report did not come out on its Friday."""
    rows = figures.wide("additions/cftc_positions_weekly.csv", dates=["report_date"])
    counts = ("long", "short", "spreading")
    named = rows.rename(columns={"market": "contract", **{name: f"{name}_contracts" for name in counts}})
    named = named.rename(columns={"open_interest": "open_interest_contracts"})
    days = named.assign(period_start=rows["report_date"], period_end=rows["report_date"], source="cftc-commitments")
    return finish(FUTURES_POSITIONS, reported(days))


def reported(rows: pd.DataFrame) -> pd.DataFrame:
    """Positions under the rule of their report; ``assumed`` off schedule and before their report began."""
    dated = by_rules(rows, "report", _REPORT_RULES)
    regular = pd.Series(cftc_on_schedule(pd.DatetimeIndex(dated["period_end"])), index=dated.index)
    begun = (dated["published_at"] > TFF_BEGINNING) | (dated["report"] == "legacy_futures_only")
    return dated.assign(grade=dated["grade"].where(regular & begun, "assumed"))
