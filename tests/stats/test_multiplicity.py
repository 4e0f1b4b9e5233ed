from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.multiplicity import adjusted_p_values, false_discoveries, means, romano_wolf, slopes, stepdown
from tests.stats.simulated_markets import golden


def published() -> pd.Series:
    """The 15 p-values of Benjamini and Hochberg (1995, section 4.1)."""
    return golden("benjamini_hochberg")["p_value"]


def test_four_of_fifteen_are_discoveries_as_published() -> None:
    found = false_discoveries(published())
    assert found.tests["rejected"].sum() == 4
    assert (found.tests["bonferroni"] <= 0.05).sum() == 3
    assert found.tests["q_value"].iloc[3] == pytest.approx(0.035625, abs=1e-12)


@pytest.mark.parametrize(("method", "column"), [("fdr_bh", "bh"), ("fdr_by", "by")])
def test_q_values_are_those_of_r(method: Any, column: str) -> None:
    found = false_discoveries(published(), method=method).tests
    assert found["q_value"].to_numpy() == pytest.approx(golden("benjamini_hochberg")[column].to_numpy(), abs=1e-12)
    assert found["bonferroni"].to_numpy() == pytest.approx(golden("benjamini_hochberg")["bonferroni"].to_numpy())


def test_order_of_the_tests_does_not_matter() -> None:
    shuffled = published().sample(frac=1.0, random_state=3)
    one, other = false_discoveries(published()).tests, false_discoveries(shuffled).tests
    pd.testing.assert_frame_equal(one, other.sort_index(), check_names=False)
    assert false_discoveries(shuffled).table()["p_value"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pd.Series([], dtype=float), "there must be one"),
        (pd.Series([0.1, 0.2], index=["a", "a"]), "named once"),
        (pd.Series([0.1, np.nan], index=["a", "b"]), "not so: b"),
        (pd.Series([1.1, 0.2], index=["a", "b"]), "not so: a"),
    ],
)
def test_bad_p_values_are_refused_by_name(values: pd.Series, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        false_discoveries(values)


def test_unknown_method_and_level_are_refused() -> None:
    with pytest.raises(StatsError, match="no method 'holm'"):
        false_discoveries(published(), method="holm")  # type: ignore[arg-type]
    with pytest.raises(StatsError, match="level"):
        false_discoveries(published(), level=0.0)


def by_hand(t: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """The algorithm as Romano and Wolf (2016) print it, one step at a time."""
    order = list(np.argsort(-t, kind="stable"))
    result, floor = np.empty(len(t)), 0.0
    for step, test in enumerate(order):
        remaining = order[step:]
        exceed = sum(max(row[other] for other in remaining) >= t[test] for row in draws)
        floor = max(floor, (1 + exceed) / (1 + len(draws)))
        result[test] = floor
    return result


@given(seed=st.integers(0, 2**31), tests=st.integers(1, 7))
@settings(max_examples=25, deadline=None)
def test_stepdown_is_the_printed_algorithm(seed: int, tests: int) -> None:
    draw = np.random.default_rng(seed)
    t = np.round(np.abs(draw.normal(size=tests)) * 2, 1)
    draws = np.round(np.abs(draw.normal(size=(60, tests))), 1)
    found = adjusted_p_values(t, draws)
    assert found == pytest.approx(by_hand(t, draws))
    alone = (1 + (draws >= t).sum(axis=0)) / 61
    assert (found >= alone - 1e-12).all()
    # No step is above the sum of what each test not yet passed would exceed by itself; no p is below an earlier one.
    order = np.argsort(-t, kind="stable")
    union = [(1 + sum((draws[:, k] >= t[j]).sum() for k in order[place:])) / 61 for place, j in enumerate(order)]
    assert (found[order] <= np.minimum(1.0, np.maximum.accumulate(union)) + 1e-12).all()


def test_copies_of_one_test_cost_nothing_and_independent_tests_cost_as_sidak_says() -> None:
    draw = np.random.default_rng(4)
    one = draw.normal(size=(40_000, 1))
    copies = stepdown(
        pd.Series(2.0, index=list("abc")), pd.DataFrame(np.repeat(one, 3, axis=1) + 2.0, columns=list("abc"))
    )
    assert copies.tests["adjusted_p"].to_numpy() == pytest.approx(copies.tests["p_value"].to_numpy())
    several = pd.DataFrame(draw.normal(size=(40_000, 4)) + np.array([2.5, 0.1, 0.1, 0.1]), columns=list("abcd"))
    apart = stepdown(pd.Series([2.5, 0.1, 0.1, 0.1], index=list("abcd")), several).tests.loc["a"]
    assert apart["adjusted_p"] == pytest.approx(1 - (1 - apart["p_value"]) ** 4, rel=0.05)


def test_units_of_one_test_do_not_change_the_others() -> None:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(draw.normal(size=(500, 3)) + np.array([0.5, 1.0, 2.0]), columns=list("abc"))
    small = stepdown(frame.mean(), frame).tests
    scale = np.array([1.0, 1e6, 1e-6])
    large = stepdown(frame.mean() * scale, frame * scale).tests
    assert small["adjusted_p"].to_numpy() == pytest.approx(large["adjusted_p"].to_numpy())


def family(seed: int, effect: float) -> pd.DataFrame:
    draw = np.random.default_rng(seed).normal(size=(200, 6))
    frame = pd.DataFrame(draw, columns=["x", "a", "b", "c", "d", "e"])
    frame["a"] += effect * frame["x"]
    return frame


PAIRS = slopes([(column, 0) for column in range(1, 6)])


def test_one_true_slope_among_five_is_found_alone() -> None:
    found = romano_wolf(family(1, 0.4), PAIRS, names=list("abcde"), block=2.0, draws=999)
    assert list(found.tests.index[found.tests["rejected"]]) == ["a"]
    assert found.table().index[0] == "a"
    assert found.tests["estimate"]["a"] == pytest.approx(np.polyfit(family(1, 0.4)["x"], family(1, 0.4)["a"], 1)[0])
    assert (found.observations, found.block, found.draws) == (200, 2.0, 999)
    assert "Romano-Wolf stepdown over 5" in found.method
    assert "stationary block bootstrap" in found.method


def test_false_claims_are_rare_where_tests_alone_make_many() -> None:
    alone, adjusted = 0, 0
    for seed in range(60):
        tests = romano_wolf(family(seed, 0.0), PAIRS, names=list("abcde"), block=1.0, draws=199).tests
        alone += int((tests["p_value"] <= 0.05).any())
        adjusted += int(tests["rejected"].any())
    assert adjusted <= 8  # 5 % of 60 is 3; 8 is three standard errors above
    assert alone >= 8  # one of five tests at 5 % each: 23 %


def test_means_are_a_statistic() -> None:
    frame = family(2, 0.0)
    found = romano_wolf(frame, means, names=list(frame), block=1.0, draws=199)
    assert found.tests["estimate"].to_numpy() == pytest.approx(frame.mean().to_numpy())


@pytest.mark.parametrize(
    ("estimates", "draws", "words"),
    [
        (pd.Series([1.0], index=["a"]), pd.DataFrame({"b": [1.0, 2.0]}), "same names"),
        (pd.Series([np.nan], index=["a"]), pd.DataFrame({"a": [1.0, 2.0]}), "finite"),
        (pd.Series([1.0], index=["a"]), pd.DataFrame({"a": [2.0, 2.0]}), "no variation in the draws of a"),
        (pd.Series([], dtype=float), pd.DataFrame(), "same names"),
    ],
)
def test_bad_draws_are_refused_by_name(estimates: pd.Series, draws: pd.DataFrame, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        stepdown(estimates, draws)
