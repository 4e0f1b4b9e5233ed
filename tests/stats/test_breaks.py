from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.breaks import cusum, known_break, sup_f

GOLDEN = Path(__file__).parents[1] / "golden"
OPTIONS: dict[str, dict[str, Any]] = {"classical": {}, "hc": {}, "hac": {"lags": 4}}


@pytest.fixture(scope="module")
def series() -> dict[str, tuple[pd.Series, pd.DataFrame | None]]:
    nile = pd.read_csv(GOLDEN / "nile.csv", index_col="year")["flow"]
    rate = pd.read_csv(GOLDEN / "real_interest.csv", index_col="time")["rate"]
    drivers = np.log10(pd.read_csv(GOLDEN / "seatbelts.csv", index_col="time")["drivers"])
    belts = pd.DataFrame({"y": drivers, "lag1": drivers.shift(1), "lag12": drivers.shift(12)}).dropna()
    return {"nile": (nile, None), "real_interest": (rate, None), "seatbelts": (belts["y"], belts[["lag1", "lag12"]])}


@pytest.fixture(scope="module")
def tests() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "break_tests.csv", index_col=["series", "errors", "statistic"])


@pytest.mark.parametrize("errors", OPTIONS)
@pytest.mark.parametrize("name", ["nile", "real_interest", "seatbelts"])
def test_sup_f_agrees_with_strucchange_at_every_date(name: str, errors: Any, series: Any, tests: pd.DataFrame) -> None:
    found = sup_f(*series[name], errors=errors, **OPTIONS[errors])
    golden = pd.read_csv(GOLDEN / "break_statistics.csv").query("series == @name and errors == @errors")
    np.testing.assert_allclose(found.path, golden["value"], rtol=2e-7)
    assert found.path.index[0] == series[name][0].index[golden["position"].iloc[0] - 1]
    value, p_value = tests.loc[(name, errors, "supF")]
    assert found.statistic == pytest.approx(value, rel=2e-7)
    assert found.p_value == pytest.approx(p_value, rel=1e-5, abs=1e-14)


def test_the_nile_broke_after_1898(series: Any) -> None:
    found = sup_f(*series["nile"])
    assert found.statistic == pytest.approx(75.929769, abs=5e-7)
    assert (found.position, found.last_before, found.first_after) == (28, 1898, 1899)
    assert (found.first, found.last, found.observations, found.lags) == (1871, 1970, 100, 0)
    assert found.table().shape == (1, 7)


@pytest.mark.parametrize("name", ["nile", "real_interest", "seatbelts"])
def test_cusum_agrees_with_strucchange(name: str, series: Any, tests: pd.DataFrame) -> None:
    found = cusum(*series[name])
    assert (found.statistic, found.p_value) == pytest.approx(tuple(tests.loc[(name, "classical", "cusum")]), rel=1e-6)
    assert found.path.abs().max() == pytest.approx(found.statistic)
    assert found.table().shape == (1, 3)


def test_a_known_break_with_classical_errors_is_chows_test(series: Any) -> None:
    y, x = series["seatbelts"]
    found = known_break(y, x, at=y.index[100], errors="classical")
    late = pd.Series((np.arange(len(y)) >= 100).astype(float), index=y.index)
    design = sm.add_constant(x)
    both = sm.OLS(y, design.join(design.mul(late, axis=0).add_suffix("_change"))).fit()
    test = both.compare_f_test(sm.OLS(y, design).fit())
    assert (found.statistic, found.p_value) == pytest.approx(test[:2], rel=1e-8)
    np.testing.assert_allclose(found.change, both.params.iloc[3:], rtol=1e-7)
    np.testing.assert_allclose(found.std_error, both.bse.iloc[3:], rtol=1e-7)
    np.testing.assert_allclose(found.table()[["low", "high"]], both.conf_int().iloc[3:], rtol=1e-7)


