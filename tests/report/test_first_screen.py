"""The first screen: bar, answer, numbers, findings beside the lead figure, which is not shown a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpresearch.record import Job
from jpresearch.report.siblings import around, short_name, siblings
from tests.report.builders_runs import job, run


@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        ("01_foreign_flows", "01 Foreign flows"),
        ("04_nisa", "04 NISA"),
        ("03_gpif", "03 GPIF"),
        ("my_own", "My own"),
        ("09_positioning", "09 Positioning"),
    ],
)
def test_a_report_has_a_short_name_from_its_file(notebook: str, words: str) -> None:
    assert short_name(notebook) == words


def test_the_bar_has_each_notebook_once_in_order_and_marks_the_present_one() -> None:
    jobs: list[Job] = [
        job("02_b", notebook="02_b"),
        job("01_a--2025-01-31", notebook="01_a"),
        job("01_a--2025-02-28", notebook="01_a"),
        job("03_c", notebook="03_c", page=None),
    ]
    bar = siblings(jobs[2], run(*jobs))
    assert [(each.name, each.here) for each in bar] == [("01 A", True), ("02 B", False), ("03 C", False)]
    assert bar[0].page == "01_a--2025-02-28.html" and bar[2].page == ""


def test_before_and_after_are_the_nearest_reports_with_a_page() -> None:
    jobs = [job("01_a"), job("02_b", page=None), job("03_c"), job("04_d")]
    bars = {each.name: around(siblings(each, run(*jobs))) for each in jobs}
    names = {name: tuple(side.name if side else None for side in sides) for name, sides in bars.items()}
    assert names == {"01_a": (None, "03 C"), "02_b": ("01 A", "03 C"), "03_c": ("01 A", "04 D"), "04_d": ("03 C", None)}


@pytest.mark.xdist_group("collection")
@pytest.mark.parametrize("name", ["00_dashboard", "05_absorption"])
def test_answer_and_lead_figure_come_before_the_argument_and_stand_once(name: str, everything: Path) -> None:
    html = (everything / f"{name}.html").read_text(encoding="utf-8")
    order = [html.index(mark) for mark in ("class=bar", "<h1", 'class="answer"', 'class="leads"', "class=first")]
    assert order == sorted(order)
    first, _, rest = html.partition("<div class=argument>")
    assert first.count("<figure ") == 1 and "Figure 1" in first
    identity = first.partition('<figure id="')[2].partition('"')[0]
    assert f'id="{identity}"' not in rest
    assert "class=appendix" in rest, "robustness is folded"
