"""One task in its process, watched: its steps as events, its end whatever it is."""

from __future__ import annotations

import time
from typing import Final

from jpresearch.batch.job.task import STOP, Salvage, Task
from jpresearch.batch.limits import Progress
from jpresearch.batch.run.executors.interface import Advanced, Ended, Event, Started
from jpresearch.batch.run.executors.job_processes import JobProcess, JobServer
from jpresearch.record import Failure, Job, Status

# The process enforces the job's time limit itself; one that does not answer is ended from outside this much later.
ALLOWANCE_SECONDS: Final = 60


class WatchedTask:
    """A task under way. Where its process dies, another makes a page of what it left, once."""

    def __init__(self, fork_server: JobServer, key: int, task: Task) -> None:
        self.key = key
        self.task = task
        self.ended = False
        self._fork_server = fork_server
        self._salvaging = False
        self._unwanted = False
        self._late = False
        limit = task.limits.job_seconds
        self._deadline = None if limit is None else time.monotonic() + limit + ALLOWANCE_SECONDS
        self.process = self._start(task)

    def news(self) -> list[Event]:
        """What happened since; the last is ``Ended``."""
        said, over = self.process.messages()
        found: list[Event] = []
        for message in said:
            if isinstance(message, Progress):
                found.append(Advanced(self.key, message))
            elif isinstance(message, Job):
                return [*found, self._end(message, "")]
            elif not self._salvaging:
                found.append(Started(self.key, str(message)))
        if over or (self._unwanted and self.process.pid is None):
            found.extend(self._died())
        elif self._deadline is not None and time.monotonic() > self._deadline:
            self._deadline, self._late = None, True
            self.process.kill()
        return found

    def stop(self) -> None:
        """Ask the process to stop; one that has not begun never will."""
        self._unwanted = True
        self.process.signal(STOP)

    def kill(self) -> None:
        """End the process; nothing more is made of what it leaves."""
        self._unwanted = True
        self.process.kill()

    def _start(self, task: Task | Salvage) -> JobProcess:
        process = self._fork_server.fork()
        process.send(task)
        return process

    def _died(self) -> list[Event]:
        reason = self.process.reason()
        if self._salvaging or self._unwanted:
            return [self._end(None, reason)]
        self._salvaging = True
        self.process.close()
        try:
            self.process = self._start(self._salvage(reason))
        except OSError:
            return [self._end(None, f"{reason}. {self._fork_server.last_words()}".strip())]
        return []

    def _salvage(self, reason: str) -> Salvage:
        if self._late:
            words = f"the job did not stop at its time limit of {self.task.limits.job_seconds:g} seconds"
            return Salvage(self.task, Status.TIMED_OUT, Failure(type="TimedOut", message=words))
        return Salvage(self.task, Status.FAILED, Failure(type="ProcessDied", message=self.task.secrets.text(reason)))

    def _end(self, job: Job | None, reason: str) -> Ended:
        self.ended = True
        self.process.close()
        return Ended(self.key, job, reason)
