"""A month-end batch of many jobs: its cost per job, its driver's memory, and how soon a killed driver goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

from jpresearch import record

MONTHS: Final = "2014-01..2026-10"
A_YEAR_ON: Final = "2015-01-31"
FLAT: Final = 1.1
EACH_MB: Final = 0.1
SOON_SECONDS: Final = 10.0
SAMPLE_SECONDS: Final = 1.0


@dataclass
class Drive:
    """One call of the command: when it began, what its own process held over time, and the jobs that it executed."""

    began: datetime
    held_mb: list[float] = field(default_factory=list)
    jobs: list[Any] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From the first job's beginning to the last one's end."""
        return float((max(job.ended_at for job in self.jobs) - self.starts).total_seconds())

    @property
    def starts(self) -> datetime:
        """When the first job began."""
        return min(job.started_at for job in self.jobs)


def drive(command: Sequence[str], reports: Path, until: Callable[[], bool] = lambda: False) -> Drive:
    """Call the command to its end, or kill it outright once ``until`` says so."""
    found = Drive(datetime.now(UTC))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = threading.Event()
    sampler = threading.Thread(target=_sample, args=(process.pid, found.held_mb, ended))
    sampler.start()
    while process.poll() is None:
        time.sleep(SAMPLE_SECONDS)
        if until():
            process.send_signal(signal.SIGKILL)
    ended.set()
    sampler.join()
    newest = sorted(reports.glob("2*"))[-1]
    done = (job for job in record.read(newest).jobs if job.started_at and job.ended_at)
    # What was reused has the times of then.
    found.jobs = [job for job in done if job.started_at >= found.began]
    return found


def _sample(pid: int, held_mb: list[float], ended: threading.Event) -> None:
    """Note what the process itself holds (USS), without its jobs, until it has ended."""
    while not ended.wait(SAMPLE_SECONDS):
        try:
            held_mb.append(psutil.Process(pid).memory_full_info().uss / 2**20)
        except psutil.Error:
            return


def batch_of(jobs: int, names: Sequence[str]) -> list[tuple[str, str]]:
    """Notebooks at month-ends from 2014 to now, every notebook at each day, the days evenly spread."""
    from jpresearch.batch.plan.grids import month_ends

    days = month_ends(MONTHS)
    count = max(1, round(jobs / len(names)))
    chosen = sorted({days[round(place * (len(days) - 1) / max(1, count - 1))] for place in range(count)})
    return [(name, day) for day in chosen for name in names]


def write_batch(file: Path, jobs: Sequence[tuple[str, str]]) -> Path:
    """The batch file of these jobs."""
    names, days = (sorted(set(each)) for each in zip(*jobs, strict=True))
    file.write_text(json.dumps({"jobs": [{"notebooks": names, "grid": {"as_of": days}}]}))
    return file


def thousand(command: str, jobs: int, slots: int, names: Sequence[str], folder: Path, say: Callable[..., None]) -> None:
    """A tenth of the batch, then the whole one, killed at its half and called again; what each cost."""

    def call(count: int, reports: Path) -> tuple[list[str], int]:
        wanted = batch_of(count, names)
        file = write_batch(folder / f"batch_{count}.yaml", wanted)
        words = ["run", "--batch", str(file), "--jobs", str(slots), "--output", str(reports)]
        return [command, *words], len(wanted)

    few, _ = call(max(len(names), jobs // 10), folder / "few")
    many, total = call(jobs, folder / "many")
    tenth = drive(few, folder / "few")
    # Once more, all of it reused: from the second run on a driver compares it with the one before, as the other will.
    held_mb = tenth.held_mb + drive(few, folder / "few").held_mb
    pages = lambda: sum(1 for _ in (folder / "many").glob("2*/*.html"))  # noqa: E731
    killed = drive(many, folder / "many", until=lambda: pages() >= total / 2)
    before, span = len(killed.jobs), killed.seconds
    resumed = drive(many, folder / "many")
    executed = before + len(resumed.jobs)
    costs = tenth.seconds / len(tenth.jobs), (span + resumed.seconds) / executed
    say(
        f"jobs executed: a tenth; before the kill, after it ({total} in all)",
        f"{len(tenth.jobs)}; {before}, {len(resumed.jobs)}",
    )
    say("seconds per job: a tenth, whole", f"{costs[0]:.3f} s, {costs[1]:.3f} s")
    say("ratio", f"{costs[1] / costs[0]:.2f}", f"<= {FLAT:g}", costs[1] <= FLAT * costs[0])
    held = max(held_mb), max(killed.held_mb + resumed.held_mb)
    say("driver's own memory at most: a tenth, whole", f"{held[0]:.0f} MB, {held[1]:.0f} MB")
    each = (held[1] - held[0]) / max(1, executed - len(tenth.jobs))
    say(
        "for each further job, of which the record has to know", f"{each:.3f} MB", f"<= {EACH_MB:g} MB", each <= EACH_MB
    )
    wait = (resumed.starts - resumed.began).total_seconds()
    say(
        "killed at the half, called again: until the next job begins",
        f"{wait:.1f} s",
        f"<= {SOON_SECONDS:g} s",
        wait <= SOON_SECONDS,
    )
    failed = [sum(job.status == "failed" for job in each.jobs) for each in (tenth, resumed)]
    say("jobs that failed: of a tenth, after the kill", f"{failed[0]}, {failed[1]}")
