"""Where the files of a run go: a folder, or an address that fsspec understands (``s3://bucket/reports``).

A run on an address keeps a folder of its own on this machine as well, from which jobs are reused; what it holds is
copied to the address as it comes about.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jpresearch import folders
from jpresearch.errors import CallError, DataError, without_logins

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LONGEST_PART: Final = 255
LONGEST_PATH: Final = 3000
STAGING: Final = ".staging"
ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+(?:::[a-z][a-z0-9+.-]+)*://", re.IGNORECASE)
# Where there are no folders to make, and where asking for one would make a bucket of a mistyped name.
OBJECT_STORES: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "tos"})
PROBE: Final = ".writable"
LOCAL_ADDRESS: Final = re.compile(r"(?:file|local)://", re.IGNORECASE)


def settled(output: str | Path | None) -> str:
    """The destination as typed in one form: an absolute path, or an address that is not of this machine.

    Raises
    ------
    CallError : it is empty, or no file system has names like it.
    """
    if output is None:
        return str(folders.reports())
    text = LOCAL_ADDRESS.sub("", str(output))
    if not text.strip() or "\0" in text:
        raise CallError(f"{str(output)!r} names no folder", "--output", "Name a folder or an address, or leave it out.")
    if any(len(os.fsencode(part)) > LONGEST_PART for part in text.split("/")) or len(text) > LONGEST_PATH:
        raise CallError(f"the name is too long: {text[:60]}...", "--output", "Name a folder or an address.")
    if not is_local(text):
        return text.rstrip("/")
    try:
        return str(Path(text).expanduser().resolve())
    except (RuntimeError, OSError) as error:
        raise CallError(f"{text!r} names no folder: {error}", "--output") from error


def is_local(destination: str) -> bool:
    """Whether it is a folder's path."""
    return ADDRESS.match(destination) is None


def local_folder(destination: str) -> Path:
    """The folder on this machine that holds the runs: the destination itself, or the one kept for its address."""
    if is_local(destination):
        return Path(destination)
    readable = re.sub(r"[^A-Za-z0-9]+", "-", destination).strip("-")[:60]
    return folders.reports() / ".remote" / f"{readable}-{hashlib.sha256(destination.encode()).hexdigest()[:8]}"


def deliver(staging: Path, destinations: Sequence[str]) -> list[str]:
    """Hand what lies in ``staging`` to the run at each destination; the names.

    Addresses get theirs first: what lies in the run's folder is everywhere. Raises ``OSError``.
    """
    files = sorted(file for file in staging.iterdir() if not file.name.startswith(".")) if staging.is_dir() else []
    for address in destinations:
        if not is_local(address):
            upload(files, address)
    for folder in destinations:
        if is_local(folder):
            for file in files:
                file.replace(Path(folder) / file.name)
    return [file.name for file in files]


def upload(files: list[Path], address: str) -> None:
    """Copy files to an address under their own names. Raises ``OSError``, whatever the file system raises."""
    try:
        system, root = _system(address)
        _make_folder(system, root)
        for file in files:
            system.put_file(str(file), f"{root}/{file.name}")
    except Exception as error:
        raise OSError(without_logins(f"{address}: {error}", address)) from error


def fetch(names: list[str], address: str, folder: Path) -> None:
    """Copy files of an address into a folder, each beside first. Raises ``OSError``."""
    for name in names:
        beside = folder / f".{name}.part"
        try:
            system, root = _system(address)
            system.get_file(f"{root}/{name}", str(beside))
            beside.replace(folder / name)
        except Exception as error:
            beside.unlink(missing_ok=True)
            raise OSError(without_logins(f"{address}/{name}: {error}", address)) from error


def require_reachable(address: str) -> None:
    """Write an empty file at ``address`` and remove it, where that is allowed.

    Raises ``DataError`` where nothing can be written.
    """
    try:
        system, root = _system(address)
        _make_folder(system, root)
        with tempfile.NamedTemporaryFile() as empty:
            system.put_file(empty.name, f"{root}/{PROBE}")
    except Exception as error:
        raise DataError(
            f"nothing can be written there: {without_logins(str(error), address)}",
            address,
            "Check the address, its driver and the access that it needs.",
        ) from error
    with suppress(Exception):
        system.rm_file(f"{root}/{PROBE}")


def _make_folder(system: AbstractFileSystem, root: str) -> None:
    """Make a folder where the file system has folders."""
    innermost = getattr(system, "fs", system)
    names = (innermost.protocol,) if isinstance(innermost.protocol, str) else innermost.protocol
    if OBJECT_STORES.isdisjoint(names):
        system.makedirs(root, exist_ok=True)


def _system(address: str) -> tuple[AbstractFileSystem, str]:
    """The file system of an address and the path in it. Imported here: a run on a folder never needs it."""
    from fsspec.core import url_to_fs

    system, root = url_to_fs(address)
    return system, str(root)
