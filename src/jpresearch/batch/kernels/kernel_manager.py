"""Kernels of jobs: over sockets in a folder of their own, warm where possible, and used as soon as they answer."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any, Final

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jpresearch.batch.provisioner import WarmProvisioner

OWN_SPECS: Final = Path(sys.prefix) / "share" / "jupyter" / "kernels"
ANSWER_SECONDS: Final = 0.5


class PromptClient(AsyncKernelClient):
    """A client for which a kernel is ready once it has answered on both channels.

    The one it is derived from then waits for a fifth of a second of silence, which is most of a warm kernel's start.
    ``expressions`` are asked of the kernel with everything that it executes, by name.
    """

    expressions: Mapping[str, str] = {}

    def execute(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,
    ) -> str:
        """Ask the kernel to execute ``code``; the id of the request. Options are those of jupyter_client."""
        asked = {**self.expressions, **(user_expressions or {})}
        return str(super().execute(code, silent, store_history, asked, allow_stdin, stop_on_error))

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers. Raises ``RuntimeError`` where it dies or ``timeout`` seconds have passed."""
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > end:
                raise RuntimeError(f"the kernel was not ready after {timeout:g} seconds")

    async def _answers(self, asked: str) -> bool:
        """Whether the reply to the request ``asked`` and the end of its work arrive soon."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while (reply := await self.get_shell_msg())["parent_header"].get("msg_id") != asked:
                    continue
                while not _is_end_of(asked, await self.get_iopub_msg()):
                    continue
        except (TimeoutError, Empty):
            return False
        self._handle_kernel_info_reply(reply)
        return True


def manager(kernel_name: str, folder: Path) -> AsyncKernelManager:
    """A manager for one kernel whose connection file and sockets lie in ``folder``.

    A kernel of this interpreter is preferred to what the user has installed elsewhere under the same name.
    """
    specs = KernelSpecManager()
    specs.kernel_dirs = [str(OWN_SPECS), *specs.kernel_dirs]
    made = AsyncKernelManager(
        kernel_name=kernel_name,
        kernel_spec_manager=specs,
        transport="ipc",
        connection_file=str(folder / "kernel.json"),
        ip=str(folder / "k"),
        client_class=f"{__name__}.{PromptClient.__name__}",
    )
    made.kernel_id = str(uuid.uuid4())
    provisioner = WarmProvisioner(kernel_id=made.kernel_id, kernel_spec=made.kernel_spec, parent=made)
    provisioner.styled = True
    made.provisioner = provisioner
    return made


def _is_end_of(asked: str, message: dict[str, Any]) -> bool:
    parent, content = message["parent_header"].get("msg_id"), message["content"]
    return bool(parent == asked and content.get("execution_state") == "idle")
