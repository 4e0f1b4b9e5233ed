"""Jobs on this machine: several at once, each in a process and a folder of its own."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from jpresearch.batch.assignment import Task
from jpresearch.batch.executors.attempt import Attempt
from jpresearch.batch.executors.base import Ended, Event
from jpresearch.batch.executors.processes import Stem, wait_for_news
from jpresearch.batch.preload import Parent


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
        self._running: list[Attempt] = []
        self._lost: list[Event] = []
        self._resources = ExitStack()

    def submit(self, key: int, task: Task) -> None:
        """Take a task; it starts when there is room."""
        self._waiting.append((key, task))

    def events(self, seconds: float) -> Sequence[Event]:
        """What happened, after waiting for it for ``seconds`` at most."""
        self._fill()
        if not self._lost:
            wait_for_news([attempt.process for attempt in self._running], seconds)
        found = [event for attempt in self._running for event in attempt.news()] + self._lost
        self._lost = []
        self._running = [attempt for attempt in self._running if not attempt.ended]
        return found

    def cancel(self) -> None:
        """Start nothing more and ask what runs to stop."""
        self._lost += [Ended(key, None, "") for key, _ in self._waiting]
        self._waiting.clear()
        for attempt in self._running:
            attempt.stop()

    def kill(self) -> None:
        """End at once whatever still runs."""
        for attempt in self._running:
            attempt.kill()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            parent = stack.enter_context(Parent(self._temporary, isolated=True))
            self._stem = stack.enter_context(Stem(self._temporary, parent.environment()))
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
                self._running.append(Attempt(self._stem, key, task))
            except OSError as error:
                reason = f"no process could be started for it: {error}. {self._stem.last_words()}"
                self._lost.append(Ended(key, None, reason.strip()))
