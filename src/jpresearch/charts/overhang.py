"""How far the words of axes reach beyond them, from widths that are measured once per text.

matplotlib can tell the same by laying out every artist; that took half the time of drawing a figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from jpresearch.charts.fonts import FAMILIES, shows

RULED: Final = 144  # the density at which words are measured
TICK_PAD: Final = 3.5  # points between a tick and its label, matplotlib's own
LABEL_PAD: Final = 4.0
POINT: Final = 1 / 72


@lru_cache(maxsize=1)
def _ruler() -> RendererAgg:
    return RendererAgg(8, 8, RULED)  # type: ignore[no-untyped-call]


def measured(text: str, size: float, bold: bool = False) -> float:
    """The width of one line in inches, in the house's letters of ``size`` points.

    A line with a letter that the fonts lack is measured each time, so that each time matplotlib says so.
    """
    return _kept(text, size, bold) if shows(text) else _width(text, size, bold)


def _width(text: str, size: float, bold: bool) -> float:
    font = FontProperties(family=FAMILIES, size=size, weight="bold" if bold else "normal")
    pixels = _ruler().get_text_width_height_descent(text, font, False)[0]  # type: ignore[no-untyped-call]
    return float(pixels) / RULED


_kept = lru_cache(maxsize=8192)(_width)


@lru_cache(maxsize=1024)
def _line(size: float, bold: bool) -> float:
    font = FontProperties(family=FAMILIES, size=size, weight="bold" if bold else "normal")
    pixels = _ruler().get_text_width_height_descent("lp", font, False)[1]  # type: ignore[no-untyped-call]
    return float(pixels) / RULED


def forget() -> None:
    """Empty the caches of measured words."""
    _kept.cache_clear()
    _line.cache_clear()


def size_of(text: Text) -> tuple[float, float]:
    """Width and height of a text in inches, as it stands on the figure."""
    bold = text.get_fontweight() in ("bold", 700)
    points = float(text.get_fontsize())
    lines = text.get_text().split("\n")
    wide = max(measured(line, points, bold) if line else 0.0 for line in lines)
    high = _line(points, bold) * (1 + SPACING * (len(lines) - 1))
    return (high, wide) if text.get_rotation() == 90 else (wide, high)


SPACING: Final = 1.2


@dataclass
class Overhang:
    """Inches beyond the axes on each side."""

    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0

    def widest(self, other: Overhang) -> Overhang:
        """The larger of two on each side."""
        return Overhang(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


def overhang(ax: Axes, beside: Iterable[tuple[float, Text]] = ()) -> Overhang:
    """How far ticks' labels, titles and words ``beside`` the axes (their distance in points, and the text) reach."""
    found = Overhang()
    width, height = _inches(ax)
    _across(ax, width, found)
    _up(ax, height, found)
    for away, text in beside:
        found.right = max(found.right, away * POINT + size_of(text)[0])
    _above(ax, found)
    for line in ax.lines:
        if not line.get_clip_on() and line.get_marker() not in ("None", None, ""):
            found.right = max(found.right, float(line.get_markersize()) / 2 * POINT)
    return found


def _inches(ax: Axes) -> tuple[float, float]:
    box, fig = ax.get_position(), ax.get_figure(root=True)
    assert fig is not None
    return float(box.width * fig.get_figwidth()), float(box.height * fig.get_figheight())


def _shown(axis: Axis) -> list[tuple[float, Text]]:
    """The labels of an axis with their places as shares of it; those out of view are not drawn."""
    low, high = axis.get_view_interval()
    transform = axis.get_transform()
    start, end = (float(transform.transform(value)) for value in (low, high))
    places = axis.get_majorticklocs()
    ticks = axis.get_major_ticks(len(places))
    words = axis.get_major_formatter().format_ticks(places)  # type: ignore[arg-type]
    found: list[tuple[float, Text]] = []
    for tick, place, text in zip(ticks, places, words, strict=True):
        share = (float(transform.transform(place)) - start) / (end - start) if end != start else 0.5
        label = tick.label2 if tick.label2.get_visible() else tick.label1
        if -1e-6 <= share <= 1 + 1e-6 and text and label.get_visible():
            label.set_text(text)
            found.append((1 - share if low > high else share, label))
    return found


def _across(ax: Axes, width: float, found: Overhang) -> None:
    """The labels of the x axis: below or above, the outer ones reaching beyond the sides."""
    if not ax.xaxis.get_visible():
        return
    flipped = ax.xaxis_inverted()
    reach = 0.0
    for share, label in _shown(ax.xaxis):
        wide, high = size_of(label)
        at = (1 - share if flipped else share) * width
        found.left, found.right = max(found.left, wide / 2 - at), max(found.right, at + wide / 2 - width)
        reach = max(reach, high)
    ticks = float(ax.xaxis.get_tick_params().get("length", ax.xaxis.get_major_ticks(1)[0].tick1line.get_markersize()))
    if reach:
        reach += (ticks + TICK_PAD) * POINT
    if ax.xaxis.get_ticks_position() == "top":
        found.top = max(found.top, reach)
        return
    label = ax.xaxis.label
    if label.get_text():
        reach += LABEL_PAD * POINT + size_of(label)[1]
    found.bottom = max(found.bottom, reach)


def _up(ax: Axes, height: float, found: Overhang) -> None:
    """The labels of the y axis, left of it, the outer ones reaching beyond its ends."""
    if not ax.yaxis.get_visible():
        return
    turned = ax.yaxis_inverted()
    for share, label in _shown(ax.yaxis):
        wide, high = size_of(label)
        at = (1 - share if turned else share) * height
        found.left = max(found.left, TICK_PAD * POINT + wide)
        found.bottom, found.top = max(found.bottom, high / 2 - at), max(found.top, at + high / 2 - height)


def _above(ax: Axes, found: Overhang) -> None:
    """The heading of small plots, whichever side it stands."""
    heading = ax.get_title(loc="left")
    if heading:
        title = next(text for text in ax.get_children() if isinstance(text, Text) and text.get_text() == heading)
        found.top = max(found.top, 5.0 * POINT + size_of(title)[1])
