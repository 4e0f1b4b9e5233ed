"""What a user has set up elsewhere does not reach a run, and what a notebook reads beside its tables decides reuse."""

from __future__ import annotations

from pathlib import Path

from jpresearch import record
from jpresearch.record import Status
from tests.batch import commands

ASKS = """
import matplotlib
from jpresearch import publish
publish.metric("width", matplotlib.rcParams["lines.markersize"])
publish.metric("startup", str("from_startup" in globals()))
publish.metric("pythonstartup", str("from_pythonstartup" in globals()))
"""
READS = """
import os, sys
from pathlib import Path
import pandas as pd
from jpresearch import load, publish
folder = Path(os.environ["JPRESEARCH_HOME"], "notebooks")
sys.path.insert(0, str(folder))
import own_helper
publish.metric("rows", len(pd.read_csv(folder / "own.csv")))
publish.metric("helped", own_helper.answer())
publish.metric("lines", len(load("boj_policy")))
"""


def test_the_users_own_configuration_does_not_reach_a_run(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_asks": (ASKS,)})
    settings = tmp_path / "settings"
    startup = settings / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("from_startup = 1")
    (settings / "ipython" / "profile_default" / "ipython_kernel_config.py").write_text("1 / 0")
    (settings / "matplotlibrc").write_text("lines.markersize: 9\n")
    (settings / "start.py").write_text("from_pythonstartup = 1")
    mine = {"MATPLOTLIBRC": settings / "matplotlibrc", "IPYTHONDIR": settings / "ipython", "MPLCONFIGDIR": settings,
            "PYTHONSTARTUP": settings / "start.py"}  # fmt: skip
    done = commands.call("run", JPRESEARCH_HOME=str(project), **{name: str(path) for name, path in mine.items()})
    assert done.returncode == 0, done.stderr
    (job,) = commands.the_run(project / "reports").jobs
    found = {metric.name: metric.value for metric in job.metrics}
    assert found == {"width": 6.0, "startup": "False", "pythonstartup": "False"}
    assert job.kernel == "warm", job.kernel_note


def test_files_beside_a_notebook_decide_whether_it_runs_again(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {"01_reads": (READS,)})
    own, helper = project / "notebooks" / "own.csv", project / "notebooks" / "own_helper.py"
    own.write_text("a\n1\n2\n")
    helper.write_text("def answer():\n    return 42\n")

    def run() -> record.Job:
        done = commands.call("run", JPRESEARCH_HOME=str(project))
        assert done.returncode == 0, done.stderr
        (job,) = record.read(commands.runs(project / "reports")[-1]).jobs
        return job

    first = run()
    assert set(first.files_read) == {"notebooks/own.csv", "notebooks/own_helper.py"}
    assert run().status is Status.REUSED
    own.write_text("a\n1\n2\n3\n")
    again = run()
    assert again.status is Status.SUCCEEDED and again.why == "file notebooks/own.csv"
    assert again.metrics[0].value == 3
    helper.write_text("def answer():\n    return 43\n")
    again = run()
    assert again.status is Status.SUCCEEDED and again.why == "file notebooks/own_helper.py"
    assert again.metrics[1].value == 43
    assert run().status is Status.REUSED
