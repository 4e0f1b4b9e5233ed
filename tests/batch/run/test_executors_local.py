"""Jobs on this machine: several at once, each in a process and a folder of its own, whatever becomes of one."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from jpresearch.batch.job.task import Task
from jpresearch.batch.limits import Limits
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run.executors.interface import Ended, Event, Started
from jpresearch.batch.run.executors.local import Local
from jpresearch.record import Job, Run, Status
from tests.batch import commands
from tests.batch.commands import BEGINS, PUBLISHES, WAITS

pytestmark = pytest.mark.xdist_group("local")

# Ends only when another notebook runs at the same time.
MEETS = """
import json, os, time
from pathlib import Path
from jpresearch import publish
home = Path(os.environ["JPRESEARCH_HOME"])
(home / f"meets-{os.getpid()}").touch()
while len(list(home.glob("meets-*"))) < 2:
    time.sleep(0.02)
publish.takeaway(json.dumps([os.getpid(), os.getcwd(), sorted(os.listdir())]))
"""
# Leaves a daemon behind: twice forked and in a session of its own.
DETACHES = """
import os
from pathlib import Path
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        Path(os.environ["JPRESEARCH_HOME"], f"detached-{os.getpid()}").touch()
        os.execvp("sleep", ["sleep", "600"])
    os._exit(0)
os.wait()
"""
NOTEBOOKS = {
    "05_detaches": (PUBLISHES, DETACHES),
    "01_meets": (MEETS,),
    "02_meets": (MEETS,),
    "03_works": (PUBLISHES,),
    "04_waits": (BEGINS, WAITS),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    project = commands.make_project(tmp_path_factory.mktemp("local") / "project", NOTEBOOKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JPRESEARCH_HOME", str(project))
        yield project


@pytest.fixture(scope="module")
def local(home: Path) -> Iterator[Local]:
    temporary = home / "temporary"
    temporary.mkdir()
    with Local(2, temporary) as executor:
        yield executor
    commands.assert_nothing_left(home)


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_HOME", str(home))


def tasks(home: Path, *names: str) -> dict[int, Task]:
    folder = home / "run"
    folder.mkdir(exist_ok=True)
    run = Run(
        id="20250905-160000-aaaa", started_at=datetime(2025, 9, 5, 16, tzinfo=ZoneInfo("Asia/Tokyo")), command=["run"],
        whole_collection=True, git=None, versions={}, cores=1, jobs=[],
    )  # fmt: skip
    found = {}
    for key, planned in enumerate(plan(names, {}).jobs):
        job = Job(name=planned.name, notebook=planned.name, title="T", parameters=planned.parameters, why="asked")
        found[key] = Task(planned, planned.notebook.path.read_bytes(), job, run, (str(folder),))
    return found


def follow(local: Local, wanted: Mapping[int, Task], submit: bool = True) -> list[Event]:
    """Every event until each task has ended."""
    if submit:
        for key, task in wanted.items():
            local.submit(key, task)
    heard: list[Event] = []
    commands.until(
        lambda: heard.extend(local.events(0.05)) or {e.key for e in heard if isinstance(e, Ended)} == set(wanted),
        "the end of every task",
    )
    return heard


def ends(events: list[Event]) -> dict[int, Ended]:
    return {event.key: event for event in events if isinstance(event, Ended)}


def test_as_many_as_wanted_run_at_once_and_the_next_waits(home: Path, local: Local) -> None:
    events = follow(local, tasks(home, "01_meets", "02_meets", "03_works"))
    order = [(type(event), event.key) for event in events if isinstance(event, (Started, Ended))]
    first_end = next(place for place, (kind, _) in enumerate(order) if kind is Ended)
    assert {key for kind, key in order[:first_end] if kind is Started} == {0, 1}
    assert order.index((Started, 2)) > first_end
    jobs = [end.job for end in ends(events).values()]
    assert all(job is not None and job.status is Status.SUCCEEDED for job in jobs), jobs


def test_each_job_has_a_process_and_an_empty_folder_of_its_own(home: Path, local: Local) -> None:
    for mark in home.glob("meets-*"):
        mark.unlink()
    done = ends(follow(local, tasks(home, "01_meets", "02_meets")))
    seen = [json.loads(end.job.takeaways[0]) for end in done.values() if end.job is not None]
    assert len(seen) == 2
    (one, here, beside), (other, there, _) = seen
    assert one != other
    assert here != there
    assert beside == []
    assert not Path(here).exists(), "the folder goes with the job"
    assert str(home) in here or not here.startswith(str(Path.cwd()))


def waiting(home: Path, local: Local, task: Task) -> tuple[psutil.Process, list[Event]]:
    """The kernel of a task that waits, and what was heard until then."""
    for mark in home.glob("waits-*"):
        mark.unlink()
    local.submit(0, task)
    heard: list[Event] = []
    commands.until(lambda: heard.extend(local.events(0.05)) or any(home.glob("waits-*")), "the notebook waits")
    (mark,) = home.glob("waits-*")
    return psutil.Process(int(mark.name.removeprefix("waits-"))), heard


def command_line(process: psutil.Process) -> list[str]:
    """What the process was called with; nothing where it has ended since it was listed."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def job_process() -> psutil.Process:
    """The process of the one job that runs: a child of the fork server's."""
    servers = [process for process in psutil.Process().children() if "forked_job" in " ".join(command_line(process))]
    (job,) = [child for server in servers for child in server.children()]
    return job


