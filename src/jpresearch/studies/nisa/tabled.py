"""The notebook's tables, with units in the headings and digits that the figures support."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies.nisa import destination, exchange, pace
from jpresearch.studies.nisa.ledger import ALTERNATIVE, consistency
from jpresearch.studies.nisa.result import Result

COUNTS: Final = {"excl_junior": "without junior accounts", "incl_junior": "with junior accounts"}


def purchases_by_period(result: Result) -> pd.DataFrame:
    """Gross purchases between neighbouring published totals, with the bounds of rounding."""
    spans = pace.stretches(result.ledger, result.inputs.start)
    rows = [
        (item.words, item.months, item.purchases.low, item.purchases.high, item.pace.low, item.pace.high)
        for item in spans
    ]
    columns = ["period", "months", "at least, JPY tn", "at most, JPY tn", "a month at least", "a month at most"]
    return pd.DataFrame(rows, columns=columns).round(3)


def published_totals(result: Result) -> pd.DataFrame:
    """Each published total beside what the other figures imply for it; those that cannot be differenced are named."""
    table = consistency(result.known)
    table = table[table["period_end"] >= result.inputs.start]
    kind = table["counts"].map(COUNTS).where(table["metric"] != ALTERNATIVE, "second figure for the day")
    return pd.DataFrame(
        {
            "total to": table["period_end"],
            "counts": kind,
            "published, JPY tn": table["value"],
            "others imply at least": table["implied_low"].round(2),
            "others imply at most": table["implied_high"].replace(np.inf, np.nan).round(2),
            "fits the others": table["fits"].map({True: "yes", False: "no"}),
        }
    ).reset_index(drop=True)


def japan_bounds(result: Result) -> pd.DataFrame:
    """What part of the purchases can be Japanese shares, and the readings of listed shares that the tables hold.

    The bounds come first; the readings after them are of short windows or old schemes and bound nothing.
    """
    rows: list[tuple[str, str, float, float, str]] = []
    if result.parts is not None:
        frame = destination.bounds_table(result.parts, result.listed)
        period = result.parts.period.words
        rows += [
            (str(name), period, row["at_most"], row["share_at_most"], "bound: 0 to this")
            for name, row in frame.iterrows()
        ]
    for reading, end, share in destination.listed_readings(result.inputs.usage):
        rows.append((reading, f"to {end.date()}", float("nan"), share, "reading, not a bound"))
    columns = ["of gross purchases", "period", "at most, JPY tn", "share, %", "what it is"]
    return pd.DataFrame(rows, columns=columns).round({"at most, JPY tn": 2, "share, %": 1})


def individuals_years(result: Result) -> pd.DataFrame:
    """Individuals' net purchases by year, the two records apart, with the number of weeks behind each sum."""
    if result.inputs.flows is None:
        return pd.DataFrame(columns=["year"])
    frame = exchange.by_year(result.inputs.flows, result.inputs.start).reset_index()
    names = {
        "individuals_cash": "Tokyo and Nagoya, cash, JPY tn",
        "individuals_margin": "Tokyo and Nagoya, margin, JPY tn",
        "three_sections": "three sections of Tokyo, JPY tn",
        "weeks": "known weeks",
    }
    return frame.rename(columns=names).round(2)


def slopes(result: Result) -> pd.DataFrame:
    """How individuals' weekly net purchases go with TOPIX, before and after the date; empty where it is not known."""
    if result.relation is None:
        return pd.DataFrame(columns=["JPY bn per 1% of TOPIX", "estimate", "low", "high"])
    return result.relation.table().reset_index().round({"estimate": 0, "low": 0, "high": 0})
