"""A table that unfolds, in a real browser: read by mouse and keys, in light, dark, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.report.builders_pages import cell, notebook, page, table, text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TONES = ("good", "fair", "bad", "open", "none")
CLAIM = "A claim in a line that is as long as claims are, with figures"
LONG = "The noise is what its own measurement leaves open, and the claim lies inside of it. " * 3
DESK, PHONE, PAPER = ({"width": width, "height": 900} for width in (1440, 390, 680))


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [[number, TONES[number % 5], f"{CLAIM} {number}", "known before", "1.5% (1.2 to 1.8%)", "2 of 3", LONG[:80]]
            for number in range(34)]  # fmt: skip
    terms = [[{"term": "Readings", "texts": [LONG, LONG]}, {"term": "Objection", "texts": [LONG]}] for _ in rows]
    wide = table(
        "claims", rows=rows, columns=["#", "Verdict", "Claim", "Before", "Measured", "Hold", "As"], fields=[],
        unfolds={"column": "Claim", "rows": terms},
        tones={"column": "Verdict", "rows": [TONES[number % 5] for number in range(34)]},
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("page")
    page(notebook(text("# A\n\n## The claims"), cell("publish.table()", wide)), folder)
    return next(folder.glob("*.html"))


@pytest.fixture
def opened(browser: Browser, html: Path) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport=DESK)
    found = context.new_page()
    found.goto(html.as_uri())
    yield found
    context.close()


def unfold(opened: Page) -> None:
    opened.evaluate("document.querySelectorAll('.unfold').forEach(folded => { folded.open = true })")


def test_a_claim_unfolds_by_mouse_and_by_keys(opened: Page) -> None:
    shown = opened.locator(".unfold dl").filter(visible=True)
    assert shown.count() == 0
    opened.get_by_text(f"{CLAIM} 3", exact=True).click()
    assert shown.count() == 1 and "Objection" in str(shown.text_content())
    opened.locator(".unfold > summary").nth(5).focus()
    opened.keyboard.press("Enter")
    assert shown.count() == 2


def test_axe_finds_nothing_serious_in_light_and_dark(opened: Page) -> None:
    unfold(opened)
    opened.evaluate(AXE_SCRIPT)
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = opened.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []


def test_each_tone_has_a_colour_of_its_own_but_those_that_decide_nothing(opened: Page) -> None:
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        colours = {
            tone: opened.locator(f".tone.{tone}").first.evaluate("e => getComputedStyle(e).color") for tone in TONES
        }
        assert len(set(colours.values())) == 4 and colours["open"] == colours["none"]


def test_no_column_is_cut_at_the_desk_on_a_phone_or_on_paper(opened: Page) -> None:
    box = "document.querySelector('.grid').closest('.table')"
    unfold(opened)
    assert opened.evaluate(f"{box}.scrollWidth <= {box}.clientWidth"), "all columns fit the desk, unfolded too"
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert opened.evaluate(f"getComputedStyle({box}).overflowX") == "auto", "it scrolls in its own frame"
    opened.set_viewport_size(PAPER)  # type: ignore[arg-type]
    opened.emulate_media(media="print")
    assert opened.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    beyond = "[...document.querySelectorAll('.grid :is(th, td)')].filter(e => e.getBoundingClientRect().right > 680.5)"
    assert opened.evaluate(f"{beyond}.length") == 0
    assert opened.locator(".unfold > summary").filter(visible=True).count() == 34, "the claims themselves are printed"
