"""GPIF: quarterly portfolio on its two bases, fiscal-year results, policy mixes."""

from __future__ import annotations

import pandas as pd

from tools.seed import periods
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish, long_columns
from tools.seed.release import AFTERNOON, END_OF_DAY, by_rule, moments, on_days
from tools.seed.sources import GOVERNMENT, GPIF_PAGE

GPIF = "Government Pension Investment Fund (GPIF)"
_OWN_NOTE = r"GPIF portfolio"
_RESERVE_NOTE = r"total pension reserve|total reserve|reserve basis|included within the four classes"
_OWN_METRICS = ("aum", "return_q_", "gain_q_")
_STATED = {"2025-06-30": "2025-08-01", "2025-09-30": "2025-11-07"}

GPIF_PORTFOLIO = About(
    name="gpif_portfolio",
    title="GPIF portfolio, quarterly",
    description=(
        "Assets, shares by class, and results of the quarter: of GPIF's own portfolio, and of the whole "
        "pension reserve (special account included). Shares and returns in percent, amounts in JPY trillion."
    ),
    key=("basis", "metric", "period_end"),
    columns=long_columns(
        Column(
            "basis",
            "string",
            "gpif: GPIF's own portfolio; reserve: the whole pension reserve, special account included.",
            required=True,
            enum=("gpif", "reserve"),
        ),
    ),
    publisher=GPIF,
    page=GPIF_PAGE,
    terms=(GOVERNMENT,),
    frequency="quarterly",
    release_rule="gpif_results",
    vintage="latest",
    staleness_days=190,
    export="yes",
    series=Series(
        ended={
            "gpif/share_*": ("2014-09-30", "since December 2014 every share is of the reserve"),
            "gpif/value_*": ("2014-09-30", "since December 2014 values of classes are of the reserve"),
            "reserve/share_short_term": ("2018-12-31", "no class of its own since April 2020"),
        }
    ),
    notes=(
        "The two bases differ by the special account: compute an implied flow within one basis only.",
        (
            "Assets under management, returns and gains are GPIF's own. Shares are of the reserve from "
            "2014-12; before that both occur, and for 2013-03, 2014-03 and 2014-09 both for the same classes."
        ),
        (
            "Until 2020-03 there were five classes, short-term assets apart; since then four. Alternatives "
            "lie inside the four classes."
        ),
        "No shares for 2019-03 to 2020-03 (publication was suspended), 2022-09, 2025-12 and 2026.",
        "First to third quarters are preliminary at the publisher; full years come out later than quarters.",
        "gpif basis in 2013-06 and 2013-09 is inferred by whoever compiled the figures; see the note of the row.",
    ),
)


def gpif_portfolio(figures: Figures) -> Table:
    """Quarterly figures on their basis."""
    rows = with_basis(figures.long("gpif_quarterly.csv"))
    started = periods.with_start(rows, ((r"^(?:return|gain)_q_", periods.quarter_start), (r".", periods.same_day)))
    return finish(GPIF_PORTFOLIO, on_days(by_rule(started, "gpif_results"), _STATED, AFTERNOON))


