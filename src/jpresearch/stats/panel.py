"""Panel regression whose errors allow for what all entities share in a period, and for its persistence.

Driscoll and Kraay ("Consistent Covariance Matrix Estimation with Spatially Dependent Panel Data", REStat 80, 1998):
the scores are summed over the entities of each period and Newey-West is applied to the sums. linearmodels computes;
this module checks what goes in and takes quantiles of t with the number of periods less one, as Hoechle (Stata Journal
7, 2007) does, since the periods, not the rows, are the independent observations. Vogelsang ("Heteroskedasticity,
Autocorrelation, and Spatial Correlation Robust Inference in Linear Panel Models with Fixed-Effects", J. Econometrics
166, 2012) shows that with the bandwidth a fixed share of the periods their t follows the law of Kiefer and Vogelsang,
whose tails are fatter: with few periods or long overlap that is the one to use.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

from jpresearch.errors import StatsError
from jpresearch.stats.bandwidth import fixed_b_lags, overlap_lags
from jpresearch.stats.inputs import (
    CONSTANT,
    as_frame,
    check_collinearity,
    check_confidence,
    check_finite,
    check_index,
    check_lags,
    check_rows,
    check_same_index,
    check_variation,
)
from jpresearch.stats.reference import BartlettFixedB, Reference, Student
from jpresearch.stats.regression import EXPLAINED, Regression

WHERE = "driscoll_kraay"


def driscoll_kraay(
    y: pd.Series,
    x: pd.DataFrame | pd.Series,
    *,
    lags: int | None = None,
    horizon: int = 1,
    entity_effects: bool = True,
    fixed_b: bool = False,
    confidence: float = 0.95,
) -> Regression:
    """Pooled least squares of ``y`` on ``x`` with Driscoll-Kraay errors.

    Parameters
    ----------
    y, x : on one MultiIndex (entity, period), sorted, each pair once. The panel may be unbalanced; a missing value is
        refused, leave its row out.
    lags : autocovariances of the period sums; ``None`` is the larger of ``horizon`` - 1 and the textbook number for as
        many observations as there are periods (with ``fixed_b`` that of Lazarus, Lewis, Stock and Watson, 2018).
    horizon : periods over which ``y`` sums, where it overlaps.
    entity_effects : a constant per entity (the within estimator); otherwise one constant for all.
    fixed_b : quantiles of the fixed-b law with the bandwidth's share of the periods, in place of Student's.

    Returns
    -------
    Regression with ``r_squared`` within entities where these have effects, residuals on the MultiIndex.

    Raises
    ------
    StatsError : bad index, missing or infinite values, fewer than two entities or five periods, no variation within
        entities, collinearity, lags out of range.
    """
    check_confidence(confidence, WHERE)
    regressors = as_frame(x, WHERE)
    check_same_index(y, regressors, WHERE)
    frame = pd.concat([y.rename(EXPLAINED).astype(float), regressors], axis=1)
    periods = _check_panel(frame)
    _check_within(frame, entity_effects)
    by_rule = max(horizon - 1, fixed_b_lags(periods)) if fixed_b else overlap_lags(periods, horizon)
    used = by_rule if lags is None else lags
    check_lags(used, periods, WHERE)
    reference = BartlettFixedB((used + 1) / periods) if fixed_b else Student(periods - 1)
    return _result(frame, reference, used, lags is None, entity_effects, confidence)


def _check_panel(frame: pd.DataFrame) -> int:
    index = frame.index
    if not isinstance(index, pd.MultiIndex) or index.nlevels != 2:
        raise StatsError("a panel needs an index of entity and period", WHERE)
    check_index(frame, WHERE)
    check_finite(frame, WHERE)
    entities, periods = (len(index.unique(level)) for level in (0, 1))
    if entities < 2 or periods < 5:
        raise StatsError(f"{entities} entities over {periods} periods are too few for a panel", WHERE)
    return periods


def _check_within(frame: pd.DataFrame, entity_effects: bool) -> None:
    entities = frame.index.unique(0)
    spent = len(entities) if entity_effects else 1
    check_rows(len(frame), frame.shape[1] - 1 + spent, WHERE)
    means = frame.groupby(level=0).transform("mean") if entity_effects else frame.mean()
    # What averaging leaves of a constant is rounding: measured beside the level, not beside itself.
    within = (frame - means).where(lambda rest: rest.abs() > 1e-12 * frame.abs().max(), 0.0)
    check_variation(within, WHERE)
    check_collinearity(within.drop(columns=EXPLAINED), WHERE)


def _result(
    frame: pd.DataFrame, reference: Reference, lags: int, by_rule: bool, entity_effects: bool, confidence: float
) -> Regression:
    design = frame.drop(columns=EXPLAINED)
    if not entity_effects:
        design = design.assign(**{CONSTANT: 1.0})[[CONSTANT, *design.columns]]
    # linearmodels wants periods as numbers or dates; their order is all it uses.
    order = pd.MultiIndex.from_arrays(
        [frame.index.get_level_values(0), pd.factorize(frame.index.get_level_values(1), sort=True)[0]]
    )
    model = PanelOLS(frame[EXPLAINED].set_axis(order), design.set_axis(order), entity_effects=entity_effects)
    fit = model.fit(cov_type="kernel", kernel="bartlett", bandwidth=lags, debiased=True)
    errors = fit.std_errors
    half = errors * reference.quantile(confidence)
    by = "Lazarus and others' rule" if isinstance(reference, BartlettFixedB) else "textbook rule"
    rule = f"larger of horizon less one and {by}" if by_rule else "as asked"
    freedom = f" with {reference.degrees_of_freedom} degrees of freedom" if isinstance(reference, Student) else ""
    effects = "entity effects" if entity_effects else "one constant"
    return Regression(
        params=fit.params.rename(None),
        std_errors=errors.rename(None),
        low=(fit.params - half).rename("low"),
        high=(fit.params + half).rename("high"),
        p_values=(fit.params / errors).map(reference.p_value),
        covariance=fit.cov,
        residuals=pd.Series(np.asarray(fit.resids), index=frame.index),
        observations=int(fit.nobs),
        dropped=0,
        lags=lags,
        r_squared=float(fit.rsquared_within if entity_effects else fit.rsquared),
        confidence=confidence,
        method=(
            f"pooled least squares with {effects}, Driscoll-Kraay errors with {lags} lags ({rule}), "
            f"{reference.words} intervals{freedom} at {confidence:.0%}"
        ),
        bandwidth=lags + 1.0,
        reference=reference,
    )
