"""Structural time series: a level that wanders, a season that may change, and regressors; by statsmodels.

Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter" (1989); Durbin and Koopman, "Time Series
Analysis by State Space Methods" (2012). ``UnobservedComponents`` does the filtering. What is added: coefficients are
by default part of a state that begins diffuse (Durbin and Koopman, on regression), so that their errors are exact given
the variances, where statsmodels by default has those of the outer product of gradients; data are first brought to
variance one, so that yen and billions of yen give the same estimate; and a fit that does not converge raises.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import log, pi
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.statespace.structural import UnobservedComponents

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.inputs import (
    as_frame,
    check_collinearity,
    check_confidence,
    check_finite,
    check_index,
    check_same_index,
    check_variation,
)

FloatArray = NDArray[np.floating[Any]]
Level = Literal["local level", "local linear trend", "smooth trend", "random walk with drift"]
SLOPED: Final = ("local linear trend", "smooth trend", "random walk with drift")


@dataclass(frozen=True)
class Structure:
    """What the series is made of besides regressors.

    Attributes
    ----------
    level : how the level moves; ``local level`` has no slope, the others have one.
    season : periods of a year, ``None`` for none.
    harmonics : pairs of sines and cosines for the season; ``None`` is one dummy per period.
    changing : whether the season may change over time.
    coefficients : ``state`` (diffuse, exact errors) or ``likelihood`` (estimated with the variances).
    """

    level: Level = "local level"
    season: int | None = None
    harmonics: int | None = None
    changing: bool = True
    coefficients: Literal["state", "likelihood"] = "state"

    def check(self) -> None:
        """Raise ``StatsError`` on an unknown level, or harmonics that the season does not have."""
        if self.level not in get_args(Level):
            raise StatsError(f"no level called {self.level!r}", "structure", f"Allowed: {', '.join(get_args(Level))}.")
        if self.coefficients not in ("state", "likelihood"):
            raise StatsError(f"coefficients are 'state' or 'likelihood', not {self.coefficients!r}", "structure")
        if self.season is not None and self.season < 2:
            raise StatsError(f"a season has 2 periods or more, not {self.season}", "structure")
        if self.harmonics is not None and not 1 <= self.harmonics <= (self.season or 0) // 2:
            raise StatsError(f"a season of {self.season} periods has no {self.harmonics} harmonics", "structure")

    @property
    def diffuse(self) -> int:
        """Initial states about which nothing is known, regressors not counted."""
        season = 0 if self.season is None else self.season - 1
        if self.season is not None and self.harmonics is not None:
            season = min(2 * self.harmonics, self.season - 1)
        return 1 + (self.level in SLOPED) + season

    def in_words(self) -> str:
        """For ``method``."""
        kind = "changing" if self.changing else "fixed"
        season = f", {kind} season of {self.season}" if self.season else ""
        harmonics = f" in {self.harmonics} harmonics" if self.harmonics else ""
        return f"{self.level}{season}{harmonics}"


@dataclass(frozen=True)
class Structural:
    """A structural time series fitted by maximum likelihood.

    Attributes
    ----------
    coefficients : by regressor: ``estimate``, ``std_error``, ``low``, ``high``.
    variances : by disturbance, in the squared unit of the series.
    level : the smoothed level, in the unit of the series, without season and regressors.
    residuals : standardised one-step forecast errors; the first ones, which fit exactly, are left out.
    log_likelihood : diffuse, with 2 pi counted for the n - d observations that are not used up by diffuse states.
    whiteness : p-value of Ljung and Box that ``residuals`` are not autocorrelated up to ``whiteness_lags``.
    """

    coefficients: pd.DataFrame
    variances: pd.Series[float]
    level: pd.Series[float]
    residuals: pd.Series[float]
    log_likelihood: float
    whiteness: float
    whiteness_lags: int
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def __getitem__(self, name: str) -> Estimate:
        """The coefficient called ``name``. Raises ``StatsError`` on an unknown name."""
        if name not in self.coefficients.index:
            raise StatsError(
                f"no coefficient called {name!r}", "structural", ", ".join(map(str, self.coefficients.index))
            )
        row = self.coefficients.loc[name].astype(float).to_dict()
        return Estimate(
            row["estimate"],
            row["low"],
            row["high"],
            n=self.observations,
            first=self.first,
            last=self.last,
            method=self.method,
            confidence=self.confidence,
            std_error=row["std_error"],
        )

    def table(self) -> pd.DataFrame:
        """``coefficients``; empty where there are no regressors."""
        return self.coefficients


@dataclass(frozen=True)
class Scaled:
    """A model of a series and regressors brought to like size; ``y_unit`` and ``x_units`` lead back."""

    model: Any
    y_unit: float
    x_units: FloatArray
    structure: Structure


def structural(
    y: pd.Series[Any],
    x: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    structure: Structure | None = None,
    confidence: float = 0.95,
) -> Structural:
    """Fit a structural time series.

    Parameters
    ----------
    y, x : one row per period, same index, no value missing; ``x`` without a constant (the level is one).

    Raises
    ------
    StatsError : index unsorted, repeated or not one; values missing or infinite; no variation; collinear regressors;
        too few observations; an unknown structure; no convergence.
    """
    check_confidence(confidence, "structural")
    chosen = Structure() if structure is None else structure
    regressors = checked_regressors(y, x, chosen, "structural")
    scaled = scaled_model(y.to_numpy(dtype=float), regressors.to_numpy(), chosen)
    fit = fitted(scaled)
    diffuse = chosen.diffuse + regressors.shape[1] * (chosen.coefficients == "state")
    errors = pd.Series(fit.standardized_forecasts_error[0, diffuse:], index=y.index[diffuse:], name="residual")
    lags = max(1, min(2 * (chosen.season or 5), len(errors) // 5))
    used = len(y) - diffuse
    return Structural(
        coefficients=coefficient_table(scaled, fit, list(regressors.columns), confidence),
        variances=pd.Series(fit.params, index=fit.model.param_names).filter(like="sigma2") * scaled.y_unit**2,
        level=pd.Series(fit.level.smoothed * scaled.y_unit, index=y.index, name="level"),
        residuals=errors,
        log_likelihood=float(fit.llf) + diffuse / 2 * log(2 * pi) - used * log(scaled.y_unit),
        whiteness=float(acorr_ljungbox(errors.to_numpy(), lags=[lags])["lb_pvalue"].iloc[0]),
        whiteness_lags=lags,
        first=y.index[0],
        last=y.index[-1],
        observations=len(y),
        confidence=confidence,
        method=f"structural time series by maximum likelihood: {chosen.in_words()}; coefficients by "
        f"{chosen.coefficients}, t intervals at {confidence:.0%} given the variances",
    )


def checked_regressors(
    y: pd.Series[Any], x: pd.DataFrame | pd.Series[Any] | None, structure: Structure, where: str
) -> pd.DataFrame:
    """The regressors, once both sides are fit for estimation; a frame without columns where there are none.

    Raises as ``structural``.
    """
    structure.check()
    explained = y.to_frame("the explained series")
    check_index(explained, where)
    check_finite(explained, where)
    check_variation(explained.astype(float), where)
    regressors = pd.DataFrame(index=y.index)
    if x is not None and x.size:
        check_same_index(y, x, where)
        regressors = as_frame(x, where)
        check_finite(regressors, where)
        check_variation(regressors, where)
        check_collinearity(regressors.assign(const=1.0), where)
    needed = structure.diffuse + regressors.shape[1] + 5
    if len(y) < needed:
        raise StatsError(f"{len(y)} observations are too few: this structure needs {needed}", where)
    return regressors


def scaled_model(y: FloatArray, x: FloatArray, structure: Structure) -> Scaled:
    """The statsmodels model of ``y`` (missing values allowed) over its deviation and ``x`` over its largest values."""
    y_unit = float(np.nanstd(y))
    x_units = np.abs(x).max(axis=0) if x.shape[1] else np.ones(0)
    options: dict[str, Any] = {}
    if structure.season is not None and structure.harmonics is None:
        options = {"seasonal": structure.season, "stochastic_seasonal": structure.changing}
    elif structure.season is not None:
        waves = [{"period": structure.season, "harmonics": structure.harmonics}]
        options = {"freq_seasonal": waves, "stochastic_freq_seasonal": [structure.changing]}
    model = UnobservedComponents(
        y / y_unit,
        structure.level,
        exog=x / x_units if x.shape[1] else None,
        mle_regression=structure.coefficients == "likelihood",
        use_exact_diffuse=True,
        **options,
    )
    return Scaled(model, y_unit, x_units, structure)


def fitted(scaled: Scaled) -> Any:
    """The maximum-likelihood fit. Raises ``StatsError`` where two searches in turn do not converge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what statsmodels warns of is checked below, and raises
        fit = scaled.model.fit(disp=False, maxiter=500)
        if not fit.mle_retvals["converged"]:
            fit = scaled.model.fit(fit.params, method="nm", disp=False, maxiter=5000)
    if not fit.mle_retvals["converged"] or not np.isfinite(fit.llf):
        raise StatsError("the likelihood has no maximum that the search finds", "structural", "Simplify the structure.")
    return fit


def coefficient_table(scaled: Scaled, fit: Any, names: list[str], confidence: float) -> pd.DataFrame:
    """Estimate, error and t interval of each regressor, in units of the series per unit of the regressor."""
    k = len(names)
    if scaled.structure.coefficients == "state":
        estimate = fit.smoothed_state[len(fit.smoothed_state) - k :, -1]
        error = np.sqrt(np.diag(fit.smoothed_state_cov[:, :, -1])[len(fit.smoothed_state) - k :])
    else:
        estimate, error = fit.params[len(fit.params) - k :], fit.bse[len(fit.bse) - k :]
    unit = scaled.y_unit / scaled.x_units
    frame = pd.DataFrame({"estimate": estimate * unit, "std_error": error * unit}, index=names, dtype="float64")
    freedom = int(np.isfinite(scaled.model.endog).sum()) - scaled.structure.diffuse - k
    half = frame["std_error"] * float(stats.t.ppf(0.5 + confidence / 2, freedom))
    bounds = {"low": frame["estimate"] - half, "high": frame["estimate"] + half}
    return frame.assign(**bounds).rename_axis("regressor")
