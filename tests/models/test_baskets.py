"""Baskets: members that stay, joint value and profit, equal weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.models.baskets import as_one_company, equal_weights, lowest_close, members, newest_run

MONTHS = pd.date_range("2024-01-31", periods=6, freq="ME")
KNOWN = pd.DataFrame(
    {"a": [1, 1, 1, 1, 1, 1], "b": [0, 0, 1, 1, 1, 1], "c": [0, 1, 1, 1, 0, 1], "d": [1, 1, 1, 1, 1, 1]}, index=MONTHS
).astype("bool")


def test_a_member_is_known_at_every_one_of_the_newest_month_ends() -> None:
    assert members(KNOWN, 4, 2) == ["a", "b", "d"]
    assert members(KNOWN, 6, 2) == ["a", "d"]


def test_a_shorter_record_begins_where_enough_names_are_known() -> None:
    late = KNOWN[["a", "b"]].assign(a=KNOWN["b"])
    assert members(late, 24, 2) == ["a", "b"]


def test_too_few_members_are_said() -> None:
    with pytest.raises(InsufficientData, match="2 names"):
        members(KNOWN, 6, 3)


def test_one_company_deducts_losses_and_misses_where_a_member_does() -> None:
    days = MONTHS[:2]
    value = pd.DataFrame({"a": [100.0, 100], "b": [300.0, np.nan]}, index=days)
    profit = pd.DataFrame({"a": [20.0, 20], "b": [-4.0, -4]}, index=days)
    found = as_one_company(value, profit, ["a", "b"])
    assert found.iloc[0] == pytest.approx(4.0) and np.isnan(found.iloc[1])
    assert as_one_company(value, profit, ["a"]).iloc[1] == pytest.approx(20.0)


def test_equal_weights_chain_the_mean_return_of_names_that_trade() -> None:
    closes = pd.DataFrame({"a": [100.0, 110, 110], "b": [np.nan, 50, 45]}, index=MONTHS[:3])
    assert list(equal_weights(closes)) == pytest.approx([100.0, 110.0, 110.0 * 0.95])


def test_the_low_is_that_of_the_newest_months_and_a_run_has_no_gap() -> None:
    level = pd.Series([1.0, 5, 3, 4, 6, 7], index=MONTHS)
    assert lowest_close(level, 4) == MONTHS[2]
    assert lowest_close(level, 12) == MONTHS[0]
    gapped = pd.Series([1.0, np.nan, 3, 4, 5, np.nan], index=MONTHS)
    assert list(newest_run(gapped)) == [3, 4, 5]
    assert newest_run(gapped * np.nan).empty
