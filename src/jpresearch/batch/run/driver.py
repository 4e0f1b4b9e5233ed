"""The driver of a run: reuses what has not changed, gives the rest to an executor, and keeps the record true."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from jpresearch import clock, folders, record
from jpresearch.batch.job.task import Task
from jpresearch.batch.limits import Limits, Progress
from jpresearch.batch.plan.jobs import AS_OF, Plan, Planned
from jpresearch.batch.redaction import Redactor
from jpresearch.batch.reuse.unchanged_job import PAGE, Earlier, Reuse
from jpresearch.batch.run.interruption import Interruption
from jpresearch.batch.run.open_run import LATEST, OPEN, OpenRun
from jpresearch.equal_parts import EqualParts
from jpresearch.errors import DataError, NotebookInvalid, without_logins
from jpresearch.record import Failure, Job, Status

if TYPE_CHECKING:
    from jpresearch.batch.run.executors.interface import Ended, Event, Executor

FORCED: Final = "asked for with --force"
HEARTBEAT_SECONDS: Final = 0.2
GRACE_SECONDS: Final = 10.0

Listener = Callable[[Job], None]
Watcher = Callable[[Job, Progress], None]


@dataclass
class Driver:
    """A run in progress; jobs are known by their place in the plan.

    Parameters
    ----------
    plan : what to run.
    open_run : the run's folder and record.
    reuse : successes of earlier runs.
    secrets : per job, what must appear nowhere.
    fix_tables : called before the first job runs: from then on all read the tables as they are at that moment;
        whether these are still what the run began with.
    make_executor : called when the first job is found that has to run.
    limits, force : as in ``running.Options``.
    listener, watcher : told of every change of a job's state, and of every cell.
    interruption : whether to stop.
    """

    plan: Plan
    open_run: OpenRun
    reuse: Reuse
    secrets: list[Redactor]
    fix_tables: Callable[[], bool]
    make_executor: Callable[[], Executor]
    limits: Limits
    force: bool
    listener: Listener
    watcher: Watcher
    interruption: Interruption
    _open: set[int] = field(default_factory=set)
    # One copy of a notebook's content for all of its jobs.
    _sources: dict[bytes, bytes] = field(default_factory=dict)
    _parts: EqualParts = field(default_factory=EqualParts)

    def go(self) -> None:
        """Reuse and execute until all has ended or the run is interrupted."""
        undecided = list(self._jobs)
        waiting = self._unsettled()
        first = next(waiting, None)
        if first is not None and not self.fix_tables():
            self._take_back(undecided)
            waiting = self._unsettled()
            first = next(waiting, None)
        if first is None:
            return
        with self.make_executor() as executor:
            # Its processes load, while we decide on.
            todo = [first, *waiting]
            if not self.interruption.requests:
                for key in sorted(todo, key=self._longest_first):
                    self._submit(key, self.plan.jobs[key], executor)
                self._follow(executor)

    def _unsettled(self) -> Iterator[int]:
        """The jobs that need execution, while the others are settled; it ends where the run is to stop."""
        for key, planned in enumerate(self.plan.jobs):
            if self.interruption.requests:
                return
            if not self._settled(key, planned):
                yield key

    def _take_back(self, undecided: list[Job]) -> None:
        """Jobs that were answered from earlier results are open again, as the tables have changed since.

        Their files stay: they are what is remembered of those successes now.
        """
        self._jobs[:] = undecided

    def _longest_first(self, key: int) -> float:
        """The rank of a job: what is unknown or takes long begins early, so that no slot ends long after the others."""
        seconds = self.reuse.seconds(self.plan.jobs[key])
        return float("-inf") if seconds is None else -seconds

    def _settled(self, key: int, planned: Planned) -> bool:
        """Whether the job needs no execution: it cannot run, or an earlier success still holds."""
        job = self._jobs[key]
        if job.status not in OPEN:
            self.listener(job)
            return True
        decision = self.reuse.decide(planned, self.open_run.state.day)
        job.why = FORCED if self.force else self.secrets[key].text(decision.why)
        return not self.force and decision.earlier is not None and self._reuse(key, decision.earlier)

    def _reuse(self, key: int, earlier: Earlier) -> bool:
        """Copy the earlier success into this run; whether that worked."""
        job = self._jobs[key]
        try:
            reused = self.reuse.copy(earlier, self.open_run.folder, job.name, self.open_run.state.day)
        except OSError as error:
            job.why = f"its earlier result could not be copied: {error}"
            return False
        reused.why = job.why
        reused.share(self._parts)
        self._jobs[key] = reused
        self.open_run.copy_out(reused.files)
        # The record follows when all is decided: a copy takes no longer than a record.
        self.listener(reused)
        return True

    def _submit(self, key: int, planned: Planned, executor: Executor) -> None:
        """Give the job to the executor, with its notebook as it is now; one that is gone since has failed."""
        job = self._jobs[key]
        try:
            job.fingerprint = self.reuse.fingerprint(planned)
            content = planned.notebook.path.read_bytes()
            source = self._sources.setdefault(content, content)
        except (NotebookInvalid, OSError) as error:
            job.status, job.failure = Status.FAILED, Failure(type=type(error).__name__, message=str(error))
            self._tell(job)
            return
        task = Task(
            planned=planned,
            source=source,
            job=job.model_copy(),
            run=self.open_run.state.model_copy(update={"jobs": self._beside}),
            destinations=self.open_run.destinations(here=executor.here),
            limits=self.limits,
            secrets=self.secrets[key],
            previous=self._previous.get(_identity(job)),
            edition=os.environ.get(folders.EDITION_VARIABLE),
        )
        executor.submit(key, task)
        self._open.add(key)

    @cached_property
    def _beside(self) -> list[Job]:
        """The first job of each notebook as the bar of each page names it, with the page that it will have.

        Not all jobs: every task carries these, and a batch has thousands.
        """
        first = {job.notebook: job for job in reversed(self._jobs)}
        return [
            Job(
                name=job.name,
                notebook=job.notebook,
                title=job.title,
                parameters={},
                status=job.status,
                why=job.why,
                page=None if job.status is Status.SKIPPED else f"{job.name}{PAGE}",
            )
            for job in first.values()
        ]

    @cached_property
    def _previous(self) -> dict[Any, Job]:
        """The jobs of the run that was the latest when this one began, by notebook, parameters and language."""
        try:
            latest = record.read(self.open_run.reports / LATEST)
        except DataError:
            return {}
        done = [job for job in latest.jobs if job.status in (Status.SUCCEEDED, Status.REUSED)]
        return {_identity(job): job for job in done}

    def _follow(self, executor: Executor) -> None:
        """Take in what happens until no job is open; when interrupted, wait a little for what runs, then end it."""
        self.open_run.write()
        deadline: float | None = None
        while self._open:
            try:
                for event in executor.events(HEARTBEAT_SECONDS):
                    self._take_in(event)
                self.open_run.catch_up()
            except KeyboardInterrupt:
                self.interruption.request()
            if self.interruption.requests and deadline is None:
                deadline = time.monotonic() + GRACE_SECONDS
                executor.cancel()
            if deadline is not None and (self.interruption.requests > 1 or time.monotonic() > deadline):
                executor.kill()
                return

    def _take_in(self, event: Event) -> None:
        from jpresearch.batch.run.executors.interface import Advanced, Started

        if event.key not in self._open:
            return
        job = self._jobs[event.key]
        if isinstance(event, Advanced):
            self.watcher(job, event.progress)
        elif isinstance(event, Started):
            job.status, job.started_at = Status.RUNNING, clock.wall()
            self._tell(job)
        else:
            self._end(event)

    def _end(self, event: Ended) -> None:
        self._open.discard(event.key)
        submitted = self._jobs[event.key]
        job = event.job or self._lost(submitted, self._plain(event))
        job.share(self._parts)
        if not self.open_run.fetch(job.files):
            job.status, job.failure = Status.FAILED, Failure(type="OSError", message="its files could not be fetched")
        if job.status is Status.SUCCEEDED:
            with contextlib.suppress(OSError):
                self.reuse.remember(self.plan.jobs[event.key], job, self.open_run.folder)
        self._jobs[event.key] = job
        self._tell(job)

    def _lost(self, job: Job, reason: str) -> Job:
        """The job whose process gave no answer: cancelled if we ended it, failed if something else did."""
        if self.interruption.requests:
            words = "the run was interrupted while this notebook ran" if job.started_at else "the run was interrupted"
            status, failure = Status.CANCELLED, Failure(type="Interrupted", message=words)
        else:
            status, failure = Status.FAILED, Failure(type="ProcessDied", message=reason)
        ended = clock.wall() if job.started_at else None
        return job.model_copy(update={"status": status, "failure": failure, "ended_at": ended})

    def _plain(self, event: Ended) -> str:
        """Why a job gave no answer, without secrets: a scheduler or a worker may have said it."""
        return without_logins(self.secrets[event.key].text(event.reason))

    def _tell(self, job: Job) -> None:
        self.open_run.write()
        self.listener(job)

    @property
    def _jobs(self) -> list[Job]:
        return self.open_run.state.jobs


def _identity(job: Job) -> tuple[str, str, str]:
    """What makes two jobs the same but for their day."""
    parameters = {name: value for name, value in job.parameters.items() if name != AS_OF}
    return job.notebook, job.lang, repr(sorted(parameters.items()))
