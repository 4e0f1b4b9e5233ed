"""Forked kernels: like ordinary ones to a notebook, apart from each other, replaced by ordinary ones where need be."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jpresearch.batch.kernels import kernel_server
from jpresearch.batch.kernels.kernel_server import KernelServer
from tests.batch.conftest import Kernel

pytestmark = pytest.mark.xdist_group("warm")

INTERPRETER = """
import __main__, gc, locale, os, signal, sys
print(sys.path, sys.argv[0], sys.flags, sys.executable, sys.gettrace(), sys.warnoptions)
print([signal.getsignal(number) for number in signal.Signals], signal.pthread_sigmask(signal.SIG_BLOCK, []))
print(__name__, type(__main__), locale.getlocale(), os.umask(0), gc.isenabled(), gc.get_threshold())
print(dict(matplotlib.rcParams), pandas.get_option("display.max_rows"))
"""
INTERRUPTS_ITSELF = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
except KeyboardInterrupt:
    print("stopped")
"""
PRINTS_IN_A_FORK = """
import os
pid = os.fork()
if pid == 0:
    print("from a fork", flush=True)
    os._exit(0)
os.waitpid(pid, 0)
import time; time.sleep(0.5)
"""


def test_each_request_gets_a_kernel_of_its_own(start: Callable[..., Kernel], parent: KernelServer) -> None:
    first, second = start(), start()
    assert first.provisioner.warm
    assert first.provisioner.note is None
    assert first.pid != second.pid
    assert parent.pid == psutil.Process(first.pid).ppid() == psutil.Process(second.pid).ppid()
    first.says("import os; os.environ['LEFT'] = 'here'; import builtins; builtins.left = 'here'")
    assert second.says("import os; print(os.environ.get('LEFT'), 'left' in dir(__builtins__))") == "None False"


def test_random_numbers_differ_between_kernels(start: Callable[..., Kernel]) -> None:
    code = "import random, numpy; print(random.random(), numpy.random.rand(), numpy.random.default_rng().random())"
    numbers = [start().says(code).split() for _ in range(2)]
    assert not set(numbers[0]) & set(numbers[1])


