"""The preloaded parent: what it holds, and that it leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jpresearch import calendars
from jpresearch.batch.kernels import forked_kernel, kernel_server
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.processes.fork_server import Forked
from tests.batch.conftest import Kernel, comes_true, is_gone, outside_of_tests

pytestmark = pytest.mark.xdist_group("warm")

OWNER = """
import sys, time
from pathlib import Path
from jpresearch.batch.kernels import kernel_server
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.processes.fork_server import Forked
from tests.batch.conftest import Kernel
import os
with KernelServer() as parent:
    kernel = Kernel({**os.environ, **parent.environment()}, Path.cwd()) if "kernel" in sys.argv else None
    if kernel:
        kernel.says("import subprocess; subprocess.Popen(['sleep', '600'])")
    print(parent.pid, kernel.pid if kernel else "", Path(parent.address).parent, flush=True)
    time.sleep(600)
"""
NEW_LIBRARIES = """
import sys
before = {name.partition(".")[0] for name in sys.modules} - {"jpresearch"}  # the house style is there already
import importlib, pkgutil
from jpresearch import charts, load, models, publish, tables
for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"jpresearch.models.{module.name}")
load("investor_flows")
print(*sorted({name.partition(".")[0] for name in sys.modules} - before))
"""


REQUESTER = """
import os, time
from pathlib import Path
from jpresearch.batch.processes.fork_server import Forked
from tests.batch.conftest import Kernel
kernel = Kernel(dict(os.environ), Path.cwd())
child = kernel.says("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)")
print(kernel.pid, child, flush=True)
time.sleep(600)
"""

DETACHES = """
import os
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writing, str(os.getpid()).encode())
        os.execvp("sleep", ["sleep", "600"])
    os._exit(0)
os.wait()
print(os.read(reading, 20).decode())
"""


def python(code: str, *words: str, **variables: str) -> subprocess.Popen[str]:
    root, call = Path(__file__).parents[3], [sys.executable, "-c", code, *words]
    environment = {**os.environ, **variables}
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True, cwd=root, env=environment, start_new_session=True)


def owner(*words: str) -> tuple[subprocess.Popen[str], list[int], Path]:
    """A process that owns a parent; the numbers of what it started, and the parent's folder."""
    process = python(OWNER, *words)
    assert process.stdout is not None
    *numbers, folder = process.stdout.readline().split()
    pids = [int(number) for number in numbers]
    return process, pids, Path(folder)


def test_the_parent_has_loaded_the_stack_and_our_rooms_for_notebooks(start: Callable[..., Kernel]) -> None:
    loaded = set(start().says("import sys; print(*sys.modules)").split())
    assert {"pandas", "scipy.stats", "statsmodels.api", "matplotlib.pyplot", "arch", "linearmodels"} <= loaded
    assert {f"jpresearch.{room}" for room in ("charts", "publish", "tables", "datasets.flows", "models")} <= loaded
    engine = ("jpresearch.batch", "jpresearch.report", "jpresearch.export", "jpresearch.cli")
    assert not {name for name in loaded if name.startswith((*engine, "tests"))}


OWN = """
import sys
print("jpresearch.models.ledger" in sys.modules)
from jpresearch import charts, say
from jpresearch.say import dates
print(dates.__file__, getattr(dates, "ADDED", "-"), getattr(say, "ADDED", "-"), charts.colour("foreigners"))
"""


