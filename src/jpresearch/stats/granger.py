"""Whether one series helps to predict another, with errors that hold when variances change.

Granger, "Investigating Causal Relations by Econometric Models and Cross-Spectral Methods" (Econometrica 37, 1969): the
lags of the cause have zero coefficients in the effect's equation of a vector autoregression. It is prediction that is
tested, not cause. statsmodels' ``grangercausalitytests`` and ``test_causality`` suppose constant variance; the former
holds two series only. Here statsmodels fits the equation and tests it with HC1 or Newey-West errors; the bootstrap p is
written by hand: samples in which the null holds, residuals times one random sign for all equations of a period
(recursive-design wild bootstrap: Goncalves and Kilian, J. Econometrics 123, 2004; Hafner and Herwartz, "Testing for
Linear Vector Autoregressive Dynamics Under Multivariate Generalized Autoregressive Heteroskedasticity", Statistica
Neerlandica 63, 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
import statsmodels.api as sm

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray, checked_frame, lagged, least_squares, standardised
from jpresearch.stats.bootstrap import DRAWS
from jpresearch.stats.inputs import check_lags
from jpresearch.stats.regression import textbook_lags
from jpresearch.stats.residual_bootstrap import samples, world_of
from jpresearch.stats.var import check_names, check_rank

Errors = Literal["HC1", "HAC", "classical"]
WHERE: Final = "granger"


@dataclass(frozen=True)
class GrangerTest:
    """The test that ``cause`` does not help to predict ``effect``.

    Attributes
    ----------
    statistic : the F form of the Wald statistic, with ``restrictions`` and ``freedom`` degrees.
    p_value : from the F distribution; ``bootstrap_p_value`` : from the wild bootstrap, missing without draws.
    total : the sum of the tested coefficients, in units of the effect per unit of one cause held for ``lags`` periods.
    hac_lags : Newey-West lags; 0 with other errors.
    """

    cause: tuple[str, ...]
    effect: str
    statistic: float
    p_value: float
    bootstrap_p_value: float
    total: float
    restrictions: int
    freedom: int
    lags: int
    hac_lags: int
    draws: int
    seed: int
    first: Any
    last: Any
    observations: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row: cause, effect, lags, statistic, p_value, bootstrap_p_value, observations."""
        names = ["effect", "lags", "statistic", "restrictions", "freedom", "p_value", "bootstrap_p_value"]
        row = {"cause": ", ".join(self.cause)} | {name: getattr(self, name) for name in [*names, "observations"]}
        return pd.DataFrame([row])


def granger(
    data: pd.DataFrame,
    cause: str | Sequence[str],
    effect: str,
    lags: int,
    *,
    errors: Errors = "HC1",
    hac_lags: int | None = None,
    extra_lags: int = 0,
    draws: int = DRAWS,
    seed: int = 0,
) -> GrangerTest:
    """Test that ``lags`` lags of ``cause`` add nothing to those of all other columns in predicting ``effect``.

    Parameters
    ----------
    data : one row per period in time order, one numeric column per variable of the system.
    errors : robust to changing variance (``HC1``), to autocorrelation as well (``HAC``), or to neither (``classical``).
    hac_lags : Newey-West lags; ``None`` is the textbook rule.
    extra_lags : lags added and not tested, one for each time the series must be differenced to be stationary (Toda and
        Yamamoto, "Statistical Inference in Vector Autoregressions with Possibly Integrated Processes", J. Econometrics
        66, 1995).
    draws : of the wild bootstrap; 0 for none.

    Raises
    ------
    StatsError : unknown names, the effect among its causes; unknown errors; lags below 1; an index unsorted or
        repeated; a value missing inside; constant or collinear columns; too few periods; too few draws.
    """
    causes = (cause,) if isinstance(cause, str) else tuple(cause)
    every = lags + extra_lags
    frame, used = _checked(data, causes, effect, lags, extra_lags, errors, hac_lags)
    values, scale = standardised(frame.to_numpy())
    places = [list(frame.columns).index(name) for name in (effect, *causes)]
    tested = [1 + lag * len(scale) + place for place in places[1:] for lag in range(lags)]
    found = _f_test(values, places[0], tested, every, errors, used)
    units = scale[places[0]] / np.repeat(scale[places[1:]], lags)
    p_drawn = (
        _wild_p(values, places[0], tested, every, found.statistic, errors, used, draws, seed) if draws else float("nan")
    )
    return GrangerTest(
        cause=causes,
        effect=effect,
        statistic=found.statistic,
        p_value=found.p_value,
        bootstrap_p_value=p_drawn,
        total=float(found.coefficients @ units),
        restrictions=len(tested),
        freedom=found.freedom,
        lags=lags,
        hac_lags=used,
        draws=draws,
        seed=seed,
        first=frame.index[every],
        last=frame.index[-1],
        observations=len(frame) - every,
        method=_method(causes, effect, lags, extra_lags, _words(errors, used), draws, seed),
    )


class _Found(NamedTuple):
    """An F test of one equation: its statistic, p-value, residual degrees of freedom, and what was tested."""

    statistic: float
    p_value: float
    freedom: int
    coefficients: FloatArray


