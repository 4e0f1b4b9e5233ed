"""A comparison as JSON: every figure that the page shows, and the values it rounds."""

from __future__ import annotations

from typing import Any

from jpresearch.record import Job, Metric, Run, TableRead
from jpresearch.report.answer_change import turn
from jpresearch.report.comparison import Comparison, JobChange, Setting
from jpresearch.report.metric_change import MetricChange
from jpresearch.report.table_change import TableChange


def as_json(found: Comparison) -> dict[str, Any]:
    """The comparison as plain values. Metrics that did not move are counted, not listed."""
    return {
        "before": _run(found.before),
        "after": _run(found.after),
        "same": found.same,
        "environment": [_setting(setting) for setting in found.environment],
        "jobs": [_job_change(change) for change in found.jobs],
        "only_before": [_job(job) for job in found.only_before],
        "only_after": [_job(job) for job in found.only_after],
    }


def _run(run: Run) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for job in run.jobs:
        counts[job.status.value] = counts.get(job.status.value, 0) + 1
    return {"id": run.id, "started_at": run.started_at.isoformat(), "finished": run.ended_at is not None} | {
        "statuses": counts
    }


def _job(job: Job) -> dict[str, Any]:
    return {"name": job.name, "notebook": job.notebook, "title": job.title, "status": job.status.value}


def _job_change(change: JobChange) -> dict[str, Any]:
    listed = [*change.moved, *change.only_intervals]
    return {
        "name": change.name,
        "notebook": change.after.notebook,
        "title": change.after.title,
        "same": change.same,
        "status": {"before": change.before.status.value, "after": change.after.status.value},
        "parameters": [_setting(setting) for setting in change.parameters],
        "code": change.code,
        "tables": [_table(table) for table in change.tables],
        "metrics": [_metric_change(metric) for metric in listed],
        "metrics_unchanged": len(change.metrics) - len(listed),
        "answer": {
            "before": change.before.answer,
            "after": change.after.answer,
            "change": turn(change.before.answer, change.after.answer).value,
        },
        "takeaways": {"before": change.before.conclusions, "after": change.after.conclusions},
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {"name": setting.name, "before": setting.before, "after": setting.after}


def _metric_change(change: MetricChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "before": _metric(change.before),
        "after": _metric(change.after),
        "change": change.change,
        "relative": change.relative,
        "widths": change.widths,
        "became_significant": change.significance,
        "intervals_overlap": change.overlap,
    }


def _metric(metric: Metric | None) -> dict[str, Any] | None:
    return _fields(metric, "value", "unit", "low", "high")


def _table(change: TableChange) -> dict[str, Any]:
    return {
        "table": change.table,
        "change": change.kind.value,
        "rows": change.rows,
        "corrected": change.corrected,
        "newest_period": change.newest_period,
        "says": change.sentence(),
        "before": _read(change.before),
        "after": _read(change.after),
    }


def _read(read: TableRead | None) -> dict[str, Any] | None:
    return _fields(read, "as_of", "rows", "newest_period", "content_hash")


def _fields(part: Metric | TableRead | None, *names: str) -> dict[str, Any] | None:
    return None if part is None else {name: getattr(part, name) for name in names}
