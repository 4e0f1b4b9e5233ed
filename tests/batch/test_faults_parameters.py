"""Values that other runners bend reach the notebook as they were typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jpresearch.record import Run, Status
from tests.batch import commands

ODD = 'He said "it\'s up"\n<script>alert(1)</script> \\n {{x}} $HOME é 日本'
DECLARED = """
as_of: str | None = None  # data as of the end of this day, YYYY-MM-DD
code: str = ""  # a text that looks like a number
month: str = ""  # a text that Python reads as a number
word: str = ""  # a text that looks like a truth value
nothing: str = "x"  # a text that looks like a missing value
odd: str = ""  # anything
absent: int | None = 3  # may be missing
flag: bool = True  # a truth value
days: list[str] = []  # dates, YYYY-MM-DD
codes: list[str] = []  # texts that look like numbers
lags: list[int] = [9]  # whole numbers
share: float = 0.5  # a number
"""
# As typed, and what the notebook must see.
TYPED: dict[str, tuple[str, Any]] = {
    "as_of": ("2025-09-05", "2025-09-05"),
    "code": ("0700", "0700"),
    "month": ("2024_01", "2024_01"),
    "word": ("false", "false"),
    "nothing": ("None", "None"),
    "odd": (ODD, ODD),
    "absent": ("None", None),
    "flag": ("false", False),
    "days": ("2025-08-29,2025-09-05", ["2025-08-29", "2025-09-05"]),
    "codes": ('["0700", "2024_01", "None", "a,b"]', ["0700", "2024_01", "None", "a,b"]),
    "lags": ("[4, -8]", [4, -8]),
    "share": ("1", 1.0),
}
TELLS = """
import json
from jpresearch import publish
seen = {name: [type(value).__name__, value] for name, value in list(globals().items()) if name in NAMES}
publish.takeaway(json.dumps(seen, sort_keys=True))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = commands.make_project(tmp_path_factory.mktemp("parameters") / "project", {})
    commands.write_notebook(home, "01_tells", TELLS.replace("NAMES", repr(set(TYPED))), parameters=DECLARED.strip())
    words = [word for name, (text, _) in TYPED.items() for word in ("-p", f"{name}={text}")]
    done = commands.call("run", *words, JPRESEARCH_HOME=str(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def run(project: Path) -> Run:
    return commands.the_run(project / "reports")


pytestmark = pytest.mark.xdist_group("faults_parameters")


@pytest.mark.parametrize("name", TYPED)
def test_a_parameter_reaches_the_notebook_as_typed(name: str, run: Run) -> None:
    (job,) = run.jobs
    assert job.status is Status.SUCCEEDED
    kind, seen = json.loads(job.takeaways[0])[name]
    _, wanted = TYPED[name]
    assert (kind, seen) == (type(wanted).__name__, wanted)


def test_the_record_has_them_as_typed_too(run: Run) -> None:
    (job,) = run.jobs
    assert job.parameters == {name: wanted for name, (_, wanted) in TYPED.items()}
    assert f"odd={ODD}" in run.command


def test_markup_in_a_parameter_is_text_on_the_page(project: Path, run: Run) -> None:
    (folder,) = commands.runs(project / "reports")
    page = (folder / "01_tells.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


DEEP = "[" * 100_000
DEEP_YAML = "- " * 200_000


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["run", "01_a", "-p", f"lags={'7' * 5000}"], "is not a whole number"),
        (["run", "--batch", "large.yaml"], "more than 500,000 bytes"),
        (["run", "--batch", "deep.yaml"], "nested too deeply"),
        (["run", "deep.ipynb"], "not a notebook"),
    ],
    ids=["digits", "large file", "deep file", "deep notebook"],
)
def test_what_no_reader_can_follow_is_a_wrong_call(words: list[str], complaint: str, tmp_path: Path) -> None:
    home = commands.make_project(tmp_path / "project", {})
    commands.write_notebook(home, "01_a", "1", parameters="lags: int = 1  # weeks")
    (home / "large.yaml").write_text("jobs:\n" + "- {notebooks: all}\n" * 500_000)
    (home / "deep.yaml").write_text(DEEP_YAML)
    (home / "deep.ipynb").write_text('{"nbformat": 4, "cells": [], "metadata": {"x": ' + DEEP + "]" * len(DEEP) + "}}")
    here = [str(home / word) if word.endswith((".yaml", ".ipynb")) else word for word in words]
    done = commands.call(*here, JPRESEARCH_HOME=str(home))
    assert (done.returncode, complaint in done.stderr) == (2, True), done.stderr[-500:]
    assert "Traceback" not in done.stderr and len(done.stderr) < 1000
    assert not (home / "reports").exists()
