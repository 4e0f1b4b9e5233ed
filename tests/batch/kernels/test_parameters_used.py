"""The head of a page says what its cells used, or the job has failed and names the cell."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from jpresearch.batch.kernels.parameters_used import ParameterWatch
from jpresearch.record import Job, Status
from tests.batch import commands

DAY = "2022-01-05"
PARAMETERS = f"{commands.AS_OF}\nlags: int = 4  # weeks\nnames: list[str] = ['a']  # who"
TELLS = "from jpresearch import publish; publish.metric('day', str(as_of)); publish.metric('lags', lags)"


def answer(value: object) -> dict[str, Any]:
    return {"status": "ok", "data": {"text/plain": repr(repr(value))}}


def reply(**values: object) -> dict[str, Any]:
    return {"status": "ok", "user_expressions": {name: answer(value) for name, value in values.items()}}


def test_values_after_the_parameters_and_at_the_end_are_noted() -> None:
    watch = ParameterWatch({"as_of": DAY, "lags": 8})
    watch.note(1, "", reply(as_of=None, lags=4), declares=True)
    watch.note(1, "", reply(as_of=DAY, lags=8), declares=True)
    watch.note(2, "lags = 13", reply(as_of=DAY, lags=13), declares=False)
    watch.note(3, "del lags", {"status": "ok", "user_expressions": {"lags": {"status": "error"}}}, declares=False)
    assert (watch.used, watch.at_end, watch.day_changed) == (
        {"as_of": DAY, "lags": 8}, {"as_of": DAY, "lags": 13}, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("as_of = '2022-01-06'", "2022-01-06"),
        ("as_of = None", None),
        ("import pandas as pd; as_of = pd.Timestamp(as_of)", "Timestamp('2022-01-05 00:00:00')"),
        ("for as_of in days: use(as_of)", DAY),
        ("[(as_of := day) for day in days]; as_of = '2022-01-05'", DAY),
        ("with open(x) as as_of: pass\nas_of = '2022-01-05'", DAY),
        ("before = as_of; as_of = '2020-01-01'; use(as_of); as_of = before", DAY),
    ],
)
def test_another_day_is_noted_with_its_cell(source: str, value: object) -> None:
    watch = ParameterWatch({"as_of": DAY})
    watch.note(3, source, reply(as_of=value), declares=False)
    assert watch.day_changed is not None and watch.day_changed[0] == 3


@pytest.mark.parametrize(
    "source",
    ["as_of = str(as_of)", "[as_of for as_of in days]", "def f(as_of):\n    as_of = 1\n    as_of = 2", "f(as_of=None)"],
)
def test_names_of_functions_and_comprehensions_are_their_own(source: str) -> None:
    watch = ParameterWatch({"as_of": DAY})
    watch.note(3, source, reply(as_of=DAY), declares=False)
    assert watch.day_changed is None


# What a cell may do, with whether it makes the day another one.
DEEDS = [
    ("as_of = '2020-01-01'", True), ("as_of = None", True), ("globals()['as_of'] = '2019-12-30'", True),
    ("as_of = as_of or '2021-01-01'", False), ("import datetime; as_of = datetime.date(2021, 2, 3)", True),
    ("lags = lags + 9", False), ("names = names + ['b']", False), ("lags = 'many'", False), ("del names", False),
    ("def load_at(as_of='2020-01-01'):\n    return as_of\nload_at()", False), ("x = [as_of for as_of in '12']", False),
    ("for lags in range(3): pass", False), ("def f():\n    global as_of\n    as_of = '2018-01-01'\nf()", True),
    ("first, *rest = lags, as_of", False), ("as_of: str = '2017-01-04'", True), ("import math as lags", False),
]  # fmt: skip


def drawn(seed: int) -> tuple[tuple[str, ...], bool]:
    """Cells that set, shadow or forget parameters in some order, and whether one of them changes the day."""
    draw = random.Random(seed)
    chosen = draw.sample(DEEDS, k=draw.randint(1, 3))
    tells = TELLS.replace("'lags', lags", "'lags', str(lags)[:40]")
    return (*(source for source, _ in chosen), tells), any(changes for _, changes in chosen)


def page_tells_the_truth(job: Job, folder: Path, changes: bool) -> None:
    """The day and the parameters of page and record are those that the last cell used, or the job has failed."""
    told = {metric.name: metric.value for metric in job.metrics}
    assert job.page is not None
    page = (folder / job.page).read_text(encoding="utf-8")
    if job.status is Status.FAILED:
        assert job.failure is not None and job.failure.cell is not None
        assert f"in code cell {job.failure.cell}" in page
        # A drawn order may break by itself: a module plus nine, a list that was deleted.
        assert changes if job.failure.type == "ParameterChanged" else job.failure.type in {"TypeError", "NameError"}
        return
    assert not changes and job.status is Status.SUCCEEDED
    assert str(told["day"]) == DAY == job.parameters_at_end["as_of"]
    assert f"<dd>{DAY}</dd>" in page
    shown = re.search(r"<code>lags = ([^<]*)</code>", page)
    used = job.parameters_at_end["lags"]
    assert shown is not None and unescape(shown[1]).startswith(str(used)[:20])
    assert str(told["lags"])[:40] == str(used)[:40]


def run_drawn(seeds: range, home: Path) -> list[str]:
    """The notebooks of one run whose pages tell what their cells used, or that the job failed."""
    made = {f"n{seed:03d}": drawn(seed) for seed in seeds}
    project = commands.make_project(home, {})
    for name, (cells, _) in made.items():
        commands.write_notebook(project, name, *cells, parameters=PARAMETERS)
    done = commands.call("run", "--as-of", DAY, "-p", "lags=8", JPRESEARCH_HOME=str(project))
    assert "Traceback" not in done.stderr
    (folder,) = commands.runs(project / "reports")
    jobs = commands.by_name(commands.the_run(project / "reports"))
    for name, job in jobs.items():
        page_tells_the_truth(job, folder, made[name][1])
    return sorted(jobs)


def test_random_notebooks_show_what_they_used_or_fail(tmp_path: Path) -> None:
    assert run_drawn(range(8), tmp_path / "project") == [f"n{seed:03d}" for seed in range(8)]


@pytest.mark.proof
def test_many_random_notebooks_show_what_they_used_or_fail(tmp_path: Path) -> None:
    names = [f"n{seed:03d}" for seed in range(1000, 1150)]
    assert run_drawn(range(1000, 1150), tmp_path / "project") == names


def test_parameters_that_an_earlier_run_put_in_do_not_count(tmp_path: Path) -> None:
    project = commands.make_project(tmp_path / "project", {})
    path = commands.write_notebook(project, "01_executed", TELLS, parameters=PARAMETERS)
    content = json.loads(path.read_text())
    injected = {"cell_type": "code", "id": "i", "metadata": {"tags": ["injected-parameters"]}, "outputs": [],
                "source": "as_of = '2020-01-01'\nlags = 13", "execution_count": 2}  # fmt: skip
    content["cells"].insert(2, injected)
    path.write_text(json.dumps(content))
    reports = project / "reports"
    for words, day, lags in ((("-p", "lags=5"), "None", 5), ((), "None", 4), (("--as-of", DAY), DAY, 4)):
        done = commands.call("run", "01_executed", *words, JPRESEARCH_HOME=str(project))
        assert done.returncode == 0, done.stderr
        folder = commands.runs(reports)[-1]
        (job,) = commands.record.read(folder).jobs
        assert {metric.name: metric.value for metric in job.metrics} == {"day": day, "lags": lags}
        assert job.parameters_used["lags"] == job.parameters["lags"] == lags
        assert job.parameters_declared == {"as_of": None, "lags": 4, "names": ["a"]}
        executed = (folder / "01_executed.ipynb").read_text(encoding="utf-8")
        assert json.loads(executed)["metadata"]["papermill"]["input_path"] == "01_executed.ipynb"
        assert "/tmp" not in executed and str(tmp_path) not in executed
