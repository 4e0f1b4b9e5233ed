"""Words that name what they stand beside, at the ends of lines and next to points, kept from overlapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox, offset_copy

from jpresearch.charts.check import Floats
from jpresearch.charts.palette import ink
from jpresearch.charts.words import say

LABEL_SIZE: Final = 9.4
END_GID: Final = "end-label"
NOTE_GID: Final = "note"
GAP: Final = 9.0  # points from the axes to the names of what ends there
ASIDE: Final = 8.0  # points from the axes to the words of a row
LINE_ROOM: Final = 1.3
WELL_BEFORE: Final = 0.12
Note = tuple[float, float, str, str]
KeyKind = Literal["bar", "line", "dash", "dot", "ring", "tick", "thin", "rest"]
CANDIDATES: Final = (
    (7, 0, "left", "center"),
    (6, 6, "left", "bottom"),
    (6, -6, "left", "top"),
    (0, 8, "center", "bottom"),
    (0, -8, "center", "top"),
    (-6, 6, "right", "bottom"),
    (-6, -6, "right", "top"),
    (-7, 0, "right", "center"),
    (14, 16, "left", "bottom"),
    (14, -16, "left", "top"),
    (-14, 16, "right", "bottom"),
    (-14, -16, "right", "top"),
    (0, 26, "center", "bottom"),
    (0, -26, "center", "top"),
)


@dataclass(frozen=True)
class EndLabel:
    """A name for what ends at ``(x, y)`` in data units, to be written right of the axes and level with that end."""

    text: str
    x: float
    y: float
    colour: str
    bold: bool = False
    size: float = LABEL_SIZE
    mark: KeyKind = "line"


def part_ends(labels: Sequence[EndLabel], left: float, right: float) -> tuple[list[EndLabel], list[Note]]:
    """The labels to write right of the axes, and as notes those of lines that end well before the right edge.

    ``left`` and ``right`` are the limits of the x axis in data units.
    """
    edge = right - WELL_BEFORE * (right - left)
    late = [item for item in labels if item.x >= edge]
    early = [(item.x, item.y, item.text, item.colour) for item in labels if item.x < edge]
    return late, early


def along(x: Floats, y: Floats, count: int = 300) -> Floats:
    """Points on the line through ``x`` and ``y`` where it is drawn, shape (n, 2), for notes to keep off it."""
    steps = np.linspace(x.min(), x.max(), count)
    return np.column_stack([steps, np.interp(steps, x, y)])


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Centres as close to ``wanted`` as can be (least squares) so that intervals of ``sizes`` do not overlap.

    They stay within ``low``..``high``; where they do not fit they are centred on that range. The answer is in the order
    of ``wanted``. Method: the least distances of neighbours are fixed, so the centres less their running offsets must
    not fall, which is an isotonic regression (solved by pooling adjacent violators).
    """
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    height = np.asarray(sizes, dtype=float)[order]
    if not len(order):
        return []
    offset = np.concatenate([[0.0], np.cumsum((height[1:] + height[:-1]) / 2)])
    level = _isotonic(np.asarray(wanted, dtype=float)[order] - offset)
    first, last = low + height[0] / 2, high - height[-1] / 2 - offset[-1]
    level = np.full(len(order), (first + last) / 2) if last < first else np.clip(level, first, last)
    placed = np.empty(len(order))
    placed[order] = level + offset
    return [float(value) for value in placed]


