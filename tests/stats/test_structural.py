from __future__ import annotations

from math import log, pi
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from jpresearch.errors import StatsError
from jpresearch.stats.structural import Structure, structural

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def nile() -> pd.Series:
    return pd.read_csv(GOLDEN / "nile.csv", index_col="year")["flow"]


def test_the_local_level_of_the_nile_has_the_variances_that_r_finds(nile: pd.Series) -> None:
    found = structural(nile)
    golden = pd.read_csv(GOLDEN / "nile_level.csv", index_col="name")["variance"]
    assert found.variances["sigma2.level"] == pytest.approx(golden["level"], rel=1e-3)
    assert found.variances["sigma2.irregular"] == pytest.approx(golden["irregular"], rel=1e-3)
    assert found.table().empty
    assert found.level.loc[1871] == pytest.approx(1111, abs=5)  # Durbin and Koopman (2012), figure 2.2


def test_the_likelihood_is_durbin_and_koopmans_and_at_the_same_variances_statsmodels_own(nile: pd.Series) -> None:
    found = structural(nile)
    # Table 2.1 of Durbin and Koopman counts 2 pi for all 100 observations.
    assert found.log_likelihood - log(2 * pi) / 2 == pytest.approx(-633.465, abs=1e-3)
    # With the start merely vague (variance a million) instead of diffuse, as statsmodels has it by default.
    vague = UnobservedComponents(nile.to_numpy(dtype=float), "local level")
    assert vague.loglike(found.variances[vague.param_names].to_numpy()) == pytest.approx(-632.5377, abs=1e-3)


def test_the_unit_changes_estimates_by_the_unit_alone(nile: pd.Series) -> None:
    x = pd.Series(np.arange(100.0) % 7, index=nile.index, name="x")
    found, moved = structural(nile, x), structural(nile * 1e9, x * 1e-3)
    np.testing.assert_allclose(moved.coefficients, found.coefficients * 1e12, rtol=1e-6)
    np.testing.assert_allclose(moved.variances, found.variances * 1e18, rtol=1e-6)
    np.testing.assert_allclose(moved.residuals, found.residuals, rtol=1e-6, atol=1e-9)


def test_a_series_without_wandering_has_least_squares_coefficients() -> None:
    generator = np.random.default_rng(2)
    x = pd.DataFrame({"a": generator.normal(size=200), "b": generator.normal(size=200)})
    y = 5 + x @ [2.0, -1.0] + pd.Series(generator.normal(size=200))
    found = structural(y, x)
    assert found.variances["sigma2.level"] < 1e-3
    design = np.column_stack([np.ones(200), x])
    np.testing.assert_allclose(found.coefficients["estimate"], np.linalg.lstsq(design, y)[0][1:], atol=0.02)
    assert (found.coefficients["low"] < [2.0, -1.0]).all()
    assert (found.coefficients["high"] > [2.0, -1.0]).all()
    assert found.whiteness > 0.01


def test_coefficients_are_those_of_generalised_least_squares_at_the_same_variances(nile: pd.Series) -> None:
    x = pd.DataFrame({"dam": nile.index >= 1899, "wave": np.sin(nile.index / 3)}, index=nile.index).astype(float)
    found = structural(nile, x)
    walk = np.minimum(np.arange(100)[:, None], np.arange(100)) * found.variances["sigma2.level"]
    weights = np.linalg.inv(walk + found.variances["sigma2.irregular"] * np.eye(100))
    design = np.column_stack([np.ones(100), x])
    inverse = np.linalg.inv(design.T @ weights @ design)
    expected = inverse @ design.T @ weights @ nile.to_numpy(dtype=float)
    np.testing.assert_allclose(found.coefficients["estimate"], expected[1:], rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["std_error"], np.sqrt(np.diag(inverse))[1:], rtol=1e-6)


def test_residuals_show_a_season_that_was_left_out() -> None:
    months = pd.date_range("2010-01-01", periods=144, freq="MS")
    wave = np.sin(2 * np.pi * np.arange(144) / 12)
    y = pd.Series(3 * wave + np.random.default_rng(3).normal(size=144), index=months)
    without, within = structural(y), structural(y, structure=Structure(season=12, harmonics=2, changing=False))
    assert without.whiteness < 1e-4
    assert within.whiteness > 0.01
    assert within.residuals.std() == pytest.approx(1.0, abs=0.15)


BAD: dict[str, tuple[dict[str, Any], Any]] = {
    "no level": ({"level": "cubic"}, None),
    "2 periods or more": ({"season": 1}, None),
    "harmonics": ({"season": 12, "harmonics": 7}, None),
    "no 2 harmonics": ({"harmonics": 2}, None),
    "'state' or 'likelihood'": ({"coefficients": "guess"}, None),
    "no variation in x": ({}, lambda y: pd.Series(1.0, index=y.index, name="x")),
    "same index": ({}, lambda y: pd.Series(1.0, index=y.index + 1, name="x")),
    "collinear": ({}, lambda y: pd.DataFrame({"a": y, "b": 3 * y + 1})),
    "finite": ({}, lambda y: y.mask(y.index == 1900).rename("x")),
}


@pytest.mark.parametrize("complaint", BAD)
def test_bad_input_is_refused_by_name(complaint: str, nile: pd.Series) -> None:
    options, x = BAD[complaint]
    with pytest.raises(StatsError, match=complaint):
        structural(nile, x and x(nile), structure=Structure(**options))


def test_a_short_constant_or_holed_series_is_refused(nile: pd.Series) -> None:
    with pytest.raises(StatsError, match="too few"):
        structural(nile.iloc[:15], structure=Structure(season=12))
    with pytest.raises(StatsError, match="no variation in the explained series"):
        structural(nile * 0 + 3)
    with pytest.raises(StatsError, match="missing at 1900"):
        structural(nile.mask(nile.index == 1900))
    with pytest.raises(StatsError, match="sorted"):
        structural(nile[::-1])
