"""What GPIF must have bought or sold: the change in value that the market's result does not explain.

With the value V0 of a class at the start of a quarter, V1 at its end, the gain in yen G or the return R, purchases
less sales are F = V1 - V0 - G, and G = V0 R where only the return is published. Each date has one value, so flows add
over time: that of a span is the sum of its quarters'. Its bounds follow from the bounds of its two ends. Those depend
on the special account, whose multiple of GPIF's assets moves within a limit, so that both ends move together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from jpresearch.about import About, describe
from jpresearch.datasets.gpif_figures import within_rounding
from jpresearch.errors import InsufficientData
from jpresearch.stats.rounding import Interval

ONE: Final = Interval.exactly(1.0)
COLUMNS: Final = ("flow", "low", "high", "result", "value_before", "value", "reserve_before", "run")


@dataclass(frozen=True)
class Flow:
    """Purchases less sales, JPY tn, from the day after ``first`` to ``last``.

    ``value`` is the sum of the quarters' flows; ``low`` and ``high`` are all that rounding, the special account and the
    unknown days of the trades leave possible: bounds, not a confidence interval.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    value: float
    low: float
    high: float
    quarters: int

    @property
    def sign(self) -> int:
        """1 for certain purchases, -1 for certain sales, 0 where the bounds hold zero."""
        return (self.low > 0) - (self.high < 0)


@dataclass(frozen=True)
class Holdings:
    """What a flow needs of one class.

    Attributes
    ----------
    quarters : ``datasets.gpif.quarters`` of the class.
    results : ``datasets.gpif.results``.
    asset : the class, such as ``domestic_equities``.
    prices : an index of the class by session, which narrows what a trade within a quarter earned by its end; ``None``
        lets it earn anything from nothing to the whole return. It matters where a return stands for the gain.
    ratio_change : the multiple of the reserve to GPIF's assets changes by no more than this within a quarter.
    """

    quarters: pd.DataFrame
    results: pd.DataFrame
    asset: str
    prices: pd.Series[Any] | None = None
    ratio_change: float = 0.02

    def usable(self) -> list[pd.Timestamp]:
        """The ends of the quarters with a value at both ends and a gain or a return."""
        known = self.quarters["value"].notna()
        found = self.results.reindex(self.quarters.index)
        result = found[f"gain_{self.asset}"].notna() | found[f"return_{self.asset}"].notna()
        return list(self.quarters.index[known & known.shift(fill_value=False) & result])

    def gain(self, end: pd.Timestamp) -> Interval | None:
        """The published gain of the quarter, JPY tn."""
        return self._result("gain", end)

    def rate(self, end: pd.Timestamp) -> Interval | None:
        """The published return of the quarter, as a fraction."""
        percent = self._result("return", end)
        return None if percent is None else percent * 0.01

    def _result(self, kind: str, end: pd.Timestamp) -> Interval | None:
        column = self.results[f"{kind}_{self.asset}"]
        value = float(column.get(end, float("nan")))
        return None if pd.isna(value) else within_rounding(value)

    def ratio(self, date: pd.Timestamp) -> Interval:
        """The reserve as a multiple of GPIF's assets on a quarter-end."""
        if pd.isna(self._at("ratio", date)):
            return ONE
        return Interval(self._at("ratio_low", date), self._at("ratio_high", date))

    def value(self, date: pd.Timestamp, ratio: float | None = None) -> Interval:
        """The value of the class, JPY tn, as far as the figures give it, or give it at one ``ratio``."""
        whole = Interval(self._at("value_low", date), self._at("value_high", date))
        if ratio is None or bool(self.quarters["known"].loc[date]) or pd.isna(self._at("ratio", date)):
            return whole
        own = sorted((whole.low / self._at("ratio_low", date), whole.high / self._at("ratio_high", date)))
        return (Interval(*own) * ratio).overlap(whole) or whole

    def printed(self, date: pd.Timestamp) -> float:
        """The one value of the date, JPY tn."""
        return self._at("value", date)

    def _at(self, column: str, date: pd.Timestamp) -> float:
        return float(self.quarters[column].loc[date])

    def growth_after_trade(self, end: pd.Timestamp) -> Interval:
        """What a yen put in on some day of the quarter is worth at its end."""
        rate = self.rate(end)
        reach = [ONE] + ([] if rate is None else [1 + rate])
        if self.prices is not None:
            seen = self.prices[self.prices.index <= end]
            since = max(0, int(seen.index.searchsorted(_before(end), side="right")) - 1)
            quarter = seen.iloc[since:]
            if len(quarter) > 1:
                close = float(quarter.iloc[-1])
                reach.append(Interval(close / float(quarter.max()), close / float(quarter.min())))
        return Interval.around(reach)


