"""What the notebook reads, and its parameters checked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.errors import BadParameter, NotYetPublished
from jpresearch.tables import load


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood at ``as_of``; an optional one not public yet is ``None`` and named in ``missing``."""

    usage: pd.DataFrame
    flows: pd.DataFrame | None
    funds: pd.DataFrame | None
    market: pd.DataFrame | None
    start: pd.Timestamp
    missing: tuple[str, ...] = ()


def load_inputs(as_of: str | None = None, start: str = "2014-01-01") -> Inputs:
    """Read ``nisa_usage`` and, where they exist, ``investor_flows``, ``fund_flows`` and ``market_daily``.

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
    names = ("investor_flows", "fund_flows", "market_daily")
    optional = {name: _optional(name, as_of) for name in names}
    return Inputs(
        usage=usage,
        flows=optional["investor_flows"],
        funds=optional["fund_flows"],
        market=optional["market_daily"],
        start=first,
        missing=tuple(name for name, frame in optional.items() if frame is None),
    )


def day(text: str, name: str) -> pd.Timestamp:
    """The parameter ``name`` as a day. Raises ``BadParameter`` where it is none."""
    try:
        stamp = pd.Timestamp(text)
    except (ValueError, TypeError) as error:
        raise BadParameter(f"{text!r} is not a date", name, "Write YYYY-MM-DD.") from error
    if pd.isna(stamp) or stamp.tz is not None:
        raise BadParameter(f"{text!r} is not a date", name, "Write YYYY-MM-DD.")
    return stamp.normalize()


def _optional(name: str, as_of: str | None) -> pd.DataFrame | None:
    try:
        return load(name, as_of)
    except NotYetPublished:
        return None
