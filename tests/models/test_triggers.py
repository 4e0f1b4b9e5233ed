"""Triggers: what counts as crossed, and how far the threshold is in usual moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.models.triggers import When, table, trigger

WEEKS = pd.date_range("2024-01-05", periods=60, freq="W-FRI", name="week_end")


def series(last: float = 0.0) -> pd.Series:
    steps = np.where(np.arange(60) % 2, 1.0, -1.0)
    return pd.Series([*steps[:-1], last], WEEKS)


@pytest.mark.parametrize(
    ("last", "when", "crossed"),
    [(5.1, "above", True), (5.0, "above", False), (4.9, "below", True), (5.0, "below", False)],
)
def test_beyond_the_threshold_is_crossed_and_on_it_is_not(last: float, when: When, crossed: bool) -> None:
    assert trigger(series(last), 5.0, when=when, label="Net", unit="bp").crossed is crossed


def test_the_distance_is_in_usual_moves_and_negative_once_crossed() -> None:
    found = trigger(series(), 10.0, when="above", label="Net", unit="bp")
    usual = series().diff().tail(52).std()
    assert found.moves_away == pytest.approx(10.0 / usual)
    assert trigger(series(12.0), 10.0, when="above", label="Net", unit="bp").moves_away < 0


def test_a_missing_newest_week_is_not_now() -> None:
    found = trigger(series(np.nan), 10.0, when="above", label="Net", unit="bp")
    assert found.period == WEEKS[-2] and found.now == -1.0


def test_too_few_figures_are_refused() -> None:
    with pytest.raises(InsufficientData, match="how far the series usually moves"):
        trigger(series().head(6), 1.0, when="above", label="Net", unit="bp")


def test_the_table_has_a_row_per_trigger() -> None:
    due = pd.Timestamp("2025-03-06 15:30", tz="Asia/Tokyo")
    rows = table([trigger(series(), 1.0, when="below", label="Net", unit="bp", next_release=due)])
    assert rows.loc[0, ["series", "changes_when", "next_release"]].tolist() == ["Net", "below", due]
