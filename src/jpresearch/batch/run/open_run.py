"""A run's folder while the run goes on: locked, its record true at every moment, closed whatever happens.

A run whose driver died leaves its lock free; the next run finds it and closes its record.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from jpresearch import clock, record
from jpresearch.batch.destination import STAGING, fetch, is_local, upload
from jpresearch.errors import DataError
from jpresearch.record import Failure, Run, Status
from jpresearch.report import comparison_page, history, index, metrics_file

LOCK: Final = ".lock"
LOCK_SECONDS: Final = 10.0
LATEST: Final = "latest"
PREVIOUS: Final = "previous"
# A record of this size is written at every change, a larger one rests between.
SMALL_BYTES: Final = 1_000_000
REST: Final = 20
TEMPORARY_PREFIX: Final = "jpr-"
OPEN: Final = (Status.PENDING, Status.RUNNING)
# What a closed run has of its own beside the files of its jobs (the comparison where there is a run to compare it
# with); the record last, for it says that all is there.
SUMMARIES: Final = (metrics_file.FILE_NAME, comparison_page.FILE_NAME, index.FILE_NAME, record.FILE_NAME)


class OpenRun:
    """The run's record in its folder, and at its address if it has one.

    Used in a ``with`` statement: the folder is made and locked at the start; at the end no job stays open, and record
    and index say so; where they cannot be written the lock stays behind, for the next run to do it. ``temporary`` is a
    folder for everything else, removed at the end.

    Raises
    ------
    DataError : the folder cannot be made, or the record cannot be written at the end.
    """

    def __init__(self, state: Run, reports: Path, destination: str) -> None:
        self.state = state
        self.reports = reports
        self.folder = reports / state.id
        self.address = None if is_local(destination) else f"{destination}/{state.id}"
        self._held = contextlib.ExitStack()
        self._next_write = 0.0
        self._behind = False

    def write(self) -> bool:
        """Write the record; whether that worked. A full disk may have room again at the next change.

        The record of a great many jobs is not written at every change, or that would cost more the more jobs there
        are: it waits, twenty times as long as its last writing took, for ``catch_up`` or the next change.
        """
        began = time.monotonic()
        self._behind = began < self._next_write
        if self._behind:
            return True
        try:
            record.write(self.state, self.folder)
            large = (self.folder / record.FILE_NAME).stat().st_size > SMALL_BYTES
        except OSError:
            return False
        copied = self.copy_out([record.FILE_NAME])
        if large:
            ended = time.monotonic()
            self._next_write = ended + REST * (ended - began)
        return copied

    def catch_up(self) -> None:
        """Write what changed while the record waited, once its time has come."""
        if self._behind:
            self.write()

    def copy_out(self, names: list[str]) -> bool:
        """Copy files of the folder to the run's address, if it has one; whether that worked."""
        if self.address is None:
            return True
        try:
            upload([self.folder / name for name in names], self.address)
        except OSError:
            return False
        return True

    def destinations(self, *, here: bool) -> tuple[str, ...]:
        """Where jobs hand their files to: jobs on other machines to the address alone, if there is one."""
        own = str(self.folder)
        if self.address is None:
            return (own,)
        return (own, self.address) if here else (self.address,)

    def fetch(self, names: list[str]) -> bool:
        """Have the files of a job in the folder, also where only the address got them; whether that worked."""
        missing = [name for name in names if not (self.folder / name).is_file()]
        if not missing or self.address is None:
            return not missing
        try:
            fetch(missing, self.address, self.folder)
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        self.temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
        self._held.callback(shutil.rmtree, self.temporary, ignore_errors=True)
        try:
            self.folder.mkdir(parents=True)
            note = {"temporary": str(self.temporary), "destination": self.address}
            self._held.enter_context(_locked(self.folder / LOCK, note))
            record.write(self.state, self.folder)
        except OSError as error:
            self._held.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise DataError(f"the folder for reports cannot be written: {error}", str(self.folder)) from error
        if not self.copy_out([record.FILE_NAME]):
            self._held.close()
            raise DataError("nothing can be written there", self.address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._held:
            shutil.rmtree(self.folder / STAGING, ignore_errors=True)
            written = _close(self.state, self.folder, "the run ended before this notebook did", clock.wall())
            if written:
                (self.folder / LOCK).unlink(missing_ok=True)
            if not (written and self.copy_out(_summaries(self.folder))) and error is None:
                raise DataError("the run's record could not be written", self.address or str(self.folder))


def _summaries(folder: Path) -> list[str]:
    compared = (folder / comparison_page.FILE_NAME).is_file()
    return [name for name in SUMMARIES if compared or name != comparison_page.FILE_NAME]


def close_dead_runs(reports: Path) -> list[str]:
    """Close the record of every run whose driver is gone; their ids."""
    closed = []
    for lock in sorted(reports.glob(f"*/{LOCK}")):
        with _taken(lock) as note:
            if note is not None and _bury(lock.parent, note):
                closed.append(lock.parent.name)
                lock.unlink(missing_ok=True)
    return closed


def in_progress(folder: Path) -> bool:
    """Whether a driver holds the run's folder."""
    with _taken(folder / LOCK) as note:
        return note is None


def point_latest(reports: Path, folder: Path, *, wait_seconds: float = LOCK_SECONDS) -> str | None:
    """``latest`` becomes a relative link to the run, in one step, and ``previous`` to what it was.

    A run that began before the one it points to leaves it alone: two may end in another order than they began. One
    that a clock far ahead has dated does not count. Why it could not be moved is said, the run stands without.
    """
    try:
        with _locked(reports / LOCK, {}, wait_seconds):
            _point(reports, folder)
    except OSError as error:
        return f"{reports / LATEST} still leads where it did: {error}"
    return None


def _point(reports: Path, folder: Path) -> None:
    latest = reports / LATEST
    if latest.is_dir() and not latest.is_symlink():
        raise OSError("it is a folder, not a link, as in a copy; move it away")
    before = latest.readlink().name if latest.is_symlink() else None
    known = before is not None and (reports / before).is_dir()
    if before is not None and known and folder.name < before <= _newest_id():
        return
    if before is not None and known and before != folder.name:
        _link(reports / PREVIOUS, before)
    _link(latest, folder.name)


def _newest_id() -> str:
    """What no run's name exceeds, but for a minute by which clocks may differ."""
    return f"{clock.wall() + timedelta(minutes=1):%Y%m%d-%H%M%S}~"


def _link(link: Path, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix=".link-", dir=link.parent) as beside:
        fresh = Path(beside) / link.name
        fresh.symlink_to(name, target_is_directory=True)
        fresh.replace(link)


def _bury(folder: Path, note: dict[str, str | None]) -> bool:
    """Close the record of a dead run; ``False`` where it had not written one, so that it may only be beginning."""
    file = folder / record.FILE_NAME
    try:
        state = record.read(folder)
        last_sign = datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone(clock.TOKYO)
    except (DataError, OSError):
        return False
    if state.ended_at is None:
        _keep_partial(state, folder)
        _close(state, folder, "the run ended before this notebook did: its process was gone", last_sign)
        if note.get("destination"):
            with contextlib.suppress(OSError):
                upload([folder / name for name in _summaries(folder)], str(note["destination"]))
    shutil.rmtree(folder / STAGING, ignore_errors=True)
    temporary = Path(note.get("temporary") or "")
    if temporary.parent == Path(tempfile.gettempdir()) and temporary.name.startswith(TEMPORARY_PREFIX):
        shutil.rmtree(temporary, ignore_errors=True)
    return True


def _keep_partial(state: Run, folder: Path) -> None:
    """The notebooks that were running when the driver died, as far as they had come; they hold no secrets."""
    for job in state.jobs:
        partial = folder / STAGING / job.name / f"{job.name}.ipynb"
        if job.status is Status.RUNNING and partial.is_file():
            partial.replace(folder / partial.name)
            job.executed_notebook = partial.name


def _close(state: Run, folder: Path, reason: str, moment: datetime) -> bool:
    """No job stays pending or running, and record and index say so; whether they could be written."""
    for job in state.jobs:
        if job.status in OPEN:
            job.status = Status.CANCELLED
            job.failure = job.failure or Failure(type="Interrupted", message=reason)
            job.ended_at = moment if job.started_at else None
    state.ended_at = moment
    try:
        record.write(state, folder)
        history.remember(state, folder)
        metrics_file.write_metrics(state, folder)
        with contextlib.suppress(OSError):
            comparison_page.write_against_previous(state, folder)
        index.write_index(state, folder)
    except OSError:
        return False
    return True


@contextmanager
def _locked(file: Path, note: dict[str, str | None], wait_seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the file's lock, waiting a little for it. Raises ``OSError`` where another keeps it."""
    with file.open("a+", encoding="utf-8") as stream:
        _take(stream, wait_seconds)
        stream.truncate(0)
        stream.write(json.dumps(note))
        stream.flush()
        yield


def _take(stream: IO[str], wait_seconds: float) -> None:
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise OSError(f"another process has held {stream.name} for {wait_seconds:g} seconds") from error
            time.sleep(0.05)
        else:
            return


@contextmanager
def _taken(file: Path) -> Iterator[dict[str, str | None] | None]:
    """The note in a lock file while we hold the lock; ``None`` if another does. No file is a free lock."""
    try:
        stream: IO[str] = file.open("r+", encoding="utf-8")
    except FileNotFoundError:
        yield {}
        return
    except OSError:
        # Another user's, or no file at all: not ours to close.
        yield None
        return
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield _note(stream)


def _note(stream: IO[str]) -> dict[str, str | None]:
    """What a lock file says; nothing where it is damaged."""
    try:
        found = json.load(stream)
    except ValueError:
        return {}
    texts = found.items() if isinstance(found, dict) else ()
    return {name: value for name, value in texts if isinstance(name, str) and isinstance(value, str)}
