"""The engine under papermill: a notebook that did not end by itself is never told as completed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from jpresearch.batch.kernels import papermill_engine
from jpresearch.batch.kernels.kernel_death import Stopped
from jpresearch.batch.kernels.kernel_server import socket_folder
from jpresearch.batch.kernels.papermill_engine import Job
from jpresearch.batch.limits import Limits, Progress
from jpresearch.batch.redaction import Redactor
from jpresearch.record import Status

pytestmark = pytest.mark.xdist_group("warm")

DEAF = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""
SWALLOWS = """
import time
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("swallowed")
"""
DEVOURS = "held = b'x' * (400 << 20); import time; time.sleep(60)"
LETS_DEVOUR = """
import os, time
if os.fork() == 0:
    held = b"x" * (400 << 20)
time.sleep(60)
"""
SHARES = (
    "import pandas, scipy.stats, psutil, time; time.sleep(0.5); assert psutil.Process().memory_info().rss > 150 << 20"
)
READS_WHAT_IS_KEPT = """
import json, os, pathlib
print("hush" + "-hush", json.loads(pathlib.Path(os.environ["KEPT"]).read_text())["metadata"])
"""


@pytest.fixture
def job(tmp_path: Path, warm_environment: dict[str, str]) -> Iterator[Job]:
    (tmp_path / "work").mkdir()
    sockets = socket_folder()
    yield Job(sockets, tmp_path / "work", warm_environment, tmp_path / "kept.ipynb")
    shutil.rmtree(sockets)


@pytest.fixture
def run(job: Job, write_notebook: Callable[..., Path]) -> Callable[..., Any]:
    """Runs cells under the engine and returns what is kept on disk; what is raised is noted in ``run.error``."""

    def execute(*cells: str, **parameters: object) -> Any:
        path = write_notebook("01_a", *cells)
        engine_name = papermill_engine.NAME
        execute.error = None  # type: ignore[attr-defined]
        try:
            papermill.execute_notebook(
                str(path), None, parameters, engine_name=engine_name, kernel_name="python3", progress_bar=False, job=job
            )
        except (Stopped, PapermillExecutionError) as error:
            execute.error = error  # type: ignore[attr-defined]
        assert job.target is not None
        return nbformat.read(job.target, as_version=4)

    return execute


def states(notebook: Any) -> list[tuple[str, bool | None]]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell.metadata.papermill.status, cell.metadata.papermill.exception) for cell in code]


def test_cells_run_in_order_and_are_announced(run: Any, job: Job) -> None:
    told: list[Progress] = []
    job.listener = told.append
    kept = run("print('one')", "print(as_of)", as_of="2025-09-05")
    assert run.error is None
    assert told == [Progress(1, 3), Progress(2, 3), Progress(3, 3)], "the cell that papermill puts in is not counted"
    assert kept.cells[-1].outputs[0].text == "2025-09-05\n"
    assert (job.kernel, job.note) == ("warm", None)
    assert set(job.timings) == {"kernel", "cells"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(3)", "the kernel ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "the kernel was killed by signal 9 (SIGKILL)"),
        ("import ctypes; ctypes.string_at(0)", "the kernel was killed by signal 11 (SIGSEGV)"),
    ],
)
def test_a_dead_kernel_is_told_as_one(code: str, words: str, run: Any, job: Job) -> None:
    kept = run("print('kept')", code, "print('never')")
    assert isinstance(run.error, Stopped)
    assert (run.error.status, run.error.what, run.error.cell) == (Status.KERNEL_DIED, words, 3)
    assert run.error.source == code
    assert states(kept) == [("completed", False), ("completed", False), ("failed", True), ("pending", None)]
    assert kept.cells[2].outputs[0].text == "kept\n"


def test_an_ordinary_kernel_that_dies_is_told_as_well(run: Any, job: Job) -> None:
    job.env = {name: value for name, value in job.env.items() if name != "JPRESEARCH_KERNEL_PARENT"}
    run("import os; os._exit(4)")
    assert (job.kernel, job.note) == ("cold", "there is no preloaded parent")
    assert run.error.what == "the kernel ended with exit code 4"


def test_an_error_of_a_cell_stays_one(run: Any) -> None:
    kept = run("raise ValueError('no figure')", "print('never')")
    assert isinstance(run.error, PapermillExecutionError)
    assert states(kept) == [("completed", False), ("failed", True), ("pending", None)]
    assert [output.ename for output in kept.cells[2].outputs] == ["ValueError"]


@pytest.mark.parametrize(
    ("code", "limits", "words"),
    [
        ("while True: pass", Limits(cell_seconds=1), "the cell passed its time limit of 1 seconds"),
        ("import time; time.sleep(60)", Limits(job_seconds=8), "the notebook passed its time limit of 8 seconds"),
    ],
)
def test_what_takes_too_long_is_interrupted_where_it_is(
    code: str, limits: Limits, words: str, run: Any, job: Job
) -> None:
    job.limits = limits
    kept = run(code, "print('never')")
    assert (run.error.status, run.error.what, run.error.cell) == (Status.TIMED_OUT, words, 2)
    assert states(kept)[1:] == [("failed", True), ("pending", None)]
    assert [output.ename for output in kept.cells[2].outputs] == ["KeyboardInterrupt"]


def test_what_does_not_heed_an_interrupt_is_killed(run: Any, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpresearch.batch.kernels.limit_guard.GRACE_SECONDS", 0.5)
    job.limits = Limits(cell_seconds=1)
    run(DEAF)
    assert run.error.status is Status.TIMED_OUT
    assert "the cell passed its time limit" in run.error.what


def test_a_cell_that_swallows_its_interrupt_and_ends_has_still_timed_out(run: Any, job: Job) -> None:
    job.limits = Limits(cell_seconds=1)
    kept = run(SWALLOWS, "print('never')")
    assert run.error.status is Status.TIMED_OUT
    assert states(kept)[1:] == [("failed", True), ("pending", None)]


@pytest.mark.parametrize("code", [DEVOURS, LETS_DEVOUR], ids=["itself", "a process it started"])
def test_what_takes_too_much_memory_is_killed(code: str, run: Any, job: Job) -> None:
    job.limits = Limits(memory_mb=300)
    run(code)
    assert run.error.status is Status.KERNEL_DIED
    assert "the kernel passed its memory limit of 300 MB (it held " in run.error.what
    assert run.error.cell == 2


def test_memory_shared_with_the_parent_is_not_counted(run: Any, job: Job) -> None:
    job.limits = Limits(memory_mb=150)
    run(SHARES)
    assert run.error is None


def test_the_notebook_is_kept_whole_and_without_secrets_while_it_runs(run: Any, job: Job) -> None:
    job.secrets = Redactor((("API_KEY", "hush-hush"),))
    assert job.target is not None
    job.env["KEPT"] = str(job.target)
    kept = run(READS_WHAT_IS_KEPT, as_of="hush-hush")
    assert "hush-hush" not in job.target.read_text()
    assert "[removed: API_KEY]" in kept.cells[-1].outputs[0].text
    assert "'parameters': {'as_of': '[removed: API_KEY]'}" in kept.cells[-1].outputs[0].text


def test_the_notebook_is_not_written_for_every_cell(run: Any, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    monkeypatch.setattr(papermill_engine, "SAVE_SECONDS", 3600.0)
    write = papermill_engine.write_atomically
    monkeypatch.setattr(
        papermill_engine, "write_atomically", lambda file, text: (written.append(file), write(file, text))
    )
    run(*["x = 1"] * 10)
    assert len(written) == 2


def test_plain_papermill_works_with_and_without_the_engine(write_notebook: Callable[..., Path], tmp_path: Path) -> None:
    path = write_notebook("01_a", "import os; print(os.getcwd(), as_of)")
    for engine_words in ([], ["--engine", "jpresearch"]):
        out = tmp_path / "out.ipynb"
        call = [str(Path(sys.executable).parent / "papermill"), str(path), str(out), "-p", "as_of", "2025-09-05"]
        done = subprocess.run([*call, *engine_words], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        cells = json.loads(out.read_text())["cells"]
        assert "".join(cells[-1]["outputs"][0]["text"]) == f"{tmp_path} 2025-09-05\n"


def test_a_death_under_plain_papermill_with_the_engine_is_an_error(
    write_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_notebook("01_a", "import os; os._exit(3)")
    call = [
        str(Path(sys.executable).parent / "papermill"),
        "--engine",
        "jpresearch",
        str(path),
        str(tmp_path / "out.ipynb"),
    ]
    done = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode != 0
    assert "the kernel ended with exit code 3" in done.stderr
    assert states(nbformat.read(tmp_path / "out.ipynb", as_version=4))[-1] == ("failed", True)
