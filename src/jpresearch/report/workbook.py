"""The data of a whole page as one Excel workbook: a sheet per figure and table, each with its source and its chart."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from jpresearch.report import data
from jpresearch.report.downloads import withheld
from jpresearch.report.native import Native, native
from jpresearch.report.number_formats import DAY, MOMENT, number_format
from jpresearch.report.phrases import phrase
from jpresearch.report.published import Published
from jpresearch.report.sources import owners
from jpresearch.report.workbook_charts import Cells, add_chart

LONGEST_NAME: Final = 31
LONGEST_TEXT: Final = 32_767
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RESERVED: Final = "history"
WIDEST: Final = 40
HEAD_ROWS: Final = 5
# Spreadsheets know no earlier day.
FIRST_DAY: Final = date(1900, 3, 1)
# Texts stay texts: none becomes a formula, a number or a link; rows are written as they come.
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what it shows, where the figures come from, and the figures.

    ``unit`` is that of the numbers where they have one, ``chart`` what the spreadsheet draws from them, ``owners``
    whose figures they are where these stay at the desk: the sheet is then without data.
    """

    name: str
    about: str
    source: str
    content: data.Data
    unit: str = ""
    chart: Native | None = None
    owners: str = ""


def sheets(published: Published, source: str) -> list[Sheet]:
    """The sheets of what a notebook published; ``source`` stands where figure or table names none of its own."""
    found: list[Sheet] = []
    for figure in published.figures.values():
        content = data.of_figure(figure)
        if content is not None:
            about = figure.get("title") or figure["alt"]
            sheet = _allowed(Sheet(figure["name"], about, figure.get("source") or source, content), figure)
            found.append(_charted(sheet, native(figure)))
    for table in published.tables.values():
        sheet = Sheet(table["name"], table["caption"], table.get("source") or source, data.of_table(table))
        found.append(_allowed(sheet, table))
    names = _names(sheet.name for sheet in found)
    return [replace(sheet, name=name) for name, sheet in zip(names, found, strict=True)]


def _allowed(sheet: Sheet, payload: Mapping[str, Any]) -> Sheet:
    """The sheet, without data where these stay at the desk."""
    if not withheld(payload):
        return sheet
    return replace(sheet, content=data.Data([], []), owners=owners(payload["levels"]))


def _charted(sheet: Sheet, chart: Native | None) -> Sheet:
    """The sheet with the unit of its chart, and with the chart where a spreadsheet can draw it."""
    if chart is None or sheet.owners:
        return sheet
    columns = sheet.content.columns
    if chart.own_data:
        columns = ["" if columns[0] == "x" else columns[0], *(name or chart.unit for name in columns[1:])]
    named = replace(sheet, unit=chart.unit, content=data.Data(columns, sheet.content.rows))
    return replace(named, chart=chart) if chart.form else named


