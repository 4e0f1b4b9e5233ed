"""Least squares with errors that allow for autocorrelation and changing variance.

Newey and West, "A Simple, Positive Semi-Definite, Heteroskedasticity and Autocorrelation Consistent Covariance Matrix"
(Econometrica 55, 1987): Bartlett weights, no prewhitening, the T / (T - K) correction, quantiles of the t distribution.
statsmodels computes; this module checks what goes in and says what came out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt
from typing import Any, Final

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from jpresearch.errors import StatsError

CONSTANT: Final = "const"
# A design whose columns, each scaled to length one, have a larger condition number is collinear to working precision.
LARGEST_CONDITION: Final = 1e10


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and interval."""

    value: float
    std_error: float
    low: float
    high: float

    @property
    def covers_zero(self) -> bool:
        """Whether the interval holds zero."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class JointTest:
    """The F test that several coefficients are all zero."""

    names: tuple[str, ...]
    statistic: float
    p_value: float
    degrees_of_freedom: int


@dataclass(frozen=True)
class Regression:
    """Coefficients by name with errors and intervals, and how they came about.

    ``residuals`` carry the labels of the rows used; ``dropped`` counts the rows left out for a missing value.
    """

    params: pd.Series
    std_errors: pd.Series
    low: pd.Series
    high: pd.Series
    p_values: pd.Series
    covariance: pd.DataFrame
    residuals: pd.Series
    observations: int
    dropped: int
    lags: int
    r_squared: float
    confidence: float
    method: str

    @property
    def degrees_of_freedom(self) -> int:
        """Observations less coefficients."""
        return self.observations - len(self.params)

    def table(self) -> pd.DataFrame:
        """One row per coefficient: estimate, std_error, t, p_value, low, high."""
        columns = {"estimate": self.params, "std_error": self.std_errors, "t": self.params / self.std_errors}
        columns |= {"p_value": self.p_values, "low": self.low, "high": self.high}
        return pd.DataFrame(columns).rename_axis("coefficient")

    def estimate(self, name: str) -> Estimate:
        """The coefficient called ``name``."""
        return self.combination({name: 1.0})

    def combination(self, weights: Mapping[str, float]) -> Estimate:
        """A weighted sum of coefficients, such as the sum over several lags. Raises ``StatsError`` on unknown names."""
        self._require(list(weights))
        vector = np.array([weights.get(str(name), 0.0) for name in self.params.index])
        value = float(vector @ self.params.to_numpy())
        error = sqrt(float(vector @ self.covariance.to_numpy() @ vector))
        half = error * float(stats.t.ppf(0.5 + self.confidence / 2, self.degrees_of_freedom))
        return Estimate(value, error, value - half, value + half)

    def joint(self, names: Sequence[str]) -> JointTest:
        """The F test that all coefficients in ``names`` are zero. Raises ``StatsError`` on unknown names."""
        self._require(names)
        params = self.params[list(names)].to_numpy()
        inside = self.covariance.loc[list(names), list(names)].to_numpy()
        statistic = float(params @ np.linalg.solve(inside, params)) / len(params)
        p_value = float(stats.f.sf(statistic, len(params), self.degrees_of_freedom))
        return JointTest(tuple(names), statistic, p_value, self.degrees_of_freedom)

    def _require(self, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in self.params.index]
        if unknown or not names:
            known = ", ".join(map(str, self.params.index))
            raise StatsError(f"no coefficient called {', '.join(map(repr, unknown)) or 'nothing'}", "regression", known)


def textbook_lags(observations: int) -> int:
    """The usual number of lags, floor(4 (T / 100)^(2/9)), never more than T - 1."""
    rule: float = 4 * (observations / 100) ** (2 / 9)
    return min(floor(rule), observations - 1)


def newey_west(
    y: pd.Series, x: pd.DataFrame | pd.Series, *, lags: int | None = None, confidence: float = 0.95
) -> Regression:
    """Ordinary least squares of ``y`` on a constant and ``x`` with Newey-West errors.

    Parameters
    ----------
    y : the explained series, one value per period.
    x : the explaining series or frame, same index as ``y``.
    lags : autocovariances that the errors allow for; ``None`` is ``textbook_lags``, 0 is for changing variance alone.
    confidence : coverage of the intervals.

    Rows with a missing value on either side are left out, and the others count as neighbours (the "equal spacing" of
    Datta and Du, 2012). Lagged columns must therefore be made before, on the full calendar.

    Raises
    ------
    StatsError : index unsorted, with duplicates or unequal; infinite values; too few rows; a constant or collinear
        column.
    """
    if not 0 < confidence < 1:
        raise StatsError(f"confidence must lie between 0 and 1, not {confidence}", "newey_west")
    frame = _joined(y, x)
    kept = frame.dropna()
    _check_design(kept)
    used = textbook_lags(len(kept)) if lags is None else lags
    if not 0 <= used < len(kept):
        raise StatsError(f"lags must lie between 0 and {len(kept) - 1}, not {used}", "newey_west")
    options = {"maxlags": used, "use_correction": True}
    design = sm.add_constant(kept.iloc[:, 1:], has_constant="raise")
    fit = sm.OLS(kept.iloc[:, 0], design).fit(cov_type="HAC", cov_kwds=options, use_t=True)
    return _result(fit, len(frame) - len(kept), used, lags is None, confidence)


def _joined(y: pd.Series, x: pd.DataFrame | pd.Series) -> pd.DataFrame:
    regressors = x.to_frame("x" if x.name is None else str(x.name)) if isinstance(x, pd.Series) else x
    if not y.index.equals(regressors.index):
        raise StatsError("the two sides must have the same index", "newey_west", "Reindex both to one calendar.")
    if not y.index.is_monotonic_increasing or not y.index.is_unique:
        raise StatsError("the index must be sorted and without duplicates", "newey_west")
    if regressors.columns.has_duplicates or CONSTANT in regressors.columns or regressors.shape[1] == 0:
        raise StatsError(f"columns must be named once each, none of them {CONSTANT!r}", "newey_west")
    frame = pd.concat([y.rename("__explained"), regressors], axis=1).astype(float)
    if np.isinf(frame.to_numpy()).any():
        raise StatsError("values must be finite or missing", "newey_west")
    return frame


def _check_design(kept: pd.DataFrame) -> None:
    rows, coefficients = kept.shape  # the explained column stands for the constant in this count
    if rows <= coefficients:
        raise StatsError(f"{rows} complete rows are too few for {coefficients} coefficients", "newey_west")
    spread = np.ptp(kept.to_numpy(), axis=0)
    flat = [str(name) for name, width in zip(kept.columns, spread, strict=True) if width == 0]
    if flat:
        names = ", ".join("the explained series" if name == "__explained" else name for name in flat)
        raise StatsError(f"no variation in {names}", "newey_west")
    design = sm.add_constant(kept.iloc[:, 1:], has_constant="raise").to_numpy()
    if np.linalg.cond(design / np.linalg.norm(design, axis=0)) > LARGEST_CONDITION:
        raise StatsError("the columns are collinear", "newey_west", "Leave one of them out.")


def _result(fit: Any, dropped: int, lags: int, by_rule: bool, confidence: float) -> Regression:
    interval = fit.conf_int(alpha=1 - confidence)
    rule = "textbook rule" if by_rule else "as asked"
    return Regression(
        params=fit.params,
        std_errors=fit.bse,
        low=interval[0].rename("low"),
        high=interval[1].rename("high"),
        p_values=fit.pvalues,
        covariance=fit.cov_params(),
        residuals=fit.resid,
        observations=int(fit.nobs),
        dropped=dropped,
        lags=lags,
        r_squared=float(fit.rsquared),
        confidence=confidence,
        method=f"ordinary least squares, Newey-West errors with {lags} lags ({rule}), t intervals at {confidence:.0%}",
    )
