"""What GPIF must have bought or sold: the change in value that the market's result does not explain.

With the value V0 at the start of a quarter, V1 at its end, the return R or the gain in yen G, the purchases less
sales are

    F = V1 - V0 - G        or        F (1 + k) = V1 - V0 (1 + R),

where k is what the purchases themselves earned by the end of the quarter: nothing if made on the last day. Both
values are on one basis, always. On the basis of the whole reserve a value is as published, or a share times the
published total, or a share times GPIF's assets times the multiple of the reserve to them; that multiple and its
change within a quarter are then bounded, and so is the flow. On GPIF's own basis it is a share of GPIF's portfolio
times GPIF's assets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets.gpif_figures import (
    ASSUMED,
    BASES,
    GPIF,
    SHORT_TERM,
    Assumptions,
    Figures,
    reserve_ratio,
    whole_reserve,
)
from jpresearch.stats.rounding import Interval

Corner = tuple[float, float]
PUBLISHED: Final = "published"
BOUNDED: Final = "bounded"
COLUMNS: Final = (
    *("estimate", "low", "high", "rounding_low", "rounding_high", "unlimited_low", "unlimited_high"),
    *("start_value", "end_value", "market_result", "method", "totals", "by_return"),
)


@dataclass(frozen=True)
class Holding:
    """A class's value at a quarter-end: ``base`` in JPY tn, times the multiple ``ratio`` where ``scaled``."""

    base: Interval
    ratio: Interval
    scaled: bool
    known: bool

    def at(self, multiple: float) -> Interval:
        """The value if the reserve is ``multiple`` times GPIF's assets."""
        return self.base * multiple if self.scaled else self.base


@dataclass(frozen=True)
class Quarter:
    """What was published for one class, quarter and basis: both ends and the result."""

    start: Holding
    end: Holding
    rate: Interval | None
    gain: Interval | None
    growth: Interval

    def trades(self, corner: Corner, timing: Interval, by_gain: bool) -> Interval:
        """The flow at one pair of multiples; ``timing`` is 1 + k."""
        start, end = self.start.at(corner[0]), self.end.at(corner[1])
        if by_gain and self.gain is not None:
            return end - start - self.gain
        if self.rate is None:
            raise ValueError("a quarter without return or gain has no flow")
        return (end - start * (1 + self.rate)) / timing

    def printed(self, corner: Corner, by_gain: bool) -> float:
        """The flow of the figures as they were printed, trades at the end of the quarter."""
        start, end = self.start.at(corner[0]).centre, self.end.at(corner[1]).centre
        if by_gain and self.gain is not None:
            return end - start - self.gain.centre
        return float("nan") if self.rate is None else end - start * (1 + self.rate.centre)


def implied_flows(
    figures: Figures,
    asset: str,
    assumptions: Assumptions,
    *,
    topix: pd.Series | None = None,
    start: pd.Timestamp | None = None,
    use_totals: bool = True,
) -> pd.DataFrame:
    """Purchases less sales of one class by quarter, JPY tn, for every quarter that has all a flow needs.

    Parameters
    ----------
    topix : TOPIX by session; where given (domestic equities) the timing bounds let a trade fall on any day of the
        quarter, at that day's price. Otherwise trades earn between nothing and the whole return.
    start : first quarter-end.
    use_totals : ``False`` leaves out what is known of the whole reserve, to see what GPIF's assets alone would have
        told.

    Returns
    -------
    Frame indexed by ``basis`` and ``period_end``: ``estimate`` (multiple unchanged in the quarter, trades at its end
    where a return has to serve), ``low``, ``high`` (rounding, timing, multiple within its limits), ``rounding_low``,
    ``rounding_high`` (rounding alone), ``unlimited_low``, ``unlimited_high`` (any change of the multiple),
    ``start_value``, ``end_value``, ``market_result``, ``method`` (gain or return), ``totals`` (published or
    bounded), ``by_return`` (from the return where the gain served). Bases are never combined; quarters without all
    figures are absent.
    """
    rows = {}
    for basis in BASES:
        for day in figures.quarter_ends():
            quarter = _quarter(figures, basis, asset, day, assumptions, topix, use_totals)
            if quarter is not None and (start is None or day >= start):
                rows[basis, day] = _flow(quarter, assumptions)
    return by_basis_and_quarter(rows, COLUMNS)


def by_basis_and_quarter(
    rows: Mapping[tuple[str, pd.Timestamp], Mapping[str, object]], columns: Sequence[str]
) -> pd.DataFrame:
    """Rows as a frame indexed by ``basis`` and ``period_end``, an empty one too."""
    bases, days = [basis for basis, _ in rows], [day for _, day in rows]
    index = pd.MultiIndex.from_arrays(
        [pd.Index(bases, dtype="str"), pd.DatetimeIndex(days)], names=["basis", "period_end"]
    )
    return pd.DataFrame(list(rows.values()), index=index, columns=list(columns))


def holding(
    figures: Figures, basis: str, asset: str, day: pd.Timestamp, assumptions: Assumptions, use_totals: bool = True
) -> Holding | None:
    """The value of a class on one basis; ``None`` where the figures for it are missing."""
    value = figures.at(basis, f"value_{asset}", day)
    share, own = figures.fraction(basis, f"share_{asset}", day), figures.at(GPIF, "aum", day)
    one = Interval.exactly(1.0)
    if basis == GPIF:
        base = value if value is not None else (share * own if share is not None and own is not None else None)
        return None if base is None else Holding(base, one, scaled=False, known=True)
    ratio, how = reserve_ratio(figures, day, assumptions)
    if not use_totals:
        ratio, how = Interval(1.0, assumptions.ratio_max), ASSUMED
    total = whole_reserve(figures, day)
    if use_totals and value is not None:
        return Holding(value, ratio, scaled=False, known=True)
    if use_totals and share is not None and total is not None:
        return Holding(share * total, ratio, scaled=False, known=True)
    if share is None or own is None:
        return None
    return Holding(share * own, ratio, scaled=True, known=how not in (SHORT_TERM, ASSUMED))


