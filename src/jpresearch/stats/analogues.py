"""What followed weeks like this one.

Likeness is measured with what was known then, what followed is compared with what usually follows, and episodes whose
outcomes overlap count once. ``episodes`` finds extremes of one series; this finds the nearest neighbours in several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_length
from jpresearch.stats.date_sets import inference
from jpresearch.stats.episodes import Outcome, episodes, outcome
from jpresearch.stats.events import FEWEST_EVENTS, PLACEBOS
from jpresearch.stats.expanding import MAD_TO_DEVIATION
from jpresearch.stats.inputs import check_finite, check_horizon, check_index


@dataclass(frozen=True)
class ConditionalOutcome:
    """Changes in percent over ``horizon`` periods from each of some dates, against those from any date.

    Attributes
    ----------
    changes : by date used, in percent.
    outcome : mean, t interval, median and range over the episodes.
    usual : the mean over all dates. difference, low, high, p_bootstrap : of ``outcome.mean - usual``.
    placebo_low, placebo_high, p_placebo : where that difference lies for as many random dates.
    given, independent : dates given, and episodes that share no period, over which the means are.
    """

    changes: pd.Series[float]
    outcome: Outcome
    usual: float
    difference: float
    low: float
    high: float
    p_bootstrap: float
    placebo_low: float
    placebo_high: float
    p_placebo: float
    given: int
    independent: int
    horizon: int
    block: float
    draws: int
    seed: int
    first: Any
    last: Any
    observations: int
    method: str

    def table(self) -> pd.DataFrame:
        """One row: mean and its t interval, the usual change, the difference and its interval, p-values, counts."""
        names = ("usual", "difference", "low", "high", "p_bootstrap", "p_placebo", "given", "independent")
        row = {"mean": self.outcome.mean, "mean_low": self.outcome.low, "mean_high": self.outcome.high}
        return pd.DataFrame([row | {name: getattr(self, name) for name in names}])


def analogues(features: pd.DataFrame, at: Any, *, closest: int, horizon: int) -> pd.Series[float]:
    """The dates before ``at`` most like it.

    Parameters
    ----------
    features : one row per period, one column per trait, no value missing up to ``at``; later rows are not looked at.
    at : a label of the index.
    closest : how many to find at most.
    horizon : periods of the outcome to be measured. A date whose outcome was not complete at ``at`` is no candidate,
        and of dates less than ``horizon`` apart only the nearest counts.

    Returns
    -------
    Distances by date, nearest first: Euclidean, each trait in robust deviations (median absolute deviation times
    1.4826) of the rows up to ``at``.

    Raises
    ------
    StatsError : index unsorted or repeated; ``at`` unknown; a value missing; a trait without spread; no candidate;
        ``closest`` below 1.
    """
    check_index(features, "analogues")
    if at not in features.index:
        raise StatsError(f"{at} is not in the index", "analogues")
    if closest < 1:
        raise StatsError(f"closest must be 1 or more, not {closest}", "analogues")
    known = features.loc[:at].astype(float)
    check_finite(known, "analogues")
    check_horizon(horizon, len(known), "analogues")
    centred = known - known.median()
    scale = MAD_TO_DEVIATION * centred.abs().median()
    flat = [str(name) for name in scale.index[scale == 0]]
    if flat:
        raise StatsError(f"more than half of the values are equal in {', '.join(flat)}", "analogues")
    scores = centred / scale
    distance = np.sqrt(((scores - scores.iloc[-1]).to_numpy()[:-horizon] ** 2).sum(axis=1))
    chosen: list[int] = []
    for place in np.argsort(distance, kind="stable"):
        if len(chosen) < closest and all(abs(place - other) >= horizon for other in chosen):
            chosen.append(int(place))
    return pd.Series(distance[chosen], index=known.index[chosen], name="distance")


def what_followed(
    level: pd.Series[Any],
    dates: pd.Index[Any],
    *,
    horizon: int,
    draws: int = PLACEBOS,
    block: float | None = None,
    seed: int = 0,
    confidence: float = 0.95,
) -> ConditionalOutcome:
    """The change of ``level`` over ``horizon`` periods from each of ``dates``, and how unusual its mean is.

    Parameters
    ----------
    level : a positive level (price, index), one row per period, no value missing.
    dates : labels of the index. Of dates less than ``horizon`` apart only the first counts: the rest share its outcome.
        Those whose outcome lies beyond the sample are left out.
    draws, block, seed : as ``events.event_study``.

    Raises
    ------
    StatsError : index unsorted or repeated; a level missing or not positive; a date unknown or given twice; a horizon
        longer than the sample; fewer than three independent episodes.
    """
    changes = _changes(level, dates, horizon)
    starts = episodes(pd.Series(changes.index.isin(dates), index=changes.index), horizon)
    if len(starts) < FEWEST_EVENTS:
        raise StatsError(f"{len(starts)} independent episodes are too few", "what_followed")
    length = block_length(changes) if block is None else block
    found = inference(
        changes.to_numpy()[:, None],
        changes.index.get_indexer(starts),
        gap=horizon,
        block=length,
        draws=draws,
        seed=seed,
        confidence=confidence,
    ).iloc[0]
    drawn = ("usual", "difference", "low", "high", "p_bootstrap", "placebo_low", "placebo_high", "p_placebo")
    return ConditionalOutcome(
        changes=changes[starts],
        outcome=outcome(changes[starts], confidence=confidence),
        **{name: float(found[name]) for name in drawn},
        given=len(dates),
        independent=len(starts),
        horizon=horizon,
        block=float(length),
        draws=draws,
        seed=seed,
        first=level.index[0],
        last=level.index[-1],
        observations=len(level),
        method=f"change in percent over {horizon} periods from {len(starts)} episodes that share none, t interval; "
        f"difference from all dates by {draws} stationary-bootstrap samples (blocks of {length:.1f} periods) and "
        f"placebo sets, seed {seed}, at {confidence:.0%}",
    )


def _changes(level: pd.Series[Any], dates: pd.Index[Any], horizon: int) -> pd.Series[float]:
    """The checked level's change in percent over ``horizon`` periods from each date whose outcome is complete."""
    check_index(level, "what_followed")
    check_finite(level, "what_followed")
    check_horizon(horizon, len(level), "what_followed")
    values = level.to_numpy(dtype=float)
    if (values <= 0).any():
        raise StatsError("levels must be positive", "what_followed")
    if not dates.isin(level.index).all() or not dates.is_unique:
        raise StatsError("every date must be in the index of the level, and once", "what_followed")
    return pd.Series((values[horizon:] / values[:-horizon] - 1) * 100, index=level.index[:-horizon])
