"""Sell-offs of an index: falls of a given size from a high, found as they happen and dated afterwards."""

from __future__ import annotations

import pandas as pd

from jpresearch.errors import BadParameter

COLUMNS = ["first", "last", "fall_pct", "over"]


def sell_offs(levels: pd.Series[float], least_pct: float) -> pd.DataFrame:
    """Falls of at least ``least_pct`` from the highest close since the last one ended.

    A sell-off lasts to its lowest close; it is over once the index stands ``least_pct`` above that. The newest may
    still run: its low is the lowest close so far. Later closes never change one that is over, but its end is known only
    after the bounce: a description, not a signal.

    Parameters
    ----------
    levels : closes by session, missing ones left out.

    Returns
    -------
    Index ``number`` from 1, in time order. Columns ``first`` (day of the high), ``last`` (day of the low), ``fall_pct``
    (percent, negative) and ``over``.

    Raises
    ------
    BadParameter : ``least_pct`` is not between 0 and 100.
    """
    if not 0 < least_pct < 100:
        raise BadParameter(f"a fall of {least_pct} percent is no sell-off", "sell_offs", "Take a size from 1 to 50.")
    known = levels.dropna()
    closes = known.to_numpy(dtype="float64")
    found: list[tuple[int, int, bool]] = []
    high = low = 0
    falling = False
    for place, close in enumerate(closes):
        if not falling:
            high = place if close >= closes[high] else high
            falling, low = bool(close <= closes[high] * (1 - least_pct / 100)), place
            continue
        low = place if close <= closes[low] else low
        if close >= closes[low] * (1 + least_pct / 100):
            found.append((high, low, True))
            falling, high = False, place
    days = pd.DatetimeIndex(known.index)
    every = [*found, (high, low, False)] if falling else found
    rows = [(days[a], days[b], float(closes[b] / closes[a] - 1) * 100, over) for a, b, over in every]
    frame = pd.DataFrame(rows, columns=COLUMNS, index=pd.RangeIndex(1, len(rows) + 1, name="number"))
    return frame.astype({"first": "datetime64[us]", "last": "datetime64[us]", "fall_pct": "float64", "over": "bool"})
