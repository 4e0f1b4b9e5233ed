"""Whether and when a regression changed: one break, at a date to be found or a date known beforehand.

- ``sup_f``: the largest of the Wald statistics of all dates (Andrews, "Tests for Parameter Instability and Structural
  Change with Unknown Change Point", Econometrica 61, 1993) with Hansen's (1997) p-values;
- ``known_break``: the test at one date that was not read off the same data (Chow, 1960), by F or by a Wald test;
- ``cusum``: the running sum of least-squares residuals (Ploberger and Kraemer, 1992), by statsmodels.

statsmodels has the last alone; the others are written here and agree with R's strucchange. Breaks in several places are
in ``bai_perron``. All coefficients may change. A break at position t has t observations before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.diagnostic import breaks_cusumolsresid

from jpresearch.errors import StatsError
from jpresearch.stats.bandwidth import textbook_lags
from jpresearch.stats.hansen import sup_p_value
from jpresearch.stats.inputs import check_confidence, check_lags
from jpresearch.stats.segments import (
    Design,
    Errors,
    FloatArray,
    checked_design,
    coefficients_of,
    long_run_sum,
    lower_factors,
    running,
)

TRIM: Final = 0.15
"""Share of the sample at either end in which no break is looked for (Andrews, 1993)."""
NO_ERROR: Final = 1e-24
"""Residual sums of squares below this share of the total are rounding, not error."""

CHUNK_BYTES: Final = 32_000_000


@dataclass(frozen=True)
class SupF:
    """The largest Wald statistic over all dates, and the statistic at each.

    Attributes
    ----------
    statistic : the largest; F times the number of coefficients.
    position, last_before, first_after : observations before the date where it is largest, and the labels around it.
    path : statistic by the label of the last observation before the date.
    lags : autocovariances allowed for, 0 unless ``errors`` is ``hac``.
    """

    statistic: float
    p_value: float
    position: int
    last_before: Any
    first_after: Any
    path: pd.Series[float]
    coefficients: tuple[str, ...]
    trim: float
    lags: int
    first: Any
    last: Any
    observations: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row: statistic, p_value, position, last_before, first_after, coefficients (how many), observations."""
        row = {name: getattr(self, name) for name in ("statistic", "p_value", "position", "last_before", "first_after")}
        return pd.DataFrame([row | {"coefficients": len(self.coefficients), "observations": self.observations}])


@dataclass(frozen=True)
class KnownBreak:
    """The regression before and after a date, and the test that nothing changed.

    Attributes
    ----------
    before, after, change : coefficients by name, ``change`` being ``after - before``.
    std_error, low, high : of ``change``, by name; t quantiles.
    statistic, p_value : the F test that all changes are zero, with (k, n - 2k) degrees of freedom.
    position, last_before, first_after : observations before the date, and the labels on either side of it.
    """

    before: pd.Series[float]
    after: pd.Series[float]
    change: pd.Series[float]
    std_error: pd.Series[float]
    low: pd.Series[float]
    high: pd.Series[float]
    statistic: float
    p_value: float
    position: int
    last_before: Any
    first_after: Any
    lags: int
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """One row per coefficient: before, after, change, std_error, low, high."""
        names = ("before", "after", "change", "std_error", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in names}).rename_axis("coefficient")


