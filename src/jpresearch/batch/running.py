"""A run: jobs one after the other, the record kept true at every step, pages and index written, ``latest`` moved."""

from __future__ import annotations

import json
import os
import platform
import secrets
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jpresearch import catalog, folders, record
from jpresearch.batch.execution import Outcome, execute
from jpresearch.batch.notebooks import read_content
from jpresearch.batch.plan import AS_OF, Plan, Planned
from jpresearch.errors import DataError, NotebookInvalid
from jpresearch.record import Failure, Git, Job, Run, Status, TableRead
from jpresearch.report.index import write_index
from jpresearch.report.page import write_page

TOKYO: Final = ZoneInfo("Asia/Tokyo")
LATEST: Final = "latest"
REPORTED_VERSIONS: Final = ("jpresearch", "pandas", "statsmodels", "matplotlib", "papermill")

Listener = Callable[[Job], None]


def run(plan: Plan, command: Sequence[str], output: Path | None = None, listener: Listener = lambda job: None) -> Path:
    """Execute the plan and return the run's folder.

    Parameters
    ----------
    plan : what to run.
    command : the call as typed, for the record.
    output : folder that holds runs; by default the project's ``reports``.
    listener : told of every change of a job's state.

    Raises
    ------
    DataError : the output folder cannot be written.
    KeyboardInterrupt : after the record was closed with the job in progress as cancelled.
    """
    reports = output or folders.reports()
    state = _begin(plan, command)
    folder = _new_folder(reports, state.id)
    record.write(state, folder)
    try:
        for planned, job in zip(plan.jobs, state.jobs, strict=True):
            _run_job(planned, job, state, folder, listener)
    finally:
        _close(state, folder)
    if plan.whole_collection and not state.failed:
        _point_latest(reports, folder)
    return folder


def _begin(plan: Plan, command: Sequence[str]) -> Run:
    now = datetime.now(TOKYO)
    return Run(
        id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        started_at=now,
        command=list(command),
        whole_collection=plan.whole_collection,
        git=_git(),
        versions={"python": platform.python_version(), **{name: version(name) for name in REPORTED_VERSIONS}},
        cores=os.cpu_count() or 1,
        jobs=[_job(planned) for planned in plan.jobs],
    )


def _job(planned: Planned) -> Job:
    job = Job(
        notebook=planned.notebook.name,
        title=planned.notebook.title,
        parameters=planned.parameters,
        why="asked for: no earlier result is reused",
    )
    if planned.skipped is not None:
        job.status = Status.SKIPPED
        job.why = f"{planned.skipped.what}. {planned.skipped.next_step}"
    return job


def _run_job(planned: Planned, job: Job, state: Run, folder: Path, listener: Listener) -> None:
    if planned.skipped is None:
        _execute_job(planned, job, state, folder, listener)
    listener(job)


def _execute_job(planned: Planned, job: Job, state: Run, folder: Path, listener: Listener) -> None:
    job.status, job.started_at = Status.RUNNING, datetime.now(TOKYO)
    record.write(state, folder)
    listener(job)
    target = folder / f"{job.notebook}.ipynb"
    clock = time.perf_counter()
    try:
        outcome = execute(planned, target)
    except KeyboardInterrupt:
        job.status, job.ended_at = Status.CANCELLED, datetime.now(TOKYO)
        job.failure = Failure(type="Interrupted", message="the run was interrupted while this notebook ran")
        raise
    job.timings_seconds["execute"] = round(time.perf_counter() - clock, 3)
    _settle(job, outcome, state)
    _report(job, state, target)
    job.ended_at = datetime.now(TOKYO)
    record.write(state, folder)


def _settle(job: Job, outcome: Outcome, state: Run) -> None:
    published = outcome.published
    job.status, job.failure = outcome.status, outcome.failure
    job.tables = [_table_read(note, job, state) for note in published.notes]
    job.metrics = list(published.metrics.values())
    job.takeaways = list(published.takeaways)
    job.figures = list(published.figures)


def _report(job: Job, state: Run, target: Path) -> None:
    """The page beside the executed notebook; a page that cannot be made is a failure of the job, said as such."""
    if not target.is_file():
        return
    job.executed_notebook = target.name
    clock = time.perf_counter()
    try:
        write_page(read_content(target), job, state, target.with_suffix(".html"))
        job.page = target.with_suffix(".html").name
    except (NotebookInvalid, OSError, ValueError, json.JSONDecodeError) as error:
        job.status = Status.FAILED
        job.failure = job.failure or Failure(
            type=type(error).__name__, message=f"the page could not be written: {error}"
        )
    job.timings_seconds["report"] = round(time.perf_counter() - clock, 3)


def _table_read(note: dict[str, Any], job: Job, state: Run) -> TableRead:
    """The note with the table's age on the day the report speaks of: its ``as_of``, else the day of the run."""
    described = catalog.table(note["table"]).house
    day = _report_day(note.get("as_of") or job.parameters.get(AS_OF), state)
    newest = note["newest_period"]
    age = (day - date.fromisoformat(newest)).days if newest else None
    return TableRead(**note, age_days=age, allowance_days=described.staleness_days)


def _report_day(as_of: str | None, state: Run) -> date:
    try:
        return datetime.fromisoformat(as_of).date() if as_of else state.started_at.date()
    except ValueError:
        return state.started_at.date()


def _close(state: Run, folder: Path) -> None:
    """Whatever happened, no job stays pending or running, and the record and the index say so."""
    for job in state.jobs:
        if job.status in (Status.PENDING, Status.RUNNING):
            job.status = Status.CANCELLED
            job.failure = job.failure or Failure(type="Interrupted", message="the run ended before this notebook did")
    state.ended_at = datetime.now(TOKYO)
    record.write(state, folder)
    write_index(state, folder)


def _new_folder(reports: Path, run_id: str) -> Path:
    folder = reports / run_id
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise DataError(f"the folder for reports cannot be written: {error.strerror}", str(folder)) from error
    return folder


def _point_latest(reports: Path, folder: Path) -> None:
    """``latest`` becomes a relative link to the run, in one step."""
    beside = reports / f".{LATEST}-{secrets.token_hex(4)}"
    beside.symlink_to(folder.name, target_is_directory=True)
    beside.replace(reports / LATEST)


def _git() -> Git | None:
    """The checkout's commit; ``None`` outside a repository or without git."""
    try:
        commit = _git_says("rev-parse", "HEAD")
        return Git(commit=commit, dirty=bool(_git_says("status", "--porcelain", "--untracked-files=no")))
    except (OSError, subprocess.SubprocessError):
        return None


def _git_says(*words: str) -> str:
    call = ["git", "-C", str(folders.home()), *words]
    return subprocess.run(call, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
