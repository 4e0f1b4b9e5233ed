"""Least squares and vector autoregressions over many bootstrap samples at once.

Arrays in, arrays out, the first axis always the sample (draw). Columns should be of like size (see ``standardised``):
the normal equations square the condition number, which is harmless for standardised series and ruinous for yen beside
returns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.inputs import as_frame, check_index, check_variation, complete

FloatArray = NDArray[np.float64]


class Standardised(NamedTuple):
    """Values with mean 0 and deviation 1 by column, and the deviations they had."""

    values: FloatArray
    scale: FloatArray


def checked_frame(data: pd.DataFrame, where: str, *, rows: int) -> pd.DataFrame:
    """``data`` as floats, without incomplete rows at its ends, once it is fit for lags and blocks.

    Raises
    ------
    StatsError : no or repeated columns; an index unsorted or repeated; a value missing between complete rows, or
        infinite; a column without variation; fewer than ``rows`` rows.
    """
    frame = as_frame(data, where)
    check_index(frame, where)
    whole = complete(frame, where)
    if len(whole) < rows:
        raise StatsError(f"{len(whole)} complete rows are too few: {rows} are needed", where)
    check_variation(whole, where)
    return whole


def standardised(values: FloatArray) -> Standardised:
    """``values`` of shape (rows, columns) less their means, over their standard deviations."""
    scale = values.std(axis=0, ddof=1)
    return Standardised((values - values.mean(axis=0)) / scale, scale)


def lagged(samples: FloatArray, lags: int, *, rows: int | None = None) -> FloatArray:
    """A constant and lags 1 to ``lags`` of every column, shape (samples, rows, 1 + lags * columns).

    Parameters
    ----------
    samples : shape (samples, periods, columns).
    rows : how many of the last periods get a row; ``None`` is all that have their lags, periods less ``lags``.

    The lags of one column stand apart: constant, then all columns at lag 1, then all at lag 2, and so on.
    """
    periods = samples.shape[1]
    count = periods - lags if rows is None else rows
    first = periods - count
    parts = [np.ones((samples.shape[0], count, 1))]
    parts += [samples[:, first - lag : periods - lag] for lag in range(1, lags + 1)]
    return np.concatenate(parts, axis=2)


def least_squares(design: FloatArray, explained: FloatArray) -> FloatArray:
    """Coefficients of shape (samples, regressors, equations), by the normal equations of each sample."""
    turned = np.swapaxes(design, 1, 2)
    return np.asarray(np.linalg.solve(turned @ design, turned @ explained), dtype="float64")


def simulate(coefficients: FloatArray, innovations: FloatArray, initial: FloatArray) -> FloatArray:
    """Paths of a vector autoregression, one per sample.

    Parameters
    ----------
    coefficients : shape (1 + lags * columns, columns), rows in the order of ``lagged``; the same for every sample.
    innovations : shape (samples, periods, columns).
    initial : the values before the first innovation, shape (samples, lags, columns), oldest first.

    Returns
    -------
    Array of shape (samples, lags + periods, columns): ``initial``, then the path.
    """
    samples, periods, columns = innovations.shape
    lags = initial.shape[1]
    # Time first and samples last: the lags of a step are then one block of memory, and a step is one product.
    path = np.empty((lags + periods, columns, samples))
    path[:lags] = initial.transpose(1, 2, 0)
    path[lags:] = innovations.transpose(1, 2, 0)
    path[lags:] += coefficients[0][:, None]
    oldest_first = [coefficients[1 + lag * columns : 1 + (lag + 1) * columns].T for lag in range(lags - 1, -1, -1)]
    weights = np.ascontiguousarray(np.hstack(oldest_first))
    for step in range(periods):
        path[lags + step] += weights @ path[step : step + lags].reshape(lags * columns, samples)
    return np.ascontiguousarray(path.transpose(2, 0, 1))


def moving_average(coefficients: FloatArray, horizons: int) -> FloatArray:
    """Responses of a vector autoregression to its own innovations.

    Parameters
    ----------
    coefficients : shape (samples, 1 + lags * columns, columns), rows in the order of ``lagged``.

    Returns
    -------
    Array of shape (samples, horizons + 1, columns, columns); ``[s, h, i, j]`` is the response of column i after h
    periods to an innovation of 1 in column j: Psi_h, the moving-average form (Luetkepohl, 2005).
    """
    samples, rows, columns = coefficients.shape
    lags = (rows - 1) // columns
    steps = [np.swapaxes(coefficients[:, 1 + k * columns : 1 + (k + 1) * columns], 1, 2) for k in range(lags)]
    psi = np.zeros((samples, horizons + 1, columns, columns))
    psi[:, 0] = np.eye(columns)
    for horizon in range(1, horizons + 1):
        for lag in range(1, min(lags, horizon) + 1):
            psi[:, horizon] += psi[:, horizon - lag] @ steps[lag - 1]
    return psi
