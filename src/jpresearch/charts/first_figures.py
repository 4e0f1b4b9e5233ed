"""Figures that nobody sees, drawn once so that fonts, letters and first calls are there for all that come later."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.charts.bars import bars
from jpresearch.charts.lines import lines
from jpresearch.charts.png import to_picture

TEXT: Final = "The quick brown fox jumps over a lazy dog, 0123456789 (95% CI −1.5 to 6.7); ABCDEFGHIJKLMNOPQRSTUVWXYZ ¥"
WEEKS: Final = 40


def draw() -> None:
    """Draw them. What is kept of letters goes to processes that are forked from this one."""
    days = pd.date_range("2025-01-03", periods=WEEKS, freq="W-FRI")
    frame = pd.DataFrame({"foreigners": range(WEEKS), "individuals": range(WEEKS, 0, -1)}, index=days)
    labels = frame["foreigners"].tail(12).rename(str)
    for figure in (
        lines(frame, title=TEXT, unit="JPY bn", source=f"Source: {TEXT}"),
        bars(labels, title=TEXT, unit="%", source=f"Source: {TEXT}"),
    ):
        to_picture(figure, svg=True)
