"""JPX's weekly foreign flow, nowcast from MoF's figure of the same week.

MoF publishes at 08:50 on the Thursday after the week, JPX at 15:30 of the same day: in between, and whenever JPX is
late, MoF's figure is the newest word on the week. The two surveys differ in coverage (funds, venues, Sunday to
Saturday), so the relation is estimated, with an expanding window, and the interval is calibrated on past errors out of
sample: regression intervals take the errors for normal and of one size, and cover too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.calendars import monday
from jpresearch.errors import InsufficientData

FIRST_FIT_WEEKS: Final = 104
"""Weeks that the first regression has."""
SCALE_WEEKS: Final = 52
"""Past errors that say how large errors are at present: flows in yen have grown with the market."""
FEWEST_RATIOS: Final = 52


@dataclass(frozen=True)
class Nowcast:
    """Nowcasts of the weeks that MoF knows and JPX does not yet, and how past ones fared.

    Attributes
    ----------
    weeks : frame by ``week_start`` (the Monday): ``value``, ``low``, ``high``, ``mof`` (all JPY bn); empty where JPX
        knows every week that MoF knows.
    past : frame by ``week_start`` of every past week as it would have been nowcast on its day: ``actual``, ``value``,
        ``low``, ``high`` (JPY bn) and ``covered`` (whether the interval held the figure).
    coverage_pct, recent_coverage_pct : share of past weeks, and of the last 52, whose interval held the figure.
    nominal_coverage_pct : the same for the textbook regression interval.
    confidence : what the interval aims at.
    """

    weeks: pd.DataFrame
    past: pd.DataFrame
    coverage_pct: float
    recent_coverage_pct: float
    nominal_coverage_pct: float
    confidence: float


def nowcast(jpx: pd.Series[float], mof: pd.Series[float], *, confidence: float = 0.95) -> Nowcast:
    """Nowcast the weeks after the newest of ``jpx`` that ``mof`` knows.

    Parameters
    ----------
    jpx : foreigners' net purchases by survey week (JPY bn), indexed by the week's last session.
    mof : non-residents' net purchases of equity and fund shares (JPY bn), indexed by the week's Saturday. Both as
        published by one moment; missing weeks are left out of the fit.

    Raises
    ------
    InsufficientData : too few weeks known to both for a first fit and a calibration.
    """
    both = pd.DataFrame({"jpx": _by_monday(jpx), "mof": _by_monday(mof)})
    known = both.dropna()
    needed = FIRST_FIT_WEEKS + SCALE_WEEKS + FEWEST_RATIOS
    if len(known) < needed:
        raise InsufficientData(f"{len(known)} weeks are known to JPX and MoF alike; {needed} are the least", "nowcast")
    past = _past(known, confidence)
    newest = both["jpx"].last_valid_index()
    pending = both.loc[both.index > newest, "mof"].dropna()
    judged = past.dropna(subset=["low"])
    return Nowcast(
        weeks=_pending(known, past, pending, confidence),
        past=past,
        coverage_pct=float(100 * judged["covered"].mean()),
        recent_coverage_pct=float(100 * judged["covered"].tail(52).mean()),
        nominal_coverage_pct=float(100 * past["covered_nominal"].mean()),
        confidence=confidence,
    )


def _by_monday(net: pd.Series[float]) -> pd.Series[float]:
    """By the Monday of each week: JPX's weeks end on the last session, MoF's on Saturday."""
    known = net.dropna()
    return pd.Series(known.to_numpy(), index=monday(pd.DatetimeIndex(known.index)).rename("week_start"))


def _past(known: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Every week from the first fit on, as it would have been nowcast from the weeks before it."""
    fits = _fits(known, known["mof"].shift(-1), confidence).shift().iloc[FIRST_FIT_WEEKS:]
    past = pd.DataFrame({"actual": known["jpx"].iloc[FIRST_FIT_WEEKS:], "value": fits["value"]})
    errors = past["actual"] - past["value"]
    half = _half_widths(errors, confidence).iloc[:-1].set_axis(past.index)
    past["low"], past["high"] = past["value"] - half, past["value"] + half
    past["covered"] = (errors.abs() <= half).astype("float64").where(half.notna())
    past["covered_nominal"] = (errors.abs() <= fits["half"]).astype("float64")
    return past


def _fits(known: pd.DataFrame, mof: pd.Series[float], confidence: float) -> pd.DataFrame:
    """The regression on all weeks up to each one, at ``mof``: ``value`` and the ``half`` of its prediction interval."""
    x, y = known["mof"], known["jpx"]
    count = pd.Series(np.arange(1.0, len(known) + 1), index=known.index)
    mean_x, mean_y = x.cumsum() / count, y.cumsum() / count
    spread = (x * x).cumsum() - count * mean_x**2
    cross = (x * y).cumsum() - count * mean_x * mean_y
    slope = cross / spread
    left = (y * y).cumsum() - count * mean_y**2 - slope * cross
    reach = 1 + 1 / count + (mof - mean_x) ** 2 / spread
    quantile = stats.t.ppf(0.5 + confidence / 2, (count - 2).clip(lower=1))
    variance = (left / (count - 2) * reach).where(count > 2)
    return pd.DataFrame({"value": mean_y + slope * (mof - mean_x), "half": quantile * variance.pow(0.5)})


def _half_widths(errors: pd.Series[float], confidence: float) -> pd.Series[float]:
    """Half the interval's width at each past week and, last, at the week after them.

    The quantile of past errors in units of the usual error of their day, times the usual error now. Each is computed
    from earlier errors alone.
    """
    size = errors.pow(2).rolling(SCALE_WEEKS).mean().pow(0.5)
    scale = pd.concat([pd.Series([np.nan]), size], ignore_index=True)
    ratios = errors.abs().reset_index(drop=True) / scale.iloc[:-1]
    quantile = ratios.expanding(FEWEST_RATIOS).quantile(confidence)
    usual = pd.concat([pd.Series([np.nan]), quantile], ignore_index=True)
    return usual * scale


def _pending(known: pd.DataFrame, past: pd.DataFrame, pending: pd.Series[float], confidence: float) -> pd.DataFrame:
    half = float(_half_widths(past["actual"] - past["value"], confidence).iloc[-1])
    last = [_fits(known, pd.Series(mof, index=known.index), confidence)["value"].iloc[-1] for mof in pending]
    frame = pd.DataFrame({"value": last, "mof": pending.to_numpy()}, index=pending.index, dtype="float64")
    return frame.assign(low=frame["value"] - half, high=frame["value"] + half)[["value", "low", "high", "mof"]]
