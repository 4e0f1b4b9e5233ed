from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR

from jpresearch.errors import StatsError
from jpresearch.stats.var import between_orderings, fit_var, responses
from tests.stats.simulated_markets import autoregression, feedback_within_the_week, golden, permanent_impact

SHIPPED = Path(statsmodels.__file__).parent / "tsa" / "vector_ar" / "tests"


def germany() -> pd.DataFrame:
    """Growth of investment, income and consumption, 1960Q2 to 1978Q4 (Luetkepohl 2005, file e1)."""
    text = (SHIPPED / "results" / "e1.dat").read_text()
    rows = [line.split() for line in text.splitlines() if re.fullmatch(r"\s*\d+\s+\d+\s+\d+\s*", line)]
    levels = pd.DataFrame(np.array(rows, dtype=float), columns=["invest", "income", "cons"])
    levels.index = pd.period_range("1960Q1", periods=len(levels), freq="Q").to_timestamp()
    return np.log(levels).diff().loc["1960-04":"1978-10"]


def america() -> pd.DataFrame:
    return macrodata.load_pandas().data[["realcons", "realgdp", "realinv"]]


def jmulti(name: str) -> str:
    return (SHIPPED / "JMulTi_results" / f"macrodata_jmulti_c{name}.txt").read_text()


def test_luetkepohls_example_is_reproduced() -> None:
    fit = fit_var(germany(), 2)
    assert fit.observations == 73
    first = fit.coefficients["invest"]
    assert first[["L1.invest", "L1.income", "L1.cons"]].to_numpy() == pytest.approx([-0.320, 0.146, 0.961], abs=6e-4)
    assert fit.covariance.loc["invest", "invest"] == pytest.approx(21.296e-4, abs=6e-8)
    assert (fit.first, fit.last) == (pd.Timestamp("1960-10-01"), pd.Timestamp("1978-10-01"))


def test_responses_of_the_american_data_are_those_of_jmulti() -> None:
    lines = [line for line in jmulti("_ir").splitlines() if re.match(r"\s*\d+ point estimate", line)]
    table = np.array([[float(x) for x in line.split("estimate")[1].split()] for line in lines])
    fit = fit_var(america(), 4)
    # JMulTi's forecast error responses: an innovation in one variable and in no other, in blocks by response.
    identity = replace(fit, covariance=fit.covariance * 0 + np.eye(3))
    found = np.column_stack(
        [responses(identity, impulse, horizons=20)[name].iloc[1:] for name in fit.names for impulse in fit.names]
    )
    assert found == pytest.approx(table, abs=1e-4)


