"""Net purchases by class of investor on one basis a week.

JPX's survey is published for Tokyo and Nagoya together and for the sections of Tokyo. Where a class is known by section
only, the sections are summed. Two bases are never mixed within a week: which one a week stands on depends on the
classes asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets.weeks import MN_PER_BN
from jpresearch.errors import BadParameter, UnknownName
from jpresearch.names import INVESTORS, PARTS

TWO_MARKETS: Final = "two_markets"
BASES: Final[Mapping[str, tuple[str, ...]]] = {
    TWO_MARKETS: ("two_markets",),
    "sections_to_2022": ("tse_first", "tse_second", "tse_growth"),
    "sections_from_2022": ("tse_prime", "tse_standard", "tse_growth_market"),
}
"""The markets that a basis is the sum of, the preferred basis first."""
SINGLE: Final = ("tse_prime", "tse_first")
"""Sections that may be asked for alone. Prime is not the first section and neither is two markets."""
WORDS: Final = {
    TWO_MARKETS: "Tokyo and Nagoya",
    "sections_to_2022": "first and second section and growth markets of Tokyo, summed",
    "sections_from_2022": "Prime, Standard and Growth of Tokyo, summed",
    "tse_prime": "TSE Prime",
    "tse_first": "TSE first section",
}
CLASSES: Final = tuple(name for name in INVESTORS if name != "others")


@dataclass(frozen=True)
class Net:
    """Net purchases by week.

    Attributes
    ----------
    net : weeks x classes, JPY bn; only weeks in which at least one class is known.
    basis : the basis of each of these weeks, a key of ``WORDS``.
    """

    net: pd.DataFrame
    basis: pd.Series[str]


def checked(classes: str | Sequence[str]) -> list[str]:
    """Classes of the survey as a list, each once. Raises ``UnknownName`` with the classes there are."""
    wanted = list(dict.fromkeys([classes] if isinstance(classes, str) else classes))
    if not wanted:
        raise BadParameter("no class of investor was asked for", "classes", f"There are: {', '.join(CLASSES)}.")
    for name in wanted:
        if name == "others":
            raise BadParameter("the remainder is no class", "classes", "Ask for it with others=True.")
        if name not in CLASSES:
            raise UnknownName.of("investor class", name, CLASSES, "classes")
    return wanted


def markets_of(market: str) -> dict[str, tuple[str, ...]]:
    """The bases that ``market`` may stand on. Raises ``UnknownName``."""
    if market == TWO_MARKETS:
        return dict(BASES)
    if market not in SINGLE:
        raise UnknownName.of("market", market, [TWO_MARKETS, *SINGLE], "market")
    return {market: (market,)}


def net_on(flows: pd.DataFrame, markets: Sequence[str], classes: Sequence[str]) -> pd.DataFrame:
    """Net purchases in JPY bn, weeks x ``classes``, summed over ``markets``; missing where one lacks the class."""
    rows = flows[flows["market"].isin(markets) & flows["investor"].isin(classes)]
    groups = rows.groupby(["period_end", "investor"])["net_jpy_mn"].agg(["sum", "count"])
    known = groups["sum"].where(groups["count"] == len(markets)) / MN_PER_BN
    net = known.unstack("investor").reindex(columns=list(classes)).astype("float64").dropna(how="all")
    return net.set_axis(pd.DatetimeIndex(net.index, name="week_end")).rename_axis(columns=None)


def net_by_week(flows: pd.DataFrame, classes: Sequence[str], market: str = TWO_MARKETS) -> Net:
    """Each week on the basis that knows the most of ``classes``; where two know as many, the preferred one."""
    tables = {name: net_on(flows, markets, classes) for name, markets in markets_of(market).items()}
    weeks = pd.DatetimeIndex(sorted({week for table in tables.values() for week in table.index}), name="week_end")
    counts = pd.DataFrame({name: table.count(axis=1).reindex(weeks).fillna(0) for name, table in tables.items()})
    basis: pd.Series[str] = counts.idxmax(axis=1).astype("str") if len(weeks) else pd.Series(dtype="str", index=weeks)
    parts = [table[basis.reindex(table.index) == name] for name, table in tables.items()]
    filled = [part for part in parts if len(part)]
    net = pd.concat(filled).sort_index() if filled else next(iter(tables.values())).iloc[:0]
    return Net(net, basis)


def remainder(net: pd.DataFrame) -> pd.Series[float]:
    """What all other classes bought: minus the sum of the columns, since every purchase is a sale.

    Missing where a column is. A class that stands beside its own parts counts once.
    """
    parts = {part for whole, names in PARTS.items() if whole in net for part in names}
    counted = [name for name in net.columns if name not in parts]
    others: pd.Series[float] = -net[counted].sum(axis=1, skipna=False)
    return others


def words(basis: pd.Series[str]) -> str:
    """The bases of some weeks for a source line, the most frequent first."""
    counts = basis.value_counts()
    if len(counts) < 2:
        return "".join(WORDS[name] for name in counts.index)
    first, *rest = counts.index
    told = [f"{counts[name]} of {len(basis)} weeks {WORDS[name]}" for name in rest]
    return "; ".join([WORDS[first], *told])
