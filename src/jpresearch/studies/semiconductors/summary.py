"""The headline figures of the study at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
