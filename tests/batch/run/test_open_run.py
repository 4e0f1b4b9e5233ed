"""A run's folder: locked while it goes on, closed whatever happens; `latest` moved in one step."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jpresearch import record
from jpresearch.batch.run import open_run
from jpresearch.batch.run.open_run import OpenRun, close_dead_runs, in_progress, point_latest
from jpresearch.errors import DataError
from jpresearch.record import Job, Run, Status

TOKYO = ZoneInfo("Asia/Tokyo")


def state(name: str = "20250905-160000-aaaa", *statuses: Status) -> Run:
    moment = datetime(2025, 9, 5, 16, tzinfo=TOKYO)
    jobs = [
        Job(name=f"{n:02d}_n", notebook="n", title="N", parameters={}, why="asked", status=status,
            started_at=moment if status is not Status.PENDING else None)
        for n, status in enumerate(statuses, 1)
    ]  # fmt: skip
    return Run(
        id=name, started_at=moment, command=["run"], whole_collection=True, git=None, versions={}, cores=1, jobs=jobs
    )


def opened(reports: Path, run: Run) -> OpenRun:
    return OpenRun(run, reports, str(reports))


def test_a_run_is_in_progress_only_while_its_ledger_is_open(tmp_path: Path) -> None:
    with opened(tmp_path, state()) as held:
        assert in_progress(held.folder)
        assert record.read(held.folder).ended_at is None
        assert close_dead_runs(tmp_path) == []
    assert not in_progress(held.folder)
    assert record.read(held.folder).ended_at is not None
    assert not (held.folder / open_run.LOCK).exists()
    assert not held.temporary.exists()


def test_open_jobs_are_cancelled_at_the_end_and_others_stay(tmp_path: Path) -> None:
    run = state("20250905-160000-aaaa", Status.SUCCEEDED, Status.RUNNING, Status.PENDING)
    with pytest.raises(RuntimeError), opened(tmp_path, run) as held:
        raise RuntimeError("the driver broke")
    done, running, pending = record.read(held.folder).jobs
    assert done.status is Status.SUCCEEDED
    assert (running.status, pending.status) == (Status.CANCELLED, Status.CANCELLED)
    assert running.ended_at is not None
    assert pending.ended_at is None
    assert running.failure is not None
    assert (held.folder / "index.html").is_file()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that the run's folder sees; every look takes one."""
    seconds = [0.0]

    def look() -> float:
        seconds[0] += 1.0
        return seconds[0]

    monkeypatch.setattr(open_run.time, "monotonic", look)
    yield seconds


def status_in(folder: Path) -> Status:
    return record.read(folder).jobs[0].status


def test_a_small_record_is_written_at_every_change(tmp_path: Path, clock: list[float]) -> None:
    with opened(tmp_path, state("20250905-160000-aaaa", Status.PENDING)) as held:
        for status in (Status.RUNNING, Status.SUCCEEDED):
            held.state.jobs[0].status = status
            assert held.write()
            assert status_in(held.folder) is status


def test_a_large_record_rests_between_its_writings_and_then_catches_up(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_run, "SMALL_BYTES", 0)
    with opened(tmp_path, state("20250905-160000-aaaa", Status.PENDING)) as held:
        job = held.state.jobs[0]
        assert held.write()
        job.status = Status.RUNNING
        assert held.write()
        held.catch_up()
        assert status_in(held.folder) is Status.PENDING, "its last writing took one second: it rests for twenty"
        clock[0] += open_run.REST
        held.catch_up()
        assert status_in(held.folder) is Status.RUNNING
        job.status = Status.SUCCEEDED
        assert held.write()
    assert status_in(held.folder) is Status.SUCCEEDED, "the end of the run waits for nothing"


def dead_run(reports: Path, name: str = "20250905-160000-aaaa") -> Path:
    """What a driver leaves that was killed while its second job ran."""
    run = state(name, Status.SUCCEEDED, Status.RUNNING, Status.PENDING)
    folder = reports / name
    staging = folder / ".staging" / "02_n"
    staging.mkdir(parents=True)
    (staging / "02_n.ipynb").write_text("{}")
    record.write(run, folder)
    temporary = tempfile.mkdtemp(prefix=open_run.TEMPORARY_PREFIX)
    (folder / open_run.LOCK).write_text(json.dumps({"temporary": temporary, "destination": None}))
    return folder


def test_a_dead_run_is_closed_at_the_moment_of_its_last_sign(tmp_path: Path) -> None:
    folder = dead_run(tmp_path)
    temporary = Path(json.loads((folder / open_run.LOCK).read_text())["temporary"])
    assert not in_progress(folder)
    last = (folder / "record.json").stat().st_mtime
    assert close_dead_runs(tmp_path) == [folder.name]
    run = record.read(folder)
    assert [job.status for job in run.jobs] == [Status.SUCCEEDED, Status.CANCELLED, Status.CANCELLED]
    assert run.ended_at is not None
    assert abs(run.ended_at.timestamp() - last) < 1
    failure = run.jobs[1].failure
    assert failure is not None
    assert "its process was gone" in failure.message
    assert run.jobs[1].executed_notebook == "02_n.ipynb"
    assert {path.name for path in folder.iterdir()} == {"record.json", "index.html", "metrics.csv", "02_n.ipynb"}
    assert not temporary.exists()
    assert close_dead_runs(tmp_path) == []


