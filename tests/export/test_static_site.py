"""A site of static pages: what may leave of a run, and a first page that leads to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jpresearch import charts, publish
from jpresearch.export.content import read
from jpresearch.export.static_site import site
from tests.export.builders import REPORTS, frame, write_run


@pytest.fixture(scope="module")
def pages(run_folder: Path) -> dict[str, str]:
    return {name: content.decode() for name, content in site(read(run_folder)).items()}


def test_the_first_page_leads_to_every_report_with_its_answer(pages: dict[str, str]) -> None:
    assert set(pages) == {"index.html", "01_foreign_flows.html", "03_gpif.html"}
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', pages["index.html"]) == [
        ("01_foreign_flows.html", "01 Foreign flows"),
        ("03_gpif.html", "03 GPIF"),
    ]
    assert "inside its policy band." in pages["index.html"] and "TOPIX gains 30" in pages["index.html"]


def test_pages_hold_no_script_and_lead_nowhere_that_is_not_there(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert "<script" not in page and ".xlsx" not in page, name
        near = [link for link in re.findall(r'href="([^"#:]+)"', page) if "//" not in link]
        assert set(near) <= set(pages), name


def test_a_table_of_figures_that_stay_is_left_out_and_its_owner_named(tmp_path: Path) -> None:
    def cell() -> None:
        publish.answer("Foreigners sold.", typed=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jpresearch.publish.outputs._levels", lambda frame: ["investor_flows"])
            publish.table("weeks", frame(7919.0), caption="Net, week by week")
            publish.figure("net", charts.lines(frame(7919.0), title="Net", unit="JPY bn", source="JPX"), lead=True)

    made = site(read(write_run(tmp_path, {**REPORTS, "01_foreign_flows": cell})))
    page = made["01_foreign_flows.html"].decode()
    assert "Net, week by week" in page and "Japan Exchange Group" in page
    assert "-19797" not in page and "19,797" not in page and page.count("data:text/csv") <= 1, "key figures alone"
    assert "<img" in page, "the picture may leave"
