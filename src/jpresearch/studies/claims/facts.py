"""The tables that measures read, as they stood at ``as_of``, each read once and only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from jpresearch.studies.reading import column, optional
from jpresearch.studies.weekly import MN_PER_BN, WHOLE, net_on_either
from jpresearch.tables import load

CLASSES = ("individuals", "investment_trusts", "trust_banks", "proprietary")
# The steel fund's closes of these days are wrong at the source.
DOUBTFUL = ("1623", pd.DatetimeIndex(["2017-07-12", "2017-07-13", "2017-07-14"]))


@dataclass(frozen=True)
class Facts:
    """Series by their own day; a table that was not public yet gives an empty series."""

    as_of: str | None = None

    @cached_property
    def market(self) -> dict[str, pd.Series[float]]:
        """``market_daily`` by series."""
        rows = load("market_daily", self.as_of)
        return {str(name): column(part, "value") for name, part in rows.groupby("series")}

    @cached_property
    def sectors(self) -> pd.DataFrame:
        """Closes of the TOPIX-17 funds, sessions x codes: for returns only."""
        rows = optional("sector_etf_daily", self.as_of)
        if rows is None:
            return pd.DataFrame(index=pd.DatetimeIndex([]))
        closes = rows.pivot_table(index="period_end", columns="code", values="adj_close_jpy")
        closes.loc[closes.index.isin(DOUBTFUL[1]), closes.columns == DOUBTFUL[0]] = float("nan")
        return closes

    @cached_property
    def chips(self) -> pd.DataFrame:
        """Closes of the semiconductor names, sessions x codes: for returns only; funds are left out."""
        rows = optional("semiconductor_prices", self.as_of)
        if rows is None:
            return pd.DataFrame(index=pd.DatetimeIndex([]))
        names = rows[~rows["code"].isin(("1625", "200A", "2243"))]
        return names.pivot_table(index="period_end", columns="code", values="close_jpy")

    @cached_property
    def investor_flows(self) -> pd.DataFrame:
        """The table as it is."""
        return load("investor_flows", self.as_of)

    @cached_property
    def balances(self) -> pd.DataFrame:
        """Net purchases by class in JPY bn, weeks x classes, ``others`` the remainder; Tokyo and Nagoya where known."""
        sides, _ = net_on_either(self.investor_flows, ["foreigners", *CLASSES])
        return sides.assign(others=-sides.sum(axis=1))

    @cached_property
    def foreigners(self) -> pd.Series[float]:
        """Foreigners' weekly net purchases, JPY bn, Tokyo and Nagoya, cash."""
        rows = self.investor_flows
        rows = rows[(rows["market"] == WHOLE) & (rows["investor"] == "foreigners")]
        return column(rows, "net_jpy_mn") / MN_PER_BN

    @cached_property
    def mof_equity(self) -> pd.Series[float]:
        """Non-residents' weekly net purchases of equity and fund shares by the MoF, JPY bn, weeks to Saturday."""
        rows = optional("securities_flows", self.as_of)
        empty = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
        return empty if rows is None else column(rows, "inward_equity_net_jpy_100mn") / 10

    def figures(self, table: str, metric: str) -> pd.Series[float]:
        """One metric of a long table by its period's end; empty where nothing was public.

        Where two sources disagree on one period the median of their figures stands.
        """
        rows = optional(table, self.as_of)
        if rows is None:
            return pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
        rows = rows[rows["metric"] == metric]
        return rows.groupby("period_end")["value"].median().sort_index()
