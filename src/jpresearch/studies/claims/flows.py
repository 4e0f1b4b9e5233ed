"""Measures of flows: sums, runs, ranks, who took the other side. JPY bn unless the ledger says otherwise."""

from __future__ import annotations

import pandas as pd

from jpresearch.datasets.weeks import changes, closes_on
from jpresearch.stats.regression import newey_west
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.measuring import Span, measure, reaches, within
from jpresearch.studies.weekly import week_ends

FEWEST_WEEKS = 26
BN_PER_TN = 1000.0


@measure
def foreign_sum(facts: Facts, span: Span) -> float | None:
    """Foreigners' net purchases over all survey weeks that end in the window (JPX); ``None`` if one is missing."""
    return _whole_sum(facts.foreigners, span, week_ends(span.first, span.last))


@measure
def foreign_sum_tn(facts: Facts, span: Span) -> float | None:
    """The same in JPY tn."""
    found = foreign_sum(facts, span)
    return None if found is None else found / BN_PER_TN


@measure
def class_sum(facts: Facts, span: Span) -> float | None:
    """Net purchases of the classes named in the subject (joined by ``+``) over the weeks known in the window."""
    series = facts.balances[span.subject.split("+")].sum(axis=1, skipna=False)
    known = within(series, span)
    return float(known.sum()) if len(known) and reaches(series, span.last - pd.Timedelta(days=6)) else None


@measure
def mof_sum(facts: Facts, span: Span) -> float | None:
    """Non-residents' net purchases of equity and fund shares (MoF) over the weeks to Saturday in the window."""
    ends = pd.date_range(span.first, span.last, freq="W-SAT")
    return _whole_sum(facts.mof_equity, span, ends)


@measure
def mof_month(facts: Facts, span: Span) -> float | None:
    """A monthly figure of the MoF (subject: the metric), JPY tn, for the month that the window ends."""
    figures = facts.figures("securities_flows_monthly", span.subject)
    return float(figures[span.last]) if span.last in figures.index else None


@measure
def run_of_purchases(facts: Facts, span: Span) -> float | None:
    """The longest run of weeks of net purchases by foreigners that ended within the window, in weeks."""
    if not reaches(facts.foreigners, span.last):
        return None
    known = facts.foreigners.loc[: span.last].dropna()
    bought = known > 0
    runs = bought.groupby((~bought).cumsum()).cumsum()
    ended = bought & ~bought.shift(-1, fill_value=False)
    closed = runs[ended & (runs.index >= span.first)]
    return float(closed.max()) if len(closed) else 0.0


@measure
def run_before(facts: Facts, span: Span) -> float | None:
    """Weeks of net purchases by foreigners without a break right before the window begins."""
    known = facts.foreigners.loc[: span.first - pd.Timedelta(days=1)].dropna()
    if known.empty or not reaches(facts.foreigners, span.last):
        return None
    sold = known[known < 0]
    return float((known.index > sold.index[-1]).sum()) if len(sold) else float(len(known))


@measure
def change_rank(facts: Facts, span: Span) -> float | None:
    """The rank of the fall of foreigners' flow into the window's last week, 1 the sharpest, among weeks of its year.

    The subject is the length of the sums in weeks: the sum to each week less the sum before it.
    """
    weeks = int(span.subject)
    sums = facts.foreigners.rolling(weeks).sum()
    return _rank(sums - sums.shift(weeks), span)


@measure
def level_rank(facts: Facts, span: Span) -> float | None:
    """The rank of foreigners' net sales over sums of so many weeks, 1 the largest, among weeks of the year so far."""
    return _rank(facts.foreigners.rolling(int(span.subject)).sum(), span)


@measure
def absorbed(facts: Facts, span: Span) -> float | None:
    """What the classes of the subject (joined by ``+``) bought per yen that foreigners sold over the window."""
    balances = facts.balances
    known = balances.loc[span.first : span.last].dropna()
    ends = week_ends(span.first, span.last)
    foreign = float(known["foreigners"].sum())
    if len(known) < len(ends) or foreign >= 0:
        return None
    return float(known[span.subject.split("+")].sum().sum()) / -foreign


@measure
def share_of_variance(facts: Facts, span: Span) -> float | None:
    """R squared, percent, of the weekly TOPIX change on foreigners' flow in the same week over the window."""
    flow = within(facts.foreigners, span)
    if not reaches(facts.foreigners, span.last) or len(flow) < FEWEST_WEEKS:
        return None
    ends = week_ends(span.first - pd.Timedelta(days=14), span.last)
    rows = facts.market["topix"].rename_axis("period_end").reset_index(name="value").assign(series="topix")
    move = changes(closes_on(rows, ends, ["topix"]))["topix"]
    table = pd.DataFrame({"flow": flow, "topix": move}).dropna()
    if len(table) < FEWEST_WEEKS:
        return None
    return 100 * newey_west(table["topix"], table["flow"]).r_squared


def _whole_sum(series: pd.Series[float], span: Span, ends: pd.DatetimeIndex) -> float | None:
    known = series.reindex(ends)
    return None if known.isna().any() or not len(ends) else float(known.sum())


def _rank(series: pd.Series[float], span: Span) -> float | None:
    year = series.loc[f"{span.last.year}-01-01" : span.last].dropna()
    if span.last not in year.index:
        return None
    return float(year.rank(method="min")[span.last])
