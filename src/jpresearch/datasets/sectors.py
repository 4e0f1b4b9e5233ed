"""The TOPIX-17 sectors through their funds."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.reading import AsOf, described, one_of, optional, within
from jpresearch.datasets.weeks import changes, week_ends

TABLE: Final = "sector_etf_daily"
SECTORS: Final = tuple(str(code) for code in range(1617, 1634))
DOUBTFUL: Final = {"1623": pd.DatetimeIndex(["2017-07-12", "2017-07-13", "2017-07-14"])}
"""The source shows the steel fund 17 % lower on these days and back after them: an error there, left out here."""
BASIS: Final = "TOPIX-17 sector funds, dividends and splits adjusted"


def sector_closes(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Adjusted closes of the seventeen sector funds by session: for returns only, the level means nothing.

    Examples
    --------
    >>> market.sector_closes("2025-09-05")[["1617", "1633"]].pct_change().tail(2)
                    1617      1633
    date
    2025-09-04  0.006263  0.002167
    2025-09-05  0.002240  0.006054

    Returns
    -------
    Index ``date``: Tokyo sessions. Columns: the codes ``1617`` to ``1633``, yen adjusted for dividends and splits. The
    figures of 1623 for 12 to 14 July 2017, 17 % too low at the source, are left out. No rows before the first
    publication.

    Gaps
    ----
    From 2010-01. On days without a trade the last close repeats at the source, so daily returns of the quieter funds
    answer late: take weekly ones. 1629 lacks 2026-03-30 and 31.

    Source
    ------
    NEXT FUNDS TOPIX-17 funds on the Tokyo exchange (``sector_etf_daily``): the close. Restated for later dividends.
    """
    return described(within(_closes(as_of), start, end), "adjusted yen", "day", BASIS, [TABLE])


def sector_returns(as_of: AsOf, *, start: AsOf = None, end: AsOf = None, every: str = "week") -> pd.DataFrame:
    """Returns of the sector funds, dividends included.

    Examples
    --------
    >>> market.sector_returns("2025-09-05")[["1617", "1633"]].tail(2)
                    1617      1633
    week_end
    2025-08-29 -1.823632 -1.371625
    2025-09-05  2.442748  1.108214

    Parameters
    ----------
    every : ``week`` (from the last session of a survey week to the next) or ``day``.

    Returns
    -------
    Index ``week_end`` or ``date``. Columns: the codes ``1617`` to ``1633``, percent. Missing where either close is; the
    three bad days of 1623 in July 2017 and the day after them have none.

    Raises
    ------
    UnknownName : no such step.

    Source
    ------
    NEXT FUNDS TOPIX-17 funds (``sector_etf_daily``).
    """
    one_of("step", every, ["week", "day"], "every")
    closes = _closes(as_of)
    if every == "week" and len(closes):
        closes = closes.reindex(week_ends(closes.index[0], closes.index[-1]))
    index = "week_end" if every == "week" else "date"
    frame = within(changes(closes).iloc[1:].rename_axis(index), start, end)
    return described(frame, "%", every, BASIS, [TABLE])


def _closes(as_of: AsOf) -> pd.DataFrame:
    rows = optional(TABLE, as_of)
    table = rows.pivot(index="period_end", columns="code", values="adj_close_jpy").reindex(columns=list(SECTORS))
    table = table.set_axis(pd.DatetimeIndex(table.index, name="date")).rename_axis(columns=None).astype("float64")
    for code, days in DOUBTFUL.items():
        table.loc[table.index.isin(days), code] = float("nan")
    return table
