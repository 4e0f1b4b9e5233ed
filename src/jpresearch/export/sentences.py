"""Lines that several exports share: the heading, what is late, a metric with its interval and sample."""

from __future__ import annotations

import re
from typing import Final

from jpresearch import catalog
from jpresearch.errors import JPResearchError
from jpresearch.export.content import Content, Report
from jpresearch.export.phrases import say
from jpresearch.record import Metric
from jpresearch.report.lead import lead_metric
from jpresearch.say.dates import date_text
from jpresearch.say.figures import p_value_text

NAMED: Final = 3
HOW_OFTEN: Final = re.compile(r", (?:daily|weekly|monthly|quarterly|annual)(?: and \w+)?$")
# The metric of the report that speaks for all.
HOUSE_VIEW: Final = "house_view"


def heading(content: Content) -> str:
    """What stands above everything that leaves together."""
    if not content.whole:
        return content.reports[0].job.title
    return f"{say('title', content.lang)}, {day_words(content)}"


def house_view(content: Content) -> Report | None:
    """The report that speaks for all that leave together: the one that publishes a house view."""
    published = (report for report in content.reports if HOUSE_VIEW in report.published.metrics)
    return next(published, None) if content.whole else None


def day_words(content: Content) -> str:
    """``figures published to 6 Oct 2026``; the day where a past one was asked for."""
    newest = max((read.newest_published_at or "" for each in content.reports for read in each.job.tables), default="")
    as_of = any(report.job.parameters.get("as_of") for report in content.reports)
    if as_of or not newest:
        return say("as_of", content.lang, day=date_text(content.day))
    return say("published_to", content.lang, day=date_text(newest))


def late_tables(content: Content) -> str:
    """The tables that are late as a whole, the oldest first by name, in a sentence; empty where none is."""
    lang = content.lang
    reads = {read.table: read for report in content.reports for read in report.job.tables if read.stale}
    ordered = sorted(reads.values(), key=lambda read: str(read.newest_period))
    if not ordered:
        return ""
    first = ((_title(read.table), date_text(str(read.newest_period))) for read in ordered[:NAMED])
    named = "; ".join(say("to", lang, table=title, day=day) for title, day in first)
    more = len(ordered) - NAMED
    return say("late", lang, tables=say("late_more", lang, tables=named, count=more) if more > 0 else named)


def _title(table: str) -> str:
    """What a table is called, without how often it comes; its name where the catalogue does not know it."""
    try:
        known = catalog.catalog().get(table)
    except JPResearchError:
        known = None
    return table if known is None else HOW_OFTEN.sub("", known.title)


def warnings(content: Content) -> list[str]:
    """What a reader must know first: late tables, reports that are missing."""
    left = f"{say('left_out', content.lang)}: {'; '.join(content.left_out)}" if content.left_out else ""
    return [line for line in (late_tables(content), left) if line]


def metric_line(metric: Metric, lang: str) -> str:
    """``Same week: 30 bp (22 to 37), n = 752, 2012-01-06 to 2026-08-14, p < 0.001; Newey-West``."""
    shown = lead_metric(metric)
    parts = [f"{shown.label}: {shown.value}"]
    if shown.interval:
        parts[0] += f" ({shown.interval})"
    parts += [say("sample", lang, n=metric.n)] if metric.n else []
    parts += [f"{metric.first} to {metric.last}"] if metric.first and metric.last else []
    parts += [p_value_text(metric.p_value)] if metric.p_value is not None else []
    return "; ".join([", ".join(parts), *([metric.method] if metric.method else [])])
