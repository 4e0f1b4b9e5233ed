"""Estimates with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from jpresearch.charts.asked import Data, interval_frame, source_of, unit_of
from jpresearch.charts.axes import MINUS, number, shared_decimals
from jpresearch.charts.check import EmptyChart, floats, need_columns
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.palette import INK, NEUTRAL, SOFT
from jpresearch.charts.rows import row_note, row_sheet, row_words, value_axis
from jpresearch.charts.sheet import finish
from jpresearch.charts.style import house_style


@house_style
def intervals(
    rows: pd.DataFrame | Mapping[Any, Any],
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    reference: float = 0.0,
    span: str = "interval",
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Estimates with their intervals, one row each, top down; hollow where the interval covers ``reference``.

    Parameters
    ----------
    rows : name to ``Estimate``, which knows its unit; or a frame with the columns ``estimate``, ``low``, ``high`` in
        ``unit``, indexed by the words of each row. A row without an estimate says so.
    reference : the level against which the estimates are read, drawn as a vertical line.
    span : what ``low`` to ``high`` is in the key's words: ``"interval"`` for uncertainty, ``"range"`` for extremes.

    Raises
    ------
    EmptyChart : there is no estimate.
    ChartFrameInvalid : a column is missing, or a row is no estimate.
    UnitUnknown, SourceUnknown : neither rows nor run nor call says it.

    Examples
    --------
    >>> rows = {"Same week": Estimate(30.2, 22.4, 37.1, unit="bp"), "Next week": Estimate(2.0, -4.0, 8.0, unit="bp")}
    >>> fig = charts.intervals(rows, title="Flows move the market in the week alone", source="JPX")
    >>> print(charts.alt_of(fig))
    Flows move the market in the week alone. Estimates with intervals, bp: Same week 30.2 (22.4 to 37.1), Next
    week 2.0 (−4.0 to 8.0).
    """
    frame, known = interval_frame("intervals", rows)
    values = need_columns("intervals", frame, ("estimate", "low", "high"))
    if bool(values["estimate"].isna().all()):
        raise EmptyChart.of("intervals", "no row has an estimate")
    given: Data | None = rows if isinstance(rows, pd.DataFrame) else None
    unit, source = unit_of("intervals", frame, unit or known), source_of("intervals", given, source)
    decimals = shared_decimals([float(value) for value in values.to_numpy().ravel()])
    words = [_interval_words(mid, low, high, decimals) for mid, low, high in values.itertuples(index=False)]
    sheet = row_sheet(values.index, width, words)
    ax = sheet.ax
    ax.axvline(reference, color=INK, linewidth=0.9, zorder=1.5, gid="reference")
    for row, (estimate, low, high) in enumerate(values.itertuples(index=False)):
        covers = low <= reference <= high
        shade = NEUTRAL if np.isfinite(low + high) and not covers else SOFT
        ax.plot([low, high], [row, row], color=shade, linewidth=1.8, zorder=3, gid="whisker")
        face = "white" if covers else shade
        ax.plot(estimate, row, "o", color=shade, markerfacecolor=face, markersize=6.5, zorder=4, gid="estimate")
        row_note(sheet, row, words[row], shade)
    value_axis(sheet)
    sheet.key += _interval_key(values, reference, span)
    middle = floats(values["estimate"])
    names = pd.Index([row_words(name) for name in values.index])
    ends = floats(values["low"]), floats(values["high"])
    level = np.arange(len(values), dtype=np.float64)
    sheet.record(ax, "", "interval", names, middle, colour=NEUTRAL, across=middle, up=level, ends=ends)
    return finish(sheet, "intervals", title=title, unit=unit, source=source, alt=alt)


def _interval_key(values: pd.DataFrame, reference: float, span: str) -> list[KeyItem]:
    """What full and hollow dots mean, for those that occur."""
    known = values.dropna()
    covers = (known["low"] <= reference) & (reference <= known["high"])
    level = f"{reference:g}".replace("-", MINUS)
    full, hollow = (
        KeyItem("dot", NEUTRAL, f"{span} excludes {level}"),
        KeyItem("ring", SOFT, f"{span} covers {level}"),
    )
    return [item for item, occurs in ((full, ~covers), (hollow, covers)) if occurs.any()]


def _interval_words(estimate: float, low: float, high: float, decimals: int) -> str:
    if not np.isfinite(estimate):
        return "not available"
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"{number(estimate, decimals)} (no interval)"
    return f"{number(estimate, decimals)}  ({number(low, decimals)} to {number(high, decimals)})"
