"""``jpresearch lint`` and ``jpresearch new`` as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jpresearch.cli import app
from jpresearch.errors import CallError, UnknownNotebook

RUNNER = CliRunner()


def test_a_new_notebook_is_sound_and_says_how_to_run_it(project: Path) -> None:
    done = RUNNER.invoke(app, ["new", "bank_yields", "--title", "Bank yields"])
    assert done.exit_code == 0, done.output
    assert f"Notebook: {project / 'notebooks' / '01_bank_yields.ipynb'}" in done.output
    assert "jpresearch run 01_bank_yields" in done.output
    done = RUNNER.invoke(app, ["lint"])
    assert done.exit_code == 0
    assert "1 notebooks checked, 0 findings." in done.output


def test_findings_are_printed_and_exit_1(project: Path, write_notebook: Callable[..., Path]) -> None:
    path = write_notebook("01_a", "x = 1")
    for words in (["lint"], ["lint", "01_a"], ["lint", str(path)]):
        done = RUNNER.invoke(app, words)
        assert done.exit_code == 1
        assert "01_a.ipynb, code cell 2: the last code cell does not call `publish.sources` [sources]" in done.output


def test_findings_as_json(project: Path, write_notebook: Callable[..., Path]) -> None:
    write_notebook("01_a", "x = 1")
    done = RUNNER.invoke(app, ["lint", "--json"])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert {key: value for key, value in told[-1].items() if key in ("notebook", "rule", "cell")} == {
        "notebook": "01_a.ipynb",
        "rule": "sources",
        "cell": 2,
    }


def test_only_the_named_notebooks_are_checked(project: Path, write_notebook: Callable[..., Path]) -> None:
    write_notebook("01_a", "x = 1")
    RUNNER.invoke(app, ["new", "b"])
    assert RUNNER.invoke(app, ["lint", "02_b"]).exit_code == 0


def test_an_unknown_notebook_is_a_wrong_call(project: Path) -> None:
    done = RUNNER.invoke(app, ["lint", "nope"])
    assert isinstance(done.exception, UnknownNotebook)


@pytest.mark.parametrize("name", ["../x", "Big"])
def test_a_wrong_name_is_a_wrong_call(project: Path, name: str) -> None:
    done = RUNNER.invoke(app, ["new", name])
    assert isinstance(done.exception, CallError)
