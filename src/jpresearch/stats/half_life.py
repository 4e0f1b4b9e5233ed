"""How long a series takes to go half the way back, without the bias of least squares.

Andrews, "Exactly Median-Unbiased Estimation of First Order Autoregressive/Unit Root Models" (Econometrica 61, 1993).
The least-squares slope of a series on its own past is too low, the more so the closer the truth is to one, so that
half-lives come out too short. The estimate here is the coefficient under which the slope found is the median of its
distribution; the ends of the interval are those under which it is an outer quantile. The distribution under normal
errors is exact: the slope is a ratio of quadratic forms, and ``P(slope <= x)`` the probability that one form is not
positive, by the integral of Imhof ("Computing the Distribution of Quadratic Forms in Normal Variables", Biometrika 48,
1961). Andrews tabulates quantiles; here they are computed for the sample at hand. No package at hand has this.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, pi
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize
from statsmodels.stats.diagnostic import acorr_ljungbox

from jpresearch.errors import StatsError
from jpresearch.stats.inputs import check_confidence, check_finite, check_index, check_variation

FloatArray = NDArray[np.floating[Any]]

FEWEST: Final = 12
MOST: Final = 2000
LEAST_COEFFICIENT: Final = -0.999
NEARLY_ONE: Final = 1 - 1e-6
STEP: Final = 0.06
"""Of the integral in log u; half of it changes no probability by 1e-6."""


@dataclass(frozen=True)
class HalfLife:
    """Persistence of a first-order autoregression and the half-life that it implies, in periods.

    Attributes
    ----------
    slope : by least squares, biased downwards.
    coefficient, low, high : median-unbiased estimate and interval, 1 where the series may have no mean to return to.
    periods, periods_low, periods_high : half-lives ``ln 0.5 / ln coefficient``; infinite at 1, 0 at 0 and below (more
        than half is gone after one period).
    whiteness : p-value of Ljung and Box over ``whiteness_lags`` that the residuals are not autocorrelated; where it is
        small, one lag is too few and the half-life is that of a wrong model.
    trend : whether the series returns to a line rather than a constant.
    """

    slope: float
    coefficient: float
    low: float
    high: float
    periods: float
    periods_low: float
    periods_high: float
    whiteness: float
    whiteness_lags: int
    trend: bool
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """Two rows, ``coefficient`` and ``half_life``: estimate, low, high; and the biased ``least_squares``."""
        rows = {
            "coefficient": (self.coefficient, self.low, self.high, self.slope),
            "half_life": (self.periods, self.periods_low, self.periods_high, periods_to_half(self.slope)),
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high", "least_squares"])


def half_life(series: pd.Series[Any], *, trend: bool = False, confidence: float = 0.90) -> HalfLife:
    """The half-life of deviations of a series from its mean (or line), with an interval that may be infinite.

    Parameters
    ----------
    series : one row per period of equal length, no value missing, 13 to 2,001 of them.
    trend : deviations from a line instead of a constant (Andrews' model 3 instead of 2).
    confidence : exact coverage of the interval under normal errors; Andrews' own is 90 %.

    Raises
    ------
    StatsError : index unsorted or repeated; values missing or infinite; no variation; too few or too many observations.
    """
    check_confidence(confidence, "half_life")
    frame = series.to_frame("the series")
    check_index(frame, "half_life")
    check_finite(frame, "half_life")
    if not FEWEST < len(series) <= MOST + 1:
        raise StatsError(f"{len(series)} observations; {FEWEST + 1} to {MOST + 1} are needed", "half_life")
    check_variation(frame.astype(float), "half_life")
    slope, residuals = _slope(series.to_numpy(dtype=float), trend)
    pairs = len(series) - 1
    tail = (1 - confidence) / 2
    low, middle, high = (coefficient_with(slope, share, pairs, trend=trend) for share in (1 - tail, 0.5, tail))
    lags = max(1, min(10, pairs // 5))
    return HalfLife(
        slope=slope,
        coefficient=middle,
        low=low,
        high=high,
        periods=periods_to_half(middle),
        periods_low=periods_to_half(low),
        periods_high=periods_to_half(high),
        whiteness=float(acorr_ljungbox(residuals, lags=[lags], model_df=0)["lb_pvalue"].iloc[0]),
        whiteness_lags=lags,
        trend=trend,
        first=series.index[0],
        last=series.index[-1],
        observations=len(series),
        confidence=confidence,
        method=f"first-order autoregression around a {'line' if trend else 'constant'}, exactly median-unbiased "
        f"(Andrews, 1993), interval at {confidence:.0%}",
    )


def periods_to_half(coefficient: float) -> float:
    """``ln 0.5 / ln coefficient``; infinite from 1 on, 0 at 0 and below."""
    if coefficient >= 1:
        return inf
    return log(0.5) / log(coefficient) if coefficient > 0 else 0.0


def slope_probability(x: float, coefficient: float, pairs: int, *, trend: bool = False) -> float:
    """The probability that the least-squares slope is ``x`` or less, where the truth is ``coefficient``.

    Parameters
    ----------
    coefficient : above -1, up to 1. Below 1 the series starts from its stationary law, at 1 anywhere.
    pairs : rows of the regression, observations less one.

    Raises
    ------
    StatsError : ``coefficient`` out of range.
    """
    if not -1 < coefficient <= 1:
        raise StatsError(f"the coefficient must lie above -1 and not above 1, not {coefficient}", "slope distribution")
    s = np.arange(-18.0, 8.0, STEP)
    log_determinant = _log_determinant(np.exp(s) / _form_size(x, coefficient, pairs), x, coefficient, pairs, trend)
    # Imhof (1961), equation 3.2, with u = exp(s): smooth and dying off on either side, as the trapezoidal rule likes.
    integrand = np.sin(-log_determinant.imag / 2) * np.exp(-log_determinant.real / 2)
    return float(np.clip(0.5 - integrand.sum() * STEP / pi, 0.0, 1.0))


def coefficient_with(slope: float, share: float, pairs: int, *, trend: bool = False) -> float:
    """The coefficient, 1 at most, under which least squares gives ``slope`` or less with probability ``share``."""

    def gap(coefficient: float) -> float:
        return slope_probability(slope, coefficient, pairs, trend=trend) - share

    if gap(1.0) >= 0:
        return 1.0
    if gap(NEARLY_ONE) >= 0:
        return NEARLY_ONE
    if gap(LEAST_COEFFICIENT) <= 0:
        return LEAST_COEFFICIENT
    return float(optimize.brentq(gap, LEAST_COEFFICIENT, NEARLY_ONE, xtol=1e-6))


def _slope(values: FloatArray, trend: bool) -> tuple[float, FloatArray]:
    past = _residual_maker(values[:-1], trend)
    now = _residual_maker(values[1:], trend)
    slope = float(past @ now / (past @ past))
    return slope, now - slope * past


def _residual_maker(values: FloatArray, trend: bool) -> FloatArray:
    """``values`` less their mean, or less their line."""
    base = _base(len(values), trend)
    return np.asarray(values - base @ (base.T @ values))


def _base(rows: int, trend: bool) -> FloatArray:
    """Orthonormal columns of what the regression takes out: a constant, and a line if there is a trend."""
    columns = [np.ones(rows), np.arange(rows) - (rows - 1) / 2]
    base = np.column_stack(columns if trend else columns[:1])
    return np.asarray(base / np.linalg.norm(base, axis=0))


def _form_size(x: float, coefficient: float, pairs: int) -> float:
    """The size of the form's values within an order of magnitude or two: where the integral has its weight."""
    memory = min(pairs / 2, 1 / (1 - abs(coefficient)) if abs(coefficient) < 1 else inf)
    return max(1.0, abs(coefficient - x) * memory) * float(np.sqrt(pairs * memory))


def _log_determinant(
    u: FloatArray, x: float, coefficient: float, pairs: int, trend: bool
) -> NDArray[np.complexfloating[Any]]:
    """``log det(I - 2 i u F)``, continuous from 0 at u = 0; F is the form ``past' M (now - x past)`` in the errors.

    In the values themselves the errors' covariance has a tridiagonal inverse, the form without M is tridiagonal, and M
    adds rank 2 for each column that it takes out. Elimination goes once through the periods for all u: pivots have
    positive real part (the matrix is positive definite plus i times a symmetric one), so that their logs add up on the
    right branch; the determinant of the low rank is followed along u.
    """
    inverse = np.full(pairs + 1, 1 + coefficient**2)
    inverse[-1] = 1.0
    if coefficient < 1:
        inverse[0] = 1.0  # stationary from the start; at 1 any start will do, since M removes it
    base = np.column_stack([np.vstack([_base(pairs, trend), np.zeros(1 + trend)]), np.zeros((pairs + 1, 1 + trend))])
    base[:, 1 + trend :] = np.vstack([np.zeros(1 + trend), base[:-1, : 1 + trend]]) - x * base[:, : 1 + trend]
    beside = -coefficient - 1j * u
    pivot = np.full(len(u), np.inf, dtype=complex)
    row = np.zeros((base.shape[1], len(u)), dtype=complex)
    inside = np.zeros((base.shape[1], base.shape[1], len(u)), dtype=complex)
    total = np.zeros(len(u), dtype=complex)
    for period in range(pairs + 1):
        share = beside / pivot
        pivot = inverse[period] + (2j * x * u if period < pairs else 0) - beside * share
        row = base[period][:, None] - share * row
        inside += row[:, None] * (row / pivot)
        total += np.log(pivot)
    swapped = np.moveaxis(np.roll(inside, 1 + trend, axis=0), 2, 0)
    low_rank = np.linalg.det(np.eye(base.shape[1]) + 1j * u[:, None, None] * swapped)
    total += np.log(np.abs(low_rank)) + 1j * np.unwrap(np.angle(low_rank))
    return np.asarray(total - (np.log(1 - coefficient**2) if coefficient < 1 else 0.0))
