"""Which tables' own figures published data hold: those of tables that leave the desk as pictures and derived only.

A descriptor that says ``export: derived`` lets out changes, ratios, percentiles and pictures, but not the figures as
data. What a notebook did to them cannot be read off its frames, so the values are compared: a column whose values are,
day by day, figures of a table (in whatever unit, rounded or not, whichever sign) holds that table's levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DERIVED: Final = "derived"
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# How much of a column must be a table's figures, how many values at least, and how unlikely by chance.
SHARE: Final = 0.6
FEWEST: Final = 3
CHANCE: Final = 1e-6
# Arithmetic with a table's figures leaves their first digits as they are.
EXACT: Final = 1e-8
DIGITS: Final = 12
# A day and the significant digits of a figure (1 to 10) make one number.
PER_DAY: Final = 10.0
# Where values are compared with those of all days only one with enough digits tells anything.
TELLING: Final = 1e-3
# The column of series where a frame has one row for each of their values.
SERIES: Final = "series"
NO_DAY: Final = -1.0


@dataclass(frozen=True)
class Figures:
    """The figures of a table: their significant digits, in order, of all days and day by day."""

    all_days: Floats
    by_day: Floats
    newest: float


class Held:
    """A table as it was read; its figures are put in order when something is compared with them."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows: pd.DataFrame | None = rows

    @cached_property
    def figures(self) -> Figures:
        """The figures of the rows."""
        assert self._rows is not None
        found, self._rows = figures_of(self._rows), None
        return found


def levels(frame: pd.DataFrame, tables: Mapping[str, Held]) -> list[str]:
    """The tables that may leave as derived figures only and whose own figures a column of ``frame`` holds.

    Parameters
    ----------
    frame : what is published, its index in columns.
    tables : what was read of each table.
    """
    columns = list(_columns(frame))
    if not columns:
        return []
    return [name for name, held in tables.items() if _derived(name) and _holds(columns, held.figures)]


def figures_of(rows: pd.DataFrame) -> Figures:
    """The figures in the columns of numbers of a table, with the day that each speaks of."""
    numbers = rows.select_dtypes("number")
    days = np.repeat(_days(rows["period_end"]), numbers.shape[1])
    values = numbers.to_numpy(dtype=np.float64, na_value=np.nan).ravel()
    there = np.isfinite(values) & (values != 0)
    digits, days = _significant(values[there]), days[there]
    newest = float(days.max()) if len(days) else NO_DAY
    return Figures(np.unique(digits), np.unique(days * PER_DAY + digits), newest)


def _derived(name: str) -> bool:
    from jpresearch.catalog import catalog

    table = catalog().get(name)
    return table is None or table.house.export == DERIVED


def _columns(frame: pd.DataFrame) -> Iterator[tuple[Floats, Floats]]:
    """Values and days of each column of numbers; without a day of its own a row has that of the column's heading."""
    import pandas as pd

    if SERIES in frame.columns:
        for _, part in frame.groupby(SERIES, sort=False):
            yield from _columns(part.drop(columns=SERIES))
    dated = next((days for at in range(frame.shape[1]) if (days := _dated(frame.iloc[:, at])) is not None), None)
    for at, heading in enumerate(frame.columns):
        column = frame.iloc[:, at]
        if not pd.api.types.is_numeric_dtype(column.dtype) or column.dtype.kind == "b":
            continue
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        of_heading = _days(pd.Series([str(heading)[:10]]))[0] if DAY.match(str(heading)) else NO_DAY
        days = np.full(len(values), of_heading) if dated is None or of_heading != NO_DAY else dated
        there = np.isfinite(values) & (values != 0)
        if there.sum() >= FEWEST:
            yield values[there], days[there]


def _dated(column: pd.Series[Any]) -> Floats | None:
    """The days of a column that holds days or texts of days, else ``None``."""
    if column.dtype.kind == "M":
        return _days(column)
    texts = column.dropna().astype(str).str[:10] if column.dtype.kind in "OT" or str(column.dtype) == "str" else None
    if texts is None or texts.empty or not texts.map(lambda text: bool(DAY.fullmatch(text))).all():
        return None
    return _days(column.astype(str).str[:10])


def _days(column: pd.Series[Any]) -> Floats:
    """Days since 1970, -1 where there is none."""
    import pandas as pd

    moments = pd.to_datetime(column, errors="coerce")
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_localize(None)
    days = moments.to_numpy(dtype="datetime64[D]").astype(np.float64)
    return np.where(moments.isna().to_numpy(), NO_DAY, days)


def _significant(values: Floats) -> Floats:
    """Each value without sign and power of ten: from 1 to below 10."""
    size = np.abs(values)
    found: Floats = size / 10.0 ** np.floor(np.log10(size))
    return found


def _tolerance(values: Floats) -> Floats:
    """Half a unit of the last digit that each value is written with."""
    written = [f"{abs(value):.{DIGITS - 1}e}".partition("e")[0].rstrip("0").replace(".", "") for value in values]
    return np.maximum(0.5 * 10.0 ** (1.0 - np.array([len(digits) for digits in written])), EXACT)


def _holds(columns: list[tuple[Floats, Floats]], table: Figures) -> bool:
    if not len(table.all_days):
        return False
    return any(
        _alike(values, table.all_days, np.zeros(len(values)), TELLING)
        or _alike(values, table.by_day, np.where(days == NO_DAY, table.newest, days) * PER_DAY)
        for values, days in columns
    )


def _alike(values: Floats, figures: Floats, base: Floats, telling: float = 1.0) -> bool:
    """Whether the values are figures of the table more often than by chance; ``base`` is where those of a day begin.

    A value that is as likely as ``telling`` to be one by chance is left aside.
    """
    digits, tolerance = _significant(values), _tolerance(values)
    wanted = base + digits
    found = np.searchsorted(figures, wanted - tolerance) < np.searchsorted(figures, wanted + tolerance, side="right")
    many = np.searchsorted(figures, base + PER_DAY) - np.searchsorted(figures, base + 1.0)
    chance = np.clip(many * 2 * tolerance / (PER_DAY - 1.0), 1e-12, 1.0)
    found, chance = found[chance <= telling], chance[chance <= telling]
    if found.sum() < FEWEST or found.mean() < SHARE:
        return False
    return bool(np.log(chance[found]).sum() < np.log(CHANCE))
