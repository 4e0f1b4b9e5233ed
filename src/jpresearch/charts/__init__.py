"""The house style: one function per kind of figure, a frame in, a matplotlib ``Figure`` out.

Every function takes ``title`` (a sentence that states the finding or asks the question), ``unit`` and ``source``. No
function shows a figure or touches global state; missing values stay missing; a series has the same colour in
every figure. A frame with nothing to draw raises ``EmptyChart``, a character that the font lacks ``MissingGlyph``.
"""

from jpresearch.charts.bars import signed_bars, stacked, waterfall
from jpresearch.charts.check import ChartError, ChartFrameInvalid, EmptyChart, MissingGlyph
from jpresearch.charts.distributions import intervals, range_strip, ranked, scatter
from jpresearch.charts.episodes import paths
from jpresearch.charts.heatmap import heat
from jpresearch.charts.palette import PURCHASE, SALE, colour, label
from jpresearch.charts.png import to_picture, to_png
from jpresearch.charts.timeseries import lines, panels, step_bands

__all__ = [
    "PURCHASE",
    "SALE",
    "ChartError",
    "ChartFrameInvalid",
    "EmptyChart",
    "MissingGlyph",
    "colour",
    "heat",
    "intervals",
    "label",
    "lines",
    "panels",
    "paths",
    "range_strip",
    "ranked",
    "scatter",
    "signed_bars",
    "stacked",
    "step_bands",
    "to_picture",
    "to_png",
    "waterfall",
]
