"""Files read and written whole: never a pipe at which one waits, never a part that a reader could see."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path


def plain_bytes(file: Path) -> bytes:
    """What a regular file holds; in a shared folder a name may be a pipe, at which one waits for ever, or a device.

    Raises
    ------
    OSError : it is missing, may not be read, or is no regular file.
    """
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(file))
        return stream.read()


def plain_text(file: Path) -> str:
    """The same as UTF-8. Raises ``OSError``, and ``UnicodeDecodeError`` where it is other text or none."""
    return plain_bytes(file).decode("utf-8")


def write_atomically(file: Path, *content: str | bytes) -> None:
    """Write the ``content``, one after the other, so that a reader sees the old file or the new one, never a part.

    Half a surrogate pair, which no file can hold, is written as the escape by which JSON and Python know it.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        # Who may read it is for the umask to say.
        with beside.open("xb") as stream:
            for part in content:
                stream.write(part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
