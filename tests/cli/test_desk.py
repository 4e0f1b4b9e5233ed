"""Small things of a desk's day: version, help, numbers for names, stray copies, folders that are not there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jpresearch import __version__
from jpresearch.batch.plan import notebooks
from jpresearch.errors import CallError, DescriptorInvalid, UnknownNotebook
from tests.cli.test_cli import call

Write = Callable[..., Path]


def test_the_version_is_said_and_nothing_else_happens() -> None:
    done = call("--version")
    assert (done.returncode, done.stdout) == (0, f"jpresearch {__version__}\n")


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "jpresearch", "data", "-h"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == call("data", "--help").stdout


@pytest.mark.parametrize("command", ["run", "export", "compare", "watch", "new", "lint", "data show", "data new"])
def test_help_names_arguments_and_options_without_their_types(command: str) -> None:
    done = call(*command.split(), "-h")
    assert done.returncode == 0 and "Options:" in done.stdout and "Arguments:" in done.stdout
    assert "<" not in done.stdout, "no <str>, no <list[str]>"


def test_completion_is_offered() -> None:
    assert "--install-completion" in call("-h").stdout


def test_a_number_stands_for_its_notebook_where_it_has_no_other(write_notebook: Write) -> None:
    path = write_notebook("77_here", "x = 1")
    assert notebooks.find(["77"]) == [path]
    write_notebook("77_there", "x = 1")
    with pytest.raises(UnknownNotebook, match="77_here, 77_there"):
        notebooks.find(["77"])


@pytest.mark.parametrize("stray", ["77_here-Copy1", "77_here-Copy12", "Untitled", "Untitled3"])
def test_what_jupyterlab_leaves_behind_is_no_part_of_the_collection_and_is_named(
    write_notebook: Write, stray: str
) -> None:
    path, left = write_notebook("77_here", "x = 1"), write_notebook(stray, "x = 1")
    assert notebooks.find([]) == [path] and notebooks.strays() == [left]
    assert f"Left out: {stray}.ipynb" in call("run", "--dry-run").stderr
    assert notebooks.find([str(left)]) == [left], "by its path it runs"


def test_a_collection_of_nothing_is_an_error_that_says_what_to_set(project: Path) -> None:
    with pytest.raises(CallError, match="JPRESEARCH_HOME"):
        notebooks.find([])
    done = call("run")
    assert done.returncode == 2 and "JPRESEARCH_HOME" in done.stderr


def test_a_home_without_data_says_what_the_variable_is_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_HOME", str(tmp_path))
    done = call("data", "check")
    assert done.returncode == DescriptorInvalid.exit_code and "set JPRESEARCH_HOME" in done.stderr


def test_a_wrong_desk_package_is_named_with_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_DATA", str(tmp_path / "nowhere"))
    done = call("data", "list")
    assert done.returncode == 2 and "JPRESEARCH_DATA names" in done.stderr and "Traceback" not in done.stderr
