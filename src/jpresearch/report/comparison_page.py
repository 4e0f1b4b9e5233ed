"""The page that compares two runs: one file in the style of the index; every text from a record is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jpresearch.record import Job, Metric, Run, write_atomically
from jpresearch.report.comparison import Comparison, JobChange, Setting
from jpresearch.report.frame import as_of, chip, chips, document, items, lang_of, link, moment, safe, table
from jpresearch.report.metric_change import MetricChange, interval_text
from jpresearch.report.words import say


def write_comparison(found: Comparison, file: Path, before_at: str = "", after_at: str = "") -> Path:
    """Write the page to ``file``; ``before_at`` and ``after_at`` are the runs' folders as seen from there."""
    write_atomically(file, render(found, before_at, after_at))
    return file


def render(found: Comparison, before_at: str = "", after_at: str = "") -> str:
    """The comparison as HTML.

    Parameters
    ----------
    found : the two runs and what differs.
    before_at, after_at : relative paths of the runs' folders, for links to their pages.
    """
    lang = lang_of(found.after)
    changed = [job for job in found.jobs if not job.same]
    parts = [
        _runs(found, before_at, after_at, lang),
        _overview(changed, lang) if found.jobs else "",
        _environment(found.environment, lang),
        *(_job(job, number, before_at, after_at, lang) for number, job in enumerate(changed, start=1)),
        _unchanged([job.after for job in found.jobs if job.same], after_at, lang),
        _only(found.only_before, found.before, before_at, lang),
        _only(found.only_after, found.after, after_at, lang),
    ]
    before, after = _names(found)
    title = say("changes", lang, before=before, after=after)
    body = "\n".join(part for part in parts if part)
    if found.same:
        body += f"<p>{say('nothing', lang)}</p>"
    return document(lang=lang, title=title, head="", body=body, foot="<p>jpresearch</p>")


def _names(found: Comparison) -> tuple[str, str]:
    """The runs by the day they speak of; where that is one day, by the moment they started or else by their ids."""
    before, after = found.before, found.after
    for name in (_day, lambda run: f"{run.started_at:%Y-%m-%d %H:%M}"):
        if name(before) != name(after):
            return name(before), name(after)
    return before.id, after.id


def _day(run: Run) -> str:
    """The newest day that a run's reports were given, else the day it started."""
    return max((as_of(job) for job in run.jobs), default="") or f"{run.started_at:%Y-%m-%d}"


def _runs(found: Comparison, before_at: str, after_at: str, lang: str) -> str:
    rows = [
        _run_row(say("before", lang), found.before, before_at, lang),
        _run_row(say("after", lang), found.after, after_at, lang),
    ]
    heads = [say("run", lang), "ID", say("day", lang), say("status", lang)]
    return table(heads, rows, say("two_runs", lang))


def _run_row(name: str, run: Run, at: str, lang: str) -> list[str]:
    days = sorted({as_of(job) for job in run.jobs})
    told = " – ".join(safe(day) for day in dict.fromkeys([days[0], days[-1]]) if day) if days else ""
    place = link(f"{at}/index.html" if at else None, safe(run.id))
    started = f"<small>{moment(run)}</small>"
    return [name, f"{place}{started}", told or say("everything", lang), chips(run, lang)]


def _overview(changed: Sequence[JobChange], lang: str) -> str:
    """What changed, a line per report."""
    if not changed:
        return ""
    heads = [say("report", lang), say("metrics_moved", lang), say("tables_changed", lang), say("code_parts", lang)]
    rows = [
        [
            f'<a href="#report-{number}">{safe(job.after.title)}</a>{_parameters(job)}',
            f"{len(job.moved)} / {len(job.metrics)}",
            f"{len(job.tables)}",
            f"{len(job.code)}" if job.code is not None else "–",
        ]
        for number, job in enumerate(changed, start=1)
    ]
    return f"<section><h2>{say('overview', lang)}</h2>{table(heads, rows, say('overview', lang), numbers=1)}</section>"


def _parameters(job: JobChange) -> str:
    """The job's name where it says more than the notebook's (one notebook at many days)."""
    return f" <small>{safe(job.name)}</small>" if job.name != job.after.notebook else ""


