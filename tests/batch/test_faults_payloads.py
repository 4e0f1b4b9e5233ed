"""Whatever a cell displays or raises, its job ends as what it was, and its notebook, page and record are kept."""

from __future__ import annotations

from pathlib import Path

from jpresearch import payloads
from jpresearch.record import Status
from tests.batch import commands
from tests.batch.commands import PUBLISHES

DISPLAY = "from IPython.display import display\n"
RAW = f"{DISPLAY}display({{'text/plain': 'x', '{payloads.METRIC}': {{'name': 'a', 'value': VALUE}}}}, raw=True)"
NOTEBOOKS = {
    "01_wrong_types": (PUBLISHES, RAW.replace("VALUE", "1, 'unit': 5"), RAW.replace("VALUE", "10**400")),
    "02_other_kinds": (
        PUBLISHES,
        f"{DISPLAY}display({{'{payloads.PREFIX}x+json': 1, 'image/png': '<'}}, raw=True)",
        f"{DISPLAY}display({{'{payloads.NOTE}': {{'table': 'none'}}, '{payloads.TABLE}': 3}}, raw=True)",
        "print('\\udc80', '\\x00')",
    ),
    "03_frame": (
        PUBLISHES,
        "import pandas as pd; from matplotlib.figure import Figure\n"
        "publish.figure('f', Figure(), alt='a', data=pd.DataFrame({'a': ['one\\rtwo']}))",
    ),
    "04_refused": (PUBLISHES, "publish.metric('a', 1, unit=5)"),
    "05_twice": (PUBLISHES, "publish.metric('two', 3)"),
    "06_raises": (PUBLISHES, "raise ValueError('\\udc80 \\x00')"),
}


def test_what_cells_display_ends_no_process_and_loses_nothing(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", NOTEBOOKS)
    done = commands.call("run", "--jobs", "2", JPRESEARCH_HOME=str(project))
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    run = commands.the_run(project / "reports")
    (folder,) = commands.runs(project / "reports")
    jobs = commands.by_name(run)
    failures = {name: (job.failure.type, job.failure.cell) for name, job in jobs.items() if job.failure}
    assert failures == {
        "04_refused": ("BadParameter", 3), "05_twice": ("BadParameter", 3), "06_raises": ("ValueError", 3),
    }  # fmt: skip
    for name, job in jobs.items():
        assert job.executed_notebook and job.page, name
        assert [metric.name for metric in job.metrics] == ["two"]
        html = (folder / job.page).read_text(encoding="utf-8")
        assert all(bad.split(":")[0] in html for bad in job.bad_outputs)
    assert [bad[:24] for bad in jobs["01_wrong_types"].bad_outputs] == [
        "Code cell 3: metric: uni", "Code cell 4: metric: val",
    ]  # fmt: skip
    assert [bad.split(":")[0] for bad in jobs["02_other_kinds"].bad_outputs] == ["Code cell 3", "Code cell 4"]
    assert jobs["03_frame"].status is Status.SUCCEEDED
    assert jobs["03_frame"].workbook == "03_frame.xlsx"
    assert "unit: must be a text" in str(jobs["04_refused"].failure)
    assert "published a second time" in str(jobs["05_twice"].failure)
    commands.assert_nothing_left(project)
