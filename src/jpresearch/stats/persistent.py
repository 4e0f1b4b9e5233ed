"""Predictive regressions when the predictor is persistent and its innovations move with returns.

A valuation ratio falls when prices rise: the least-squares slope of returns on it is then biased (Stambaugh 1999) and
its t test rejects too often the nearer the ratio is to a random walk. Written by hand from the papers, since neither
statsmodels, arch nor linearmodels has the corrections. ``returns`` and predictors pair as in ``predictive``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import Any, Final

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.inputs import (
    as_design,
    as_frame,
    check_confidence,
    check_horizon,
    check_index,
    check_same_index,
    check_variation,
    complete,
)

Matrix = NDArray[np.float64]

RETURN: Final = "the return"
INSTRUMENT_POWER: Final = 0.95
"""How fast the instrument's root nears one, 1 - T^-0.95: the choice of Kostakis, Magdalinos and Stamatogiannis."""


@dataclass(frozen=True)
class ReducedBias:
    """One-period slope of returns on a persistent predictor, before and after correction.

    ``slope`` is Amihud and Hurvich's, ``ols`` the uncorrected one with classical errors, ``bias`` Stambaugh's estimate
    of what the latter is off by. ``persistence`` is the predictor's autoregressive slope, ``corrected_persistence`` the
    same less its bias; at 1 or above the predictor cannot be told from a random walk. ``sensitivity`` is the slope of
    return surprises on the predictor's.
    """

    slope: Estimate
    ols: Estimate
    p_value: float
    bias: float
    persistence: float
    corrected_persistence: float
    sensitivity: float
    observations: int
    first: Any
    last: Any
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """Rows ``ols``, ``stambaugh`` (no error of its own: missing) and ``amihud_hurvich``; estimate to high."""
        rows = {
            "ols": [self.ols.value, self.ols.std_error, self.ols.low, self.ols.high],
            "stambaugh": [self.ols.value - self.bias, np.nan, np.nan, np.nan],
            "amihud_hurvich": [self.slope.value, self.slope.std_error, self.slope.low, self.slope.high],
        }
        columns = ["estimate", "std_error", "low", "high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("correction")


@dataclass(frozen=True)
class InstrumentedWald:
    """IVX slopes with a chi-square test for each and for all; Series are by predictor.

    ``lags`` are those of the predictors' long-run covariance; ``first`` and ``last`` label the first and last moment at
    which a window of ``horizon`` returns starts.
    """

    params: pd.Series
    walds: pd.Series
    p_values: pd.Series
    joint_wald: float
    joint_p_value: float
    horizon: int
    observations: int
    first: Any
    last: Any
    lags: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row per predictor: estimate, wald, p_value."""
        columns = {"estimate": self.params, "wald": self.walds, "p_value": self.p_values}
        return pd.DataFrame(columns).rename_axis("predictor")


def reduced_bias(returns: pd.Series, predictor: pd.Series, *, confidence: float = 0.95) -> ReducedBias:
    """The slope of the next return on a persistent predictor, less its bias.

    Stambaugh ("Predictive Regressions", JFE 54, 1999): with u the return's and v the predictor's innovation, the bias
    is -(1 + 3 rho) / T times cov(u, v) / var(v). Amihud and Hurvich ("Predictive Regressions: A Reduced-Bias Estimation
    Method", JFQA 39, 2004): the autoregressive slope is corrected by (1 + 3 rho) / T + 3 (1 + 3 rho) / T^2, the
    residuals v it leaves join the regression with slope phi, and the squared error of the slope is that of the joint
    regression plus phi^2 (1 + 3 / T + 9 / T^2)^2 times that of rho.

    Parameters
    ----------
    returns, predictor : one index; rows incomplete at either end are cut off.
    confidence : coverage of the intervals, from t.

    Raises
    ------
    StatsError : indexes unequal, unsorted or with duplicates; a missing or infinite value inside; fewer than six pairs;
        a constant predictor or return; a predictor that is its own exact autoregression.
    """
    where = "reduced_bias"
    check_confidence(confidence, where)
    pairs, before, after = _pairs(returns, predictor, where)
    rows = len(pairs)
    if rows < 6:
        raise StatsError(f"{rows} pairs of predictor and return are too few", where)
    design = as_design(before, where)
    predicted, dynamics = sm.OLS(pairs[RETURN], design).fit(), sm.OLS(after.iloc[:, 0].to_numpy(), design).fit()
    rho = float(dynamics.params.iloc[1])
    shift = (1 + 3 * rho) / rows + 3 * (1 + 3 * rho) / rows**2
    surprise = after.iloc[:, 0] - (rho + shift) * before.iloc[:, 0]
    wide = as_design(before.assign(surprise=surprise), where)
    joint = sm.OLS(pairs[RETURN], wide).fit()
    sensitivity = float(joint.params["surprise"])
    error_rho = (1 + 3 / rows + 9 / rows**2) * float(dynamics.bse.iloc[1])
    error = sqrt((sensitivity * error_rho) ** 2 + float(joint.bse.iloc[1]) ** 2)
    slope = _estimate(float(joint.params.iloc[1]), error, confidence, int(joint.df_resid))
    sigma = float(np.asarray(predicted.resid) @ np.asarray(dynamics.resid) / np.sum(np.asarray(dynamics.resid) ** 2))
    return ReducedBias(
        slope=slope,
        ols=_estimate(float(predicted.params.iloc[1]), float(predicted.bse.iloc[1]), confidence, rows - 2),
        p_value=float(2 * stats.t.sf(abs(slope.value / error), joint.df_resid)),
        bias=-sigma * (1 + 3 * rho) / rows,
        persistence=rho,
        corrected_persistence=rho + shift,
        sensitivity=sensitivity,
        observations=rows,
        first=pairs.index[0],
        last=pairs.index[-1],
        confidence=confidence,
        method=f"next return on predictor, Amihud-Hurvich (2004) reduced-bias slope and error, t at {confidence:.0%}",
    )


def ivx(returns: pd.Series, predictors: pd.DataFrame | pd.Series, *, horizon: int = 1) -> InstrumentedWald:
    """Wald tests of no predictability that hold whatever the persistence of the predictors.

    Kostakis, Magdalinos and Stamatogiannis ("Robust Econometric Inference for Stock Return Predictability", RFS 28,
    2015): each predictor is instrumented by its own changes, filtered with the root 1 - T^-0.95,
    which is less persistent than any predictor; the Wald statistic is chi-square from stationary to unit roots. The
    authors fit the predictors' autoregressions without an intercept; here there is one, so that a shift of a predictor
    changes nothing.

    Parameters
    ----------
    returns, predictors : one index; rows incomplete at either end are cut off.
    horizon : periods over which returns are summed; above 1 the paper's long-horizon statistic.

    Raises
    ------
    StatsError : as ``predictive.windows``; or a covariance that is not positive definite, as with too few periods.
    """
    pairs, before, after = _pairs(returns, predictors, "ivx")
    rows = len(pairs)
    check_horizon(horizon, rows, "ivx")
    design = as_design(before, "ivx")
    y, x = pairs[RETURN].to_numpy(), before.to_numpy()
    changes = after.to_numpy() - x
    instruments = np.vstack([np.zeros(x.shape[1]), lfilter([1.0], [1.0, rows**-INSTRUMENT_POWER - 1], changes, axis=0)])
    lags = floor(rows ** (1 / 3))
    variance, long_run = _innovation_variances(y, design.to_numpy(), after.to_numpy(), lags)
    params, covariance = _ivx(y, x, instruments[:-1], horizon, variance, long_run)
    if np.linalg.eigvalsh(covariance).min() <= 0:
        raise StatsError(f"{rows} periods are too few for a horizon of {horizon}", "ivx")
    walds = pd.Series(params**2 / np.diag(covariance), index=before.columns)
    joint = float(params @ np.linalg.solve(covariance, params))
    return InstrumentedWald(
        params=pd.Series(params, index=before.columns),
        walds=walds,
        p_values=pd.Series(stats.chi2.sf(walds, 1), index=before.columns),
        joint_wald=joint,
        joint_p_value=float(stats.chi2.sf(joint, len(params))),
        horizon=horizon,
        observations=rows - horizon + 1,
        first=pairs.index[0],
        last=pairs.index[rows - horizon],
        lags=lags,
        method=f"IVX of returns over {horizon} periods, long-run covariance with {lags} lags, chi-square tests",
    )


def _pairs(
    returns: pd.Series, predictors: pd.DataFrame | pd.Series, where: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Per moment at which all is known: the next return, the predictors then, the predictors one period later."""
    frame = as_frame(predictors, where)
    check_same_index(returns, frame, where)
    check_index(frame, where)
    after = frame.shift(-1).add_suffix(" after")
    joined = complete(pd.concat([returns.shift(-1).astype(float).rename(RETURN), frame, after], axis=1), where)
    pairs = joined[[RETURN]]
    check_variation(pairs, where)
    return pairs, joined[list(frame.columns)], joined[list(after.columns)]


def _estimate(value: float, error: float, confidence: float, degrees_of_freedom: int) -> Estimate:
    half = error * float(stats.t.ppf(0.5 + confidence / 2, degrees_of_freedom))
    return Estimate(value, value - half, value + half, confidence=confidence, std_error=error)


def _innovation_variances(y: Matrix, design: Matrix, after: Matrix, lags: int) -> tuple[float, float]:
    """Variance of the return's innovation, and what of it the predictors' long-run innovations leave unexplained."""
    rows = len(y)
    surprise = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    moves = np.empty_like(after)
    for column in range(after.shape[1]):
        own = design[:, [0, column + 1]]
        moves[:, column] = after[:, column] - own @ np.linalg.lstsq(own, after[:, column], rcond=None)[0]
    of_moves = moves.T @ moves / rows
    shared = moves.T @ surprise / rows
    for lag in range(1, lags + 1):
        weight = (1 - lag / (lags + 1)) / rows
        cross = moves[lag:].T @ moves[:-lag]
        of_moves = of_moves + weight * (cross + cross.T)
        shared = shared + weight * moves[lag:].T @ surprise[:-lag]
    variance = float(surprise @ surprise / rows)
    return variance, variance - float(shared @ np.linalg.solve(of_moves, shared))


def _ivx(
    y: Matrix, x: Matrix, instruments: Matrix, horizon: int, variance: float, long_run: float
) -> tuple[Matrix, Matrix]:
    windows = len(y) - horizon + 1
    y_sums, x_sums, z_sums = (_rolling(values, horizon) for values in (y, x, instruments))
    cross = (x_sums - x_sums.mean(axis=0)).T @ instruments[:windows]
    params = np.linalg.solve(cross.T, instruments[:windows].T @ (y_sums - y_sums.mean()))
    mean = z_sums.mean(axis=0)
    meat = variance * z_sums.T @ z_sums - windows * long_run * np.outer(mean, mean)
    half = np.linalg.solve(cross.T, meat)
    return params, np.linalg.solve(cross.T, half.T)


def _rolling(values: Matrix, horizon: int) -> Matrix:
    sums: Matrix = np.lib.stride_tricks.sliding_window_view(values, horizon, axis=0).sum(axis=-1)
    return sums
