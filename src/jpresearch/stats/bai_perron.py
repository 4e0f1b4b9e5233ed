"""Several breaks at unknown dates: where they are, how many, and how well they are placed.

Bai and Perron, "Estimating and Testing Linear Models with Multiple Structural Changes" (Econometrica 66, 1998) and
"Computation and Analysis of Multiple Structural Change Models" (Journal of Applied Econometrics 18, 2003). statsmodels
has none of this; ruptures has the partition of a mean but no inference. Agrees with R's strucchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import floor, log, pi
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.break_dates import date_interval
from jpresearch.stats.breaks import TRIM, check_error, checked_lags, errors_in_words, has_error, wald_path
from jpresearch.stats.hansen import sup_p_value
from jpresearch.stats.inputs import check_confidence
from jpresearch.stats.segments import (
    Design,
    Errors,
    best_partitions,
    checked_design,
    coefficients_of,
    long_run_sum,
    segment_sums,
)


@dataclass(frozen=True)
class BaiPerron:
    """The best partition for each number of breaks, three ways to choose between them, and intervals for the dates.

    Attributes
    ----------
    partitions : by number of breaks from 0: ``ssr``; ``bic`` and ``lwz`` (least is best); ``statistic`` and ``p_value``
        of one more break, sup-F(l + 1 | l).
    dates : by number of breaks and number of the break: ``position`` (observations before it), ``low`` and ``high``
        (positions; past an end of the sample where the data do not place the break, missing where a regime has no
        error), and the labels ``last_before``, ``first_after``, ``low_label``, ``high_label`` (of the last observation
        before the break, ends of the sample at most).
    regimes : by number of breaks and number of the regime: ``first``, ``last``, ``observations`` and each coefficient.
    by_bic, by_lwz, by_sequence : the number of breaks that each rule chooses.
    """

    partitions: pd.DataFrame
    dates: pd.DataFrame
    regimes: pd.DataFrame
    by_bic: int
    by_lwz: int
    by_sequence: int
    shortest: int
    lags: int
    first: Any
    last: Any
    observations: int
    confidence: float
    method: str

    def table(self) -> pd.DataFrame:
        """``partitions`` with the positions of the breaks, one row per number of breaks."""
        places = [" ".join(map(str, self.positions(breaks))) for breaks in self.partitions.index]
        return self.partitions.assign(positions=places)

    def positions(self, breaks: int) -> tuple[int, ...]:
        """How many observations come before each of ``breaks`` breaks. Raises ``StatsError`` if not estimated."""
        if breaks not in self.partitions.index:
            raise StatsError(
                f"{breaks} breaks were not estimated", "bai_perron", f"0 to {len(self.partitions) - 1} were."
            )
        return tuple(int(place) for place in self.dates["position"].to_numpy()[self._rows(breaks)])

    def _rows(self, breaks: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.asarray(self.dates.index.get_level_values("breaks") == breaks)


def bai_perron(
    y: pd.Series[Any],
    x: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    trim: float = TRIM,
    shortest: int | None = None,
    most: int = 5,
    errors: Errors = "classical",
    lags: int | None = None,
    level: float = 0.05,
    confidence: float = 0.95,
) -> BaiPerron:
    """Find 0 to ``most`` breaks in the regression of ``y`` on a constant and ``x``; all coefficients change.

    Parameters
    ----------
    y, x : one row per period, no value missing; ``x`` None finds breaks of the mean.
    shortest : observations in the shortest segment; ``None`` is ``floor(trim * n)``.
    errors, lags : as ``breaks.sup_f``; for the intervals each regime has its own variance (Bai and Perron, 2003, on
        intervals), for the tests each segment its own.
    level : of each test of the sequence 0 against 1, 1 against 2 ..., which stops at the first that does not reject.

    Returns
    -------
    BaiPerron, with as many breaks as fit into the sample if these are fewer than ``most``. The criteria are
    BIC (Yao, 1988) ``n (ln(ssr / n) + 1 + ln 2 pi) + (k + 1)(m + 1) ln n`` and LWZ (Liu, Wu and Zidek, 1997)
    ``ln(ssr / (n - p)) + 0.299 p (ln n)^2.1 / n`` with ``p = (m + 1) k + m``. Both assume errors free of
    autocorrelation; with it they find too many breaks, and BIC far too many. The test of l + 1 against l breaks is the
    largest of the sup-F statistics of the l + 1 segments, ``trim`` taken off each; its p-value is 1 - (1 - p)^(l + 1),
    p being Hansen's (Bai and Perron, 1998, on the sequential test). It is missing where no segment is long enough.

    Raises
    ------
    StatsError : input as ``segments.checked_design``; options out of range; a sample too short for one break; a perfect
        fit; a regressor that does not vary within some segment.
    """
    check_confidence(confidence, "bai_perron")
    check_confidence(level, "bai_perron")
    design = checked_design(y, x, "bai_perron")
    used = checked_lags(design, errors, lags, "bai_perron")
    length = _checked_length(design, shortest, trim, most)
    found = best_partitions(segment_sums(design, length), most)
    check_error(min(squares for squares, _ in found), design, "bai_perron")
    partitions, every = _partitions(found, design, trim, errors, used), [places for _, places in found]
    return BaiPerron(
        partitions=partitions,
        dates=_dates(design, every, errors, used, confidence),
        regimes=_regimes(design, every),
        by_bic=int(partitions["bic"].to_numpy().argmin()),
        by_lwz=int(partitions["lwz"].to_numpy().argmin()),
        by_sequence=_sequence(partitions["p_value"], level),
        shortest=length,
        lags=used,
        first=design.index[0],
        last=design.index[-1],
        observations=design.observations,
        confidence=confidence,
        method=f"Bai-Perron partitions with at least {length} observations a segment, {errors_in_words(errors, used)}, "
        f"intervals of Bai (1997) at {confidence:.0%}, sequence of tests at {level:.0%}",
    )


def _checked_length(design: Design, shortest: int | None, trim: float, most: int) -> int:
    """Observations in the shortest segment, or the ``StatsError`` that says why the options do not fit."""
    n, k = design.observations, design.coefficients
    if not 0.01 <= trim < 0.5:
        raise StatsError(f"trim must lie from 0.01 to below 0.5, not {trim}", "bai_perron")
    if most < 1:
        raise StatsError(f"most must be 1 or more, not {most}", "bai_perron")
    length = floor(trim * n + 1e-9) if shortest is None else shortest
    if length <= k:
        raise StatsError(f"segments of {length} observations are too short for {k} coefficients", "bai_perron")
    if 2 * length > n:
        raise StatsError(f"{n} observations hold no two segments of {length}", "bai_perron")
    return length


def _partitions(
    found: list[tuple[float, tuple[int, ...]]], design: Design, trim: float, errors: Errors, lags: int
) -> pd.DataFrame:
    """The criteria and the test of one more break, by number of breaks."""
    rows = [
        _criteria(squares, design, places) | _one_more(design, places, trim, errors, lags) for squares, places in found
    ]
    return pd.DataFrame(rows).rename_axis("breaks")


def _sequence(p_values: pd.Series[float], level: float) -> int:
    """How many breaks come before the first test that does not reject; all that were estimated if each one does."""
    rejected = (p_values < level).to_numpy()
    return min(int(np.argmin([*rejected, False])), len(rejected) - 1)


def _criteria(squares: float, design: Design, places: tuple[int, ...]) -> dict[str, float]:
    n, k, regimes = design.observations, design.coefficients, len(places) + 1
    free = regimes * k + regimes - 1
    lwz = log(squares / (n - free)) + 0.299 * free * log(n) ** 2.1 / n if n > free else np.nan
    bic = n * (log(squares / n) + 1 + log(2 * pi)) + (k + 1) * regimes * log(n)
    return {"ssr": squares, "bic": bic, "lwz": lwz}


def _one_more(design: Design, places: tuple[int, ...], trim: float, errors: Errors, lags: int) -> dict[str, float]:
    """The largest sup-F within the segments, and its p-value; a segment that fits without error holds no break."""
    found: list[tuple[float, float]] = []
    ends = (0, *places, design.observations)
    for start, end in pairwise(ends):
        part = Design(design.y[start:end], design.x[start:end], design.names, design.index[start:end])
        n, k = part.observations, part.coefficients
        squares = float(np.sum(coefficients_of(part, 0, n)[1] ** 2))
        if n - 2 * max(floor(trim * n + 1e-9), k + 1) < 1 or not has_error(squares, part):
            continue
        path, first = wald_path(part, trim, errors, min(lags, n - 1))
        found.append((float(path.max()), sup_p_value(float(path.max()), k, first / n, upper=1 - first / n)))
    if not found:
        return {"statistic": np.nan, "p_value": np.nan}
    # Segments trimmed alike share one distribution; where short ones are trimmed more, the least p-value decides.
    least = min(p for _, p in found)
    return {"statistic": max(value for value, _ in found), "p_value": 1 - (1 - least) ** len(found)}


def _dates(
    design: Design, partitions: list[tuple[int, ...]], errors: Errors, lags: int, confidence: float
) -> pd.DataFrame:
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for places in partitions:
        ends = (0, *places, design.observations)
        for number in range(1, len(ends) - 1):
            segments = (ends[number - 1], ends[number], ends[number + 1])
            interval = _interval(design, segments, errors, lags, confidence)
            low, high = interval or (pd.NA, pd.NA)
            labels = [_label(design, place) for place in interval] if interval else [pd.NA, pd.NA]
            rows[(len(places), number)] = {
                "position": ends[number],
                "low": low,
                "high": high,
                "last_before": design.index[ends[number] - 1],
                "first_after": design.index[ends[number]],
                "low_label": labels[0],
                "high_label": labels[1],
            }
    frame = pd.DataFrame(list(rows.values()), index=pd.MultiIndex.from_tuples(rows, names=["breaks", "number"]))
    return frame.astype({"low": "Int64", "high": "Int64"})


def _interval(
    design: Design, ends: tuple[int, int, int], errors: Errors, lags: int, confidence: float
) -> tuple[int, int] | None:
    """Low and high position of the break between two neighbouring regimes (Bai and Perron, 2003, on intervals)."""
    parts = [slice(ends[0], ends[1]), slice(ends[1], ends[2])]
    fits = [coefficients_of(design, part.start, part.stop) for part in parts]
    change = fits[1][0] - fits[0][0]
    moments, noises = [], []
    for part, (_, residuals) in zip(parts, fits, strict=True):
        x = design.x[part]
        moment = float(change @ (x.T @ x) @ change) / len(x)
        along = (x @ change) * residuals
        noise = float(long_run_sum(along[:, None], lags)[0, 0]) / len(x)
        moments.append(moment)
        noises.append(float(residuals @ residuals) / len(x) * moment if errors == "classical" else noise)
    return date_interval(ends[1], (moments[0], moments[1]), (noises[0], noises[1]), confidence)


def _label(design: Design, place: int) -> Any:
    return design.index[min(max(place, 1), design.observations) - 1]


def _regimes(design: Design, partitions: list[tuple[int, ...]]) -> pd.DataFrame:
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for places in partitions:
        ends = (0, *places, design.observations)
        for number, (start, end) in enumerate(pairwise(ends), start=1):
            beta, _ = coefficients_of(design, start, end)
            row = {"first": design.index[start], "last": design.index[end - 1], "observations": end - start}
            rows[(len(places), number)] = row | dict(zip(design.names, map(float, beta), strict=True))
    return pd.DataFrame(list(rows.values()), index=pd.MultiIndex.from_tuples(rows, names=["breaks", "regime"]))
