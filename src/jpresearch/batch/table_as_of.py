"""What a table held at a moment, told from its file alone: no pandas, since most calls find that nothing has changed.

Rows are never overwritten: a correction is a further row with a later ``published_at``. So the lines published by a
moment are the content as of that moment, and lines published later do not touch it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from bisect import bisect_right
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from jpresearch import clock, folders
from jpresearch.batch import file_digests
from jpresearch.catalog import Table
from jpresearch.errors import TableInvalid, Violation

PUBLISHED: Final = "published_at"
PERIOD: Final = "period_end"
# The columns behind it hold names without commas, so it can be found from the line's end.
BEHIND: Final = ("grade", "source")
CACHED_FILES: Final = 64
FIRST_LINES: Final = 4096
# Header and first line are whole where a further line begins.
HEAD: Final = 2


class Figures(NamedTuple):
    """What stands in the lines public at a moment: how many keys, and the newest period among them."""

    keys: int
    newest: str | None


class Edition:
    """One version of a table's file. Moments are texts as ``as_text`` gives them; ``None`` is everything."""

    def __init__(self, content: bytes | Path, key: tuple[str, ...], digest: str | None = None) -> None:
        self._source = content
        self._key = key
        self._digest = digest

    @cached_property
    def _content(self) -> bytes:
        """Read only when a look at the rows is needed, where the file's digest is known already."""
        return self._source.read_bytes() if isinstance(self._source, Path) else self._source

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self._digest or hashlib.sha256(self._content).hexdigest()

    @property
    def first(self) -> str | None:
        """The earliest ``published_at``; ``None`` where there are no rows."""
        return min(self._published, default=None)

    def public(self, moment: str) -> bool:
        """Whether the table can be read then: something was public."""
        # The first line tells for nearly every moment asked for, at none of the cost of reading all.
        head = self._content[:FIRST_LINES].decode("utf-8", "replace").split("\n")
        begun = Edition("\n".join(head[:2]).encode(), self._key) if len(head) > HEAD else self
        return _by(begun.first, moment) or _by(self.first, moment)

    def rows(self, moment: str | None) -> int:
        """How many lines were public, earlier editions of a figure included."""
        return len(self._lines) if moment is None else bisect_right(self._moments, moment)

    def digest_at(self, moment: str | None) -> str:
        """A digest of the lines public then; later ones, wherever they stand in the file, do not change it."""
        return hashlib.sha256("\n".join([self._header, *self._public(moment)]).encode()).hexdigest()

    def figures(self, moment: str | None) -> Figures:
        """The keys and the newest period among the lines public then."""
        names = next(csv.reader([self._header]), [])
        place = {name: number for number, name in enumerate(names)}
        cells = list(csv.reader(io.StringIO("\n".join(self._public(moment)))))
        keys = {tuple(row[place[name]] for name in self._key) for row in cells}
        return Figures(len(keys), max((row[place[PERIOD]] for row in cells), default=None))

    def _public(self, moment: str | None) -> list[str]:
        return [self._lines[number] for number in self._order[: self.rows(moment)]]

    @cached_property
    def _text(self) -> tuple[str, list[str]]:
        header, *lines = self._content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        return header, [line for line in lines if line]

    @property
    def _header(self) -> str:
        return self._text[0]

    @property
    def _lines(self) -> list[str]:
        return self._text[1]

    @cached_property
    def _published(self) -> list[str]:
        names = next(csv.reader([self._header]), [])
        place = names.index(PUBLISHED) if PUBLISHED in names else len(names)
        usual = names[place:] == [PUBLISHED, *BEHIND]
        return [_cell_from_end(line) if usual and line[-1] != '"' else _cell(line, place) for line in self._lines]

    @cached_property
    def _order(self) -> list[int]:
        return sorted(range(len(self._lines)), key=self._published.__getitem__)

    @cached_property
    def _moments(self) -> list[str]:
        return [self._published[number] for number in self._order]


def _by(first: str | None, moment: str) -> bool:
    return first is not None and first <= moment


def _cell_from_end(line: str) -> str:
    parts = line.rsplit(",", len(BEHIND) + 1)
    return parts[1] if len(parts) == len(BEHIND) + 2 else ""


def _cell(line: str, place: int) -> str:
    cells = next(csv.reader([line]), [])
    return cells[place] if place < len(cells) else ""


def edition(table: Table) -> Edition:
    """The table's file as it is now. Raises ``TableInvalid`` where it cannot be read."""
    try:
        file = folders.in_force(table.file)
        status = file.stat()
        return _version(file, tuple(table.key), status.st_ino, status.st_mtime_ns, status.st_size)
    except OSError as error:
        violation = Violation(str(table.file), None, f"the file cannot be read: {error.strerror}")
        raise TableInvalid.of(table.name, [violation]) from error


@lru_cache(maxsize=CACHED_FILES)
def _version(file: Path, key: tuple[str, ...], inode: int, changed_ns: int, size: int) -> Edition:
    known = file_digests.known((inode, changed_ns, size))
    return Edition(file.read_bytes() if known is None else file, key, known)


def as_text(as_of: str | None) -> str | None:
    """``as_of`` as a moment in Tokyo, written so that it compares with ``published_at``. Raises ``BadParameter``."""
    moment = clock.moment(as_of)
    return None if moment is None else moment.isoformat(timespec="microseconds")


def public(table: Table, moment: str) -> bool:
    """Whether the table can be read at ``moment``: something was public."""
    return edition(table).public(moment)


def empty(table: Table) -> bool:
    """Whether the table has no row at all; a large file is not opened for that."""
    file = folders.in_force(table.file)
    return file.is_file() and file.stat().st_size < FIRST_LINES and edition(table).first is None


def first_day(table: Table) -> date:
    """The first Tokyo day on which the table, which has rows, can be read."""
    return datetime.fromisoformat(str(edition(table).first)).date()
