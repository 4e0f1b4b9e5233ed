"""How many autocovariances a long-run variance takes in, by rule or from the data.

The data-driven rules are those of Newey and West (1994) and Andrews (1991), with the prewhitening of Andrews and
Monahan (1992); statsmodels has none of them. They are written from the papers in the arrangement of R's sandwich
package (Zeileis 2004), with which they agree to ten digits. All take the scores, T rows of regressor times residual,
and give the intercept's score no weight, since it has the unit of no other.
"""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from jpresearch.errors import StatsError

Kernel = Literal["bartlett", "quadratic spectral"]
Matrix = NDArray[np.float64]

ANDREWS: Final[dict[Kernel, tuple[float, int]]] = {"bartlett": (1.1447, 1), "quadratic spectral": (1.3221, 2)}
"""Per kernel: the constant of the optimal bandwidth (Andrews 1991) and the kernel's order q."""


def textbook_lags(observations: int) -> int:
    """The usual number of lags, floor(4 (T / 100)^(2/9)), never more than T - 1."""
    rule: float = 4 * (observations / 100) ** (2 / 9)
    return min(floor(rule), observations - 1)


def overlap_lags(observations: int, horizon: int) -> int:
    """Lags for sums over ``horizon`` periods: the larger of ``horizon`` - 1 and the textbook number."""
    return min(max(horizon - 1, textbook_lags(observations)), observations - 1)


def fixed_b_lags(observations: int) -> int:
    """Lags of Lazarus, Lewis, Stock and Watson ("HAR Inference", JBES 36, 2018): bandwidth ceil(1.3 sqrt(T)), less 1.

    Bartlett weights reach zero at the bandwidth, so that the last lag that counts is the one before.
    """
    return min(ceil(1.3 * sqrt(observations)), observations) - 1


def kernel_weights(kernel: Kernel, bandwidth: float, observations: int) -> Matrix:
    """Weights of the lags 0 to T - 1. A Bartlett bandwidth of L + 1 gives the Newey-West weights with L lags.

    The quadratic spectral kernel (Andrews 1991) never reaches zero and takes in all lags.
    """
    ratio = np.arange(observations) / max(bandwidth, 1e-9)  # a bandwidth of zero takes in no autocovariance
    if kernel == "bartlett":
        declining: Matrix = np.clip(1 - ratio, 0, None)
        return declining
    angle = 6 * np.pi * ratio[1:] / 5
    tail = 3 / angle**2 * (np.sin(angle) / angle - np.cos(angle))
    return np.concatenate([[1.0], tail])


def newey_west_1994(scores: Matrix, weights: Matrix, *, prewhitened: bool, kernel: Kernel = "bartlett") -> float:
    """The bandwidth of Newey and West ("Automatic Lag Selection", RES 61, 1994), a real number.

    Parameters
    ----------
    scores : T x k, already prewhitened if ``prewhitened`` (the rule then starts from 3 instead of 4 pilot lags).
    weights : k, what each score counts.

    Their number of lags is its integer part. Raises ``StatsError`` if the pilot estimate of the variance is zero.
    """
    constant, order = ANDREWS[kernel]
    rows = len(scores) + prewhitened
    pilot = floor((3 if prewhitened else 4) * (rows / 100) ** (2 / 9 if order == 1 else 2 / 25))
    summed = scores @ weights
    covariances = np.array([summed[lag:] @ summed[: len(summed) - lag] / len(summed) for lag in range(pilot + 1)])
    variance = covariances[0] + 2 * covariances[1:].sum()
    curvature = 2 * (np.arange(1, pilot + 1) ** order @ covariances[1:])
    if variance == 0:
        raise StatsError("the scores have no long-run variance to choose a bandwidth by", "newey_west_1994")
    rate = 1 / (2 * order + 1)
    return min(float(constant * abs(curvature / variance) ** (2 * rate) * rows**rate), float(rows))


def andrews_1991(scores: Matrix, weights: Matrix, kernel: Kernel) -> float:
    """The bandwidth of Andrews ("HAC Covariance Matrix Estimation", Econometrica 59, 1991), by autoregressions.

    ``scores`` (T x k) are taken for first-order autoregressions with an intercept; ``weights`` as in
    ``newey_west_1994``. Raises ``StatsError`` if one of them has a unit root.
    """
    constant, order = ANDREWS[kernel]
    top, bottom = 0.0, 0.0
    for column, weight in zip(scores.T, weights, strict=True):
        if not weight:
            continue
        slope, variance = _autoregression(column)
        if abs(slope) >= 1:
            raise StatsError("a score is not stationary: no bandwidth can be chosen", "andrews_1991")
        bottom += weight * variance**2 / (1 - slope) ** 4
        power = (1 - slope) ** 8 if order == 2 else (1 - slope) ** 6 * (1 + slope) ** 2
        top += weight * 4 * slope**2 * variance**2 / power
    return float(constant * (len(scores) * top / bottom) ** (1 / (2 * order + 1)))


def prewhiten(scores: Matrix) -> tuple[Matrix, Matrix]:
    """Residuals (T - 1 x k) of a first-order vector autoregression of the scores, and the matrix that undoes it.

    With A the autoregression's matrix, the long-run variance of the scores is D S D' where S is that of the residuals
    and D = (I - A)^-1 (Andrews and Monahan, Econometrica 60, 1992). Raises ``StatsError`` where A is not stationary.
    """
    before, after = scores[:-1], scores[1:]
    if len(before) <= before.shape[1]:
        raise StatsError(f"{len(scores)} observations are too few to prewhiten", "prewhiten")
    slopes, *_ = np.linalg.lstsq(before, after, rcond=None)
    if np.abs(np.linalg.eigvals(slopes)).max() >= 1:
        raise StatsError("the scores are not stationary: they cannot be prewhitened", "prewhiten")
    return after - before @ slopes, np.linalg.inv(np.eye(slopes.shape[1]) - slopes.T)


def _autoregression(column: Matrix) -> tuple[float, float]:
    before, after = column[:-1] - column[:-1].mean(), column[1:] - column[1:].mean()
    slope = float(before @ after / (before @ before))
    return slope, float(np.mean((after - slope * before) ** 2))
