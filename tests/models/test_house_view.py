"""The house's view: each branch of the rule at, inside and outside its boundary; missing facts decide nothing."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pandas as pd
import pytest

from jpresearch.models.house_view import Facts, View, house_view, since_high

SELLING = Facts(drawdown_pct=-3.0, flow_bp=-6.0, usual_flow_bp=4.0, earnings_pct=1.0)


@pytest.mark.parametrize(
    ("change", "view"),
    [
        ({}, "profit_taking"),
        ({"drawdown_pct": -10.0}, "correction"),
        ({"drawdown_pct": -9.99}, "profit_taking"),
        ({"flow_bp": -4.0}, "no_selling"),
        ({"flow_bp": -4.01}, "profit_taking"),
        ({"earnings_pct": -0.01}, "undecided"),
        ({"earnings_pct": 0.0}, "profit_taking"),
        ({"futures_bp": 6.01}, "undecided"),
        ({"futures_bp": 5.99}, "profit_taking"),
        ({"drawdown_pct": -12.0, "flow_bp": 9.0}, "correction"),
        ({"drawdown_pct": nan}, "undecided"),
        ({"flow_bp": nan}, "undecided"),
        ({"usual_flow_bp": nan}, "undecided"),
        ({"earnings_pct": nan}, "undecided"),
    ],
)
def test_the_view_follows_from_the_facts(change: dict[str, float], view: View) -> None:
    assert house_view(replace(SELLING, **change)) == view


def test_another_convention_of_a_correction_is_an_argument() -> None:
    assert house_view(SELLING, correction_pct=-3.0) == "correction"


def test_price_since_the_high_is_earnings_times_multiple() -> None:
    days = pd.bdate_range("2026-01-05", periods=4)
    found = since_high(pd.Series([100.0, 120.0, 110.0, 108.0], days), pd.Series([15.0, 16.0, 15.0, 14.0], days))
    assert found.high == days[1] and found.price_pct == pytest.approx(-10.0)
    assert (1 + found.earnings_pct / 100) * (1 + found.multiple_pct / 100) == pytest.approx(0.9)


def test_the_high_is_looked_for_in_the_window_only() -> None:
    days = pd.DatetimeIndex(["2024-01-05", "2025-06-02", "2026-01-05"])
    found = since_high(pd.Series([200.0, 90.0, 100.0], days), pd.Series([15.0] * 3, days))
    assert found.high == days[2] and found.price_pct == 0.0


def test_a_multiple_that_is_missing_leaves_the_parts_unknown() -> None:
    days = pd.bdate_range("2026-01-05", periods=2)
    found = since_high(pd.Series([110.0, 100.0], days), pd.Series([nan, 14.0], days))
    assert found.earnings_pct != found.earnings_pct and found.price_pct == pytest.approx(-100 / 11)
