"""What a job process does around the execution: settle, write the page, hand over, and say what went wrong."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jpresearch.batch.job import perform as tasks
from jpresearch.batch.job.execute_notebook import Outcome
from jpresearch.batch.job.task import STOP, Salvage, Task
from jpresearch.batch.limits import Progress
from jpresearch.batch.plan.jobs import Planned, plan
from jpresearch.record import Failure, Job, Run, Status
from jpresearch.report.published import Published

Write = Callable[..., Path]
TOKYO = ZoneInfo("Asia/Tokyo")
MOMENT = datetime(2025, 9, 5, 16, tzinfo=TOKYO)
NOTE = {
    "table": "investor_flows", "as_of": None, "rows": 1, "newest_period": "2025-08-22",
    "newest_published_at": "2025-08-28T15:30:00+09:00", "content_hash": "x", "vintage": "first_print", "grade": "rule",
}  # fmt: skip


@pytest.fixture
def task(write_notebook: Write, tmp_path: Path) -> Task:
    file = write_notebook("01_a", "x = 1")
    (planned,) = plan(["01_a"], {}).jobs
    folder = tmp_path / "run"
    folder.mkdir()
    job = Job(name="01_a", notebook="01_a", title="A", parameters={"as_of": None}, why="asked")
    run = Run(
        id="20250905-160000-aaaa", started_at=MOMENT, command=["run"], whole_collection=True, git=None, versions={},
        cores=1, jobs=[],
    )  # fmt: skip
    return Task(planned, file.read_bytes(), job, run, (str(folder),))


def executed(target: Path) -> None:
    """An executed notebook, as the engine leaves it."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": 1}
    target.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))


def use(monkeypatch: pytest.MonkeyPatch, outcome: Outcome, meanwhile: Callable[[], None] = lambda: None) -> list[Any]:
    """Have tasks executed to this outcome; what the executions were given."""
    given: list[Any] = []

    def execute(planned: Planned, target: Path, *, listener: Any, **options: Any) -> Outcome:
        given.append((planned, Path.cwd(), options))
        executed(target)
        listener(Progress(1, 1))
        meanwhile()
        return outcome

    monkeypatch.setattr(tasks, "execute", execute)
    return given


WORKED = Outcome(Status.SUCCEEDED, Published(), kernel="warm", timings={"kernel": 0.1, "cells": 0.2})


def run_folder(task: Task) -> Path:
    return Path(task.destinations[0])


def test_a_task_hands_over_notebook_and_page_and_leaves_nothing_else(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = use(monkeypatch, WORKED)
    told: list[Progress] = []
    before = Path.cwd()
    job = tasks.perform(task, told.append)
    assert job.status is Status.SUCCEEDED
    assert (job.executed_notebook, job.page, job.workbook) == ("01_a.ipynb", "01_a.html", None)
    assert {path.name for path in run_folder(task).iterdir()} - {".staging"} == {"01_a.ipynb", "01_a.html"}
    assert not task.staging.exists()
    assert told == [Progress(1, 1)]
    assert (job.kernel, set(job.timings_seconds)) == ("warm", {"kernel", "cells", "execute", "report"})
    assert job.started_at is not None
    assert job.ended_at is not None
    (planned, workplace, _), *_ = given
    assert planned.notebook.path == workplace / "01_a.ipynb", "the notebook as it was when the plan was made"
    assert not workplace.exists()
    assert Path.cwd() == before


def test_the_notebook_executed_is_the_one_planned_whatever_became_of_it(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    task.planned.notebook.path.write_text("changed since")
    seen: list[bytes] = []
    given = use(monkeypatch, WORKED, lambda: seen.append(given[0][0].notebook.path.read_bytes()))
    tasks.perform(task, lambda progress: None)
    assert seen == [task.source]


def test_a_page_that_cannot_be_written_fails_the_job_and_keeps_the_notebook(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    use(monkeypatch, WORKED)
    monkeypatch.setattr(tasks, "write_page", full)
    job = tasks.perform(task, lambda progress: None)
    assert job.status is Status.FAILED
    assert job.failure is not None
    assert job.failure.message == "the page could not be written: [Errno 28] No space left on device"
    assert (job.executed_notebook, job.page) == ("01_a.ipynb", None)
    assert {path.name for path in run_folder(task).iterdir()} - {".staging"} == {"01_a.ipynb"}


def test_files_that_cannot_be_handed_over_fail_the_job(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*arguments: Any) -> list[str]:
        raise OSError("s3://desk: no route")

    use(monkeypatch, WORKED)
    monkeypatch.setattr(tasks, "deliver", unreachable)
    job = tasks.perform(task, lambda progress: None)
    assert job.status is Status.FAILED
    assert job.failure is not None
    assert job.failure.message == "its files could not be written: s3://desk: no route"
    assert (job.page, job.executed_notebook) == (None, None)


def test_a_run_whose_folder_is_gone_fails_the_job(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, WORKED, lambda: run_folder(task).rename(run_folder(task).with_name("gone")))
    job = tasks.perform(task, lambda progress: None)
    assert job.status is Status.FAILED
    assert job.page is None
    assert job.executed_notebook is None


def test_the_failure_of_the_notebook_is_told_before_that_of_its_page(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    died = Failure(type="KernelDied", message="SIGKILL")
    use(monkeypatch, Outcome(Status.KERNEL_DIED, Published(), died))
    monkeypatch.setattr(tasks, "write_page", full)
    job = tasks.perform(task, lambda progress: None)
    assert (job.status, job.failure) == (Status.KERNEL_DIED, died)


def test_a_task_asked_to_stop_is_cancelled_with_what_it_has(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(STOP)
    use(monkeypatch, WORKED, lambda: os.kill(os.getpid(), STOP))
    try:
        job = tasks.perform(task, lambda progress: None)
    finally:
        signal.signal(STOP, before)
    assert job.status is Status.CANCELLED
    assert job.page == "01_a.html"
    assert "interrupted" in (run_folder(task) / "01_a.html").read_text(encoding="utf-8")


def test_an_error_nobody_foresaw_is_told_in_the_job(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down() -> None:
        raise ZeroDivisionError("nobody thought of it")

    use(monkeypatch, WORKED, break_down)
    job = tasks.perform(task, lambda progress: None)
    assert job.status is Status.FAILED
    assert job.failure == Failure(type="ZeroDivisionError", message="nobody thought of it")


@pytest.mark.parametrize("partial", [True, False], ids=["partial notebook", "nothing"])
def test_what_a_dead_process_left_is_reported_on(partial: bool, task: Task) -> None:
    task.staging.mkdir(parents=True)
    if partial:
        executed(task.staging / "01_a.ipynb")
    died = Failure(type="ProcessDied", message="the job's process was ended by SIGKILL")
    job = tasks.salvage(Salvage(task, Status.FAILED, died))
    assert (job.status, job.failure) == (Status.FAILED, died)
    assert job.page == ("01_a.html" if partial else None)
    if partial:
        assert "SIGKILL" in (run_folder(task) / "01_a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("as_of", "age"), [(None, 14), ("2025-08-29", 7)])
def test_a_table_is_as_old_as_on_the_day_the_report_speaks_of(
    as_of: str | None, age: int, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Outcome(Status.SUCCEEDED, Published(notes=[{**NOTE, "as_of": as_of}])))
    job = tasks.perform(task, lambda progress: None)
    (table,) = job.tables
    assert table.age_days == age
    assert table.allowance_days is not None
    assert table.stale == (age > table.allowance_days)
