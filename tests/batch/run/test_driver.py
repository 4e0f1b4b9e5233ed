"""The driver with an executor that starts no process: what it records, reuses, loses and cancels."""

from __future__ import annotations

import pickle
import signal
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from jpresearch import record
from jpresearch.batch.job.task import Task
from jpresearch.batch.limits import Progress
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import driver, lifecycle
from jpresearch.batch.run.executors.interface import Advanced, Ended, Event, Started
from jpresearch.batch.run.lifecycle import Interrupted, Options
from jpresearch.errors import DataError
from jpresearch.record import Job, Status

Write = Callable[..., Path]
Answer = Callable[[int, Task], Sequence[Event]]


def succeed(key: int, task: Task) -> Sequence[Event]:
    """The events of a task that works, with its page and notebook in the run's folder."""
    folder = Path(task.destinations[0])
    for ending in (".html", ".ipynb"):
        (folder / f"{task.job.name}{ending}").write_text(task.job.name)
    files = {"page": f"{task.job.name}.html", "executed_notebook": f"{task.job.name}.ipynb"}
    moment = task.run.started_at
    done = task.job.model_copy(update={"status": Status.SUCCEEDED, "started_at": moment, "ended_at": moment, **files})
    return [Started(key, "here"), Advanced(key, Progress(1, 2)), Ended(key, done)]


class Scripted:
    """An executor that answers each task with a script's events; those without an end wait until cancelled."""

    here = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.tasks: dict[int, Task] = {}
        self.happening: deque[Event] = deque()
        self.calls: list[str] = []

    def submit(self, key: int, task: Task) -> None:
        self.tasks[key] = task
        self.happening.extend(self.answer(key, task))

    def events(self, seconds: float) -> Sequence[Event]:
        found, self.happening = list(self.happening), deque()
        return found

    def cancel(self) -> None:
        self.calls.append("cancel")
        self.happening.extend(Ended(key, None) for key in self.tasks)

    def kill(self) -> None:
        self.calls.append("kill")

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *rest: Any) -> None:
        self.calls.append("exit")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Scripted]:
    """Has runs use an executor with this script."""

    def use_script(answer: Answer) -> Scripted:
        executor = Scripted(answer)
        monkeypatch.setattr(lifecycle, "_executor", lambda *arguments: executor)
        return executor

    return use_script


Use = Callable[[Answer], Scripted]


def statuses(folder: Path) -> list[str]:
    return [job.status.value for job in record.read(folder).jobs]


def test_a_task_carries_no_more_of_a_batch_than_its_page_names(write_notebook: Write, use: Use, tmp_path: Path) -> None:
    for name in ("01_a", "02_b"):
        write_notebook(name, "1")
    days = ["2025-07-31", "2025-08-29", "2025-09-05"]
    file = tmp_path / "days.yaml"
    file.write_text(f"jobs: [{{notebooks: all, grid: {{as_of: {days}}}}}]")
    executor = use(succeed)
    lifecycle.run(plan([], {}, batch=file), ["run"])
    assert len(executor.tasks) == 6
    sources = {id(task.source) for task in executor.tasks.values()}
    assert len(sources) == 2, "one copy of a notebook's content for all of its jobs"
    for task in executor.tasks.values():
        assert sorted((job.notebook, job.page) for job in task.run.jobs) == [
            ("01_a", "01_a--2025-07-31.html"), ("02_b", "02_b--2025-07-31.html"),
        ]  # fmt: skip


@pytest.mark.parametrize("again", [False, True])
def test_jobs_of_a_batch_hold_what_they_have_in_common_once(
    again: bool, use: Use, write_notebook: Write, tmp_path: Path
) -> None:
    write_notebook("01_a", "1")
    file = tmp_path / "days.yaml"
    file.write_text("jobs: [{notebooks: all, grid: {as_of: [2025-07-31, 2025-08-29]}}]")

    def succeed_elsewhere(key: int, task: Task) -> Sequence[Event]:
        """As a job does in a process of its own: what comes back is a copy."""
        *begun, ended = succeed(key, pickle.loads(pickle.dumps(task)))
        return [*begun, ended]

    told: list[Job] = []
    for _ in range(2 if again else 1):
        use(succeed_elsewhere)
        lifecycle.run(plan([], {}, batch=file), ["run"], listener=told.append)
    ended = [job for job in told if job.page]
    one, other = ended[-2:]
    assert one.status is other.status is (Status.REUSED if again else Status.SUCCEEDED)
    assert one.fingerprint and one.fingerprint is other.fingerprint


