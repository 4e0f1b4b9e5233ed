"""Cutting a sample into segments: sums of squares of all segments, and the best partition by dynamic programming.

Bai and Perron, "Computation and Analysis of Multiple Structural Change Models" (Journal of Applied Econometrics 18,
2003), on dynamic programming. ruptures' ``Dynp`` finds the same partition of a mean one segment at a time, without
regressors and without inference; here whole rows of the triangle of segments are computed at once. All coefficients
change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.inputs import CONSTANT, as_design, check_finite, check_index, check_same_index, check_variation

FloatArray = NDArray[np.floating[Any]]
Errors = Literal["classical", "hc", "hac"]

# A regressor of which, within a segment, the others leave a smaller share than this (in length) is collinear there.
SMALLEST_PIVOT: Final = 1e-4


@dataclass(frozen=True)
class Design:
    """A checked regression: ``y`` of shape (n,), ``x`` of shape (n, k) with the constant first, names and labels."""

    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    index: pd.Index[Any]

    @property
    def observations(self) -> int:
        """How many rows."""
        return len(self.y)

    @property
    def coefficients(self) -> int:
        """How many coefficients, the constant included."""
        return int(self.x.shape[1])

    def reduced(self) -> Reduced:
        """The same regression with orthonormal regressors and without the fit of the whole sample."""
        orthogonal, triangle = np.linalg.qr(self.x)
        scale = sqrt(self.observations)
        beta = np.linalg.lstsq(self.x, self.y, rcond=None)[0]
        return Reduced(self.y - self.x @ beta, orthogonal * scale, triangle / scale, beta)


class Reduced(NamedTuple):
    """A regression made fit for sums over long samples: moments of ``x`` are well conditioned and ``y`` is small.

    ``y`` are the residuals of the whole sample, ``beta`` its coefficients, and ``design.x`` is ``x @ triangle``; no sum
    of squares of any segment differs from that of the design.
    """

    y: FloatArray
    x: FloatArray
    triangle: FloatArray
    beta: FloatArray


def checked_design(y: pd.Series[Any], x: pd.DataFrame | pd.Series[Any] | None, where: str) -> Design:
    """The regression of ``y`` on a constant and ``x``, once it is fit for a search over dates.

    A missing value is refused, not dropped: a row that goes missing would move every date after it.

    Raises
    ------
    StatsError : as ``inputs.as_design``, for both sides; not one index; fewer than two rows per coefficient.
    """
    explained = y.to_frame("the explained series")
    for check in (check_index, check_finite):
        check(explained, where)
    design = pd.DataFrame({CONSTANT: 1.0}, index=y.index)
    if x is not None:
        check_same_index(y, x, where)
        design = as_design(x, where)
    if len(y) < 2 * design.shape[1]:
        raise StatsError(f"{len(y)} rows are too few for {design.shape[1]} coefficients on either side", where)
    check_variation(explained.astype(float), where)
    names = tuple(map(str, design.columns))
    return Design(explained.to_numpy(dtype=float)[:, 0], design.to_numpy(dtype=float), names, y.index)


def segment_sums(design: Design, shortest: int) -> FloatArray:
    """The sum of squared residuals of every segment of at least ``shortest`` observations.

    Returns
    -------
    Array of shape (n, n + 1): ``[i, j]`` is the segment of rows i to j - 1; infinite where it is too short.

    Raises
    ------
    StatsError : a regressor does not vary, or is collinear with others, within some segment.
    """
    whole = design.reduced()
    sums = _means_sums(whole.y) if design.coefficients == 1 else _regression_sums(whole.x, whole.y, shortest)
    lengths = np.arange(design.observations + 1) - np.arange(design.observations)[:, None]
    return np.asarray(np.where(lengths >= shortest, np.maximum(sums, 0.0), np.inf))


def _means_sums(y: FloatArray) -> FloatArray:
    total, square = running(y), running(y * y)
    lengths = np.arange(len(y) + 1) - np.arange(len(y))[:, None]
    spans = total - total[:-1, None]
    return np.asarray(square - square[:-1, None] - spans * spans / np.maximum(lengths, 1))


def _regression_sums(x: FloatArray, y: FloatArray, shortest: int) -> FloatArray:
    n = len(x)
    outer, cross, square = running(x[:, :, None] * x[:, None, :]), running(x * y[:, None]), running(y * y)
    sums = np.full((n, n + 1), np.inf)
    for start in range(n - shortest + 1):
        ends = slice(start + shortest, n + 1)
        inside = outer[ends] - outer[start]
        fitted = np.linalg.solve(lower_factors(inside), (cross[ends] - cross[start])[:, :, None])[:, :, 0]
        sums[start, ends] = square[ends] - square[start] - np.sum(fitted * fitted, axis=1)
    return sums


def lower_factors(inside: FloatArray) -> FloatArray:
    """The Cholesky factors of moment matrices of shape (segments, k, k).

    Raises ``StatsError`` where within some segment a regressor does not vary or is collinear.
    """
    scale = np.sqrt(np.diagonal(inside, axis1=1, axis2=2))
    complaint = StatsError(
        "within some segment a regressor does not vary or is collinear", "break", "Trim more, or leave it out."
    )
    if not (scale > 0).all():
        raise complaint
    try:
        lower: FloatArray = np.linalg.cholesky(inside)
    except np.linalg.LinAlgError as error:
        raise complaint from error
    if (np.diagonal(lower, axis1=1, axis2=2) / scale).min() < SMALLEST_PIVOT:
        raise complaint
    return lower


def running(values: FloatArray) -> FloatArray:
    """Sums of the first 0, 1 ... n of ``values`` along their first axis."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])