def test_a_kernel_has_our_modules_as_they_lie_on_disk_when_it_starts(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src" / "jpresearch"
    shutil.copytree(root / "src" / "jpresearch", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    dates = package / "say" / "dates.py"
    with KernelServer() as server:

        def new_kernel_says() -> tuple[str, list[str]]:
            kernel = Kernel({**outside_of_tests(), **server.environment()}, tmp_path)
            assert kernel.provisioner.warm, kernel.provisioner.note
            loaded, told = kernel.says(OWN).splitlines()
            kernel.close()
            return loaded, told.split()

        loaded, told = new_kernel_says()
        assert loaded == "True" and told[:3] == [str(dates), "-", "-"]
        dates.write_text(dates.read_text() + "\nADDED = 1\n")
        (package / "say" / "__init__.py").open("a").write("\nfrom jpresearch.say.dates import ADDED\n")
        assert new_kernel_says() == ("False", [str(dates), "1", "1", told[3]]), "all of ours is imported anew"
        other = package / "say" / "marks.py"
        other.rename(package / "say" / "other.py")
        kernel = Kernel({**outside_of_tests(), **server.environment()}, tmp_path)
        failed = [message["content"] for message in kernel.outputs(OWN) if message["msg_type"] == "error"]
        kernel.close()
        assert "jpresearch.say.marks" in failed[0]["evalue"], "what is gone is not there either"


def test_a_notebook_finds_every_library_loaded(start: Callable[..., Kernel], root: Path) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]
    libraries = {line.split(">")[0].replace("-", "_") for line in declared}
    new = set(start().says(NEW_LIBRARIES).split())
    assert "jpresearch" in new
    # The fonts change matplotlib's settings as they are imported: for a notebook to do.
    assert new & libraries <= {"matplotlib_fontja"}


def test_the_calendar_in_the_parent_is_the_one_asked_for() -> None:
    assert forked_kernel.CALENDAR == ("XTKS", calendars.FIRST_DAY, calendars.LAST_DAY)


def test_the_parent_forks_with_a_single_thread(parent: KernelServer, start: Callable[..., Kernel]) -> None:
    start()
    assert parent.pid is not None
    assert psutil.Process(parent.pid).num_threads() == 1


def test_ctrl_c_in_a_terminal_is_not_for_the_parent(parent: KernelServer) -> None:
    assert parent.pid is not None
    assert os.getpgid(parent.pid) != os.getpgrp()


def detached(kernel: Kernel) -> int:
    """A daemon that a cell starts: twice forked and in a session of its own."""
    daemon = int(kernel.says(DETACHES))
    process = psutil.Process(daemon)
    assert comes_true(lambda: process.ppid() == kernel.pid), "it comes to the kernel, not to the first process of all"
    assert os.getsid(daemon) != os.getsid(kernel.pid)
    return daemon


@pytest.mark.parametrize("end", ["shut down", "killed", "its requester gone"])
def test_what_a_cell_detaches_ends_with_its_kernel_and_no_other(
    end: str, start: Callable[..., Kernel], parent: KernelServer
) -> None:
    kernel, other = start(), start()
    daemon, others = detached(kernel), detached(other)
    if end == "killed":
        os.kill(kernel.pid, signal.SIGKILL)
    elif end == "its requester gone":
        assert isinstance(kernel.provisioner.process, Forked)
        kernel.provisioner.process.close()
    else:
        kernel.close()
    assert comes_true(lambda: is_gone(kernel.pid) and is_gone(daemon))
    assert not is_gone(others)
    other.close()
    assert comes_true(lambda: is_gone(others))


def test_what_a_cell_detaches_ends_with_the_owner_too() -> None:
    with KernelServer() as parent:
        kernel = Kernel({**os.environ, **parent.environment()}, Path.cwd())
        daemon = detached(kernel)
    assert comes_true(lambda: is_gone(daemon))
    kernel.close()


def test_the_end_of_the_block_ends_parent_and_kernels_and_removes_the_folder() -> None:
    with KernelServer() as parent:
        kernel = Kernel({**os.environ, **parent.environment()}, Path.cwd())
        kernel.says("import subprocess; subprocess.Popen(['sleep', '600'])")
        assert parent.pid is not None
        pids = [parent.pid, kernel.pid, *(child.pid for child in psutil.Process(kernel.pid).children())]
        assert parent.address is not None
        folder = Path(parent.address).parent
        assert len(pids) == 3
    assert comes_true(lambda: all(is_gone(pid) for pid in pids))
    assert not folder.exists()
    kernel.close()
    parent.close()


@pytest.mark.parametrize("words", [["kernel"], []], ids=["with a kernel", "while it still loads"])
def test_kill_9_of_the_owner_leaves_no_process_and_no_folder(words: list[str]) -> None:
    process, pids, folder = owner(*words)
    family = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    assert set(pids) <= set(family)
    process.kill()
    process.wait()
    assert comes_true(lambda: all(is_gone(pid) for pid in family))
    assert comes_true(lambda: not folder.exists())


def test_kill_9_of_the_parent_takes_its_kernels_along() -> None:
    with KernelServer() as parent:
        kernel = Kernel({**os.environ, **parent.environment()}, Path.cwd())
        assert parent.pid is not None
        os.kill(parent.pid, signal.SIGKILL)
        assert comes_true(lambda: is_gone(kernel.pid))
        assert kernel.provisioner.process is not None
        assert kernel.provisioner.process.wait() == -signal.SIGKILL
        kernel.close()


def test_a_kernel_ends_with_the_process_that_asked_for_it(parent: KernelServer) -> None:
    assert parent.pid is not None
    process = python(REQUESTER, **parent.environment())
    assert process.stdout is not None
    kernel, child = map(int, process.stdout.readline().split())
    assert psutil.Process(kernel).ppid() == parent.pid
    process.kill()
    process.wait()
    assert comes_true(lambda: is_gone(kernel) and is_gone(child))
    assert not is_gone(parent.pid)


def test_where_forking_is_unsafe_no_parent_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with KernelServer() as parent:
        assert (parent.address, parent.pid, parent.environment()) == (None, None, {})


def test_folders_of_sockets_are_short_and_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(kernel_server.ADDRESS_VARIABLE, raising=False)
    deep = tmp_path / ("x" * 80)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    folder = kernel_server.socket_folder()
    try:
        assert len(str(folder / "kernel-control-socket")) < 107
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        folder.rmdir()


def test_folders_of_jobs_go_with_their_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    with KernelServer() as parent:
        for name, value in parent.environment().items():
            monkeypatch.setenv(name, value)
        folder = kernel_server.socket_folder()
        (folder / "left").touch()
        with KernelServer() as other:
            assert other.address is not None
            assert Path(other.address).parent.parent != folder.parent, "a parent of its own outlives the one around it"
    assert not folder.exists()
