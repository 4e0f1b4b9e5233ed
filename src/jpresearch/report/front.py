"""The first screen of an index: the view of the first report, what changed since, and a table with a row per report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from jpresearch.record import Finding, Job, Metric, Run, Status
from jpresearch.report import news
from jpresearch.report.comparison import JobChange, changed_job
from jpresearch.report.frame import cards, items, link, safe
from jpresearch.report.history import day_of, finite, key_metrics, points, series_of
from jpresearch.report.lead import LeadMetric, lead_metric
from jpresearch.report.metric_change import MetricChange, label
from jpresearch.report.notices import failure_sentence, stale_sentences
from jpresearch.report.past_run import PastRun
from jpresearch.report.siblings import short_name
from jpresearch.report.sparkline import sparkline
from jpresearch.report.words import say
from jpresearch.say.figures import form_of

VIEW_FINDINGS: Final = 2


@dataclass(frozen=True)
class Row:
    """A report of the table.

    Attributes
    ----------
    job, run : the newest result and the run it belongs to.
    at : the run's folder as a relative path that ends with a slash; empty for the index's own.
    previous : the same report in the run before; ``None`` where there was none.
    notice : what a reader must know of a newer run that did not succeed; empty where there is nothing.
    """

    job: Job
    run: Run
    at: str = ""
    previous: Job | None = None
    notice: str = ""

    @cached_property
    def change(self) -> JobChange | None:
        """What changed since the run before; ``None`` where either did not succeed."""
        if self.previous is None or self.previous.status.bad or self.job.status.bad:
            return None
        return changed_job(self.previous, self.job)

    @property
    def page(self) -> str | None:
        """The page as seen from the index."""
        return f"{self.at}{self.job.page}" if self.job.page else None

    @cached_property
    def key(self) -> Metric | None:
        """The number that stands for the report: the one that its answer prints first, else the first estimate beside
        it, else the first figure.
        """
        return next(iter(key_metrics(self.job)), None)

    @property
    def late(self) -> list[str]:
        """The tables that are late."""
        return news.late([self.job])


def first_screen(rows: Sequence[Row], past: Sequence[PastRun], lang: str, since: str = "", compared: str = "") -> str:
    """The view, what changed, and the table; nothing where there is no row.

    Parameters
    ----------
    rows : the reports in reading order; the first one with an answer is the view where there are several.
    past : earlier runs, for the lines.
    since : day of the run before, for the heading.
    compared : the page that compares the two runs, as a relative path.
    """
    if not rows:
        return ""
    view = rows[0] if len(rows) > 1 and rows[0].job.answer and not rows[0].job.status.bad else None
    top = (_view(view, lang) if view else "") + _news(rows, lang, since, compared)
    return f'<div class="top">{top}</div>{_table(rows, view, past, lang)}'


def late_phrase(rows: Sequence[Row], lang: str) -> str:
    """How many tables are late and to which day the newest goes, with a sentence for each on unfolding."""
    count = len(news.late([row.job for row in rows]))
    if not count:
        return ""
    tables = [read for row in rows for read in row.job.tables]
    newest = max((read.newest_period or "" for read in tables), default="")
    told = list(dict.fromkeys(sentence for row in rows for sentence in stale_sentences(row.job, lang)))
    every = len({read.table for read in tables})
    head = say("late_all", lang, count=count, all=every, day=safe(newest))
    return f'<details class="late"><summary>{head}</summary>{items([safe(each) for each in told])}</details>'


def _view(row: Row, lang: str) -> str:
    """The first report's answer, its numbers, and what its lead figure shows."""
    job = row.job
    told = "".join(f"<p>{safe(finding.text)}</p>" for finding in _findings(job))
    leads = "".join(_lead(metric) for metric in job.metrics if metric.lead and _shown(metric))
    numbers = f'<dl class="leads">{leads}</dl>' if leads else ""
    head = f"<h2>{link(row.page, safe(job.title))}</h2>"
    answer = f'<p class="answer">{safe(job.answer)}</p>'
    return f'<section class="view">{head}{answer}{told}{numbers}</section>'


def _findings(job: Job) -> list[Finding]:
    """What the lead figure shows; where no finding is of it, the lead findings, which the answer often repeats."""
    shown = [finding for finding in job.findings if job.lead_figure and finding.figure == job.lead_figure]
    return (shown or [finding for finding in job.findings if finding.lead])[:VIEW_FINDINGS]


def _lead(metric: Metric) -> str:
    words = lead_metric(metric)
    interval = f" <small>{safe(words.interval)}</small>" if words.interval else ""
    return f"<div><dt>{safe(words.label)}</dt><dd>{_value(words)}{interval}</dd></div>"


