"""Contributions that add to a total."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import dress_horizontal, dress_values, number, shared_decimals, zero_line
from jpresearch.charts.check import ChartFrameInvalid, Floats, floats, numeric_series
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import text_width
from jpresearch.charts.palette import FAINT, INK, PURCHASE, label, sign_colour
from jpresearch.charts.rectangles import rectangles
from jpresearch.charts.rows import beside_bars, dress_rows, row_sheet
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style

MOST = 14


@house_style
def waterfall(
    parts: pd.Series[Any],
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    total_label: str = "Total",
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Contributions, one after the other from zero, and the total they add to; lying rows on a phone.

    Parameters
    ----------
    parts : contributions in ``unit``, indexed by name, in the order shown.
    total_label : words below the bar of the total.

    Raises
    ------
    EmptyChart : there are no parts.
    ChartFrameInvalid : a part is missing, and the rest would add to a wrong total; or more parts than can be read.
    UnitUnknown, SourceUnknown : neither parts nor run nor call says it.

    Examples
    --------
    >>> parts = pd.Series({"Earnings": 12.0, "Multiple": -4.0})
    >>> fig = charts.waterfall(parts, title="Earnings carried the rise", unit="%", source="JPX")
    >>> print(charts.alt_of(fig))
    Earnings carried the rise. Waterfall, %: Earnings 12, Multiple −4, Total 8.
    """
    unit, source = unit_of("waterfall", parts, unit), source_of("waterfall", parts, source)
    values = numeric_series("waterfall", parts)
    if bool(values.isna().any()):
        missing = ", ".join(str(name) for name in values.index[values.isna()])
        raise ChartFrameInvalid.of("waterfall", f"the part {missing} is missing, so the parts add to no total")
    steps, names = floats(values), [*(label(str(name)) for name in values.index), total_label]
    if width == "desk" and len(steps) > MOST:
        raise ChartFrameInvalid.of("waterfall", f"{len(steps)} parts are more than can be read", "Add small ones up.")
    ends = np.cumsum(steps)
    heights, bottoms = np.append(steps, ends[-1]), np.append(ends - steps, 0.0)
    shades = [*(sign_colour(float(value)) for value in steps), INK]
    draw = _lying if width == "phone" else _upright
    sheet = draw(heights, bottoms, ends, shades, names)
    return finish(sheet, "waterfall", title=title, unit=unit, source=source, alt=alt)


def _upright(heights: Floats, bottoms: Floats, ends: Floats, shades: list[str], names: list[str]) -> Sheet:
    sheet = new_sheet(body=3.1)
    ax, places = sheet.ax, np.arange(len(heights), dtype=np.float64)
    rectangles(ax, places - 0.31, bottoms, np.full(len(places), 0.62), heights, shades)
    for place, level in enumerate(ends):
        ax.plot([place - 0.31, place + 1.31], [level, level], color=FAINT, linewidth=0.8, zorder=1.8, gid="link")
    _step_values(ax, heights, bottoms)
    ax.set_xlim(-0.6, len(places) - 0.4)
    ax.use_sticky_edges = False  # a bar that reaches the lowest level still needs room for its value
    ax.margins(y=0.12)
    if min(ends.min(), 0.0) == 0.0:
        ax.set_ylim(bottom=0.0)
    zero_line(ax)
    dress_horizontal(ax, pd.Index(names))
    ax.get_xticklabels()[-1].set_fontweight("bold")
    dress_values(ax.yaxis)
    sheet.record(ax, "", "bar", pd.Index(names), heights, colour=PURCHASE, across=places, up=bottoms + heights)
    return sheet


def _lying(heights: Floats, bottoms: Floats, ends: Floats, shades: list[str], names: list[str]) -> Sheet:
    sheet = row_sheet(names, "phone")
    ax, places = sheet.ax, np.arange(len(heights), dtype=np.float64)
    rectangles(ax, bottoms, places - 0.16, heights, np.full(len(places), 0.32), shades, lying=True)
    for place, level in enumerate(ends):
        ax.plot([level, level], [place - 0.16, place + 1.16], color=FAINT, linewidth=0.8, zorder=1.8, gid="link")
    _step_values(ax, heights, bottoms, lying=True)
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=3, gid="zero")
    ax.use_sticky_edges = False
    decimals = shared_decimals([float(step) for step in heights])
    longest = max(text_width(number(float(step), decimals, signed=True), 8.5, bold=True) for step in heights)
    ax.margins(x=beside_bars(longest + 0.1, 3.6))
    ax.autoscale_view(scaley=False)
    dress_rows(ax)
    sheet.record(ax, "", "bar", pd.Index(names), heights, colour=PURCHASE, across=bottoms + heights, up=places)
    return sheet


def _step_values(ax: Axes, steps: Floats, bottoms: Floats, lying: bool = False) -> None:
    decimals = shared_decimals([float(step) for step in steps])
    last = len(steps) - 1
    for place, (step, bottom) in enumerate(zip(steps, bottoms, strict=True)):
        down = step < 0
        shift = -4 if down else 4
        ax.annotate(
            number(float(step), decimals, signed=place < last),
            (bottom + step, place) if lying else (place, bottom + step),
            xytext=(shift, 0) if lying else (0, shift),
            textcoords="offset points",
            ha=("right" if down else "left") if lying else "center",
            va="center" if lying else ("top" if down else "bottom"),
            fontsize=9.4,
            fontweight="bold" if place == last else "normal",
            color=INK,
            gid="value",
        )
