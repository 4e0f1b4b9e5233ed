"""The driver interrupted, killed, or not alone: no process is left, the record is closed, nothing finished is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from jpresearch import record
from jpresearch.record import Run, Status
from tests.batch import commands
from tests.batch.commands import BEGINS, PUBLISHES, WAITS

# A job goes on past its second cell once there is a file of its name, so that no run ends before it is killed.
WAITS_FOR_LEAVE = """
import os, time
from pathlib import Path
while not Path(os.environ["JPRESEARCH_HOME"], "{name}.may-end").exists():
    time.sleep(0.02)
time.sleep(0.15)
"""
QUICK = {name: (PUBLISHES, WAITS_FOR_LEAVE.format(name=name)) for name in [f"{n:02d}_n" for n in range(1, 15)]}
MOST_IN_A_LIFE = 2


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A project with a notebook that works, two that wait, and one that never begins with two jobs at once."""
    notebooks = {"01_works": (PUBLISHES,), "02_waits": (BEGINS, WAITS), "03_waits": (BEGINS, WAITS), "04_n": ("1",)}
    return commands.make_project(tmp_path / "project", notebooks)


def started(project: Path, *words: str) -> subprocess.Popen[str]:
    """A run of the waiting project, come to where both wait."""
    driver = commands.start("run", "--jobs", "2", *words, JPRESEARCH_HOME=str(project))
    commands.until(lambda: len(list(project.glob("waits-*"))) == 2, "both notebooks wait")
    return driver


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, id="ctrl-c"), pytest.param(signal.SIGTERM, id="sigterm", marks=pytest.mark.proof)],
)
def test_an_interrupted_run_cancels_cleanly(number: signal.Signals, waiting: Path) -> None:
    driver = started(waiting)
    # A terminal sends Ctrl-C to every process of its foreground group.
    os.killpg(driver.pid, number)
    out, err = driver.communicate(timeout=60)
    assert driver.returncode == 130, err
    run = commands.the_run(waiting / "reports")
    assert [job.status for job in run.jobs] == [Status.SUCCEEDED, *[Status.CANCELLED] * 3]
    assert run.ended_at is not None
    jobs = commands.by_name(run)
    assert jobs["02_waits"].takeaways == ["It began."], "the partial notebook is kept"
    (folder,) = commands.runs(waiting / "reports")
    assert "It began." in (folder / str(jobs["02_waits"].page)).read_text(encoding="utf-8")
    assert "1 succeeded, 3 cancelled" in out
    assert "02_waits: " in err
    assert "Traceback" not in err
    assert not (waiting / "reports" / "latest").exists()
    commands.assert_nothing_left(waiting)


