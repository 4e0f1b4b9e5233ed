from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import optimal_block_length
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_bootstrap, block_length, block_rows
from tests.stats.simulated_markets import golden

KINDS = ["stationary", "moving", "circular"]


def nile() -> pd.Series:
    frame = golden("nile")
    return pd.Series(frame["flow"].to_numpy(float), index=frame["year"], name="nile")


def mean(samples: np.ndarray) -> np.ndarray:
    return samples.mean(axis=1)


def autocorrelation(samples: np.ndarray) -> np.ndarray:
    here, before = samples[:, 1:, 0], samples[:, :-1, 0]
    here = here - here.mean(axis=1, keepdims=True)
    before = before - before.mean(axis=1, keepdims=True)
    return ((here * before).sum(axis=1) / np.sqrt((here**2).sum(axis=1) * (before**2).sum(axis=1)))[:, None]


def test_spread_of_the_moving_block_mean_is_the_exact_one_of_kuensch() -> None:
    series, block = nile(), 10
    values = series.to_numpy()
    blocks = np.convolve(values, np.ones(block) / block, mode="valid")
    exact = np.sqrt(np.var(blocks) / (len(values) / block))
    drawn = block_bootstrap(series, mean, names=["mean"], kind="moving", block=block, draws=20_000)
    assert drawn.std_error["mean"] == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("block", [1.0, 4.0, 10.0])
def test_spread_of_the_stationary_mean_is_the_exact_one_of_politis_and_romano(block: float) -> None:
    series = nile()
    values, count = series.to_numpy() - series.mean(), len(series)
    around = np.array([values @ np.roll(values, lag) / count for lag in range(count)])
    lags = np.arange(1, count)
    weights = (1 - lags / count) * (1 - 1 / block) ** lags
    exact = np.sqrt((around[0] + 2 * (weights * around[1:]).sum()) / count)
    drawn = block_bootstrap(series, mean, names=["mean"], kind="stationary", block=block, draws=20_000)
    assert drawn.std_error["mean"] == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("kind", ["moving", "stationary"])
def test_spreads_agree_with_the_boot_package_of_r(kind: Any) -> None:
    reference = golden("block_bootstrap").set_index("kind").loc[kind]
    for statistic, name in ((mean, "mean_error"), (autocorrelation, "autocorrelation_error")):
        drawn = block_bootstrap(nile(), statistic, names=["x"], kind=kind, block=10, draws=20_000)
        assert drawn.std_error["x"] == pytest.approx(reference[name], rel=0.025)


@given(
    observations=st.integers(8, 60),
    block=st.integers(1, 8),
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=40, deadline=None)
def test_rows_stay_inside_and_blocks_stay_together(observations: int, block: int, kind: Any, seed: int) -> None:
    rows = block_rows(observations, kind=kind, block=block, draws=99, seed=seed)
    assert rows.shape == (99, observations)
    assert rows.min() >= 0
    assert rows.max() < observations
    follows = (rows[:, 1:] - rows[:, :-1]) % observations == 1
    inside = np.arange(1, observations) % block != 0
    if kind != "stationary":
        assert follows[:, inside].all()
    if kind == "moving":
        assert (np.diff(rows, axis=1)[:, inside] == 1).all()


def test_stationary_blocks_have_the_mean_length_asked_for() -> None:
    rows = block_rows(400, kind="stationary", block=8.0, draws=500, seed=3)
    breaks = (rows[:, 1:] - rows[:, :-1]) % 400 != 1
    # A new block starts with probability 1/8 and lands on the next row by chance in one of 400.
    assert breaks.mean() == pytest.approx(1 / 8 * (1 - 1 / 400), rel=0.02)


def test_circular_rows_are_drawn_equally_often_and_moving_ends_are_not() -> None:
    counts = {
        kind: np.bincount(block_rows(50, kind=kind, block=10, draws=4_000, seed=1).ravel(), minlength=50) / 4_000  # type: ignore[arg-type]
        for kind in ("circular", "moving")
    }
    assert counts["circular"] == pytest.approx(1.0, abs=0.1)
    assert counts["moving"][0] < 0.2


