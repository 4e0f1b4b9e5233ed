"""The program of the preloaded parent, in which the third-party stack is loaded: it forks a kernel per request.

``preload.Parent`` runs this file by its path, so that neither the package nor a notebook is ever imported here: a
kernel finds ``jpresearch`` as it lies on disk when it starts. The process has one thread, no event loop and no zmq
context when it forks; numerical libraries are held to one thread by its environment.

A request comes over a unix socket: length and descriptors for 0, 1 and 2, then JSON with ``argv``, ``env`` and ``cwd``.
Answers are lines of JSON: ``{"pid": n}`` or ``{"refused": why}``, at the kernel's end ``{"exit": code}`` (negative for
a signal). A requester that goes away takes its kernel along, the owner (a pipe that ends) takes everything.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any, Final

# Read by an interpreter or a library as it starts: a request that differs in one of these needs an ordinary kernel.
AT_START: Final = (
    "PYTHON",
    "LD_",
    "DYLD_",
    "LC_",
    "MALLOC_",
    "NUMBA_",
    "NPY_",
    "PANDAS_",
    "MPLCONFIGDIR",
    "MATPLOTLIBRC",
)
AT_START_EXACT: Final = ("HOME", "LANG", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
LAUNCHER: Final = "ipykernel_launcher"
HEADER: Final = struct.Struct("!I")
LONGEST_REQUEST: Final = 1 << 24
PATIENCE_SECONDS: Final = 5.0
PR_SET_PDEATHSIG: Final = 1
FIRST_FREE: Final = 3
HANDLED: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


class Refused(Exception):
    """A kernel that must not be forked here; the message says why."""


@dataclass(frozen=True)
class Request:
    """A kernel asked for: command line, environment, working directory."""

    argv: list[str]
    env: dict[str, str]
    cwd: str


def main() -> None:
    """Serve, and in a forked child become a kernel. Arguments: socket and pipe as numbers, and the folder."""
    listener, owner, folder = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3]
    # A collection in a kernel would copy every page it looks at.
    gc.collect()
    gc.freeze()
    request = Server(listener, owner, dict(os.environ)).serve()
    if request is None:
        shutil.rmtree(folder, ignore_errors=True)
        # Nothing to tidy: an orderly end of this interpreter would only take time.
        os._exit(0)
    run_kernel(request)


class Server:
    """Forks a kernel per request and tells its requester when it ends."""

    def __init__(self, listener: socket.socket, owner: int, environment: dict[str, str]) -> None:
        self.listener = listener
        self.owner = owner
        self.environment = environment
        self.kernels: dict[int, socket.socket | None] = {}
        self.stopped = False
        self.woken, self.waker = socket.socketpair()
        for end in (self.woken, self.waker):
            end.setblocking(False)
        self.selector = DefaultSelector()

    def serve(self) -> Request | None:
        """Serve until the owner is gone: ``None``. In a forked child: what it is to become."""
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        for end in (self.listener, self.owner, self.woken):
            self.selector.register(end, EVENT_READ)
        while not self.stopped:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    request = self._answer()
                    if request is not None:
                        return request
                elif key.fileobj is self.woken:
                    self._reap()
                elif key.fileobj == self.owner:
                    self.stopped = True
                else:
                    self._leave(key.data)
        for pid in self.kernels:
            _kill_group(pid)
        for pid in self.kernels:
            os.waitpid(pid, 0)
        return None

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def _answer(self) -> Request | None:
        """Fork the kernel that a requester asks for; only the child gets an answer here."""
        connection, _ = self.listener.accept()
        descriptors: list[int] = []
        try:
            connection.settimeout(PATIENCE_SECONDS)
            request = _receive(connection, descriptors)
            refuse_unless_safe(request, self.environment)
            if self._fork(connection, descriptors):
                return request
        except Refused as reason:
            _tell(connection, refused=str(reason))
            connection.close()
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return None

    def _fork(self, connection: socket.socket, descriptors: list[int]) -> bool:
        """Fork; whether this is the child."""
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._become_child(parent, connection, descriptors)
                return True
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        connection.setblocking(False)
        self.kernels[pid] = connection
        self.selector.register(connection, EVENT_READ, pid)
        _tell(connection, pid=pid)
        return False

    def _become_child(self, parent: int, connection: socket.socket, descriptors: list[int]) -> None:
        """Cut every tie to the parent: session, signals, descriptors."""
        os.setsid()
        die_with_parent(parent)
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        for standard, descriptor in enumerate(descriptors):
            os.dup2(descriptor, standard)
        descriptors.clear()
        # The objects must forget their descriptors, or their end would close others of the same number.
        self.selector.close()
        for end in (self.listener, self.woken, self.waker, connection, *filter(None, self.kernels.values())):
            end.detach()
        _close_all_but_standard()

    def _reap(self) -> None:
        """Tell the requester of each kernel that has ended; what it had started ends too."""
        _drain(self.woken)
        while self.kernels:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return
            # Before the number is free for another process:
            _kill_group(ended.si_pid)
            _, status = os.waitpid(ended.si_pid, 0)
            connection = self.kernels.pop(ended.si_pid, None)
            if connection is not None:
                self.selector.unregister(connection)
                _tell(connection, exit=os.waitstatus_to_exitcode(status))
                connection.close()

    def _leave(self, pid: int) -> None:
        """The requester, who never sends twice, has gone: so does its kernel."""
        connection = self.kernels.get(pid)
        if connection is not None and not _drain(connection):
            self.selector.unregister(connection)
            connection.close()
            self.kernels[pid] = None
            _kill_group(pid)


def refuse_unless_safe(request: Request, environment: dict[str, str]) -> None:
    """Raise ``Refused`` where a fork would be unsafe, or would give another kernel than an ordinary start."""
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - this many entries, nothing of their paths
    if threads > 1:
        raise Refused(f"the preloaded parent has {threads} threads")
    if LAUNCHER not in request.argv or not _same_program(request.argv[0]):
        raise Refused(f"the kernel is not an IPython kernel of {sys.executable}")
    differing = [
        name
        for name in sorted({*environment, *request.env})
        if (name.startswith(AT_START) or name in AT_START_EXACT) and environment.get(name) != request.env.get(name)
    ]
    if differing:
        raise Refused(f"{', '.join(differing)} differs from the preloaded parent's")
    if Path(request.cwd, "matplotlibrc").exists():
        raise Refused("a matplotlibrc lies in the kernel's folder")


def die_with_parent(parent: int) -> None:
    """Be killed when ``parent``, which forked this process, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def run_kernel(request: Request) -> None:
    """Be the kernel that ``request`` asks for, to its end."""
    os.environ.clear()
    os.environ.update(request.env)
    os.chdir(request.cwd)
    time.tzset()
    tempfile.tempdir = None
    _seed()
    at = request.argv.index(LAUNCHER)
    launcher = importlib.util.find_spec(LAUNCHER)
    sys.argv = [str(launcher and launcher.origin), *request.argv[at + 1 :]]
    gc.enable()
    # 1 is "somebody's, not watched": this kernel is ended by the parent it was forked from.
    app = _application().instance(parent_handle=1)
    app.initialize(sys.argv[1:])
    _settle_matplotlib()
    app.start()


