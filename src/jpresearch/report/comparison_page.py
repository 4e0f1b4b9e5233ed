"""The page that compares two runs: one file in the style of the index; every text from a record is escaped."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jpresearch.files import write_atomically
from jpresearch.record import Job, Run
from jpresearch.report import history
from jpresearch.report.comparison import Comparison, JobChange, Setting, compare
from jpresearch.report.frame import as_of, cards, chips, document, items, lang_of, link, moment, page_link, safe
from jpresearch.report.words import say

if TYPE_CHECKING:
    from jpresearch.report.lead_figures import Sides

# What compares a run with the one before it, in its folder.
FILE_NAME: Final = "comparison.html"


def write_against_previous(run: Run, folder: Path) -> Path | None:
    """Write the comparison of ``run`` in ``folder`` with the run before it; ``None`` where there is none to read."""
    earlier = history.run_before(run, folder)
    if earlier is None:
        return None
    place, before = earlier
    return write_comparison(compare(before, run), folder / FILE_NAME, place, folder)


def write_comparison(found: Comparison, file: Path, before: Path | None = None, after: Path | None = None) -> Path:
    """Write the page to ``file``; ``before`` and ``after`` are the folders of the two runs."""
    here = file.resolve().parent
    figures = _lead_figures(found, before, after)
    write_atomically(file, render(found, relative(here, before), relative(here, after), figures))
    return file


def relative(here: Path, folder: Path | None) -> str:
    """A folder as a relative link from ``here``; empty where there is none, or no way (another drive)."""
    try:
        return "" if folder is None else Path(os.path.relpath(folder.resolve(), here)).as_posix()
    except ValueError:
        return ""


def render(
    found: Comparison, before_at: str = "", after_at: str = "", figures: Mapping[str, Sides] | None = None
) -> str:
    """The comparison as HTML.

    Parameters
    ----------
    found : the two runs and what differs.
    before_at, after_at : relative paths of the runs' folders, for links to their pages.
    figures : the lead figures of both runs by the name of the job.
    """
    lang = lang_of(found.after)
    parts = [
        _changed(found.changed, before_at, after_at, figures or {}, lang),
        _environment(found.environment, lang),
        _unchanged([job.after for job in found.unchanged], after_at, lang),
        _only(found.only_before, found.before, before_at, lang),
        _only(found.only_after, found.after, after_at, lang),
        _runs(found, before_at, after_at, lang),
    ]
    before, after = _names(found)
    title = say("changes", lang, before=before, after=after)
    body = "\n".join(part for part in parts if part)
    if found.same:
        body = f"<p>{say('nothing', lang)}</p>{body}"
    head = f"<nav>{link(f'{after_at}/index.html' if after_at else None, say('reports_after', lang))}</nav>"
    return document(lang=lang, title=title, head=head, body=body, foot="<p>jpresearch</p>")


def _lead_figures(found: Comparison, before: Path | None, after: Path | None) -> Mapping[str, Sides]:
    if not found.changed:
        return {}
    from jpresearch.report.lead_figures import lead_figures

    return lead_figures(found, before, after)


def _changed(
    changed: Sequence[JobChange], before_at: str, after_at: str, figures: Mapping[str, Sides], lang: str
) -> str:
    """What is told of the reports that changed. An answer from earlier results has none, and does not load it."""
    if not changed:
        return ""
    from jpresearch.report import changed_reports

    return changed_reports.html(changed, before_at, after_at, figures, lang)


def _names(found: Comparison) -> tuple[str, str]:
    """The runs by the day they speak of; where that is one day, by the moment they started or else by their ids."""
    before, after = found.before, found.after
    for name in (_day, lambda run: f"{run.started_at:%Y-%m-%d %H:%M}"):
        if name(before) != name(after):
            return name(before), name(after)
    return before.id, after.id


def _day(run: Run) -> str:
    """The newest day that a run's reports were given, else the day of the run."""
    return max((as_of(job) for job in run.jobs), default="") or f"{run.day:%Y-%m-%d}"


def _runs(found: Comparison, before_at: str, after_at: str, lang: str) -> str:
    rows = [
        _run_row(say("before", lang), found.before, before_at, lang),
        _run_row(say("after", lang), found.after, after_at, lang),
    ]
    heads = [say("run", lang), "ID", say("day", lang), say("status", lang)]
    head = say("two_runs", lang)
    return f"<section><h2>{head}</h2>{cards(heads, rows, head, 'plain')}</section>"


def _run_row(name: str, run: Run, at: str, lang: str) -> list[str]:
    days = sorted({as_of(job) for job in run.jobs})
    told = " – ".join(safe(day) for day in dict.fromkeys([days[0], days[-1]]) if day) if days else ""
    place = link(f"{at}/index.html" if at else None, safe(run.id))
    started = f"<small>{moment(run)}</small>"
    return [name, f"{place}{started}", told or say("everything", lang), chips(run, lang)]


def _environment(found: Sequence[Setting], lang: str) -> str:
    if not found:
        return ""
    return f"<section><h2>{say('environment', lang)}</h2>{_settings(found, lang)}</section>"


def _settings(found: Sequence[Setting], lang: str) -> str:
    none = say("none", lang)
    rows = [[safe(s.name), safe(s.before or none), safe(s.after or none)] for s in found]
    heads = [say("setting_name", lang), say("before", lang), say("after", lang)]
    return cards(heads, rows, say("environment", lang), "plain")


def _unchanged(jobs: Sequence[Job], at: str, lang: str) -> str:
    if not jobs:
        return ""
    return f"<section><h2>{say('nothing_here', lang)}</h2>{_list(jobs, at)}</section>"


def _only(jobs: Sequence[Job], run: Run, at: str, lang: str) -> str:
    if not jobs:
        return ""
    return f"<section><h2>{say('only_in', lang, run=safe(run.id))}</h2>{_list(jobs, at)}</section>"


def _list(jobs: Sequence[Job], at: str) -> str:
    named = [f" <small>{safe(job.name)}</small>" if job.name != job.notebook else "" for job in jobs]
    return items([page_link(job, at, safe(job.title)) + name for job, name in zip(jobs, named, strict=True)], "plain")
