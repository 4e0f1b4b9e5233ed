"""Later returns on what was known at a month's end, as a panel over names.

Nothing here looks ahead. A month's signal is that of its last session; the return runs from the close of the *next*
session, when both could be acted on. A month whose next session is not there yet is left out, so that cutting off the
future changes no row that remains.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.say import Estimate
from jpresearch.stats.panel import driscoll_kraay

FEWEST_MONTHS: Final = 12
FEWEST_NAMES: Final = 3
FEWEST_WINDOWS: Final = 3
"""Windows that must fit side by side; fewer give intervals that mean nothing."""


def entry_levels(closes: pd.DataFrame, benchmark: pd.Series[float], ends: pd.DatetimeIndex) -> pd.DataFrame:
    """Log price over the benchmark, times 100, at the close of the session after each of ``ends``.

    Parameters
    ----------
    closes, benchmark : by session; a session without the benchmark takes its newest close before.
    ends : sessions that end months.
    """
    days = pd.DatetimeIndex(closes.index)
    following = days.get_indexer(ends) + 1
    kept, entries = ends[following < len(days)], days[following[following < len(days)]]
    against = pd.Series(np.log(benchmark.reindex(days, method="ffill").loc[entries].to_numpy()), index=kept)
    prices = pd.DataFrame(np.log(closes.loc[entries].to_numpy()), index=kept, columns=closes.columns)
    return 100.0 * prices.sub(against, axis=0)


def slope_on_signal(levels: pd.DataFrame, signal: pd.DataFrame, horizon: int) -> Estimate:
    """The later return over the benchmark for a signal higher by one standard deviation, in log points times 100.

    Pooled over the names with one constant, so that nothing later enters; Driscoll and Kraay's errors with fixed-b
    quantiles, since names move together and windows overlap.

    Parameters
    ----------
    levels : as ``entry_levels``. signal : by the same months and names. horizon : months ahead.

    Raises
    ------
    InsufficientData : fewer than twelve months, three windows side by side, or three names.
    """
    later = levels.shift(-horizon) - levels
    columns = {"later": later, "signal": signal.reindex(levels.index)}
    stacked = {name: pd.concat({str(code): frame[code] for code in levels}) for name, frame in columns.items()}
    pairs = pd.DataFrame(stacked).dropna().sort_index()
    months, names = len(pairs.index.unique(1)), len(pairs.index.unique(0))
    needed = max(FEWEST_MONTHS, FEWEST_WINDOWS * horizon)
    if months < needed or names < FEWEST_NAMES:
        what = f"{months} months of {names} names are known; {needed} of {FEWEST_NAMES} are the least"
        raise InsufficientData(what, f"returns {horizon} months ahead", "Choose a later day or more names.")
    fit = driscoll_kraay(pairs["later"], pairs["signal"], horizon=horizon, entity_effects=False, fixed_b=True)
    spread = float(pairs["signal"].std(ddof=0))
    days = pairs.index.unique(1)
    slope = fit["signal"].scaled(spread, "log points", digits=1)
    return slope.described(first=days.min(), last=days.max(), n=months)