def with_basis(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with ``basis`` from metric and note.

    Raises
    ------
    ValueError : a share or value whose note names no basis, or names both.
    """
    own = rows["metric"].str.startswith(_OWN_METRICS)
    note = rows["note"].fillna("").str.replace("not total reserve", "").str.replace("reserve-basis rows", "")
    says_own, says_reserve = note.str.contains(_OWN_NOTE), note.str.contains(_RESERVE_NOTE)
    unclear = rows[~own & (says_own == says_reserve)]
    if len(unclear):
        raise ValueError(f"basis not clear:\n{unclear.to_string()}")
    return rows.assign(basis=(own | says_own).map({True: "gpif", False: "reserve"}))


GPIF_ANNUAL = About(
    name="gpif_annual",
    title="GPIF results by fiscal year",
    description=(
        "Gain in JPY billion and rate of return in percent by fiscal year (April to March), total and for "
        "some years by class."
    ),
    key=("metric", "period_end"),
    columns=long_columns(),
    publisher=GPIF,
    page=GPIF_PAGE,
    terms=(GOVERNMENT,),
    frequency="annual",
    release_rule="gpif_results",
    vintage="latest",
    staleness_days=480,
    export="yes",
    series=Series(
        ended={"return_fy_*_*": ("2020-03-31", "compiled to fiscal 2019; gpif_portfolio has quarters of the classes")}
    ),
    notes=(
        "Fiscal years 2001 to 2024; until fiscal 2005 of the predecessor fund.",
        (
            "The total return of fiscal 2017 and 2018 is missing; gains by class are known for fiscal 2020 and "
            "2024 only, returns by class for fiscal 2019 only."
        ),
    ),
)


def gpif_annual(figures: Figures) -> Table:
    """Fiscal-year results."""
    rows = periods.with_start(figures.long("gpif_annual.csv"), ((r"_fy_", periods.fiscal_year_start),))
    return finish(GPIF_ANNUAL, by_rule(rows, "gpif_results"))


ASSET_CLASSES = (
    "domestic_bonds",
    "domestic_equities",
    "foreign_bonds",
    "foreign_equities",
    "short_term",
    "bonds_total",
    "equities_total",
    "alternatives_cap",
)

GPIF_POLICY_MIX = About(
    name="gpif_policy_mix",
    title="GPIF policy asset mixes",
    description="Target share and permitted deviation of each class in the five policy mixes since 2006.",
    key=("asset_class", "period_end"),
    columns=(
        Column(
            "asset_class",
            "string",
            "Class; bonds_total and equities_total are sums, alternatives_cap is an upper limit inside the classes.",
            required=True,
            enum=ASSET_CLASSES,
        ),
        Column(
            "period_end",
            "date",
            "Day of the announcement; the effective date where it is not known.",
            required=True,
        ),
        Column("period_start", "date", "The same day.", required=True),
        Column("effective_date", "date", "First day on which the mix applies.", required=True),
        Column(
            "target_pct",
            "number",
            "Target share (for alternatives_cap the limit).",
            unit="percent",
            required=True,
            minimum=0,
            maximum=100,
        ),
        Column(
            "band_min_pp",
            "number",
            "Permitted deviation either way, narrow reading.",
            unit="percentage points",
            minimum=0,
        ),
        Column(
            "band_max_pp",
            "number",
            "Permitted deviation either way, wide reading.",
            unit="percentage points",
            minimum=0,
        ),
        Column("confidence", "string", "How well the figure is confirmed, in the words of whoever compiled it."),
        Column("note", "string", "What the compiler noted of the figure; empty where nothing."),
    ),
    publisher=GPIF,
    page=GPIF_PAGE,
    terms=(GOVERNMENT,),
    frequency="irregular",
    release_rule="same_day_end",
    vintage="latest",
    export="yes",
    notes=(
        (
            "The announcement of the mix of 2006 is not known: its effective date stands in, and its "
            "publish date is assumed."
        ),
        (
            "Bands are missing for 2006 and for domestic bonds in 2020; in 2025 those of single classes are "
            "known only as 5 to 6 points."
        ),
    ),
)


def gpif_policy_mix(figures: Figures) -> Table:
    """Policy mixes, known at the end of the day on which they were announced."""
    rows = figures.wide("gpif_policy_mix.csv", dates=["effective_date", "announced"])
    announced = rows["announced"].fillna(rows["effective_date"])
    named = rows.rename(columns={"band_pct_pts_min": "band_min_pp", "band_pct_pts_max": "band_max_pp"})
    dated = named.assign(
        period_start=announced,
        period_end=announced,
        published_at=moments(announced, END_OF_DAY),
        grade=rows["announced"].notna().map({True: "stated", False: "assumed"}),
        source=figures.book.ids(rows),
    )
    return finish(GPIF_POLICY_MIX, dated)
