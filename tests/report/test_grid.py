"""A published table ready to print."""

from __future__ import annotations

import pytest

from jpresearch.report.grid import grid, heading


def test_a_column_of_figures_has_one_number_of_decimals_and_days_stay_on_one_line() -> None:
    found = grid(
        ["day", "net", "year"], [["2025-08-29", -303.154, 2025], ["2025-08-22", 1200.0, 2024], [None, None, 2012]]
    )
    assert found.heads == [("Day", "short"), ("Net", "number"), ("Year", "number")]
    assert [[text for text, _ in row] for row in found.rows] == [
        ["2025-08-29", "−303.154", "2025"],
        ["2025-08-22", "1,200.000", "2024"],
        ["–", "–", "2012"],
    ]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ([1, 2.5, None], "number"),
        (["6857", None], "short"),
        ([None, None], "short"),
        ([True, False], "short"),
        ([1.5, "about two"], "short"),
        (["no close lately, since May"], "text"),
        (["word " * 20], "long"),
    ],
)
def test_the_kind_of_a_column_is_that_of_its_longest_cell(column: list[object], kind: str) -> None:
    assert grid(["x"], [[cell] for cell in column]).heads == [("X", kind)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("usual_moves_away", "Usual moves away"),
        ("fall_pct", "Fall, %"),
        ("mean_bp_a_week", "Mean bp a week"),
        ("net_jpy_bn", "Net, JPY bn"),
        ("week", "Week"),
        ("P/E, trailing", "P/E, trailing"),
        ("TOPIX", "TOPIX"),
        ("#", "#"),
    ],
)
def test_a_heading_is_in_words(name: str, words: str) -> None:
    assert heading(name) == words


def test_a_wide_table_shows_as_many_columns_as_fit_and_a_narrow_one_all() -> None:
    narrow = grid(["day", "net"], [["2025-08-29", 1.5]])
    assert (narrow.desk, narrow.tablet, narrow.phone) == (0, 0, 0)
    wide = grid([f"column {number}" for number in range(14)], [[1234.5] * 14])
    assert 7 <= wide.desk < 14 and 6 <= wide.tablet < wide.desk and 2 <= wide.phone < wide.tablet
    long = grid(["name", "reason", "what", "who"], [["x" * 30, "word " * 40, "word " * 40, "word " * 40]])
    assert (long.desk, long.tablet, long.phone) == (0, 0, 2)
