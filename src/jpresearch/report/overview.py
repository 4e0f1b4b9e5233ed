"""The index of all runs: where things stand, the newest runs with what they concluded, the earlier ones in a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jpresearch.record import write_atomically
from jpresearch.report.frame import chip, document, items, link, safe, table, tone
from jpresearch.report.history import PastJob, PastRun, past_runs, points, run_folders
from jpresearch.report.metric_change import name_in_words
from jpresearch.report.numbers import plain
from jpresearch.report.sparkline import sparkline
from jpresearch.report.words import say

FILE_NAME: Final = "index.html"
NEWEST: Final = 5
KEY_METRICS: Final = 4
MOMENT: Final = len("YYYY-MM-DDTHH:MM")


def write_overview(reports: Path, lang: str = "en") -> Path:
    """Write ``index.html`` over all runs in ``reports`` and return its path. Call it once a run's record is closed."""
    file = reports / FILE_NAME
    past = past_runs(reports)
    write_atomically(file, render(past, len(run_folders(reports)) - len(past), lang))
    return file


def render(past: Sequence[PastRun], older: int = 0, lang: str = "en") -> str:
    """The index as HTML; everything from a record is escaped.

    Parameters
    ----------
    past : the runs, newest first.
    older : how many further runs are not listed.
    lang : language of the frame.
    """
    parts = [_standing(past, lang), _newest(past[:NEWEST], lang), _earlier(past[NEWEST:], lang)]
    if older:
        parts.append(f"<p>{say('older', lang, count=older)}</p>")
    body = "\n".join(part for part in parts if part) or f"<p>{say('no_runs', lang)}</p>"
    foot = "<p>jpresearch</p>"
    return document(lang=lang, title=say("runs_title", lang), head="", body=body, foot=foot)


def _standing(past: Sequence[PastRun], lang: str) -> str:
    """The newest good page of each notebook with its key figures over the past runs."""
    found: dict[str, tuple[PastRun, PastJob]] = {}
    for run in past:
        for job in run.jobs:
            if run.finished and tone(job.status) == "good" and job.metrics:
                found.setdefault(job.notebook, (run, job))
    cards = "".join(_card(run, job, past, lang) for _, (run, job) in sorted(found.items()))
    return f"<section><h2>{say('now', lang)}</h2>{cards}</section>" if cards else ""


def _card(run: PastRun, job: PastJob, past: Sequence[PastRun], lang: str) -> str:
    rows = []
    for name, value in list(job.metrics.items())[:KEY_METRICS]:
        unit = job.units.get(name, "")
        line = sparkline(name_in_words(name, unit), points(past, job.series, name, job.day), unit, lang)
        told = f"<dd><strong>{safe(plain(value))}</strong> {safe(unit)}</dd><dd>{line}</dd>"
        rows.append(f"<div><dt>{safe(name_in_words(name, unit))}</dt>{told}</div>")
    heading = link(f"{run.folder}/{job.page}" if job.page else None, safe(job.title))
    day = say("as_of", lang, day=safe(job.day))
    says = f'<p class="newest">{safe(job.takeaway)}</p>' if job.takeaway else ""
    figures = f'<dl class="figures">{"".join(rows)}</dl>'
    return f'<article><h3>{heading}</h3><p class="status">{day}</p>{says}{figures}</article>'


def _newest(past: Sequence[PastRun], lang: str) -> str:
    entries = "".join(_entry(run, lang) for run in past)
    return f"<section><h2>{say('newest_runs', lang)}</h2>{entries}</section>" if entries else ""


def _entry(run: PastRun, lang: str) -> str:
    """One run: when, what state, of which day, and the first conclusion of each page."""
    says = [
        f"{link(f'{run.folder}/{job.page}' if job.page else None, safe(job.title))}: {safe(job.takeaway)}"
        for job in run.jobs
        if job.takeaway
    ]
    told = f"<details><summary>{say('takeaways', lang)}</summary>{items(says, 'takeaways')}</details>" if says else ""
    status = f'<p class="status">{" ".join(_chips(run, lang))} · {_day(run, lang)} · {_contents(run, lang)}</p>'
    return f"<article><h3>{_link(run)}</h3>{status}{told}</article>"


def _earlier(past: Sequence[PastRun], lang: str) -> str:
    if not past:
        return ""
    heads = [say("run", lang), say("day", lang), say("reports", lang), say("status", lang)]
    rows = [[_link(run), _day(run, lang), _contents(run, lang), " ".join(_chips(run, lang))] for run in past]
    return f"<section><h2>{say('earlier_runs', lang)}</h2>{table(heads, rows, say('earlier_runs', lang))}</section>"


def _link(run: PastRun) -> str:
    moment = run.started_at[:MOMENT].replace("T", " ")
    return link(
        f"{run.folder}/{FILE_NAME}", f"{safe(moment)} <small>{safe(run.id)}</small>" if moment else safe(run.id)
    )


def _chips(run: PastRun, lang: str) -> list[str]:
    if run.problem:
        return [f'<span class="chip bad">{say("unreadable", lang)}</span>']
    chips = [chip(status, lang, count) for status, count in run.statuses.items()]
    return chips if run.finished else [*chips, f'<span class="chip open">{say("unfinished", lang)}</span>']


def _day(run: PastRun, lang: str) -> str:
    days = [day for day in run.as_of if day]
    if len(run.as_of) > 1 and days:
        return say("days", lang, first=safe(days[0]), last=safe(days[-1]), count=len(run.as_of))
    return safe(days[0]) if days else say("everything", lang)


def _contents(run: PastRun, lang: str) -> str:
    """The notebooks by name where they are few, else how many jobs."""
    count = sum(run.statuses.values())
    if run.problem:
        return ""
    few = len(run.notebooks) <= 2 and count <= 2
    return safe(", ".join(run.notebooks)) if few else say("jobs", lang, count=count)