def _application() -> Any:
    """The application of ipykernel, but with no TCP port where the kernel talks over files.

    It hears prints of processes that a notebook forks on a port of its own, whatever the transport.
    """
    kernelapp: Any = importlib.import_module("ipykernel.kernelapp")

    class PipeInFile(kernelapp.IOPubThread):  # type: ignore[misc]
        address = ""

        def _setup_pipe_in(self) -> None:
            super()._setup_pipe_in()
            if self._pipe_flag and self.address:
                self._pipe_in.socket.unbind(self._pipe_in.socket.last_endpoint)
                self._pipe_in.socket.bind(self.address)

        def _setup_pipe_out(self) -> Any:
            context, out = super()._setup_pipe_out()
            if self.address:
                out.disconnect(out.last_endpoint)
                out.connect(self.address)
            return context, out

    class Application(kernelapp.IPKernelApp):  # type: ignore[misc]
        def init_iopub(self, context: Any) -> None:
            PipeInFile.address = f"ipc://{self.ip}-pipe" if self.transport == "ipc" else ""
            kernelapp.IOPubThread = PipeInFile
            super().init_iopub(context)

    return Application


def _seed() -> None:
    """Random numbers of its own for each kernel; Python sees to its own generator."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _settle_matplotlib() -> None:
    """Bring matplotlib into the state it has where it is first imported inside a kernel."""
    if "matplotlib.pyplot" not in sys.modules:
        return
    # The kernel has set the variable by now, to its inline backend unless it was given.
    sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    sys.modules["matplotlib.pyplot"].install_repl_displayhook()


def _receive(connection: socket.socket, descriptors: list[int]) -> Request:
    head, received, _, _ = socket.recv_fds(connection, HEADER.size, 3)
    descriptors.extend(received)
    (length,) = HEADER.unpack(head)
    if length > LONGEST_REQUEST or len(descriptors) != FIRST_FREE:
        raise ValueError("not a request")
    text = bytearray()
    while len(text) < length:
        piece = connection.recv(length - len(text))
        if not piece:
            raise ValueError("half a request")
        text += piece
    content: dict[str, Any] = json.loads(text)
    return Request(content["argv"], content["env"], content["cwd"])


def _tell(connection: socket.socket, **answer: object) -> None:
    with contextlib.suppress(OSError):
        connection.send(json.dumps(answer).encode() + b"\n")


def _drain(end: socket.socket) -> bool:
    """Read what there is; whether the other side is still there."""
    try:
        while piece := end.recv(4096):
            del piece
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _close_all_but_standard() -> None:
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are numbers here
        with contextlib.suppress(OSError):
            if int(name) >= FIRST_FREE:
                os.close(int(name))


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Only just forked, it leads no group yet.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _same_program(program: str) -> bool:
    return os.path.abspath(program) == os.path.abspath(sys.executable)  # noqa: PTH100 - links are told apart


if __name__ == "__main__":
    main()
