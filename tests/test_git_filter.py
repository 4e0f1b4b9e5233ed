"""Outputs of notebooks stay out of commits once `make hooks` has been run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def git(folder: Path, *words: str) -> str:
    call = ["git", "-c", "user.name=desk", "-c", "user.email=desk@example.org", *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with one notebook, and the filter as `make hooks` sets it up."""
    git(tmp_path, "init", "-q")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    shutil.copy(ROOT / "notebooks" / "06_currency.ipynb", tmp_path / "notebooks")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in re.findall(r'^\tgit (config filter\S+) "?([^"\n]+)"?$', recipe, flags=re.M):
        words, value = line
        git(tmp_path, *words.split(), value.replace("$(BIN)", str(Path(sys.executable).parent)))
    return tmp_path


def test_outputs_never_reach_a_commit_and_everything_else_does(clone: Path) -> None:
    path = clone / "notebooks" / "06_currency.ipynb"
    stored = path.read_text(encoding="utf-8")
    content = json.loads(stored)
    code = next(cell for cell in content["cells"] if cell["cell_type"] == "code")
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["a secret figure\n"]}]
    code["execution_count"] = 7
    path.write_text(json.dumps(content), encoding="utf-8")
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "edited")
    committed = git(clone, "show", "HEAD:notebooks/06_currency.ipynb")
    assert "a secret figure" not in committed
    assert json.loads(committed) == json.loads(stored)


def test_a_notebook_without_outputs_is_committed_as_it_is(clone: Path) -> None:
    stored = (clone / "notebooks" / "06_currency.ipynb").read_text(encoding="utf-8")
    git(clone, "add", "-A")
    assert git(clone, "show", ":notebooks/06_currency.ipynb") == stored
