"""Nowhere to write: a full disk, a folder that cannot be written, a file in the folder's place."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from jpresearch.record import Status
from tests.batch import commands
from tests.batch.commands import PUBLISHES

# A name space of its own, in which a plain user may mount.
OWN_SPACE = ("unshare", "--mount", "--map-root-user", "sh", "-c")
# $0 is where to mount, $1 where to keep what was written there; then comes the command.
SMALL_DISK = """
mount -t tmpfs -o size=500k none "$0" || exit 90
kept="$1"; shift
"$@"; code=$?
cp -a "$0/." "$kept"; exit $code
"""
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
# Every character takes four on the page.
LONG = "from IPython.display import Markdown; Markdown('`' + '<' * 150_000 + '`')"


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*OWN_SPACE, "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not may_mount(), reason="this system lets us mount nothing")


@mounts
def test_a_disk_full_while_the_page_is_written_fails_that_job_alone(tmp_path: Path) -> None:
    notebooks = {"01_works": (PUBLISHES,), "02_long": (PUBLISHES, LONG), "03_works": (PUBLISHES,)}
    project = commands.make_project(tmp_path / "project", notebooks)
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    wrapper = (*OWN_SPACE, SMALL_DISK, str(disk), str(kept))
    words = ("run", "--jobs", "1", "--output", str(disk))
    done = commands.call(*words, wrapper=wrapper, JPRESEARCH_HOME=str(project))
    assert done.returncode == 1, done.stderr
    run = commands.the_run(kept)
    jobs = commands.by_name(run)
    assert [job.status for job in run.jobs] == [Status.SUCCEEDED, Status.FAILED, Status.SUCCEEDED]
    failure = jobs["02_long"].failure
    assert failure is not None
    assert "No space left on device" in failure.message
    assert failure.message.startswith("the page could not be written")
    (folder,) = commands.runs(kept)
    assert jobs["02_long"].page is None
    assert {path.name for path in folder.iterdir()} == {
        "record.json", "index.html", "metrics.csv", *(name for job in run.jobs for name in job.files),
    }  # fmt: skip
    assert jobs["02_long"].executed_notebook == "02_long.ipynb"
    assert not (kept / "latest").exists()
    commands.assert_nothing_left(project)


@mounts
def test_a_folder_that_cannot_be_written_is_said_before_anything_runs(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_works": (PUBLISHES,)})
    folder = tmp_path / "read only"
    folder.mkdir()
    wrapper = (*OWN_SPACE, READ_ONLY, str(folder))
    done = commands.call("run", "--output", str(folder), wrapper=wrapper, JPRESEARCH_HOME=str(project))
    assert done.returncode == 3, done.stderr
    assert "cannot be written: [Errno 30] Read-only file system" in done.stderr
    assert str(folder) in done.stderr
    assert "Traceback" not in done.stderr
    commands.assert_nothing_left(project)


def test_a_file_in_the_place_of_the_folder_is_said_before_anything_runs(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_works": (PUBLISHES,)})
    (project / "reports").write_text("a file")
    done = commands.call("run", JPRESEARCH_HOME=str(project))
    assert done.returncode == 3, done.stderr
    assert "the folder for reports cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
