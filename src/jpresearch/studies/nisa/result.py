"""All estimates of the notebook in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets import nisa_totals as ledger
from jpresearch.datasets.nisa_totals import Ledger
from jpresearch.errors import BadParameter
from jpresearch.studies.nisa import breaks, exchange, pace, series
from jpresearch.studies.nisa.breaks import Break, Turns
from jpresearch.studies.nisa.destination import (
    FundShare,
    Listed,
    Quotas,
    RetailCheck,
    quotas,
    retail_check,
    share_of_settings,
)
from jpresearch.studies.nisa.exchange import Net, Relation
from jpresearch.studies.nisa.inputs import Inputs
from jpresearch.studies.nisa.pace import BeforeAfter, Span
from jpresearch.studies.nisa.series import Flow
from jpresearch.studies.reading import day

NEW_SCHEME: Final = pd.Timestamp("2024-01-01")


@dataclass(frozen=True)
class Result:
    """The estimates; ``None`` where the figures public at the time do not give one.

    ``breaks`` holds the series of ``series`` that can carry a test; ``turns`` (a quarter on either side of the date)
    and ``turns_of_years`` (a year) those of the exchange, by name.
    """

    inputs: Inputs
    known: pd.DataFrame
    ledger: Ledger
    break_date: pd.Timestamp
    change: BeforeAfter
    parts: Quotas | None
    listed: Listed
    weekly: pd.DataFrame | None
    since_break: Net | None
    latest: Net | None
    relation: Relation | None
    fund_share: FundShare | None
    retail: RetailCheck | None
    series: list[Flow]
    breaks: list[Break]
    turns: dict[str, Turns]
    turns_of_years: dict[str, Turns]

    @property
    def years(self) -> list[Span]:
        """The calendar years whose purchases are known, oldest first."""
        return pace.calendar_years(self.ledger)

    @property
    def latest_period(self) -> pd.Timestamp:
        """The last day that a figure of the scheme is about."""
        return pd.Timestamp(self.known["period_end"].max())


def analyse(
    inputs: Inputs, break_date: str, before_months: int, listed: Listed, weeks: int, placebo_weeks: int = 26
) -> Result:
    """Every estimate of the notebook.

    Parameters
    ----------
    break_date : first day of the period called after.
    before_months : least length of the period called before.
    listed : what is assumed of the listed part of the growth quota.
    weeks : survey weeks in the recent window of individuals' net purchases.
    placebo_weeks : weeks from each date on that the comparison with placebo dates uses.

    Raises ``BadParameter`` for a date that is none, or a window below one.
    """
    since = day(break_date, "break_date")
    for name, value in (("before_months", before_months), ("weeks", weeks), ("placebo_weeks", placebo_weeks)):
        if value < 1:
            raise BadParameter(f"{value} is below 1", name, "Give a whole number from 1.")
    known = ledger.figures(inputs.usage)
    made, parts = ledger.build(known), quotas(known)
    weekly = None if inputs.flows is None else exchange.weekly_net(inputs.flows)
    flows = series.flows(inputs)
    measured = [breaks.measure(flow, since, placebo_weeks) for flow in flows]
    return Result(
        inputs=inputs,
        known=known,
        ledger=made,
        break_date=since,
        change=pace.before_after(made, since, before_months),
        parts=parts,
        listed=listed,
        weekly=weekly,
        since_break=None if weekly is None else exchange.net_since(weekly, since),
        latest=None if weekly is None else exchange.latest(weekly, weeks),
        relation=_relation(inputs, weekly, since),
        fund_share=None if inputs.funds is None or not parts else share_of_settings(inputs.funds, parts, listed),
        retail=None if inputs.funds is None or weekly is None else retail_check(inputs.funds, weekly),
        series=flows,
        breaks=[item for item in measured if item is not None],
        turns=_turns(inputs, since, breaks.TURN_WEEKS, breaks.TURN_KNOWN),
        turns_of_years=_turns(inputs, since, breaks.YEAR_WEEKS, breaks.YEAR_KNOWN),
    )


def _turns(inputs: Inputs, since: pd.Timestamp, weeks: int, known: int) -> dict[str, Turns]:
    if inputs.flows is None:
        return {}
    found = {
        name: breaks.turns(inputs.flows, label, since, weeks=weeks, known=known)
        for name, label in series.CLASSES.items()
    }
    return {name: item for name, item in found.items() if item is not None}


def _relation(inputs: Inputs, weekly: pd.DataFrame | None, since: pd.Timestamp) -> Relation | None:
    if weekly is None or inputs.market is None:
        return None
    return exchange.relation(weekly, inputs.market, since, inputs.start)
