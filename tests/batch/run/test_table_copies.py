"""A run reads every table as it was when it began, whoever writes into the tables meanwhile."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from jpresearch import folders, tables
from jpresearch.batch.run import table_copies
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
        assert folders.in_force(file) != file and found["boj_policy"] == hashlib.sha256(file.read_bytes()).hexdigest()
        file.write_text("nonsense\n")
        assert len(tables.load("boj_policy")) == before
        folders.in_force(file).write_text("nonsense\n")
        with pytest.raises(TableInvalid, match=str(file)):
            tables.load("boj_policy")
    assert folders.EDITION_VARIABLE not in os.environ and folders.in_force(file) == file


def test_a_table_that_is_missing_stays_missing(project: Path, tmp_path: Path) -> None:
    (project / "data" / "boj_policy.csv").unlink()
    with table_copies.fixed(tmp_path) as found:
        assert "boj_policy" not in found and found
