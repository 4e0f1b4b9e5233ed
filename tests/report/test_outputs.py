"""Outputs of a notebook that cannot be used are named on the page with their cell; everything else stays."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jpresearch import payloads
from jpresearch.report.metrics_file import as_csv
from jpresearch.report.outputs import checked
from jpresearch.report.published import Published, collect
from tests.report.builders_pages import (
    PIXEL,
    Read,
    cell,
    figure,
    job,
    metric,
    notebook,
    output,
    page,
    run,
    sources,
    table,
    takeaway,
    text,
)
from tests.test_payloads import PAYLOADS


def with_broken(*broken: Any) -> Any:
    """A page of sound outputs with broken ones in its second cell."""
    content = notebook(text("# T\n\nWhy?"), text("## A"), cell("a", figure()), cell("b"), cell("c", metric("net")))
    content.cells[3].outputs = list(broken)
    return content


def raw(data: dict[str, Any]) -> Any:
    """An output that nbformat itself would not make."""
    from nbformat import NotebookNode

    return NotebookNode(output_type="display_data", data=NotebookNode(data), metadata=NotebookNode())


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (metric(unit=5), "Code cell 2: metric: unit: must be a text."),
        (metric(value=10**400, low=None, high=None), "Code cell 2: metric: value: must be a finite number"),
        (table(rows=[[1]]), "Code cell 2: table: row 1 has 1 cells beside 3 columns."),
        (figure("wide", width=38_400), "Code cell 2: figure: width: must be less than or equal to 6000."),
        (figure(), "Code cell 2: figure: 'net' is published a second time."),
        (output({payloads.FIGURE: {"name": "bare", "alt": "a"}}), "Code cell 2: figure: it has no picture."),
        (output({f"{payloads.PREFIX}new+json": {}}), "Code cell 2: new: its kind is unknown."),
        (output({payloads.TAKEAWAY: "It fell."}), "Code cell 2: takeaway: must be a mapping."),
        (output({"image/png": "<script>"}), "Code cell 2: image/png: its image/png is not base64."),
        (raw({"text/html": {"a": 1}}), "Code cell 2: text/html: it has no text where one belongs."),
    ],
    ids=lambda each: each[13:40] if isinstance(each, str) else "",
)
def test_a_bad_output_is_named_with_its_cell_and_the_rest_stays(broken: Any, words: str, tmp_path: Path) -> None:
    content = with_broken(broken)
    before = json.dumps(content)
    html = page(content, tmp_path)
    assert words in html.replace("&#39;", "'")
    assert 'id="figure-net"' in html and ">Net<" in html.replace("\n", "<")
    assert json.dumps(content) == before, "the notebook itself stays as it is"


def test_a_bad_output_among_those_that_the_page_gathers_is_named_too(tmp_path: Path) -> None:
    content = notebook(text("# T"), text("## Takeaways"), cell("a", takeaway(), takeaway("\x00")))
    html = page(content, tmp_path)
    assert "Code cell 1: takeaway: text: has the character U+0000" in html
    assert "Foreigners sold." in html


def test_outputs_that_are_none_and_metadata_of_any_form_do_no_harm(tmp_path: Path) -> None:
    content = notebook(text("# T"), cell("a"))
    content.cells[1].outputs = [
        "text", None, {"output_type": "other"}, {"output_type": "display_data", "data": [1]},
        {"output_type": "error", "ename": 5, "evalue": None, "traceback": 3},
        {"output_type": "stream", "name": 3, "text": 5},
        output({"image/png": PIXEL}, {"image/png": "wide"}), output({"image/png": PIXEL}, {"image/png": {"alt": 5}}),
    ]  # fmt: skip
    html = page(content, tmp_path)
    assert html.count("Code cell 1: ") >= 5
    assert Read(html).tags.count("img") == 2
    assert len(checked(content).cells[1].outputs) == 8


@pytest.mark.parametrize(
    ("data", "kinds", "seen"),
    [
        ({"application/vnd.plotly.v1+json": {}, "text/html": "<div><script>plot()</script></div>"}, "text/html", ""),
        ({"application/vnd.vegalite.v5+json": {}, "text/plain": "<VegaLite>"}, "application/vnd.vegalite.v5+json", ""),
        ({"application/javascript": "x()"}, "application/javascript", ""),
        ({"text/html": "<iframe src='http://x/'></iframe>", "text/plain": "<IFrame object>"}, "text/html", ""),
        ({"text/html": "<b>Bold</b><script>x()</script>"}, "text/html", "<b>Bold</b>"),
    ],
)
def test_an_output_that_is_not_shown_is_named_with_where_it_is(
    data: dict[str, Any], kinds: str, seen: str, tmp_path: Path
) -> None:
    html = page(notebook(text("# T"), text("## A"), cell("a", output(data))), tmp_path)
    assert f"An output of this kind ({kinds}) is not shown here" in html and "01_a.ipynb" in html
    assert seen in html and "object&gt;" not in html and "VegaLite&gt;" not in html


def test_a_picture_in_the_bundle_is_shown_instead(tmp_path: Path) -> None:
    bundle = {"application/vnd.plotly.v1+json": {}, "text/html": "<script>x()</script>", "image/png": PIXEL}
    html = page(notebook(text("# T"), text("## A"), cell("a", output(bundle))), tmp_path)
    assert Read(html).tags.count("img") == 1 and "not shown" not in html


def display(drawn: tuple[str, Any]) -> Any:
    media, payload = drawn
    return {"output_type": "display_data", "data": {"image/png": PIXEL, media: payload}, "metadata": {}}


def written_whole(drawn: list[tuple[str, Any]], folder: Path) -> Published:
    """What of a notebook with these outputs was published; page, workbook, record and metrics can be read."""
    content = with_broken(sources())
    content.cells[3].outputs = [display(each) for each in drawn]
    html = page(content, folder)
    html.encode()
    found = collect(content)
    if (folder / "01_a.xlsx").exists():
        load_workbook(folder / "01_a.xlsx").close()
    the_job = job(metrics=list(found.metrics.values()), takeaways=found.takeaways)
    the_run = run(jobs=[the_job])
    the_run.model_dump_json().encode()
    assert all(len(row) == 10 for row in csv.reader(io.StringIO(as_csv(the_run))))
    for bad in found.bad:
        assert f"Code cell {bad.cell}: " in html
    return found


DRAWS = st.lists(PAYLOADS, min_size=1, max_size=3)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(drawn=DRAWS)
def test_whatever_is_displayed_page_workbook_and_record_are_kept(
    drawn: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = written_whole(drawn, tmp_path_factory.mktemp("page"))
    assert "net" in found.figures and "net" in found.metrics


@pytest.mark.proof
@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(drawn=DRAWS)
def test_whatever_is_displayed_two_thousand_times(
    drawn: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = written_whole(drawn, tmp_path_factory.mktemp("page"))
    assert "net" in found.figures and "net" in found.metrics
