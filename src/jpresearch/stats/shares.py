"""Who takes what one series gives: ratios of sums over the same rows.

Of every 100 that ``of`` sold over all rows, how many each other column bought: ``-sum(column) / sum(of)``. A ratio of
sums weighs a row by its size, which a mean of ratios does not and a regression slope with a constant does not either:
the slope speaks of each additional 100. The intervals are percentiles of a block bootstrap of the rows, numerator and
denominator drawn together.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.say import Estimate, Estimates
from jpresearch.stats.batched import FloatArray
from jpresearch.stats.bootstrap import DRAWS, Kind, block_bootstrap

WHERE: Final = "shares"


def shares(
    data: pd.DataFrame,
    *,
    of: str,
    remainder: str | None = "others",
    kind: Kind = "stationary",
    block: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimates:
    """What each other column took of the sum of ``of``, in percent.

    Parameters
    ----------
    data : one row per period in time order, no value missing; the rows of one sign of ``of``, as ``rows`` selects them.
    of : the column that the others take from.
    remainder : the column that is what the named ones leave; kept apart, never ranked. ``None``, or one that is no
        column, where there is none.
    kind, block, draws, seed, confidence : as ``bootstrap.block_bootstrap``.

    Returns
    -------
    Estimates by column in the order of ``data``. They add to 100 where the columns sum to zero in every row.

    Raises
    ------
    StatsError : no such column, or no other; rows of both signs of ``of``; else as ``block_bootstrap``.
    """
    if of not in data.columns or len(data.columns) < 2:
        raise StatsError(f"there is no column {of!r} beside others", WHERE, f"Columns: {', '.join(map(str, data))}.")
    frame = pd.DataFrame(data)
    signs = np.sign(frame[of].to_numpy(dtype="float64"))
    if not ((signs > 0).all() or (signs < 0).all()):
        raise StatsError(f"{of!r} has rows of both signs, or of zero", WHERE, "Select the rows of one sign first.")
    others = [str(column) for column in frame.columns if column != of]
    position = list(frame.columns).index(of)

    def ratios(samples: FloatArray) -> FloatArray:
        totals = samples.sum(axis=1)
        return np.asarray(-100.0 * np.delete(totals, position, axis=1) / totals[:, [position]])

    options = {"kind": kind, "block": block, "draws": draws, "seed": seed, "confidence": confidence}
    drawn = block_bootstrap(frame, ratios, names=others, **options)  # type: ignore[arg-type]
    over = str(getattr(data, "counted", ""))
    method = f"ratio of sums, {drawn.method}"
    members: dict[str, Estimate] = {name: drawn[name].described(unit="%", method=method, over=over) for name in others}
    return Estimates(members, remainder=remainder if remainder in others else None, over=over)