def implied_flows(holdings: Holdings) -> pd.DataFrame:
    """The flow of every quarter that has all figures.

    Returns
    -------
    Index ``quarter_end``; other quarters are absent. Columns in JPY tn: ``flow`` with its bounds ``low``, ``high``;
    ``result`` (the market's), ``value_before``, ``value``, ``reserve_before``; and ``run``, the same number for
    quarters that follow each other. Sums of ``flow`` within a run are flows of the span, but never sums of ``low`` or
    ``high``: ``flow_between`` gives those.
    """
    ends = holdings.usable()
    rows, run, last = [], 0, None
    for end in ends:
        before = _before(end)
        run += last is not None and before != last
        flow, opening, value = flow_between(holdings, before, end), holdings.printed(before), holdings.printed(end)
        reserve = float(holdings.quarters["reserve"].loc[before])
        rows.append((flow.value, flow.low, flow.high, value - opening - flow.value, opening, value, reserve, run))
        last = end
    index = pd.DatetimeIndex(ends, name="quarter_end")
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=index).astype({"run": "int64"})
    return describe(frame, About("JPY tn", "quarter", columns={"run": "number"}))


def flow_between(holdings: Holdings, first: pd.Timestamp, last: pd.Timestamp) -> Flow:
    """The flow over all quarters from ``first`` to ``last``, with the bounds that the two ends leave.

    Raises
    ------
    InsufficientData : a quarter between the two lacks a value or a result.
    """
    days = list(pd.date_range(first, last, freq="QE"))
    missing = sorted(set(days[1:]) - set(holdings.usable()))
    if len(days) < 2 or days[0] != first or days[-1] != last or missing:
        told = f"the quarter to {missing[0]:%Y-%m-%d} lacks figures" if missing else "two quarter-ends are needed"
        raise InsufficientData(told, "flow_between")
    estimate = holdings.printed(last) - holdings.printed(first)
    estimate -= sum(_printed_result(holdings, end) for end in days[1:])
    reach = holdings.ratio_change * (len(days) - 1)
    corners = _corners(holdings.ratio(first), holdings.ratio(last), reach)
    bounds = Interval.around([_at(holdings, days, corner) for corner in corners])
    low, high = min(bounds.low, estimate), max(bounds.high, estimate)
    return Flow(first, last, estimate, float(low), float(high), len(days) - 1)


def _printed_result(holdings: Holdings, end: pd.Timestamp) -> float:
    """The market's result of a quarter, from the figures as printed."""
    gain, rate = holdings.gain(end), holdings.rate(end)
    if gain is not None:
        return gain.centre
    if rate is None:
        raise InsufficientData(f"the quarter to {end:%Y-%m-%d} has no result", "flow_between")
    return holdings.printed(_before(end)) * rate.centre


def _at(holdings: Holdings, days: list[pd.Timestamp], corner: tuple[float, float]) -> Interval:
    """The flow at one pair of multiples: change of value, less results, plus what trades themselves earned."""
    values = {date: holdings.value(date) for date in days[1:-1]}
    values |= {days[0]: holdings.value(days[0], corner[0]), days[-1]: holdings.value(days[-1], corner[1])}
    if len(days) == 2 and holdings.gain(days[-1]) is None:
        rate = holdings.rate(days[-1]) or Interval.exactly(0.0)
        return (values[days[-1]] - values[days[0]] * (1 + rate)) / holdings.growth_after_trade(days[-1])
    total = values[days[-1]] - values[days[0]]
    for start, end in pairwise(days):
        gain, earned = holdings.gain(end), holdings.rate(end)
        if gain is not None:
            total = total - gain
        elif earned is not None:
            bought = values[end] - values[start] * (1 + earned)
            total = total - values[start] * earned + bought * (1 / holdings.growth_after_trade(end) - 1)
    return total


def _corners(first: Interval, second: Interval, change: float) -> Iterator[tuple[float, float]]:
    """The corners of all pairs of multiples within two intervals that differ by at most ``change``.

    A flow is linear in the pair, so its extremes lie there. Where the multiples themselves differ by more, they
    overrule the limit.
    """
    ends = [(a, b) for a in (first.low, first.high) for b in (second.low, second.high)]
    if max(first.low, second.low) - min(first.high, second.high) > change:
        yield from ends
        return
    yield from ((a, b) for a, b in ends if abs(a - b) <= change)
    for step in (-change, change):
        yield from ((a, a + step) for a in (first.low, first.high) if second.holds(a + step))
        yield from ((b - step, b) for b in (second.low, second.high) if first.holds(b - step))


def _before(end: pd.Timestamp) -> pd.Timestamp:
    return end - pd.offsets.QuarterEnd(1)
