from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats.bandwidth import textbook_lags
from jpresearch.stats.covariance import (
    HC,
    Andrews1991,
    Classical,
    Covariance,
    FixedB,
    NeweyWest,
    NeweyWest1994,
)
from jpresearch.stats.reference import BartlettFixedB, Student

GOLDEN = Path(__file__).parents[1] / "golden"

ESTIMATORS: dict[str, Covariance] = {
    "HC0": HC("HC0"),
    "HC1": HC("HC1"),
    "HC2": HC("HC2"),
    "HC3": HC("HC3"),
    "nw4_raw": NeweyWest(4, corrected=False),
    "nw4": NeweyWest(4),
    "nw1994": NeweyWest1994(),
    "nw1994_white": NeweyWest1994(prewhiten=True),
    "nw1994_white_raw": NeweyWest1994(prewhiten=True, corrected=False),
    "andrews_qs": Andrews1991(prewhiten=False),
    "andrews_qs_white": Andrews1991(),
    "andrews_bartlett": Andrews1991("bartlett", prewhiten=False),
    "andrews_bartlett_white": Andrews1991("bartlett"),
}


def regression(name: str) -> Any:
    """The fit that R made: investment on output and the rate, or the next return on two predictors."""
    frame = pd.read_csv(GOLDEN / f"{name}.csv")
    if name == "investment":
        return sm.OLS(frame["RealInv"], sm.add_constant(frame[["RealGNP", "RealInt"]])).fit()
    before = frame[["x", "z"]].iloc[:-1].reset_index(drop=True)
    return sm.OLS(frame["r"].iloc[1:].reset_index(drop=True), sm.add_constant(before)).fit()


def simulated(rows: int, seed: int, columns: int = 2) -> Any:
    """A fit with autocorrelated errors and regressors."""
    draw = np.random.default_rng(seed)
    x = pd.DataFrame(draw.normal(size=(rows, columns))).ewm(alpha=0.4).mean().to_numpy()
    error = pd.Series(draw.normal(size=rows)).ewm(alpha=0.5).mean().to_numpy() * (1 + np.abs(x[:, 0]))
    return sm.OLS(x.sum(axis=1) + error, sm.add_constant(x)).fit()


@pytest.mark.parametrize("data", ["investment", "predictor"])
@pytest.mark.parametrize("method", ESTIMATORS)
def test_standard_errors_are_those_of_sandwich(data: str, method: str) -> None:
    golden = pd.read_csv(GOLDEN / "covariance_errors.csv").query("data == @data and method == @method")
    fit = regression(data)
    assert np.asarray(fit.params) == pytest.approx(golden["estimate"].to_numpy(), rel=1e-9)
    found = np.sqrt(np.diag(ESTIMATORS[method].of(fit).matrix))
    assert found == pytest.approx(golden["std_error"].to_numpy(), rel=1e-9)


@pytest.mark.parametrize("data", ["investment", "predictor"])
@pytest.mark.parametrize("method", ["nw1994", "nw1994_white", "andrews_qs", "andrews_qs_white", "andrews_bartlett"])
def test_data_driven_bandwidths_are_those_of_sandwich(data: str, method: str) -> None:
    golden = pd.read_csv(GOLDEN / "covariance_bandwidths.csv").query("data == @data and method == @method")
    found = ESTIMATORS[method].of(regression(data))
    assert found.bandwidth == pytest.approx(float(golden["bandwidth"].iloc[0]), rel=1e-9)


def test_the_published_figures_of_the_investment_example() -> None:
    fit = regression("investment")

    def errors(method: str) -> np.ndarray:
        return np.sqrt(np.diag(ESTIMATORS[method].of(fit).matrix))

    assert np.asarray(fit.params) == pytest.approx([-12.5336005909, 0.1691364542, -1.0014380134], abs=1e-9)
    assert errors("nw4_raw") == pytest.approx([18.9582981318, 0.0167507859, 3.3423753527], rel=1e-8)
    assert errors("nw4") == pytest.approx([20.6593264245, 0.0182537457, 3.6422690984], rel=1e-8)
    of_rate = [errors(kind)[2] for kind in ("HC0", "HC1", "HC2", "HC3")]
    assert of_rate == pytest.approx([3.594655, 3.917185, 4.494218, 5.630914], abs=5e-7)
    assert NeweyWest1994(prewhiten=True).of(fit).bandwidth == pytest.approx(0.9252220, abs=5e-8)
    assert Andrews1991().of(fit).bandwidth == pytest.approx(1.744748898, abs=5e-10)
    assert errors("andrews_qs_white") == pytest.approx([28.0822, 0.0273569, 4.2091988], rel=2e-6)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), rows=st.integers(12, 200))
