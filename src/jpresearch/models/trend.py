"""A proxy of trend-following futures funds: what their models would hold, and where they would turn.

Their positions are published nowhere. A common model (Moskowitz, Ooi and Pedersen, "Time Series Momentum", JFE 104,
2012) holds the sign of past returns over several spans, scaled to constant volatility. The level at which a span turns
is the close of that many days before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import InsufficientData

DAYS_A_YEAR: Final = 245.0
VOLATILITY_DAYS: Final = 60


@dataclass(frozen=True)
class TrendProxy:
    """Positions of the model, and its trigger levels on the newest day.

    Attributes
    ----------
    position : series by day, from -1 (fully short) to 1 (fully long) of the volatility-scaled limit.
    exposure : series by day: ``position`` times target over present volatility, in multiples of capital.
    triggers : frame by span in days: ``level`` (the close that turns the span's sign), ``distance_pct`` (from the
        newest close), ``sign`` now.
    """

    position: pd.Series[float]
    exposure: pd.Series[float]
    triggers: pd.DataFrame


def trend_proxy(
    close: pd.Series[float], *, spans: tuple[int, ...] = (20, 60, 120), target_volatility_pct: float = 10.0
) -> TrendProxy:
    """The model's positions from daily closes.

    Parameters
    ----------
    close : index levels by session, as known on the newest day; missing days left out.
    spans : look-back in sessions; each counts alike.

    Raises
    ------
    InsufficientData : fewer closes than the longest span and the volatility window need.
    """
    known = close.dropna()
    needed = max(*spans, VOLATILITY_DAYS) + 1
    if len(known) < needed:
        raise InsufficientData(f"{len(known)} closes are too few; {needed} are the least", "trend proxy")
    signs = pd.DataFrame({span: np.sign(known - known.shift(span)) for span in spans}).dropna()
    position = signs.mean(axis=1).rename("position")
    returns = (known / known.shift()).apply(np.log)
    volatility = returns.rolling(VOLATILITY_DAYS).std() * np.sqrt(DAYS_A_YEAR) * 100
    exposure = (position * target_volatility_pct / volatility.reindex(position.index)).rename("exposure")
    last = float(known.iloc[-1])
    # Tomorrow's sign compares tomorrow's close with the one `span` sessions before tomorrow.
    levels = pd.Series({span: float(known.iloc[-span]) for span in spans}, name="level")
    triggers = pd.DataFrame({"level": levels, "distance_pct": (levels / last - 1) * 100, "sign": signs.iloc[-1]})
    return TrendProxy(position, exposure, triggers.rename_axis("span_days"))
