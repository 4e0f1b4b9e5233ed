"""Small multiples: one small plot per column."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, units_of
from jpresearch.charts.axes import (
    DASHES,
    dress_horizontal,
    dress_values,
    named_columns,
    number,
    positions,
    shared_decimals,
    zero_line,
)
from jpresearch.charts.check import floats, in_order, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem, text_width
from jpresearch.charts.lines import draw_line, last_known, limits
from jpresearch.charts.palette import SOFT, colour, ink, label
from jpresearch.charts.sheet import BODY, finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

MANY = 6  # panels from which on a phone shows two in a row
WIDE = 0.85  # inches of a newest value that needs a wider plot


@house_style
def panels(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | Mapping[str, str] | None = None,
    source: str | None = None,
    columns: int = 3,
    references: Mapping[str, float] | None = None,
    share_y: bool = False,
    labels: Mapping[str, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Small multiples: one small plot per column on a common horizontal axis, headed by its name and latest value.

    Parameters
    ----------
    frame : one column per plot, indexed by date or number; missing values are gaps, a column without values says so.
    unit : one unit for all, or column to unit (a column without one shows none).
    columns : plots per row; a phone shows one, or two where there are many.
    references : words to a level, drawn dashed in every plot and named in the key.
    share_y : the same vertical scale everywhere.
    labels : words for a column, where ``charts.label`` would not do.

    Raises
    ------
    EmptyChart : every value is missing.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.panels(net, title="Foreigners turned net sellers", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners turned net sellers. Small line charts, JPY bn, 22 Aug 2025 to 29 Aug 2025: Foreigners −502 at
    29 Aug 2025, lowest −502 at 29 Aug 2025, highest 12 at 22 Aug 2025; Individuals 310 at 29 Aug 2025, lowest
    80 at 22 Aug 2025, highest 310 at 29 Aug 2025.
    """
    units, source = units_of("panels", frame, unit), source_of("panels", frame, source)
    values = in_order(numeric_frame("panels", named_columns(frame)))
    count = values.shape[1]
    newest = [float(values[name].dropna().iloc[-1]) for name in values.columns if values[name].notna().any()]
    decimals = None if isinstance(units, Mapping) else shared_decimals(newest)
    heads = [text_width(number(value, decimals), 9.0, bold=True) for value in newest]
    if max(heads) > WIDE:
        columns = min(columns, 2)
    across = max(1, min(columns if width == "desk" else 2 if count > MANY and max(heads) <= WIDE else 1, count))
    rows = -(-count // across)
    sheet = new_sheet(rows, across, body=max(0.85 * BODY, 1.55 * rows), share_y=share_y, width=width)
    plots = list(sheet.axes)
    letters = max(12, int((sheet.width / across - 1.1) / 0.083))
    for ax, name in zip(plots, values.columns, strict=False):
        own = units.get(name, "") if isinstance(units, Mapping) else ""
        words = (labels or {}).get(name, label(name))
        _panel_head(ax, textwrap.fill(words, letters), own)
        _panel(
            ax,
            values[name],
            colour(name),
            list((references or {}).values()),
            decimals,
            3 if across > 1 and sheet.phone else 4,
        )
        y, x = floats(values[name]), positions(values.index)
        sheet.record(ax, words, "line", values.index, y, colour=colour(name), across=x, unit=own)
    for ax in plots[count:]:
        ax.set_visible(False)
    sheet.key += [KeyItem("dash", SOFT, name) for name in references or {}]
    return finish(sheet, "panels", title=title, unit=units, source=source, alt=alt)


def _panel_head(ax: Axes, heading: str, unit: str) -> None:
    ax.set_title(f"{heading}\n" if unit else heading, fontsize=9.9, gid="panel")
    if unit:
        _above(ax, say(unit), "left", 8.0, SOFT, "panel-unit")


def _above(ax: Axes, words: str, side: str, size: float, shade: str, gid: str, weight: str = "normal") -> None:
    ax.annotate(
        words,
        (0 if side == "left" else 1, 1),
        xytext=(0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        horizontalalignment=side,
        color=shade,
        fontsize=size,
        fontweight=weight,
        gid=gid,
    )


def _panel(
    ax: Axes, series: pd.Series[float], shade: str, references: Sequence[float], decimals: int | None, ticks: int
) -> None:
    x, y = positions(series.index), floats(series)
    draw_line(ax, x, y, shade, width=1.4)
    for level in references:
        ax.axhline(level, color=SOFT, linewidth=0.8, linestyle=DASHES, zorder=2.4, gid="reference")
    limits(ax, x, series.index)
    dress_horizontal(ax, series.index, most_ticks=ticks)
    ax.tick_params(labelsize=8.3)
    last = last_known(x, y)
    if last is None:
        ax.text(0.5, 0.5, say("not available"), transform=ax.transAxes, ha="center", va="center", color=SOFT)
        ax.yaxis.set_visible(False)
        return
    ax.plot(*last, "o", color=shade, markersize=3.5, zorder=4, clip_on=False)
    _above(ax, number(last[1], decimals), "right", 9.0, ink(shade), "latest", weight="bold")
    zero_line(ax)
    dress_values(ax.yaxis, most_ticks=4)
