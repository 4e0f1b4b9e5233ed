"""Which tables' own figures published data hold: those of tables that leave the desk as pictures and derived only.

A descriptor that says ``export: derived`` lets out changes, ratios, percentiles and pictures, but not the figures as
data. What a notebook did to them cannot be read off its frames, so the values are compared: a column whose values are,
day by day, figures of a table (in whatever unit, rounded or not, whichever sign) holds that table's levels, and so does
one from which they follow by arithmetic with constants alone, such as a running sum.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from jpresearch.publish.columns import FEWEST, NO_DAY, columns_of, days_of, half_units, runs_of, series_of, significant
from jpresearch.publish.recoverable import Series, recoverable

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

DERIVED: Final = "derived"
# How much of a column must be a table's figures, and how unlikely by chance.
SHARE: Final = 0.6
CHANCE: Final = 1e-6
# A day and the significant digits of a figure (1 to 10) make one number.
PER_DAY: Final = 10.0
# Where values are compared with those of all days only one with enough digits tells anything.
TELLING: Final = 1e-3


@dataclass(frozen=True)
class Figures:
    """The figures of a table: their significant digits, in order, of all days and day by day."""

    all_days: Floats
    by_day: Floats
    newest: float


class Held:
    """A table as it was read; its figures are put in order when something is compared with them.

    Parameters
    ----------
    rows : as ``jpresearch.tables.load`` returns them.
    keys : the columns that tell one series of the table from another; ``None`` means all columns of texts.
    """

    def __init__(self, rows: pd.DataFrame, keys: Sequence[str] | None = None) -> None:
        self.rows, self._keys = rows, keys

    @cached_property
    def figures(self) -> Figures:
        """The figures of the rows."""
        return figures_of(self.rows)

    @cached_property
    def series(self) -> Series:
        """The series of the rows, day by day."""
        return series_of(self.rows, self._keys)


def levels(frame: pd.DataFrame, tables: Mapping[str, Held]) -> list[str]:
    """The tables that may leave as derived figures only and whose own figures ``frame`` holds or gives back.

    Parameters
    ----------
    frame : what is published, its index in columns.
    tables : what was read of each table.
    """
    closed = {name: held for name, held in tables.items() if _derived(name)}
    if not closed:
        return []
    # Whatever a frame holds, nothing of the comparison may appear in the notebook.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        columns, runs = list(columns_of(frame)), list(runs_of(frame))
        return [
            name
            for name, held in closed.items()
            if _holds(columns, held) or any(recoverable(run, held.series) for run in runs)
        ]


def figures_of(rows: pd.DataFrame) -> Figures:
    """The figures in the columns of numbers of a table, with the day that each speaks of."""
    numbers = rows.select_dtypes("number")
    days = np.repeat(days_of(rows["period_end"]), numbers.shape[1])
    values = numbers.to_numpy(dtype=np.float64, na_value=np.nan).ravel()
    there = np.isfinite(values) & (values != 0)
    digits, days = significant(values[there]), days[there]
    newest = float(days.max()) if len(days) else NO_DAY
    return Figures(np.unique(digits), np.unique(days * PER_DAY + digits), newest)


def _derived(name: str) -> bool:
    from jpresearch.catalog import catalog

    table = catalog().get(name)
    return table is None or table.house.export == DERIVED


def _holds(columns: list[tuple[Floats, Floats]], held: Held) -> bool:
    if not columns or not len(held.figures.all_days):
        return False
    table = held.figures
    return any(
        _alike(values, table.all_days, np.zeros(len(values)), TELLING)
        or _alike(values, table.by_day, np.where(days == NO_DAY, table.newest, days) * PER_DAY)
        for values, days in columns
    )


def _alike(values: Floats, figures: Floats, base: Floats, telling: float = 1.0) -> bool:
    """Whether the values are figures of the table more often than by chance; ``base`` is where those of a day begin.

    A value that is as likely as ``telling`` to be one by chance is left aside.
    """
    digits, tolerance = significant(values), half_units(values)
    wanted = base + digits
    found = np.searchsorted(figures, wanted - tolerance) < np.searchsorted(figures, wanted + tolerance, side="right")
    many = np.searchsorted(figures, base + PER_DAY) - np.searchsorted(figures, base + 1.0)
    chance = np.clip(many * 2 * tolerance / (PER_DAY - 1.0), 1e-12, 1.0)
    found, chance = found[chance <= telling], chance[chance <= telling]
    if found.sum() < FEWEST or found.mean() < SHARE:
        return False
    return bool(np.log(chance[found]).sum() < np.log(CHANCE))
