"""Who trades: foreigners' share of trading, and turnover by the survey of investors itself."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.bases import BASES, TWO_MARKETS
from jpresearch.datasets.reading import AsOf, described, optional, within
from jpresearch.datasets.weeks import MN_PER_BN, weeks_from

TABLE: Final = "trading_share"
SIDES: Final = 2.0


def trading_share(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Foreigners' share of trading by survey week, on every base that is published.

    Examples
    --------
    >>> flows.trading_share("2025-09-05")["customers_prime"].tail(2)
    week_end
    2025-08-22    64.446506
    2025-08-29    65.260421
    Name: customers_prime, dtype: float64

    Returns
    -------
    Index ``week_end``. Columns in percent: ``customers_prime`` (of customers' trading on Prime, as published:
    proprietary trading is left out), ``customers_sections`` and ``all_sections`` (derived: foreigners' sales and
    purchases over those of customers, and of everybody, in all sections of Tokyo). The three have different bases and
    are never chained.

    Gaps
    ----
    ``customers_prime`` from 2023-12; the derived ones 2017-01 to 2022-06, where all sections know sales and purchases.

    Source
    ------
    JPX, Trading by Type of Investors (``trading_share``; ``investor_flows`` for the derived ones).
    """
    stated = optional(TABLE, as_of)
    stated = stated[(stated["market"] == "tse_prime") & (stated["investor"] == "foreigners")]
    prime = stated.set_index("period_end")["share_of_brokerage_trading_pct"]
    traded = _traded(as_of, ["foreigners", "brokerage", "total"])
    weeks = weeks_from(pd.DatetimeIndex(prime.index.union(traded.index)), None, None)
    frame = pd.DataFrame(
        {
            "customers_prime": prime.reindex(weeks),
            "customers_sections": (traded["foreigners"] / traded["brokerage"] * 100).reindex(weeks),
            "all_sections": (traded["foreigners"] / traded["total"] * 100).reindex(weeks),
        }
    ).astype("float64")
    basis = "foreigners' share of trading value in cash equities"
    return described(within(frame, start, end).rename_axis("week_end"), "%", "week", basis, [TABLE, "investor_flows"])


def turnover(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Turnover of cash equities by survey week as the survey of investors counts it.

    Examples
    --------
    >>> flows.turnover("2025-09-05")["turnover"].tail(2)
    week_end
    2022-06-10    17143.406313
    2022-06-17    18611.015637
    Name: turnover, dtype: float64

    Returns
    -------
    Index ``week_end``. Columns in JPY bn, one-sided (half of sales and purchases): ``turnover`` of everybody and
    ``customers`` (without proprietary trading), all sections of Tokyo summed.

    Gaps
    ----
    2017-01 to 2022-06. For all years from 2015 take ``market.turnover_on_weeks``, which rests on monthly statistics.

    Source
    ------
    JPX, Trading by Type of Investors (``investor_flows``).
    """
    traded = _traded(as_of, ["total", "brokerage"]) / SIDES
    frame = traded.set_axis(["turnover", "customers"], axis="columns")
    frame = frame.reindex(weeks_from(pd.DatetimeIndex(frame.index), None, None)).rename_axis("week_end")
    basis = "sections of Tokyo, one-sided, members of the survey"
    return described(within(frame, start, end), "JPY bn", "week", basis, ["investor_flows"])


def _traded(as_of: AsOf, investors: list[str]) -> pd.DataFrame:
    """Sales and purchases together in JPY bn, summed over the sections of Tokyo where each knows them."""
    rows = optional("investor_flows", as_of)
    rows = rows[rows["investor"].isin(investors)]
    rows = rows.assign(traded=(rows["sales_jpy_mn"] + rows["purchases_jpy_mn"]) / MN_PER_BN)
    parts = []
    for name, markets in BASES.items():
        if name != TWO_MARKETS:
            held = rows[rows["market"].isin(markets)].dropna(subset="traded")
            sums = held.groupby(["period_end", "investor"])["traded"].agg(["sum", "count"])
            parts.append(sums["sum"].where(sums["count"] == len(markets)).unstack("investor"))
    table = pd.concat([part.reindex(columns=investors) for part in parts]).dropna(how="all").sort_index()
    return table.set_axis(pd.DatetimeIndex(table.index, name="week_end")).rename_axis(columns=None).astype("float64")
