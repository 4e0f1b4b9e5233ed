"""The headline figures of the study at one moment, and the metrics that it hands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.studies.semiconductors.inputs import Inputs
from jpresearch.studies.semiconductors.moves import Rally, basket_index, drawdowns, rally_table, readings
from jpresearch.studies.semiconductors.valuation import (
    LEAST_NAMES,
    QUARTILES,
    OwnPast,
    Valuation,
    aggregate_pe,
    by_name,
    multiple,
)

DEAR: Final = 80.0
"""A percentile from which a name counts as dear against its own past."""


@dataclass(frozen=True)
class Spread:
    """A median across names, with the quartiles and the number of names behind it.

    ``middle``, ``low``, ``high`` are missing (NaN) where there are too few names, or no ratio because of losses.
    """

    middle: float
    low: float
    high: float
    count: int

    @property
    def known(self) -> bool:
        """Whether there is a median."""
        return bool(np.isfinite(self.middle))

    @property
    def bounded(self) -> bool:
        """Whether both quartiles are there too."""
        return bool(np.isfinite([self.middle, self.low, self.high]).all())


@dataclass(frozen=True)
class Summary:
    """Everything that the takeaways say.

    Attributes
    ----------
    latest : the newest session. ``names`` : the frame of ``by_name``.
    trailing, guided : price-earnings ratios, from the quartiles of the yields, so that losses count as dearest.
    one_out : lowest and highest median trailing ratio when one name is left out; missing where a median has none.
    aggregate : the basket as one company. ``prime``, ``prime_day`` : Prime's ratio and its month end, or missing.
    percentile : own-past percentiles. ``dear`` : codes at 80 or above. ``min_months`` : months of history they need.
    since : the first month end with trailing earnings.
    losses : loss since the highest close by code, percent; ``basket_loss``, ``peak`` : the basket's, and its peak.
    rally, moves, other : the window, its frame of ``rally_table``, the frame of ``readings``.
    """

    latest: pd.Timestamp
    names: pd.DataFrame
    trailing: Spread
    guided: Spread
    one_out: tuple[float, float]
    aggregate: float
    prime: float
    prime_day: pd.Timestamp | None
    percentile: Spread
    min_months: int
    since: pd.Timestamp
    dear: list[str]
    losses: pd.Series[float]
    basket_loss: float
    peak: pd.Timestamp
    rally: Rally
    moves: pd.DataFrame
    other: pd.DataFrame


def summarise(inputs: Inputs, valuation: Valuation, past: OwnPast, result: Rally) -> Summary:
    """The headline figures on the newest session."""
    names = by_name(valuation, past)
    yields = names["trailing_yield"].dropna()
    without = [multiple(float(yields.drop(code).median())) for code in yields.index]
    ranks = names["percentile"].dropna()
    index = basket_index(inputs.close)
    losses = drawdowns(inputs).iloc[-1]
    prime = inputs.prime_pe
    return Summary(
        latest=valuation.latest,
        names=names,
        trailing=_ratios(yields),
        guided=_ratios(names["guided_yield"].dropna()),
        one_out=(float(np.min(without)), float(np.max(without))),
        aggregate=aggregate_pe(valuation),
        prime=float("nan") if prime is None else float(prime.iloc[-1]),
        prime_day=None if prime is None else pd.Timestamp(prime.index[-1]),
        percentile=_quartiles(ranks),
        min_months=past.min_months,
        since=pd.Timestamp(past.observations.index[0]),
        dear=[str(code) for code in ranks.index[ranks >= DEAR]],
        losses=losses.drop("basket").dropna(),
        basket_loss=float(losses["basket"]),
        peak=pd.Timestamp(index.index[int(index.to_numpy().argmax())]),
        rally=result,
        moves=rally_table(result),
        other=readings(valuation, inputs, result),
    )


def _quartiles(values: pd.Series[float]) -> Spread:
    if len(values) < LEAST_NAMES:
        return Spread(float("nan"), float("nan"), float("nan"), len(values))
    low, middle, high = (float(values.quantile(share)) for share in QUARTILES)
    return Spread(middle, low, high, len(values))


def _ratios(yields: pd.Series[float]) -> Spread:
    """Quartiles of yields as price-earnings ratios: a high yield is a low ratio."""
    spread = _quartiles(yields)
    return Spread(multiple(spread.middle), multiple(spread.high), multiple(spread.low), spread.count)


def metrics(summary: Summary) -> list[dict[str, Any]]:
    """The arguments of ``publish.metric``, one mapping a metric; what cannot be given is a text that says why."""
    result = summary.rally
    one_out = result.trailing.leave_one_out().dropna()
    months = f"not available: fewer than {LEAST_NAMES} names have {summary.min_months} months of history"
    few = f"not available: fewer than {LEAST_NAMES} names give guidance per share, or they guide to losses"
    no_split = "not available: no name has profits at both ends, or the price moved too little"
    return [
        {"name": "latest_close", "value": summary.latest.date()},
        _spread("basket_trailing_pe", summary.trailing, "x", "not available: the median name makes a loss"),
        _count("names_with_trailing_pe", summary.trailing.count),
        _count("names_making_losses", int((summary.names["trailing_yield"] <= 0.0).sum())),
        _spread("basket_guided_pe", summary.guided, "x", few),
        _count("names_with_guided_pe", summary.guided.count),
        _number("basket_aggregate_pe", summary.aggregate, "x", "not available: joint profits are not positive"),
        _spread("basket_percentile", summary.percentile, "percentile", months),
        _count("names_above_80th_percentile", len(summary.dear)) if summary.percentile.count else
        {"name": "names_above_80th_percentile", "value": months},
        _count("names_with_percentile", summary.percentile.count),
        _number("basket_drawdown_pct", summary.basket_loss, "%", ""),
        {"name": "rally_start", "value": result.first.date()},
        {"name": "rally_end", "value": result.last.date()},
        _number("rally_return_pct", result.basket, "%", ""),
        _number("relative_to_topix_pct", result.relative, "%", ""),
        _number("rally_earnings_share_pct", result.share(), "%", no_split, (one_out.min(), one_out.max())),
        _number("rally_guided_earnings_share_pct", result.guided_share(), "%", no_split),
        _count("rally_names_split", len(result.trailing.parts)),
    ]  # fmt: skip


def _count(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "names"}


def _spread(name: str, spread: Spread, unit: str, otherwise: str) -> dict[str, Any]:
    return _number(name, spread.middle, unit, otherwise, (spread.low, spread.high))


def _number(
    name: str, value: float, unit: str, otherwise: str, interval: tuple[float, float] = (np.nan, np.nan)
) -> dict[str, Any]:
    """A figure to two decimals, with its interval where both ends are known and hold it."""
    if not np.isfinite(value):
        return {"name": name, "value": otherwise}
    low, high = float(interval[0]), float(interval[1])
    row = {"name": name, "value": round(value, 2), "unit": unit}
    return row | {"low": round(low, 2), "high": round(high, 2)} if low <= value <= high else row
