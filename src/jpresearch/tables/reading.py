"""A table's CSV as a checked frame: types, schema, order and uniqueness of its lines."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections import OrderedDict
from typing import Final

import numpy as np
import pandas as pd

from jpresearch import calendars, clock, folders
from jpresearch.catalog import Table, read_package
from jpresearch.errors import TableInvalid, Violation
from jpresearch.schemas import violations
from jpresearch.tables import kept
from jpresearch.tables.conversion import cells, convert
from jpresearch.tables.plausibility import implausible
from jpresearch.tables.quick import quick

CACHED_TABLES: Final = 64
_cache: OrderedDict[tuple[str, int, int, int, str], tuple[pd.DataFrame, str]] = OrderedDict()


def read(table: Table) -> pd.DataFrame:
    """All rows of the table's file, all vintages, sorted by its primary key: for what writes, checks and compares.

    Outside a run that is the whole file, rows dated later than now included. In a run nothing goes past the run's day:
    one of the present day gets what is public now, one of a past day is refused (``tables.vintages`` takes an
    ``as_of``).

    Returns
    -------
    Frame with RangeIndex and the descriptor's columns: dates as naive days, ``published_at`` in Tokyo time, figures as
    float64 (int64 where whole and never missing), texts as ``str``.

    Raises
    ------
    TableInvalid : the file is missing or breaks its schema; the error carries every violation.
    LookAhead : inside a run as of a past day.
    """
    frame = read_edition(table)[0]
    if clock.ceiling() is None:
        return frame
    return frame[frame["published_at"] <= pd.Timestamp(clock.until(None, table.name))].reset_index(drop=True)


def read_edition(table: Table) -> tuple[pd.DataFrame, str]:
    """All rows of the file whatever the run's day, and the file's SHA-256; the doors of ``tables`` cut them."""
    key = _version(table)
    if key not in _cache:
        content = _content(table)
        file_digest = hashlib.sha256(content).hexdigest()
        frame, broken = _checked(content, file_digest, table)
        if broken and (described := _as_described_now(table)) is not None:
            # The table was looked up before an update that brought a source together with its rows.
            frame, broken = _parse(content, described)
        if broken:
            raise TableInvalid.of(table.name, broken)
        _cache[key] = frame, file_digest
        while len(_cache) > CACHED_TABLES:
            _cache.popitem(last=False)
    frame, digest = _cache[key]
    return frame.copy(deep=False), digest  # pandas copies what a reader changes


def _checked(content: bytes, file_digest: str, table: Table) -> tuple[pd.DataFrame, list[Violation]]:
    """The rows of a file and what is wrong with them: as kept from an earlier check, else checked now and kept."""
    digest = kept.digest_of(file_digest, table)
    frame = kept.recall(digest, table)
    if frame is not None:
        return frame, []
    sound = quick(content, table)
    frame, broken = _parse(content, table) if sound is None else (sound, [])
    if not broken:
        kept.keep(digest, frame, table)
    return frame, broken


def check(table: Table) -> list[Violation]:
    """Every violation in the table's file, by line: a missing column, a value, a duplicate, a row out of order.

    Besides what an update would refuse: figures of the future and of impossible days, which ``load`` leaves out or
    returns as they are.
    """
    if not folders.in_force(table.file).is_file():
        return [Violation(str(table.file), None, "the file is missing")]
    frame, broken = _parse(_content(table), table)
    if broken:
        return broken
    found = sorted(implausible(frame, table, calendars.now()))
    return [Violation(str(table.file), row + 2, rule) for row, rule in found]


def parse_text(text: str, table: Table) -> tuple[pd.DataFrame, list[Violation]]:
    """The rows of CSV ``text`` in the table's form and what is wrong with them (order and uniqueness included)."""
    broken = _structure(text, table)
    if broken:
        return pd.DataFrame(), broken
    raw = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False, na_values=[""])
    typed, broken = _typed(raw, table)
    broken += violations(typed, table) if not broken else []
    broken += _order(typed, table) if not broken else []
    return _whole_numbers(typed, table), broken


