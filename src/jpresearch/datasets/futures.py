"""Flows of index futures by contract and class of investor, and cash beside them."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.bases import CLASSES, checked, net_by_week
from jpresearch.datasets.reading import AsOf, day, described, one_of, optional
from jpresearch.datasets.weeks import MN_PER_BN, span_in_weeks, span_words, summed, weeks_from
from jpresearch.tables import load

TABLE: Final = "futures_flows"
CONTRACTS: Final = ("nikkei225_large", "nikkei225_mini", "topix_large", "topix_mini")
"""The contracts whose sum counts as futures: known together since April 2026."""
PRODUCTS: Final = (*CONTRACTS, "nikkei225_micro")
KINDS: Final = ("net", "sales", "purchases", "gross")
BASIS: Final = "index futures, notional as published"


def futures(
    as_of: AsOf,
    investor: str = "foreigners",
    *,
    start: AsOf = None,
    end: AsOf = None,
    kind: str = "net",
    every: str | None = None,
) -> pd.DataFrame:
    """Flows of one class of investor in index futures, by contract and survey week.

    Examples
    --------
    >>> flows.futures("2026-09-10", "foreigners", kind="gross")[["nikkei225_large", "topix_large"]].tail(2)
                nikkei225_large   topix_large
    week_end
    2026-08-28     12232.243420  15345.328323
    2026-09-04     17876.586188  27046.894190

    Parameters
    ----------
    investor : a class of the survey.
    kind : ``net`` (purchases less sales), ``sales``, ``purchases`` or ``gross`` (both together: about five times the
        usual in the week of SQ and roll).
    every : ``"4 weeks"``: sums over the weeks that end with each week, missing unless all are known.

    Returns
    -------
    Index ``week_end``, every survey week from the first known to the last. Columns: ``nikkei225_large``,
    ``nikkei225_mini``, ``topix_large``, ``topix_mini``, ``nikkei225_micro``, JPY bn of notional, and ``futures``, the
    sum of the first four where all four are known. The micro stays out of the sum, since it is known for few weeks. A
    large contract is ten mini and a hundred micro: yen add up, numbers of contracts do not. No rows before the first
    publication.

    Gaps
    ----
    Foreigners' net: Nikkei 225 large from 2025-08, the other three from 2026-04, micro four weeks. Other classes, and
    sales and purchases: four weeks (to 2026-08-28, 09-04, 09-11, 09-25).

    Raises
    ------
    UnknownName, BadParameter : no such class or kind; ``every`` that is none.

    Source
    ------
    JPX, Trading by Type of Investors, derivatives (``futures_flows``): fourth business day of the week after, 15:30.
    """
    one_of("kind of flow", kind, KINDS, "kind")
    one_of("investor class", investor, CLASSES, "investor")
    weeks, rows = span_in_weeks(every), optional(TABLE, as_of)
    table = _by_contract(rows[rows["investor"] == investor], kind)
    ends = weeks_from(pd.DatetimeIndex(table.index), None, None)
    total = summed(table.reindex(ends), weeks)
    shown = total.loc[weeks_from(ends, day(start, "start"), day(end, "end"))].rename_axis("week_end")
    return described(shown, "JPY bn", span_words(weeks), f"{BASIS}, {investor.replace('_', ' ')}, {kind}", [TABLE])


def futures_by_class(
    as_of: AsOf, product: str = "futures", *, start: AsOf = None, end: AsOf = None, kind: str = "net"
) -> pd.DataFrame:
    """Flows of every class in one contract, or in all four, by survey week.

    Examples
    --------
    >>> flows.futures_by_class("2026-09-10", "nikkei225_large")[["foreigners", "individuals"]].tail(2)
                foreigners  individuals
    week_end
    2026-08-28 -128.133577    -6.713775
    2026-09-04 -309.107474   -21.823851

    Parameters
    ----------
    product : one contract, or ``futures`` for the four together.
    kind : as in ``flows.futures``.

    Returns
    -------
    Index ``week_end``. Columns: the classes that are known in any week, in the house's order, JPY bn of notional. With
    ``futures`` a class is missing in a week unless all four contracts know it. Nets do not add to zero: which classes
    are published differs by contract and week, and what is left is up to 40 bn.

    Raises
    ------
    UnknownName : no such product or kind.

    Source
    ------
    JPX, Trading by Type of Investors, derivatives (``futures_flows``).
    """
    one_of("product", product, ["futures", *PRODUCTS], "product")
    one_of("kind of flow", kind, KINDS, "kind")
    rows = optional(TABLE, as_of)
    known = {name: _by_contract(rows[rows["investor"] == name], kind)[product] for name in CLASSES}
    table = pd.DataFrame({name: column for name, column in known.items() if column.notna().any()})
    table = table.set_axis(pd.DatetimeIndex(table.index, name="week_end")).dropna(how="all").astype("float64")
    ends = weeks_from(pd.DatetimeIndex(table.index), None, None)
    shown = table.reindex(ends).loc[weeks_from(ends, day(start, "start"), day(end, "end"))].rename_axis("week_end")
    return described(shown, "JPY bn", "week", f"{BASIS}, {product.replace('_', ' ')}, {kind}", [TABLE])


def cash_and_futures(
    as_of: AsOf,
    investor: str = "foreigners",
    *,
    start: AsOf = None,
    end: AsOf = None,
    every: str | None = None,
) -> pd.DataFrame:
    """Net purchases of one class in cash equities and in index futures, side by side by survey week.

    Examples
    --------
    >>> flows.cash_and_futures("2026-09-10")[["cash", "futures", "cash_and_futures"]].dropna().tail(2)
                   cash     futures  cash_and_futures
    week_end
    2026-08-28 -131.939   79.539807        -52.399193
    2026-09-04  689.343 -150.496323        538.846677

    Parameters
    ----------
    investor, every : as in ``flows.futures``.
    start : by default the first week in which any contract is known; cash reaches further back, ask for it with a date.

    Returns
    -------
    Index ``week_end``. Columns: ``cash`` (JPY bn, two markets as ``flows.weekly``), the five contracts and ``futures``
    as in ``flows.futures`` (JPY bn of notional), and ``cash_and_futures``, their sum where both are known. Weeks that
    futures do not know keep their cash. A long and a short of one investor in cash and futures cancel in the sum, and
    hedges show as disagreement: read the two beside each other.

    Gaps
    ----
    As ``flows.futures``: for foreigners all four contracts from 2026-04, Nikkei 225 large from 2025-08.

    Raises
    ------
    UnknownName, BadParameter, NotYetPublished : as ``flows.futures`` and ``flows.weekly``.

    Source
    ------
    JPX, Trading by Type of Investors, cash (``investor_flows``) and derivatives (``futures_flows``).
    """
    wanted, weeks = checked(investor), span_in_weeks(every)
    cash = net_by_week(load("investor_flows", as_of), wanted).net.set_axis(["cash"], axis="columns")
    rows = optional(TABLE, as_of)
    contracts = _by_contract(rows[rows["investor"] == investor], "net")
    ends = weeks_from(pd.DatetimeIndex(cash.index.union(contracts.index)), None, None)
    both = pd.concat([cash.reindex(ends), contracts.reindex(ends)], axis=1)
    both["cash_and_futures"] = both["cash"] + both["futures"]
    opened = contracts.index.min() if start is None and len(contracts) else None
    first = day(start, "start") if start is not None else opened
    total = summed(both, weeks)
    shown = total.loc[weeks_from(ends, first, day(end, "end"))] if first is not None else total.iloc[:0]
    basis = f"cash equities and {BASIS}, {investor.replace('_', ' ')}, net"
    return described(shown.rename_axis("week_end"), "JPY bn", span_words(weeks), basis, ["investor_flows", TABLE])


def _by_contract(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One class: weeks x contracts in JPY bn, with ``futures``, the sum of the four where all are known."""
    values = rows["purchases_jpy_mn"] + rows["sales_jpy_mn"] if kind == "gross" else rows[f"{kind}_jpy_mn"]
    table = rows.assign(value=values / MN_PER_BN).pivot(index="period_end", columns="product", values="value")
    table = table.reindex(columns=list(PRODUCTS)).astype("float64").dropna(how="all")
    table = table.set_axis(pd.DatetimeIndex(table.index, name="week_end")).rename_axis(columns=None)
    return table.assign(futures=table[list(CONTRACTS)].sum(axis=1, min_count=len(CONTRACTS)))
