"""Runs with real kernels: what is reported is what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.batch import running
from jpresearch.batch.plan import plan
from jpresearch.errors import DataError
from jpresearch.record import Job, Run, Status

Write = Callable[..., Path]

GOOD = """
from jpresearch import load, publish, tables
flows = load("investor_flows", as_of)
publish.metric("latest_week", flows["period_end"].max())
publish.takeaway("Newest week: " + str(flows["period_end"].max().date()) + " <i>so far</i>.")
publish.table("weeks", flows.tail(2)[["period_end", "net_jpy_mn"]], caption="Weeks & <b>sums</b>")
"""


def run(names: list[str] | None = None, **given: str) -> tuple[Run, Path]:
    folder = running.run(plan(names or [], given), ["run", *(names or [])])
    return record.read(folder), folder


def test_a_failing_notebook_stops_no_other_and_its_part_is_kept(write_notebook: Write, project: Path) -> None:
    good = {"requires": ["investor_flows"], "publishes": {"metrics": ["latest_week"]}}
    write_notebook("01_breaks", GOOD, "raise ValueError('no <such> figure')", "publish.metric('never', 1)", **good)
    write_notebook("02_works", GOOD, **good)
    seen: list[tuple[str, str]] = []
    settled = plan([], {"as_of": "2025-09-03"})
    folder = running.run(settled, ["run"], listener=lambda job: seen.append((job.notebook, str(job.status))))
    finished = record.read(folder)

    broken, works = finished.jobs
    assert (broken.status, works.status) == (Status.FAILED, Status.SUCCEEDED)
    assert broken.failure is not None
    assert (broken.failure.type, broken.failure.cell) == ("ValueError", 3)
    assert broken.takeaways
    assert {metric.name for metric in broken.metrics} == {"latest_week"}
    assert [table.table for table in broken.tables] == ["investor_flows"], "notes of a failed job are collected too"
    assert works.metrics[0].value == "2025-08-22"
    assert works.tables[0].newest_published_at == "2025-08-28T15:30:00+09:00"
    assert not works.tables[0].stale
    assert finished.failed
    assert seen == [
        ("01_breaks", "running"), ("01_breaks", "failed"), ("02_works", "running"), ("02_works", "succeeded"),
    ]  # fmt: skip

    page = (folder / "01_breaks.html").read_text(encoding="utf-8")
    assert "failed in code cell 3: ValueError: no &lt;such&gt; figure" in page
    assert "Newest week: 2025-08-22 &lt;i&gt;so far&lt;/i&gt;." in page
    assert "papermill-error" not in page
    assert "Weeks &amp; &lt;b&gt;sums&lt;/b&gt;" in page
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="01_breaks.html"' in index
    assert 'href="02_works.html"' in index
    assert "no &lt;such&gt; figure" in index
    assert not (project / "reports" / "latest").exists(), "a run in which something failed is not the latest"


def test_latest_is_the_newest_whole_run_without_failure(write_notebook: Write, project: Path) -> None:
    write_notebook("01_works", GOOD)
    _, first = run()
    latest = project / "reports" / "latest"
    assert latest.is_symlink()
    assert latest.resolve() == first.resolve()
    assert not Path(latest.readlink()).is_absolute(), "the folder of reports can be moved"
    _, single = run(["01_works"])
    assert latest.resolve() == first.resolve(), "a run of single notebooks never moves it"
    assert single != first
    _, second = run(as_of="2025-09-05")
    assert latest.resolve() == second.resolve()


def test_a_run_without_a_day_says_which_tables_are_stale(write_notebook: Write) -> None:
    write_notebook("01_works", GOOD)
    finished, folder = run()
    (table,) = finished.jobs[0].tables
    assert table.stale == ((table.age_days or 0) > (table.allowance_days or 0))
    page = (folder / "01_works.html").read_text(encoding="utf-8")
    assert ("investor_flows is stale" in page) == table.stale
    assert "first print" in page


@pytest.mark.parametrize(
    ("cells", "status", "complaint"),
    [
        (["import os; os._exit(3)", "1"], Status.KERNEL_DIED, "died"),
        (["import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], Status.KERNEL_DIED, "died"),
        (["from jpresearch import publish"], Status.FAILED, "declared but not published: metric latest_week"),
        (["raise SystemExit"], Status.FAILED, ""),
    ],
    ids=["exit", "killed", "publishes nothing", "system exit"],
)
def test_a_job_that_did_not_deliver_has_not_succeeded(
    cells: list[str], status: Status, complaint: str, write_notebook: Write
) -> None:
    write_notebook("01_a", *cells, publishes={"metrics": ["latest_week"]})
    finished, folder = run()
    (job,) = finished.jobs
    assert job.status is status
    assert job.failure is not None
    assert complaint in job.failure.message
    assert job.page is not None
    assert "banner failed" in (folder / job.page).read_text(encoding="utf-8")


def test_the_record_tells_what_ran_and_on_what(write_notebook: Write) -> None:
    write_notebook("01_a", "x = lags", parameters="as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags")
    finished, folder = run(["01_a"], lags="7")
    (job,) = finished.jobs
    assert job.parameters == {"as_of": None, "lags": 7}
    assert finished.command == ["run", "01_a"]
    assert {"python", "jpresearch", "pandas"} <= set(finished.versions)
    assert finished.ended_at is not None
    assert finished.cores >= 1
    assert set(job.timings_seconds) == {"execute", "report"}
    raw = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert raw["schema_version"] == 1
    executed = json.loads((folder / "01_a.ipynb").read_text(encoding="utf-8"))
    assert any("lags = 7" in "".join(cell["source"]) for cell in executed["cells"])


def test_a_notebook_works_in_a_folder_of_its_own(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "from pathlib import Path; Path('scratch.txt').write_text('x')")
    finished, folder = run()
    assert finished.jobs[0].status is Status.SUCCEEDED
    assert not list(project.rglob("scratch.txt"))
    assert sorted(path.name for path in folder.iterdir()) == ["01_a.html", "01_a.ipynb", "index.html", "record.json"]


def test_an_interrupted_run_closes_its_record(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "x = 1")
    write_notebook("02_b", "x = 1")

    def interrupt(job: Job) -> None:
        if job.notebook == "01_a" and job.status is Status.SUCCEEDED:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.run(plan([], {}), ["run"], listener=interrupt)
    (folder,) = (project / "reports").iterdir()
    finished = record.read(folder)
    assert [job.status for job in finished.jobs] == [Status.SUCCEEDED, Status.CANCELLED]
    assert finished.ended_at is not None


def test_a_folder_that_cannot_be_written_is_said(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "x = 1")
    (project / "reports").write_text("a file")
    with pytest.raises(DataError, match="reports"):
        run()
