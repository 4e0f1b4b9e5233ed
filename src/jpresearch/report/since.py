"""What the "since the last run" box of a page says: which figures moved, what new rows and which changes lie behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jpresearch.record import Job
from jpresearch.report.comparison import JobChange, changed_job
from jpresearch.report.metric_change import MetricChange

MOST_MOVED: Final = 6


@dataclass(frozen=True)
class Moved:
    """A metric that moved, ready to print: the figures as texts with a true minus sign, the change with its sign."""

    name: str
    before: str
    after: str
    change: str
    unit: str


@dataclass(frozen=True)
class Since:
    """The content of the box. Plain texts in the language asked for, nothing escaped yet.

    Attributes
    ----------
    previous_run : the run compared with (its id, or the moment it started where the id is not known).
    moved : the metrics that moved, largest change first.
    others : how many more moved.
    little : how many moved by less than a tenth of their interval, which are not listed.
    data : a sentence per table with new, fewer or corrected rows.
    changed : a sentence per changed parameter and part of the code.
    """

    previous_run: str
    moved: list[Moved]
    others: int
    little: int
    data: list[str]
    changed: list[str]

    @property
    def quiet(self) -> bool:
        """Whether nothing moved at all, which the box then says."""
        return not (self.moved or self.little or self.data or self.changed)


def box(
    job: Job, previous: Job | None, previous_run: str | None = None, *, lang: str = "en", most: int = MOST_MOVED
) -> Since | None:
    """What changed in ``job`` since ``previous``; ``None`` where there was no earlier run.

    Parameters
    ----------
    job : the job of the page.
    previous : the same notebook's job in the last run that went well.
    previous_run : id of that run, for the heading; by default the moment that job started.
    lang : language of the sentences, ``en`` or ``ja``.
    most : how many moved metrics are listed.
    """
    if previous is None:
        return None
    change = changed_job(previous, job)
    moved = [_moved(metric) for metric in change.moved if not metric.little]
    return Since(
        previous_run=previous_run or _started(previous),
        moved=moved[:most],
        others=max(len(moved) - most, 0),
        little=len(change.moved) - len(moved),
        data=change.data_sentences(lang),
        changed=_changed(change, lang),
    )


def _moved(metric: MetricChange) -> Moved:
    return Moved(metric.label, metric.before_text, metric.after_text, metric.change_text, metric.unit_text)


def _changed(change: JobChange, lang: str) -> list[str]:
    return [*change.parameter_sentences(lang), *change.code_sentences(lang)]


def _started(job: Job) -> str:
    return f"{job.started_at:%Y-%m-%d %H:%M}" if job.started_at else job.notebook
