"""Drawdowns from each name's own peak within a stated window."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ["peak_day", "low_day", "fall_pct", "now_pct"]


def from_own_peak(closes: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The fall of each name from its highest close between ``first`` and ``last`` to its lowest close after it.

    Each name has its own peak; the low is sought up to the last row, also beyond ``last``.

    Parameters
    ----------
    closes : by session, positive; missing ones left out.

    Returns
    -------
    Index ``name``, deepest fall first. Columns ``peak_day`` (the last of equal highs), ``low_day``, ``fall_pct``
    (percent from peak to low, 0 where no close is lower) and ``now_pct`` (percent from the peak to the newest close).
    A name without a close in the window has a row without figures.
    """
    rows = {str(name): _fall(closes[name].dropna(), first, last) for name in closes}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("name")
    typed = frame.astype(
        {"peak_day": "datetime64[us]", "low_day": "datetime64[us]", "fall_pct": "float64", "now_pct": "float64"}
    )
    return typed.sort_values("fall_pct", kind="stable")


def _fall(closes: pd.Series[float], first: pd.Timestamp, last: pd.Timestamp) -> tuple[object, object, float, float]:
    window = closes.loc[first:last]
    if window.empty:
        return pd.NaT, pd.NaT, float("nan"), float("nan")
    backwards = window.iloc[::-1]
    peak = backwards.index[int(np.argmax(backwards.to_numpy()))]
    after = closes.loc[peak:]
    from_peak = 100 * (after.to_numpy() / float(after.iloc[0]) - 1)
    low = int(from_peak.argmin())
    return peak, after.index[low], float(from_peak[low]), float(from_peak[-1])
