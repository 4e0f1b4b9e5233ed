"""Slides of a run: the answers first, then one slide per lead finding with its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jpresearch.export import deck
from jpresearch.export.charting import drawable, put_chart
from jpresearch.export.content import Content, Report, Shown
from jpresearch.export.deck import ACCENT, MUTED, Box, Deck, Run
from jpresearch.export.phrases import say, writable
from jpresearch.export.sentences import day_words, heading, metric_line, warnings
from jpresearch.record import Finding, Metric
from jpresearch.report.downloads import withheld
from jpresearch.report.history import shorten
from jpresearch.report.lead import lead_metric
from jpresearch.report.metric_change import label
from jpresearch.report.native import Native, native
from jpresearch.report.sources import owners

# Answers in one column of the first slide; more stand in two.
ONE_COLUMN: Final = 4
# Letters of all answers in a column that fit at a size in points.
ANSWER_SIZES: Final = ((700, 15.0), (1100, 13.0), (1500, 11.5))
SMALLEST: Final = 10.0
MOST_CARDS: Final = 4
LONGEST_WARNING: Final = 320
LONGEST_SOURCE: Final = 260


@dataclass
class Slides:
    """A deck and what came of its figures: how many charts can be edited, how many are pictures."""

    content: bytes = b""
    count: int = 0
    charts: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def slides(content: Content) -> Slides:
    """The deck of a run's reports."""
    lang = content.lang
    title = heading(content)
    made, found = Deck(title, day_words(content)), Slides()
    first = made.slide(title, _foot(content, ""))
    places = _answers(first, content)
    for report, place in zip(content.reports, places, strict=True):
        begins = len(made.file.slides)
        for finding, figure in _pairs(report):
            slide = made.slide(finding.text, _foot(content, report.name))
            _show(slide, report, finding, figure, found, lang)
            slide.notes_slide.notes_text_frame.text = writable(notes(report, finding, figure, content))
        if len(made.file.slides) > begins:
            deck.lead_to(place, made.file.slides[begins])
    first.notes_slide.notes_text_frame.text = writable(_run_notes(content))
    found.content, found.count = made.written(), len(made.file.slides)
    return found


def _foot(content: Content, name: str) -> str:
    return " · ".join(filter(None, [name, day_words(content), say("run", content.lang, run=content.run.id)]))


def _answers(slide: Any, content: Content) -> list[Any]:
    """The answers on the first slide, each with its report's name, which leads to its slides; the names' boxes."""
    columns = 1 if len(content.reports) <= ONE_COLUMN else 2
    height = (len(content.reports) + columns - 1) // columns
    parts = [content.reports[start : start + height] for start in range(0, len(content.reports), height)]
    letters = max(sum(len(report.answer) + 40 for report in part) for part in parts) / (3 - columns)
    size = next((size for most, size in ANSWER_SIZES if letters <= most), SMALLEST)
    wide = (deck.ROOM - 0.5 * (columns - 1)) / columns
    late = shorten(". ".join(warnings(content)), LONGEST_WARNING)
    room = 5.35 if late else 5.7
    found = []
    for column, part in enumerate(parts):
        each = room / height
        for row, report in enumerate(part):
            left, top = deck.MARGIN + column * (wide + 0.5), 1.2 + row * each
            name = [[Run(report.name, size, bold=True, colour=ACCENT)]]
            found.append(deck.write(slide, Box(left, top, wide, 0.26), name))
            deck.write(slide, Box(left, top + size / 72 * 1.35, wide, each - 0.3), [[Run(report.answer, size)]])
    if late:
        deck.write(slide, deck.SOURCE, [[Run(late, 9.5, colour="8A4B00")]])
    return found


def _pairs(report: Report) -> list[tuple[Finding, Shown | None]]:
    """Each lead finding with its figure; the lead figure goes with the first that names none, if none names it.

    A report without lead findings (one of an older form) has its answer above the lead figure.
    """
    leads = report.leads
    if not leads:
        figure = report.lead_figure
        return [(Finding(text=report.answer or report.job.title), figure)] if figure or report.answer else []
    named = {finding.figure for finding in leads}
    spare = report.lead_figure if report.lead_figure and report.lead_figure.name not in named else None
    found = []
    for finding in leads:
        figure = report.figures.get(finding.figure or "")
        if figure is None and spare is not None:
            figure, spare = spare, None
        found.append((finding, figure))
    return found


