"""A table of series: name, newest value, the course as a small line, and the percentile of the own past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, units_of
from jpresearch.charts.axes import named_columns, number, positions
from jpresearch.charts.check import ChartFrameInvalid, Floats, floats, in_order, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.palette import ACCENT, INK, MUTED_LINE, SOFT, colour, label
from jpresearch.charts.sheet import PAD, Sheet, finish, new_sheet, text_width
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

ROW: Final = {"desk": 0.42, "phone": 0.62}
HEADING: Final = 0.28
LINE: Final = {"desk": (0.46, 0.76), "phone": (0.02, 0.62)}  # of the width
STRIP: Final = {"desk": (0.80, 0.93), "phone": (0.68, 0.90)}
MOST: Final = 40


@house_style
def sparklines(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | Mapping[str, str] | None = None,
    source: str | None = None,
    shown: int | None = None,
    decimals: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """One row per column: name and unit, newest value, its course as a small line, and its percentile of own history.

    Parameters
    ----------
    frame : values indexed by date; missing values are passed over, and a column may end before the others.
    unit : one unit for all, or column to unit.
    shown : how many of the newest rows the lines show (all by default); percentiles are always of the whole column.
    decimals : column to the decimals of its newest value (three digits by default).
    labels : words for a column, where ``charts.label`` would not do.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : more columns than can be read.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.
    """
    units, source = units_of("sparklines", frame, unit), source_of("sparklines", frame, source)
    values = in_order(numeric_frame("sparklines", named_columns(frame)))
    if values.shape[1] > MOST:
        raise ChartFrameInvalid.of("sparklines", f"{values.shape[1]} rows are more than can be read", "Choose columns.")
    pitch = ROW[width]
    sheet = new_sheet(body=HEADING + pitch * values.shape[1], width=width)
    ax = sheet.ax
    ax.set(xlim=(0, 1), ylim=(HEADING / pitch + values.shape[1], 0), xticks=[], yticks=[])
    ax.spines["bottom"].set_visible(False)
    _heads(sheet, pitch)
    for row, name in enumerate(values.columns):
        own = units.get(name, "") if isinstance(units, Mapping) else units
        words = (labels or {}).get(name, label(name))
        _row(sheet, HEADING / pitch + row, values[name], (words, own), shown, (decimals or {}).get(name))
    return finish(sheet, "sparklines", title=title, unit=units, source=source, alt=alt)


def _heads(sheet: Sheet, pitch: float) -> None:
    middle = HEADING / pitch / 2
    left, right = STRIP[sheet.wide]
    _text(sheet, (left + right) / 2, middle, say("percentile of own history"), "center", SOFT, 7.5)
    if not sheet.phone:
        _text(sheet, LINE["desk"][0] - 0.02, middle, say("newest"), "right", SOFT, 7.5)


def _row(
    sheet: Sheet, top: float, series: pd.Series[float], words: tuple[str, str], shown: int | None, decimals: int | None
) -> None:
    ax, wide = sheet.ax, sheet.wide
    ax.axhline(top, color="#E4E4E4", linewidth=0.7, zorder=1)
    name, unit = words
    upper = top + (0.5 if wide == "desk" else 0.2)
    room = (LINE["desk"][0] - 0.12) * sheet.width - PAD
    _text(sheet, 0.0, upper, name, "left", INK, 9.0, bold=True)
    if unit:
        beside = (text_width(name, 9.0, bold=True) + 0.08) / (sheet.width - 2 * PAD)
        fits = wide == "phone" or text_width(name, 9.0, bold=True) + text_width(unit, 7.5) < room
        _text(sheet, beside if fits else 0.0, upper if fits else upper + 0.3, unit, "left", SOFT, 7.5)
    known = series.dropna()
    right = LINE["desk"][0] - 0.02 if wide == "desk" else 1.0
    if known.empty:
        _text(sheet, right, upper, say("not available"), "right", SOFT, 8.5)
        return
    newest = float(known.iloc[-1])
    _text(sheet, right, upper, number(newest, decimals), "right", INK, 9.5, bold=True)
    middle, half = (top + 0.5, 0.34) if wide == "desk" else (top + 0.66, 0.24)
    _spark(sheet, series, known.tail(shown or len(known)), (name, unit), middle, half)
    share = float((known <= newest).mean()) * 100 if len(known) > 1 else np.nan
    _strip(sheet, middle, share)


def _spark(
    sheet: Sheet, series: pd.Series[float], known: pd.Series[float], words: tuple[str, str], middle: float, half: float
) -> None:
    ax, (left, right) = sheet.ax, LINE[sheet.wide]
    whole = positions(series.index[series.index >= known.index[0]])
    x = left + (right - left) * _scaled(positions(known.index), float(whole.min()), float(whole.max()))
    y = floats(known)
    level = middle + half - 2 * half * _scaled(y, float(y.min()), float(y.max()))
    shade = colour(str(series.name))
    ax.add_collection(LineCollection([np.column_stack([x, level])], colors=[shade], linewidths=1.3, zorder=3))
    ax.plot(x[-1], level[-1], "o", color=shade, markersize=3.5, zorder=4, gid="newest")
    sheet.record(ax, words[0], "line", known.index, y, colour=shade, across=x, up=level, unit=words[1])


def _strip(sheet: Sheet, middle: float, share: float) -> None:
    ax, (left, right) = sheet.ax, STRIP[sheet.wide]
    ax.plot([left, right], [middle, middle], color=MUTED_LINE, linewidth=2.0, zorder=2, gid="range")
    if np.isfinite(share):
        at = left + (right - left) * share / 100
        ax.plot(at, middle, "o", color=ACCENT, markersize=6.5, markeredgecolor="white", zorder=4, gid="now")
    words = f"{share:.0f}" if np.isfinite(share) else "\u2013"
    _text(sheet, 1.0, middle, words, "right", ACCENT if np.isfinite(share) else SOFT, 8.5)


def _scaled(values: Floats, low: float, high: float) -> Floats:
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)


def _text(sheet: Sheet, x: float, y: float, text: str, side: str, shade: str, size: float, bold: bool = False) -> None:
    weight = "bold" if bold else "normal"
    place = {"ha": side, "va": "center", "fontsize": size, "fontweight": weight, "color": shade}
    sheet.ax.text(x, y, text, gid="row", **place)  # type: ignore[arg-type]