def test_environment_and_folder_are_those_asked_for(
    start: Callable[..., Kernel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    kernel = start(ONLY_HERE="yes")
    assert kernel.says("import os; print(os.getcwd())") == str(tmp_path.resolve())
    assert kernel.says("print(os.environ['ONLY_HERE'], os.environ.get('OMP_NUM_THREADS'))") == "yes " + str(
        os.environ.get("OMP_NUM_THREADS")
    )
    assert kernel.says("import time; print(time.strftime('%z'))") == "+0900"
    assert kernel.says(f"print({kernel_server.ADDRESS_VARIABLE!r} in os.environ)") == "False"


def test_the_interpreter_is_as_in_an_ordinary_kernel(start: Callable[..., Kernel]) -> None:
    warm, cold = start(), start(address=None)
    assert (warm.provisioner.warm, cold.provisioner.warm) == (True, False)
    for kernel in (warm, cold):
        kernel.says("import matplotlib.pyplot, pandas; matplotlib.pyplot.close(matplotlib.pyplot.figure())")
    assert warm.says(INTERPRETER) == cold.says(INTERPRETER)


def test_a_kernel_holds_nothing_of_its_parent_open(start: Callable[..., Kernel], parent: KernelServer) -> None:
    start()
    kernel = start()
    assert parent.pid is not None

    def held(pid: int) -> set[str]:
        folder = Path(f"/proc/{pid}/fd")
        links = {os.readlink(folder / name) for name in os.listdir(folder)}  # noqa: PTH115, PTH208
        return {link for link in links if link.startswith(("socket:", "pipe:"))}

    assert len(held(parent.pid)) >= 5, "the socket, the owner's pipe, the waker's two ends and a requester's connection"
    assert not held(kernel.pid) & held(parent.pid)
    assert os.getsid(kernel.pid) == kernel.pid


def test_a_kernel_opens_no_tcp_port(start: Callable[..., Kernel]) -> None:
    kernel = start()
    kernel.says("print(1)")
    assert psutil.Process(kernel.pid).net_connections() == []


def test_prints_of_forked_processes_arrive(start: Callable[..., Kernel]) -> None:
    kernel = start()
    assert "from a fork" in kernel.says(PRINTS_IN_A_FORK)
    # A thread of the kernel passes on what comes from below; what it has not seen when the cell ends is lost.
    assert kernel.says("os.system('echo from below'); time.sleep(1)") == "from below"


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_figure_of_pyplot_is_shown_at_the_end_of_its_cell(warm: bool, start: Callable[..., Kernel]) -> None:
    kernel = start() if warm else start(address=None)
    assert kernel.provisioner.warm == warm
    shown = kernel.outputs("import matplotlib.pyplot as plt; plt.plot([1, 2]);")
    media = [set(message["content"]["data"]) for message in shown if message["msg_type"] == "display_data"]
    assert media == [{"text/plain", "image/png"}]
    assert kernel.says("print(plt.get_fignums(), plt.get_backend())") == "[] module://matplotlib_inline.backend_inline"


def test_how_a_kernel_ended_is_told(start: Callable[..., Kernel]) -> None:
    ends = {"os._exit(3)": 3, "os.kill(os.getpid(), 9)": -signal.SIGKILL, "os.kill(os.getpid(), 15)": -signal.SIGTERM}
    for code, expected in ends.items():
        kernel = start()
        kernel.client.execute(f"import os; {code}")
        assert kernel.provisioner.process is not None
        assert kernel.provisioner.process.wait() == expected


def test_a_restarted_kernel_is_warm_and_new(start: Callable[..., Kernel]) -> None:
    kernel = start()
    kernel.says("x = 1")
    before = kernel.pid
    kernel.restart()
    assert kernel.provisioner.warm
    assert kernel.pid != before
    assert kernel.says("print('x' in globals())") == "False"


def test_an_interrupt_reaches_the_cell(start: Callable[..., Kernel]) -> None:
    kernel = start()
    assert kernel.says(INTERRUPTS_ITSELF) == "stopped"


def test_without_a_parent_the_kernel_is_an_ordinary_one(start: Callable[..., Kernel], tmp_path: Path) -> None:
    for address, words in ((None, "there is no preloaded parent"), (str(tmp_path / "none"), "does not answer")):
        kernel = start(address=address)
        assert not kernel.provisioner.warm
        assert words in str(kernel.provisioner.note)
        assert kernel.says("print(6 * 7)") == "42"


def test_a_parent_that_has_died_is_replaced_by_an_ordinary_kernel(start: Callable[..., Kernel]) -> None:
    with KernelServer() as gone:
        assert gone.pid is not None
        os.kill(gone.pid, signal.SIGKILL)
        kernel = start(address=gone.address)
    assert not kernel.provisioner.warm
    assert "does not answer" in str(kernel.provisioner.note)


def test_what_is_read_as_python_starts_must_not_differ(start: Callable[..., Kernel], tmp_path: Path) -> None:
    kernel = start(PYTHONPATH="/nowhere", UNRELATED="x")
    assert kernel.provisioner.note == "PYTHONPATH differs from the preloaded parent's"
    assert kernel.says("import sys; print('/nowhere' in sys.path)") == "True"
    (tmp_path / "matplotlibrc").write_text("lines.markersize: 9\n")
    kernel = start()
    assert "matplotlibrc" in str(kernel.provisioner.note)
    assert kernel.says("import matplotlib; print(matplotlib.rcParams['lines.markersize'])") == "9.0"


def test_where_forking_is_unsafe_the_kernel_is_an_ordinary_one(
    start: Callable[..., Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jpresearch.batch.provisioner.unsafe", lambda: "forking is not safe here")
    kernel = start()
    assert (kernel.provisioner.warm, kernel.provisioner.note) == (False, "forking is not safe here")
