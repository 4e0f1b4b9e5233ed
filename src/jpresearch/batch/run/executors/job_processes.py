"""Job processes of this machine: forked from a preloaded process, each with a connection of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from jpresearch import folders
from jpresearch.batch.kernels.fork_server import SINGLE_THREADED
from jpresearch.batch.run.executors.job_fork_server import STATUS

PROGRAM: Final = "jpresearch.batch.run.executors.job_fork_server"
LOG: Final = "log"
ENDING_SECONDS: Final = 5
LIVES: Final = 4


class JobForkServer:
    """Starts the preloaded process without waiting for it; ``fork`` may be called at once, from any thread.

    Everything that jobs write outside their reports lies in the folder ``temporary``, which is the caller's to remove.
    """

    def __init__(self, temporary: Path, environment: dict[str, str]) -> None:
        self.temporary = temporary
        own = {folders.HOME_VARIABLE: str(folders.home()), "TMPDIR": str(temporary)}
        # No thread may be there when it forks.
        self._environment = {**SINGLE_THREADED, **own, **environment}
        self._lock = threading.Lock()
        self._lives = LIVES
        self._start()

    def fork(self) -> JobProcess:
        """A new job process, waiting for what it is sent. Raises ``OSError`` where the server died once too often."""
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            with self._lock, theirs:
                self._ask([theirs.fileno(), writing])
        except OSError:
            os.close(reading)
            ours.close()
            raise
        finally:
            os.close(writing)
        return JobProcess(Connection(ours.detach()), reading)

    def last_words(self, characters: int = 500) -> str:
        """How the fork server ended, if it has, and the end of what it and its jobs wrote to their standard streams."""
        code = self._process.poll()
        fate = "" if code is None else f"It {ending(code)}. "
        with contextlib.suppress(OSError):
            return fate + (self.temporary / LOG).read_text(encoding="utf-8", errors="replace")[-characters:].strip()
        return fate

    def close(self) -> None:
        """End the fork server, and with it every job."""
        self._control.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, descriptors: list[int]) -> None:
        """Send the fork server a job's descriptors; a new one if it has died, by want of memory for instance."""
        while True:
            try:
                socket.send_fds(self._control, [b"j"], descriptors)
            except OSError:
                self._lives -= 1
                if self._lives == 0:
                    raise
                self.close()
                self._start()
            else:
                return

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs, (self.temporary / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
                cwd=self.temporary,
                process_group=0,
            )
        self._control = ours

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class JobProcess:
    """One job process: ``channel`` carries what it is given and what it says; ``code`` its exit status at the end."""

    def __init__(self, channel: Connection[Any, Any], told: int) -> None:
        self.channel = channel
        self.pid: int | None = None
        self.code: int | None = None
        self._told = Connection(told, writable=False)
        self._silent = False

    @property
    def sources(self) -> list[Connection[Any, Any]]:
        """What to wait on for news of this process."""
        return [self._told] if self._silent else [self.channel, self._told]

    def messages(self) -> tuple[list[Any], bool]:
        """What the process has said since, and whether it has ended."""
        ended = self._read_status()
        said: list[Any] = []
        try:
            while not self._silent and self.channel.poll():
                said.append(self.channel.recv())
        except (EOFError, OSError):
            self._silent = True
        return said, ended

    def send(self, message: Any) -> None:
        """Give the process something to receive. Raises ``OSError`` if it is gone."""
        self.channel.send(message)

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal, unless it has ended or not begun."""
        self._read_status()
        if self.pid is not None and self.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process, and the processes that it started, at once."""
        import psutil

        children: Iterable[psutil.Process] = ()
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.pid).children(recursive=True) if self.pid else ()
        self.signal(signal.SIGKILL)
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()

    def close(self) -> None:
        """Give the connections back."""
        self.channel.close()
        self._told.close()

    def reason(self) -> str:
        """How the process ended, in words."""
        if self.code is None:
            return "the process that runs jobs is gone"
        return f"the job's process {ending(self.code)}"

    def _read_status(self) -> bool:
        """Take in the process id and, at the end, the exit status; whether the process has ended."""
        while self._told.poll():
            raw = os.read(self._told.fileno(), STATUS.size)
            if not raw:
                return True
            (number,) = STATUS.unpack(raw)
            if self.pid is None:
                self.pid = number
            else:
                self.code = number
        return self.code is not None


def wait_for_news(processes: Iterable[JobProcess], seconds: float) -> None:
    """Wait until one of the processes says something or ends, for ``seconds`` at most."""
    wait([source for process in processes for source in process.sources], seconds)


def ending(code: int) -> str:
    """An exit status in words; a negative one is that of a signal."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
