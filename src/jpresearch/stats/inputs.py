"""What every estimator asks of its input, in one place.

Each check passes silently or raises ``StatsError`` that names the column, the label or the number at fault; none mends
anything. ``where`` is the estimator's name and heads the message.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError

CONSTANT: Final = "const"
# A design whose columns, each scaled to length one, have a larger condition number is collinear to working precision.
LARGEST_CONDITION: Final = 1e10
# A spread this small beside the size of the values is what rounding leaves of a constant.
SMALLEST_SPREAD: Final = 1e-13


def check_index(data: pd.Series[Any] | pd.DataFrame, where: str) -> None:
    """Raise unless the index ascends and holds each label once; the message names the first label that does not."""
    index = data.index
    twice = index.duplicated()
    if twice.any():
        raise StatsError(
            f"the index must be without duplicates; it holds {_words(index[twice][0])} more than once", where
        )
    if not index.is_monotonic_increasing:
        raise StatsError("the index must be sorted", where, "Sort both sides by date.")


def check_same_index(one: pd.Series[Any] | pd.DataFrame, other: pd.Series[Any] | pd.DataFrame, where: str) -> None:
    """Raise unless both have the same labels in the same order."""
    if not one.index.equals(other.index):
        raise StatsError("the two sides must have the same index", where, "Reindex both to one calendar.")


def check_finite(data: pd.Series[Any] | pd.DataFrame, where: str) -> None:
    """Raise on the first missing or infinite value; the message names its column and label."""
    frame = data.to_frame() if isinstance(data, pd.Series) else data
    values = frame.to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = (int(place[0]) for place in np.nonzero(bad))
        kind = "missing" if np.isnan(values[row, column]) else "infinite"
        name = frame.columns[column]
        raise StatsError(f"values must be finite; {name} is {kind} at {_words(frame.index[row])}", where)


def check_variation(frame: pd.DataFrame, where: str) -> None:
    """Raise if a column holds one value throughout; the message names all such columns."""
    values = frame.to_numpy(dtype=float)
    still = np.ptp(values, axis=0) <= SMALLEST_SPREAD * np.abs(values).max(axis=0)
    flat = ", ".join(str(name) for name, flat in zip(frame.columns, still, strict=True) if flat)
    if flat:
        raise StatsError(f"no variation in {flat}", where)


def check_collinearity(design: pd.DataFrame, where: str) -> None:
    """Raise if a column is a linear combination of the others, whatever the units."""
    values = design.to_numpy(dtype=float)
    if np.linalg.cond(values / np.linalg.norm(values, axis=0)) > LARGEST_CONDITION:
        raise StatsError("the columns are collinear", where, "Leave one of them out.")


def check_confidence(confidence: float, where: str) -> None:
    """Raise unless ``confidence`` lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise StatsError(f"confidence must lie between 0 and 1, not {confidence}", where)


def check_lags(lags: int, observations: int, where: str) -> None:
    """Raise unless 0 <= ``lags`` < ``observations``."""
    if not 0 <= lags < observations:
        raise StatsError(f"lags must lie between 0 and {observations - 1}, not {lags}", where)


def check_horizon(horizon: int, observations: int, where: str) -> None:
    """Raise unless 1 <= ``horizon`` < ``observations``: at least one window must have its end inside the sample."""
    if horizon < 1:
        raise StatsError(f"the horizon must be 1 or more, not {horizon}", where)
    if horizon >= observations:
        raise StatsError(f"a horizon of {horizon} is longer than the sample of {observations} observations", where)


def check_rows(rows: int, coefficients: int, where: str) -> None:
    """Raise unless there are more complete rows than coefficients."""
    if rows <= coefficients:
        raise StatsError(f"{rows} complete rows are too few for {coefficients} coefficients", where)


def as_frame(x: pd.DataFrame | pd.Series[Any], where: str) -> pd.DataFrame:
    """The regressors as a frame of floats, one named column each; a Series without a name becomes ``x``.

    Raises ``StatsError`` if there is no column, a name comes twice, or one is ``const``, which is the constant's name.
    """
    frame = x.to_frame("x" if x.name is None else str(x.name)) if isinstance(x, pd.Series) else x
    if frame.columns.has_duplicates or CONSTANT in frame.columns or frame.shape[1] == 0:
        raise StatsError(f"columns must be named once each, none of them {CONSTANT!r}", where)
    return frame.astype(float)


def complete(data: pd.DataFrame, where: str) -> pd.DataFrame:
    """``data`` less the incomplete rows at its beginning and end; raises if one lies between complete rows.

    A lag or a moving average leaves such ends; a hole inside would silently join periods that are not neighbours.
    """
    whole = np.flatnonzero(data.notna().all(axis=1).to_numpy())
    if not len(whole):
        raise StatsError("no row is complete", where)
    inside = data.iloc[int(whole[0]) : int(whole[-1]) + 1]
    check_finite(inside, where)
    return inside


def as_design(x: pd.DataFrame | pd.Series[Any], where: str) -> pd.DataFrame:
    """The checked design: a constant, then the columns of ``x``, floats on the index of ``x``.

    Raises ``StatsError`` on an index unsorted or with duplicates, a missing or infinite value, no more rows than
    coefficients, a column without variation, or collinear columns.
    """
    frame = as_frame(x, where)
    check_index(frame, where)
    check_finite(frame, where)
    check_rows(len(frame), frame.shape[1] + 1, where)
    check_variation(frame, where)
    design = frame.copy()
    design.insert(0, CONSTANT, 1.0)
    check_collinearity(design, where)
    return design


def _words(label: object) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
