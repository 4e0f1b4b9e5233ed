"""The HTML page of one executed notebook: one file, no script, no external address."""

from __future__ import annotations

from collections.abc import Mapping
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
# Banner cells that papermill writes into a failed notebook; the page has its own.
PAPERMILL_BANNERS: Final = {"papermill-error-cell-tag"}


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
    def cell(value: Any) -> str:
        """A figure for readers: thousands apart, at most three decimals; texts as they are, missing as a dash."""
        if value is None:
            return "–"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return str(value)
        return f"{value:,d}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


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
