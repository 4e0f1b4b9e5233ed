"""Executed notebooks made up for tests, and what a browser would make of the page of one."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jpresearch import payloads
from jpresearch.record import Failure, Git, Job, Run, Status, TableRead
from jpresearch.report.page import write_page

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe'
FRAME = 'week,net,who\n2026-08-28,-131.9,"a,b"\n2026-09-04,689.343,\n'


def nodes() -> Any:
    """nbformat takes a second to import, which only the tests that make notebooks should pay."""
    import nbformat.v4

    return nbformat.v4


def output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> Any:
    return nodes().new_output("display_data", data=data, metadata=metadata or {})


def figure(name: str = "net", data: str | None = FRAME, **changes: Any) -> Any:
    content = {
        "name": name, "alt": f"It fell: {name}.", "title": f"Title of {name}", "source": "JPX", "data": data,
        "fields": ["date", "number", "string"], "width": 806, "height": 410,
    }  # fmt: skip
    return output({"image/png": PIXEL, "text/plain": "It fell.", payloads.FIGURE: content | changes})


def table(name: str = "runs", **changes: Any) -> Any:
    content = {
        "name": name, "caption": f"Caption of {name}", "source": None, "columns": ["week", "net", "who"],
        "fields": ["date", "number", "string"], "rows": [["2026-09-04", 1234567.0, "a"], [None, -3.25, "=1+1"]],
    }  # fmt: skip
    return output({"text/html": "<table>", payloads.TABLE: content | changes})


def metric(name: str = "net_jpy_bn", value: Any = -502.0214, **changes: Any) -> Any:
    return output(
        {payloads.METRIC: {"name": name, "value": value, "unit": "JPY bn", "low": -503.0, "high": -501.0} | changes}
    )


def takeaway(text: str = "Foreigners sold.") -> Any:
    return output({"text/markdown": f"- {text}", payloads.TAKEAWAY: {"text": text}})


def sources(**changes: Any) -> Any:
    row = {
        "table": "investor_flows", "title": "Trading by type of investors", "publisher": "JPX",
        "page": "https://www.jpx.co.jp/", "vintage": "first_print", "terms": "Internal research", "grade": "rule",
        "newest_period": "2026-09-04", "published": "2026-09-10 15:30", "remark": "",
    }  # fmt: skip
    return output({payloads.SOURCES: {"rows": [row | changes]}})


def note(name: str = "investor_flows") -> Any:
    read = asdict(table_read(name))
    return output(
        {payloads.NOTE: {key: value for key, value in read.items() if key not in ("age_days", "allowance_days")}}
    )


def error(name: str = "ValueError", text: str = "no") -> Any:
    return nodes().new_output("error", ename=name, evalue=text, traceback=["Traceback", text])


def stream(text: str, name: str = "stdout") -> Any:
    return nodes().new_output("stream", name=name, text=text)


def text(source: str, **metadata: Any) -> Any:
    return nodes().new_markdown_cell(source, metadata=metadata)


def cell(source: str = "x = 1", *outputs: Any, run: bool = True) -> Any:
    return nodes().new_code_cell(source, outputs=list(outputs), execution_count=1 if run else None)


def notebook(*cells: Any) -> Any:
    return nodes().new_notebook(cells=list(cells))


def report() -> Any:
    """A notebook of the house form, executed."""
    return notebook(
        text("# Foreign flows\n\nDo foreigners move the market, or follow it?"),
        cell("as_of: str | None = None  # the day"),
        cell("inputs = load()", note()),
        text("## The newest weeks\n\nA *survey* week has `five` days."),
        cell("fig = draw()", figure("net")),
        cell("check()"),
        cell("publish.table()", table("runs")),
        text("## Takeaways"),
        cell("publish.takeaway()", metric(), takeaway()),
        text("## Sources"),
        cell("publish.sources()", sources()),
    )


def table_read(name: str = "investor_flows", **changes: Any) -> TableRead:
    fields: dict[str, Any] = {
        "table": name, "as_of": None, "rows": 12345, "newest_period": "2026-09-04",
        "newest_published_at": "2026-09-10T15:30:00+09:00", "content_hash": "0", "vintage": "first_print",
        "grade": "rule", "age_days": 79, "allowance_days": 14,
    }  # fmt: skip
    return TableRead(**(fields | changes))


def job(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "notebook": "01_a", "title": "Foreign flows", "parameters": {"as_of": "2026-09-11", "lags": None},
        "why": "asked", "status": Status.SUCCEEDED, "tables": [table_read()], "page": "01_a.html",
    }  # fmt: skip
    return Job(**(fields | changes))


def failed_job(**changes: Any) -> Job:
    return job(status=Status.FAILED, failure=Failure(type="ValueError", message="no", cell=4), **changes)


def run(**changes: Any) -> Run:
    fields: dict[str, Any] = {
        "id": "20261122-090000-ab12", "started_at": datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "command": ["run"],
        "whole_collection": True, "git": Git(commit="0123456789abcdef", dirty=True), "versions": {"python": "3.11"},
        "cores": 2, "jobs": [],
    }  # fmt: skip
    return Run(**(fields | changes))


def hostile_report() -> Any:
    """A notebook of which every name and text that a caller or a publisher supplies is an attack."""
    rows = [[HOSTILE, 1.0, HOSTILE]]
    quoted = HOSTILE.replace('"', '""')
    return notebook(
        text("# Title\n\nWhy?"),
        text("## A section"),
        cell(
            "x = '</code><script>alert(1)</script>'",
            figure(HOSTILE, alt=HOSTILE, title=HOSTILE, source=HOSTILE, data=f'"{quoted}"\n1\n', fields=[]),
            table(HOSTILE, caption=HOSTILE, columns=[HOSTILE, "n", HOSTILE], rows=rows),
            metric(HOSTILE, HOSTILE, unit=HOSTILE, low=None, high=None),
            takeaway(HOSTILE),
            sources(**dict.fromkeys(["table", "title", "publisher", "page", "vintage", "terms", "grade"], HOSTILE)),
            stream(HOSTILE),
            output({"text/html": f"<b>{HOSTILE}", "text/plain": HOSTILE}),
            error(HOSTILE, HOSTILE),
        ),
    )


def hostile_job() -> Job:
    return failed_job(
        title=HOSTILE,
        parameters={"as_of": HOSTILE, HOSTILE: [HOSTILE]},
        tables=[table_read(HOSTILE, newest_period=HOSTILE, newest_published_at=HOSTILE)],
    ).model_copy(update={"failure": Failure(type=HOSTILE, message=HOSTILE)})


def page(content: Any, folder: Path, the_job: Job | None = None, **options: Any) -> str:
    """The page of ``content``, written to ``folder``."""
    file = folder / "01_a.html"
    write_page(content, the_job or job(), run(), file, **options)
    return file.read_text(encoding="utf-8")


class Read(HTMLParser):
    """A page as a browser reads it: tags with attributes in order, and the text inside chosen tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "img", "input", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.append((self._open[-1], data.strip()))

    def values(self, tag: str, name: str) -> list[str]:
        """The values of an attribute on a tag, in order."""
        return [value for found, key, value in self.attributes if (found, key) == (tag, name)]

    def inside(self, tag: str) -> list[str]:
        """The texts directly inside a tag, in order."""
        return [words for found, words in self.texts if found == tag]


def content_of(address: str) -> str:
    """The text behind a ``data:`` link to CSV."""
    head, _, body = address.partition(",")
    assert head == "data:text/csv;charset=utf-8"
    return unquote(body).removeprefix("\ufeff")


def rows_of(address: str) -> list[list[str]]:
    """The rows behind a ``data:`` link to CSV."""
    return list(csv.reader(io.StringIO(content_of(address))))
