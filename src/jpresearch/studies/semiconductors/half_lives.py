"""How long a valuation takes to go half the way back, name by name."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.half_life import FEWEST, half_life
from jpresearch.studies.phrasing import counted
from jpresearch.studies.semiconductors.inputs import NAMES
from jpresearch.studies.semiconductors.valuation import LEAST_NAMES, Valuation

BASKET: Final = "basket"
CONFIDENCE: Final = 0.90
COEFFICIENT_UNIT: Final = "share of a deviation left after a month (1: none comes back)"


def half_lives(valuation: Valuation) -> pd.DataFrame:
    """The half-life of each name's trailing earnings yield and of the basket's median, from month ends.

    Returns
    -------
    Frame by code and ``basket``: ``coefficient``, ``low``, ``high`` (median-unbiased, 90 % interval); ``months``,
    ``months_low``, ``months_high`` (half-lives, infinite where the coefficient is 1); ``observations``; ``whiteness``
    (p-value that one lag is enough); ``remark``: why there is no estimate.
    """
    yields = valuation.monthly(valuation.trailing_yield)
    median = yields.median(axis=1).where(yields.count(axis=1) >= LEAST_NAMES)
    series = {str(code): yields[code] for code in [*NAMES, *yields] if code in yields} | {BASKET: median}
    rows = {name: _half_life(_newest_run(one)) for name, one in series.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("code")


def _newest_run(series: pd.Series[float]) -> pd.Series[float]:
    """The newest months without a gap between them, up to the last known."""
    known = series.loc[: series.last_valid_index()] if series.notna().any() else series.iloc[:0]
    gaps = np.flatnonzero(known.isna().to_numpy())
    return known.iloc[int(gaps[-1]) + 1 :] if len(gaps) else known


def _half_life(run: pd.Series[float]) -> dict[str, Any]:
    names = ["coefficient", "low", "high", "months", "months_low", "months_high", "whiteness"]
    row: dict[str, Any] = dict.fromkeys(names, np.nan) | {"observations": len(run), "remark": ""}
    if len(run) <= FEWEST:
        return row | {"remark": f"{counted(len(run), 'month')}; {FEWEST + 1} are needed"}
    try:
        found = half_life(run, confidence=CONFIDENCE)
    except StatsError as error:
        return row | {"remark": error.what}
    return row | {
        "coefficient": found.coefficient,
        "low": found.low,
        "high": found.high,
        "months": found.periods,
        "months_low": found.periods_low,
        "months_high": found.periods_high,
        "whiteness": found.whiteness,
    }


def persistence_figure(lives: pd.DataFrame, ranges: pd.DataFrame) -> tuple[pd.DataFrame, float, bool]:
    """The intervals to draw, the level to read them against, and whether they are of half-lives.

    Coefficients against 1; where no name has the months that one needs, the range of each yield so far against zero.
    """
    known = lives.dropna(subset=["coefficient"])
    if len(known):
        return _named(known.rename(columns={"coefficient": "estimate"})), 1.0, True
    return _named(ranges.rename(columns={"now": "estimate"}).dropna()), 0.0, False


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """The three columns of an interval, by name instead of code."""
    return frame[["estimate", "low", "high"]].rename(index=NAMES).rename(index={BASKET: "Median of the names"})
