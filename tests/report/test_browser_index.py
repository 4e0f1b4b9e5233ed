"""Index, overview and comparison in a real browser: quiet, legible, nothing cut, hostile content as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jpresearch.record import Metric, Run, Status
from jpresearch.report.comparison import compare
from jpresearch.report.comparison_page import write_comparison
from jpresearch.report.index import write_index
from jpresearch.report.overview import write_overview
from tests.report.builders_runs import hostile_job, job, kept, run, table
from tests.report.test_browser_collection import Watched, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCHEMES = ("light", "dark")
WIDTHS = (390, 1200)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three weeks of runs, a batch, a failed and a hostile run; every kind of page over them."""
    reports = tmp_path_factory.mktemp("reports")
    made = [run(_moved(week), job("02_b", notebook="02_b"), week=week) for week in range(3)]
    batch = [job(f"01_a--2026-0{month}-28", parameters={"as_of": f"2026-0{month}-28"}) for month in range(1, 10)]
    made += [
        run(*batch, week=3),
        run(job(status=Status.FAILED), week=4),
        run(hostile_job(), hostile_job(status=Status.FAILED), week=5),
    ]
    files = [_indexed(each, reports) for each in made]
    last = reports / made[-1].id
    files.append(write_comparison(compare(made[0], made[2]), last / "one.html", f"../{made[0].id}", "."))
    files.append(write_comparison(compare(made[2], made[5]), last / "two.html", f"../{made[2].id}", "."))
    return [*files, write_overview(reports)]


def _moved(week: int) -> object:
    metric = Metric(name="net", value=-1.5 + week, unit="JPY bn", low=-3.0, high=9.0)
    return job(metrics=[metric], tables=[table(rows=100 + week)], takeaways=[f"Week {week}. " * 20])


def _indexed(made: Run, reports: Path) -> Path:
    return write_index(made, kept(reports, made))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture(
    params=[(scheme, width) for scheme in SCHEMES for width in WIDTHS], ids=lambda pair: f"{pair[0]}-{pair[1]}"
)
def tab(request: pytest.FixtureRequest, browser: Browser, watched: Watched) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 800})
    opened = context.new_page()
    watched.listen(opened)
    opened.on("dialog", lambda dialog: watched.complaints.append(f"dialog: {dialog.message}"))
    yield opened
    context.close()


def test_every_page_opens_offline_without_complaint_fits_and_is_easy_to_use(
    pages: list[Path], tab: Page, watched: Watched
) -> None:
    for page in pages:
        tab.goto(page.as_uri())
        assert tab.evaluate("document.scripts.length + document.images.length") == 0
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page
        tab.evaluate(axe())
        found = tab.evaluate("axe.run()")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []
    assert watched.complaints == []
    assert [address for address in watched.requests if not address.startswith("file:")] == []
