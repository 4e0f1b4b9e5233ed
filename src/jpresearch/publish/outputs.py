"""Figures, tables, sources and notes of tables read, as outputs of the cell with a media type of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from jpresearch import payloads
from jpresearch.errors import BadParameter, JPResearchError
from jpresearch.payloads import FIGURE, NOTE, SOURCES, TABLE, TAKEAWAY
from jpresearch.publish import channel
from jpresearch.publish.charted import charted, heads
from jpresearch.publish.frames import cell_value, csv_of, fields_of, flat_frame, html_of, require_text
from jpresearch.say import plain
from jpresearch.say.dates import date_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DOTS_PER_INCH: Final = 96


def figure(
    name: str,
    fig: Figure,
    *,
    alt: str | None = None,
    data: pd.DataFrame | pd.Series[Any] | None = None,
    source: str | None = None,
    lead: bool = False,
) -> None:
    """Publish a figure.

    Parameters
    ----------
    name : short name, unique in the notebook.
    fig : the figure; drawn as PNG, crisp on screens of high density, and in lines (SVG) for whoever saves it.
    alt : the finding in words, for readers who cannot see the picture; a chart of the house brings its own.
    data : the frame (or series) behind the figure, offered to readers as CSV and in the workbook; a chart of the house
        brings the values that it shows.
    source : where the figures come from; a chart of the house carries it already.
    lead : the one figure that stands beside the answer; it is drawn for a phone too.

    Raises
    ------
    BadParameter : empty ``name`` or ``alt``, or one that is no text; a figure that is no chart of the house without
        ``alt``; a second lead figure; more than 62 inches on a side; data with control letters or cells longer than a
        workbook takes.
    MissingGlyph : a text of the figure has a character that its font lacks.

    Examples
    --------
    >>> net = pd.Series({"Foreigners": -502.0, "Individuals": 310.0})
    >>> with publish.collected(pictures=False) as page:
    ...     fig = charts.bars(net, title="Individuals bought", unit="JPY bn", source="JPX")
    ...     publish.figure("buyers", fig, lead=True)
    >>> page.outputs[0]["data"][publish.FIGURE]["name"]
    'buyers'
    """
    own = charted(fig)
    alt = own.alt if alt is None and own else alt
    require_text(name=name, alt=alt)
    words = {"alt": plain(str(alt)), "title": _written(fig, "title")}
    words["source"] = plain(source) if source else _written(fig, "source")
    size = _size(fig)
    shown = own.frame if data is None and own else data
    drawn_from = own.frame if own and own.frame is not shown else None
    held = [each for frame in (shown, drawn_from) for each in _levels(frame)]
    behind = csv_of(shown) | {"levels": list(dict.fromkeys(held))}
    payload: dict[str, Any] = {"name": name, **words, **size, **behind, "lead": lead}
    channel.checked(FIGURE, payload)
    if lead:
        where, next_step = f"publish.figure {name!r}", "Keep lead=True on the one that carries the answer."
        channel.require_first("lead figure", "", where, "a notebook has one lead figure", next_step)
    if not channel.heard():
        return
    # Lines hold the values: a figure of those that stay at the desk, or that nobody knows, is a picture only.
    open_to_all = shown is not None and not payload["levels"] and (own is not None or not _draws_levels(fig))
    drawn, lines = channel.picture(fig, svg=open_to_all)
    payload["svg"] = lines
    if own:
        payload |= {"points": own.points, "phone": _phone(own.phone()) if lead else None}
        payload["chart"] = heads(own.chart) if data is None else own.chart
    payload = payloads.checked(FIGURE, payload)
    said = {"alt": words["alt"], **size}
    channel.display({**drawn, "text/plain": words["alt"], FIGURE: payload}, dict.fromkeys(drawn, said))
    below = ". ".join(part.rstrip(".") for part in (words["alt"], words["source"]) if part)
    _close(fig)
    channel.view("caption", f"<div style='max-width:60em'><small>{escape(below)}</small></div>", below)


def _levels(frame: pd.DataFrame | pd.Series[Any] | None) -> list[str]:
    """The tables whose own figures a frame holds."""
    if frame is None:
        return []
    from jpresearch.publish.levels import levels

    return levels(flat_frame(frame), channel.page().held)


def _draws_levels(fig: Figure) -> bool:
    """Whether the marks of a strategist's own figure show such figures, whatever frame was given with it."""
    from jpresearch.publish.drawn_values import drawn_frames

    return any(_levels(frame) for frame in drawn_frames(fig))


