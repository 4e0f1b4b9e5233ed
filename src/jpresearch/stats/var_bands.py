"""Bootstrap bands of the responses of a vector autoregression.

Samples come from ``residual_bootstrap``: residuals in moving blocks, the bias of the coefficients taken out twice, of
the estimate before drawing and of every draw after (Kilian 1998). Pointwise bands are percentiles; the joint band is
the quantile-based sup-t band of Montiel Olea and Plagborg-Moller, "Simultaneous Confidence Bands" (J. Applied
Econometrics 34, 2019), algorithm 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.stats.batched import FloatArray, lagged, least_squares, moving_average, standardised
from jpresearch.stats.bootstrap import DRAWS
from jpresearch.stats.inputs import check_confidence
from jpresearch.stats.residual_bootstrap import (
    ResidualKind,
    fitted_world,
    samples,
    usual_block,
    without_bias,
)
from jpresearch.stats.var import VectorAutoregression, between_orderings, check_names, responses, unit_impact


@dataclass(frozen=True)
class VarDraws:
    """Bootstrap estimates of a vector autoregression, from which any response takes its band.

    ``coefficients`` (draws, 1 + lags * columns, columns) and ``covariances`` (draws, columns, columns) are in the units
    of the data; ``bias`` is what was taken out of the estimate, in the same units and without the constant.
    """

    fit: VectorAutoregression
    coefficients: FloatArray
    covariances: FloatArray
    bias: pd.DataFrame
    kind: ResidualKind
    block: int | None
    seed: int
    method: str

    def table(self) -> pd.DataFrame:
        """Lag coefficients, one row per regressor and equation: estimate, bias, std_error (of the draws)."""
        estimate = self.fit.coefficients.iloc[1:]
        index = pd.MultiIndex.from_product([estimate.index, estimate.columns], names=["regressor", "equation"])
        error = self.coefficients[:, 1:].std(axis=0, ddof=1)
        parts = {"estimate": estimate.to_numpy(), "bias": self.bias.to_numpy(), "std_error": error}
        return pd.DataFrame({name: part.ravel() for name, part in parts.items()}, index=index)


@dataclass(frozen=True)
class ResponseBands:
    """A response with its bands.

    ``paths`` has one row per horizon: ``estimate`` (or, between two orders, ``impulse_first``, ``response_first``,
    ``set_low``, ``set_high``), ``low``, ``high`` (pointwise) and ``band_low``, ``band_high`` (the whole path at once).
    """

    paths: pd.DataFrame
    impulse: str
    response: str
    first: Any
    last: Any
    observations: int
    lags: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """``paths``."""
        return self.paths


def bootstrap_var(
    fit: VectorAutoregression,
    *,
    kind: ResidualKind = "moving",
    block: int | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    correct: bool = True,
) -> VarDraws:
    """Estimate the autoregression again on samples drawn from it.

    Parameters
    ----------
    kind : ``moving`` blocks of residuals, or ``wild``, which must not be used for responses within the period.
    block : periods in a block; ``None`` is ``residual_bootstrap.usual_block``.
    correct : take out the bias of the coefficients.

    Raises
    ------
    StatsError : unknown kind, a block out of range, too few draws.
    """
    values, scale = standardised(fit.data.to_numpy())
    world, bias = fitted_world(values, fit.lags, correct=correct)
    found, spreads = [], []
    for chunk in samples(world, kind=kind, block=block, draws=draws, seed=seed):
        design, explained = lagged(chunk, fit.lags), chunk[:, fit.lags :]
        estimate = least_squares(design, explained)
        rest = explained - design @ estimate
        estimate[:, 1:] = without_bias(estimate[:, 1:], bias)
        found.append(estimate)
        spreads.append(np.swapaxes(rest, 1, 2) @ rest / (rest.shape[1] - estimate.shape[1]))
    unit = scale[None, :] / np.concatenate([[1.0], np.tile(scale, fit.lags)])[:, None]
    names = fit.coefficients.index[1:]
    used = (usual_block(fit.observations) if block is None else block) if kind == "moving" else None
    drawn = f"moving blocks of {used} residuals" if kind == "moving" else "residuals with random signs"
    return VarDraws(
        fit=fit,
        coefficients=np.concatenate(found) * unit,
        covariances=np.concatenate(spreads) * np.outer(scale, scale),
        bias=pd.DataFrame(bias * unit[1:], names, fit.coefficients.columns),
        kind=kind,
        block=used,
        seed=seed,
        method=f"{draws} draws with {drawn}, {'bias taken out (Pope, Kilian)' if correct else 'no bias correction'}, "
        f"seed {seed}",
    )


def response_bands(
    drawn: VarDraws,
    impulse: str,
    response: str,
    *,
    before: Sequence[str] = (),
    horizons: int = 26,
    cumulative: bool = True,
    confidence: float = 0.95,
) -> ResponseBands:
    """The response of one variable to a shock of one unit, with bands; ``before`` as in ``var.responses``.

    ``estimate`` is that of least squares; the bands are those of the estimate without bias and need not be centred on
    it.

    Raises
    ------
    StatsError : as ``var.responses``; a confidence out of range.
    """
    check_confidence(confidence, "response_bands")
    summed = [response] if cumulative else []
    estimate = responses(drawn.fit, impulse, before=before, horizons=horizons, cumulative=summed)[response]
    paths = _paths(drawn, impulse, response, before, horizons, cumulative)
    frame = estimate.to_frame("estimate").join(quantile_bands(paths, confidence))
    order = f"after {', '.join(before)}" if before else "first in order"
    return _result(drawn, frame, impulse, response, confidence, f"shock to {impulse} {order}")


def ordering_bands(
    drawn: VarDraws,
    impulse: str,
    response: str,
    *,
    before: Sequence[str] = (),
    horizons: int = 26,
    cumulative: bool = True,
    confidence: float = 0.95,
) -> ResponseBands:
    """Both orders of two variables and the set between them, with a band that covers the whole set.

    The band runs from the lower of the two orders' lower ends to the higher of their upper ends: it covers each end of
    the set with at least the stated confidence, and so is cautious about what lies between.

    Raises
    ------
    StatsError : as ``var.between_orderings``; a confidence out of range.
    """
    check_confidence(confidence, "ordering_bands")
    between = between_orderings(
        drawn.fit, impulse, response, before=before, horizons=horizons, cumulative=cumulative
    ).paths
    one, other = (
        quantile_bands(_paths(drawn, impulse, response, order, horizons, cumulative), confidence)
        for order in (list(before), [*before, response])
    )
    lows, highs = ["low", "band_low"], ["high", "band_high"]
    both = one[lows].where(one[lows] <= other[lows], other[lows])
    frame = between.join(both).join(one[highs].where(one[highs] >= other[highs], other[highs]))
    frame = frame[[*between.columns, "low", "high", "band_low", "band_high"]]
    return _result(drawn, frame, impulse, response, confidence, f"{impulse} before and after {response}")


def quantile_bands(paths: FloatArray, confidence: float) -> pd.DataFrame:
    """Pointwise and joint percentile bands of draws of a path, shape (draws, horizons + 1).

    The joint band takes the same share from both tails at every horizon, as much as leaves ``confidence`` of the drawn
    paths wholly inside. Columns ``low``, ``high``, ``band_low``, ``band_high``; index horizon.
    """
    count = len(paths)
    # Places from 0 to 1 of every draw at its horizon, counted so that both tails are treated alike.
    places = (np.argsort(np.argsort(paths, axis=0), axis=0) + 0.5) / count
    moving = np.ptp(paths, axis=0) > 0
    tails = np.minimum(places, 1 - places)[:, moving].min(axis=1) if moving.any() else np.full(count, 0.5)
    alpha = 1 - confidence
    joint = min(float(np.quantile(tails, alpha, method="lower")), alpha / 2)
    ends = {"low": alpha / 2, "high": 1 - alpha / 2, "band_low": joint, "band_high": 1 - joint}
    frame = pd.DataFrame({name: np.quantile(paths, at, axis=0) for name, at in ends.items()})
    return frame.rename_axis("horizon")


def _paths(
    drawn: VarDraws, impulse: str, response: str, before: Sequence[str], horizons: int, cumulative: bool
) -> FloatArray:
    """Every draw's response, shape (draws, horizons + 1)."""
    names = drawn.fit.names
    check_names(names, [impulse, response, *before], "response_bands")
    impact = unit_impact(drawn.covariances, names.index(impulse), [names.index(name) for name in before])
    psi = moving_average(drawn.coefficients, horizons)[:, :, names.index(response)]
    paths = (psi @ impact[:, :, None])[..., 0]
    return paths.cumsum(axis=1) if cumulative else paths


def _result(
    drawn: VarDraws, frame: pd.DataFrame, impulse: str, response: str, confidence: float, order: str
) -> ResponseBands:
    fit = drawn.fit
    return ResponseBands(
        paths=frame,
        impulse=impulse,
        response=response,
        first=fit.first,
        last=fit.last,
        observations=fit.observations,
        lags=fit.lags,
        confidence=confidence,
        method=f"{fit.method}; {order}; {drawn.method}; percentile bands at {confidence:.0%}, pointwise and joint",
    )
