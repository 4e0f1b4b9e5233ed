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
    rows = _rows(closes, market, weekly, weekly_market, first, last, weeks)
    sessions = int(market.loc[first:last].notna().sum()) - 1
    market_pct = _market_pct(market, first, last)
    noise = np.hypot(rows["spread"] * np.sqrt(max(sessions / SESSIONS_A_WEEK, 1.0)), rows["error"] * market_pct)
    half = noise * stats.t.ppf(0.5 + confidence / 2, rows["weeks"] - 2)
    p_values = 2 * np.asarray(stats.t.sf(rows["excess"].abs() / noise, rows["weeks"] - 2))
    excess = {
        str(name): Estimate(
            value, value - half[name], value + half[name], float(p_value),
            unit="points", digits=1, n=sessions, first=first, last=last,
            method=f"move of {name} less beta times the market's", confidence=confidence, std_error=noise[name],
        )
        for (name, value), p_value in zip(rows["excess"].items(), p_values, strict=True)
    }  # fmt: skip
    longest = min(len(weekly.loc[:first]), weeks)
    return BeyondBeta(Estimates(excess), rows[["moved", "beta", "excess"]], market_pct, longest)


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
            found = _rows(closes, market, weekly, weekly_market, first, last, weeks)
            columns[first] = found["excess"].reindex(closes.columns)
        except InsufficientData:
            columns[first] = pd.Series(np.nan, index=closes.columns)
    return pd.DataFrame(columns, index=closes.columns, dtype="float64")


def _rows(
    closes: pd.DataFrame,
    market: pd.Series[float],
    weekly: pd.DataFrame,
    weekly_market: pd.Series[float],
    first: pd.Timestamp,
    last: pd.Timestamp,
    weeks: int,
) -> pd.DataFrame:
    """By column that has them: ``moved``, ``beta``, ``excess``, and ``spread``, ``error`` and ``weeks`` of the fit."""
    ends = closes.reindex([first, last])
    past = weekly.loc[:first].tail(weeks)
    rows = _fitted(past.reindex(columns=closes.columns), weekly_market.reindex(past.index))
    rows.insert(0, "moved", (ends.iloc[1] / ends.iloc[0] - 1) * 100)
    rows.insert(2, "excess", rows["moved"] - rows["beta"] * _market_pct(market, first, last))
    rows = rows.replace([np.inf, -np.inf], np.nan).dropna(subset="excess")
    if rows.empty:
        what = f"no sector has {FEWEST_WEEKS} weeks before {first.date()} and closes at both ends"
        raise InsufficientData(what, "beyond beta", "Choose a later window or an earlier start.")
    return rows


def _market_pct(market: pd.Series[float], first: pd.Timestamp, last: pd.Timestamp) -> float:
    levels = market.reindex([first, last])
    return float(levels.iloc[1] / levels.iloc[0] - 1) * 100


def _fitted(moves: pd.DataFrame, market: pd.Series[float]) -> pd.DataFrame:
    """Least squares of each column on the market, all at once, over the weeks that both have.

    Index: the columns with weeks enough. Columns: ``beta``, ``spread`` of what it leaves, beta's ``error``, ``weeks``.
    """
    y, x = moves.to_numpy(dtype=np.float64), market.to_numpy(dtype=np.float64)[:, None]
    there = np.isfinite(y) & np.isfinite(x)
    count = there.sum(axis=0)
    with np.errstate(all="ignore"):
        x = np.where(there, x - np.where(there, x, 0.0).sum(axis=0) / count, 0.0)
        y = np.where(there, y - np.where(there, y, 0.0).sum(axis=0) / count, 0.0)
        variation = (x**2).sum(axis=0)
        beta = (x * y).sum(axis=0) / variation
        spread = np.sqrt(((y - beta * x) ** 2).sum(axis=0) / (count - 2))
        fits = {"beta": beta, "spread": spread, "error": spread / np.sqrt(variation), "weeks": count}
    known = (count >= FEWEST_WEEKS) & (variation > 0)
    names = moves.columns.astype(str).rename("name")
    return pd.DataFrame({column: values[known] for column, values in fits.items()}, index=names[known])
