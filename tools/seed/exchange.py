"""The Tokyo market as a whole: its size, its margin balances, its short sales, who owns it."""

from __future__ import annotations

import pandas as pd

from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish
from tools.seed.release import END_OF_DAY, by_rule, by_rules, moments
from tools.seed.sources import FACTS, JPX, JPX_MARGIN, JPX_MARKET, JPX_OWNERS, JPX_SHORT

# Metric: column of the compiled file, unit, whether it is a figure of the month end (else of the month).
_SIZES = {
    "market_cap": ("market_cap_jpy_tn", "JPY tn", True),
    "trading_days": ("trading_days", "days", False),
    "trading_value_total": ("trading_value_total_jpy_tn", "JPY tn", False),
    "trading_value_domestic_stocks": ("trading_value_domestic_stocks_jpy_tn", "JPY tn", False),
    "trading_value_daily_avg": ("trading_value_daily_avg_jpy_tn", "JPY tn/day", False),
    "trading_value_daily_avg_domestic_stocks": (
        "trading_value_daily_avg_domestic_stocks_jpy_tn",
        "JPY tn/day",
        False,
    ),
    "derivatives_notional_daily_avg": ("derivatives_notional_daily_avg_jpy_tn", "JPY tn/day", False),
    "n225_futures_daily_avg": ("n225_futures_daily_avg_k_contracts", "thousand contracts/day", False),
    "n225_mini_daily_avg": ("n225_mini_daily_avg_k_contracts", "thousand contracts/day", False),
    "topix_futures_daily_avg": ("topix_futures_daily_avg_k_contracts", "thousand contracts/day", False),
    "n225_futures_open_interest": ("n225_futures_open_interest_contracts", "contracts", True),
    "n225_mini_open_interest": ("n225_mini_open_interest_contracts", "contracts", True),
    "topix_futures_open_interest": ("topix_futures_open_interest_contracts", "contracts", True),
    "ipo_funds": ("ipo_funds_jpy_bn", "JPY bn", False),
}
_SIZE_RULES = {name: "jpx_market_value" if name == "market_cap" else "jpx_trading_value" for name in _SIZES}
# Their day is not stated: that of trading value is taken.
_DERIVATIVES = tuple(name for name in _SIZES if name.startswith(("derivatives", "n225", "topix", "ipo")))

MARKET_SIZE = About(
    name="market_size",
    title="Market value, trading value and futures volumes, monthly",
    description=(
        "Size of the Tokyo market by month, one figure a row: market value at month end and trading value "
        "(one-sided), volumes and open interest of index futures."
    ),
    key=("metric", "period_end"),
    columns=(
        Column("metric", "string", "What the figure measures.", required=True, enum=tuple(_SIZES)),
        Column("period_end", "date", "Calendar month end.", required=True),
        Column("period_start", "date", "First day of the month; for a stock, the month end.", required=True),
        Column("value", "number", "The figure, in the unit of its row.", unit="as in column unit", required=True),
        Column("unit", "string", "Unit of the figure.", required=True),
    ),
    publisher=JPX,
    page=JPX_MARKET,
    terms=(FACTS,),
    frequency="monthly",
    release_rule={"by": "metric", "rules": _SIZE_RULES},
    vintage="latest",
    staleness_days=45,
    notes=(
        (
            "market_cap is known on the first business day of the next month, trading value on the fifth; the day of "
            "the figures on derivatives and of ipo_funds is assumed to be that of trading value."
        ),
        (
            "Trading value is one-sided and of all members: domestic stocks are 0.976 of the one-sided total of the "
            "survey of investor types in 2018 to 2020, which counts large members only."
        ),
        "ipo_funds lacks 2026-07.",
    ),
)


def market_size(figures: Figures) -> Table:
    """One row a figure; a blank figure has no row."""
    rows = figures.wide("additions/market_size_monthly.csv", dates=["month_end"])
    long = pd.concat([_sized(rows, *item) for item in _SIZES.items()], ignore_index=True).dropna(subset="value")
    dated = by_rules(long.reset_index(drop=True), "metric", _SIZE_RULES)
    assumed = dated["metric"].isin(_DERIVATIVES)
    return finish(MARKET_SIZE, dated.assign(grade=dated["grade"].mask(assumed, "assumed")))


def _sized(rows: pd.DataFrame, metric: str, what: tuple[str, str, bool]) -> pd.DataFrame:
    """One metric of the wide file as rows."""
    column, unit, stock = what
    ends = rows["month_end"]
    start = ends if stock else periods.month_start(ends)
    named = {"metric": metric, "period_start": start, "period_end": ends, "unit": unit}
    return pd.DataFrame({**named, "value": rows[column].astype(float), "source": "jpx-monthly-statistics"})


