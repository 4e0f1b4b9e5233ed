"""A renderer that lays out each text once and draws each letter once, for figures that become bytes.

matplotlib renders every letter anew wherever it stands; most of a figure's drawing time goes there. Letters are kept
at quarters of a pixel, which no eye tells from where they stand. The way to single letters is not public: with another
release of matplotlib than those named here everything is drawn as matplotlib draws it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from math import floor
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

from jpresearch.charts.fonts import shows
from jpresearch.charts.svg import SvgWriter

KNOWN_RELEASES: Final = ("3.11.",)
STEPS: Final = 4  # of a pixel
MOST: Final = 20_000
TURNED: Final = {0.0: ((0x10000, 0), (0, 0x10000)), 90.0: ((0, -0x10000), (0x10000, 0))}
WRITTEN_TOO: Final = (
    "draw_path", "draw_markers", "draw_path_collection", "draw_quad_mesh", "draw_image", "draw_gouraud_triangles",
)  # fmt: skip

_Letter = tuple[NDArray[np.uint8], int, int]
_metrics: dict[Any, tuple[float, float, float]] = {}
_layouts: dict[Any, list[tuple[Any, str, int, float, float]]] = {}
_letters: dict[Any, _Letter | None] = {}
# A layout holds open fonts, whose files a forked process must open for itself; matplotlib forgets its own alike.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_layouts.clear)


def forget() -> None:
    """Empty the caches of widths, layouts and letters."""
    for kept in (_metrics, _layouts, _letters):
        kept.clear()


def supported() -> bool:
    """Whether this release of matplotlib is one whose letters can be kept."""
    return mpl.__version__.startswith(KNOWN_RELEASES)


class LetterRenderer(RendererAgg):
    """Draws a figure like ``RendererAgg``, with texts measured and letters rendered once for all figures.

    ``svg`` takes the same strokes and letters as they are drawn.
    """

    def __init__(self, width: float, height: float, dpi: float, svg: SvgWriter | None = None) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._quick = supported()
        self._svg = svg
        if svg is not None:
            for name in WRITTEN_TOO:
                setattr(self, name, _both(getattr(self, name), getattr(svg, name)))

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Width, height and descent in pixels; called by matplotlib."""
        if ismath or not shows(s):
            measured: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return measured
        key = (s, hash(prop), self.dpi)
        if key not in _metrics:
            _within(_metrics)[key] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
        return _metrics[key]

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Write ``s``; called by matplotlib."""
        special = mtext is not None and (mtext.get_fontfeatures() or mtext.get_language())
        laid_out = self._quick and not ismath and not special
        if self._svg is not None:
            if laid_out:
                self._svg.draw_letters(gc, self._laid_out(s, prop), prop.get_size_in_points(), (x, y), angle)
            else:
                self._svg.whole = False
        if not laid_out or not shows(s) or angle not in TURNED or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        upright = angle == 0
        foot = self.height - y
        for font, file, glyph, dx, dy in self._laid_out(s, prop):
            across, up = (x + dx, foot + dy) if upright else (x - dy, foot + dx)
            left, right_of = _stepped(across)
            bottom, above = _stepped(up)
            letter = self._letter(font, file, glyph, prop.get_size_in_points(), (right_of, above), angle)
            if letter is not None:
                pixels, beside, top = letter
                down = int(self.height) - (top + bottom) + pixels.shape[0]
                self._renderer.draw_text_image(pixels, beside + left, down, 0, gc)

    def _laid_out(self, s: str, prop: FontProperties) -> list[tuple[Any, str, int, float, float]]:
        """The letters of a text with their places from its start, in pixels."""
        key = (s, hash(prop), self.dpi)
        if key not in _layouts:
            font = self._prepare_font(prop)  # type: ignore[no-untyped-call]
            items = font._layout(s, flags=_hinting(), features=None, language=None)
            laid = [(item.ft_object, item.ft_object.fname, item.glyph_index, item.x, item.y) for item in items]
            _within(_layouts)[key] = laid
        return _layouts[key]

    def _letter(
        self, font: Any, file: str, glyph: int, size: float, within: tuple[int, int], angle: float
    ) -> _Letter | None:
        """The pixels of a letter and where they start; ``None`` where there is nothing to see."""
        key = (file, glyph, size, self.dpi, within, angle)
        if key not in _letters:
            from matplotlib.ft2font import RenderMode

            font.set_size(size, self.dpi)
            places = [64 * step // STEPS for step in within]
            font._set_transform(np.array(TURNED[angle]), places)
            drawn = font._render_glyph(glyph, _hinting(), RenderMode.NORMAL)
            pixels = np.array(drawn.buffer)
            _within(_letters)[key] = (pixels, drawn.left, drawn.top) if pixels.size else None
        return _letters[key]


def _both(draw: Callable[..., None], write: Callable[..., None]) -> Callable[..., None]:
    """Draws the pixels and writes the lines."""

    def drawn(*args: Any, **words: Any) -> None:
        draw(*args, **words)
        write(*args, **words)

    return drawn


def _hinting() -> Any:
    from matplotlib.backends.backend_agg import get_hinting_flag

    return get_hinting_flag()  # type: ignore[no-untyped-call]


def _stepped(place: float) -> tuple[int, int]:
    """A place as whole pixels and quarters."""
    steps = floor(place * STEPS + 0.5)
    return steps // STEPS, steps % STEPS


def _within(kept: dict[Any, Any]) -> dict[Any, Any]:
    """The cache, emptied where it has grown too large."""
    if len(kept) >= MOST:
        kept.clear()
    return kept
