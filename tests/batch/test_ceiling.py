"""The run's day is the ceiling of every read: in warm and cold kernels, on workers, through papermill itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
import pytest
from distributed import LocalCluster

from jpresearch import clock, record
from jpresearch.batch.job.execute_notebook import execute
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.limits import NO_LIMITS
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import lifecycle
from jpresearch.batch.run.lifecycle import Options
from jpresearch.batch.scaffold import notebook
from jpresearch.errors import BadParameter, BatchInvalid, CallError
from jpresearch.record import Job, Status
from tests.batch.commands import call

pytestmark = pytest.mark.xdist_group("warm")

Write = Callable[..., Path]
IMPORTS = "from jpresearch import load, publish, tables, catalog"
PUBLISHED = "publish.metric('newest', str(x['published_at'].max()))"
AHEAD = {
    "a load without as_of": "x = load('boj_policy')",
    "a load of a later day": "x = load('boj_policy', '2026-09-18')",
    "a load of a day to come": "x = load('boj_policy', '2031-01-01')",
    "all vintages": "x = tables.vintages('boj_policy')",
    "the whole table": "x = tables.read(catalog.table('boj_policy'))",
    "the newest note": "x = tables.newest('boj_policy')",
    "the table of sources": "x = tables.sources('boj_policy')",
    "a snapshot": "x = tables.snapshot(catalog.table('boj_policy'))",
}


def the_job(folder: Path) -> Job:
    (job,) = record.read(folder).jobs
    return job


@pytest.fixture
def warm(isolated_parent: KernelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are forked from the tests' own server."""
    for name, value in isolated_parent.environment().items():
        monkeypatch.setenv(name, value)


COLD = [pytest.param(read, "cold", id=f"{name}, cold") for name, read in list(AHEAD.items())[:1]]


@pytest.mark.parametrize(
    ("read", "kernel"), [*(pytest.param(read, "warm", id=name) for name, read in AHEAD.items()), *COLD]
)
def test_a_read_past_the_run_fails_the_job_and_names_cell_and_table(
    read: str, kernel: str, request: pytest.FixtureRequest, write_notebook: Write, tmp_path: Path
) -> None:
    if kernel == "warm":
        request.getfixturevalue("warm")
    write_notebook("09_a", IMPORTS, read)
    done = execute(plan(["09_a"], {"as_of": "2022-01-05"}).jobs[0], tmp_path / "a.ipynb")
    assert (done.status, done.kernel) == (Status.FAILED, kernel)
    assert done.failure is not None
    assert (done.failure.type, done.failure.cell) == ("LookAhead", 3)
    assert "boj_policy" in done.failure.message
    assert "2022-01-05" in done.failure.message


@pytest.mark.parametrize("as_of", ["2022-01-05", "2021-11-10T23:59:59"])
@pytest.mark.usefixtures("warm")
def test_a_read_of_the_runs_own_day_succeeds(as_of: str, write_notebook: Write, tmp_path: Path) -> None:
    write_notebook("09_a", IMPORTS, f"x = load('boj_policy', as_of); {PUBLISHED}")
    done = execute(plan(["09_a"], {"as_of": as_of}).jobs[0], tmp_path / "a.ipynb")
    assert done.failure is None
    assert pd.Timestamp(str(done.published.metrics["newest"].value)) <= clock.moment(as_of)


def test_without_a_day_all_jobs_read_to_the_start_of_the_run(
    write_notebook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.NOW_VARIABLE, "2026-03-02T12:00")
    look = "import os; publish.metric('day', os.environ['JPRESEARCH_AS_OF'])"
    for name in ("09_a", "09_b"):
        write_notebook(name, IMPORTS, f"x = load('boj_policy'); {PUBLISHED}", look)
    folder = lifecycle.run(plan([], {}), ["run"], tmp_path / "reports")
    state = record.read(folder)
    assert state.day.isoformat() == "2026-03-02"
    found = [{metric.name: metric.value for metric in job.metrics} for job in state.jobs]
    assert found[0] == found[1]
    assert found[0]["day"] == "2026-03-02T12:00:00+09:00"
    assert pd.Timestamp(str(found[0]["newest"])) <= pd.Timestamp("2026-03-02 12:00", tz="Asia/Tokyo")
    assert "2026-03-02" in (folder / "09_a.html").read_text(encoding="utf-8")
    assert [job.tables[0].age_days for job in state.jobs] == [
        (pd.Timestamp("2026-03-02") - pd.Timestamp(str(job.tables[0].newest_period))).days for job in state.jobs
    ]


def test_warm_kernels_of_a_run_have_the_ceiling(write_notebook: Write, tmp_path: Path) -> None:
    write_notebook("09_a", IMPORTS, "x = load('boj_policy')")
    job = the_job(lifecycle.run(plan([], {"as_of": "2022-01-05"}), ["run"], tmp_path / "reports"))
    assert job.failure is not None
    assert (job.kernel, job.failure.type, job.failure.cell) == ("warm", "LookAhead", 3)


