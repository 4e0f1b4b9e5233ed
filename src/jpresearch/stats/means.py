"""The mean of independent observations with its t interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.say import Estimate

FEWEST = 3


def mean(values: pd.Series[Any], *, unit: str = "", digits: int | None = None, confidence: float = 0.95) -> Estimate:
    """The mean, its t interval and the p-value of zero; missing values are left out.

    Raises
    ------
    StatsError : fewer than three values, or no variation.
    """
    known = values.dropna().astype("float64")
    if len(known) < FEWEST or not known.std() > 0:
        raise StatsError(f"{len(known)} values that vary are too few for an interval", "mean", "Three are the least.")
    test = stats.ttest_1samp(known, 0.0)
    ends = test.confidence_interval(confidence)
    return Estimate(
        float(np.mean(known.to_numpy())),
        float(ends.low),
        float(ends.high),
        float(test.pvalue),
        unit=unit,
        digits=digits,
        n=len(known),
        first=known.index[0],
        last=known.index[-1],
        method=f"mean of {values.name or 'values'}, t interval",
        confidence=confidence,
    )
