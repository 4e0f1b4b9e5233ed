"""Are weeks of heavy foreign selling milder since a day? Newer episodes against earlier weeks like them.

Likeness is in the size of the selling and in the move of the S&P 500 of the same week, each in standard deviations of
the earlier weeks. The newer episodes are few, and the answer says how few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.stats.episodes import episodes
from jpresearch.studies.absorption.inputs import Settings
from jpresearch.studies.absorption.price import heavy

FEATURES: Final = ["sold", "sp500_pct"]
OUTCOMES: Final = {"week_pct": "TOPIX in the week", "worst_pct": "Worst close after it"}
FEWEST_EPISODES: Final = 3


@dataclass(frozen=True)
class Milder:
    """Newer episodes and their matches.

    Attributes
    ----------
    pairs : by newer episode: both outcomes (percent), those of its matches on average (``_matched``), the differences
        (``_difference``), ``sold``, ``sp500_pct``, and ``matches`` (their days in words).
    summary : by outcome: mean difference ``estimate`` (above zero is milder) with t interval ``low``, ``high``,
        ``p_value``, ``episodes``, and ``without_one_low``, ``without_one_high``: the mean with any one left out.
        Empty with fewer than three newer episodes.
    """

    pairs: pd.DataFrame
    summary: pd.DataFrame


def milder(weeks: pd.DataFrame, settings: Settings) -> Milder:
    """Match every episode of heavy selling from ``since`` on with the ``matches`` nearest earlier weeks of selling."""
    table = weeks.assign(week_pct=weeks["topix_pct"], worst_pct=worst_after(weeks["topix_pct"], settings.horizon_weeks))
    known = table[[*FEATURES, *OUTCOMES]].dropna()
    flags = pd.Series(known.index.isin(heavy(weeks, settings)), index=known.index)
    starts = episodes(flags, settings.horizon_weeks + 1)
    newer = starts[starts >= settings.turn]
    earlier = known[(known.index < settings.turn) & (known["sold"] > 0)]
    if earlier.empty or not len(newer):
        return Milder(pd.DataFrame(), pd.DataFrame())
    pairs = pd.DataFrame([_pair(known.loc[day], earlier, settings) for day in newer], index=newer)
    return Milder(pairs.rename_axis("episode"), _summary(pairs, settings))


def worst_after(changes: pd.Series[float], horizon: int) -> pd.Series[float]:
    """The lowest close of the week and the ``horizon`` weeks after it, percent from the close before the week.

    Missing where any of those weeks is; zero at most.
    """
    growth = changes.div(100).map(np.log1p)
    steps = pd.DataFrame({step: growth.shift(-step) for step in range(horizon + 1)}).cumsum(axis=1, skipna=False)
    lowest = steps.min(axis=1).clip(upper=0.0).where(steps.notna().all(axis=1))
    return lowest.map(np.expm1) * 100


def _pair(row: pd.Series[float], earlier: pd.DataFrame, settings: Settings) -> dict[str, object]:
    scale = earlier[FEATURES].std()
    distance = (((earlier[FEATURES] - row[FEATURES]) / scale) ** 2).sum(axis=1)
    near = earlier.loc[distance.nsmallest(settings.matches).index]
    found: dict[str, object] = {name: float(row[name]) for name in [*OUTCOMES, *FEATURES]}
    for name in OUTCOMES:
        found[f"{name}_matched"] = float(near[name].mean())
        found[f"{name}_difference"] = float(row[name] - near[name].mean())
    return found | {"matches": ", ".join(f"{day:%Y-%m-%d}" for day in near.index.sort_values())}


def _summary(pairs: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    if len(pairs) < FEWEST_EPISODES:
        return pd.DataFrame()
    rows = {}
    for name in OUTCOMES:
        gaps = pairs[f"{name}_difference"].astype("float64")
        test = stats.ttest_1samp(gaps, 0.0)
        ends = test.confidence_interval(settings.confidence)
        without = [float(gaps.drop(day).mean()) for day in gaps.index]
        rows[name] = {
            "estimate": float(gaps.mean()),
            "low": float(ends.low),
            "high": float(ends.high),
            "p_value": float(test.pvalue),
            "episodes": float(len(gaps)),
            "without_one_low": min(without),
            "without_one_high": max(without),
        }
    return pd.DataFrame(rows).T.rename_axis("outcome")
