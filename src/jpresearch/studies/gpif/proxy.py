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

from jpresearch.calendars import survey_weeks
from jpresearch.errors import StatsError
from jpresearch.stats.regression import Estimate, newey_west
from jpresearch.studies.gpif.behaviour import CONFIDENCE, LEAST_QUARTERS, on_reserve
from jpresearch.studies.gpif.inputs import SECTIONS

TWO_MARKETS: Final = "two_markets"
MN_PER_TN: Final = 1e6


@dataclass(frozen=True)
class Agreement:
    """How far the trust banks' quarters go with the implied flows."""

    quarters: int
    correlation: float
    low: float
    high: float
    same_sign: int
    slope: Estimate | None


def weekly(trust_banks: pd.DataFrame | None) -> pd.DataFrame:
    """Trust banks' net purchases by survey week, JPY tn, on every week from first to last: NaN where not published.

    Columns ``net`` and ``sections`` (whether it is the sum of the three Tokyo sections, in the years in which the
    class is not known for Tokyo and Nagoya together). Indexed by the last session of the week.
    """
    if trust_banks is None or trust_banks.empty:
        index = pd.DatetimeIndex([], name="period_end")
        return pd.DataFrame(
            {"net": pd.Series(dtype=float, index=index), "sections": pd.Series(dtype=bool, index=index)}
        )
    by_week = trust_banks.set_index(["period_end", "market"])["net_jpy_mn"]
    wide = pd.DataFrame({name: _market(by_week, name) for name in (TWO_MARKETS, *SECTIONS)})
    summed = wide[list(SECTIONS)].sum(axis=1, min_count=len(SECTIONS))
    net = wide[TWO_MARKETS].fillna(summed)
    weeks = pd.DatetimeIndex(survey_weeks(net.index.min(), net.index.max())["period_end"], name="period_end")
    from_sections = wide[TWO_MARKETS].isna() & summed.notna()
    frame = pd.DataFrame({"net": net / MN_PER_TN, "sections": from_sections})
    every = weeks.union(pd.DatetimeIndex(frame.index)).rename("period_end")
    return frame.reindex(every).assign(sections=from_sections.reindex(every, fill_value=False))


def _market(by_week: pd.Series[float], name: str) -> pd.Series[float]:
    own = by_week[by_week.index.get_level_values("market") == name]
    return own.droplevel("market")


def rolling(weeks: pd.DataFrame, window: int) -> pd.Series:
    """Net purchases summed over ``window`` weeks, JPY tn; NaN where one of them is not known."""
    return weeks["net"].rolling(window, min_periods=window).sum().rename("trust_banks")


def by_quarter(weeks: pd.DataFrame) -> pd.DataFrame:
    """Net purchases summed by quarter, JPY tn: a week belongs to the quarter in which it ends.

    Columns ``net`` (NaN where a week is missing or the quarter is not over), ``weeks``, ``missing``, ``sections``
    (weeks that are sums of sections). Indexed by quarter-end.
    """
    if weeks.empty:
        index = pd.DatetimeIndex([], name="period_end")
        return pd.DataFrame(columns=["net", "weeks", "missing", "sections"], index=index, dtype=float)
    groups = weeks.groupby(pd.Grouper(freq="QE"))
    frame = groups.agg(net=("net", "sum"), weeks=("net", "size"), known=("net", "count"), sections=("sections", "sum"))
    first, last = frame.index[0], frame.index[-1]
    due = [len(survey_weeks(end - pd.offsets.QuarterEnd(1) + pd.Timedelta(days=1), end)) for end in (first, last)]
    frame.loc[first, "weeks"] = due[0]
    frame.loc[last, "weeks"] = due[1]
    missing = frame["weeks"] - frame["known"]
    return frame.assign(net=frame["net"].where(missing == 0), missing=missing)[["net", "weeks", "missing", "sections"]]


def beside_flows(weeks: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Quarters with both flows: ``trust_banks``, ``gpif`` with its bounds, JPY tn, by quarter-end."""
    quarters = by_quarter(weeks)
    implied = on_reserve(flows)[["estimate", "low", "high"]].set_axis(["gpif", "gpif_low", "gpif_high"], axis=1)
    joined = quarters[["net", "sections"]].rename(columns={"net": "trust_banks"}).join(implied, how="inner")
    return joined.dropna()[["trust_banks", "gpif", "gpif_low", "gpif_high", "sections"]]


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
    return Agreement(len(pairs), float(result.statistic), *ends, same, slope)
