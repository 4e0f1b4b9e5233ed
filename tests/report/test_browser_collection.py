"""Every page of the collection in a real browser: offline, under its policy, read, printed and on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jpresearch import payloads
from jpresearch.report import reading
from jpresearch.report.data import csv_of_table
from jpresearch.report.policy import page_policy
from tests.report.builders_pages import content_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COLLECTION = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}
A4 = (595.0, 842.0)
MARGIN = 28.0  # points: no picture reaches further towards the edge of the sheet

# The dashboard and the ledger, the longest page, stand for the rest in the suite; the long proofs measure all ten.
SAMPLE = ("00_dashboard", "08_claims")
EACH = [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.proof) for name in COLLECTION]

pytestmark = [pytest.mark.xdist_group("collection"), pytest.mark.parametrize("name", EACH)]

Open = Callable[..., "Page"]


class Watched:
    """What went wrong while pages were open."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url[:200]}"))
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def open_page(browser: Browser, everything: Path, watched: Watched) -> Iterator[Open]:
    """Opens a page of the collection as a reader without a network does."""
    contexts = []

    def opened(name: str, **options: Any) -> Page:
        context = browser.new_context(offline=True, viewport=options.pop("viewport", DESK), **options)
        contexts.append(context)
        page = context.new_page()
        watched.listen(page)
        page.goto((everything / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def unfold(page: Page) -> None:
    """Opens everything that is folded, but for the pieces of code."""
    page.evaluate("document.querySelectorAll('details:not(.code)').forEach(folded => { folded.open = true })")


@cache
def axe() -> str:
    """The script of axe-core that the package carries; run in the page, it asks for nothing."""
    from axe_playwright_python.base import AXE_SCRIPT

    return str(AXE_SCRIPT)


def published(folder: Path, name: str, media: str) -> list[dict[str, Any]]:
    content = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    return [output["data"][media] for output in outputs if media in output.get("data", {})]


def test_it_opens_offline_under_its_policy_without_a_complaint_and_every_figure_is_described(
    name: str, open_page: Open, watched: Watched, everything: Path
) -> None:
    page = open_page(name)
    policy = page.get_attribute('meta[http-equiv="Content-Security-Policy"]', "content")
    assert policy == page_policy(reading.script())
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert watched.complaints == []
    own = ("file:", "data:image/", "data:font/", "data:,")
    assert [address for address in watched.requests if not address.startswith(own)] == []
    texts = page.evaluate("[...document.images].map(image => image.alt)")
    assert len(texts) == len(published(everything, name, payloads.FIGURE)) >= 1
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert len(text.split()) >= 5 and not re.search(r"\.(png|svg|jpe?g)\b", text)


def test_answer_numbers_and_lead_figure_stand_on_the_first_screen_and_no_table_is_cut(
    name: str, open_page: Open, everything: Path
) -> None:
    """One load: the first screen of a desk and of a phone, and every width at which a table might be cut."""
    page = open_page(name, viewport={"width": 1440, "height": 900})
    foot = "names => Math.max(...names.map(name => document.querySelector(name).getBoundingClientRect().bottom))"
    leading = [".answer", ".leads", ".leading img"]
    assert page.evaluate(foot, leading) <= 900
    bar = page.locator(".bar nav").inner_text().split()
    assert [word for word in bar if re.fullmatch(r"\d\d", word)] == [each[:2] for each in COLLECTION]
    assert page.locator(".onward a").count() == 2 - (name in (COLLECTION[0], COLLECTION[-1]))
    page.set_viewport_size(PHONE)
    assert page.evaluate(foot, leading) <= 2 * PHONE["height"]
    cut = """() => [...document.querySelectorAll('.table')].filter(e => e.scrollWidth > e.clientWidth + 1)
             .map(e => [e.parentNode.id, e.scrollWidth, e.clientWidth])"""
    unfold(page)
    for width in (390, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(cut) == [], width
    page.set_viewport_size({"width": 1280, "height": 900})
    switches = page.get_by_label(re.compile("All \\d+ columns")).filter(visible=True)
    if switches.count():
        hidden = "[...document.querySelectorAll('.grid th')].filter(e => !e.offsetWidth).length"
        before = page.evaluate(hidden)
        switches.first.check()
        assert page.evaluate(hidden) < before
    assert (everything / f"{name}.html").stat().st_size <= 3_000_000


def test_without_script_everything_is_there_to_read(name: str, open_page: Open, watched: Watched) -> None:
    page = open_page(name, java_script_enabled=False)
    assert page.locator(".answer, .leads, .first .takeaways, .leading img").filter(visible=True).count() == 4
    assert page.locator(".reading, .marker, .save, .sort").count() == 0
    page.locator(".leading .caption summary").click()
    assert page.locator(".leading .cite").inner_text().startswith("Figure 1: ")
    assert watched.complaints == []


def test_axe_finds_nothing_serious_in_light_and_dark(name: str, open_page: Open) -> None:
    page = open_page(name)
    page.evaluate(axe())
    assert grave(page) == []
    page.emulate_media(color_scheme="dark")
    assert grave(page, {"runOnly": ["color-contrast"]}) == [], "all else is as in the light"


def grave(page: Page, options: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """The serious and critical violations that axe-core finds, each with the first element concerned."""
    found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **(options or {})})[
        "violations"
    ]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found if rule["impact"] in ("serious", "critical")]


def test_csv_links_yield_the_values_of_the_frames(name: str, open_page: Open, everything: Path) -> None:
    page = open_page(name)
    figures, tables = (published(everything, name, kind) for kind in (payloads.FIGURE, payloads.TABLE))
    wanted = [figure["data"] for figure in figures if figure["data"] and not figure["levels"]]
    wanted += [csv_of_table(table) for table in tables if not table["levels"]]
    unfold(page)
    links = page.locator("figure a.csv, [id^=table-] a.csv")
    taken = [content_of(str(link.get_attribute("href"))) for link in links.all()]
    assert sorted(taken) == sorted(wanted)
    for place in (0, links.count() - 1):
        with page.expect_download() as download:
            links.nth(place).click()
        assert re.fullmatch(rf"{name[:2]}-[\w.-]+\d{{4}}-\d\d-\d\d\.csv", download.value.suggested_filename)
        saved = Path(download.value.path()).read_bytes().decode("utf-8").removeprefix("\ufeff")
        assert saved == taken[place], "under its policy the browser saves what the link holds"


def test_one_switch_shows_all_code_and_each_piece_has_its_own(name: str, open_page: Open) -> None:
    page = open_page(name)
    unfold(page)
    pieces = page.locator("pre.code")
    shown = "[...document.querySelectorAll('pre.code')].filter(piece => piece.offsetHeight > 0).length"
    assert pieces.count() >= 5 and page.evaluate(shown) == 0
    page.locator("details.code > summary").nth(2).click()
    assert page.evaluate(shown) == 1 and pieces.nth(2).is_visible()
    page.get_by_label("Show all code").check()
    assert page.evaluate(shown) == pieces.count()
    page.get_by_label("Show all code").uncheck()
    assert page.evaluate(shown) == 1


def test_printed_on_a4_no_figure_is_cut(name: str, open_page: Open, tmp_path: Path) -> None:
    import pypdf

    page = open_page(name)
    bitmaps = page.locator("figure img[src^='data:image/png']").count()
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    sheets = pypdf.PdfReader(tmp_path / "page.pdf").pages
    assert {(round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) for sheet in sheets} == {A4}
    boxes = [box for sheet in sheets for box in _pictures(sheet)]
    assert len(boxes) == bitmaps, "a figure that is cut is drawn on two sheets"
    for left, bottom, right, top in boxes:
        assert left >= MARGIN and bottom >= MARGIN and right <= A4[0] - MARGIN and top <= A4[1] - MARGIN
    words = "".join(sheet.extract_text() for sheet in sheets)
    assert f"1 / {len(sheets)}" in words and "Data (CSV)" not in words and "publish.figure" not in words


def _pictures(sheet: Any) -> list[tuple[float, float, float, float]]:
    """The boxes of the pictures on a sheet, in points."""
    drawn: list[tuple[float, float, float, float]] = []
    images = {f"/{image.name.partition('.')[0]}" for image in sheet.images}

    def see(operator: bytes, operands: list[Any], matrix: list[float], _: list[float]) -> None:
        if operator == b"Do" and str(operands[0]) in images:
            a, _b, _c, d, x, y = matrix
            drawn.append((min(x, x + a), min(y, y + d), max(x, x + a), max(y, y + d)))

    sheet.extract_text(visitor_operand_before=see)
    return drawn


def test_printed_on_a4_nothing_is_wider_than_the_sheet_or_taller_than_a_figure_may_be(
    name: str, open_page: Open
) -> None:
    page = open_page(name, viewport={"width": 680, "height": 1000})  # what A4 leaves between its margins
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    heights = page.evaluate("[...document.querySelectorAll('figure')].map(figure => figure.offsetHeight)")
    assert max(heights) < 990
    assert page.evaluate(
        "[...document.querySelectorAll('figure')].every(f => getComputedStyle(f).breakInside == 'avoid')"
    )
    assert page.locator("pre.code, a.csv, nav, details:not(.unfold) > summary").filter(visible=True).count() == 0


def test_on_a_phone_nothing_overflows_and_a_figure_can_be_enlarged(name: str, open_page: Open) -> None:
    page = open_page(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    out = """[...document.querySelectorAll('body *')].filter(e => !e.closest('.table, .picture, .vh, .skip')
             && e.getBoundingClientRect().right > 390.5).map(e => e.outerHTML.slice(0, 100))"""
    assert page.evaluate(out) == []
    lead = page.locator(".leading img")
    if lead.count():
        assert 320 <= lead.evaluate("e => e.clientWidth") <= PHONE["width"], "drawn for a phone"
    picture = page.locator("figure:has(.enlarge) img").first
    assert picture.evaluate("e => e.clientWidth") <= PHONE["width"]
    page.get_by_label("Enlarge").first.check()
    assert picture.evaluate("e => e.clientWidth") > 700
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], "it scrolls in its own box"


def test_figures_can_be_read_in_the_dark(name: str, open_page: Open) -> None:
    """Paper as dark as the page's, and words that stand out from it by 7 to 1."""
    from io import BytesIO

    from PIL import Image

    page = open_page(name, color_scheme="dark")
    unfold(page)
    for picture in page.locator("figure img").all():
        image = Image.open(BytesIO(picture.screenshot())).convert("RGB")
        counted = sorted(image.getcolors(1 << 20) or [], reverse=True)
        paper = _luminance(counted[0][1])
        assert paper < 0.02
        brightest = max(_luminance(shade) for count, shade in counted if count > 20)
        assert (brightest + 0.05) / (paper + 0.05) > 7


def _luminance(shade: Any) -> float:
    parts = [part / 255 for part in shade]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
