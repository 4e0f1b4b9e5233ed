"""One table behind a page in two runs: new rows, fewer rows, or the same rows corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jpresearch.record import TableRead
from jpresearch.report.words import say


class Kind(StrEnum):
    """What became of the rows that a notebook read."""

    MORE = "more"
    FEWER = "fewer"
    CORRECTED = "corrected"
    OTHER = "other"
    FIRST = "first_read"
    GONE = "no_longer_read"


@dataclass(frozen=True)
class TableChange:
    """A table whose rows differ between two runs; one side is ``None`` where only the other run read it."""

    table: str
    kind: Kind
    before: TableRead | None
    after: TableRead | None

    @property
    def rows(self) -> int:
        """How many rows more (or, below zero, fewer) the later run read."""
        return (self.after.rows if self.after else 0) - (self.before.rows if self.before else 0)

    @property
    def corrected(self) -> int | None:
        """How many further editions of known figures the later run read; ``None`` where a record does not tell."""
        if self.before is None or self.after is None or self.before.lines is None or self.after.lines is None:
            return None
        return self.after.lines - self.before.lines - self.rows

    @property
    def newest_period(self) -> str | None:
        """The newest period of the later run, of the earlier one where the table is no longer read."""
        read = self.after or self.before
        return read.newest_period if read else None

    def sentence(self, lang: str = "en") -> str:
        """The change in words, such as ``investor_flows: 12 new rows to 2026-09-11, 2 corrected``."""
        plural = "_one" if abs(self.rows) == 1 and self.kind in (Kind.MORE, Kind.FEWER) else ""
        to = say("to_day", lang, day=self.newest_period) if self.newest_period else ""
        told = say(f"table_{self.kind}{plural}", lang, table=self.table, rows=abs(self.rows), to=to)
        if self.kind is not Kind.MORE or not self.corrected or self.corrected < 0:
            return told
        return told + say("table_and_corrected", lang, corrected=self.corrected)


def table_changes(before: Sequence[TableRead], after: Sequence[TableRead]) -> list[TableChange]:
    """The tables whose content differs, in the order the later run read them."""
    earlier, later = _fullest(before), _fullest(after)
    names = [*later, *(name for name in earlier if name not in later)]
    found = (_change(name, earlier.get(name), later.get(name)) for name in names)
    return [change for change in found if change is not None]


def _change(table: str, before: TableRead | None, after: TableRead | None) -> TableChange | None:
    if before is None or after is None:
        return TableChange(table, Kind.GONE if after is None else Kind.FIRST, before, after)
    if before.content_hash == after.content_hash:
        return None
    return TableChange(table, _kind(before, after), before, after)


def _kind(before: TableRead, after: TableRead) -> Kind:
    if before.rows != after.rows:
        return Kind.MORE if after.rows > before.rows else Kind.FEWER
    return Kind.CORRECTED if before.newest_period == after.newest_period else Kind.OTHER


def _fullest(reads: Sequence[TableRead]) -> dict[str, TableRead]:
    """One read per table: a notebook that reads a table twice is judged by the read with the most rows."""
    found: dict[str, TableRead] = {}
    for read in reads:
        if read.table not in found or read.rows > found[read.table].rows:
            found[read.table] = read
    return found
