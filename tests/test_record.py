from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.record import Failure, Job, Metric, Run, Status, TableRead

NOW = datetime(2026, 9, 10, 12, 0, tzinfo=UTC)


def table(age: int | None, allowance: int | None) -> TableRead:
    return TableRead(
        table="t", as_of=None, rows=1, newest_period="2026-09-04", newest_published_at="2026-09-10T15:30:00+09:00",
        content_hash="0", vintage="latest", grade="rule", age_days=age, allowance_days=allowance,
    )  # fmt: skip


def a_run(status: Status = Status.SUCCEEDED) -> Run:
    job = Job(
        notebook="01_a", title="A", parameters={"as_of": None, "codes": ["8035"]}, why="asked for", status=status,
        failure=Failure(type="ValueError", message="no", cell=2), tables=[table(6, 14)],
        metrics=[Metric(name="m", value=-502.0, low=-503, high=-501), Metric(name="d", value="2026-09-04")],
    )  # fmt: skip
    return Run(
        id="r", started_at=NOW, command=["run"], whole_collection=True, git=None, versions={}, cores=2, jobs=[job]
    )


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    record.write(a_run(), tmp_path)
    assert record.read(tmp_path) == a_run()
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize("status", list(Status))
def test_only_jobs_that_ended_badly_make_a_run_fail(status: Status) -> None:
    bad = {"failed", "timed_out", "kernel_died", "cancelled"}
    assert a_run(status).failed == (status.value in bad)


@pytest.mark.parametrize(
    ("age", "allowance", "stale"), [(14, 14, False), (15, 14, True), (900, None, False), (None, 14, False)]
)
def test_a_table_is_stale_past_its_allowance(age: int | None, allowance: int | None, stale: bool) -> None:
    assert table(age, allowance).stale is stale


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.json"
    record.write_atomically(file, "old")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        record.write_atomically(file, "new")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_a_record_that_cannot_be_read_is_said(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "record.json").write_text(text)
    with pytest.raises(DataError, match="run record"):
        record.read(tmp_path)
