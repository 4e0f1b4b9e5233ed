"""Progress of a run: a bar on a terminal, a line per finished notebook elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jpresearch.record import Job

Listener = Callable[["Job"], None]


@contextmanager
def progress(total: int) -> Iterator[Listener]:
    """A listener for the changes of jobs' states that shows them as the output allows."""
    if sys.stderr.isatty():
        with _bar(total) as listener:
            yield listener
    else:
        yield _line


def _line(job: Job) -> None:
    if job.ended_at is not None or job.started_at is None:
        print(_words(job), flush=True)


def _words(job: Job) -> str:
    seconds = job.timings_seconds.get("execute")
    reason = f" ({job.why})" if job.started_at is None else ""
    return f"{job.notebook}: {job.status}" + (f" in {seconds:.1f} s" if seconds is not None else reason)


@contextmanager
def _bar(total: int) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=total)

        def listener(job: Job) -> None:
            if job.ended_at is None and job.started_at is not None:
                bar.update(task, description=job.notebook)
                return
            bar.console.print(_words(job), markup=False, highlight=False)
            bar.advance(task)

        yield listener
        bar.update(task, description="done")
