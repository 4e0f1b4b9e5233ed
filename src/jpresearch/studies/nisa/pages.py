"""The notebook's tables, with units in the headings and digits that the figures support, and its metrics."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.datasets import nisa_totals as ledger
from jpresearch.datasets.nisa_totals import ALTERNATIVE, consistency
from jpresearch.stats.rounding import Interval
from jpresearch.studies import phrasing as say
from jpresearch.studies.nisa import destination, exchange, interruption, pace
from jpresearch.studies.nisa.captions import bounds
from jpresearch.studies.nisa.result import NEW_SCHEME, Result
from jpresearch.studies.results import Metric

PURCHASES_CAPTION: Final = "Gross purchases between published totals"
TOTALS_CAPTION: Final = "Published totals of purchases since 2014, and what the others imply (blank: no bound)"
JAPAN_CAPTION: Final = "What part of gross purchases can be Japanese shares"
YEARS_CAPTION: Final = "Individuals' net purchases by year"
SLOPES_CAPTION: Final = "Individuals' weekly net purchases per 1% of TOPIX, JPY billion, with 95% intervals"
COUNTS: Final = {"excl_junior": "without junior accounts", "incl_junior": "with junior accounts"}
YEAR_COLUMNS: Final = {
    "individuals_cash": "Tokyo and Nagoya, cash, JPY tn",
    "individuals_margin": "Tokyo and Nagoya, margin, JPY tn",
    "individuals": "three sections of Tokyo, JPY tn",
    "weeks": "known weeks",
}


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
    """Each published total beside what the other figures imply for it, and what one that does not fit would mean."""
    table = consistency(result.known)
    table = table[table["period_end"] >= result.inputs.start]
    kind = table["counts"].map(COUNTS).where(table["metric"] != ALTERNATIVE, "second figure for the day")
    would = ["" if row["fits"] else _if_used(row, result) for _, row in table.iterrows()]
    return pd.DataFrame(
        {
            "total to": table["period_end"],
            "counts": kind,
            "published, JPY tn": table["value"].round(2),
            "others imply at least": table["implied_low"].round(2),
            "others imply at most": table["implied_high"].replace(np.inf, np.nan).round(2),
            "fits the others": table["fits"].map({True: "yes", False: "no"}),
            "used all the same, it would put": would,
        }
    ).reset_index(drop=True)


def _if_used(row: pd.Series, result: Result) -> str:
    """``2023 at 6.0 to 7.1, not 4.5 to 5.9``: the period before a total that does not fit, if it were used."""
    known, date = result.ledger, pd.Timestamp(row["period_end"])
    earlier = known.dates[known.dates < date]
    used = pace.spans(known, [(earlier[-1], date)])
    if not used:
        return ""
    wrong = ledger.bounds(row) - Interval(*known.ends(known.dates[0], earlier[-1]))
    return f"{used[0].words} at {bounds(wrong, 1)}, not {bounds(used[0].purchases, 1)}"


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
        rows.append((reading, f"to {say.day(end)}", float("nan"), share, "reading, not a bound"))
    columns = ["of gross purchases", "period", "at most, JPY tn", "share, %", "what it is"]
    return pd.DataFrame(rows, columns=columns).round({"at most, JPY tn": 2, "share, %": 1})


def individuals_years(result: Result) -> pd.DataFrame:
    """Individuals' net purchases by year, the two records apart, with the number of weeks behind each sum."""
    if result.inputs.flows is None:
        return pd.DataFrame(columns=["year"])
    frame = exchange.by_year(result.inputs.flows, result.inputs.start).reset_index()
    return frame.rename(columns=YEAR_COLUMNS).round(2)


def slopes(result: Result) -> pd.DataFrame:
    """How individuals' weekly net purchases go with TOPIX, before and after the date; empty where it is not known."""
    if result.relation is None:
        return pd.DataFrame(columns=["JPY bn per 1% of TOPIX", "estimate", "low", "high"])
    return result.relation.table().reset_index().round({"estimate": 0, "low": 0, "high": 0})


def metrics(result: Result) -> list[Metric]:
    """What the notebook publishes by name; a text says why where there is no number."""
    return [*_scheme(result), *_pace(result), *_japan(result), *_exchange(result), *interruption.metrics(result)]


def _scheme(result: Result) -> list[Metric]:
    count = ledger.newest(result.known, "accounts_total")
    found = [Metric("latest_nisa_period", result.latest_period.date())]
    if count is None:
        found.append(Metric.missing("accounts_mn", "no count of accounts is public"))
    else:
        ends = [float(count[end]) / 1e6 for end in ("value", "low", "high")]
        found.append(Metric.bounded("accounts_mn", ends[0], "million accounts", ends[1], ends[2], decimals=3))
    if not result.years:
        why = "no calendar year can be told apart"
        return [*found, *(Metric.missing(name, why) for name in ("latest_year", "purchases_latest_year_jpy_tn"))]
    year = result.years[-1]
    purchases = _bounded("purchases_latest_year_jpy_tn", year.purchases, "JPY tn, gross")
    return [*found, Metric("latest_year", year.last.year, "calendar year"), purchases]


def _pace(result: Result) -> list[Metric]:
    change = result.change
    named = {"pace_before_jpy_tn_month": change.before, "pace_after_jpy_tn_month": change.after}
    found = [
        Metric.missing(name, "no usable span of figures")
        if item is None
        else _bounded(name, item.pace, "JPY tn a month, gross")
        for name, item in named.items()
    ]
    if change.ratio is None:
        return [*found, Metric.missing("pace_ratio", "it needs figures before and after the date")]
    return [*found, _bounded("pace_ratio", change.ratio, "times")]


def _japan(result: Result) -> list[Metric]:
    names = {"japan_share_upper_pct": result.listed.high, "japan_share_upper_documented_pct": result.listed.documented}
    if result.parts is None:
        return [Metric.missing(name, "the two quotas are not published yet") for name in names]
    unit = "% of gross purchases, at most, bought directly"
    return [_bounded(name, result.parts.upper_pct(listed), unit) for name, listed in names.items()]


def _exchange(result: Result) -> list[Metric]:
    names = ("individuals_net_since_2024_jpy_tn", "individuals_jpy_bn_per_topix_pct")
    since = None if result.weekly is None else exchange.net_since(result.weekly, NEW_SCHEME)
    sides = () if result.relation is None else (result.relation.after, result.relation.before)
    slope = next((item for item in sides if item is not None), None)
    first = Metric.missing(names[0], "no week since 2024 is public")
    if since is not None:
        first = Metric.rounded(names[0], since.net, "JPY tn")
    if slope is None:
        return [first, Metric.missing(names[1], "too few weeks are public")]
    unit = "JPY bn per 1% of TOPIX, same week"
    return [first, Metric.rounded(names[1], slope.value, unit, slope.low, slope.high)]


def _bounded(name: str, interval: Interval, unit: str) -> Metric:
    return Metric.bounded(name, interval.centre, unit, interval.low, interval.high)
