"""What changed in a series at a known moment.

- ``interrupted``: the size of a step, pulse or change of slope within a structural time series (Harvey and Durbin, "The
  Effects of Seat Belt Legislation on British Road Casualties", JRSS A 149, 1986);
- ``segmented``: lines before and after with Newey-West errors (Wagner and others, "Segmented Regression Analysis of
  Interrupted Time Series Studies", 2002).

A short stretch after the moment supports neither alone: ``placebo`` sets the effect beside those of dates at which
nothing happened, ``counterfactual`` the series beside its forecast. None can tell the moment's cause from another that
came with it.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import NeweyWest
from jpresearch.stats.inputs import as_frame, check_same_index
from jpresearch.stats.regression import Regression, least_squares
from jpresearch.stats.structural import FloatArray, Structural, Structure, structural

Shape = Literal["step", "pulse", "slope"]


def interrupted(
    y: pd.Series[Any],
    at: Any,
    controls: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    shapes: tuple[Shape, ...] = ("step",),
    structure: Structure | None = None,
    confidence: float = 0.95,
) -> Structural:
    """Estimate what changed at ``at`` within a structural time series.

    Parameters
    ----------
    y, controls : one row per period, same index, no value missing. Controls must not themselves be moved by the event.
    at : label of the first period under the new rule; where it is not in the index, the next one is.
    shapes : ``step`` (1 from ``at`` on), ``pulse`` (1 at ``at`` alone), ``slope`` (0, 1, 2 ... from ``at`` on).

    Returns
    -------
    Structural, its coefficients the shapes and then the controls.

    Raises
    ------
    StatsError : as ``structural``; unknown or repeated shapes; too few periods before or after ``at``; a control with
        the name of a shape.
    """
    chosen = Structure() if structure is None else structure
    position = position_of(y, at, chosen, len(shapes), "interrupted")
    return structural(y, _with_shapes(y.index, position, shapes, controls), structure=chosen, confidence=confidence)


def segmented(
    y: pd.Series[Any],
    at: Any,
    controls: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    season: int | None = None,
    harmonics: int = 1,
    lags: int | None = None,
    confidence: float = 0.95,
) -> Regression:
    """Lines before and after ``at`` with Newey-West errors.

    Parameters
    ----------
    y, at, controls : as ``interrupted``.
    season, harmonics : periods of a year (``None`` for no season) and pairs of sines and cosines for it.
    lags : of Newey-West; ``None`` is the textbook rule.

    Returns
    -------
    Regression on ``const`` (the level at ``at`` had nothing changed), ``trend`` (per period, before), ``step`` and
    ``slope`` (change of trend), then ``sin1``, ``cos1`` ... and the controls. With few periods after ``at`` the errors
    of ``step`` and ``slope`` are too small: Newey-West needs many (compare ``counterfactual.forecast_gap``).

    Raises
    ------
    StatsError : as ``least_squares``; fewer than three periods on a side; harmonics that the season does not have.
    """
    position = position_of(y, at, Structure(), 2, "segmented", least=3)
    steps = np.arange(len(y)) - position
    frame = pd.DataFrame({"trend": steps.astype(float)}, index=y.index)
    frame = frame.assign(step=shape_values(len(y), position, "step"), slope=shape_values(len(y), position, "slope"))
    if season is not None:
        if not 1 <= harmonics <= (season - 1) // 2:
            raise StatsError(f"a season of {season} periods has no {harmonics} pairs of waves", "segmented")
        for wave in range(1, harmonics + 1):
            angle = 2 * np.pi * wave * steps / season
            frame = frame.assign(**{f"sin{wave}": np.sin(angle), f"cos{wave}": np.cos(angle)})
    if controls is not None:
        check_same_index(y, controls, "segmented")
        frame = frame.join(as_frame(controls, "segmented"))
    return least_squares(y, frame, covariance=NeweyWest(lags), confidence=confidence)


def shape_values(length: int, position: int, shape: Shape) -> FloatArray:
    """The regressor of an effect that begins at ``position``, over ``length`` periods."""
    steps = np.arange(length) - position
    if shape == "step":
        return np.asarray((steps >= 0).astype(float))
    return np.asarray((steps == 0).astype(float)) if shape == "pulse" else np.maximum(steps, 0).astype(float)


def _with_shapes(
    index: pd.Index[Any], position: int, shapes: tuple[Shape, ...], controls: pd.DataFrame | pd.Series[Any] | None
) -> pd.DataFrame:
    if not shapes or len(set(shapes)) < len(shapes) or not set(shapes) <= set(get_args(Shape)):
        raise StatsError(f"shapes must be some of {', '.join(get_args(Shape))}, once each", "interrupted")
    frame = pd.DataFrame({shape: shape_values(len(index), position, shape) for shape in shapes}, index=index)
    if controls is None:
        return frame
    given = as_frame(controls, "interrupted")
    if set(given.columns) & set(shapes) or not given.index.equals(index):
        raise StatsError("controls must have the index of the series and other names than the shapes", "interrupted")
    return frame.join(given)


def lead(structure: Structure, regressors: int) -> int:
    """Periods needed before a date: the diffuse states and regressors, and three more."""
    return structure.diffuse + regressors + 3


def position_of(
    y: pd.Series[Any], at: Any, structure: Structure, regressors: int, where: str, *, least: int | None = None
) -> int:
    """How many periods come before ``at``. Raises ``StatsError`` where they, or those from it on, are too few."""
    if not y.index.is_monotonic_increasing:
        raise StatsError("the index must be sorted", where)
    structure.check()
    position = int(y.index.searchsorted(at))
    before, after = (lead(structure, regressors), 1) if least is None else (least, least)
    if position < before or len(y) - position < after:
        raise StatsError(
            f"{position} periods before {at} and {len(y) - position} from it on are too few",
            where,
            f"{before} and {after} are the least.",
        )
    return position
