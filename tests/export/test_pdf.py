"""PDF: cover, contents, bookmarks, page numbers, links, as a reader of the file finds them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jpresearch.errors import CallError
from jpresearch.export import browser
from jpresearch.export.content import read
from jpresearch.export.pdf import pdf
from tests.report.conftest import program

pypdf = pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def made(run_folder: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(browser.VARIABLE, program())
        return pypdf.PdfReader(BytesIO(pdf(read(run_folder)).content))


def bookmarks(made: Any) -> dict[str, int]:
    return {each.title: made.get_destination_page_number(each) for each in made.outline if not isinstance(each, list)}


def links(page: Any) -> list[Any]:
    return [each.get_object() for each in page.get("/Annots") or []]


def test_every_report_has_a_bookmark_to_its_first_page(made: Any) -> None:
    found = bookmarks(made)
    assert list(found) == ["Contents", "01 Foreign flows", "03 GPIF"]
    assert found["Contents"] == 1
    assert "Foreign flows" in made.pages[found["01 Foreign flows"]].extract_text()
    assert "GPIF's share is inside its policy band." in made.pages[found["03 GPIF"]].extract_text()


def test_pages_are_numbered_once_and_the_contents_say_the_same(made: Any) -> None:
    total = len(made.pages)
    for number, page in enumerate(made.pages[1:], start=2):
        assert page.extract_text().count(f"{number} / ") == 1
        assert f"{number} / {total}" in page.extract_text()
    contents = made.pages[1].extract_text().split()
    assert str(bookmarks(made)["03 GPIF"] + 1) in contents


def test_links_of_the_contents_lead_to_the_reports(made: Any) -> None:
    targets = {made.get_page_number(link["/Dest"][0].get_object()) for link in links(made.pages[1])}
    assert targets == {bookmarks(made)["01 Foreign flows"], bookmarks(made)["03 GPIF"]}


def test_no_link_leads_to_a_file_or_holds_data(made: Any) -> None:
    for page in made.pages:
        for link in links(page):
            address = str(link.get("/A", {}).get("/URI", ""))
            assert (
                address.startswith(("http://", "https://")) or made.get_page_number(link["/Dest"][0].get_object()) >= 0
            )


def test_without_a_browser_one_sentence_says_what_to_do(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "NAMES", ("chromium",))
    with pytest.raises(CallError, match="a PDF needs a browser") as refused:
        pdf(read(run_folder, ["03"]))
    assert "JPRESEARCH_CHROMIUM" in str(refused.value)


def test_without_the_package_the_extra_is_named(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    with pytest.raises(CallError, match="pypdf") as refused:
        pdf(read(run_folder, ["03"]))
    assert "jpresearch[pdf]" in str(refused.value)
