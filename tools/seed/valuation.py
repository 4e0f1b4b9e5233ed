"""How dear: JPX and Nikkei earnings and book multiples, cited index valuation figures."""

from __future__ import annotations

import pandas as pd

from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish, long_columns
from tools.seed.release import END_OF_DAY, by_rule, by_rules, moments
from tools.seed.sources import FACTS, GOVERNMENT, JPX, JPX_PER_PBR, NIKKEI_PER

# The market sections were rearranged on this day; month ends before it are of the first section.
NEW_SECTIONS = pd.Timestamp("2022-04-04")
SECTIONS = {"Prime": "tse_prime", "Standard": "tse_standard", "Growth": "tse_growth", "－": "topix_size"}
_BLANKS = {"－": None, "＊": None, "-": None, "*": None}

_MULTIPLES = (
    Column("company_count", "integer", "Companies in the average.", unit="companies", minimum=0),
    Column("per_simple_x", "number", "Price over earnings, simple average.", unit="times", minimum=0),
    Column("pbr_simple_x", "number", "Price over book value, simple average.", unit="times", minimum=0),
    Column(
        "per_weighted_x",
        "number",
        "Price over earnings, weighted average (total market value over total earnings).",
        unit="times",
        minimum=0,
    ),
    Column(
        "pbr_weighted_x",
        "number",
        "Price over book value, weighted average (total market value over total book value).",
        unit="times",
        minimum=0,
    ),
)
_MULTIPLE_NAMES = {
    "companies": "company_count",
    **{name: f"{name}_x" for name in ("per_simple", "pbr_simple", "per_weighted", "pbr_weighted")},
}
_MONTH_END = Column("period_end", "date", "Calendar month end.", required=True)
_TRAILING = (
    "Earnings are those of the last reported fiscal year, consolidated, loss-makers included: the averages "
    "step between May and July."
)

PRIME_VALUATION = About(
    name="prime_valuation",
    title="PER and PBR of the first section and Prime, monthly",
    description=(
        "Composite price-earnings and price-book ratios at month end: first section of Tokyo to 2022-03, "
        "Prime from 2022-04."
    ),
    key=("section", "period_end"),
    columns=(
        Column(
            "section",
            "string",
            "tse_first to 2022-03, tse_prime after.",
            required=True,
            enum=("tse_first", "tse_prime"),
        ),
        _MONTH_END,
        *_MULTIPLES,
    ),
    publisher=JPX,
    page=JPX_PER_PBR,
    terms=(FACTS,),
    frequency="monthly",
    release_rule="jpx_per_pbr",
    vintage="latest",
    staleness_days=45,
    series=Series(ended={"tse_first": ("2022-03-31", "the sections of Tokyo were rearranged on 2022-04-04")}),
    notes=(
        _TRAILING,
        (
            "The section changes in April 2022 and the number of companies falls from 2,159 to 1,821: two "
            "series, not one."
        ),
    ),
)


def prime_valuation(figures: Figures) -> Table:
    """Monthly multiples under the section that existed at the time."""
    rows = figures.wide("jpx_prime_valuation_monthly.csv", dates=["month_end"])
    return finish(PRIME_VALUATION, by_rule(by_section(rows), "jpx_per_pbr"))


def by_section(rows: pd.DataFrame) -> pd.DataFrame:
    """Month ends of the first section and of Prime, told apart by the rearrangement of the market.

    Raises
    ------
    ValueError : the number of companies does not fall where the section changes.
    """
    prime = rows["month_end"] >= NEW_SECTIONS
    counts = rows.sort_values("month_end").groupby(prime)["company_count"]
    if prime.any() and (~prime).any() and counts.first()[True] >= counts.last()[False]:
        raise ValueError("the number of companies does not fall from the first section to Prime")
    section = prime.map({True: "tse_prime", False: "tse_first"})
    ends = rows["month_end"]
    named = rows.rename(columns=_MULTIPLE_NAMES)
    return named.assign(section=section, period_start=ends, period_end=ends, source="jpx-per-pbr")


