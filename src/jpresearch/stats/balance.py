"""Diffusion: the share that rises less the share that falls, with the interval of a sign test."""

from __future__ import annotations

from typing import Any

from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.say import Estimate


def sign_balance(
    rises: int, falls: int, compared: int, *, first: Any = None, last: Any = None, confidence: float = 0.95
) -> Estimate:
    """Rises less falls in percent of all compared, in percentage points.

    Given how many changed at all, rises are binomial; the interval is that of Clopper and Pearson (Biometrika 26, 1934)
    for their share, the p-value that of the exact sign test. Changes are taken as independent.

    Raises
    ------
    StatsError : nothing compared, counts below zero, or more changes than comparisons.
    """
    changed = rises + falls
    if min(rises, falls) < 0 or compared <= 0 or changed > compared:
        raise StatsError(f"{rises} rises and {falls} falls of {compared} are no counts", "sign balance")
    low, high, p_value = 0.0, 0.0, 1.0
    if changed:
        test = stats.binomtest(rises, changed)
        ends = test.proportion_ci(confidence, method="exact")
        low, high = ((2 * float(end) - 1) * 100 * changed / compared for end in ends)
        p_value = float(test.pvalue)
    return Estimate(
        100.0 * (rises - falls) / compared,
        low,
        high,
        p_value,
        unit="points",
        digits=0,
        n=int(compared),
        first=first,
        last=last,
        method="share of rises less share of falls, exact sign test",
        confidence=confidence,
    )
