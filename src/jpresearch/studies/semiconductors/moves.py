"""A rally of the basket: its window, its earnings and its re-rating, against TOPIX, and what is lost since the peak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import BadParameter, InsufficientData, StatsError
from jpresearch.stats.decomposition import PriceSplit, split_price_change
from jpresearch.stats.expanding import drawdown
from jpresearch.studies.reading import day
from jpresearch.studies.semiconductors.inputs import Inputs
from jpresearch.studies.semiconductors.valuation import Valuation

SMALL_MOVE: Final = 5.0
"""Below this mean log change (times 100) a share of it says nothing."""


@dataclass(frozen=True)
class Rally:
    """A window of the basket.

    Attributes
    ----------
    first, last : its first and last session.
    chosen : how the window was chosen, in words.
    trailing, guided : the price change of each name split with trailing and with guided earnings.
    returns : price return of each name over the window, percent, missing without a close at both ends.
    basket, topix, relative : price returns of basket (equal weights) and TOPIX, and of one over the other, percent.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    chosen: str
    trailing: PriceSplit
    guided: PriceSplit
    returns: pd.Series[float]
    basket: float
    topix: float
    relative: float

    @property
    def shown_from(self) -> pd.Timestamp:
        """Where a figure of the window begins: its first session, or six months back where it has no other."""
        return self.first if self.first < self.last else self.last - pd.DateOffset(months=6)

    def share(self) -> float:
        """The earnings part of the basket's log change, percent; missing without names or without a move to split."""
        return _share(self.trailing)

    def guided_share(self) -> float:
        """The same with guided earnings, over the names with guidance at both ends."""
        return _share(self.guided)


def _share(split: PriceSplit) -> float:
    try:
        moved = abs(float(split.mean()["price"])) >= SMALL_MOVE
    except StatsError:
        return float("nan")
    return split.earnings_share() if moved else float("nan")


def basket_index(close: pd.DataFrame) -> pd.Series[float]:
    """The basket in equal weights every session, 100 at the first: the chained mean of the names' daily price returns.

    A name counts from the session after its first close and leaves after its last; dividends are not included.
    """
    returns = close / close.shift(1) - 1.0
    steps = returns.mean(axis=1).fillna(0.0)
    return (100.0 * (1.0 + steps).cumprod()).rename("basket")


def relative_index(inputs: Inputs, first: pd.Timestamp | str, last: pd.Timestamp | None = None) -> pd.DataFrame:
    """Basket, TOPIX and the electric appliances fund, 100 at the first common session from ``first``; no dividends."""
    lines = {"basket": basket_index(inputs.close), "topix": inputs.topix, "sector": inputs.electric}
    levels = pd.DataFrame({name: line for name, line in lines.items() if not line.empty})
    levels = levels.reindex(inputs.close.index).loc[first:last].dropna()
    if levels.empty:
        raise InsufficientData("no session with basket and TOPIX", f"from {first}")
    return 100.0 * levels / levels.iloc[0]


def window(
    inputs: Inputs, rally_start: str | None, rally_end: str | None, lookback_months: int
) -> tuple[pd.Timestamp, pd.Timestamp, str]:
    """The first and last session of the rally, and how they were chosen.

    ``rally_end`` defaults to the newest session, ``rally_start`` to the basket's lowest close of the
    ``lookback_months`` before the end. Given days move to the next session (start) and the last before (end).

    Raises
    ------
    BadParameter : a day that is none, or a window that does not hold two sessions.
    """
    if lookback_months < 1:
        raise BadParameter(f"{lookback_months} months hold no rally", "lookback_months", "Take 1 or more.")
    index = basket_index(inputs.close)
    last = _session(index, rally_end, "rally_end")
    if rally_start is None:
        recent = index.loc[last - pd.DateOffset(months=lookback_months) : last]
        first = pd.Timestamp(recent.index[int(recent.to_numpy().argmin())])
        edge = "first and lowest" if first == recent.index[0] else "lowest"
        return first, last, f"the basket's {edge} close in {lookback_months} months"
    asked = day(rally_start, "rally_start")
    later = index.index[index.index >= asked]
    if later.empty or later[0] >= last:
        what = f"the rally starts on {asked:%Y-%m-%d}, but the newest session of the window is {last:%Y-%m-%d}"
        raise BadParameter(what, "rally_start", "Take an earlier day, or none for the basket's low.")
    return pd.Timestamp(later[0]), last, "the day asked for"


def _session(index: pd.Series[float], text: str | None, name: str) -> pd.Timestamp:
    if text is None:
        return pd.Timestamp(index.index[-1])
    asked = day(text, name)
    earlier = index.index[index.index <= asked]
    if earlier.empty:
        raise BadParameter(f"{asked:%Y-%m-%d} is before the first close", name)
    return pd.Timestamp(earlier[-1])


