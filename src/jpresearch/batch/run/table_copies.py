"""The tables of one run as they were when it began: copies beside it, which every one of its processes reads.

An update that lands while a run goes on, between two of its jobs or two reads of one notebook, so changes nothing in
it. Copies, not links: whoever writes into a table in place would write into a link as well. They cost the time of
reading and writing all tables once (29 MB: about 60 ms), and go with the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jpresearch import catalog, folders, transactions
from jpresearch.batch import file_digests
from jpresearch.errors import DataError, JPResearchError

ATTEMPTS = 5


@contextmanager
def fixed(around: Path) -> Iterator[dict[str, str]]:
    """Within, this process and those that it starts read copies of all tables; the SHA-256 of each by name.

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


def _copied(folder: Path) -> dict[str, str]:
    """Copy descriptors and tables into ``folder``; a table that is missing stays so. Raises ``OSError``."""
    for _ in range(ATTEMPTS):
        before = _descriptors()
        for descriptor in folders.data_packages():
            _copy(descriptor, folder)
        try:
            tables = catalog.catalog()
        except JPResearchError:
            # Said by whoever reads it.
            return {}
        found = {name: digest for name, table in tables.items() if (digest := _copy(table.file, folder)) is not None}
        # A descriptor that changed meanwhile came with rows: the copies must be of one state.
        if before == _descriptors():
            break
    return found


def _descriptors() -> list[file_digests.Version | None]:
    """The versions of the descriptors, once what an update left undone there is carried out."""
    found: list[file_digests.Version | None] = []
    for descriptor in folders.data_packages():
        transactions.complete(descriptor.parent)
        found.append(_version(descriptor) if descriptor.is_file() else None)
    return found


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
