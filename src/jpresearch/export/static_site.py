"""A run as a site of static files: its reports as far as they may leave, and a first page with the answers."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import quote

from jpresearch.export.content import Content, Report
from jpresearch.export.leaving import leaving_page
from jpresearch.export.moves import run_before, same_job
from jpresearch.export.phrases import say
from jpresearch.export.sentences import heading, warnings

INDEX: Final = "index.html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
STYLE: Final = """
body { font: 17px/1.5 "Source Sans 3", "Segoe UI", Arial, sans-serif; color: #1c1f24; max-width: 46em;
  margin: 0 auto; padding: 1.5em 1em }
h1 { font-size: 1.7em; line-height: 1.2; border-top: 4px solid #14508c; padding-top: .6em }
h2 { font-size: 1.1em; margin: 1.6em 0 .2em } p { margin: .2em 0 } a { color: #14508c } .late { color: #7a4a00 }
footer { margin-top: 2em; color: #56606b; font-size: .85em }
"""


def site(content: Content) -> dict[str, bytes]:
    """The files of the site by name: a page per report, and ``index.html`` that leads to them.

    The pages have neither tables nor data of figures that stay at the desk; nothing in them is fetched.
    """
    before = run_before(content)
    files = {INDEX: _index(content).encode()}
    for report in content.reports:
        earlier = None if before is None else same_job(report.job, before)
        files[file_of(report)] = leaving_page(report, content.run, earlier).encode()
    return files


def file_of(report: Report) -> str:
    """The name of a report's page, as the reports of the run link to one another."""
    return report.job.page or f"{report.job.name}.html"


def _index(content: Content) -> str:
    lang = content.lang
    late = "".join(f'<p class="late">{escape(line)}</p>' for line in warnings(content))
    reports = "".join(
        f'<section><h2><a href="{quote(file_of(report))}">{escape(report.name)}</a></h2>'
        f"<p>{escape(report.answer)}</p></section>"
        for report in content.reports
    )
    title = escape(heading(content))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>{late}{reports}</main>"
        f"<footer>{escape(say('run', lang, run=content.run.id))}</footer></body></html>"
    )
