"""Survey weeks: investors' net purchases on one basis of markets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch.datasets import weeks

WHOLE: Final = "two_markets"
SECTIONS: Final = "three_sections"
BASES: Final = {WHOLE: ("two_markets",), SECTIONS: ("tse_first", "tse_second", "tse_growth")}
"""The markets that a basis is the sum of. Between 2017 and 2021 most classes are known by section only."""
BASIS_WORDS: Final = {WHOLE: "Tokyo and Nagoya", SECTIONS: "three Tokyo sections, summed"}
MN_PER_BN: Final = 1000.0


def week_ends(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The last sessions of all survey weeks that end from ``first`` to ``last``."""
    return weeks.week_ends(first, last).rename("period_end")


def net_by_class(flows: pd.DataFrame, basis: str, classes: Sequence[str]) -> pd.DataFrame:
    """Net purchases in JPY bn, weeks x ``classes``: missing where one of the basis's markets lacks the class.

    Indexed by the last session of the week; weeks without any of the markets are absent.
    """
    markets = BASES[basis]
    rows = flows[flows["market"].isin(markets) & flows["investor"].isin(classes)]
    sums, known = (
        rows.pivot_table(index="period_end", columns="investor", values="net_jpy_mn", aggfunc=how)
        for how in ("sum", "count")
    )
    net = (sums.where(known == len(markets)) / MN_PER_BN).reindex(columns=list(classes))
    return net.rename_axis(index="period_end", columns=None)


def net_on_either(flows: pd.DataFrame, classes: Sequence[str]) -> tuple[pd.DataFrame, pd.Series[str]]:
    """The weeks in which all ``classes`` are known on one basis, Tokyo and Nagoya first, and the basis of each.

    JPY bn. The two bases are never mixed within a week.
    """
    whole, sections = (net_by_class(flows, basis, classes).dropna() for basis in (WHOLE, SECTIONS))
    parts = {WHOLE: whole, SECTIONS: sections.drop(sections.index.intersection(whole.index))}
    basis = pd.concat([pd.Series(name, index=part.index, dtype="str") for name, part in parts.items()]).sort_index()
    return pd.concat(list(parts.values())).sort_index(), basis
