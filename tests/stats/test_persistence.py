from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.persistence import autocorrelation, runs


def autoregression(size: int, persistence: float, seed: int) -> pd.Series:
    draw = np.random.default_rng(seed).normal(size=size)
    values = np.zeros(size)
    for step in range(1, size):
        values[step] = persistence * values[step - 1] + draw[step]
    return pd.Series(values)


def test_finds_the_persistence_that_was_put_in() -> None:
    found = autocorrelation(autoregression(4000, 0.6, 1), 3)
    assert found.estimate.to_numpy() == pytest.approx([0.6, 0.36, 0.216], abs=0.05)
    assert (found.low < found.estimate).all()
    assert (found.estimate < found.high).all()


def test_is_close_to_the_product_moment_coefficient_on_a_long_series() -> None:
    series = autoregression(2000, 0.4, 2)
    found = autocorrelation(series, 2)
    assert found.estimate[1] == pytest.approx(series.autocorr(1), abs=0.01)
    assert found.estimate[2] == pytest.approx(series.autocorr(2), abs=0.01)


def test_white_noise_of_changing_size_is_not_called_persistent_too_often() -> None:
    draw, outside = np.random.default_rng(3), 0
    for _ in range(150):
        # Variance that comes in spells: the textbook band of 2 / sqrt(T) is too narrow here.
        size = np.repeat(draw.choice([0.3, 3.0], size=30), 10)
        found = autocorrelation(pd.Series(draw.normal(size=300) * size), 1).at(1)
        outside += not found.covers_zero
    assert outside / 150 <= 0.12


def test_a_gap_is_a_gap_and_not_a_step() -> None:
    alternating = pd.Series([1.0, -1.0] * 30)
    holed = alternating.copy()
    holed[[10, 25, 40]] = np.nan
    found = autocorrelation(holed + np.random.default_rng(1).normal(0, 0.01, 60), 1)
    # Were the rows closed up, +1 would stand beside +1 and the estimate would leave -1.
    assert found.estimate[1] == pytest.approx(-1.0, abs=0.02)
    assert found.pairs[1] == 53


def test_table_has_a_row_per_lag() -> None:
    table = autocorrelation(autoregression(200, 0.2, 4), 5).table()
    assert list(table.index) == [1, 2, 3, 4, 5]
    assert list(table.columns) == ["estimate", "std_error", "low", "high", "pairs"]


def test_lags_that_make_no_sense_are_refused() -> None:
    series = autoregression(50, 0.2, 5)
    with pytest.raises(StatsError, match="1 or more"):
        autocorrelation(series, 0)
    with pytest.raises(StatsError, match="too few"):
        autocorrelation(series.head(6), 5)
    with pytest.raises(StatsError, match="no autocorrelation at lag 3"):
        autocorrelation(series, 2).at(3)


def test_runs_are_cut_by_sign_gap_and_zero() -> None:
    weeks = pd.date_range("2024-01-05", periods=9, freq="7D")
    series = pd.Series([1.0, 2.0, -1.0, -1.0, np.nan, -1.0, 0.0, 3.0, 4.0], index=weeks)
    found = runs(series)
    assert list(found["length"]) == [2, 2, 1, 2]
    assert list(found["sign"]) == [1, -1, -1, 1]
    assert list(found["total"]) == [3.0, -2.0, -1.0, 7.0]
    assert list(found["start"]) == [weeks[0], weeks[2], weeks[5], weeks[7]]
    assert list(found["end"]) == [weeks[1], weeks[3], weeks[5], weeks[8]]


def test_no_runs_where_nothing_has_a_sign() -> None:
    assert runs(pd.Series([np.nan, 0.0, np.nan])).empty


def test_later_steps_only_extend_or_add_runs() -> None:
    series = autoregression(120, 0.5, 6)
    whole, part = runs(series), runs(series[:80])
    pd.testing.assert_frame_equal(whole[whole["end"] < 79].iloc[: len(part) - 1], part.iloc[:-1])
