"""Flows added up since a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from jpresearch.about import about
from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import day, dress_horizontal, dress_values, named_columns, number, positions, zero_line
from jpresearch.charts.check import ChartFrameInvalid, EmptyChart, floats, in_order, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.lines import draw_line, last_known, limits
from jpresearch.charts.notes import EndLabel, along
from jpresearch.charts.palette import colours, label
from jpresearch.charts.sheet import finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

ADDED: Final = "added up since"


@house_style
def cumulative(
    flows: pd.DataFrame,
    *,
    title: str,
    start: Any = None,
    unit: str | None = None,
    source: str | None = None,
    labels: Mapping[str, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Flows added up since a day, such as cash and futures, each line named with its sum.

    Parameters
    ----------
    flows : one column per flow, not added up, in ``unit``, indexed by date.
    start : the first period to count; by default the first that all columns know. A period that is missing makes
        every later sum unknown: the line ends before it, and the key says so.
    labels : words for a column, where ``charts.label`` would not do.

    Raises
    ------
    EmptyChart : no period that all columns know.
    ChartFrameInvalid : the index holds no dates, or ``start`` comes before all columns are known.
    UnitUnknown, SourceUnknown : neither flows nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.cumulative(net, title="Foreigners turned net sellers", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners turned net sellers. Cumulative lines, JPY bn, added up since 22 Aug 2025, 22 Aug 2025 to 29 Aug
    2025: Foreigners −490 at 29 Aug 2025, lowest −490 at 29 Aug 2025, highest 12 at 22 Aug 2025; Individuals
    390 at 29 Aug 2025, lowest 80 at 22 Aug 2025, highest 390 at 29 Aug 2025.
    """
    known = about(flows)
    unit = known.unit_of(flows.columns[0]) if unit is None and known is not None else unit
    unit, source = unit_of("cumulative", flows, unit), source_of("cumulative", flows, source)
    if not isinstance(flows.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise ChartFrameInvalid.of("cumulative", "the index holds no dates", "Index the flows by the end of the week.")
    values = _from(in_order(numeric_frame("cumulative", named_columns(flows))), start)
    sums = values.cumsum(skipna=False)
    sheet = new_sheet(width=width)
    ax, x, shades = sheet.ax, positions(sums.index), colours(sums.columns)
    ends: list[EndLabel] = []
    decimals = 0 if float(np.nanmax(np.abs(sums.to_numpy()))) >= 10 else None
    for name in sums.columns:
        y, words = floats(sums[name]), (labels or {}).get(name, label(name))
        draw_line(ax, x, y, shades[name], width=1.8)
        sheet.record(ax, words, "line", sums.index, y, colour=shades[name], across=x)
        last = last_known(x, y)
        assert last is not None
        ends.append(EndLabel(f"{words} {number(last[1], decimals, signed=True)}", *last, shades[name], bold=True))
        if last[0] < x.max():
            stop = sums.index[int(np.flatnonzero(np.isnan(y))[0])]
            sheet.key.append(KeyItem("line", shades[name], f"{words}: {day(stop)} missing"))
    limits(ax, x, sums.index)
    sheet.name_ends(ax, ends, np.concatenate([along(x, floats(sums[name])) for name in sums.columns]), bold=True)
    zero_line(ax)
    dress_horizontal(ax, sums.index)
    dress_values(ax.yaxis)
    whole = f"{say(unit)}, {ADDED} {day(sums.index[0])}"
    return finish(sheet, "cumulative", title=title, unit=whole, source=source, alt=alt)


def _from(values: pd.DataFrame, start: Any) -> pd.DataFrame:
    """The rows from ``start``, or from the first that all columns know."""
    whole = values.notna().all(axis=1)
    if not whole.any():
        raise EmptyChart.of("cumulative", "there is no period that all columns know")
    first = whole.idxmax()
    if start is None:
        return values.loc[first:]
    chosen = values.loc[pd.Timestamp(start) :]
    if chosen.empty or not bool(chosen.iloc[0].notna().all()):
        what = f"not all columns are known at {day(pd.Timestamp(start))}"
        raise ChartFrameInvalid.of("cumulative", what, f"The first period that all know ends {day(first)}.")
    return chosen
