"""Publishers' HTML pages: their text, and their tables as grids of texts."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import lxml.etree
import lxml.html
import pandas as pd

from jpresearch.sources.model import SourceError

Grid = list[list[str]]

# The pages read here have less than 200 kB and tables of a dozen cells; limits keep strange ones from taking time.
LARGEST_CHARACTERS: Final = 2_000_000
MOST_TABLES: Final = 100
MOST_CELLS: Final = 20_000
MOST_SPANNED: Final = 50
SILENT: Final = ("script", "style", "template")
BREAKS: Final = ("p", "br", "div", "tr", "td", "th", "li", "dd", "dt", "h1", "h2", "h3", "h4")


@dataclass(frozen=True)
class MarkupPage:
    """What a page says: ``text`` (cells and paragraphs on lines of their own) and ``tables`` as grids of texts."""

    text: str
    tables: list[Grid]


def read_page(markup: str, file: str) -> MarkupPage:
    """Text and tables of a page; a cell that spans rows or columns stands in each of them.

    A table within a table is a table of its own.

    Raises
    ------
    SourceError : no page, or too large.
    """
    if len(markup) > LARGEST_CHARACTERS:
        raise SourceError.of(f"the page has more than {LARGEST_CHARACTERS:,} characters", file)
    try:
        # As bytes: a page that names another encoding for itself has been decoded already.
        page = lxml.html.document_fromstring(markup.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceError.of("this is no web page", file) from error
    for element in [*page.iter(*SILENT, lxml.etree.Comment)]:
        element.drop_tree()
    tables = [*page.iter("table")]
    if len(tables) > MOST_TABLES or sum(map(_prepared, page.iter("td", "th"))) > MOST_CELLS:
        raise SourceError.of(f"the page has more than {MOST_TABLES} tables or {MOST_CELLS:,} cells in them", file)
    for element in page.iter(*BREAKS):
        element.text = f"\n{element.text or ''}"
    text = str(page.text_content())
    # From the innermost one, which leaves its place, so that none is read twice.
    grids = [_grid(table) for table in reversed(tables)]
    return MarkupPage(text, [grid for grid in reversed(grids) if grid])


def _prepared(cell: Any) -> int:
    """Bound what a cell says it spans; how many cells that are."""
    spans = {name: _span(cell.get(name)) for name in ("rowspan", "colspan")}
    for name, span in spans.items():
        cell.set(name, str(span))
    return spans["rowspan"] * spans["colspan"]


def _span(value: str | None) -> int:
    return min(max(int(value), 1), MOST_SPANNED) if value and value.isascii() and value.isdigit() else 1


def _grid(table: Any) -> Grid:
    """The table's rows from top to bottom, head and foot among them; the table is taken out of its page."""
    # What pandas would make labels of or move to the end are rows like others here.
    for part in [*table.iter("thead", "tbody", "tfoot")]:
        part.drop_tag()
    for cell in table.iter("th"):
        cell.tag = "td"
    table.drop_tree()
    source = lxml.html.tostring(table, encoding="unicode", with_tail=False)
    try:
        width = len(_frame(source, {}).columns)
    except ValueError:
        # Nothing is written in it.
        return []
    frame = _frame(source, dict.fromkeys(range(width), _text))
    return [list(row) for row in frame.itertuples(index=False)]


def _frame(source: str, converters: dict[int, Any]) -> pd.DataFrame:
    options: dict[str, Any] = {"flavor": "lxml", "displayed_only": False, "keep_default_na": False, "thousands": None}
    (frame,) = pd.read_html(io.StringIO(source), converters=converters, **options)
    return frame


def _text(cell: Any) -> str:
    """A cell as it is written, no number; a row may be shorter than the table."""
    return cell if isinstance(cell, str) else ""
