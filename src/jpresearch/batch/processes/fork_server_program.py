"""The program of a fork server: it loads what its children need, once, and forks one per request.

``fork_server.ForkServer`` runs this file by its path, with the path of a role: a file with ``preload()``, which loads,
``refuse(content)``, which says why a request cannot be had here, and ``become(content)``, which a forked child goes on
with. A kernel finds the package as it lies on disk when it starts, whatever its server has loaded of it. The process
has one thread, no event loop and no zmq context when it forks.

A request comes over a unix socket: a length with descriptors (for 0, 1, 2 and what follows), then JSON. Answers are
lines of JSON: ``{"pid": n}`` or ``{"refused": why}``, at the child's end ``{"exit": code}`` (negative for a signal). A
requester that goes away takes its child along, the owner (a pipe that ends) takes everything. What a child had started
ends with it, also in a session of its own: on Linux it comes to this process when the child ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import runpy
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector
from typing import Any, Final

HEADER: Final = struct.Struct("!I")
LONGEST_REQUEST: Final = 1 << 24
MOST_DESCRIPTORS: Final = 8
PATIENCE_SECONDS: Final = 5.0
PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36
STANDARD: Final = 3
HANDLED: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)

Content = dict[str, Any]


def main() -> None:
    """Serve, and go on as what was asked for in a forked child. Arguments: role, socket and pipe as numbers, folder."""
    role, listener, owner, folder = sys.argv[1], socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3]), sys.argv[4]
    told = runpy.run_path(role)
    told["preload"]()
    # A collection in a child would copy every page it looks at.
    gc.collect()
    gc.freeze()
    _adopt_orphans()
    content = Server(listener, owner, told["refuse"]).serve()
    if content is None:
        shutil.rmtree(folder, ignore_errors=True)
        # Nothing to tidy: an orderly end of this interpreter would only take time.
        os._exit(0)
    told["become"](content)


class Server:
    """Forks a child per request and tells its requester when it ends."""

    def __init__(self, listener: socket.socket, owner: int, refuse: Callable[[Content], str | None]) -> None:
        self.listener = listener
        self.owner = owner
        self.refuse = refuse
        self.children: dict[int, socket.socket | None] = {}
        self.stopped = False
        self.woken, self.waker = socket.socketpair()
        for end in (self.woken, self.waker):
            end.setblocking(False)
        self.selector = DefaultSelector()

    def serve(self) -> Content | None:
        """Serve until the owner is gone: ``None``. In a forked child: what it is to become."""
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        for end in (self.listener, self.owner, self.woken):
            self.selector.register(end, EVENT_READ)
        while not self.stopped:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    content = self._answer()
                    if content is not None:
                        return content
                elif key.fileobj is self.woken:
                    self._reap()
                elif key.fileobj == self.owner:
                    self.stopped = True
                else:
                    self._leave(key.data)
        self._end_everything()
        return None

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def _answer(self) -> Content | None:
        """Fork the child that a requester asks for; only the child gets an answer here."""
        connection, _ = self.listener.accept()
        descriptors: list[int] = []
        try:
            connection.settimeout(PATIENCE_SECONDS)
            content = _receive(connection, descriptors)
            refused = self.refuse(content)
            if refused is not None:
                _tell(connection, refused=refused)
                connection.close()
            elif self._fork(connection, descriptors):
                return content
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
        self.children[pid] = connection
        self.selector.register(connection, EVENT_READ, pid)
        _tell(connection, pid=pid)
        return False

    def _become_child(self, parent: int, connection: socket.socket, descriptors: list[int]) -> None:
        """Cut every tie to the parent: session, signals, descriptors."""
        os.setsid()
        die_with_parent(parent)
        _adopt_orphans()
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        # The objects must forget their descriptors, or their end would close others of the same number.
        self.selector.close()
        for end in (self.listener, self.woken, self.waker, connection, *filter(None, self.children.values())):
            end.detach()
        _keep_only(descriptors)
        descriptors.clear()

    def _reap(self) -> None:
        """Tell the requester of each child that has ended; what it had started ends too."""
        _drain(self.woken)
        while (pid := _ended()) is not None:
            if pid in self.children:
                # Before the number is free for another process:
                _kill_group(pid)
            _, status = os.waitpid(pid, 0)
            connection = self.children.pop(pid, None)
            self._end_orphans()
            if connection is not None:
                self.selector.unregister(connection)
                _tell(connection, exit=os.waitstatus_to_exitcode(status))
                connection.close()

    def _leave(self, pid: int) -> None:
        """The requester, who never sends twice, has gone: so does its child."""
        connection = self.children.get(pid)
        if connection is not None and not _drain(connection):
            self.selector.unregister(connection)
            connection.close()
            self.children[pid] = None
            _kill_group(pid)

    def _end_orphans(self) -> None:
        """End what children that have ended had detached: a living child keeps its own (``_adopt_orphans``).

        Their children come here in turn, with a signal for each of them.
        """
        for pid in _children():
            if pid not in self.children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _end_everything(self) -> None:
        for pid in self.children:
            _kill_group(pid)
        with contextlib.suppress(ChildProcessError):
            while True:
                ended, _ = os.waitpid(-1, 0)
                self.children.pop(ended, None)
                self._end_orphans()


def die_with_parent(parent: int) -> None:
    """Be killed when ``parent``, which forked this process, ends (Linux); at once if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _adopt_orphans() -> None:
    """Have what this process starts, and all that comes of it, stay below it whatever it does (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children() -> list[int]:
    """The processes directly below this one."""
    import psutil

    with contextlib.suppress(psutil.Error):
        return [child.pid for child in psutil.Process().children()]
    return []


def _ended() -> int | None:
    """A child that has ended and waits to be asked about; ``None`` if there is none."""
    try:
        if hasattr(os, "waitid"):
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            return None if ended is None else ended.si_pid
        return next((pid for pid in _children() if _is_zombie(pid)), None)
    except ChildProcessError:
        return None


def _is_zombie(pid: int) -> bool:
    import psutil

    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return True


def _receive(connection: socket.socket, descriptors: list[int]) -> Content:
    head, received, _, _ = socket.recv_fds(connection, HEADER.size, MOST_DESCRIPTORS)
    descriptors.extend(received)
    (length,) = HEADER.unpack(head)
    if length > LONGEST_REQUEST or len(descriptors) < STANDARD:
        raise ValueError("not a request")
    text = bytearray()
    while len(text) < length:
        piece = connection.recv(length - len(text))
        if not piece:
            raise ValueError("half a request")
        text += piece
    content: Content = json.loads(text)
    return content


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


def _keep_only(descriptors: list[int]) -> None:
    """Have these descriptors as 0, 1, 2 and so on, and no other open."""
    # Out of each other's way first; none of those received is one of 0, 1 and 2, which the server holds itself.
    beyond = max(descriptors) + len(descriptors) + 1
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, beyond + number)
    for number in range(len(descriptors)):
        os.dup2(beyond + number, number, inheritable=number < STANDARD)
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - names are numbers here
        with contextlib.suppress(OSError):
            if int(name) >= len(descriptors):
                os.close(int(name))


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Only just forked, it leads no group yet.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
