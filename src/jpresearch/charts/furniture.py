"""The furniture of a figure: title, unit, key and source, measured, broken into lines and written.

Positions are in inches from the bottom left of the figure. A long title makes the figure taller, never the plot
smaller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from jpresearch.charts.fonts import FAMILIES
from jpresearch.charts.notes import KeyKind
from jpresearch.charts.overhang import measured
from jpresearch.charts.palette import SOFT, ink
from jpresearch.charts.words import say, source_line

PAD: Final = 0.14
TITLE: Final = FontProperties(family=FAMILIES, size=13.2, weight="bold")
UNIT: Final = FontProperties(family=FAMILIES, size=9.4)
SOURCE: Final = FontProperties(family=FAMILIES, size=8.3)
LINE_SPACING: Final = 1.25
BASE: Final = 0.042  # from the middle of small letters down to their foot
SLACK: Final = 1.03  # text is a little wider at some resolutions than where it was measured
GLUED: Final = re.compile(r"(?<=\bJPY) (?=\d)|(?<=\d) (?=(?:trillion|billion|million|tn|bn|mn)\b)")


@dataclass(frozen=True)
class KeyItem:
    """One entry of the row above the plot that says what a mark means."""

    kind: KeyKind
    colour: str
    text: str


def furnish(
    fig: Figure, width: float, body: float, *, title: str, unit: str, source: str, key: Sequence[KeyItem]
) -> tuple[float, float]:
    """Give ``fig`` its size and write title, unit, key and source; from where to where upwards the ``body`` stands."""
    room = width - 2 * PAD
    writer = _Writer(fig)
    heads = writer.wrap(title, TITLE, room, balanced=True)
    feet = writer.wrap(source_line(source), SOURCE, room)
    key_rows = _flow(writer, say(unit), [replace(item, text=say(item.text)) for item in key], room)
    line = {font: font.get_size_in_points() * LINE_SPACING / 72 for font in (TITLE, UNIT, SOURCE)}
    head = PAD + len(heads) * line[TITLE] + 0.06 + len(key_rows) * (line[UNIT] + 0.02) + 0.09
    foot = PAD * 0.7 + len(feet) * line[SOURCE] + 0.08
    height = head + body + foot
    fig.set_size_inches(width, height)
    writer.text(PAD, height - PAD, "\n".join(heads), TITLE, None, "title", "top")
    top = height - PAD - len(heads) * line[TITLE] - 0.06
    for number, row in enumerate(key_rows):
        _write_row(writer, row, top - number * (line[UNIT] + 0.02) - line[UNIT] / 2)
    writer.text(PAD, PAD * 0.7, "\n".join(feet), SOURCE, "#737373", "source", "bottom")
    return foot, height - head


def text_width(text: str, size: float, bold: bool = False) -> float:
    """How wide ``text`` is in inches, in the house's letters of ``size`` points, with a little slack."""
    return SLACK * measured(text, size, bold)


class _Writer:
    """Measures and writes text in inches."""

    def __init__(self, fig: Figure) -> None:
        self.fig = fig

    def width(self, text: str, font: FontProperties) -> float:
        return text_width(text, font.get_size_in_points(), font.get_weight() == "bold")

    def wrap(self, text: str, font: FontProperties, room: float, balanced: bool = False) -> list[str]:
        """``text`` in lines no wider than ``room``; a word wider than that is broken.

        ``balanced`` lines are of about equal length: no word stands alone on the last one. An amount stays
        together.
        """
        glued = GLUED.sub("\u00a0", text)
        words = [piece for word in re.split(r"[ \t\n]+", glued.strip()) for piece in self._break(word, font, room)]
        sizes = [self.width(word, font) for word in words]
        space = self.width(" ", font)
        lines = _fill(words, sizes, space, room)
        narrow = room
        while balanced and len(lines) > 1 and narrow > room / 2:
            narrow -= room / 40
            tighter = _fill(words, sizes, space, narrow)
            if len(tighter) > len(lines) or max(sizes) > narrow:
                break
            lines = tighter
        return lines

    def _break(self, word: str, font: FontProperties, room: float) -> list[str]:
        if self.width(word, font) <= room:
            return [word]
        pieces = [""]
        for letter in word:
            if self.width(pieces[-1] + letter, font) > room:
                pieces.append("")
            pieces[-1] += letter
        return pieces

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: FontProperties,
        shade: str | None,
        gid: str,
        vertical: str = "center",
    ) -> None:
        self.fig.text(
            x,
            y,
            text,
            transform=self.fig.dpi_scale_trans,
            fontproperties=font,
            color=shade or "#111111",
            va=vertical,
            ha="left",
            linespacing=LINE_SPACING,
            gid=gid,
        )

    def draw(self, artist: Artist) -> None:
        artist.set_transform(self.fig.dpi_scale_trans)
        self.fig.add_artist(artist)


