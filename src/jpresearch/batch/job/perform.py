"""What a job process does: execute the notebook, settle what came of it, write its page, hand all of it over.

Everything is made in a folder of its own and moved to the run's folder at the end, so that the run never holds half a
page. A task says how far it is and, last, gives its job back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jpresearch import catalog, clock, folders, payloads
from jpresearch.batch.destination import deliver
from jpresearch.batch.job.execute_notebook import Outcome, execute
from jpresearch.batch.job.task import STOP, Salvage, Task
from jpresearch.batch.limits import Progress
from jpresearch.batch.plan.jobs import AS_OF
from jpresearch.batch.plan.notebooks import read_content
from jpresearch.errors import BadParameter, NotebookInvalid
from jpresearch.record import Failure, Job, Run, Status, TableRead
from jpresearch.report.notices import bad_sentence
from jpresearch.report.page import write_page
from jpresearch.report.published import Published, collect

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

EXECUTED: Final = ".ipynb"
PAGE: Final = ".html"
WORKBOOK: Final = ".xlsx"
# The smallest picture there is.
PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def serve(channel: Connection[Any, Any]) -> None:
    """Receive one task (or what is left of one), perform it, and send back each step and the job at the end."""
    task = channel.recv()
    _read_edition(task.task if isinstance(task, Salvage) else task)
    channel.send(socket.gethostname())
    channel.send(salvage(task) if isinstance(task, Salvage) else perform(task, channel.send))


def _read_edition(task: Task) -> None:
    """From now on this process, and the kernel that it starts, read the tables of the task's run."""
    if task.edition is not None and Path(task.edition).is_dir():
        os.environ[folders.EDITION_VARIABLE] = task.edition


def perform(task: Task, tell: Callable[[Progress], None]) -> Job:
    """Execute the task's notebook and hand over its files; whatever goes wrong is said in the job."""
    job = task.job.model_copy(deep=True, update={"status": Status.RUNNING, "started_at": clock.wall()})
    with _workplace(task) as workplace:
        target = _fresh(task.staging) / f"{job.name}{EXECUTED}"
        begun = time.perf_counter()
        outcome = _execute(task, workplace, target, tell)
        job.timings_seconds = {"execute": round(time.perf_counter() - begun, 3), **outcome.timings}
        job.kernel, job.kernel_note = outcome.kernel, outcome.kernel_note
        _settle(job, outcome, task.run)
        _report(task, job, target)
    job.ended_at = clock.wall()
    return job


def salvage(left: Salvage) -> Job:
    """The job of a task whose process died, with the partial notebook and a page where it left one."""
    task = left.task
    job = task.job.model_copy(deep=True)
    target = task.staging / f"{job.name}{EXECUTED}"
    _settle(job, Outcome(left.status, _left(target), left.failure), task.run)
    _report(task, job, target)
    job.ended_at = clock.wall()
    return job


def warm_up(folder: Path) -> None:
    """Write a page and a workbook of a small notebook, so that all they need is loaded and compiled."""
    import nbformat.v4 as form

    figure = {"name": "a", "alt": "a", "data": "day,a\n2025-09-05,1\n"}
    shown: list[dict[str, Any]] = [
        {"text/plain": "1", "text/markdown": "*1*", "text/html": "<p>1</p>"},
        {"text/plain": "a", "image/png": PIXEL, payloads.FIGURE: figure},
        {payloads.TABLE: {"name": "a", "caption": "a", "columns": ["day", "a"], "rows": [["2025-09-05", 1.5]]}},
        {payloads.METRIC: {"name": "a", "value": 1.5, "unit": "%", "low": 1.0, "high": 2.0}},
        {payloads.TAKEAWAY: {"text": "It is one."}},
    ]
    outputs = [form.new_output("display_data", data=data) for data in shown]
    code = form.new_code_cell("from a import b\n\nx = f(1, 'a')  # one", outputs=outputs, execution_count=1)
    cells = [form.new_markdown_cell("# Title\n\n| a |\n|---|\n| 1 |\n\n*a* `b` [c](d)"), code]
    job = Job(name="warm", notebook="warm", title="warm", parameters={}, why="warm", status=Status.SUCCEEDED)
    now = clock.wall()
    run = Run(id="warm", started_at=now, command=[], whole_collection=False, git=None, versions={}, cores=1, jobs=[])
    write_page(form.new_notebook(cells=cells), job, run, folder / f"warm{PAGE}")


