"""Who buys at home: NISA accounts and purchases, investment trusts, companies' buybacks."""

from __future__ import annotations

import pandas as pd

from tools.seed import periods
from tools.seed.figures import LONG, Figures
from tools.seed.model import About, Column, Series, Table, finish, long_columns
from tools.seed.release import by_rule, moment, on, on_days
from tools.seed.sources import FACTS, FSA_NISA, GOVERNMENT

_NISA_RULES = {"fsa": "within_days:84", "jsda_10_brokers": "within_days:20"}

NISA_USAGE = About(
    name="nisa_usage",
    title="NISA accounts and purchases",
    description=(
        "Accounts and gross purchases in NISA, from the survey of all firms by the Financial Services "
        "Agency and from the survey of ten brokers by the Japan Securities Dealers Association. Accounts in "
        "number, amounts in JPY trillion or billion as the unit of the row says."
    ),
    key=("survey", "metric", "period_end"),
    columns=long_columns(
        Column(
            "survey",
            "string",
            "fsa: all firms; jsda_10_brokers: ten large brokers.",
            required=True,
            enum=tuple(_NISA_RULES),
        ),
    ),
    publisher="Financial Services Agency; Japan Securities Dealers Association",
    page=FSA_NISA,
    terms=(GOVERNMENT, FACTS),
    frequency="quarterly",
    release_rule={"by": "survey", "rules": _NISA_RULES},
    vintage="latest",
    staleness_days=190,
    series=Series(by=("survey",)),
    notes=(
        "Purchases are gross: sales are not taken off, and rollovers from taxable accounts count.",
        (
            "The ten-broker survey is not the survey of all firms: never chain them. The two figures of "
            "2014-03 are from a poll of ten brokers by Nikkei."
        ),
        "Sparse before 2020; monthly figures exist for isolated months only.",
        (
            "accounts_total includes or leaves out junior accounts as the note says; preliminary figures "
            "are rounded in the press."
        ),
        (
            "Metrics ending in _alt or _by_age_table are published figures that conflict with the metric "
            "without the ending; both are kept and the one without is preferred."
        ),
        "accounts_total of 2025-12-31 has two vintages: the preliminary one and the final tabulation of 2026-07-03.",
        (
            "Publish days are six to twelve weeks after the period for the FSA (the longest is taken) "
            "unless stated. The ten-broker figures of the fall of August 2024 were cited together with the "
            "FSA's June figures: their day is assumed to be the rule's for those."
        ),
    ),
)

_NISA_PERIODS = (
    (r"^purchases_cumulative_tsumitate_old$", periods.since("2018-01-01")),
    (r"_cumulative", periods.since("2014-01-01")),
    (r"_ytd|_year|_jan_mar", periods.year_start),
    (r"_month_", periods.month_start),
    (r"_q_", periods.quarter_start),
    (r"_3days_", periods.since("2024-08-02")),
    (r"^accounts_|^balance_", periods.same_day),
)
_FSA_STATED = {"2024-03-31": "2024-06-12", "2025-03-31": "2025-06-17", "2025-06-30": "2025-09-24"}
_FINAL = "accounts_total_final"
_FINAL_DAY = "2026-07-03"
_BY_AGE_DAY = "2025-06-17"
_JSDA_DAY = "2026-01-20"
_CRASH_OF_2024 = ("2024-07-31", "2024-08-06")
_CITED_WITH = pd.Timestamp("2024-06-30")


def nisa_usage(figures: Figures) -> Table:
    """Both surveys; the final tabulation of accounts is a later vintage of the preliminary one."""
    fsa = fsa_rows(figures.long("nisa_fsa.csv"))
    jsda = jsda_rows(figures.long("nisa_jsda.csv"))
    return finish(NISA_USAGE, pd.concat([fsa, jsda], ignore_index=True))


def fsa_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The survey of all firms, dated by rule or by the day stated for the period."""
    dated = by_rule(periods.with_start(rows.assign(survey="fsa"), _NISA_PERIODS), _NISA_RULES["fsa"])
    dated = on_days(dated, _FSA_STATED)
    dated = on(dated, dated["metric"].str.endswith("_by_age_table"), moment(_BY_AGE_DAY))
    final = dated["metric"] == _FINAL
    dated = on(dated, final, moment(_FINAL_DAY))
    return dated.assign(metric=dated["metric"].mask(final, _FINAL.removesuffix("_final")))


def jsda_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The survey of ten brokers, dated by rule, by the day stated, or by assumption for special surveys."""
    dated = by_rule(
        periods.with_start(rows.assign(survey="jsda_10_brokers"), _NISA_PERIODS),
        _NISA_RULES["jsda_10_brokers"],
    )
    dated = on_days(dated, {"2025-12-31": _JSDA_DAY})
    crash = dated["period_end"].isin(pd.to_datetime(list(_CRASH_OF_2024)))
    with_june = by_rule(pd.DataFrame({"period_end": [_CITED_WITH]}), _NISA_RULES["fsa"])["published_at"].iloc[0]
    dated = on(dated, crash, with_june, grade="assumed")
    poll = dated["note"].fillna("").str.contains("poll") | (dated["period_end"] == pd.Timestamp("2014-03-31"))
    return dated.assign(grade=dated["grade"].mask(poll, "assumed"))


_FUND_RULE = "within_days:20"
_FUND_PERIODS = (
    (r"_ytd$", periods.year_start),
    (r"_avg_12m_|_inflow_12m_", periods.twelve_months),
    (r"_month_|^toshin_net_purchase", periods.month_start),
    (r"^nav_", periods.same_day),
)

