"""TOPIX's sell-offs, found as falls of a given size from a high, and what sectors did in each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.studies.rotation.inputs import Inputs, Settings, Span
from jpresearch.studies.rotation.resilience import excess

FEWEST_FOR_INTERVAL = 3


@dataclass(frozen=True)
class SellOff:
    """A fall from the close of ``span.first`` to that of ``span.last``; ``over`` once TOPIX has bounced as far."""

    span: Span
    fall_pct: float
    over: bool


def sell_offs(topix: pd.Series[float], least_pct: float) -> list[SellOff]:
    """Falls of at least ``least_pct`` from the highest close since the last one ended.

    A sell-off lasts to its lowest close; it is over once TOPIX stands ``least_pct`` above that. The newest may still
    run: its low is the lowest close so far. Later closes never change one that is over.
    """
    known = topix.dropna()
    levels = known.to_numpy(dtype="float64")
    found: list[tuple[int, int, bool]] = []
    high = low = 0
    falling = False
    for place, close in enumerate(levels):
        if not falling:
            high = place if close >= levels[high] else high
            falling, low = bool(close <= levels[high] * (1 - least_pct / 100)), place
            continue
        low = place if close <= levels[low] else low
        if close >= levels[low] * (1 + least_pct / 100):
            found.append((high, low, True))
            falling, high = False, place
    days = pd.DatetimeIndex(known.index)
    every = [*found, (high, low, False)] if falling else found
    return [SellOff(Span(days[a], days[b]), float(levels[b] / levels[a] - 1) * 100, over) for a, b, over in every]


def excess_by_sell_off(inputs: Inputs, found: list[SellOff], settings: Settings) -> pd.DataFrame:
    """Beta-adjusted moves in percent: codes x sell-offs (named by the day of their high).

    Sell-offs with too few weeks before them for a beta are left out.
    """
    columns = {}
    for sell_off in found:
        try:
            columns[f"{sell_off.span.first:%Y-%m}"] = excess(inputs, sell_off.span, settings)["estimate"]
        except InsufficientData:
            continue
    return pd.DataFrame(columns)


def usual(by_sell_off: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """By code the mean over sell-offs with its t interval and p-value: ``estimate``, ``low``, ``high``, ``p_value``.

    Sell-offs are taken as independent of each other; a sector with fewer than three is left out.
    """
    rows = {}
    for code, values in by_sell_off.iterrows():
        known = values.dropna().astype("float64")
        if len(known) < FEWEST_FOR_INTERVAL:
            continue
        test = stats.ttest_1samp(known, 0.0)
        ends = test.confidence_interval(settings.confidence)
        p_value = float(test.pvalue)
        rows[code] = {"estimate": known.mean(), "low": ends.low, "high": ends.high, "p_value": p_value, "n": len(known)}
    columns = ["estimate", "low", "high", "p_value", "n"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("code")
