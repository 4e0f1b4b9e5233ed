"""Many tests at once: what is still surprising after all of them are counted.

The share of false discoveries: Benjamini and Hochberg, "Controlling the False Discovery Rate" (JRSS B 57, 1995), as
statsmodels computes it; ``fdr_by`` holds under any dependence (Benjamini and Yekutieli, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from jpresearch.errors import StatsError

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


def _check_level(level: float, where: str) -> None:
    if not 0 < level < 1:
        raise StatsError(f"level must lie between 0 and 1, not {level}", where)
