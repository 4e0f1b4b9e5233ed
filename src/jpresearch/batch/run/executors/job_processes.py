"""Job processes of this machine: forked from a server that has loaded what they need, each with its own connection."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

from jpresearch import folders
from jpresearch.batch.job import forked_job
from jpresearch.batch.processes.fork_server import Forked, ForkServer, ask

LOG: Final = "log"
LIVES: Final = 4


class JobServer(ForkServer):
    """The fork server of jobs, started at once and not waited for; ``fork`` may be called from any thread.

    Everything that jobs write outside their reports lies in the folder ``temporary``, which is the caller's to remove.
    """

    def __init__(self, temporary: Path, environment: dict[str, str]) -> None:
        super().__init__(Path(forked_job.__file__), temporary, temporary / LOG)
        self.temporary = temporary
        own = {folders.HOME_VARIABLE: str(folders.home()), "TMPDIR": str(temporary)}
        self._environment = {**own, **environment}
        self._lock = threading.Lock()
        self._lives = LIVES
        self._begin()

    def fork(self) -> JobProcess:
        """A new job process, waiting for what it is sent. Raises ``OSError`` where the server died once too often."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                return JobProcess(self._ask(theirs), Connection(ours.detach()))
        except OSError:
            ours.close()
            raise

    def last_words(self, characters: int = 500) -> str:
        """How the server ended, if it has, and the end of what it and its jobs wrote to their standard streams."""
        code = self.code
        fate = "" if code is None else f"It {ending(code)}. "
        with contextlib.suppress(OSError):
            return fate + (self.temporary / LOG).read_text(encoding="utf-8", errors="replace")[-characters:].strip()
        return fate

    def _ask(self, channel: socket.socket) -> Forked:
        """Ask the server for a job; a new one if it has died, by want of memory for instance."""
        with Path(os.devnull).open("rb") as nothing, (self.temporary / LOG).open("ab") as log:
            descriptors = [nothing.fileno(), log.fileno(), log.fileno(), channel.fileno()]
            while True:
                try:
                    return ask(str(self.address), {}, descriptors)
                except OSError:
                    self._lives -= 1
                    if self._lives == 0:
                        raise
                    self.close()
                    self._begin()

    def _begin(self) -> None:
        self.start({**os.environ, **self._environment})


class JobProcess:
    """One job process: ``channel`` carries what it is given and what it says; ``code`` its exit status at the end."""

    def __init__(self, forked: Forked, channel: Connection[Any, Any]) -> None:
        self.channel = channel
        self._forked = forked
        self._silent = False

    @property
    def pid(self) -> int | None:
        """The process number, ``None`` until the process has begun."""
        return self._forked.pid

    @property
    def sources(self) -> list[Connection[Any, Any] | int]:
        """What to wait on for news of this process."""
        forked = self._forked.fileno()
        return [forked] if self._silent else [self.channel, forked]

    def messages(self) -> tuple[list[Any], bool]:
        """What the process has said since, and whether it has ended."""
        ended = self._forked.poll() is not None
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
        self._forked.send_signal(number)

    def kill(self) -> None:
        """End the process, and the processes that it started, at once."""
        import psutil

        children: Iterable[psutil.Process] = ()
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.pid).children(recursive=True) if self.pid else ()
        self._forked.kill()
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()

    def close(self) -> None:
        """Give the connections back; a process that still runs ends."""
        self.channel.close()
        self._forked.close()

    def reason(self) -> str:
        """How the process ended, in words."""
        code = self._forked.returncode
        if code is None or self._forked.lost:
            return "the process that runs jobs is gone"
        return f"the job's process {ending(code)}"


def wait_for_news(processes: Iterable[JobProcess], seconds: float) -> None:
    """Wait until one of the processes says something or ends, for ``seconds`` at most."""
    wait([source for process in processes for source in process.sources], seconds)


def ending(code: int) -> str:
    """An exit status in words; a negative one is that of a signal."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
