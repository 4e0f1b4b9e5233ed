"""The columns of numbers that a published frame holds, however it is laid out, and the series of a table read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jpresearch.publish.recoverable import FEWEST_UNDATED, Column, Series

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# Other ways to write a day or month: 5 Jan 2024, 2024/01/05, Jan 2024, 2024-01, 2024Q1; a bare year is none.
DAY_IN_WORDS: Final = re.compile(r"(?=.*\d{4})(?!\d{4}$)[\dA-Za-z/., \-]{6,20}")
# A number in a cell of text, with its sign, separators, currency and unit.
NUMBER_IN_TEXT: Final = re.compile(
    r"\D{0,4}?([-+\u2212]?)\D{0,2}?(\d[\d,]*(?:\.\d+)?)(?:[eE]([-+]?\d+))?\s?[^\d]{0,12}"
)
QUARTER: Final = re.compile(r"^(\d{4})[ \-]?(Q[1-4])$")
FEWEST: Final = 3
NO_DAY: Final = -1.0
# Arithmetic with a table's figures leaves their first digits as they are.
EXACT: Final = 1e-8
DIGITS: Final = 12
# The columns of a table that tell when, how sure and whence, not which series.
NO_KEYS: Final = frozenset(
    {"period_start", "period_end", "published_at", "grade", "source", "note", "unit", "confidence", "evidence"}
)
DATE: Final = "period_end"


def columns_of(frame: pd.DataFrame) -> Iterator[tuple[Floats, Floats]]:
    """Values other than 0 and days of each column of numbers; a row without a day has that of the column's heading."""
    dated = _dates(frame)
    for heading, values in _numbers(frame):
        of_heading = _day_of(heading)
        days = np.full(len(values), of_heading) if dated is None or of_heading != NO_DAY else dated
        there = np.isfinite(values) & (values != 0)
        if there.sum() >= FEWEST:
            yield values[there], days[there]


def runs_of(frame: pd.DataFrame) -> Iterator[Column]:
    """The frame's columns as series in time: down the rows, across the columns, or several series in one column."""
    days = _dates(frame, words=True)
    numbers = list(_numbers(frame))
    across = [(_day_of(heading), values) for heading, values in numbers if _day_of(heading) != NO_DAY]
    if len(across) >= FEWEST:
        for row in np.array([values for _, values in across]).T:
            yield from _run(row, np.array([day for day, _ in across]))
    elif days is None and len(numbers) >= FEWEST_UNDATED:
        for row in np.array([values for _, values in numbers]).T:
            yield from _run(row, None)
    parts = None if days is None else _parts(frame, days)
    for _, values in numbers:
        if days is None or parts is None:
            yield from _run(values, None)
            continue
        for part in np.unique(parts):
            yield from _run(values[parts == part], days[parts == part])


def _run(values: Floats, days: Floats | None) -> Iterator[Column]:
    """The series without gaps and in order, where it varies and is long enough to be compared."""
    there = np.isfinite(values) & (True if days is None else days != NO_DAY)
    if there.sum() < (FEWEST_UNDATED if days is None else FEWEST):
        return
    values, days = values[there], None if days is None else days[there]
    if days is not None:
        order = np.argsort(days, kind="stable")
        values, days = values[order], days[order]
    if np.ptp(values) > 0:
        yield Column(values, _absolute(values), days)


def _absolute(values: Floats) -> Floats:
    """Half a unit of the last digit that each value is written with."""
    found = np.full(len(values), np.nan)
    there = values != 0
    found[there] = half_units(values[there]) * 10.0 ** np.floor(np.log10(np.abs(values[there])))
    return np.where(there, found, np.nanmin(found))


def _parts(frame: pd.DataFrame, days: Floats) -> NDArray[np.int64]:
    """Which series each row belongs to, where a frame has a row for each value of several."""
    import pandas as pd

    known = days[days != NO_DAY]
    if len(np.unique(known)) == len(known):
        return np.zeros(len(days), dtype=np.int64)
    texts = [at for at in range(frame.shape[1]) if _textual(frame.iloc[:, at]) and not _numeric(frame.iloc[:, at])]
    names = frame.iloc[:, texts].astype(str)
    names = names.loc[:, [not names.iloc[:, at].is_unique for at in range(len(texts))]]
    names = names.loc[:, [_dated(names.iloc[:, at], words=True) is None for at in range(names.shape[1])]]
    keys = [names.iloc[:, at].to_numpy() for at in range(names.shape[1])]
    each = pd.DataFrame({"day": days, **{str(at): key for at, key in enumerate(keys)}})
    each["again"] = each.groupby(list(each.columns), sort=False, dropna=False).cumcount()
    names_of_parts = [name for name in each if name != "day"]
    return np.asarray(each.groupby(names_of_parts, sort=False, dropna=False).ngroup(), dtype=np.int64)


