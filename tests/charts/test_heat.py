"""A table of shades around zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch import charts
from jpresearch.charts.cells import CellWords


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        [[1500.0, -1500.0], [0.0, np.nan]], index=["foreigners", "individuals"], columns=["2024", "2025"]
    )


def _cells(figure):
    (mesh,) = figure.axes[0].collections
    figure.draw_without_rendering()
    return mesh


def _written(figure):
    (cells,) = figure.findobj(CellWords)
    return cells.words.ravel().tolist()


def test_every_cell_holds_its_value_and_a_missing_one_a_dash(table, words):
    assert _written(charts.heat(table, **words)) == ["1,500", "\u22121,500", "0", "\u2013"]
    assert _written(charts.heat(table, fmt="{:.1f}", **words))[0] == "1500.0"


def test_shades_are_blue_above_zero_vermilion_below_and_white_at_zero(table, words):
    above, below, zero, _ = _cells(charts.heat(table, **words)).get_facecolors()
    assert above[2] > above[0] + 0.3
    assert below[0] > below[2] + 0.3
    assert zero[:3] == pytest.approx((1, 1, 1), abs=0.01)


def test_the_scale_is_even_on_both_sides_of_zero(words):
    mesh = _cells(charts.heat(pd.DataFrame([[10.0, -1.0]]), **words))
    assert mesh.get_clim() == (-10.0, 10.0)


def test_a_missing_cell_has_no_shade(table, words):
    assert np.ma.getmaskarray(_cells(charts.heat(table, **words)).get_array()).ravel().tolist() == [False] * 3 + [True]


def test_rows_and_columns_are_named_in_words(table, words, see):
    assert {"Foreigners", "Individuals", "2024", "2025"} <= {
        text.get_text() for text in see.texts(charts.heat(table, **words))
    }


def test_many_dated_columns_do_not_overlap(words, see):
    weeks = pd.date_range("2025-01-03", periods=24, freq="W-FRI")
    frame = pd.DataFrame(np.linspace(-999, 999, 48).reshape(2, 24), index=["foreigners", "individuals"], columns=weeks)
    figure = charts.heat(frame, **words)
    assert see.clashes(see.texts(figure)) == []
    assert "3 Jan 2025" in [text.get_text() for text in see.texts(figure)]


def test_a_table_of_zeros_is_drawn(words):
    assert _written(charts.heat(pd.DataFrame([[0.0, 0.0]]), **words)) == ["0", "0"]


def test_a_cell_that_rounds_to_zero_has_no_sign(flows, words):
    frame = flows.tail(3).T.head(3) * 0.0 + np.array([[-0.2], [0.4], [-1.26]])
    assert set(_written(charts.heat(frame, **words))) == {"0", "\N{MINUS SIGN}1"}
