"""Runs with real kernels: what is reported is what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from jpresearch import record
from jpresearch.batch.limits import Progress
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import lifecycle
from jpresearch.batch.run.lifecycle import Options
from jpresearch.record import Run, Status

Write = Callable[..., Path]

GOOD = """
from jpresearch import load, publish
flows = load("investor_flows", as_of)
publish.metric("latest_week", flows["period_end"].max())
publish.takeaway("Newest week: " + str(flows["period_end"].max().date()) + " <i>so far</i>.")
publish.table("weeks", flows.tail(2)[["period_end", "net_jpy_mn"]], caption="Weeks & <b>sums</b>")
"""


def run(names: list[str] | None = None, **given: str) -> tuple[Run, Path]:
    folder = lifecycle.run(plan(names or [], given), ["run", *(names or [])])
    return record.read(folder), folder


def test_a_failing_notebook_stops_no_other_and_its_part_is_kept(write_notebook: Write, project: Path) -> None:
    good = {"requires": ["investor_flows"], "publishes": {"metrics": ["latest_week"]}}
    write_notebook("01_breaks", GOOD, "raise ValueError('no <such> figure')", "publish.metric('never', 1)", **good)
    write_notebook("02_works", GOOD, **good)
    seen: list[tuple[str, str]] = []
    cells: list[tuple[str, Progress]] = []
    folder = lifecycle.run(
        plan([], {"as_of": "2025-09-03"}),
        ["run"],
        listener=lambda job: seen.append((job.notebook, str(job.status))),
        watcher=lambda job, progress: cells.append((job.notebook, progress)),
        options=Options(jobs=1),
    )
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
    assert works.kernel == "warm", works.kernel_note
    assert works.workbook == "02_works.xlsx"
    assert finished.failed
    assert seen == [
        ("01_breaks", "running"), ("01_breaks", "failed"), ("02_works", "running"), ("02_works", "succeeded"),
    ]  # fmt: skip
    assert cells == [(name, Progress(cell, 4 if "breaks" in name else 2)) for name, cell in [
        ("01_breaks", 1), ("01_breaks", 2), ("01_breaks", 3), ("02_works", 1), ("02_works", 2),
    ]]  # fmt: skip

    page = (folder / "01_breaks.html").read_text(encoding="utf-8")
    assert "code cell 3: ValueError: no &lt;such&gt; figure" in page
    assert "Newest week: 2025-08-22 &lt;i&gt;so far&lt;/i&gt;." in page
    assert "papermill-error" not in page
    assert "Weeks &amp; &lt;b&gt;sums&lt;/b&gt;" in page
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="01_breaks.html"' in index
    assert 'href="02_works.html"' in index
    assert "no &lt;such&gt; figure" in index
    assert (project / "reports" / "index.html").is_file(), "the index of all runs"
    assert not (project / "reports" / "latest").exists(), "a run in which something failed is not the latest"


def test_latest_is_the_newest_whole_run_without_failure_reused_or_not(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "x = lags", parameters="as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags")
    finished, first = run(lags="7")
    (job,) = finished.jobs
    assert job.parameters == {"as_of": None, "lags": 7}
    assert finished.command == ["run"]
    assert {"python", "jpresearch", "pandas"} <= set(finished.versions)
    assert finished.ended_at is not None
    assert finished.cores >= 1
    assert {"execute", "kernel", "cells", "report"} == set(job.timings_seconds)
    assert job.fingerprint
    executed = json.loads((first / "01_a.ipynb").read_text(encoding="utf-8"))
    assert any("lags = 7" in "".join(cell["source"]) for cell in executed["cells"])

    latest = project / "reports" / "latest"
    assert latest.is_symlink()
    assert latest.resolve() == first.resolve()
    assert not Path(latest.readlink()).is_absolute(), "the folder of reports can be moved"

    again, single = run(["01_a"], lags="7")
    assert again.jobs[0].status is Status.REUSED
    assert single != first
    assert latest.resolve() == first.resolve(), "a run of single notebooks never moves it"

    whole, second = run(lags="7")
    assert whole.jobs[0].reused_from == first.name
    assert (second / "01_a.html").read_bytes() == (first / "01_a.html").read_bytes(), "every run stands alone"
    assert latest.resolve() == second.resolve()
    assert (project / "reports" / "previous").resolve() == first.resolve()
    assert not (first / "comparison.html").exists(), "there was no run before it"
    assert "Nothing changed between the two runs." in (second / "comparison.html").read_text(encoding="utf-8")
    assert f'href="{second.name}/comparison.html"' in (project / "reports" / "index.html").read_text(encoding="utf-8")
