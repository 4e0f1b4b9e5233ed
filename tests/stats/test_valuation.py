from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.valuation import Path, cost_of_equity, implied_growth


def test_the_grid_is_the_rate_and_beta_times_premium() -> None:
    grid = cost_of_equity(0.015, betas=[1.0, 1.5], premiums=[0.05, 0.06, 0.07])
    assert grid.shape == (3, 2)
    assert grid.loc[0.06, 1.5] == pytest.approx(0.105)
    assert (grid.index.name, grid.columns.name) == ("premium", "beta")


def worth(growth: float, cost: float, path: Path) -> float:
    """What the payouts of a path are worth over the earnings it starts from, added up year by year."""
    fading = [growth + (path.terminal_growth - growth) * step / (path.fade + 1) for step in range(1, path.fade + 1)]
    earnings, value, base = 1.0, 0.0, 1.0
    for year, rate in enumerate([growth] * path.years + fading, start=1):
        earnings *= 1 + rate
        base = earnings if path.forward and year == 1 else base
        value += path.payout * earnings / (1 + cost) ** year
    paid = 1 - path.terminal_growth / cost if path.terminal_payout is None else path.terminal_payout
    after = paid * earnings * (1 + path.terminal_growth) / (cost - path.terminal_growth)
    return (value + after / (1 + cost) ** (path.years + path.fade)) / base


def growth_of(multiple: float, cost: float, path: Path) -> float:
    return float(implied_growth(multiple, pd.DataFrame([[cost]]), path=path).growth.iloc[0, 0])


def test_constant_growth_is_gordons_formula() -> None:
    path = Path(years=10, fade=0, terminal_growth=0.03, payout=0.6, terminal_payout=0.6)
    assert growth_of(0.6 * 1.03 / (0.08 - 0.03), 0.08, path) == pytest.approx(0.03)
    forward = Path(years=10, fade=0, terminal_growth=0.03, payout=0.6, terminal_payout=0.6, forward=True)
    assert growth_of(0.6 / (0.08 - 0.03), 0.08, forward) == pytest.approx(0.03)


def test_the_multiple_is_the_sum_of_what_is_paid_year_by_year() -> None:
    path = Path(years=3, fade=2, terminal_growth=0.01, payout=0.4)
    growth, cost = 0.2, 0.09
    rates = [0.2, 0.2, 0.2, 0.2 - 0.19 / 3, 0.2 - 2 * 0.19 / 3]
    earnings, value = 1.0, 0.0
    for year, rate in enumerate(rates, start=1):
        earnings *= 1 + rate
        value += 0.4 * earnings / (1 + cost) ** year
    value += earnings * 1.01 / cost / (1 + cost) ** 5  # (1 - g / r) / (r - g) is 1 / r
    assert worth(growth, cost, path) == pytest.approx(value)
    assert growth_of(value, cost, path) == pytest.approx(growth)


def test_where_new_investment_earns_its_cost_terminal_growth_changes_little() -> None:
    still, growing = (growth_of(20.0, 0.08, Path(fade=0, terminal_growth=g)) for g in (0.0, 0.02))
    assert growing == pytest.approx(still, abs=0.005)


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
    multiple = worth(growth, cost, path)
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
    "payouts": lambda: implied_growth(20, GRID, path=Path(payout=0.0)),
    "is not possible": lambda: implied_growth(20, GRID, path=Path(years=0)),
    "betas must be given once each": lambda: cost_of_equity(0.01, betas=[], premiums=[0.05]),
    "premiums must be given once each": lambda: cost_of_equity(0.01, betas=[1.0], premiums=[0.05, 0.05]),
    "must be finite": lambda: cost_of_equity(float("nan"), betas=[1.0], premiums=[0.05]),
}


@pytest.mark.parametrize("complaint", BAD)
def test_what_has_no_answer_is_refused(complaint: str) -> None:
    with pytest.raises(StatsError, match=complaint):
        BAD[complaint]()
