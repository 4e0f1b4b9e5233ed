"""Rows that read from the top: names beside their marks on a desk, above them on a phone."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.transforms import offset_copy

from jpresearch.charts.axes import day, dress_values
from jpresearch.charts.check import ChartFrameInvalid
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import PAD, text_width
from jpresearch.charts.notes import ASIDE
from jpresearch.charts.palette import INK, label
from jpresearch.charts.sheet import Sheet, new_sheet
from jpresearch.charts.words import say

ROW: Final = 0.3
EDGES: Final = 0.5
NAME_SIZE: Final = 9.9
VALUE_SIZE: Final = 9.4
LINE: Final = 0.15  # inches of one more line of a name
ABOVE: Final = 0.19  # inches from a row's marks up to the middle of its name, on a phone
GAP: Final = 0.12
NARROW: Final = 0.9  # inches in which a name is not worth breaking


def row_words(name: object) -> str:
    """The words of a row: a date in words, a known name, or the text itself."""
    return day(name) if hasattr(name, "strftime") else label(str(name))


def row_sheet(
    index: Sequence[object] | pd.Index[Any], width: Width = "desk", values: Sequence[str] = (), row: float = ROW
) -> Sheet:
    """A sheet for horizontal rows, first on top, tall enough for their number; ``values`` stand at the right of each.

    On a phone name and value share a line above the row's marks, which then have the whole width.
    """
    names = [row_words(name) for name in index]
    if width == "phone":
        return _phone_sheet(names, [say(value) for value in values] or [""] * len(names), row)
    words = [textwrap.fill(name, 40) for name in names]
    breaks = max(name.count("\n") for name in words)
    pitch = row + (0.12 if breaks < 2 else LINE) * breaks
    sheet = new_sheet(body=max(1.2, EDGES + pitch * len(words)), width=width)
    ax = sheet.ax
    ax.set_yticks(range(len(words)), words)
    ax.set_ylim(len(words) - 0.45, -0.55)
    ax.tick_params(axis="y", labelcolor=INK, labelsize=NAME_SIZE)
    return sheet


def _phone_sheet(names: Sequence[str], values: Sequence[str], row: float) -> Sheet:
    sheet = new_sheet(width="phone")
    ax, room = sheet.ax, sheet.width - 2 * PAD - 0.1
    words = [_beside(name, value, room) for name, value in zip(names, values, strict=True)]
    lines = max(text.count("\n") + 1 + free for text, free in words)
    pitch = row + LINE * lines
    sheet.body = EDGES + pitch * len(words)
    ax.set_ylim(len(words) - 0.5 + 0.2 * row / pitch, -0.5 - 0.55 * LINE * lines / pitch)
    ax.set_yticks([])
    for place, (text, free) in enumerate(words):
        above = offset_copy(ax.get_yaxis_transform(), fig=sheet.fig, y=ABOVE - LINE / 2 + LINE * free)
        name = ax.text(0.0, place, text, transform=above, va="bottom", fontsize=NAME_SIZE, color=INK, linespacing=1.1)
        name.set_gid("row")
        name.set_path_effects([withStroke(linewidth=2.2, foreground="white")])  # a line of the plot may pass behind it
    return sheet


def _beside(name: str, value: str, room: float) -> tuple[str, int]:
    """The lines of a row's name, and how many stay free below them for a value that leaves no room beside it."""
    taken = text_width(value, VALUE_SIZE)
    if taken > room:
        what = f"{value!r} is wider than a phone"
        raise ChartFrameInvalid(what, "charts", "Give the values in a larger unit, such as JPY bn.")
    left = room - taken - GAP
    return (wrapped(name, left), 0) if left > NARROW else (wrapped(name, room), 1)


def wrapped(text: str, room: float) -> str:
    """``text`` in lines that fit into ``room`` inches."""
    letters = len(text)
    while letters > 8:
        lines = textwrap.wrap(text, letters) or [""]
        if max(text_width(line, NAME_SIZE) for line in lines) <= room:
            return "\n".join(lines)
        letters -= 1
    return textwrap.fill(text, 8)


def row_note(sheet: Sheet, row: int, text: str, shade: str) -> None:
    """Words at the right of a row: level with its marks, or on a phone with its name."""
    ax, phone = sheet.ax, sheet.phone
    note = ax.annotate(
        say(text),
        (1.0, row),
        xycoords=ax.get_yaxis_transform(),
        xytext=(0, (ABOVE - LINE / 2) * 72) if phone else (ASIDE, 0),
        textcoords="offset points",
        va="bottom" if phone else "center",
        ha="right" if phone else "left",
        fontsize=VALUE_SIZE,
        color=shade,
        annotation_clip=False,
        gid="value",
    )
    if not phone:
        sheet.aside.append((ax, note))


def beside_bars(words: float, room: float) -> float:
    """The margin, as a share of the data, that leaves ``words`` inches on both sides of an axis of ``room`` inches.

    Raises ``ChartFrameInvalid`` where the words would take it all.
    """
    if 3 * words > room:
        step = "Give the values in a larger unit, such as JPY bn."
        raise ChartFrameInvalid("the numbers leave no room for the bars", "charts", step)
    return words / (room - 2 * words)


def value_axis(sheet: Sheet) -> None:
    """The value axis of rows, below them."""
    sheet.ax.margins(x=0.04)
    sheet.ax.autoscale_view(scaley=False)
    dress_rows(sheet.ax)


def dress_rows(ax: Axes) -> None:
    """Numbers and a vertical grid, nothing else."""
    dress_values(ax.xaxis, most_ticks=7 if ax.get_figure(root=True).get_figwidth() > 6 else 5)  # type: ignore[union-attr]
    ax.yaxis.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
