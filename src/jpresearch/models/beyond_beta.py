"""What sectors did in a window beyond what their beta to the market accounts for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.say import Estimate, Estimates

SESSIONS_A_WEEK: Final = 5.0
FEWEST_WEEKS: Final = 26


@dataclass(frozen=True)
class BeyondBeta:
    """Moves in a window beyond beta.

    Attributes
    ----------
    excess : by column: the move less beta times the market's, in points, with what chance gives a window as long.
    rows : by column: ``moved`` (percent), ``beta``, ``excess`` (points).
    market_pct : the market's move in the window, percent.
    weeks : weeks before the window over which betas are measured, at most.
    """

    excess: Estimates
    rows: pd.DataFrame
    market_pct: float
    weeks: int


def beyond_beta(
    closes: pd.DataFrame,
    market: pd.Series[float],
    weekly: pd.DataFrame,
    weekly_market: pd.Series[float],
    first: pd.Timestamp,
    last: pd.Timestamp,
    *,
    weeks: int = 104,
    confidence: float = 0.95,
) -> BeyondBeta:
    """Moves from the close of ``first`` to that of ``last``, less beta times the market's.

    Betas are least squares of weekly returns over the ``weeks`` weeks that ended by ``first``: nothing of the window
    enters. The interval is the estimate less and plus what chance gives: the weekly residual spread times the root of
    the window's weeks (one at least, since both closes may be stale), and the error of beta; quantiles of t.

    Parameters
    ----------
    closes, market : by session. weekly, weekly_market : percent changes by week, from the last session to the last.
    weeks : weeks before the window.

    Returns
    -------
    BeyondBeta. A column without a close at an end, or with fewer than 26 weeks before, is left out.

    Raises
    ------
    InsufficientData : no column is left, or the market has no close at an end.
    """
    levels = market.reindex([first, last])
    moved = _change(closes.reindex([first, last]))
    market_pct = float(levels.iloc[1] / levels.iloc[0] - 1) * 100
    past = weekly.assign(_market=weekly_market.reindex(weekly.index)).loc[:first].tail(weeks)
    sessions = int(market.loc[first:last].notna().sum()) - 1
    found = {str(name): _fitted(past[[name, "_market"]].dropna()) for name in closes}
    rows, excess = {}, {}
    for name, fit in found.items():
        if fit is None or not np.isfinite(moved[name]) or not np.isfinite(market_pct):
            continue
        slope, spread, error, count = fit
        value = float(moved[name] - slope * market_pct)
        noise = float(np.hypot(spread * np.sqrt(max(sessions / SESSIONS_A_WEEK, 1.0)), error * market_pct))
        law = stats.t(count - 2)
        half = noise * float(law.ppf(0.5 + confidence / 2))
        excess[name] = Estimate(
            value, value - half, value + half, float(2 * law.sf(abs(value) / noise)),
            unit="points", digits=1, n=sessions, first=first, last=last,
            method=f"move of {name} less beta times the market's", confidence=confidence, std_error=noise,
        )  # fmt: skip
        rows[name] = {"moved": float(moved[name]), "beta": slope, "excess": value}
    if not rows:
        what = f"no sector has {FEWEST_WEEKS} weeks before {first.date()} and closes at both ends"
        raise InsufficientData(what, "beyond beta", "Choose a later window or an earlier start.")
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")
    return BeyondBeta(Estimates(excess), frame, market_pct, len(past))


def excess_by_window(
    closes: pd.DataFrame,
    market: pd.Series[float],
    weekly: pd.DataFrame,
    weekly_market: pd.Series[float],
    spans: Iterable[tuple[pd.Timestamp, pd.Timestamp]],
    *,
    weeks: int = 104,
) -> pd.DataFrame:
    """``beyond_beta`` of many windows: columns of ``closes`` x first days, points.

    A window with too few weeks before it keeps its column, without figures.
    """
    columns = {}
    for first, last in spans:
        try:
            found = beyond_beta(closes, market, weekly, weekly_market, first, last, weeks=weeks)
            columns[first] = found.rows["excess"].reindex(closes.columns)
        except InsufficientData:
            columns[first] = pd.Series(np.nan, index=closes.columns)
    return pd.DataFrame(columns, index=closes.columns, dtype="float64")


def _change(ends: pd.DataFrame) -> pd.Series[float]:
    return (ends.iloc[1] / ends.iloc[0] - 1) * 100


def _fitted(rows: pd.DataFrame) -> tuple[float, float, float, int] | None:
    """Beta, the spread of what it leaves, beta's error and the number of weeks."""
    if len(rows) < FEWEST_WEEKS or not rows["_market"].std() > 0:
        return None
    fit = stats.linregress(rows["_market"], rows.iloc[:, 0])
    left = rows.iloc[:, 0] - fit.intercept - fit.slope * rows["_market"]
    spread = float(np.sqrt((left**2).sum() / (len(rows) - 2)))
    return float(fit.slope), spread, float(fit.stderr), len(rows)
