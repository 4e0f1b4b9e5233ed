"""The runner without a kernel gives what a run with one gives, on any project, day and edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jpresearch import tables
from jpresearch.batch.job.execute_notebook import execute
from jpresearch.batch.plan.jobs import plan
from jpresearch.errors import BadParameter, UnknownNotebook
from jpresearch.publish import EMPTY_DRAWING
from tests.notebooks_in_process import run

LOADING = "from jpresearch import tables\nrows = tables.load('splits', as_of)"
PUBLISHING = "from jpresearch import publish\npublish.metric('rows', len(rows))"


def test_it_collects_what_a_kernel_would_have_sent(tmp_path: Path) -> None:
    ran = run("05_absorption", "2025-09-05", parameters={"start": "2015-01-01"}, pictures=True).require_success()
    (planned,) = plan(["05_absorption"], {"as_of": "2025-09-05", "start": "2015-01-01"}).jobs
    outcome = execute(planned, tmp_path / "executed.ipynb")
    assert outcome.failure is None
    assert replace(ran.published, notebook=None) == replace(outcome.published, notebook=None)
    assert ran.published.notes and ran.published.sources and ran.published.answer
    assert ran.printed == ""


def test_figures_are_not_drawn_unless_asked_for() -> None:
    ran = run("05_absorption", "2025-09-05").require_success()
    bundles = [output["data"] for cell in ran.content.cells for output in cell.get("outputs", [])]
    pictures = {(media, bundle[media]) for bundle in bundles for media in bundle if media.startswith("image/")}
    assert pictures == {("image/svg+xml", EMPTY_DRAWING)}
    assert all(len(title.split()) > 3 for title in ran.titles.values() if title is not None)


def test_frames_and_tables_have_days_and_numbers_in_their_types() -> None:
    ran = run("05_absorption", "2025-09-05")
    assert ran.tables["triggers"]["period"].iloc[-1] == pd.Timestamp("2025-08-29")
    assert ran.tables["counterparties"]["estimate"].dtype == "float64"
    assert len(ran.tables["triggers"]) == len(ran.published.tables["triggers"]["rows"])


def test_an_edit_of_a_line_is_run_and_the_notebook_itself_stays(root: Path) -> None:
    before = (root / "notebooks" / "05_absorption.ipynb").read_bytes()
    later = [('start: str = "2012-01-01"', 'start: str = "2020-01-01"')]
    edited, whole = (run("05_absorption", "2025-09-05", edits=edits) for edits in (later, []))
    changed, kept = (each.require_success().metrics["domestic_customers_share_pct"] for each in (edited, whole))
    assert changed.first is not None and kept.first is not None and changed.first > kept.first
    assert (root / "notebooks" / "05_absorption.ipynb").read_bytes() == before


@pytest.mark.parametrize("old", ["no such text", "publish"])
def test_an_edit_that_does_not_fit_once_is_refused(old: str) -> None:
    with pytest.raises(ValueError, match="times in the cells"):
        run("05_absorption", edits=[(old, "x")])


def test_a_cell_that_fails_is_named_and_what_came_before_is_kept(
    write_notebook: Callable[..., Path], project: Path
) -> None:
    write_notebook("n", LOADING, PUBLISHING, "missing['a']", "raise AssertionError('never reached')")
    ran = run("n", home=project)
    assert ran.failure is not None
    assert (ran.failure.type, ran.failure.cell, ran.failure.source) == ("NameError", 4, "missing['a']")
    assert ran.metrics["rows"].value == len(tables.load("splits"))
    with pytest.raises(AssertionError, match=r"n, cell 4.*'missing' is not defined"):
        ran.require_success()


def test_an_exit_is_a_failure(write_notebook: Callable[..., Path], project: Path) -> None:
    write_notebook("n", "raise SystemExit(0)")
    assert run("n", home=project).failure.type == "SystemExit"  # type: ignore[union-attr]


def test_what_is_declared_and_not_published_is_a_failure(write_notebook: Callable[..., Path], project: Path) -> None:
    write_notebook("n", LOADING, publishes={"metrics": ["rows"]})
    ran = run("n", home=project)
    assert ran.failure is not None and "metric rows" in ran.failure.message
    assert run("n", home=project, code=["as_of: str | None = None", LOADING, PUBLISHING]).failure is None


def test_a_project_of_its_own_is_read_also_after_another(write_notebook: Callable[..., Path], project: Path) -> None:
    write_notebook("n", LOADING, PUBLISHING)
    whole = run("n", home=project).metrics["rows"].value
    file = project / "data" / "splits.csv"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-2]) + "\n", encoding="utf-8")
    assert run("n", home=project).metrics["rows"].value == whole - 2  # type: ignore[operator]


def test_a_second_run_reads_every_table_again() -> None:
    first, second = (run("08_claims", "2025-09-05").published.notes for _ in range(2))
    assert first == second


def test_before_a_required_table_was_public_the_notebook_is_skipped_with_the_first_day() -> None:
    ran = run("08_claims", "2018-06-29")
    assert ran.skipped is not None and "first possible day" in ran.skipped.lower()
    with pytest.raises(AssertionError, match="skipped"):
        ran.require_success()


def test_prints_and_warnings_are_kept_apart(
    write_notebook: Callable[..., Path], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notebook("n", "import warnings\nprint('hello')\nwarnings.warn('careful')")
    ran = run("n", home=project)
    assert "hello" in ran.printed and "careful" in ran.printed
    assert capsys.readouterr() == ("", "")


def test_a_wrong_call_is_refused_as_on_the_command_line() -> None:
    with pytest.raises(UnknownNotebook):
        run("no_such_notebook")
    with pytest.raises(BadParameter):
        run("05_absorption", "5 September")


def test_a_name_published_twice_is_refused_as_in_a_run(write_notebook: Callable[..., Path], project: Path) -> None:
    write_notebook("n", LOADING, PUBLISHING, PUBLISHING)
    failure = run("n", home=project).failure
    assert failure is not None and (failure.type, failure.cell) == ("BadParameter", 4)
    assert "a second time" in failure.message
