"""Whether the rules of a watch file fire on a run's record. Nothing is run: a record is read, and the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jpresearch.batch.watch.rules_file import Rule
from jpresearch.errors import UnknownName
from jpresearch.record import Job, Metric, Run
from jpresearch.report.printed_numbers import number, plain, signed


@dataclass(frozen=True)
class Alert:
    """A rule that fired, and why, in a line."""

    rule: Rule
    line: str


def fired(rules: Sequence[Rule], run: Run, before: Run | None) -> list[Alert]:
    """The rules that fire on ``run``, in order; ``before`` is the run to compare with, where there is one.

    Raises
    ------
    UnknownName : a notebook or metric that the run does not have, with those it has. A metric that could not be had
        on the day is not crossed; one that no run publishes is a mistake in the rule.
    """
    found = []
    for rule in rules:
        said = _said(rule, run, before)
        if said:
            found.append(Alert(rule, f"{rule.words}: {said}" if rule.words else said))
    return found


def _said(rule: Rule, run: Run, before: Run | None) -> str | None:
    job = _job(rule, run)
    if rule.kind == "late":
        late = [f"{read.table} to {read.newest_period}" for read in job.tables if read.stale or read.late_series]
        return f"{rule.notebook}: late: {', '.join(late)}" if late else None
    metric = _metric(rule, job)
    earlier = None if before is None else _earlier(rule, before)
    return _crossed(rule, metric) if rule.kind in ("above", "below") else _moved(rule, metric, earlier)


def _job(rule: Rule, run: Run) -> Job:
    jobs = [job for job in run.jobs if rule.notebook in (job.name, job.notebook)]
    if not jobs:
        raise UnknownName.of("notebook of this run", rule.notebook, [job.name for job in run.jobs], rule.place)
    return jobs[-1]


def _metric(rule: Rule, job: Job) -> Metric:
    for metric in job.metrics:
        if metric.name == rule.metric:
            return metric
    raise UnknownName.of("metric", rule.metric, [metric.name for metric in job.metrics], rule.place)


def _earlier(rule: Rule, before: Run) -> Metric | None:
    jobs = [job for job in before.jobs if rule.notebook in (job.name, job.notebook)]
    return next((metric for job in jobs for metric in job.metrics if metric.name == rule.metric), None)


def _crossed(rule: Rule, metric: Metric) -> str | None:
    if not number(metric.value):
        raise UnknownName(f"{rule.metric} is the text {metric.value!r}, which has no level", rule.place, "Use `flips`.")
    value = float(metric.value)
    beyond = value > rule.bound if rule.kind == "above" else value < rule.bound
    return f"{_name(metric)} is {_shown(metric)}, {rule.kind} {plain(rule.bound)}" if beyond else None


def _moved(rule: Rule, metric: Metric, earlier: Metric | None) -> str | None:
    """A change from the run before, where both have the metric in one unit."""
    if earlier is None or earlier.unit != metric.unit:
        return None
    figures = number(metric.value) and number(earlier.value)
    words = f"{_name(metric)} went from {_shown(earlier)} to {_shown(metric)}"
    if rule.kind == "flips":
        if figures:
            return words if float(metric.value) * float(earlier.value) < 0 else None
        return words if metric.value != earlier.value else None
    if not figures:
        raise UnknownName(f"{rule.metric} is a text, which has no change", rule.place, "Use `flips`.")
    change = float(metric.value) - float(earlier.value)
    return f"{words} ({signed(change, 2)})" if abs(change) > rule.bound else None


def _name(metric: Metric) -> str:
    return metric.label or metric.name


def _shown(metric: Metric) -> str:
    value = round(metric.value, metric.digits) if metric.digits is not None and number(metric.value) else metric.value  # type: ignore[arg-type]
    return f"{plain(value)} {metric.unit or ''}".strip()
