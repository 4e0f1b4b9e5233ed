"""What the GPIF study reads, and what it takes for granted."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.datasets.gpif_figures import ASSETS
from jpresearch.errors import UnknownName
from jpresearch.studies.reading import column, day, optional
from jpresearch.tables import load


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood on ``today``: the day asked for, or that of the newest publication where none was.

    ``topix`` is indexed by session; ``trust_banks`` is ``None`` where JPX had published nothing by then. ``start``
    is the first quarter-end shown and used for estimates.
    """

    today: pd.Timestamp
    start: pd.Timestamp
    asset: str
    portfolio: pd.DataFrame
    policy: pd.DataFrame
    topix: pd.Series
    trust_banks: pd.DataFrame | None


def load_inputs(as_of: str | None = None, start: str = "2011-01-01", asset: str = "domestic_equities") -> Inputs:
    """Read the tables of the study.

    Raises
    ------
    UnknownName : no such asset class.
    BadParameter : ``start`` or ``as_of`` is not a date.
    NotYetPublished : a required table (portfolio, policy mix, market) had no row by ``as_of``.
    """
    if asset not in ASSETS:
        raise UnknownName.of("asset class", asset, ASSETS, "asset")
    first = day(start, "start")
    portfolio, policy, market = (load(name, as_of) for name in ("gpif_portfolio", "gpif_policy_mix", "market_daily"))
    flows = optional("investor_flows", as_of)
    trust_banks = None if flows is None else flows[flows["investor"] == "trust_banks"].reset_index(drop=True)
    topix = column(market[market["series"] == "topix"], "value")
    tables = [portfolio, policy, market, *([] if trust_banks is None else [trust_banks])]
    newest = max(table["published_at"].max() for table in tables)
    return Inputs(
        today=newest.tz_localize(None).normalize() if as_of is None else day(as_of, "as_of"),
        start=first,
        asset=asset,
        portfolio=portfolio,
        policy=policy,
        topix=topix,
        trust_banks=trust_banks,
    )