def _isotonic(values: Floats) -> Floats:
    """The non-decreasing sequence nearest to ``values`` in least squares."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            before, size = pools.pop()
            mean, count = (before * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    return np.concatenate([np.full(count, mean) for mean, count in pools])


def add_end_labels(ax: Axes, labels: Iterable[EndLabel]) -> list[Annotation]:
    """Write ``labels`` right of ``ax``, each with a thin leader to its end; ``settle_end_labels`` parts them later."""
    beside = offset_copy(ax.get_yaxis_transform(), fig=ax.get_figure(root=True), x=GAP, units="points")
    return [
        ax.annotate(
            say(item.text),
            xy=(item.x, item.y),
            xytext=(1.0, item.y),
            textcoords=beside,
            color=ink(item.colour),
            fontsize=item.size,
            fontweight="bold" if item.bold else "normal",
            va="center",
            ha="left",
            linespacing=1.05,
            annotation_clip=False,
            gid=END_GID,
            arrowprops={
                "arrowstyle": "-",
                "color": item.colour,
                "linewidth": 0.7,
                "shrinkA": 3.0,
                "shrinkB": 2.0,
                "relpos": (0.0, 0.5),
                "patchA": None,
            },
        )
        for item in labels
    ]


def settle_end_labels(ax: Axes, labels: Sequence[Annotation], renderer: RendererAgg) -> None:
    """Move the end labels of ``ax`` apart, within its height."""
    if not labels:
        return
    heights = [_line_height(label, renderer) for label in labels]
    frame = ax.get_window_extent(renderer)
    to_pixels = ax.transData
    wanted = [float(to_pixels.transform((0.0, _end_y(ax, label)))[1]) for label in labels]
    margin = max(heights) / 2
    for label, pixel in zip(labels, spread(wanted, heights, frame.y0 - margin, frame.y1 + margin), strict=True):
        y = float(to_pixels.inverted().transform((frame.x1, pixel))[1])
        label.set_position((1.0, y))


def _end_y(ax: Axes, label: Annotation) -> float:
    low, high = sorted(ax.get_ylim())
    return float(np.clip(label.xy[1], low, high))


def _line_height(label: Annotation, renderer: RendererAgg) -> float:
    """The room a label takes, the same with and without descenders, in pixels."""
    points = LINE_ROOM * float(label.get_fontsize()) * (1 + label.get_text().count("\n"))
    return points / 72 * float(renderer.dpi)


def _text_box(label: Annotation, renderer: RendererAgg) -> Bbox:
    """The box of the words alone, without the leader."""
    label.update_positions(renderer)
    return Text.get_window_extent(label, renderer)


def place_notes(
    ax: Axes,
    notes: Sequence[Note],
    obstacles: Floats,
    renderer: RendererAgg,
    bold: bool = False,
) -> list[Annotation]:
    """Write each note ``(x, y, text, colour)`` beside its point, where it hides the fewest obstacles and no other note.

    ``obstacles`` are points of the data in data units, shape (n, 2). Call it once the axes stand.
    """
    crowd = ax.transData.transform(obstacles) if len(obstacles) else np.empty((0, 2))
    taken: list[Bbox] = []
    placed: list[Annotation] = []
    for x, y, text, shade in notes:
        note = _note(ax, (x, y), say(text), shade, bold)
        box = _best_place(note, ax.get_window_extent(renderer), crowd, taken, renderer)
        taken.append(box)
        placed.append(note)
    return placed


def _note(ax: Axes, point: tuple[float, float], text: str, shade: str, bold: bool) -> Annotation:
    return ax.annotate(
        text,
        xy=point,
        xytext=(7, 0),
        textcoords="offset points",
        color=ink(shade),
        fontsize=LABEL_SIZE,
        fontweight="bold" if bold else "normal",
        annotation_clip=False,
        gid=NOTE_GID,
        zorder=6,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        arrowprops={"arrowstyle": "-", "color": shade, "linewidth": 0.6, "shrinkA": 0.0, "shrinkB": 3.0},
    )


def _best_place(note: Annotation, frame: Bbox, crowd: Floats, taken: Sequence[Bbox], renderer: RendererAgg) -> Bbox:
    best: tuple[float, int, Bbox] | None = None
    for rank in range(len(CANDIDATES)):
        _move(note, rank)
        box = _text_box(note, renderer)
        cost = _cost(box, frame, crowd, taken) + 0.3 * rank
        if best is None or cost < best[0]:
            best = (cost, rank, box)
    assert best is not None
    _move(note, best[1])
    return best[2]


def _move(note: Annotation, rank: int) -> None:
    dx, dy, horizontal, vertical = CANDIDATES[rank]
    note.set_position((dx, dy))
    note.set_horizontalalignment(horizontal)  # type: ignore[arg-type]
    note.set_verticalalignment(vertical)  # type: ignore[arg-type]


def _cost(box: Bbox, frame: Bbox, crowd: Floats, taken: Sequence[Bbox]) -> float:
    padded = box.padded(2.0)
    inside = (
        (crowd[:, 0] > padded.x0) & (crowd[:, 0] < padded.x1) & (crowd[:, 1] > padded.y0) & (crowd[:, 1] < padded.y1)
    )
    overlaps = sum(bool(padded.overlaps(other)) for other in taken)
    outside = bool(box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1)
    return float(np.count_nonzero(inside)) + 100.0 * overlaps + 40.0 * outside
