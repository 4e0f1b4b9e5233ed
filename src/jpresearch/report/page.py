"""The HTML page of one executed notebook: one file, no script, no external address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jpresearch import publish
from jpresearch.record import Job, Run, Status, TableRead, write_atomically

TEMPLATE: Final = Path(__file__).parent / "template"
MEDIA: Final = {
    "figure": publish.FIGURE,
    "table": publish.TABLE,
    "metric": publish.METRIC,
    "takeaway": publish.TAKEAWAY,
    "sources": publish.SOURCES,
    "note": publish.NOTE,
}
# A year, or any other number of four digits, is read without a comma.
GROUPED_FROM: Final = 10_000
MOST_DECIMALS: Final = 3
SHORT_TEXT: Final = 16
# Banner cells that papermill writes into a failed notebook; the page has its own.
PAPERMILL_BANNERS: Final = {"papermill-error-cell-tag"}


@dataclass(frozen=True)
class Grid:
    """A table ready to print: heads and cells with their class (``number``, ``short`` or none)."""

    heads: list[tuple[str, str]]
    rows: list[list[tuple[str, str]]]


@dataclass(frozen=True)
class Banner:
    """A warning at the head of the page; ``kind`` is ``failed`` or ``stale``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Page:
    """What the template needs beside the notebook."""

    title: str
    as_of: str
    run: str
    css: str
    banners: list[Banner]
    tables: list[TableRead]
    parameters: Mapping[str, Any]
    made: str
    media: Mapping[str, str]

    @staticmethod
    def hides(cell: Any) -> bool:
        """Whether a cell stays off the page."""
        return bool(PAPERMILL_BANNERS & set(cell.get("metadata", {}).get("tags", [])))

    @staticmethod
    def grid(content: Mapping[str, Any]) -> Grid:
        """A published table as texts, each column with the same number of decimals."""
        return grid(content["columns"], content["rows"])

    @staticmethod
    def cell(value: Any) -> str:
        """A figure for readers: five digits and more in groups, at most three decimals; missing as a dash."""
        return text(value, decimals(value))


def write_page(notebook: Any, job: Job, run: Run, file: Path) -> None:
    """Write the page of ``notebook`` (an executed nbformat node) to ``file``."""
    resources = {"page": page_of(job, run)}
    body, _ = _exporter().from_notebook_node(notebook, resources=resources)
    write_atomically(file, body)


def page_of(job: Job, run: Run) -> Page:
    """What the page says of the job besides the notebook's own content."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    commit = f"commit {run.git.commit[:12]}{' with changes' if run.git.dirty else ''}" if run.git else "no commit"
    return Page(
        title=job.title,
        as_of=str(job.parameters.get("as_of") or f"{run.started_at:%Y-%m-%d} (everything published)"),
        run=run.id,
        css=css(),
        banners=banners(job),
        tables=job.tables,
        parameters=job.parameters,
        made=f"Run {run.id}, {run.started_at:%Y-%m-%d %H:%M %Z}; {commit}; {versions}.",
        media=MEDIA,
    )


def banners(job: Job) -> list[Banner]:
    """The page's warnings: a failure with its cell, and each table staler than its allowance with its newest day."""
    found = []
    if job.status.bad:
        found.append(Banner("failed", failure_sentence(job)))
    for table in job.tables:
        if table.stale:
            text = (
                f"{table.table} is stale: its newest period is {table.newest_period}, {table.age_days} days back; "
                f"{table.allowance_days} are usual."
            )
            found.append(Banner("stale", text))
    return found


def failure_sentence(job: Job) -> str:
    """Why the job did not succeed, in one sentence."""
    words = {Status.FAILED: "failed", Status.KERNEL_DIED: "lost its kernel", Status.TIMED_OUT: "ran out of time"}
    text = f"This run {words.get(job.status, 'was cancelled')}"
    if job.failure is None:
        return f"{text}."
    place = f" in code cell {job.failure.cell}" if job.failure.cell else ""
    return f"{text}{place}: {job.failure.type}: {job.failure.message}"


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Grid:
    """Columns of figures to the right and with the same decimals; days and other short texts on one line."""
    values = [[row[place] for row in rows] for place in range(len(columns))]
    kinds = [_kind(column) for column in values]
    places = [max((decimals(value) for value in column), default=0) for column in values]
    printed = [[(text(v, n), kind) for v, n, kind in zip(row, places, kinds, strict=True)] for row in rows]
    return Grid(list(zip(map(str, columns), kinds, strict=True)), printed)


def decimals(value: Any) -> int:
    """How many decimals a figure needs, three at most."""
    if not isinstance(value, float):
        return 0
    return len(f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def text(value: Any, places: int) -> str:
    """A value in words of the page: grouped figures with a true minus sign, missing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    grouping = "," if abs(value) >= GROUPED_FROM else ""
    return f"{value:{grouping}.{places}f}".replace("-", "\N{MINUS SIGN}")


def _kind(column: Sequence[Any]) -> str:
    known = [value for value in column if value is not None]
    if known and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
        return "number"
    return "short" if all(len(str(value)) <= SHORT_TEXT for value in known) else ""


@cache
def css() -> str:
    """The style sheet of page and index."""
    return (TEMPLATE / "page.css").read_text(encoding="utf-8")


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    kinds = ["image/png", "text/html", "text/markdown", "text/plain"]
    config = Config({"NbConvertBase": {"display_data_priority": [*MEDIA.values(), *kinds]}})
    return HTMLExporter(config=config, template_name="template", extra_template_basedirs=[str(TEMPLATE.parent)])
