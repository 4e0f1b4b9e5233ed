"""Is the mean over these dates more than the mean over any dates? Two answers that need no normal distribution.

Placebo: as many dates, as far apart, drawn at random (Fisher's randomisation; Brown and Warner, 1985, drew their events
so). It asks whether the chosen dates are special.

Stationary bootstrap (Politis and Romano, 1994): the rows at the chosen dates are replaced by those at resampled ones,
drawn in blocks, so that dates near each other stay so and share their noise. Under the null of no effect a row at an
event is a row like any other; the spread of these means around that of all rows drawn is the sampling error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_rows, check_draws
from jpresearch.stats.inputs import check_confidence

FloatArray = NDArray[np.floating[Any]]


def spaced_sets(candidates: int, size: int, gap: int, *, draws: int, seed: int) -> NDArray[np.intp]:
    """Sets of ``size`` out of ``candidates`` places at least ``gap`` apart, every such set as likely as any other.

    Returns
    -------
    Array of shape (draws, size), each row ascending: sets drawn from fewer places, then spread out by the gap.

    Raises
    ------
    StatsError : no such set exists; ``size`` or ``gap`` below 1.
    """
    if size < 1 or gap < 1:
        raise StatsError(f"size and gap must be 1 or more, not {size} and {gap}", "placebo dates")
    room = candidates - (size - 1) * (gap - 1)
    if room < size:
        raise StatsError(
            f"{candidates} dates hold no {size} that are {gap} apart",
            "placebo dates",
            "Lengthen the sample, or shorten the window.",
        )
    keys = np.random.default_rng(seed).random((draws, room), dtype=np.float32)
    chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
    return np.sort(chosen, axis=1) + np.arange(size) * (gap - 1)


def placebo_means(values: FloatArray, size: int, gap: int, *, draws: int, seed: int) -> FloatArray:
    """Means of ``values`` (rows, steps) over random sets of ``size`` rows ``gap`` apart; shape (draws, steps)."""
    return _means(values, spaced_sets(len(values), size, gap, draws=draws, seed=seed))


def bootstrap_differences(
    values: FloatArray, places: NDArray[np.intp], *, block: float, draws: int, seed: int
) -> FloatArray:
    """The mean of ``values`` (rows, steps) over ``places`` less that over all rows, in stationary-bootstrap samples.

    Both means are of the same sample: what the places share with the rest of the sample is no error. (draws, steps).
    """
    rows = block_rows(len(values), kind="stationary", block=block, draws=draws, seed=seed)
    return _means(values, rows[:, places]) - _means(values, rows)


def inference(
    values: FloatArray,
    places: NDArray[np.intp],
    *,
    gap: int,
    block: float,
    draws: int,
    seed: int,
    confidence: float,
) -> pd.DataFrame:
    """The mean of ``values`` at ``places`` against the mean of all rows, by placebo and by bootstrap.

    Parameters
    ----------
    values : shape (rows, steps), one row per date that could have been chosen, in order of time.
    places : the rows chosen, ascending and at least ``gap`` apart.
    block : mean length of a bootstrap block in rows.

    Returns
    -------
    Frame, one row per step: ``mean``, ``usual`` (the mean of all rows), ``difference``, ``low`` and ``high`` (bootstrap
    interval of the difference), ``p_bootstrap``, ``placebo_low`` and ``placebo_high`` (between which the difference
    lies for random dates), ``p_placebo``.
    P-values are two-sided and never zero: (1 + as extreme) / (1 + draws) (Davison and Hinkley, 1997, on tests).

    Raises
    ------
    StatsError : too few draws, no placebo sets, confidence out of range, values missing.
    """
    check_confidence(confidence, "inference on dates")
    check_draws(draws, "inference on dates")
    if not np.isfinite(values).all():
        raise StatsError("values must be finite at every date", "inference on dates")
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    mean, usual = values[places].mean(axis=0), values.mean(axis=0)
    noise = bootstrap_differences(values, places, block=block, draws=draws, seed=seed + 1)
    placebo = placebo_means(values, len(places), gap, draws=draws, seed=seed) - usual
    spread, band = np.quantile(noise, tails, axis=0), np.quantile(placebo, tails, axis=0)
    return pd.DataFrame(
        {
            "mean": mean,
            "usual": usual,
            "difference": mean - usual,
            "low": mean - usual - spread[1],
            "high": mean - usual - spread[0],
            "p_bootstrap": _p_values(noise, mean - usual),
            "placebo_low": band[0],
            "placebo_high": band[1],
            "p_placebo": _p_values(placebo, mean - usual),
        }
    )


def _means(values: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
    return np.stack([column[rows].mean(axis=1) for column in np.ascontiguousarray(values.T)], axis=1)


def _p_values(draws: FloatArray, found: FloatArray) -> FloatArray:
    extreme = np.abs(draws) >= np.abs(found) * (1 - 1e-12)
    return np.asarray((1 + extreme.sum(axis=0)) / (1 + len(draws)))
