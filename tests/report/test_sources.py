"""What a page was computed from: each table once, with publisher, age and terms."""

from __future__ import annotations

from jpresearch.report.sources import owners, publishers, source_lines
from tests.report.builders_pages import job, table_read

LISTED = {
    "table": "investor_flows", "title": "Trading by type", "publisher": "JPX", "page": "https://x", "terms": "Internal",
    "vintage": "first_print", "grade": "rule", "newest_period": "2026-09-04", "published": "2026-09-10 15:30",
    "remark": "",
}  # fmt: skip


def test_a_source_that_was_read_says_what_was_read() -> None:
    (line,) = source_lines(job(tables=[table_read(newest_period="2026-08-28")]), [LISTED])
    assert (line.title, line.publisher, line.terms) == ("Trading by type", "JPX", "Internal")
    assert (line.newest_period, line.published, line.rows) == ("2026-08-28", "2026-09-10 15:30", "12,345 rows")
    assert line.stale


def test_a_table_read_but_not_listed_is_described_by_the_catalogue() -> None:
    lines = source_lines(job(tables=[table_read("market_daily"), table_read()]), [LISTED])
    assert [line.table for line in lines] == ["investor_flows", "market_daily"]
    assert lines[1].publisher.startswith("Nikkei") and lines[1].terms and lines[1].page.startswith("https://")


def test_a_failed_run_that_listed_nothing_still_names_its_sources() -> None:
    (line,) = source_lines(job(), [])
    assert line.publisher == "Japan Exchange Group (JPX)"


def test_a_table_that_nobody_knows_is_named() -> None:
    (line,) = source_lines(job(tables=[table_read("gone")]), [])
    assert (line.title, line.publisher, line.page) == ("gone", "", "")


def test_a_source_listed_and_not_read_says_so_and_why() -> None:
    row = LISTED | {"newest_period": "", "published": "", "grade": "", "remark": "not public before 2014-03-26"}
    (line,) = source_lines(job(tables=[]), [row])
    assert line.newest_period == "not public before 2014-03-26" and line.rows == "not read in this run"


def test_a_page_that_is_no_web_address_is_not_linked() -> None:
    (line,) = source_lines(job(tables=[]), [LISTED | {"page": "javascript:alert(1)"}])
    assert line.page == ""


def test_an_owner_is_named_without_the_series_that_are_its_own() -> None:
    assert owners(["market_daily"]).startswith("Nikkei Inc., JPX, S&P Dow Jones Indices")
    assert owners(["investor_flows"]) == "Japan Exchange Group (JPX)"


def test_publishers_are_named_once() -> None:
    lines = source_lines(job(tables=[]), [LISTED, LISTED | {"table": "b"}, LISTED | {"table": "c", "publisher": "MoF"}])
    assert publishers(lines) == "JPX; MoF"
