"""How long a page takes and how large it is, beside nbconvert: `python bench/report.py [RUN_FOLDER]`.

RUN_FOLDER is a run of the collection (default: reports/latest). Sizes are given with figures' and data's bytes apart.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter

from jpresearch import record
from jpresearch.record import Job, Run
from jpresearch.report import typeface
from jpresearch.report.page import write_page

ROUNDS = 5
PICTURE = re.compile(rb'(?:src|srcset|href)="data:image/[^"]*"|data-svg="[^"]*"|data-(?:points|phone)=\'[^\']*\'')
DATA = re.compile(rb'href="data:text/csv[^"]*"|<table\b.*?</table>', re.DOTALL)
BUDGETS = {"of the command line": 0.25, "of nbconvert in process": 1.0, "of the lab page": 0.15}
FRAME_BUDGET = 40_000
TYPEFACE_BUDGET = 60_000
GROWTH_BUDGET_SECONDS = 2.0


def fastest(act: Callable[[], object]) -> float:
    """The least of several times, in seconds: what is left when the machine does nothing else."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return min(times)


def command_line(notebook: Path, folder: Path) -> None:
    """`jupyter nbconvert --to html` as users call it."""
    call = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(folder), "--log-level", "ERROR"]
    subprocess.run([*call, str(notebook)], check=True, capture_output=True)


def bare(page: bytes) -> int:
    """The bytes of a page without its figures' and its data's: pictures, lines, points, CSV and tables."""
    return len(DATA.sub(b"", PICTURE.sub(b"", page)))


def repeated(content: Any, times: int) -> Any:
    """A notebook with ``times`` figures: those of ``content`` over and over."""
    figures = [cell for cell in content.cells if any("image/png" in o.get("data", {}) for o in cell.get("outputs", []))]
    cells = [figures[number % len(figures)].copy() for number in range(times)]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Many\n\nWhy?"), *cells])


def verdict(words: str, ratio: float) -> str:
    """A ratio beside its budget."""
    budget = BUDGETS[words]
    return f"{ratio:6.1%} {words} (budget {budget:.0%}){'' if ratio <= budget else '  OVER'}"


def measure(job: Job, run: Run, folder: Path, work: Path) -> None:
    """Print times and sizes of one page."""
    source = folder / str(job.executed_notebook)
    content = nbformat.read(source, as_version=4)
    page = work / f"{job.name}.html"
    ours = fastest(lambda: write_page(content, job, run, page))
    theirs = fastest(lambda: HTMLExporter(template_name="lab").from_notebook_node(content))
    called = time.perf_counter()
    command_line(source, work / "lab")
    called = time.perf_counter() - called
    lab = (work / "lab" / f"{job.name}.html").read_bytes()
    made = page.read_bytes()
    print(f"{job.name}: page and workbook {ours:.3f} s; nbconvert {theirs:.3f} s; command line {called:.2f} s")
    print(
        f"    {verdict('of the command line', ours / called)}\n    {verdict('of nbconvert in process', ours / theirs)}"
    )
    print(f"    page {len(made):,} bytes, without figures and data {bare(made):,}; lab page so {bare(lab):,}")
    print(f"    {verdict('of the lab page', bare(made) / bare(lab))}")


def main(folder: Path) -> None:
    """Measure every page of a run, the empty frame, and how a page grows."""
    run = record.read(folder)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        jobs = [job for job in run.jobs if job.executed_notebook]
        for job in jobs:
            measure(job, run, folder, work)
        empty = jobs[0].model_copy(update={"tables": [], "metrics": [], "parameters": {}})
        write_page(nbformat.v4.new_notebook(), empty, run, work / "empty.html")
        letters = len(typeface.faces().encode())
        frame = (work / "empty.html").stat().st_size - letters
        for name, size, most in (("frame", frame, FRAME_BUDGET), ("typeface", letters, TYPEFACE_BUDGET)):
            print(f"{name}: {size:,} bytes (budget {most:,}){'' if size <= most else '  OVER'}")
        content = nbformat.read(folder / str(jobs[0].executed_notebook), as_version=4)
        few, many = (
            fastest(lambda count=count: write_page(repeated(content, count), empty, run, work / "many.html"))  # type: ignore[misc]
            for count in (6, 60)
        )
        over = "" if many - few < GROWTH_BUDGET_SECONDS else "  OVER"
        print(f"6 figures {few:.3f} s, 60 figures {many:.3f} s: {many - few:.3f} s more (budget 2 s){over}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "reports/latest"))
