"""Appending rows to a table: all or nothing, nothing overwritten, nothing lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from jpresearch import calendars, catalog, folders, transactions
from jpresearch.catalog import Source, Table
from jpresearch.errors import DataError
from jpresearch.tables.places import Places
from jpresearch.tables.plausibility import implausible
from jpresearch.tables.reading import parse_text, read


def append(
    name: str, rows: pd.DataFrame, *, sources: Iterable[Source] = (), origins: pd.DataFrame | None = None
) -> int:
    """Add ``rows`` to the table ``name`` and return how many were new.

    A row that is there already, value for value, adds nothing. A correction is a row with the same key and a later
    ``published_at``. Lines already in the file stay as they are, byte for byte. New sources reach the descriptor
    together with the rows that name them, or neither does; a reader sees both or none.

    Parameters
    ----------
    rows : the table's columns.
    sources : sources that the rows name and the descriptor may not know yet.
    origins : for each of ``rows`` the ``file`` and the ``line`` (or missing) where it was read; a refusal names them.

    Raises
    ------
    UnknownTable : no such table.
    TableInvalid : a row breaks the schema, says what cannot be (see ``plausibility``), or would overwrite a row
        published at the same moment; nothing is written.
    DataError : the files cannot be written; they are as they were.
    """
    table, count, text = _merged(name, rows, sources, origins)
    if not count:
        return 0
    contents = {table.file: text}
    if table.sources.keys() != catalog.table(name).sources.keys():
        contents = {table.descriptor: catalog.with_sources(table.descriptor, sources), **contents}
    try:
        transactions.replace_together(contents)
    except OSError as error:
        what = f"the table cannot be written: {error.strerror or error}"
        raise DataError(what, str(table.file), "Nothing was changed. Make room there, or give write access.") from error
    return count


def rehearse(
    name: str, rows: pd.DataFrame, *, sources: Iterable[Source] = (), origins: pd.DataFrame | None = None
) -> int:
    """How many rows ``append`` would add, refusing all that it refuses; nothing is written."""
    return _merged(name, rows, sources, origins)[1]


def _merged(
    name: str, rows: pd.DataFrame, sources: Iterable[Source], origins: pd.DataFrame | None
) -> tuple[Table, int, str]:
    """The table with its new sources, how many rows are new, and the text of its file with them."""
    known = catalog.table(name)
    added = {source.name: source for source in sources}
    table = known.model_copy(update={"sources": {**added, **known.sources}})
    places = Places.of(table, rows, origins)
    places.refuse(implausible(rows, table, calendars.now()))
    places.refuse(_without_moment(rows))
    places.refuse(_broken_over_lines(rows, table))
    lines = _lines(rows[table.column_names], table)
    header, present = _present(known)
    held = set(present)
    numbers = {line: number for number, line in reversed(list(enumerate(lines))) if line not in held}
    if not numbers:
        return table, 0, ""
    merged = _sorted([*present, *sorted(numbers, key=numbers.__getitem__)], table)
    text = "\n".join([header, *merged]) + "\n"
    _, broken = parse_text(text, table)
    places.refuse_merged(broken, merged, numbers)
    return table, len(numbers), text


def render(frame: pd.DataFrame, table: Table) -> str:
    """The frame as the text of the table's CSV: sorted, LF, shortest numbers, missing cells empty."""
    header = ",".join(table.column_names)
    return "\n".join([header, *_sorted(_lines(frame[table.column_names], table), table)]) + "\n"


def _present(table: Table) -> tuple[str, list[str]]:
    read(table)
    header, *lines = folders.in_force(table.file).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return header, lines


def _lines(frame: pd.DataFrame, table: Table) -> list[str]:
    if frame.empty:
        return []
    texts = [_texts(frame[column.name], column.type) for column in table.columns]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(zip(*texts, strict=True))
    return buffer.getvalue().rstrip("\n").split("\n")


def _texts(values: pd.Series[Any], kind: str) -> list[str]:
    """The cells as text; each distinct day or moment is written once."""
    if kind in ("number", "integer"):
        return ["" if value != value else _number(value) for value in values.astype("float64").tolist()]
    if kind == "string":
        return values.fillna("").astype("str").tolist()
    codes, distinct = pd.factorize(values)
    written = [_day_or_moment(pd.Timestamp(value), kind) for value in distinct]
    return ["" if code < 0 else written[code] for code in codes.tolist()]


def _day_or_moment(value: pd.Timestamp, kind: str) -> str:
    return value.strftime("%Y-%m-%d") if kind == "date" else value.isoformat(timespec="seconds")


def _number(value: float) -> str:
    """The shortest text that reads back as the same number, without an exponent."""
    text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return np.format_float_positional(value, trim="-") if "e" in text else text


def _sorted(lines: list[str], table: Table) -> list[str]:
    """The lines by primary key; dates and moments sort as their texts, numbers as numbers."""
    cells = list(csv.reader(lines))
    names, numeric = table.column_names, set(table.of_type("number", "integer"))
    keys = []
    for name in table.primary_key:
        column = [row[names.index(name)] for row in cells]
        keys.append(np.array([float(text or "nan") for text in column]) if name in numeric else np.array(column))
    return [lines[row] for row in np.lexsort(keys[::-1])]


def _without_moment(rows: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Rows that say no moment of publication and that no release rule can date."""
    for row in np.flatnonzero(rows["published_at"].isna().to_numpy()):
        span = f"{calendars.FIRST_DAY} to {calendars.LAST_DAY}"
        yield int(row), f"the release rule cannot date it, its calendar goes from {span}; state published_at"


def _broken_over_lines(rows: pd.DataFrame, table: Table) -> Iterator[tuple[int, str]]:
    """Rows with a text that would not stay on one line of the file."""
    for name in table.of_type("string"):
        broken = rows[name].astype("str").str.contains(r"[\r\n]", regex=True)
        yield from ((int(row), f"{name} holds a line break") for row in np.flatnonzero(broken.to_numpy()))
