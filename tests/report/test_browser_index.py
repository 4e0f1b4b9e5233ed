"""Index, overview and comparison in a real browser: quiet, legible, nothing cut, hostile content as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jpresearch import record
from jpresearch.record import Job, Metric, Run, Status
from jpresearch.report.comparison import compare
from jpresearch.report.comparison_page import write_against_previous, write_comparison
from jpresearch.report.index import write_index
from jpresearch.report.overview import write_overview
from tests.report.builders_runs import hostile_job, job, run, table
from tests.report.test_browser_collection import Watched, axe
from tests.report.test_comparison_page import OTHER, PIXEL, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# All rules in the light; in the dark the colours alone are others.
SCHEMES: tuple[tuple[str, dict[str, object]], ...] = (("light", {}), ("dark", {"runOnly": ["color-contrast"]}))
WIDTHS = (390, 1440, pytest.param(1024, marks=pytest.mark.proof))
DESK = {"width": 1440, "height": 900}
# An answer as long as the house allows.
ANSWER = "Foreigners and TOPIX move together, {} bp per bp of market value a week (2024 to 25 Sep 2026), but neither "
ANSWER += (
    "reliably leads the other; recent flow is within the usual range. Weekly data cannot separate impact from news."
)
CUT = """() => [...document.querySelectorAll("main td, main tbody th, main :is(p, img, dd, h2, li)")]
    .filter(e => e.offsetParent && getComputedStyle(e).display !== "inline")
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""


def report(number: int, week: int, folder: Path) -> Job:
    """A report as long as the real ones, with an estimate, a lead figure and a table that is late."""
    name = f"{number:02d}_a_report"
    value = 16.0 + week * (number + 1)
    words = {"unit": "bp per bp of market value", "label": "TOPIX in the week, 2024 to 2026", "digits": 0, "lead": True}
    made = shown(name, folder, (PIXEL, OTHER)[week % 2])
    update = {
        "title": "What did a foreign investor earn in Japan, against the world?",
        "answer": ANSWER.format(value).replace("together", "together" if number % 3 else f"apart-{'abc'[week]}"),
        "metrics": [Metric(name="impact", value=value, low=value - 9, high=value + 9, **words)] + [
            Metric(name=f"m{place}", value=value * place, unit="JPY bn", label="Net, four weeks", lead=True)
            for place in range(4)
        ],
        "tables": [table(rows=100 + week, age_days=60, allowance_days=9), table("market_daily", rows=90 + week)],
    }  # fmt: skip
    return made.model_copy(update=update)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks of ten reports, a batch, a failed and a hostile run; every kind of page over them."""
    reports = tmp_path_factory.mktemp("reports")
    for week in range(3):
        made = run(week=week)
        made.jobs = [report(number, week, reports / made.id) for number in range(10)]
        _written(made, reports)
    batch = [job(f"01_a--2026-0{month}-28", parameters={"as_of": f"2026-0{month}-28"}) for month in range(1, 10)]
    _written(run(*batch, week=3, whole_collection=False), reports)
    _written(run(job(status=Status.FAILED), week=4, whole_collection=False), reports)
    odd = run(hostile_job(answer="<script>alert(1)</script>"), hostile_job(status=Status.FAILED), week=5)
    odd.whole_collection = False
    _written(odd, reports)
    first = run()
    write_comparison(compare(first, odd), reports / odd.id / "odd.html", reports / first.id, reports / odd.id)
    write_overview(reports)
    return reports


def _written(made: Run, reports: Path) -> None:
    (reports / made.id).mkdir(exist_ok=True)
    record.write(made, reports / made.id)
    write_against_previous(made, reports / made.id)
    write_index(made, reports / made.id)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def tab(browser: Browser, watched: Watched) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport=DESK)  # type: ignore[arg-type]
    opened = context.new_page()
    watched.listen(opened)
    opened.on("dialog", lambda dialog: watched.complaints.append(f"dialog: {dialog.message}"))
    yield opened
    context.close()


def unfold(tab: Page) -> None:
    tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_offline_without_complaint_cuts_nothing_and_is_easy_to_use(
    reports: Path, tab: Page, watched: Watched, width: int
) -> None:
    pages = sorted(reports.rglob("*.html"))
    assert len(pages) == 6 + 1 + 3
    tab.set_viewport_size({"width": width, "height": 800})
    for page in pages:
        tab.goto(page.as_uri())
        unfold(tab)
        assert tab.evaluate("document.scripts.length") == (page.parent == reports)
        assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page
        assert tab.evaluate(CUT) == [], page
        # The pages of one week stand for those of all, on a phone the light for the dark.
        if width == 1024 or page.parent.name in (run().id, run(week=1).id):
            continue
        tab.evaluate(axe())
        for scheme, rules in SCHEMES if width > 390 else SCHEMES[:1]:
            tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = tab.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **rules})["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], (page, scheme)
    assert watched.complaints == []
    outside = [address for address in watched.requests if not address.startswith(("file:", "data:image/png"))]
    assert outside == []


def test_ten_reports_with_the_view_and_what_changed_fill_one_screen(reports: Path, tab: Page) -> None:
    newest = run(week=2)
    for page in (reports / "index.html", reports / newest.id / "index.html"):
        tab.goto(page.as_uri())
        rows = tab.locator("table.front tbody tr")
        assert rows.count() == 10
        assert tab.evaluate("document.querySelector('table.front').getBoundingClientRect().bottom") <= DESK["height"]
        assert tab.locator(".answer").is_visible()
        assert tab.get_by_text("answers changed in words").is_visible()
        assert str(rows.first.locator("a").get_attribute("href")).endswith("00_a_report.html")


def test_printed_nothing_is_cut_and_the_search_is_gone(reports: Path, tab: Page) -> None:
    for page in (reports / "index.html", reports / run(week=2).id / "comparison.html"):
        tab.goto(page.as_uri())
        tab.emulate_media(media="print")
        tab.set_viewport_size({"width": 718, "height": 1000})
        unfold(tab)
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page
        assert tab.evaluate(CUT) == [], page
        assert not tab.locator("#find").is_visible() if page.parent == reports else True


def test_the_search_finds_answers_and_titles_of_every_run_and_forgets_the_query(reports: Path, tab: Page) -> None:
    tab.goto((reports / "index.html").as_uri())
    entries, rows = tab.locator("li.entry"), tab.locator("table.front tbody tr")
    assert not entries.first.is_visible(), "folded until something is looked for"
    tab.locator("#find").fill("topix APART-A")
    assert entries.locator("visible=true").count() == 4, "reports 0, 3, 6 and 9 of the first week"
    assert rows.locator("visible=true").count() == 0
    assert tab.locator("#found").inner_text() == "4 found"
    tab.locator("#find").fill("nothing of the kind")
    assert entries.locator("visible=true").count() == 0
    tab.locator("#find").fill("")
    assert rows.locator("visible=true").count() == 10
    assert not entries.first.is_visible()


def test_without_script_the_index_is_whole(reports: Path, browser: Browser) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False, viewport=DESK)  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto((reports / "index.html").as_uri())
    assert not opened.locator("#find").is_visible()
    assert opened.locator("table.front tbody tr").locator("visible=true").count() == 10
    fold = opened.locator("main details").first
    fold.locator("summary").click()
    assert fold.locator("li.entry").first.is_visible()
    context.close()
