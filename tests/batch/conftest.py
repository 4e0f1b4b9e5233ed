"""A preloaded parent for the tests that need one, and kernels to talk to."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jpresearch.batch.kernels import kernel_manager, kernel_server
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.provisioner import WarmProvisioner

PATIENCE_SECONDS = 60.0


class Kernel:
    """A kernel of its own with a client."""

    def __init__(self, env: dict[str, str], cwd: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = kernel_server.socket_folder()
        self.manager = kernel_manager.manager("python3", self.folder)
        options = ["--HistoryManager.hist_file=:memory:"]
        self._do(self.manager.start_kernel(env=env, cwd=str(cwd), extra_arguments=options))
        self.client = self.manager.client()
        self.client.start_channels()
        self._do(self.client.wait_for_ready(timeout=PATIENCE_SECONDS))

    @property
    def provisioner(self) -> WarmProvisioner:
        assert isinstance(self.manager.provisioner, WarmProvisioner)
        return self.manager.provisioner

    @property
    def pid(self) -> int:
        assert self.provisioner.pid is not None
        return self.provisioner.pid

    def outputs(self, code: str) -> list[dict[str, Any]]:
        """The messages that running ``code`` gave."""
        heard: list[dict[str, Any]] = []
        self._do(self.client.execute_interactive(code, output_hook=heard.append, timeout=PATIENCE_SECONDS))
        return heard

    def says(self, code: str) -> str:
        """What ``code`` printed."""
        streams = (message["content"] for message in self.outputs(code) if message["msg_type"] == "stream")
        return "".join(content["text"] for content in streams).strip()

    def restart(self) -> None:
        self._do(self.manager.restart_kernel(now=True))
        self._do(self.client.wait_for_ready(timeout=PATIENCE_SECONDS))

    def close(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self._do(self.manager.shutdown_kernel(now=True))
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)


@pytest.fixture(scope="session")
def parent() -> Iterator[KernelServer]:
    with KernelServer() as started:
        yield started


# Not of the session: dask leaves variables behind that a parent must have from its start.
@pytest.fixture(scope="module")
def isolated_parent() -> Iterator[KernelServer]:
    """A preloaded parent as a run has it, without the user's own settings."""
    with KernelServer(isolated=True) as started:
        yield started


@pytest.fixture
def start(parent: KernelServer, tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Starts kernels of the parent, or of the one at ``address``."""
    started: list[Kernel] = []

    def start_kernel(address: str | None = parent.address, cwd: Path = tmp_path, **variables: str) -> Kernel:
        found = {} if address is None else {kernel_server.ADDRESS_VARIABLE: address}
        started.append(Kernel({**outside_of_tests(), **found, **variables}, cwd))
        return started[-1]

    yield start_kernel
    for kernel in started:
        kernel.close()


def outside_of_tests() -> dict[str, str]:
    """The environment without pytest's mark, for which ipykernel leaves the output of other programs alone."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def is_gone(pid: int) -> bool:
    """Whether the process has ended (one that nobody has asked about yet has ended too)."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within a generous time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def warm_environment(parent: KernelServer) -> dict[str, str]:
    """The environment of a job whose kernel is warm."""
    return {**outside_of_tests(), **parent.environment()}
