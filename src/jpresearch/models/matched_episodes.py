"""Were newer episodes milder than earlier weeks like them? Matching, each earlier week used at most once.

Likeness is in given features, each in standard deviations of the earlier weeks; the nearest free weeks are taken,
episodes in time order (greedy matching without replacement, so that no week counts twice).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.say import Estimate
from jpresearch.stats.episodes import episodes
from jpresearch.stats.means import mean

FIRST_WEEKS: Final = 52
FEWEST_EPISODES: Final = 3


@dataclass(frozen=True)
class MatchedEpisodes:
    """Newer episodes beside their matches.

    Attributes
    ----------
    pairs : by episode: ``outcome``, ``matched`` (mean of its matches), ``difference`` and ``matches`` (their days).
    difference : the mean difference with a t interval over episodes; ``None`` with fewer than three.
    """

    pairs: pd.DataFrame
    difference: Estimate | None


def heavy_weeks(sold: pd.Series[float], share: float) -> pd.DatetimeIndex:
    """Weeks of selling that were, on their own day, among the ``share`` heaviest of all weeks so far."""
    edge = sold.expanding(FIRST_WEEKS).quantile(1 - share)
    return pd.DatetimeIndex(sold.index[((sold > 0) & (sold >= edge)).to_numpy()])


def worst_after(change_pct: pd.Series[float], weeks: int) -> pd.Series[float]:
    """The lowest close of a week and the ``weeks`` after it, percent from the close before the week; zero at most.

    Missing where any of those weeks is.
    """
    growth = (1 + change_pct / 100).apply(np.log)
    steps = pd.DataFrame({step: growth.shift(-step) for step in range(weeks + 1)}).cumsum(axis=1, skipna=False)
    lowest = steps.min(axis=1).clip(upper=0.0).where(steps.notna().all(axis=1))
    return lowest.map(np.expm1) * 100


def matched_episodes(
    weeks: pd.DataFrame,
    heavy: pd.DatetimeIndex,
    since: str,
    *,
    features: Sequence[str],
    outcome: str,
    gap: int,
    matches: int = 3,
    confidence: float = 0.95,
) -> MatchedEpisodes:
    """Set each newer episode against the earlier weeks most like it.

    Parameters
    ----------
    weeks : by ``week_end``: the features and the outcome; rows with a missing value are left out.
    heavy : weeks that begin an episode; those within ``gap`` weeks of one before are part of it.
    since : day from which episodes are newer; earlier weeks, heavy or not, are candidates.
    matches : candidates taken for each episode.
    """
    known = weeks[[*features, outcome]].dropna()
    starts = pd.DatetimeIndex(episodes(pd.Series(known.index.isin(heavy), index=known.index), gap))
    newer = starts[starts >= pd.Timestamp(since)]
    free = known[known.index < pd.Timestamp(since)]
    scale = free[list(features)].std()
    rows: dict[pd.Timestamp, dict[str, object]] = {}
    for day in newer:
        if len(free) < matches:
            break
        distance = (((free[list(features)] - known.loc[day, list(features)]) / scale) ** 2).sum(axis=1)
        near = free.loc[distance.nsmallest(matches).index]
        free = free.drop(index=near.index)
        rows[day] = {
            "outcome": known[outcome][day],
            "matched": float(near[outcome].mean()),
            "matches": ", ".join(f"{each:%Y-%m-%d}" for each in near.index.sort_values()),
        }
    pairs = pd.DataFrame.from_dict(rows, orient="index", columns=["outcome", "matched", "matches"])
    pairs.insert(2, "difference", pairs["outcome"].astype("float64") - pairs["matched"].astype("float64"))
    return MatchedEpisodes(pairs.rename_axis("episode"), _mean(pairs["difference"], confidence))


def _mean(gaps: pd.Series[float], confidence: float) -> Estimate | None:
    if len(gaps) < FEWEST_EPISODES:
        return None
    found = mean(gaps, unit="points", digits=1, confidence=confidence)
    return found.described(method="mean difference to matched weeks, t interval over episodes")
