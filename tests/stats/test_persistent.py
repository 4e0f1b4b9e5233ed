from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from jpresearch.errors import StatsError
from jpresearch.stats.persistent import ivx, reduced_bias

GOLDEN = Path(__file__).parents[1] / "golden"


def simulated(
    periods: int, persistence: float, correlation: float, draw: np.random.Generator, slope: float = 0.0
) -> tuple[pd.Series, pd.Series]:
    """Returns with a given slope on a predictor whose innovations move with them."""
    moves, noise = draw.standard_normal((2, periods))
    predictor = lfilter([1.0], [1.0, -persistence], moves)
    returns = correlation * moves + sqrt(1 - correlation**2) * noise
    returns[1:] += slope * predictor[:-1]
    return pd.Series(returns, name="r"), pd.Series(predictor, name="x")


@pytest.fixture
def sample() -> pd.DataFrame:
    """The persistent predictor of the golden script: returns r, predictors x and z."""
    return pd.read_csv(GOLDEN / "predictor.csv")


def test_reduced_bias_slopes_are_those_written_out_in_r(sample: pd.DataFrame) -> None:
    golden = pd.read_csv(GOLDEN / "predictive_slopes.csv").set_index("method")
    table = reduced_bias(sample["r"], sample["x"]).table()
    for method in ("ols", "amihud_hurvich", "stambaugh"):
        assert table.loc[method, "estimate"] == pytest.approx(golden.loc[method, "estimate"], rel=1e-8)
    for method in ("ols", "amihud_hurvich"):
        assert table.loc[method, "std_error"] == pytest.approx(golden.loc[method, "std_error"], rel=1e-8)
    assert np.isnan(table.loc["stambaugh", "std_error"])


@pytest.mark.parametrize("names", [["x"], ["x", "z"]])
@pytest.mark.parametrize("horizon", [1, 4, 12])
def test_ivx_is_that_written_out_in_r(sample: pd.DataFrame, names: list[str], horizon: int) -> None:
    golden = pd.read_csv(GOLDEN / "predictive_ivx.csv")
    golden = golden[(golden["set"] == " ".join(names)) & (golden["horizon"] == horizon)].set_index("term")
    found = ivx(sample["r"], sample[names], horizon=horizon)
    assert found.params.to_numpy() == pytest.approx(golden.loc[names, "estimate"].to_numpy(), rel=1e-8)
    assert found.walds.to_numpy() == pytest.approx(golden.loc[names, "wald"].to_numpy(), rel=1e-8)
    assert found.p_values.to_numpy() == pytest.approx(golden.loc[names, "p"].to_numpy(), rel=1e-8)
    assert (found.joint_wald, found.joint_p_value) == pytest.approx(tuple(golden.loc["joint", ["wald", "p"]]), rel=1e-8)
    assert (found.lags, found.observations) == (5, 180 - horizon)
    assert list(found.table().index) == names


def test_the_correction_takes_most_of_the_bias_away() -> None:
    draw = np.random.default_rng(21)
    found = [reduced_bias(*simulated(100, 0.95, -0.9, draw)) for _ in range(300)]
    plain = np.mean([one.ols.value for one in found])
    corrected = np.mean([one.slope.value for one in found])
    expected = 0.9 * (1 + 3 * 0.95) / 100
    assert plain == pytest.approx(expected, rel=0.35)
    assert abs(corrected) < 0.3 * plain
    assert np.mean([one.bias for one in found]) == pytest.approx(plain, rel=0.35)


def test_without_shared_innovations_there_is_nothing_to_correct() -> None:
    found = reduced_bias(*simulated(400, 0.9, 0.0, np.random.default_rng(1), slope=0.2))
    assert found.slope.value == pytest.approx(found.ols.value, abs=0.2 * found.ols.std_error)
    assert found.slope.low < 0.2 < found.slope.high


def test_a_random_walk_is_told_by_its_corrected_persistence() -> None:
    draw = np.random.default_rng(2)
    found = [reduced_bias(*simulated(200, 1.0, -0.9, draw)) for _ in range(60)]
    assert all(one.persistence < one.corrected_persistence for one in found)
    assert np.mean([one.persistence for one in found]) < 0.985 < np.mean([one.corrected_persistence for one in found])
    assert np.mean([one.sensitivity for one in found]) == pytest.approx(-0.9, abs=0.03)


