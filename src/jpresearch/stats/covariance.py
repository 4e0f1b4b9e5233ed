"""Covariances of least-squares coefficients, each configured at construction and applied to a fit.

``HC("HC3").of(fit)`` takes a statsmodels least-squares fit and returns a ``Spread``: the matrix, the lags and bandwidth
it used, the law its t statistics follow, and the method in words. statsmodels does White's family and the Bartlett
sums; prewhitening, data-driven bandwidths, the quadratic spectral kernel and fixed-b quantiles it does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any, Literal, Protocol

import numpy as np
from statsmodels.stats.sandwich_covariance import S_hac_simple

from jpresearch.errors import StatsError
from jpresearch.stats.bandwidth import (
    Kernel,
    Matrix,
    andrews_1991,
    fixed_b_lags,
    kernel_weights,
    newey_west_1994,
    overlap_lags,
    prewhiten,
    textbook_lags,
)
from jpresearch.stats.inputs import check_lags
from jpresearch.stats.reference import BartlettFixedB, Reference, Student


@dataclass(frozen=True)
class Spread:
    """A covariance matrix (k x k) and how it came about.

    ``lags`` is the longest lag with a weight other than zero, ``bandwidth`` the point at which a Bartlett kernel
    reaches zero or the scale of a quadratic spectral one, 0 where no autocovariance enters.
    """

    matrix: Matrix
    lags: int
    bandwidth: float
    reference: Reference
    words: str


class Covariance(Protocol):
    """Anything that turns a statsmodels least-squares fit into a ``Spread``."""

    def of(self, fit: Any) -> Spread:
        """The spread of the coefficients of ``fit``. Raises ``StatsError`` where it is not defined."""


@dataclass(frozen=True)
class Classical:
    """Equal variances, no autocorrelation: s^2 (X'X)^-1. Here to show what the others correct."""

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``."""
        return Spread(np.asarray(fit.cov_params()), 0, 0.0, _student(fit), "classical errors")


@dataclass(frozen=True)
class HC:
    """White's errors for changing variance: HC0 (White 1980), HC1 (times T / (T - K)), HC2 and HC3.

    HC3, which weighs each squared residual by the inverse square of one less its leverage, has the best size in small
    samples (MacKinnon and White 1985; Long and Ervin 2000) and is the default.
    """

    kind: Literal["HC0", "HC1", "HC2", "HC3"] = "HC3"

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``. HC2 and HC3 raise where one observation alone decides a coefficient."""
        if self.kind not in {"HC0", "HC1", "HC2", "HC3"}:
            raise StatsError(f"unknown kind {self.kind!r}", "HC", "Allowed: HC0, HC1, HC2, HC3.")
        if self.kind in {"HC2", "HC3"}:
            leverage = np.einsum("tk,kt->t", fit.model.exog, fit.model.pinv_wexog)
            if leverage.max() > 1 - 1e-10:
                raise StatsError(f"one observation alone decides a coefficient; {self.kind} is not defined", "HC")
        matrix = np.asarray(getattr(fit, f"cov_{self.kind}"))
        return Spread(matrix, 0, 0.0, _student(fit), f"{self.kind} errors")


@dataclass(frozen=True)
class NeweyWest:
    """Bartlett weights, no prewhitening (Newey and West, Econometrica 55, 1987).

    ``lags`` of ``None`` is the textbook floor(4 (T / 100)^(2/9)), or ``horizon`` - 1 where sums over that many periods
    overlap and that is more; 0 with ``corrected`` off is HC0. ``corrected`` multiplies by T / (T - K).
    """

    lags: int | None = None
    corrected: bool = True
    horizon: int = 1

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``. Raises on lags below 0 or not below the number of observations."""
        rows = int(fit.nobs)
        lags = overlap_lags(rows, self.horizon) if self.lags is None else self.lags
        check_lags(lags, rows, "newey_west")
        rule = "textbook rule" if lags == textbook_lags(rows) else f"horizon of {self.horizon} less one"
        rule = rule if self.lags is None else "as asked"
        matrix = _sandwich(fit, S_hac_simple(_scores(fit), lags), self.corrected)
        words = f"Newey-West errors with {lags} lags ({rule})"
        return Spread(matrix, lags, lags + 1.0, _student(fit), words)


@dataclass(frozen=True)
class NeweyWest1994:
    """Newey-West with the number of lags chosen from the data (Newey and West, RES 61, 1994).

    R's ``sandwich::NeweyWest`` prewhitens unless told otherwise; here that is asked for, since without it the number of
    lags has its plain meaning.
    """

    prewhiten: bool = False
    corrected: bool = True

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``."""
        scores, recolour = _whitened(fit, self.prewhiten)
        chosen = newey_west_1994(scores, _slopes_only(fit), prewhitened=self.prewhiten)
        lags = min(floor(chosen), len(scores) - 1)
        matrix = _sandwich(fit, recolour @ S_hac_simple(scores, lags) @ recolour.T, self.corrected)
        words = f"Newey-West errors with {lags} lags (Newey and West 1994{_whitening(self.prewhiten)})"
        return Spread(matrix, lags, chosen, _student(fit), words)


@dataclass(frozen=True)
class Andrews1991:
    """A kernel estimate with Andrews's (1991) bandwidth from first-order autoregressions of the scores.

    The defaults, the quadratic spectral kernel after prewhitening (Andrews and Monahan 1992), are those of R's
    ``sandwich::kernHAC``.
    """

    kernel: Kernel = "quadratic spectral"
    prewhiten: bool = True
    corrected: bool = True

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``."""
        if self.kernel not in {"bartlett", "quadratic spectral"}:
            raise StatsError(f"unknown kernel {self.kernel!r}", "Andrews1991", "Allowed: bartlett, quadratic spectral.")
        scores, recolour = _whitened(fit, self.prewhiten)
        bandwidth = andrews_1991(scores, _slopes_only(fit), self.kernel)
        weights = kernel_weights(self.kernel, bandwidth, len(scores))
        lags = int(np.flatnonzero(weights)[-1])
        meat = recolour @ S_hac_simple(scores, lags, lambda _: weights) @ recolour.T
        words = f"{self.kernel} errors with bandwidth {bandwidth:.2f} (Andrews 1991{_whitening(self.prewhiten)})"
        return Spread(_sandwich(fit, meat, self.corrected), lags, bandwidth, _student(fit), words)


@dataclass(frozen=True)
class FixedB:
    """Newey-West with many lags and the quantiles that allow for their noise.

    Lazarus, Lewis, Stock and Watson (JBES 36, 2018): bandwidth 1.3 sqrt(T) unless ``lags`` is given, fixed-b quantiles
    of Kiefer and Vogelsang (2005) with b = (lags + 1) / T.
    """

    lags: int | None = None
    corrected: bool = True

    def of(self, fit: Any) -> Spread:
        """As ``Covariance``. Raises on lags below 0 or not below the number of observations."""
        rows = int(fit.nobs)
        lags = fixed_b_lags(rows) if self.lags is None else self.lags
        check_lags(lags, rows, "fixed_b")
        rule = "Lazarus, Lewis, Stock and Watson 2018" if self.lags is None else "as asked"
        matrix = _sandwich(fit, S_hac_simple(_scores(fit), lags), self.corrected)
        words = f"Newey-West errors with {lags} lags ({rule})"
        return Spread(matrix, lags, lags + 1.0, BartlettFixedB((lags + 1) / rows), words)


def _student(fit: Any) -> Student:
    return Student(int(fit.df_resid))


def _scores(fit: Any) -> Matrix:
    scores: Matrix = np.asarray(fit.model.exog) * np.asarray(fit.resid)[:, None]
    return scores


def _slopes_only(fit: Any) -> Matrix:
    varies = np.ptp(fit.model.exog, axis=0) > 0
    return varies.astype(float) if varies.any() else np.ones(len(varies))


def _whitened(fit: Any, wanted: bool) -> tuple[Matrix, Matrix]:
    scores = _scores(fit)
    return prewhiten(scores) if wanted else (scores, np.eye(scores.shape[1]))


def _whitening(wanted: bool) -> str:
    return ", prewhitened" if wanted else ""


def _sandwich(fit: Any, meat: Matrix, corrected: bool) -> Matrix:
    bread = np.asarray(fit.normalized_cov_params)
    factor = fit.nobs / fit.df_resid if corrected else 1.0
    matrix: Matrix = factor * bread @ meat @ bread
    return matrix
