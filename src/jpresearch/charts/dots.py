"""Readings as dots against a threshold with its noise."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import number
from jpresearch.charts.check import ChartFrameInvalid, Floats, floats, need_columns, need_name
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.palette import INK, NEUTRAL, SOFT, VERDICTS, ink
from jpresearch.charts.rows import row_note, row_sheet, row_words, value_axis
from jpresearch.charts.sheet import finish
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

HOLLOW: Final = ("undetermined", "not testable")
NOISE: Final = "#E9E9E9"


@house_style
def dots(
    readings: pd.DataFrame,
    *,
    title: str,
    threshold: float,
    noise: float | None = None,
    unit: str | None = None,
    source: str | None = None,
    threshold_label: str = "threshold",
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Readings as dots, one row per name, against a threshold and the band of noise around it.

    Parameters
    ----------
    readings : column ``value`` in ``unit``; readings of one name share a row. Optional columns: ``low`` and ``high``,
        the ends of a reading's own noise; ``verdict``, one per row: supported, partly, contradicted, undetermined, not
        testable. It gives the colour, stands at the right in words, and the undetermined are hollow.
    threshold : the level that the claim needs, in ``unit``; ``noise`` is the half width of the band around it.
    threshold_label : words for it in the key.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : no column ``value``, an unknown verdict, or rows of one name with different verdicts.
    UnitUnknown, SourceUnknown : neither readings nor run nor call says it.

    Examples
    --------
    >>> readings = pd.DataFrame({"value": [0.4, 0.9]}, index=["Weekly", "Monthly"])
    >>> words = {"title": "Only monthly data bear it out", "unit": "correlation", "source": "JPX"}
    >>> fig = charts.dots(readings, threshold=0.6, **words)
    >>> print(charts.alt_of(fig))
    Only monthly data bear it out. Readings as dots, correlation: Weekly 0.400, Monthly 0.900.
    """
    values = need_columns("dots", readings, [n for n in ("value", "low", "high") if n == "value" or n in readings])
    unit, source = unit_of("dots", readings, unit), source_of("dots", readings, source)
    names = list(dict.fromkeys(readings.index))
    verdicts = _verdicts(readings, names)
    sheet = row_sheet(names, width, [verdicts[name] or "undetermined" for name in names])
    ax, rows = sheet.ax, np.array([names.index(name) for name in readings.index], dtype=np.float64)
    if noise:
        ax.axvspan(threshold - noise, threshold + noise, color=NOISE, linewidth=0, zorder=1, gid="noise")
        sheet.key.append(KeyItem("bar", "#CFCFCF", "its noise"))
    ax.axvline(threshold, color=INK, linewidth=1.1, zorder=1.6, gid="reference")
    shades = [VERDICTS.get(verdicts[name] or "", NEUTRAL) for name in readings.index]
    hollow = [verdicts[name] in HOLLOW for name in readings.index]
    _draw(ax, values, rows, shades, hollow)
    for row, name in enumerate(names):
        text = verdicts[name] or (
            "" if bool(values["value"][[n == row for n in rows]].notna().any()) else "not available"
        )
        row_note(sheet, row, text, ink(VERDICTS.get(verdicts[name] or "", SOFT)))
    value_axis(sheet)
    sheet.key.insert(0, KeyItem("tick", INK, f"{say(threshold_label)} {number(threshold)}"))
    y = floats(values["value"])
    ends = (floats(values["low"]), floats(values["high"])) if {"low", "high"} <= set(values) else None
    index = pd.Index([row_words(name) for name in readings.index])
    sheet.record(ax, "", "dot", index, y, colour=NEUTRAL, across=y, up=rows, ends=ends)
    return finish(sheet, "dots", title=title, unit=unit, source=source, alt=alt)


def _verdicts(readings: pd.DataFrame, names: list[Any]) -> dict[Any, str | None]:
    """The verdict of each row, ``None`` where the frame has none."""
    if "verdict" not in readings:
        return dict.fromkeys(names)
    found: dict[Any, str | None] = {}
    for name, verdict in zip(readings.index, readings["verdict"], strict=True):
        need_name("dots", verdict, VERDICTS)
        if found.setdefault(name, verdict) != verdict:
            raise ChartFrameInvalid.of("dots", f"{name} has two verdicts, {found[name]} and {verdict}")
    return found


def _draw(ax: Axes, values: pd.DataFrame, rows: Floats, shades: list[str], hollow: list[bool]) -> None:
    y = floats(values["value"])
    if {"low", "high"} <= set(values):
        low, high = floats(values["low"]), floats(values["high"])
        known = np.isfinite(low + high)
        own = [shade for shade, there in zip(shades, known, strict=True) if there]
        ax.hlines(rows[known], low[known], high[known], colors=own, linewidth=1.4, zorder=3, gid="whisker")
    faces = ["white" if empty else shade for shade, empty in zip(shades, hollow, strict=True)]
    ax.scatter(y, rows, s=42, c=faces, edgecolors=shades, linewidths=1.4, zorder=4, clip_on=False, gid="reading")
