"""Runs made up for tests of exports: what real calls of `publish` and `charts` leave, without a kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from jpresearch import charts, publish, record
from jpresearch.record import Job, Run
from jpresearch.report.published import collect
from jpresearch.say import Estimate
from tests.report.builders_runs import job, run, table

SOURCE = "An exchange"
WEEKS = pd.date_range("2026-01-02", periods=30, freq="W-FRI")


def frame(values: float = 1.0, names: tuple[str, ...] = ("foreigners", "individuals")) -> pd.DataFrame:
    """Weekly values that cross zero, one week unknown."""
    columns = {name: [values * (week % 7 - 2.5) * (at + 1) for week in range(30)] for at, name in enumerate(names)}
    found = pd.DataFrame(columns, index=pd.DatetimeIndex(WEEKS, name="week_end"))
    found.iloc[4, 0] = float("nan")
    return found


def flows(shift: float = 0.0) -> None:
    """A report with every kind of figure that a slide can hold as a chart, and one that it cannot."""
    slope = Estimate(30.0 + shift, 22.0 + shift, 37.0 + shift, 0.0004, "bp", 0, 752, "2012-01-06", "2026-08-14", "OLS")
    net = frame()
    words = {"unit": "bp of market value", "source": SOURCE}
    publish.answer(f"TOPIX gains {slope:.0f} bp as foreigners buy; weekly data cannot separate impact from news.")
    publish.finding(f"TOPIX gains {slope:ci} in the week.", figure="net", lead=True)
    publish.finding("Individuals trade against them.", figure="lines", lead=True, typed=True)
    publish.finding("Both add up.", figure="stack", lead=True, typed=True)
    publish.finding("The two go together.", figure="pairs", lead=True, typed=True)
    publish.finding("Insignificant in one era.", figure="eras", lead=True, typed=True)
    publish.metric("slope", slope, label="Same week", lead=True)
    publish.figure("net", charts.bars(net["foreigners"], title="Foreigners buy", **words), lead=True)
    publish.figure("lines", charts.lines(net, title="Two classes", **words))
    publish.figure("stack", charts.stack(net, title="Parts", **words))
    pair = net.dropna().set_axis(["x", "y"], axis="columns")
    publish.figure("pairs", charts.scatter(pair, title="Pairs", x_unit="%", **words))
    eras = pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.5, -1.0], "high": [1.5, 5.0]}, index=["early", "late"])
    publish.figure("eras", charts.intervals(eras, title="By era", **words))


def gpif() -> None:
    """A second, smaller report."""
    publish.answer("GPIF's share is inside its policy band.", typed=True)
    publish.finding("The share stands inside the band.", figure="share", lead=True, typed=True)
    share = Estimate(24.5, 22.0, 27.0, None, "%", 1, 13, "2020-03-31", "2025-09-30", "bounds")
    publish.finding(f"Trading took {share:ci} off.", lead=True)
    publish.metric("taken", share, label="Taken off", lead=True)
    names = pd.Series([24.5, 25.1, 26.0], index=["equities", "bonds", "foreign bonds"])
    publish.figure("share", charts.bars(names, title="Shares", unit="%", source="GPIF"), lead=True)


REPORTS: Mapping[str, Callable[[], None]] = {"01_foreign_flows": flows, "03_gpif": gpif}


def executed(cell: Callable[[], None], title: str = "Foreign flows") -> Any:
    """The notebook with what the cell published."""
    with publish.collected() as found:
        cell()
    outputs = [nbformat.from_dict(output) for output in found.outputs]  # type: ignore[no-untyped-call]
    code = nbformat.v4.new_code_cell("publish", outputs=outputs, execution_count=1)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {title}\n\nA question."), code])


def job_of(name: str, notebook: Any, **changes: Any) -> Job:
    """What the record says of it."""
    found = collect(notebook)
    kept: dict[str, Any] = {
        "title": f"Title of {name}", "executed_notebook": f"{name}.ipynb", "takeaways": [], "answer": found.answer,
        "findings": list(found.findings),
        "metrics": list(found.metrics.values()),
        "figures": list(found.figures), "lead_figure": found.lead_figure,
        "tables": [table("investor_flows", newest_published_at="2026-09-10T15:30:00+09:00")],
    }  # fmt: skip
    return job(name, **(kept | changes))


def write_run(
    reports: Path, cells: Mapping[str, Callable[[], None]] = REPORTS, *others: Job, week: int = 0, **changes: Any
) -> Path:
    """A run's folder with executed notebooks and its record; ``changes`` are of every job, ``others`` further jobs."""
    notebooks = {name: executed(cell) for name, cell in cells.items()}
    found: Run = run(*(job_of(name, each, **changes) for name, each in notebooks.items()), *others, week=week)
    folder = reports / found.id
    folder.mkdir(parents=True)
    for name, each in notebooks.items():
        nbformat.write(each, folder / f"{name}.ipynb")  # type: ignore[no-untyped-call]
    record.write(found, folder)
    return folder