def test_a_job_whose_process_is_killed_has_failed_and_its_page_says_so(home: Path, local: Local) -> None:
    task = tasks(home, "04_waits")[0]
    kernel, _ = waiting(home, local, task)
    job_process().kill()
    end = ends(follow(local, {0: task}, submit=False))[0]
    assert end.job is not None
    assert end.job.status is Status.FAILED
    assert end.job.failure is not None
    assert end.job.failure.message == "the job's process was ended by SIGKILL"
    assert "SIGKILL" in (home / "run" / "04_waits.html").read_text(encoding="utf-8")
    commands.until(lambda: not kernel.is_running(), "the end of its kernel")


def test_a_job_past_its_deadline_that_does_not_answer_is_ended(home: Path, local: Local) -> None:
    task = replace(tasks(home, "04_waits")[0], limits=Limits(job_seconds=600))
    kernel, _ = waiting(home, local, task)
    (watched,) = local._running
    job_process().suspend()
    watched._deadline = 0.0
    end = ends(follow(local, {0: task}, submit=False))[0]
    assert end.job is not None
    assert end.job.status is Status.TIMED_OUT
    assert end.job.failure is not None
    assert "600 seconds" in end.job.failure.message
    commands.until(lambda: not kernel.is_running(), "the end of its kernel")


def test_the_process_that_forks_jobs_is_replaced_when_it_dies(home: Path, local: Local) -> None:
    os.kill(local._fork_server.pid, 9)
    commands.until(lambda: local._fork_server.code is not None, "the end of the server")
    end = ends(follow(local, tasks(home, "03_works")))[0]
    assert end.job is not None
    assert end.job.status is Status.SUCCEEDED


def test_cancelled_tasks_end_and_what_had_not_begun_never_does(home: Path, local: Local) -> None:
    wanted = tasks(home, "04_waits", "03_works")
    kernel, _ = waiting(home, local, wanted[0])
    local._jobs = 1
    local.submit(1, wanted[1])
    local.cancel()
    done = ends(follow(local, wanted, submit=False))
    local._jobs = 2
    assert done[1].job is None
    assert done[0].job is not None
    assert done[0].job.status is Status.CANCELLED
    commands.until(lambda: not kernel.is_running(), "the end of its kernel")


def test_what_a_cell_detaches_ends_with_its_job(home: Path, local: Local) -> None:
    end = ends(follow(local, tasks(home, "05_detaches")))[0]
    assert end.job is not None
    assert (end.job.status, end.job.kernel) == (Status.SUCCEEDED, "warm")
    assert_detached_is_gone(home)


def test_what_a_cell_detaches_from_an_ordinary_kernel_ends_with_its_job(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpresearch.batch.kernels.kernel_server.unsafe", lambda: "not here")
    temporary = home / "cold"
    temporary.mkdir()
    with Local(1, temporary) as cold:
        end = ends(follow(cold, tasks(home, "05_detaches")))[0]
        assert end.job is not None
        assert (end.job.status, end.job.kernel) == (Status.SUCCEEDED, "cold")
        assert_detached_is_gone(home)


def assert_detached_is_gone(home: Path) -> None:
    commands.until(lambda: any(home.glob("detached-*")), "the daemon's mark")
    for mark in home.glob("detached-*"):
        pid = int(mark.name.removeprefix("detached-"))
        mark.unlink()
        commands.until(lambda pid=pid: not psutil.pid_exists(pid), "the end of what a cell detached")  # type: ignore[misc]