def _as_described_now(table: Table) -> Table | None:
    """The table as its descriptor has it now, where that differs."""
    found = next((each for each in read_package(table.descriptor) if each.name == table.name), None)
    return None if found is None or found == table else found


def _version(table: Table) -> tuple[str, int, int, int, str]:
    """What identifies this version of the file and of its descriptor entry."""
    try:
        status = os.stat(folders.in_force(table.file))
    except OSError as error:
        raise TableInvalid.of(
            table.name, [Violation(str(table.file), None, f"the file cannot be read: {error.strerror}")]
        ) from error
    described = str(hash((table.columns_and_key, tuple(table.sources))))
    return str(table.file), status.st_ino, status.st_mtime_ns, status.st_size, described


def _content(table: Table) -> bytes:
    return folders.in_force(table.file).read_bytes()


def _parse(content: bytes, table: Table) -> tuple[pd.DataFrame, list[Violation]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return pd.DataFrame(), [Violation(str(table.file), None, f"the file is not UTF-8: {error.reason}")]
    return parse_text(text, table)


def _structure(text: str, table: Table) -> list[Violation]:
    """A header of exactly the described columns, and a line of that many cells for each row."""
    file, names = str(table.file), table.column_names
    header = next(csv.reader(io.StringIO(text.split("\n", 1)[0].rstrip("\r"))), [])
    if header != names:
        missing, extra = [n for n in names if n not in header], [n for n in header if n not in names]
        rule = "the columns are not in the descriptor's order"
        rule = f"unknown column {', '.join(extra)}" if extra else rule
        return [Violation(file, 1, f"missing column {', '.join(missing)}" if missing else rule)]
    lines = text.rstrip("\n").split("\n")[1:]
    expected = len(names)
    plain = np.fromiter((line.count(",") for line in lines), np.int64, len(lines)) == expected - 1
    quoted = np.fromiter(('"' in line for line in lines), np.bool_, len(lines))
    suspects = np.flatnonzero(~plain | quoted)
    return [
        Violation(file, int(row) + 2, f"the line does not have {expected} cells")
        for row in suspects
        if cells(lines[row]) != expected
    ]


def _typed(raw: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Violation]]:
    """The texts as numbers, days and moments; a text that is none is a violation, never a missing value."""
    columns, broken = {}, []
    for column in table.columns:
        texts = raw[column.name]
        values = convert(texts, column.type)
        columns[column.name] = values
        for row in np.flatnonzero((values.isna() & texts.notna()).to_numpy()):
            rule = f"{column.name} is not a {column.type}: {texts.iloc[row]!r}"
            broken.append(Violation(str(table.file), int(row) + 2, rule))
    return pd.DataFrame(columns), broken


def _order(frame: pd.DataFrame, table: Table) -> list[Violation]:
    """The lines ascend strictly by primary key: sorted, and no key twice."""
    rank = np.zeros(len(frame), dtype=np.int64)
    for name in table.primary_key:
        codes, distinct = pd.factorize(frame[name], sort=True)
        rank = rank * (len(distinct) + 1) + codes
    steps = np.diff(rank)
    repeated = {int(row) for row in np.flatnonzero(pd.Series(rank).duplicated().to_numpy())}
    broken = [(row, f"duplicate key ({', '.join(table.primary_key)})") for row in sorted(repeated)]
    backwards = (int(row) + 1 for row in np.flatnonzero(steps < 0))
    broken += [(row, "the lines are not sorted by primary key") for row in backwards if row not in repeated]
    return [Violation(str(table.file), row + 2, rule) for row, rule in broken]


def _whole_numbers(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Columns of whole numbers without a gap as int64."""
    whole = [n for n in table.of_type("integer") if n in frame and frame[n].notna().all()]
    return frame.astype(dict.fromkeys(whole, "int64"))
