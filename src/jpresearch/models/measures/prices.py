"""Measures of prices: changes between closes, records, relative moves, falls from a high, the yen, other markets."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.datasets import chips, market, world
from jpresearch.models.measures.measuring import (
    NORMAL_95,
    PAST_SESSIONS,
    UNKNOWN,
    Facts,
    Gauged,
    Measure,
    Window,
    bounded,
    exact,
    inside,
    on,
    reaches,
    sessions,
)
from jpresearch.models.sell_offs import sell_offs

INDICES: Final = ("topix", "nikkei225")
USUAL_SESSIONS: Final = 500
"""About two years: the past that says how far two series usually drift apart."""
ASIA: Final = ("kospi", "taiex", "hang_seng", "shanghai_composite")
MAJORS: Final = (*ASIA, "sp500", "ftse100", "cac40", "ftse_mib")
"""Price indices, one a market. The DAX counts dividends in and is not ranked with them."""
DRAWS: Final = 4000
STEP_SESSIONS: Final = 5


def series_of(facts: Facts, name: str) -> pd.Series[float]:
    """An index or a sector fund by name or code; ``chips`` is the equally weighted basket of chip names."""
    if name in INDICES:
        found: pd.Series[float] = facts(market.daily, INDICES)[name].dropna()
        return found
    if name == "chips":
        basket: pd.Series[float] = (1 + facts(chips.prices).pct_change(fill_method=None).mean(axis=1)).cumprod()
        return basket
    closes = facts(market.sector_closes)
    return closes[name].dropna() if name in closes else pd.Series(dtype="float64", index=pd.DatetimeIndex([]))


def change(facts: Facts, window: Window) -> Gauged:
    """Percent from the close of the first day to that of the last; its past are ten years of moves as long.

    A sector fund repeats its last close on a day without a trade, so either close may be a session old: that is its
    noise.
    """
    series = series_of(facts, window.subject)
    value = _change(series, window)
    if value is None:
        return UNKNOWN
    past = _moves(series, window)
    if not window.subject.isdigit():
        return exact(value, past)
    ends = [series.loc[:day].iloc[-2:] for day in (window.first, window.last)]
    reach = [(last / first - 1) * 100 for first in ends[0] for last in ends[1]]
    return Gauged(bounded(value, min(reach), max(reach)).measured, past)


def relative_change(facts: Facts, window: Window) -> Gauged:
    """Change of one subject less that of another (``1631:topix``), points, inside what is usual for the two.

    The noise is that of two years of windows as long, before the first day: 1.96 standard deviations.
    """
    one, other = (series_of(facts, name) for name in window.parts)
    first, second = _change(one, window), _change(other, window)
    if first is None or second is None:
        return UNKNOWN
    usual = (_moves(one, window) - _moves(other, window)).dropna().tail(USUAL_SESSIONS)
    reach = NORMAL_95 * float(usual.std())
    return bounded(first - second, first - second - reach, first - second + reach)


def rise_between_months(facts: Facts, window: Window) -> Gauged:
    """The largest rise from a close of the first day's month to a close of the last day's month, percent."""
    series = series_of(facts, window.subject)
    if not reaches(series, window.last):
        return UNKNOWN
    months = pd.DatetimeIndex(series.index).to_period("M")
    start, end = (series[months == day.to_period("M")] for day in (window.first, window.last))
    return UNKNOWN if start.empty or end.empty else exact(float(end.max() / start.min() - 1) * 100)


def highest_close(facts: Facts, window: Window) -> Gauged:
    """The highest close of the window, in the subject's own points."""
    series = series_of(facts, window.subject)
    known = inside(series, window)
    return exact(float(known.max())) if len(known) and reaches(series, window.last) else UNKNOWN


def over_record(facts: Facts, window: Window) -> Gauged:
    """The window's highest close less the highest close before the window, points: above zero is a record."""
    series = series_of(facts, window.subject)
    known, before = inside(series, window), series[series.index < window.first].dropna()
    if known.empty or before.empty or not reaches(series, window.last):
        return UNKNOWN
    return exact(float(known.max() - before.max()))


def worst_change(facts: Facts, window: Window) -> Gauged:
    """The worst change over so many sessions (``nikkei225:2``) with both closes in the window, percent."""
    name, count = window.parts
    series = series_of(facts, name)
    known = inside(series, window)
    if not reaches(series, window.last) or len(known) <= int(count):
        return UNKNOWN
    return exact(float((known / known.shift(int(count)) - 1).min()) * 100)


def fall_to_lowest(facts: Facts, window: Window) -> Gauged:
    """Percent from the close of the first day to the lowest close of the window."""
    series = series_of(facts, window.subject)
    start = on(series, window.first)
    return (
        exact(float(inside(series, window).min() / start - 1) * 100)
        if start and reaches(series, window.last)
        else UNKNOWN
    )


def fall_from_own_peak(facts: Facts, window: Window) -> Gauged:
    """The median chip name's fall from its own highest close in the window to its lowest close after it, percent.

    Its past are windows of as many sessions before the first day, one a week.
    """
    closes = facts(chips.prices)
    held = closes.loc[window.first : window.last]
    if held.empty or not reaches(closes.max(axis=1), window.last):
        return UNKNOWN
    size, before = len(held), closes.loc[: window.first].iloc[:-1].to_numpy(dtype="float64")
    starts = range(len(before) - size, -1, -STEP_SESSIONS)
    past = pd.Series([_median_fall(before[start : start + size]) for start in starts], dtype="float64")
    return exact(_median_fall(held.to_numpy(dtype="float64")), past)


