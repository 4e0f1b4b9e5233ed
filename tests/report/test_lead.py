"""The top of the page: answer, lead metrics, lead findings, further ones folded; and what the record keeps of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jpresearch import payloads, publish, say
from jpresearch.record import Metric
from jpresearch.report.lead import LeadMetric, lead_metric
from jpresearch.report.published import collect
from jpresearch.say import Estimate
from tests.report.builders_pages import HOSTILE, Read, cell, figure, job, metric, notebook, output, page, text

SLOPE = Estimate(30.2, 22.4, 37.1, 0.001, "bp", n=412)


def outputs_of(collected: publish.Collected) -> list[Any]:
    return [output(each["data"], each["metadata"]) for each in collected.outputs]


def written(*, metric_first: bool = True) -> Any:
    with publish.collected() as found:
        if metric_first:
            publish.metric("slope", SLOPE, label="Same week", lead=True)
        publish.answer(f"Flow and TOPIX move together, {SLOPE:.0f} bp in the week.")
        publish.finding(f"TOPIX gains {SLOPE:ci}.", figure="net", lead=True)
        publish.finding(f"It was {say.percent(36)} before.")
        publish.finding("Two weeks.", typed=True)
        if not metric_first:
            publish.metric("slope", SLOPE, label="Same week", lead=True)
    return notebook(text("# T\n\nWhy?"), text("## S\n\nwords"), cell("a", figure()), cell("b", *outputs_of(found)))


def test_the_answer_comes_first_then_metrics_and_findings_then_the_argument(tmp_path: Path) -> None:
    html = page(written(), tmp_path)
    order = [
        "Flow and TOPIX move together, 30 bp",
        "Same week",
        "TOPIX gains 30 bp (95% CI 22 to 37).",
        "It was 36% before.",
        ">S</h2>",
    ]
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert html.count("TOPIX gains 30 bp") == 1, "gathered, not shown in its cell too"
    assert html.index("Further findings") < html.index("It was 36% before.")
    assert "written by hand" in html and html.count("written by hand") == 1


def test_a_lead_finding_leads_to_its_figure(tmp_path: Path) -> None:
    html = page(written(), tmp_path)
    assert 'TOPIX gains 30 bp (95% CI 22 to 37). <a href="#figure-net">Figure 1</a>' in html


@pytest.mark.parametrize("metric_first", [True, False])
def test_a_finding_is_linked_to_the_metric_of_the_same_estimate_wherever_that_stands(metric_first: bool) -> None:
    found = collect(written(metric_first=metric_first))
    assert found.answer == "Flow and TOPIX move together, 30 bp in the week."
    assert [(each.text[:10], each.lead, each.figure, each.typed, each.metrics) for each in found.findings] == [
        ("TOPIX gain", True, "net", False, ["slope"]),
        ("It was 36%", False, None, False, []),
        ("Two weeks.", False, None, True, []),
    ]
    assert (found.metrics["slope"].label, found.metrics["slope"].n) == ("Same week", 412)


def test_a_lead_figure_is_known_by_name() -> None:
    assert collect(notebook(cell("a", figure("one"), figure("two", lead=True)))).lead_figure == "two"
    assert collect(notebook(cell("a", figure("one")))).lead_figure is None


def test_a_part_that_could_not_be_had_says_so_in_its_place(tmp_path: Path) -> None:
    with publish.collected() as found, publish.part("Before and since") as both:
        publish.need(12, 26, "weeks")
    html = page(
        notebook(text("# T"), text("## S\n\nwords"), cell("a", *outputs_of(found)), text("## Later\n\nx")), tmp_path
    )
    assert html.index(">S</h2>") < html.index("Before and since: not available.") < html.index(">Later</h2>")
    assert both.why[1:] in html


def test_what_only_editors_show_is_not_on_the_page(tmp_path: Path) -> None:
    view = output({"text/html": "<table><tr><td>seen twice</td></tr></table>", payloads.VIEW: {"of": "metrics"}})
    assert "seen twice" not in page(notebook(text("# T"), text("## S\n\nx"), cell("a", view, figure())), tmp_path)


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    said = {"text": HOSTILE, "links": [], "typed": True}
    content = notebook(
        text("# T"), cell("a", output({payloads.ANSWER: said}), output({payloads.FINDING: {**said, "figure": HOSTILE}}))
    )
    assert Read(page(content, tmp_path)).tags.count("script") == 1, "the page's own"


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": 3}, {"text": "a", "links": [{"start": 0, "end": 9}]}, {}])
def test_a_malformed_answer_is_told_and_does_not_stop_the_page(tmp_path: Path, bad: dict[str, Any]) -> None:
    content = notebook(text("# T"), text("## S\n\nx"), cell("a", output({payloads.ANSWER: bad}), figure()))
    assert collect(content).answer is None
    assert "<figure" in page(content, tmp_path)


@pytest.mark.parametrize(
    ("metric", "shown"),
    [(Metric(name="net_flow", value=-502.02, unit="JPY bn"), ("Net flow", "−¥502bn", "")),
     (Metric(name="a", value=30.2, unit="bp", low=22.4, high=37.1, label="Slope", digits=1),
      ("Slope", "30.2 bp", "22.4 to 37.1")),
     (Metric(name="a", value="2026-09-04"), ("A", "2026-09-04", ""))],
)  # fmt: skip
def test_a_lead_metric_is_written_as_in_a_sentence(metric: Metric, shown: tuple[str, str, str]) -> None:
    assert tuple(lead_metric(metric)) == shown


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("16 bp per bp of market value", "16", "bp per bp of market value"),
        ("−¥93bn", "−¥93bn", ""),
        ("−¥85.0bn per week", "−¥85.0bn", "per week"),
        ("6%", "6%", ""),
        ("1,200.5 yen", "1,200.5", "yen"),
        ("too few weeks", "too few weeks", ""),
        ("3 of 5", "3", "of 5"),
    ],
)
def test_the_unit_after_a_number_stands_apart_from_it(value: str, number: str, unit: str) -> None:
    found = LeadMetric("Net", value, "")
    assert (found.number, found.unit) == (number, unit)


def test_a_lead_number_says_what_it_was_in_the_last_run_where_that_reads_otherwise(tmp_path: Path) -> None:
    now = [
        metric("moved", 30.2, unit="bp", low=None, high=None, lead=True),
        metric("same", 1.004, unit="bp", low=None, high=None, digits=1, lead=True),
        metric("other_unit", 5.0, unit="bp", low=None, high=None, lead=True),
        metric("new", 6.0, unit="bp", low=None, high=None, lead=True),
    ]
    same = Metric(name="same", value=1.0, unit="bp", digits=1)
    others = [Metric(name="moved", value=-12.6, unit="bp"), Metric(name="other_unit", value=7.0, unit="%")]
    before = job(metrics=[same, *others])
    content = notebook(text("# T"), cell("a", *now, figure(lead=True)))
    html = page(content, tmp_path, previous=before)
    assert html.count("<small>last run ") == 1 and "<small>last run −13 bp</small>" in html
    assert "<small>last run " not in page(content, tmp_path)
