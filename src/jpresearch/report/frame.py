"""The frame of index and comparison: one file, nothing fetched, no script but our own; what is outside is escaped."""

from __future__ import annotations

from collections import Counter
from functools import cache
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jpresearch import clock
from jpresearch.record import Job, Run, Status
from jpresearch.report.direction import visible
from jpresearch.report.policy import page_policy
from jpresearch.report.typeface import faces
from jpresearch.report.words import say

STYLE: Final = Path(__file__).parent / "template" / "index.css"


def document(*, lang: str, title: str, head: str, body: str, foot: str, script: str = "", slim: bool = False) -> str:
    """A page with one heading, landmarks and a skip link; ``title`` is a text, the other parts are HTML.

    ``script`` is code of our own, which the page's policy allows by its hash; by default there is none. ``slim`` has
    the title in the bar at the top, where a first screen has no room for a line of its own.
    """
    heading = f"<h1>{safe(title)}</h1>"
    head, body = (f"{heading}{head}", body) if slim else (head, f"{heading}\n{body}")
    end = f"<script>{script}</script>\n" if script else ""
    html = f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{page_policy(script)}">
<title>{escape(title)}</title>
<style>{css()}</style>
</head>
<body>
<a class="skip" href="#content">{say("skip", lang)}</a>
<header>{head}</header>
<main id="content">
{body}
</main>
<footer>{foot}</footer>
{end}</body>
</html>
"""
    return visible(html)


def safe(text: object) -> str:
    """A text from outside: escaped, and kept from turning the direction of the text around it."""
    return f"<bdi>{escape(str(text))}</bdi>"


def link(target: str | None, text: str) -> str:
    """``text`` (HTML) as a link to a file by its relative path; without a target only the text."""
    return f'<a href="{quote(target)}">{text}</a>' if target else text


def page_link(job: Job, at: str, text: str) -> str:
    """``text`` (HTML) as a link to the job's page in the run's folder ``at``; only the text where there is none."""
    return link(f"{at}/{job.page}" if job.page and at else None, text)


def cards(heads: list[str], rows: list[list[str]], label: str, kind: str) -> str:
    """A table of HTML cells that a narrow screen shows as cards, each value under the head of its column (a text).

    Roles are written out: a browser forgets that a table is one where its parts are laid out in another way.
    """
    top = "".join(f'<th role="columnheader" scope="col">{safe(head)}</th>' for head in heads)
    lines = "".join(_card(heads, row) for row in rows)
    return (
        f'<table class="cards {kind}" role="table" aria-label="{escape(label, quote=True)}"><thead role="rowgroup">'
        f'<tr role="row">{top}</tr></thead><tbody role="rowgroup">{lines}</tbody></table>'
    )


def _card(heads: list[str], row: list[str]) -> str:
    named = zip(heads[1:], row[1:], strict=True)
    rest = "".join(f'<td role="cell" data-head="{escape(head, quote=True)}">{cell}</td>' for head, cell in named)
    return f'<tr role="row"><th role="rowheader" scope="row">{row[0]}</th>{rest}</tr>'


def items(texts: list[str], kind: str = "") -> str:
    """A list of HTML items; nothing where there are none."""
    mark = f' class="{kind}"' if kind else ""
    return f"<ul{mark}>{''.join(f'<li>{text}</li>' for text in texts)}</ul>" if texts else ""


def chip(status: str, lang: str, count: int | None = None) -> str:
    """A status as a word with a mark of its own (colour is never the only one)."""
    kind = tone(status)
    number = f"{count} " if count is not None else ""
    return f'<span class="chip {kind}">{number}{safe(say(status, lang) if status in set(Status) else status)}</span>'


def chips(run: Run, lang: str) -> str:
    """How many jobs of a run ended in which status."""
    counts = Counter(job.status.value for job in run.jobs)
    return " ".join(chip(status, lang, count) for status, count in counts.items())


def tone(status: str) -> str:
    """``good``, ``bad`` or ``open`` for a status."""
    if status in (Status.SUCCEEDED, Status.REUSED):
        return "good"
    return "bad" if status in set(Status) and Status(status).bad else "open"


def lang_of(run: Run) -> str:
    """The language of a run's index: that of its pages where they agree, else English."""
    languages = {job.lang for job in run.jobs}
    return languages.pop() if len(languages) == 1 and languages <= {"en", "ja"} else "en"


def moment(run: Run) -> str:
    """When a run started, by the clock of Tokyo."""
    return f"{run.started_at.astimezone(clock.TOKYO):%Y-%m-%d %H:%M} JST"


def as_of(job: Job) -> str:
    """The day a job was given; empty for everything published."""
    return str(job.parameters.get("as_of") or "")


@cache
def css() -> str:
    """The style sheet of index and comparison, with the letters of the pages."""
    return faces() + STYLE.read_text(encoding="utf-8")
