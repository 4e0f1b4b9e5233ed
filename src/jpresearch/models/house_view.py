"""Correction, profit-taking or neither: a rule over named facts, for every page that states the house's view.

A correction is a fall from the high that is deep by convention. Profit-taking is selling by foreigners, beyond their
usual four weeks, near a high that earnings still support. Where the facts pull apart, or one is missing, the view is
undecided; where foreigners are no net sellers beyond the usual there is nothing to explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Literal

import pandas as pd

View = Literal["correction", "profit_taking", "no_selling", "undecided"]


@dataclass(frozen=True)
class Facts:
    """What the view rests on; NaN is unknown.

    Attributes
    ----------
    drawdown_pct : the index below its highest close so far in the window, zero at the high.
    flow_bp : foreigners' cash purchases of four weeks, net, in bp of market value; ``futures_bp`` the same of futures.
    usual_flow_bp : standard deviation of such four-week sums in the year before.
    earnings_pct : change of forecast earnings since the high.
    """

    drawdown_pct: float
    flow_bp: float
    usual_flow_bp: float
    earnings_pct: float
    futures_bp: float = float("nan")


def house_view(facts: Facts, *, correction_pct: float = -10.0) -> View:
    """The view that the facts give.

    Parameters
    ----------
    correction_pct : drawdown from which a fall is called a correction.
    """
    if isnan(facts.drawdown_pct) or isnan(facts.flow_bp) or isnan(facts.usual_flow_bp):
        return "undecided"
    if facts.drawdown_pct <= correction_pct:
        return "correction"
    if facts.flow_bp >= -facts.usual_flow_bp:
        return "no_selling"
    if isnan(facts.earnings_pct) or facts.earnings_pct < 0 or facts.futures_bp > -facts.flow_bp:
        return "undecided"
    return "profit_taking"


@dataclass(frozen=True)
class Since:
    """What became of a price since its high, in percent: ``price``, and its parts ``earnings`` and ``multiple``."""

    high: pd.Timestamp
    price_pct: float
    earnings_pct: float
    multiple_pct: float


def since_high(close: pd.Series[float], multiple: pd.Series[float], *, days: int = 365) -> Since:
    """Price, earnings and multiple from the highest close of the ``days`` before the newest, to the newest.

    Parameters
    ----------
    close, multiple : index level and P/E on expected earnings by day; earnings are their ratio. A multiple that is
        missing on the day of the high, or on the newest day, leaves both parts NaN.
    """
    known = close.dropna()
    window = known[known.index > known.index[-1] - pd.Timedelta(days=days)]
    high = pd.Timestamp(window.index[window.to_numpy().argmax()])
    price = float(window.iloc[-1] / window.loc[high] - 1) * 100
    ends = multiple.reindex([high, window.index[-1]]).to_numpy(dtype="float64")
    re_rating = float(ends[1] / ends[0] - 1) * 100
    earnings = ((1 + price / 100) / (1 + re_rating / 100) - 1) * 100
    return Since(high, price, earnings, re_rating)
