"""A kernel that died or was ended: the error that says so, and in what words.

``papermill_engine`` meets the death, ``limit_guard`` causes it where a limit is passed, and where a job's whole process
died ``run.executors.watched_task`` has a page made of what it left.
"""

from __future__ import annotations

import signal
from typing import Any

from jpresearch.batch.kernels.limit_guard import Guard
from jpresearch.errors import JPResearchError
from jpresearch.record import Status


class Stopped(JPResearchError):
    """A notebook that did not end by itself: its time was over or its kernel died, in code cell ``cell`` (from 1)."""

    def __init__(self, what: str, status: Status, cell: int | None = None, source: str | None = None) -> None:
        super().__init__(what)
        self.args = (what, status, cell, source)
        self.status = status
        self.cell = cell
        self.source = source


def words_of_death(process: Any, guard: Guard) -> str:
    """How the kernel process (a ``Popen`` or ``Forked``) ended, as a clause: by its guard, by the system, by itself."""
    if guard.passed is not None:
        return guard.passed
    words = _end_of(process)
    return f"{words}, the system being out of memory" if guard.out_of_memory() else words


def _end_of(process: Any) -> str:
    code = process.poll() if process is not None else None
    if code is None:
        return "the kernel no longer answers"
    if getattr(process, "lost", False):
        return "the kernel was killed because the preloaded parent it came from had ended"
    if code >= 0:
        return f"the kernel ended with exit code {code}"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"the kernel was killed by signal {-code}{name}"
