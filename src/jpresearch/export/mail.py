"""A run as a mail: what changed most in the subject, then house view, answers, what moved, a picture for each report.

A file of the standard form (``.eml``) that mail programs open: text and HTML, pictures inside, nothing loaded from
elsewhere. ``X-Unsent`` has Outlook open it as a draft.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final
from urllib.parse import quote

from jpresearch.export.content import Content, Report, Shown
from jpresearch.export.moves import Move, Moves
from jpresearch.export.phrases import say, writable
from jpresearch.export.sentences import heading, house_view, warnings
from jpresearch.report.history import shorten
from jpresearch.report.lead import lead_metric
from jpresearch.say.dates import date_text

SUBJECT: Final = 118
LINE: Final = 76
PICTURE_WIDTH: Final = 600
MOST_MOVED: Final = 15
LONGEST_NOTE: Final = 600
DOMAIN: Final = "jpresearch.invalid"
FONT: Final = "font-family:Calibri,'Segoe UI',Arial,sans-serif"
INK: Final = "#1c1f24"
MUTED: Final = "#56606b"
ACCENT: Final = "#14508c"
WARN: Final = "#8a4b00"
RULE: Final = "border-bottom:1px solid #d9dde3"


def mail(content: Content, moved: Moves, address: str = "", note: str = "") -> bytes:
    """The message's bytes.

    Parameters
    ----------
    content : the reports.
    moved : what moved since the run before.
    address : where the folder of runs can be read (``https://intranet/reports``); links lead there; without
        it the mail has none.
    note : what a reader must know before all else.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(content, moved)
    if content.run.ended_at is not None:
        message["Date"] = format_datetime(content.run.ended_at)
    message["Message-ID"] = f"<{quote(content.run.id)}@{DOMAIN}>"
    message["X-Unsent"] = "1"
    message["X-Jpresearch-Run"] = quote(content.run.id)
    message.set_content(writable(plain_text(content, moved, address, note)))
    pictured = [(report, report.lead_figure) for report in content.reports]
    message.add_alternative(writable(_html(content, moved, address, note)), subtype="html")
    related = message.get_payload()[1]  # type: ignore[index]
    for report, figure in pictured:
        if figure is not None and figure.picture:
            name = f"{report.job.name}-{figure.name}.png"
            related.add_related(  # type: ignore[union-attr]
                figure.picture, "image", "png", cid=f"<{_cid(report, content)}>", filename=name, disposition="inline"
            )
    return bytes(message)


def subject(content: Content, moved: Moves) -> str:
    """The answer that changed most since the run before, that of the first report where none did, on one line."""
    text = f"{moved.newest.name}: {moved.newest.answer}" if content.whole else moved.newest.answer
    return shorten(" ".join(writable(text).split()), SUBJECT) or " ".join(writable(heading(content)).split())


def plain_text(content: Content, moved: Moves, address: str, note: str = "") -> str:
    """The whole mail as text, for readers without HTML and for search."""
    title = heading(content)
    parts = [f"{title}\n{'=' * min(len(title), LINE)}", *(_filled(line) for line in _first(content, note))]
    for report in content.reports:
        name = say("house_view", content.lang) if house_view(content) is report else report.name
        link = _link(report, content, address)
        numbers = [_filled(line, "  - ", "    ") for line in _numbers(report)]
        parts.append("\n".join([name, _filled(report.answer, "  "), *numbers, *([f"  {link}"] if link else [])]))
    found = [_filled(sentence, "  ") for sentence in moved.news]
    found += [_filled(_move_line(move), "- ", "  ") for move in moved.moved[:MOST_MOVED]]
    parts += ["\n".join([_moved_heading(moved, content.lang), *found]), *(_filled(line) for line in _feet(content))]
    return "\n\n".join(parts) + "\n"


def _first(content: Content, note: str) -> list[str]:
    """What a reader must know before all else: the note, late tables, reports that are missing."""
    said = shorten(" ".join(note.split()), LONGEST_NOTE)
    return [*([said] if said else []), *warnings(content)]


def _filled(text: str, first: str = "", later: str | None = None) -> str:
    return textwrap.fill(
        text, LINE, initial_indent=first, subsequent_indent=first if later is None else later, break_on_hyphens=False
    )


def _numbers(report: Report) -> list[str]:
    """The lead numbers of a report, each with its interval."""
    shown = [lead_metric(metric) for metric in report.published.metrics.values() if metric.lead]
    ends = [f" ({each.interval})" if each.interval else "" for each in shown]
    return [f"{each.label}: {each.value}{end}" for each, end in zip(shown, ends, strict=True)]


def _moved_heading(moved: Moves, lang: str) -> str:
    if moved.before is None:
        return f"{say('moved', lang)}: {say('no_earlier', lang)}"
    since = say("since", lang, day=date_text(moved.before.day.isoformat()))
    return f"{say('moved', lang) if moved.moved else say('nothing_moved', lang)} {since}"


def _move_line(move: Move) -> str:
    change = f" ({move.change})" if move.change else ""
    return f"{move.report}: {move.label}: {move.before or '–'} → {move.now or '–'}{change}"


def _feet(content: Content) -> list[str]:
    """Run and publishers."""
    sources = list(dict.fromkeys(p for report in content.reports for p in report.publishers.split("; ") if p))
    return [say("run", content.lang, run=content.run.id), f"{say('source', content.lang)}: {'; '.join(sources)}"]


def _link(report: Report, content: Content, address: str) -> str:
    """Where the report's page can be read; empty where no address is known."""
    if not address or not report.job.page:
        return ""
    return f"{address.rstrip('/')}/{quote(content.run.id)}/{quote(report.job.page)}"


def _cid(report: Report, content: Content) -> str:
    """The name of a report's picture within the mail."""
    number = list(content.reports).index(report)
    return f"figure{number}.{quote(content.run.id)}@{DOMAIN}"


def _html(content: Content, moved: Moves, address: str, note: str) -> str:
    """The mail as HTML that old mail programs show: one table, styles on the elements, widths in pixels."""
    lang = content.lang
    rows = [_row(f'<h1 style="margin:0;{FONT};font-size:22px;color:{INK}">{escape(heading(content))}</h1>')]
    rows += [_row(_paragraph(line, WARN, 14)) for line in _first(content, note)]
    view = house_view(content)
    if view is not None:
        rows.append(_row(_heading(say("house_view", lang)) + _paragraph(view.answer, INK, 17)))
    rows.append(_row(_heading(say("answers", lang)) + _answers_table(content)))
    rows.append(_row(_heading(_moved_heading(moved, lang)) + "".join(map(_paragraph, moved.news))))
    if moved.moved:
        rows.append(_row(_moves_table(moved.moved[:MOST_MOVED], lang)))
    rows += [_row(_section(report, content, address)) for report in content.reports]
    rows.append(_row("".join(_paragraph(line, MUTED, 12) for line in _feet(content))))
    head = f'<meta charset="utf-8"><title>{escape(subject(content, moved))}</title>'
    table = f'<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0">{"".join(rows)}</table>'
    return f'<!DOCTYPE html>\n<html lang="{lang}"><head>{head}</head><body style="margin:16px">{table}</body></html>\n'


def _row(inner: str) -> str:
    return f'<tr><td style="padding:0 0 14px 0">{inner}</td></tr>\n'


def _paragraph(text: str, colour: str = INK, size: int = 15) -> str:
    return f'<p style="margin:0 0 6px 0;{FONT};font-size:{size}px;line-height:1.4;color:{colour}">{escape(text)}</p>'


def _heading(text: str) -> str:
    return f'<h2 style="margin:8px 0 0 0;{FONT};font-size:17px;color:{ACCENT}">{escape(text)}</h2>'


def _answers_table(content: Content) -> str:
    """Every answer, its report's name before it, which leads to the report's part of the mail."""
    rows = []
    for number, report in enumerate(content.reports):
        if report is house_view(content):
            continue
        name = f'<a href="#report{number}" style="color:{ACCENT};text-decoration:none">{escape(report.name)}</a>'
        rows.append(
            f'<tr><td width="140" valign="top" style="{_cell()};font-weight:bold">{name}</td>'
            f'<td valign="top" style="{_cell()}">{escape(report.answer)}</td></tr>'
        )
    return f'<table width="640" cellpadding="0" cellspacing="0" border="0">{"".join(rows)}</table>'


def _cell(size: int = 14, side: str = "left") -> str:
    return f"{FONT};font-size:{size}px;line-height:1.4;color:{INK};padding:5px 10px 5px 0;text-align:{side};{RULE}"


def _moves_table(moved: Sequence[Move], lang: str) -> str:
    heads = ["", say("figure", lang), say("before", lang), say("now", lang), ""]
    head = "".join(f'<th style="{_cell(12)};color:{MUTED}">{escape(text)}</th>' for text in heads)
    lines = ((move.report, move.label, move.before or "–", move.now or "–", move.change) for move in moved)
    rows = "".join(
        "<tr>" + "".join(f'<td valign="top" style="{_cell(13)}">{escape(text)}</td>' for text in line) + "</tr>"
        for line in lines
    )
    return f'<table width="640" cellpadding="0" cellspacing="0" border="0"><tr>{head}</tr>{rows}</table>'


def _section(report: Report, content: Content, address: str) -> str:
    """One report: name, answer, lead numbers, its picture, the way to the page."""
    number = list(content.reports).index(report)
    link = _link(report, content, address)
    said = [f'<a name="report{number}" id="report{number}"></a>{_heading(report.name)}']
    said += [_paragraph(finding.text) for finding in report.leads[:1]]
    said += [_paragraph(line, MUTED, 13) for line in _numbers(report)]
    figure = report.lead_figure
    if figure is not None and figure.picture:
        said.append(_picture(figure, _cid(report, content)))
    if link:
        style = f"{FONT};font-size:13px;color:{ACCENT}"
        said.append(f'<p style="margin:4px 0"><a href="{escape(link)}" style="{style}">{_full(content)}</a></p>')
    return "".join(said)


def _full(content: Content) -> str:
    return escape(say("full_report", content.lang))


def _picture(figure: Shown, cid: str) -> str:
    width = float(figure.payload.get("width") or PICTURE_WIDTH)
    height = round(float(figure.payload.get("height") or width / 2) * PICTURE_WIDTH / width)
    return (
        f'<img src="cid:{cid}" width="{PICTURE_WIDTH}" height="{height}" border="0" alt="{escape(figure.alt)}" '
        'style="display:block;margin:6px 0">'
    )
