"""The series in which a break at the date could show, and why the others cannot carry a test.

A test of a break needs figures at equal distances, enough of them before the date and some after it. Purchases within
the scheme are published as a few totals at unequal distances; what is left are flows beside the scheme that it may have
moved: individuals and investment trusts on the exchange by week, and residents' purchases of foreign shares and funds
by month. None of them counts NISA alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from jpresearch.datasets.nisa_totals import Ledger
from jpresearch.datasets.weeks import changes, closes_on
from jpresearch.stats.structural import Structure
from jpresearch.studies.nisa.exchange import unbroken
from jpresearch.studies.nisa.inputs import Inputs
from jpresearch.studies.phrasing import day as day_words
from jpresearch.studies.weekly import WHOLE, net_by_class, week_ends

INDIVIDUALS: Final = "Individuals on the exchange"
TRUSTS: Final = "Investment trusts on the exchange"
ABROAD: Final = "Residents' net purchases of foreign shares and funds"
CLASSES: Final = {INDIVIDUALS: "individuals", TRUSTS: "investment_trusts"}
OUTWARD: Final = "outward_equity_net_jpy_100mn"
PER_BN: Final = 10.0
# A year before the date and a quarter after it are the least that a step is measured on.
LEAST_BEFORE: Final = {"week": 52, "month": 24}
LEAST_AFTER: Final = {"week": 13, "month": 3}
IN_YEAR: Final = {"week": 52, "month": 12}
# Months have their season; two years of weeks before a date cannot tell 52 of them apart.
STRUCTURES: Final = {"week": Structure(), "month": Structure(season=12, changing=False)}


@dataclass(frozen=True)
class Flow:
    """One series around the date: ``net`` in JPY bn a week, without missing periods, labelled by the period's end.

    Weeks without a figure are left out and the others count as neighbours; ``missing`` says how many.
    """

    name: str
    net: pd.Series[float]
    unit: Literal["week", "month"]
    missing: int
    topix: pd.Series[float] | None = None

    @property
    def structure(self) -> Structure:
        """What the series is made of besides a break."""
        return STRUCTURES[self.unit]

    @property
    def year(self) -> int:
        """Periods in a year."""
        return IN_YEAR[self.unit]

    def sides(self, date: pd.Timestamp) -> tuple[int, int]:
        """How many periods end before the date and from it on."""
        before = int((self.net.index < date).sum())
        return before, len(self.net) - before

    def lacks(self, date: pd.Timestamp) -> str:
        """Why no break at the date can be measured, in words; empty where it can."""
        before, after = self.sides(date)
        least = LEAST_BEFORE[self.unit], LEAST_AFTER[self.unit]
        if after < least[1]:
            return f"{after} {self.unit}s from {day_words(date)} on, {least[1]} are the least"
        if before < least[0]:
            return f"{before} {self.unit}s before {day_words(date)} in one unbroken record, {least[0]} are the least"
        return ""


def flows(inputs: Inputs) -> list[Flow]:
    """The series that are public, oldest periods first; the weekly ones after the last interruption of the record."""
    made = [] if inputs.flows is None else [_weekly(inputs, name, label) for name, label in CLASSES.items()]
    abroad = [] if inputs.outward is None else [monthly(inputs.outward, inputs.start)]
    return [flow for flow in [*made, *abroad] if len(flow.net)]


def _weekly(inputs: Inputs, name: str, label: str) -> Flow:
    assert inputs.flows is not None  # callers ask first
    net = net_by_class(inputs.flows, WHOLE, [label]).set_axis(["individuals"], axis=1)
    if net.empty:
        return Flow(name, net["individuals"], "week", 0)
    run = unbroken(net.reindex(week_ends(net.index.min(), net.index.max())))["individuals"].rename("flow")
    topix = None
    if inputs.market is not None:
        # The return needs the close of the week before, so it is taken before weeks are left out.
        topix = changes(closes_on(inputs.market, pd.DatetimeIndex(run.index), ["topix"]))["topix"]
    run = run[run.index >= inputs.start]
    known = run.dropna()
    return Flow(name, known, "week", len(run) - len(known), None if topix is None else topix.reindex(known.index))


def monthly(outward: pd.DataFrame, start: pd.Timestamp) -> Flow:
    """Mean of the weeks that end in each whole month, JPY bn a week; a month still running is left out."""
    weeks = outward.set_index("period_end")[OUTWARD].sort_index().astype("float64") / PER_BN
    weeks = weeks[weeks.index >= start]
    if weeks.empty:
        return Flow(ABROAD, weeks, "month", 0)
    months = weeks.resample("ME").mean()
    whole = months[months.index <= weeks.index[-1] + pd.Timedelta(days=6)]
    known = whole.dropna().rename("flow")
    return Flow(ABROAD, known, "month", len(whole) - len(known))


def availability(made: list[Flow], known: Ledger, inputs: Inputs, date: pd.Timestamp) -> pd.DataFrame:
    """Which figures can carry a test of a break at the date, and what would: one row each, in words."""
    before = int((known.dates < date).sum())
    rows = [
        (
            "Gross purchases within NISA (nisa_usage)",
            before,
            len(known.dates) - before,
            "no: totals at unequal distances; FSA's survey of every quarter would do",
        )
    ]
    accounts = inputs.usage.loc[inputs.usage["metric"] == "accounts_total", "period_end"].drop_duplicates()
    counts = int((accounts < date).sum())
    words = "no: counts at unequal distances; every quarter's count would do"
    rows.append(("Accounts (nisa_usage)", counts, len(accounts) - counts, words))
    if inputs.funds is not None:
        ends = inputs.funds.loc[inputs.funds["metric"].str.startswith("net_inflow_month"), "period_end"]
        months = ends.drop_duplicates()
        early = int((months < date).sum())
        words = "no: isolated months; a monthly table of fund flows since 2019 would do"
        rows.append(("Flows into equity funds (fund_flows)", early, len(months) - early, words))
    for flow in made:
        lacks = flow.lacks(date)
        rows.append((flow.name, *flow.sides(date), f"no: {lacks}" if lacks else f"yes, by {flow.unit}: not NISA alone"))
    return pd.DataFrame(rows, columns=["series", "figures before", "figures from the date on", "a test of a break"])
