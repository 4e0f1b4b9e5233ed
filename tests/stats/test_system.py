"""Systems that add up: the sums, the single equations, the covariance across equations, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.regression import newey_west
from jpresearch.stats.system import System, adding_up

WEEKS = pd.date_range("2015-01-02", periods=300, freq="W-FRI")


def balances(seed: int = 0, weeks: int = 300) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    foreign = draw.normal(0, 300, weeks)
    one = -0.5 * foreign + draw.normal(0, 50, weeks)
    two = -0.2 * foreign + draw.normal(0, 80, weeks)
    index = WEEKS[:weeks]
    left = pd.DataFrame({"one": one, "two": two, "rest": -foreign - one - two}, index=index)
    return left, pd.DataFrame({"foreign": foreign, "market": draw.normal(0, 2, weeks)}, index=index)


def fitted(seed: int = 0) -> System:
    return adding_up(*balances(seed), to="foreign")


@given(st.integers(0, 10_000))
def test_the_coefficients_add_up(seed: int) -> None:
    params = fitted(seed).params
    assert params["foreign"].sum() == pytest.approx(-1, abs=1e-9)
    assert params["market"].sum() == pytest.approx(0, abs=1e-9)


def test_known_shares_lie_within_their_intervals() -> None:
    found = fitted()
    for name, share in (("one", -0.5), ("two", -0.2), ("rest", -0.3)):
        estimate = found.estimate(name, "foreign")
        assert estimate.low < share < estimate.high


def test_each_equation_is_its_own_regression() -> None:
    left, right = balances()
    alone = newey_west(left["one"], right)
    found = adding_up(left, right, to="foreign").estimate("one", "foreign")
    assert found.value == pytest.approx(alone.params["foreign"])
    assert found.std_error == pytest.approx(alone.std_errors["foreign"], rel=0.02)


def test_the_sum_of_all_shares_has_no_error_and_that_of_two_is_the_third() -> None:
    found = fitted()
    everything = found.combination({(name, "foreign"): 1.0 for name in ("one", "two", "rest")})
    assert everything.std_error < 1e-6
    two = found.combination({("one", "foreign"): 1.0, ("two", "foreign"): 1.0})
    assert two.std_error == pytest.approx(found.estimate("rest", "foreign").std_error, rel=1e-6)


def test_units_leave_t_alone() -> None:
    left, right = balances()
    yen, bn = adding_up(left, right, to="foreign"), adding_up(left * 1e9, right * 1e9, to="foreign")
    t_values = [found.table("foreign")["estimate"] / found.table("foreign")["std_error"] for found in (yen, bn)]
    pd.testing.assert_series_equal(*t_values)


def test_scrambled_weeks_lose_the_relation() -> None:
    left, right = balances()
    left["one"] = np.random.default_rng(1).permutation(left["one"].to_numpy())
    left["rest"] = -right["foreign"] - left["one"] - left["two"]
    assert fitted().table("foreign").loc["one", "p_value"] < 1e-6
    assert adding_up(left, right, to="foreign").table("foreign").loc["one", "p_value"] > 0.01


def test_left_sides_that_do_not_add_up_are_refused_with_the_row() -> None:
    left, right = balances()
    left.loc[WEEKS[7], "one"] += 1.0
    with pytest.raises(StatsError, match=r"add up.*2015-02-20"):
        adding_up(left, right, to="foreign")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda left, right: (left, right.assign(market=1.0)), "market"),
        (lambda left, right: (left, right.assign(market=2 * right["foreign"])), "collinear"),
        (lambda left, right: (left.drop(WEEKS[3]).reindex(WEEKS), right), "missing"),
        (lambda left, right: (left.iloc[:3], right.iloc[:3]), "few"),
        (lambda left, right: (left.iloc[::-1], right.iloc[::-1]), "order|sorted"),
        (lambda left, right: (left, right.rename(columns={"foreign": "other"})), "no regressor"),
    ],
    ids=["constant", "collinear", "missing", "few", "unsorted", "unnamed"],
)
def test_bad_input_is_named(spoil: object, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        adding_up(*spoil(*balances()), to="foreign")  # type: ignore[operator]


def test_an_unknown_coefficient_is_refused() -> None:
    with pytest.raises(StatsError, match="no coefficient"):
        fitted().estimate("one", "yen")
