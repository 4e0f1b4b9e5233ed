"""One writer at a time per data folder."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from jpresearch import clock, transactions
from jpresearch.sources.model import SourceError

LOCK_NAME: Final = ".update.lock"
HOLDER_NAME: Final = ".update.holder"
PARTS: Final = ".*.part"
WAIT_SECONDS: Final = 30.0


@contextmanager
def sole_writer(folder: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the folder's lock; what an earlier writer left undone is carried out or removed, for no one else writes.

    Raises
    ------
    SourceError : another update holds the lock for longer than ``wait_seconds``, and the message says which; or the
        lock cannot be taken: the folder cannot be written, or what lies in the lock's place is no file.
    """
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        what = f"another update holds the lock: {_holder(folder)}"
        raise SourceError(what, str(folder), "Try again when it has ended.") from error
    except (OSError, NotImplementedError) as error:
        what = f"the lock {LOCK_NAME} cannot be taken: {getattr(error, 'strerror', None) or error}"
        raise SourceError(
            what, str(folder), "It must be a plain file that you may write; nothing was changed."
        ) from error
    try:
        transactions.complete(folder)
        transactions.close(folder)
        for part in folder.glob(PARTS):
            with suppress(OSError):
                part.unlink()
        since = f"{clock.wall().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        mine = {"process": os.getpid(), "host": platform.node(), "since": since}
        # For people alone; the lock holds without it.
        with suppress(OSError):
            (folder / HOLDER_NAME).write_text(json.dumps(mine), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER_NAME).unlink()
        lock.release()


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER_NAME).read_text(encoding="utf-8"))
        return f"process {holder['process']} on {holder['host']} since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say who it is"
