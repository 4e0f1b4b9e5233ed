"""Trust banks' weekly flow beside GPIF's implied flow: a proxy, and how far it goes.

Trust banks trade for corporate pensions, other public funds and investment trusts as well; GPIF is one client. They
sell and buy on the exchange what GPIF's managers trade there, and nothing of what those trade elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import Classical
from jpresearch.stats.forecasting import OutOfSample, out_of_sample
from jpresearch.stats.regression import Estimate, Regression, least_squares, newey_west
from jpresearch.studies.gpif.behaviour import CONFIDENCE, LEAST_QUARTERS, on_reserve
from jpresearch.studies.phrasing import BN_PER_TN
from jpresearch.studies.weekly import net_on_either, week_ends

# Forecasts from this day on are set beside what came; two years of weeks at least come before the first.
FORECASTS_FROM: Final = pd.Timestamp("2020-01-01")
FEWEST_WEEKS: Final = 104


@dataclass(frozen=True)
class Agreement:
    """How far the trust banks' quarters go with the implied flows."""

    quarters: int
    correlation: float
    low: float
    high: float
    same_sign: int
    slope: Estimate | None
    p_value: float = float("nan")


def weekly(trust_banks: pd.DataFrame | None) -> pd.Series[float]:
    """Trust banks' net purchases by survey week, JPY tn, on every week from first to last: NaN where not published.

    In the years in which the class is not known for Tokyo and Nagoya together it is the sum of three Tokyo sections.
    Indexed by the last session of the week.
    """
    if trust_banks is None or trust_banks.empty:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([], name="period_end"))
    net = net_on_either(trust_banks, ["trust_banks"])[0]["trust_banks"] / BN_PER_TN
    return net.reindex(week_ends(net.index.min(), net.index.max()))


def rolling(weeks: pd.Series[float], window: int) -> pd.Series[float]:
    """Net purchases summed over ``window`` weeks, JPY tn; NaN where one of them is not known."""
    return weeks.rolling(window, min_periods=window).sum().rename("trust_banks")


def by_quarter(weeks: pd.Series[float]) -> pd.Series[float]:
    """Net purchases summed by quarter, JPY tn: a week belongs to the quarter in which it ends.

    NaN where a week is missing or the quarter is not over. Indexed by quarter-end.
    """
    if weeks.empty:
        return weeks
    quarters = pd.PeriodIndex([weeks.index[0], weeks.index[-1]], freq="Q")
    due = weeks.reindex(week_ends(quarters[0].start_time, quarters[-1].end_time.normalize()))
    groups = due.groupby(pd.Grouper(freq="QE"))
    return groups.sum().where(groups.count() == groups.size())


def beside_flows(weeks: pd.Series[float], flows: pd.DataFrame) -> pd.DataFrame:
    """Quarters with both flows: ``trust_banks`` and ``gpif``, JPY tn, by quarter-end."""
    implied = on_reserve(flows)["estimate"].rename("gpif")
    return by_quarter(weeks).rename("trust_banks").to_frame().join(implied, how="inner").dropna()


def agreement(pairs: pd.DataFrame, hac_lags: int | None = None) -> Agreement | None:
    """Correlation of the two with Fisher's interval, agreement of signs, and yen implied per yen of trust banks' flow.

    ``None`` below ``LEAST_QUARTERS`` quarters or where one side does not vary.
    """
    if len(pairs) < LEAST_QUARTERS or (np.ptp(pairs[["trust_banks", "gpif"]].to_numpy(), axis=0) == 0).any():
        return None
    result = stats.pearsonr(pairs["trust_banks"], pairs["gpif"])
    interval = result.confidence_interval(CONFIDENCE)
    same = int((np.sign(pairs["trust_banks"]) == np.sign(pairs["gpif"])).sum())
    try:
        slope = newey_west(pairs["gpif"], pairs["trust_banks"], lags=hac_lags).estimate("trust_banks")
    except StatsError:
        slope = None
    ends = float(interval.low), float(interval.high)
    return Agreement(len(pairs), float(result.statistic), *ends, same, slope, float(result.pvalue))


@dataclass(frozen=True)
class Response:
    """Trust banks' flow on the drift that a pension fund would face.

    ``slope`` per point of gap or per percent of TOPIX, ``r_squared`` from 0 to 1, ``observations`` quarters or weeks,
    ``error`` the standard error of a single forecast's residual in the unit of the flow.
    """

    slope: Estimate
    p_value: float
    r_squared: float
    observations: int
    error: float

    @classmethod
    def of(cls, fit: Regression, name: str) -> Response:
        """The coefficient ``name`` of a regression."""
        error = float(np.sqrt((fit.residuals**2).sum() / fit.degrees_of_freedom))
        return cls(fit.estimate(name), float(fit.p_values[name]), fit.r_squared, fit.observations, error)


def on_gap(weeks: pd.Series[float], pairs: pd.DataFrame, reserve: pd.Series[float]) -> Response | None:
    """Trust banks' flow of a quarter, points of the reserve, on the gap to target that GPIF faced in it.

    Parameters
    ----------
    pairs : as ``adjustment.pairs`` gives them. reserve : JPY tn at the start of each quarter.

    Exact t, as for GPIF's own flow; ``None`` below ``LEAST_QUARTERS`` quarters.
    """
    flow = (100 * by_quarter(weeks) / reserve).rename("flow")
    frame = pairs[["gap"]].join(flow, how="inner").dropna()
    if len(frame) < LEAST_QUARTERS:
        return None
    try:
        return Response.of(least_squares(frame["flow"], frame[["gap"]], covariance=Classical()), "gap")
    except StatsError:
        return None


def following(weeks: pd.Series[float], topix: pd.Series[float], window: int) -> pd.DataFrame:
    """Each known week's flow in JPY bn beside TOPIX's change over ``window`` weeks to its end, percent.

    Indexed by the last session of the week. Domestic shares drift with TOPIX: all of this is known by the week's end.
    """
    closes = topix.reindex(weeks.index)
    change = 100 * (closes / closes.shift(window) - 1)
    return pd.DataFrame({"flow": weeks * BN_PER_TN, "change": change}).dropna()


def next_week(frame: pd.DataFrame) -> Response | None:
    """The flow of the next known week on ``change``, Newey-West errors; ``None`` below ``FEWEST_WEEKS`` weeks."""
    if len(frame) <= FEWEST_WEEKS:
        return None
    ahead = frame["flow"].shift(-1)
    try:
        return Response.of(newey_west(ahead, frame[["change"]]), "change")
    except StatsError:
        return None


def forecasts(frame: pd.DataFrame) -> OutOfSample | None:
    """The same as it could have been forecast from ``FORECASTS_FROM`` on; ``None`` where too few weeks come before."""
    training = int((frame.index < FORECASTS_FROM).sum())
    if training < FEWEST_WEEKS:
        return None
    try:
        return out_of_sample(frame["flow"], frame[["change"]], training=training)
    except StatsError:
        return None