@pytest.mark.parametrize("errors", ["hc", "hac"])
def test_a_known_break_with_robust_errors_is_the_wald_test_of_statsmodels(errors: Any, series: Any) -> None:
    y, x = series["seatbelts"]
    found = known_break(y, x, at=y.index[100], errors=errors, **OPTIONS[errors])
    late = pd.Series((np.arange(len(y)) >= 100).astype(float), index=y.index)
    design = sm.add_constant(x)
    options = {"maxlags": OPTIONS[errors].get("lags", 0), "use_correction": True}
    both = sm.OLS(y, design.join(design.mul(late, axis=0).add_suffix("_change"))).fit(
        cov_type="HAC", cov_kwds=options, use_t=True
    )
    test = both.f_test(np.eye(6)[3:])
    assert (found.statistic, found.p_value) == pytest.approx((float(test.fvalue), float(test.pvalue)), rel=1e-6)
    np.testing.assert_allclose(found.std_error, both.bse.iloc[3:], rtol=1e-6)


def test_the_sup_f_is_the_known_break_at_its_own_date(series: Any) -> None:
    y, x = series["seatbelts"]
    found = sup_f(y, x)
    known = known_break(y, x, at=found.first_after, errors="classical")
    assert found.statistic == pytest.approx(3 * known.statistic)
    assert known.p_value < found.p_value  # a date read off the data must cost something


def test_a_date_between_labels_starts_with_the_next(series: Any) -> None:
    y, _ = series["nile"]
    found = known_break(y, at=1898.5)
    assert (found.last_before, found.first_after, found.position) == (1898, 1899, 28)
    assert found.before["const"] == pytest.approx(y.loc[:1898].mean())
    assert found.after["const"] == pytest.approx(y.loc[1899:].mean())


@given(
    seed=st.integers(0, 10_000), scale=st.sampled_from([1e-9, 1e-3, 1e9]), errors=st.sampled_from(["classical", "hc"])
)
@settings(max_examples=20, deadline=None)
def test_units_leave_the_test_alone(seed: int, scale: float, errors: Any) -> None:
    generator = np.random.default_rng(seed)
    y, x = pd.Series(generator.normal(size=60)), pd.Series(generator.normal(size=60) + 5, name="x")
    found, moved = sup_f(y, x, errors=errors), sup_f(y * scale, x / scale, errors=errors)
    assert moved.statistic == pytest.approx(found.statistic, rel=1e-6)
    assert moved.position == found.position


def test_rarely_a_break_where_there_is_none_and_always_where_there_is_a_large_one() -> None:
    generator = np.random.default_rng(11)
    still = [sup_f(pd.Series(generator.normal(size=120))).p_value for _ in range(200)]
    assert 0.01 <= np.mean(np.array(still) < 0.05) <= 0.09
    step = np.repeat([0.0, 1.5], 60)
    broken = [sup_f(pd.Series(generator.normal(size=120) + step)) for _ in range(20)]
    assert max(found.p_value for found in broken) < 0.001
    assert np.median([found.position for found in broken]) == pytest.approx(60, abs=2)


def test_scrambling_the_dates_kills_the_break(series: Any) -> None:
    y = series["nile"][0]
    shuffled = pd.Series(np.random.default_rng(1).permutation(y), index=y.index)
    assert sup_f(y).p_value < 1e-10
    assert sup_f(shuffled).p_value > 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trim": 0.5}, "trim"),
        ({"trim": 0.0}, "trim"),
        ({"errors": "HC3"}, "HC3"),
        ({"errors": "hac", "lags": 100}, "lags"),
        ({"errors": "classical", "lags": 2}, "lags are for"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str, series: Any) -> None:
    with pytest.raises(StatsError, match=message):
        sup_f(series["nile"][0], **options)


def test_what_cannot_be_tested_is_refused(series: Any) -> None:
    y = series["nile"][0]
    with pytest.raises(StatsError, match="too few"):
        known_break(y, at=1871)
    with pytest.raises(StatsError, match="too few"):
        known_break(y, at=2024)
    with pytest.raises(StatsError, match="confidence"):
        known_break(y, at=1900, confidence=95)
    with pytest.raises(StatsError, match="no dates"):
        sup_f(y.iloc[:4])
    step = pd.Series(np.repeat([0.0, 1.0], 20))
    with pytest.raises(StatsError, match="without error"):
        sup_f(step)
    with pytest.raises(StatsError, match="does not vary or is collinear"):
        sup_f(pd.Series(np.random.default_rng(2).normal(size=40)), step.rename("step"))
