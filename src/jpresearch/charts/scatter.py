"""Points of two quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import dress_values
from jpresearch.charts.check import ChartFrameInvalid, EmptyChart, floats, need_name, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.notes import Note
from jpresearch.charts.palette import ACCENT, FAINT, NEUTRAL, SOFT
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

FEW = 80  # points that may be drawn larger and darker


@house_style
def scatter(
    frame: pd.DataFrame,
    *,
    title: str,
    x_unit: str | None = None,
    unit: str | None = None,
    source: str | None = None,
    fit: tuple[float, float] | None = None,
    annotate: Mapping[Any, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Points of two quantities, with an optional straight line and words beside chosen points.

    Parameters
    ----------
    frame : columns ``x`` (in ``x_unit``) and ``y`` (in ``unit``), or two columns in that order; rows with a missing
        value are left out. Of untouched columns the units are known.
    fit : slope and intercept of the line drawn across the points.
    annotate : index label of a point to its words; the point is drawn in colour.

    Raises
    ------
    EmptyChart : no row has both values.
    ChartFrameInvalid : an annotated label is not in the frame, or there are no two columns.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.DataFrame({"flow": [-502.0, 12.0, 310.0], "topix": [-1.2, 0.3, 0.9]})
    >>> fig = charts.scatter(weeks, title="They move together", x_unit="JPY bn", unit="%", source="JPX")
    >>> print(charts.alt_of(fig))
    They move together. Scatter chart, %: 3 points, across −502 to 310, up −1.20 to 0.90.
    """
    if frame.shape[1] != 2 and not {"x", "y"} <= set(frame.columns):
        raise ChartFrameInvalid("the frame needs the columns x and y", "charts.scatter")
    pair = frame[["x", "y"]] if {"x", "y"} <= set(frame.columns) else frame
    x_unit, unit = (
        unit_of("scatter", pair[side], said) for side, said in zip(pair.columns, (x_unit, unit), strict=True)
    )
    source = source_of("scatter", pair, source)
    points = numeric_frame("scatter", pair.set_axis(["x", "y"], axis="columns")).dropna()
    if points.empty:
        raise EmptyChart.of("scatter", "no row has both values")
    sheet = new_sheet(body=3.7, width=width)
    ax = sheet.ax
    few = len(points) < FEW
    ax.scatter(points["x"], points["y"], s=30 if few else 16, color=SOFT, alpha=0.8 if few else 0.7, lw=0, zorder=2)
    ax.margins(0.05)
    if fit is not None:
        edge = np.array([points["x"].min(), points["x"].max()])
        ax.plot(edge, fit[0] * edge + fit[1], color=NEUTRAL, linewidth=2.0, zorder=3, gid="fit")
        sheet.key.append(KeyItem("line", NEUTRAL, "fitted line"))
        fitted = fit[0] * edge + fit[1]
        sheet.record_beside(ax, say("fitted line"), "reference", pd.Index(edge), fitted, colour=NEUTRAL)
    _cross_lines(ax)
    _annotate_points(sheet, points, annotate or {}, frame.index)
    dress_values(ax.yaxis)
    dress_values(ax.xaxis, most_ticks=5 if sheet.phone else 8)
    ax.grid(False, axis="x")
    ax.set_xlabel(say(x_unit), loc="right")
    x, y = floats(points["x"]), floats(points["y"])
    sheet.record(ax, "", "dot", pd.Index(x), y, colour=SOFT, across=x)
    return finish(sheet, "scatter", title=title, unit=unit, source=source, alt=alt)


def _cross_lines(ax: Axes) -> None:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    if left < 0 < right:
        ax.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1.5)
    if low < 0 < high:
        ax.axhline(0.0, color=FAINT, linewidth=0.8, zorder=1.5)
    ax.set_xlim(left, right)
    ax.set_ylim(low, high)


def _annotate_points(sheet: Sheet, points: pd.DataFrame, annotate: Mapping[Any, str], index: pd.Index[Any]) -> None:
    ax = sheet.ax
    notes: list[Note] = []
    for name, words in annotate.items():
        key = pd.Timestamp(str(name)) if isinstance(index, pd.DatetimeIndex) else name
        need_name("scatter", key, index)
        for x, y in points.loc[points.index == key].itertuples(index=False):
            ax.plot(x, y, "o", color=ACCENT, markersize=6, markeredgecolor="white", zorder=5, gid="annotated")
            notes.append((float(x), float(y), words, ACCENT))
    sheet.note(ax, notes, points.to_numpy(), bold=True)
