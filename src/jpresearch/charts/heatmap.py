"""A table of shades around zero."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from jpresearch.charts.check import numeric_frame
from jpresearch.charts.palette import INK, PURCHASE, SALE, SOFT, label, tint
from jpresearch.charts.sheet import WIDTH, finish, new_sheet
from jpresearch.charts.style import LETTER, MINUS, TICK_SIZE, day, house_style

SHADES: Final = LinearSegmentedColormap.from_list("net", [tint(SALE, 0.68), "#FFFFFF", tint(PURCHASE, 0.62)])
MISSING: Final = "#EDEDED"
NAMES_ROOM: Final = 2.0
ROW: Final = 0.31


@house_style
def heat(frame: pd.DataFrame, *, title: str, unit: str, source: str, fmt: str = "{:,.0f}") -> Figure:
    """A table of shades around zero, each value written in its cell; a missing cell is grey and holds a dash.

    Parameters
    ----------
    frame : values in ``unit``; row and column names (or dates) become the labels.
    fmt : how a value is written, as for ``str.format``.

    Raises ``EmptyChart`` where every value is missing.
    """
    from seaborn import heatmap  # slow to import, and used here only

    values = numeric_frame("heat", frame)
    rows, columns = values.shape
    words = values.map(lambda value: _cell_words(value, fmt))
    cell = (WIDTH - NAMES_ROOM) / columns * 72
    size = float(np.clip(cell / (LETTER * (words.map(len).to_numpy().max() + 1)), 4.5, 8.5))
    largest = float(np.nanmax(np.abs(values.to_numpy()))) or 1.0
    sheet = new_sheet(body=max(1.1, 0.45 + ROW * rows))
    ax = sheet.ax
    ax.set_facecolor(MISSING)
    heatmap(
        values,
        ax=ax,
        cmap=SHADES,
        vmin=-largest,
        vmax=largest,
        annot=words,
        fmt="",
        annot_kws={"fontsize": size, "color": INK, "gid": "cell"},
        cbar=False,
        linewidths=1.2,
        linecolor="white",
    )
    for row, column in np.argwhere(values.isna().to_numpy()):
        ax.text(column + 0.5, row + 0.5, "\u2013", ha="center", va="center", fontsize=size, color=SOFT, gid="cell")
    _name_cells(ax, values, letters=int(cell / (LETTER * TICK_SIZE)))
    return finish(sheet, title=title, unit=unit, source=source)


def _cell_words(value: float, fmt: str) -> str:
    return fmt.format(value).replace("-", MINUS)


def _name_cells(ax: Axes, values: pd.DataFrame, letters: int) -> None:
    """Names of the rows, and of the columns above them: wrapped to ``letters``, upright where a word is longer."""
    rows, columns = values.shape
    names = [_heading(name) for name in values.columns]
    fits = all(len(word) < letters for name in names for word in name.split())
    shown = [textwrap.fill(name, letters, break_long_words=False) for name in names] if fits else names
    ax.set(xlabel="", ylabel="")
    ax.xaxis.tick_top()
    ax.set_xticks(np.arange(columns) + 0.5, shown, rotation=0 if fits else 90)
    ax.set_yticks(np.arange(rows) + 0.5, [_heading(name) for name in values.index], rotation=0)
    ax.tick_params(length=0, labelcolor=INK)


def _heading(name: Any) -> str:
    return label(day(name))
