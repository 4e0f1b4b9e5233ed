"""The frame of index and comparison: one file, no script, nothing fetched; whatever comes from outside is escaped."""

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
from jpresearch.report.words import say

STYLE: Final = Path(__file__).parent / "template" / "index.css"
POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def document(*, lang: str, title: str, head: str, body: str, foot: str) -> str:
    """A page with one heading, landmarks and a skip link; ``title`` is a text, the other parts are HTML."""
    html = f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<style>{css()}</style>
</head>
<body>
<a class="skip" href="#content">{say("skip", lang)}</a>
<header>{head}</header>
<main id="content">
<h1>{safe(title)}</h1>
{body}
</main>
<footer>{foot}</footer>
</body>
</html>
"""
    return visible(html)


def safe(text: object) -> str:
    """A text from outside: escaped, and kept from turning the direction of the text around it."""
    return f"<bdi>{escape(str(text))}</bdi>"


def link(target: str | None, text: str) -> str:
    """``text`` (HTML) as a link to a file by its relative path; without a target only the text."""
    return f'<a href="{quote(target)}">{text}</a>' if target else text


def table(heads: list[str], rows: list[list[str]], label: str, numbers: int | None = None) -> str:
    """A table of HTML cells; the first of each row is its head, cells from place ``numbers`` on are figures.

    ``label`` (a text) names it to readers who cannot see it; a wide table scrolls in a frame that keys can reach.
    """
    first = len(heads) if numbers is None else numbers
    marks = [' class="number"' if place >= first else "" for place in range(len(heads))]
    top = "".join(f'<th scope="col"{mark}>{head}</th>' for head, mark in zip(heads, marks, strict=True))
    lines = "".join(_row(row, marks) for row in rows)
    frame = f'<div class="table" role="group" tabindex="0" aria-label="{escape(label, quote=True)}">'
    return f"{frame}<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"


def _row(cells: list[str], marks: list[str]) -> str:
    rest = "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(cells[1:], marks[1:], strict=True))
    return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'


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
    """The style sheet of index and comparison."""
    return STYLE.read_text(encoding="utf-8")
