from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.interrupted import interrupted
from jpresearch.stats.placebo import placebo_dates
from jpresearch.stats.structural import Structure, structural

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def quiet() -> pd.Series:
    generator = np.random.default_rng(3)
    months = pd.date_range("2018-01-01", periods=96, freq="MS")
    level = np.cumsum(generator.normal(scale=0.2, size=96))
    return pd.Series(level + generator.normal(size=96), index=months)


def test_no_earlier_date_matches_the_seat_belt_law() -> None:
    frame = pd.read_csv(GOLDEN / "seatbelts.csv")
    frame.index = pd.date_range("1969-01-01", periods=192, freq="MS")
    petrol = np.log(frame["PetrolPrice"]).rename("petrol")
    found = placebo_dates(np.log(frame["drivers"]), "1983-02-01", petrol, structure=Structure(season=12, harmonics=6))
    table = found.table()
    assert table.loc["1983-02-01", "rank"] == 1
    assert found.p_value == pytest.approx(1 / (1 + found.placebos))
    assert table.loc["1983-02-01", "estimate"] == pytest.approx(-0.238, abs=5e-3)
    assert found.after == 23


def test_placebos_use_nothing_from_the_moment_on(quiet: pd.Series) -> None:
    at = quiet.index[72]
    found = placebo_dates(quiet, at, after=6)
    changed = placebo_dates(quiet.where(quiet.index < at, quiet + 50), at, after=6)
    pd.testing.assert_frame_equal(changed.effects.iloc[:-1], found.effects.iloc[:-1])
    assert found.effects.index[-2] == quiet.index[72 - 6]
    assert found.effects.index[-1] == at
    assert changed.p_value < found.p_value


def test_each_placebo_is_the_interruption_at_its_date_with_the_common_variances(quiet: pd.Series) -> None:
    found = placebo_dates(quiet, quiet.index[72], after=24)
    own = interrupted(quiet, quiet.index[72]).table().loc["step"]
    assert found.effects["estimate"].iloc[-1] == pytest.approx(own["estimate"], abs=own["std_error"] / 2)
    assert found.effects["std_error"].iloc[-1] == pytest.approx(own["std_error"], rel=0.3)


def test_the_p_value_counts_the_placebos_with_as_large_a_t(quiet: pd.Series) -> None:
    found = placebo_dates(quiet, quiet.index[72], after=6)
    sizes = found.effects["t"].abs()
    assert found.p_value == (1 + (sizes.iloc[:-1] >= sizes.iloc[-1]).sum()) / len(sizes)
    assert found.table()["rank"].iloc[-1] == (sizes >= sizes.iloc[-1]).sum()


def test_the_unit_of_the_series_does_not_matter(quiet: pd.Series) -> None:
    found, moved = (placebo_dates(quiet * unit, quiet.index[72], after=6) for unit in (1.0, 1e9))
    np.testing.assert_allclose(moved.effects["t"], found.effects["t"], rtol=1e-5)
    np.testing.assert_allclose(moved.effects["estimate"], found.effects["estimate"] * 1e9, rtol=1e-5)


def test_all_dates_share_the_variances_of_the_series_before(quiet: pd.Series) -> None:
    # A random walk seen with noise: the error of a step depends on the variances and on how much lies on either side.
    variances = structural(quiet.iloc[:72]).variances
    found = placebo_dates(quiet, quiet.index[72], after=6).effects["std_error"]
    for place in (20, 72):
        n = place + 6
        walk = np.minimum(np.arange(n)[:, None], np.arange(n)) * variances["sigma2.level"]
        weights = np.linalg.inv(walk + variances["sigma2.irregular"] * np.eye(n))
        design = np.column_stack([np.ones(n), np.arange(n) >= place]).astype(float)
        error = np.sqrt(np.linalg.inv(design.T @ weights @ design)[1, 1])
        assert found[quiet.index[place]] == pytest.approx(error, rel=1e-4)


@pytest.mark.parametrize("shape", ["step", "pulse", "slope"])
def test_every_shape_can_be_compared(quiet: pd.Series, shape: str) -> None:
    found = placebo_dates(quiet, quiet.index[72], shape=shape, after=6)
    assert np.isfinite(found.effects).all().all()
    assert f"{shape} at each of {found.placebos} dates" in found.method


def test_bad_input_is_refused_by_name(quiet: pd.Series) -> None:
    at = quiet.index[72]
    with pytest.raises(StatsError, match="cannot be measured on 0"):
        placebo_dates(quiet, at, after=0)
    with pytest.raises(StatsError, match="cannot be measured on 1"):
        placebo_dates(quiet, at, shape="slope", after=1)
    with pytest.raises(StatsError, match="cannot be measured on 25"):
        placebo_dates(quiet, at, after=25)
    with pytest.raises(StatsError, match="no date before"):
        placebo_dates(quiet, quiet.index[20])
    with pytest.raises(StatsError, match="before the moment: no variation in x"):
        placebo_dates(quiet, at, pd.Series((quiet.index >= at).astype(float), index=quiet.index, name="x"), after=6)
