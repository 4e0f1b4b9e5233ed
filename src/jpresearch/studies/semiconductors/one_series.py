"""The basket as one series: later relative returns on its dearness, by tests that allow for overlap and persistence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.forecasting import OutOfSample, out_of_sample
from jpresearch.stats.multiplicity import romano_wolf, slopes
from jpresearch.stats.persistent import ReducedBias, ivx, reduced_bias
from jpresearch.stats.predictive import britten_jones, hodrick, non_overlapping
from jpresearch.studies.phrasing import counted, number
from jpresearch.studies.semiconductors.later import FEWEST_MONTHS, HORIZONS, LEAST_WINDOWS, SIGNAL, Sample

HODRICK: Final = "Hodrick 1B"
BRITTEN_JONES: Final = "Britten-Jones"
SIDE_BY_SIDE: Final = "windows side by side"
IVX: Final = "IVX"
REDUCED_BIAS: Final = "reduced bias"
CLARK_WEST: Final = "out of sample"
OVERLAP_WAYS: Final = {HODRICK: hodrick, BRITTEN_JONES: britten_jones, SIDE_BY_SIDE: non_overlapping}

TRAINING: Final = 24
"""Windows seen before the first forecast."""

BLOCK: Final = 6.0
"""Mean months of a bootstrap block."""

SEED: Final = 20250905


@dataclass(frozen=True)
class OneSeries:
    """What the basket's dearness says of its later relative return.

    Attributes
    ----------
    tests : by (``way``, ``horizon``): ``estimate``, ``low``, ``high`` (log points over the horizon for dearness higher
        by one standard deviation; missing where a way has none), ``p_value``, ``months`` (windows, overlapping or side
        by side as the way has it), ``windows`` (how many fit side by side) and ``remark``: why there is no estimate.
        IVX estimates are log points a month. Out of sample the estimate is R2 against the mean so far in percent, its
        p-value that of Clark and West.
    bias : the one-month slope before and after correction, or ``None``. ``records`` : forecasts by horizon.
    family_p : Romano and Wolf's p-values of the slopes by horizon, drawn jointly in blocks of twelve months.
    deviation : one standard deviation of dearness, percentage points of earnings yield.
    """

    tests: pd.DataFrame
    bias: ReducedBias | None
    records: dict[int, OutOfSample]
    family_p: pd.Series[float]
    deviation: float


def one_series(sample: Sample) -> OneSeries:
    """Run every test for one series at every horizon that the months allow."""
    known = sample.basket.loc[sample.basket[SIGNAL].first_valid_index() :]
    returns, signal = known["returns"], known[SIGNAL]
    scale = float(signal.std(ddof=0))
    bias, records = _bias(known), _records(returns, signal)
    rows = {(way, horizon): _overlap(known, way, horizon, scale) for way in OVERLAP_WAYS for horizon in HORIZONS}
    rows |= {(IVX, horizon): _ivx(known, horizon, scale) for horizon in HORIZONS}
    rows |= {(REDUCED_BIAS, 1): _bias_row(bias, scale, len(known))}
    rows |= {(CLARK_WEST, horizon): _record_row(records.get(horizon), len(known), horizon) for horizon in HORIZONS}
    return OneSeries(
        tests=pd.DataFrame.from_dict(rows, orient="index").rename_axis(["way", "horizon"]),
        bias=bias,
        records=records,
        family_p=_family(known),
        deviation=scale,
    )


def _row(windows: int, horizon: int, remark: str = "") -> dict[str, Any]:
    """A row without an estimate; ``windows`` overlap."""
    blank: dict[str, Any] = dict.fromkeys(["estimate", "low", "high", "p_value"], np.nan)
    return blank | {"months": max(windows, 0), "windows": max(windows, 0) / horizon, "remark": remark}


def _short(windows: int, horizon: int) -> str:
    """Why there are too few windows; empty where there are enough."""
    needed = max(FEWEST_MONTHS, LEAST_WINDOWS * horizon)
    if windows >= needed:
        return ""
    beside = f", {number(max(windows, 0) / horizon)} side by side" if horizon > 1 else ""
    return f"{counted(max(windows, 0), 'window')}{beside}; {needed} are needed"


def _overlap(known: pd.DataFrame, way: str, horizon: int, scale: float) -> dict[str, Any]:
    windows = len(known) - horizon
    row = _row(windows, horizon, _short(windows, horizon))
    if row["remark"]:
        return row
    try:
        found = OVERLAP_WAYS[way](known["returns"], known[SIGNAL], horizon=horizon)
    except StatsError as error:
        return row | {"remark": error.what}
    slope = found.estimate(SIGNAL)
    return row | {
        "estimate": slope.value * scale,
        "low": slope.low * scale,
        "high": slope.high * scale,
        "p_value": float(found.p_values[SIGNAL]),
        "months": found.observations,
    }


def _ivx(known: pd.DataFrame, horizon: int, scale: float) -> dict[str, Any]:
    windows = len(known) - horizon
    row = _row(windows, horizon, _short(windows, horizon))
    if row["remark"]:
        return row
    try:
        found = ivx(known["returns"], known[SIGNAL], horizon=horizon)
    except StatsError as error:
        return row | {"remark": error.what}
    return row | {"estimate": float(found.params[SIGNAL]) * scale, "p_value": float(found.p_values[SIGNAL])}


def _bias(known: pd.DataFrame) -> ReducedBias | None:
    """The corrected slope, or ``None`` where the months at hand do not carry it."""
    if _short(len(known) - 1, 1):
        return None
    try:
        return reduced_bias(known["returns"], known[SIGNAL])
    except StatsError:
        return None


def _bias_row(bias: ReducedBias | None, scale: float, months: int) -> dict[str, Any]:
    if bias is None:
        return _row(months - 1, 1, _short(months - 1, 1) or "the correction does not exist")
    slope = bias.slope
    values = {"estimate": slope.value * scale, "low": slope.low * scale, "high": slope.high * scale}
    return _row(bias.observations, 1) | values | {"p_value": bias.p_value}


def _records(returns: pd.Series[float], signal: pd.Series[float]) -> dict[int, OutOfSample]:
    """Recursive forecasts at the horizons where enough of them can be judged."""
    found: dict[int, OutOfSample] = {}
    for horizon in HORIZONS:
        forecasts = len(returns) - horizon - (TRAINING - 1 + horizon)
        if _short(forecasts, horizon):
            continue
        with suppress(StatsError):
            found[horizon] = out_of_sample(returns, signal, horizon=horizon, training=TRAINING)
    return found


def _record_row(record: OutOfSample | None, months: int, horizon: int) -> dict[str, Any]:
    if record is None:
        forecasts = months - horizon - (TRAINING - 1 + horizon)
        why = _short(forecasts, horizon).replace("window", "forecast")
        return _row(forecasts, horizon, why or "no forecast could be made")
    found = {"estimate": 100.0 * record.r_squared, "p_value": record.clark_west.p_value}
    return _row(record.observations, horizon) | found


def _family(known: pd.DataFrame) -> pd.Series[float]:
    """Romano-Wolf p-values that dearness says nothing, by horizon, drawn jointly.

    Next month's return on the sum of dearness over the months of the horizon up to now: the null of the long-horizon
    slope (Hodrick, 1992), but with returns that do not overlap, so that blocks of a few months are enough to draw from.
    """
    possible = [horizon for horizon in HORIZONS if not _short(len(known) - horizon, horizon)]
    sums = {str(horizon): known[SIGNAL].rolling(horizon, min_periods=horizon).sum() for horizon in possible}
    frame = pd.DataFrame({"next": known["returns"].shift(-1)} | sums).dropna()
    if not possible or len(frame) < FEWEST_MONTHS:
        return pd.Series(dtype="float64")
    pairs = [(0, column) for column in range(1, len(possible) + 1)]
    found = romano_wolf(frame, slopes(pairs), names=list(sums), block=BLOCK, seed=SEED)
    return found.tests["adjusted_p"].set_axis(possible)


def forecast_record(series: OneSeries) -> pd.DataFrame:
    """How far the forecasts have beaten the mean so far, by month of the forecast; a column per horizon, percent.

    The running sum of squared errors of the mean less those of the forecast, over all squared errors of the mean: each
    line ends at the out-of-sample R2 (the plot of Goyal and Welch, RFS 21, 2008).
    """
    lines: dict[str, pd.Series[float]] = {}
    for horizon, record in series.records.items():
        made = record.forecasts
        of_mean, of_model = (made["actual"] - made["mean"]) ** 2, (made["actual"] - made["model"]) ** 2
        lines[str(horizon)] = 100.0 * (of_mean - of_model).cumsum() / of_mean.sum()
    return pd.DataFrame(lines)
