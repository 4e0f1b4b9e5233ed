"""The owner's side of the preloaded parent: start it, say where it listens, end it.

    with fork_server.Parent() as parent:
        os.environ.update(parent.environment())

Its kernels are asked for by ``provisioner``; the program itself is ``preloaded_libraries`` and ``fork_server_program``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ADDRESS_VARIABLE: Final = "JPRESEARCH_KERNEL_PARENT"
# By path, without the package and without its folder on the search path.
PROGRAMS: Final = tuple(
    str(Path(__file__).with_name(name)) for name in ("preloaded_libraries.py", "fork_server_program.py")
)
START: Final = """import sys; sys.path.pop(0); import runpy
runpy.run_path(sys.argv.pop(1))["preload"]()
runpy.run_path(sys.argv.pop(1), run_name="__main__")"""
SINGLE_THREADED: Final = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}
# The debugger that comes with a kernel would complain on the terminal of Python's built-in modules.
NO_COMPLAINT: Final = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# Would make the parent's imports depend on the notebook or terminal it was started from.
LEFT_OUT: Final = ("MPLBACKEND", "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", ADDRESS_VARIABLE)
# What a user has set up for plots and sessions of their own does not reach a run.
STARTUP: Final = ("PYTHONSTARTUP",)
RC_FILE: Final = Path(sysconfig.get_paths()["purelib"], "matplotlib", "mpl-data", "matplotlibrc")
ISOLATED: Final = {"MATPLOTLIBRC": str(RC_FILE)}
SHORT_ENOUGH: Final = 60
WAITING_REQUESTS: Final = 256
END_SECONDS: Final = 10


class Parent:
    """The preloaded parent of one run or JupyterLab session, a context manager.

    Entering starts it and does not wait: requests that come before it is ready wait in its socket. It ends with the
    ``with`` block, and also where this process is killed, and takes its kernels along. Where forking is unsafe nothing
    is started, ``address`` is ``None``, and all kernels are ordinary ones.

    Parameters
    ----------
    around : folder for its sockets, which someone removes where nothing of this is left to do it; by default the
        system's for temporary files.
    isolated : whether it is without what the user has set up for matplotlib, as kernels of a run are.
    """

    def __init__(self, around: Path | None = None, *, isolated: bool = False) -> None:
        self._around = around
        self._isolated = isolated
        self.address: str | None = None
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._life: int | None = None

    def __enter__(self) -> Self:
        if unsafe() is None:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def environment(self) -> dict[str, str]:
        """The variables by which the provisioner of a job finds this parent."""
        return {} if self.address is None else {ADDRESS_VARIABLE: self.address}

    @property
    def _left_out(self) -> tuple[str, ...]:
        return (*LEFT_OUT, *STARTUP) if self._isolated else LEFT_OUT

    @property
    def pid(self) -> int | None:
        """The parent's process number, ``None`` where there is no parent."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the parent and its kernels, and remove its folder. Doing so twice does no harm."""
        if self._life is not None:
            os.close(self._life)
            self._life = None
        if self._process is not None:
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        self._folder = _new_folder(self._around)
        address = str(self._folder / "parent")
        theirs, self._life = os.pipe()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(address)
            listener.listen(WAITING_REQUESTS)
            given = (listener.fileno(), theirs)
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, *PROGRAMS, *map(str, given), str(self._folder)],
                pass_fds=given,
                env={name: value for name, value in os.environ.items() if name not in self._left_out}
                | (ISOLATED if self._isolated else {})
                | SINGLE_THREADED
                | NO_COMPLAINT,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Ctrl-C in a terminal is for the owner to answer.
                start_new_session=True,
            )
        os.close(theirs)
        self.address = address


def unsafe() -> str | None:
    """Why kernels must not be forked on this system, ``None`` where they may."""
    return None if sys.platform == "linux" else f"forking a preloaded Python is not safe on {sys.platform}"


def socket_folder() -> Path:
    """A new folder for sockets, only for this user; its path is short, for a socket's has 107 characters at most.

    It lies in the folder of the parent that the environment names, if any, and so goes with it at the latest.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    around = Path(address).parent if address else None
    return _new_folder(around if around is not None and around.is_dir() else None)


def _new_folder(around: Path | None) -> Path:
    usual = Path(tempfile.gettempdir()) if around is None else around
    return Path(tempfile.mkdtemp(prefix="jpr-", dir=usual if len(str(usual)) <= SHORT_ENOUGH else "/tmp"))
