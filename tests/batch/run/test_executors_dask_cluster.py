"""Jobs on a real Dask scheduler with two workers on the loopback, writing to an address."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jpresearch import record
from jpresearch.record import Job, Run, Status
from tests.batch import commands
from tests.batch.commands import BEGINS, WAITS

pytestmark = pytest.mark.xdist_group("cluster")

DASK = Path(sys.executable).parent / "dask"
# A file system of the tests' own: addresses shelf://name lie in the folder that SHELF names.
SHELF = """
import fsspec, os, shutil
from pathlib import Path

class Shelf(fsspec.AbstractFileSystem):
    protocol = "shelf"
    def _place(self, path):
        return Path(os.environ["SHELF"], self._strip_protocol(path))
    def makedirs(self, path, exist_ok=False):
        self._place(path).mkdir(parents=True, exist_ok=exist_ok)
    def put_file(self, lpath, rpath, **rest):
        shutil.copyfile(lpath, self._place(rpath))
    def get_file(self, rpath, lpath, **rest):
        shutil.copyfile(self._place(rpath), lpath)

fsspec.register_implementation("shelf", Shelf)
"""
FIGURES = """
from jpresearch import load, publish
rates = load("boj_policy", as_of)
publish.metric("rows", len(rates))
publish.metric("mean", rates["value"].mean(), unit="%", low=rates["value"].min(), high=rates["value"].max())
publish.metric("third", 1 / 3)
publish.metric("newest", rates["period_end"].max())
publish.table("rates", rates.tail(3)[["period_end", "value"]], caption="Newest decisions")
publish.takeaway(f"There are {len(rates)} figures.")
"""
# Waits the first time only.
WAITS_ONCE = """
import os, time
from pathlib import Path
mark = Path(os.environ["JPRESEARCH_HOME"], "began")
if not mark.exists():
    mark.write_text(str(os.getpid()))
    time.sleep(120)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    notebooks = {f"0{number}_figures": (FIGURES,) for number in (1, 2)}
    notebooks |= {"11_once": (WAITS_ONCE, FIGURES), "12_waits": (BEGINS, WAITS)}
    project = commands.make_project(tmp_path_factory.mktemp("cluster") / "project", notebooks)
    (project / "site").mkdir()
    (project / "site" / "sitecustomize.py").write_text(SHELF)
    (project / "shelf").mkdir()
    return project


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(home / "site"), os.environ.get("PYTHONPATH")]))
    return {"JPRESEARCH_HOME": str(home), "PYTHONPATH": path, "SHELF": str(home / "shelf")}