def _median_fall(closes: np.ndarray) -> float:
    """Of closes by session and name; names that miss a session are left out."""
    whole = closes[:, ~np.isnan(closes).any(axis=0)]
    if not whole.shape[1]:
        return float("nan")
    peaks, names = whole.argmax(axis=0), np.arange(whole.shape[1])
    lowest_after = np.minimum.accumulate(whole[::-1])[::-1]
    return float(np.median((lowest_after[peaks, names] / whole[peaks, names] - 1) * 100))


def sectors_falling(facts: Facts, window: Window) -> Gauged:
    """The share of the seventeen sector funds that closed lower, percent, one fund being the noise of stale closes.

    Its past are windows as long in which TOPIX fell.
    """
    closes, topix = facts(market.sector_closes), series_of(facts, "topix")
    ends = closes.reindex([window.first, window.last]).dropna(axis=1)
    length = sessions(topix, window)
    if ends.shape[1] < 2 or not length:
        return UNKNOWN
    share, one = float((ends.iloc[1] < ends.iloc[0]).mean()) * 100, 100 / ends.shape[1]
    joined = closes.reindex(topix.index)
    moves = joined.pct_change(length, fill_method=None)[topix.pct_change(length) < 0]
    past = ((moves < 0).sum(axis=1) / moves.notna().sum(axis=1) * 100).dropna()
    past = past[past.index < window.first].tail(PAST_SESSIONS)
    return Gauged(bounded(share, max(0.0, share - one), min(100.0, share + one)).measured, past)


def yen_change(facts: Facts, window: Window) -> Gauged:
    """Change of the yen's value in dollars at New York's noon, percent."""
    return exact(_yen(facts, window))


def translation(facts: Facts, window: Window) -> Gauged:
    """What the yen added to TOPIX for a dollar holder: return in dollars less return in yen, points."""
    index, yen = _change(series_of(facts, "topix"), window), _yen(facts, window)
    return UNKNOWN if index is None or yen is None else exact(((1 + index / 100) * (1 + yen / 100) - 1) * 100 - index)


def _yen(facts: Facts, window: Window) -> float | None:
    rate = facts(world.fx)["usdjpy"].dropna()
    if not reaches(rate, window.last) or rate.index[0] > window.first:
        return None
    return float(rate.loc[: window.first].iloc[-1] / rate.loc[: window.last].iloc[-1] - 1) * 100


def depth_since(facts: Facts, window: Window) -> Gauged:
    """Mean depth of TOPIX's sell-offs that began since the first day over that of those before; above 1 is deeper.

    The subject is the least fall that counts, percent. The noise: how far a mean of as few earlier ones strays.
    """
    topix = series_of(facts, "topix").loc[: window.last]
    falls = sell_offs(topix, float(window.subject))
    newer = falls.loc[falls["first"] >= window.first, "fall_pct"]
    older = falls.loc[falls["first"] < window.first, "fall_pct"].to_numpy()
    if newer.empty or len(older) < 3:
        return UNKNOWN
    means = np.random.default_rng(0).choice(older, (DRAWS, len(newer))).mean(axis=1) / older.mean()
    return _strayed(float(newer.mean() / older.mean()), means)


def worst_since(facts: Facts, window: Window) -> Gauged:
    """TOPIX's worst change over so many sessions since the first day, over that of a usual stretch as long before it.

    The noise: how far the worst of earlier stretches strays from the usual one.
    """
    topix = series_of(facts, "topix").loc[: window.last]
    moves = topix.pct_change(int(window.subject)).dropna() * 100
    newer, older = moves[moves.index >= window.first], moves[moves.index < window.first]
    stretches = len(older) // max(1, len(newer))
    if newer.empty or stretches < 3:
        return UNKNOWN
    kept = older.to_numpy()[-stretches * len(newer) :]
    worst = kept.reshape(stretches, len(newer)).min(axis=1)
    return _strayed(float(newer.min() / np.median(worst)), worst / np.median(worst))


def _strayed(ratio: float, usual: Any) -> Gauged:
    low, high = np.percentile(usual, [2.5, 97.5])
    return bounded(ratio, ratio / high, ratio / low)


def index_change(facts: Facts, window: Window) -> Gauged:
    """Percent in local currency of an index of another market, from the last session up to each of the two days."""
    returns = facts(world.index_returns, window.first, window.last)["return_pct"]
    return exact(returns.get(window.subject))


def markets_ahead(facts: Facts, window: Window) -> Gauged:
    """The share of other markets, percent, whose price index did better (``topix:asia`` or ``topix:majors``)."""
    own, group = window.parts
    returns = facts(world.index_returns, window.first, window.last)["return_pct"]
    others = returns.reindex(ASIA if group == "asia" else MAJORS).dropna()
    if others.empty or pd.isna(returns.get(own)):
        return UNKNOWN
    return exact(float((others > returns[own]).mean()) * 100)


def _change(series: pd.Series[float], window: Window) -> float | None:
    start, end = on(series, window.first), on(series, window.last)
    return None if start is None or end is None else (end / start - 1) * 100


def _moves(series: pd.Series[float], window: Window) -> pd.Series[float]:
    """Changes over as many sessions as the window has, percent, that ended by its first day."""
    moves = series.pct_change(sessions(series, window), fill_method=None).loc[: window.first] * 100
    return moves.dropna().tail(PAST_SESSIONS)


MEASURES: Final[tuple[Measure, ...]] = (
    change,
    relative_change,
    rise_between_months,
    highest_close,
    over_record,
    worst_change,
    fall_to_lowest,
    fall_from_own_peak,
    sectors_falling,
    yen_change,
    translation,
    depth_since,
    worst_since,
    index_change,
    markets_ahead,
)