SEGMENTS = {
    "total": "total",
    "tse_prime": "tse_prime",
    "tse_standard": "tse_standard",
    "tse_growth": "tse_growth_market",
    "tokyo_pro_market": "tokyo_pro_market",
    "sector:electric_appliances": "sector_electric_appliances",
    "sector:fishery_agriculture_forestry": "sector_fishery_agriculture_forestry",
}

MARKET_CAP = About(
    name="market_cap",
    title="Market value by section, cited figures",
    description="Companies and market value of the sections of Tokyo and of two industries at one month end.",
    key=("segment", "period_end"),
    columns=(
        Column(
            "segment", "string", "Section or industry of the exchange.", required=True, enum=tuple(SEGMENTS.values())
        ),
        Column("period_end", "date", "Calendar month end.", required=True),
        Column("company_count", "integer", "Listed companies.", unit="companies", minimum=0),
        Column("market_cap_jpy_mn", "number", "Market value.", unit="JPY million", required=True, minimum=0),
    ),
    publisher=JPX,
    page=JPX_MARKET,
    terms=(FACTS,),
    frequency="irregular",
    release_rule="jpx_market_value",
    vintage="latest",
    notes=("2026-08-31 only: one date, no series. total is of all sections of Tokyo, tokyo_pro_market included.",),
)


def market_cap(figures: Figures) -> Table:
    """Market value of sections at one day."""
    rows = figures.wide("additions/market_cap_points.csv", dates=["date"])
    named = rows.assign(
        segment=rows["segment"].map(SEGMENTS),
        company_count=rows["companies"],
        period_start=rows["date"],
        period_end=rows["date"],
        source="jpx-monthly-statistics",
    )
    return finish(MARKET_CAP, by_rule(named, "jpx_market_value"))


MARGIN_BALANCES = About(
    name="margin_balances",
    title="Margin balances, weekly",
    description="Outstanding margin buying and selling at the end of the week, in shares and yen.",
    key=("market", "period_end"),
    columns=(
        Column("market", "string", "Tokyo and Nagoya together.", required=True, enum=("two_markets",)),
        Column("period_end", "date", "Last session of the week: the balance is of that day.", required=True),
        Column("period_start", "date", "The same day.", required=True),
        Column("short_shares_k", "number", "Shares sold on margin.", unit="thousand shares", minimum=0),
        Column("short_value_jpy_mn", "number", "Value sold on margin.", unit="JPY million", minimum=0),
        Column("long_shares_k", "number", "Shares bought on margin.", unit="thousand shares", minimum=0),
        Column("long_value_jpy_mn", "number", "Value bought on margin.", unit="JPY million", minimum=0),
        Column("ratio_printed_x", "number", "Value bought over value sold as printed.", unit="times", minimum=0),
        Column("valuation_rate_printed_pct", "number", "Loss or gain on margin buying as printed.", unit="percent"),
        Column("note", "string", "What the compiler noted of the row; empty where nothing."),
    ),
    publisher=JPX,
    page=JPX_MARGIN,
    terms=(FACTS,),
    frequency="weekly",
    release_rule="jpx_margin_balances",
    vintage="latest",
    staleness_days=14,
    notes=(
        (
            "To 2025-02 only the last week of each month, with the ratio and valuation rate that the source prints; "
            "every week from 2025-02-14 but those to 2025-12-30 and 2026-05-08, without them."
        ),
        "Four printed ratios disagree with the values of their row; the note of the row says so.",
        "Before July 2013 the scope of the figures is not verified. The hour of publication is assumed.",
    ),
)


def margin_balances(figures: Figures) -> Table:
    """Month-end weeks and weeks as one table; a week in both files must agree and keeps the printed ratio.

    Raises
    ------
    ValueError : the two files give different balances of one week.
    """
    old = figures.wide("additions/margin_balances_month_ends.csv", dates=["week_end"], text=["note"])
    new = figures.wide("additions/margin_balances_weekly.csv", dates=["week_end"])
    rows = pd.concat([old, new], ignore_index=True)
    known = rows.drop_duplicates([*new.columns])
    if known.duplicated(["market", "week_end"]).any():
        raise ValueError("two balances of one week")
    rows = known.reset_index(drop=True)
    named = rows.assign(period_start=rows["week_end"], period_end=rows["week_end"], source="jpx-margin-balances")
    return finish(MARGIN_BALANCES, by_rule(named, "jpx_margin_balances", grade="assumed"))


