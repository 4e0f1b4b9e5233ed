"""Publishers' pages: what is written stays as it is written, and strange pages are refused in bounded time."""

from __future__ import annotations

import pytest

from jpresearch.sources.markup import MOST_SPANNED, MOST_TABLES, read_page
from jpresearch.sources.model import SourceError


def test_a_cell_is_its_text_and_stands_wherever_it_spans() -> None:
    page = read_page(
        "<p>前</p><table><thead><tr><th>a</th><th colspan=2>b</th></tr></thead>"
        "<tr><td rowspan=2>007</td><td>1.50</td><td>3,000</td></tr><tr><td>1e3</td><td>nan</td></tr>"
        "<tr><td>TRUE</td></tr><tfoot><tr><td>合計</td><td></td><td>▲1</td></tr></tfoot></table>後",
        "a.html",
    )
    assert page.tables == [
        [["a", "b", "b"], ["007", "1.50", "3,000"], ["007", "1e3", "nan"], ["TRUE", "", ""], ["合計", "", "▲1"]]
    ]
    assert page.text.split() == ["前", "a", "b", "007", "1.50", "3,000", "1e3", "nan", "TRUE", "合計", "▲1後"]


def test_a_column_of_numbers_alone_stays_as_it_is_written() -> None:
    rows = "<tr><td>007<td>1.50<td>TRUE<td>nan</tr>" * 2
    assert read_page(f"<table>{rows}</table>", "a.html").tables == [[["007", "1.50", "TRUE", "nan"]] * 2]


def test_a_table_within_a_table_is_one_of_its_own() -> None:
    page = read_page("<table><tr><td>o<table><tr><td>i</td></tr></table>u</td></tr></table>", "a.html")
    assert page.tables == [[["ou"]], [["i"]]]


def test_scripts_comments_and_empty_tables_say_nothing() -> None:
    page = read_page("a<script>1<2</script><!-- 3 --><style>4</style><table><tr></tr></table>b", "a.html")
    assert (page.text.split(), page.tables) == (["a", "b"], [])


def test_a_cell_that_claims_to_span_without_end_is_bounded() -> None:
    ((row, *rest),) = read_page('<table><tr><td colspan="99999999">x<td rowspan="-1">y</table>', "a.html").tables
    assert (row, rest) == (["x"] * MOST_SPANNED + ["y"], [])


@pytest.mark.parametrize(
    "markup",
    [
        "", "<td>\ud800</td>", "a" * 2_000_001, "<table><tr><td>x</table>" * (MOST_TABLES + 1),
        "<table>" + "<tr><td>1" * 20_001, "<table><tr>" + "<td colspan=50 rowspan=50>1" * 9,
    ],
    ids=["empty", "half_a_pair", "long", "tables", "cells", "spans"],
)  # fmt: skip
def test_what_is_no_page_or_too_much_of_one_is_refused(markup: str) -> None:
    with pytest.raises(SourceError):
        read_page(markup, "a.html")


@pytest.mark.parametrize("opening", ["<div>", "<table><tr><td>", "<b><p>"])
def test_a_page_nested_without_end_is_read_as_far_as_it_goes_or_refused(opening: str) -> None:
    try:
        page = read_page(opening * 100_000, "a.html")
    except SourceError as error:
        assert "a.html" in str(error)
    else:
        assert page.tables == []
