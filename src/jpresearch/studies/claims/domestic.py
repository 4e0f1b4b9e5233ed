"""Measures of domestic money: GPIF, NISA, buybacks, and what chip makers' shares cost."""

from __future__ import annotations

from functools import cache

import pandas as pd

from jpresearch.datasets import chips, gpif, market
from jpresearch.errors import JPResearchError
from jpresearch.models.gpif_flow import Holdings, implied_flows
from jpresearch.stats.expanding import expanding_percentile
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.measuring import Span, measure

ASSET = "domestic_equities"
BN_PER_TN = 1000.0


@measure
def gpif_share(facts: Facts, span: Span) -> float | None:
    """A class's share of the whole reserve (subject: the metric) at the last day, percent."""
    return _at(facts.figures("gpif_portfolio", span.subject), span.last)


@measure
def gpif_share_change(facts: Facts, span: Span) -> float | None:
    """Change of that share from the first day to the last, points."""
    figures = facts.figures("gpif_portfolio", span.subject)
    start, end = _at(figures, span.first), _at(figures, span.last)
    return None if start is None or end is None else end - start


@measure
def gpif_flow(facts: Facts, span: Span) -> float | None:
    """GPIF's implied trade in domestic equities over the usable quarters that end in the window, JPY tn."""
    flows = _implied(facts.as_of)
    known = flows[(flows.index >= span.first) & (flows.index <= span.last)]
    return float(known.sum()) if len(known) else None


@measure
def gpif_flow_bn(facts: Facts, span: Span) -> float | None:
    """The same in JPY bn."""
    found = gpif_flow(facts, span)
    return None if found is None else found * BN_PER_TN


@cache
def _implied(as_of: str | None) -> pd.Series[float]:
    """Implied trade by quarter's end on the reserve's basis, JPY tn; empty where nothing is usable yet."""
    try:
        quarters, results = gpif.quarters(as_of, ASSET), gpif.results(as_of)
        topix = market.daily(as_of, ["topix"])["topix"].dropna()
    except JPResearchError:
        return pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    flows = implied_flows(Holdings(quarters, results, ASSET, topix))
    return flows["flow"].astype("float64")


@measure
def nisa_pace_ratio(facts: Facts, span: Span) -> float | None:
    """Gross purchases of the last day's year over the year before (subject: a metric of cumulative purchases).

    Both from cumulative figures at three year ends; all assets, purchases only.
    """
    figures = facts.figures("nisa_usage", span.subject)
    ends = [_at(figures, pd.Timestamp(year=span.last.year - back, month=12, day=31)) for back in (2, 1, 0)]
    if any(value is None for value in ends):
        return None
    before, middle, now = (float(value) for value in ends if value is not None)
    return (now - middle) / (middle - before)


@measure
def nisa_year_over_before(facts: Facts, span: Span) -> float | None:
    """Gross purchases of the calendar year (metric ``purchases_year``) over those of the year before it."""
    year = _at(facts.figures("nisa_usage", "purchases_year"), span.last)
    figures = facts.figures("nisa_usage", "purchases_cumulative")
    ends = [_at(figures, pd.Timestamp(year=span.last.year - back, month=12, day=31)) for back in (2, 1)]
    if year is None or any(value is None for value in ends):
        return None
    before, middle = (float(value) for value in ends if value is not None)
    return year / (middle - before)


@measure
def buybacks_before(facts: Facts, span: Span) -> float | None:
    """The largest earlier year of buybacks on the subject's basis known by then, JPY tn."""
    figures = facts.figures("buybacks", span.subject)
    known = figures[figures.index <= span.last]
    return float(known.max()) if len(known) else None


@measure
def chips_in_own_past(facts: Facts, span: Span) -> float | None:
    """Where the chip names' multiples stood in their own past on the last day: median percentile of dearness.

    The subject is the fewest months of past that count; trailing earnings as known on each day.
    """
    yields = _chip_yields(str(span.last.date()) if _later(facts, span) else facts.as_of)
    if yields.empty:
        return None
    past = (-yields).apply(expanding_percentile, min_periods=int(span.subject)).iloc[-1].dropna()
    return float(past.median()) if len(past) else None


@cache
def _chip_yields(as_of: str | None) -> pd.DataFrame:
    """Trailing earnings yields at month ends as known at ``as_of``; empty where too little was."""
    try:
        yields = chips.valuation(as_of, "trailing_yield").dropna(how="all")
    except JPResearchError:
        return pd.DataFrame()
    return yields.groupby(pd.DatetimeIndex(yields.index).to_period("M")).tail(1)


def _later(facts: Facts, span: Span) -> bool:
    """Whether more is known than on the window's last day; then that day's knowledge is used, no more."""
    return facts.as_of is None or pd.Timestamp(facts.as_of) > span.last


def _at(figures: pd.Series[float], day: pd.Timestamp) -> float | None:
    return float(figures[day]) if day in figures.index else None
