"""The index of one run: the first screen over its reports, a batch as tables, and how each report ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from jpresearch.files import write_atomically
from jpresearch.record import Job, Metric, Run, Status
from jpresearch.report import history, metrics_file
from jpresearch.report.comparison_page import FILE_NAME as COMPARISON
from jpresearch.report.frame import as_of, cards, chip, chips, document, lang_of, link, moment, safe
from jpresearch.report.front import Row, first_screen, late_phrase
from jpresearch.report.history import day_of, key_metrics, past_runs, points, series_of, sum_up, summed_up
from jpresearch.report.metric_change import interval_text, label
from jpresearch.report.notices import NAMED_SERIES, failure_sentence
from jpresearch.report.past_run import PastRun
from jpresearch.report.printed_numbers import decimals, plain, text
from jpresearch.report.sparkline import sparkline
from jpresearch.report.words import say

FILE_NAME: Final = "index.html"
KEY_METRICS: Final = 4


def write_index(run: Run, folder: Path) -> Path:
    """Write ``index.html`` over the pages of ``run`` in ``folder`` and return its path."""
    file = folder / FILE_NAME
    past = past_runs(folder.parent)
    before = history.run_before(run, folder, past)
    compared = COMPARISON if (folder / COMPARISON).is_file() else ""
    write_atomically(file, render(run, past, before[1] if before else None, compared))
    return file


def render(run: Run, past: Sequence[PastRun] = (), earlier: Run | None = None, compared: str = "") -> str:
    """The index as HTML; everything that a notebook or a caller supplied is escaped.

    Parameters
    ----------
    run : the run, finished or not.
    past : earlier runs, newest first, for the lines of the key figures.
    earlier : the run that this one is compared with, if there is one.
    compared : the file that compares the two, beside the index; empty where there is none.
    """
    lang = lang_of(run)
    grouped = _grouped(run.jobs)
    rows = _rows([jobs[0] for jobs in grouped if len(jobs) == 1], run, earlier)
    since = history.since(*(summed_up(each, each.id, past) for each in (earlier, run))) if earlier else ""
    parts = [
        first_screen(rows, past, lang, since, compared),
        *(_batch(jobs, run, lang) for jobs in grouped if len(jobs) > 1),
        _details([row.job for row in rows], lang),
    ]
    head = f"<nav>{_links(run, lang)}</nav>{late_phrase(rows, lang)}"
    foot = f"<p>{say('run', lang)} {safe(run.id)} · {moment(run)} · {chips(run, lang)}</p>"
    foot += f'<p>{say("record", lang)} <a href="record.json">record.json</a></p>'
    body = "\n".join(part for part in parts if part)
    return document(lang=lang, title=title_of(run, lang), head=head, body=body, foot=foot, slim=True)


def _rows(jobs: Sequence[Job], run: Run, earlier: Run | None) -> list[Row]:
    """A row per report in reading order, each with its job in the run before where that asked the same."""
    known = {series_of(job): job for job in earlier.jobs} if earlier else {}
    ordered = sorted(jobs, key=lambda job: job.notebook)
    return [Row(job, run, previous=known.get(series_of(job))) for job in ordered]


def _links(run: Run, lang: str) -> str:
    runs = f'<a href="../{FILE_NAME}">{say("all_runs", lang)}</a>'
    if not any(job.metrics for job in run.jobs):
        return runs
    return f'{runs} <a href="{metrics_file.FILE_NAME}">{say("metrics_file", lang)}</a>'


def title_of(run: Run, lang: str) -> str:
    """What the run speaks of: one day, several, or everything published by its start."""
    days = sorted({as_of(job) for job in run.jobs})
    if len(days) > 1:
        known = [day for day in days if day] or days
        return say("run_title_days", lang, count=len(days), first=known[0], last=known[-1])
    if days and days[0]:
        return say("run_title", lang, day=days[0])
    return say("run_title_open", lang, day=f"{run.started_at:%Y-%m-%d}")


def _grouped(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs of each notebook, in the order of the run."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.notebook, []).append(job)
    return list(found.values())


def _details(jobs: Sequence[Job], lang: str) -> str:
    """How each report ran, folded: status, seconds, workbook, what is stale."""
    if not jobs:
        return ""
    heads = [say(key, lang) for key in ("report", "status", "seconds_head", "file_head", "stale_head")]
    rows = [
        [
            link(job.page, safe(job.title)),
            chip(job.status.value, lang),
            _seconds(job),
            link(job.workbook, say("workbook", lang)) if job.workbook else "–",
            safe("; ".join(_stale(job, lang)) or "–"),
        ]
        for job in jobs
    ]
    head = say("details", lang)
    return f"<details><summary>{head}</summary>{cards(heads, rows, head, 'plain')}</details>"


def _seconds(job: Job) -> str:
    if not (job.started_at and job.ended_at) or job.status is Status.REUSED:
        return "–"
    return f"{(job.ended_at - job.started_at).total_seconds():.0f}"


def _troubles(job: Job, lang: str) -> list[str]:
    """Why there is no result, in a sentence."""
    if job.status.bad:
        return [failure_sentence(job, lang)]
    return [job.why] if job.status is Status.SKIPPED else []


def _stale(job: Job, lang: str) -> list[str]:
    """The tables and series older than usual."""
    found = [
        say("stale_table", lang, table=read.table, day=read.newest_period, age=read.age_days, usual=read.allowance_days)
        for read in job.tables
        if read.stale
    ]
    found += [
        say(
            "stale_table",
            lang,
            table=f"{read.table} {late.series}",
            day=late.newest_period,
            age=late.age_days,
            usual=late.allowance_days,
        )
        for read in job.tables
        if not read.stale
        for late in read.late_series[:NAMED_SERIES]
    ]
    return list(dict.fromkeys(found))


def _figures(job: Job, run: Run, past: Sequence[PastRun], lang: str) -> str:
    """The first figures that the page published, each with its value and its line over the past runs."""
    day = day_of(job, run)
    rows = []
    for metric in _key_metrics(job):
        known = points(past, series_of(job), metric.name, day) | {day: float(metric.value)}
        rows.append(_figure(metric, known, lang))
    return f'<dl class="figures">{"".join(rows)}</dl>' if rows else ""


def _figure(metric: Metric, known: Mapping[str, float], lang: str) -> str:
    unit = metric.unit or ""
    interval = interval_text(metric, lang)
    told = f' <span class="interval">{safe(interval)}</span>' if interval else ""
    line = sparkline(label(metric), known, unit, lang)
    value = f"<strong>{safe(plain(metric.value))}</strong> {safe(unit)}{told}"
    return f"<div><dt>{safe(label(metric))}</dt><dd>{value}</dd><dd>{line}</dd></div>"


def _key_metrics(job: Job) -> list[Metric]:
    return key_metrics(job)[:KEY_METRICS]


def _batch(jobs: list[Job], run: Run, lang: str) -> str:
    """The jobs of one notebook as a table, newest day first, under what its newest page says and its figures' lines."""
    jobs = sorted(jobs, key=lambda job: day_of(job, run), reverse=True)
    newest = max(
        (job for job in jobs if job.metrics or job.conclusions), key=lambda job: day_of(job, run), default=None
    )
    title = safe(jobs[0].title)
    top = ""
    if newest is not None:
        says = safe(newest.conclusions[0]) if newest.conclusions else ""
        day = say("newest_says", lang, day=safe(day_of(newest, run)))
        top = f'<p class="newest">{day} {says}</p>' if says else ""
        top += _figures(newest, run, [sum_up(run, run.id, detailed=True)], lang)
    return f"<section><h2>{title}</h2>{top}{_job_table(jobs, newest, lang)}</section>"


