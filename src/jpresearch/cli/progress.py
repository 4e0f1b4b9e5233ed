"""Progress of a run: a live table on a terminal, a line per event elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console, Group

    from jpresearch.batch.limits import Progress
    from jpresearch.record import Job

REFRESHES_PER_SECOND = 4


class Show(Protocol):
    """What a run tells of itself while it goes on."""

    def listener(self, job: Job) -> None:
        """A job's state has changed."""

    def watcher(self, job: Job, progress: Progress) -> None:
        """A job has come to a cell."""


@contextmanager
def progress(total: int, lines: TextIO | None = None) -> Iterator[Show]:
    """Show the run of ``total`` jobs as the output allows: on a terminal a table, else lines (on standard output)."""
    if sys.stderr.isatty():
        from rich.console import Console

        with live(Board(total), Console(stderr=True)) as show:
            yield show
    else:
        yield Lines(lines or sys.stdout)


@dataclass
class Lines:
    """A line for every change of a job's state."""

    stream: TextIO

    def listener(self, job: Job) -> None:
        """Write the line."""
        # Whether somebody still listens does not matter to the run.
        with suppress(OSError, ValueError):
            print(sentence(job), file=self.stream, flush=True)

    def watcher(self, job: Job, progress: Progress) -> None:
        """Cells are too many for lines."""


@dataclass
class Under:
    """A job that runs: since when, and at which cell."""

    name: str
    since: float
    cell: int = 0
    cells: int = 0


@dataclass
class Board:
    """What the live table shows.

    Parameters
    ----------
    total : the number of jobs.
    clock : seconds that only go forward.
    """

    total: int
    clock: Callable[[], float] = time.monotonic
    ended: int = 0
    failed: int = 0
    running: dict[str, Under] = field(default_factory=dict)
    durations: list[float] = field(default_factory=list)
    most_at_once: int = 1

    def listener(self, job: Job) -> None:
        """Take in a change of a job's state."""
        if job.ended_at is None and job.started_at is not None and not job.status.bad:
            self.running[job.name] = Under(job.name, self.clock())
            self.most_at_once = max(self.most_at_once, len(self.running))
            return
        under = self.running.pop(job.name, None)
        if under is not None:
            self.durations.append(self.clock() - under.since)
        self.ended += 1
        self.failed += job.status.bad

    def watcher(self, job: Job, progress: Progress) -> None:
        """Take in that a job has come to a cell."""
        if job.name in self.running:
            self.running[job.name].cell, self.running[job.name].cells = progress.cell, progress.cells

    def seconds_left(self) -> float | None:
        """An estimate from the jobs that have ended; ``None`` before the first."""
        if not self.durations:
            return None
        usual = sum(self.durations) / len(self.durations)
        begun = sum(min(self.clock() - under.since, usual) for under in self.running.values())
        return max(0.0, (self.total - self.ended) * usual - begun) / self.most_at_once

    def __rich__(self) -> Group:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading, side in (("running", "left"), ("cell", "right"), ("elapsed", "right")):
            table.add_column(heading, justify="right" if side == "right" else "left")
        for under in self.running.values():
            cell = f"{under.cell} of {under.cells}" if under.cells else "starting"
            table.add_row(Text(under.name), cell, duration(self.clock() - under.since))
        rows = [table] if self.running else []
        return Group(*rows, Text(self._caption(), style="bold"))

    def _caption(self) -> str:
        left = self.seconds_left()
        estimate = "" if left is None or self.ended == self.total else f", about {duration(left)} left"
        return f"{self.ended} of {self.total} done, {self.failed} failed{estimate}"


@contextmanager
def live(board: Board, console: Console) -> Iterator[Show]:
    """The board on a terminal, refreshed as time goes; each job's end stays as a line above it."""
    from rich.live import Live

    with Live(board, console=console, refresh_per_second=REFRESHES_PER_SECOND, transient=True) as screen:

        @dataclass
        class OnScreen:
            def listener(self, job: Job) -> None:
                board.listener(job)
                if job.name not in board.running:
                    screen.console.print(sentence(job), markup=False, highlight=False)

            def watcher(self, job: Job, progress: Progress) -> None:
                board.watcher(job, progress)

        yield OnScreen()


def sentence(job: Job) -> str:
    """A change of a job's state in one line: ``01_a: succeeded in 2.1 s``, ``02_b: running (code changed)``."""
    reason = " ".join(job.why.split())
    if job.status.bad and job.failure is not None:
        reason = " ".join(f"{job.failure.type}: {job.failure.message}".split())
    seconds = job.timings_seconds.get("execute")
    if job.ended_at is not None and seconds is not None and job.reused_from is None:
        took = f" in {seconds:.1f} s"
        return f"{job.name}: {job.status}{took}" + (f" ({reason})" if job.status.bad else "")
    return f"{job.name}: {job.status} ({reason})"


def duration(seconds: float) -> str:
    """Seconds as ``41 s`` or ``2 min 05 s``."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"
