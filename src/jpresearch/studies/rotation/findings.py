"""All estimates of the notebook in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.regression import Regression
from jpresearch.studies.rotation import drivers, resilience, sell_offs, windows
from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, SECTORS, TRADES, Inputs, Settings, Span, newest_span
from jpresearch.studies.testing import Test

YEAR_SESSIONS: Final = 245


@dataclass(frozen=True)
class Findings:
    """What captions, takeaways and metrics are written from; each field is what the function of that name returned."""

    settings: Settings
    span: Span
    topix_pct: float
    paths: pd.DataFrame
    excess: pd.DataFrame
    flip: windows.Flip
    quotes: pd.DataFrame
    sell_offs: list[sell_offs.SellOff]
    by_sell_off: pd.DataFrame
    usual: pd.DataFrame
    banks: Regression
    electric: Regression | None
    yields: pd.DataFrame


def estimate(inputs: Inputs, settings: Settings) -> Findings:
    """Everything the notebook shows. Raises ``InsufficientData`` where the tables say too little as of the day."""
    span = newest_span(inputs.topix)
    found = sell_offs.sell_offs(inputs.topix, settings.sell_off_pct)
    by_sell_off = sell_offs.excess_by_sell_off(inputs, found, settings)
    return Findings(
        settings=settings,
        span=span,
        topix_pct=float(resilience.moved(inputs, span)["topix"]),
        paths=drivers.relative_paths(inputs, TRADES, YEAR_SESSIONS),
        excess=resilience.excess(inputs, span, settings),
        flip=windows.flip(inputs, span, settings),
        quotes=windows.quotes_table(inputs, [span, *windows.known_quotes(inputs, settings)], TRADES),
        sell_offs=found,
        by_sell_off=by_sell_off,
        usual=sell_offs.usual(by_sell_off, settings),
        banks=drivers.banks_on_yields(inputs, settings),
        electric=drivers.electric_on_sox(inputs, settings),
        yields=drivers.rolling_yield_slope(inputs, settings),
    )


def tests(found: Findings) -> list[Test]:
    """Every test that the notebook made."""
    listed = [
        Test(f"{SECTORS[str(code)]} beyond its beta, {found.span}", row["estimate"], "points", row["p_value"])
        for code, row in found.excess.iterrows()
    ]
    listed += [
        Test(f"{SECTORS[str(code)]} beyond its beta, mean of all sell-offs", row["estimate"], "points", row["p_value"])
        for code, row in found.usual.iterrows()
    ]
    for code, fit in ((BANKS, found.banks), (ELECTRIC, found.electric)):
        listed += [] if fit is None else _drivers(SECTORS[code], fit)
    return listed


def _drivers(sector: str, fit: Regression) -> list[Test]:
    rows = fit.table().drop(index="const")
    return [
        Test(f"{sector} less TOPIX on {drivers.WORDS[str(name)]}", row["estimate"], "points", row["p_value"])
        for name, row in rows.iterrows()
    ]