@dataclass(frozen=True)
class Cusum:
    """The running sum of residuals: its largest absolute value and the p-value of that under no change."""

    statistic: float
    p_value: float
    path: pd.Series[float]
    first: Any
    last: Any
    observations: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row: statistic, p_value, observations."""
        return pd.DataFrame([{name: getattr(self, name) for name in ("statistic", "p_value", "observations")}])


def sup_f(
    y: pd.Series[Any],
    x: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    trim: float = TRIM,
    errors: Errors = "classical",
    lags: int | None = None,
) -> SupF:
    """Test for one break at an unknown date in the regression of ``y`` on a constant and ``x``.

    Parameters
    ----------
    y, x : one row per period, no value missing; ``x`` None tests the mean.
    trim : share of the sample at either end in which no break is looked for, 0.01 to below 0.5.
    errors : ``classical`` (one variance, no autocorrelation), ``hc`` (White with n / (n - 2k)), ``hac`` (Newey-West,
        the same factor). Under autocorrelation the classical test finds breaks that are not there; ``hac`` with short
        samples still does so, if less.
    lags : for ``hac``; ``None`` is the textbook rule.

    Raises
    ------
    StatsError : input as ``segments.checked_design``; trim or lags out of range; a regressor that does not vary on one
        side of some date; a perfect fit.
    """
    design = checked_design(y, x, "sup_f")
    used = checked_lags(design, errors, lags, "sup_f")
    path, first = wald_path(design, trim, errors, used)
    n = design.observations
    best = int(np.argmax(path))
    shares = first / n, (first + len(path) - 1) / n
    return SupF(
        statistic=float(path[best]),
        p_value=sup_p_value(float(path[best]), design.coefficients, shares[0], upper=shares[1]),
        position=first + best,
        last_before=design.index[first + best - 1],
        first_after=design.index[first + best],
        path=pd.Series(path, index=design.index[first - 1 : first - 1 + len(path)], name="statistic"),
        coefficients=design.names,
        trim=trim,
        lags=used,
        first=design.index[0],
        last=design.index[-1],
        observations=n,
        method=f"largest Wald statistic with {trim:.0%} trimmed at either end (Andrews, 1993), "
        f"{errors_in_words(errors, used)}, p-value of Hansen (1997)",
    )


def known_break(
    y: pd.Series[Any],
    x: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    at: Any,
    errors: Errors = "hac",
    lags: int | None = None,
    confidence: float = 0.95,
) -> KnownBreak:
    """Compare the regression before ``at`` with that from ``at`` on.

    Parameters
    ----------
    y, x, errors, lags : as ``sup_f``. With ``classical`` errors this is the F test of Chow (1960).
    at : the first label of the new regime; where it is not in the index, the next label is. It must come from outside:
        for a date read off these data the p-value is far too small (use ``sup_f``).

    Raises
    ------
    StatsError : input as ``sup_f``; fewer observations on one side than coefficients plus one.
    """
    check_confidence(confidence, "known_break")
    design = checked_design(y, x, "known_break")
    used = checked_lags(design, errors, lags, "known_break")
    position = int(design.index.searchsorted(at))
    n, k = design.observations, design.coefficients
    if not k < position < n - k:
        raise StatsError(
            f"{position} observations before {at} and {n - position} from it on are too few for {k} coefficients",
            "known_break",
        )
    before, after, covariance = (part[0] for part in regime_changes(design, np.array([position]), errors, used))
    change, error = after - before, np.sqrt(np.diag(covariance))
    half = error * float(stats.t.ppf(0.5 + confidence / 2, n - 2 * k))
    statistic = float(_wald(change[None], covariance[None])[0]) / k
    return KnownBreak(
        before=_named(design, before),
        after=_named(design, after),
        change=_named(design, change),
        std_error=_named(design, error),
        low=_named(design, change - half),
        high=_named(design, change + half),
        statistic=statistic,
        p_value=float(stats.f.sf(statistic, k, n - 2 * k)),
        position=position,
        last_before=design.index[position - 1],
        first_after=design.index[position],
        lags=used,
        first=design.index[0],
        last=design.index[-1],
        observations=n,
        confidence=confidence,
        method=f"all coefficients before against after a given date, {errors_in_words(errors, used)}, "
        f"F test and t intervals at {confidence:.0%}",
    )


def cusum(y: pd.Series[Any], x: pd.DataFrame | pd.Series[Any] | None = None) -> Cusum:
    """The test of Ploberger and Kraemer (1992) that residuals do not drift, by statsmodels.

    It needs no trimming but has little power against breaks that leave the mean of ``y`` as it was. Errors must be free
    of autocorrelation. Raises ``StatsError`` on input as ``segments.checked_design`` and on a perfect fit.
    """
    design = checked_design(y, x, "cusum")
    _, residuals = coefficients_of(design, 0, design.observations)
    check_error(float(residuals @ residuals), design, "cusum")
    statistic, p_value, _ = breaks_cusumolsresid(residuals, ddof=design.coefficients)
    scale = np.sqrt(residuals @ residuals / (design.observations - design.coefficients) * design.observations)
    return Cusum(
        statistic=float(statistic),
        p_value=float(p_value),
        path=pd.Series(np.cumsum(residuals) / scale, index=design.index, name="cusum"),
        first=design.index[0],
        last=design.index[-1],
        observations=design.observations,
        method="largest running sum of least-squares residuals, p-value of the Brownian bridge",
    )


def wald_path(design: Design, trim: float, errors: Errors, lags: int) -> tuple[FloatArray, int]:
    """The Wald statistic of every date inside the trimming, and the position of the first (Andrews, 1993).

    Dates that leave no more observations on a side than coefficients are trimmed too. Raises as ``sup_f``.
    """
    n, k = design.observations, design.coefficients
    if not 0.01 <= trim < 0.5:
        raise StatsError(f"trim must lie from 0.01 to below 0.5, not {trim}", "sup-F")
    first = max(int(np.floor(trim * n + 1e-9)), k + 1)
    if n - first <= first:
        raise StatsError(f"{n} observations leave no dates to try with {trim:.0%} trimmed", "sup-F")
    positions = np.arange(first, n - first + 1)
    size = max(1, CHUNK_BYTES // (8 * n * k))
    parts = [
        regime_changes(design, positions[start : start + size], errors, lags)
        for start in range(0, len(positions), size)
    ]
    return np.concatenate([_wald(after - before, covariance) for before, after, covariance in parts]), first


def regime_changes(
    design: Design, positions: NDArray[np.intp], errors: Errors, lags: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Coefficients before and after each of P dates, shape (P, k), and the covariances (P, k, k) of their differences.

    The difference is a sum over observations, ``(X2'X2)^-1 x_t u_t`` after the date less ``(X1'X1)^-1 x_t u_t`` before
    it; its covariance is the long-run sum of these terms, times n / (n - 2k). ``classical`` has one variance instead.
    """
    n, k = design.observations, design.coefficients
    y, x, triangle, beta = design.reduced()
    outer, cross = running(x[:, :, None] * x[:, None, :]), running(x * y[:, None])
    inverses = [_inverses(inside) for inside in (outer[positions], outer[-1] - outer[positions])]
    sums = cross[positions], cross[-1] - cross[positions]
    before, after = ((inverse @ part[:, :, None])[:, :, 0] for inverse, part in zip(inverses, sums, strict=True))
    late = np.arange(n) >= positions[:, None]
    residuals = y - np.where(late, after @ x.T, before @ x.T)
    squares = np.sum(residuals * residuals, axis=1)
    check_error(float(squares.min()), design, "break test")
    if errors == "classical":
        covariance = (inverses[0] + inverses[1]) * (squares / (n - 2 * k))[:, None, None]
    else:
        terms = np.where(late[:, :, None], x @ inverses[1], -(x @ inverses[0])) * residuals[:, :, None]
        covariance = long_run_sum(terms, lags) * (n / (n - 2 * k))
    back = np.linalg.inv(triangle)
    return beta + before @ back.T, beta + after @ back.T, back @ covariance @ back.T


