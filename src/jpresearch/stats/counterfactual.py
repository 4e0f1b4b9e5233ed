"""What came, less what the series before the moment foretold.

The idea of Brodersen and others, "Inferring Causal Impact Using Bayesian Structural Time-Series Models" (Annals of
Applied Statistics 9, 2015), by maximum likelihood and without their priors. statsmodels forecasts each period; the
covariance between periods, which a sum over them needs, is computed here from its system matrices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.stats.inputs import check_confidence
from jpresearch.stats.interrupted import position_of
from jpresearch.stats.structural import FloatArray, Structure, checked_regressors, fitted, scaled_model


@dataclass(frozen=True)
class ForecastGap:
    """What came, less the forecast from before the moment; in the unit of the series.

    Attributes
    ----------
    path : by period from ``at`` on: ``actual``, ``forecast``, ``low``, ``high`` (prediction interval), ``gap``,
        ``gap_low``, ``gap_high``, and the sums so far, ``total``, ``total_low``, ``total_high``.
    """

    path: pd.DataFrame
    at: Any
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """``path``."""
        return self.path


def forecast_gap(
    y: pd.Series[Any],
    at: Any,
    controls: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    structure: Structure | None = None,
    confidence: float = 0.95,
) -> ForecastGap:
    """Forecast the series from what was known before ``at``, and take the forecast off what came.

    Parameters as ``interrupted``; the controls' own values after ``at`` are used.

    Returns
    -------
    ForecastGap. Intervals are those of prediction, exact for sums over periods too, given the variances; that these are
    estimates is not in them.

    Raises
    ------
    StatsError : as ``interrupted``.
    """
    check_confidence(confidence, "forecast_gap")
    chosen = replace(structure or Structure(), coefficients="state")
    position = position_of(y, at, chosen, 0, "forecast_gap")
    regressors = checked_regressors(y, controls, chosen, "forecast_gap")
    checked_regressors(y.iloc[:position], regressors.iloc[:position], chosen, "forecast_gap, before the moment")
    values = y.to_numpy(dtype=float)
    past = np.where(np.arange(len(y)) < position, values, np.nan)
    scaled = scaled_model(past, regressors.to_numpy(), chosen)
    mean, covariance = _predicted(fitted(scaled), position)
    mean, covariance = mean * scaled.y_unit, covariance * scaled.y_unit**2
    freedom = position - chosen.diffuse - regressors.shape[1]
    quantile = float(stats.t.ppf(0.5 + confidence / 2, freedom))
    half = quantile * np.sqrt(np.diag(covariance))
    total_half = quantile * np.sqrt(np.diag(np.cumsum(np.cumsum(covariance, axis=0), axis=1)))
    path = pd.DataFrame({"actual": values[position:], "forecast": mean}, index=y.index[position:])
    path = path.assign(low=mean - half, high=mean + half, gap=path["actual"] - mean)
    total = path["gap"].cumsum()
    path = path.assign(gap_low=path["gap"] - half, gap_high=path["gap"] + half, total=total)
    return ForecastGap(
        path=path.assign(total_low=total - total_half, total_high=total + total_half),
        at=y.index[position],
        first=y.index[0],
        last=y.index[-1],
        observations=len(y),
        confidence=confidence,
        method=f"forecast by a structural time series fitted before {y.index[position]}: {chosen.in_words()}; "
        f"prediction intervals at {confidence:.0%} given the variances",
    )


def _predicted(fit: Any, position: int) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of all observations from ``position`` on, as forecast from those before it.

    ``Cov(y_s, y_t) = Z_s P_s (T')^(t - s) Z_t'`` for s < t, and the variance of the irregular is added at s = t (Durbin
    and Koopman, 2012, on forecasting); filtering past the last observation gives the means and P_s.
    """
    system, ends = fit.model.ssm, range(position, fit.nobs)
    design, transition = system["design"], system["transition"]
    loads = [design[0, :, s] if design.ndim == 3 and design.shape[2] > 1 else design[0].reshape(-1) for s in ends]
    noise = float(system["obs_cov"][0, 0].item())
    count = len(loads)
    covariance = np.empty((count, count))
    for s in range(count):
        carried = fit.predicted_state_cov[:, :, position + s] @ loads[s]
        for t in range(s, count):
            covariance[s, t] = covariance[t, s] = loads[t] @ carried
            carried = transition @ carried
        covariance[s, s] += noise
    mean = np.array([load @ fit.predicted_state[:, s] for load, s in zip(loads, ends, strict=True)])
    return mean, covariance
