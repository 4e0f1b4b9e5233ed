"""What an attacker, a failed run or a Japanese reader makes of a page, in a real browser."""

from __future__ import annotations

import http.server
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jpresearch.report import reading
from tests.report.builders_pages import (
    cell,
    error,
    failed_job,
    figure,
    hostile_job,
    hostile_report,
    job,
    metric,
    notebook,
    output,
    page,
    report,
    text,
)
from tests.report.test_browser_collection import Watched, axe, grave

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def tab(browser: Browser, watched: Watched) -> Iterator[Page]:
    context = browser.new_context(offline=True)
    opened = context.new_page()
    watched.listen(opened)
    opened.on("dialog", lambda dialog: watched.complaints.append(f"dialog: {dialog.message}"))
    yield opened
    context.close()


def scripts(tab: Page) -> list[str]:
    """The text of every script of the page, as the browser has it."""
    return [str(text) for text in tab.evaluate("[...document.scripts].map(script => script.src + script.text)")]


def show(tab: Page, content: Any, folder: Path, the_job: Any = None) -> None:
    page(content, folder, the_job)
    tab.goto((folder / "01_a.html").as_uri())


def test_hostile_content_shows_as_text_and_does_nothing(tab: Page, watched: Watched, tmp_path: Path) -> None:
    show(tab, hostile_report(), tmp_path, hostile_job())
    assert watched.complaints == []
    assert scripts(tab) == [str(reading.script())], "its own and no other"
    assert tab.evaluate("document.images.length") == 1
    seen = tab.inner_text("body")
    assert seen.count("<script>alert(1)</script>") >= 10
    assert "[U+202E]gnp.exe" in seen and "\u202e" not in tab.content()
    assert "<script>" in str(tab.get_attribute("figure img", "alt"))


def hostile_pieces(address: str) -> list[str]:
    """Pieces of HTML that would run, load something from ``address``, or hide what comes after them."""
    from tests.report.test_sanitising import HOSTILE as PIECES

    return [piece.replace("http://x/", address).replace("alert(1)", f"fetch('{address}')") for piece in PIECES]


def opened_hostile(tab: Page, pieces: list[str], folder: Path) -> None:
    """Open a page whose cells hold these pieces everywhere, over ``file://``, and see that the report stands."""
    joined = "".join(pieces)
    content = notebook(
        text(f"# T\n\n{joined}"),
        text(f"## A\n\n{joined}\n\n![x]({pieces[0]}) [y]({pieces[0]})"),
        cell("a", *(output({"text/html": piece}) for piece in pieces), output({"text/markdown": joined})),
        cell("b", output({"text/html": joined}), figure(alt=joined, title=joined), metric(label=joined[:200])),
        text("## Last\n\nThe end of the report."),
        cell("boom()", error("ValueError", joined)),
    )
    show(tab, content, folder, failed_job())
    tab.wait_for_timeout(50)
    assert tab.get_by_text("The end of the report.").is_visible()
    assert tab.locator("#failed").is_visible(), "the error is not swallowed"
    assert tab.get_by_text("This run did not finish").is_visible()
    assert tab.url.startswith("file://") and scripts(tab) == [str(reading.script())]


@pytest.fixture
def counted() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


@pytest.fixture
def online(browser: Browser) -> Iterator[Page]:
    """A tab that could reach the server, were it asked to."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_hostile_html_hides_nothing_and_asks_nobody(
    online: Page, counted: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = counted
    opened_hostile(online, hostile_pieces(address), tmp_path)
    assert asked == []
    online.goto(address)
    assert asked, "the server does count"


@pytest.mark.proof
def test_two_hundred_hostile_pages_ask_nobody(online: Page, counted: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = counted
    pieces = hostile_pieces(address)
    for seed in range(200):
        draw = random.Random(seed)
        chosen = draw.sample(pieces, k=draw.randint(2, 8))
        mixed = [piece if draw.random() < 0.5 else piece[: draw.randint(1, len(piece))] for piece in chosen]
        opened_hostile(online, [*mixed, draw.choice(pieces).upper()], tmp_path)
        assert asked == [], seed


def test_a_failed_page_leads_to_its_failing_cell(tab: Page, tmp_path: Path) -> None:
    content = notebook(text("# T\n\nWhy?"), text("## A"), cell("a", figure()), text("## B"), cell("boom()", error()))
    show(tab, content, tmp_path, failed_job())
    tab.evaluate(axe())
    assert grave(tab) == []
    tab.get_by_role("link", name="Go to the failing cell").click()
    assert tab.locator("#failed").is_visible()
    assert tab.locator("pre.code", has_text="boom()").is_visible(), "the failing cell's code is open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_japanese_page_and_its_box_are_as_easy_to_use(scheme: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(offline=True, color_scheme=scheme)  # type: ignore[arg-type]
    opened = context.new_page()
    page(report(), tmp_path, job(lang="ja"), previous=job(lang="ja"))
    opened.goto((tmp_path / "01_a.html").as_uri())
    opened.evaluate(axe())
    assert grave(opened) == []
    assert opened.get_by_role("heading", level=1).count() == 1
    context.close()