def test_the_record_is_true_at_every_change(write_notebook: Write, use: Use, project: Path) -> None:
    write_notebook("01_a", "1")
    write_notebook("02_b", "1")
    use(succeed)
    seen: list[tuple[str, str, list[str]]] = []
    cells: list[tuple[str, Progress]] = []

    def look(job: Job) -> None:
        (folder,) = (project / "reports").glob("2*")
        seen.append((job.name, job.status.value, statuses(folder)))

    folder = lifecycle.run(plan([], {}), ["run"], listener=look, watcher=lambda job, at: cells.append((job.name, at)))
    assert seen == [
        ("01_a", "running", ["running", "pending"]),
        ("01_a", "succeeded", ["succeeded", "pending"]),
        ("02_b", "running", ["succeeded", "running"]),
        ("02_b", "succeeded", ["succeeded", "succeeded"]),
    ]
    assert cells == [("01_a", Progress(1, 2)), ("02_b", Progress(1, 2))]
    assert record.read(folder).ended_at is not None


def test_what_has_not_changed_starts_no_executor(write_notebook: Write, use: Use) -> None:
    write_notebook("01_a", "1")
    first = lifecycle.run(plan([], {}), ["run"]) if use(succeed) else None
    executor = use(succeed)
    second = lifecycle.run(plan([], {}), ["run"])
    assert executor.tasks == {}
    assert executor.calls == []
    (job,) = record.read(second).jobs
    assert job.status is Status.REUSED
    assert first is not None
    assert job.reused_from == first.name
    assert (second / "01_a.html").read_text() == "01_a"


def test_force_runs_it_all_the_same(write_notebook: Write, use: Use) -> None:
    write_notebook("01_a", "1")
    use(succeed)
    lifecycle.run(plan([], {}), ["run"])
    folder = lifecycle.run(plan([], {}), ["run"], options=Options(force=True))
    (job,) = record.read(folder).jobs
    assert (job.status, job.why) == (Status.SUCCEEDED, "asked for with --force")


def test_what_is_unknown_or_took_long_begins_first(write_notebook: Write, use: Use) -> None:
    took = {"01_quick": 1.0, "02_long": 9.0, "03_middle": 4.0}

    def succeed_in_time(key: int, task: Task) -> Sequence[Event]:
        *begun, ended = succeed(key, task)
        assert isinstance(ended, Ended)
        assert ended.job is not None
        ended.job.timings_seconds = {"execute": took[task.job.name]}
        return [*begun, ended]

    for name in took:
        write_notebook(name, "1")
    executor = use(succeed_in_time)
    lifecycle.run(plan([], {}), ["run"])
    assert [task.job.name for task in executor.tasks.values()] == ["01_quick", "02_long", "03_middle"], "none known yet"
    write_notebook("04_new", "1")
    executor = use(succeed)
    folder = lifecycle.run(plan([], {}), ["run"], options=Options(force=True))
    order = [task.job.name for task in executor.tasks.values()]
    assert order == ["04_new", "02_long", "03_middle", "01_quick"]
    assert [job.name for job in record.read(folder).jobs] == [*took, "04_new"], "the record keeps the plan's order"


def test_a_failed_job_is_not_reused(write_notebook: Write, use: Use) -> None:
    write_notebook("01_a", "1")
    use(lambda key, task: [Ended(key, task.job.model_copy(update={"status": Status.FAILED}))])
    lifecycle.run(plan([], {}), ["run"])
    executor = use(succeed)
    lifecycle.run(plan([], {}), ["run"])
    assert list(executor.tasks) == [0]


def test_a_task_carries_the_notebook_as_planned_and_the_same_job_of_the_latest_run(
    write_notebook: Write, use: Use
) -> None:
    file = write_notebook("01_a", "1", parameters="as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags")
    executor = use(succeed)
    first = lifecycle.run(plan([], {}), ["run"])
    assert executor.tasks[0].previous is None
    executor = use(succeed)
    lifecycle.run(plan([], {"as_of": "2025-09-05"}), ["run"])
    task = executor.tasks[0]
    assert task.source == file.read_bytes()
    assert task.previous is not None
    assert task.previous.parameters["as_of"] is None
    assert record.read(first).jobs[0] == task.previous
    executor = use(succeed)
    lifecycle.run(plan([], {"lags": "8"}), ["run"])
    assert executor.tasks[0].previous is None, "another parameter than the day"


