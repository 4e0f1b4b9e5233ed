"""Groups of bars side by side, each with its value, such as scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.charts.axes import (
    dress_horizontal,
    dress_values,
    named_columns,
    number,
    shared_decimals,
    zero_line,
)
from jpresearch.charts.check import ChartFrameInvalid, Floats, floats
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem, text_width
from jpresearch.charts.palette import INK, SOFT, colours, label
from jpresearch.charts.rectangles import rectangles
from jpresearch.charts.rows import EDGES, beside_bars, dress_rows, row_sheet, row_words
from jpresearch.charts.sheet import Sheet, new_sheet

SPREAD: Final = 0.78  # of the room of a group that its bars take
MOST_BARS: Final = 120
SIZE: Final = 8.0
BAR: Final = 0.17  # inches of a lying bar
UP: Final = 0.06  # inches from the middle of a row on a phone up to its first bar


def grouped(values: pd.DataFrame, labels: Mapping[str, str], wide: Width) -> Sheet:
    """A group of bars per row of ``values``, upright where their numbers fit above them, lying otherwise."""
    if values.size > MOST_BARS:
        what = f"{values.shape[0]} groups of {values.shape[1]} bars are more than can be read"
        raise ChartFrameInvalid.of("bars", what, "Draw charts.stack or charts.lines, or choose fewer rows.")
    frame = named_columns(values)
    names = [row_words(name) for name in values.index]
    decimals = shared_decimals([float(value) for value in frame.to_numpy().ravel()])
    words = frame.map(lambda value: number(value, decimals, signed=bool((frame < 0).any(axis=None))))
    room = (7.2 if wide == "desk" else 3.3) / len(frame)
    longest = max(text_width(text, SIZE) for text in words.to_numpy().ravel())
    fits = longest < room * SPREAD / frame.shape[1] and all(
        text_width(word, 8.5) < room for name in names for word in name.split()
    )
    return (_upright if fits else _lying)(frame, names, words, labels, wide)


def _offsets(count: int) -> tuple[Floats, float]:
    thick = SPREAD / count
    return (np.arange(count, dtype=np.float64) - (count - 1) / 2) * thick, thick * 0.94


def _upright(
    frame: pd.DataFrame, names: list[str], words: pd.DataFrame, labels: Mapping[str, str], wide: Width
) -> Sheet:
    sheet = new_sheet(body=3.1, width=wide)
    ax, places = sheet.ax, np.arange(len(frame), dtype=np.float64)
    offsets, thick = _offsets(frame.shape[1])
    for offset, (name, shade) in zip(offsets, _shades(sheet, frame, labels).items(), strict=True):
        y = floats(frame[name])
        wide_bars = np.full(len(y), thick)
        rectangles(ax, places + offset - thick / 2, np.zeros(len(y)), wide_bars, y, shade)
        sheet.record(ax, _words(name, labels), "bar", pd.Index(names), y, colour=shade, across=places + offset)
        for x, value, text in zip(places + offset, y, words[name], strict=True):
            _value(sheet, (x, value), text, (0, -4 if value < 0 else 4))
    ax.set_xlim(-0.55, len(frame) - 0.45)
    ax.use_sticky_edges = False
    ax.margins(y=0.12)
    low, high = ax.get_ylim()
    some_above = bool((frame > 0).any(axis=None)) or not bool((frame < 0).any(axis=None))
    ax.set_ylim(low if (frame < 0).any(axis=None) else 0.0, high if some_above else 0.0)
    zero_line(ax)
    dress_horizontal(ax, pd.Index(names))
    dress_values(ax.yaxis)
    return sheet


def _lying(frame: pd.DataFrame, names: list[str], words: pd.DataFrame, labels: Mapping[str, str], wide: Width) -> Sheet:
    each = BAR * frame.shape[1]
    sheet = row_sheet(names, wide, row=0.12 + each)
    ax, places = sheet.ax, np.arange(len(frame), dtype=np.float64)
    offsets, thick = _offsets(frame.shape[1])
    if sheet.phone:  # the upper part of a row is its name
        pitch = (sheet.body - EDGES) / len(frame)
        offsets = (BAR * (np.arange(frame.shape[1], dtype=np.float64) + 0.5) - UP) / pitch
        thick = BAR * 0.92 / pitch
    for offset, (name, shade) in zip(offsets, _shades(sheet, frame, labels).items(), strict=True):
        x = floats(frame[name])
        rectangles(ax, np.zeros(len(x)), places + offset - thick / 2, x, np.full(len(x), thick), shade, lying=True)
        level = places + offset
        sheet.record(ax, _words(name, labels), "bar", pd.Index(names), x, colour=shade, across=x, up=level)
        for y, value, text in zip(level, x, words[name], strict=True):
            _value(sheet, (value, y), text, (-4 if value < 0 else 4, 0), lying=True)
    ax.use_sticky_edges = False
    longest = max(text_width(text, SIZE) for text in words.to_numpy().ravel())
    ax.margins(x=beside_bars(longest + 0.1, 3.6 if sheet.phone else 4.6))
    ax.autoscale_view(scaley=False)
    low, high = ax.get_xlim()
    ax.set_xlim(low if (frame < 0).any(axis=None) else 0.0, high if (frame > 0).any(axis=None) else 0.0)
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=3, gid="zero")
    dress_rows(ax)
    return sheet


def _shades(sheet: Sheet, frame: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, str]:
    shades = colours(frame.columns)
    sheet.key += [KeyItem("bar", shade, _words(name, labels)) for name, shade in shades.items()]
    return shades


def _words(name: str, labels: Mapping[str, str]) -> str:
    return labels.get(name, label(name))


def _value(sheet: Sheet, at: tuple[float, float], text: str, shift: tuple[int, int], lying: bool = False) -> None:
    if not np.isfinite(at[0] + at[1]):
        return
    side = shift[0] if lying else shift[1]
    sheet.ax.annotate(
        text,
        at,
        xytext=shift,
        textcoords="offset points",
        ha=("right" if side < 0 else "left") if lying else "center",
        va="center" if lying else ("top" if side < 0 else "bottom"),
        fontsize=SIZE,
        color=SOFT if at[0 if lying else 1] == 0 else INK,
        annotation_clip=False,
        gid="value",
    )
