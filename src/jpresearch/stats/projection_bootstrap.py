"""Bootstrap bands of local projections, and whether an effect lasts.

The system is simulated as a vector autoregression with its bias taken out, residuals in moving blocks
(``residual_bootstrap``); every sample is projected with HC1 errors; bands are percentile-t around the response that the
autoregression implies (Montiel Olea and Plagborg-Moller, Econometrica 89, 2021, who draw wild residuals for
responses after the period of the shock; blocks are needed for the response within it, on which permanence rests).

All horizons of a sample are solved from one inverse: horizon h leaves out the last h rows, so the moments of the
horizon before have one row more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, sqrt
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray, lagged, moving_average, standardised
from jpresearch.stats.bootstrap import DRAWS
from jpresearch.stats.projections import LocalProjection, Plan
from jpresearch.stats.residual_bootstrap import World, fitted_world, samples, usual_block
from jpresearch.stats.var import unit_impact

PIECE: Final = 8
"""Samples projected at a time: few enough that their outcomes of all horizons stay in the processor's cache."""
Verdict = Literal["permanent", "partly reversed", "transitory", "undetermined", "no impact"]


class Projected(NamedTuple):
    """Local projections of many samples.

    ``estimates`` and ``variances`` (HC1) have the shape (samples, horizons + 1); ``with_impact`` is the HC1 covariance
    of each horizon's estimate with that of horizon 0.
    """

    estimates: FloatArray
    variances: FloatArray
    with_impact: FloatArray


@dataclass(frozen=True)
class ProjectionBootstrap:
    """Percentile-t bands of a local projection.

    Attributes
    ----------
    responses : index horizon; ``estimate``, ``std_error`` of the projection, ``implied`` by the autoregression behind
        the samples, ``low``, ``high`` (equal tails), ``band_low``, ``band_high`` (the whole path at once).
    estimates, variances, with_impact : of the draws, see ``Projected``; units as ``responses``.
    """

    responses: pd.DataFrame
    projection: LocalProjection
    estimates: FloatArray = field(repr=False)
    variances: FloatArray = field(repr=False)
    with_impact: FloatArray = field(repr=False)
    block: int
    draws: int
    seed: int
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """``responses``."""
        return self.responses


@dataclass(frozen=True)
class Permanence:
    """What share of the response within the period of the shock is left at a later horizon.

    Attributes
    ----------
    ratio : the later response over the first.
    low, high : its interval; infinite where it is not bounded, which it is exactly where the first response is not
        told from zero.
    impact, impact_low, impact_high : the first response with its interval.
    verdict : ``no impact`` where the first response's interval holds zero; ``undetermined`` where the ratio's holds
        both 0 and 1; ``permanent`` where it holds 1 or lies above; ``transitory`` where it holds 0 or lies below;
        ``partly reversed`` where it lies between.
    """

    ratio: float
    low: float
    high: float
    bounded: bool
    impact: float
    impact_low: float
    impact_high: float
    horizon: int
    verdict: Verdict
    critical: float
    first: Any
    last: Any
    observations: int
    lags: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """One row: impact, ratio, their intervals, horizon, verdict, observations."""
        names = ["impact", "impact_low", "impact_high", "ratio", "low", "high", "horizon", "verdict", "observations"]
        return pd.DataFrame([{name: getattr(self, name) for name in names}])


def bootstrap_projection(
    projection: LocalProjection,
    *,
    block: int | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    correct: bool = True,
) -> ProjectionBootstrap:
    """Percentile-t bands for ``projection``, by projecting samples drawn from its data's autoregression.

    Parameters
    ----------
    block : periods in a block of residuals; ``None`` is ``residual_bootstrap.usual_block``.
    correct : take the small-sample bias out of the autoregression.

    Raises
    ------
    StatsError : a block out of range, too few draws.
    """
    plan, frame, confidence = projection.plan, projection.data, projection.confidence
    values, scale = standardised(frame.to_numpy())
    names = list(frame.columns)
    world, _ = fitted_world(values, plan.lags, correct=correct)
    parts = [
        project_samples(chunk, names, plan)
        for chunk in samples(world, kind="moving", block=block, draws=draws, seed=seed)
    ]
    unit = scale[names.index(plan.response)] / scale[names.index(plan.shock)]
    estimates = np.concatenate([part.estimates for part in parts]) * unit
    variances = np.concatenate([part.variances for part in parts]) * unit**2
    with_impact = np.concatenate([part.with_impact for part in parts]) * unit**2
    implied = implied_response(world, names, plan) * unit
    used = usual_block(len(world.residuals)) if block is None else block
    bands = _percentile_t(projection.responses, estimates, variances, implied, confidence)
    return ProjectionBootstrap(
        responses=bands,
        projection=projection,
        estimates=estimates,
        variances=variances,
        with_impact=with_impact,
        block=used,
        draws=draws,
        seed=seed,
        first=projection.first,
        last=projection.last,
        observations=projection.observations,
        confidence=confidence,
        method=f"{plan.words}; percentile-t bands at {confidence:.0%} from {draws} samples of a vector autoregression "
        f"with {plan.lags} lags{', bias taken out' if correct else ''}, moving blocks of {used} residuals, seed {seed}",
    )


