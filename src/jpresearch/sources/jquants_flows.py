"""J-Quants, trading by type of investors: rows of the service (V2) and of CSV distributions in its older names.

Page: https://jpx-jquants.com/en/spec/eq-investor-types

Layout: one row a week and section, thousand yen; per class sales, purchases, their sum and their balance. A correction
is a further row of the same section and week with a later day of publication, which becomes a later vintage. CSV
distributions in the long names hold a line for every day of the calendar: those without a week are padding.

Sections until 2022-04-01 and from 2022-04-04 are different markets even where a distribution gives them one label. The
table holds Mothers and JASDAQ also as one, ``tse_growth``; where the rows state them apart it is their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.calendars import at
from jpresearch.sources.delimited import days, figures, require
from jpresearch.sources.model import LINE, Parsed, SourceError

TABLE: Final = "investor_flows"
SOURCE: Final = "jpx-investor-types"
# JPX publishes at half past three; J-Quants passes it on at six in the evening of the same day.
RELEASE_CLOCK: Final = "15:30"
# The last day of the sections before the reform.
REFORM: Final = pd.Timestamp("2022-04-01")
THOUSANDS_PER_MILLION: Final = 1000.0
# Every figure is stated in full thousands: sums are exact.
ROUNDING_THOUSANDS: Final = 0.5
# Sales and purchases of all classes differ by what smaller participants trade: 4.8 % at most in 2017 to 2021.
SIDES_DIFFER: Final = 0.15
LONGEST_WEEK_DAYS: Final = 6


@dataclass(frozen=True)
class Names:
    """How a distribution names its columns."""

    published: str
    start: str
    end: str
    classes: dict[str, str]
    sales: tuple[str, ...]
    purchases: tuple[str, ...]
    sum: tuple[str, ...]
    balance: tuple[str, ...]


SERVICE: Final = Names(
    published="PubDate",
    start="StDate",
    end="EnDate",
    classes={
        "proprietary": "Prop",
        "brokerage": "Brk",
        "total": "Tot",
        "individuals": "Ind",
        "foreigners": "Frgn",
        "securities_companies": "SecCo",
        "investment_trusts": "InvTr",
        "business_corporations": "BusCo",
        "other_corporations": "OthCo",
        "insurance": "InsCo",
        "city_regional_banks": "Bank",
        "trust_banks": "TrstBnk",
        "other_financials": "OthFin",
    },
    sales=("Sell",),
    purchases=("Buy",),
    sum=("Tot",),
    balance=("Bal",),
)
# Some distributions spell CityBKsRegionalBKsEtcPurchase, and PublishedDate as Date.
LONG: Final = Names(
    published="PublishedDate",
    start="StartDate",
    end="EndDate",
    classes={
        "proprietary": "Proprietary",
        "brokerage": "Brokerage",
        "total": "Total",
        "individuals": "Individuals",
        "foreigners": "Foreigners",
        "securities_companies": "SecuritiesCos",
        "investment_trusts": "InvestmentTrusts",
        "business_corporations": "BusinessCos",
        "other_corporations": "OtherInstitutions",
        "insurance": "InsuranceCos",
        "city_regional_banks": "CityBKsRegionalBKsEtc",
        "trust_banks": "TrustBanks",
        "other_financials": "OtherFinancialInstitutions",
    },
    sales=("Sales",),
    purchases=("Purchases", "Purchase"),
    sum=("Total",),
    balance=("Balance",),
)
OTHER_PUBLISHED: Final = "Date"
# Sections by label: the market until the reform and the one after it. None: there was no such section.
SECTIONS: Final[dict[str, tuple[str | None, str | None]]] = {
    "TSE1st": ("tse_first", None),
    "TSE2nd": ("tse_second", None),
    "TSEMothers": ("tse_mothers", None),
    "TSEJASDAQ": ("tse_jasdaq", None),
    "TSEPrime": (None, "tse_prime"),
    "TSEStandard": (None, "tse_standard"),
    "TSEGrowth": (None, "tse_growth_market"),
    "TokyoNagoya": ("two_markets", "two_markets"),
    "Prime Market (First Section)": ("tse_first", "tse_prime"),
    "Standard Market (Second Section)": ("tse_second", "tse_standard"),
    "Growth Market (Mothers/JASDAQ)": ("tse_growth", "tse_growth_market"),
}
GROWTH: Final = "tse_growth"
GROWTH_PARTS: Final = ("tse_mothers", "tse_jasdaq")
CLIENTS: Final = (
    "individuals",
    "foreigners",
    "securities_companies",
    "investment_trusts",
    "business_corporations",
    "other_corporations",
    "insurance",
    "city_regional_banks",
    "trust_banks",
    "other_financials",
)
# Thousand yen sold in a week, from a single session to several times the largest week; a slip is a factor of 1,000.
USUAL_TOTAL: Final = {
    "tse_first": (2e8, 2e11),
    "tse_prime": (2e8, 2e11),
    "two_markets": (2e8, 2e11),
    "tse_second": (1e6, 5e9),
    "tse_growth": (5e6, 2e10),
    "tse_mothers": (1e6, 2e10),
    "tse_jasdaq": (1e6, 2e10),
    "tse_standard": (5e6, 2e10),
    "tse_growth_market": (5e6, 2e10),
}


def names_of(labels: list[str]) -> Names | None:
    """The naming that a line of labels follows, or ``None``."""
    held = set(labels)
    if {"Section", SERVICE.start, SERVICE.published, "FrgnSell"} <= held:
        return SERVICE
    return LONG if {"Section", LONG.start, "ForeignersSales"} <= held else None


def investor_flows(frame: pd.DataFrame, file: str) -> list[Parsed]:
    """Rows of ``investor_flows``, with the moment at which JPX published them.

    Parameters
    ----------
    frame : texts, one row a week and section, in the names of the service or the long ones.

    Raises
    ------
    SourceError : a label, a section or a figure that is not as described, or a sum that does not come out.
    """
    names = names_of(list(frame.columns))
    if names is None:
        raise SourceError.of("the columns are not those of investor types", file, label="Section, StartDate")
    require(frame, [names.start, names.end], file)
    stated = frame[frame[names.start].str.strip().ne("")].reset_index(drop=True)
    weeks = _weeks(stated, names, file)
    flows = {investor: _class(stated, names, investor, file) for investor in names.classes}
    _check(weeks, flows, file)
    rows = pd.concat([_rows(weeks, investor, flow) for investor, flow in flows.items()], ignore_index=True)
    whole = pd.concat([rows, _growth(rows)], ignore_index=True) if len(rows) else rows
    ordered = whole.sort_values(["market", "investor", "period_end", "published_at"], ignore_index=True)
    return [Parsed(TABLE, ordered, SOURCE)]


def _weeks(frame: pd.DataFrame, names: Names, file: str) -> pd.DataFrame:
    """Market, first and last day, and day of publication of each row; one row a week, section and publication."""
    published = names.published if names.published in frame.columns else OTHER_PUBLISHED
    require(frame, [published, "Section"], file)
    weeks = pd.DataFrame(
        {
            "period_end": days(frame[names.end], file),
            "period_start": days(frame[names.start], file),
            "published": days(frame[published], file),
            LINE: frame[LINE],
        }
    )
    unknown = sorted(set(frame["Section"]) - set(SECTIONS))
    if unknown:
        raise SourceError.of(f"the section {unknown[0][:40]!r} is not known", file, label="Section")
    length = (weeks["period_end"] - weeks["period_start"]).dt.days
    same_week = weeks["period_start"].dt.day_of_week <= weeks["period_end"].dt.day_of_week
    if (~length.between(0, LONGEST_WEEK_DAYS) | ~same_week | (weeks["published"] <= weeks["period_end"])).any():
        raise SourceError.of("a period is no week, or was published before it ended", file, label=names.start)
    before = weeks["period_end"] <= REFORM
    old = frame["Section"].map({label: markets[0] for label, markets in SECTIONS.items()})
    new = frame["Section"].map({label: markets[1] for label, markets in SECTIONS.items()})
    weeks["market"] = old.where(before, new).astype("str")
    if weeks["market"].isna().any():
        label = frame.loc[weeks["market"].isna(), "Section"].iloc[0]
        raise SourceError.of("a section is stated for a week in which it did not exist", file, label=label)
    if weeks.duplicated(["market", "period_end", "published"]).any():
        raise SourceError.of("a week of a section stands twice with one day of publication", file, label="Section")
    return weeks


def _class(frame: pd.DataFrame, names: Names, investor: str, file: str) -> pd.DataFrame:
    """Sales, purchases and balance of one class in thousand yen; the stated sum and balance must be theirs."""
    stem = names.classes[investor]
    kinds = {"sales": names.sales, "purchases": names.purchases, "sum": names.sum, "balance": names.balance}
    flow = pd.DataFrame({kind: _column(frame, stem, endings, file) for kind, endings in kinds.items()})
    gaps = (flow["sales"] + flow["purchases"] - flow["sum"], flow["purchases"] - flow["sales"] - flow["balance"])
    for gap, what in zip(gaps, ("sum", "balance"), strict=True):
        if (gap.abs() > ROUNDING_THOUSANDS).any():
            raise SourceError.of(f"the {what} of {investor} does not come out", file, label=stem)
    if flow[["sales", "purchases"]].lt(0).any(axis=None):
        raise SourceError.of(f"{investor} has negative sales or purchases", file, label=stem)
    return flow


def _column(frame: pd.DataFrame, stem: str, endings: tuple[str, ...], file: str) -> pd.Series[float]:
    for ending in endings:
        if stem + ending in frame.columns:
            values = figures(frame[stem + ending], file)
            if values.isna().any():
                raise SourceError.of("a week lacks a figure", file, label=stem + ending)
            return values
    raise SourceError.of("a column is missing", file, label=stem + endings[0])


def _check(weeks: pd.DataFrame, flows: dict[str, pd.DataFrame], file: str) -> None:
    """The identities between classes and the magnitude of the whole. Raises ``SourceError``."""
    for side in ("sales", "purchases"):
        whole = {investor: flow[side] for investor, flow in flows.items()}
        parts = {"total": whole["proprietary"] + whole["brokerage"], "brokerage": sum(whole[name] for name in CLIENTS)}
        for name, value in parts.items():
            wrong = (value - whole[name]).abs() > ROUNDING_THOUSANDS
            if wrong.any():
                week = weeks.loc[wrong, "period_end"].iloc[0]
                raise SourceError.of(
                    f"{side} of {name} are not the sum of their classes, week to {week:%Y-%m-%d}", file
                )
    low, high = (weeks["market"].map({market: usual[end] for market, usual in USUAL_TOTAL.items()}) for end in (0, 1))
    total = flows["total"]
    if (total["sales"].lt(low) | total["sales"].gt(high)).any():
        raise SourceError.of("a week's sales are of another magnitude: another unit than thousand yen?", file)
    if (total["balance"].abs() > SIDES_DIFFER * total["sales"]).any():
        raise SourceError.of("sales and purchases of all classes are far apart", file)


def _growth(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``tse_growth`` where Mothers and JASDAQ stand apart, published at one moment."""
    apart = rows[rows["market"].isin(GROWTH_PARTS)]
    keys = ["investor", "period_end", "period_start", "coverage", "published_at", "grade"]
    amounts = ["sales_jpy_mn", "purchases_jpy_mn", "net_jpy_mn"]
    summed = {**dict.fromkeys(amounts, "sum"), "market": "nunique", LINE: "first"}
    sums = apart.groupby(keys, as_index=False).agg(summed)
    # A sum of thousandths is one again, and equal figures compare equal.
    sums[amounts] = sums[amounts].round(3)
    both: pd.DataFrame = sums[sums["market"].eq(len(GROWTH_PARTS))].assign(market=GROWTH)[rows.columns]
    return both.astype({"market": "str"})


def _rows(weeks: pd.DataFrame, investor: str, flow: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "market": weeks["market"],
        "investor": pd.Series(investor, index=weeks.index, dtype="str"),
        "period_end": weeks["period_end"],
        "period_start": weeks["period_start"],
        "sales_jpy_mn": flow["sales"] / THOUSANDS_PER_MILLION,
        "purchases_jpy_mn": flow["purchases"] / THOUSANDS_PER_MILLION,
        "net_jpy_mn": flow["balance"] / THOUSANDS_PER_MILLION,
        "coverage": pd.Series("full", index=weeks.index, dtype="str"),
        "published_at": pd.Series(at(pd.DatetimeIndex(weeks["published"]), RELEASE_CLOCK), index=weeks.index),
        "grade": pd.Series("stated", index=weeks.index, dtype="str"),
        LINE: weeks[LINE],
    }
    return pd.DataFrame(columns)
