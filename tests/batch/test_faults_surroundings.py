"""What surrounds a run: closed streams, other rights, copied folders, outputs that are none, mute schedulers."""

from __future__ import annotations

import http.server
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jpresearch.record import Status
from tests.batch import commands
from tests.batch.commands import PUBLISHES


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return commands.make_project(tmp_path / "project", {"01_works": (PUBLISHES,)})


def test_closed_streams_do_not_matter_and_files_are_as_the_umask_says(project: Path) -> None:
    wrapper = ("sh", "-c", 'umask 027; exec "$@" <&- >&- 2>&-', "sh")
    done = commands.call("run", wrapper=wrapper, JPRESEARCH_HOME=str(project))
    assert done.returncode == 0
    (folder,) = commands.runs(project / "reports")
    (job,) = commands.the_run(project / "reports").jobs
    assert job.status is Status.SUCCEEDED
    assert {
        path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir() if path.is_file()
    } == dict.fromkeys(("record.json", "index.html", "metrics.csv", *job.files), "0o640")
    commands.assert_nothing_left(project)


@pytest.mark.parametrize("output", ["", "  ", "x" * 300, "s3://" + "y" * 300])
def test_an_output_that_is_none_is_a_wrong_call(output: str, project: Path) -> None:
    done = commands.call("run", "--output", output, JPRESEARCH_HOME=str(project))
    assert done.returncode == 2, done.stderr
    assert "--output" in done.stderr and "Traceback" not in done.stderr


def test_reports_that_were_copied_with_their_links_as_folders_are_worked_around(project: Path) -> None:
    assert commands.call("run", JPRESEARCH_HOME=str(project)).returncode == 0
    reports = project / "reports"
    shutil.copytree(reports, project / "copy", symlinks=False)
    shutil.rmtree(reports)
    shutil.move(project / "copy", reports)
    assert (reports / "latest").is_dir() and not (reports / "latest").is_symlink()
    done = commands.call("run", JPRESEARCH_HOME=str(project))
    assert done.returncode == 0, done.stderr
    assert "it is a folder, not a link" in done.stderr and "Traceback" not in done.stderr
    assert (reports / "latest" / "record.json").is_file(), "what is there stays"


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def web() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://me:hunter2-x@127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("kind", ["silent", "web"])
def test_what_is_no_scheduler_ends_the_call_with_the_record_closed(
    kind: str, project: Path, request: pytest.FixtureRequest
) -> None:
    address: str = request.getfixturevalue(kind)
    done = commands.call("run", "--dask", address, JPRESEARCH_HOME=str(project))
    assert done.returncode == 3, done.stderr
    assert "the Dask scheduler cannot be reached" in done.stderr and "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr
    run = commands.the_run(project / "reports")
    assert run.ended_at is not None and run.jobs[0].status is Status.CANCELLED
    assert "hunter2" not in run.model_dump_json()


def test_an_interruption_ends_the_wait_for_a_silent_scheduler(project: Path, silent: str) -> None:
    process = commands.start("run", "--dask", silent, JPRESEARCH_HOME=str(project))
    commands.until(lambda: bool(commands.runs(project / "reports")), "the run's folder")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=commands.PATIENCE_SECONDS)
    assert process.returncode == 130, err
    assert commands.the_run(project / "reports").ended_at is not None
