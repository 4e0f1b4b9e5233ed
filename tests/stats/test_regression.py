from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.covariance import HC, Andrews1991, Classical, Covariance, FixedB, NeweyWest, NeweyWest1994
from jpresearch.stats.regression import least_squares, newey_west, textbook_lags

GOLDEN = Path(__file__).parents[1] / "golden"

# US investment, 1963 to 1982 (Greene, Econometric Analysis, table 15.1): the example of R's sandwich package.
GNP = [596.7, 637.7, 691.1, 756.0, 799.6, 873.4, 944.0, 992.7, 1077.6, 1185.9]
GNP += [1326.4, 1434.2, 1549.2, 1718.0, 1918.3, 2163.9, 2417.8, 2631.7, 2954.1, 3073.0]
INVESTMENT = [90.9, 97.4, 113.5, 125.7, 122.8, 133.3, 149.3, 144.2, 166.4, 195.0]
INVESTMENT += [229.8, 228.7, 206.1, 257.9, 324.1, 386.6, 423.0, 401.9, 474.9, 414.5]
PRICE = [0.7167, 0.7277, 0.7436, 0.7676, 0.7906, 0.8254, 0.8679, 0.9145, 0.9601, 1.0]
PRICE += [1.0575, 1.1508, 1.2579, 1.3234, 1.4005, 1.5042, 1.6342, 1.7842, 1.9514, 2.0688]
INTEREST = [3.23, 3.55, 4.04, 4.50, 4.19, 5.16, 5.87, 5.95, 4.88, 4.50]
INTEREST += [6.44, 7.83, 6.25, 5.50, 5.46, 7.46, 10.28, 11.77, 13.42, 11.02]


@pytest.fixture
def investment() -> tuple[pd.Series, pd.DataFrame]:
    """Real investment, and real GNP with the real rate; the first year has no rate."""
    years = range(1963, 1983)
    price = pd.Series(PRICE, index=years)
    rate = pd.Series(INTEREST, index=years) - 100 * (price / price.shift() - 1)
    output = pd.Series(GNP, index=years) / price
    return pd.Series(INVESTMENT, index=years) / price, pd.DataFrame({"gnp": output, "rate": rate})


@pytest.fixture
def noise() -> tuple[pd.Series, pd.DataFrame]:
    """A regression with autocorrelated errors of changing size."""
    draw = np.random.default_rng(11)
    steps = pd.RangeIndex(240)
    x = pd.DataFrame(draw.normal(size=(240, 2)), index=steps, columns=["a", "b"])
    error = pd.Series(draw.normal(size=240), index=steps).ewm(alpha=0.4).mean() * (1 + x["a"].abs())
    return 1.0 + 0.5 * x["a"] - 0.2 * x["b"] + error, x


def bartlett(y: pd.Series, x: pd.DataFrame, lags: int, correct: bool) -> np.ndarray:
    """The Newey-West covariance written out, as a second implementation."""
    design = np.column_stack([np.ones(len(y)), x.to_numpy()])
    bread = np.linalg.inv(design.T @ design)
    residual = y.to_numpy() - design @ bread @ design.T @ y.to_numpy()
    score = design * residual[:, None]
    meat = score.T @ score
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    factor = len(y) / (len(y) - design.shape[1]) if correct else 1.0
    return factor * bread @ meat @ bread


def test_reproduces_the_published_example_of_sandwich(investment: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*investment, lags=4)
    assert fit.observations == 19
    assert fit.dropped == 1
    assert fit.params.to_numpy() == pytest.approx([-12.5336005909, 0.1691364542, -1.0014380134], abs=1e-9)
    assert fit.std_errors.to_numpy() == pytest.approx([20.6593264245, 0.0182537457, 3.6422690984], rel=1e-9)


def test_without_lags_the_errors_are_those_for_changing_variance_alone(
    investment: tuple[pd.Series, pd.DataFrame],
) -> None:
    raw_hc0, observations, coefficients = 3.594655, 19, 3
    fit = newey_west(*investment, lags=0)
    assert fit.std_errors["rate"] == pytest.approx(
        raw_hc0 * np.sqrt(observations / (observations - coefficients)), rel=1e-6
    )


