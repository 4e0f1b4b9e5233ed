"""How long the index of all runs takes to write and to open, and how large it is: `python bench/index.py [RUNS]`.

RUNS (default 200) runs of ten reports are made up, every answer and finding as long as the house allows and other than
in the run before. Opened in Chromium, which is Debian's or the one that JPRESEARCH_CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from jpresearch import clock, record
from jpresearch.record import Finding, Job, Metric, Run, Status, TableRead
from jpresearch.report.overview import write_overview

REPORTS = 10
WORDS = 35
ROUNDS = 5
BUDGET_BYTES = 3_000_000
BUDGET_SECONDS = 1.0
NAMES = ("chromium", "chromium-browser", "google-chrome")


def job(week: int, number: int) -> Job:
    """A report of one week."""
    words = " ".join(f"word{week}{place}" for place in range(WORDS))
    value = week / 3 + number
    metrics = [
        Metric(name=f"m{place}", label=f"Measure {place}", value=value, low=value - 1, high=value + 1, lead=True)
        for place in range(5)
    ]
    read = TableRead(
        table="t", as_of=None, rows=week, newest_period="2026-09-04", newest_published_at=None,
        content_hash=f"{week}", vintage="latest", grade=None,
    )  # fmt: skip
    name = f"{number:02d}_report"
    return Job(
        notebook=name, title=f"What of {number}?", parameters={"as_of": None}, status=Status.SUCCEEDED, why="asked for",
        answer=words, findings=[Finding(text=f"{words} {place}", lead=True) for place in range(5)], metrics=metrics,
        tables=[read], page=f"{name}.html",
    )  # fmt: skip


def write_runs(reports: Path, count: int) -> None:
    """Write the records of ``count`` weekly runs."""
    for week in range(count):
        start = datetime(2020, 1, 3, 18, tzinfo=clock.TOKYO) + timedelta(weeks=week)
        run = Run(
            id=f"{start:%Y%m%d-%H%M%S}-{week:04x}", started_at=start, ended_at=start, command=["run"], git=None,
            whole_collection=True, versions={}, cores=2, jobs=[job(week, number) for number in range(REPORTS)],
        )  # fmt: skip
        folder = reports / run.id
        folder.mkdir()
        record.write(run, folder)


def seconds(act: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def opened(file: Path) -> tuple[float, float, float]:
    """The least seconds from the call to the load event and to the first paint, and those of a search."""
    program = os.environ.get("JPRESEARCH_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)))
    loads, paints, searches = [], [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(ROUNDS):
            tab = browser.new_page(viewport={"width": 1440, "height": 900})
            tab.goto(file.as_uri())
            loads.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"))
            paints.append(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"))
            searches.append(
                tab.evaluate(
                    """() => { const field = document.getElementById("find"), start = performance.now();
                    field.value = "word1990 4"; field.dispatchEvent(new Event("input")); document.body.offsetHeight;
                    return (performance.now() - start) / 1000; }"""
                )
            )
            tab.close()
        browser.close()
    return min(loads), min(paints), min(searches)


def main(count: int) -> None:
    """Make the runs, write the index twice, open it, and print what it took beside the budgets."""
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder)
        write_runs(reports, count)
        first, again = (seconds(lambda: write_overview(reports)) for _ in range(2))
        file = reports / "index.html"
        size = file.stat().st_size
        load, paint, search = opened(file)
    print(f"{count} runs of {REPORTS} reports: written in {first:.2f} s, with the cache in {again:.2f} s")
    print(f"    {size:,} bytes (budget {BUDGET_BYTES:,}){'' if size <= BUDGET_BYTES else '  OVER'}")
    print(f"    loaded in {load:.2f} s, painted in {paint:.2f} s (budget {BUDGET_SECONDS:.0f} s)"
          f"{'' if load <= BUDGET_SECONDS else '  OVER'}; a first search {search:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
