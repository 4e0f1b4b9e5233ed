"""Publishers' HTML pages: their text, and their tables as grids, with the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from jpresearch.sources.model import SourceError

Grid = list[list[str]]

# The pages read here have less than 200 kB and tables of a dozen cells; limits keep strange ones from taking time.
LARGEST_CHARACTERS: Final = 2_000_000
MOST_SPANNED: Final = 50
MOST_CELLS: Final = 20_000
SILENT: Final = ("script", "style", "template")
BREAKS: Final = ("p", "br", "div", "tr", "td", "th", "li", "dd", "dt", "h1", "h2", "h3", "h4")


@dataclass(frozen=True)
class MarkupPage:
    """What a page says: ``text`` (cells and paragraphs on lines of their own) and ``tables`` as grids of texts."""

    text: str
    tables: list[Grid]


@dataclass
class _Cell:
    text: str = ""
    rows: int = 1
    columns: int = 1


def read_page(markup: str, file: str) -> MarkupPage:
    """Text and tables of a page; a cell that spans rows or columns stands in each of them.

    Raises
    ------
    SourceError : too large, or without a tag.
    """
    if len(markup) > LARGEST_CHARACTERS:
        raise SourceError.of(f"the page has more than {LARGEST_CHARACTERS:,} characters", file)
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    if sum(len(row) for table in reader.tables for row in table) > MOST_CELLS:
        raise SourceError.of(f"the page has more than {MOST_CELLS:,} cells in tables", file)
    return MarkupPage("".join(reader.pieces), [_grid(table) for table in reader.tables if any(table)])


class _Reader(HTMLParser):
    """Collects text and cells; a table within a table is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.tables: list[list[list[_Cell]]] = []
        self._open: list[list[list[_Cell]]] = []
        self._cells: list[_Cell | None] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag in BREAKS:
            self._say("\n")
        if tag == "table":
            self._open.append([])
            self._cells.append(None)
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._open[-1].append([])
            self._cells[-1] = None
        elif tag in ("td", "th") and self._open:
            if not self._open[-1]:
                self._open[-1].append([])
            spans = {name: _span(value) for name, value in attrs if name in ("rowspan", "colspan")}
            cell = _Cell("", spans.get("rowspan", 1), spans.get("colspan", 1))
            self._cells[-1] = cell
            self._open[-1][-1].append(cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "table" and self._open:
            self._open.pop()
            self._cells.pop()
        elif tag in ("td", "th") and self._cells:
            self._cells[-1] = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(data)

    def _say(self, text: str) -> None:
        self.pieces.append(text)
        if self._cells and self._cells[-1] is not None:
            self._cells[-1].text += text


def _span(value: str | None) -> int:
    return min(max(int(value), 1), MOST_SPANNED) if value and value.isascii() and value.isdigit() else 1


@dataclass
class _Hanging:
    """Cells of earlier rows that reach into this one, by column."""

    cells: dict[int, tuple[str, int]] = field(default_factory=dict)

    def take(self, column: int) -> str | None:
        if column not in self.cells:
            return None
        text, left = self.cells.pop(column)
        if left > 1:
            self.cells[column] = (text, left - 1)
        return text


def _grid(table: list[list[_Cell]]) -> Grid:
    hanging, grid = _Hanging(), []
    for row in table:
        line: list[str] = []
        below: dict[int, tuple[str, int]] = {}
        for cell in row:
            while (text := hanging.take(len(line))) is not None:
                line.append(text)
            for _ in range(cell.columns):
                if cell.rows > 1:
                    below[len(line)] = (cell.text, cell.rows - 1)
                line.append(cell.text)
        while (text := hanging.take(len(line))) is not None:
            line.append(text)
        hanging.cells.update(below)
        grid.append(line)
    return [line for line in grid if line]