def _show(slide: Any, report: Report, finding: Finding, figure: Shown | None, found: Slides, lang: str) -> None:
    """The figure below the title: as a chart that can be edited, else as a picture; without one the numbers."""
    drawn = chart_of(figure) if figure is not None else None
    if figure is not None and drawn is not None:
        _chart(slide, drawn, figure)
        found.charts.append(f"{report.job.name}/{figure.name}")
    elif figure is not None and figure.picture:
        deck.put_picture(slide, figure.picture, deck.BODY, figure.alt, figure.name)
        found.pictures.append(f"{report.job.name}/{figure.name}")
    else:
        _cards(slide, report.metrics_of(finding) or [m for m in report.published.metrics.values() if m.lead])
    source = report.source_of(figure)
    # A picture of the house has its source in it.
    if source and not (figure is not None and drawn is None and figure.payload.get("points")):
        words = f"{say('source', lang)}: {source}"
        deck.write(slide, deck.SOURCE, [[Run(shorten(words, LONGEST_SOURCE), 9.0, colour=MUTED)]])


def chart_of(figure: Shown) -> Native | None:
    """The figure as a chart to edit; ``None`` where only its picture says it, or its figures stay at the desk."""
    if withheld(figure.payload):
        return None
    drawn = native(figure.payload)
    return drawn if drawn is not None and drawable(drawn) else None


def _chart(slide: Any, drawn: Native, figure: Shown) -> None:
    """A native chart below its title and unit."""
    words = [[Run(drawn.title, 15.0, bold=True)], [Run(drawn.unit, 12.0, colour=MUTED)]]
    deck.write(slide, Box(deck.MARGIN, deck.BODY.top, deck.ROOM, 0.55), words)
    box = deck.BODY._replace(top=deck.BODY.top + 0.6, height=deck.BODY.height - 0.6)
    put_chart(slide, drawn, box, figure.alt, figure.name)


def _cards(slide: Any, metrics: Sequence[Metric]) -> None:
    """A few numbers, large, each with its label and interval."""
    shown = [lead_metric(metric) for metric in metrics][:MOST_CARDS]
    for number, metric in enumerate(shown):
        wide = deck.ROOM / len(shown)
        size = 40.0 if len(metric.value) < 16 else 22.0
        lines = [
            [Run(metric.label, 14.0, colour=MUTED)],
            [Run(metric.value, size, bold=True, colour=ACCENT)],
            [Run(metric.interval, 14.0, colour=MUTED)],
        ]
        deck.write(slide, Box(deck.MARGIN + number * wide, 2.6, wide - 0.3, 2.0), lines, gap=4)


def notes(report: Report, finding: Finding, figure: Shown | None, content: Content) -> str:
    """What a speaker can look up: the sentence, its numbers with intervals and samples, source, parameters, run."""
    lang = content.lang
    lines = [finding.text, say("by_hand", lang) if finding.typed else ""]
    lines += [metric_line(metric, lang) for metric in report.metrics_of(finding)]
    lines.append(f"{say('source', lang)}: {report.source_of(figure)}")
    if figure is not None and withheld(figure.payload):
        lines.append(say("picture_only", lang, owners=owners(figure.payload["levels"])))
    given = ", ".join(f"{name} = {_value(value)}" for name, value in report.job.parameters_shown.items())
    lines += [f"{say('parameters', lang)}: {given}" if given else "", say("run", lang, run=content.run.id)]
    return "\n".join(line for line in lines if line)


def _run_notes(content: Content) -> str:
    """What the deck was made from."""
    lang = content.lang
    lines = [heading(content), say("run", lang, run=content.run.id)]
    lines += [f"{report.name}: {label_line}" for report in content.reports for label_line in _lead_lines(report, lang)]
    lines += [f"{say('left_out', lang)}: {why}" for why in content.left_out]
    return "\n".join(lines)


def _lead_lines(report: Report, lang: str) -> list[str]:
    return [metric_line(metric, lang) for metric in report.published.metrics.values() if metric.lead and label(metric)]


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)
