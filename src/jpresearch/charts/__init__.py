"""The house style: one function per kind of figure, a frame in, a matplotlib ``Figure`` out.

Every function takes ``title`` (a sentence that states the finding or asks the question). The unit comes from a frame
that a dataset returned and nobody has changed, otherwise ``unit=`` is asked for; the source from the frame or the
tables read in the run, or ``source=``. The alt text is written by the chart, or ``alt=``. ``width="phone"`` draws for
a phone. No function shows a figure or touches global state; missing values stay missing; a series has the same colour
in every figure. ``style`` gives plain matplotlib and seaborn the same look.
"""

from jpresearch.charts.bars import bars
from jpresearch.charts.check import (
    ChartError,
    ChartFrameInvalid,
    EmptyChart,
    MissingGlyph,
    SourceUnknown,
    UnitUnknown,
)
from jpresearch.charts.cumulative import cumulative
from jpresearch.charts.dots import dots
from jpresearch.charts.drawn import ChartData, Series, alt_of, at_width, data_of, points_of
from jpresearch.charts.dumbbell import dumbbell
from jpresearch.charts.heat import heat
from jpresearch.charts.intervals import intervals
from jpresearch.charts.lines import lines
from jpresearch.charts.palette import PURCHASE, SALE, colour, label
from jpresearch.charts.panels import panels
from jpresearch.charts.png import to_picture, to_png, to_svg
from jpresearch.charts.range import range
from jpresearch.charts.scatter import scatter
from jpresearch.charts.sparklines import sparklines
from jpresearch.charts.stack import stack
from jpresearch.charts.style import style
from jpresearch.charts.waterfall import waterfall

__all__ = [
    "PURCHASE",
    "SALE",
    "ChartData",
    "ChartError",
    "ChartFrameInvalid",
    "EmptyChart",
    "MissingGlyph",
    "Series",
    "SourceUnknown",
    "UnitUnknown",
    "alt_of",
    "at_width",
    "bars",
    "colour",
    "cumulative",
    "data_of",
    "dots",
    "dumbbell",
    "heat",
    "intervals",
    "label",
    "lines",
    "panels",
    "points_of",
    "range",
    "scatter",
    "sparklines",
    "stack",
    "style",
    "to_picture",
    "to_png",
    "to_svg",
    "waterfall",
]
