"""Equations with the same regressors whose left sides add up to one of them, estimated together.

Seemingly unrelated regressions (Zellner, JASA 57, 1962) by linearmodels, least squares: with the same regressors in
each equation generalised least squares is the same (Zellner), and the coefficients add up by themselves when
the left sides do. What this module adds is the check that they do, and one covariance over all equations, so that
sums and differences of coefficients have errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.system import SUR
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.bandwidth import textbook_lags
from jpresearch.stats.inputs import as_design, check_confidence, check_finite, check_index, check_same_index

TOLERANCE = 1e-6


@dataclass(frozen=True)
class System:
    """Coefficients of all equations: ``params`` is equations x regressors, ``covariance`` over (equation, regressor).

    ``method`` says estimator and errors; intervals use quantiles of t with ``degrees_of_freedom``.
    """

    params: pd.DataFrame
    covariance: pd.DataFrame
    observations: int
    lags: int
    confidence: float
    first: Any
    last: Any
    degrees_of_freedom: int
    method: str

    def estimate(self, equation: str, regressor: str) -> Estimate:
        """One coefficient."""
        return self.combination({(equation, regressor): 1.0})

    def combination(self, weights: Mapping[tuple[str, str], float]) -> Estimate:
        """A weighted sum of coefficients, across equations too. Raises ``StatsError`` on a name that is not there."""
        unknown = [name for name in weights if name not in self.covariance.index]
        if unknown:
            raise StatsError(f"no coefficient {unknown[0]}", "system", f"There are {list(self.covariance.index)}.")
        vector = np.array([weights.get(name, 0.0) for name in self.covariance.index])
        value = float(vector @ self.params.to_numpy().ravel())
        error = sqrt(max(float(vector @ self.covariance.to_numpy() @ vector), 0.0))
        half = error * float(stats.t.ppf(0.5 + self.confidence / 2, self.degrees_of_freedom))
        return Estimate(
            value,
            value - half,
            value + half,
            float(2 * stats.t.sf(abs(value / error), self.degrees_of_freedom)) if error else None,
            n=self.observations,
            first=self.first,
            last=self.last,
            method=self.method,
            confidence=self.confidence,
            std_error=error,
        )

    def p_value(self, found: Estimate) -> float:
        """Two-sided, of the null that ``found`` is zero."""
        return float(2 * stats.t.sf(abs(found.value / found.std_error), self.degrees_of_freedom))

    def table(self, regressor: str) -> pd.DataFrame:
        """One coefficient of every equation: ``estimate``, ``std_error``, ``low``, ``high``, ``p_value``."""
        rows = {name: self.estimate(str(name), regressor) for name in self.params.index}
        frame = pd.DataFrame(
            {
                str(name): {
                    "estimate": found.value,
                    "std_error": found.std_error,
                    "low": found.low,
                    "high": found.high,
                    "p_value": self.p_value(found),
                }
                for name, found in rows.items()
            }
        ).T
        return frame.rename_axis("equation")


def adding_up(
    left: pd.DataFrame, right: pd.DataFrame, *, to: str, lags: int | None = None, confidence: float = 0.95
) -> System:
    """Regress every column of ``left`` on ``right`` and a constant, where the columns of ``left`` sum to minus ``to``.

    Parameters
    ----------
    left : one column per equation; its rows must sum to minus the column ``to`` of ``right`` (within rounding).
    right : regressors, same index, no value missing.
    lags : of the Bartlett kernel (Newey and West, 1987); ``None`` is the textbook rule.

    Returns
    -------
    System. The coefficients on ``to`` sum to minus one over the equations, all others to zero.

    Raises
    ------
    StatsError : index unsorted or repeated, values missing, too few rows, collinear or constant regressors, a column
        ``to`` that is not there, or left sides that do not add up: the first row that fails is named.
    """
    check_confidence(confidence, "system")
    for frame in (left, right):
        check_index(frame, "system")
        check_finite(frame, "system")
    check_same_index(left, right, "system")
    design = as_design(right, "system")
    _check_sum(left, right, to)
    used = textbook_lags(len(left)) if lags is None else lags
    equations = {str(name): {"dependent": left[name], "exog": design} for name in left}
    config: dict[str, Any] = {"kernel": "bartlett", "bandwidth": used, "debiased": True}
    fit = SUR(equations).fit(method="ols", cov_type="kernel", **config)
    names = pd.MultiIndex.from_product([[str(name) for name in left], [str(name) for name in design.columns]])
    return System(
        params=pd.DataFrame(fit.params.to_numpy().reshape(left.shape[1], -1), list(equations), list(design.columns)),
        covariance=pd.DataFrame(fit.cov.to_numpy(), names, names),
        observations=len(left),
        lags=used,
        confidence=confidence,
        first=left.index[0],
        last=left.index[-1],
        degrees_of_freedom=len(left) - design.shape[1],
        method=f"{left.shape[1]} equations by least squares, same regressors; Newey-West errors with {used} lags over "
        f"all equations, t({len(left) - design.shape[1]})",
    )


def _check_sum(left: pd.DataFrame, right: pd.DataFrame, to: str) -> None:
    if to not in right:
        raise StatsError(f"no regressor {to!r}", "system", f"There are {list(right.columns)}.")
    gap = (left.sum(axis=1) + right[to]).abs()
    scale = max(float(right[to].abs().max()), 1.0)
    if float(gap.max()) > TOLERANCE * scale:
        raise StatsError(f"the left sides do not add up to minus {to!r} at {gap.idxmax()}", "system")
