"""Jobs on this machine: several at once, each in a process and a folder of its own."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from jpresearch.batch.job.task import Task
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.run.executors.interface import Ended, Event
from jpresearch.batch.run.executors.job_processes import JobServer, wait_for_news
from jpresearch.batch.run.executors.watched_task import WatchedTask


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Local:
    """``jobs`` at once; their kernels are forked from one preloaded process. What they leave lies in ``temporary``."""

    here: Final = True

    def __init__(self, jobs: int, temporary: Path) -> None:
        self._jobs = jobs
        self._temporary = temporary
        self._waiting: deque[tuple[int, Task]] = deque()
        self._running: list[WatchedTask] = []
        self._lost: list[Event] = []
        self._resources = ExitStack()

    def submit(self, key: int, task: Task) -> None:
        """Take a task; it starts when there is room."""
        self._waiting.append((key, task))

    def events(self, seconds: float) -> Sequence[Event]:
        """What happened, after waiting for it for ``seconds`` at most."""
        self._fill()
        if not self._lost:
            wait_for_news([watched.process for watched in self._running], seconds)
        found = [event for watched in self._running for event in watched.news()] + self._lost
        self._lost = []
        self._running = [watched for watched in self._running if not watched.ended]
        return found

    def cancel(self) -> None:
        """Start nothing more and ask what runs to stop."""
        self._lost += [Ended(key, None, "") for key, _ in self._waiting]
        self._waiting.clear()
        for watched in self._running:
            watched.stop()

    def kill(self) -> None:
        """End at once whatever still runs."""
        for watched in self._running:
            watched.kill()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            parent = stack.enter_context(KernelServer(self._temporary, isolated=True))
            self._fork_server = stack.enter_context(JobServer(self._temporary, parent.environment()))
            self._resources = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._resources.close()

    def _fill(self) -> None:
        while self._waiting and len(self._running) < self._jobs:
            key, task = self._waiting.popleft()
            try:
                self._running.append(WatchedTask(self._fork_server, key, task))
            except OSError as error:
                reason = f"no process could be started for it: {error}. {self._fork_server.last_words()}"
                self._lost.append(Ended(key, None, reason.strip()))
