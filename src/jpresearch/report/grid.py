"""A published table ready to print: figures in line, days and short texts on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jpresearch.report.printed_numbers import number, of_column, text

SHORT_TEXT: Final = 16
LONG_TEXT: Final = 60
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100


# What a table may take, in CSS pixels: beside the contents at 1,280 and at 1,024 pixels, and on a phone of 390.
DESK_ROOM: Final = 980
TABLET_ROOM: Final = 770
PHONE_ROOM: Final = 356
LETTER: Final = 7.6
SPACE: Final = 22
# Narrowest columns of text that wraps: a table of few columns, one of many, on a phone.
LEAST_TEXT: Final = {"text": (145, 190, 92), "long": (145, 320, 92)}
MANY: Final = 8
# A name as code writes it, and what such names end with.
CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
UNITS: Final = {"pct": "%", "bp": "bp", "jpy bn": "JPY bn", "jpy tn": "JPY tn", "jpy": "JPY"}


@dataclass(frozen=True)
class Grid:
    """A table ready to print: heads and cells with their kind (``number``, ``short``, ``text`` or ``long``).

    ``desk``, ``tablet`` and ``phone`` say how many columns stand there before the rest is asked for; 0 where all do.
    """

    heads: list[tuple[str, str]]
    rows: list[list[tuple[str, str]]]
    desk: int = 0
    tablet: int = 0
    phone: int = 0


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Grid:
    """Columns of figures to the right and with the same decimals; days and other short texts on one line."""
    values = [[row[place] for row in rows] for place in range(len(columns))]
    kinds = [_kind(column) for column in values]
    places = [of_column(column) for column in values]
    years = [_years(column) for column in values]
    printed = [
        [(str(v) if year else text(v, n), kind) for v, n, kind, year in zip(row, places, kinds, years, strict=True)]
        for row in rows
    ]
    heads = [(heading(str(name)), kind) for name, kind in zip(columns, kinds, strict=True)]
    return Grid(heads, printed, *(_fitting(heads, printed, room) for room in (DESK_ROOM, TABLET_ROOM, PHONE_ROOM)))


def heading(name: str) -> str:
    """A column's name in words: ``usual_moves_away`` as ``Usual moves away``, ``fall_pct`` as ``Fall, %``."""
    if not CODE.fullmatch(name):
        return name
    words = name.replace("_", " ")
    for ending, unit in UNITS.items():
        if words.endswith(f" {ending}"):
            words = f"{words.removesuffix(f' {ending}')}, {unit}"
            break
    return words[:1].upper() + words[1:]


def _fitting(heads: list[tuple[str, str]], rows: list[list[tuple[str, str]]], room: int) -> int:
    """How many columns fit, two at least; 0 where all do."""
    taken = 0.0
    for place, (head, kind) in enumerate(heads):
        taken += _width(head, kind, [row[place][0] for row in rows], 2 if room == PHONE_ROOM else len(heads) > MANY)
        if taken > room:
            return max(place, 2) if len(heads) > max(place, 2) else 0
    return 0


def _width(head: str, kind: str, cells: list[str], which: int) -> float:
    """About the pixels that a column takes: its longest cell, or its longest word where its cells wrap."""
    words = max(map(len, head.split()), default=0)
    if kind in LEAST_TEXT:
        longest = max((len(word) for cell in cells for word in cell.split()), default=0)
        return SPACE + max(LEAST_TEXT[kind][which], LETTER * max(words, longest))
    return SPACE + LETTER * max(words, *map(len, cells), 0)


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
