"""A table of series: name, newest value, the course as a small line, and the percentile of the own past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, units_of
from jpresearch.charts.axes import named_columns, number, positions
from jpresearch.charts.check import ChartFrameInvalid, Floats, floats, in_order, numeric_frame
from jpresearch.charts.drawn import WIDTHS, Width
from jpresearch.charts.furniture import PAD, text_width
from jpresearch.charts.palette import ACCENT, GRID, INK, PAST, SOFT, colour, label
from jpresearch.charts.rows import wrapped
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

ROW: Final = {"desk": 0.42, "phone": 0.62}
HEADING: Final = 0.28
LINE_ROOM: Final = 0.16  # inches of a line of a name
NUMBER: Final = 0.85  # inches for the newest value
BOLDER: Final = 1.14  # how much wider bold letters are
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

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.sparklines(net, title="Foreigners at the low of their range", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners at the low of their range. Table of small lines, JPY bn, 22 Aug 2025 to 29 Aug 2025: Foreigners
    −502 at 29 Aug 2025, lowest −502 at 29 Aug 2025, highest 12 at 22 Aug 2025; Individuals 310 at 29 Aug
    2025, lowest 80 at 22 Aug 2025, highest 310 at 29 Aug 2025.
    """
    units, source = units_of("sparklines", frame, unit), source_of("sparklines", frame, source)
    values = in_order(numeric_frame("sparklines", named_columns(frame)))
    if values.shape[1] > MOST:
        raise ChartFrameInvalid.of("sparklines", f"{values.shape[1]} rows are more than can be read", "Choose columns.")
    words = {name: (labels or {}).get(name, label(name)) for name in values.columns}
    rows = [_block(words[name], units.get(name, "") if isinstance(units, Mapping) else units, width) for name in words]
    lines = max(len(block) for block in rows)
    pitch = ROW[width] + LINE_ROOM * (lines - 1) if width == "phone" else max(ROW[width], 0.12 + LINE_ROOM * lines)
    sheet = new_sheet(body=HEADING + pitch * values.shape[1], width=width)
    ax = sheet.ax
    ax.set(xlim=(0, 1), ylim=(HEADING / pitch + values.shape[1], 0), xticks=[], yticks=[])
    ax.spines["bottom"].set_visible(False)
    _heads(sheet, pitch)
    for row, name in enumerate(values.columns):
        places = _places(HEADING / pitch + row, pitch, len(rows[row]), lines, width)
        own = units.get(name, "") if isinstance(units, Mapping) else units
        _row(sheet, values[name], rows[row], places, (decimals or {}).get(name))
        _course(sheet, values[name], shown, (words[name], own), places)
    return finish(sheet, "sparklines", title=title, unit=units, source=source, alt=alt)


def _heads(sheet: Sheet, pitch: float) -> None:
    middle = HEADING / pitch / 2
    left, right = STRIP[sheet.wide]
    _text(sheet, (left + right) / 2, middle, say("percentile of own history"), "center", SOFT, 7.5)
    if not sheet.phone:
        _text(sheet, LINE["desk"][0] - 0.02, middle, say("newest"), "right", SOFT, 7.5)


@dataclass(frozen=True)
class _Places:
    """Where the parts of a row stand, in rows from the top: its rule, each line of its name, its small line."""

    top: float
    names: tuple[float, ...]
    middle: float
    half: float


def _places(top: float, pitch: float, own: int, lines: int, width: Width) -> _Places:
    step = LINE_ROOM / pitch
    if width == "desk":
        first = top + 0.5 - (own - 1) / 2 * step
        return _Places(top, tuple(first + n * step for n in np.arange(own)), top + 0.5, 0.14 / pitch)
    first = top + 0.13 / pitch
    middle = first + (lines - 1) * step + 0.28 / pitch
    return _Places(top, tuple(first + n * step for n in np.arange(own)), middle, 0.14 / pitch)


def _block(name: str, unit: str, width: Width) -> list[tuple[str, str]]:
    """The lines of a row's name, each with what stands beside it: the unit, where it fits."""
    room = (LINE["desk"][0] if width == "desk" else 1.0) * (WIDTHS[width] - 2 * PAD) - NUMBER
    lines = wrapped(name, room / BOLDER).split("\n")
    fits = len(lines) == 1 and text_width(name, 9.0, bold=True) + 0.08 + text_width(unit, 7.5) < room
    block = [(line, unit if fits else "") for line in lines]
    return block if fits or not unit else [*block, ("", unit)]


def _row(
    sheet: Sheet, series: pd.Series[float], block: list[tuple[str, str]], places: _Places, decimals: int | None
) -> None:
    sheet.ax.axhline(places.top, color=GRID, linewidth=0.7, zorder=1)
    for (name, unit), y in zip(block, places.names, strict=True):
        if name:
            _text(sheet, 0.0, y, name, "left", INK, 9.0, bold=True)
        if unit:
            beside = (text_width(name, 9.0, bold=True) + 0.08) / (sheet.width - 2 * PAD) if name else 0.0
            _text(sheet, beside, y, unit, "left", SOFT, 7.5)
    known, phone = series.dropna(), sheet.phone
    right, level = (1.0, places.names[0]) if phone else (LINE["desk"][0] - 0.02, places.middle)
    if known.empty:
        _text(sheet, right, level, say("not available"), "right", SOFT, 8.5)
    else:
        _text(sheet, right, level, number(float(known.iloc[-1]), decimals), "right", INK, 9.5, bold=True)


def _course(sheet: Sheet, series: pd.Series[float], shown: int | None, words: tuple[str, str], places: _Places) -> None:
    """The small line, and where its newest value stands among all."""
    known = series.dropna()
    if known.empty:
        return
    _spark(sheet, series, known.tail(shown or len(known)), words, places.middle, places.half)
    share = float((known <= known.iloc[-1]).mean()) * 100 if known.max() > known.min() else np.nan
    _strip(sheet, places.middle, share)


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
    ax.plot([left, right], [middle, middle], color=PAST, linewidth=2.0, zorder=2, gid="range")
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
