"""A jupyter_client provisioner whose kernels are forked from the preloaded parent, or are ordinary ones.

Registered as ``jpresearch-warm``. It asks the parent that the environment names for a kernel; where there is none, or
it refuses, an ordinary kernel is started and ``note`` says why.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any, Final, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from jpresearch.batch.kernels.forked_kernel import LAUNCHER
from jpresearch.batch.kernels.kernel_server import ADDRESS_VARIABLE, unsafe
from jpresearch.batch.processes.fork_server import Forked, Refused, send

NAME: Final = "jpresearch-warm"
DEFAULT_VARIABLE: Final = "JUPYTER_DEFAULT_PROVISIONER_NAME"
STYLE_VARIABLE: Final = "JPRESEARCH_HOUSE_STYLE"
PRELOAD_SECONDS: Final = 120.0
LISTEN_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.002
LOOKS_AFTER_KILL: Final = 100


# What a kernel runs before its first cell, so that plain matplotlib has the house's letters and look. A kernel of
# another environment may lack the package.
STYLE: Final = """--IPKernelApp.exec_lines=try:
    from jpresearch.charts import style as _house_style
    _house_style()
    del _house_style
except ImportError:
    pass"""


class NotForked(Exception):
    """The parent gave no kernel; the message says why."""


class WarmProvisioner(LocalProvisioner):
    """Forks kernels; otherwise what it is derived from, which also does the rest of the work.

    ``warm`` tells which kind of kernel the last start gave, ``note`` why it was an ordinary one. Where ``styled`` is
    set, or the environment asks for it, an IPython kernel draws in the house style from its first cell on.
    """

    styled: bool = False
    warm: bool = False
    note: str | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel with the command ``cmd``; keywords are those of ``subprocess.Popen``."""
        environment = dict(kwargs.get("env") or os.environ)
        address = environment.pop(ADDRESS_VARIABLE, None)
        if environment.get(DEFAULT_VARIABLE) == NAME:
            del environment[DEFAULT_VARIABLE]
        kwargs["env"] = environment
        if (environment.pop(STYLE_VARIABLE, None) or self.styled) and LAUNCHER in cmd:
            cmd = [*cmd, STYLE]
        try:
            forked = await _fork(address, cmd, kwargs)
        except NotForked as reason:
            self.warm, self.note = False, str(reason)
            self.log.info("An ordinary kernel was started: %s.", reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.warm, self.note = True, None
        self.process = cast(Any, forked)
        self.pid = self.pgid = forked.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        await self._listening()
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it end: jupyter_client itself would look again only after a tenth of a second."""
        await super().kill(restart)
        for _ in range(LOOKS_AFTER_KILL):
            if await self.poll() is not None:
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def cleanup(self, restart: bool = False) -> None:
        """Tidy up; what an ordinary kernel had started ends with it (the parent sees to that for a forked one)."""
        if not self.warm and self.pid is not None and self.pgid == self.pid:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        await super().cleanup(restart)

    async def _listening(self) -> None:
        """Wait for the kernel's last socket: a client that comes too early tries again after a tenth of a second."""
        if self.connection_info.get("transport") != "ipc":
            return
        last = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
        end = time.monotonic() + LISTEN_SECONDS
        while not last.exists() and await self.poll() is None and time.monotonic() < end:
            await asyncio.sleep(LOOK_SECONDS)


async def _fork(address: str | None, cmd: list[str], kwargs: dict[str, Any]) -> Forked:
    """The kernel that the parent at ``address`` forks. Raises ``NotForked``."""
    why = unsafe()
    if why is not None or address is None:
        raise NotForked(why or "there is no preloaded parent")
    connection = socket.socket(socket.AF_UNIX)
    connection.setblocking(False)
    try:
        return await asyncio.wait_for(_ask(connection, address, cmd, kwargs), PRELOAD_SECONDS)
    except Refused as reason:
        raise NotForked(str(reason)) from reason
    except (OSError, ValueError, TimeoutError) as error:
        connection.close()
        raise NotForked(f"the preloaded parent does not answer ({type(error).__name__})") from error
    except BaseException:
        connection.close()
        raise


async def _ask(connection: socket.socket, address: str, cmd: list[str], kwargs: dict[str, Any]) -> Forked:
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, address)
    request = {"argv": cmd, "env": kwargs["env"], "cwd": str(kwargs.get("cwd") or Path.cwd())}
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
        streams = [nothing.fileno(), _descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)]
        left = send(connection, request, streams)
    await loop.sock_sendall(connection, left)
    forked = Forked(connection)
    while forked.pid is None:
        forked.hear(await loop.sock_recv(connection, 4096))
        if forked.lost:
            raise ConnectionError("closed")
    return forked


def _descriptor(stream: Any, standard: int) -> int:
    """The descriptor that ``Popen`` would take for ``stream``."""
    if stream is None:
        return standard
    descriptor = stream if isinstance(stream, int) else int(stream.fileno())
    if descriptor < 0:
        raise NotForked("its output is asked for in a pipe of its own")
    return descriptor