def _fill(words: Sequence[str], sizes: Sequence[float], space: float, room: float) -> list[str]:
    """``words`` of the widths ``sizes`` in lines no wider than ``room``."""
    lines: list[list[str]] = [[]]
    x = 0.0
    for word, size in zip(words, sizes, strict=True):
        if lines[-1] and x + space + size > room:
            lines.append([])
        x = x + space + size if lines[-1] else size
        lines[-1].append(word)
    return [" ".join(line) for line in lines]


_Row = list[tuple[float, KeyItem | str]]


def _flow(writer: _Writer, unit: str, key: Sequence[KeyItem], room: float) -> list[_Row]:
    """The unit and the key laid out in rows no wider than ``room``."""
    rows: list[_Row] = [[]]
    x = 0.0
    for line in writer.wrap(unit, UNIT, room) if unit else []:
        if rows[-1]:
            rows.append([])
        rows[-1].append((PAD, line))
        x = writer.width(line, UNIT) + 0.3
    for item in [part for whole in key for part in _in_lines(writer, whole, room)]:
        wide = 0.26 + writer.width(item.text, UNIT)
        if x and (x + wide > room or item.kind == "rest"):
            rows.append([])
            x = 0.0
        rows[-1].append((PAD + x, item))
        x += wide + 0.22
    return [row for row in rows if row]


def _in_lines(writer: _Writer, item: KeyItem, room: float) -> list[KeyItem]:
    """An entry of the key, in several lines where it is wider than the figure."""
    first, *others = writer.wrap(item.text, UNIT, room - 0.26) if item.text else [item.text]
    return [replace(item, text=first), *(replace(item, kind="rest", text=line) for line in others)]


def _write_row(writer: _Writer, row: _Row, y: float) -> None:
    for x, item in row:
        if isinstance(item, str):
            writer.text(x, y - BASE, item, UNIT, SOFT, "unit", "baseline")
        else:
            if item.kind != "rest":
                writer.draw(_swatch(item, x, y))
            writer.text(x + 0.26, y - BASE, item.text, UNIT, ink(item.colour), "key", "baseline")


def _swatch(item: KeyItem, x: float, y: float) -> Artist:
    if item.kind == "bar":
        return Rectangle((x + 0.08, y - 0.05), 0.12, 0.1, facecolor=item.colour)
    if item.kind in ("dot", "ring"):
        face = item.colour if item.kind == "dot" else "white"
        return Line2D([x + 0.14], [y], marker="o", markersize=5, color=item.colour, markerfacecolor=face, linewidth=0)
    if item.kind == "tick":
        return Line2D([x + 0.14, x + 0.14], [y - 0.06, y + 0.06], color=item.colour, linewidth=2.0)
    if item.kind == "dash":
        return Line2D([x, x + 0.2], [y, y], color=item.colour, linewidth=1.1, linestyle=(0, (3, 2)))
    width = 0.9 if item.kind == "thin" else 1.8
    return Line2D([x, x + 0.2], [y, y], color=item.colour, linewidth=width)
