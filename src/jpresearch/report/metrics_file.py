"""Every metric of a run in one CSV beside its pages, a row per job and metric: for pandas and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from jpresearch.files import write_atomically
from jpresearch.record import Job, Run
from jpresearch.report import data
from jpresearch.report.frame import as_of

FILE_NAME: Final = "metrics.csv"
BEFORE: Final = ("job", "notebook", "lang", "status", "as_of")
BEHIND: Final = ("metric", "value", "low", "high", "unit")


def write_metrics(run: Run, folder: Path) -> Path:
    """Write ``metrics.csv`` of ``run`` into ``folder`` and return its path."""
    file = folder / FILE_NAME
    write_atomically(file, as_csv(run))
    return file


def as_csv(run: Run) -> str:
    """The metrics as CSV text, jobs in the order of the run; a job without metrics has no row.

    Columns: ``job``, ``notebook``, ``lang``, ``status``, ``as_of`` (empty for everything published), each further
    parameter that the run varies, ``metric``, ``value``, ``low`` and ``high`` (empty without an interval), ``unit``.
    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    notebooks = dict.fromkeys(job.notebook for job in run.jobs)
    found = (varied([job for job in run.jobs if job.notebook == notebook]) for notebook in notebooks)
    names = list(dict.fromkeys(name for group in found for name in group))
    head = [*BEFORE, *(_column(name) for name in names), *BEHIND]
    return data.written([head, *(row for job in run.jobs for row in _rows(job, names))])


def varied(jobs: Sequence[Job]) -> list[str]:
    """The parameters, the day apart, that differ between jobs of one notebook."""
    names = dict.fromkeys(name for job in jobs for name in job.parameters if name != "as_of")
    return [name for name in names if len({repr(job.parameters_shown.get(name)) for job in jobs}) > 1]


def _rows(job: Job, names: Sequence[str]) -> Iterator[list[Any]]:
    given = [job.parameters_shown.get(name) for name in names]
    for metric in job.metrics:
        own = [job.name, job.notebook, job.lang, job.status.value, as_of(job)]
        yield [*own, *given, metric.name, metric.value, metric.low, metric.high, metric.unit]


def _column(name: str) -> str:
    """A parameter's column; one that is called like another column says what it is."""
    return f"{name}_parameter" if name in (*BEFORE, *BEHIND) else name
