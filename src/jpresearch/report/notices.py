"""What a reader must know before the first figure: that a run did not finish, that a table is old."""

from __future__ import annotations

from jpresearch.payloads import Bad
from jpresearch.record import Job, Status
from jpresearch.report.phrases import phrase


def failure_sentence(job: Job, lang: str = "en") -> str:
    """Why the job did not succeed, in one sentence."""
    place = phrase("in_cell", lang, cell=job.failure.cell) if job.failure and job.failure.cell else ""
    known = job.status in (Status.FAILED, Status.TIMED_OUT, Status.KERNEL_DIED)
    text = phrase(f"was_{job.status.value}" if known else "was_cancelled", lang, place=place)
    return f"{text}: {job.failure.type}: {job.failure.message}" if job.failure else f"{text}."


def bad_sentence(bad: Bad, lang: str = "en") -> str:
    """That an output was refused: its cell, its kind and why."""
    return phrase("bad_output", lang, cell=bad.cell, kind=bad.kind, what=bad.what)


def stale_sentences(job: Job, lang: str = "en") -> list[str]:
    """A sentence with its newest day for each table that is older than its allowance."""
    return [
        phrase(
            "stale", lang, table=table.table, day=table.newest_period, age=table.age_days, usual=table.allowance_days
        )
        for table in job.tables
        if table.stale
    ]
