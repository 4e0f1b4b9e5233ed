"""The workbook beside a page: a sheet per figure and table with its source, and nothing that computes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from jpresearch.report.data import Data
from jpresearch.report.published import collect
from jpresearch.report.workbook import Sheet, sheets, write_workbook
from tests.report.builders_pages import FRAME, cell, figure, job, notebook, page, report, table, text


def written(content: list[Sheet], folder: Path, lang: str = "en") -> Any:
    file = folder / "page.xlsx"
    write_workbook(content, file, title="Foreign flows", made="Data as of 2026-09-11; Run 1", lang=lang)
    return openpyxl.load_workbook(file)


def sheet(name: str = "net", rows: list[list[Any]] | None = None, columns: list[str] | None = None) -> Sheet:
    return Sheet(name, "It fell", "JPX", Data(columns or ["a"], rows if rows is not None else [[1.0]]))


def test_a_page_has_its_data_beside_it_as_a_workbook_and_links_to_it(tmp_path: Path) -> None:
    html = page(report(), tmp_path)
    assert 'href="01_a.xlsx"' in html
    book = openpyxl.load_workbook(tmp_path / "01_a.xlsx")
    assert book.sheetnames == ["Contents", "net", "runs"]
    rows = [list(row) for row in book["net"].iter_rows(values_only=True)]
    assert [row[0] for row in rows[:3]] == [
        "Title of net",
        "Source: JPX",
        "Data as of 2026-09-11; Run 20261122-090000-ab12, 2026-11-22 09:00 UTC; "
        "commit 0123456789ab with changes; python 3.11",
    ]
    assert rows[4:] == [
        ["week", "net", "who"],
        [datetime(2026, 8, 28), -131.9, "a,b"],
        [datetime(2026, 9, 4), 689.343, None],
    ]
    assert book["runs"]["A2"].value == "Source: JPX", "a table without a source of its own names the page's publishers"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_a.html", "01_a.xlsx"], "nothing is left beside"


def test_a_page_without_data_has_no_workbook_and_no_link_to_one(tmp_path: Path) -> None:
    html = page(notebook(text("# T"), cell("x", figure(data=None))), tmp_path)
    assert "xlsx" not in html and not (tmp_path / "01_a.xlsx").exists()


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A1"])
def test_a_text_that_begins_like_a_formula_stays_text(formula: str, tmp_path: Path) -> None:
    book = written([sheet(rows=[[formula]], columns=[formula])], tmp_path)
    for place in ("A5", "A6"):
        cell = book["net"][place]
        assert (cell.value, cell.data_type) == (formula, "s")
        assert cell.quotePrefix, "also when a reader edits the cell"


def test_numbers_days_and_gaps_keep_their_kind(tmp_path: Path) -> None:
    book = written([sheet(rows=[[1.5, date(2026, 9, 4), None, "6857"]], columns=list("abcd"))], tmp_path)
    cells = next(iter(book["net"].iter_rows(min_row=6)))
    assert [cell.value for cell in cells] == [1.5, datetime(2026, 9, 4), None, "6857"]
    assert [cell.data_type for cell in cells][:2] == ["n", "d"] and cells[3].data_type == "s"


def test_names_that_a_workbook_refuses_are_changed_and_stay_distinct(tmp_path: Path) -> None:
    names = ["a" * 40, "A" * 40, "x/y:z", "[x] y*z", "[]", "'", "Contents"]
    figures = [figure(name) for name in names]
    found = sheets(collect(notebook(cell("x", *figures))), "JPX")
    book = written(found, tmp_path)
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames}) == len(names) + 1
    assert all(0 < len(name) <= 31 for name in book.sheetnames)


def test_the_first_sheet_lists_the_others_with_links(tmp_path: Path) -> None:
    book = written([sheet("net"), sheet("gross")], tmp_path)
    first = book["Contents"]
    assert [first["A1"].value, first["A2"].value] == ["Foreign flows", "Data as of 2026-09-11; Run 1"]
    assert [(row[0].value, row[1].value) for row in first.iter_rows(min_row=5)] == [
        ("net", "It fell"),
        ("gross", "It fell"),
    ]
    assert first["A5"].hyperlink.location == "'net'!A1" or first["A5"].hyperlink.target == "#'net'!A1"


def test_letters_that_no_workbook_can_hold_do_not_stop_it(tmp_path: Path) -> None:
    book = written([sheet(rows=[["a\x00b\x0bc\ud800", "x" * 40_000]], columns=["a", "b"])], tmp_path)
    cells = next(iter(book["net"].iter_rows(min_row=6, values_only=True)))
    assert cells[0] == "a\ufffdb\ufffdc\ufffd" and len(cells[1]) == 32_767


def test_a_source_line_says_the_word_once(tmp_path: Path) -> None:
    written_ones = [table("a", source="Source: JPX"), table("b", source="出所：JPX"), table("c", source="JPX")]
    book = written(sheets(collect(notebook(cell("x", *written_ones))), "JPX"), tmp_path)
    assert [book[name]["A2"].value for name in "abc"] == ["Source: JPX", "出所：JPX", "Source: JPX"]


def test_a_table_names_its_own_source(tmp_path: Path) -> None:
    found = sheets(collect(notebook(cell("x", table(source="MoF")))), "JPX")
    assert [sheet.source for sheet in found] == ["MoF"]


def test_the_fixed_words_are_in_the_language_of_the_page(tmp_path: Path) -> None:
    page(report(), tmp_path, job(lang="ja"))
    book = openpyxl.load_workbook(tmp_path / "01_a.xlsx")
    assert book.sheetnames[0] == "目次" and book["net"]["A2"].value == "出所：JPX"
    assert FRAME.splitlines()[0].split(",") == [cell.value for cell in book["net"][5]]
