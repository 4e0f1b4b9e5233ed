"""The house style as settings of matplotlib: for the house's charts, and for plain matplotlib and seaborn."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

import pandas as pd
from cycler import cycler
from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure

from jpresearch.charts.drawn import repeatable
from jpresearch.charts.fonts import FAMILIES
from jpresearch.charts.palette import FAINT, FREE, GRID, INK, SOFT
from jpresearch.charts.png import DENSITY, SCREEN, glyphs_required
from jpresearch.say import plain

P = ParamSpec("P")

TICK_SIZE: Final = 9.4
RC: Final[dict[Any, Any]] = {
    "font.family": FAMILIES,
    "font.size": 10.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.labelcolor": SOFT,
    "axes.labelsize": TICK_SIZE,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 5.0,
    "axes.xmargin": 0.0,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "patch.linewidth": 0.0,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": TICK_SIZE,
    "ytick.labelsize": TICK_SIZE,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
}
# What a chart of the house sets by itself, and a figure drawn by hand should have too.
BY_HAND: Final[dict[Any, Any]] = {
    "text.parse_math": True,
    "figure.figsize": (8.4, 4.2),
    "figure.dpi": 96.0,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.dpi": float(DENSITY * SCREEN),
    "savefig.facecolor": "white",
    "axes.prop_cycle": cycler(color=list(FREE)),
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.titlesize": 13.2,
    "axes.titlepad": 9.0,
    "axes.unicode_minus": True,
    "legend.frameon": False,
    "legend.fontsize": TICK_SIZE,
    "image.cmap": "cividis",
    "scatter.edgecolors": "none",
}


def style() -> None:
    """Draw plain matplotlib and seaborn in the house style from here on: letters, colours, grid, size.

    The Japanese font stands behind the Latin one, so that a title in either language shows its letters. Kernels that
    ``jpresearch`` starts call it by themselves; ``seaborn.set_theme`` or ``matplotlib.rcdefaults`` undo it.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with mpl.rc_context():
    ...     charts.style()
    ...     mpl.rcParams["axes.spines.top"]
    False
    """
    rcParams.update(RC | BY_HAND)


def house_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw under the house's settings, whatever is set elsewhere, and refuse characters that the font cannot show.

    Marks round what ``say`` printed are taken off every text. The figure remembers the call, so that ``at_width`` can
    repeat it.
    """

    @wraps(draw)
    def styled(*given: P.args, **named: P.kwargs) -> Figure:
        args, kwargs = unmarked(given), unmarked(named)
        frames = tuple(_kept(value) for value in args)
        options = {name: _kept(value) for name, value in kwargs.items()}
        with rc_context(RC), glyphs_required(f"charts.{draw.__name__}"):
            fig = draw(*args, **kwargs)
        repeatable(fig, lambda **changed: styled(*frames, **{**options, **changed}))
        return fig

    return styled


def unmarked(value: Any) -> Any:
    """``value`` with every text in it, also names of rows and columns, without marks."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {unmarked(key): unmarked(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(unmarked, value))
    if isinstance(value, pd.DataFrame | pd.Series) and any(map(_marked, value.axes)):
        names = [axis.map(unmarked) if _marked(axis) else axis for axis in value.axes]
        changed = value.set_axis(names[0], axis=0)
        return changed.set_axis(names[1], axis=1) if len(names) > 1 else changed
    return value


def _marked(axis: pd.Index[Any]) -> bool:
    return axis.dtype.kind == "O" and any(isinstance(name, str) and plain(name) != name for name in axis)


def _kept(value: Any) -> Any:
    """A frame as it is now: a lazy copy, which later changes of the notebook's own do not reach."""
    return value.copy(deep=False) if isinstance(value, pd.DataFrame | pd.Series) else value
