"""The run record: what ran, on what, and what came of it. Written atomically after every change of state."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from jpresearch.errors import DataError

SCHEMA_VERSION: Final = 1
FILE_NAME: Final = "record.json"


class Status(StrEnum):
    """What became of a job; ``pending`` and ``running`` only while its run goes on."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    KERNEL_DIED = "kernel_died"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    REUSED = "reused"

    @property
    def bad(self) -> bool:
        """Whether the run as a whole has failed because of it."""
        return self in {Status.FAILED, Status.TIMED_OUT, Status.KERNEL_DIED, Status.CANCELLED}


class Failure(BaseModel):
    """Why a job did not succeed: the failing cell (its number among code cells, from 1), error type and message."""

    model_config = ConfigDict(frozen=True)

    type: str
    message: str
    cell: int | None = None
    source: str | None = None


class TableRead(BaseModel):
    """A table that the notebook read: the note of ``load``, and its age on the day the report speaks of."""

    model_config = ConfigDict(frozen=True)

    table: str
    as_of: str | None
    rows: int
    newest_period: str | None
    newest_published_at: str | None
    content_hash: str
    vintage: str
    grade: str | None
    age_days: int | None = None
    allowance_days: int | None = None

    @property
    def stale(self) -> bool:
        """Whether the newest period lies further back than the table's allowance."""
        return self.age_days is not None and self.allowance_days is not None and self.age_days > self.allowance_days


class Metric(BaseModel):
    """A published metric: number, date (ISO text) or text, with the ends of its interval where it is an estimate."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: float | int | str
    unit: str | None = None
    low: float | None = None
    high: float | None = None


class Job(BaseModel):
    """One notebook of a run with its parameters, and what came of it. Paths are relative to the run's folder."""

    notebook: str
    title: str
    parameters: dict[str, Any]
    status: Status = Status.PENDING
    why: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    timings_seconds: dict[str, float] = {}
    failure: Failure | None = None
    tables: list[TableRead] = []
    metrics: list[Metric] = []
    takeaways: list[str] = []
    figures: list[str] = []
    executed_notebook: str | None = None
    page: str | None = None


class Git(BaseModel):
    """The commit of the checkout, and whether files differed from it."""

    model_config = ConfigDict(frozen=True)

    commit: str
    dirty: bool


class Run(BaseModel):
    """A run: one or more jobs, with the state of code and machine they ran under."""

    schema_version: int = SCHEMA_VERSION
    id: str
    started_at: datetime
    ended_at: datetime | None = None
    command: list[str]
    whole_collection: bool
    git: Git | None
    versions: dict[str, str]
    cores: int
    jobs: list[Job]

    @property
    def failed(self) -> bool:
        """Whether any job ended badly."""
        return any(job.status.bad for job in self.jobs)


def write(run: Run, folder: Path) -> None:
    """Write ``record.json`` in ``folder``: beside first, then moved into place."""
    text = run.model_dump_json(indent=2) + "\n"
    write_atomically(folder / FILE_NAME, text)


def write_atomically(file: Path, text: str) -> None:
    """Write ``text`` so that a reader sees the old file or the new one, never a part."""
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def read(folder: Path) -> Run:
    """The record of the run in ``folder``. Raises ``DataError`` where there is none or it cannot be read."""
    file = folder / FILE_NAME
    try:
        return Run.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError("there is no run record", str(file)) from error
    except (OSError, ValidationError, ValueError) as error:
        raise DataError(f"the run record cannot be read: {error}", str(file)) from error
