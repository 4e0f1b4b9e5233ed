from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.interrupted import interrupted, segmented
from jpresearch.stats.structural import Structure

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def belts() -> tuple[pd.Series, pd.Series]:
    frame = pd.read_csv(GOLDEN / "seatbelts.csv")
    frame.index = pd.date_range("1969-01-01", periods=192, freq="MS")
    return np.log(frame["drivers"]), np.log(frame["PetrolPrice"]).rename("petrol")


def test_the_seat_belt_law_of_1983_by_likelihood(belts: tuple[pd.Series, pd.Series]) -> None:
    found = interrupted(*belts_at(belts), structure=Structure(season=12, coefficients="likelihood")).table()
    assert found.loc["step", "estimate"] == pytest.approx(-0.236, abs=5e-4)
    assert found.loc["step", "std_error"] == pytest.approx(0.045, abs=5e-4)
    assert found.loc["petrol", "estimate"] == pytest.approx(-0.281, abs=1e-3)


def test_the_seat_belt_law_of_1983_by_diffuse_state(belts: tuple[pd.Series, pd.Series]) -> None:
    found = interrupted(*belts_at(belts), structure=Structure(season=12, harmonics=6)).table()
    # Commandeur and Koopman (2007), section 7.3: -0.238 for the law, -0.291 for petrol.
    assert found.loc["step", "estimate"] == pytest.approx(-0.238, abs=1e-3)
    assert found.loc["petrol", "estimate"] == pytest.approx(-0.291, abs=2e-3)
    assert found.loc["step", "high"] < 0


def belts_at(belts: tuple[pd.Series, pd.Series]) -> tuple[pd.Series, str, pd.Series]:
    return belts[0], "1983-02-01", belts[1]


def test_the_law_column_of_the_data_is_the_step(belts: tuple[pd.Series, pd.Series]) -> None:
    law = pd.read_csv(GOLDEN / "seatbelts.csv")["law"]
    assert belts[0].index[law == 1][0] == pd.Timestamp("1983-02-01")


@pytest.mark.parametrize("shape", ["step", "pulse", "slope"])
def test_an_effect_of_each_shape_is_recovered(shape: str) -> None:
    generator = np.random.default_rng(1)
    months = pd.date_range("2015-01-01", periods=120, freq="MS")
    after = np.arange(120) - 90
    effect = {"step": 3.0 * (after >= 0), "pulse": 6.0 * (after == 0), "slope": 0.5 * np.maximum(after, 0)}[shape]
    y = pd.Series(
        np.cumsum(generator.normal(scale=0.1, size=120)) + generator.normal(scale=0.5, size=120), index=months
    )
    row = interrupted(y + effect, months[90], shapes=(shape,)).table().loc[shape]
    assert row["low"] < {"step": 3.0, "pulse": 6.0, "slope": 0.5}[shape] < row["high"]
    assert row["low"] > 0


def test_shapes_together_come_before_the_controls(belts: tuple[pd.Series, pd.Series]) -> None:
    found = interrupted(*belts_at(belts), shapes=("step", "pulse"), structure=Structure(season=12, harmonics=6))
    assert list(found.table().index) == ["step", "pulse", "petrol"]
    assert (found.observations, found.first, found.last) == (192, belts[0].index[0], belts[0].index[-1])


def test_a_date_between_periods_takes_effect_with_the_next(belts: tuple[pd.Series, pd.Series]) -> None:
    options = {"structure": Structure(season=12, harmonics=2, changing=False)}
    between = interrupted(belts[0], "1983-01-31", **options).table()
    pd.testing.assert_frame_equal(between, interrupted(belts[0], "1983-02-01", **options).table())


def test_lines_that_were_put_in_are_found_by_segments() -> None:
    generator = np.random.default_rng(2)
    months = pd.date_range("2010-01-01", periods=150, freq="MS")
    after = np.arange(150) - 100
    wave = 2 * np.sin(2 * np.pi * after / 12)
    y = 10 + 0.1 * after + 5 * (after >= 0) + 0.3 * np.maximum(after, 0) + wave
    found = segmented(pd.Series(y + generator.normal(size=150), index=months), months[100], season=12)
    for name, value in {"const": 10, "trend": 0.1, "step": 5, "slope": 0.3, "sin1": 2, "cos1": 0}.items():
        assert found.params[name] == pytest.approx(value, abs=4 * found.std_errors[name])
    exact = segmented(pd.Series(y + 1e-6 * generator.normal(size=150), index=months), months[100], season=12)
    np.testing.assert_allclose(exact.params, [10, 0.1, 5, 0.3, 2, 0], atol=1e-5)


def test_segments_take_controls_and_lags(belts: tuple[pd.Series, pd.Series]) -> None:
    found = segmented(*belts_at(belts), season=12, harmonics=5, lags=12)
    assert found.lags == 12
    assert list(found.params.index[-2:]) == ["cos5", "petrol"]
    assert found.params["step"] == pytest.approx(-0.22, abs=0.03)


def test_bad_input_is_refused_by_name(belts: tuple[pd.Series, pd.Series]) -> None:
    y, petrol = belts
    with pytest.raises(StatsError, match="too few"):
        interrupted(y, "1969-03-01")
    with pytest.raises(StatsError, match="too few"):
        interrupted(y, "1990-01-01")
    with pytest.raises(StatsError, match="shapes must be"):
        interrupted(y, "1983-02-01", shapes=("step", "step"))
    with pytest.raises(StatsError, match="shapes must be"):
        interrupted(y, "1983-02-01", shapes=("bump",))  # type: ignore[arg-type]
    with pytest.raises(StatsError, match="other names"):
        interrupted(y, "1983-02-01", petrol.rename("step"))
    with pytest.raises(StatsError, match="sorted"):
        interrupted(y[::-1], "1983-02-01")
    with pytest.raises(StatsError, match="waves"):
        segmented(y, "1983-02-01", season=12, harmonics=6)
    with pytest.raises(StatsError, match="same index"):
        segmented(y, "1983-02-01", petrol.iloc[1:])
    with pytest.raises(StatsError, match="too few"):
        segmented(y, y.index[-2])
    with pytest.raises(StatsError, match="missing"):
        segmented(y.mask(y.index == y.index[50]), "1983-02-01")
