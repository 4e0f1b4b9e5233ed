"""What a reader must know before the first figure: that a run did not finish, that a table is old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jpresearch.record import Job, Status, TableRead
from jpresearch.report.phrases import phrase

if TYPE_CHECKING:
    from jpresearch.payloads import Bad

NAMED_SERIES: Final = 4


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
    """A sentence for each table that is older than its allowance as a whole, or in some of its series."""
    found = [_stale(table, lang) if table.stale else _late(table, lang) for table in job.tables]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _stale(table: TableRead, lang: str) -> str:
    day, age, usual = table.newest_period, table.age_days, table.allowance_days
    return phrase("stale", lang, table=table.table, day=day, age=age, usual=usual)


def _late(table: TableRead, lang: str) -> str:
    """The late series by name, the oldest first; past a few their number."""
    late = table.late_series
    if not late:
        return ""
    named = [
        phrase(
            "late_one", lang, series=each.series, day=each.newest_period, age=each.age_days, usual=each.allowance_days
        )
        for each in late[:NAMED_SERIES]
    ]
    if len(late) > NAMED_SERIES:
        named.append(phrase("late_more", lang, count=len(late) - NAMED_SERIES))
    return phrase("late_series", lang, table=table.table, series="; ".join(named))
