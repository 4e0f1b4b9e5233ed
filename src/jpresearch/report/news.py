"""What changed since the last run, in three sentences: answers, the largest move, the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jpresearch.record import Job
from jpresearch.report.answer_change import Turn, turn
from jpresearch.report.comparison import JobChange
from jpresearch.report.metric_change import MetricChange
from jpresearch.report.siblings import short_name
from jpresearch.report.table_change import Kind
from jpresearch.report.words import say

NAMED: Final = 4


def sentences(changes: Sequence[JobChange], lang: str = "en") -> list[str]:
    """The three sentences as plain text; none where no report has an earlier run to be compared with."""
    return [answers(changes, lang), largest(changes, lang), data(changes, lang)] if changes else []


def turned(changes: Sequence[JobChange]) -> list[JobChange]:
    """The reports whose answer changed in more than its figures."""
    return [each for each in changes if turn(each.before.answer, each.after.answer) is Turn.WORDS]


def verdicts(change: JobChange) -> list[MetricChange]:
    """The verdicts that a report states in words and that are others than before."""
    return [metric for metric in change.moved if metric.verdict and metric.before and metric.after]


def late(jobs: Sequence[Job]) -> list[str]:
    """The tables that are late as a whole or in some series, by name."""
    found = (read.table for job in jobs for read in job.tables if read.stale or read.late_series)
    return list(dict.fromkeys(found))


def answers(changes: Sequence[JobChange], lang: str = "en") -> str:
    """Which answers and verdicts changed."""
    names = [short_name(each.after.notebook) for each in turned(changes)]
    in_figures = sum(turn(each.before.answer, each.after.answer) is Turn.FIGURES for each in changes)
    if names:
        told = say("news_answers", lang, count=len(names), all=len(changes), names=_few(names, lang))
    else:
        told = say("news_no_answer", lang)
    told += say("news_figures", lang, count=in_figures) if in_figures else ""
    for metric in [metric for each in changes for metric in verdicts(each)][:NAMED]:
        told += say("news_verdict", lang, name=metric.label, before=metric.before_text, after=metric.after_text)
    return told + say("stop", lang)


def largest(changes: Sequence[JobChange], lang: str = "en") -> str:
    """The metric that moved most in widths of its interval, where any moved by more than little."""
    moves = [(metric.widths, each, metric) for each in changes for metric in each.moved if metric.widths is not None]
    if all(metric.little for _, _, metric in moves):
        return say("news_little" if moves else "news_no_move", lang)
    _, change, metric = max(moves, key=lambda move: move[0] or 0.0)
    return say(
        "news_move",
        lang,
        report=short_name(change.after.notebook),
        name=metric.label,
        before=metric.before_text,
        after=metric.after_text,
        unit=f" {metric.unit_text}" if metric.unit_text else "",
        widths=metric.widths_text,
    )


def data(changes: Sequence[JobChange], lang: str = "en") -> str:
    """The tables with new or corrected rows, and how many have become late."""
    read = {each.table: each for change in changes for each in change.tables}
    fresh = [name for name, each in read.items() if each.kind in (Kind.MORE, Kind.CORRECTED, Kind.OTHER)]
    newest = max((read[name].newest_period or "" for name in fresh), default="")
    told = say("news_no_data", lang)
    if fresh:
        to = say("to_day", lang, day=newest) if newest else ""
        key = "news_data_one" if len(fresh) == 1 else "news_data"
        told = say(key, lang, count=len(fresh), to=to, names=_few([name.replace("_", " ") for name in fresh], lang))
    before = late([each.before for each in changes])
    behind = sum(name not in before for name in late([each.after for each in changes]))
    told += say("news_late_one" if behind == 1 else "news_late", lang, count=behind) if behind else ""
    return told + say("stop", lang)


def _few(names: Sequence[str], lang: str) -> str:
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else say("and_more", lang, shown=shown, count=len(names) - NAMED)
