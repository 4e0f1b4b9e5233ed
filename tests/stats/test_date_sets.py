from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_rows
from jpresearch.stats.date_sets import bootstrap_differences, inference, placebo_means, spaced_sets


@given(size=st.integers(1, 8), gap=st.integers(1, 6), spare=st.integers(0, 30), seed=st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_places_are_in_range_ascending_and_a_gap_apart(size: int, gap: int, spare: int, seed: int) -> None:
    candidates = size + (size - 1) * (gap - 1) + spare
    sets = spaced_sets(candidates, size, gap, draws=99, seed=seed)
    assert sets.shape == (99, size)
    assert sets.min() >= 0
    assert sets.max() < candidates
    assert size == 1 or np.diff(sets, axis=1).min() >= gap


def test_every_set_is_as_likely_as_any_other() -> None:
    possible = [pair for pair in combinations(range(6), 2) if pair[1] - pair[0] >= 2]
    sets = spaced_sets(6, 2, 2, draws=20_000, seed=1)
    counts = [int(((sets[:, 0] == a) & (sets[:, 1] == b)).sum()) for a, b in possible]
    assert sum(counts) == 20_000
    assert max(counts) / min(counts) < 1.15


def test_means_are_those_of_a_loop() -> None:
    values = np.random.default_rng(2).normal(size=(50, 3))
    sets = spaced_sets(50, 4, 5, draws=99, seed=3)
    looped = np.array([values[places].mean(axis=0) for places in sets])
    np.testing.assert_allclose(placebo_means(values, 4, 5, draws=99, seed=3), looped)
    places = np.array([3, 17, 40])
    rows = block_rows(50, kind="stationary", block=6.0, draws=99, seed=4)
    looped = np.array([values[row[places]].mean(axis=0) - values[row].mean(axis=0) for row in rows])
    np.testing.assert_allclose(bootstrap_differences(values, places, block=6.0, draws=99, seed=4), looped)


def test_a_seed_gives_the_same_answer_again_and_another_seed_another() -> None:
    values = np.random.default_rng(5).normal(size=(100, 1))
    options = {"gap": 5, "block": 4.0, "draws": 199, "confidence": 0.95}
    places = np.arange(0, 100, 10)
    first, again, other = (inference(values, places, seed=seed, **options) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_places_that_stand_out_are_found_and_the_interval_holds_the_excess() -> None:
    values = np.random.default_rng(6).normal(size=(300, 1))
    places = np.arange(5, 300, 12)
    values[places] += 2.0
    found = inference(values, places, gap=5, block=3.0, draws=999, seed=0, confidence=0.95).iloc[0]
    assert found["p_bootstrap"] == found["p_placebo"] == 1 / 1000
    assert found["low"] < 2.0 * (1 - len(places) / 300) < found["high"]
    assert found["difference"] == pytest.approx(found["mean"] - found["usual"])
    assert found["placebo_low"] < 0 < found["placebo_high"] < found["difference"]


def test_a_unit_changes_the_numbers_but_not_the_p_values() -> None:
    values = np.random.default_rng(7).normal(size=(120, 2))
    options = {"gap": 3, "block": 4.0, "draws": 199, "seed": 0, "confidence": 0.9}
    places = np.arange(0, 120, 9)
    small, large = inference(values, places, **options), inference(values * 1e9, places, **options)
    np.testing.assert_allclose(large[["p_bootstrap", "p_placebo"]], small[["p_bootstrap", "p_placebo"]])
    np.testing.assert_allclose(large["low"], small["low"] * 1e9)


@pytest.mark.parametrize(("candidates", "size", "gap"), [(10, 3, 5), (5, 6, 1), (5, 0, 1), (5, 2, 0)])
def test_sets_that_do_not_exist_are_refused(candidates: int, size: int, gap: int) -> None:
    with pytest.raises(StatsError, match="placebo dates"):
        spaced_sets(candidates, size, gap, draws=99, seed=0)


def test_too_few_draws_missing_values_and_impossible_confidence_are_refused() -> None:
    values, places = np.random.default_rng(8).normal(size=(50, 1)), np.array([4, 20])
    options = {"gap": 5, "block": 2.0, "seed": 0}
    with pytest.raises(StatsError, match="draws"):
        inference(values, places, draws=10, confidence=0.95, **options)
    with pytest.raises(StatsError, match="confidence"):
        inference(values, places, draws=99, confidence=95, **options)
    values[3] = np.nan
    with pytest.raises(StatsError, match="finite"):
        inference(values, places, draws=99, confidence=0.95, **options)
