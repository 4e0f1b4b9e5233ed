"""Every coefficient is an ``Estimate`` that says what the result's own table says, and knows its sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_bootstrap
from jpresearch.stats.projections import Plan, local_projection
from jpresearch.stats.regression import least_squares, newey_west

WEEKS = pd.date_range("2012-01-06", periods=300, freq="W-FRI")


@pytest.fixture
def data() -> pd.DataFrame:
    random = np.random.default_rng(3)
    flow = random.normal(size=300)
    return pd.DataFrame({"flow": flow, "index": 0.5 * flow + random.normal(size=300)}, index=WEEKS)


@pytest.mark.parametrize("fit", [least_squares, newey_west])
def test_of_a_regression(data: pd.DataFrame, fit: object) -> None:
    found = fit(data["index"], data[["flow"]])  # type: ignore[operator]
    slope, row = found["flow"], found.table().loc["flow"]
    assert (slope.value, slope.low, slope.high) == pytest.approx((row["estimate"], row["low"], row["high"]))
    assert slope.p_value == pytest.approx(row["p_value"])
    assert (slope.n, slope.first, slope.last, slope.method) == (300, WEEKS[0], WEEKS[-1], found.method)
    with pytest.raises(StatsError, match="no coefficient called 'x'"):
        found["x"]


def test_of_a_local_projection(data: pd.DataFrame) -> None:
    found = local_projection(data, Plan("index", "flow", lags=1, horizons=4))
    row = found.responses.loc[3]
    response = found[3]
    assert (response.value, response.low, response.high) == pytest.approx((row["estimate"], row["low"], row["high"]))
    assert response.n == row["observations"]
    assert (response.p_value < 0.05) == response.clear
    with pytest.raises(StatsError, match="no response at horizon 9"):
        found[9]


def test_of_a_bootstrap(data: pd.DataFrame) -> None:
    found = block_bootstrap(data, lambda samples: samples.mean(axis=1), names=["flow", "index"], draws=299)
    row = found.table().loc["index"]
    mean = found["index"]
    assert (mean.value, mean.low, mean.high) == pytest.approx((row["estimate"], row["low"], row["high"]))
    assert (mean.p_value, mean.n, mean.last) == (row["p_value"], 300, WEEKS[-1])
    with pytest.raises(StatsError, match="no statistic"):
        found["x"]
