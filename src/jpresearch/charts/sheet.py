"""The furniture of a figure: title, unit, key and source around axes that get the room that is left.

Positions are in inches from the bottom left of the figure. A long title makes the figure taller, never the plot
smaller.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text

from jpresearch.charts.alt import describe
from jpresearch.charts.check import ChartFrameInvalid, Floats
from jpresearch.charts.drawn import WIDTHS, ChartData, Drawn, Mark, Marks, Series, Width, marks, placed, remember
from jpresearch.charts.fonts import FAMILIES
from jpresearch.charts.notes import (
    ASIDE,
    GAP,
    LINE_ROOM,
    EndLabel,
    KeyKind,
    Note,
    add_end_labels,
    part_ends,
    place_notes,
    settle_end_labels,
)
from jpresearch.charts.overhang import Overhang, measured, overhang
from jpresearch.charts.palette import SOFT, ink
from jpresearch.charts.words import say, source_line

DPI: Final = 192  # the density at which figures are drawn and published
BODY: Final = 3.3
PAD: Final = 0.14
GUTTER: Final = (0.28, 0.2)
TITLE: Final = FontProperties(family=FAMILIES, size=13.2, weight="bold")
UNIT: Final = FontProperties(family=FAMILIES, size=9.4)
SOURCE: Final = FontProperties(family=FAMILIES, size=8.3)
LINE_SPACING: Final = 1.25
BASE: Final = 0.042  # from the middle of small letters down to their foot
MOST_BESIDE: Final = 3.2  # inches for the names of what ends at the right
SLACK: Final = 1.03  # text is a little wider at some resolutions than where it was measured

GLUED: Final = re.compile(r"(?<=\bJPY) (?=\d)|(?<=\d) (?=(?:trillion|billion|million|tn|bn|mn)\b)")


@dataclass(frozen=True)
class KeyItem:
    """One entry of the row above the plot that says what a mark means."""

    kind: KeyKind
    colour: str
    text: str


@dataclass
class Sheet:
    """A figure being drawn: its axes in rows and columns, and the furniture to put round them."""

    fig: Figure
    grid: list[list[Axes]]
    body: float
    wide: Width = "desk"
    shares: Sequence[float] = ()
    key: list[KeyItem] = field(default_factory=list)
    ends: list[tuple[Axes, list[Annotation]]] = field(default_factory=list)
    late: list[Callable[[RendererAgg], object]] = field(default_factory=list)
    drawn: list[Marks] = field(default_factory=list)
    beside: list[Series] = field(default_factory=list)
    aside: list[tuple[Axes, Text]] = field(default_factory=list)

    @property
    def ax(self) -> Axes:
        """The axes of a figure that has one."""
        return self.grid[0][0]

    @property
    def axes(self) -> Iterator[Axes]:
        """All axes, row by row."""
        return (ax for row in self.grid for ax in row)

    @property
    def width(self) -> float:
        """Inches across the whole figure."""
        return WIDTHS[self.wide]

    @property
    def phone(self) -> bool:
        """Whether the figure is as narrow as a phone."""
        return self.wide == "phone"

    def record(self, ax: Axes, name: str, kind: Mark, index: pd.Index[Any], values: Floats, **where: Any) -> None:
        """Keep a series that was drawn, for the alt text, for points and for data; ``where`` as in ``drawn.marks``."""
        self.drawn.append(marks(ax, name, kind, index, values, **where))

    def record_beside(
        self, ax: Axes, name: str, kind: Mark, index: pd.Index[Any], values: Floats, **where: Any
    ) -> None:
        """Keep what was drawn beside the series, a reference or a band, for native charts."""
        self.beside.append(marks(ax, name, kind, index, values, across=values, **where).series)

    def name_ends(self, ax: Axes, labels: Sequence[EndLabel], crowd: Floats, bold: bool = False) -> None:
        """Name what ends at the right of ``ax`` there, and beside its last point what ends well before.

        On a phone there is no room at the right: the names stand in the key. ``crowd`` are points, (n, 2), not to
        hide.
        """
        if self.phone:
            self.key += [KeyItem(item.mark, item.colour, " ".join(item.text.split())) for item in labels]
            return
        late, early = part_ends(labels, *ax.get_xlim())
        self.label_ends(ax, late)
        self.note(ax, early, crowd, bold)

    def label_ends(self, ax: Axes, labels: Sequence[EndLabel]) -> None:
        """Name what ends at the right of ``ax``; a figure with many labels grows so that they fit."""
        labels = [replace(item, text=_narrow(item)) for item in labels]
        self.ends.append((ax, add_end_labels(ax, labels)))
        needed = sum(item.size * LINE_ROOM * (1 + item.text.count("\n")) for item in labels) / 72 + 0.45
        self.body = max(self.body, needed * len(self.grid))

    def note(self, ax: Axes, notes: Sequence[Note], crowd: Floats, bold: bool = False) -> None:
        """Write ``notes`` beside their points once the axes stand; ``crowd`` are points, (n, 2), not to hide."""
        known = crowd[np.isfinite(crowd).all(axis=1)]
        self.late.append(lambda renderer: place_notes(ax, notes, known, renderer, bold))


def _narrow(label: EndLabel) -> str:
    """A name at the right in lines, where in one it would take too much of the plot."""
    if "\n" in label.text or text_width(label.text, label.size, label.bold) < MOST_BESIDE:
        return label.text
    return textwrap.fill(label.text, int(MOST_BESIDE * 72 / label.size / 0.62))


def new_sheet(
    rows: int = 1,
    columns: int = 1,
    body: float = BODY,
    share_y: bool = False,
    width: Width = "desk",
    shares: Sequence[float] = (),
) -> Sheet:
    """An empty sheet of ``rows`` by ``columns`` axes; ``body`` is the height in inches of axes and tick labels.

    ``shares`` are the rows' shares of the height where they are not equal. Raises ``ChartFrameInvalid`` for a width
    that there is not.
    """
    if width not in WIDTHS:
        raise ChartFrameInvalid(f"there is no width {width!r}", "charts", 'Say width="desk" or width="phone".')
    fig = Figure(figsize=(WIDTHS[width], body), dpi=DPI, facecolor="white")
    FigureCanvasAgg(fig)
    made = fig.subplots(rows, columns, squeeze=False, sharey=share_y)
    return Sheet(fig, [list(row) for row in made], body, width, shares)


def finish(
    sheet: Sheet, kind: str, *, title: str, unit: str | Mapping[str, str], source: str, alt: str | None = None
) -> Figure:
    """Write the furniture, give the axes the room between, settle the labels, and remember what was drawn."""
    above = "" if isinstance(unit, Mapping) else unit
    room = sheet.width - 2 * PAD
    writer = _Writer(sheet.fig)
    heads = writer.wrap(title, TITLE, room, balanced=True)
    feet = writer.wrap(source_line(source), SOURCE, room)
    key_rows = _flow(writer, say(above), [replace(item, text=say(item.text)) for item in sheet.key], room)
    line = {font: font.get_size_in_points() * LINE_SPACING / 72 for font in (TITLE, UNIT, SOURCE)}
    head = PAD + len(heads) * line[TITLE] + 0.06 + len(key_rows) * (line[UNIT] + 0.02) + 0.09
    foot = PAD * 0.7 + len(feet) * line[SOURCE] + 0.08
    height = head + sheet.body + foot
    sheet.fig.set_size_inches(sheet.width, height)
    writer.text(PAD, height - PAD, "\n".join(heads), TITLE, None, "title", "top")
    top = height - PAD - len(heads) * line[TITLE] - 0.06
    for number, row in enumerate(key_rows):
        _write_row(writer, row, top - number * (line[UNIT] + 0.02) - line[UNIT] / 2)
    writer.text(PAD, PAD * 0.7, "\n".join(feet), SOURCE, "#737373", "source", "bottom")
    _settle(sheet, foot, height - head)
    series = placed(sheet.fig, sheet.drawn, above)
    longest = max((item.x for item in series), key=len, default=())
    data = ChartData(kind, title, above, source, longest, series, tuple(sheet.beside), sheet.ax.get_xlabel())
    written = alt or describe(kind, title, above, series)
    remember(sheet.fig, Drawn(data, written, sheet.wide, {"unit": unit, "source": source}))
    return sheet.fig


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


def renderer_of(fig: Figure) -> RendererAgg:
    """The renderer with which ``fig`` is measured."""
    canvas = fig.canvas
    agg = canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(fig)
    renderer = agg.get_renderer()  # type: ignore[no-untyped-call]
    assert isinstance(renderer, RendererAgg)
    return renderer


def _settle(sheet: Sheet, bottom: float, top: float) -> None:
    """Place the axes between ``bottom`` and ``top``, all their words inside the figure, then part the labels."""
    for over in ([Overhang(0.5, 0.4, 0.3, 0.1)] * len(sheet.grid), None):
        _place(sheet, bottom, top, _overhangs(sheet) if over is None else over)
    renderer = renderer_of(sheet.fig)
    for ax, labels in sheet.ends:
        settle_end_labels(ax, labels, renderer)
    for act in sheet.late:
        act(renderer)


def _overhangs(sheet: Sheet) -> list[Overhang]:
    """Of each row of axes: how far words reach beyond them; one for all rows where these are of equal height."""
    beside: dict[Axes, list[tuple[float, Text]]] = {}
    for ax, text in sheet.aside:
        beside.setdefault(ax, []).append((ASIDE, text))
    for ax, labels in sheet.ends:
        beside.setdefault(ax, []).extend((GAP, label) for label in labels)
    found = [[overhang(ax, beside.get(ax, ())) for ax in row if ax.get_visible()] for row in sheet.grid]
    whole = reduce(Overhang.widest, (over for row in found for over in row))
    whole = replace(whole, left=SLACK * whole.left, right=SLACK * whole.right)
    if not sheet.shares:
        return [whole] * len(sheet.grid)
    own = [reduce(Overhang.widest, row) for row in found]
    return [replace(whole, bottom=over.bottom, top=over.top) for over in own]


def _place(sheet: Sheet, bottom: float, top: float, overhangs: Sequence[Overhang]) -> None:
    width, height = sheet.fig.get_size_inches()
    rows, columns = len(sheet.grid), len(sheet.grid[0])
    cell_w = (width - 2 * PAD - GUTTER[0] * (columns - 1)) / columns
    shares = sheet.shares or [1 / rows] * rows
    heights = [(top - bottom - GUTTER[1] * (rows - 1)) * share for share in shares]
    for r, row in enumerate(sheet.grid):
        cell_h, over = heights[r], overhangs[r]
        for c, ax in enumerate(row):
            x = PAD + c * (cell_w + GUTTER[0]) + over.left
            y = top - sum(heights[: r + 1]) - r * GUTTER[1] + over.bottom
            box = (
                x / width,
                y / height,
                (cell_w - over.left - over.right) / width,
                (cell_h - over.bottom - over.top) / height,
            )
            ax.set_position(box)