def test_two_ctrl_c_end_notebooks_that_are_deaf_to_them(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    project = commands.make_project(tmp_path / "project", {"01_waits": (deaf, WAITS), "02_waits": (deaf, WAITS)})
    driver = started(project)
    driver.send_signal(signal.SIGINT)
    driver.send_signal(signal.SIGINT)
    driver.communicate(timeout=60)
    assert driver.returncode == 130
    assert {job.status for job in commands.the_run(project / "reports").jobs} == {Status.CANCELLED}
    commands.assert_nothing_left(project)


def kill_everything(driver: subprocess.Popen[str], project: Path, *, driver_alone: bool) -> None:
    """``kill -9`` of the driver alone, which its processes must follow, or of all of them at once."""
    processes = [] if driver_alone else commands.processes_of(project)
    driver.kill()
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    driver.communicate(timeout=60)
    commands.assert_nothing_left(project)


def finished(project: Path) -> dict[str, str]:
    """The jobs that records call succeeded, with the run that did them."""
    found: dict[str, str] = {}
    for folder in commands.runs(project / "reports"):
        jobs = record.read(folder).jobs if (folder / "record.json").exists() else []
        found.update({job.name: folder.name for job in jobs if job.status is Status.SUCCEEDED})
    return found


def assert_true(run: Run, folder: Path) -> None:
    """What the record of a closed run says is there."""
    for job in run.jobs:
        assert job.status not in (Status.PENDING, Status.RUNNING)
        for name in job.files:
            assert (folder / name).stat().st_size > 0
        if job.executed_notebook:
            json.loads((folder / job.executed_notebook).read_text(encoding="utf-8"))


def kill_one(project: Path, seconds: float | None, *, driver_alone: bool) -> None:
    """Kill a run this long after the first job of its own began, or (``None``) once one has ended.

    No job that had finished before is run again. At most ``MOST_IN_A_LIFE`` jobs may end in it, however fast they are.
    """
    before = finished(project)
    let_end(project, [name for name in QUICK if name not in before][:MOST_IN_A_LIFE])
    known = commands.runs(project / "reports")
    driver = commands.start("run", "--jobs", "2", JPRESEARCH_HOME=str(project))
    commands.until(lambda: works(project, known), "a job runs")
    if seconds is None:
        commands.until(lambda: bool(set(finished(project)) - set(before)), "a job ends")
    else:
        time.sleep(seconds)
    kill_everything(driver, project, driver_alone=driver_alone)
    (dead,) = [folder for folder in commands.runs(project / "reports") if folder not in known]
    for job in record.read(dead).jobs:
        if job.name in before:
            assert job.reused_from == before[job.name], "what had finished runs again"


def let_end(project: Path, names: Sequence[str]) -> None:
    for name in names:
        (project / f"{name}.may-end").touch()


def works(project: Path, known: list[Path]) -> bool:
    new = [folder for folder in commands.runs(project / "reports") if folder not in known]
    files = [folder / "record.json" for folder in new if (folder / "record.json").exists()]
    return any(job.started_at and not job.reused_from for file in files for job in record.read(file.parent).jobs)


def complete(project: Path) -> None:
    """Run to the end what was killed so often, and compare all that the runs left."""
    before = finished(project)
    let_end(project, list(QUICK))
    done = commands.call("run", "--jobs", "2", JPRESEARCH_HOME=str(project))
    assert done.returncode == 0, done.stderr
    *dead, last = commands.runs(project / "reports")
    run = record.read(last)
    reused = {job.name: job.reused_from for job in run.jobs if job.status is Status.REUSED}
    assert before.items() <= reused.items(), "what had finished is not run again"
    # A success is remembered a moment before its record says so; after a kill in between it is reused all the same.
    assert set(reused.values()) <= {folder.name for folder in dead}
    assert {job.status for job in run.jobs} <= {Status.REUSED, Status.SUCCEEDED}
    assert_true(run, last)
    for folder in dead:
        closed = record.read(folder)
        assert closed.ended_at is not None
        assert {job.status for job in closed.jobs} <= {Status.SUCCEEDED, Status.CANCELLED, Status.REUSED}
        assert_true(closed, folder)
        assert not {path.name for path in folder.iterdir()} & {".lock", ".staging"}
    commands.assert_nothing_left(project)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, by a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


def test_however_often_it_is_killed_the_same_command_runs_only_what_had_not_finished(
    tmp_path: Path, temporary: Path
) -> None:
    project = commands.make_project(tmp_path / "project", QUICK)
    for number, seconds in enumerate((0.5, None)):
        kill_one(project, seconds, driver_alone=number % 2 == 0)
    assert finished(project), "a kill left something to resume from"
    complete(project)
    assert not list(temporary.iterdir())


@pytest.mark.proof
def test_kill_9_at_twenty_random_instants(tmp_path: Path, temporary: Path) -> None:
    instants = random.Random(20250905)
    for number in range(4):
        project = commands.make_project(tmp_path / f"project{number}", QUICK)
        for kill in range(5):
            kill_one(project, instants.uniform(0, 1.2), driver_alone=kill % 2 == 0)
        complete(project)
        assert not list(temporary.iterdir())


def test_two_runs_into_one_folder_at_once_both_finish(tmp_path: Path) -> None:
    few = dict(list(QUICK.items())[:3])
    project = commands.make_project(tmp_path / "project", few)
    let_end(project, list(few))
    both = [commands.start("run", "--jobs", "1", "--force", JPRESEARCH_HOME=str(project)) for _ in range(2)]
    for driver in both:
        _, err = driver.communicate(timeout=commands.PATIENCE_SECONDS)
        assert driver.returncode == 0, err
    first, second = commands.runs(project / "reports")
    for folder in (first, second):
        run = record.read(folder)
        assert {job.status for job in run.jobs} == {Status.SUCCEEDED}
        assert_true(run, folder)
    assert (project / "reports" / "latest").readlink() == Path(second.name), "the later of the two"
    commands.assert_nothing_left(project)
