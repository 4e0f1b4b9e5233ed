"""Bank of Japan: policy rate decisions, ETF holdings and purchases."""

from __future__ import annotations

import pandas as pd

from jpresearch.calendars import business_days
from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Table, finish, long_columns
from tools.seed.release import by_rule, moment, on
from tools.seed.sources import BOJ, BOJ_ETF, GOVERNMENT

_POLICY_RULES = {
    "policy_rate_target": "boj_decision",
    "etf_sale_pace_book": "boj_decision",
    "etf_holdings_book": "within_days:10",
    "etf_holdings_market": "within_days:10",
    "etf_purchases_cumulative_book": "within_days:10",
}
_DECISIONS = ("policy_rate_target", "etf_sale_pace_book")
# Holdings by the Bank's own ten-day accounts; the others are estimates and press figures.
_ACCOUNTS = "営業毎旬報告"
_FIRST_PURCHASE = "2010-12-15"

BOJ_POLICY = About(
    name="boj_policy",
    title="Bank of Japan: policy rate decisions and ETF holdings",
    description=(
        "Decisions on the policy rate (percent) and on the sale of ETFs (JPY billion a year), and ETFs held "
        "or bought so far (JPY trillion)."
    ),
    key=("metric", "period_end"),
    columns=(
        Column("metric", "string", "What the figure measures.", required=True, enum=tuple(_POLICY_RULES)),
        Column("period_end", "date", "Day of the decision, or of the holding.", required=True),
        Column(
            "effective_date",
            "date",
            "Day from which a rate decision applies; empty for what is no rate decision.",
        ),
        *long_columns()[1:],
    ),
    publisher=BOJ,
    page="https://www.boj.or.jp/en/mopo/mpmdeci/index.htm",
    terms=(GOVERNMENT,),
    frequency="irregular",
    release_rule={"by": "metric", "rules": _POLICY_RULES},
    vintage="latest",
    export="yes",
    notes=(
        "The rate of 2024-03 is a range of 0 to 0.1 percent, of which the middle is stored.",
        "etf_holdings_book is at cost, etf_holdings_market an estimate at market value: never compare them.",
        (
            "Holdings by the Bank's ten-day accounts are dated by the rule of those; other ETF figures were "
            "cited by the press and their publish days are assumed."
        ),
    ),
)


def boj_policy(figures: Figures) -> Table:
    """Rate decisions on the day they were taken, with the day they apply; ETF figures on their own day."""
    rows = figures.long("boj_policy_and_etf.csv")
    publishers = figures.wide("boj_policy_and_etf.csv", dates=[])["source_publisher"]
    dated = dated_policy(decided(rows))
    estimate = ~dated["metric"].isin(_DECISIONS) & ~publishers.str.contains(_ACCOUNTS)
    return finish(BOJ_POLICY, dated.assign(grade=dated["grade"].mask(estimate, "assumed")))


def decided(rows: pd.DataFrame) -> pd.DataFrame:
    """Rate decisions moved to the day that their note states; the compiled day is the one they apply from.

    Raises
    ------
    ValueError : a rate decision whose note does not state the day.
    """
    rate = rows["metric"] == "policy_rate_target"
    day = pd.to_datetime(rows["note"].str.extract(r"decided (\d{4}-\d{2}-\d{2})")[0])
    if (rate & day.isna()).any():
        raise ValueError("a rate decision without the day on which it was taken")
    moved = rows["period_end"].mask(rate, day)
    first = periods.since(_FIRST_PURCHASE)(moved)
    cumulative = rows["metric"] == "etf_purchases_cumulative_book"
    return rows.assign(
        effective_date=rows["period_end"].where(rate),
        period_end=moved,
        period_start=moved.mask(cumulative, first),
    )


def dated_policy(rows: pd.DataFrame) -> pd.DataFrame:
    """Decisions at 12:00 of their day, holdings by rule."""
    decision = rows["metric"].isin(_DECISIONS)
    dated = by_rule(rows, "within_days:10")
    for day in rows.loc[decision, "period_end"].unique():
        dated = on(dated, decision & (rows["period_end"] == day), moment(day, "12:00"))
    return dated


_ETF_COLUMNS = {
    "index_etf": "ETFs that track an index, bought outright.",
    "supportive_etf": "ETFs of firms that invest in physical and human capital.",
    "j_reit": "Real estate investment trusts.",
    "lending_etf": "ETFs bought to lend them out.",
}

BOJ_ETF_PURCHASES = About(
    name="boj_etf_purchases",
    title="Bank of Japan: purchases of ETFs and J-REITs, daily",
    description=(
        "Purchases by business day, from the first on 2010-12-15 to the end of 2020, and from January to "
        "March 2024. An empty cell: no purchase is listed."
    ),
    key=("period_end",),
    columns=(
        Column("period_end", "date", "Business day.", required=True),
        Column("period_start", "date", "The same day.", required=True),
        *(
            Column(f"{name}_jpy_100mn", "number", text, unit="JPY 100 million", minimum=0)
            for name, text in _ETF_COLUMNS.items()
        ),
    ),
    publisher=BOJ,
    page=BOJ_ETF,
    terms=(GOVERNMENT,),
    frequency="daily",
    release_rule="same_day_end",
    vintage="latest",
    export="yes",
    notes=(
        "Purchases ended in March 2024; the table cannot go stale.",
        (
            "Days on which nothing was bought are kept as rows without figures; weekends and holidays, on "
            "which nothing can be, are left out."
        ),
        (
            "2021, 2022 and 2023 are missing altogether, though the Bank bought in each of them: never sum "
            "across the gap."
        ),
        "lending_etf_jpy_100mn below half a unit is printed as 0.",
    ),
)


def boj_etf_purchases(figures: Figures) -> Table:
    """Purchases on business days."""
    rows = figures.wide("boj_etf_purchases.csv", dates=["date"])
    empty = rows[list(_ETF_COLUMNS)].isna().all(axis=1)
    kept = rows[~empty | rows["date"].isin(business_days())]
    named = kept.rename(columns={name: f"{name}_jpy_100mn" for name in _ETF_COLUMNS})
    days = named.assign(period_start=kept["date"], period_end=kept["date"], source="boj-etf-purchases")
    return finish(BOJ_ETF_PURCHASES, by_rule(days, "same_day_end"))
