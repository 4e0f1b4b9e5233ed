"""Notebooks that die, hang, devour memory or are none: the record tells the truth and the others finish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jpresearch.record import Run, Status
from tests.batch import commands
from tests.batch.commands import BEGINS, PUBLISHES

FAULTS = {
    "02_killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Status.KERNEL_DIED, "SIGKILL"),
    "03_exits": ("import os; os._exit(3)", Status.KERNEL_DIED, "3"),
    "04_endless": ("while True: pass", Status.TIMED_OUT, "8 seconds"),
    "05_devours": ("held = b'x' * (1500 << 20); import time; time.sleep(60)", Status.KERNEL_DIED, "memory"),
    "06_fails": ("raise ValueError('no figure')", Status.FAILED, "no figure"),
    "06_leaves": ("raise SystemExit", Status.FAILED, "SystemExit"),
    "07_publishes_nothing": ("x = 1", Status.FAILED, "declared but not published: metric two"),
}
WRITES = (
    "from pathlib import Path; Path('beside.txt').write_text('x'); Path('07_publishes_nothing.ipynb').write_text('x')"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose run met every fault, with two notebooks at once; well-behaved ones are the first and the last."""
    cells = {name: (BEGINS, cell) for name, (cell, _, _) in FAULTS.items()}
    notebooks = {"01_works": (PUBLISHES,), **cells, "08_writes": (PUBLISHES, WRITES), "10_works": (PUBLISHES,)}
    home = commands.make_project(tmp_path_factory.mktemp("faults"), notebooks, publishes={"metrics": ["two"]})
    (home / "notebooks" / "09_not_json.ipynb").write_text("{'a': ")
    words = ("run", "--jobs", "2", "--cell-timeout", "8", "--memory", "700")
    done = commands.call(*words, JPRESEARCH_HOME=str(home))
    assert done.returncode == 1, done.stderr
    (home / "stderr").write_text(done.stderr)
    return home


@pytest.fixture(scope="module")
def run(project: Path) -> Run:
    return commands.the_run(project / "reports")


pytestmark = pytest.mark.xdist_group("faults_kernels")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_as_what_it_was(name: str, run: Run, project: Path) -> None:
    _, status, words = FAULTS[name]
    job = commands.by_name(run)[name]
    assert job.status is status
    assert job.failure is not None
    assert words in f"{job.failure.type}: {job.failure.message}"
    assert f"{name}: " in (project / "stderr").read_text()


@pytest.mark.parametrize("name", FAULTS)
def test_the_partial_notebook_and_its_page_are_kept(name: str, run: Run, project: Path) -> None:
    job = commands.by_name(run)[name]
    (folder,) = commands.runs(project / "reports")
    assert job.takeaways == ["It began."]
    assert job.page is not None
    page = (folder / job.page).read_text(encoding="utf-8")
    assert "banner failed" in page
    assert "It began." in page
    assert job.executed_notebook is not None
    json.loads((folder / job.executed_notebook).read_text(encoding="utf-8"))


def test_a_file_that_is_no_notebook_has_failed_and_says_so(run: Run) -> None:
    job = commands.by_name(run)["09_not_json"]
    assert job.status is Status.FAILED
    assert job.failure is not None
    assert "not a notebook" in job.failure.message


def test_the_other_notebooks_finish(run: Run) -> None:
    jobs = commands.by_name(run)
    assert {jobs[name].status for name in ("01_works", "08_writes", "10_works")} == {Status.SUCCEEDED}
    assert run.ended_at is not None


def test_what_a_notebook_writes_to_its_folder_is_in_nobodys_way(project: Path, run: Run) -> None:
    assert not list(project.rglob("beside.txt"))
    (folder,) = commands.runs(project / "reports")
    files = {path.name for path in folder.iterdir()}
    assert files == {name for job in run.jobs for name in job.files} | {"record.json", "index.html", "metrics.csv"}


def test_no_process_is_left_behind(project: Path, run: Run) -> None:
    commands.assert_nothing_left(project)