def test_covariance_of_the_american_data_is_that_of_jmulti() -> None:
    block = re.search(r"Covariance:(.*?)Correlation", jmulti("_Sigmau"), re.S)
    assert block is not None
    reference = np.array(block.group(1).split(), dtype=float).reshape(3, 3)
    fit = fit_var(america(), 4)
    assert fit.covariance.to_numpy() == pytest.approx(reference, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(("before", "column"), [((), "flow_first"), (("price",), "price_first")])
def test_orderings_are_those_of_lm_and_chol_in_r(before: tuple[str, ...], column: str) -> None:
    found = responses(fit_var(golden("simulated_market"), 2), "flow", before=("abroad", *before), horizons=12)["price"]
    assert found.to_numpy() == pytest.approx(golden("orderings")[column].to_numpy(), abs=1e-12)


def test_the_first_in_order_gives_the_generalised_response() -> None:
    fit = fit_var(golden("simulated_market"), 2)
    found = responses(fit, "flow", horizons=12)
    assert found["price"].to_numpy() == pytest.approx(golden("orderings")["generalised"].to_numpy(), abs=1e-12)
    # Pesaran and Shin (1998, equation 10), per unit: Psi Sigma e / sigma.
    sigma = fit.covariance.to_numpy()
    psi = VAR(fit.data).fit(2).ma_rep(12)
    assert found.to_numpy() == pytest.approx((psi @ sigma[:, 0]) / sigma[0, 0], abs=1e-12)


@given(seed=st.integers(0, 10_000), order=st.permutations(["a", "b", "c"]))
@settings(max_examples=15, deadline=None)
def test_every_cholesky_column_per_unit_is_a_response(seed: int, order: list[str]) -> None:
    frame = autoregression(150, seed, np.diag([0.5, 0.3, -0.2]))[list(order)]
    fit = fit_var(frame, 2)
    columns = VAR(frame).fit(2).irf(5).orth_irfs
    for place, name in enumerate(order):
        unit = columns[:, :, place] / columns[0, place, place]
        found = responses(fit, name, before=order[:place], horizons=5)
        assert found[order].to_numpy() == pytest.approx(unit, abs=1e-10)


def test_cumulative_responses_are_sums_and_only_of_the_variables_named() -> None:
    fit = fit_var(golden("simulated_market"), 2)
    plain, summed = responses(fit, "flow", horizons=8), responses(fit, "flow", horizons=8, cumulative=["price"])
    assert summed["price"].to_numpy() == pytest.approx(plain["price"].cumsum().to_numpy())
    pd.testing.assert_series_equal(summed["flow"], plain["flow"])


@given(share=st.floats(0, 1), seed=st.integers(0, 1_000))
@settings(max_examples=25, deadline=None)
def test_every_split_between_impact_and_feedback_lies_in_the_set(share: float, seed: int) -> None:
    fit = fit_var(autoregression(200, seed), 1)
    sigma = fit.covariance.to_numpy()
    impact = np.array([1.0, share * sigma[0, 1] / sigma[0, 0]])
    step = fit.coefficients.to_numpy()[1:].T
    path = np.cumsum([(np.linalg.matrix_power(step, horizon) @ impact)[1] for horizon in range(9)])
    between = between_orderings(fit, "a", "b", horizons=8).paths
    assert (path >= between["set_low"] - 1e-12).all()
    assert (path <= between["set_high"] + 1e-12).all()


def test_set_holds_zero_at_impact_when_flows_follow_returns_within_the_week() -> None:
    between = between_orderings(fit_var(feedback_within_the_week(), 2), "flow", "return", before=["abroad"])
    assert between.paths["response_first"].iloc[0] == 0
    assert between.paths["impulse_first"].iloc[0] > 0.003
    assert "both orders after abroad" in between.method
    assert (between.lags, between.before, between.observations) == (2, ("abroad",), 758)


def test_units_scale_the_response_and_nothing_else() -> None:
    plain = permanent_impact()
    scaled = plain.assign(flow=plain["flow"] * 1e8)
    one, other = (responses(fit_var(frame, 2), "flow")["return"] for frame in (plain, scaled))
    assert other.to_numpy() * 1e8 == pytest.approx(one.to_numpy(), rel=1e-8, abs=1e-12)
    assert fit_var(scaled, 2).whiteness == pytest.approx(fit_var(plain, 2).whiteness, rel=1e-6)


def test_incomplete_rows_at_the_ends_are_left_out() -> None:
    frame = autoregression(100, 1)
    longer = frame.reindex(range(-2, 103))
    pd.testing.assert_frame_equal(fit_var(longer, 1).coefficients, fit_var(frame, 1).coefficients)
    assert fit_var(longer, 1).first == 1


def with_hole(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(index=50).reindex(frame.index)


BAD: list[tuple[Any, str]] = [
    (with_hole, "missing at 50"),
    (lambda frame: frame.replace(frame.iloc[50, 0], np.inf), "infinite at 50"),
    (lambda frame: frame.assign(b=1.0), "no variation in b"),
    (lambda frame: frame.assign(c=2 * frame["a"] - frame["b"]), "collinear"),
    (lambda frame: frame.assign(c=frame["a"].shift(1, fill_value=0.0)), "collinear"),
    (lambda frame: frame.iloc[::-1], "sorted"),
    (lambda frame: frame.set_axis([0, *range(119)]), "without duplicates"),
    (lambda frame: frame.set_axis(["a", "a"], axis=1), "once"),
    (lambda frame: frame.iloc[:6], "too few"),
]


@pytest.mark.parametrize(("spoil", "words"), BAD)
def test_bad_data_are_refused_by_name(spoil: Any, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        fit_var(spoil(autoregression(120, 0)), 2)


def test_bad_requests_are_refused_by_name() -> None:
    frame = autoregression(120, 0)
    fit = fit_var(frame, 2)
    with pytest.raises(StatsError, match="lags must be 1 or more, not 0"):
        fit_var(frame, 0)
    with pytest.raises(StatsError, match="whiteness_lags must be above"):
        fit_var(frame, 2, whiteness_lags=2)
    with pytest.raises(StatsError, match="no column called 'z'"):
        responses(fit, "z")
    with pytest.raises(StatsError, match="cannot come before itself"):
        responses(fit, "a", before=["a"])
    with pytest.raises(StatsError, match="horizons"):
        responses(fit, "a", horizons=-1)
