"""How much of a series' variance each of several groups of regressors accounts for, whatever their order.

The share of a group is the gain in R squared from adding it, averaged over all orders in which the groups can enter:
Lindeman, Merenda and Gold, "Introduction to Bivariate and Multivariate Analysis" (1980), the Shapley value of R
squared. The shares add up to R squared. They divide what is explained; they do not say what caused it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray
from jpresearch.stats.bootstrap import DRAWS, Bootstrap, block_bootstrap

MOST_GROUPS: Final = 8
"""With more, the subsets of groups become too many to be estimated in every draw."""


@dataclass(frozen=True)
class VarianceShares:
    """Shares of variance in percent, with block-bootstrap intervals.

    Attributes
    ----------
    shares : frame by group: ``estimate``, ``low``, ``high`` (percent of the variance of the explained series).
    r_squared_pct : their sum.
    bootstrap : the draws behind the intervals.
    """

    shares: pd.DataFrame
    r_squared_pct: float
    bootstrap: Bootstrap

    @property
    def observations(self) -> int:
        """Rows used."""
        return self.bootstrap.observations


def variance_shares(
    y: pd.Series[Any],
    x: pd.DataFrame,
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> VarianceShares:
    """Divide the R squared of ``y`` on ``x`` among groups of columns.

    Parameters
    ----------
    y : the explained series; rows with a missing value anywhere are left out.
    x : regressors on the same index, in time order.
    groups : name to columns; by default each column is a group of its own. Each column belongs to one group.

    Raises
    ------
    StatsError : a column in no group or in two, too many groups, or what ``block_bootstrap`` refuses.
    """
    named = {str(column): [column] for column in x.columns} if groups is None else groups
    columns = [column for members in named.values() for column in members]
    if sorted(map(str, columns)) != sorted(map(str, x.columns)) or len(named) > MOST_GROUPS:
        raise StatsError(
            f"every column must belong to exactly one of at most {MOST_GROUPS} groups",
            "variance shares",
            f"Columns: {', '.join(map(str, x.columns))}.",
        )
    places = [[list(x.columns).index(column) + 1 for column in members] for members in named.values()]
    known = pd.concat([y.rename("explained"), x], axis=1).dropna()
    found = block_bootstrap(
        known,
        lambda samples: _shares(samples, places),
        names=list(named),
        draws=draws,
        seed=seed,
        confidence=confidence,
    )
    shares = pd.DataFrame({"estimate": found.estimate}).join(found.interval()).rename_axis("group")
    return VarianceShares(shares, float(found.estimate.sum()), found)


def _shares(samples: FloatArray, groups: Sequence[Sequence[int]]) -> FloatArray:
    """Percent by group for samples of shape (samples, rows, 1 + columns); the explained series is column 0."""
    centred = samples - samples.mean(axis=1, keepdims=True)
    moments = np.einsum("sri,srj->sij", centred, centred)
    explained = {subset: _r_squared(moments, groups, subset) for subset in _subsets(len(groups))}
    shares = np.zeros((len(samples), len(groups)))
    for group in range(len(groups)):
        others = [other for other in range(len(groups)) if other != group]
        for size in range(len(groups)):
            weight = factorial(size) * factorial(len(groups) - size - 1) / factorial(len(groups))
            for subset in combinations(others, size):
                joined = tuple(sorted((*subset, group)))
                shares[:, group] += weight * (explained[joined] - explained[subset])
    return 100.0 * shares


def _subsets(count: int) -> list[tuple[int, ...]]:
    return [subset for size in range(count + 1) for subset in combinations(range(count), size)]


def _r_squared(moments: FloatArray, groups: Sequence[Sequence[int]], subset: tuple[int, ...]) -> FloatArray:
    if not subset:
        return np.zeros(len(moments))
    columns = [column for group in subset for column in groups[group]]
    inside = moments[:, columns][:, :, columns]
    with_y = moments[:, columns, 0]
    fitted = np.einsum("si,si->s", np.linalg.solve(inside, with_y[..., None])[..., 0], with_y)
    return np.asarray(fitted / moments[:, 0, 0], dtype="float64")
