"""Figures as readers see them."""

from __future__ import annotations

from typing import Any

import pytest

from jpresearch.report.printed_numbers import of_column, plain, signed, text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.5, "1.5"), (1.0, "1"), (-502.0214, "\N{MINUS SIGN}502.021"), (2026, "2,026"), (12345.5, "12,345.5"),
     (-12345, "\N{MINUS SIGN}12,345"), (None, "–"), ("buys", "buys"), (True, "True"), (-0.0001, "0"), (-0.0, "0")],
)  # fmt: skip
def test_a_figure_has_the_decimals_it_needs_and_no_minus_without_a_size(value: Any, shown: str) -> None:
    assert plain(value) == shown


def test_a_figure_that_rounds_up_to_five_digits_is_grouped() -> None:
    assert text(9999.6, 0) == "10,000"


@pytest.mark.parametrize(("change", "shown"), [(1.0, "+1.0"), (-1.0, "\N{MINUS SIGN}1.0"), (0.0, "0.0")])
def test_a_change_has_its_sign(change: float, shown: str) -> None:
    assert signed(change, 1) == shown


@pytest.mark.parametrize(
    ("column", "places"),
    [
        ([18.00613, -51.4342, 0.97102, None], 1),
        ([24.45, 24.5], 2),
        ([303.154, 1200.0], 3),
        ([0.123456, 0.9], 3),
        ([4102.93117, 159.2, 0.6512], 3),
        ([1234567.25813, 2345678.5], 0),
        ([1.23456, 2.5], 2),
        ([3, 12], 0),
        ([0.0, None, "a"], 0),
        ([], 0),
        ([0.1 + 0.2], 1),
    ],
)
def test_a_column_has_as_many_decimals_as_its_figures_tell(column: list[object], places: int) -> None:
    assert of_column(column) == places