def write_workbook(content: list[Sheet], file: Path, *, title: str, made: str, lang: str = "en") -> None:
    """Write ``content`` to ``file``: beside first, then moved. ``made`` says as of when and in which run.

    Raises
    ------
    OSError : the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        beside = Path(folder) / "part.xlsx"
        book = Workbook(str(beside), {**OPTIONS, "tmpdir": folder})
        book.set_properties({"title": _plain(title)[:255], "comments": _plain(made)[:255]})
        _Writer(book, lang).write(content, title, made)
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        beside.replace(file)


class _Writer:
    """Writes the sheets of one book."""

    def __init__(self, book: Any, lang: str) -> None:
        self.book, self.lang = book, lang
        self.bold, self.link = book.add_format({"bold": True}), book.get_default_url_format()
        self.quoted = {bold: book.add_format({"bold": bold, "quote_prefix": True}) for bold in (False, True)}
        self.formats: dict[str, Any] = {}

    def write(self, content: list[Sheet], title: str, made: str) -> None:
        """The contents, then the sheets."""
        first = _free(phrase("contents", self.lang), content)
        self._contents(self.book.add_worksheet(first), content, title, made)
        for sheet in content:
            self._sheet(self.book.add_worksheet(sheet.name), sheet, made, first)

    def _contents(self, page: Any, content: list[Sheet], title: str, made: str) -> None:
        page.set_column(0, 0, 34)
        page.set_column(1, 2, 90)
        page.freeze_panes(4, 0)
        _as_wide_as_paper(page)
        self._text(page, 0, 0, title, bold=True)
        self._text(page, 1, 0, made)
        for place, key in enumerate(("sheet", "about", "source_head")):
            self._text(page, 3, place, phrase(key, self.lang), bold=True)
        for row, sheet in enumerate(content, 4):
            page.write_url(row, 0, f"internal:'{sheet.name}'!A1", self.link, sheet.name)
            self._text(page, row, 1, sheet.about)
            self._text(page, row, 2, _bare(sheet.source))

    def _sheet(self, page: Any, sheet: Sheet, made: str, contents: str) -> None:
        columns, rows, cells = self._beside(sheet)
        for place, width in enumerate(_widths(data.Data(columns, rows))):
            page.set_column(place, place, width)
        page.freeze_panes(HEAD_ROWS, 1)
        _as_wide_as_paper(page)
        self._text(page, 0, 0, sheet.about, bold=True)
        self._text(page, 1, 0, _sourced(sheet.source, self.lang))
        self._text(page, 2, 0, made)
        page.write_url(3, 0, f"internal:'{contents}'!A1", self.link, contents)
        self._text(page, 3, 1, phrase("sheet_withheld", self.lang, owners=sheet.owners) if sheet.owners else sheet.unit)
        for place, name in enumerate(columns):
            self._text(page, HEAD_ROWS - 1, place, name, bold=True)
        shown = [
            number_format(f"{name}, {sheet.unit}", (row[place] for row in rows if place < len(row)))
            for place, name in enumerate(columns)
        ]
        for number, row in enumerate(rows, HEAD_ROWS):
            for place, cell in enumerate(row):
                self._cell(page, number, place, cell, shown[place])
        if sheet.chart and cells:
            add_chart(self.book, page, sheet.chart, cells, (HEAD_ROWS - 1, len(columns) + 1))

    def _beside(self, sheet: Sheet) -> tuple[list[str], list[list[data.Cell]], Cells | None]:
        """Columns and rows of a sheet; where its chart shows other values than those, they stand to the right."""
        content, chart = sheet.content, sheet.chart
        if chart is None:
            return content.columns, content.rows, None
        if chart.own_data:
            return content.columns, content.rows, Cells(sheet.name, HEAD_ROWS - 1, 0, len(content.rows))
        drawn, width = chart.table, len(content.columns)
        rows = zip_longest(content.rows, drawn.rows, fillvalue=None)
        beside = [[*(left or [None] * width), None, *(right or [])] for left, right in rows]
        head = [phrase("drawn", self.lang), *drawn.columns[1:]]
        return [*content.columns, "", *head], beside, Cells(sheet.name, HEAD_ROWS - 1, width + 1, len(drawn.rows))

    def _cell(self, page: Any, row: int, column: int, cell: data.Cell, shown: str) -> None:
        if isinstance(cell, bool):
            page.write_boolean(row, column, cell)
        elif isinstance(cell, (int, float)):
            page.write_number(row, column, cell, self._format(shown))
        elif isinstance(cell, date) and _known_day(cell):
            page.write_datetime(row, column, cell, self._format(MOMENT if isinstance(cell, datetime) else DAY))
        elif cell is not None:
            self._text(page, row, column, str(cell))

    def _text(self, page: Any, row: int, column: int, text: str, bold: bool = False) -> None:
        """A cell that stays text, also when a reader edits one that begins like a formula."""
        plain = _plain(text)
        form = self.quoted[bold] if data.FORMULA.match(plain) else self.bold if bold else None
        if plain:
            page.write_string(row, column, plain, form)

    def _format(self, shown: str) -> Any:
        if shown not in self.formats:
            self.formats[shown] = self.book.add_format({"num_format": shown})
        return self.formats[shown]


def _plain(text: str) -> str:
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST_TEXT]


def _sourced(source: str, lang: str) -> str:
    """A line of source; one that a chart wrote begins with the word already."""
    return source if _bare(source) != source else phrase("source", lang, source=source)


def _bare(source: str) -> str:
    """A source without the word itself."""
    for lang in ("en", "ja"):
        source = source.removeprefix(phrase("source", lang, source=""))
    return source


def _known_day(cell: date) -> bool:
    return (cell.date() if isinstance(cell, datetime) else cell) >= FIRST_DAY


def _names(wanted: Iterable[str]) -> Iterator[str]:
    """Names that a workbook takes: short, without forbidden characters, no two alike whatever their case."""
    taken: set[str] = set()
    for name in wanted:
        plain = UNPRINTABLE.sub("", FORBIDDEN.sub(" ", name)).strip()[:LONGEST_NAME] or "data"
        plain = f"{plain} data" if plain.casefold() == RESERVED else plain
        chosen, number = plain, 1
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{plain[: LONGEST_NAME - 1 - len(str(number))]} {number}"
        taken.add(chosen.casefold())
        yield chosen


def _free(name: str, content: list[Sheet]) -> str:
    taken = {sheet.name.casefold() for sheet in content}
    return name if name.casefold() not in taken else f"{name} ({len(content)})"


def _as_wide_as_paper(page: Any) -> None:
    """Printed on A4, a sheet lies on its side and is no wider than the paper."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _widths(content: data.Data) -> list[float]:
    """Column widths that show heads and the first rows."""
    rows: list[list[Any]] = [content.columns, *content.rows[:50]]
    places = range(len(content.columns))
    longest = [max(len(_short(row[place])) for row in rows if place < len(row)) for place in places]
    return [min(WIDEST, max(10, length + 2)) for length in longest]


def _short(cell: Any) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell or "")
