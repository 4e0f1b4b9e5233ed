"""One job from plan to outcome: limits, faults, folders, environment and secrets."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jpresearch.batch.job.execute_notebook import Outcome, execute
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.limits import Limits, Progress
from jpresearch.batch.plan.jobs import plan
from jpresearch.errors import BadParameter
from jpresearch.record import Status
from tests.batch.conftest import comes_true, is_gone

pytestmark = pytest.mark.xdist_group("warm")

Run = Callable[..., Outcome]
PARAMETERS = """as_of: str | None = None  # data as of the end of this day, YYYY-MM-DD
label: str = "x"  # a text
numbers: list[float] = [1.0]  # numbers
api_key: str = ""  # a key
share: float = 0.5  # a share
flag: bool = False  # a switch"""
# Long enough for the guard to look, however busy the machine.
WAIT = "import time; time.sleep(60)"
TELLS = "from jpresearch import publish; publish.metric('told', repr({}))"
ODD = "quote \" and ' and \\ and\nnew line <script>alert(1)</script> 日本"
STARTS_OTHERS = """
import os, subprocess
subprocess.Popen(["sleep", "600"], env={**os.environ, "MARK": os.environ["MARK"] + "-child"})
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "executed.ipynb"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder for temporary files."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def run(
    write_notebook: Callable[..., Path],
    target: Path,
    isolated_parent: KernelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Run]:
    """Plans and executes a notebook of these cells, with parameters as they are typed; warm unless told otherwise."""

    def execute_cells(
        *cells: str,
        warm: bool = True,
        limits: Limits | None = None,
        listener: Callable[[Progress], None] | None = None,
        publishes: dict[str, list[str]] | None = None,
        **typed: str,
    ) -> Outcome:
        for name, value in isolated_parent.environment().items():
            monkeypatch.setenv(name, value) if warm else monkeypatch.delenv(name, raising=False)
        write_notebook("01_a", *cells, parameters=PARAMETERS, publishes=publishes or {})
        (planned,) = plan(["01_a"], typed).jobs
        return execute(planned, target, limits=limits or Limits(), listener=listener or (lambda progress: None))

    yield execute_cells


def told(outcome: Outcome) -> str:
    assert outcome.failure is None
    return str(outcome.published.metrics["told"].value)


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_job_succeeds_in_either_kernel_and_says_in_which(warm: bool, run: Run, target: Path) -> None:
    outcome = run(TELLS.format("40 + 2"), warm=warm, publishes={"metrics": ["told"]})
    assert outcome.status is Status.SUCCEEDED
    assert told(outcome) == "42"
    assert outcome.kernel == ("warm" if warm else "cold")
    assert outcome.kernel_note == (None if warm else "there is no preloaded parent")
    assert set(outcome.timings) == {"kernel", "cells", "execute"}
    assert target.is_file()
    assert pickle.loads(pickle.dumps(outcome)) == outcome


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("label", "0700", "0700"),
        ("label", "2024_01", "2024_01"),
        ("label", "false", "false"),
        ("label", "None", "None"),
        ("label", ODD, ODD),
        ("as_of", "None", None),
        ("as_of", "2025-09-05", "2025-09-05"),
        ("numbers", "1.5, 2", [1.5, 2.0]),
        ("flag", "true", True),
        ("share", "1e-3", 0.001),
    ],
)
def test_a_parameter_reaches_the_notebook_as_typed(name: str, typed: str, value: object, run: Run) -> None:
    assert told(run(TELLS.format(name), **{name: typed})) == repr(value)


@pytest.mark.parametrize(
    ("code", "limits", "status", "words"),
    [
        ("import os; os._exit(3)", Limits(), Status.KERNEL_DIED, "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", Limits(), Status.KERNEL_DIED, "signal 9 (SIGKILL)"),
        ("while True: pass", Limits(cell_seconds=1), Status.TIMED_OUT, "the cell passed its time limit of 1 seconds"),
        ("while True: pass", Limits(job_seconds=5), Status.TIMED_OUT, "the notebook passed its time limit of 5"),
        (f"x = b'x' * (500 << 20); {WAIT}", Limits(memory_mb=200), Status.KERNEL_DIED, "memory limit of 200 MB"),
        ("raise ValueError('no figure')", Limits(), Status.FAILED, "no figure"),
        ("raise SystemExit", Limits(), Status.FAILED, ""),
    ],
    ids=["exit", "killed", "endless cell", "endless notebook", "memory", "error", "system exit"],
)
def test_a_fault_is_told_with_its_cell_and_what_there_is_is_kept(
    code: str, limits: Limits, status: Status, words: str, run: Run, target: Path
) -> None:
    begun: list[Progress] = []
    outcome = run(TELLS.format("'begun'"), code, "1", limits=limits, listener=begun.append)
    assert outcome.status is status
    assert outcome.failure is not None
    assert words in outcome.failure.message
    assert outcome.failure.cell == 3
    assert begun[-1] == Progress(3, 4)
    assert outcome.published.metrics["told"].value == "'begun'"
    assert code in target.read_text()


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("end", ["", "import os; os._exit(1)", "raise ValueError"], ids=["well", "dead", "failed"])
def test_no_process_and_no_file_is_left(
    end: str, warm: bool, run: Run, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARK", f"{temporary}")
    makes = "import tempfile; made = tempfile.mkdtemp()"
    outcome = run(STARTS_OTHERS, makes, TELLS.format("made"), end, warm=warm)
    assert outcome.status is not Status.SUCCEEDED or not end
    assert not Path(eval(str(outcome.published.metrics["told"].value))).exists()
    assert list(temporary.iterdir()) == []

    def left() -> bool:
        return any(f"{temporary}-child" == _variable(process, "MARK") for process in psutil.process_iter())

    assert comes_true(lambda: not left())


def test_a_notebook_works_in_an_empty_folder_of_its_own_and_may_spoil_it(run: Run, project: Path) -> None:
    spoils = "import shutil; from pathlib import Path; Path('x').write_text('x'); shutil.rmtree(Path.cwd())"
    outcome = run("import os; here, files = os.getcwd(), os.listdir()", spoils, TELLS.format("(here, files)"))
    folder, files = eval(told(outcome))
    assert files == []
    assert not Path(folder).exists()
    assert not Path(folder).is_relative_to(project)
    assert Path.cwd() != Path(folder)


def test_the_kernel_knows_project_language_and_one_thread(run: Run, project: Path) -> None:
    names = ("JPRESEARCH_HOME", "JPRESEARCH_LANG", "OPENBLAS_NUM_THREADS")
    outcome = run(f"import os; found = [os.environ[name] for name in {names}]", TELLS.format("found"))
    assert eval(told(outcome)) == [str(project), "en", "1"]


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_secrets_reach_the_notebook_but_nothing_it_leaves(
    warm: bool, run: Run, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_TOKEN", "from-the-desk")
    monkeypatch.setenv("JPRESEARCH_SECRETS", "DESK_NAME")
    monkeypatch.setenv("DESK_NAME", "kabutocho")
    cell = "import os; print(api_key, os.environ['DESK_TOKEN'], os.environ['DESK_NAME'])"
    check = "assert (len(api_key), len(os.environ['DESK_TOKEN'])) == (9, 13)"
    outcome = run(cell, check, TELLS.format("api_key"), "raise ValueError(api_key)", warm=warm, api_key="hush-hush")
    assert outcome.failure is not None
    assert outcome.failure.message == "[removed: api_key]"
    assert outcome.published.metrics["told"].value == "'[removed: api_key]'"
    kept = target.read_text()
    assert not [value for value in ("hush-hush", "from-the-desk", "kabutocho") if value in kept]
    assert "[removed: DESK_TOKEN] [removed: DESK_NAME]" in kept


def test_a_notebook_that_does_not_publish_what_it_declares_has_failed(run: Run) -> None:
    outcome = run("x = 1", publishes={"metrics": ["told"], "figures": ["shown"]})
    assert outcome.status is Status.FAILED
    assert outcome.failure is not None
    assert outcome.failure.message == "declared but not published: figure shown, metric told"


def test_an_interrupt_ends_the_kernel_and_is_passed_on(run: Run, tmp_path: Path) -> None:
    told = tmp_path / "kernel"

    def interrupt(progress: Progress) -> None:
        if progress.cell == 3:
            raise KeyboardInterrupt

    tells = f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    with pytest.raises(KeyboardInterrupt):
        run(tells, "x = 1", listener=interrupt)
    assert comes_true(lambda: is_gone(int(told.read_text())))


def test_an_output_that_cannot_be_written_is_a_failure(run: Run, target: Path) -> None:
    target.mkdir()
    outcome = run("x = 1")
    assert outcome.status is Status.FAILED
    assert outcome.failure is not None
    assert "executed.ipynb" in outcome.failure.message


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_a_limit_must_be_above_zero(limit: float) -> None:
    with pytest.raises(BadParameter, match="cell_seconds"):
        Limits(cell_seconds=limit)


def _variable(process: psutil.Process, name: str) -> str | None:
    try:
        return process.environ().get(name)
    except psutil.Error:
        return None