INDUSTRY_VALUATION = About(
    name="industry_valuation",
    title="PER and PBR by industry and size, monthly",
    description="PER and PBR by section of Tokyo and 33 industries, and by size class of TOPIX.",
    key=("section", "industry", "period_end"),
    columns=(
        Column(
            "section",
            "string",
            "Section of Tokyo; topix_size for the size classes, which the publisher gives outside the sections.",
            required=True,
            enum=tuple(sorted(SECTIONS.values())),
        ),
        Column(
            "industry",
            "string",
            "Industry of the 33, one of the publisher's groups (Composite, Non-Financial, Manufacturing, "
            "Non-Manufacturing), or a size class (Large, Medium, Small).",
            required=True,
        ),
        _MONTH_END,
        *_MULTIPLES,
    ),
    publisher=JPX,
    page=JPX_PER_PBR,
    terms=(FACTS,),
    frequency="monthly",
    release_rule="jpx_per_pbr",
    vintage="latest",
    staleness_days=45,
    notes=(
        "August to October 2025 only: three months, no history.",
        _TRAILING,
        "A ratio is missing where the publisher prints a dash or a star (no company, or a loss).",
        (
            "Electric appliances is not the chip industry: the chip names sit in electric appliances, "
            "machinery, metal products and chemicals."
        ),
    ),
)


def industry_valuation(figures: Figures) -> Table:
    """Monthly multiples by section and industry, the publisher's numbering of industries dropped."""
    rows = figures.wide("jpx_industry_valuation_monthly.csv", dates=[])
    return finish(INDUSTRY_VALUATION, by_rule(by_industry(rows), "jpx_per_pbr"))


def by_industry(rows: pd.DataFrame) -> pd.DataFrame:
    """Months as month ends, plain names, and nothing where the publisher prints a dash or a star."""
    ends = pd.to_datetime(rows["month"], format="%Y/%m") + pd.offsets.MonthEnd(0)
    numbers = {name: pd.to_numeric(rows[name].replace(_BLANKS)) for name in _MULTIPLE_NAMES}
    industry = rows["industry"].str.replace(r"^\d+ ", "", regex=True).str.replace(",", ", ").str.strip()
    named = rows.assign(**numbers).rename(columns=_MULTIPLE_NAMES)
    section = rows["section"].map(SECTIONS)
    return named.assign(section=section, industry=industry, period_start=ends, period_end=ends, source="jpx-per-pbr")


NIKKEI_VALUATION = About(
    name="nikkei_valuation",
    title="PER, PBR and dividend yield of the Nikkei 225, daily",
    description=(
        "Price over Nikkei's forecast earnings and over book value, weighted and index-based, and the dividend yield."
    ),
    key=("period_end",),
    columns=(
        Column("period_end", "date", "Session.", required=True),
        Column(
            "per_weighted_x",
            "number",
            "Price over forecast earnings, by market value.",
            unit="times",
            minimum=0,
        ),
        Column(
            "per_index_based_x",
            "number",
            "Price over forecast earnings, by weight in the index.",
            unit="times",
            minimum=0,
        ),
        Column("pbr_weighted_x", "number", "Price over book value, by market value.", unit="times", minimum=0),
        Column(
            "pbr_index_based_x",
            "number",
            "Price over book value, by weight in the index.",
            unit="times",
            minimum=0,
        ),
        Column("dividend_yield_pct", "number", "Dividends over price.", unit="percent", minimum=0),
        Column("note", "string", "What the compiler noted of the row; empty where nothing."),
    ),
    publisher="Nikkei Inc.",
    page=NIKKEI_PER,
    terms=(FACTS,),
    frequency="daily",
    release_rule="same_day_end",
    vintage="latest",
    staleness_days=7,
    owner="Nikkei Inc.; internal research",
    notes=(
        "The hour of publication is not known: the end of the day is assumed.",
        (
            "Earnings are Nikkei's forecasts, not trailing figures: PER leaps in May, when the forecasts roll to the "
            "next year (2020: 16.1 on 30 April, 36.9 on 19 May)."
        ),
        (
            "Last sessions of weeks and months only from 2009-06 to 2020-12, daily from 2021-01-04. Index-based "
            "figures end on 2026-07-09. The dividend yield is of month ends from 2021-01 and daily from 2026-07-10."
        ),
        (
            "The row of 2010-08-13 is as printed, yet its close is that of 2010-08-16: it is dated as known on the "
            "evening of the 16th."
        ),
        (
            "Rows to 2020 and the dividend yield were added in November 2026: they change what an older as_of returns, "
            "since they were public then."
        ),
    ),
)


