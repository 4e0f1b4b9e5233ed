"""The guard of a kernel: ends it when it passes a limit of time or memory."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from jpresearch.batch.limits import Limits
from jpresearch.record import Status

LOOK_SECONDS: Final = 0.1
# Memory is added up from the kernel's page tables: a look may cost no more than this part of a processor's time.
# Waiting for a processor does not count, or the guard would look away for seconds on a busy machine.
LARGEST_SHARE: Final = 0.1
GRACE_SECONDS: Final = 3.0
MIB: Final = 2**20
# The system, when short of memory, ends a kernel rather than the process that keeps the job's record.
VICTIM: Final = "500"


class Guard:
    """Watches one kernel from a thread of its own, from the moment it is made to ``stop``.

    A kernel that passes a limit of time is interrupted, so that the traceback shows where it was, and killed if that
    does not help; one that passes its memory is killed. ``passed`` then says which limit it was and ``status`` what it
    makes of the job.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.passed: str | None = None
        self.status = Status.TIMED_OUT
        self._began = time.monotonic()
        self._cell_began: float | None = None
        self._kernel: psutil.Process | None = None
        self._done = threading.Event()
        self._kills_before = _kills_for_memory()

    def watch(self, pid: int) -> None:
        """Watch the kernel ``pid``, the leader of its process group."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/oom_score_adj").write_text(VICTIM)
        with contextlib.suppress(psutil.NoSuchProcess):
            self._kernel = psutil.Process(pid)
        if self.limits != Limits() and self._kernel is not None:
            threading.Thread(target=self._watch, args=[self._kernel], name="guard", daemon=True).start()

    @contextlib.contextmanager
    def cell(self) -> Iterator[None]:
        """The time of one cell."""
        self._cell_began = time.monotonic()
        try:
            yield
        finally:
            self._cell_began = None

    def stop(self) -> None:
        """Watch no more."""
        self._done.set()

    def out_of_memory(self) -> bool:
        """Whether the system has ended processes for want of memory since the guard was made."""
        return _kills_for_memory() > self._kills_before

    def _watch(self, kernel: psutil.Process) -> None:
        pause = LOOK_SECONDS
        while not self._done.wait(pause):
            spent = time.thread_time()
            try:
                late, memory = self._late(), self._too_much(kernel)
            except psutil.NoSuchProcess:
                return
            if memory is not None:
                self.passed, self.status = memory, Status.KERNEL_DIED
                return _kill(kernel)
            if late is not None:
                self.passed = late
                return self._interrupt(kernel)
            pause = max(LOOK_SECONDS, (time.thread_time() - spent) / LARGEST_SHARE)

    def _late(self) -> str | None:
        now, began = time.monotonic(), self._cell_began
        of_cell, of_job = self.limits.cell_seconds, self.limits.job_seconds
        if of_job is not None and now - self._began > of_job:
            return f"the notebook passed its time limit of {of_job:g} seconds"
        if of_cell is not None and began is not None and now - began > of_cell:
            return f"the cell passed its time limit of {of_cell:g} seconds"
        return None

    def _too_much(self, kernel: psutil.Process) -> str | None:
        limit = self.limits.memory_mb
        if limit is None or _held(kernel, own=False) <= limit:
            return None
        held = _held(kernel, own=True)
        return f"the kernel passed its memory limit of {limit:g} MB (it held {held:.0f} MB)" if held > limit else None

    def _interrupt(self, kernel: psutil.Process) -> None:
        with contextlib.suppress(OSError):
            os.killpg(kernel.pid, signal.SIGINT)
        if not self._done.wait(GRACE_SECONDS):
            _kill(kernel)


def _held(kernel: psutil.Process, *, own: bool) -> float:
    """Memory in MiB of the kernel and its children: their own alone, or (quickly) with what they share."""
    held = 0
    for process in (kernel, *kernel.children(recursive=True)):
        try:
            held += process.memory_full_info().uss if own else process.memory_info().rss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            if process is kernel:
                raise
    return held / MIB


def _kill(kernel: psutil.Process) -> None:
    """End the kernel with everything it has started."""
    with contextlib.suppress(psutil.NoSuchProcess, OSError):
        family = kernel.children(recursive=True)
        if kernel.is_running():
            os.killpg(kernel.pid, signal.SIGKILL)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def _kills_for_memory() -> int:
    """How many processes the system has ended for want of memory; 0 where it does not count them."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
