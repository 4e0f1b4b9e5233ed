"""A table of shades around zero, alone or above a line over the same columns."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import LEAST, LETTER, MINUS, TICK_SIZE, DateLabels, day, dress_values, number, positions
from jpresearch.charts.cells import CellWords
from jpresearch.charts.check import ChartFrameInvalid, floats, numeric_frame, numeric_series
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.lines import draw_line
from jpresearch.charts.notes import EndLabel
from jpresearch.charts.palette import INK, PURCHASE, SALE, SOFT, colour, label, tint
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

SHADES: Final = LinearSegmentedColormap.from_list("net", [tint(SALE, 0.68), "#FFFFFF", tint(PURCHASE, 0.62)])
MISSING: Final = "#EDEDED"
NAMES_ROOM: Final = {"desk": 2.0, "phone": 1.35}
ROW: Final = 0.31
LINE_BODY: Final = 1.35
MOST_ROWS: Final = 60


@house_style
def heat(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    fmt: str = "{:,.0f}",
    below: pd.Series[Any] | None = None,
    below_label: str | None = None,
    below_unit: str | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """A table of shades around zero, each value written in its cell; a missing cell is grey and holds a dash.

    Where the columns are too narrow to write in, a key says what the strongest shades are.

    Parameters
    ----------
    frame : values in ``unit``; row and column names (or dates) become the labels. Dates always run across: a frame
        indexed by date is turned.
    fmt : how a value is written, as for ``str.format``.
    below : an index drawn as a line under the table, on the same columns, in ``below_unit`` (known of an untouched
        series); ``below_label`` names it.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : more rows than can be read, or ``below`` knows none of the columns.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.heat(net, title="Foreigners sold to individuals", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners sold to individuals. Heat map, JPY bn, 22 Aug 2025 to 29 Aug 2025: 2 rows by 2 columns; highest
    310 (Individuals, 29 Aug 2025); lowest −502 (Foreigners, 29 Aug 2025).
    """
    unit, source = unit_of("heat", frame, unit), source_of("heat", frame, source)
    values = numeric_frame("heat", frame)
    if _dates(values.index) and not _dates(values.columns):
        values = values.sort_index().T
    rows, columns = values.shape
    if rows > MOST_ROWS:
        raise ChartFrameInvalid.of("heat", f"{rows} rows are more than can be read", "Choose rows, or turn the frame.")
    line = None if below is None else _beneath(below, values.columns)
    sheet = _sheet([_side(name, width) for name in values.index], line is not None, width)
    cell = (sheet.width - NAMES_ROOM[width]) / columns * 72
    _table(sheet, values, fmt, cell)
    if below is not None and line is not None:
        words = below_label or label(str(getattr(below, "name", None) or "index"))
        _line(sheet, line, values.columns, words, unit_of("heat", below, below_unit))
    return finish(sheet, "heat", title=title, unit=unit, source=source, alt=alt)


def _dates(index: pd.Index[Any]) -> bool:
    return isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)


def _side(name: Any, width: Width) -> str:
    """The words of a row, in lines."""
    return textwrap.fill(_heading(name), 40 if width == "desk" else 15)


def _sheet(names: list[str], lined: bool, width: Width) -> Sheet:
    row = max(ROW, 0.16 * max(name.count("\n") + 1 for name in names))
    table = max(1.1, 0.45 + row * len(names))
    if not lined:
        return new_sheet(body=table, width=width)
    whole = table + LINE_BODY
    return new_sheet(2, 1, body=whole, width=width, shares=(table / whole, LINE_BODY / whole))


def _written(value: float, fmt: str) -> str:
    """A value of a cell: a true minus, no sign where it rounds to zero, a dash where it is missing."""
    if np.isnan(value):
        return "\u2013"
    text = fmt.format(value)
    return text.lstrip("+-") if not text.strip("+-0.,%") else text.replace("-", MINUS)


def _table(sheet: Sheet, values: pd.DataFrame, fmt: str, cell: float) -> None:
    ax, (rows, columns) = sheet.ax, values.shape
    words = values.map(lambda value: _written(value, fmt))
    largest = float(np.nanmax(np.abs(values.to_numpy()))) or 1.0
    ax.set_facecolor(MISSING)
    line = 1.2 if cell > 12 else 0.4
    ax.pcolormesh(
        np.ma.masked_invalid(values.to_numpy()),
        cmap=SHADES,
        vmin=-largest,
        vmax=largest,
        linewidth=line,
        edgecolors="white",
    )
    ax.set_xlim(0, columns)
    ax.set_ylim(rows, 0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    longest = int(words.map(len).to_numpy().max())
    size = min(TICK_SIZE, cell / (LETTER * (longest + 1)))
    if size >= LEAST:
        ax.add_artist(CellWords(words.to_numpy(), size, [INK, SOFT], values.isna().to_numpy()))
    else:
        ends = [fmt.format(side * largest).replace("-", MINUS) for side in (-1, 1)]
        sheet.key += [KeyItem("bar", tint(SALE, 0.68), ends[0]), KeyItem("bar", tint(PURCHASE, 0.62), ends[1])]
        if bool(values.isna().any(axis=None)):
            sheet.key.append(KeyItem("bar", "#C8C8C8", "not available"))
    _name_cells(sheet, ax, values, cell, dated=len(sheet.grid) > 1 and _dates(values.columns))
    across = np.arange(columns, dtype=np.float64) + 0.5
    headings = values.columns if _dates(values.columns) else pd.Index([_heading(name) for name in values.columns])
    for row, name in enumerate(values.index):
        level = np.full(columns, row + 0.5)
        y = floats(values.iloc[row])
        sheet.record(ax, _heading(name), "cell", headings, y, colour=INK, across=across, up=level)


def _name_cells(sheet: Sheet, ax: Axes, values: pd.DataFrame, cell: float, dated: bool) -> None:
    """Names of the rows, and of the columns above them: wrapped to their width, upright where a word is longer.

    Where the dates stand under the line below (``dated``) they are not written twice.
    """
    letters = int(cell / (LETTER * TICK_SIZE))
    rows, columns = values.shape
    names = [_heading(name) for name in values.columns]
    fits = all(len(word) < letters for name in names for word in name.split())
    every = 1 if fits else max(1, int(np.ceil(1.25 * TICK_SIZE / cell)))
    shown = [textwrap.fill(name, letters, break_long_words=False) for name in names] if fits else names[::every]
    ax.set(xlabel="", ylabel="")
    ax.xaxis.tick_top()
    ax.set_xticks(
        [] if dated else np.arange(columns)[::every] + 0.5, [] if dated else shown, rotation=0 if fits else 90
    )
    sides = [_side(name, sheet.wide) for name in values.index]
    ax.set_yticks(np.arange(rows) + 0.5, sides, rotation=0)
    ax.tick_params(length=0, labelcolor=INK)


def _beneath(below: pd.Series[Any], columns: pd.Index[Any]) -> pd.Series[float]:
    found = numeric_series("heat", below).reindex(columns)
    found.name = below.name
    if bool(found.isna().all()):
        raise ChartFrameInvalid.of("heat", "the series below knows none of the columns", "Give it on the same weeks.")
    return found


def _line(sheet: Sheet, line: pd.Series[float], columns: pd.Index[Any], words: str, unit: str) -> None:
    ax = sheet.grid[1][0]
    x, y = np.arange(len(line), dtype=np.float64) + 0.5, floats(line)
    shade = colour(str(line.name)) if line.name else INK
    draw_line(ax, x, y, shade)
    ax.set_xlim(0, len(line))
    _date_ticks(sheet, ax, columns)
    ax.margins(y=0.1)
    dress_values(ax.yaxis, most_ticks=4)
    ax.set_title(f"{words}, {say(unit)}" if unit else words, fontsize=9.4, fontweight="normal", color=SOFT, gid="below")
    index = columns if _dates(columns) else pd.Index([_heading(name) for name in columns])
    sheet.record(ax, words, "line", index, y, colour=shade, across=x, unit=unit)
    known = np.flatnonzero(np.isfinite(y))
    ax.plot(x[known[-1]], y[known[-1]], "o", color=shade, markersize=3.5, zorder=4, clip_on=False)
    if not sheet.phone:
        end = EndLabel(number(float(y[known[-1]])), float(x[known[-1]]), float(y[known[-1]]), shade, bold=True)
        sheet.name_ends(ax, [end], np.column_stack([x, y]))


def _date_ticks(sheet: Sheet, ax: Axes, columns: pd.Index[Any]) -> None:
    """A few of the columns' dates under the line, the last one among them."""
    if not _dates(columns):
        ax.set_xticks([])
        return
    most = 4 if sheet.phone else 9
    every = max(1, int(np.ceil(len(columns) / most)))
    chosen = np.arange(len(columns) - 1, -1, -every)[::-1]
    words = DateLabels().format_ticks(positions(columns[chosen]))
    ax.set_xticks(chosen + 0.5, words)


def _heading(name: Any) -> str:
    return label(day(name))