def permanence(drawn: ProjectionBootstrap, horizon: int | None = None) -> Permanence:
    """The response at ``horizon`` (``None``: the last) over that within the period of the shock, with its interval.

    The interval holds the ratios r for which ``|b(h) - r b(0)|`` is within its critical multiple of its own HC1 error
    (Fieller, "Some Problems in Interval Estimation", JRSS B 16, 1954), the multiple being the quantile of the same
    statistic in the draws at the ratio they were made with. A ratio of draws would have no such guarantee: where the
    first response may be zero its percentiles are short and wrong, while this interval becomes the whole line.

    Raises
    ------
    StatsError : a horizon below 1 or beyond the projection's; a response not cumulative; a first response fixed by
        construction.
    """
    plan, responses = drawn.projection.plan, drawn.projection.responses
    later = plan.horizons if horizon is None else horizon
    if not 1 <= later <= plan.horizons:
        raise StatsError(f"the horizon must lie between 1 and {plan.horizons}, not {later}", "permanence")
    if not plan.cumulative:
        raise StatsError("what lasts is a share of a cumulative response", "permanence", "Plan it as cumulative.")
    if responses["std_error"].iloc[0] == 0:
        raise StatsError("the response within the period of the shock is fixed by construction", "permanence")
    matrix = drawn.projection.covariance.to_numpy()
    spread = (matrix[0, 0], matrix[0, later], matrix[later, later])
    values = responses["estimate"].to_numpy()
    critical = _ratio_critical(drawn, later)
    low, high, bounded = fieller(values[0], values[later], spread, critical)
    first = drawn.responses.iloc[0]
    no_impact = bool(first["low"] <= 0 <= first["high"])
    return Permanence(
        ratio=float(values[later] / values[0]),
        low=low,
        high=high,
        bounded=bounded,
        impact=float(values[0]),
        impact_low=float(first["low"]),
        impact_high=float(first["high"]),
        horizon=later,
        verdict=_verdict(low, high, bounded, no_impact),
        critical=critical,
        first=drawn.first,
        last=drawn.last,
        observations=drawn.observations,
        lags=plan.lags,
        confidence=drawn.confidence,
        method=f"{drawn.method}; ratio of horizon {later} to 0 with Fieller's interval",
    )


def fieller(
    first: float, later: float, spread: tuple[float, float, float], critical: float
) -> tuple[float, float, bool]:
    """The interval of ``later / first`` and whether it is bounded; infinite ends where it is not.

    ``spread`` holds the variance of ``first``, the covariance, and the variance of ``later``.
    """
    own, cross, other = (critical**2 * value for value in spread)
    square = first**2 - own
    if square <= 0:
        return -inf, inf, False
    half = first * later - cross
    root = sqrt(max(half**2 - square * (later**2 - other), 0.0))
    return float((half - root) / square), float((half + root) / square), True


