"""The owner's side of a fork server: start it, say where it listens, end it; and what asks it for a process.

The program itself is ``fork_server_program``; what it loads and what its children become is a role, a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from jpresearch.batch.processes.fork_server_program import HEADER

# By path, without the package's folder on the search path.
PROGRAM: Final = str(Path(__file__).with_name("fork_server_program.py"))
START: Final = "import sys; sys.path.pop(0); import runpy; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
# No thread may be there when it forks.
SINGLE_THREADED: Final = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
}
SHORT_ENOUGH: Final = 60
WAITING_REQUESTS: Final = 256
END_SECONDS: Final = 10


class Refused(Exception):
    """The server gives no such process; the message says why."""


class ForkServer:
    """A process that has loaded what others need, and is forked into them.

    ``start`` does not wait: requests that come before it is ready wait in its socket. It ends with ``close``, and also
    where this process is killed, and takes its children along.

    Parameters
    ----------
    role : the file that says what it loads and what its children become.
    around : folder for its socket, which someone removes where nothing of this is left to do it; by default the
        system's for temporary files.
    log : file for what it writes to its standard streams; by default nowhere.
    """

    def __init__(self, role: Path, around: Path | None = None, log: Path | None = None) -> None:
        self.address: str | None = None
        self._role = role
        self._around = around
        self._log = log
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._life: int | None = None

    @property
    def pid(self) -> int | None:
        """The server's process number, ``None`` where there is none."""
        return None if self._process is None else self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code (negative for a signal), ``None`` while it runs."""
        return None if self._process is None else self._process.poll()

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it with ``environment``."""
        self._folder = new_folder(self._around)
        address = str(self._folder / "server")
        theirs, self._life = os.pipe()
        with contextlib.ExitStack() as held:
            held.callback(os.close, theirs)
            listener = held.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen(WAITING_REQUESTS)
            log = held.enter_context((self._log or Path(os.devnull)).open("ab"))
            given = (listener.fileno(), theirs)
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, PROGRAM, str(self._role), *map(str, given), str(self._folder)],
                pass_fds=given,
                env={**environment, **SINGLE_THREADED},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal is for the owner to answer.
                start_new_session=True,
            )
        self.address = address

    def close(self) -> None:
        """End it and its children, and remove its folder. Doing so twice does no harm."""
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self


class Forked:
    """A process asked of a fork server, with the part of ``subprocess.Popen`` that a kernel's provisioner uses.

    ``pid`` is ``None`` until the server has told it; ``lost`` says that the server has gone, and the process with it.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        self.pid: int | None = None
        self.returncode: int | None = None
        self.lost = False
        self._connection = connection
        self._connection.setblocking(False)
        self._heard = b""

    def fileno(self) -> int:
        """What to wait on for news."""
        return self._connection.fileno()

    def poll(self) -> int | None:
        """The exit code (negative for a signal), ``None`` while the process runs. Raises ``Refused``."""
        while self.returncode is None:
            try:
                piece = self._connection.recv(4096)
            except BlockingIOError:
                return None
            except OSError:
                piece = b""
            self.hear(piece)
        return self.returncode

    def hear(self, piece: bytes) -> None:
        """Take in what the server says; nothing at all means that it has gone. Raises ``Refused``."""
        *lines, self._heard = (self._heard + piece).split(b"\n")
        for told in map(json.loads, lines):
            if "refused" in told:
                self.close()
                raise Refused(told["refused"])
            self.pid = told.get("pid", self.pid)
            self.returncode = told.get("exit", self.returncode)
        if not piece and self.returncode is None:
            self.lost, self.returncode = True, -signal.SIGKILL
        if self.returncode is not None:
            self.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code. Raises ``subprocess.TimeoutExpired``."""
        while (code := self.poll()) is None:
            ready, _, _ = select.select([self._connection], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired("forked process", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it has begun and still runs."""
        if self.poll() is None and self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Hear no more; a process that still runs ends."""
        self._connection.close()


def send(connection: socket.socket, content: Mapping[str, Any], descriptors: list[int]) -> bytes:
    """Send the head of a request with its descriptors; what is left to send."""
    text = json.dumps(content).encode()
    socket.send_fds(connection, [HEADER.pack(len(text))], descriptors)
    return text


def ask(address: str, content: Mapping[str, Any], descriptors: list[int]) -> Forked:
    """A process of the server at ``address``, which may not have begun. Raises ``OSError`` where it is gone."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
        connection.sendall(send(connection, content, descriptors))
    except OSError:
        connection.close()
        raise
    return Forked(connection)


def new_folder(around: Path | None = None) -> Path:
    """A new folder for sockets, only for this user; its path is short, for a socket's has 107 characters at most."""
    usual = Path(tempfile.gettempdir()) if around is None else around
    return Path(tempfile.mkdtemp(prefix="jpr-", dir=usual if len(str(usual)) <= SHORT_ENOUGH else "/tmp"))
