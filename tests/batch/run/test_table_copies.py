"""A run reads every table as it was when it began, whoever writes into the tables meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from jpresearch import folders, record, tables
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import lifecycle, table_copies
from jpresearch.errors import TableInvalid
from jpresearch.record import Status
from tests.batch import commands

LOADS = "from jpresearch import load, publish; n = len(load('boj_policy')); publish.metric('before', n)"
AGAIN = "publish.metric('after', len(load('boj_policy')))"
# As an editor writes, into the file itself, and as an update does, by another file in its place.
WRITES = """
import os
from pathlib import Path
table = Path(os.environ["JPRESEARCH_HOME"], "data", "boj_policy.csv")
text = table.read_text()
lines = text.splitlines(keepends=True)
if {replacing}:
    beside = table.with_suffix(".new"); beside.write_text("".join(lines[:-1])); beside.replace(table)
else:
    table.write_text("".join(lines[:-1]))
"""


@pytest.mark.parametrize("replacing", [True, pytest.param(False, marks=pytest.mark.proof)])
def test_what_is_written_between_reads_and_jobs_changes_nothing_in_a_run(replacing: bool, tmp_path: Path) -> None:
    notebooks = {"01_writes": (LOADS, WRITES.format(replacing=replacing), AGAIN), "02_reads": (LOADS, AGAIN)}
    project = commands.make_project(tmp_path / "project", notebooks)
    table = project / "data" / "boj_policy.csv"
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    done = commands.call("run", "--jobs", "1", JPRESEARCH_HOME=str(project))
    assert done.returncode == 0, done.stderr
    run = commands.the_run(project / "reports")
    assert run.edition["boj_policy"] == digest != hashlib.sha256(table.read_bytes()).hexdigest()
    read = [{metric.name: metric.value for metric in job.metrics} for job in run.jobs]
    assert read[0] == read[1] and read[0]["before"] == read[0]["after"]
    assert {note.file_digest for job in run.jobs for note in job.tables} == {digest}
    again = commands.call("run", "02_reads", JPRESEARCH_HOME=str(project))
    assert again.returncode == 0, again.stderr
    (job,) = commands.record.read(commands.runs(project / "reports")[-1]).jobs
    assert job.status is Status.SUCCEEDED and "boj_policy" in job.why
    assert job.metrics[0].value == int(read[0]["before"]) - 1
    commands.assert_nothing_left(project)


def test_messages_name_the_table_itself_and_the_edition_ends_with_its_block(project: Path, tmp_path: Path) -> None:
    file = project / "data" / "boj_policy.csv"
    before = len(tables.load("boj_policy"))
    with table_copies.fixed(tmp_path) as found:
        assert folders.in_force(file) != file
        assert found.digests["boj_policy"] == hashlib.sha256(file.read_bytes()).hexdigest()
        file.write_text("nonsense\n")
        assert len(tables.load("boj_policy")) == before
        folders.in_force(file).write_text("nonsense\n")
        with pytest.raises(TableInvalid, match=str(file)):
            tables.load("boj_policy")
    assert folders.EDITION_VARIABLE not in os.environ and folders.in_force(file) == file


def test_a_table_that_is_missing_stays_missing(project: Path, tmp_path: Path) -> None:
    (project / "data" / "boj_policy.csv").unlink()
    with table_copies.fixed(tmp_path) as found:
        assert "boj_policy" not in found.digests and found.digests


def test_an_answer_from_earlier_results_copies_nothing_and_knows_its_tables(
    write_notebook: Callable[..., Path], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook("01_reads", LOADS, requires=["boj_policy"])
    first = record.read(lifecycle.run(plan([], {}), ["run"]))
    monkeypatch.setattr(table_copies, "fixed", lambda around: pytest.fail("the tables were copied"))
    again = record.read(lifecycle.run(plan([], {}), ["run"]))
    assert [job.status for job in again.jobs] == [Status.REUSED]
    assert again.edition == first.edition and len(again.edition) > 30


def test_an_update_before_the_copies_opens_the_jobs_that_were_answered_already(
    write_notebook: Callable[..., Path], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook("01_reads", LOADS, requires=["boj_policy"])
    write_notebook("02_reads_not", "1 + 1")
    first = record.read(lifecycle.run(plan([], {}), ["run"]))
    write_notebook("03_new", LOADS, requires=["boj_policy"])
    fixed, file = table_copies.fixed, project / "data" / "boj_policy.csv"

    def updated_just_before(around: Path) -> AbstractContextManager[table_copies.State]:
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
        return fixed(around)

    monkeypatch.setattr(table_copies, "fixed", updated_just_before)
    told: list[tuple[str, Status]] = []
    run = lifecycle.run(plan([], {}), ["run"], listener=lambda job: told.append((job.name, job.status)))
    second = record.read(run)
    assert told[:2] == [("01_reads", Status.REUSED), ("02_reads_not", Status.REUSED)], "both had been answered"
    reads, others, new = second.jobs
    assert (reads.status, others.status, new.status) == (Status.SUCCEEDED, Status.REUSED, Status.SUCCEEDED)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert {note.file_digest for job in (reads, new) for note in job.tables} == {digest}
    assert second.edition["boj_policy"] == digest != first.edition["boj_policy"]
    assert reads.metrics[0].value == new.metrics[0].value == int(first.jobs[0].metrics[0].value) - 1
    assert all((run / name).is_file() for job in second.jobs for name in job.files)
