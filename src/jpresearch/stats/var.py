"""Vector autoregressions: lags, whiteness, and responses under every order of two variables.

statsmodels estimates, counts criteria and tests residuals. Written by hand is what it lacks: the response to one shock
normalised to move its own variable by one unit, the set between two orderings, and generalised responses per unit.

Sources: Luetkepohl, "New Introduction to Multiple Time Series Analysis" (2005), on responses, causality, lag order
and checks; Pesaran and Shin, "Generalized impulse response analysis in linear multivariate models" (Economics Letters
58, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.tsa.api import VAR

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray, checked_frame, moving_average
from jpresearch.stats.inputs import check_collinearity


@dataclass(frozen=True)
class VectorAutoregression:
    """A vector autoregression with a constant, by least squares.

    Attributes
    ----------
    data : the frame it was fitted to, one row per period, one column per variable.
    coefficients : rows ``const``, ``L1.a``, ``L1.b``, ..., ``L2.a``, ...; one column per equation.
    residuals : one row per period from the first that has all lags.
    covariance : of the residuals, divided by observations less coefficients of an equation.
    largest_root : the largest modulus of an eigenvalue of the companion matrix; below 1 the system is stable.
    whiteness : p-value of the adjusted portmanteau test over ``whiteness_lags`` lags (Luetkepohl 2005, 4.4.3); it
        supposes constant variance and rejects too often without.
    """

    data: pd.DataFrame
    lags: int
    coefficients: pd.DataFrame
    residuals: pd.DataFrame
    covariance: pd.DataFrame
    largest_root: float
    whiteness: float
    whiteness_lags: int
    method: str

    @property
    def names(self) -> list[str]:
        """The variables, in the order of the columns."""
        return list(self.data.columns)

    @property
    def first(self) -> Any:
        """The label of the first period explained."""
        return self.residuals.index[0]

    @property
    def last(self) -> Any:
        """The label of the last period explained."""
        return self.residuals.index[-1]

    @property
    def observations(self) -> int:
        """Periods explained: all less the lags."""
        return len(self.residuals)

    def table(self) -> pd.DataFrame:
        """The coefficients, one row per regressor and one column per equation."""
        return self.coefficients.rename_axis(index="regressor", columns="equation")


@dataclass(frozen=True)
class OrderingSet:
    """The response to one variable under both of its orders against another, and all that lies between.

    ``paths`` has one row per horizon: ``impulse_first``, ``response_first``, and ``set_low``, ``set_high``, between
    which every other split of their common movement into impact and feedback of the same sign lies.
    """

    paths: pd.DataFrame
    impulse: str
    response: str
    before: tuple[str, ...]
    cumulative: bool
    lags: int
    first: Any
    last: Any
    observations: int
    method: str

    def table(self) -> pd.DataFrame:
        """``paths``."""
        return self.paths


def fit_var(data: pd.DataFrame, lags: int, *, whiteness_lags: int | None = None) -> VectorAutoregression:
    """A vector autoregression of all columns of ``data`` on ``lags`` lags of all of them and a constant.

    Parameters
    ----------
    data : one row per period in time order, one numeric column per variable, nothing missing.
    whiteness_lags : residual autocorrelations tested together; ``None`` is 10 or twice the lags, the larger.

    Raises
    ------
    StatsError : lags below 1; whiteness_lags not above lags; an index unsorted or repeated; missing values; constant or
        collinear columns; too few rows.
    """
    if lags < 1:
        raise StatsError(f"lags must be 1 or more, not {lags}", "fit_var")
    tested = max(10, 2 * lags) if whiteness_lags is None else whiteness_lags
    if tested <= lags:
        raise StatsError(f"whiteness_lags must be above the {lags} lags, not {tested}", "fit_var")
    width = data.shape[1]
    frame = checked_frame(data, "fit_var", rows=lags + max(1 + lags * width + width, tested + 1))
    check_rank(frame, lags, "fit_var")
    # Fitted in standard deviations, which costs no precision where yen stand beside returns, and brought back.
    scale = frame.std()
    fit = VAR((frame / scale).set_axis(pd.RangeIndex(len(frame)))).fit(lags, trend="c")
    per_unit = np.outer(np.concatenate([[1.0], np.tile(1 / scale, lags)]), scale)
    periods = frame.index[lags:]
    return VectorAutoregression(
        data=frame,
        lags=lags,
        coefficients=pd.DataFrame(fit.params) * per_unit,
        residuals=pd.DataFrame(fit.resid).set_axis(periods) * scale,
        covariance=pd.DataFrame(fit.sigma_u) * np.outer(scale, scale),
        largest_root=float(1.0 / np.abs(fit.roots).min()),
        whiteness=float(fit.test_whiteness(nlags=tested, adjusted=True).pvalue),
        whiteness_lags=tested,
        method=f"vector autoregression of {', '.join(map(str, data.columns))} with {lags} lags and a constant",
    )


def responses(
    fit: VectorAutoregression,
    shock: str,
    *,
    before: Sequence[str] = (),
    horizons: int = 26,
    cumulative: Sequence[str] = (),
) -> pd.DataFrame:
    """Responses of every variable to a shock that moves ``shock`` by one of its units.

    The shock is the part of the innovation in ``shock`` that the innovations in ``before`` do not explain: the Cholesky
    column, over its own diagonal element, of any order in which exactly ``before`` come earlier. With nothing before it
    this is the generalised response of Pesaran and Shin (1998) per unit instead of per deviation.

    Parameters
    ----------
    cumulative : variables whose responses are summed over the horizons (returns into a price).

    Returns
    -------
    Frame indexed by horizon (0 to ``horizons``), one column per variable: units of the variable per unit of ``shock``.

    Raises
    ------
    StatsError : unknown names, the shock among those before it, a negative horizon.
    """
    check_names(fit.names, [shock, *before, *cumulative], "responses")
    if shock in before:
        raise StatsError(f"{shock!r} cannot come before itself", "responses")
    if horizons < 0:
        raise StatsError(f"horizons must be 0 or more, not {horizons}", "responses")
    psi = moving_average(fit.coefficients.to_numpy()[None], horizons)
    impact = unit_impact(fit.covariance.to_numpy()[None], fit.names.index(shock), [fit.names.index(b) for b in before])
    paths = pd.DataFrame((psi @ impact[:, None, :, None])[0, :, :, 0], columns=fit.names)
    paths[list(cumulative)] = paths[list(cumulative)].cumsum()
    return paths.rename_axis("horizon")


def between_orderings(
    fit: VectorAutoregression,
    impulse: str,
    response: str,
    *,
    before: Sequence[str] = (),
    horizons: int = 26,
    cumulative: bool = True,
) -> OrderingSet:
    """The response of ``response`` to ``impulse`` with either ordered before the other, and the set between.

    Within one period the data show only that two innovations move together. If ``impulse`` comes first all of it counts
    as impact, if ``response`` comes first all of it counts as feedback. When both impact and feedback have the sign of
    the correlation, the truth moves ``response`` by some share, from 0 to 1, of what the first order says; the response
    at each horizon is linear in that share, so the two orders bound it.

    Parameters
    ----------
    before : variables ordered before both, such as a market abroad that closed earlier.

    Raises
    ------
    StatsError : as ``responses``.
    """
    summed = [response] if cumulative else []
    one = responses(fit, impulse, before=before, horizons=horizons, cumulative=summed)[response]
    other = responses(fit, impulse, before=[*before, response], horizons=horizons, cumulative=summed)[response]
    paths = pd.DataFrame({"impulse_first": one, "response_first": other})
    paths = paths.assign(set_low=paths.min(axis=1), set_high=paths.max(axis=1))
    return OrderingSet(
        paths=paths,
        impulse=impulse,
        response=response,
        before=tuple(before),
        cumulative=cumulative,
        lags=fit.lags,
        first=fit.first,
        last=fit.last,
        observations=fit.observations,
        method=f"{'cumulative ' if cumulative else ''}response of {response} to {impulse} by one unit; {fit.method}; "
        f"both orders{' after ' + ', '.join(before) if before else ''} and the set between",
    )


def unit_impact(covariance: FloatArray, shock: int, before: Sequence[int]) -> FloatArray:
    """What every innovation does when the shock moves its own by one, shape (samples, columns).

    With e the innovation of ``shock`` less its projection on those ``before`` it: cov(u, e) / var(e). The covariance
    has the shape (samples, columns, columns) and must be positive definite.
    """
    direct = covariance[:, :, shock]
    if before:
        chosen = list(before)
        weights = np.linalg.solve(covariance[:, chosen][:, :, chosen], direct[:, chosen][..., None])
        direct = direct - (covariance[:, :, chosen] @ weights)[..., 0]
        direct[:, chosen] = 0.0  # orthogonal by construction; leaves no rounding noise
    return direct / direct[:, [shock]]


def check_names(known: Sequence[str], asked: Sequence[str], where: str) -> None:
    """Raise ``StatsError`` where a name that is known comes twice or a name asked for is not known."""
    if len(set(known)) < len(known):
        raise StatsError("every column must be named once", where)
    unknown = [name for name in asked if name not in known]
    if unknown:
        listed = ", ".join(map(str, known))
        raise StatsError(f"no column called {', '.join(map(repr, unknown))}", where, f"There are: {listed}.")


def check_rank(frame: pd.DataFrame, lags: int, where: str) -> None:
    """Raise ``StatsError`` where the columns and their lags are linearly dependent once their means are taken out."""
    centred = (frame - frame.mean()).to_numpy()
    stacked = np.hstack([centred[lags - lag : len(centred) - lag] for lag in range(lags + 1)])
    check_collinearity(pd.DataFrame(stacked), where)
