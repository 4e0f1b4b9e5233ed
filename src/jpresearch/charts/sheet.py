"""A figure being drawn: its axes, what is to stand round them, and the room that is left for them.

Positions are in inches from the bottom left of the figure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from jpresearch.charts.alt import describe
from jpresearch.charts.check import ChartFrameInvalid, Floats
from jpresearch.charts.drawn import WIDTHS, ChartData, Drawn, Mark, Marks, Series, Width, marks, placed, remember
from jpresearch.charts.furniture import PAD, SLACK, KeyItem, furnish, text_width
from jpresearch.charts.notes import (
    ASIDE,
    GAP,
    LINE_ROOM,
    EndLabel,
    Note,
    add_end_labels,
    part_ends,
    place_notes,
    settle_end_labels,
)
from jpresearch.charts.overhang import Overhang, overhang

DPI: Final = 192  # the density at which figures are drawn and published
BODY: Final = 3.3
GUTTER: Final = (0.28, 0.2)
MOST_BESIDE: Final = 3.2  # inches for the names of what ends at the right


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
    foot, top = furnish(sheet.fig, sheet.width, sheet.body, title=title, unit=above, source=source, key=sheet.key)
    _settle(sheet, foot, top)
    series = placed(sheet.fig, sheet.drawn, above)
    longest = max((item.x for item in series), key=len, default=())
    data = ChartData(kind, title, above, source, longest, series, tuple(sheet.beside), sheet.ax.get_xlabel())
    written = alt or describe(kind, title, above, series)
    remember(sheet.fig, Drawn(data, written, sheet.wide, {"unit": unit, "source": source}))
    return sheet.fig


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
