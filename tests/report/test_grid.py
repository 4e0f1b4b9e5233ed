"""A published table ready to print."""

from __future__ import annotations

import pytest

from jpresearch.report.grid import grid


def test_a_column_of_figures_has_one_number_of_decimals_and_days_stay_on_one_line() -> None:
    found = grid(
        ["day", "net", "year"], [["2025-08-29", -303.154, 2025], ["2025-08-22", 1200.0, 2024], [None, None, 2012]]
    )
    assert found.heads == [("day", "short"), ("net", "number"), ("year", "number")]
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
    assert grid(["x"], [[cell] for cell in column]).heads == [("x", kind)]
