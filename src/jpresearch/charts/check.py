"""What a chart refuses to draw: its errors, and the checks that raise them before anything is drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import JPResearchError

Floats = NDArray[np.float64]


class ChartError(JPResearchError):
    """A figure that cannot be drawn as asked; ``where`` names the chart."""


class EmptyChart(ChartError):
    """Nothing to draw: the frame has no rows, or only missing values."""

    @classmethod
    def of(cls, chart: str, why: str) -> EmptyChart:
        """The error for ``chart``; ``why`` says what is missing."""
        step = "Say in words that the figures are not available, or widen the period."
        return cls(why, f"charts.{chart}", step)


class ChartFrameInvalid(ChartError):
    """A frame without the columns, index or values that this kind of figure needs."""

    @classmethod
    def of(cls, chart: str, what: str, next_step: str | None = None) -> ChartFrameInvalid:
        """The error for ``chart``; ``what`` says what the frame lacks."""
        return cls(what, f"charts.{chart}", next_step)


class UnitUnknown(ChartError):
    """Nothing says in what the values are: the frame is no longer as a dataset returned it."""

    @classmethod
    def of(cls, chart: str) -> UnitUnknown:
        """The error for ``chart``."""
        what = "the unit is not known: these values are not, or no longer, those that a dataset returned"
        return cls(what, f"charts.{chart}", 'Say it: unit="JPY bn, sums of 13 weeks".')

    @classmethod
    def several(cls, chart: str, units: Sequence[str]) -> UnitUnknown:
        """The error for columns of different ``units`` on one scale."""
        what = f"the columns are in different units: {', '.join(units)}"
        return cls(what, f"charts.{chart}", "Choose columns of one unit, draw charts.panels, or say unit=.")


class SourceUnknown(ChartError):
    """No table was read in the run, and neither the frame nor the call names a source."""

    @classmethod
    def of(cls, chart: str) -> SourceUnknown:
        """The error for ``chart``."""
        what = "the source is not known: no table was read in this run"
        return cls(what, f"charts.{chart}", 'Say it: source="Japan Exchange Group".')


class MissingGlyph(ChartError):
    """A character that the figure's font cannot show; it would print as an empty box."""

    @classmethod
    def of(cls, where: str, warnings: Sequence[str]) -> MissingGlyph:
        """The error for the figure or chart ``where``, with matplotlib's words on each glyph."""
        step = "Write the title, label or unit in Latin or Japanese characters."
        return cls("; ".join(dict.fromkeys(warnings)), where, step)


def numeric_frame(chart: str, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` as float64, infinite values as missing.

    Raises
    ------
    EmptyChart : no rows, no columns, or no value that is not missing.
    ChartFrameInvalid : a value that is not a number.
    """
    if frame.shape[1] == 0:
        raise EmptyChart.of(chart, "the frame has no columns")
    if frame.shape[0] == 0:
        raise EmptyChart.of(chart, "the frame has no rows")
    try:
        values = frame.astype("float64")
    except (TypeError, ValueError) as error:
        raise ChartFrameInvalid.of(chart, f"the frame holds values that are not numbers: {error}") from error
    values = values.where(np.isfinite(values))
    if bool(values.isna().all(axis=None)):
        raise EmptyChart.of(chart, "every value of the frame is missing")
    return values


def numeric_series(chart: str, series: pd.Series[Any]) -> pd.Series[float]:
    """``series`` as float64, infinite values as missing; raises as ``numeric_frame`` does."""
    return numeric_frame(chart, series.to_frame("value"))["value"]


def need_columns(chart: str, frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The columns ``names`` of ``frame``, in that order, as float64.

    Raises ``ChartFrameInvalid`` naming the columns that are not there, and as ``numeric_frame`` does.
    """
    wanted = list(names)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        listed = ", ".join(wanted)
        raise ChartFrameInvalid.of(chart, f"the frame lacks the columns {', '.join(missing)}", f"It needs: {listed}.")
    return numeric_frame(chart, frame[wanted])


def need_name(chart: str, name: object, allowed: Iterable[object]) -> None:
    """Raise ``ChartFrameInvalid`` unless ``name`` is one of ``allowed``."""
    names = list(allowed)
    if name not in names:
        listed = ", ".join(str(item) for item in names[:20]) + (", ..." if len(names) > 20 else "")
        raise ChartFrameInvalid.of(chart, f"{name!s} is not in the frame", f"There is: {listed}.")


def chosen(names: Hashable | Sequence[Hashable] | None, index: pd.Index[Any]) -> list[Hashable]:
    """One name or several as a list, in the form in which ``index`` holds them: text as dates where it holds dates."""
    if names is None:
        return []
    listed = [names] if isinstance(names, str) or not isinstance(names, Sequence) else list(names)
    return [pd.Timestamp(str(name)) for name in listed] if isinstance(index, pd.DatetimeIndex) else listed


def in_order(values: pd.DataFrame) -> pd.DataFrame:
    """``values`` sorted by its index where that holds dates or numbers; categories keep their order."""
    index = values.index
    ordered = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) or pd.api.types.is_numeric_dtype(index.dtype)
    return values.sort_index(kind="stable") if ordered else values


def floats(values: pd.Series[Any]) -> Floats:
    """The values of a series as an array."""
    return np.asarray(values, dtype=np.float64)
