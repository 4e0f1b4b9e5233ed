"""Measures of prices: changes between closes, records, relative moves, the yen, falls. Percent unless said."""

from __future__ import annotations

import pandas as pd

from jpresearch.datasets.alignment import same_day
from jpresearch.models.sell_offs import sell_offs
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.measuring import Span, measure, on, reaches, within

SESSIONS = 250


def series_of(facts: Facts, name: str) -> pd.Series[float]:
    """A market series or a sector fund by name or code; ``chips`` is the equally weighted basket of chip names."""
    if name == "chips":
        moves = facts.chips.pct_change(fill_method=None)
        return (1 + moves.mean(axis=1)).cumprod()
    if name in facts.sectors:
        return facts.sectors[name]
    return facts.market.get(name, pd.Series(dtype="float64", index=pd.DatetimeIndex([])))


@measure
def change(facts: Facts, span: Span) -> float | None:
    """Change of the subject from the close of the first day to that of the last."""
    return _change(series_of(facts, span.subject), span)


@measure
def relative_change(facts: Facts, span: Span) -> float | None:
    """Change of one subject less that of another (``1631:topix``), points."""
    one, other = (_change(series_of(facts, name), span) for name in span.parts)
    return None if one is None or other is None else one - other


@measure
def rise_between_months(facts: Facts, span: Span) -> float | None:
    """The largest rise from a close of the first day's month to a close of the last day's month."""
    series = series_of(facts, span.subject)
    if not reaches(series, span.last):
        return None
    months = pd.DatetimeIndex(series.index).to_period("M")
    start, end = (series[months == day.to_period("M")].dropna() for day in (span.first, span.last))
    return None if start.empty or end.empty else float(end.max() / start.min() - 1) * 100


@measure
def highest_close(facts: Facts, span: Span) -> float | None:
    """The highest close of the subject in the window, in its own points."""
    series = series_of(facts, span.subject)
    known = within(series, span)
    return float(known.max()) if len(known) and reaches(series, span.last) else None


@measure
def record_rank(facts: Facts, span: Span) -> float | None:
    """The rank of the window's highest close among all closes up to its last day: 1 is a record (data from 2001)."""
    series = series_of(facts, span.subject)
    known = within(series, span)
    if known.empty or not reaches(series, span.last):
        return None
    return float((series.loc[: span.last].dropna() > known.max()).sum() + 1)


@measure
def worst_change(facts: Facts, span: Span) -> float | None:
    """The worst change over so many sessions (``nikkei225:2``) with both closes in the window."""
    name, sessions = span.parts
    series = series_of(facts, name)
    known = within(series, span)
    if not reaches(series, span.last) or len(known) <= int(sessions):
        return None
    return float((known / known.shift(int(sessions)) - 1).min()) * 100


@measure
def fall_to_lowest(facts: Facts, span: Span) -> float | None:
    """From the close of the first day to the lowest close of the window."""
    series = series_of(facts, span.subject)
    start, known = on(series, span.first), within(series, span)
    return float(known.min() / start - 1) * 100 if start and reaches(series, span.last) else None


@measure
def sectors_falling(facts: Facts, span: Span) -> float | None:
    """The share of the 17 sector funds, percent, that closed lower on the last day than on the first."""
    ends = facts.sectors.reindex([span.first, span.last]).dropna(axis=1)
    if ends.shape[1] < 2:
        return None
    return float((ends.iloc[1] < ends.iloc[0]).mean()) * 100


@measure
def yen_change(facts: Facts, span: Span) -> float | None:
    """Change of the yen's value in dollars (New York noon), from the first day to the last."""
    found = same_day(facts.market["usdjpy"], pd.DatetimeIndex([span.first, span.last]))
    if found.isna().any() or not reaches(facts.market["usdjpy"], span.last):
        return None
    return float(found.iloc[0] / found.iloc[1] - 1) * 100


@measure
def translation(facts: Facts, span: Span) -> float | None:
    """What the yen added to TOPIX for a dollar holder over the window: return in dollars less return in yen, points."""
    index, yen = _change(facts.market["topix"], span), yen_change(facts, span)
    return None if index is None or yen is None else ((1 + index / 100) * (1 + yen / 100) - 1) * 100 - index


@measure
def fall_depth_ratio(facts: Facts, span: Span) -> float | None:
    """Mean depth of TOPIX's sell-offs since the first day over their mean depth before it.

    A sell-off is a fall of the subject's percent from a high; those that began by the last day count. Above 1: deeper.
    """
    topix = facts.market["topix"].loc[: span.last]
    if not reaches(topix, span.last - pd.Timedelta(days=4)):
        return None
    falls = sell_offs(topix, float(span.subject)).set_index("first")["fall_pct"]
    newer, older = falls[falls.index >= span.first], falls[falls.index < span.first]
    return None if newer.empty or older.empty else float(newer.mean() / older.mean())


@measure
def worst_fall_ratio(facts: Facts, span: Span) -> float | None:
    """The worst fall of TOPIX over so many sessions since the first day, over the median year's worst before it."""
    topix = facts.market["topix"].loc[: span.last].dropna()
    moves = (topix / topix.shift(int(span.subject)) - 1).dropna() * 100
    older, newer = moves[moves.index < span.first], moves[moves.index >= span.first]
    if newer.empty or len(older) < SESSIONS:
        return None
    usual = older.groupby(pd.DatetimeIndex(older.index).year).min().median()
    return float(newer.min() / usual)


def _change(series: pd.Series[float], span: Span) -> float | None:
    start, end = on(series, span.first), on(series, span.last)
    return None if start is None or end is None else (end / start - 1) * 100
