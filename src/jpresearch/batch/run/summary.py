"""What a run came to, in a few lines: counts, the reason of each failure with its page, and where the reports are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from jpresearch.batch.destination import is_local
from jpresearch.batch.run.open_run import LATEST
from jpresearch.record import FILE_NAME, Job, Run, Status
from jpresearch.report import index
from jpresearch.report.notices import failure_sentence

WORDS: Final = {Status.TIMED_OUT: "timed out", Status.KERNEL_DIED: "lost their kernel"}


def counts(run: Run) -> str:
    """How many jobs ended how, and how long it took, such as ``4 jobs: 3 succeeded, 1 failed; 12 s``."""
    found = Counter(job.status for job in run.jobs)
    parts = [f"{found[status]} {WORDS.get(status, status.value)}" for status in Status if found[status]]
    jobs = f"{len(run.jobs)} job{'' if len(run.jobs) == 1 else 's'}"
    seconds = f"; {(run.ended_at - run.started_at).total_seconds():.1f} s" if run.ended_at else ""
    return f"{jobs}: {', '.join(parts)}{seconds}"


def reasons(run: Run, place: str) -> list[str]:
    """For each job that went wrong, why, and the page (or what there is of it) that shows it."""
    return [f"{job.name}: {_sentence(job)} See {_shown(job, place)}" for job in run.jobs if job.status.bad]


def index_of(folder: Path, destination: str) -> str:
    """Where the run's index is: under ``latest`` if the run is that."""
    if not is_local(destination):
        return f"{destination}/{folder.name}/{index.FILE_NAME}"
    latest = folder.parent / LATEST
    moved = latest.is_symlink() and latest.readlink().name == folder.name
    return str((latest if moved else folder) / index.FILE_NAME)


def as_json(run: Run, place: str) -> dict[str, Any]:
    """The same for programs."""
    jobs = [
        {
            "name": job.name,
            "status": job.status.value,
            "why": job.why,
            "reason": failure_sentence(job) if job.status.bad else None,
            "page": f"{place}/{job.page}" if job.page else None,
        }
        for job in run.jobs
    ]
    return {"run": run.id, "folder": place, "failed": run.failed, "jobs": jobs}


def _sentence(job: Job) -> str:
    text = failure_sentence(job)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _shown(job: Job, place: str) -> str:
    return f"{place}/{job.page or job.executed_notebook or FILE_NAME}"
