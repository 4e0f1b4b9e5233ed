"""All estimates of the notebook in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import BadParameter
from jpresearch.studies.nisa import exchange, ledger, pace
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
from jpresearch.studies.nisa.ledger import Ledger
from jpresearch.studies.nisa.pace import BeforeAfter, Span
from jpresearch.studies.reading import day

NEW_SCHEME: Final = pd.Timestamp("2024-01-01")


@dataclass(frozen=True)
class Result:
    """The estimates; ``None`` where the figures public at the time do not give one."""

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

    @property
    def years(self) -> list[Span]:
        """The calendar years whose purchases are known, oldest first."""
        return pace.calendar_years(self.ledger)

    @property
    def latest_period(self) -> pd.Timestamp:
        """The last day that a figure of the scheme is about."""
        return pd.Timestamp(self.known["period_end"].max())


def analyse(inputs: Inputs, break_date: str, before_months: int, listed: Listed, weeks: int) -> Result:
    """Every estimate of the notebook.

    Parameters
    ----------
    break_date : first day of the period called after.
    before_months : least length of the period called before.
    listed : what is assumed of the listed part of the growth quota.
    weeks : survey weeks in the recent window of individuals' net purchases.

    Raises ``BadParameter`` for a date that is none, or a window below one.
    """
    since = day(break_date, "break_date")
    for name, value in (("before_months", before_months), ("weeks", weeks)):
        if value < 1:
            raise BadParameter(f"{value} is below 1", name, "Give a whole number from 1.")
    known = ledger.figures(inputs.usage)
    made, parts = ledger.build(known), quotas(known)
    weekly = None if inputs.flows is None else exchange.weekly_net(inputs.flows)
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
    )


def _relation(inputs: Inputs, weekly: pd.DataFrame | None, since: pd.Timestamp) -> Relation | None:
    if weekly is None or inputs.market is None:
        return None
    return exchange.relation(weekly, inputs.market, since, inputs.start)
