"""SHA-256 of files, known before they are asked for: a process reads them while the program still loads its modules.

Light on purpose, and no more than a head start: whatever the process does not tell is computed when it is wanted. A
thread would not do: at every step it would wait for the interpreter, which loading modules holds.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LINE = re.compile(rb"(\d+) (-?\d+) (\d+) ([0-9a-f]{64})")
Version = tuple[int, int, int]

_known: dict[Version, str] = {}
_ahead: list[subprocess.Popen[bytes]] = []


def begin(files: Iterable[Path]) -> None:
    """Have a process compute the digests of ``files``; those that cannot be read are left out."""
    # Nothing of an environment is needed, and finding it would take as long as the work.
    call = [sys.executable, "-I", "-S", __file__]
    with suppress(OSError):
        process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        _ahead.append(process)
        assert process.stdin is not None
        with process.stdin as names:
            names.write(b"\0".join(os.fsencode(file) for file in files))


def known(version: Version) -> str | None:
    """The digest of the file with this inode, time of change (ns) and size, if it was computed by now."""
    if all(process.poll() is not None for process in _ahead):
        _take_in()
    return _known.get(version)


def note(file: Path, content: bytes, digest: str | None = None) -> str:
    """The digest of a file that was just written with ``content``, known from then on; ``digest`` if it is known."""
    status = file.stat()
    found = digest or hashlib.sha256(content).hexdigest()
    _known[status.st_ino, status.st_mtime_ns, status.st_size] = found
    return found


def of(file: Path) -> str:
    """The digest of a file as it is now. Raises ``OSError``."""
    _take_in()
    with file.open("rb") as stream:
        version = _version(stream.fileno())
        if version not in _known:
            _known[version] = hashlib.sha256(stream.read()).hexdigest()
        return _known[version]


def _take_in() -> None:
    """What the processes have found, once they have come to the end."""
    while _ahead:
        with _ahead.pop() as process:
            assert process.stdout is not None
            told = process.stdout.read().splitlines()
        for found in filter(None, map(LINE.fullmatch, told)):
            inode, changed, size, digest = found.groups()
            _known[int(inode), int(changed), int(size)] = digest.decode("ascii")


def _version(descriptor: int) -> Version:
    status = os.fstat(descriptor)
    return status.st_ino, status.st_mtime_ns, status.st_size


def _tell() -> None:
    """Be the process: the version and digest of each file named on standard input, a line each."""
    for name in filter(None, sys.stdin.buffer.read().split(b"\0")):
        # A pipe among them must not be waited for.
        with suppress(OSError), os.fdopen(os.open(name, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                print(*_version(stream.fileno()), hashlib.sha256(stream.read()).hexdigest())


if __name__ == "__main__":
    _tell()