def _close(fig: Figure) -> None:
    """Take a figure of pyplot (a strategist's own, by seaborn) from what the cell would show a second time."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _size(fig: Figure) -> dict[str, int]:
    width, height = (round(float(side) * DOTS_PER_INCH) for side in fig.get_size_inches())
    return {"width": width, "height": height}


def _phone(fig: Figure) -> dict[str, Any]:
    """The figure as drawn for a phone."""
    drawn, _ = channel.picture(fig)
    ((media, content),) = drawn.items()
    own = charted(fig)
    return {"media": media, "content": content, **_size(fig), "points": own.points if own else None}


def table(
    name: str,
    frame: pd.DataFrame,
    *,
    caption: str,
    source: str | None = None,
    unfolds: Mapping[str, Sequence[Mapping[str, str | Sequence[str]]]] | None = None,
    tones: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Publish a table; a named index becomes its first columns.

    Parameters
    ----------
    unfolds : a column and, for each row, what unfolds in its cell on the screen: texts by term, ``{"Reason": "..."}``.
        Printed and downloaded the row stands alone: what must be there too is published as a table of its own.
    tones : a column and, for each row, in which tone its cell is printed: ``good``, ``fair``, ``bad``, ``open``,
        ``none``. The words must say the same: colour only repeats them.

    Raises
    ------
    BadParameter : an empty name or caption, infinite numbers, control letters, cells longer than a workbook takes,
        more than one column to unfold or to tone, entries that are not one for each row, an unknown tone.

    Examples
    --------
    >>> frame = pd.DataFrame({"Net, JPY bn": [-502, 310]}, index=pd.Index(["Foreigners", "Individuals"], name="Class"))
    >>> with publish.collected() as page:
    ...     publish.table("net", frame, caption="Net purchases, w/e 29 Aug 2025")
    >>> page.outputs[0]["data"][publish.TABLE]["caption"]
    'Net purchases, w/e 29 Aug 2025'
    """
    require_text(name=name, caption=caption)
    flat, caption = flat_frame(frame), plain(caption)
    payload = {
        "name": name,
        "caption": caption,
        "source": source,
        "levels": _levels(frame),
        "columns": [str(column) for column in flat.columns],
        "fields": fields_of(flat),
        "rows": [[cell_value(value) for value in row] for row in flat.itertuples(index=False)],
        "unfolds": _of_column("unfolds", unfolds, _terms),
        "tones": _of_column("tones", tones, str),
    }
    payload = channel.checked(TABLE, payload)
    if channel.heard():
        text = f"{caption}\n{flat.to_string(index=False)}"
        channel.display({"text/plain": text, "text/html": html_of(flat, caption), TABLE: payload})


def _of_column(
    what: str, given: Mapping[str, Sequence[Any]] | None, form: Callable[[Any], Any]
) -> dict[str, Any] | None:
    """What is said of the cells of one column, row by row."""
    if not given:
        return None
    if len(given) > 1:
        raise BadParameter(f"{len(given)} columns", f"publish.table {what}", "One column can have it.")
    ((column, rows),) = given.items()
    return {"column": plain(column), "rows": [form(row) for row in rows]}


def _terms(row: Mapping[str, str | Sequence[str]]) -> list[dict[str, Any]]:
    texts = {term: [said] if isinstance(said, str) else said for term, said in row.items()}
    return [{"term": plain(term), "texts": [plain(text) for text in said]} for term, said in texts.items()]


