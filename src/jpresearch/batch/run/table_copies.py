"""The tables of one run as they were when its first job began: copies beside it, which all of its processes read.

An update that lands while a run goes on, between two of its jobs or two reads of one notebook, so changes nothing in
it. Copies, not links: whoever writes into a table in place would write into a link as well. They cost the time of
reading and writing all tables once (29 MB: about 60 ms), and go with the run; one that is answered from earlier results
alone makes none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from jpresearch import catalog, folders, transactions
from jpresearch.batch import file_digests
from jpresearch.errors import DataError, JPResearchError

ATTEMPTS = 5


class State(NamedTuple):
    """The tables at one moment: which descriptors described them, and the SHA-256 of each by name."""

    descriptors: tuple[file_digests.Version | None, ...]
    digests: dict[str, str]


def present() -> State:
    """The tables as they are now; those that are missing or cannot be read have no digest."""
    found: dict[str, str] = {}
    descriptors = _descriptors()
    for name, table in _tables().items():
        with suppress(OSError):
            found[name] = file_digests.of(table.file)
    return State(descriptors, found)


@contextmanager
def fixed(around: Path) -> Iterator[State]:
    """Within, this process and those that it starts read copies of all tables, which are as the state says.

    Parameters
    ----------
    around : folder for the copies, which its owner removes.

    Raises
    ------
    DataError : the copies cannot be written.
    """
    folder = around / "edition"
    before = os.environ.get(folders.EDITION_VARIABLE)
    try:
        folder.mkdir()
        found = _copied(folder)
    except OSError as error:
        raise DataError(f"the tables cannot be copied for the run: {error}", str(folder)) from error
    os.environ[folders.EDITION_VARIABLE] = str(folder)
    try:
        yield found
    finally:
        os.environ.pop(folders.EDITION_VARIABLE)
        if before is not None:
            os.environ[folders.EDITION_VARIABLE] = before


def _copied(folder: Path) -> State:
    """Copy descriptors and tables into ``folder``; a table that is missing stays so. Raises ``OSError``."""
    for _ in range(ATTEMPTS):
        before = _descriptors()
        for descriptor in folders.data_packages():
            _copy(descriptor, folder)
        copied = ((name, _copy(table.file, folder)) for name, table in _tables().items())
        found = {name: digest for name, digest in copied if digest is not None}
        # A descriptor that changed meanwhile came with rows: the copies must be of one state.
        if before == _descriptors():
            break
    return State(before, found)


def _tables() -> Mapping[str, catalog.Table]:
    """What the descriptors describe; nothing where they cannot be read, which is said by whoever needs a table."""
    try:
        return catalog.catalog()
    except JPResearchError:
        return {}


def _descriptors() -> tuple[file_digests.Version | None, ...]:
    """The versions of the descriptors, once what an update left undone there is carried out."""
    found: list[file_digests.Version | None] = []
    for descriptor in folders.data_packages():
        transactions.complete(descriptor.parent)
        found.append(_version(descriptor) if descriptor.is_file() else None)
    return tuple(found)


def _copy(file: Path, folder: Path) -> str | None:
    """Copy one file as it is at one moment; its digest. A missing file has none."""
    for _ in range(ATTEMPTS):
        try:
            before = _version(file)
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        if before == _version(file):
            break
    target = folders.copy_of(file, folder)
    target.write_bytes(content)
    return file_digests.note(target, content, file_digests.known(before))


def _version(file: Path) -> file_digests.Version:
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size
