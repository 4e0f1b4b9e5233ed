"""A checked regression whose sums over any span of rows follow from running sums, well conditioned in long samples."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.inputs import CONSTANT, as_design, check_finite, check_index, check_same_index, check_variation

FloatArray = NDArray[np.floating[Any]]

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
    """The regression of ``y`` on a constant and ``x``, once every row of it has its date.

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
