"""Shares of variance: they are the average over all orders, add up to R squared, and do not depend on order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from jpresearch.errors import StatsError
from jpresearch.stats.variance_shares import variance_shares

WEEKS = pd.date_range("2012-01-06", periods=300, freq="W-FRI")


@pytest.fixture(scope="module")
def market() -> tuple[pd.Series, pd.DataFrame]:
    draws = np.random.default_rng(11)
    world = draws.standard_normal(300)
    x = pd.DataFrame(
        {"flow": 0.6 * world + draws.standard_normal(300), "sp500": world, "yen": draws.standard_normal(300)}, WEEKS
    )
    return x @ [0.5, 1.0, -0.4] + draws.standard_normal(300), x


def by_orders(y: pd.Series, x: pd.DataFrame, groups: dict[str, list[str]]) -> dict[str, float]:
    """The definition itself: gains in R squared over every order, by statsmodels."""
    r2 = lambda columns: sm.OLS(y, sm.add_constant(x[columns])).fit().rsquared if columns else 0.0  # noqa: E731
    gains: dict[str, list[float]] = {name: [] for name in groups}
    for order in permutations(groups):
        before: list[str] = []
        for name in order:
            gains[name].append(r2(before + groups[name]) - r2(before))
            before = before + groups[name]
    return {name: 100 * float(np.mean(values)) for name, values in gains.items()}


def test_the_shares_are_the_mean_gain_over_all_orders(market: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = market
    found = variance_shares(y, x, draws=99).shares["estimate"]
    assert found.to_dict() == pytest.approx(by_orders(y, x, {name: [name] for name in x}))


def test_groups_of_columns_enter_together(market: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = market
    groups = {"flow": ["flow"], "abroad": ["sp500", "yen"]}
    found = variance_shares(y, x, groups, draws=99)
    assert found.shares["estimate"].to_dict() == pytest.approx(by_orders(y, x, groups))
    assert found.r_squared_pct == pytest.approx(100 * sm.OLS(y, sm.add_constant(x)).fit().rsquared)


def test_the_order_of_columns_does_not_matter(market: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = market
    first, second = (
        variance_shares(y, x, draws=99).shares,
        variance_shares(y, x[["yen", "flow", "sp500"]], draws=99).shares,
    )
    pd.testing.assert_frame_equal(first, second.loc[first.index])


def test_intervals_hold_the_estimate_and_missing_rows_are_left_out(market: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = market
    holes = x.mask(pd.DataFrame({"flow": x.index < "2013", "sp500": False, "yen": False}, x.index))
    found = variance_shares(y, holes, draws=199)
    assert found.observations == int((x.index >= "2013").sum())
    assert (found.shares["low"] < found.shares["estimate"]).all() and (
        found.shares["estimate"] < found.shares["high"]
    ).all()


def test_a_column_without_a_group_is_refused(market: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = market
    with pytest.raises(StatsError, match="exactly one"):
        variance_shares(y, x, {"flow": ["flow"]})
