"""Shared fixtures: the repository, and a copy of its data that a test may spoil."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The suite draws the same examples every time; the proofs draw new ones.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("proof", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ROOT = Path(__file__).resolve().parents[1]
IN_PROCESS = ("notebooks", "golden")
AS_OF = "as_of: str | None = None  # data as of the end of this day, YYYY-MM-DD"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file, and all that run one notebook in process, go to one worker and share what they compute."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            notebook = re.search(r"\d\d_[a-z]\w+", item.nodeid) if item.path.parent.name in IN_PROCESS else None
            item.add_marker(pytest.mark.xdist_group(notebook[0] if notebook else item.location[0]))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def kept_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep checked tables in a folder of their own, their processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JPRESEARCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The whole collection on everything published, run once for all tests of the group ``collection``."""
    from jpresearch.batch.plan.jobs import plan
    from jpresearch.batch.run import lifecycle

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JPRESEARCH_DATA", raising=False)
        patch.setenv("JPRESEARCH_HOME", str(ROOT))
        names = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
        yield lifecycle.run(plan(names, {}), ["run"], tmp_path_factory.mktemp("reports"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with a copy of the bundled data and no notebooks."""
    home = tmp_path / "project"
    shutil.copytree(ROOT / "data", home / "data")
    (home / "notebooks").mkdir()
    monkeypatch.setenv("JPRESEARCH_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def bundled_data(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests read the repository's own data, wherever pytest was started, unless they take ``project``."""
    monkeypatch.delenv("JPRESEARCH_DATA", raising=False)
    if "project" not in request.fixturenames:
        monkeypatch.setenv("JPRESEARCH_HOME", str(ROOT))


@pytest.fixture
def write_notebook(project: Path) -> Callable[..., Path]:
    """Writes a notebook of the house form into the project."""

    def write(name: str, *cells: str, parameters: str = AS_OF, **declaration: object) -> Path:
        sources = [(parameters, ["parameters"]), *((cell, []) for cell in cells)]
        code = [
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": {"tags": tags},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, (source, tags) in enumerate(sources)
        ]
        title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {name}\nA question."}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        content = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {**kernel, "jpresearch": declaration},
            "cells": [title, *code],
        }
        path = project / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write
