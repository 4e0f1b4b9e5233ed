"""Least squares with errors that allow for autocorrelation and changing variance.

statsmodels computes the coefficients, ``covariance`` their spread; this module checks what goes in and says what came
out. Newey-West errors are statsmodels' own: Bartlett weights, no prewhitening, the T / (T - K) correction, quantiles of
the t distribution (Newey and West, Econometrica 55, 1987).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
import pandas as pd
import statsmodels.api as sm

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.bandwidth import textbook_lags
from jpresearch.stats.covariance import Covariance, NeweyWest
from jpresearch.stats.inputs import (
    as_design,
    as_frame,
    check_confidence,
    check_index,
    check_rows,
    check_same_index,
    check_variation,
    complete,
)
from jpresearch.stats.reference import Reference

__all__ = [
    "Estimate",
    "JointTest",
    "Regression",
    "least_squares",
    "newey_west",
    "textbook_lags",
]

EXPLAINED: Final = "the explained series"


@dataclass(frozen=True)
class JointTest:
    """The F test that several coefficients are all zero, with the sample of its regression."""

    names: tuple[str, ...]
    statistic: float
    p_value: float
    degrees_of_freedom: int
    n: int
    first: Any
    last: Any
    method: str

    @property
    def estimate(self) -> Estimate:
        """The statistic with its p-value, as a family of tests takes it; it has no interval."""
        return Estimate(
            self.statistic,
            p_value=self.p_value,
            digits=1,
            n=self.n,
            first=self.first,
            last=self.last,
            method=self.method,
        )


@dataclass(frozen=True)
class Regression:
    """Coefficients by name with errors and intervals, and how they came about.

    ``residuals`` carry the labels of the rows used; ``dropped`` counts the rows left out for a missing value. ``lags``
    and ``bandwidth`` are those of the covariance (0 where no autocovariance enters), ``reference`` the law of t.
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
    bandwidth: float
    reference: Reference

    @property
    def first(self) -> Any:
        """Label of the first row used."""
        return self.residuals.index[0]

    @property
    def last(self) -> Any:
        """Label of the last row used."""
        return self.residuals.index[-1]

    @property
    def degrees_of_freedom(self) -> int:
        """Those of the t that intervals use; observations less coefficients where the law of t has none."""
        found = getattr(self.reference, "degrees_of_freedom", self.observations - len(self.params))
        return int(found)

    def table(self) -> pd.DataFrame:
        """One row per coefficient: estimate, std_error, t, p_value, low, high."""
        columns = {"estimate": self.params, "std_error": self.std_errors, "t": self.params / self.std_errors}
        columns |= {"p_value": self.p_values, "low": self.low, "high": self.high}
        return pd.DataFrame(columns).rename_axis("coefficient")

    def __getitem__(self, name: str) -> Estimate:
        """The coefficient called ``name``. Raises ``StatsError`` on an unknown name."""
        return self.combination({name: 1.0})

    def estimate(self, name: str) -> Estimate:
        """The coefficient called ``name``."""
        return self[name]

    def combination(self, weights: Mapping[str, float]) -> Estimate:
        """A weighted sum of coefficients, such as the sum over several lags. Raises ``StatsError`` on unknown names."""
        self._require(list(weights))
        vector = np.array([weights.get(str(name), 0.0) for name in self.params.index])
        value = float(vector @ self.params.to_numpy())
        error = sqrt(float(vector @ self.covariance.to_numpy() @ vector))
        half = error * self.reference.quantile(self.confidence)
        return Estimate(
            value,
            value - half,
            value + half,
            self.reference.p_value(value / error) if error else None,
            n=self.observations,
            first=self.first,
            last=self.last,
            method=self.method,
            confidence=self.confidence,
            std_error=error,
        )

    def joint(self, names: Sequence[str]) -> JointTest:
        """The F test that all coefficients in ``names`` are zero. Raises ``StatsError`` on unknown names."""
        self._require(names)
        params = self.params[list(names)].to_numpy()
        inside = self.covariance.loc[list(names), list(names)].to_numpy()
        statistic = float(params @ np.linalg.solve(inside, params)) / len(params)
        p_value = self.reference.joint_p_value(statistic, len(params))
        method = f"F test that {', '.join(map(str, names))} are zero; {self.method}"
        sample = (self.observations, self.first, self.last)
        return JointTest(tuple(names), statistic, p_value, self.degrees_of_freedom, *sample, method)

    def _require(self, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in self.params.index]
        if unknown or not names:
            known = ", ".join(map(str, self.params.index))
            raise StatsError(f"no coefficient called {', '.join(map(repr, unknown)) or 'nothing'}", "regression", known)


def least_squares(
    y: pd.Series,
    x: pd.DataFrame | pd.Series,
    *,
    covariance: Covariance | None = None,
    confidence: float = 0.95,
) -> Regression:
    """Ordinary least squares of ``y`` on a constant and ``x``, with the errors asked for.

    Parameters
    ----------
    y : the explained series, one value per period.
    x : the explaining series or frame, same index as ``y``.
    covariance : ``HC``, ``NeweyWest``, ``NeweyWest1994``, ``Andrews1991`` or ``FixedB`` of ``stats.covariance``;
        ``None`` is Newey-West with the textbook number of lags.
    confidence : coverage of the intervals.

    Incomplete rows at either end, such as lags leave, are cut off and counted as ``dropped``; one inside is refused.

    Raises
    ------
    StatsError : index unsorted, with duplicates or unequal; a missing value inside; infinite values; too few rows; a
        constant or collinear column.
    """
    where = "least_squares"
    check_confidence(confidence, where)
    frame = _joined(y, x, where)
    kept = complete(frame, where)
    return _fit(kept, len(frame) - len(kept), covariance or NeweyWest(), confidence, where)


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
    where = "newey_west"
    check_confidence(confidence, where)
    frame = _joined(y, x, where)
    if np.isinf(frame.to_numpy()).any():
        raise StatsError("values must be finite or missing", where)
    kept = frame.dropna()
    return _fit(kept, len(frame) - len(kept), NeweyWest(lags), confidence, where)


def _joined(y: pd.Series, x: pd.DataFrame | pd.Series, where: str) -> pd.DataFrame:
    regressors = as_frame(x, where)
    check_same_index(y, regressors, where)
    check_index(regressors, where)
    return pd.concat([y.rename(EXPLAINED).astype(float), regressors], axis=1)


def _fit(kept: pd.DataFrame, dropped: int, covariance: Covariance, confidence: float, where: str) -> Regression:
    check_rows(len(kept), kept.shape[1], where)  # the explained column stands for the constant in this count
    check_variation(kept, where)
    fit = sm.OLS(kept[EXPLAINED], as_design(kept.drop(columns=EXPLAINED), where)).fit()
    spread = covariance.of(fit)
    names, reference = fit.params.index, spread.reference
    errors = pd.Series(np.sqrt(np.diag(spread.matrix)), index=names)
    half = errors * reference.quantile(confidence)
    return Regression(
        params=fit.params,
        std_errors=errors,
        low=(fit.params - half).rename("low"),
        high=(fit.params + half).rename("high"),
        p_values=(fit.params / errors).map(reference.p_value),
        covariance=pd.DataFrame(spread.matrix, index=names, columns=names),
        residuals=fit.resid,
        observations=int(fit.nobs),
        dropped=dropped,
        lags=spread.lags,
        r_squared=float(fit.rsquared),
        confidence=confidence,
        method=f"ordinary least squares, {spread.words}, {reference.words} intervals at {confidence:.0%}",
        bandwidth=spread.bandwidth,
        reference=reference,
    )