def test_a_job_whose_process_gave_no_answer_has_failed(write_notebook: Write, use: Use) -> None:
    write_notebook("01_a", "1")
    write_notebook("02_b", "1")
    lost = "the job's process was ended by SIGKILL"
    use(lambda key, task: [Started(key, "here"), Ended(key, None, lost)] if key == 0 else succeed(key, task))
    folder = lifecycle.run(plan([], {}), ["run"])
    first, second = record.read(folder).jobs
    assert first.status is Status.FAILED
    assert first.failure is not None
    assert first.failure.message == lost
    assert second.status is Status.SUCCEEDED


def test_a_listener_that_interrupts_cancels_what_runs_and_closes_the_record(write_notebook: Write, use: Use) -> None:
    for name in ("01_a", "02_b", "03_c"):
        write_notebook(name, "1")
    executor = use(lambda key, task: succeed(key, task) if key == 0 else [Started(key, "here")])

    def interrupt(job: Job) -> None:
        if job.status is Status.SUCCEEDED:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as interrupted:
        lifecycle.run(plan([], {}), ["run"], listener=interrupt)
    run = record.read(interrupted.value.folder)
    assert [job.status for job in run.jobs] == [Status.SUCCEEDED, Status.CANCELLED, Status.CANCELLED]
    assert run.ended_at is not None
    assert executor.calls[:1] == ["cancel"]
    assert executor.calls[-1] == "exit"


class Deaf(Scripted):
    """An executor whose jobs go on, however politely they are asked to end."""

    looked = 0

    def events(self, seconds: float) -> Sequence[Event]:
        self.looked += 1
        assert self.looked < 1000, "the driver waits on"
        return super().events(seconds)

    def cancel(self) -> None:
        self.calls.append("cancel")


@pytest.mark.parametrize(("requests", "grace_seconds"), [(2, 600.0), (1, 0.0)], ids=["second request", "end of grace"])
def test_what_does_not_end_by_itself_is_killed(
    requests: int, grace_seconds: float, write_notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook("01_a", "1")
    executor = Deaf(lambda key, task: [Started(key, "here")])
    monkeypatch.setattr(lifecycle, "_executor", lambda *arguments: executor)
    monkeypatch.setattr(driver, "GRACE_SECONDS", grace_seconds)

    def interrupt(job: Job) -> None:
        for _ in range(requests * (job.status is Status.RUNNING)):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as interrupted:
        lifecycle.run(plan([], {}), ["run"], listener=interrupt)
    assert executor.calls == ["cancel", "kill", "exit"]
    assert statuses(interrupted.value.folder) == ["cancelled"]


def test_a_notebook_that_is_gone_when_its_turn_comes_has_failed(write_notebook: Write, use: Use) -> None:
    file = write_notebook("01_a", "1")
    write_notebook("02_b", "1")
    settled = plan([], {})
    file.unlink()
    use(succeed)
    folder = lifecycle.run(settled, ["run"])
    assert statuses(folder) == ["failed", "succeeded"]


def test_secrets_stay_out_of_the_record(write_notebook: Write, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "hunter2-hunter2")
    parameters = (
        'as_of: str | None = None  # YYYY-MM-DD\napi_key: str = ""  # key of the service\nnote: str = ""  # a note'
    )
    write_notebook("01_a", "1", parameters=parameters)
    use(succeed)
    given = {"api_key": "very-secret-key", "note": "hunter2-hunter2"}
    words = ["run", "-p", "api_key=very-secret-key", "--output", "s3://me:password1@desk/reports"]
    folder = lifecycle.run(plan([], given), words)
    text = (folder / "record.json").read_text()
    assert "very-secret-key" not in text
    assert "hunter2" not in text
    assert "password1" not in text
    assert "[removed: api_key]" in text


def test_an_executor_that_cannot_start_closes_the_record(
    write_notebook: Write, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    write_notebook("01_a", "1")

    def unreachable(*arguments: Any) -> Any:
        raise DataError("the Dask scheduler cannot be reached", "tcp://x")

    monkeypatch.setattr(lifecycle, "_executor", unreachable)
    with pytest.raises(DataError, match="cannot be reached"):
        lifecycle.run(plan([], {}), ["run"])
    (folder,) = (project / "reports").glob("2*")
    assert statuses(folder) == ["cancelled"]
    assert record.read(folder).ended_at is not None
