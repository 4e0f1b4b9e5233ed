"""Who takes what one series gives: ratios of sums over the same rows.

Of every 100 that ``of`` sold over all rows, how many each other column bought: ``-sum(column) / sum(of)``. A ratio of
sums weighs a row by its size, which a mean of ratios does not and a regression slope with a constant does not either:
the slope speaks of each additional 100. The intervals are percentiles of a block bootstrap of the rows, numerator and
denominator drawn together.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.say import Estimate, Estimates
from jpresearch.stats.batched import FloatArray
from jpresearch.stats.bootstrap import DRAWS, Bootstrap, Kind, block_bootstrap

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
    options = {"kind": kind, "block": block, "draws": draws, "seed": seed, "confidence": confidence}
    drawn = _drawn(data, of, options)
    over = str(getattr(data, "counted", ""))
    method = f"ratio of sums, {drawn.method}"
    members: dict[str, Estimate] = {
        str(name): drawn[str(name)].described(unit="%", method=method, over=over) for name in drawn.estimate.index
    }
    return Estimates(members, remainder=remainder if remainder in members else None, over=over)


def share_changes(
    before: pd.DataFrame,
    since: pd.DataFrame,
    *,
    of: str,
    remainder: str | None = "others",
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimates:
    """How each column's share of ``of`` differs between two sets of rows that share none, in percentage points.

    Both sets are drawn apart, in blocks of their own length; the interval is that of the differences of their draws.
    Parameters and errors as ``shares``; the sample of each Estimate is the later one, its size that of both.
    """
    parts = [
        _drawn(
            frame,
            of,
            {"kind": "stationary", "block": None, "draws": draws, "seed": seed + turn, "confidence": confidence},
        )
        for turn, frame in enumerate((before, since))
    ]
    gap = parts[1].draws - parts[0].draws
    tail = (1 - confidence) / 2
    members = {}
    changes = parts[1].estimate - parts[0].estimate
    for name, value in zip(changes.index, changes.to_list(), strict=True):
        low, high = gap[name].quantile([tail, 1 - tail])
        beyond = (gap[name] - value).abs() >= abs(value)
        members[str(name)] = Estimate(
            value,
            float(low),
            float(high),
            (1.0 + float(beyond.sum())) / (1.0 + draws),
            unit="points",
            n=parts[0].observations + parts[1].observations,
            first=parts[1].first,
            last=parts[1].last,
            method="difference of two ratios of sums, stationary block bootstrap of each",
            confidence=confidence,
        )
    return Estimates(members, remainder=remainder if remainder in members else None)


def _drawn(data: pd.DataFrame, of: str, options: dict[str, Any]) -> Bootstrap:
    """The shares and their bootstrap draws, in percent."""
    if of not in data.columns or len(data.columns) < 2:
        raise StatsError(f"there is no column {of!r} beside others", WHERE, f"Columns: {', '.join(map(str, data))}.")
    frame = pd.DataFrame(data)
    signs = np.sign(frame[of].to_numpy(dtype="float64"))
    if not ((signs > 0).all() or (signs < 0).all()):
        raise StatsError(f"{of!r} has rows of both signs, or of zero", WHERE, "Select the rows of one sign first.")
    position = list(frame.columns).index(of)

    def ratios(samples: FloatArray) -> FloatArray:
        totals = samples.sum(axis=1)
        return np.asarray(-100.0 * np.delete(totals, position, axis=1) / totals[:, [position]])

    others = [str(column) for column in frame.columns if column != of]
    return block_bootstrap(frame, ratios, names=others, **options)