def _numbers(frame: pd.DataFrame) -> Iterator[tuple[str, Floats]]:
    """Heading and values of each column of numbers, also of those that are written as texts."""
    import pandas as pd

    for at, heading in enumerate(frame.columns):
        column = frame.iloc[:, at]
        if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind not in "bc":
            yield str(heading), column.to_numpy(dtype=np.float64, na_value=np.nan)
        elif (found := _numeric_texts(column)) is not None:
            yield str(heading), found


def _numeric_texts(column: pd.Series[Any]) -> Floats | None:
    """The numbers of a column of texts of which most are a number with its unit, else ``None``."""
    if not _textual(column) or _dated(column, words=True) is not None:
        return None
    matches = [NUMBER_IN_TEXT.fullmatch(text) if isinstance(text, str) else None for text in column]
    if sum(match is not None for match in matches) < max(FEWEST, len(matches) / 2):
        return None
    return np.array([np.nan if match is None else _number(match) for match in matches])


def _number(match: re.Match[str]) -> float:
    size = float(match[2].replace(",", "")) * 10.0 ** min(int(match[3] or 0), 300)
    return -size if match[1] in ("-", "\N{MINUS SIGN}") else size


def _textual(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "OT" or str(column.dtype) in ("str", "string", "category")


def _numeric(column: pd.Series[Any]) -> bool:
    return _numeric_texts(column) is not None


def _dates(frame: pd.DataFrame, *, words: bool = False) -> Floats | None:
    """The days of the first column of days."""
    every = (_dated(frame.iloc[:, at], words=words) for at in range(frame.shape[1]))
    return next((days for days in every if days is not None), None)


def _dated(column: pd.Series[Any], *, words: bool = False) -> Floats | None:
    """The days of a column that holds days or texts of days, else ``None``."""
    if column.dtype.kind == "M":
        return days_of(column)
    if str(column.dtype).startswith("period"):
        return days_of(column.dt.end_time)
    texts = column.dropna().astype(str) if _textual(column) else None
    if texts is None or texts.empty:
        return None
    if texts.str[:10].map(lambda text: bool(DAY.fullmatch(text))).all():
        return days_of(column.astype(str).str[:10])
    if words and texts.map(lambda text: bool(DAY_IN_WORDS.fullmatch(text))).all():
        found = days_of(column.astype(str))
        return found if (found != NO_DAY).mean() > 0.9 else None
    return None


def _day_of(heading: str) -> float:
    import pandas as pd

    wanted = heading[:10] if DAY.match(heading) else heading
    if not (DAY.match(heading) or DAY_IN_WORDS.fullmatch(heading)):
        return NO_DAY
    return float(days_of(pd.Series([wanted]))[0])


def days_of(column: pd.Series[Any]) -> Floats:
    """Days since 1970, -1 where there is none."""
    import pandas as pd

    if column.dtype.kind != "M":
        column = column.astype(str).replace(QUARTER, r"\1-\2", regex=True)
        for quarter, month in enumerate(("03-31", "06-30", "09-30", "12-31"), 1):
            column = column.str.replace(f"-Q{quarter}$", f"-{month}", regex=True)
    moments = pd.to_datetime(column, errors="coerce", format=None if column.dtype.kind == "M" else "mixed")
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_localize(None)
    days = moments.to_numpy(dtype="datetime64[D]").astype(np.float64)
    return np.where(moments.isna().to_numpy(), NO_DAY, days)


def significant(values: Floats) -> Floats:
    """Each value without sign and power of ten: from 1 to below 10."""
    size = np.abs(values)
    found: Floats = size / 10.0 ** np.floor(np.log10(size))
    return found


def half_units(values: Floats) -> Floats:
    """Half a unit of the last digit that each value is written with, of its significant digits."""
    written = [f"{abs(value):.{DIGITS - 1}e}".partition("e")[0].rstrip("0").replace(".", "") for value in values]
    return np.maximum(0.5 * 10.0 ** (1.0 - np.array([len(digits) for digits in written])), EXACT)


def series_of(rows: pd.DataFrame, keys: Sequence[str] | None = None) -> Series:
    """The series of a table: one per key and column of numbers, day by day."""
    found = [name for name in rows.columns if _textual(rows[name])] if keys is None else list(keys)
    named = [name for name in found if name not in NO_KEYS]
    numbers = [name for name in rows.select_dtypes("number").columns if name not in named]
    if rows.empty or not numbers:
        return Series(np.empty(0), np.empty((0, 0)))
    days, at = np.unique(days_of(rows[DATE]), return_inverse=True)
    which = rows.groupby(named, sort=False, observed=True).ngroup().to_numpy() if named else np.zeros(len(rows), int)
    values = np.full((len(days), int(which.max()) + 1, len(numbers)), np.nan)
    values[at, which] = rows[numbers].to_numpy(dtype=np.float64, na_value=np.nan)
    flat = values.reshape(len(days), -1)
    return Series(days, flat[:, np.isfinite(flat).sum(axis=0) >= FEWEST])
