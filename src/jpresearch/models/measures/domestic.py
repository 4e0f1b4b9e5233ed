"""Measures of domestic money and of valuation: GPIF, NISA, buybacks, ownership, what chip names cost."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from jpresearch.datasets import chips, flows, gpif, market, nisa, positions
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.models.gpif_flow import Holdings, flow_between
from jpresearch.models.measures.measuring import (
    NORMAL_95,
    UNKNOWN,
    Facts,
    Gauged,
    Measure,
    Window,
    bounded,
    exact,
    on,
    reaches,
)

YEAR_SESSIONS: Final = 250


def gpif_share(facts: Facts, window: Window) -> Gauged:
    """A class's published share of the whole reserve at the last day, percent."""
    return exact(on(facts(gpif.shares)[window.subject], window.last))


def gpif_flow(facts: Facts, window: Window) -> Gauged:
    """GPIF's implied purchases of the class between two quarter-ends, JPY tn, with the bounds of its two ends."""
    quarters, results = facts(gpif.quarters, window.subject), facts(gpif.results)
    topix = facts(market.daily, ("topix", "nikkei225"))["topix"].dropna()
    try:
        found = flow_between(Holdings(quarters, results, window.subject, topix), window.first, window.last)
    except (InsufficientData, KeyError):
        return UNKNOWN
    return bounded(found.value, found.low, found.high)


def nisa_pace(facts: Facts, window: Window) -> Gauged:
    """Gross NISA purchases a month from the first day to the last (subject ``until``) or to the newest year end
    (``newest``), over those of the year before, with the bounds of rounding.
    """
    until = window.last if window.subject == "until" else None
    if until is not None and not reaches(facts(nisa.purchases)["cumulative"], until):
        return UNKNOWN
    try:
        row = facts(nisa.pace, window.first, until=until).loc["since"]
    except (InsufficientData, BadParameter, KeyError):
        return UNKNOWN
    return bounded(row["ratio"], row["ratio_low"], row["ratio_high"])


def buybacks(facts: Facts, window: Window) -> Gauged:
    """Buybacks of the period that the last day ends, JPY tn (subject: a metric of ``flows.buybacks``)."""
    return exact(on(_buybacks(facts, window), window.last))


def buybacks_over_record(facts: Facts, window: Window) -> Gauged:
    """The same less the largest earlier period of the metric, JPY tn: above zero is a record."""
    years = _buybacks(facts, window)
    value, before = on(years, window.last), years[years.index < window.last]
    return UNKNOWN if value is None or before.empty else exact(value - float(before.max()))


def _buybacks(facts: Facts, window: Window) -> pd.Series[Any]:
    known = facts(flows.buybacks)
    rows: pd.Series[Any] = known[known["metric"] == window.subject].set_index("period_end")["value"].sort_index()
    return rows


def ownership_change(facts: Facts, window: Window) -> Gauged:
    """Change of a class's share of market value between two fiscal year-ends, points (survey of shareholders)."""
    shares = facts(positions.ownership)[window.subject]
    first, last = on(shares, window.first), on(shares, window.last)
    return UNKNOWN if first is None or last is None else exact(last - first)


def ownership_over_record(facts: Facts, window: Window) -> Gauged:
    """A share of market value at the last day less its highest since the first day, points.

    Subject: a column of ``positions.ownership``, or ``domestic``: everyone but foreigners.
    """
    table = facts(positions.ownership)
    shares = 100 - table["share_foreigners"] if window.subject == "domestic" else table[window.subject]
    value, before = on(shares, window.last), shares[window.first : window.last - pd.Timedelta(days=1)].dropna()
    return UNKNOWN if value is None or before.empty else exact(value - float(before.max()))


def valuation_percentile(facts: Facts, window: Window) -> Gauged:
    """Where the median chip name's multiple stood in its own past on the last day, percentile, 100 the most expensive.

    Subject ``trailing_yield:24``: the yield that is ranked, and the fewest months of past. Month ends and the last day;
    the noise is the sampling error of a share of so many months.
    """
    measure, months = window.parts
    table = facts(chips.valuation, measure)
    if table.empty or not reaches(table.max(axis=1), window.last):
        return UNKNOWN
    known = table.loc[: window.last]
    points = pd.concat([known.resample("ME").last().iloc[:-1], known.iloc[[-1]]])
    ranked = points.rank(ascending=False, pct=True).iloc[-1] * 100
    counted = points.notna().sum()
    enough = ranked[counted > int(months)].dropna()
    return _percentile(float(enough.median()), int(counted[enough.index].median())) if len(enough) else UNKNOWN


def basket_percentile(facts: Facts, window: Window) -> Gauged:
    """The same for the names as one company: market value over profits of those with both all along the window."""
    value, profit = facts(chips.valuation, "market_value"), facts(chips.valuation, "trailing_profit")
    both = (value.notna() & profit.notna()).loc[window.first : window.last]
    if both.empty or not reaches(value.max(axis=1), window.last):
        return UNKNOWN
    names = list(both.columns[both.mean() > 0.95])
    multiple = value[names].sum(axis=1, min_count=len(names)) / profit[names].sum(axis=1, min_count=len(names))
    known = multiple.loc[window.first : window.last].dropna()
    if len(names) < 3 or len(known) < YEAR_SESSIONS:
        return UNKNOWN
    return _percentile(float(known.rank(pct=True).iloc[-1]) * 100, known.resample("ME").size().size)


def _percentile(value: float, months: int) -> Gauged:
    """A percentile of so many months, with the sampling error of a share of them."""
    reach = NORMAL_95 * (value * (100 - value) / months) ** 0.5
    return bounded(value, max(0.0, value - reach), min(100.0, value + reach))


MEASURES: Final[tuple[Measure, ...]] = (
    gpif_share,
    gpif_flow,
    nisa_pace,
    buybacks,
    buybacks_over_record,
    ownership_change,
    ownership_over_record,
    valuation_percentile,
    basket_percentile,
)
