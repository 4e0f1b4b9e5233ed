"""A published table ready to print: figures in line, days and short texts on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jpresearch.report.numbers import decimals, number, text

SHORT_TEXT: Final = 16
LONG_TEXT: Final = 60
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100


@dataclass(frozen=True)
class Grid:
    """A table ready to print: heads and cells with their kind (``number``, ``short``, ``text`` or ``long``)."""

    heads: list[tuple[str, str]]
    rows: list[list[tuple[str, str]]]


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Grid:
    """Columns of figures to the right and with the same decimals; days and other short texts on one line."""
    values = [[row[place] for row in rows] for place in range(len(columns))]
    kinds = [_kind(column) for column in values]
    places = [max((decimals(value) for value in column), default=0) for column in values]
    years = [_years(column) for column in values]
    printed = [
        [(str(v) if year else text(v, n), kind) for v, n, kind, year in zip(row, places, kinds, years, strict=True)]
        for row in rows
    ]
    return Grid(list(zip(map(str, columns), kinds, strict=True)), printed)


def _years(column: Sequence[Any]) -> bool:
    """Whether all of a column are years, which are written without a comma."""
    return bool(column) and all(isinstance(value, int) and FIRST_YEAR <= value <= LAST_YEAR for value in column)


def _kind(column: Sequence[Any]) -> str:
    known = [value for value in column if value is not None]
    if known and all(number(value) for value in known):
        return "number"
    longest = max((len(str(value)) for value in known), default=0)
    if longest <= SHORT_TEXT:
        return "short"
    return "text" if longest <= LONG_TEXT else "long"
