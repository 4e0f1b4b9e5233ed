"""Appending rows to a table: all or nothing, nothing overwritten, nothing lost."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jpresearch import catalog
from jpresearch.catalog import Table
from jpresearch.errors import TableInvalid, Violation
from jpresearch.tables.reading import parse_text, read


def append(name: str, rows: pd.DataFrame) -> int:
    """Add ``rows`` to the table ``name`` and return how many were new.

    A row that is there already, value for value, adds nothing. A correction is a row with the same key and a later
    ``published_at``. Lines already in the file stay as they are, byte for byte; the new file is written beside the old
    one and moved into its place, so that a reader sees the one or the other.

    Raises
    ------
    UnknownTable : no such table.
    TableInvalid : a row breaks the schema, or would overwrite a row published at the same moment; nothing is written.
    """
    table = catalog.table(name)
    lines = _lines(rows[table.column_names], table)
    header, present = _present(table)
    known = set(present)
    fresh = [line for line in dict.fromkeys(lines) if line not in known]
    if not fresh:
        return 0
    merged = _sorted([*present, *fresh], table)
    text = "\n".join([header, *merged]) + "\n"
    _, broken = parse_text(text, table)
    if broken:
        raise TableInvalid.of(name, [_explained(violation) for violation in broken])
    _replace(table.file, text)
    return len(fresh)


def render(frame: pd.DataFrame, table: Table) -> str:
    """The frame as the text of the table's CSV: sorted, LF, shortest numbers, missing cells empty."""
    header = ",".join(table.column_names)
    return "\n".join([header, *_sorted(_lines(frame[table.column_names], table), table)]) + "\n"


def _present(table: Table) -> tuple[str, list[str]]:
    read(table)
    header, *lines = table.file.read_text(encoding="utf-8").rstrip("\n").split("\n")
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
    """The shortest text that reads back as the same number."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _sorted(lines: list[str], table: Table) -> list[str]:
    """The lines by primary key; dates and moments sort as their texts, numbers as numbers."""
    cells = list(csv.reader(lines))
    names, numeric = table.column_names, set(table.of_type("number", "integer"))
    keys = []
    for name in table.primary_key:
        column = [row[names.index(name)] for row in cells]
        keys.append(np.array([float(text or "nan") for text in column]) if name in numeric else np.array(column))
    return [lines[row] for row in np.lexsort(keys[::-1])]


def _explained(violation: Violation) -> Violation:
    if violation.rule.startswith("duplicate key"):
        rule = f"{violation.rule}: another value was published at the same moment; a correction needs a later one"
        return Violation(violation.file, violation.row, rule)
    return violation


def _replace(file: Path, text: str) -> None:
    """Write beside, reach the disk, then move into place; a table that is a link stays one."""
    file = file.resolve()
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            os.chmod(beside, file.stat().st_mode & 0o777)
        os.replace(beside, file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
