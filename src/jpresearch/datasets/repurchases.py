"""Purchases outside the survey: companies' buybacks and the Bank of Japan's funds."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.reading import AsOf, by_period, described, optional, within

PURCHASES: Final = {
    "index_etf_jpy_100mn": "index_etf",
    "supportive_etf_jpy_100mn": "supportive_etf",
    "j_reit_jpy_100mn": "j_reit",
}
PER_BN: Final = 10.0


def buybacks(as_of: AsOf) -> pd.DataFrame:
    """Companies' buybacks as reported, by measure and period.

    Examples
    --------
    >>> flows.buybacks("2026-09-10").query("metric == 'buyback_authorised_fy'")[["period_end", "value"]]
        period_end    value
    row
    5   2025-03-31  18.9827
    6   2026-03-31  22.3250

    Returns
    -------
    RangeIndex ``row``, sorted by ``metric`` and ``period_end``. Columns: ``metric``, ``period_start``, ``period_end``,
    ``value`` (JPY tn), ``published_at``. The metrics stand on different bases (authorised or executed; all companies or
    TOPIX; fiscal or calendar years) and are never chained. No rows before the first publication.

    Source
    ------
    Nikkei, NLI Research and others (``buybacks``); publish dates assumed.
    """
    rows = optional("buybacks", as_of).sort_values(["metric", "period_end"], kind="stable")
    frame = rows[["metric", "period_start", "period_end", "value", "published_at"]].reset_index(drop=True)
    return described(frame.rename_axis("row"), "JPY tn", "period", "buybacks as reported", ["buybacks"])


def boj_etf_purchases(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """The Bank of Japan's purchases of funds by day.

    Examples
    --------
    >>> flows.boj_etf_purchases("2025-09-05")["index_etf"].resample("YE").sum().loc["2018":"2020"]
    date
    2018-12-31    6210.0
    2019-12-31    4088.0
    2020-12-31    6845.0
    Freq: YE-DEC, Name: index_etf, dtype: float64

    Returns
    -------
    Index ``date``: the days that the Bank lists. Columns in JPY bn: ``index_etf``, ``supportive_etf``, ``j_reit``;
    missing where the Bank bought none of the kind on that day. No rows before the first publication.

    Source
    ------
    Bank of Japan (``boj_etf_purchases``), 2010-12 to 2024-03.
    """
    frame: pd.DataFrame = by_period(optional("boj_etf_purchases", as_of), PURCHASES, "date") / PER_BN
    return described(within(frame, start, end), "JPY bn", "day", "Bank of Japan's purchases", ["boj_etf_purchases"])
