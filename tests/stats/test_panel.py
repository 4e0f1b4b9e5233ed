from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.panel import driscoll_kraay
from jpresearch.stats.reference import BartlettFixedB, Student

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def grunfeld() -> tuple[pd.Series, pd.DataFrame]:
    """Investment of five firms over twenty years (Greene)."""
    frame = pd.read_csv(GOLDEN / "grunfeld.csv").set_index(["firm", "year"])
    return frame["invest"], frame[["value", "capital"]]


@pytest.mark.parametrize("effects", [True, False])
@pytest.mark.parametrize("lags", [0, 2, 4])
def test_errors_are_those_of_sandwich(grunfeld: tuple[pd.Series, pd.DataFrame], effects: bool, lags: int) -> None:
    golden = pd.read_csv(GOLDEN / "covariance_panel.csv").query("effects == @effects and lags == @lags")
    fit = driscoll_kraay(*grunfeld, lags=lags, entity_effects=effects)
    names = list(golden["term"])
    assert fit.params[names].to_numpy() == pytest.approx(golden["estimate"].to_numpy(), rel=1e-9)
    assert fit.std_errors[names].to_numpy() == pytest.approx(golden["std_error"].to_numpy(), rel=1e-9)


def test_intervals_count_periods_not_rows(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    fit = driscoll_kraay(*grunfeld)
    assert (fit.observations, fit.degrees_of_freedom, fit.lags) == (100, 19, 2)
    assert "19 degrees of freedom" in fit.method and "entity effects" in fit.method
    half = fit.reference.quantile(0.95) * fit.std_errors["value"]
    assert fit.high["value"] == pytest.approx(fit.params["value"] + half)
    assert fit.joint(["value", "capital"]).degrees_of_freedom == 19


def test_overlapping_sums_raise_the_lags(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    assert driscoll_kraay(*grunfeld, horizon=6).lags == 5


def test_fixed_b_keeps_the_errors_and_widens_the_intervals(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    student, fixed = (driscoll_kraay(*grunfeld, lags=5, fixed_b=wide) for wide in (False, True))
    pd.testing.assert_series_equal(student.std_errors, fixed.std_errors)
    assert fixed.reference == BartlettFixedB(6 / 20)
    half = BartlettFixedB(6 / 20).quantile(0.95) * fixed.std_errors["value"]
    assert fixed.high["value"] - fixed.params["value"] == pytest.approx(half)
    assert fixed.p_values["value"] > student.p_values["value"]
    assert half > student.high["value"] - student.params["value"]
    assert "fixed-b (b = 0.300) intervals at 95%" in fixed.method


def test_fixed_b_takes_its_own_rule_for_the_lags(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    assert driscoll_kraay(*grunfeld, fixed_b=True).lags == 5  # ceil(1.3 sqrt(20)) - 1
    assert driscoll_kraay(*grunfeld, fixed_b=True, horizon=9).lags == 8


def test_under_overlap_fixed_b_rejects_a_true_null_less_often_than_student() -> None:
    draw, p_fixed, p_student = np.random.default_rng(11), [], []
    index = pd.MultiIndex.from_product([range(3), range(48)])
    for _ in range(60):
        y, x = (draw.standard_normal((3, 53)) + draw.standard_normal(53) for _ in range(2))
        sums = (np.lib.stride_tricks.sliding_window_view(steps, 6, axis=1).sum(axis=2) for steps in (y, x))
        sides = [pd.Series(side.ravel(), index=index, name="x") for side in sums]
        fit = driscoll_kraay(*sides, horizon=6, fixed_b=True)
        p_fixed.append(fit.p_values["x"])
        p_student.append(Student(47).p_value(fit.params["x"] / fit.std_errors["x"]))
    fixed, student = (np.mean(np.array(p_values) < 0.05) for p_values in (p_fixed, p_student))
    assert fixed < student
    assert fixed <= 0.15


def test_dates_as_periods_and_an_unbalanced_panel_will_do(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    y, x = (part.iloc[3:] for part in grunfeld)
    dated = pd.MultiIndex.from_arrays(
        [y.index.get_level_values(0), pd.to_datetime(y.index.get_level_values(1).astype(str))], names=["firm", "at"]
    )
    numbered = driscoll_kraay(y, x)
    with_dates = driscoll_kraay(y.set_axis(dated), x.set_axis(dated))
    assert numbered.observations == 97
    pd.testing.assert_frame_equal(numbered.table(), with_dates.table())
    assert with_dates.first == (1, pd.Timestamp("1938-01-01"))


def test_what_all_share_widens_the_errors() -> None:
    draw = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([range(20), range(60)])
    shared = np.tile(pd.Series(draw.normal(size=60)).ewm(alpha=0.5).mean(), 20)
    x = pd.Series(shared + 0.3 * draw.normal(size=1200), index=index, name="x")
    y = pd.Series(np.tile(draw.normal(size=60), 20) + 0.3 * draw.normal(size=1200), index=index)
    fit = driscoll_kraay(y, x)
    naive = np.sqrt(fit.residuals.var() / len(y)) / x.std()
    assert fit.std_errors["x"] > 2 * naive


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, x: (y.reset_index(drop=True), x.reset_index(drop=True)), "entity and period"),
        (lambda y, x: (y[::-1], x[::-1]), "sorted"),
        (lambda y, x: (pd.concat([y.head(1), y]), pd.concat([x.head(1), x])), "1, 1935 more than once"),
        (lambda y, x: (y.head(20), x.head(20)), "1 entities over 20 periods are too few"),
        (lambda y, x: (y.where(y.index != (2, 1940)), x), "missing at 2, 1940"),
        (lambda y, x: (y, x.assign(size=x.groupby(level=0)["value"].transform("mean"))), "no variation in size"),
        (lambda y, x: (y, x.assign(rest=x["value"] - x["capital"])), "collinear"),
        (lambda y, x: (y.head(50), x), "same index"),
    ],
)
def test_each_bad_panel_is_named(grunfeld: tuple[pd.Series, pd.DataFrame], change: object, words: str) -> None:
    y, x = change(*grunfeld)  # type: ignore[operator]
    with pytest.raises(StatsError, match=words):
        driscoll_kraay(y, x)


def test_lags_must_leave_a_period(grunfeld: tuple[pd.Series, pd.DataFrame]) -> None:
    with pytest.raises(StatsError, match="between 0 and 19"):
        driscoll_kraay(*grunfeld, lags=20)