_YIELD_NAMES = {
    "per_forecast_weighted": "per_weighted_x",
    "per_forecast_weighted_x": "per_weighted_x",
    "pbr_weighted": "pbr_weighted_x",
}
# The figure printed under the first day belongs to the close of the second.
_KNOWN_LATER = {pd.Timestamp("2010-08-13"): pd.Timestamp("2010-08-16")}


def nikkei_valuation(figures: Figures) -> Table:
    """Multiples of the Nikkei 225 by day, before 2021 by week and month end."""
    daily = figures.wide("nikkei225_valuation_daily.csv", dates=["date"])
    named = daily.rename(columns={name: f"{name}_x" for name in daily.columns if name != "date"})
    later = figures.wide("additions/nikkei225_valuation_daily.csv", dates=["date"])
    ends = figures.wide("additions/nikkei225_valuation_week_and_month_ends.csv", dates=["date"], text=["note"])
    rows = one_row_a_day([named, later.rename(columns=_YIELD_NAMES), ends.rename(columns=_YIELD_NAMES)])
    days = rows.assign(period_start=rows["date"], period_end=rows["date"], source="nikkei-per-pbr")
    dated = by_rule(days, "same_day_end", grade="assumed")
    known = dated["date"].replace(_KNOWN_LATER)
    return finish(NIKKEI_VALUATION, dated.assign(published_at=moments(known, END_OF_DAY)))


def one_row_a_day(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """What the compilations know of each day, in one row.

    Raises
    ------
    ValueError : two of them give different figures of one day.
    """
    figures = ["per_weighted_x", "per_index_based_x", "pbr_weighted_x", "pbr_index_based_x", "dividend_yield_pct"]
    rows = pd.concat([part.reindex(columns=["date", *figures, "note"]) for part in parts], ignore_index=True)
    of_a_day = rows.groupby("date")
    if (of_a_day[figures].max() != of_a_day[figures].min()).where(of_a_day[figures].count() > 0, False).any(axis=None):
        raise ValueError("two figures of one day")
    known: pd.DataFrame = of_a_day.first().reset_index()
    return known


_METRIC_RULES = {
    "topix_per_trailing": "jpx_per_pbr",
    "topix_pbr": "jpx_per_pbr",
    "topix_dividend_yield": "jpx_per_pbr",
    "prime_composite_per_weighted": "jpx_per_pbr",
    "prime_composite_pbr_weighted": "jpx_per_pbr",
    "jgb_10y": "jgb_yields",
    "prime_per_forecast": "within_days:30",
    "prime_pbr_below_1": "within_days:30",
}
_ASSUMED_METRICS = ("prime_per_forecast", "prime_pbr_below_1")

INDEX_VALUATION = About(
    name="index_valuation",
    title="Index valuation, cited figures",
    description="Single figures on the valuation of the Tokyo market, and the ten-year yield.",
    key=("metric", "period_end"),
    columns=long_columns(),
    publisher="JPX and others",
    page=JPX_PER_PBR,
    terms=(FACTS, GOVERNMENT),
    frequency="irregular",
    release_rule={"by": "metric", "rules": _METRIC_RULES},
    vintage="latest",
    notes=(
        "Points, no series.",
        (
            "The publish days of prime_per_forecast and prime_pbr_below_1 are assumed: thirty days after "
            "the figure's own."
        ),
        "jgb_10y repeats market_daily up to 2026-08-20 and adds later days.",
    ),
)


def index_valuation(figures: Figures) -> Table:
    """Cited points, each under the release rule of its metric; the ownership survey has a table of its own."""
    points = figures.long("index_valuation_points.csv")
    points = points[points["metric"] != "foreign_holding_share"]
    rows = periods.with_start(points, ((r".", periods.same_day),))
    dated = by_rules(rows, "metric", _METRIC_RULES)
    assumed = dated["metric"].isin(_ASSUMED_METRICS)
    return finish(INDEX_VALUATION, dated.assign(grade=dated["grade"].mask(assumed, "assumed")))
