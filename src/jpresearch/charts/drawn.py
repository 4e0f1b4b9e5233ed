"""What a chart knows of itself: its words, the data it shows, where its points are, and how to draw it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.check import ChartFrameInvalid, Floats

Width = Literal["desk", "phone"]
Mark = Literal["line", "bar", "dot", "interval", "range", "cell", "reference", "band"]
Label = str | float
Place = tuple[float, float]

WIDTHS: Final[dict[Width, float]] = {"desk": 8.4, "phone": 390 / 96}  # inches
CSS: Final = 96
APART: Final = 3.0  # CSS pixels that a pointer can tell apart


@dataclass(frozen=True)
class Series:
    """One series of a figure: its values, and where each of them is drawn.

    Attributes
    ----------
    name, unit, colour : as the figure shows them.
    kind : the mark: ``"line"``, ``"bar"``, ``"dot"``, ``"interval"``, ``"range"``, ``"cell"``, ``"reference"``,
        ``"band"``.
    x : what each value belongs to: an ISO date, a number (a lag, or the other quantity of a scatter), or a name.
    values : in ``unit``; ``None`` is missing.
    low, high : ends of the intervals, empty where there are none.
    points : CSS pixels from the figure's left and top at its published size, ``None`` for a missing value.
    """

    name: str
    kind: Mark
    unit: str
    colour: str
    x: tuple[Label, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    points: tuple[Place | None, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The series as plain JSON data."""
        plain = asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def at(self, kept: list[int]) -> Series:
        """The series with the values at the places ``kept`` only."""
        names = ("x", "values", "low", "high", "points")
        parts: dict[str, Any] = {name: getattr(self, name) for name in names}
        fewer: dict[str, Any] = {name: tuple(part[n] for n in kept) if part else () for name, part in parts.items()}
        return replace(self, **fewer)


@dataclass(frozen=True)
class ChartData:
    """The native data of a figure, for slides and workbooks.

    Attributes
    ----------
    kind : the function that drew it: ``"lines"``, ``"bars"`` ...
    categories : what the first series with the most values runs along, in the order drawn.
    along : what the series run along in words, where they run along numbers; empty for days and names.
    beside : what is drawn beside the series and carries the argument: ``"reference"`` levels, ``"band"`` edges.
    """

    kind: str
    title: str
    unit: str
    source: str
    categories: tuple[Label, ...]
    series: tuple[Series, ...]
    beside: tuple[Series, ...] = ()
    along: str = ""


class Redraw(Protocol):
    """Draws a figure again with some arguments changed."""

    def __call__(self, **changed: Any) -> Figure:
        """The figure with the arguments ``changed``."""


@dataclass
class Drawn:
    """What is known of one figure."""

    data: ChartData
    alt: str
    width: Width
    asked: dict[str, Any] = field(default_factory=dict)
    redraw: Redraw | None = None


