"""Files that change together: killed at any step, on a full disk, in a folder that cannot be written."""

from __future__ import annotations

import errno
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jpresearch import catalog, folders, tables, transactions
from jpresearch.errors import DataError
from jpresearch.sources.locking import sole_writer

COMMAND = Path(sys.executable).parent / "jpresearch"
TABLE = "fund_flows"
NEW_ROW = (
    "metric,period_end,period_start,value,unit,confidence,note,source,source_publisher,source_title,source_path\n"
    "nav_equity_funds_ex_etf,2025-12-31,2025-12-31,180.5,JPY tn,single source,,desk-2026,A desk,Its sheet,https://a.org\n"
)
# Ends the process at the n-th time that it opens, renames or removes something in the data folder, or syncs a file.
KILLED = """
import os, signal, sys
from pathlib import Path
from jpresearch.sources import updating
count, last, folder = 0, int(sys.argv[1]), sys.argv[2]

def step(*_):
    global count
    count += 1
    if count == last:
        os.kill(os.getpid(), signal.SIGKILL)

def audit(event, arguments):
    writes = event == "open" and "w" in str(arguments[1])
    if (writes or event in ("os.rename", "os.remove", "tempfile.mkstemp")) and str(arguments[0]).startswith(folder):
        step()

really = os.fsync
os.fsync = lambda handle: (step(), really(handle))
result = updating.from_files(Path(sys.argv[3]), ["fund_flows"])
sys.addaudithook(audit)
updating.settle(result, write=True)
assert not result.failures, result.failures
print(count)
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A desk's row with a source that the descriptor does not know yet."""
    file = tmp_path / "sheet.csv"
    file.write_text(NEW_ROW, encoding="utf-8")
    return file


@pytest.fixture
def clean(project: Path, tmp_path: Path) -> Path:
    """The data as they were."""
    shutil.copytree(project / "data", tmp_path / "clean")
    return tmp_path / "clean"


def killed(step: int, project: Path, sheet: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", KILLED, str(step), str(project / "data"), str(sheet)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)


def state(project: Path) -> tuple[bool, bool]:
    """Whether a reader finds the new source in the descriptor and the new row in the table, both sound."""
    table = catalog.table(TABLE)
    assert tables.check(table) == []
    rows = tables.read(table)
    return "desk-2026" in table.sources, bool((rows["source"] == "desk-2026").any())


def assert_old_or_new_and_completed_by_the_next(project: Path, sheet: Path) -> bool:
    """Whether the change had come through when its process was killed."""
    source, row = state(project)
    assert source == row, "table and descriptor are of two states"
    done = subprocess.run([COMMAND, "update", TABLE, "--from", sheet], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert state(project) == (True, True)
    assert not [file.name for file in (project / "data").iterdir() if file.name.endswith((".part", ".journal"))]
    return source


@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.proof)])
def test_a_process_killed_at_any_step_leaves_both_files_old_or_both_new(
    stride: int, project: Path, clean: Path, sheet: Path
) -> None:
    steps = int(killed(0, project, sheet).stdout)
    assert steps >= 8
    came_through = []
    for step in sorted({*range(1, steps + 1, stride), steps}):
        shutil.copytree(clean, project / "data", dirs_exist_ok=True)
        (project / "data" / transactions.JOURNAL).unlink(missing_ok=True)
        assert killed(step, project, sheet).returncode == -9, step
        source, row = state(project)
        assert source == row, step
        came_through.append(source)
    assert came_through == sorted(came_through), "from one step on the change counts"
    assert {True, False} == set(came_through)
    assert_old_or_new_and_completed_by_the_next(project, sheet)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(50))
def test_a_process_killed_between_descriptor_and_table_many_times(
    seed: int, project: Path, clean: Path, sheet: Path
) -> None:
    steps = int(killed(0, project, sheet).stdout)
    shutil.copytree(clean, project / "data", dirs_exist_ok=True)
    assert killed(random.Random(seed).randint(1, steps), project, sheet).returncode == -9
    assert_old_or_new_and_completed_by_the_next(project, sheet)


