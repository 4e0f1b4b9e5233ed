"""Outputs of notebooks stay out of commits once `make hooks` has been run, and git works where nothing is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jpresearch.cli.lab import SAVED, after_saving, arguments

ROOT = Path(__file__).resolve().parents[1]
NAME = "notebooks/06_currency.ipynb"
# What JupyterLab writes into a notebook's metadata on saving.
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.12.4",
}


def hooked(clone: Path, name: str = NAME) -> Path:
    """Make the folder a repository with one committed notebook and the filter as `make hooks` sets it up."""
    (clone / "tools").mkdir()
    git(clone, "init", "-q")
    for file in (".gitattributes", ".gitignore", name, "tools/notebook_filter.sh"):
        if not (clone / file).exists():
            shutil.copy(ROOT / file, clone / file)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    for words, value in re.findall(r'^\tgit (config filter\S+) "?([^"\n]+)"?$', recipe, flags=re.M):
        git(clone, *words.split(), value)
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "as stored")
    return clone


def with_environment(clone: Path) -> Path:
    """The same with its environment in place."""
    (clone / ".venv").mkdir()
    (clone / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return clone


def git(folder: Path, *words: str) -> str:
    call = ["git", "-c", "user.name=desk", "-c", "user.email=desk@example.org", *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A repository with one committed notebook and the filter as `make hooks` sets it up, and no environment."""
    clone = tmp_path / "clone"
    (clone / "notebooks").mkdir(parents=True)
    return hooked(clone)


@pytest.fixture
def clone(bare: Path) -> Path:
    """The same with its environment in place."""
    return with_environment(bare)


def edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the notebook and saves it, as `jpresearch lab` does."""
    content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    change(content)
    (folder / NAME).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    after_saving({"type": "notebook"}, str(folder / NAME))


def run_and_save(content: dict[str, Any]) -> None:
    """What JupyterLab leaves after running all cells and saving."""
    for number, cell in enumerate(content["cells"], start=1):
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["a secret figure\n"]}]
            cell["execution_count"] = number
            cell["metadata"] = {**cell["metadata"], "execution": {"iopub.execute_input": "2026-09-18T10:00:00Z"}}
    content["metadata"]["language_info"] = LANGUAGE_INFO
    content["metadata"]["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }


def test_a_run_and_a_save_leave_git_status_clean(clone: Path) -> None:
    edit(clone, run_and_save)
    assert git(clone, "status", "--porcelain") == ""


def test_an_edit_shows_and_is_not_staged_by_saving(clone: Path) -> None:
    edit(clone, lambda content: content["cells"].pop())
    assert git(clone, "status", "--porcelain") == f" M {NAME}\n"


def test_saving_outside_a_repository_or_without_git_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_saving({"type": "notebook"}, str(tmp_path / "a.ipynb"))
    monkeypatch.setenv("PATH", str(tmp_path))
    after_saving({"type": "notebook"}, str(tmp_path / "a.ipynb"))
    assert not list(tmp_path.iterdir())


def test_outputs_never_reach_a_commit_and_everything_else_does(clone: Path) -> None:
    def write(content: dict[str, Any]) -> None:
        run_and_save(content)
        content["cells"][0]["source"] = ["# Another title\n", "\n", "And a question?"]

    edit(clone, write)
    git(clone, "commit", "-qam", "edited")
    committed = git(clone, "show", f"HEAD:{NAME}")
    assert "a secret figure" not in committed and "Another title" in committed
    assert len(git(clone, "diff", "HEAD~1", "--numstat").split()) == 3


def test_a_notebook_without_outputs_is_committed_as_it_is(clone: Path) -> None:
    assert git(clone, "show", f"HEAD:{NAME}") == (ROOT / NAME).read_text(encoding="utf-8")


def test_the_lab_calls_it_after_each_save() -> None:
    assert f"--FileContentsManager.post_save_hook={SAVED}" in arguments("notebooks", False, [])
    assert f"{after_saving.__module__}.{after_saving.__qualname__}" == SAVED


def test_git_works_where_the_environment_is_missing(bare: Path) -> None:
    assert git(bare, "status", "--porcelain") == ""
    edit(bare, lambda content: content["cells"].pop())
    git(bare, "add", "-A")
    git(bare, "commit", "-qm", "edited without an environment")


def test_a_worktree_uses_the_checkouts_environment(clone: Path, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    git(clone, "worktree", "add", "-q", str(aside))
    edit(aside, run_and_save)
    assert git(aside, "status", "--porcelain") == ""
