"""The command in processes of its own, and what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from jpresearch import record
from jpresearch.record import Job, Run

COMMAND = Path(sys.executable).parent / "jpresearch"
PATIENCE_SECONDS = 120.0
AS_OF = "as_of: str | None = None  # data as of the end of this day, YYYY-MM-DD"
BEGINS = "from jpresearch import publish; publish.takeaway('It began.')"
# Says that it waits, in a file beside the notebooks.
WAITS = """
import os, time
from pathlib import Path
Path(os.environ["JPRESEARCH_HOME"], f"waits-{os.getpid()}").touch()
time.sleep(120)
"""
PUBLISHES = "from jpresearch import publish; publish.metric('two', 2); publish.takeaway('It is two.')"


def start(*words: str, wrapper: Sequence[str] = (), **environment: str) -> subprocess.Popen[str]:
    """``jpresearch`` with these words, in a session of its own as a terminal's job is."""
    return subprocess.Popen(
        [*wrapper, str(COMMAND), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def call(*words: str, wrapper: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """The same, to its end."""
    process = start(*words, wrapper=wrapper, **environment)
    try:
        out, err = process.communicate(timeout=PATIENCE_SECONDS * 2)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; fail, saying what was waited for, if it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


def processes_of(project: Path) -> list[psutil.Process]:
    """Every process that was started for this project, whoever its parent is by now."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("JPRESEARCH_HOME") == str(project)
            if ours and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def assert_nothing_left(project: Path) -> None:
    """No process of the project stays; one that still loads sees only after it that its owner is gone."""
    until(lambda: not processes_of(project), f"the end of {processes_of(project)}")


def runs(reports: Path) -> list[Path]:
    """The folders of runs, the oldest first."""
    if not reports.is_dir():
        return []
    return sorted(path for path in reports.iterdir() if path.is_dir() and not path.is_symlink() and path.name[0] == "2")


def the_run(reports: Path) -> Run:
    """The record of the only run."""
    (folder,) = runs(reports)
    return record.read(folder)


def by_name(run: Run) -> dict[str, Job]:
    """The jobs of a run by their name."""
    return {job.name: job for job in run.jobs}


def make_project(home: Path, notebooks: Mapping[str, Sequence[str]], **declaration: object) -> Path:
    """A project with these notebooks (cells by name), on a small table of its own and no other data."""
    (home / "notebooks").mkdir(parents=True)
    (home / "data").mkdir()
    data = Path(__file__).resolve().parents[2] / "data"
    for name in ("datapackage.json", "boj_policy.csv"):
        shutil.copy(data / name, home / "data" / name)
    for name, cells in notebooks.items():
        write_notebook(home, name, *cells, **declaration)
    return home


def write_notebook(home: Path, name: str, *cells: str, parameters: str = AS_OF, **declaration: object) -> Path:
    """A notebook of the house form."""
    sources = [(parameters, ["parameters"]), *((cell, []) for cell in cells)]
    code = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": tags}, "source": source, "outputs": [],
         "execution_count": None}
        for number, (source, tags) in enumerate(sources)
    ]  # fmt: skip
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {name}\nA question."}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {**kernel, "jpresearch": declaration}, "cells": [title, *code],
    }  # fmt: skip
    path = home / "notebooks" / f"{name}.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