def _f_test(values: FloatArray, own: int, tested: list[int], lags: int, errors: Errors, hac_lags: int) -> _Found:
    """The F test that the coefficients at ``tested`` are zero in the equation of column ``own``."""
    options = {"maxlags": hac_lags, "use_correction": True} if errors == "HAC" else None
    kind = {"classical": "nonrobust"}.get(errors, errors)
    design = lagged(values[None], lags)[0]
    fit = sm.OLS(values[lags:, own], design).fit(cov_type=kind, cov_kwds=options, use_t=True)
    test = fit.f_test(np.eye(design.shape[1])[tested])
    coefficients = np.asarray(fit.params[tested])
    return _Found(float(np.squeeze(test.fvalue)), float(np.squeeze(test.pvalue)), int(fit.df_resid), coefficients)


def _method(causes: tuple[str, ...], effect: str, lags: int, extra_lags: int, words: str, draws: int, seed: int) -> str:
    text = f"F test that {lags} lags of {', '.join(causes)} do not predict {effect}, {words}"
    if extra_lags:
        text += f", {extra_lags} lags more not tested (Toda and Yamamoto)"
    return f"{text}; wild bootstrap with {draws} draws under the null, seed {seed}" if draws else text


def _checked(
    data: pd.DataFrame,
    causes: tuple[str, ...],
    effect: str,
    lags: int,
    extra_lags: int,
    errors: Errors,
    hac_lags: int | None,
) -> tuple[pd.DataFrame, int]:
    """The data ready for the test and the Newey-West lags (0 where unused), or the ``StatsError`` that says why not."""
    check_names(list(map(str, data.columns)), [effect, *causes], WHERE)
    if effect in causes or not causes:
        raise StatsError(f"{effect!r} must have other causes than itself", WHERE)
    if errors not in get_args(Errors):
        raise StatsError(f"no errors called {errors!r}", WHERE, f"Allowed: {', '.join(get_args(Errors))}.")
    if lags < 1 or extra_lags < 0:
        raise StatsError(f"{lags} lags and {extra_lags} extra: at least 1 and 0 are needed", WHERE)
    every = lags + extra_lags
    frame = checked_frame(data, WHERE, rows=every + 2 + every * data.shape[1])
    check_rank(frame, every, WHERE)
    rows = len(frame) - every
    used = (textbook_lags(rows) if hac_lags is None else hac_lags) if errors == "HAC" else 0
    check_lags(used, rows, WHERE)
    return frame, used


def _words(errors: Errors, hac_lags: int) -> str:
    return f"Newey-West errors with {hac_lags} lags" if errors == "HAC" else f"{errors} errors"


def _wild_p(
    values: FloatArray,
    own: int,
    tested: list[int],
    lags: int,
    statistic: float,
    errors: Errors,
    hac_lags: int,
    draws: int,
    seed: int,
) -> float:
    """The share of samples drawn under the null whose statistic is as large; never zero."""
    design, explained = lagged(values[None], lags), values[None, lags:]
    slopes = least_squares(design, explained)[0]
    left = [column for column in range(design.shape[2]) if column not in tested]
    slopes[:, own] = 0.0
    slopes[left, own] = least_squares(design[:, :, left], explained[:, :, [own]])[0, :, 0]
    world = world_of(values, slopes[1:], lags)
    larger = 0
    for chunk in samples(world, kind="wild", block=None, draws=draws, seed=seed):
        found = f_statistics(lagged(chunk, lags), chunk[:, lags:, own], tested, errors, hac_lags)
        larger += int((found >= statistic).sum())
    return (1 + larger) / (1 + draws)


def f_statistics(
    design: FloatArray, explained: FloatArray, tested: list[int], errors: Errors, hac_lags: int
) -> FloatArray:
    """The F form of the Wald statistic of every sample, shape (samples,).

    ``design`` has the shape (samples, rows, regressors), ``explained`` (samples, rows).
    """
    rows, width = design.shape[1:]
    turned = np.swapaxes(design, 1, 2)
    inverse = np.linalg.inv(turned @ design)
    slopes = inverse @ (turned @ explained[..., None])
    residual = explained[..., None] - design @ slopes
    if errors == "classical":
        spread = (residual**2).sum(axis=1, keepdims=True) / (rows - width)
        covariance = spread * inverse[:, tested][:, :, tested]
    else:
        score = residual * (design @ inverse[:, :, tested])
        covariance = np.swapaxes(score, 1, 2) @ score
        for lag in range(1, hac_lags + 1):
            cross = np.swapaxes(score[:, lag:], 1, 2) @ score[:, :-lag]
            covariance += (1 - lag / (hac_lags + 1)) * (cross + np.swapaxes(cross, 1, 2))
        covariance *= rows / (rows - width)
    chosen = slopes[:, tested]
    wald = (np.swapaxes(chosen, 1, 2) @ np.linalg.solve(covariance, chosen))[:, 0, 0]
    return np.asarray(wald / len(tested))
