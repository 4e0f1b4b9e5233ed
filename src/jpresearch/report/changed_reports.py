"""The reports that changed, on the page that compares two runs: answers, metrics, figures, what lies behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from jpresearch.record import Job
from jpresearch.report import news
from jpresearch.report.answer_change import Turn, marked, turn
from jpresearch.report.comparison import JobChange
from jpresearch.report.frame import cards, chip, items, page_link, safe
from jpresearch.report.lead_figures import Picture, Sides
from jpresearch.report.metric_change import MetricChange
from jpresearch.report.siblings import short_name
from jpresearch.report.words import say

SHOWN_METRICS: Final = 40
# Rows that all reports together show of their metrics, and one report at least.
ALL_METRICS: Final = 3000
FEWEST_METRICS: Final = 5


def html(changed: Sequence[JobChange], before_at: str, after_at: str, figures: Mapping[str, Sides], lang: str) -> str:
    """What is told of these reports; ``figures`` are their lead figures in both runs, by the name of the job."""
    parts = [
        _turned(changed, after_at, lang),
        _largest(changed, lang),
        _figures(changed, figures, lang),
        _reports(changed, before_at, after_at, lang),
    ]
    return "\n".join(part for part in parts if part)


def _turned(changed: Sequence[JobChange], at: str, lang: str) -> str:
    """The answers that changed in words, and the verdicts that are others than before."""
    shown = [part for job in changed if (part := _turn(job, at, lang))]
    in_figures = [job for job in changed if turn(job.before.answer, job.after.answer) is Turn.FIGURES]
    told = "".join(shown) or f"<p>{say('none_turned', lang)}</p>"
    if in_figures:
        names = ", ".join(safe(short_name(job.after.notebook)) for job in in_figures)
        told += f'<p class="status">{say("only_figures", lang, names=names)}</p>'
    return f"<section><h2>{say('turned', lang)}</h2>{told}</section>" if changed else ""


def _turn(job: JobChange, at: str, lang: str) -> str:
    """One report whose answer or verdict turned; empty where none did."""
    before, after = job.before.answer or "", job.after.answer or ""
    sides = _both(*(marked(before, after)), lang) if turn(before, after) is Turn.WORDS else ""
    lines = [_verdict(metric, say("verdict", lang), lang) for metric in news.verdicts(job)]
    for metric in job.metrics:
        if metric.significance is not None:
            lines.append(_verdict(metric, say("significant" if metric.significance else "insignificant", lang), lang))
    if not (sides or lines):
        return ""
    head = f"<h3>{page_link(job.after, at, safe(job.after.title))}{_parameters(job)}</h3>"
    return f"<article>{head}{sides}{items(lines)}</article>"


def _both(before: str, after: str, lang: str) -> str:
    none = say("none", lang)
    sides = ((say("before", lang), before or none), (say("after", lang), after or none))
    return f'<div class="sides">{"".join(f"<div><h4>{name}</h4><p>{text}</p></div>" for name, text in sides)}</div>'


def _verdict(metric: MetricChange, words: str, lang: str) -> str:
    ends = [metric.interval(side, lang) for side in (metric.before, metric.after)]
    texts = (metric.before_text, metric.after_text)
    before, after = (
        f"{safe(text)} ({safe(end)})" if end else safe(text) for text, end in zip(texts, ends, strict=True)
    )
    return f"{safe(metric.label)}, {words}: {before} → {after} {safe(metric.unit_text)}"


def _largest(changed: Sequence[JobChange], lang: str) -> str:
    """The metrics that moved most in widths of their interval, over all reports."""
    every = [(job, metric) for job in changed for metric in job.moved if metric.widths is not None]
    moves = sorted((each for each in every if not each[1].little), key=lambda move: move[1].widths or 0.0, reverse=True)
    if not moves:
        told = f"<h2>{say('by_widths', lang)}</h2><p>{say('news_little', lang)}</p>"
        return f"<section>{told}</section>" if every else ""
    rows = [[*_metric(metric, lang), safe(job.after.title) + _parameters(job)] for job, metric in moves[:SHOWN_METRICS]]
    keys = ("metric", "before", "after", "change", "in_widths", "intervals", "report")
    head = say("by_widths", lang)
    note = say("widths_note", lang)
    if len(every) > min(len(moves), SHOWN_METRICS):
        note += say("more_below", lang, count=len(every) - min(len(moves), SHOWN_METRICS))
    table = cards([say(key, lang) for key in keys], rows, head, "moves")
    return f'<section><h2>{head}</h2><p class="status">{note}</p>{table}</section>'


def _figures(changed: Sequence[JobChange], figures: Mapping[str, Sides], lang: str) -> str:
    """The lead figures before and after, side by side."""
    shown = [_pair(job, figures[job.name], lang) for job in changed if job.name in figures]
    return f"<section><h2>{say('lead_figures', lang)}</h2>{''.join(shown)}</section>" if shown else ""


def _pair(job: JobChange, sides: Sides, lang: str) -> str:
    pictures = _picture("before", sides.before, lang) + _picture("after", sides.after, lang)
    return f'<article><h3>{safe(job.after.title)}{_parameters(job)}</h3><div class="sides">{pictures}</div></article>'


def _picture(side: str, picture: Picture | None, lang: str) -> str:
    head = f"<h4>{say(side, lang)}</h4>"
    if picture is None:
        return f'<div>{head}<p class="status">{say("no_figure", lang)}</p></div>'
    source, alt = escape(picture.address, quote=True), escape(picture.alt, quote=True)
    return f'<figure>{head}<img src="{source}" alt="{alt}"></figure>'


def _parameters(job: JobChange) -> str:
    """The job's name where it says more than the notebook's (one notebook at many days)."""
    return f" <small>{safe(job.name)}</small>" if job.name != job.after.notebook else ""


def _reports(changed: Sequence[JobChange], before_at: str, after_at: str, lang: str) -> str:
    if not changed:
        return ""
    most = max(ALL_METRICS // len(changed), FEWEST_METRICS)
    told = "".join(_job(job, number, before_at, after_at, most, lang) for number, job in enumerate(changed, start=1))
    return f"<section><h2>{say('report_by_report', lang)}</h2>{told}</section>"


def _job(job: JobChange, number: int, before_at: str, after_at: str, most: int, lang: str) -> str:
    """One report, folded: status, parameters, data, code, at most so many metrics, conclusions."""
    parts = [
        _states(job, before_at, after_at, lang),
        _part("behind", _list_of(job.data_sentences(lang)), lang),
        _part("code", _list_of([*job.parameter_sentences(lang), *job.code_sentences(lang)]), lang),
        _part("moved", _metrics(job, most, lang), lang),
        _part("takeaways", _takeaways(job, lang), lang),
    ]
    counts = say("moved_of", lang, moved=len(job.moved), all=len(job.metrics), tables=len(job.tables))
    head = f"<summary><strong>{safe(job.after.title)}</strong>{_parameters(job)} {counts}</summary>"
    return f'<details id="report-{number}">{head}{"".join(parts)}</details>'


def _list_of(sentences: Sequence[str]) -> str:
    return items([safe(sentence) for sentence in sentences], "plain")


def _part(title: str, content: str, lang: str) -> str:
    return f"<h3>{say(title, lang)}</h3>{content}" if content else ""


def _states(job: JobChange, before_at: str, after_at: str, lang: str) -> str:
    """Both states, and links to both pages."""
    sides = (("report_before", job.before, before_at), ("report_after", job.after, after_at))
    links = [page_link(each, at, say(name, lang)) for name, each, at in sides if each.page and at]
    states = chip(job.after.status.value, lang)
    if job.before.status is not job.after.status:
        states = f"{chip(job.before.status.value, lang)} → {states}"
    return f'<p class="status">{" · ".join([states, *links])}</p>'


def _metrics(job: JobChange, most: int, lang: str) -> str:
    """The metrics that moved, largest first, then those of which only the interval did; past so many their number."""
    listed = [*job.moved, *job.only_intervals]
    rest, cut = len(job.metrics) - len(listed), max(len(listed) - most, 0)
    note = f'<p class="status">{say("unmoved", lang, count=rest)}</p>' if rest else ""
    note += f'<p class="status">{say("metrics_cut", lang, count=cut)}</p>' if cut else ""
    if not listed:
        return note
    keys = ("metric", "before", "after", "change", "in_widths", "intervals")
    rows = [_metric(metric, lang) for metric in listed[:most]]
    label = f"{say('moved', lang)}: {job.name}"
    return cards([say(key, lang) for key in keys], rows, label, "moves") + note


def _metric(change: MetricChange, lang: str) -> list[str]:
    unit = f"<small>{safe(change.unit_text)}</small>" if change.unit_text else ""
    overlap = "–" if change.overlap is None else say("overlap" if change.overlap else "apart", lang)
    moved = safe(change.change_text or "–") if change.moved else say("only_interval", lang)
    relative = f"<small>{safe(change.relative_text)}</small>" if change.relative_text else ""
    return [
        f"{safe(change.label)}{unit}",
        _value(change.before_text, change.interval(change.before, lang)),
        _value(change.after_text, change.interval(change.after, lang)),
        f"{moved}{relative}",
        safe(change.widths_text or "–"),
        overlap,
    ]


def _value(text: str, interval: str) -> str:
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
