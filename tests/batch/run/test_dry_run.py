"""What a run would do, said without doing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run.dry_run import preview

Write = Callable[..., Path]


def test_a_job_that_never_ran_would_run_and_nothing_is_written(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "1")
    (row,) = preview(plan([], {}), None, force=False)
    assert (row.name, row.action, row.why) == ("01_a", "run", "no earlier success")
    assert not list((project / "reports").glob("2*"))


def test_force_a_broken_file_and_a_day_too_early_each_have_their_word(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "1")
    write_notebook("02_early", "1", requires=["investor_flows"])
    (project / "notebooks" / "03_broken.ipynb").write_text("{")
    rows = preview(plan([], {"as_of": "2009-05-29"}), None, force=True)
    assert [row.action for row in rows] == ["run", "skip", "fail"]
    assert "--force" in rows[0].why
    assert "first possible day is 2009-06-11" in rows[1].why
    assert "not a notebook" in rows[2].why


def test_secrets_are_not_printed(write_notebook: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook("01_a", "1", parameters='as_of: str | None = None  # YYYY-MM-DD\ntoken: str = ""  # a key')
    (row,) = preview(plan([], {"token": "hunter2-hunter2"}), None, force=False)
    assert "hunter2" not in str(row.as_json())
