"""The page and the index: complete, offline, and nothing that a figure's name or a parameter can break."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jpresearch import publish
from jpresearch.record import Failure, Git, Job, Run, Status, TableRead
from jpresearch.report.index import render
from jpresearch.report.page import grid, write_page
from jpresearch.report.published import collect

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def nodes() -> Any:
    """nbformat takes a second to import, which only these tests should pay."""
    import nbformat.v4

    return nbformat.v4


def output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> Any:
    return nodes().new_output("display_data", data=data, metadata=metadata or {})


def notebook(text: str = "plain") -> Any:
    outputs = [
        output({publish.NOTE: {"table": "t"}}),
        output({"image/png": PIXEL, "text/plain": text, publish.FIGURE: {"name": text, "alt": text, "data": None}}),
        output({publish.METRIC: {"name": text, "value": -502.0214, "unit": text, "low": -503.0, "high": -501.0}}),
        output({"text/markdown": f"- {text}", publish.TAKEAWAY: {"text": text}}),
        output(
            {
                "text/html": "<table>",
                publish.TABLE: {
                    "name": text,
                    "caption": text,
                    "columns": [text, "n"],
                    "rows": [[text, 1234567.0], [None, 3]],
                },
            }
        ),
        output(
            {
                publish.SOURCES: {
                    "rows": [
                        dict.fromkeys(["title", "publisher", "page", "remark", "terms"], text)
                        | {"newest_period": "", "published": "", "vintage": "first_print"},
                    ]
                }
            }
        ),
        nodes().new_output("stream", name="stdout", text=text),
        nodes().new_output("error", ename="ValueError", evalue=text, traceback=[text]),
    ]  # fmt: skip
    code = nodes().new_code_cell("x = 1  # <b>", outputs=outputs, execution_count=1)
    banner = nodes().new_markdown_cell("An Exception was encountered", metadata={"tags": ["papermill-error-cell-tag"]})
    return nodes().new_notebook(cells=[banner, nodes().new_markdown_cell("# Title\nWhy?"), code])


def job(text: str = "plain", **changes: Any) -> Job:
    table = TableRead(
        table=text, as_of=None, rows=12345, newest_period="2026-09-04", newest_published_at="2026-09-10T15:30:00+09:00",
        content_hash="0", vintage="first_print", grade="rule", age_days=79, allowance_days=14,
    )  # fmt: skip
    fields: dict[str, Any] = {
        "notebook": "01_a", "title": text, "parameters": {"as_of": text, "codes": [text]}, "why": text,
        "status": Status.SUCCEEDED, "tables": [table], "takeaways": [text], "page": "01_a.html",
    }  # fmt: skip
    return Job(**(fields | changes))


def run(*jobs: Job) -> Run:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    return Run(
        id="20261122-090000-ab12", started_at=now, command=["run"], whole_collection=True,
        git=Git(commit="0123456789abcdef", dirty=True), versions={"python": "3.11"}, cores=2, jobs=list(jobs),
    )  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture
def page(tmp_path: Path) -> str:
    write_page(notebook(), job(), run(job()), tmp_path / "page.html")
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_page_needs_nothing_from_outside(page: str) -> None:
    found = read(page)
    assert "script" not in found.tags
    assert "link" not in found.tags
    loads = [value for tag, name, value in found.attributes if name in ("src", "srcset", "data", "poster")]
    assert loads
    assert all(value is not None and value.startswith("data:image/png;base64,") for value in loads)
    assert not re.search(r"@import|url\(", page)


def test_a_page_shows_figure_table_metric_takeaway_and_sources(page: str) -> None:
    found = read(page)
    assert found.tags.count("img") == 1
    assert ("img", "alt", "plain") in found.attributes
    assert "1,234,567" in page
    assert "−502.021" in page
    assert "(−503 to −501)" in page
    assert '<p class="takeaway">plain</p>' in page
    assert "first print" in page
    assert "An Exception was encountered" not in page
    assert found.tags.count("h1") == 1


def test_a_column_of_figures_has_one_number_of_decimals_and_days_stay_on_one_line() -> None:
    found = grid(
        ["day", "net", "year"], [["2025-08-29", -303.154, 2025], ["2025-08-22", 1200.0, 2024], [None, None, 12345]]
    )
    assert found.heads == [("day", "short"), ("net", "number"), ("year", "number")]
    assert [[text for text, _ in row] for row in found.rows] == [
        ["2025-08-29", "−303.154", "2025"],
        ["2025-08-22", "1200.000", "2024"],
        ["–", "–", "12,345"],
    ]


def test_a_page_says_how_it_came_to_be(page: str) -> None:
    assert "commit 0123456789ab with changes" in page
    assert "run 20261122-090000-ab12" in page
    assert "2026-09-10 15:30" in page
    assert "12,345" in page


def test_a_stale_table_gets_a_banner_with_its_newest_day(page: str) -> None:
    assert "plain is stale: its newest period is 2026-09-04, 79 days back; 14 are usual." in page


def test_a_failed_run_gets_a_banner_with_the_failing_cell(tmp_path: Path) -> None:
    failed = job(status=Status.FAILED, failure=Failure(type="ValueError", message="no", cell=4))
    write_page(notebook(), failed, run(failed), tmp_path / "page.html")
    assert "This run failed in code cell 4: ValueError: no" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_hostile_content_shows_as_text_in_page_and_index(tmp_path: Path) -> None:
    hostile = job(HOSTILE, failure=Failure(type=HOSTILE, message=HOSTILE), status=Status.FAILED, page=HOSTILE)
    write_page(notebook(HOSTILE), hostile, run(hostile), tmp_path / "page.html")
    for html in ((tmp_path / "page.html").read_text(encoding="utf-8"), render(run(hostile))):
        found = read(html)
        assert "script" not in found.tags
        assert not [name for _, name, _ in found.attributes if name.startswith("on")]
        assert "&lt;script&gt;" in html


def test_an_index_links_pages_and_says_why_one_is_missing() -> None:
    skipped = job("later", status=Status.SKIPPED, why="not public before 2014-03-26", page=None, takeaways=[])
    html = render(run(job(), skipped))
    assert ("a", "href", "01_a.html") in read(html).attributes
    assert "Skipped: not public before 2014-03-26" in html


def test_what_was_published_is_read_from_the_notebook_alone() -> None:
    found = collect(notebook("net"))
    assert list(found.figures) == ["net"]
    assert found.metrics["net"].value == -502.0214
    assert found.tables["net"]["rows"][0] == ["net", 1234567.0]
    assert found.takeaways == ["net"]
    assert found.notes == [{"table": "t"}]