def takeaway(text: str) -> None:
    """Publish a sentence of the conclusion, built from numbers at run time.

    Examples
    --------
    >>> with publish.collected() as page:
    ...     publish.takeaway("Foreigners sold.")
    >>> payload = page.outputs[0]["data"][publish.TAKEAWAY]
    >>> payload["text"]
    'Foreigners sold.'
    """
    require_text(text=text)
    text = plain(text)
    payload = channel.checked(TAKEAWAY, {"text": text})
    if channel.heard():
        channel.display({"text/plain": text, "text/markdown": f"- {text}", TAKEAWAY: payload})


def sources(rows: list[Mapping[str, Any]]) -> None:
    """Publish the table of sources: a mapping per table read, as ``jpresearch.tables.sources`` gives them.

    Examples
    --------
    >>> with publish.collected() as page:
    ...     publish.sources([{"table": "boj_policy", "publisher": "Bank of Japan"}])
    >>> page.outputs[0]["data"][publish.SOURCES]["rows"][0]["publisher"]
    'Bank of Japan'
    """
    payload = channel.checked(SOURCES, {"rows": [dict(row) for row in rows]})
    if not channel.heard():
        return
    text = "\n".join(" | ".join(str(value) for value in row.values()) for row in rows)
    channel.display({SOURCES: payload})
    channel.view("sources", _sources_html(payload["rows"]), text)


def note(content: Mapping[str, Any], rows: pd.DataFrame | None = None) -> None:
    """Publish the note of a table read, and keep its ``rows``; ``jpresearch.tables.load`` calls it.

    Examples
    --------
    >>> with publish.collected() as page:
    ...     publish.note({"table": "boj_policy", "as_of": None, "newest_period": "2026-09-04"})
    >>> page.outputs[0]["data"][publish.NOTE]["table"]
    'boj_policy'
    """
    table, first = str(content.get("table")), str(content.get("table")) not in channel.page().reads
    channel.page().reads[table] = dict(content)
    if rows is not None:
        # It brings numpy, which whoever only asks for a name of this module should not wait for.
        from jpresearch.catalog import catalog
        from jpresearch.publish.levels import Held

        known = catalog().get(table)
        held = channel.page().held
        if table not in held or held[table].rows is not rows:
            held[table] = Held(rows, None if known is None else known.key)
    if not channel.heard():
        return
    channel.display({NOTE: dict(content)})
    late = _late(content) if first else ""
    if late:
        channel.view("late", f"<div style='color:#8a5a00'>{escape(late)}</div>", late)


def _late(content: Mapping[str, Any]) -> str:
    """A sentence on a table whose newest period lies further back than its allowance; empty for others."""
    from datetime import datetime

    from jpresearch import clock
    from jpresearch.catalog import catalog

    newest = content.get("newest_period")
    as_of = str(content.get("as_of") or clock.today())[:10]
    try:
        described = catalog()[str(content["table"])]
        allowed = described.house.staleness_days
        age = (datetime.fromisoformat(as_of) - datetime.fromisoformat(str(newest)[:10])).days
    except (JPResearchError, KeyError, ValueError):
        return ""
    if allowed is None or age <= allowed:
        return ""
    return f"Late: {described.title} ends on {date_text(str(newest))}, {age} days before {date_text(as_of)}."


def _sources_html(rows: list[dict[str, Any]]) -> str:
    heads = ("Figures", "Publisher", "Newest period", "Published", "Terms")
    keys = ("title", "publisher", "newest_period", "published", "terms")
    head = "".join(f"<th style='text-align:left'>{name}</th>" for name in heads)
    lines = (
        "".join(f"<td style='text-align:left'>{escape(str(row.get(key) or ''))}</td>" for key in keys) for row in rows
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"
    )


def _written(fig: Figure, gid: str) -> str | None:
    """What a chart of the house has written as its title or source, on one line."""
    found = [" ".join(plain(text.get_text()).split()) for text in fig.texts if text.get_gid() == gid]
    return " ".join(found) or None