def test_same_seed_same_draws_and_another_seed_others() -> None:
    one, same, other = (block_rows(40, kind="stationary", block=3, draws=99, seed=seed) for seed in (5, 5, 6))
    assert (one == same).all()
    assert (one != other).any()


def test_draws_do_not_depend_on_how_many_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = block_bootstrap(nile(), mean, names=["mean"], draws=500, block=5)
    monkeypatch.setattr("jpresearch.stats.bootstrap.CHUNK_BYTES", 3_000)
    pieces = block_bootstrap(nile(), mean, names=["mean"], draws=500, block=5)
    pd.testing.assert_frame_equal(whole.draws, pieces.draws)


def test_automatic_length_is_that_of_arch_for_the_most_persistent_column() -> None:
    draw = np.random.default_rng(0).normal(size=(500, 2))
    frame = pd.DataFrame(draw, columns=["a", "b"])
    frame["b"] = frame["b"].ewm(alpha=0.3).mean()
    lengths = optimal_block_length(frame.to_numpy())
    assert block_length(frame) == pytest.approx(lengths["stationary"].max())
    assert block_length(frame, "moving") == np.ceil(lengths["circular"].max())
    assert block_length(frame["a"]) < block_length(frame["b"])


def test_length_is_never_more_than_a_third_of_the_sample() -> None:
    walk = pd.Series(np.random.default_rng(0).normal(size=60).cumsum())
    assert block_length(walk) <= 20


def test_table_says_estimate_error_interval_and_p_value() -> None:
    drawn = block_bootstrap(nile() - 919.35, mean, names=["mean"], block=5)
    row = drawn.table().loc["mean"]
    assert row["low"] < row["estimate"] < row["high"]
    assert row["p_value"] > 0.9
    assert drawn.p_values(null=200.0)["mean"] == 1 / 2000
    assert (drawn.first, drawn.last, drawn.observations, drawn.block) == (1871, 1970, 100, 5.0)
    assert "blocks of 5.0 periods (as asked), 1999 draws, seed 0" in drawn.method


def test_intervals_cover_the_mean_of_a_persistent_series_where_independent_draws_do_not() -> None:
    hits = {1.0: 0, 20.0: 0}
    for seed in range(60):
        noise = np.random.default_rng(seed).normal(size=400)
        series = pd.Series(noise).ewm(alpha=0.2, adjust=False).mean()
        for block in hits:
            row = block_bootstrap(series, mean, names=["mean"], block=block, draws=199).table().iloc[0]
            hits[block] += int(row["low"] <= 0 <= row["high"])
    assert hits[20.0] >= 50
    assert hits[1.0] <= 40


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (pd.Series([1.0] * 20), "no variation"),
        (pd.Series([*range(10), np.nan, *range(10)], dtype=float), "missing"),
        (pd.Series([*range(10), np.inf, *range(10)], dtype=float), "infinite"),
        (pd.Series(range(20), index=[*range(19), 3], dtype=float), "without duplicates"),
        (pd.Series(range(20), index=range(20, 0, -1), dtype=float), "sorted"),
        (pd.Series(range(4), dtype=float), "too few"),
    ],
)
def test_bad_series_is_refused_by_name(series: pd.Series, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        block_length(series)
    with pytest.raises(StatsError, match=words):
        block_bootstrap(series, mean, names=["mean"], block=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "blocks"}, "no bootstrap called 'blocks'"),
        ({"block": 0.5}, "from 1 to 100"),
        ({"block": 101}, "from 1 to 100"),
        ({"kind": "moving", "block": 2.5}, "whole number"),
        ({"draws": 10}, "10 draws are too few"),
        ({"confidence": 1.0}, "confidence"),
        ({"names": ["a", "b"]}, "shape"),
        ({"statistic": lambda samples: samples.mean(axis=1) * np.nan}, "not finite"),
    ],
)
def test_bad_request_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    request: dict[str, Any] = {"statistic": mean, "names": ["mean"], "block": 5}
    with pytest.raises(StatsError, match=words):
        block_bootstrap(nile(), **(request | change))
