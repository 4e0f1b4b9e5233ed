"""The words in the cells of a table of shades, as one object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

from jpresearch.charts.fonts import FAMILIES


class CellWords(Artist):
    """Words centred in the unit squares of a table, row by row from the top; one object for all of them.

    Parameters
    ----------
    words : text of each cell.
    size : of the letters, in points.
    shades : colours of a usual and of a quiet cell; ``quiet`` says which are.
    """

    def __init__(self, words: NDArray[Any], size: float, shades: Sequence[str], quiet: NDArray[np.bool_]) -> None:
        super().__init__()
        self.words = words
        self.quiet = quiet
        self.shades = [to_rgba(shade) for shade in shades]
        self.font = FontProperties(family=FAMILIES, size=size)
        self.set_zorder(3)

    def draw(self, renderer: RendererBase) -> None:
        """Write all words; called by matplotlib."""
        rows, columns = self.words.shape
        across, down = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
        assert self.axes is not None
        places = self.axes.transData.transform(np.column_stack([across.ravel(), down.ravel()]))
        height = renderer.height  # type: ignore[attr-defined]
        foot = renderer.get_text_width_height_descent("0", self.font, False)[1] / 2
        widths: dict[str, float] = {}
        gc = renderer.new_gc()
        for (x, y), text, quiet in zip(places, self.words.ravel(), self.quiet.ravel(), strict=True):
            if text not in widths:
                widths[text] = renderer.get_text_width_height_descent(text, self.font, False)[0]
            gc.set_foreground(self.shades[int(quiet)], isRGBA=True)
            renderer.draw_text(gc, x - widths[text] / 2, height - y + foot, text, self.font, 0.0)
        gc.restore()