def test_a_lock_file_names_no_folder_but_a_temporary_one_to_remove(tmp_path: Path) -> None:
    folder = dead_run(tmp_path)
    precious = tmp_path / f"{open_run.TEMPORARY_PREFIX}precious"
    precious.mkdir()
    shutil.rmtree(json.loads((folder / open_run.LOCK).read_text())["temporary"])
    (folder / open_run.LOCK).write_text(json.dumps({"temporary": str(precious)}))
    close_dead_runs(tmp_path)
    assert precious.is_dir()


def test_a_run_that_only_begins_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "20250905-160000-aaaa"
    folder.mkdir()
    (folder / open_run.LOCK).touch()
    assert close_dead_runs(tmp_path) == []
    assert (folder / open_run.LOCK).exists()


def test_latest_is_a_relative_link_and_previous_what_it_was(tmp_path: Path) -> None:
    for name in ("20250905-160000-bbbb", "20250912-160000-cccc", "20250912-160000-ffff"):
        (tmp_path / name).mkdir()
        point_latest(tmp_path, tmp_path / name)
    assert (tmp_path / "latest").readlink() == Path("20250912-160000-ffff"), "the later of the same second"
    assert (tmp_path / "previous").readlink() == Path("20250912-160000-cccc")
    point_latest(tmp_path, tmp_path / "20250912-160000-cccc")
    assert (tmp_path / "latest").readlink() == Path("20250912-160000-ffff"), "it began later, though it ended first"
    assert not list(tmp_path.glob(".link-*"))


def test_an_older_run_that_ends_later_does_not_move_latest_back(tmp_path: Path) -> None:
    old, new = tmp_path / "20250905-160000-aaaa", tmp_path / "20250905-160001-bbbb"
    for folder in (old, new):
        folder.mkdir()
    point_latest(tmp_path, new)
    point_latest(tmp_path, old)
    assert (tmp_path / "latest").readlink() == Path(new.name)
    new.rmdir()
    point_latest(tmp_path, old)
    assert (tmp_path / "latest").readlink() == Path(old.name), "the newer one is gone"


def test_a_record_that_cannot_be_written_for_a_while_is_written_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: Run, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    run = state("20250905-160000-aaaa", Status.RUNNING)
    with opened(tmp_path, run) as held:
        with monkeypatch.context() as patch:
            patch.setattr(record, "write", full)
            assert not held.write()
        run.jobs[0].status = Status.SUCCEEDED
    assert record.read(held.folder).jobs[0].status is Status.SUCCEEDED


def test_a_record_that_can_never_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run: Run, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match="record could not be written"), opened(tmp_path, state()) as held:
        monkeypatch.setattr(record, "write", full)
    monkeypatch.undo()
    assert not in_progress(held.folder)
    assert record.read(held.folder).ended_at is None
    assert close_dead_runs(tmp_path) == [held.folder.name], "the next run closes it"
    assert record.read(held.folder).ended_at is not None


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(DataError, match="cannot be written"), opened(tmp_path / "reports", state()):
        pass


def test_a_run_that_a_clock_ahead_has_dated_does_not_hold_latest(tmp_path: Path) -> None:
    ahead, now = tmp_path / "20990101-000000-aaaa", tmp_path / "20250905-160001-bbbb"
    for folder in (ahead, now):
        folder.mkdir()
    point_latest(tmp_path, ahead)
    assert point_latest(tmp_path, now) is None
    assert (tmp_path / "latest").readlink() == Path(now.name)


def test_why_latest_could_not_be_moved_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "20250905-160001-bbbb"
    folder.mkdir()
    with (tmp_path / open_run.LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = point_latest(tmp_path, folder, wait_seconds=0.1)
    assert said is not None and "another process has held" in said
    (tmp_path / "latest").mkdir()
    said = point_latest(tmp_path, folder)
    assert said is not None and "it is a folder, not a link" in said
    shutil.rmtree(tmp_path / "latest")
    (tmp_path / open_run.LOCK).unlink()
    (tmp_path / open_run.LOCK).mkdir()
    said = point_latest(tmp_path, folder)
    assert said is not None and "still leads where it did" in said


@pytest.mark.parametrize("content", ["", "nonsense", "[1]", "5", '{"temporary": 5, "destination": ["x"]}', "null"])
def test_a_damaged_lock_file_keeps_no_dead_run_open(content: str, tmp_path: Path) -> None:
    folder = dead_run(tmp_path)
    shutil.rmtree(json.loads((folder / open_run.LOCK).read_text())["temporary"])
    (folder / open_run.LOCK).write_text(content)
    assert close_dead_runs(tmp_path) == [folder.name]


def test_a_folder_in_the_place_of_a_lock_is_left_alone(tmp_path: Path) -> None:
    folder = dead_run(tmp_path)
    (folder / open_run.LOCK).unlink()
    (folder / open_run.LOCK).mkdir()
    assert close_dead_runs(tmp_path) == []