def _job_table(jobs: list[Job], newest: Job | None, lang: str) -> str:
    varied = metrics_file.varied(jobs)
    metrics = _key_metrics(newest) if newest else []
    heads = [say("day", lang), *varied, say("status", lang)]
    units = [f"{label(metric)}, {metric.unit}" if metric.unit else label(metric) for metric in metrics]
    columns = [_column(jobs, metric.name, lang) for metric in metrics]
    rows = [_job_row(job, varied, [column[place] for column in columns], lang) for place, job in enumerate(jobs)]
    return cards([*heads, *units], rows, say("over_days", lang, title=jobs[0].title), "plain")


def _column(jobs: list[Job], name: str, lang: str) -> list[str]:
    """A metric of every job as HTML with its interval, all with the same decimals."""
    found = [next((metric for metric in job.metrics if metric.name == name), None) for job in jobs]
    shown = [value for metric in found if metric for value in (metric.value, metric.low, metric.high)]
    places = max((decimals(value) for value in shown), default=0)
    return [_cell(metric, places, lang) for metric in found]


def _cell(metric: Metric | None, places: int, lang: str) -> str:
    shown = safe(text(metric.value if metric else None, places))
    if metric is None or metric.low is None or metric.high is None:
        return shown
    low, high = text(metric.low, places), text(metric.high, places)
    return f"{shown} <small>{safe(say('to', lang, low=low, high=high))}</small>"


def _job_row(job: Job, varied: list[str], figures: list[str], lang: str) -> list[str]:
    day = as_of(job) or say("everything", lang)
    trouble = "".join(f'<p class="notice">{safe(words)}</p>' for words in _troubles(job, lang))
    others = [safe(job.parameters.get(name)) for name in varied]
    status = f"{chip(job.status.value, lang)}{trouble}"
    return [link(job.page, f'<span class="day">{safe(day)}</span>'), *others, status, *figures]
