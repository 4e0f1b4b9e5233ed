"""The chart behind a published figure as numbers, for programs that draw it themselves: slides, workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from jpresearch.report import data

# What an office program draws of its own accord.
Form = Literal["line", "column", "bar", "stacked", "scatter"]
Label = str | float | date
# Longer ones are drawn as pictures: a program that redraws this many points at each touch is of no use.
MOST_POINTS: Final = 20_000
ENDED: Final = ["series", "x", "value", "low", "high"]


@dataclass(frozen=True)
class NativeSeries:
    """A series: ``values`` in ``unit``, ``None`` where one is missing, along ``x``; ``colour`` is ``#rrggbb``.

    ``kind`` is the mark of the picture: ``"line"``, ``"bar"``, ``"dot"``. ``low`` and ``high`` are the ends of the
    intervals, empty where there are none.
    """

    name: str
    kind: str
    unit: str
    colour: str
    x: tuple[Label, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Native:
    """A figure of the house: the function that drew it, its words, and its series with all their values.

    ``own_data`` says that the data behind the figure are the values drawn, a column per series after the first.
    ``along`` says what the series run along where that is numbers. ``beside`` are the levels and bands
    (``"reference"``, ``"band"``) against which the series are read.
    """

    kind: str
    title: str
    unit: str
    source: str
    series: tuple[NativeSeries, ...]
    own_data: bool = False
    beside: tuple[NativeSeries, ...] = ()
    along: str = ""

    @property
    def categories(self) -> tuple[Label, ...]:
        """What the series run along: all labels, in order where they are days or numbers, else as drawn."""
        every = list(dict.fromkeys(label for series in self.series for label in series.x))
        texts = any(isinstance(label, str) for label in every)
        return tuple(every) if texts else tuple(sorted(every, key=_place))

    @property
    def table(self) -> data.Data:
        """One row per category and one column per series, as an office program keeps the data of a chart."""
        found = [dict(zip(series.x, series.values, strict=True)) for series in self.series]
        names = [series.name or self.unit or self.title for series in self.series]
        return data.Data(["", *names], [[label, *(each.get(label) for each in found)] for label in self.categories])

    @property
    def form(self) -> Form | None:
        """How an office program can draw it; ``None`` where only the picture shows what it says."""
        marks = {series.kind for series in self.series}
        if not self.series or sum(len(series.x) for series in self.series) > MOST_POINTS or self._units() > 1:
            return None
        if self.kind == "scatter":
            return "scatter" if marks == {"dot"} and len(self.series) == 1 else None
        if any(len(set(series.x)) < len(series.x) or series.low for series in self.series):
            return None
        if self.kind == "stack":
            return "stacked" if marks == {"bar"} else None
        if self.kind in ("lines", "cumulative"):
            return "line" if marks == {"line"} else None
        return self._bars() if self.kind == "bars" and "bar" in marks and marks <= {"bar", "line"} else None

    def _units(self) -> int:
        return len({series.unit for series in self.series})

    def _bars(self) -> Form:
        named = all(isinstance(label, str) for series in self.series for label in series.x)
        alone = len(self.series) == 1
        return "bar" if named and alone else "column"


def native(figure: Mapping[str, Any]) -> Native | None:
    """The chart of a figure's payload; ``None`` for a figure that no chart of the house drew, or an older one."""
    chart = figure.get("chart")
    if not chart or not chart["series"]:
        return None
    heads = chart["series"]
    own = not any(head["x"] for head in heads)
    columns = _columns(figure, heads) if own else [_given(head) for head in heads]
    if columns is None:
        return None
    series = (_series(head, *column) for head, column in zip(heads, columns, strict=True))
    words = {key: str(figure.get(key) or "") for key in ("title", "source")}
    wide = own and data.of_figure(figure).columns != ENDED  # type: ignore[union-attr]
    beside = tuple(_series(head, *_given(head)) for head in chart.get("beside") or ())
    words["along"] = chart.get("along") or ""
    return Native(chart["kind"], unit=chart["unit"], series=tuple(series), own_data=wide, beside=beside, **words)


Column = tuple[list[Any], list[Any], list[Any], list[Any]]


def _given(head: Mapping[str, Any]) -> Column:
    return head["x"], head["values"], head["low"], head["high"]


def _columns(figure: Mapping[str, Any], heads: list[Any]) -> list[Column] | None:
    """The series from the data behind the figure, which are those drawn; ``None`` where they do not fit the heads."""
    found = data.of_figure(figure)
    if found is None:
        return None
    if found.columns == ENDED:
        return _by_name(found, heads)
    if len(found.columns) != len(heads) + 1:
        return None
    along = [row[0] for row in found.rows]
    return [(along, [row[place] for row in found.rows], [], []) for place in range(1, len(heads) + 1)]


def _by_name(found: data.Data, heads: list[Any]) -> list[Column] | None:
    """The series of data with a row per value. Rows of a series stand together, in the order of the series."""
    columns: list[Column] = []
    last: Any = object()
    for name, *cells in found.rows:
        if name != last:
            columns.append(([], [], [], []))
            last = name
        for values, value in zip(columns[-1], cells, strict=True):
            values.append(value)
    return columns if len(columns) == len(heads) else None


def _series(head: Mapping[str, Any], x: list[Any], values: list[Any], low: list[Any], high: list[Any]) -> NativeSeries:
    ends = [tuple(map(_number, end)) if any(each is not None for each in end) else () for end in (low, high)]
    words = (head["name"], head["kind"], head["unit"], head["colour"])
    return NativeSeries(*words, tuple(map(_label, x)), tuple(map(_number, values)), *ends)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _label(value: Any) -> Any:
    """A label as the picture has it; an ISO day as a day."""
    return data.day(value) if isinstance(value, str) else value


def _place(label: Label) -> tuple[str, float]:
    """Where a label stands among others of its kind."""
    return ("", float(label)) if isinstance(label, (int, float)) else (str(label), 0.0)
