"""The last words of a run."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jpresearch.batch.run import summary
from jpresearch.record import Failure, Job, Run, Status

BEGAN = datetime(2025, 9, 5, 16, tzinfo=ZoneInfo("Asia/Tokyo"))


def run_of(*jobs: Job) -> Run:
    return Run(
        id="20250905-160000-aaaa", started_at=BEGAN, ended_at=BEGAN + timedelta(seconds=12.34), command=["run"],
        whole_collection=True, git=None, versions={}, cores=2, jobs=list(jobs),
    )  # fmt: skip


def job_of(name: str, status: Status, failure: Failure | None = None, page: str | None = None) -> Job:
    return Job(name=name, notebook=name, title=name, parameters={}, why="w", status=status, failure=failure, page=page)


def test_jobs_are_counted_by_how_they_ended() -> None:
    run = run_of(
        job_of("01_a", Status.SUCCEEDED), job_of("02_b", Status.REUSED), job_of("03_c", Status.SUCCEEDED),
        job_of("04_d", Status.KERNEL_DIED), job_of("05_e", Status.TIMED_OUT),
    )  # fmt: skip
    assert summary.counts(run) == "5 jobs: 2 succeeded, 1 timed out, 1 lost their kernel, 1 reused; 12.3 s"
    assert summary.counts(run_of(job_of("01_a", Status.SUCCEEDED))).startswith("1 job: ")


def test_each_failure_has_its_reason_and_the_path_to_its_page() -> None:
    failed = job_of("01_a", Status.FAILED, Failure(type="ValueError", message="no figure", cell=3), "01_a.html")
    bare = job_of("02_b", Status.FAILED, Failure(type="NotebookInvalid", message="not a notebook"))
    lines = summary.reasons(run_of(failed, bare, job_of("03_c", Status.SUCCEEDED)), "s3://desk/x")
    assert lines[0].startswith("01_a: ")
    assert "code cell 3: ValueError: no figure. See s3://desk/x/01_a.html" in lines[0]
    assert lines[1].endswith("not a notebook. See s3://desk/x/record.json")
    assert len(lines) == 2


def test_the_index_is_named_under_latest_where_the_run_is_that(tmp_path: Path) -> None:
    folder = tmp_path / "20250905-160000-aaaa"
    folder.mkdir()
    assert summary.index_of(folder, str(tmp_path)) == str(folder / "index.html")
    (tmp_path / "latest").symlink_to(folder.name)
    assert summary.index_of(folder, str(tmp_path)) == str(tmp_path / "latest" / "index.html")
    assert summary.index_of(folder, "s3://desk/x") == "s3://desk/x/20250905-160000-aaaa/index.html"


def test_programs_get_the_same(tmp_path: Path) -> None:
    failed = job_of("01_a", Status.FAILED, Failure(type="ValueError", message="no figure", cell=3), "01_a.html")
    told = summary.as_json(run_of(failed), "/r/x")
    assert told["failed"] is True
    (job,) = told["jobs"]
    assert (job["name"], job["status"], job["page"]) == ("01_a", "failed", "/r/x/01_a.html")
    assert "ValueError" in job["reason"]