def _value(words: LeadMetric) -> str:
    """A value with its unit smaller behind it."""
    unit = f' <small class="unit">{safe(words.unit)}</small>' if words.unit else ""
    return safe(words.number) + unit


def _shown(metric: Metric) -> bool:
    return isinstance(metric.value, str) or all(
        end is None or finite(end) for end in (metric.value, metric.low, metric.high)
    )


def _news(rows: Sequence[Row], lang: str, since: str, compared: str) -> str:
    changes = [row.change for row in rows if row.change is not None]
    told = items([safe(sentence) for sentence in news.sentences(changes, lang)], "news")
    told = told or f"<p>{say('first_run', lang)}</p>"
    more = f"<p>{link(compared, say('compared', lang))}</p>" if compared else ""
    head = say("since_day", lang, day=safe(since)) if since else say("since_run", lang)
    return f"<section><h2>{head}</h2>{told}{more}</section>"


def _table(rows: Sequence[Row], view: Row | None, past: Sequence[PastRun], lang: str) -> str:
    keys = ("question", "answer", "key_number", "course", "change", "newest")
    heads = [say(key, lang) for key in keys]
    calm = common_lateness(rows)
    cells = [_cells(row, row is view, past, lang, calm) for row in rows]
    return f'<section data-find="tbody tr">{cards(heads, cells, say("reports", lang), "front")}</section>'


def common_lateness(rows: Sequence[Row]) -> bool:
    """Whether most tables are late: that is said once, above, and a single report is no exception."""
    tables = {read.table for row in rows for read in row.job.tables}
    return 2 * len(news.late([row.job for row in rows])) > len(tables)


def _cells(row: Row, above: bool, past: Sequence[PastRun], lang: str, calm: bool) -> list[str]:
    job = row.job
    number, _, name = short_name(job.notebook).partition(" ")
    named = f'<small class="number">{safe(number if name else "")}</small>'
    title = f"{named if name else ''}{link(row.page, safe(job.title))}"
    newest = max((read.newest_period or "" for read in job.tables), default="")
    return [
        title,
        _answer(row, above, lang),
        _key(row.key),
        _course(row, past, lang),
        _change(row, lang),
        (f'<span class="day">{safe(newest)}</span>' if newest else "–") + _late(row, lang, calm),
    ]


def _answer(row: Row, above: bool, lang: str) -> str:
    job = row.job
    notice = f'<p class="notice">{safe(row.notice)}</p>' if row.notice else ""
    if job.status.bad:
        return f'<p class="notice trouble">{safe(failure_sentence(job, lang))}</p>'
    if job.status is Status.SKIPPED:
        return f'<p class="notice">{safe(job.why)}</p>'
    if above:
        return f'<span class="quiet">{say("see_above", lang)}</span>{notice}'
    return f"{safe(job.conclusions[0]) if job.conclusions else say(job.status.value, lang)}{notice}"


def _key(metric: Metric | None) -> str:
    if metric is None or not _shown(metric):
        return "–"
    words = lead_metric(metric)
    interval = f' <small class="interval">{safe(words.interval)}</small>' if words.interval else ""
    return f'<span class="label">{safe(words.label)}</span><strong>{_value(words)}</strong>{interval}'


def _course(row: Row, past: Sequence[PastRun], lang: str) -> str:
    metric = row.key
    if metric is None:
        return "–"
    day = day_of(row.job, row.run)
    known = points(past, series_of(row.job), metric.name, day) | {day: float(metric.value)}
    return sparkline(label(metric), known, metric.unit or "", lang) or "–"


def _change(row: Row, lang: str) -> str:
    if row.key is None or row.change is None:
        return "–"
    change = next(each for each in row.change.metrics if each.name == row.key.name)
    if change.before is None:
        return say("first_time", lang)
    if not change.moved or change.little:
        return f'<span class="quiet">{say("little" if change.moved else "unchanged", lang)}</span>'
    told = safe(change_in_words(change))
    widths = say("widths", lang, widths=change.widths_text) if change.widths is not None else ""
    return f"{told}<small>{widths}</small>" if widths else told


def change_in_words(change: MetricChange) -> str:
    """The change of a metric as its value is written: yen as yen, shares in points, else the bare number."""
    unit = change.unit_text
    if change.change is None or not unit.startswith("JPY"):
        return change.change_text or f"{change.before_text} → {change.after_text}"
    return form_of(unit.split(" per ")[0], change.change).text(change.change, signed=True)


def _late(row: Row, lang: str, calm: bool) -> str:
    if not row.job.tables:
        return ""
    tables = {read.table for read in row.job.tables}
    count = len(row.late)
    told = say("late_tables", lang, count=count, all=len(tables)) if count else say("on_time", lang)
    return f'<small class="{"warn" if count and not calm else "quiet"}">{told}</small>'
