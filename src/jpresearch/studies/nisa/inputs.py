"""What the notebook reads, and its parameters checked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.errors import BadParameter
from jpresearch.studies.reading import day, optional
from jpresearch.tables import load


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood at ``as_of``; an optional one not public yet is ``None``."""

    usage: pd.DataFrame
    flows: pd.DataFrame | None
    funds: pd.DataFrame | None
    market: pd.DataFrame | None
    start: pd.Timestamp
    outward: pd.DataFrame | None = None


def load_inputs(as_of: str | None = None, start: str = "2014-01-01") -> Inputs:
    """Read ``nisa_usage`` and, where they exist, the flows by investor, of funds and abroad, and the market.

    ``start`` is the first period shown; usage figures before it are read all the same, because the cumulative ones
    explain each other.

    Raises
    ------
    BadParameter : ``start`` is not a date, or after the newest count of accounts.
    NotYetPublished : nothing of ``nisa_usage`` was public at ``as_of``.
    """
    first = day(start, "start")
    usage = load("nisa_usage", as_of)
    newest = usage.loc[usage["metric"] == "accounts_total", "period_end"].max()
    if first > newest:
        raise BadParameter(f"{start!r} is after the newest count of accounts, {newest.date()}", "start")
    return Inputs(
        usage=usage,
        flows=optional("investor_flows", as_of),
        funds=optional("fund_flows", as_of),
        market=optional("market_daily", as_of),
        start=first,
        outward=optional("securities_flows", as_of),
    )