def test_workers_of_a_cluster_have_the_ceiling(write_notebook: Write, tmp_path: Path) -> None:
    write_notebook("09_a", IMPORTS, "x = load('boj_policy')")
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        options = Options(dask=cluster.scheduler_address)
        job = the_job(lifecycle.run(plan([], {"as_of": "2022-01-05"}), ["run"], tmp_path / "reports", options=options))
    assert job.failure is not None
    assert (job.failure.type, job.failure.cell) == ("LookAhead", 3)


def test_papermill_with_our_engine_has_the_ceiling(write_notebook: Write, tmp_path: Path) -> None:
    path = write_notebook("09_a", IMPORTS, "x = load('boj_policy')")
    with pytest.raises(papermill.PapermillExecutionError, match="LookAhead"):
        papermill.execute_notebook(
            path, tmp_path / "out.ipynb", {"as_of": "2022-01-05"}, engine_name="jpresearch", progress_bar=False
        )


@pytest.mark.parametrize("as_of", ["2030-01-01", "2026-09-18", "2026-09-17T12:01", "2026-09-17T03:01Z"])
def test_a_day_to_come_is_refused_before_anything_starts(
    as_of: str, write_notebook: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.NOW_VARIABLE, "2026-09-17T12:00")
    write_notebook("09_a", "1")
    with pytest.raises(BadParameter, match="still to come"):
        plan([], {"as_of": as_of})
    for words in (["--as-of", as_of], ["-p", f"as_of={as_of}"], ["--as-of", as_of, "--dry-run"]):
        done = call("run", *words)
        assert (done.returncode, "still to come" in done.stderr) == (2, True), done.stderr
    assert not (project / "reports").exists()
    shown = call("data", "show", "boj_policy", "--as-of", as_of)
    assert (shown.returncode, "still to come" in shown.stderr) == (2, True)


@pytest.mark.parametrize(
    ("grid", "line"),
    [
        ("    parameters: {as_of: 2026-09-18}", 3),
        ("    grid:\n      as_of: [2026-08-31, 2026-09-18]", 4),
        ("    grid:\n      as_of: {month_ends: 2026-07..2026-09}", 4),
        ("    grid:\n      as_of: ['2026-09-17T12:01']", 4),
    ],
)
def test_a_batch_file_with_a_day_to_come_is_refused_with_its_line(
    grid: str, line: int, write_notebook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.NOW_VARIABLE, "2026-09-17T12:00")
    write_notebook("09_a", "1")
    file = tmp_path / "batch.yaml"
    file.write_text(f"jobs:\n  - notebooks: all\n{grid}\n", encoding="utf-8")
    with pytest.raises(BatchInvalid, match="still to come") as caught:
        plan([], {}, batch=file)
    assert issubclass(BatchInvalid, CallError)
    assert f"line {line}" in str(caught.value)


def test_the_day_itself_and_past_month_ends_run(
    write_notebook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.NOW_VARIABLE, "2026-09-17T12:00")
    write_notebook("09_a", "1")
    file = tmp_path / "batch.yaml"
    text = "jobs:\n  - notebooks: all\n    grid:\n      as_of: {month_ends: 2026-07..2026-08}\n"
    file.write_text(text, encoding="utf-8")
    assert [job.name for job in plan([], {}, batch=file).jobs] == ["09_a--2026-07-31", "09_a--2026-08-31"]
    assert plan([], {"as_of": "2026-09-17"}).jobs[0].skipped is None


def test_a_moment_is_a_moment_from_the_call_to_the_page(write_notebook: Write, tmp_path: Path) -> None:
    write_notebook("09_a", IMPORTS, f"x = load('investor_flows', as_of); {PUBLISHED}")
    file = tmp_path / "batch.yaml"
    moments = ["2026-09-10T15:29", "2026-09-10T15:30"]
    file.write_text(f"jobs:\n  - notebooks: all\n    grid:\n      as_of: {json.dumps(moments)}\n", encoding="utf-8")
    folder = lifecycle.run(plan([], {}, batch=file), ["run"], tmp_path / "reports")
    before, after = record.read(folder).jobs
    assert [before.name, after.name] == ["09_a--2026-09-10T15-29", "09_a--2026-09-10T15-30"]
    for job, as_of in zip((before, after), moments, strict=True):
        assert (job.parameters["as_of"], job.tables[0].as_of) == (as_of, as_of)
        assert as_of in (folder / str(job.page)).read_text(encoding="utf-8")
    assert [job.tables[0].newest_period for job in (before, after)] == ["2026-08-28", "2026-09-04"]


def test_the_notebook_that_new_writes_runs_as_of_a_past_moment(project: Path, tmp_path: Path) -> None:
    path = project / "notebooks" / "09_new.ipynb"
    path.write_text(json.dumps(notebook.notebook("A question")), encoding="utf-8")
    done = execute(plan([], {"as_of": "2025-09-04T15:30"}).jobs[0], tmp_path / "a.ipynb", limits=NO_LIMITS)
    assert done.failure is None


def test_the_clock_of_a_kernel_outside_a_run_is_open(project: Path) -> None:
    code = "from jpresearch import load; print(len(load('boj_policy')))"
    environment: dict[str, Any] = {name: value for name, value in os.environ.items() if name != clock.AS_OF_VARIABLE}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert int(done.stdout) > 0
