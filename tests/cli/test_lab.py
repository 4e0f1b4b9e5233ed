"""``jpresearch lab``: a real JupyterLab whose kernels are forked, and nothing of it stays."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from jpresearch.cli.lab import arguments
from tests.batch.conftest import comes_true, is_gone

TOKEN = "for-this-test"


class Lab:
    """A JupyterLab on a free port."""

    def __init__(self, home: Path, user: Path, *further: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        own = [f"--port={self.port}", "--allow-root", f"--IdentityProvider.token={TOKEN}"]
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "jpresearch"), "lab", "--no-browser", *own, *further],
            env={**os.environ, "HOME": str(user), "JPRESEARCH_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def call(self, path: str, method: str = "GET", body: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def is_up(self) -> bool:
        try:
            return "started" in self.call("status")
        except (urllib.error.URLError, ConnectionError):
            return False

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGTERM, id="stopped", marks=pytest.mark.proof), pytest.param(signal.SIGKILL, id="killed")],
)
def test_kernels_of_a_lab_are_forked_and_end_with_it(number: signal.Signals, project: Path, tmp_path: Path) -> None:
    user = tmp_path / "u"
    user.mkdir()
    lab = Lab(project, user)
    try:
        assert comes_true(lab.is_up)
        lab.call("kernels", "POST", {"name": "python3", "path": ""})
        parent, kernel = sorted(lab.family(), key=lambda process: process.create_time())
        assert kernel.ppid() == parent.pid, "the kernel is forked"
        assert kernel.cwd() == str(project / "notebooks")
        assert kernel.net_connections() == []
        assert not list(user.rglob("kernel.json")), "nothing is installed for the user"
        folder = Path(parent.cwd())
        os.kill(lab.process.pid, number)
        lab.process.wait()
        assert comes_true(lambda: is_gone(parent.pid) and is_gone(kernel.pid))
        assert comes_true(lambda: not folder.exists())
    finally:
        lab.process.kill()
        lab.process.wait()


def test_the_users_own_arguments_win() -> None:
    line = arguments("/n", browser=False, further=["--ServerApp.root_dir=/mine"])
    assert line[0] == "--ServerApp.root_dir=/n"
    assert line[-1] == "--ServerApp.root_dir=/mine"
    assert "--no-browser" in line
    assert "--no-browser" not in arguments("/n", browser=True, further=[])
