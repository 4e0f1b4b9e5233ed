"""What moved from one run to the next: lead figures, and the answer that changed most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jpresearch.export.content import GOOD, Content, Report
from jpresearch.record import Job, Metric, Run
from jpresearch.report import history, news
from jpresearch.report.answer_change import Turn, turn
from jpresearch.report.comparison import JobChange, changed_job
from jpresearch.report.lead import lead_metric
from jpresearch.report.metric_change import MetricChange


@dataclass(frozen=True)
class Move:
    """A lead figure that moved, in texts; an empty text where one of the runs did not publish it."""

    report: str
    label: str
    before: str
    now: str
    change: str


@dataclass(frozen=True)
class Moves:
    """What moved since the run before; ``newest`` is the report whose answer changed most, the first where none did.

    ``news`` are sentences on answers, the largest move and the data; none where there is nothing to compare with.
    """

    before: Run | None
    newest: Report
    news: Sequence[str]
    moved: Sequence[Move]


def run_before(content: Content) -> Run | None:
    """The earlier run that the index compares this one with; ``None`` where there is none to read."""
    earlier = history.run_before(content.run, content.folder)
    return None if earlier is None else earlier[1]


def moves(content: Content, before: Run | None) -> Moves:
    """What moved in the reports of ``content`` since ``before``."""
    earlier = [(report, same_job(report.job, before)) for report in content.reports] if before is not None else []
    changed = [(report, changed_job(job, report.job)) for report, job in earlier if job is not None]
    moved = [_move(report, each) for report, change in changed for each in change.moved if _leads(each)]
    ranked = [(_size(change), report) for report, change in changed if _size(change)[0]]
    newest = max(ranked, key=lambda pair: pair[0])[1] if ranked else content.reports[0]
    return Moves(before, newest, news.sentences([change for _, change in changed], content.lang), moved)


def same_job(job: Job, run: Run) -> Job | None:
    """The job of an earlier run that asked the same with success, whatever its day."""
    asked = history.series_of(job)
    found = [each for each in run.jobs if each.status in GOOD and history.series_of(each) == asked]
    return found[-1] if found else None


def _size(change: JobChange) -> tuple[int, tuple[int, float]]:
    """How much an answer changed: in words before in figures, then by the largest move of a lead figure."""
    turned = {Turn.SAME: 0, Turn.FIGURES: 1, Turn.WORDS: 2}[turn(change.before.answer, change.after.answer)]
    sizes = [each.size for each in change.moved if _leads(each)] or [each.size for each in change.moved]
    return turned, max(sizes, default=(0, 0.0))


def _leads(change: MetricChange) -> bool:
    return any(metric.lead for metric in (change.before, change.after) if metric is not None)


def _move(report: Report, change: MetricChange) -> Move:
    return Move(report.name, _label(change), _text(change.before), _text(change.after), change.change_text)


def _label(change: MetricChange) -> str:
    return change.label[:1].upper() + change.label[1:]


def _text(metric: Metric | None) -> str:
    return "" if metric is None else lead_metric(metric).value
