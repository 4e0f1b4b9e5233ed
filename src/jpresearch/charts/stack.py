"""Stacked bars of signed parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import MANY, bar_width, dress_horizontal, dress_values, named_columns, positions, zero_line
from jpresearch.charts.check import floats, in_order, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.notes import EndLabel
from jpresearch.charts.palette import colours, label
from jpresearch.charts.rectangles import rectangles
from jpresearch.charts.sheet import finish, new_sheet
from jpresearch.charts.style import house_style


@house_style
def stack(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    labels: Mapping[str, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Bars of signed parts: positive parts stand on zero, negative ones hang from it, each part named at the last bar.

    Parameters
    ----------
    frame : one column per part, in ``unit``, indexed by date or category. A missing part is not drawn; a part
        without a piece of the last bar is named in the key instead.
    labels : words for a column, where ``charts.label`` would not do.

    Raises
    ------
    EmptyChart : every value is missing.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.stack(net, title="Individuals took the other side", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Individuals took the other side. Stacked bars, JPY bn, 22 Aug 2025 to 29 Aug 2025: Foreigners −502 at 29
    Aug 2025, lowest −502 at 29 Aug 2025, highest 12 at 22 Aug 2025; Individuals 310 at 29 Aug 2025, lowest 80
    at 22 Aug 2025, highest 310 at 29 Aug 2025.
    """
    unit, source = unit_of("stack", frame, unit), source_of("stack", frame, source)
    values = in_order(numeric_frame("stack", named_columns(frame)))
    sheet = new_sheet(width=width)
    ax, x = sheet.ax, positions(values.index)
    wide, shades, floor = bar_width(x), colours(values.columns), _floors(values)
    words = {name: (labels or {}).get(name, label(name)) for name in values.columns}
    for name in values.columns:
        heights, bottom = floats(values[name]), floats(floor[name])
        left, wides = x - wide / 2, np.full(len(x), wide)
        rectangles(ax, left, bottom, wides, heights, shades[name], snap=len(x) < MANY, label=name)
        middle = bottom + heights / 2
        sheet.record(ax, words[name], "bar", values.index, heights, colour=shades[name], across=x, up=middle)
    ax.set_xlim(x.min() - wide * 0.75, x.max() + wide * 0.75)
    zero_line(ax)
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis)
    last = int(np.flatnonzero(values.notna().any(axis=1).to_numpy())[-1])
    level = (floor + values / 2).iloc[last]
    there = values.iloc[last].fillna(0.0) != 0.0
    known = [name for name in values.columns if there[name] and width == "desk"]
    edge = float(x[last]) + wide / 2
    sheet.label_ends(ax, [EndLabel(words[name], edge, float(level[name]), shades[name]) for name in known])
    sheet.key += [KeyItem("bar", shades[name], words[name]) for name in values.columns if name not in known]
    return finish(sheet, "stack", title=title, unit=unit, source=source, alt=alt)


def _floors(values: pd.DataFrame) -> pd.DataFrame:
    """Where each part starts: above the earlier positive parts, or below the earlier negative ones."""
    filled = values.fillna(0.0)
    above, below = filled.clip(lower=0.0), filled.clip(upper=0.0)
    floors = (above.cumsum(axis=1) - above).where(filled >= 0, below.cumsum(axis=1) - below)
    return floors.where(values.notna())
