"""Many tests at once: what is still surprising after all of them are counted.

- Share of false discoveries: Benjamini and Hochberg, "Controlling the False Discovery Rate" (JRSS B 57, 1995), as
  statsmodels computes it; ``fdr_by`` holds under any dependence (Benjamini and Yekutieli, 2001).
- Chance of any false claim: Romano and Wolf, "Stepwise Multiple Testing as Formalized Data Snooping" (Econometrica 73,
  2005), with the adjusted p-values of Romano and Wolf, "Efficient Computation of Adjusted p-Values for Resampling-Based
  Stepdown Multiple Testing" (Statistics and Probability Letters 113, 2016). statsmodels and arch have
  none (arch's SPA and StepM compare losses with a benchmark). The joint dependence of the tests comes from one block
  bootstrap of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray
from jpresearch.stats.bootstrap import DRAWS, Kind, Statistic, block_bootstrap

FalseDiscovery = Literal["fdr_bh", "fdr_by"]


@dataclass(frozen=True)
class Discoveries:
    """The tests of a family with their p-values, q-values and what is rejected at ``level``.

    ``tests`` is indexed by name: ``p_value``, ``q_value`` (the smallest share of false discoveries at which the test
    is rejected), ``rejected``, ``bonferroni`` (adjusted p).
    """

    tests: pd.DataFrame
    level: float
    method: str

    def table(self) -> pd.DataFrame:
        """``tests``, smallest p first."""
        return self.tests.sort_values("p_value", kind="stable")


@dataclass(frozen=True)
class Family:
    """A family of tests with stepdown p-values.

    ``tests`` is indexed by name: ``estimate``, ``std_error``, ``t``, ``p_value`` (of the test alone), ``adjusted_p``
    (of Romano and Wolf), ``rejected`` at ``level``.
    """

    tests: pd.DataFrame
    level: float
    draws: int
    block: float | None
    seed: int | None
    first: Any
    last: Any
    observations: int | None
    method: str

    def table(self) -> pd.DataFrame:
        """``tests``, smallest adjusted p first."""
        return self.tests.sort_values(["adjusted_p", "p_value"], kind="stable")


def false_discoveries(
    p_values: pd.Series[float], *, level: float = 0.05, method: FalseDiscovery = "fdr_bh"
) -> Discoveries:
    """Control the share of false discoveries among the tests rejected.

    Parameters
    ----------
    p_values : by name of the test; every test that was run, not only those that came out.
    level : the share tolerated.

    Raises
    ------
    StatsError : no test, names repeated, p-values missing or outside 0 to 1, level out of range, unknown method.
    """
    if method not in get_args(FalseDiscovery):
        raise StatsError(
            f"no method {method!r}", "false_discoveries", f"Allowed: {', '.join(get_args(FalseDiscovery))}."
        )
    _check_level(level, "false_discoveries")
    values = p_values.to_numpy(dtype="float64", na_value=np.nan)
    if not len(values) or p_values.index.has_duplicates:
        raise StatsError("every test must be named once, and there must be one", "false_discoveries")
    if not ((values >= 0) & (values <= 1)).all():
        bad = ", ".join(map(str, p_values.index[~((values >= 0) & (values <= 1))]))
        raise StatsError(f"p-values must lie between 0 and 1; not so: {bad}", "false_discoveries")
    rejected, adjusted = multipletests(values, alpha=level, method=method)[:2]
    columns = {"p_value": values, "q_value": adjusted, "rejected": rejected}
    columns |= {"bonferroni": np.minimum(values * len(values), 1.0)}
    name = {"fdr_bh": "Benjamini-Hochberg", "fdr_by": "Benjamini-Yekutieli"}[method]
    return Discoveries(
        tests=pd.DataFrame(columns, index=p_values.index).rename_axis("test"),
        level=level,
        method=f"{name} over {len(values)} tests, false discoveries held to {level:.0%}",
    )


def stepdown(estimates: pd.Series[float], draws: pd.DataFrame, *, level: float = 0.05) -> Family:
    """Two-sided Romano-Wolf tests that each estimate is zero, from joint bootstrap draws of the estimates.

    Every estimate is divided by the standard deviation of its draws, and so is every draw less the estimate, so that no
    test rules the family by its units.

    Parameters
    ----------
    estimates : by name.
    draws : one row per draw, columns as ``estimates``; rows must be joint draws, or dependence is lost.

    Raises
    ------
    StatsError : names that differ or repeat, values missing, draws without variation, level out of range.
    """
    _check_level(level, "stepdown")
    if list(estimates.index) != list(draws.columns) or estimates.index.has_duplicates or not len(estimates):
        raise StatsError("estimates and draws must have the same names, each once", "stepdown")
    values, drawn = estimates.to_numpy(dtype="float64"), draws.to_numpy(dtype="float64")
    if not (np.isfinite(values).all() and np.isfinite(drawn).all()):
        raise StatsError("estimates and draws must be finite", "stepdown")
    error = drawn.std(axis=0, ddof=1)
    if (error == 0).any():
        raise StatsError(f"no variation in the draws of {', '.join(map(str, estimates.index[error == 0]))}", "stepdown")
    t, moved = np.abs(values) / error, np.abs(drawn - values) / error
    adjusted = adjusted_p_values(t, moved)
    columns = {"estimate": values, "std_error": error, "t": values / error}
    columns |= {"p_value": (1 + (moved >= t).sum(axis=0)) / (1 + len(moved))}
    columns |= {"adjusted_p": adjusted, "rejected": adjusted <= level}
    return Family(
        tests=pd.DataFrame(columns, index=estimates.index).rename_axis("test"),
        level=level,
        draws=len(draws),
        block=None,
        seed=None,
        first=None,
        last=None,
        observations=None,
        method=f"Romano-Wolf stepdown over {len(values)} two-sided tests, {len(draws)} joint draws, "
        f"any false claim held to {level:.0%}",
    )


def romano_wolf(
    data: pd.DataFrame,
    statistic: Statistic,
    *,
    names: Sequence[str],
    kind: Kind = "stationary",
    block: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.05,
) -> Family:
    """``stepdown`` over statistics of the same rows, drawn together by a block bootstrap.

    Parameters
    ----------
    data, statistic, names, kind, block, draws, seed : as ``bootstrap.block_bootstrap``; ``slopes`` and ``means`` below
        are statistics of this form.

    Raises
    ------
    StatsError : as ``block_bootstrap`` and ``stepdown``.
    """
    drawn = block_bootstrap(data, statistic, names=names, kind=kind, block=block, draws=draws, seed=seed)
    found = stepdown(drawn.estimate, drawn.draws, level=level)
    return Family(
        tests=found.tests,
        level=level,
        draws=draws,
        block=drawn.block,
        seed=seed,
        first=drawn.first,
        last=drawn.last,
        observations=drawn.observations,
        method=f"{found.method}; {drawn.method.rsplit(', percentile', 1)[0]}",
    )


def adjusted_p_values(t: FloatArray, draws: FloatArray) -> FloatArray:
    """Stepdown p-values of statistics ``t`` (large is against the null) from joint draws under the null.

    Largest first, each is compared with the largest draw among the tests not yet passed, and no p is below that of a
    larger statistic (Romano and Wolf 2016). Shapes (tests,) and (draws, tests).
    """
    order = np.argsort(-t, kind="stable")
    # The largest draw among this test and all with smaller statistics, by walking up from the smallest.
    largest = np.maximum.accumulate(draws[:, order[::-1]], axis=1)[:, ::-1]
    stepped = (1 + (largest >= t[order]).sum(axis=0)) / (1 + len(draws))
    result = np.empty_like(stepped)
    result[order] = np.maximum.accumulate(stepped)
    return np.asarray(result, dtype="float64")


def means(samples: FloatArray) -> FloatArray:
    """The mean of every column, shape (samples, columns)."""
    return np.asarray(samples.mean(axis=1))


def slopes(pairs: Sequence[tuple[int, int]]) -> Statistic:
    """A statistic: the slope of one column on another with a constant, for each (explained, explaining) pair."""
    explained = [pair[0] for pair in pairs]
    explaining = [pair[1] for pair in pairs]

    def statistic(samples: FloatArray) -> FloatArray:
        centred = samples - samples.mean(axis=1, keepdims=True)
        y, x = centred[:, :, explained], centred[:, :, explaining]
        return np.asarray((x * y).sum(axis=1) / (x * x).sum(axis=1))

    return statistic


def _check_level(level: float, where: str) -> None:
    if not 0 < level < 1:
        raise StatsError(f"level must lie between 0 and 1, not {level}", where)