def checked_lags(design: Design, errors: Errors, lags: int | None, where: str) -> int:
    """The lags to use: 0 unless ``errors`` is ``hac``. Raises ``StatsError`` on unknown errors or impossible lags."""
    if errors not in get_args(Errors):
        raise StatsError(f"no errors called {errors!r}", where, f"Allowed: {', '.join(get_args(Errors))}.")
    if errors != "hac":
        if lags is not None:
            raise StatsError(f"lags are for errors='hac', not {errors!r}", where)
        return 0
    used = textbook_lags(design.observations) if lags is None else lags
    check_lags(used, design.observations, where)
    return used


def has_error(squares: float, design: Design) -> bool:
    """Whether a sum of squared residuals is more than rounding."""
    return squares > NO_ERROR * float(design.y @ design.y)


def check_error(squares: float, design: Design, where: str) -> None:
    """Raise ``StatsError`` where the residuals are nothing but rounding: no test or interval exists."""
    if not has_error(squares, design):
        raise StatsError("the regression fits without error", where, "There is nothing to test against.")


def errors_in_words(errors: Errors, lags: int) -> str:
    """How the covariance was estimated, for ``method``."""
    words = {"classical": "classical errors", "hc": "White errors", "hac": f"Newey-West errors with {lags} lags"}
    return words[errors]


def _named(design: Design, values: FloatArray) -> pd.Series[float]:
    return pd.Series(values, index=list(design.names), dtype="float64")


def _inverses(inside: FloatArray) -> FloatArray:
    half = np.linalg.inv(lower_factors(inside))
    inverse: FloatArray = np.swapaxes(half, 1, 2) @ half
    return inverse


def _wald(change: FloatArray, covariance: FloatArray) -> FloatArray:
    """The quadratic forms of changes (P, k) in the inverses of their covariances (P, k, k)."""
    weighted: FloatArray = np.linalg.solve(covariance, change[:, :, None])[:, :, 0]
    return np.asarray(np.sum(change * weighted, axis=1))