FUND_FLOWS = About(
    name="fund_flows",
    title="Investment trusts, net assets and flows",
    description=(
        "Net assets and flows of publicly offered investment trusts, and purchases of foreign shares "
        "through them, as the press cited them or the association published them. Amounts in JPY trillion."
    ),
    key=("metric", "period_end"),
    columns=long_columns(),
    publisher="Investment Trusts Association, Japan",
    page="https://www.toushin.or.jp/statistics/statistics/index.html",
    terms=(FACTS,),
    frequency="monthly",
    release_rule=_FUND_RULE,
    vintage="latest",
    staleness_days=60,
    series=Series(by=()),
    notes=(
        "Isolated months from 2024-10 to 2025-11, and June to August 2026: no continuous series.",
        (
            "net_inflow_month_equity_funds_ex_etf of August and September 2025 is kept as first cited, rounded to JPY "
            "0.1 billion; the association's own figures are 0.701177 and 1.25542 trillion."
        ),
        "Figures that the compiler derived say so in note.",
        "Equity funds in this statistic hold foreign shares too: an inflow is not an inflow into Japanese shares.",
        (
            "The toshin_net_purchase figures are from the Ministry of Finance by way of a broker, and the "
            "figures of 2025-11 are from a press digest: their publish days are assumed."
        ),
    ),
)


def fund_flows(figures: Figures) -> Table:
    """Cited fund figures and the association's own; the day is assumed where the figure is neither's release."""
    cited = figures.long("investment_trust_flows.csv")
    own = association_rows(figures.wide("additions/fund_flows.csv", dates=["period_start", "period_end"]))
    rows = periods.with_start(without_repeats(cited, own), _FUND_PERIODS)
    dated = by_rule(rows, _FUND_RULE)
    assumed = rows["metric"].str.startswith("toshin_") | (rows["period_end"] == pd.Timestamp("2025-11-30"))
    dated = dated.assign(grade=dated["grade"].mask(assumed, "assumed"))
    revised = dated["note"].fillna("").str.contains("as revised with the July release")
    with_july = by_rule(pd.DataFrame({"period_end": [pd.Timestamp("2026-07-31")]}), _FUND_RULE)["published_at"].iloc[0]
    return finish(FUND_FLOWS, on(dated, revised, with_july, grade="assumed"))


_FUND_METRICS = {
    "net_flow_equity_funds_ex_etf": "net_inflow_month_equity_funds_ex_etf",
    "net_flow_equity_funds_etf": "net_inflow_month_equity_funds_etf",
    "net_flow_public_funds_total": "net_inflow_month_public_funds_total",
    "net_flow_public_reits": "net_inflow_month_public_reits",
    "net_flow_bond_funds": "net_inflow_month_bond_funds",
    "nav_change_public_funds_total": "nav_change_month_public_funds_total",
}
_TWELVE_MONTHS = "12-month sum"
# The press rounds to JPY 0.1 billion.
_CITED_ROUNDING_JPY_TN = 0.5e-4


def association_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The association's figures in the metrics and the unit of the cited ones.

    Raises
    ------
    ValueError : a figure in another unit.
    """
    if (rows["unit"] != "JPY mn").any():
        raise ValueError("a fund figure that is not in JPY million")
    year = rows["basis"].str.contains(_TWELVE_MONTHS)
    metric = rows["metric"].replace(_FUND_METRICS)
    return rows.assign(
        metric=metric.mask(year, metric.str.replace("_month_", "_12m_")),
        value=(rows["value"] / 1_000_000).round(6),
        unit="JPY tn",
        confidence=None,
        note=rows["basis"].str.replace(r"^stated(?:, (.*)| \((.*)\))?$", r"\1\2", regex=True).replace("", None),
        source="ita-statistics",
    )[LONG]


def without_repeats(cited: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Both, a figure in both as first cited.

    Raises
    ------
    ValueError : they differ by more than the rounding of the press.
    """
    key = ["metric", "period_end"]
    both = cited.merge(own, on=key, suffixes=("", "_own"))
    if ((both["value"] - both["value_own"]).abs() > _CITED_ROUNDING_JPY_TN + 1e-9).any():
        raise ValueError("a cited fund figure is not the association's own")
    return pd.concat([cited, own], ignore_index=True).drop_duplicates(key, ignore_index=True)


BUYBACKS = About(
    name="buybacks",
    title="Share buybacks of Japanese companies, cited figures",
    description=(
        "Buybacks authorised or executed over a fiscal year, a calendar year or a part of one, and two "
        "measures near them, as the press cited them."
    ),
    key=("metric", "period_end"),
    columns=long_columns(),
    publisher="Nikkei, NLI Research and others",
    page="https://www.nli-research.co.jp/",
    terms=(FACTS,),
    frequency="irregular",
    release_rule="within_days:60",
    vintage="latest",
    notes=(
        (
            "Bases differ by metric (authorised or executed, fiscal or calendar year, all listed companies "
            "or TOPIX) and must not be chained."
        ),
        (
            "Authorised is not executed. business_corporations_net_buy_cy is a proxy from investor types; "
            "free_float_reduction_cy is a shrinkage of shares."
        ),
        "Publish days are assumed: sixty days after the period.",
    ),
)


_BUYBACK_PERIODS = (
    (r"_fy(?:_|$)|_apr_", periods.fiscal_year_start),
    (r"_cy$|_jan_|_ytd$", periods.year_start),
)


def buybacks(figures: Figures) -> Table:
    """Cited buyback figures, their period from the metric's name."""
    rows = figures.long("buybacks.csv")
    dated = by_rule(periods.with_start(rows, _BUYBACK_PERIODS), "within_days:60", grade="assumed")
    return finish(BUYBACKS, dated)
