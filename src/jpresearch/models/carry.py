"""What a foreign holder of Japanese equities earned, unhedged and hedged with the carry of the hedge.

A hedge sells the yen forward. By covered interest parity without a basis, the forward differs from the spot by the
short-rate differential, so that a holder whose rate is above Japan's earns the difference. The cross-currency basis is
in no table here: true hedged returns of a dollar holder were somewhat higher than these.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

DAYS_A_YEAR: Final = 365.0


def carry_pct(home_rate_pct: pd.Series[float], japan_rate_pct: pd.Series[float]) -> pd.Series[float]:
    """The carry of a yen hedge over each period, in percent, dated by the period's end.

    Parameters
    ----------
    home_rate_pct, japan_rate_pct : short rates in percent a year as known at each period's end (same daily-ordered
        index). The rate at the start of a period pays for it, so the first period is missing.
    """
    years = pd.Series(home_rate_pct.index, index=home_rate_pct.index).diff().dt.days / DAYS_A_YEAR
    home, japan = (1 + rate.shift() / 100 * years for rate in (home_rate_pct, japan_rate_pct))
    carry: pd.Series[float] = (home / japan - 1) * 100
    return carry


def foreign_returns(equity: pd.Series[float], yen_per_unit: pd.Series[float], carry: pd.Series[float]) -> pd.DataFrame:
    """Returns of a foreign holder, in percent per period, dated by the period's end.

    Parameters
    ----------
    equity : the index in yen; ``yen_per_unit`` : yen per unit of the holder's currency, on the same days.
    carry : ``carry_pct`` on the same days.

    Returns
    -------
    Frame: ``local`` (the index in yen), ``yen`` (change of the yen's value), ``cross`` (their product), ``unhedged``
    (the sum of the three), ``carry``, ``hedged`` (``local`` and ``carry`` compounded; the hedge covers the opening
    value, so its error is the cross term of local return and yen). Missing where a part is.
    """
    local = (equity / equity.shift() - 1) * 100
    yen = (yen_per_unit.shift() / yen_per_unit - 1) * 100
    cross = local * yen / 100
    hedged = ((1 + carry / 100) * (1 + local / 100) - 1) * 100
    columns = {"local": local, "yen": yen, "cross": cross, "unhedged": local + yen + cross, "carry": carry}
    return pd.DataFrame(columns | {"hedged": hedged})
