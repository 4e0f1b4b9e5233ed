"""SHA-256 of files, known before they are asked for: a thread reads them while the program still loads its modules.

Light on purpose, and no more than a head start: whatever the thread has not come to is computed when it is wanted.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

Version = tuple[int, int, int]

SHORT_TURNS_SECONDS = 0.0002

_known: dict[Version, str] = {}


def begin(files: Iterable[Path]) -> threading.Thread:
    """Compute the digests of ``files`` in a thread; those that cannot be read are left out."""
    thread = threading.Thread(target=_compute, args=(files,), name="digests", daemon=True)
    thread.start()
    return thread


def known(version: Version) -> str | None:
    """The digest of the file with this inode, time of change (ns) and size, if it was computed."""
    return _known.get(version)


def note(file: Path, content: bytes, digest: str | None = None) -> str:
    """The digest of a file that was just written with ``content``, known from then on; ``digest`` if it is known."""
    status = file.stat()
    found = digest or hashlib.sha256(content).hexdigest()
    _known[status.st_ino, status.st_mtime_ns, status.st_size] = found
    return found


def of(file: Path) -> str:
    """The digest of a file as it is now. Raises ``OSError``."""
    with file.open("rb") as stream:
        status = os.fstat(stream.fileno())
        version = (status.st_ino, status.st_mtime_ns, status.st_size)
        if version not in _known:
            _known[version] = hashlib.sha256(stream.read()).hexdigest()
        return _known[version]


def _compute(files: Iterable[Path]) -> None:
    usual = sys.getswitchinterval()
    # Reading and hashing need the interpreter for a moment each; with the usual turns most of the time goes in waiting.
    sys.setswitchinterval(SHORT_TURNS_SECONDS)
    try:
        for file in files:
            with suppress(OSError):
                of(file)
    finally:
        sys.setswitchinterval(usual)
