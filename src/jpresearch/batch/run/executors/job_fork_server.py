"""The process that job processes are forked from: it has imported what every job needs, and does nothing else.

Run as ``python -m jpresearch.batch.run.executors.job_fork_server CONTROL``, a socket whose other end
``job_processes.JobForkServer`` holds. Every message on it is two file descriptors: the job's connection, and a pipe on
which the fork server tells the job's process id and, when it has ended, its exit status. The fork server ends when its
owner does, and takes the jobs with it.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

# Found by comparing `sys.modules` before and after a job.
PRELOADED: Final = (
    *(
        "papermill.execute",
        "nbclient",
        "jupyter_client.manager",
        "ipykernel.kernelspec",
        "IPython.display",
        "nbconvert",
    ),
    *("psutil", "jpresearch.batch.job.perform", "jpresearch.batch.kernels.papermill_engine"),
)
STATUS: Final = struct.Struct("=i")
DIE_WITH_PARENT: Final = 1


def main() -> None:
    """Serve until the owner closes the socket or is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    jobs: dict[int, int] = {}
    try:
        _serve(control, jobs)
    finally:
        for pid in jobs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def preload() -> None:
    """Import what jobs need and render a page once, so that no job pays for it. No thread may come of it."""
    for name in PRELOADED:
        importlib.import_module(name)
    from jpresearch.batch.job.perform import warm_up

    try:
        with tempfile.TemporaryDirectory() as folder:
            warm_up(Path(folder))
    except Exception:
        # Only a convenience: a job will meet the same error, and say so.
        traceback.print_exc()
    gc.collect()
    gc.freeze()


def die_with_parent(parent: int) -> None:
    """Have the kernel of the system end this process when ``parent`` ends (Linux); at once if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _serve(control: socket.socket, jobs: dict[int, int]) -> None:
    waking, woken = socket.socketpair()
    for end in (waking, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(waking, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if waking in ready:
                with contextlib.suppress(BlockingIOError):
                    waking.recv(4096)
            _reap(jobs)
            if control in ready and not _fork_one(control, jobs, (control, waking, woken)):
                return


def _reap(jobs: dict[int, int]) -> None:
    """Tell the exit status of each job that has ended: its code, or minus the signal that ended it."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            told = jobs.pop(pid, None)
            if told is not None:
                _tell(told, os.waitstatus_to_exitcode(status))
                os.close(told)


def _tell(pipe: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.write(pipe, STATUS.pack(number))


def _fork_one(control: socket.socket, jobs: dict[int, int], own: tuple[socket.socket, ...]) -> bool:
    """Fork a job for the next message; whether the owner is still there."""
    descriptors = _received(control)
    if descriptors is None:
        return False
    connection, told = descriptors
    fork_server = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_a_job(fork_server, connection, [told, *jobs.values()], own)
    os.close(connection)
    jobs[pid] = told
    _tell(told, pid)
    return True


def _received(control: socket.socket) -> tuple[int, int] | None:
    found = array.array("i")
    message, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(2 * found.itemsize))
    if not message:
        return None
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(content[: len(content) - len(content) % found.itemsize])
    connection, told = found
    return connection, told


def _be_a_job(fork_server: int, connection: int, pipes: list[int], own: tuple[socket.socket, ...]) -> None:
    """The forked process: in a session of its own, without the server's descriptors and handlers; does not return."""
    code = 1
    try:
        die_with_parent(fork_server)
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for pipe in pipes:
            os.close(pipe)
        for end in own:
            end.close()
        from jpresearch.batch.job.perform import serve

        with Connection(connection) as channel:
            serve(channel)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
