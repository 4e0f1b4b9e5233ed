"""``jpresearch run`` as typed: what it prints, how it exits, and what it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]
COMMAND = Path(sys.executable).parent / "jpresearch"


def call(*words: str) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own."""
    return subprocess.run(
        [str(COMMAND), "run", *words], capture_output=True, text=True, env=dict(os.environ), timeout=300
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["01_a", "-p", "lagz=4"], "as_of (date or None)"),
        (["01_a", "-p", "lagz"], "NAME=VALUE"),
        (["--jobs", "0"], "--jobs"),
        (["--timeout", "0"], "above zero"),
        (["--memory", "-1"], "above zero"),
        (["--lang", "fr"], "en, ja"),
        (["01_a", "--batch", "weekly"], "beside a batch file"),
        (["--batch", "nope"], "nope"),
        (["--jobs", "2", "--dask", "tcp://127.0.0.1:9"], "--dask"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_refused_and_writes_nothing(
    words: list[str], says: str, write_notebook: Write, project: Path
) -> None:
    write_notebook("01_a", "x = 1")
    done = call(*words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "reports").exists()


def test_a_run_says_what_happens_what_failed_and_where_its_reports_are(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "from jpresearch import publish; publish.takeaway('It rose.')")
    write_notebook("02_b", "raise ValueError('no figure')")
    planned = call("--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.splitlines() == ["01_a: run (no earlier success)", "02_b: run (no earlier success)"]
    assert not list((project / "reports").glob("2*"))

    done = call("--jobs", "1", "--output", str(project / "elsewhere"))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "01_a: running (no earlier success)"
    assert lines[1].startswith("01_a: succeeded in ")
    assert lines[3].startswith("02_b: failed in ")
    assert lines[3].endswith("(ValueError: no figure)")
    assert lines[4].startswith("2 jobs: 1 succeeded, 1 failed; ")
    (folder,) = (project / "elsewhere").glob("2*")
    assert lines[-1] == f"Reports: {folder}/index.html"
    (reason,) = done.stderr.splitlines()
    assert reason.startswith("02_b: ")
    assert reason.endswith(f"code cell 2: ValueError: no figure. See {folder}/02_b.html")

    told = json.loads(call("--dry-run", "--json", "--output", str(project / "elsewhere")).stdout)
    assert [(row["name"], row["action"]) for row in told] == [("01_a", "reuse"), ("02_b", "run")]
    single = call("01_a", "--json", "--output", str(project / "elsewhere"))
    assert single.returncode == 0, single.stderr
    told = json.loads(single.stdout)
    assert [job["status"] for job in told["jobs"]] == ["reused"]
    assert Path(told["jobs"][0]["page"]).is_file()
    assert single.stderr.startswith("01_a: reused (")
    assert not (project / "reports").exists()


def test_an_answer_from_earlier_results_loads_nothing_heavy(write_notebook: Write, project: Path) -> None:
    write_notebook("01_a", "x = 1")
    script = """
import sys
from jpresearch import record
from jpresearch.batch.run import driver, lifecycle
from jpresearch.batch.plan.jobs import plan
from jpresearch.cli import app
lifecycle.run(plan([], {}), ["run"])
heavy = {"pandas", "numpy", "papermill", "nbformat", "nbconvert", "distributed", "zmq", "fsspec", "psutil", "yaml"}
print(sorted(heavy & set(sys.modules)))
"""
    first = subprocess.run([str(COMMAND), "run"], capture_output=True, text=True, check=True)
    assert "01_a: succeeded" in first.stdout
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert second.stdout.strip() == "[]"