def _environment(found: Sequence[Setting], lang: str) -> str:
    if not found:
        return ""
    return f"<section><h2>{say('environment', lang)}</h2>{_settings(found, lang)}</section>"


def _settings(found: Sequence[Setting], lang: str) -> str:
    none = say("none", lang)
    rows = [[safe(s.name), safe(s.before or none), safe(s.after or none)] for s in found]
    heads = [say("setting_name", lang), say("before", lang), say("after", lang)]
    return table(heads, rows, say("environment", lang))


def _job(job: JobChange, number: int, before_at: str, after_at: str, lang: str) -> str:
    """One report: status, parameters, data, code, metrics, takeaways."""
    parts = [
        f"<h2>{safe(job.after.title)}{_parameters(job)}</h2>",
        _states(job, before_at, after_at, lang),
        _part("behind", _list_of(job.data_sentences(lang)), lang),
        _part("code", _list_of([*job.parameter_sentences(lang), *job.code_sentences(lang)]), lang),
        _part("moved", _metrics(job, lang), lang),
        _part("takeaways", _takeaways(job, lang), lang),
    ]
    return f'<section id="report-{number}">{"".join(parts)}</section>'


def _list_of(sentences: Sequence[str]) -> str:
    return items([safe(sentence) for sentence in sentences], "plain")


def _part(title: str, content: str, lang: str) -> str:
    return f"<h3>{say(title, lang)}</h3>{content}" if content else ""


def _states(job: JobChange, before_at: str, after_at: str, lang: str) -> str:
    """Both states, and links to both pages."""
    sides = (("report_before", job.before, before_at), ("report_after", job.after, after_at))
    links = [_page(each, at, say(name, lang)) for name, each, at in sides if each.page and at]
    states = chip(job.after.status.value, lang)
    if job.before.status is not job.after.status:
        states = f"{chip(job.before.status.value, lang)} → {states}"
    return f'<p class="status">{" · ".join([states, *links])}</p>'


def _page(job: Job, at: str, text: str) -> str:
    return link(f"{at}/{job.page}" if job.page and at else None, text)


def _metrics(job: JobChange, lang: str) -> str:
    """The metrics that moved, largest first, then those of which only the interval did."""
    listed = [*job.moved, *job.only_intervals]
    rest = len(job.metrics) - len(listed)
    note = f'<p class="status">{say("unmoved", lang, count=rest)}</p>' if rest else ""
    if not listed:
        return note
    keys = ("metric", "before", "after", "change", "relative", "intervals")
    rows = [_metric(metric, lang) for metric in listed]
    label = f"{say('moved', lang)}: {job.name}"
    return table([say(key, lang) for key in keys], rows, label, numbers=1) + note


def _metric(change: MetricChange, lang: str) -> list[str]:
    unit = f"<small>{safe(change.unit_text)}</small>" if change.unit_text else ""
    overlap = "" if change.overlap is None else say("overlap" if change.overlap else "apart", lang)
    moved = safe(change.change_text) if change.moved else say("only_interval", lang)
    return [
        f"{safe(change.label)}{unit}",
        _value(change.before_text, change.before, lang),
        _value(change.after_text, change.after, lang),
        moved,
        safe(change.relative_text),
        overlap,
    ]


def _value(text: str, metric: Metric | None, lang: str) -> str:
    interval = interval_text(metric, lang)
    return safe(text) + (f'<small class="interval">{safe(interval)}</small>' if interval else "")


def _takeaways(job: JobChange, lang: str) -> str:
    """What each run concluded, side by side where they differ."""
    if not (job.before.conclusions or job.after.conclusions):
        return ""
    if not job.takeaways_changed:
        told = items([safe(text) for text in job.after.conclusions], "takeaways")
        return f"<details><summary>{say('takeaways_same', lang)}</summary>{told}</details>"
    sides = ((say("before", lang), job.before), (say("after", lang), job.after))
    return f'<div class="sides">{"".join(_side(title, each, lang) for title, each in sides)}</div>'


def _side(title: str, job: Job, lang: str) -> str:
    told = items([safe(text) for text in job.conclusions], "takeaways") or f"<p>{say('no_takeaway', lang)}</p>"
    return f"<div><h4>{title}</h4>{told}</div>"


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
    return items([_page(job, at, safe(job.title)) + name for job, name in zip(jobs, named, strict=True)], "plain")
