from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.valuation import Path, cost_of_equity, implied_growth, justified_multiple


def test_the_grid_is_the_rate_and_beta_times_premium() -> None:
    grid = cost_of_equity(0.015, betas=[1.0, 1.5], premiums=[0.05, 0.06, 0.07])
    assert grid.shape == (3, 2)
    assert grid.loc[0.06, 1.5] == pytest.approx(0.105)
    assert (grid.index.name, grid.columns.name) == ("premium", "beta")


def test_constant_growth_is_gordons_formula() -> None:
    path = Path(years=10, fade=0, terminal_growth=0.03, payout=0.6, terminal_payout=0.6)
    assert justified_multiple(0.03, 0.08, path=path) == pytest.approx(0.6 * 1.03 / (0.08 - 0.03))
    forward = Path(years=10, fade=0, terminal_growth=0.03, payout=0.6, terminal_payout=0.6, forward=True)
    assert justified_multiple(0.03, 0.08, path=forward) == pytest.approx(0.6 / (0.08 - 0.03))


def test_the_multiple_is_the_sum_of_what_is_paid_year_by_year() -> None:
    path = Path(years=3, fade=2, terminal_growth=0.01, payout=0.4)
    growth, cost = 0.2, 0.09
    rates = [0.2, 0.2, 0.2, 0.2 - 0.19 / 3, 0.2 - 2 * 0.19 / 3]
    earnings, value = 1.0, 0.0
    for year, rate in enumerate(rates, start=1):
        earnings *= 1 + rate
        value += 0.4 * earnings / (1 + cost) ** year
    value += earnings * 1.01 / cost / (1 + cost) ** 5  # (1 - g / r) / (r - g) is 1 / r
    assert justified_multiple(growth, cost, path=path) == pytest.approx(value)


def test_where_new_investment_earns_its_cost_terminal_growth_adds_next_to_nothing() -> None:
    still, growing = (justified_multiple(0.05, 0.08, path=Path(fade=0, terminal_growth=g)) for g in (0.0, 0.02))
    assert growing / still == pytest.approx(1.0, abs=0.02)  # one year of growth alone


@given(
    growth=st.floats(-0.3, 0.5),
    cost=st.floats(0.03, 0.2),
    payout=st.floats(0.1, 1.0),
    years=st.integers(1, 15),
    fade=st.integers(0, 10),
    forward=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_the_growth_implied_by_the_multiple_of_a_growth_is_that_growth(
    growth: float, cost: float, payout: float, years: int, fade: int, forward: bool
) -> None:
    path = Path(years=years, fade=fade, payout=payout, forward=forward)
    multiple = justified_multiple(growth, cost, path=path)
    if forward and years == 1 and fade == 0:
        return  # the first year's growth is then in no later one: any growth gives this multiple
    found = implied_growth(multiple, pd.DataFrame([[cost]]), path=path)
    assert found.growth.iloc[0, 0] == pytest.approx(growth, abs=1e-8)


def test_dearer_shares_and_costlier_equity_ask_for_more_growth() -> None:
    grid = cost_of_equity(0.015, betas=[0.8, 1.0, 1.3], premiums=[0.05, 0.06])
    found, dearer = implied_growth(25, grid), implied_growth(35, grid)
    assert (found.growth.diff(axis=1).iloc[:, 1:] > 0).all().all()
    assert (found.growth.diff().iloc[1:] > 0).all().all()
    assert (dearer.growth > found.growth).all().all()
    assert (found.low, found.high) == (found.growth.iloc[0, 0], found.growth.iloc[-1, -1])
    pd.testing.assert_frame_equal(found.table(), found.growth)
    assert "25.0 times past earnings" in found.method


GRID = cost_of_equity(0.015, betas=[1.0], premiums=[0.05])
BAD: dict[str, Any] = {
    "multiple must be positive, not -4": lambda: implied_growth(-4, GRID),
    "multiple must be positive, not nan": lambda: implied_growth(float("nan"), GRID),
    "not above zero and terminal growth": lambda: implied_growth(20, GRID, path=Path(terminal_growth=0.07)),
    "no growth from": lambda: implied_growth(1e12, GRID, path=Path(years=1, fade=0)),
    "costs of equity must be finite": lambda: implied_growth(20, GRID * np.nan),
    "growth must lie above": lambda: justified_multiple(-1.0, 0.07),
    "payouts": lambda: justified_multiple(0.05, 0.07, path=Path(payout=0.0)),
    "is not possible": lambda: justified_multiple(0.05, 0.07, path=Path(years=0)),
    "betas must be given once each": lambda: cost_of_equity(0.01, betas=[], premiums=[0.05]),
    "premiums must be given once each": lambda: cost_of_equity(0.01, betas=[1.0], premiums=[0.05, 0.05]),
    "must be finite": lambda: cost_of_equity(float("nan"), betas=[1.0], premiums=[0.05]),
}


@pytest.mark.parametrize("complaint", BAD)
def test_what_has_no_answer_is_refused(complaint: str) -> None:
    with pytest.raises(StatsError, match=complaint):
        BAD[complaint]()
