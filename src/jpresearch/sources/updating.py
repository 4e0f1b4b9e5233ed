"""From publishers' files to appended rows: one transaction per table, one publisher's failure never another's."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jpresearch import calendars, catalog, tables
from jpresearch.errors import DataError
from jpresearch.sources import jquants_prices, registry, unknown
from jpresearch.sources.comparison import Comparison, compare
from jpresearch.sources.download import LIMIT_BYTES, fetch, mirrored
from jpresearch.sources.jquants import SCHEME, SERVICE, JQuants, Service, key_is_configured
from jpresearch.sources.locking import sole_writer
from jpresearch.sources.model import Adapter, Paged, Parsed, SourceError
from jpresearch.tables.series import carried_on, newest_periods

# Periods looked at again for corrections when an adapter can ask for a part only.
LOOK_BACK: Final = timedelta(days=35)
LONGEST_LOOK_BACK: Final = timedelta(days=400)
# A table without rows is asked for from here on.
BEGINNING: Final = date(2001, 1, 1)
MOST_PAGES: Final = 20
# From so many files on, a folder is an archive, worth a process per core.
MOST_CELLS: Final = 20_000
SNIFFED: Final = 4096
ARCHIVE: Final = 64
FILES_AT_ONCE: Final = 16


@dataclass(frozen=True)
class Read:
    """A file that was read: its name or address, the adapter that knew it, and what it said."""

    file: str
    adapter: str
    parsed: tuple[Parsed, ...]


@dataclass
class Result:
    """What an update found and did: per table what it gains, files read and passed over, and failures by name."""

    comparisons: dict[str, Comparison] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    read: list[Read] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    doubts: dict[str, SourceError] = field(default_factory=dict)
    failures: dict[str, DataError] = field(default_factory=dict)


Listener = Callable[[str], None]


def from_files(path: Path, names: Sequence[str], listener: Listener = lambda line: None) -> Result:
    """Read a downloaded file, or every file of a folder; nothing is compared or written yet.

    Parameters
    ----------
    path : file or folder; the adapter of each file is guessed from its content.
    names : only these tables; none means all.

    Raises
    ------
    SourceError : a single file that no adapter knows, or nothing readable in the folder.
    """
    result = Result()
    files = _files(path)
    for file, said in zip(files, _read_files(files, names), strict=True):
        _keep(file, said, result, listener)
    if not result.read and not result.failures:
        if path.is_dir():
            raise SourceError.of(f"none of its {len(files)} files is one that is read here", str(path))
        raise unknown.refusal(path.read_bytes(), path.name, names)
    return result


def from_publishers(names: Iterable[str], listener: Listener = lambda line: None) -> Result:
    """Download what the publishers of these tables have now; nothing is compared or written yet.

    A publisher that cannot be reached or read becomes a failure of its table and stops no other.
    """
    result = Result()
    asked: dict[str, tuple[Adapter, list[str]]] = {}
    for name in names:
        available = registry.online(name)
        if not available:
            result.failures[name] = SourceError(
                "its publisher has no machine-readable file", name, "Hand one in with `--from`."
            )
        for adapter in available:
            if isinstance(adapter, JQuants) and len(available) > 1 and not key_is_configured():
                listener(f"{name}: {adapter.name} not asked, no key is configured")
            else:
                asked.setdefault(adapter.name, (adapter, []))[1].append(name)
    for adapter, wanted in asked.values():
        _download(adapter, wanted, result, listener)
    return result


def settle(result: Result, *, write: bool, show: Callable[[Result], None] = lambda result: None) -> Result:
    """Compare what was read with the tables, show it, and append it where ``write``: a transaction per table.

    Comparing and appending happen under one lock, so that two updates at once never add a figure twice. Without
    ``write`` everything that would be refused is a failure all the same.

    Raises
    ------
    SourceError : another update holds the lock, or the folder cannot be written.
    """
    if not write:
        _settle(result, _rehearse, show)
        return result
    with ExitStack() as locks:
        for folder in sorted({catalog.table(name).folder for name in _by_table(result)}):
            locks.enter_context(sole_writer(folder))
        _settle(result, _append, show)
    return result


def _settle(result: Result, do: Callable[[str, Comparison, Result], None], show: Callable[[Result], None]) -> None:
    _compare_all(result)
    show(result)
    result.failures |= result.doubts
    for name in result.comparisons.keys() - result.doubts.keys():
        do(name, result.comparisons[name], result)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    if not path.is_file():
        raise SourceError.of("there is no such file or folder", str(path))
    return [path]


def _keep(file: Path, said: Read | DataError | None, result: Result, listener: Listener) -> None:
    if isinstance(said, Read):
        result.read.append(said)
        listener(f"{file.name}: read as {said.adapter}")
    elif said is None:
        result.passed_over.append(file.name)
    else:
        result.failures[file.name] = said


def _read_file(file: Path, names: Sequence[str]) -> Read | DataError | None:
    """What one file says, why it cannot be trusted, or ``None`` where no adapter knows it."""
    try:
        if file.stat().st_size > LIMIT_BYTES:
            raise SourceError.of(f"the file is larger than {LIMIT_BYTES:,} bytes", file.name)
        content = file.read_bytes()
        if not content:
            raise SourceError.of("the file is empty", file.name)
        _require_bounded(content, file.name)
        adapter = registry.recognise(content, file.name, names)
        if adapter is None:
            return None
        parsed = tuple(
            replace(part, file=file.name)
            for part in adapter.parse(content, file.name)
            if not names or part.table in names
        )
    except OSError as error:
        return SourceError.of(f"the file cannot be read: {error.strerror}", file.name)
    except DataError as error:
        return error
    return Read(file.name, adapter.name, parsed)


def _require_bounded(content: bytes, name: str) -> None:
    """No line of a text has more cells than any publisher's file; reading one would take all memory."""
    if b"\0" in content[:SNIFFED]:
        return
    for separator in (b",", b";", b"\t"):
        # Most files have fewer in all than one line may have.
        if content.count(separator) > MOST_CELLS and any(
            line.count(separator) > MOST_CELLS for line in content.splitlines()
        ):
            raise SourceError.of(f"a line of the file has more than {MOST_CELLS:,} cells", name)


