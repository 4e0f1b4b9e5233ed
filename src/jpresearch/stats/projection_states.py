"""Local projections whose responses may differ between two states.

Every coefficient differs between the states (Ramey and Zubairy, "Government Spending Multipliers in Good Times and in
Bad", JPE 126, 2018), which is a regression for each. The state is that of the period before the shock, so
that the shock does not choose it. What results are responses given the state at the start, for small shocks and
whatever the state becomes later (Goncalves, Herrera, Kilian and Pesavento, "State-Dependent Local Projections", J.
Econometrics 244, 2024). statsmodels has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray
from jpresearch.stats.inputs import check_collinearity, check_confidence, check_same_index
from jpresearch.stats.projections import Design, Plan, build_design, checked_plan, largest_t, one_horizon, sup_t
from jpresearch.stats.regression import textbook_lags

WHERE = "state_projection"


@dataclass(frozen=True)
class StateProjection:
    """Responses in two states and their difference.

    Attributes
    ----------
    inside, outside, difference : index horizon; ``estimate``, ``std_error`` (HC1), ``low``, ``high``, ``band_low``,
        ``band_high``, ``hac_std_error``; difference is inside less outside.
    p_value : that the responses do not differ at any horizon, from the largest ``|t|`` of the differences.
    observations_inside, observations_outside : shocks in each state at horizon 0.
    """

    inside: pd.DataFrame
    outside: pd.DataFrame
    difference: pd.DataFrame
    p_value: float
    plan: Plan
    first: Any
    last: Any
    observations: int
    observations_inside: int
    observations_outside: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """The three frames under one another, indexed by part and horizon."""
        parts = {"inside": self.inside, "outside": self.outside, "difference": self.difference}
        return pd.concat(parts, names=["part", "horizon"])


def state_projection(
    data: pd.DataFrame, plan: Plan, state: pd.Series[bool], *, confidence: float = 0.95, seed: int = 0
) -> StateProjection:
    """Project in the periods after a state held, and in the others.

    Parameters
    ----------
    data, plan : as ``projections.local_projection``.
    state : True where the state held, on the index of ``data``; its value of the period before each shock is used.

    Raises
    ------
    StatsError : as ``local_projection``; a state that is not true or false everywhere or on another index; fewer
        periods than coefficients in one of the two.
    """
    check_confidence(confidence, WHERE)
    check_same_index(data, state, WHERE)
    if state.dtype != bool:
        raise StatsError(f"the state must be true or false in every period, not {state.dtype}", WHERE)
    frame = checked_plan(data, plan, WHERE)
    design = build_design(frame, plan)
    before = state.shift(1, fill_value=False).loc[design.regressors.index]
    parts = [_in_state(design, flag, plan, name) for flag, name in ((before, "inside"), (~before, "outside"))]
    scores = [part[1] for part in parts]
    freedoms = [part[2] for part in parts]
    inside, outside = (
        _with_bands(estimate, score, plan, freedom, confidence, seed) for (estimate, score, freedom) in parts
    )
    gap, joint = parts[0][0] - parts[1][0], scores[0] - scores[1]
    fewest = np.minimum(*freedoms)
    difference = _with_bands(gap, joint, plan, fewest, confidence, seed)
    largest = (difference["estimate"].abs() / difference["std_error"].where(difference["std_error"] > 0)).max()
    drawn = largest_t(joint.T @ joint, int(fewest.min()), seed)
    used = design.outcomes.index[design.outcomes[0].notna()]
    return StateProjection(
        inside=inside,
        outside=outside,
        difference=difference,
        p_value=float((1 + (drawn >= largest).sum()) / (1 + len(drawn))),
        plan=plan,
        first=used[0],
        last=used[-1],
        observations=len(used),
        observations_inside=int(before.loc[used].sum()),
        observations_outside=int((~before.loc[used]).sum()),
        confidence=confidence,
        method=f"{plan.words}; all coefficients by the state of the period before; HC1 errors, t intervals and sup-t "
        f"bands at {confidence:.0%}",
    )


def _in_state(
    design: Design, flag: pd.Series[bool], plan: Plan, name: str
) -> tuple[pd.Series[float], FloatArray, NDArray[np.int64]]:
    """Estimates by horizon, the influence of every period on each, and their degrees of freedom."""
    kept = design.outcomes.where(flag)
    count, width = int(kept[plan.horizons].notna().sum()), design.regressors.shape[1]
    if count <= width:
        raise StatsError(f"{count} periods {name} the state are too few for {width} coefficients", WHERE)
    last = design.regressors[kept[plan.horizons].notna()]
    flat = [str(column) for column in last.columns.drop("const") if np.ptp(last[column].to_numpy()) == 0]
    if flat:
        raise StatsError(f"no variation {name} the state in {', '.join(flat)}", WHERE)
    check_collinearity(last, f"{WHERE}, {name} the state")
    found = [one_horizon(design, kept[horizon], horizon, 0, 0.95) for horizon in range(plan.horizons + 1)]
    estimates = pd.Series([row["estimate"] for row, _ in found], index=pd.RangeIndex(plan.horizons + 1, name="horizon"))
    return estimates, np.column_stack([score for _, score in found]), np.asarray(kept.count() - width, dtype="int64")


def _with_bands(
    estimate: pd.Series[float], scores: FloatArray, plan: Plan, freedom: NDArray[np.int64], confidence: float, seed: int
) -> pd.DataFrame:
    covariance = scores.T @ scores
    error = np.sqrt(np.diag(covariance))
    pointwise = stats.t.ppf(0.5 + confidence / 2, freedom)
    critical = sup_t(covariance, int(freedom.min()), confidence, seed)
    columns = {"estimate": estimate, "std_error": error}
    columns |= {"low": estimate - pointwise * error, "high": estimate + pointwise * error}
    columns |= {"band_low": estimate - critical * error, "band_high": estimate + critical * error}
    lags = [max(horizon, textbook_lags(len(scores))) for horizon in range(plan.horizons + 1)]
    beside = [_bartlett_error(scores[:, horizon], lag) for horizon, lag in enumerate(lags)]
    return pd.DataFrame(columns).assign(hac_std_error=beside)


def _bartlett_error(score: FloatArray, lags: int) -> float:
    """Newey and West's error from the influences of all periods, those outside the state zero in their place."""
    total = float(score @ score)
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(score[lag:] @ score[:-lag])
    return float(np.sqrt(total))