@pytest.mark.parametrize(("persistence", "horizon"), [(1.0, 1), (0.97, 12), (0.5, 1)])
def test_ivx_has_about_the_right_size_whatever_the_persistence(persistence: float, horizon: int) -> None:
    draw = np.random.default_rng(5)
    rejected = [ivx(*simulated(200, persistence, -0.9, draw), horizon=horizon).joint_p_value < 0.05 for _ in range(300)]
    assert 0.01 <= np.mean(rejected) <= 0.05 + 3 * sqrt(0.05 * 0.95 / 300) + 0.01


@pytest.mark.proof
@pytest.mark.parametrize(("persistence", "horizon"), [(1.0, 1), (0.97, 1), (0.97, 12), (0.5, 1)])
def test_ivx_and_reduced_bias_keep_their_size(persistence: float, horizon: int) -> None:
    draw, tests = np.random.default_rng(6), np.zeros(2)
    for _ in range(2000):
        pair = simulated(300, persistence, -0.9, draw)
        tests += [ivx(*pair, horizon=horizon).joint_p_value < 0.05, reduced_bias(*pair).p_value < 0.05]
    assert 0.02 <= tests[0] / 2000 <= 0.07
    assert 0.03 <= tests[1] / 2000 <= (0.13 if persistence == 1.0 else 0.08)


def test_both_find_predictability_that_is_there() -> None:
    pair = simulated(300, 0.9, -0.5, np.random.default_rng(8), slope=0.25)
    assert ivx(*pair).joint_p_value < 1e-3
    assert reduced_bias(*pair).p_value < 1e-3


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), power=st.integers(-8, 8), shift=st.floats(-20, 20))
def test_neither_unit_nor_level_of_the_predictor_matters(seed: int, power: int, shift: float) -> None:
    returns, predictor = simulated(120, 0.9, -0.7, np.random.default_rng(seed))
    other = (predictor + shift) * 10.0**power
    one, two = ivx(returns, predictor), ivx(1e3 * returns, other)
    assert two.joint_wald == pytest.approx(one.joint_wald, rel=1e-5)
    first, second = reduced_bias(returns, predictor), reduced_bias(returns, other)
    assert second.p_value == pytest.approx(first.p_value, rel=1e-4, abs=1e-9)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_scrambled_dates_kill_significance(seed: int) -> None:
    draw = np.random.default_rng(seed)
    returns, predictor = simulated(250, 0.8, -0.3, draw, slope=0.5)
    assert ivx(returns, predictor).joint_p_value < 1e-4
    values = [ivx(pd.Series(draw.permutation(returns.to_numpy())), predictor).joint_p_value for _ in range(15)]
    assert np.mean(np.array(values) < 0.05) <= 0.34


BAD: dict[str, tuple[Callable[[pd.Series, pd.Series], tuple[pd.Series, pd.Series]], str]] = {
    "constant regressor": (lambda r, x: (r, x * 0 + 3), "no variation in x"),
    "constant return": (lambda r, x: (r * 0, x), "no variation in the return"),
    "missing inside": (lambda r, x: (r, x.where(x.index != 50)), "missing at"),
    "infinite": (lambda r, x: (r.where(r.index != 50, np.inf), x), "infinite at 49"),
    "fewer observations than parameters": (lambda r, x: (r.head(3), x.head(3)), "too few"),
    "unsorted dates": (lambda r, x: (r[::-1], x[::-1]), "sorted"),
    "duplicate dates": (lambda r, x: (r.set_axis([0, *r.index[:-1]]), x.set_axis([0, *x.index[:-1]])), "holds 0"),
    "different calendars": (lambda r, x: (r, x.iloc[1:]), "same index"),
    "nothing known": (lambda r, x: (r, x * np.nan), "no row is complete"),
}


@pytest.mark.parametrize("estimator", [reduced_bias, ivx])
@pytest.mark.parametrize("case", BAD)
def test_each_bad_input_is_named(sample: pd.DataFrame, estimator: Callable[..., object], case: str) -> None:
    spoil, words = BAD[case]
    with pytest.raises(StatsError, match=words) as caught:
        estimator(*spoil(sample["r"], sample["x"]))
    assert caught.value.where == estimator.__name__


def test_horizons_and_collinear_predictors_that_ivx_cannot_use(sample: pd.DataFrame) -> None:
    with pytest.raises(StatsError, match="longer than the sample of 179"):
        ivx(sample["r"], sample["x"], horizon=179)
    with pytest.raises(StatsError, match="collinear"):
        ivx(sample["r"], sample[["x"]].assign(again=1 - sample["x"]))


def test_a_predictor_without_surprises_cannot_be_corrected(sample: pd.DataFrame) -> None:
    with pytest.raises(StatsError):
        reduced_bias(sample["r"], pd.Series(np.arange(180.0), name="trend"))
