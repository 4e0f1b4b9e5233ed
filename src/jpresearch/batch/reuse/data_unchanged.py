"""Whether the tables and files that a job read still hold, as of its moment, what they held when it succeeded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from jpresearch import catalog, folders
from jpresearch.batch import file_digests, table_as_of
from jpresearch.batch.kernels.files_read import MOST
from jpresearch.batch.plan.notebooks import Declaration
from jpresearch.batch.reuse.code_meaning import digest
from jpresearch.batch.reuse.success_file import TableKept
from jpresearch.batch.table_as_of import Edition
from jpresearch.catalog import Table
from jpresearch.errors import BadParameter, TableInvalid
from jpresearch.record import Job, TableRead

AS_OF = "as_of"


def keep_tables(declaration: Declaration, job: Job) -> list[TableKept] | None:
    """What to remember of the tables that ``job`` read, and of those it declares, which it may have looked for in vain.

    ``None`` where that cannot be told: a file is no longer the one that was read, or holds what is still to come.
    """
    described = catalog.catalog()
    read = {(note.table, note.as_of) for note in job.tables}
    missed = {*declaration.requires, *declaration.optional} - {table for table, _ in read}
    day = job.parameters.get(AS_OF)
    found = []
    try:
        for note in job.tables:
            table = described[note.table]
            edition = table_as_of.edition(table)
            if edition.digest != note.file_digest or _more_is_dated_by_then(edition, note):
                return None
            found.append(_kept(table, edition, note.as_of, note.rows))
        found += [_kept(described[name], table_as_of.edition(described[name]), day, None) for name in sorted(missed)]
    except (KeyError, TableInvalid, BadParameter):
        return None
    return list(dict.fromkeys(found))


def table_changes(tables: Sequence[TableKept]) -> list[str]:
    """What changed in each table as of its moment, in words: ``investor_flows: 3 rows to 2026-09-11``."""
    described = catalog.catalog()
    told = (_change(kept, described.get(kept.table)) for kept in tables)
    return list(dict.fromkeys(sentence for sentence in told if sentence is not None))


def digests_of(paths: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file read beside the tables, if it can be read; paths in the project begin at its root."""
    found: dict[str, str] = {}
    for path in paths:
        with suppress(OSError):
            found[_short(Path(path))] = file_digests.of(Path(path))
    return found


def file_changes(files: Mapping[str, str]) -> list[str]:
    """What is no longer as it was read, in words: ``file notebooks/own.csv``."""
    if len(files) > MOST:
        return [f"it reads more than {MOST} files"]
    return [f"file {name}" for name, digest in files.items() if _digest(name) != digest]


def _kept(table: Table, edition: Edition, as_of: str | None, keys: int | None) -> TableKept:
    moment = table_as_of.as_text(as_of)
    return TableKept(
        table=table.name,
        as_of=as_of,
        definition=_definition(table),
        file=edition.digest,
        content=None if moment is None else edition.digest_at(moment),
        lines=edition.rows(moment),
        keys=keys,
    )


def _more_is_dated_by_then(edition: Edition, note: TableRead) -> bool:
    """Whether lines dated by the read's moment were not public when it was made: they will be, and no file changes."""
    return note.lines is not None and edition.rows(table_as_of.as_text(note.as_of)) != note.lines


def _definition(table: Table) -> str:
    """A digest of what the descriptor says of the table itself; sources come with rows, and their rows tell of them."""
    return digest(table.model_dump_json(exclude={"descriptor", "sources"}))


def _change(kept: TableKept, table: Table | None) -> str | None:
    if table is None:
        return f"{kept.table}: no longer described"
    if _definition(table) != kept.definition:
        return f"{kept.table}: its description"
    try:
        edition, moment = table_as_of.edition(table), table_as_of.as_text(kept.as_of)
    except (TableInvalid, BadParameter) as error:
        return f"{kept.table}: {error.what}"
    if edition.digest == kept.file or (moment is not None and edition.digest_at(moment) == kept.content):
        return None
    return f"{kept.table}: {_rows(kept, edition, moment)}"


def _rows(kept: TableKept, edition: Edition, moment: str | None) -> str:
    """New rows with the newest period, and corrections: further editions of figures that were there."""
    lines = edition.rows(moment) - kept.lines
    figures = edition.figures(moment)
    new = lines if kept.keys is None else figures.keys - kept.keys
    corrected = lines - new
    if lines <= 0 or new < 0 or corrected < 0:
        return f"its rows were rewritten, {-lines} fewer" if lines < 0 else "its rows were rewritten"
    told = [f"{new} {'row' if new == 1 else 'rows'} to {figures.newest}"] if new else []
    return ", ".join(told + ([f"{corrected} corrected"] if corrected else []))


def _digest(name: str) -> str | None:
    try:
        return file_digests.of(folders.home() / name)
    except OSError:
        return None


def _short(path: Path) -> str:
    home = folders.home()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)