@pytest.fixture(scope="module")
def scheduler(home: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of a scheduler with two workers, each under a nanny as usual."""
    file = home / "scheduler.json"
    variables = {**os.environ, **environment}
    where = ("--scheduler-file", str(file))
    words = [("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *where)]
    words += [("worker", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", *where)] * 2
    with (home / "dask.log").open("ab") as log:
        processes = [
            subprocess.Popen([str(DASK), *word], stdout=log, stderr=log, env=variables, cwd=home) for word in words
        ]
    try:
        commands.until(lambda: (home / "dask.log").read_text().count("Registered to") >= 2, "two workers")
        # Only now: the scheduler's file is there a moment before its content, and the workers have read it.
        yield json.loads(file.read_text())["address"]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(30)
        commands.assert_nothing_left(home)


def jobs_of(folder: Path) -> dict[str, Job]:
    return commands.by_name(record.read(folder))


def newest(home: Path, words: str = "shelf-desk") -> Path:
    """The folder kept on this machine for the newest run at the address."""
    (kept,) = (home / "reports" / ".remote").glob(f"{words}*")
    return commands.runs(kept)[-1]


FIGURES_OF = ("01_figures", "02_figures")


@pytest.fixture(scope="module")
def remote(home: Path, environment: dict[str, str], scheduler: str) -> Path:
    """The folder kept on this machine for a run that workers made."""
    done = commands.call("run", *FIGURES_OF, "--dask", scheduler, "--output", "shelf://desk", **environment)
    assert done.returncode == 0, done.stderr + (home / "dask.log").read_text()[-3000:]
    return newest(home)


def test_local_jobs_and_workers_give_byte_equal_metrics(home: Path, environment: dict[str, str], remote: Path) -> None:
    local = commands.call("run", *FIGURES_OF, "--jobs", "2", "--output", str(home / "local"), **environment)
    assert local.returncode == 0, local.stderr
    ours, theirs = jobs_of(commands.runs(home / "local")[-1]), jobs_of(remote)
    for name in FIGURES_OF:
        assert theirs[name].status is Status.SUCCEEDED
        for part in ("metrics", "takeaways", "figures", "tables"):
            assert json.dumps(ours[name].model_dump(mode="json")[part]) == json.dumps(
                theirs[name].model_dump(mode="json")[part]
            )


def test_workers_write_page_notebook_workbook_and_the_driver_the_record(home: Path, remote: Path) -> None:
    folder = remote
    shelf = home / "shelf" / "desk" / folder.name
    files = {f"{name}{ending}" for name in FIGURES_OF for ending in (".html", ".ipynb", ".xlsx")}
    assert {path.name for path in shelf.iterdir()} == files | {"record.json", "index.html", "metrics.csv"}
    for file in shelf.iterdir():
        assert file.read_bytes() == (folder / file.name).read_bytes(), "the copy on this machine"
    assert Run.model_validate_json((shelf / "record.json").read_text()).ended_at is not None


@pytest.mark.usefixtures("remote")
def test_what_workers_did_is_reused(home: Path, environment: dict[str, str], scheduler: str) -> None:
    again = commands.call("run", *FIGURES_OF, "--dask", scheduler, "--output", "shelf://desk", **environment)
    assert again.returncode == 0, again.stderr
    folder = newest(home)
    assert {job.status for job in record.read(folder).jobs} == {Status.REUSED}
    assert (home / "shelf" / "desk" / folder.name / "01_figures.html").is_file()


def test_a_lost_workers_job_goes_elsewhere(home: Path, environment: dict[str, str], scheduler: str) -> None:
    driver = commands.start("run", "11_once", "01_figures", "--force", "--dask", scheduler, **environment)
    # A file is there a moment before its content.
    commands.until(
        lambda: (home / "began").exists() and (home / "began").read_text() != "", "the job waits on a worker"
    )
    # The worker's word that it began takes another way, by the scheduler.
    commands.until(
        lambda: jobs_of(commands.runs(home / "reports")[-1])["11_once"].status is Status.RUNNING, "the driver knows"
    )
    kernel = psutil.Process(int((home / "began").read_text()))
    workers = [process for process in kernel.parents() if "dask" in " ".join(process.cmdline())]
    lost = next(process for process in kernel.parents() if "spawn_main" in " ".join(process.cmdline()))
    assert workers
    lost.kill()
    out, err = driver.communicate(timeout=commands.PATIENCE_SECONDS)
    assert driver.returncode == 0, err
    assert out.count("11_once: running") == 2
    jobs = jobs_of(commands.runs(home / "reports")[-1])
    assert {jobs[name].status for name in ("11_once", "01_figures")} == {Status.SUCCEEDED}
    commands.until(lambda: not kernel.is_running(), "the end of the lost worker's kernel")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_workers_end_what_the_driver_no_longer_waits_for(
    number: signal.Signals, home: Path, environment: dict[str, str], scheduler: str
) -> None:
    driver = commands.start("run", "12_waits", "--dask", scheduler, **environment)
    commands.until(lambda: any(home.glob("waits-*")), "the job waits on a worker")
    (mark,) = home.glob("waits-*")
    kernel = psutil.Process(int(mark.name.removeprefix("waits-")))
    mark.unlink()
    driver.send_signal(number)
    _, err = driver.communicate(timeout=60)
    commands.until(lambda: not kernel.is_running(), "the end of the job's kernel")
    if number is signal.SIGINT:
        assert driver.returncode == 130, err
        run = record.read(commands.runs(home / "reports")[-1])
        assert [job.status for job in run.jobs] == [Status.CANCELLED]


def test_a_worker_on_other_figures_refuses(tmp_path: Path, environment: dict[str, str], scheduler: str) -> None:
    other = commands.make_project(tmp_path / "other", {"01_figures": (FIGURES,)})
    with (other / "data" / "boj_policy.csv").open("a") as file:
        file.write("\n")
    done = commands.call("run", "--dask", scheduler, **{**environment, "JPRESEARCH_HOME": str(other)})
    assert done.returncode == 1
    assert "has other data than the driver" in done.stderr


def test_a_scheduler_that_goes_fails_its_jobs_and_the_record_is_closed(
    home: Path, environment: dict[str, str], scheduler: str
) -> None:
    driver = commands.start("run", "12_waits", "--dask", scheduler, **environment)
    commands.until(lambda: any(home.glob("waits-*")), "the job waits on a worker")
    for process in commands.processes_of(home):
        # What has ended since it was listed has no command line any more.
        with contextlib.suppress(psutil.NoSuchProcess):
            if "scheduler" in process.cmdline():
                process.kill()
    _, err = driver.communicate(timeout=60)
    assert driver.returncode == 1, err
    assert "the connection to the Dask scheduler was lost" in err
    run = record.read(commands.runs(home / "reports")[-1])
    assert [job.status for job in run.jobs] == [Status.FAILED]
    assert run.ended_at is not None


def test_a_scheduler_that_is_not_there_is_said(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_n": ("1",)})
    done = commands.call("run", "--dask", "tcp://127.0.0.1:9", JPRESEARCH_HOME=str(project))
    assert done.returncode == 3
    assert "the Dask scheduler cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert [job.status for job in commands.the_run(project / "reports").jobs] == [Status.CANCELLED]
