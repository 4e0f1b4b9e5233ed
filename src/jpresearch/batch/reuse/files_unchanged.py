"""The files that a notebook read beside its tables, by which it is known whether they are what they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from jpresearch import folders
from jpresearch.batch import file_digests
from jpresearch.batch.kernels.files_read import MOST


def digests_of(paths: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file that can be read; paths within the project begin at its root."""
    found: dict[str, str] = {}
    for path in paths:
        with suppress(OSError):
            found[_short(Path(path))] = file_digests.of(Path(path))
    return found


def changes(files: Mapping[str, str]) -> list[str]:
    """What is no longer as it was read, in words: ``file notebooks/own.csv``."""
    if len(files) > MOST:
        return [f"it reads more than {MOST} files"]
    return [f"file {name}" for name, digest in files.items() if _digest(name) != digest]


def _digest(name: str) -> str | None:
    try:
        return file_digests.of(folders.home() / name)
    except OSError:
        return None


def _short(path: Path) -> str:
    home = folders.home()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)
