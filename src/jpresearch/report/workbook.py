"""The data of a whole page as one Excel workbook: a sheet per figure and table, each with its source."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jpresearch.report import data
from jpresearch.report.phrases import phrase
from jpresearch.report.published import Published

if TYPE_CHECKING:
    from openpyxl.cell import Cell

LONGEST_NAME: Final = 31
LONGEST_TEXT: Final = 32_767
FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WIDEST: Final = 40
HEAD_ROWS: Final = 5


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what it shows, where the figures come from, and the figures."""

    name: str
    about: str
    source: str
    content: data.Data


def sheets(published: Published, source: str) -> list[Sheet]:
    """The sheets of what a notebook published; ``source`` stands where figure or table names none of its own."""
    found: list[Sheet] = []
    for figure in published.figures.values():
        frame = data.of_figure(figure)
        if frame is not None:
            about = figure.get("title") or figure["alt"]
            found.append(Sheet(figure["name"], about, figure.get("source") or source, frame))
    for table in published.tables.values():
        found.append(Sheet(table["name"], table["caption"], table.get("source") or source, data.of_table(table)))
    names = _names(sheet.name for sheet in found)
    return [replace(sheet, name=name) for name, sheet in zip(names, found, strict=True)]


def write_workbook(content: list[Sheet], file: Path, *, title: str, made: str, lang: str = "en") -> None:
    """Write ``content`` to ``file``: beside first, then moved. ``made`` says as of when and in which run."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _write_contents(book.create_sheet(_free(phrase("contents", lang), content)), content, title, made, lang)
    for sheet in content:
        _write_sheet(book.create_sheet(sheet.name), sheet, made, lang)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        beside = Path(folder) / "part.xlsx"
        book.save(beside)
        beside.replace(file)


def _write_contents(page: Any, content: list[Sheet], title: str, made: str, lang: str) -> None:
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 34, 110
    page.append([_text(page, title, bold=True)])
    page.append([_text(page, made)])
    page.append([])
    page.append([_text(page, phrase(key, lang), bold=True) for key in ("sheet", "about")])
    for sheet in content:
        link = _text(page, sheet.name)
        link.hyperlink = f"#'{sheet.name}'!A1"
        link.style = "Hyperlink"
        page.append([link, _text(page, sheet.about)])


def _write_sheet(page: Any, sheet: Sheet, made: str, lang: str) -> None:
    for number, width in enumerate(_widths(sheet.content), 1):
        page.column_dimensions[_letters(number)].width = width
    page.freeze_panes = f"A{HEAD_ROWS + 1}"
    page.append([_text(page, sheet.about, bold=True)])
    page.append([_text(page, _sourced(sheet.source, lang))])
    page.append([_text(page, made)])
    page.append([])
    page.append([_text(page, name, bold=True) for name in sheet.content.columns])
    for row in sheet.content.rows:
        page.append([_text(page, cell) if isinstance(cell, str) else cell for cell in row])


def _sourced(source: str, lang: str) -> str:
    """A line of source; one that a chart wrote begins with the word already."""
    begins = [phrase("source", each, source="") for each in ("en", "ja")]
    return source if source.startswith(tuple(begins)) else phrase("source", lang, source=source)


def _text(page: Any, text: str, bold: bool = False) -> Cell:
    """A cell that stays text, also where the text begins like a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell: Cell = WriteOnlyCell(page, value=UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST_TEXT])
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _names(wanted: Iterable[str]) -> Iterator[str]:
    """Names that a workbook takes: short, without forbidden characters, no two alike whatever their case."""
    taken: set[str] = set()
    for name in wanted:
        plain = UNPRINTABLE.sub("", FORBIDDEN.sub(" ", name)).strip()[:LONGEST_NAME] or "data"
        chosen, number = plain, 1
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{plain[: LONGEST_NAME - 1 - len(str(number))]} {number}"
        taken.add(chosen.casefold())
        yield chosen


def _free(name: str, content: list[Sheet]) -> str:
    taken = {sheet.name.casefold() for sheet in content}
    return name if name.casefold() not in taken else f"{name} ({len(content)})"


def _widths(content: data.Data) -> list[float]:
    """Column widths that show heads and the first rows."""
    rows: list[list[Any]] = [content.columns, *content.rows[:50]]
    places = range(len(content.columns))
    longest = [max(len(_short(row[place])) for row in rows if place < len(row)) for place in places]
    return [min(WIDEST, max(10, length + 2)) for length in longest]


def _short(cell: Any) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell or "")


def _letters(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))
