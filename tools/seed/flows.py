"""Who trades: JPX investor types, MoF cross-border securities flows."""

from __future__ import annotations

import pandas as pd

from jpresearch.calendars import survey_week_starts
from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish, long_columns
from tools.seed.release import AFTERNOON, by_rule, moment, moments, on_days
from tools.seed.sources import FACTS, GOVERNMENT, JPX, JPX_FLOWS, MOF, MOF_FLOWS

MARKETS = (
    "two_markets",
    "tse_first",
    "tse_second",
    "tse_growth",
    "tse_mothers",
    "tse_jasdaq",
    "tse_prime",
    "tse_standard",
    "tse_growth_market",
)
INVESTORS = (
    "foreigners",
    "individuals",
    "individuals_cash",
    "individuals_margin",
    "investment_trusts",
    "trust_banks",
    "proprietary",
    "brokerage",
    "total",
    "business_corporations",
    "other_corporations",
    "insurance",
    "city_regional_banks",
    "other_financials",
    "securities_companies",
    "institutions",
    "financial_institutions",
    "proprietary_cash",
    "proprietary_margin",
    "foreigners_corporations",
    "foreigners_individuals",
)
_OLD_SECTIONS = ("tse_first/*", "tse_second/*", "tse_growth/*", "tse_mothers/*", "tse_jasdaq/*")
# Sections that the compiled rows know for the weeks round the rearrangement of April 2022 only.
_ROUND_2022 = ("tse_prime/*", "tse_standard/*", "tse_growth_market/*")
COVERAGE = {
    "jpx_weekly_full": "full",
    "jpx_weekly_partial": "partial",
    "jpx_weekly_net": "net",
    "jpx_weekly_foreigners": "foreigners",
}

INVESTOR_FLOWS = About(
    name="investor_flows",
    title="Trading by type of investors, weekly",
    description=(
        "Sales, purchases and net purchases of shares by class of investor and market, one row per week, "
        "market and class. Cash equities only: no futures. Surveyed are the trading participants with "
        "capital of at least JPY 3 billion."
    ),
    key=("market", "investor", "period_end"),
    columns=(
        Column(
            "market",
            "string",
            "Tokyo and Nagoya together (two_markets), or a section of Tokyo: tse_first, tse_second and "
            "tse_growth (Mothers and JASDAQ) until 2022-04-01, tse_prime, tse_standard and tse_growth_market after.",
            required=True,
            enum=MARKETS,
        ),
        Column(
            "investor",
            "string",
            "Class of investor; foreigners are accounts of non-residents.",
            required=True,
            enum=INVESTORS,
        ),
        Column("period_end", "date", "Last session of the survey week.", required=True),
        Column("period_start", "date", "First session of the survey week.", required=True),
        Column(
            "sales_jpy_mn",
            "number",
            "Value sold; where coverage is full, and for some classes where it is partial.",
            unit="JPY million",
            minimum=0,
        ),
        Column(
            "purchases_jpy_mn",
            "number",
            "Value bought; where coverage is full, and for some classes where it is partial.",
            unit="JPY million",
            minimum=0,
        ),
        Column("net_jpy_mn", "number", "Purchases less sales.", unit="JPY million", required=True),
        Column(
            "coverage",
            "string",
            "How complete the record is: full (sales, purchases, net of all classes), partial (net of some classes, "
            "with what of their sales and purchases is known), net (net of some classes) or foreigners (their net "
            "alone).",
            required=True,
            enum=tuple(COVERAGE.values()),
        ),
    ),
    publisher=JPX,
    page=JPX_FLOWS,
    terms=(FACTS,),
    frequency="weekly",
    release_rule="jpx_investor_types",
    vintage="first_print",
    staleness_days=19,
    agreement=0.5,
    series=Series(
        ended={
            **dict.fromkeys(_OLD_SECTIONS, ("2022-04-01", "the sections of Tokyo were rearranged on 2022-04-04")),
            **dict.fromkeys(_ROUND_2022, ("2022-06-17", "compiled for the weeks to 2022-06-17 only")),
        }
    ),
    notes=(
        "Cash equities only: futures are in futures_flows.",
        (
            "Two markets are known from 2009-06-05; before July 2013 they include Osaka. Foreigners are complete from "
            "2016-01-08; before it the holiday weeks ending 2009-09-25, 2010-05-07, 2011-05-06, 2012-05-02, "
            "2013-01-04, 2013-12-30, 2014-12-26, 2015-05-08 and 2015-09-25 are missing."
        ),
        (
            "Individuals (cash, margin), investment trusts, trust banks and proprietary in two markets lack the "
            "holiday weeks 2016-05-06, 2017-05-02, 2018-01-05, 2018-05-02, 2019-01-04, 2019-12-30, 2020-05-08 and "
            "2021-05-07 too. In 2017 to 2021 the sections of Tokyo have them: their sum leaves Nagoya out (JPY 0.12 "
            "billion a week on average, 4.1 at most)."
        ),
        (
            "All thirteen classes with sales and purchases are known by section for 2017-01-06 to 2022-06-17 only; "
            "tse_growth_market is not the old tse_growth, tse_prime is not two_markets."
        ),
        (
            "Business corporations, other corporations, insurance and banks in two markets are known from "
            "2025-09-19 to 2026-07-31 only. Weeks from 2026-09-11 have foreigners, and 2026-09-25 proprietary and "
            "trust banks too."
        ),
        (
            "Rows of 2009 to 2011, of 2017 to 2022 and of Prime were added in November 2026: they change what an older "
            "as_of returns, since they were public then. Byte for byte the past holds from there on."
        ),
        (
            "In the short weeks to 2022-05-06, 2023-05-02, 2024-01-05 and 2024-12-30 only foreigners are known; in "
            "those to 2025-12-30 and 2026-05-08 foreigners, corporations, insurance and banks."
        ),
        (
            "The corrections of the weeks to 2022-03-18 and 2022-03-25 are second vintages; the day of the "
            "correction is assumed. Other corrections are not known: a row is the first figure as far as "
            "known."
        ),
        "Weeks whose publish day JPX stated (2017-01-06 to 2022-06-17) are graded stated for every class and market.",
    ),
)


