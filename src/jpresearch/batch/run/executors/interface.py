"""What the driver knows of an executor: it takes tasks and tells what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from jpresearch.batch.job.task import Task
from jpresearch.batch.limits import Progress
from jpresearch.record import Job


@dataclass(frozen=True)
class Started:
    """The task with this key runs now; once more where it had to begin anew elsewhere."""

    key: int
    where: str


@dataclass(frozen=True)
class Advanced:
    """The task with this key has come to a cell."""

    key: int
    progress: Progress


@dataclass(frozen=True)
class Ended:
    """The task with this key is over. ``job`` is what came of it; ``None`` where that is lost, for this ``reason``."""

    key: int
    job: Job | None
    reason: str = ""


Event = Started | Advanced | Ended


class Executor(Protocol):
    """Runs tasks, several at once; used in a ``with`` statement, which leaves no process behind."""

    @property
    def here(self) -> bool:
        """Whether its jobs run on this machine, so that they can write to a folder of it."""

    def submit(self, key: int, task: Task) -> None:
        """Take a task; it starts when there is room."""

    def events(self, seconds: float) -> Sequence[Event]:
        """What happened, after waiting for it for ``seconds`` at most."""

    def cancel(self) -> None:
        """Start nothing more and ask what runs to stop; ``events`` tells of each end."""

    def kill(self) -> None:
        """End at once whatever still runs."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
