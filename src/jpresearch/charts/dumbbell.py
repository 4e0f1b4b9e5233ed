"""Two values per row joined by a line, such as before and since a date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from jpresearch.charts.asked import interval_frame, source_of, unit_of
from jpresearch.charts.axes import named_columns, number, shared_decimals
from jpresearch.charts.check import ChartFrameInvalid, UnitUnknown, floats, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.palette import INK, MUTED_LINE, NEUTRAL, PAST, SOFT
from jpresearch.charts.rows import row_note, row_sheet, row_words, value_axis
from jpresearch.charts.sheet import Sheet, finish
from jpresearch.charts.style import house_style

APART: Final = 0.13  # of a row between the two intervals


@house_style
def dumbbell(
    pairs: pd.DataFrame | Mapping[str, Mapping[Any, Any]],
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    reference: float | None = None,
    labels: Mapping[str, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Two values per row, hollow grey and full blue, joined by a line: before and since, one market and another.

    Parameters
    ----------
    pairs : a frame of two columns in ``unit``, the earlier first, whose names say what the dots are; or those two
        names to rows of ``Estimate``, which bring their unit and their intervals as thin lines.
    reference : a level to read against, drawn as a vertical line; zero is drawn where it is in view.
    labels : words for a row, where ``charts.label`` would not do.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : there are not two columns.
    UnitUnknown, SourceUnknown : neither pairs nor run nor call says it.

    Examples
    --------
    >>> pairs = pd.DataFrame({"to 2023": [21.0, 9.0], "since": [30.0, 4.0]}, index=["Foreigners", "Individuals"])
    >>> fig = charts.dumbbell(pairs, title="Foreigners move the market more", unit="bp", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners move the market more. Dumbbell chart, bp: to 2023: Foreigners 21, Individuals 9; since:
    Foreigners 30, Individuals 4.
    """
    frame, ends, known = _pairs(pairs)
    if frame.shape[1] != 2:
        raise ChartFrameInvalid.of("dumbbell", f"it needs two columns, not {frame.shape[1]}", "Name before and since.")
    unit = unit_of("dumbbell", frame, unit or known)
    source = source_of("dumbbell", pairs if isinstance(pairs, pd.DataFrame) else None, source)
    values = numeric_frame("dumbbell", named_columns(frame))
    decimals = shared_decimals([float(value) for value in values.to_numpy().ravel()])
    words = [f"{_number(before, decimals)} \u2192 {_number(since, decimals)}" for before, since in values.to_numpy()]
    names = [(labels or {}).get(str(name), row_words(name)) for name in values.index]
    sheet = row_sheet(names, width, words)
    _draw(sheet, values, ends, words)
    value_axis(sheet)
    left, right = sheet.ax.get_xlim()
    level = 0.0 if reference is None and left < 0 < right else reference
    if level is not None:
        sheet.ax.axvline(level, color=INK, linewidth=0.9, zorder=1.5, gid="reference")
    rows = np.arange(len(values), dtype=np.float64)
    for name, shade in zip(values.columns, (PAST, NEUTRAL), strict=True):
        y, span = floats(values[name]), ends.get(name)
        between = None if span is None else (floats(span["low"]), floats(span["high"]))
        sheet.record(sheet.ax, name, "dot", pd.Index(names), y, colour=shade, across=y, up=rows, ends=between)
        sheet.key.append(KeyItem("ring" if shade == PAST else "dot", shade, name))
    return finish(sheet, "dumbbell", title=title, unit=unit, source=source, alt=alt)


def _pairs(
    pairs: pd.DataFrame | Mapping[str, Mapping[Any, Any]],
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], str | None]:
    """The values of both sides, the intervals of each side that has them, and the unit that they know."""
    if isinstance(pairs, pd.DataFrame):
        return pairs, {}, None
    sides = {name: interval_frame("dumbbell", rows) for name, rows in pairs.items()}
    units = list(dict.fromkeys(unit for _, unit in sides.values() if unit is not None))
    if len(units) > 1:
        raise UnitUnknown.several("dumbbell", units)
    rows = list(dict.fromkeys(row for side, _ in sides.values() for row in side.index))
    ends = {str(name): side.reindex(rows)[["low", "high"]] for name, (side, _) in sides.items()}
    values = pd.DataFrame({name: side.reindex(rows)["estimate"] for name, (side, _) in sides.items()})
    return values, ends, next(iter(units), None)


def _draw(sheet: Sheet, values: pd.DataFrame, ends: Mapping[str, pd.DataFrame], words: list[str]) -> None:
    ax, rows = sheet.ax, np.arange(len(values), dtype=np.float64)
    first, second = values.columns
    before, since = floats(values[first]), floats(values[second])
    both = np.isfinite(before + since)
    ax.hlines(rows[both], before[both], since[both], color=MUTED_LINE, linewidth=3.0, zorder=2, gid="bar")
    for name, shade, shift in ((first, PAST, -APART), (second, NEUTRAL, APART)):
        if name in ends:
            low, high = floats(ends[name]["low"]), floats(ends[name]["high"])
            there = np.isfinite(low + high)
            ax.hlines(
                rows[there] + shift, low[there], high[there], color=shade, linewidth=1.1, zorder=2.5, gid="whisker"
            )
    ax.plot(before, rows, "o", color=PAST, markerfacecolor="white", markersize=6.5, lw=0, zorder=4, gid="before")
    ax.plot(since, rows, "o", color=NEUTRAL, markersize=7.0, lw=0, zorder=5, gid="since")
    for row, text in enumerate(words):
        row_note(sheet, row, text, INK if both[row] else SOFT)


def _number(value: float, decimals: int) -> str:
    return number(float(value), decimals) if np.isfinite(value) else "n/a"
