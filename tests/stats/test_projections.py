from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.datasets import macrodata
from statsmodels.tsa.api import VAR, LocalProjections

from jpresearch.errors import StatsError
from jpresearch.stats.projections import LocalProjection, Plan, largest_t, local_projection, sup_t
from jpresearch.stats.var import fit_var, responses
from tests.stats.simulated_markets import autoregression, common_factor, golden, permanent_impact, transitory_impact
from tests.stats.test_var import BAD

# R's lm and hand-written Newey-West with 4 lags, by horizon and for realgdp, realcons, realinv: the reference values
# that ship with statsmodels (tsa/vector_ar/tests/results/results_local_proj.R and test_local_projection.py).
POINTS = [
    [1.00000000000, 0.52364991703, 3.8482300128],
    [0.17178466121, 0.09970743380, 1.1253122078],
    [0.18322583380, 0.07627130443, 0.7568887880],
    [-0.03403189708, 0.07068916493, -0.5903675451],
    [0.08371270402, -0.05310649472, 0.6617451473],
]
ERRORS = [
    [0.0, 0.06609432437, 0.3147000764],
    [0.08948095300, 0.06672041817, 0.5282957309],
    [0.07638810462, 0.05843115593, 0.4409788183],
    [0.08192150214, 0.06149871824, 0.4797675369],
    [0.07948064894, 0.06632669683, 0.3442574755],
]
PLAIN = {"augment": False, "cumulative": False, "common_sample": True}


def growth() -> pd.DataFrame:
    levels = macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    return np.log(levels).diff()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_american_responses_are_those_of_r(place: int) -> None:
    name = growth().columns[place]
    found = local_projection(growth(), Plan(name, "realgdp", lags=2, horizons=4, **PLAIN), hac_lags=4).responses
    raw = np.sqrt((196 - 8) / 196)  # R's reference has no small-sample factor
    assert found["estimate"].to_numpy() == pytest.approx(np.array(POINTS)[:, place], abs=1e-9)
    assert raw * found["hac_std_error"].to_numpy() == pytest.approx(np.array(ERRORS)[:, place], abs=1e-9)
    assert (found["observations"] == 196).all()


