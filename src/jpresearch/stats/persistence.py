"""How long a series keeps its direction: autocorrelation and runs of one sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.regression import newey_west, textbook_lags


@dataclass(frozen=True)
class Autocorrelation:
    """Autocorrelation by lag with robust intervals; all Series are indexed by lag (1, 2, ...)."""

    estimate: pd.Series
    std_error: pd.Series
    low: pd.Series
    high: pd.Series
    pairs: pd.Series
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """One row per lag: estimate, std_error, low, high, pairs (observations that far apart)."""
        columns = {"estimate": self.estimate, "std_error": self.std_error, "low": self.low, "high": self.high}
        return pd.DataFrame(columns | {"pairs": self.pairs}).rename_axis("lag")

    def at(self, lag: int) -> Estimate:
        """The estimate at one lag. Raises ``StatsError`` for a lag that was not asked for."""
        if lag not in self.estimate.index:
            raise StatsError(
                f"no autocorrelation at lag {lag}", "autocorrelation", f"1 to {len(self.estimate)} are known."
            )
        value, error, low, high = (float(part[lag]) for part in (self.estimate, self.std_error, self.low, self.high))
        return Estimate(
            value,
            low,
            high,
            n=int(self.pairs[lag]),
            method=self.method,
            confidence=self.confidence,
            std_error=error,
        )


def autocorrelation(series: pd.Series, lags: int, *, confidence: float = 0.95) -> Autocorrelation:
    """Autocorrelation of a regularly spaced series at 1 to ``lags`` steps.

    Each is the slope of the series on itself so many steps before, with Newey-West errors. These hold where the
    variance changes and where the series depends on its past; the textbook band of 2 / sqrt(T) holds in neither case. A
    slope differs from the product-moment coefficient only through the values at either end.

    Parameters
    ----------
    series : one row per step of the calendar; a missing step is a missing value, never a missing row.
    lags : the longest lag.

    Raises
    ------
    StatsError : ``lags`` below 1, or too few pairs at a lag.
    """
    if lags < 1:
        raise StatsError(f"lags must be 1 or more, not {lags}", "autocorrelation")
    rows: dict[int, tuple[float, float, float, float, int]] = {}
    for lag in range(1, lags + 1):
        # Observations `lag` apart overlap in what they share, which the errors must allow for.
        allowed = max(lag, textbook_lags(len(series)))
        pairs = int((series.notna() & series.shift(lag).notna()).sum())
        if pairs <= allowed + 2:
            raise StatsError(f"{pairs} pairs {lag} steps apart are too few", "autocorrelation")
        fit = newey_west(series, series.shift(lag).rename("before"), lags=allowed, confidence=confidence)
        found = fit.estimate("before")
        rows[lag] = (found.value, found.std_error, found.low, found.high, fit.observations)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "std_error", "low", "high", "pairs"])
    method = f"slope on the value so many steps before, Newey-West intervals at {confidence:.0%}"
    parts = (frame["estimate"], frame["std_error"], frame["low"], frame["high"])
    return Autocorrelation(*parts, frame["pairs"].astype("int64"), confidence, method)


def runs(series: pd.Series) -> pd.DataFrame:
    """Unbroken runs of one sign, in order of time.

    Parameters
    ----------
    series : one row per step of the calendar. A missing value ends a run, since nobody knows its sign; zero is in none.

    Returns
    -------
    Frame with RangeIndex: ``start`` and ``end`` (labels of the first and last step), ``length`` in steps, ``sign``
    (1 or -1) and ``total`` (sum of the values).
    """
    signs = pd.Series(np.sign(series.to_numpy(dtype=float)), index=series.index)
    block = (signs != signs.shift()).cumsum()  # missing never equals missing: each is a block of its own
    frame = pd.DataFrame({"label": series.index, "value": series.to_numpy(dtype=float), "sign": signs.to_numpy()})
    signed = frame[frame["sign"].abs() == 1]
    grouped = signed.groupby(block.to_numpy()[signed.index.to_numpy()])
    out = grouped.agg(
        start=("label", "first"),
        end=("label", "last"),
        length=("label", "size"),
        sign=("sign", "first"),
        total=("value", "sum"),
    )
    return out.astype({"sign": "int64", "length": "int64"}).reset_index(drop=True)
