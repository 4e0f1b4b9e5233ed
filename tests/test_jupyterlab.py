"""JupyterLab in a real browser: a notebook of the collection runs to its end, all that it says is seen, git sees no
change once it is saved.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from jpresearch import payloads
from tests.batch.conftest import comes_true, is_gone
from tests.cli.test_lab import TOKEN, Lab
from tests.report.conftest import FLAGS, program
from tests.test_git_filter import git, hooked, with_environment

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTEBOOK = "01_foreign_flows"
PATIENCE_MS = 180_000
DESK = {"width": 1400, "height": 900}
FAILED = ".jp-OutputArea-output:is([data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr'])"
PICTURES = ("image/png", "image/svg+xml")

pytestmark = [pytest.mark.xdist_group("warm"), pytest.mark.proof]


@dataclass(frozen=True)
class Seen:
    """What stood on the screen once the notebook had run.

    ``pictures`` are the addresses of all pictures, ``shown`` is where the last one is, ``late`` the notes on late data,
    ``captions`` the texts under figures, ``metrics`` the first column of the tables of metrics.
    """

    pictures: list[str]
    shown: dict[str, float]
    late: list[str]
    captions: list[str]
    metrics: list[str]


def run_all(address: str, chromium: str) -> Seen:
    """Opens the notebook, runs all its cells by the menu, saves it, and looks at its last figure."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = opened.new_page(viewport=DESK)
            page.set_default_timeout(PATIENCE_MS)
            # What is run before the kernel's channel is open and the kernel idle is dropped.
            with page.expect_websocket(lambda socket: "/channels" in socket.url, timeout=PATIENCE_MS):
                page.goto(address)
            page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            return _look(page)
        finally:
            opened.close()


def _wait_for_the_end(page: Page) -> None:
    """Until the last cell has its number, or one failed; an empty or starred prompt still waits."""
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    end = time.monotonic() + PATIENCE_MS / 1000
    while not re.fullmatch(r"\[\d+\]:", last.text_content() or "") and page.locator(FAILED).count() == 0:
        assert time.monotonic() < end, "the notebook did not end"
        page.wait_for_timeout(100)


def _look(page: Page) -> Seen:
    _wait_for_the_end(page)
    assert page.locator(FAILED).all_text_contents() == []
    page.keyboard.press("Control+s")
    page.locator(".lm-TabBar-tab.jp-mod-dirty").first.wait_for(state="detached")
    pictures = page.locator(".jp-OutputArea-output img")
    last = pictures.last
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box is not None
    last.evaluate("(image) => image.decode()")
    return Seen(
        pictures=pictures.evaluate_all("(images) => images.map((image) => image.src)"),
        shown={**box, "pixels": last.evaluate("(image) => image.naturalWidth")},
        late=_seen(page, "div[style*='color']", re.compile("^Late: ")),
        captions=_seen(page, "small", re.compile(".")),
        metrics=_seen(page, "tr:has(th:text-is('Value')) >> xpath=../.. >> tbody td:first-child", re.compile(".")),
    )


def _seen(page: Page, selector: str, words: re.Pattern[str]) -> list[str]:
    """The texts of an output that are laid out on the screen."""
    found = page.locator(".jp-OutputArea-output").locator(selector).filter(has_text=words, visible=True)
    return found.all_text_contents()


def figures(notebook: Path) -> list[tuple[dict[str, Any], str]]:
    """The published figures of an executed notebook, with the picture of each."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    bundles = [output.get("data", {}) for cell in content["cells"] for output in cell.get("outputs", [])]
    return [
        (bundle[payloads.FIGURE], next("".join(bundle[kind]).strip() for kind in PICTURES if kind in bundle))
        for bundle in bundles
        if payloads.FIGURE in bundle
    ]


def test_a_notebook_runs_to_its_end_in_jupyterlab_and_its_last_figure_is_seen(
    root: Path, project: Path, tmp_path: Path
) -> None:
    chromium = program()
    kept = (root / "notebooks" / f"{NOTEBOOK}.ipynb").read_bytes()
    copy = project / "notebooks" / f"{NOTEBOOK}.ipynb"
    copy.write_bytes(kept)
    hooked(with_environment(project), f"notebooks/{NOTEBOOK}.ipynb")
    user = tmp_path / "user"
    user.mkdir()
    lab = Lab(project, user, "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    try:
        assert comes_true(lab.is_up)
        address = f"http://127.0.0.1:{lab.port}/lab/tree/{copy.name}?token={TOKEN}"
        # A thread of its own: the browser's event loop stays out of the tests that come after.
        with ThreadPoolExecutor(1) as apart:
            seen = apart.submit(run_all, address, chromium).result()
        family = lab.family()
        assert len(family) >= 2, "the warm parent and the kernel"
        os.kill(lab.process.pid, signal.SIGTERM)
        lab.process.wait()
        assert comes_true(lambda: all(is_gone(process.pid) for process in family)), "nothing of it stays"
    finally:
        lab.process.kill()
        lab.process.wait()
    assert git(project, "status", "--porcelain") == "", "saved with outputs, and nothing to commit"
    made = figures(copy)
    declared = json.loads(kept)["metadata"]["jpresearch"]["publishes"]["figures"]
    assert {figure["name"] for figure, _ in made} >= set(declared)
    assert len(seen.pictures) == len(made)
    assert made[-1][1][:400] in unquote(seen.pictures[-1])
    assert [text.split(". ")[0] for text in seen.captions] == [figure["alt"].split(". ")[0] for figure, _ in made]
    assert seen.metrics and all(seen.metrics)
    assert seen.late and all(re.search(r"\d+ days before", note) for note in seen.late)
    assert seen.shown["pixels"] >= made[-1][0]["width"] > 300
    assert 0 <= seen.shown["y"] < DESK["height"], "it can be seen"
    assert (root / "notebooks" / f"{NOTEBOOK}.ipynb").read_bytes() == kept