def _quarter(
    figures: Figures,
    basis: str,
    asset: str,
    day: pd.Timestamp,
    assumptions: Assumptions,
    topix: pd.Series | None,
    use_totals: bool,
) -> Quarter | None:
    before = day - pd.offsets.QuarterEnd(1)
    opening = holding(figures, basis, asset, before, assumptions, use_totals)
    closing = holding(figures, basis, asset, day, assumptions, use_totals)
    # Returns and gains are GPIF's own: the special account earns next to nothing, so they serve on both bases.
    rate, gain = figures.fraction(GPIF, f"return_q_{asset}", day), figures.at(GPIF, f"gain_q_{asset}", day)
    if opening is None or closing is None or (rate is None and gain is None):
        return None
    return Quarter(opening, closing, rate, gain, _growth_after_trade(rate, topix, before, day))


def _growth_after_trade(
    rate: Interval | None, topix: pd.Series | None, before: pd.Timestamp, day: pd.Timestamp
) -> Interval:
    """1 + k: what a yen put in on some day of the quarter is worth at its end."""
    reach = [Interval.exactly(1.0)] + ([] if rate is None else [1 + rate])
    if topix is not None:
        prices = topix[topix.index <= day]
        since = max(0, int(prices.index.searchsorted(before, side="right")) - 1)
        quarter = prices.iloc[since:]
        if len(quarter) > 1:
            reach.append(Interval(float(quarter.iloc[-1] / quarter.max()), float(quarter.iloc[-1] / quarter.min())))
    return Interval.around(reach)


def _flow(quarter: Quarter, assumptions: Assumptions) -> dict[str, object]:
    one = Interval.exactly(1.0)
    centre = _centre(quarter)
    by_gain = quarter.gain is not None
    known = quarter.start.known and quarter.end.known
    # What was published of both ends overrules the limit.
    limit = None if known else assumptions.ratio_change
    limited = list(corners(quarter.start.ratio, quarter.end.ratio, limit))
    free = list(corners(quarter.start.ratio, quarter.end.ratio, None))

    def bounds(points: list[Corner], timing: Interval) -> Interval:
        return Interval.around([quarter.trades(point, timing, by_gain) for point in points])

    spread, rounding, unlimited = bounds(limited, quarter.growth), bounds([centre], one), bounds(free, quarter.growth)
    start, end = quarter.start.at(centre[0]).centre, quarter.end.at(centre[1]).centre
    estimate = quarter.printed(centre, by_gain)
    check = quarter.printed(centre, by_gain=False) if by_gain and quarter.rate is not None else float("nan")
    values = [estimate, spread.low, spread.high, rounding.low, rounding.high, unlimited.low, unlimited.high]
    words = ["gain" if by_gain else "return", PUBLISHED if known else BOUNDED]
    return dict(zip(COLUMNS, [*values, start, end, end - start - estimate, *words, check], strict=True))


def corners(first: Interval, second: Interval, change: float | None) -> Iterator[Corner]:
    """The corners of all pairs of multiples within two intervals that differ by at most ``change`` (``None``: any).

    A flow is linear in the pair, so its extremes lie there. Where the published multiples themselves differ by more,
    they overrule the limit.
    """
    ends = [(a, b) for a in (first.low, first.high) for b in (second.low, second.high)]
    if change is None or max(first.low, second.low) - min(first.high, second.high) > change:
        yield from ends
        return
    yield from ((a, b) for a, b in ends if abs(a - b) <= change)
    for step in (-change, change):
        yield from ((a, a + step) for a in (first.low, first.high) if second.holds(a + step))
        yield from ((b - step, b) for b in (second.low, second.high) if first.holds(b - step))


def _centre(quarter: Quarter) -> Corner:
    """One multiple for both ends: the known one, or the middle of what both allow."""
    first, second = quarter.start.ratio, quarter.end.ratio
    if quarter.start.known and quarter.end.known:
        return first.centre, second.centre
    if quarter.start.known or quarter.end.known:
        known, other = (first, second) if quarter.start.known else (second, first)
        carried = min(max(known.centre, other.low), other.high)
        return (known.centre, carried) if quarter.start.known else (carried, known.centre)
    common = first.overlap(second)
    return (first.centre, second.centre) if common is None else (common.centre, common.centre)


def timing_readings(flow: pd.Series) -> pd.Series:
    """The flow of a row if all was traded at the start, the middle or the end of the quarter, JPY tn.

    A gain in yen needs no such assumption: then the three are the same.
    """
    names = ["start of the quarter", "middle of the quarter", "end of the quarter"]
    if flow["method"] == "gain":
        return pd.Series(float(flow["estimate"]), index=names)
    rate = float(flow["market_result"]) / float(flow["start_value"])
    earned: list[Callable[[float], float]] = [lambda r: r, lambda r: r / 2, lambda r: 0.0]
    return pd.Series([float(flow["estimate"]) / (1 + part(rate)) for part in earned], index=names)
