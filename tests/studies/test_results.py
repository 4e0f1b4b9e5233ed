"""What studies hand on: metrics that hold together after rounding."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.studies.results import Metric, rounded


def test_the_ends_of_an_interval_hold_the_number_after_rounding() -> None:
    made = Metric.rounded("share", 24.4449, "pct", 24.44489, 24.4451)
    assert (made.value, made.low, made.high) == (24.44, 24.44, 24.45)
    assert made.low is not None and made.high is not None and isinstance(made.value, float)
    assert made.low <= made.value <= made.high


def test_missing_ends_are_left_out_and_a_missing_number_is_refused() -> None:
    assert Metric.rounded("a", 1.0, "x", float("nan"), 2.0) == Metric("a", 1.0, "x")
    with pytest.raises(InsufficientData):
        Metric.rounded("a", float("nan"), "x")
    assert Metric.missing("a", "why").value == "not available: why"


def test_a_table_keeps_its_days_words_and_counts() -> None:
    frame = pd.DataFrame({"day": [pd.Timestamp("2025-08-29")], "weeks": [3], "net": [1.23456], "side": ["buying"]})
    assert rounded(frame, 1).iloc[0].tolist() == [pd.Timestamp("2025-08-29"), 3, 1.2, "buying"]
