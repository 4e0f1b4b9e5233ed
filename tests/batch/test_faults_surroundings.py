"""What surrounds a run: closed streams, other rights, copied folders, outputs that are none, mute schedulers."""

from __future__ import annotations

import http.server
import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.record import Status
from tests.batch import commands
from tests.batch.commands import PUBLISHES
from tests.export.builders import write_run


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


# Root without the rights to pass over whose a file is: to files of another user it is a second user.
SECOND_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner,-chown")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can give files away")
@pytest.mark.parametrize("private", [pytest.param(False, marks=pytest.mark.proof), True])
def test_files_of_another_user_in_a_shared_folder_are_worked_around(private: bool, project: Path) -> None:
    reports = project / "reports"
    reports.mkdir()
    theirs = write_run(reports)
    for name in (".lock", ".history.jsonl", "index.html"):
        (reports / name).write_text("{}")
    (reports / ".successes").mkdir()
    (reports / "latest").symlink_to(theirs.name)
    for path in [reports, *reports.rglob("*")]:
        os.chown(path, 65534, 65534, follow_symlinks=False)
        if private and not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
    reports.chmod(0o777)
    done = commands.call("run", wrapper=SECOND_USER, JPRESEARCH_HOME=str(project))
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert "latest still leads where it did" in done.stderr
    assert (reports / "latest").resolve() == theirs
    (job,) = record.read(commands.runs(reports)[-1]).jobs
    assert job.status is Status.SUCCEEDED
    done = commands.call("compare", "previous", "latest", wrapper=SECOND_USER, JPRESEARCH_HOME=str(project))
    assert done.returncode in (0, 2, 3) and "Traceback" not in done.stderr, done.stderr


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can give files away")
def test_a_folder_of_another_user_that_takes_no_files_is_said_before_anything_runs(project: Path) -> None:
    (project / "reports").mkdir()
    os.chown(project / "reports", 65534, 65534)
    done = commands.call("run", wrapper=SECOND_USER, JPRESEARCH_HOME=str(project))
    assert done.returncode == 3 and "cannot be written" in done.stderr and "Traceback" not in done.stderr


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


# The silent one is waited for as long as users wait; an interruption of that wait is tried below.
@pytest.mark.parametrize("kind", ["web", pytest.param("silent", marks=pytest.mark.proof)])
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
