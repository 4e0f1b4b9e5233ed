"""What moved from one run to the next: lead figures, and the answer that changed most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.export.content import GOOD, Content, Report
from jpresearch.record import Job, Metric, Run
from jpresearch.report.comparison import changed_job
from jpresearch.report.history import run_folders, series_of
from jpresearch.report.lead import lead_metric
from jpresearch.report.metric_change import MetricChange

LOOKED_AT: Final = 30  # earlier runs that may be the one before
NEITHER: Final = (-1, 0.0)


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
    """What moved since the run before; ``newest`` is the report whose answer changed most, the first where none did."""

    before: Run | None
    newest: Report
    answer_changed: bool
    moved: Sequence[Move]


def run_before(content: Content) -> Run | None:
    """The newest earlier run beside it that answered one of the same questions; ``None`` where there is none."""
    asked = {series_of(report.job) for report in content.reports}
    earlier = [folder for folder in run_folders(content.folder.parent) if folder.name < content.folder.name]
    for folder in earlier[:LOOKED_AT]:
        run = _readable(folder)
        if run is not None and asked & {series_of(job) for job in run.jobs if job.status in GOOD}:
            return run
    return None


def moves(content: Content, before: Run | None) -> Moves:
    """What moved in the reports of ``content`` since ``before``."""
    ranked: list[tuple[tuple[int, float], Report]] = []
    moved: list[Move] = []
    for report in content.reports:
        earlier = None if before is None else same_job(report.job, before)
        if earlier is None:
            continue
        changes = changed_job(earlier, report.job).moved
        leads = [change for change in changes if (change.after or change.before or _NONE).lead]
        moved += [_move(report, change) for change in leads]
        if report.answer != next(iter(earlier.conclusions), ""):
            ranked.append((max((change.size for change in leads or changes), default=NEITHER), report))
    newest = max(ranked, key=lambda pair: pair[0])[1] if ranked else content.reports[0]
    return Moves(before, newest, bool(ranked), moved)


_NONE: Final = Metric(name="", value="")


def _readable(folder: Path) -> Run | None:
    try:
        run = record.read(folder)
    except DataError:
        return None
    return run if run.ended_at is not None else None


def same_job(job: Job, run: Run) -> Job | None:
    """The job of an earlier run that asked the same with success, whatever its day."""
    found = [each for each in run.jobs if each.status in GOOD and series_of(each) == series_of(job)]
    return found[-1] if found else None


def _move(report: Report, change: MetricChange) -> Move:
    return Move(report.name, _label(change), _text(change.before), _text(change.after), change.change_text)


def _label(change: MetricChange) -> str:
    return change.label[:1].upper() + change.label[1:]


def _text(metric: Metric | None) -> str:
    return "" if metric is None else lead_metric(metric).value