def best_partitions(sums: FloatArray, most: int) -> list[tuple[float, tuple[int, ...]]]:
    """For 0 to ``most`` breaks: the least sum of squares and where each segment but the last ends.

    Parameters
    ----------
    sums : as from ``segment_sums``.

    Returns
    -------
    One pair per number of breaks that fits into the sample; a break at t lies between row t - 1 and row t, so that t
    rows come before it. The recursion of Bai and Perron (2003), from the left.
    """
    n = len(sums)
    least = sums[0]  # by end: one segment from the first row
    origins: list[NDArray[np.intp]] = []
    found: list[tuple[float, tuple[int, ...]]] = [(float(least[n]), ())]
    for breaks in range(1, most + 1):
        totals = least[:n, None] + sums
        origins.append(np.argmin(totals, axis=0))
        least = np.take_along_axis(totals, origins[-1][None, :], axis=0)[0]
        if not np.isfinite(least[n]):
            break
        found.append((float(least[n]), _traced(origins, n, breaks)))
    return found


def _traced(origins: list[NDArray[np.intp]], end: int, breaks: int) -> tuple[int, ...]:
    places: list[int] = []
    for level in range(breaks - 1, -1, -1):
        end = int(origins[level][end])
        places.append(end)
    return tuple(reversed(places))


def coefficients_of(design: Design, start: int, end: int) -> tuple[FloatArray, FloatArray]:
    """Least-squares coefficients of rows ``start`` to ``end - 1`` and their residuals."""
    x, y = design.x[start:end], design.y[start:end]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    return beta, y - x @ beta


def long_run_sum(scores: FloatArray, lags: int) -> FloatArray:
    """The sum of outer products of ``scores`` (shape (..., n, k)) with themselves and, by Bartlett weights, their lags.

    Newey and West (1987) without division by n; ``lags`` 0 is White's. The sum of scores of a regression of n rows has
    this covariance.
    """
    turned = np.swapaxes(scores, -1, -2)
    total: FloatArray = turned @ scores
    for lag in range(1, min(lags, scores.shape[-2] - 1) + 1):
        shifted = turned[..., lag:] @ scores[..., :-lag, :]
        total = total + (1 - lag / (lags + 1)) * (shifted + np.swapaxes(shifted, -1, -2))
    return total
