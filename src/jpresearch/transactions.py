"""Files of one folder that change together or not at all, whenever the process is killed and however full the disk is.

The new contents are written beside the old ones and reach the disk. A journal that names them is then moved into place:
from that instant the change counts, and whoever reads the folder next carries it out where the writer could not. So no
reader sees one file new and another old. Writers hold the folder's lock; readers need none, since carrying out a
change twice does nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from jpresearch.errors import DataError

JOURNAL: Final = ".update.journal"
BESIDE: Final = ".part"
ALL_ACCESS: Final = 0o777


def replace_together(contents: Mapping[Path, str]) -> None:
    """Give files of one folder new contents (text by path, written as UTF-8); the caller holds the folder's lock.

    Raises
    ------
    OSError : the contents could not be written; every file is as it was.
    DataError : the change counts but is not carried out yet; the next reader or writer does that.
    """
    (folder,) = {path.parent for path in contents}
    journal = folder / JOURNAL
    staged: dict[Path, Path] = {}
    try:
        for path, text in contents.items():
            staged[path] = _staged(path, text)
        moves = json.dumps({path.name: beside.name for path, beside in staged.items()})
        staged[journal] = _staged(journal, moves)
        staged[journal].replace(journal)
    except BaseException:
        if not journal.exists():
            for beside in staged.values():
                beside.unlink(missing_ok=True)
        raise
    _reach_disk(folder)
    complete(folder)
    close(folder)


def complete(folder: Path) -> None:
    """Carry out a change that the folder's journal names; without a journal, and done twice, nothing.

    Raises
    ------
    DataError : a file cannot be moved into its place.
    """
    try:
        moves = json.loads((folder / JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _unfinished(folder, error) from error
    for name, beside in moves.items():
        try:
            # Names alone count, so that a journal reaches nothing but the folder's files; a link stays one.
            target = (folder / Path(name).name).resolve()
            (target.parent / Path(beside).name).replace(target)
        except FileNotFoundError:
            # Another process has moved it.
            continue
        except OSError as error:
            raise _unfinished(folder, error) from error


def close(folder: Path) -> None:
    """Remove the journal of a change that is carried out; only for who holds the folder's lock."""
    with suppress(OSError):
        (folder / JOURNAL).unlink(missing_ok=True)


def _staged(path: Path, text: str) -> Path:
    """``text`` in a new file beside ``path`` (beside the file itself where that is a link), on the disk."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=BESIDE)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(path.stat().st_mode & ALL_ACCESS if path.exists() else 0o644)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _reach_disk(folder: Path) -> None:
    """The folder's own entries; not every system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unfinished(folder: Path, error: Exception) -> DataError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return DataError(
        f"an update of the tables was interrupted and cannot be carried out: {reason}",
        str(folder),
        "Give write access to the folder, or make room there; the next call carries it out.",
    )