@given(seed=st.integers(0, 10_000), lags=st.integers(1, 4), horizons=st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_points_are_those_of_statsmodels_on_a_common_sample(seed: int, lags: int, horizons: int) -> None:
    frame = autoregression(120, seed)
    other = LocalProjections(frame, shock_idx=0, lags=lags, horizons=horizons, nw_lags=3).fit()
    found = local_projection(frame, Plan("b", "a", lags=lags, horizons=horizons, **PLAIN), hac_lags=3).responses
    assert found["estimate"].to_numpy() == pytest.approx(other.irfs[:, 1, 0], abs=1e-10)
    rows = 120 - lags - horizons
    factor = np.sqrt(rows / (rows - 2 - 2 * lags))
    assert found["hac_std_error"].to_numpy() == pytest.approx(factor * other.stderr[:, 1, 0], rel=1e-8)


def test_cumulative_lag_augmented_projection_is_that_of_lm_and_sandwich() -> None:
    reference = golden("local_projection").set_index("horizon")
    plan = Plan("price", "flow", given=("abroad",), lags=2, horizons=12)
    found = local_projection(golden("simulated_market"), plan).responses
    for column in ("estimate", "std_error", "hac_std_error"):
        assert found[column].to_numpy() == pytest.approx(reference[column].to_numpy(), rel=1e-9)
    assert found["hac_lags"].tolist() == reference["hac_lags"].tolist()
    assert found["observations"].tolist() == reference["observations"].tolist()


@given(seed=st.integers(0, 10_000), lags=st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_response_within_the_period_is_the_cholesky_ratio(seed: int, lags: int) -> None:
    frame = autoregression(150, seed)
    found = local_projection(frame, Plan("b", "a", lags=lags, horizons=0, augment=False)).responses["estimate"]
    factor = np.linalg.cholesky(np.asarray(VAR(frame).fit(lags).sigma_u))
    assert found[0] == pytest.approx(factor[1, 0] / factor[0, 0], abs=1e-10)
    assert found[0] == pytest.approx(responses(fit_var(frame, lags), "a", horizons=0)["b"][0], abs=1e-10)


@given(seed=st.integers(0, 10_000), lags=st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_one_step_response_given_all_else_is_the_first_lag_matrix(seed: int, lags: int) -> None:
    frame = autoregression(150, seed)
    steps = VAR(frame).fit(lags).coefs[0]
    for shock, given_ in (("a", "b"), ("b", "a")):
        for response in ("a", "b"):
            plan = Plan(response, shock, given=(given_,), lags=lags - 1, horizons=1, augment=False, cumulative=False)
            found = local_projection(frame, plan).responses["estimate"]
            assert found[1] == pytest.approx(steps["ab".index(response), "ab".index(shock)], abs=1e-10)


def test_cumulative_points_are_sums_of_points_on_a_common_sample() -> None:
    plan = Plan("return", "flow", lags=2, horizons=8, common_sample=True)
    summed = local_projection(permanent_impact(300), plan).responses["estimate"]
    plain = local_projection(permanent_impact(300), replace(plan, cumulative=False)).responses["estimate"]
    assert summed.to_numpy() == pytest.approx(plain.cumsum().to_numpy(), rel=1e-9)


def test_each_horizon_uses_every_period_it_can() -> None:
    found = local_projection(permanent_impact(300), Plan("return", "flow", lags=2, horizons=8))
    assert found.responses["observations"].tolist() == [297 - horizon for horizon in range(9)]
    assert (found.first, found.last) == (permanent_impact(300).index[3], permanent_impact(300).index[-1])
    assert found.observations == 297


def test_errors_across_horizons_have_the_pointwise_errors_on_their_diagonal() -> None:
    found = local_projection(permanent_impact(300), Plan("return", "flow", lags=2, horizons=8))
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(found.responses["std_error"].to_numpy(), rel=1e-10)
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_joint_band_holds_the_pointwise_interval_and_is_no_wider_than_sidaks() -> None:
    found = local_projection(permanent_impact(300), Plan("return", "flow", lags=2, horizons=12))
    table = found.responses
    assert (table["band_low"] < table["low"]).all()
    assert (table["band_high"] > table["high"]).all()
    widest = stats.t.ppf(0.5 + 0.95 ** (1 / 13) / 2, 285 - 12)
    assert found.critical < widest


@pytest.mark.parametrize(("correlation", "expected"), [(0.0, 0.5 + 0.95**0.2 / 2), (1 - 1e-12, 0.975)])
def test_sup_t_is_sidaks_when_independent_and_pointwise_when_the_same(correlation: float, expected: float) -> None:
    covariance = (1 - correlation) * np.eye(5) + correlation
    assert sup_t(covariance, 100_000, 0.95, 0) == pytest.approx(stats.norm.ppf(expected), abs=0.02)


def test_horizons_without_error_do_not_widen_the_band() -> None:
    covariance = np.diag([0.0, 1.0, 4.0])
    assert sup_t(covariance, 500, 0.95, 0) == pytest.approx(sup_t(np.diag([1.0, 4.0]), 500, 0.95, 0), rel=1e-12)
    assert len(largest_t(covariance, 500, 0, draws=10)) == 10


def covers_zero(found: LocalProjection) -> bool:
    """Whether the pointwise interval of the first horizon holds zero."""
    row = found.responses.loc[0]
    return bool(row["low"] <= 0 <= row["high"])


def test_given_factor_takes_a_common_shock_away() -> None:
    plan = Plan("return", "flow", lags=2, horizons=4)
    assert not covers_zero(local_projection(common_factor(), plan))
    assert covers_zero(local_projection(common_factor(), replace(plan, given=("abroad",))))


def test_with_the_response_given_nothing_happens_within_the_period() -> None:
    found = local_projection(permanent_impact(300), Plan("return", "flow", ("return",), lags=2, horizons=4)).responses
    assert found["estimate"][0] == pytest.approx(0, abs=1e-12)
    assert found["std_error"][0] == 0
    assert (found["std_error"][1:] > 0).all()


@given(power=st.integers(-9, 9))
@settings(max_examples=10, deadline=None)
def test_units_leave_every_t_as_it_is(power: int) -> None:
    frame, plan = permanent_impact(200), Plan("return", "flow", ("abroad",), lags=2, horizons=4)
    scaled = frame.assign(flow=frame["flow"] * 10.0**power)
    one, other = (local_projection(data, plan).responses for data in (frame, scaled))
    for error in ("std_error", "hac_std_error"):
        assert (other["estimate"] / other[error]).to_numpy() == pytest.approx(
            (one["estimate"] / one[error]).to_numpy(), rel=1e-7
        )
    assert (other["estimate"] * 10.0**power).to_numpy() == pytest.approx(one["estimate"].to_numpy(), rel=1e-7)


def test_scrambled_dates_kill_the_impact() -> None:
    frame = permanent_impact()
    assert not covers_zero(local_projection(frame, Plan("return", "flow", lags=2, horizons=0)))
    order = np.random.default_rng(1).permutation(len(frame))
    scrambled = frame.assign(flow=frame["flow"].to_numpy()[order])
    assert covers_zero(local_projection(scrambled, Plan("return", "flow", lags=2, horizons=0)))


def test_later_periods_never_change_an_earlier_sample() -> None:
    frame, plan = permanent_impact(300), Plan("return", "flow", lags=2, horizons=4)
    whole = local_projection(frame.iloc[:250], plan)
    again = local_projection(pd.concat([frame.iloc[:250], frame.iloc[250:] * np.nan]), plan)
    pd.testing.assert_frame_equal(whole.responses, again.responses)


def test_what_comes_or_goes_between_two_horizons_is_one_regression_of_that() -> None:
    frame = permanent_impact(300)
    plan = Plan("return", "flow", ("abroad",), lags=2, horizons=6, common_sample=True)
    found = local_projection(frame, plan).change(0, 6)
    later = pd.concat([frame["return"].shift(-step) for step in range(1, 7)], axis=1).sum(axis=1, skipna=False)
    past = pd.concat([frame.shift(lag).add_prefix(f"L{lag}.") for lag in (1, 2, 3)], axis=1)
    rows = pd.concat([later.rename("later"), frame[["flow", "abroad"]], past], axis=1).dropna()
    fit = sm.OLS(rows["later"], sm.add_constant(rows.drop(columns="later"))).fit(cov_type="HC1", use_t=True)
    assert (found.value, found.std_error) == pytest.approx((fit.params["flow"], fit.bse["flow"]), rel=1e-8)
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int().loc["flow"]), rel=1e-8)
    assert found.p_value == pytest.approx(fit.pvalues["flow"], rel=1e-6)
    with pytest.raises(StatsError, match="horizon 9"):
        local_projection(frame, plan).change(0, 9)


def test_a_passing_impact_is_seen_to_reverse_and_a_lasting_one_seldom() -> None:
    plan = Plan("return", "flow", ("abroad",), lags=4, horizons=13)
    passing = [local_projection(transitory_impact(seed=seed), plan).change(0, 13) for seed in range(12)]
    lasting = [local_projection(permanent_impact(seed=seed), plan).change(0, 13) for seed in range(12)]
    assert all(found.high < 0 for found in passing)
    assert sum(found.covers_zero for found in lasting) >= 10


def test_method_says_what_was_done() -> None:
    method = local_projection(permanent_impact(200), Plan("return", "flow", ("abroad",), lags=3, horizons=2)).method
    assert "cumulative response of return to flow, given abroad of the same period" in method
    assert "3 lags of all and one more (lag-augmented)" in method
    assert "HC1" in method


@pytest.mark.parametrize(("spoil", "words"), BAD)
def test_bad_data_are_refused_by_name(spoil: Any, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        local_projection(spoil(autoregression(120, 0)), Plan("b", "a", lags=2, horizons=3))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shock": "z"}, "no column called 'z'"),
        ({"given": ("a",)}, "the shock cannot be given"),
        ({"given": ("b", "b")}, "given twice"),
        ({"lags": 0}, "0 lags"),
        ({"horizons": -1}, "-1 horizons"),
        ({"horizons": 200}, "longer than the sample of 120"),
        ({"horizons": 112}, "too few for"),
        ({"lags": 45}, "too few for"),
    ],
)
def test_bad_plan_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    with pytest.raises(StatsError, match=words):
        local_projection(autoregression(120, 0), replace(Plan("b", "a", lags=2, horizons=3), **change))


def test_bad_request_is_refused_by_name() -> None:
    with pytest.raises(StatsError, match="confidence"):
        local_projection(autoregression(120, 0), Plan("b", "a"), confidence=95.0)
    with pytest.raises(StatsError, match="Newey-West lags"):
        local_projection(autoregression(120, 0), Plan("b", "a", horizons=2), hac_lags=-1)
