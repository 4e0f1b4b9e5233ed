"""The data behind figures and tables: what a CSV link and a sheet of the workbook hold."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from jpresearch.report import data
from tests.report.builders_pages import rows_of


@pytest.mark.parametrize(
    "text",
    [
        'week,net\n2026-09-04,689.343\n',
        'name,note\n"a,b","say ""hi"""\n',
        "sign\n#1 & 50% <b>\n",
        "line\n\"two\nlines\"\n",
        "会社\nソニー\n",
        "path\nC:\\temp?x=1;y\n",
    ],
)  # fmt: skip
def test_a_csv_link_holds_the_text_to_the_letter(text: str) -> None:
    import csv
    import io

    address = data.link(text)
    assert rows_of(address) == list(csv.reader(io.StringIO(text)))
    assert not set(address) & set('"<>#& \n') and address.isascii()


def test_a_spreadsheet_is_told_of_letters_beyond_ascii_and_only_then() -> None:
    assert "%EF%BB%BF" in data.link("会社\n") and "%EF%BB%BF" not in data.link("name\n")


def test_figures_of_a_frame_come_back_from_its_link_exactly() -> None:
    frame = pd.DataFrame({"x": [0.1 + 0.2, -1e-17, 123456789.123456789]})
    (_, *rows) = rows_of(data.link(frame.to_csv(index=False)))
    assert [float(value) for (value,) in rows] == list(frame["x"])


def test_a_published_table_becomes_csv_with_gaps_empty() -> None:
    content = {"columns": ["a", "b"], "rows": [["x,y", None], [1.5, 2]]}
    assert data.csv_of_table(content) == 'a,b\n"x,y",\n1.5,2\n'


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"),
        ("  =1", "'  =1"), ("\t=1", "'\t=1"), ("＝1+1", "'＝1+1"), ("-1.5", "-1.5"), ("-1e-05", "-1e-05"), (-1.5, -1.5),
        ("+3", "+3"), ("-inf", "-inf"), ("a-b", "a-b"), ("2026-09-04", "2026-09-04"), (None, None), ("", ""),
    ],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_is_made_inert_and_numbers_stay(cell: object, written: object) -> None:
    assert data.inert(cell) == written


def test_downloads_of_figures_and_tables_are_inert_and_the_workbook_keeps_the_text() -> None:
    text = 'name,net\n"=HYPERLINK(""http://x/"")",-131.9\n'
    figure = {"data": text, "fields": ["string", "number"]}
    assert data.csv_of_figure(figure) == 'name,net\n"\'=HYPERLINK(""http://x/"")",-131.9\n'
    found = data.of_figure(figure)
    assert found is not None and found.rows == [['=HYPERLINK("http://x/")', -131.9]]
    assert data.csv_of_table({"columns": ["=a"], "rows": [["=1"], [-2.5]]}) == "'=a\n'=1\n-2.5\n"
    calm = "week,net\n2026-09-04,689.343\n"
    assert data.csv_of_figure({"data": calm}) == calm


def test_the_frame_behind_a_figure_keeps_the_kinds_of_its_columns() -> None:
    content = {"data": "day,code,net\n2026-09-04,6857,1.5\n2026-09-05,0042,\n", "fields": ["date", "string", "number"]}
    found = data.of_figure(content)
    assert found is not None
    assert found.columns == ["day", "code", "net"]
    assert found.rows == [[date(2026, 9, 4), "6857", 1.5], [date(2026, 9, 5), "0042", None]]


def test_without_kinds_they_are_guessed() -> None:
    found = data.of_figure({"data": "day,n,word\n2026-09-04 15:30:00+09:00,2.0,x\n"})
    assert found is not None
    assert found.rows == [[datetime(2026, 9, 4, 15, 30), 2, "x"]]
    table = data.of_table(
        {"columns": ["a", "b", "c"], "rows": [["2026-09-04", float("inf"), True], ["no day", 1, None]]}
    )
    assert table.rows == [[date(2026, 9, 4), "inf", True], ["no day", 1, None]]


def test_a_figure_without_a_frame_has_no_data() -> None:
    assert data.of_figure({"data": None}) is None and data.csv_of_figure({}) is None


def test_a_picture_becomes_an_address_of_its_kind() -> None:
    assert data.picture_link("iVB\nORw\n", "image/png") == "data:image/png;base64,iVBORw"
    svg = data.picture_link('<svg a="b"><p d="M0 0" fill="#fff"/></svg>', "image/svg+xml")
    assert svg == "data:image/svg+xml,%3Csvg a='b'%3E%3Cp d='M0 0' fill='%23fff'/%3E%3C/svg%3E"
