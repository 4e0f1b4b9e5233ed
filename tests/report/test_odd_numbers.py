"""Whatever numbers a record holds, index and comparison are written."""

from __future__ import annotations

import math
import random

import pytest

from jpresearch.record import Finding, Job, Metric, Run
from jpresearch.report import comparison_page, index, overview
from jpresearch.report.comparison import compare
from jpresearch.report.history import sum_up
from jpresearch.report.lead import lead_metric
from tests.report.builders_runs import job, run, searched, sound, table

VALUES = (0.0, -0.0, 1e-300, 1e300, -1e300, math.inf, math.nan, 5, 10**14, "text", "2026-09-04", "", 1.5)
ENDS = ((None, None), (-1.0, 2.0), (math.inf, math.inf), (None, 1.0), (-1e300, 1e300), (math.nan, 1.0))
UNITS = (None, "", "JPY bn", "JPY tn", "%", "% of x", "JPY bn per week", "JPY", "bp", "p value", "x" * 300)


def metric(draw: random.Random, name: str) -> Metric:
    low, high = draw.choice(ENDS)
    return Metric(
        name=name, value=draw.choice(VALUES), unit=draw.choice(UNITS), low=low, high=high, lead=draw.random() < 0.5,
        digits=draw.choice([None, 0, 2, -2, 15, -15]), label=draw.choice([None, "Label"]),
    )  # fmt: skip


def report(draw: random.Random, number: int) -> Job:
    newest = draw.choice([None, "2026-09-04", "soon", ""])
    return job(
        f"0{number}_x", metrics=[metric(draw, f"m{place}") for place in range(4)],
        answer=draw.choice([None, "It rose.", "It rose 3%."]), findings=[Finding(text="So it did.", lead=True)],
        tables=[table(newest=newest, age_days=draw.choice([None, 5, 10**8]), allowance_days=3)],
    )  # fmt: skip


def made(draw: random.Random, week: int) -> Run:
    return run(*(report(draw, number) for number in range(3)), week=week)


@pytest.mark.parametrize("seed", range(40))
def test_every_record_has_an_index_and_a_comparison(seed: int) -> None:
    draw = random.Random(seed)
    before, after = made(draw, 0), made(draw, 1)
    pages = (
        sound(index.render(after, [sum_up(before, before.id)], before)),
        sound(comparison_page.render(compare(before, after))),
        searched(overview.render([sum_up(after, after.id), sum_up(before, before.id)])),
    )
    assert all({"table", "section"} <= set(page.tags) for page in pages)


def test_digits_below_zero_round_before_the_point() -> None:
    assert lead_metric(Metric(name="cap", value=1234.5, unit="points", digits=-2)).value == "1,200 points"