_DRAWN: Final[WeakKeyDictionary[Figure, Drawn]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Marks:
    """One series being drawn, with its places in the units of its axes."""

    ax: Axes
    series: Series
    across: Floats
    up: Floats


def marks(
    ax: Axes,
    name: str,
    kind: Mark,
    index: pd.Index[Any],
    values: Floats,
    colour: str,
    *,
    across: Floats,
    up: Floats | None = None,
    unit: str = "",
    ends: tuple[Floats, Floats] | None = None,
) -> Marks:
    """A series drawn on ``ax`` at ``across`` and ``up`` (``values`` where not given), in data units."""
    low, high = (_numbers(end) for end in ends) if ends else ((), ())
    series = Series(name, kind, unit, colour, labels_of(index), _numbers(values), low, high)
    return Marks(ax, series, across, values if up is None else up)


def labels_of(index: pd.Index[Any]) -> tuple[Label, ...]:
    """The entries of an index as ISO dates, numbers or names."""
    if isinstance(index, pd.PeriodIndex):
        return labels_of(index.to_timestamp(how="end"))
    if isinstance(index, pd.DatetimeIndex):
        return tuple(index.strftime("%Y-%m-%d"))
    if pd.api.types.is_numeric_dtype(index.dtype):
        return tuple(float(value) for value in index)
    return tuple(str(value).removesuffix(" 00:00:00") for value in index)


def _numbers(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if value != value else value for value in np.asarray(values, dtype=np.float64).tolist())


def remember(fig: Figure, drawn: Drawn) -> None:
    """Keep what is known of ``fig`` for as long as the figure lives."""
    _DRAWN[fig] = drawn


def repeatable(fig: Figure, redraw: Redraw) -> None:
    """Keep the call that drew ``fig``; that of the chart itself where a chart is drawn through another."""
    known = _DRAWN.get(fig)
    if known is not None and known.redraw is None:
        known.redraw = redraw


def placed(fig: Figure, drawn: list[Marks], unit: str) -> tuple[Series, ...]:
    """The series with their places in CSS pixels, once the axes stand."""
    height = float(fig.get_figheight()) * CSS
    scale = CSS / float(fig.dpi)
    found: list[Series] = []
    for item in drawn:
        pixels = item.ax.transData.transform(np.column_stack([item.across, item.up])) * scale
        rounded = np.round(np.column_stack([pixels[:, 0], height - pixels[:, 1]]), 1)
        points = tuple((x, y) if np.isfinite(x + y) else None for x, y in rounded.tolist())
        found.append(replace(item.series, unit=item.series.unit or unit, points=points))
    return tuple(found)


def known(fig: Figure) -> Drawn | None:
    """What is known of ``fig``, ``None`` where it is no chart of the house."""
    return _DRAWN.get(fig)


def _of(fig: Figure) -> Drawn:
    found = _DRAWN.get(fig)
    if found is None:
        step = "Draw it with a function of jpresearch.charts, or give its alt text and data yourself."
        raise ChartFrameInvalid("this figure was not drawn by a chart of the house", "charts", step)
    return found


def alt_of(fig: Figure) -> str:
    """The text for readers who cannot see ``fig``. Raises ``ChartFrameInvalid`` where it is no chart of the house.

    Examples
    --------
    >>> fig = charts.waterfall(pd.Series({"Earnings": 12, "Multiple": -4}), title="Up", unit="%", source="JPX")
    >>> print(charts.alt_of(fig))
    Up. Waterfall, %: Earnings 12, Multiple −4, Total 8.
    """
    return _of(fig).alt


def data_of(fig: Figure) -> ChartData:
    """The native data of ``fig``: kind, title, unit, source, categories, and every series with all its values.

    Raises ``ChartFrameInvalid`` where ``fig`` is no chart of the house.

    Examples
    --------
    >>> fig = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
    >>> data = charts.data_of(fig)
    >>> data.kind, data.unit, list(data.categories)
    ('bars', 'JPY bn', ['Foreigners'])
    """
    return _of(fig).data


def points_of(fig: Figure) -> list[Series]:
    """The series of ``fig`` with the places of their points, thinned to what a pointer can tell apart.

    Least, largest and newest values always stay. Raises ``ChartFrameInvalid`` where ``fig`` is no chart of the house.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.lines(net, title="Foreigners turned net sellers", unit="JPY bn", source="JPX")
    >>> foreigners, individuals = charts.points_of(fig)
    >>> foreigners.name, [float(value) for value in foreigners.values]
    ('Foreigners', [12.0, -502.0])
    """
    return [_thinned(series) for series in _of(fig).data.series]


def at_width(fig: Figure, width: Width) -> Figure:
    """``fig`` drawn again for a desk or a phone; a chart that already has that width is returned as it is.

    Raises ``ChartFrameInvalid`` where ``fig`` is no chart of the house.

    Examples
    --------
    >>> fig = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
    >>> desk, phone = fig.get_figwidth(), charts.at_width(fig, "phone").get_figwidth()
    >>> bool(phone < desk)
    True
    """
    known = _of(fig)
    if known.width == width or known.redraw is None:
        return fig
    return known.redraw(width=width, **known.asked)


def redrawn(fig: Figure) -> Figure:
    """``fig`` drawn once more, at its own width. Raises ``ChartFrameInvalid`` where it is no chart of the house."""
    known = _of(fig)
    return fig if known.redraw is None else known.redraw(width=known.width, **known.asked)


def _thinned(series: Series) -> Series:
    there = [n for n, place in enumerate(series.points) if place is not None]
    if not there:
        return series.at([])
    flat = series.kind == "line"  # a pointer on a line moves along it
    spots: dict[tuple[int, int], int] = {}
    for n in there:
        x, y = series.points[n] or (0.0, 0.0)
        spots[round(x / APART), 0 if flat else round(y / APART)] = n
    value: Callable[[int], float] = lambda n: series.values[n] or 0.0  # noqa: E731
    return series.at(sorted({*spots.values(), min(there, key=value), max(there, key=value), there[-1]}))
