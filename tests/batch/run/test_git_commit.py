"""What git says of the checkout, asked before or not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from jpresearch.batch.run import git_commit


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    call = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("early", [True, False], ids=["asked before", "not asked before"])
def test_the_commit_and_whether_files_differ_from_it(early: bool, project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "first")
    commit = git(project, "rev-parse", "HEAD")
    if early:
        git_commit.ask()
    assert git_commit.answer() == (commit, False)
    (project / "data" / "splits.csv").write_text("changed")
    if early:
        git_commit.ask()
    assert git_commit.answer() == (commit, True)
    (project / "new").write_text("not tracked")
    git(project, "checkout", "-q", "data")
    assert git_commit.answer() == (commit, False)


def test_without_a_commit_a_repository_or_git_there_is_no_answer(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert git_commit.answer() is None
    git(project, "init", "-q")
    assert git_commit.answer() is None
    monkeypatch.setenv("PATH", str(project))
    git_commit.ask()
    assert git_commit.answer() is None
