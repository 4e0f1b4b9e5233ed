"""Partial adjustment: which part of a gap to target is traded away within a quarter.

    F = s V - lambda V gap + e,

with F the implied flow in yen, V the whole reserve at the start of the quarter, and gap the share that the class would
have had without trading, less the target in force. Divided by V both sides are points of the reserve, and the errors
of a small reserve and of a large one become alike. A steady buyer has s > 0, a rebalancer lambda > 0.

The quarters are few, so intervals are those of the t that holds exactly with normal errors of equal variance; errors
that allow for changing variance stand beside. What so few quarters could have found at all is said with them.

The published figures are rounded, and the special account is known within limits only. An error in the gap draws lambda
towards zero. But the same opening share enters the flow with the other sign, which draws lambda towards one: with
r the part of the gap's variance that is such error, the estimate tends to lambda (1 - r) + r.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import HC, Classical
from jpresearch.stats.regression import least_squares
from jpresearch.studies.gpif.behaviour import CONFIDENCE, LEAST_QUARTERS, POWER, slopes_allowed
from jpresearch.studies.gpif.power import curve, smallest_found

GAP: Final = "gap"
LEVEL: Final = 1 - CONFIDENCE
COLUMNS: Final = ("gap", "gap_half", "flow", "flow_low", "flow_high")


@dataclass(frozen=True)
class Adjustment:
    """Lambda and what surrounds it.

    Attributes
    ----------
    pairs : by quarter-end, in points of the reserve: ``gap`` with ``gap_half`` (half the width of its bounds),
        ``flow``, ``flow_low``, ``flow_high``.
    speed, low, high, p_value : lambda, its exact t interval and p-value.
    steady, steady_low, steady_high : flow at no gap, points of the reserve a quarter.
    smallest : the smallest lambda that a test at 5 percent finds four times in five.
    figures_low, figures_high : lambdas that the bounds of the flows allow, without sampling error.
    robust_low, robust_high : with errors for changing variance (HC3).
    without_one_low, without_one_high : estimates with one quarter left out.
    through_zero, through_zero_low, through_zero_high : lambda of a line without a steady flow.
    error_part : at most this part of the gap's variance is rounding and the special account, 0 to 1.
    """

    pairs: pd.DataFrame
    speed: float
    low: float
    high: float
    std_error: float
    p_value: float
    steady: float
    steady_low: float
    steady_high: float
    r_squared: float
    freedom: int
    smallest: float
    figures_low: float
    figures_high: float
    robust_low: float
    robust_high: float
    without_one_low: float
    without_one_high: float
    through_zero: float
    through_zero_low: float
    through_zero_high: float
    error_part: float
    covariance: pd.DataFrame

    @property
    def quarters(self) -> int:
        """How many quarters have all that the estimate needs."""
        return len(self.pairs)

    @property
    def corrected(self) -> float:
        """Lambda if error in the gap and its twin in the flow were as large as they can be."""
        return (self.speed - self.error_part) / (1 - self.error_part)

    def chances(self, speeds: list[float]) -> pd.Series[float]:
        """The chance in percent that these quarters find each true lambda."""
        return curve(speeds, self.std_error, self.freedom, LEVEL)

    def line(self, gaps: pd.Index) -> pd.DataFrame:
        """``fit``, ``low``, ``high`` of the mean flow at each gap, points of the reserve, with its t interval."""
        x = np.column_stack([np.ones(len(gaps)), gaps.to_numpy(dtype=float)])
        fit = x @ np.array([self.steady, -self.speed])
        half = _quantile(self.freedom) * np.sqrt(np.einsum("ij,jk,ik->i", x, self.covariance.to_numpy(), x))
        return pd.DataFrame({"fit": fit, "low": fit - half, "high": fit + half}, index=gaps)


def pairs(quarters: pd.DataFrame) -> pd.DataFrame:
    """The quarters that have a flow, the share at the start and the gap faced, in points of the reserve.

    ``quarters`` as ``behaviour.quarters`` gives it, with ``share_before`` and ``faced_half``. A flow in percent of the
    holding times the holding's share is a flow in points of the reserve.
    """
    flows = quarters[["flow", "flow_low", "flow_high"]].mul(quarters["share_before"] / 100, axis=0)
    gaps = pd.DataFrame({"gap": quarters["faced"], "gap_half": quarters["faced_half"]})
    return gaps.join(flows)[list(COLUMNS)].dropna().rename_axis("period_end")


def adjustment(sample: pd.DataFrame) -> Adjustment | None:
    """Lambda from ``pairs``; ``None`` below ``LEAST_QUARTERS`` quarters or where nothing varies."""
    if len(sample) < LEAST_QUARTERS:
        return None
    try:
        fit = least_squares(sample["flow"], sample[[GAP]], covariance=Classical(), confidence=CONFIDENCE)
        robust = least_squares(sample["flow"], sample[[GAP]], covariance=HC("HC3"), confidence=CONFIDENCE)
    except StatsError:
        return None
    slope, steady, wide = fit.estimate(GAP), fit.estimate("const"), robust.estimate(GAP)
    allowed = slopes_allowed(sample[GAP], sample["flow_low"], sample["flow_high"])
    left_out = _without_one(sample)
    through = _through_zero(sample)
    return Adjustment(
        pairs=sample,
        speed=-slope.value,
        low=-slope.high,
        high=-slope.low,
        std_error=slope.std_error,
        p_value=float(fit.p_values[GAP]),
        steady=steady.value,
        steady_low=steady.low,
        steady_high=steady.high,
        r_squared=fit.r_squared,
        freedom=fit.degrees_of_freedom,
        smallest=smallest_found(slope.std_error, fit.degrees_of_freedom, POWER, LEVEL),
        figures_low=-allowed.high,
        figures_high=-allowed.low,
        robust_low=-wide.high,
        robust_high=-wide.low,
        without_one_low=float(left_out.min()),
        without_one_high=float(left_out.max()),
        through_zero=through[0],
        through_zero_low=through[1],
        through_zero_high=through[2],
        error_part=error_part(sample),
        covariance=fit.covariance,
    )


def error_part(sample: pd.DataFrame) -> float:
    """The part of the gap's variance that its bounds leave to error, were errors spread evenly over them.

    That is half-width squared over three; errors that add up from several figures crowd in the middle, so it is a
    most. 0 to 1.
    """
    return min(1.0, float((sample["gap_half"] ** 2 / 3).mean() / sample[GAP].var(ddof=1)))


def _without_one(sample: pd.DataFrame) -> NDArray[np.float64]:
    """Lambda without each quarter in turn (Belsley, Kuh and Welsch, "Regression Diagnostics", 1980, DFBETA)."""
    x, y = sample[GAP].to_numpy(dtype=float), sample["flow"].to_numpy(dtype=float)
    centred = x - x.mean()
    scale = float(centred @ centred)
    slope = float(centred @ y) / scale
    leverage = 1 / len(x) + centred**2 / scale
    residual = y - y.mean() - slope * centred
    return np.asarray(-(slope - centred * residual / (scale * (1 - leverage))))


def _through_zero(sample: pd.DataFrame) -> tuple[float, float, float]:
    """Lambda without a steady flow, F = -lambda V gap + e, with its exact t interval."""
    x, y = sample[GAP].to_numpy(), sample["flow"].to_numpy()
    scale = float(x @ x)
    slope, freedom = float(x @ y) / scale, len(x) - 1
    error = float(np.sqrt(((y - slope * x) ** 2).sum() / freedom / scale))
    half = error * _quantile(freedom)
    return -slope, -slope - half, -slope + half


def _quantile(freedom: int) -> float:
    return float(stats.t.ppf(1 - LEVEL / 2, freedom))


def change_of_speed(sample: pd.DataFrame, since: pd.Timestamp) -> tuple[float, float] | None:
    """How much higher lambda is in quarters that end after ``since``, with the p-value; ``None`` where too few.

    Each side has its own steady flow; ``LEAST_QUARTERS`` on either side are asked for.
    """
    after = (sample.index > since).astype(float)
    if min(after.sum(), len(after) - after.sum()) < LEAST_QUARTERS:
        return None
    design = sample[[GAP]].assign(after=after, change=sample[GAP] * after)
    try:
        fit = least_squares(sample["flow"], design, covariance=Classical(), confidence=CONFIDENCE)
    except StatsError:
        return None
    return -float(fit.params["change"]), float(fit.p_values["change"])