def _read_files(files: Sequence[Path], names: Sequence[str]) -> Iterator[Read | DataError | None]:
    """What each file says, in order; an archive is read on all cores where processes can be forked."""
    read = partial(_read_file, names=names)
    if len(files) < ARCHIVE or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(read, files)
        return
    registry.publishers()
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("fork")) as pool:
        try:
            yield from pool.map(read, files, chunksize=FILES_AT_ONCE)
        except BrokenProcessPool as error:
            raise SourceError.of("a file ended the process that read it", str(files[0].parent)) from error


def _download(adapter: Adapter, wanted: Sequence[str], result: Result, listener: Listener) -> None:
    """Ask one publisher for all the tables wanted of it; what it says of others is left out."""
    name = ", ".join(wanted)
    try:
        found = [
            Read(address, adapter.name, tuple(part for part in said if part.table in wanted))
            for address, said in _parsed(adapter, min(_since(table) for table in wanted))
        ]
    except DataError as error:
        result.failures[f"{name} ({adapter.name})"] = error
        return
    result.read += found
    for read in found:
        listener(f"{name}: {_label(read.file)} read as {adapter.name}")


def _since(name: str) -> date:
    """The day from which to ask: a month before the newest period, for corrections.

    The series that is furthest behind decides, so that none is left with a hole, and so that each series of a restated
    table overlaps with the file; those that have ended are left out. A series that stood still for longer than a year
    is brought up with `--from`.
    """
    table = catalog.table(name)
    frame = tables.read(table)
    newest = newest_periods(table, carried_on(table, frame)) or newest_periods(table, frame)
    if not newest:
        return BEGINNING
    return max(min(newest.values()), max(newest.values()) - LONGEST_LOOK_BACK) - LOOK_BACK


def _parsed(adapter: Adapter, since: date) -> Iterator[tuple[str, list[Parsed]]]:
    """What each address of the adapter says, page after page."""
    for first in adapter.locate(fetch, since):
        address: str | None = first
        for _ in range(MOST_PAGES):
            if address is None:
                break
            content = _content(address)
            file = _label(address)
            yield address, [replace(part, file=file) for part in adapter.parse(content, file)]
            address = adapter.next_page(content, address) if isinstance(adapter, Paged) else None
        if address is not None:
            raise SourceError.of(f"the answer has more than {MOST_PAGES} pages", address)


def _content(address: str) -> bytes:
    if address.startswith(f"{SCHEME}:"):
        # The key goes to the service itself, or to a server on this machine that plays it; never to a mirror.
        mirror = mirrored(SERVICE)
        return Service(mirror if mirror.startswith("http://") else SERVICE).read(address)
    return fetch(address)


def _label(address: str) -> str:
    return address.rsplit("/", 1)[-1]


def _compare_all(result: Result) -> None:
    _note_doubts(result)
    now = calendars.now()
    for name, parsed in _by_table(result).items():
        table = catalog.table(name)
        try:
            present = tables.read(table)
            if name == jquants_prices.TABLE:
                rows = pd.concat([part.rows for part in parsed], ignore_index=True)
                jquants_prices.refuse_other_basis(rows, present)
            result.comparisons[name] = compare(table, present, parsed, now)
        except DataError as error:
            result.failures[name] = error


def _note_doubts(result: Result) -> None:
    for read in result.read:
        for part in read.parsed:
            try:
                part.require_sound(_label(read.file))
            except SourceError as error:
                result.doubts[part.table] = error


def _by_table(result: Result) -> dict[str, list[Parsed]]:
    by_table: dict[str, list[Parsed]] = {}
    for part in (part for read in result.read for part in read.parsed):
        if len(part.rows):
            by_table.setdefault(part.table, []).append(part)
    return by_table


def _rehearse(name: str, comparison: Comparison, result: Result) -> None:
    """Refuse what ``_append`` would."""
    try:
        tables.rehearse(name, comparison.rows, **_brought(name, comparison, result))
    except DataError as error:
        result.failures[name] = error


def _append(name: str, comparison: Comparison, result: Result) -> None:
    """Append to one table, with the sources that the rows bring, or change nothing."""
    try:
        result.added[name] = tables.append(name, comparison.rows, **_brought(name, comparison, result))
    except DataError as error:
        result.failures[name] = error


def _brought(name: str, comparison: Comparison, result: Result) -> dict[str, Any]:
    sources = [source for part in _by_table(result)[name] for source in part.new_sources]
    return {"sources": sources, "origins": comparison.origins}
