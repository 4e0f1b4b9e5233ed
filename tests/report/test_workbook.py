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


TEXTS = [
    "\t=1+1", " =1", "\n@a", "＝1+1", "http://a.example/", "mailto:a@b", "internal:'x'!A1", "{=SUM(A1)}", "123", "1e5",
    "  two  ",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_kept_letter_by_letter_and_is_no_formula_number_or_link(text: str, tmp_path: Path) -> None:
    book = written([sheet(rows=[[text]], columns=[text])], tmp_path)
    for place in ("A5", "A6"):
        cell = book["net"][place]
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_days_and_gaps_keep_their_kind(tmp_path: Path) -> None:
    book = written([sheet(rows=[[1.5, date(2026, 9, 4), None, "6857"]], columns=list("abcd"))], tmp_path)
    cells = next(iter(book["net"].iter_rows(min_row=6)))
    assert [cell.value for cell in cells] == [1.5, datetime(2026, 9, 4), None, "6857"]
    assert [cell.data_type for cell in cells][:2] == ["n", "d"] and cells[3].data_type == "s"


def test_names_that_a_workbook_refuses_are_changed_and_stay_distinct(tmp_path: Path) -> None:
    names = ["History", "a" * 40, "A" * 40, "x/y:z", "[x] y*z", "[]", "'", "Contents"]
    figures = [figure(name) for name in names]
    found = sheets(collect(notebook(cell("x", *figures))), "JPX")
    book = written(found, tmp_path)
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames}) == len(names) + 1
    assert all(0 < len(name) <= 31 for name in book.sheetnames)


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("net, JPY bn", [-502.02, 1234.5], "#,##0.0"), ("fall_pct", [-3.21, 12.0], "#,##0.00"),
        ("p", [0.03], "#,##0.000"),
        ("year", [2024, 2025], "0"), ("weeks", [4067, 12], "#,##0"), ("Nikkei 225", [43018.75], "#,##0"),
        ("bp per bp", [21.4], "#,##0.0"), ("slope", [0.0213], "#,##0.0000"), ("P/E, trailing", [21.31], "#,##0.00"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_their_unit_is_written(name: str, values: list[Any], shown: str, tmp_path: Path) -> None:
    book = written([sheet(rows=[["a", value] for value in values], columns=["who", name])], tmp_path)
    assert [book["net"].cell(6 + n, 2).number_format for n in range(len(values))] == [shown] * len(values)
    assert [book["net"].cell(6 + n, 2).value for n in range(len(values))] == values, "the value itself stays"


def test_heads_stay_in_view_and_lead_back_to_the_contents(tmp_path: Path) -> None:
    page = written([sheet()], tmp_path)["net"]
    assert page.freeze_panes == "B6" and page["A4"].hyperlink.location == "'Contents'!A1"


def charted(name: str, kind: str, marks: list[str], **changes: Any) -> Any:
    heads = [{"name": f"s{n}", "kind": mark, "unit": "JPY bn", "colour": "#0072B2"} for n, mark in enumerate(marks)]
    columns = ",".join(f"s{n}" for n in range(len(marks)))
    rows = "".join(f"2026-09-{day:02d}{f',{day}.5' * len(marks)}\n" for day in (4, 11, 18))
    content = {"fields": ["date", *["number"] * len(marks)], "chart": {"kind": kind, "unit": "JPY bn", "series": heads}}
    return figure(name, data=f"x,{columns}\n{rows}", **content | changes)


@pytest.mark.parametrize(
    ("kind", "marks", "drawn"),
    [
        ("lines", ["line", "line"], ["LineChart"]), ("bars", ["bar"], ["BarChart"]),
        ("stack", ["bar"] * 2, ["BarChart"]),
        ("bars", ["bar", "line"], ["BarChart", "LineChart"]), ("heat", ["cell"], []),
    ],
)  # fmt: skip
def test_a_figure_is_drawn_by_the_spreadsheet_where_its_kind_allows(
    kind: str, marks: list[str], drawn: list[str], tmp_path: Path
) -> None:
    page(notebook(text("# T"), cell("x", charted("net", kind, marks))), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "01_a.xlsx")["net"]
    found = [part for chart in sheet._charts for part in chart._charts]
    assert [type(part).__name__ for part in found] == drawn
    references = [series.val.numRef.f for part in found for series in part.series]
    assert references == [f"net!${'BCD'[n]}$6:${'BCD'[n]}$8" for n in range(len(marks) if drawn else 0)]


def test_a_chart_of_other_values_than_the_data_has_them_beside(tmp_path: Path) -> None:
    head = {
        "name": "a",
        "kind": "line",
        "unit": "%",
        "colour": "#0072B2",
        "x": ["2026-09-04", "2026-09-11"],
        "values": [1.5, 2.5],
    }
    chart = {"kind": "lines", "unit": "%", "series": [head]}
    page(notebook(text("# T"), cell("x", figure("net", chart=chart))), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "01_a.xlsx")["net"]
    assert [cell.value for cell in sheet[5]][:6] == ["week", "net", "who", None, "As drawn", "a"]
    assert [cell.value for cell in sheet[7]][4:6] == [datetime(2026, 9, 11), 2.5]
    assert sheet._charts[0].series[0].val.numRef.f == "net!$F$6:$F$7"


def test_a_sheet_of_figures_that_stay_at_the_desk_says_so_instead(tmp_path: Path) -> None:
    shown = [charted("net", "lines", ["line"], levels=["investor_flows"]), table("week", levels=["market_daily"])]
    page(notebook(text("# T"), cell("x", *shown)), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "01_a.xlsx")
    for name, owner in (("net", "Japan Exchange Group"), ("week", "Nikkei")):
        assert owner in book[name]["B4"].value and book[name].max_row == 4 and book[name]._charts == []
        assert book[name]["A2"].value.startswith("Source: ")


def test_a_day_before_those_that_spreadsheets_know_is_a_text(tmp_path: Path) -> None:
    book = written([sheet(rows=[[date(1868, 1, 3)], [datetime(1899, 1, 1, 9)]])], tmp_path)
    assert [book["net"]["A6"].value, book["net"]["A7"].value] == ["1868-01-03", "1899-01-01 09:00:00"]


def test_a_full_disk_is_an_error_of_the_system_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", full)
    with pytest.raises(OSError, match="No space"):
        written([sheet()], tmp_path)
    assert list(tmp_path.iterdir()) == []


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
