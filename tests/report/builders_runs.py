"""Run records made up for tests, and a reader of HTML that says what a browser would make of a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jpresearch import record
from jpresearch.record import Git, Job, Metric, Run, Status, TableRead

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 9, 11, 18, 0, tzinfo=TOKYO)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e{0}%s</style></title>'
# What a reader sees of it: the turning character by its name.
# The same in the name of a file, which leads nowhere.
HOSTILE_NAME = HOSTILE.replace("/", "\N{DIVISION SLASH}")
SHOWN = HOSTILE.replace("\u202e", "[U+202E]")
INLINE = {"bdi", "a", "strong", "code"}
VOID = {"meta", "img", "br", "polyline", "circle", "line", "input"}


def table(
    name: str = "investor_flows", rows: int = 100, newest: str | None = "2026-09-04", **changes: Any
) -> TableRead:
    fields: dict[str, Any] = {
        "table": name, "as_of": None, "rows": rows, "newest_period": newest, "newest_published_at": None,
        "content_hash": f"{name} {rows} {newest}", "vintage": "first_print", "grade": "rule",
    }  # fmt: skip
    return TableRead(**(fields | changes))


def job(name: str = "01_a", **changes: Any) -> Job:
    fields: dict[str, Any] = {
        "name": name, "notebook": name.partition("--")[0], "title": f"Title of {name}", "why": "asked for",
        "parameters": {"as_of": None, "lags": 4}, "status": Status.SUCCEEDED, "page": f"{name}.html",
        "started_at": START, "metrics": [Metric(name="net", value=-1.5, unit="JPY bn", low=-2.0, high=-1.0)],
        "takeaways": ["Foreigners sold."], "tables": [table()],
    }  # fmt: skip
    return Job(**(fields | changes))


def run(*jobs: Job, week: int = 0, **changes: Any) -> Run:
    start = START + timedelta(weeks=week)
    fields: dict[str, Any] = {
        "id": f"{start:%Y%m%d-%H%M%S}-{abs(week):04x}", "started_at": start, "ended_at": start, "command": ["run"],
        "whole_collection": True, "git": Git(commit="a" * 40, dirty=False), "versions": {"pandas": "3.1.1"}, "cores": 2,
        "jobs": list(jobs) or [job()],
    }  # fmt: skip
    return Run(**(fields | changes))


def hostile_job(**changes: Any) -> Job:
    """A job of which every text is an attack."""
    fields: dict[str, Any] = {
        "name": HOSTILE_NAME, "notebook": HOSTILE_NAME, "title": HOSTILE, "why": HOSTILE,
        "page": f"{HOSTILE_NAME}.html",
        "parameters": {"as_of": HOSTILE, HOSTILE: HOSTILE}, "takeaways": [HOSTILE], "workbook": HOSTILE_NAME,
        "metrics": [
            Metric(name=HOSTILE, value=1.5, unit=HOSTILE, low=1.0, high=2.0),
            Metric(name="said", value=HOSTILE, unit=HOSTILE),
        ],
        "tables": [table(HOSTILE, newest=HOSTILE, age_days=9, allowance_days=1)],
        "fingerprint": {HOSTILE: "1"},
    }  # fmt: skip
    return job(**(fields | changes))


def kept(reports: Path, found: Run) -> Path:
    """The run written into a folder of reports."""
    folder = reports / found.id
    folder.mkdir(parents=True)
    record.write(found, folder)
    return folder


class Page(HTMLParser):
    """The tags of a page, their text, their links; raises where a tag is left open or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._apart(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag
        self._apart(tag)

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["style"], ["script"]):
            self.texts.append(data)

    def _apart(self, tag: str) -> None:
        if tag not in INLINE:
            self.texts.append(" ")

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def searched(html: str) -> Page:
    """The index of all runs, after the checks every page must pass but for its own script, the only one."""
    before, script = html.split("<script>")
    sound(before + script.split("</script>")[1])
    return Page(html)


def sound(html: str) -> Page:
    """The page, after the checks every page must pass."""
    page = Page(html)
    for tag in ("h1", "main", "header", "footer"):
        assert page.tags.count(tag) == 1, tag
    assert page.tags.count("title") == 1 + page.tags.count("svg")
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    outside = [link for link in page.links if ":" in link or link.startswith("//")]
    assert not outside, outside
    assert ("html", "lang", "en") in page.attributes or ("html", "lang", "ja") in page.attributes
    return page
