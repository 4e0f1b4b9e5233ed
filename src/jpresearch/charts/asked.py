"""What a chart needs to be told unless its frame or the run knows it: the unit and the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, runtime_checkable

import pandas as pd

from jpresearch.about import About, about
from jpresearch.charts.axes import day
from jpresearch.charts.check import ChartFrameInvalid, SourceUnknown, UnitUnknown

Data = pd.DataFrame | pd.Series
SPANS: Final = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}


@runtime_checkable
class Estimated(Protocol):
    """A value with its interval and unit, such as ``say.Estimate``."""

    @property
    def value(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float | None:
        """The lower end of its interval."""

    @property
    def high(self) -> float | None:
        """The upper end of its interval."""

    @property
    def unit(self) -> str:
        """In what it is."""


def unit_of(chart: str, data: Data, unit: str | None) -> str:
    """``unit`` where it is given, else that of an untouched frame, with the time a row covers.

    Raises ``UnitUnknown`` where nothing says it, or where the columns have several.
    """
    if unit is not None:
        return unit
    known = _about(chart, data)
    units = list(dict.fromkeys(known.unit_of(name) for name in _columns(data)))
    if len(units) > 1:
        raise UnitUnknown.several(chart, units)
    return ", ".join(part for part in (*units, SPANS.get(known.span, known.span)) if part)


def units_of(chart: str, data: pd.DataFrame, unit: str | Mapping[str, str] | None) -> str | dict[str, str]:
    """One unit for all columns, or column to unit; from the frame where ``unit`` is not given."""
    if isinstance(unit, str):
        return unit
    if unit is not None:
        return dict(unit)
    known = _about(chart, data)
    units = {str(name): known.unit_of(name) for name in _columns(data)}
    return units if len(set(units.values())) > 1 else unit_of(chart, data, None)


def _about(chart: str, data: Data) -> About:
    known = about(data)
    if known is None:
        raise UnitUnknown.of(chart)
    return known


def _columns(data: Data) -> list[Any]:
    if isinstance(data, pd.Series):
        return [data.name]
    return list(data.select_dtypes("number").columns)


def source_of(chart: str, data: Data | None, source: str | None) -> str:
    """``source`` where it is given, else what the frame or the tables read so far in the run tell.

    A frame with untouched values names what was measured and, where it knows them, its tables; any other frame may
    rest on every table read, and names their publishers. Raises ``SourceUnknown`` where nothing was read.
    """
    if source is not None:
        return source
    from jpresearch import publish

    known = about(data) if data is not None else None
    read = {str(note["table"]): str(note.get("newest_published_at") or "")[:10] for note in publish.reads()}
    own = [name for name in getattr(known, "sources", ()) if name in read]
    basis = known.basis if known is not None else ""
    if not read and not basis:
        raise SourceUnknown.of(chart)
    parts = [_publishers(own or read), basis, _until(read[name] for name in own or read)]
    return "; ".join(part for part in parts if part)


def _publishers(tables: Iterable[str]) -> str:
    from jpresearch.catalog import catalog

    known = catalog()
    texts = [known[name].house.publisher for name in tables if name in known]
    names = dict.fromkeys(name for text in texts for name in text.split(", "))
    # Tables of several publishers name them shortly: Nikkei for Nikkei Inc., JPX for Japan Exchange Group (JPX).
    shorts = {short for name in names for short in _short(name) if short != name}
    return ", ".join(name for name in names if name not in shorts)


def _short(name: str) -> tuple[str, str]:
    return name.removesuffix(" Inc."), name.rpartition("(")[2].rstrip(")")


def _until(days: Iterable[str]) -> str:
    newest = max(days, default="")
    return f"published to {day(pd.Timestamp(newest))}" if newest else ""


def interval_frame(chart: str, rows: pd.DataFrame | Mapping[Any, Any]) -> tuple[pd.DataFrame, str | None]:
    """Rows of ``estimate``, ``low``, ``high``, and their unit where the rows are estimates that know it.

    Raises ``ChartFrameInvalid`` where a row is no estimate, ``UnitUnknown`` where the rows have several units.
    """
    if isinstance(rows, pd.DataFrame):
        return rows, None
    found: dict[Any, tuple[float, float | None, float | None]] = {}
    units: dict[str, None] = {}
    for name, item in rows.items():
        if not isinstance(item, Estimated):
            raise ChartFrameInvalid.of(chart, f"{name} is no estimate with value, low and high", "Give a frame.")
        found[name] = (item.value, item.low, item.high)
        units[item.unit] = None
    if len(units) > 1:
        raise UnitUnknown.several(chart, list(units))
    frame = pd.DataFrame.from_dict(found, orient="index", columns=["estimate", "low", "high"])
    return frame.astype("float64"), next(iter(units), None)
