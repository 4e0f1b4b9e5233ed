"""Where values stand within their own past."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import number, shared_decimals
from jpresearch.charts.check import floats, need_columns
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.palette import ACCENT, FAINT, INK, NEUTRAL, PAST, SOFT, tint
from jpresearch.charts.rows import row_note, row_sheet, row_words, value_axis
from jpresearch.charts.sheet import finish
from jpresearch.charts.style import house_style

HALF: Final = tint(NEUTRAL, 0.7)
COLUMNS = ("low", "q25", "median", "q75", "high", "now")


@house_style
def range(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Where each row stands now within its own past: whole range, middle half, median, and the latest value.

    Parameters
    ----------
    frame : columns ``low``, ``q25``, ``median``, ``q75``, ``high``, ``now`` in ``unit``, indexed by name. Missing
        values are not drawn.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a column is missing.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> past = {"low": 10.0, "q25": 13.0, "median": 14.0, "q75": 16.0, "high": 25.0, "now": 17.0}
    >>> fig = charts.range(pd.DataFrame(past, index=["P/E"]), title="Expensive", unit="times", source="JPX")
    >>> print(charts.alt_of(fig))
    Expensive. Values within their own range, times: P/E 17 (10 to 25).
    """
    values = need_columns("range", frame, COLUMNS)
    unit, source = unit_of("range", frame, unit), source_of("range", frame, source)
    decimals = shared_decimals([float(value) for value in values["now"]])
    words = [number(value, decimals) if np.isfinite(value) else "not available" for value in values["now"]]
    sheet = row_sheet(values.index, width, words)
    ax = sheet.ax
    for row, (low, q25, median, q75, high, now) in enumerate(values.itertuples(index=False)):
        ax.plot([low, high], [row, row], color=PAST, linewidth=2.0, zorder=2, gid="range")
        ax.plot(
            [q25, q75],
            [row, row],
            color=HALF,
            linewidth=8.0,
            solid_capstyle="butt",
            zorder=2.5,
            gid="middle",
        )
        reach = 0.24 if width == "desk" else 0.14
        ax.plot([median, median], [row - reach, row + reach], color=INK, linewidth=1.8, zorder=3, gid="median")
        ax.plot(now, row, "o", color=ACCENT, markersize=7.5, markeredgecolor="white", zorder=4, gid="now")
        row_note(sheet, row, words[row], ACCENT if np.isfinite(now) else SOFT)
    value_axis(sheet)
    if ax.get_xlim()[0] < 0 < ax.get_xlim()[1]:
        ax.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1.5, gid="zero")
    sheet.key += [
        KeyItem("line", PAST, "whole range"),
        KeyItem("bar", HALF, "middle half"),
        KeyItem("tick", INK, "median"),
        KeyItem("dot", ACCENT, "now"),
    ]
    now, names = floats(values["now"]), pd.Index([row_words(name) for name in values.index])
    ends = floats(values["low"]), floats(values["high"])
    level = np.arange(len(values), dtype=np.float64)
    sheet.record(ax, "", "range", names, now, colour=ACCENT, across=now, up=level, ends=ends)
    return finish(sheet, "range", title=title, unit=unit, source=source, alt=alt)