SHORT_SELLING = About(
    name="short_selling",
    title="Short selling, daily",
    description="Value of long and short sales in the auction market of Tokyo by day.",
    key=("period_end",),
    columns=(
        Column("period_end", "date", "Session.", required=True),
        Column("period_start", "date", "The same day.", required=True),
        Column(
            "auction_trading_value_jpy_mn",
            "number",
            "Sales in the auction market: long and short together.",
            unit="JPY million",
            minimum=0,
        ),
        Column("long_selling_jpy_mn", "number", "Sales of shares held.", unit="JPY million", minimum=0),
        Column(
            "short_with_price_restriction_jpy_mn",
            "number",
            "Short sales under the price restriction.",
            unit="JPY million",
            minimum=0,
        ),
        Column(
            "short_without_price_restriction_jpy_mn",
            "number",
            "Short sales exempt from the price restriction.",
            unit="JPY million",
            minimum=0,
        ),
        Column(
            "short_selling_ratio",
            "number",
            "Short sales over all sales in the auction market.",
            unit="fraction",
            minimum=0,
            maximum=1,
        ),
    ),
    publisher=JPX,
    page=JPX_SHORT,
    terms=(FACTS,),
    frequency="daily",
    release_rule="same_day_end",
    vintage="latest",
    staleness_days=7,
    notes=("auction_trading_value is 84 to 90 percent of all trading: it is not turnover.",),
)


def short_selling(figures: Figures) -> Table:
    """Daily short sales."""
    rows = figures.wide("additions/short_selling_daily.csv", dates=["date"])
    days = rows.assign(period_start=rows["date"], period_end=rows["date"], source="jpx-short-selling")
    return finish(SHORT_SELLING, by_rule(days, "same_day_end"))


# First read in the survey of fiscal 2025, whatever the year they are about: nobody is known to have had them before.
_FIRST_IN_2026 = ("cross_shareholding_broad", "cross_shareholding_narrow", "policy_holder_share")
_SURVEY_2025 = pd.Timestamp("2026-07-02")

OWNERSHIP = About(
    name="ownership",
    title="Share ownership survey, annual",
    description=(
        "Who owns the listed shares of Japan as of 31 March: share of market value by class, values, and numbers of "
        "shareholders, as cited from the annual survey of the exchanges."
    ),
    key=("metric", "period_end"),
    columns=(
        Column("metric", "string", "What the figure measures.", required=True, pattern="[a-z][a-z0-9_]*"),
        Column("period_end", "date", "31 March of the fiscal year.", required=True),
        Column("value", "number", "The figure, in the unit of its row.", unit="as in column unit", required=True),
        Column("unit", "string", "Unit of the figure; percent is of market value.", required=True),
        Column("fiscal_year", "string", "Japanese fiscal year.", required=True, pattern="FY[0-9]{4}"),
        Column(
            "basis",
            "string",
            "Whether the figure is stated, stated in rounded form, or derived from a stated change.",
            required=True,
            enum=("stated", "stated_rounded", "derived_from_stated_change"),
        ),
        Column("read_in", "string", "Where the figure was read, at second hand.", required=True),
    ),
    publisher="JPX and three exchanges",
    page=JPX_OWNERS,
    terms=(FACTS,),
    frequency="annual",
    release_rule="share_ownership",
    vintage="latest",
    staleness_days=470,
    series=Series(by=()),
    notes=(
        (
            "Fourteen years of foreigners between fiscal 1970 and 2025, with holes of up to twenty years: a gap is a "
            "gap."
        ),
        "Before fiscal 2017 each year is from one press source. Figures are read at second hand.",
        "Publish days are stated or assumed: the first business day from 5 July.",
        (
            "Cross-shareholdings were read in the survey of fiscal 2025, years back to fiscal 1990 included: they are "
            "dated by it (2026-07-02, assumed)."
        ),
        "individual_shareholders_cumulative counts a person once for every company held.",
    ),
)


def ownership(figures: Figures) -> Table:
    """Survey figures under their stated day, else early July; what only the newest survey gave under its day."""
    rows = figures.wide("additions/ownership_survey.csv", dates=["as_of", "published"], text=["source"])
    named = rows.assign(
        period_start=rows["as_of"], period_end=rows["as_of"], read_in=rows["source"], source="jpx-share-ownership"
    )
    dated = by_rule(named, "share_ownership", grade="assumed")
    stated = rows["published"].notna()
    late = rows["metric"].isin(_FIRST_IN_2026) & ~stated
    days = rows["published"].mask(late, _SURVEY_2025)
    known = days.notna()
    return finish(
        OWNERSHIP,
        dated.assign(
            published_at=dated["published_at"].mask(known, moments(days, END_OF_DAY)),
            grade=dated["grade"].mask(stated, "stated"),
        ),
    )
