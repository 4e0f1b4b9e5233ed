"""The study's tables in a reader's words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies.results import rounded
from jpresearch.studies.rotation.findings import Findings
from jpresearch.studies.rotation.inputs import SECTORS

QUOTES_CAPTION: Final = "The newest window and those that people quote: TOPIX in percent, sectors in points against it"
SECTORS_CAPTION: Final = "All sectors in the newest window: move, beta before the window, and what beta leaves"
SELL_OFFS_CAPTION: Final = "Sell-offs of TOPIX: high, low, fall, and whether it has bounced as far since"
SHOWN_SELL_OFFS: Final = 8


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Codes as sectors' names in the index."""
    return frame.rename(index=SECTORS)


def excess_rows(found: Findings) -> pd.DataFrame:
    """Sectors in order of what beta leaves, for the figure."""
    return named(found.excess.sort_values("estimate", ascending=False))[["estimate", "low", "high"]]


def usual_rows(found: Findings) -> pd.DataFrame:
    """Means over sell-offs in order of size, for the figure."""
    return named(found.usual.sort_values("estimate", ascending=False))[["estimate", "low", "high"]]


def newest_sell_offs(found: Findings) -> pd.DataFrame:
    """Moves beyond beta in the newest sell-offs, sectors in the order of the table of sectors."""
    return named(found.by_sell_off.iloc[:, -SHOWN_SELL_OFFS:])


def flip_grid(found: Findings) -> pd.DataFrame:
    """The grid with short day names."""
    grid = found.flip.grid
    return grid.set_axis([f"from {day:%-d %b}" for day in grid.index]).set_axis(
        [f"to {day:%-d %b}" for day in grid.columns], axis="columns"
    )


def quotes_table(found: Findings) -> pd.DataFrame:
    """Points by window."""
    return rounded(found.quotes.rename(columns={"topix": "TOPIX, %", **SECTORS}), 2)


def sectors_table(found: Findings) -> pd.DataFrame:
    """All sectors in the window."""
    words = {
        "moved": "move, %",
        "against_topix": "against TOPIX, points",
        "beta": "beta",
        "estimate": "beyond beta, points",
        "low": "95% low",
        "high": "95% high",
    }
    frame = named(found.excess)[list(words)].rename(columns=words)
    return rounded(frame.rename_axis("sector"), 2)


def sell_offs_table(found: Findings) -> pd.DataFrame:
    """One row per sell-off."""
    rows = [
        {
            "high": f"{item.span.first:%Y-%m-%d}",
            "low": f"{item.span.last:%Y-%m-%d}",
            "fall, %": round(item.fall_pct, 1),
            "over": "yes" if item.over else "not yet",
        }
        for item in found.sell_offs
    ]
    return pd.DataFrame(rows, columns=["high", "low", "fall, %", "over"])
