"""Forecasts as they could have been made, against the prevailing mean.

A regression that explains the past may still forecast worse than the average return so far. Everything here is
recursive: a forecast made at a moment rests on windows that had ended by then, so that cutting off the future never
changes it. The Clark-West test is not in statsmodels (0.15); its Diebold-Mariano test does not hold for nested models
such as these.

Everywhere ``returns`` holds one-period returns, labelled by the end of the period; ``predictors`` holds what was known
at that same moment, which pairs with the returns *after* it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import NeweyWest
from jpresearch.stats.inputs import (
    CONSTANT,
    as_design,
    as_frame,
    check_finite,
    check_horizon,
    check_index,
    check_rows,
    check_same_index,
    check_variation,
)

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class OneSided:
    """A test whose alternative is that the forecasts are worth something: large statistics reject."""

    statistic: float
    p_value: float
    observations: int
    lags: int
    method: str


@dataclass(frozen=True)
class OutOfSample:
    """Recursive forecasts of a predictive regression beside those of the mean so far.

    ``forecasts`` is indexed by the moment a forecast was made: ``actual`` (what followed over ``horizon`` periods),
    ``model``, ``mean`` and ``restricted`` (whether a restriction took hold). ``r_squared`` is 1 - MSE of the model over
    MSE of the mean: negative where the mean forecast better. ``first`` is the first moment of a forecast.
    """

    forecasts: pd.DataFrame
    r_squared: float
    clark_west: OneSided
    horizon: int
    observations: int
    first: Any
    last: Any
    lags: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row: r_squared, clark_west, p_value, observations, restricted (share of forecasts)."""
        row = {
            "r_squared": self.r_squared,
            "clark_west": self.clark_west.statistic,
            "p_value": self.clark_west.p_value,
            "observations": self.observations,
            "restricted": float(self.forecasts["restricted"].mean()),
        }
        return pd.DataFrame([row])


def out_of_sample(
    returns: pd.Series,
    predictors: pd.DataFrame | pd.Series,
    *,
    horizon: int = 1,
    training: int = 120,
    signs: Mapping[str, int] | None = None,
    non_negative: bool = False,
    lags: int | None = None,
) -> OutOfSample:
    """Out-of-sample R2 of a predictive regression on an expanding window, with restrictions, and the Clark-West test.

    Campbell and Thompson ("Predicting Excess Stock Returns Out of Sample", RFS 21, 2008): R2 = 1 - sum (r - model)^2 /
    sum (r - mean)^2, the mean being that of the same windows the model has seen.

    Parameters
    ----------
    returns, predictors : paired as in ``predictive``: one-period returns, and what was known at the same moment.
    horizon : periods over which returns are summed. A window counts as seen only once its last return is.
    training : windows seen before the first forecast.
    signs : by predictor 1 or -1, the sign theory gives its slope; while any has the other sign, the mean is forecast.
    non_negative : replace a negative forecast by zero, as for an equity premium.
    lags : for the Clark-West test; ``None`` is the larger of ``horizon`` - 1 and the textbook number.

    Raises
    ------
    StatsError : as ``predictive.windows``; training too short for the coefficients or longer than the sample; a
        predictor that does not vary in the training windows; a sign for a predictor that is not there; a model that
        never differs from the mean.
    """
    where = "out_of_sample"
    sample = windows(returns, predictors, horizon, where)
    slopes = list(sample.design.columns[1:])
    signs = dict(signs or {})
    if not set(signs) <= set(slopes) or not set(signs.values()) <= {-1, 1}:
        raise StatsError(f"signs must be 1 or -1 for some of {', '.join(map(str, slopes))}, not {signs}", where)
    origin = training - 1 + horizon
    if origin >= sample.count:
        raise StatsError(f"{sample.count} windows are too few for {training} in training at horizon {horizon}", where)
    as_design(sample.design.iloc[:training, 1:], where)
    expected = np.array([signs.get(str(name), 0) for name in slopes])
    forecasts = _recursive(sample, training, expected, non_negative)
    wrong = forecasts["actual"].to_numpy()[:, None] - forecasts[["model", "mean"]].to_numpy()
    of_model, of_mean = (wrong**2).sum(axis=0)
    test = clark_west(forecasts["actual"], forecasts["model"], forecasts["mean"], lags=lags, horizon=horizon)
    return OutOfSample(
        forecasts=forecasts,
        r_squared=float(1 - of_model / of_mean),
        clark_west=test,
        horizon=horizon,
        observations=len(forecasts),
        first=forecasts.index[0],
        last=forecasts.index[-1],
        lags=test.lags,
        method=_words(horizon, training, bool(signs), non_negative, test),
    )