def project_samples(chunk: FloatArray, names: list[str], plan: Plan) -> Projected:
    """Project every sample; ``chunk`` has the shape (samples, periods, columns), columns of like size.

    Equal to ``local_projection`` sample by sample, up to the rounding of normal equations.
    """
    parts = [_project(chunk[at : at + PIECE], names, plan) for at in range(0, len(chunk), PIECE)]
    return Projected(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _project(chunk: FloatArray, names: list[str], plan: Plan) -> Projected:
    lags = plan.all_lags
    now = chunk[:, lags:, [names.index(name) for name in (plan.shock, *plan.given)]]
    design = np.concatenate([now, lagged(chunk, lags)], axis=2)
    outcomes, ends = _outcomes(chunk[:, lags:, names.index(plan.response)], plan)
    slopes, weights = _solutions(design, outcomes @ design, ends)
    # In place from here: the arrays are as large as the processor's cache.
    turned = np.swapaxes(design, 1, 2)
    influence = slopes @ turned
    np.subtract(outcomes, influence, out=influence)
    influence *= weights @ turned
    for horizon, end in enumerate(ends):
        influence[:, horizon, end:] = 0.0
    factor = ends / (ends - design.shape[2])
    return Projected(
        estimates=slopes[:, :, 0],
        variances=factor * np.einsum("sht,sht->sh", influence, influence),
        with_impact=np.sqrt(factor * factor[0]) * (influence @ influence[:, 0, :, None])[..., 0],
    )


def implied_response(world: World, names: list[str], plan: Plan) -> FloatArray:
    """The response that the world's own coefficients and residuals imply, shape (horizons + 1,)."""
    covariance = world.residuals.T @ world.residuals / len(world.residuals)
    before = [names.index(name) for name in plan.given]
    impact = unit_impact(covariance[None], names.index(plan.shock), before)[0]
    psi = moving_average(world.coefficients[None], plan.horizons)[0, :, names.index(plan.response)]
    path = psi @ impact
    return np.asarray(path.cumsum() if plan.cumulative else path)


def _outcomes(response: FloatArray, plan: Plan) -> tuple[FloatArray, NDArray[np.int64]]:
    """Outcomes by horizon, (samples, horizons + 1, rows), zero from the row at which each horizon ends; those rows."""
    count, rows = response.shape
    steps = np.arange(plan.horizons + 1)
    ends = np.full(len(steps), rows - plan.horizons) if plan.common_sample else rows - steps
    level = np.zeros((count, rows + 1))
    np.cumsum(response, axis=1, out=level[:, 1:])
    outcomes = np.zeros((count, len(steps), rows))
    for horizon, end in enumerate(ends):
        if plan.cumulative:
            np.subtract(level[:, horizon + 1 : horizon + 1 + end], level[:, :end], out=outcomes[:, horizon, :end])
        else:
            outcomes[:, horizon, :end] = response[:, horizon : horizon + end]
    return outcomes, ends


def _solutions(design: FloatArray, cross: FloatArray, ends: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Coefficients of every horizon, and the first row of the inverse moments; both (samples, horizons + 1, columns).

    The last horizon uses the fewest rows. Each one before it adds a row to the moments, which changes their inverse P
    by ``-(P x)(P x)' / (1 + x' P x)`` (Sherman and Morrison, Annals of Mathematical Statistics 21, 1950).
    """
    kept = design[:, : ends[-1]]
    inverse = np.linalg.inv(np.swapaxes(kept, 1, 2) @ kept)
    slopes, weights = np.empty_like(cross), np.empty_like(cross)
    for horizon in range(len(ends) - 1, -1, -1):
        if horizon + 1 < len(ends):
            for row in range(ends[horizon + 1], ends[horizon]):
                added = design[:, row, :, None]
                moved = inverse @ added
                inverse -= moved * np.swapaxes(moved / (1.0 + np.swapaxes(added, 1, 2) @ moved), 1, 2)
        slopes[:, horizon] = (inverse @ cross[:, horizon, :, None])[..., 0]
        weights[:, horizon] = inverse[:, 0]
    return slopes, weights


def _percentile_t(
    responses: pd.DataFrame, estimates: FloatArray, variances: FloatArray, implied: FloatArray, confidence: float
) -> pd.DataFrame:
    estimate, error = responses["estimate"], responses["std_error"]
    moving = error.to_numpy() > 0
    t = np.zeros_like(estimates)
    t[:, moving] = (estimates - implied)[:, moving] / np.sqrt(variances[:, moving])
    tail = (1 - confidence) / 2
    critical = float(np.quantile(np.abs(t).max(axis=1), confidence))
    columns = {"estimate": estimate, "std_error": error, "implied": pd.Series(implied, index=estimate.index)}
    columns |= {"low": estimate - np.quantile(t, 1 - tail, axis=0) * error}
    columns |= {"high": estimate - np.quantile(t, tail, axis=0) * error}
    columns |= {"band_low": estimate - critical * error, "band_high": estimate + critical * error}
    return pd.DataFrame(columns)


def _ratio_critical(drawn: ProjectionBootstrap, later: int) -> float:
    """The quantile over the draws of the studentised ``b(h) - r b(0)`` at the ratio r of the samples' own world."""
    implied = drawn.responses["implied"].to_numpy()
    ratio = implied[later] / implied[0]
    gap = drawn.estimates[:, later] - ratio * drawn.estimates[:, 0]
    variance = drawn.variances[:, later] - 2 * ratio * drawn.with_impact[:, later] + ratio**2 * drawn.variances[:, 0]
    return float(np.quantile(np.abs(gap) / np.sqrt(variance), drawn.confidence))


def _verdict(low: float, high: float, bounded: bool, no_impact: bool) -> Verdict:
    if no_impact:
        return "no impact"
    if not bounded or (low <= 0 and high >= 1):
        return "undetermined"
    if high >= 1:
        return "permanent"
    return "transitory" if low <= 0 else "partly reversed"
