"""Every answer so far, a fold per report: for readers who search, and for what the first screen no longer shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from jpresearch.report.frame import items, link, safe
from jpresearch.report.past_run import PastJob, PastRun
from jpresearch.report.words import say

# Characters of HTML that the answers may take in all; older ones are then left out and counted.
BUDGET: Final = 1_800_000


class Entry(NamedTuple):
    """An answer with its findings, as the newest run that gave it in these words has it."""

    run: PastRun
    job: PastJob


def archive(past: Sequence[PastRun], lang: str, budget: int = BUDGET) -> str:
    """The answers of each notebook, newest first; the same words twice in a row stand once.

    ``past`` is newest first. Where all would be longer than ``budget`` characters, the oldest are left out and counted.
    """
    kept: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    left_out = 0
    for entry in _entries(past):
        html = _entry(entry)
        budget -= len(html)
        left_out += budget < 0
        titles.setdefault(entry.job.notebook, entry.job.title)
        if budget >= 0:
            kept.setdefault(entry.job.notebook, []).append(html)
    if not kept:
        return ""
    folds = "".join(_fold(titles[name], kept[name], lang) for name in sorted(kept))
    note = f"<p>{say('archive_cut', lang, count=left_out)}</p>" if left_out else ""
    return f'<section data-find="li.entry"><h2>{say("archive", lang)}</h2>{folds}{note}</section>'


def _entries(past: Sequence[PastRun]) -> list[Entry]:
    found: list[Entry] = []
    said: dict[str, tuple[str, tuple[str, ...]]] = {}
    for run in past:
        for job in run.jobs:
            words = (job.takeaway, tuple(job.findings))
            if job.takeaway and said.get(job.series) != words:
                said[job.series] = words
                found.append(Entry(run, job))
    return found


def _fold(title: str, entries: Sequence[str], lang: str) -> str:
    head = say("archive_entries", lang, title=safe(title), count=len(entries))
    return f'<details><summary>{head}</summary><ul class="entries">{"".join(entries)}</ul></details>'


def _entry(entry: Entry) -> str:
    run, job = entry
    page = link(f"{run.folder}/{job.page}" if job.page else None, f"{safe(job.day)} {safe(job.title)}")
    return f'<li class="entry">{page}<p>{safe(job.takeaway)}</p>{items([safe(text) for text in job.findings])}</li>'
