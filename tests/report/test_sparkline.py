"""The line the size of a word: its shape, and what it says to a reader who cannot see it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.report.sparkline import HEIGHT, MARGIN, MOST_POINTS, WIDTH, sparkline
from tests.report.builders_runs import HOSTILE, Page

DAY = date(2026, 1, 2)


def weekly(*values: float) -> dict[str, float]:
    return {(DAY + timedelta(weeks=week)).isoformat(): value for week, value in enumerate(values)}


def drawn(svg: str) -> list[tuple[float, float]]:
    found = re.search(r'points="([^"]*)"', svg)
    assert found is not None
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found.group(1).split())]


@pytest.mark.parametrize("points", [{}, weekly(1.0)])
def test_fewer_than_two_points_are_no_line(points: dict[str, float]) -> None:
    assert sparkline("net", points) == ""


def test_the_line_rises_where_the_figure_rises() -> None:
    (x0, y0), (x1, y1), (x2, y2) = drawn(sparkline("net", weekly(1.0, 3.0, 2.0)))
    assert x0 < x1 < x2
    assert y1 < y2 < y0
    assert (x0, x2) == (MARGIN, WIDTH - MARGIN)


def test_days_stand_at_their_own_distance() -> None:
    points = {"2026-01-02": 1.0, "2026-01-09": 2.0, "2026-03-06": 3.0}
    (x0, _), (x1, _), (x2, _) = drawn(sparkline("net", points))
    assert (x1 - x0) / (x2 - x0) == pytest.approx(7 / 63, abs=0.01)


def test_a_constant_runs_through_the_middle() -> None:
    assert {y for _, y in drawn(sparkline("net", weekly(5.0, 5.0, 5.0)))} == {HEIGHT / 2}


def test_zero_is_marked_where_the_line_crosses_it() -> None:
    assert "<line" in sparkline("net", weekly(-1.0, 1.0))
    assert "<line" not in sparkline("net", weekly(1.0, 2.0))


def test_it_says_what_it_shows_with_days_extremes_and_the_last_value() -> None:
    svg = sparkline("foreign net", weekly(-502.0, 700.5, 557.4), "JPY bn")
    told = (
        "foreign net: 3 values from 2026-01-02 to 2026-01-16; lowest \N{MINUS SIGN}502.0 (2026-01-02), "
        "highest 700.5 (2026-01-09), last 557.4 JPY bn"
    )
    assert f'aria-label="{told}"' in svg
    assert f"<title>{told}</title>" in svg
    assert 'role="img"' in svg


def test_it_speaks_japanese() -> None:
    assert "直近 2" in sparkline("net", weekly(1.0, 2.0), lang="ja")


def test_only_the_newest_points_are_drawn() -> None:
    assert len(drawn(sparkline("net", weekly(*map(float, range(500)))))) == MOST_POINTS


def test_a_hostile_name_or_unit_stays_text() -> None:
    svg = sparkline(HOSTILE, weekly(1.0, 2.0), HOSTILE)
    page = Page(svg)
    assert set(page.tags) == {"svg", "title", "polyline", "circle"}
    assert HOSTILE in "".join(page.texts)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=8))
def test_whatever_the_figures_the_line_stays_inside_its_frame(values: list[float]) -> None:
    for x, y in drawn(sparkline("net", weekly(*values))):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