@pytest.mark.parametrize("lags", [0, 1, 4, 12])
def test_agrees_with_the_formula_written_out(noise: tuple[pd.Series, pd.DataFrame], lags: int) -> None:
    y, x = noise
    assert newey_west(y, x, lags=lags).covariance.to_numpy() == pytest.approx(bartlett(y, x, lags, True), rel=1e-9)


def test_intervals_use_the_t_distribution_with_the_observations_less_coefficients(
    investment: tuple[pd.Series, pd.DataFrame],
) -> None:
    fit = newey_west(*investment, lags=4, confidence=0.9)
    half = stats.t.ppf(0.95, 16) * fit.std_errors
    assert (fit.high - fit.params).to_numpy() == pytest.approx(half.to_numpy(), rel=1e-9)
    assert (fit.params - fit.low).to_numpy() == pytest.approx(half.to_numpy(), rel=1e-9)


def test_a_change_of_unit_leaves_t_and_p_as_they_were(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = noise
    one, other = newey_west(y, x, lags=3).table(), newey_west(y * 1e6, x / 1e3, lags=3).table()
    assert other["t"].to_numpy() == pytest.approx(one["t"].to_numpy(), rel=1e-8)
    assert other["p_value"].to_numpy() == pytest.approx(one["p_value"].to_numpy(), rel=1e-6)


def test_missing_rows_are_left_out_and_counted(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = noise
    holed_x = x.copy()
    holed_x.loc[90, "a"] = np.nan
    fit = newey_west(y.mask(y.index.isin([3, 50])), holed_x, lags=2)
    without = newey_west(y.drop([3, 50, 90]), x.drop([3, 50, 90]), lags=2)
    assert (fit.dropped, fit.observations) == (3, 237)
    assert fit.residuals.index.equals(without.residuals.index)
    pd.testing.assert_series_equal(fit.params, without.params)
    pd.testing.assert_frame_equal(fit.covariance, without.covariance)


def test_textbook_lags_follow_the_rule() -> None:
    assert [textbook_lags(size) for size in (52, 100, 700, 2000)] == [3, 4, 6, 7]
    assert textbook_lags(2) == 1


def test_asking_for_no_lags_in_particular_takes_the_textbook_rule(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise)
    assert fit.lags == textbook_lags(240)
    assert "textbook" in fit.method


def test_a_sum_of_coefficients_carries_their_covariance(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise, lags=2)
    both = fit.combination({"a": 1.0, "b": 1.0})
    inside = fit.covariance.loc[["a", "b"], ["a", "b"]].to_numpy()
    assert both.value == pytest.approx(fit.params["a"] + fit.params["b"])
    assert both.std_error == pytest.approx(np.sqrt(inside.sum()))
    assert both.low < both.value < both.high


def test_one_coefficient_as_estimate_is_that_of_the_table(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise, lags=2)
    found = fit.estimate("a")
    assert (found.low, found.high) == pytest.approx((fit.low["a"], fit.high["a"]))
    assert found.covers_zero == (fit.low["a"] <= 0 <= fit.high["a"])


def test_the_joint_test_of_one_coefficient_is_its_squared_t(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise, lags=2)
    test = fit.joint(["b"])
    assert test.statistic == pytest.approx(float(fit.table().loc["b", "t"]) ** 2)
    assert test.p_value == pytest.approx(float(fit.p_values["b"]))


def test_a_joint_test_enters_a_family_as_an_estimate(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise)
    test = fit.joint(list(noise[1].columns))
    found = test.estimate
    assert (found.value, found.p_value, found.n) == (test.statistic, test.p_value, fit.observations)
    assert (found.first, found.last) == (fit.first, fit.last) and not found.has_interval
    assert found.method.startswith("F test that")


def test_the_joint_test_rejects_what_matters_and_keeps_what_does_not() -> None:
    draw = np.random.default_rng(5)
    x = pd.DataFrame(draw.normal(size=(400, 3)), columns=["real", "idle_1", "idle_2"])
    y = 0.5 * x["real"] + pd.Series(draw.normal(size=400))
    fit = newey_west(y, x)
    assert fit.joint(["real", "idle_1"]).p_value < 0.001
    assert fit.joint(["idle_1", "idle_2"]).p_value > 0.05


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    draw, held = np.random.default_rng(2), 0
    for _ in range(200):
        x = pd.Series(draw.normal(size=300)).ewm(alpha=0.5).mean().rename("x")
        error = pd.Series(draw.normal(size=300)).ewm(alpha=0.5).mean()
        slope = newey_west(0.3 * x + error, x, lags=8).estimate("x")
        held += slope.low <= 0.3 <= slope.high
    assert 0.88 <= held / 200 <= 0.99


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, x: (y.head(3), x.head(3)), "too few"),
        (lambda y, x: (y, x.assign(b=1.0)), "no variation in b"),
        (lambda y, x: (y * 0 + 2.0, x), "no variation in the explained series"),
        (lambda y, x: (y, x.assign(c=2 * x["a"] + x["b"])), "collinear"),
        (lambda y, x: (y[::-1], x[::-1]), "sorted"),
        (lambda y, x: (y.head(10), x), "same index"),
        (lambda y, x: (y.mask(y.index == 5, np.inf), x), "finite"),
        (lambda y, x: (y, x.rename(columns={"a": "const"})), "const"),
        (lambda y, x: (y, x.rename(columns={"a": "b"})), "once each"),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_words(
    noise: tuple[pd.Series, pd.DataFrame], change: object, words: str
) -> None:
    y, x = change(*noise)  # type: ignore[operator]
    with pytest.raises(StatsError, match=words):
        newey_west(y, x)


@pytest.mark.parametrize(
    ("options", "words"), [({"lags": -1}, "lags"), ({"lags": 240}, "lags"), ({"confidence": 1.0}, "confidence")]
)
def test_options_out_of_range_are_refused(
    noise: tuple[pd.Series, pd.DataFrame], options: dict[str, float], words: str
) -> None:
    with pytest.raises(StatsError, match=words):
        newey_west(*noise, **options)  # type: ignore[arg-type]


def test_an_unknown_coefficient_is_named_with_those_there_are(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = newey_west(*noise)
    with pytest.raises(StatsError, match=r"'flow'(.|\n)*const, a, b"):
        fit.joint(["flow"])
    with pytest.raises(StatsError):
        fit.combination({})


def test_the_table_of_lmtest(investment: tuple[pd.Series, pd.DataFrame]) -> None:
    golden = pd.read_csv(GOLDEN / "covariance_tests.csv").query("data == 'investment'").set_index("test")
    fit = least_squares(*investment, covariance=NeweyWest(4))
    coefficients = golden.drop("joint")
    assert fit.table()["t"].to_numpy() == pytest.approx(coefficients["statistic"].to_numpy(), rel=1e-8)
    assert fit.p_values.to_numpy() == pytest.approx(coefficients["p"].to_numpy(), rel=1e-8)
    joint = fit.joint(["gnp", "rate"])
    assert (joint.statistic, joint.p_value) == pytest.approx(tuple(golden.loc["joint", ["statistic", "p"]]), rel=1e-8)


def test_the_certified_values_of_longley() -> None:
    # NIST Statistical Reference Datasets, Longley, in the scaling of R's copy.
    data = pd.read_csv(GOLDEN / "longley.csv")
    fit = least_squares(data["Employed"], data.drop(columns="Employed"), covariance=Classical())
    certified = {
        "const": (-3482.25863459582, 890.420383607373),
        "GNP.deflator": (0.0150618722713733, 0.0849149257747669),
        "GNP": (-0.0358191792925910, 0.0334910077722432),
        "Unemployed": (-0.0202022980381683, 0.00488399681651699),
        "Armed.Forces": (-0.0103322686717359, 0.00214274163161675),
        "Population": (-0.0511041056535807, 0.226073200069370),
        "Year": (1.82915146461355, 0.455478499142212),
    }
    table = fit.table()
    for name, (estimate, error) in certified.items():
        assert table.loc[name, "estimate"] == pytest.approx(estimate, rel=1e-7)
        assert table.loc[name, "std_error"] == pytest.approx(error, rel=1e-7)
    assert fit.r_squared == pytest.approx(0.995479004577296, rel=1e-9)


def test_newey_west_is_least_squares_with_that_covariance(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    one, other = newey_west(*noise, lags=5), least_squares(*noise, covariance=NeweyWest(5))
    pd.testing.assert_frame_equal(one.table(), other.table())
    assert one.method == other.method
    pd.testing.assert_frame_equal(least_squares(*noise).table(), newey_west(*noise).table())


@pytest.mark.parametrize(
    "covariance", [HC("HC0"), HC("HC3"), NeweyWest(3), NeweyWest1994(), Andrews1991(), FixedB(), Classical()]
)
def test_only_the_errors_depend_on_the_covariance(
    noise: tuple[pd.Series, pd.DataFrame], covariance: Covariance
) -> None:
    fit, plain = least_squares(*noise, covariance=covariance), newey_west(*noise)
    pd.testing.assert_series_equal(fit.params, plain.params)
    assert fit.r_squared == pytest.approx(plain.r_squared)
    half = fit.std_errors * fit.reference.quantile(0.95)
    assert (fit.high - fit.params).to_numpy() == pytest.approx(half.to_numpy())
    inside = ((fit.low <= 0) & (fit.high >= 0)).to_numpy()
    assert (inside == (fit.p_values > 0.05).to_numpy()).all()
    assert fit.reference.words in fit.method


def test_fixed_b_intervals_are_wider_than_those_of_t_with_the_same_errors(
    noise: tuple[pd.Series, pd.DataFrame],
) -> None:
    fixed = least_squares(*noise, covariance=FixedB(40))
    usual = least_squares(*noise, covariance=NeweyWest(40))
    pd.testing.assert_series_equal(fixed.std_errors, usual.std_errors)
    assert ((fixed.high - fixed.low) > 1.2 * (usual.high - usual.low)).all()
    assert fixed.joint(["a", "b"]).p_value > usual.joint(["a", "b"]).p_value
    assert fixed.estimate("a").high == pytest.approx(fixed.high["a"])


def test_the_sample_is_that_of_the_complete_rows(noise: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = noise
    fit = least_squares(y, x.assign(before=x["a"].shift(2)))
    assert (fit.first, fit.last, fit.observations, fit.dropped) == (2, 239, 238, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, x: (y.mask(y.index == 50), x), "the explained series is missing at 50"),
        (lambda y, x: (y, x.assign(a=x["a"].where(x.index != 60))), "a is missing at 60"),
        (lambda y, x: (y.mask(y.index == 5, np.inf), x), "infinite at 5"),
        (lambda y, x: (y.head(3), x.head(3)), "3 complete rows are too few for 3 coefficients"),
        (lambda y, x: (y, x.assign(b=7.0)), "no variation in b"),
        (lambda y, x: (y * 0, x), "no variation in the explained series"),
        (lambda y, x: (y, x.assign(c=x["a"] - x["b"])), "collinear"),
        (lambda y, x: (y[::-1], x[::-1]), "sorted"),
        (lambda y, x: (y.set_axis([0, *range(239)]), x.set_axis([0, *range(239)])), "holds 0 more than once"),
        (lambda y, x: (y.head(10), x), "same index"),
    ],
)
def test_each_bad_input_is_named(noise: tuple[pd.Series, pd.DataFrame], change: object, words: str) -> None:
    y, x = change(*noise)  # type: ignore[operator]
    with pytest.raises(StatsError, match=words):
        least_squares(y, x)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_scrambled_dates_kill_significance(seed: int) -> None:
    draw = np.random.default_rng(seed)
    x = pd.Series(draw.normal(size=200)).ewm(alpha=0.3).mean().rename("x")
    y = 0.8 * x + 0.3 * pd.Series(draw.normal(size=200))
    scrambled = pd.Series(draw.permutation(y.to_numpy()))
    assert abs(least_squares(y, x).table().loc["x", "t"]) > 4
    assert abs(least_squares(scrambled, x).table().loc["x", "t"]) < 5
    of_scrambles = [
        least_squares(pd.Series(draw.permutation(y.to_numpy())), x, covariance=HC()).p_values["x"] for _ in range(20)
    ]
    assert np.mean(np.array(of_scrambles) < 0.05) <= 0.3