def rally(
    valuation: Valuation,
    inputs: Inputs,
    rally_start: str | None = None,
    rally_end: str | None = None,
    lookback_months: int = 18,
) -> Rally:
    """Measure the window and split it; parameters and errors as ``window``."""
    first, last, chosen = window(inputs, rally_start, rally_end, lookback_months)
    close = valuation.close
    basket = _change(basket_index(close), first, last)
    topix = _change(inputs.topix, first, last)
    ends = _on(close, first), _on(close, last)
    return Rally(
        first=first,
        last=last,
        chosen=chosen,
        trailing=split_price_change(ends, (_on(valuation.trailing, first), _on(valuation.trailing, last))),
        guided=split_price_change(ends, (_on(valuation.guided, first), _on(valuation.guided, last))),
        returns=100.0 * (ends[1] / ends[0] - 1.0),
        basket=basket,
        topix=topix,
        relative=100.0 * ((1.0 + basket / 100.0) / (1.0 + topix / 100.0) - 1.0),
    )


def _on(frame: pd.DataFrame, session: pd.Timestamp) -> pd.Series[float]:
    return frame.loc[[session]].iloc[0]


def _change(levels: pd.Series[float], first: pd.Timestamp, last: pd.Timestamp) -> float:
    """The change in percent between the newest levels known on the two days."""
    known = levels.dropna()
    return float(100.0 * (known.loc[:last].iloc[-1] / known.loc[:first].iloc[-1] - 1.0))


def split_by_name(result: Rally) -> pd.DataFrame:
    """The log price change (times 100) by code: ``earnings``, ``multiple``, ``not_split`` where there is none.

    Sorted by price change; names without a close at both ends are left to ``rally_table``, which gives the reason.
    """
    change = (1.0 + result.returns.dropna() / 100.0).map(np.log) * 100.0
    parts = result.trailing.parts.reindex(change.index)[["earnings", "multiple"]]
    parts["not_split"] = change.where(parts["earnings"].isna())
    return parts.loc[change.sort_values(ascending=False).index]


def rally_table(result: Rally) -> pd.DataFrame:
    """The move by code, largest first.

    Columns ``return_pct``; ``price``, ``earnings``, ``multiple`` (log points times 100), ``earnings_share`` (percent);
    ``undefined`` (why there is no split); ``guided_earnings`` and ``guided_undefined``, the same on guided earnings.
    """
    trailing, guided = result.trailing.table(), result.guided.table()
    frame = pd.DataFrame({"return_pct": result.returns})
    frame[["price", "earnings", "multiple", "earnings_share", "undefined"]] = trailing.reindex(frame.index)
    frame[["guided_earnings", "guided_undefined"]] = guided.reindex(frame.index)[["earnings", "undefined"]]
    return frame.sort_values("return_pct", ascending=False)


def readings(valuation: Valuation, inputs: Inputs, result: Rally) -> pd.DataFrame:
    """The earnings share of the move under other defensible readings.

    Returns
    -------
    Frame by ``reading``: ``first``, ``last``, ``names`` (with a split), ``price`` (log change times 100) and
    ``earnings_share`` in percent (missing for a move below five log points).
    """
    first, last = result.first, result.last
    both = result.trailing.parts.index.isin(result.guided.parts.index)
    same = PriceSplit(parts=result.trailing.parts[both], undefined=result.trailing.undefined)
    joint, names = _as_one(valuation, first, last)
    rows = {
        "trailing earnings, equal weights": _reading(first, last, result.trailing),
        "guided earnings, names with guidance at both ends": _reading(first, last, result.guided),
        "trailing earnings, the same names as with guidance": _reading(first, last, same),
        "trailing earnings, all names as one company": _reading(first, last, joint) | {"names": names},
    }
    for words, months in (("a month earlier", -1), ("a month later", 1)):
        later = inputs.close.index[inputs.close.index >= first + pd.DateOffset(months=months)]
        if len(later) and later[0] < last:
            shifted = rally(valuation, inputs, f"{later[0]:%Y-%m-%d}", f"{last:%Y-%m-%d}")
            rows[f"trailing earnings, start {words}"] = _reading(shifted.first, last, shifted.trailing)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")


def _as_one(valuation: Valuation, first: pd.Timestamp, last: pd.Timestamp) -> tuple[PriceSplit, int]:
    """The split of the names' joint value and joint profit, losses deducted, and the number of names.

    Over the names with value and profit at both ends; new shares count as value. Undefined where profits sum to a loss.
    """
    worth, profit = valuation.weight, valuation.profit
    ends = [pd.DataFrame({"worth": _on(worth, end), "profit": _on(profit, end)}) for end in (first, last)]
    held = ends[0].notna().all(axis=1) & ends[1].notna().all(axis=1)
    sums = [end[held].sum().to_frame("all names").T for end in ends]
    pairs = [(sums[0][part], sums[1][part]) for part in ("worth", "profit")]
    return split_price_change(pairs[0], pairs[1]), int(held.sum())


def _reading(first: pd.Timestamp, last: pd.Timestamp, split: PriceSplit) -> dict[str, object]:
    price = float(split.parts["price"].mean()) if len(split.parts) else float("nan")
    return {"first": first, "last": last, "names": len(split.parts), "price": price, "earnings_share": _share(split)}


def drawdowns(inputs: Inputs) -> pd.DataFrame:
    """Loss since the highest close in percent: sessions x codes and ``basket``; missing without a close."""
    losses = {str(code): drawdown(column) for code, column in inputs.close.items()}
    return pd.DataFrame(losses).assign(basket=drawdown(basket_index(inputs.close)))