def clark_west(
    actual: pd.Series, model: pd.Series, mean: pd.Series, *, lags: int | None = None, horizon: int = 1
) -> OneSided:
    """Whether ``model``, which nests ``mean``, forecasts better, allowing for the noise of estimating what is zero.

    Clark and West ("Approximately Normal Tests for Equal Predictive Accuracy in Nested Models", J. Econometrics 138,
    2007): the t statistic of the average of (r - mean)^2 - (r - model)^2 + (mean - model)^2, one-sided, with
    Newey-West errors and t quantiles. All three on one index. ``lags`` of ``None`` is the larger of ``horizon`` - 1
    and the textbook number.

    Raises ``StatsError`` on unequal, unsorted or duplicate indexes, missing values, fewer than three forecasts, or
    forecasts that never differ.
    """
    frame = _aligned({"actual": actual, "model": model, "mean": mean}, "clark_west")
    check_rows(len(frame), 2, "clark_west")
    gap = (frame["model"] - frame["mean"]).to_numpy()
    if not gap.any():
        raise StatsError("the model's forecasts never differ from the mean's", "clark_west")
    error = (frame["actual"] - frame["mean"]).to_numpy()
    adjusted = error**2 - (error - gap) ** 2 + gap**2
    fit = sm.OLS(adjusted, np.ones_like(adjusted)).fit()
    spread = NeweyWest(lags, horizon=horizon).of(fit)
    statistic = float(fit.params[0]) / float(np.sqrt(spread.matrix[0, 0]))
    p_value = float(stats.t.sf(statistic, len(frame) - 1))
    return OneSided(statistic, p_value, len(frame), spread.lags, f"Clark-West (2007), {spread.words}, one-sided t")


def _recursive(sample: Windows, training: int, expected: Matrix, non_negative: bool) -> pd.DataFrame:
    """Forecasts at all origins at once, from running sums of cross products."""
    x, y = sample.design.to_numpy()[:, 1:], sample.sums
    # Centred and scaled by the training windows alone: better conditioned, and no look at what comes after.
    start = x[:training]
    z = np.column_stack([np.ones(len(x)), (x - start.mean(axis=0)) / start.std(axis=0)])
    origins = np.arange(training - 1 + sample.horizon, sample.count)
    seen = origins - sample.horizon
    products = np.cumsum(z[:, :, None] * z[:, None, :], axis=0)[seen]
    shared = np.cumsum(z * y[:, None], axis=0)[seen]
    slopes = np.linalg.solve(products, shared[:, :, None])[:, :, 0]
    mean = shared[:, 0] / (seen + 1)
    against = (slopes[:, 1:] * expected < 0).any(axis=1)
    model = np.where(against, mean, np.einsum("tk,tk->t", z[origins], slopes))
    below = (model < 0) & non_negative
    columns = {"actual": y[origins], "model": np.where(below, 0.0, model), "mean": mean, "restricted": against | below}
    return pd.DataFrame(columns, index=sample.design.index[origins])


def _aligned(parts: Mapping[str, pd.Series], where: str) -> pd.DataFrame:
    first = next(iter(parts.values()))
    check_index(first, where)
    for part in parts.values():
        check_same_index(first, part, where)
    frame = pd.DataFrame(dict(parts)).astype(float)
    if frame.empty:
        raise StatsError("there are no forecasts", where)
    check_finite(frame, where)
    return frame


def _words(horizon: int, training: int, signed: bool, non_negative: bool, test: OneSided) -> str:
    limits = [
        words for words, on in (("slopes of the right sign", signed), ("no negative forecast", non_negative)) if on
    ]
    restricted = f", restricted to {' and '.join(limits)}" if limits else ""
    return (
        f"expanding regression from {training} windows over {horizon} periods{restricted}, against the mean so far; "
        f"{test.method}"
    )


@dataclass(frozen=True)
class Windows:
    """A checked sample of ``count`` windows.

    ``design`` (count x k) is what was known at the start of each, with a constant, and ``known`` the same with the
    moments after, up to one period before the last return; ``returns`` (count + horizon - 1) are the one-period returns
    that the windows cover; ``sums`` (count) their totals per window.
    """

    design: pd.DataFrame
    known: pd.DataFrame
    returns: pd.Series
    sums: Matrix
    horizon: int

    @property
    def count(self) -> int:
        """Number of overlapping windows."""
        return len(self.design)


def windows(returns: pd.Series, predictors: pd.DataFrame | pd.Series, horizon: int, where: str = "windows") -> Windows:
    """The windows that start with a known predictor and end with a known return.

    Cut off are the moments before all predictors are known and after the last return; what is missing in between is
    refused.

    Raises
    ------
    StatsError : indexes unequal, unsorted or with duplicates; a missing or infinite value inside; horizon below 1 or
        not below the number of usable periods; too few windows; a constant or collinear predictor; constant returns.
    """
    frame = as_frame(predictors, where)
    check_same_index(returns, frame, where)
    check_index(frame, where)
    known = np.flatnonzero(frame.notna().all(axis=1).to_numpy())
    paid = np.flatnonzero(returns.notna().to_numpy())
    if not len(known) or not len(paid):
        raise StatsError("no moment has both a predictor and a return", where)
    start, end = int(known[0]), min(int(paid[-1]), int(known[-1]) + horizon)
    check_horizon(horizon, max(end - start + 1, 0), where)
    covered = returns.iloc[start + 1 : end + 1].astype(float).rename("the return")
    before = frame.iloc[start : min(end, int(known[-1]) + 1)]
    check_finite(covered, where)
    check_finite(before, where)
    design = as_design(frame.iloc[start : end - horizon + 1], where)
    before = before.assign(**{CONSTANT: 1.0})[design.columns]
    check_variation(covered.to_frame(), where)
    return Windows(design, before, covered, _rolling(np.asarray(covered, dtype=np.float64), horizon), horizon)


def _rolling(values: Matrix, horizon: int) -> Matrix:
    """Sums over ``horizon`` neighbours along the first axis, without the incomplete ones."""
    sums: Matrix = np.lib.stride_tricks.sliding_window_view(values, horizon, axis=0).sum(axis=-1)
    return sums
