"""The index of one run: its pages with status, day and takeaways."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from jpresearch.record import Job, Run, Status, write_atomically
from jpresearch.report.page import banners, css, failure_sentence

FILE_NAME: Final = "index.html"
SHOWN_TAKEAWAYS: Final = 3


def write_index(run: Run, folder: Path) -> Path:
    """Write ``index.html`` over the pages of ``run`` in ``folder`` and return its path."""
    file = folder / FILE_NAME
    write_atomically(file, render(run))
    return file


def render(run: Run) -> str:
    """The index as HTML; everything that a notebook or a caller supplied is escaped."""
    items = "\n".join(_item(job) for job in run.jobs)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>jpresearch: run {escape(run.id)}</title>
<style>{css()}</style>
</head>
<body>
<header><p class="asof">Run {escape(run.id)}, {run.started_at:%Y-%m-%d %H:%M %Z}</p></header>
<main>
<h1>Japanese equities: flows, valuation, pensions, households</h1>
<ul class="runs">
{items}
</ul>
</main>
<footer><p>The state of every job, with the data behind it, is in <a href="record.json">record.json</a>.</p></footer>
</body>
</html>
"""


def _item(job: Job) -> str:
    title = escape(job.title)
    link = f'<a href="{escape(job.page, quote=True)}">{title}</a>' if job.page else title
    day = escape(str(job.parameters.get("as_of") or "everything published"))
    kind = " failed" if job.status.bad else ""
    takeaways = "".join(f'<p class="takeaway">{escape(text)}</p>' for text in job.takeaways[:SHOWN_TAKEAWAYS])
    notices = "".join(
        f'<p class="status">{escape(banner.text)}</p>' for banner in banners(job) if banner.kind == "stale"
    )
    status = f'<p class="status{kind}">{escape(_sentence(job))} · data as of {day}</p>'
    return f"<li><h2>{link}</h2>{status}{takeaways}{notices}</li>"


def _sentence(job: Job) -> str:
    if job.status.bad:
        return failure_sentence(job)
    if job.status is Status.SKIPPED:
        return f"Skipped: {job.why}"
    return job.status.value
