"""Frames made fit for lags and blocks, and responses of many vector autoregressions at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.inputs import as_frame, check_index, check_variation, complete

FloatArray = NDArray[np.float64]


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


def moving_average(coefficients: FloatArray, horizons: int) -> FloatArray:
    """Responses of a vector autoregression to its own innovations.

    Parameters
    ----------
    coefficients : shape (samples, 1 + lags * columns, columns), the constant, then all columns at
        lag 1, then all at lag 2, and so on.

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