def call_without(what: str, project: Path, sheet: Path) -> subprocess.CompletedProcess[str]:
    """`jpresearch update` where the system refuses ``what`` in the data folder, whoever asks."""
    program = f"""
import builtins, errno, io, os, sys
folder, code = {str(project / "data")!r}, {what}
def refused(*_, **__):
    raise OSError(code, os.strerror(code))
os.fsync = refused
if code == errno.EROFS:
    import tempfile
    tempfile.mkstemp = refused
    from pathlib import Path
    plain = os.open
    os.open = lambda path, flags, *rest, **more: (
        refused() if str(path).startswith(folder) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else
        plain(path, flags, *rest, **more))
sys.argv = ["jpresearch", "update", "{TABLE}", "--from", {str(sheet)!r}]
from jpresearch.cli import main
main()
"""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("what", "said"), [("errno.ENOSPC", "No space left on device"), ("errno.EROFS", "Read-only file system")]
)
def test_a_disk_that_takes_nothing_changes_nothing(
    what: str, said: str, project: Path, clean: Path, sheet: Path
) -> None:
    done = call_without(what, project, sheet)
    assert done.returncode == 3, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    left = {file.name: file.read_bytes() for file in (project / "data").iterdir() if file.name != ".update.lock"}
    assert left == {file.name: file.read_bytes() for file in clean.iterdir()}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_really_full_changes_nothing(
    small_disk: Path, project: Path, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_disk / "data").mkdir()
    (small_disk / "notebooks").mkdir()
    for name in ("datapackage.json", f"{TABLE}.csv"):
        shutil.copy(project / "data" / name, small_disk / "data" / name)
    monkeypatch.setenv("JPRESEARCH_HOME", str(small_disk))
    before = {file.name: file.read_bytes() for file in (small_disk / "data").iterdir()}
    with (small_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(bytes(4096))
    done = subprocess.run([COMMAND, "update", TABLE, "--from", sheet], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout
    assert "No space left on device" in done.stderr
    left = {file.name: file.read_bytes() for file in (small_disk / "data").iterdir() if not file.name.startswith(".")}
    assert left == before
    (small_disk / "filler").unlink()
    done = subprocess.run([COMMAND, "update", TABLE, "--from", sheet], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_carries_out_what_a_killed_writer_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.csv"
    for file in (first, second):
        file.write_text("old", encoding="utf-8")

    def killed_here(folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(transactions, "complete", killed_here)
        transactions.replace_together({first: "new", second: "new"})
    assert (first.read_text(), second.read_text()) == ("old", "old")
    assert folders.in_force(second).read_text() == "new"
    assert first.read_text() == "new"
    folders.in_force(second)
    with sole_writer(tmp_path):
        assert not (tmp_path / transactions.JOURNAL).exists()


def test_a_reader_that_is_late_never_undoes_a_later_change(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.csv"
    transactions.replace_together({first: "1", second: "1"})
    (tmp_path / transactions.JOURNAL).write_text('{"a.json": ".a.json.gone.part", "b.csv": ".b.csv.gone.part"}')
    transactions.complete(tmp_path)
    assert (first.read_text(), second.read_text()) == ("1", "1")


def test_a_change_that_cannot_be_carried_out_is_said_and_done_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.csv"
    for file in (first, second):
        file.write_text("old", encoding="utf-8")
    really = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target == second:
            raise OSError(errno.EIO, "Input/output error")
        return really(path, target)

    with monkeypatch.context() as patch, pytest.raises(DataError, match="interrupted and cannot be carried out"):
        patch.setattr(Path, "replace", refuse)
        transactions.replace_together({first: "new", second: "new"})
    transactions.complete(tmp_path)
    assert (first.read_text(), second.read_text()) == ("new", "new")


def test_readers_beside_a_writer_never_see_one_file_of_two_states(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.csv"
    transactions.replace_together({first: "0", second: "0"})
    seen: list[tuple[int, int]] = []
    stopped = threading.Event()

    def look() -> None:
        while not stopped.is_set():
            one = int(folders.in_force(first).read_text())
            seen.append((one, int(folders.in_force(second).read_text())))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(1, 60):
            transactions.replace_together({first: str(number), second: str(number)})
            time.sleep(0.001)
    finally:
        stopped.set()
        reader.join()
    assert seen
    assert all(one <= two for one, two in seen), "the second read is never of an older state than the first"


def test_git_shows_appended_rows_only(project: Path, sheet: Path) -> None:
    git = ["git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@a.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "data"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    done = subprocess.run([COMMAND, "update", TABLE, "--from", sheet], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = subprocess.run([*git, "diff", "--numstat"], capture_output=True, text=True, check=True).stdout.split("\n")
    changes = {line.split("\t")[2]: line.split("\t")[:2] for line in told if line}
    assert changes.keys() == {"data/datapackage.json", f"data/{TABLE}.csv"}
    assert changes[f"data/{TABLE}.csv"] == ["1", "0"]
    assert changes["data/datapackage.json"][1] == "0", "lines of the descriptor are only added"
    status = subprocess.run([*git, "status", "--short"], capture_output=True, text=True, check=True).stdout
    assert {line[3:] for line in status.splitlines()} - {"data/.update.lock"} == set(changes)


def test_a_table_looked_up_before_an_update_reads_the_rows_that_came_with_a_source(project: Path, sheet: Path) -> None:
    before = catalog.table(TABLE)
    assert subprocess.run([COMMAND, "update", TABLE, "--from", sheet], capture_output=True, check=False).returncode == 0
    assert (tables.read(before)["source"] == "desk-2026").any()
