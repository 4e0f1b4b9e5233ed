"""What a job process is given. Light: the driver makes tasks and never loads what performs them."""

from __future__ import annotations

import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jpresearch.batch.destination import STAGING, is_local
from jpresearch.batch.limits import NO_LIMITS, Limits
from jpresearch.batch.plan.jobs import Planned
from jpresearch.batch.redaction import Redactor
from jpresearch.record import Failure, Job, Run, Status

# Asks a job process to stop. Not SIGTERM, which nbclient handles in a way of its own.
STOP: Final = signal.SIGUSR1
NO_SECRETS: Final = Redactor()


@dataclass(frozen=True)
class Task:
    """A job with all that its process needs to know.

    Parameters
    ----------
    planned : what to execute.
    source : the notebook's file as it was when the plan was made.
    job : the job as the record has it so far.
    run : the run that it belongs to, without its jobs.
    destinations : where its files go: the run's folder, its address, or both.
    limits : what the job may use.
    secrets : what must appear nowhere.
    previous : the same job in the run that was the latest before, for its page.
    edition : the folder of the run's tables, which a worker elsewhere may not have; it has the same tables then.
    """

    planned: Planned
    source: bytes
    job: Job
    run: Run
    destinations: tuple[str, ...]
    limits: Limits = NO_LIMITS
    secrets: Redactor = NO_SECRETS
    previous: Job | None = None
    edition: str | None = None

    @property
    def staging(self) -> Path:
        """Where its files are made: beside their place, or in the temporary folder if that is elsewhere."""
        here = [Path(place) for place in self.destinations if is_local(place)]
        return (here[0] if here else Path(tempfile.gettempdir(), self.run.id)) / STAGING / self.job.name


@dataclass(frozen=True)
class Salvage:
    """A task whose process died: report on what it left, with this status and failure."""

    task: Task
    status: Status
    failure: Failure