def investor_flows(figures: Figures) -> Table:
    """Weekly flows with the two known corrections as later vintages."""
    rows = joined(
        figures.wide("investor_flows_jpx.csv", dates=_WEEK_DATES).rename(columns={"source": "coverage"}),
        figures.wide("additions/investor_flows.csv", dates=_WEEK_DATES).replace({"market": _MARKET_NAMES}),
    )
    revisions = figures.wide("investor_flows_revisions.csv", dates=["week_end", "published_revised"])
    return finish(INVESTOR_FLOWS, with_revisions(weekly_flows(rows), revisions))


_WEEK_DATES = ["week_start", "week_end", "published"]
_MARKET_NAMES = {"tse_growth_2022": "tse_growth_market"}


# The compilation has the Friday before as the first day of the week to Thursday 2022-02-10.
_WRONG_START = ("2022-02-10", "2022-02-04")


def joined(rows: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Both compilations; a week of a class in both stands as in ``added``, which knows more of it.

    Raises
    ------
    ValueError : the two give different nets of one week.
    """
    key = ["market", "investor", "week_end"]
    both = rows.merge(added, on=key, suffixes=("", "_added"))
    if (both["net"] != both["net_added"]).any():
        raise ValueError(f"two nets of one week: {both.loc[both['net'] != both['net_added'], key].to_string()}")
    return pd.concat([rows, added], ignore_index=True).drop_duplicates(key, keep="last", ignore_index=True)


def weekly_flows(rows: pd.DataFrame) -> pd.DataFrame:
    """Compiled weekly rows in the data model; the stated publish day of a week holds for all its rows.

    Raises
    ------
    ValueError : a stated first day of a week is not that of the Tokyo calendar, or two publish days are
        stated for one week.
    """
    starts = pd.Series(survey_week_starts(pd.DatetimeIndex(rows["week_end"])), index=rows.index)
    end, start = map(pd.Timestamp, _WRONG_START)
    stated = rows["week_start"].notna() & ~((rows["week_end"] == end) & (rows["week_start"] == start))
    if (stated & (rows["week_start"] != starts)).any():
        raise ValueError("a stated week_start is not the first session of its week")
    names = {
        "sales": "sales_jpy_mn",
        "purchases": "purchases_jpy_mn",
        "net": "net_jpy_mn",
        "week_end": "period_end",
    }
    flows = rows.rename(columns=names).assign(
        period_start=starts, coverage=rows["coverage"].map(COVERAGE), source="jpx-investor-types"
    )
    return _with_stated_days(by_rule(flows, "jpx_investor_types"))


def _with_stated_days(flows: pd.DataFrame) -> pd.DataFrame:
    """All rows of a week published at 15:30 of the day that any of them states."""
    days = flows.groupby("period_end")["published"]
    stated = days.transform("min")
    if (stated != days.transform("max"))[stated.notna()].any():
        raise ValueError("two publish days are stated for one week")
    known = stated.notna()
    return flows.assign(
        published_at=flows["published_at"].mask(known, moments(stated, AFTERNOON)),
        grade=flows["grade"].mask(known, "stated"),
    )


def with_revisions(flows: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """``flows`` and the corrected figures as further rows, published at 15:30 of an assumed day.

    Raises
    ------
    ValueError : the first figure of a correction is not the one in ``flows``.
    """
    found = revisions.merge(
        flows,
        left_on=["week_end", "market", "investor"],
        right_on=["period_end", "market", "investor"],
        how="left",
    )
    if (found["net_jpy_mn"] != found["net_first"]).any() or (found["unit"] != "JPY mn").any():
        raise ValueError("a correction does not start from the figure first published")
    corrected = found.assign(
        net_jpy_mn=found["net_revised"].astype(float),
        published_at=moments(found["published_revised"], AFTERNOON),
        grade="assumed",
    )
    return pd.concat([flows, corrected[flows.columns]], ignore_index=True)


_MOF_FIGURES = {
    "inward_equity_acquisition": "Equity and investment fund shares bought by non-residents.",
    "inward_equity_disposition": "Equity and investment fund shares sold by non-residents.",
    "inward_equity_net": "Net purchases of equity and investment fund shares by non-residents.",
    "inward_long_term_debt_net": "Net purchases of long-term debt by non-residents.",
    "inward_subtotal_net": "Net purchases of equity and long-term debt by non-residents.",
    "inward_short_term_debt_net": "Net purchases of short-term debt by non-residents.",
    "inward_total_net": "Net purchases of all these securities by non-residents.",
    "outward_equity_net": "Net purchases of foreign equity and investment fund shares by residents.",
    "outward_long_term_debt_net": "Net purchases of foreign long-term debt by residents.",
    "outward_subtotal_net": "Net purchases of foreign equity and long-term debt by residents.",
    "outward_short_term_debt_net": "Net purchases of foreign short-term debt by residents.",
    "outward_total_net": "Net purchases of all these foreign securities by residents.",
}

SECURITIES_FLOWS = About(
    name="securities_flows",
    title="International transactions in securities, weekly",
    description=(
        "Cross-border transactions in securities reported by designated major investors: inward by "
        "non-residents in Japanese securities, outward by residents in foreign ones. Weeks run from Sunday "
        "to Saturday."
    ),
    key=("period_end",),
    columns=(
        Column("period_end", "date", "Saturday of the week.", required=True),
        Column("period_start", "date", "Sunday of the week.", required=True),
        *(Column(f"{name}_jpy_100mn", "number", text, unit="JPY 100 million") for name, text in _MOF_FIGURES.items()),
    ),
    publisher=MOF,
    page=MOF_FLOWS,
    terms=(GOVERNMENT,),
    frequency="weekly",
    release_rule="mof_weekly",
    vintage="latest",
    staleness_days=17,
    export="yes",
    notes=(
        (
            "Today's edition: earlier editions of a week are not known, and weeks are revised after their "
            "first publication."
        ),
        (
            "Not the same thing as the flows of JPX: other reporters, fund shares included, off-exchange "
            "trades included, other weeks. Never splice the two."
        ),
    ),
)


def securities_flows(figures: Figures) -> Table:
    """MoF weekly flows in the publisher's unit."""
    rows = figures.wide("securities_flows_mof.csv", dates=["week_start", "week_end"])
    names = {name: f"{name}_jpy_100mn" for name in _MOF_FIGURES}
    flows = rows.rename(columns={**names, "week_start": "period_start", "week_end": "period_end"})
    return finish(SECURITIES_FLOWS, by_rule(flows.assign(source="mof-itn-securities"), "mof_weekly"))


SECURITIES_FLOWS_MONTHLY = About(
    name="securities_flows_monthly",
    title="Cross-border securities flows, cited monthly and quarterly figures",
    description=(
        "Net purchases of Japanese securities by non-residents as the press cited them from the Ministry of "
        "Finance, equities apart from bonds."
    ),
    key=("metric", "period_end"),
    columns=long_columns(),
    publisher=MOF,
    page=MOF_FLOWS,
    terms=(GOVERNMENT,),
    frequency="irregular",
    release_rule="within_days:14",
    vintage="first_print",
    export="yes",
    notes=(
        "Five cited figures, no series. The publish day is that of the article which gives the figure.",
        (
            "mof_foreign_net_equities_quarter has two vintages: the figure first cited on 2025-07-03 and "
            "the lower one cited on 2025-08-15."
        ),
    ),
)

# The days stand in the addresses of the cited articles.
_CITED = {"2025-04-30": "2025-05-12", "2025-06-30": "2025-07-03"}
_CITED_AGAIN = "2025-08-15"
_REVISED = "_rev"


def securities_flows_monthly(figures: Figures) -> Table:
    """The five cited figures; the revised quarter is a later vintage of the same metric."""
    rows = figures.long("securities_flows_mof_april2025.csv")
    revised = rows["metric"].str.endswith(_REVISED)
    rows = rows.assign(metric=rows["metric"].str.removesuffix(_REVISED))
    quarter = rows["metric"].str.endswith("_quarter")
    starts = periods.month_start(rows["period_end"]).mask(quarter, periods.quarter_start(rows["period_end"]))
    dated = on_days(by_rule(rows.assign(period_start=starts), "within_days:14"), _CITED)
    dated["published_at"] = dated["published_at"].mask(revised, moment(_CITED_AGAIN))
    return finish(SECURITIES_FLOWS_MONTHLY, dated)