@contextmanager
def _workplace(task: Task) -> Iterator[Path]:
    """A folder of the job's own, with the notebook as planned, as current folder."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="job-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / task.planned.notebook.path.name).write_bytes(task.source)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _execute(task: Task, workplace: Path, target: Path, tell: Callable[[Progress], None]) -> Outcome:
    """The outcome, also where the job was asked to stop or something unforeseen happened."""
    notebook = replace(task.planned.notebook, path=workplace / task.planned.notebook.path.name)
    planned = replace(task.planned, notebook=notebook)
    try:
        with _stoppable():
            return execute(
                planned, target, now=task.run.moment, limits=task.limits, listener=tell, secrets=task.secrets
            )
    except KeyboardInterrupt:
        failure = Failure(type="Interrupted", message="the run was interrupted while this notebook ran")
        return Outcome(Status.CANCELLED, _left(target), failure)
    except Exception as error:
        failure = Failure(type=type(error).__name__, message=task.secrets.text(str(error)))
        return Outcome(Status.FAILED, _left(target), failure)


def _left(target: Path) -> Published:
    """What the partial notebook had published; one that cannot be read stays out of the run."""
    try:
        return collect(read_content(target))
    except NotebookInvalid:
        target.unlink(missing_ok=True)
        return Published()


@contextmanager
def _stoppable() -> Iterator[None]:
    """Within, the signal ``STOP`` ends what goes on; after, the job is nearly done and does not heed it."""

    def stop(number: int, frame: object) -> None:
        signal.signal(STOP, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(STOP, stop)
    try:
        yield
    finally:
        signal.signal(STOP, signal.SIG_IGN)


def _settle(job: Job, outcome: Outcome, run: Run) -> None:
    published = outcome.published
    job.status, job.failure = outcome.status, outcome.failure
    job.files_read = outcome.files_read
    job.parameters_used, job.parameters_at_end = outcome.parameters_used, outcome.parameters_at_end
    job.tables = [_table_read(note, job, run) for note in published.notes]
    job.metrics = list(published.metrics.values())
    job.answer, job.findings = published.answer, list(published.findings)
    job.lead_figure = published.lead_figure
    job.takeaways = list(published.takeaways)
    job.figures = list(published.figures)
    job.bad_outputs = [bad_sentence(bad) for bad in published.bad]


def _report(task: Task, job: Job, target: Path) -> None:
    """The page beside the executed notebook, and both to the run; what cannot be written is a failure of the job."""
    begun = time.perf_counter()
    page = target.with_suffix(PAGE)
    try:
        if target.is_file():
            write_page(read_content(target), job, task.run, page, previous=task.previous)
    except Exception as error:
        # Whatever a cell displayed, its notebook and record are kept.
        page.unlink(missing_ok=True)
        _fail(job, f"the page could not be written: {error}", error)
    _hand_over(task, job, target)
    job.timings_seconds["report"] = round(time.perf_counter() - begun, 3)


def _hand_over(task: Task, job: Job, target: Path) -> None:
    try:
        names = deliver(target.parent, task.destinations)
    except OSError as error:
        _fail(job, f"its files could not be written: {error}", error)
        names = []
    job.executed_notebook, job.page, job.workbook = (
        name if (name := f"{job.name}{ending}") in names else None for ending in (EXECUTED, PAGE, WORKBOOK)
    )
    if job.status is Status.SUCCEEDED and not (job.executed_notebook and job.page):
        _fail(job, "its page or its notebook is gone", FileNotFoundError())
    shutil.rmtree(target.parent, ignore_errors=True)


def _fail(job: Job, message: str, error: Exception) -> None:
    job.status = job.status if job.status.bad else Status.FAILED
    job.failure = job.failure or Failure(type=type(error).__name__, message=message)


def _table_read(note: dict[str, Any], job: Job, run: Run) -> TableRead:
    """The note with the table's age on the day the report speaks of: its ``as_of``, else the day of the run."""
    described = catalog.catalog().get(note["table"])
    day = _report_day(note.get("as_of") or job.parameters.get(AS_OF), run)
    newest = note["newest_period"]
    age = (day - date.fromisoformat(newest)).days if newest else None
    return TableRead(**note, age_days=age, allowance_days=described.house.staleness_days if described else None)


def _report_day(as_of: str | None, run: Run) -> date:
    with contextlib.suppress(BadParameter):
        return (clock.moment(as_of or None) or run.moment).astimezone(clock.TOKYO).date()
    return run.day
