"""What the values of a frame are: unit, span and basis, believed only while the values are those that were returned.

pandas keeps ``attrs`` through ``* 100``, ``pct_change`` and ``cumsum``, takes one operand's in ``a / b`` and loses them
in ``rolling`` and ``join``. So an ``About`` knows the values it speaks of, row by row, and ``about`` gives it only for
a frame in which every value is one that the dataset returned for that row.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

KEY: Final = "about"

Data = pd.DataFrame | pd.Series


@dataclass(frozen=True)
class About:
    """Unit, span and basis of the values of a frame.

    Attributes
    ----------
    unit : ``"JPY bn"``, ``"bp of market value"``, ``"% of turnover"``, ``"index points"`` ...
    span : the time that one row covers: ``"week"``, ``"13 weeks"``, ``"day"``, ``"month"``, ``"quarter"``.
    basis : what was measured, in words for a source line: ``"cash equities, Tokyo and Nagoya"``.
    columns : the unit of a column where it is not ``unit``.
    sources : names of the tables that the values come from.
    missing : by column, the rows between its first and its last value that have none, as ISO dates.
    bases : by row (ISO date), what the row stands on, where rows differ: ``"Tokyo and Nagoya"``.
    """

    unit: str
    span: str
    basis: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    bases: Mapping[str, str] = field(default_factory=dict, repr=False)
    _held: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    @cached_property
    def _rows(self) -> Mapping[Hashable, frozenset[float]]:
        """The values that were returned, by row: collected when they are first asked for."""
        rows: dict[Hashable, frozenset[float]] = {}
        if self._held is not None:
            values = self._held.to_numpy(dtype=np.float64).tolist()
            for label, row in zip(self._held.index, values, strict=True):
                rows[label] = rows.get(label, frozenset()) | frozenset(row)
        return rows

    def unit_of(self, column: Hashable | None = None) -> str:
        """The unit of one column, or of the frame."""
        return self.columns.get(str(column), self.unit)

    def holds(self, data: Data) -> bool:
        """Whether every known value of ``data`` is one that the dataset returned for its row."""
        frame = _frame(data)
        numbers = frame.select_dtypes("number")
        for label, row in zip(numbers.index, numbers.to_numpy(dtype=np.float64), strict=True):
            known = row[~np.isnan(row)]
            if len(known) and not self._rows.get(label, frozenset()).issuperset(known.tolist()):
                return False
        return True

    def __copy__(self) -> About:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> About:
        # pandas copies attrs deeply with every operation; an About never changes.
        return self


def describe(frame: pd.DataFrame, about: About) -> pd.DataFrame:
    """``frame`` with ``about`` in its ``attrs``, which from then on knows these values."""
    known = replace(about, columns=dict(about.columns), _held=frame.select_dtypes("number").copy())
    described = frame.copy(deep=False)
    described.attrs = {**frame.attrs, KEY: known}
    return described


def about(data: Data) -> About | None:
    """The ``About`` of a frame or series whose values are untouched, else ``None``."""
    found = data.attrs.get(KEY)
    return found if isinstance(found, About) and found.holds(data) else None


def _frame(data: Data) -> pd.DataFrame:
    """The data as rows of the dataset: a series along columns is one row, named by its label."""
    if isinstance(data, pd.DataFrame):
        return data
    found = data.attrs.get(KEY)
    along = (
        isinstance(found, About) and data.name in found._rows and not any(label in found._rows for label in data.index)
    )
    return pd.DataFrame([data.to_numpy()], index=[data.name]) if along else data.to_frame()
