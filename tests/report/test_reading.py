"""Reading values from a chart and sorting a table: in a browser, by pointer and by keys, with the CSV beside."""

from __future__ import annotations

import base64
import csv
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from jpresearch.report import downloads
from tests.report.builders_pages import Read, cell, content_of, job, notebook, page, report, table, text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

KEYS = ("Home", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight")


def outputs() -> list[Any]:
    """A line, a bar and a dot chart, as a notebook publishes them."""
    import numpy as np
    import pandas as pd

    from jpresearch import charts, publish

    draws = np.random.default_rng(5)
    weeks = pd.date_range("2026-01-02", periods=30, freq="W-FRI")
    two = pd.DataFrame({"cash": draws.normal(0, 900, 30), "futures": draws.normal(0, 20, 30)}, index=weeks)
    names = pd.DataFrame({"value": [1.25, -3.5, 0.125, 7.0]}, index=["banks", "foods", "steel", "autos"])
    words = {"unit": "¥bn", "source": "JPX"}
    with publish.collected() as found:
        publish.figure("line", charts.lines(two, title="Two lines", **words), lead=True)
        publish.figure("bar", charts.bars(two["cash"], title="Bars", **words))
        publish.figure("dot", charts.dots(names, title="Dots", threshold=1.0, **words))
    return [_node(output) for output in found.outputs]


def _node(output: dict[str, Any]) -> Any:
    from nbformat import from_dict

    return from_dict(output)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with its script as ``01_a.html``, without as ``static/01_a.html``."""
    rows = [["2026-09-04", 9.5, "b"], ["2026-08-28", -1200.0, "c"], [None, None, "a"], ["2026-09-11", 30.0, "d"]]
    charted = outputs()
    content = notebook(text("# T\n\nWhy?"), text("## S"), cell("x", *charted, table(rows=rows)), text("## Z\n\nend"))
    made = tmp_path_factory.mktemp("reading")
    page(content, made)
    (made / "static").mkdir()
    page(content, made / "static", job(static=True))
    return made


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto((folder / "01_a.html").as_uri())
    yield shown
    assert complaints == []
    context.close()


def known(figure: Locator) -> dict[str, set[float]]:
    """The values of the CSV by what they belong to: a day or a name."""
    rows = list(csv.reader(io.StringIO(content_of(str(figure.locator("a.csv").get_attribute("href"))))))
    places = [place for place, head in enumerate(rows[0]) if head not in ("x", "series", "low", "high")]
    name = rows[0].index("x") if "x" in rows[0] else 0
    found: dict[str, set[float]] = {}
    for row in rows[1:]:
        found.setdefault(row[name], set()).update(float(row[place]) for place in places if row[place])
    return found


def read(figure: Locator) -> tuple[str, set[float]]:
    """What stands in the panel: the day or name, and the values as written."""
    panel = figure.locator(".reading")
    assert panel.is_visible() and panel.get_attribute("role") == "status"
    label = str(panel.locator("b").evaluate("e => e.firstChild.textContent")).strip()
    texts = panel.locator("data").all_inner_texts()
    return label, {float(text.replace(",", "").replace("−", "-")) for text in texts}


def same(shown: set[float], wanted: set[float]) -> bool:
    return len(shown) == len(wanted) and sorted(shown) == pytest.approx(sorted(wanted), rel=1e-5)


@pytest.mark.parametrize("kind", ["line", "bar", "dot"])
def test_pointer_and_arrow_keys_give_the_values_of_the_csv(kind: str, opened: Page) -> None:
    figure = opened.locator(f"#figure-{kind}")
    values = known(figure)
    box = figure.locator(".picture")
    labels = set()
    box.focus()
    for key in KEYS:
        opened.keyboard.press(key)
        label, shown = read(figure)
        assert same(shown, values[label]), (kind, key, label)
        labels.add(label)
    assert len(labels) >= 3
    opened.keyboard.press("Escape")
    assert not figure.locator(".reading").is_visible()
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    for share in (0.2, 0.45, 0.6):
        opened.mouse.move(place["x"] + place["width"] * share, place["y"] + place["height"] * 0.5)
        label, shown = read(figure)
        assert same(shown, values[label]), (kind, share, label)
    opened.mouse.move(1, 1)
    assert not figure.locator(".reading").is_visible()


def test_on_a_phone_the_values_are_those_under_the_finger(opened: Page) -> None:
    """The lead figure is another drawing there, with its points elsewhere."""
    opened.set_viewport_size({"width": 390, "height": 844})
    figure = opened.locator("#figure-line")
    box = figure.locator(".picture")
    box.focus()
    opened.keyboard.press("Home")
    marker, picture = figure.locator(".marker").bounding_box(), figure.locator("img").bounding_box()
    assert marker and picture
    first, shown = read(figure)
    assert same(shown, known(figure)[first]) and first == "2026-01-02"
    assert picture["x"] < marker["x"] < picture["x"] + picture["width"] * 0.25
    assert opened.evaluate("document.documentElement.scrollWidth") == 390


def test_a_tap_shows_values_until_another_place_is_tapped(browser: Browser, folder: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    shown = context.new_page()
    shown.goto((folder / "01_a.html").as_uri())
    figure = shown.locator("#figure-bar")
    place = figure.locator(".picture")
    place.tap()
    label, values = read(figure)
    assert same(values, known(figure)[label])
    shown.locator("h1").tap()
    assert not figure.locator(".reading").is_visible()
    context.close()


def test_the_caption_can_be_copied_and_unfolds_where_the_browser_does_not_allow_it(opened: Page) -> None:
    figure = opened.locator("#figure-bar")
    opened.evaluate("() => { navigator.clipboard.writeText = async text => { window.copied = text } }")
    figure.get_by_role("button", name="Copy caption").click()
    figure.get_by_role("button", name="Copied").wait_for()
    assert opened.evaluate("window.copied").startswith("Figure 2: Bars. Source: JPX.")
    assert not figure.locator(".cite").is_visible()
    opened.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    figure.get_by_role("button", name="Copied").click()
    figure.locator(".cite").wait_for()


def test_a_click_on_a_heading_sorts_the_rows_and_says_so(opened: Page) -> None:
    grid = opened.locator("#table-runs table")
    first = "[...document.querySelectorAll('#table-runs tbody tr')].map(row => row.cells[%d].textContent)"
    before = opened.evaluate(first % 1)
    head = grid.locator("thead th").nth(1)
    control = head.get_by_role("button")
    control.focus()
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert opened.evaluate(first % 1) == ["−1,200.0", "9.5", "30.0", "–"], "figures by size, what is missing last"
    control.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert opened.evaluate(first % 1) == ["30.0", "9.5", "−1,200.0", "–"]
    grid.locator("thead th").nth(0).get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert opened.evaluate(first % 0) == ["2026-08-28", "2026-09-04", "2026-09-11", "–"]
    control.click()
    control.click()
    control.click()
    assert opened.evaluate(first % 1) == before and head.get_attribute("aria-sort") is None


def test_pictures_are_saved_under_a_speaking_name(opened: Page) -> None:
    figure = opened.locator("#figure-bar")
    with opened.expect_download() as download:
        figure.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == "01-bar-2026-07-24.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    assert figure.locator("a.csv").get_attribute("download") == "01-bar-2026-07-24.csv"


@pytest.mark.parametrize("name", ["line", "bar", "dot"])
def test_a_figure_saved_in_lines_looks_like_its_picture(browser: Browser, opened: Page, name: str) -> None:
    import numpy as np
    from PIL import Image

    figure, saved = opened.locator(f"#figure-{name}"), {}
    for kind in ("PNG", "SVG"):
        with opened.expect_download() as download:
            figure.get_by_role("button", name=kind).click()
        saved[kind] = Path(download.value.path()).read_bytes()
        assert re.fullmatch(rf"01-{name}-2026-0\d-\d\d\.{kind.lower()}", download.value.suggested_filename)
    picture = Image.open(io.BytesIO(saved["PNG"])).convert("RGB")
    context = browser.new_context(viewport={"width": 900, "height": 700}, device_scale_factor=2)
    page = context.new_page()
    address = f"data:image/svg+xml;base64,{base64.b64encode(saved['SVG']).decode('ascii')}"
    page.set_content(f"<body style='margin:0'><img src='{address}'>")
    page.wait_for_function("document.images[0].complete")
    drawn = Image.open(io.BytesIO(page.locator("img").screenshot())).convert("RGB")
    context.close()
    assert abs(drawn.width - picture.width) <= 2 and abs(drawn.height - picture.height) <= 2
    size = (picture.width // 8, picture.height // 8)
    small = [np.asarray(each.resize(size)).astype(int) for each in (picture, drawn)]
    apart = np.abs(small[0] - small[1]).max(axis=2)
    ink = small[0].min(axis=2) < 200
    assert ink.any() and (apart > 64).sum() < 0.1 * ink.sum()


def test_a_static_page_has_neither_script_nor_points(folder: Path) -> None:
    with_script = (folder / "01_a.html").read_text(encoding="utf-8")
    without = (folder / "static" / "01_a.html").read_text(encoding="utf-8")
    assert "script" in Read(with_script).tags and "data-points" in with_script
    found = Read(without)
    assert "script" not in found.tags and "script-src" not in without
    assert not [name for _, name, _ in found.attributes if name.startswith("data-")]
    labels = iter([text for text in found.texts if text[1].startswith("of Figure")])
    more = {("a", "PNG"), ("a", "SVG")}
    words = [text for text in found.texts if text not in more and not text[1].startswith("of Figure")]
    had = [text for text in Read(with_script).texts[:-1] if not text[1].startswith("of Figure")]
    assert len(list(labels)) == 9, "CSV, PNG and SVG of three figures"
    assert words == had, "the words are the same"


def test_a_static_page_has_plain_links_to_the_picture_and_the_drawing_in_lines(browser: Browser, folder: Path) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    opened = context.new_page()
    opened.goto((folder / "static" / "01_a.html").as_uri())
    figure = opened.locator("#figure-bar")
    saved = {}
    for kind in ("PNG", "SVG"):
        with opened.expect_download() as download:
            figure.get_by_role("link", name=f"{kind} of Figure 2").click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_bytes()
    assert list(saved) == ["01-bar-2026-07-24.png", "01-bar-2026-07-24.svg"]
    png, svg = saved.values()
    assert png.startswith(b"\x89PNG") and ET.fromstring(svg).tag.endswith("}svg")
    assert figure.locator(".caption").is_visible()
    context.close()


@pytest.mark.parametrize(
    "packed", ["AAAA", "no base64!", base64.b64encode(zlib.compress(b"x" * 5_000_000)).decode(), "eJw="]
)
def test_a_drawing_that_cannot_be_unpacked_or_is_very_large_is_no_link(packed: str) -> None:
    assert downloads.drawing(packed) == ""


def test_the_script_is_small_and_the_policy_names_its_hash(folder: Path) -> None:
    import base64
    import hashlib

    html = (folder / "01_a.html").read_text(encoding="utf-8")
    script = html.partition("<script>")[2].partition("</script>")[0]
    assert 0 < len(script.encode()) <= 6 * 1024
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert Read(html).values("meta", "content")[1] == (
        f"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )


@pytest.mark.parametrize(
    "series",
    [
        {},
        {"x": "2026", "values": [1.0], "points": [[1, 2]]},
        {"x": ["a"], "values": [1.0], "points": [[1, 2], [3, 4]]},
        {"x": ["a"], "values": ["<script>"], "points": [[1, 2]]},
        {"x": ["a"], "values": [1.0], "points": [None]},
        {"x": ["a"], "values": [1.0], "points": [{"x": 1}]},
        {"x": ["a"], "values": [1.0], "points": [[1, 1e300]]},
    ],
)
def test_points_of_another_form_are_left_out(series: dict[str, Any]) -> None:
    from jpresearch.report import reading

    assert reading.points([series]) == ""


def test_hostile_points_stay_within_their_attribute() -> None:
    from jpresearch.report import reading

    hostile = "'><script>alert(1)</script>&amp;\""
    series = {"name": hostile, "unit": hostile, "kind": hostile, "x": [hostile], "values": [1.0], "points": [[1, 2]]}
    found = Read(f"<p data-points='{reading.points([series])}'>")
    assert found.tags == ["p"]
    import json

    assert json.loads(found.values("p", "data-points")[0])[0]["x"] == [hostile]


def test_a_page_without_charts_has_the_script_for_its_tables(tmp_path: Path) -> None:
    assert "data-points" not in page(report(), tmp_path) and "<script>" in page(report(), tmp_path)