def test_without_lags_newey_west_is_hc0(seed: int, rows: int) -> None:
    fit = simulated(rows, seed)
    assert NeweyWest(0, corrected=False).of(fit).matrix == pytest.approx(HC("HC0").of(fit).matrix, rel=1e-9)
    assert FixedB(0, corrected=False).of(fit).matrix == pytest.approx(HC("HC0").of(fit).matrix, rel=1e-9)
    assert NeweyWest(0).of(fit).matrix == pytest.approx(HC("HC1").of(fit).matrix, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), power=st.integers(-9, 9), method=st.sampled_from(sorted(ESTIMATORS)))
def test_a_change_of_unit_changes_no_t(seed: int, power: int, method: str) -> None:
    fit, unit = simulated(90, seed), 10.0**power
    other = sm.OLS(fit.model.endog * unit, fit.model.exog * [1, 1 / unit, 1 / unit]).fit()

    def t(one: Any) -> np.ndarray:
        return np.asarray(one.params) / np.sqrt(np.diag(ESTIMATORS[method].of(one).matrix))

    assert t(other) == pytest.approx(t(fit), rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(sorted(ESTIMATORS)))
def test_every_estimate_is_a_covariance(seed: int, method: str) -> None:
    matrix = ESTIMATORS[method].of(simulated(60, seed)).matrix
    assert matrix == pytest.approx(matrix.T, rel=1e-9)
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_classical_errors_are_the_textbook_ones() -> None:
    fit = simulated(80, 1)
    assert np.sqrt(np.diag(Classical().of(fit).matrix)) == pytest.approx(np.asarray(fit.bse), rel=1e-12)


def test_fixed_b_has_the_recommended_lags_and_its_own_quantiles() -> None:
    fit = simulated(144, 2)
    spread = FixedB().of(fit)
    assert (spread.lags, spread.bandwidth) == (15, 16.0)
    assert spread.reference == BartlettFixedB(16 / 144)
    assert spread.matrix == pytest.approx(NeweyWest(15).of(fit).matrix, rel=1e-12)
    assert spread.reference.quantile(0.95) > 2.2 > Student(141).quantile(0.95)
    assert "fixed-b" in spread.reference.words


def test_every_spread_states_its_lags_and_its_method() -> None:
    fit = simulated(120, 3)
    assert NeweyWest().of(fit).lags == textbook_lags(120) == 4
    assert "4 lags (textbook rule)" in NeweyWest().of(fit).words
    assert "11 lags (horizon of 12 less one)" in NeweyWest(horizon=12).of(fit).words
    assert "7 lags (as asked)" in NeweyWest(7).of(fit).words
    assert "1994, prewhitened" in NeweyWest1994(prewhiten=True).of(fit).words
    assert "Andrews 1991" in Andrews1991("bartlett", prewhiten=False).of(fit).words
    assert HC("HC2").of(fit).words == "HC2 errors"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda fit: NeweyWest(-1).of(fit), "lags must lie between 0 and 59"),
        (lambda fit: NeweyWest(60).of(fit), "lags must lie between 0 and 59"),
        (lambda fit: FixedB(60).of(fit), "lags must lie between 0 and 59"),
        (lambda fit: HC("HC4").of(fit), "HC0, HC1, HC2, HC3"),
        (lambda fit: Andrews1991("parzen").of(fit), "bartlett, quadratic spectral"),
    ],
)
def test_options_that_do_not_exist_are_refused(ask: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(StatsError, match=words):
        ask(simulated(60, 4))


def test_hc3_is_refused_where_a_dummy_marks_one_observation() -> None:
    draw = np.random.default_rng(6)
    dummy = np.eye(30)[:, [7]]
    fit = sm.OLS(draw.standard_normal(30), sm.add_constant(dummy)).fit()
    with pytest.raises(StatsError, match="one observation alone"):
        HC("HC3").of(fit)
    assert np.isfinite(HC("HC1").of(fit).matrix).all()
