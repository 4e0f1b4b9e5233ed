from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.api import VAR

from jpresearch.errors import StatsError
from jpresearch.stats.granger import f_statistics, granger
from jpresearch.stats.residual_bootstrap import World, samples
from tests.stats.simulated_markets import autoregression, feedback_only, golden, permanent_impact
from tests.stats.test_var import BAD, germany


def eggs() -> pd.DataFrame:
    return golden("chick_egg").set_index("year").astype(float)


@pytest.mark.parametrize("errors", ["classical", "HC1", "HAC"])
@pytest.mark.parametrize(("cause", "effect"), [("egg", "chicken"), ("chicken", "egg")])
def test_chickens_and_eggs_are_those_of_lmtest(cause: str, effect: str, errors: Any) -> None:
    reference = golden("granger").set_index(["cause", "errors"]).loc[(cause, errors)]
    found = granger(eggs(), cause, effect, 3, errors=errors, hac_lags=3, draws=0)
    assert found.statistic == pytest.approx(reference["statistic"], rel=1e-9)
    assert found.p_value == pytest.approx(reference["p_value"], rel=1e-8)
    assert (found.first, found.last, found.observations, found.restrictions, found.freedom) == (1933, 1983, 51, 3, 44)


def test_published_verdict_on_chickens_and_eggs() -> None:
    assert granger(eggs(), "egg", "chicken", 3, errors="classical", draws=0).p_value == pytest.approx(
        0.0029664, abs=1e-7
    )
    assert granger(eggs(), "chicken", "egg", 3, errors="classical", draws=0).p_value == pytest.approx(0.62379, abs=1e-5)


def test_luetkepohls_statistic_is_reproduced() -> None:
    found = granger(germany(), ["income", "cons"], "invest", 2, errors="classical", draws=0)
    assert found.statistic == pytest.approx(1.5917, abs=2e-3)
    # The published p of 0.178 counts the degrees of freedom of all three equations; ours those of one.
    whole = VAR(germany()).fit(2).test_causality("invest", ["income", "cons"], kind="f")
    assert found.statistic == pytest.approx(whole.test_statistic, rel=1e-9)
    assert whole.pvalue == pytest.approx(0.178, abs=1e-3)
    assert found.p_value == pytest.approx(0.187, abs=1e-3)


def test_feedback_is_found_and_prediction_by_flows_is_not() -> None:
    frame = feedback_only(weeks=400)
    assert granger(frame, "return", "flow", 2, draws=199).bootstrap_p_value == 1 / 200
    assert granger(frame, "flow", "return", 2, draws=199).bootstrap_p_value > 0.1


def test_impact_within_the_week_is_no_prediction() -> None:
    frame = permanent_impact(weeks=400)
    found = granger(frame, "flow", "return", 2, draws=199)
    assert found.bootstrap_p_value > 0.05
    assert found.table().loc[0, "cause"] == "flow"
    assert "wild bootstrap with 199 draws under the null, seed 0" in found.method


@pytest.mark.parametrize(("errors", "lags"), [("HC1", 0), ("HAC", 4), ("classical", 0)])
def test_statistics_of_many_samples_are_those_of_statsmodels(errors: Any, lags: int) -> None:
    draw = np.random.default_rng(3)
    design = np.concatenate([np.ones((5, 80, 1)), draw.normal(size=(5, 80, 4))], axis=2)
    explained = draw.normal(size=(5, 80)) * (1 + design[:, :, 1] ** 2)
    found = f_statistics(design, explained, [1, 3], errors, lags)
    options = {"maxlags": lags, "use_correction": True} if errors == "HAC" else None
    for sample in range(5):
        fit = sm.OLS(explained[sample], design[sample]).fit(
            cov_type={"classical": "nonrobust"}.get(errors, errors), cov_kwds=options, use_t=True
        )
        assert found[sample] == pytest.approx(float(np.squeeze(fit.f_test(np.eye(5)[[1, 3]]).fvalue)), rel=1e-9)


def volatile(seed: int, periods: int = 150) -> pd.DataFrame:
    """Two series that predict nothing, whose variances follow their past (ARCH)."""
    draw = np.random.default_rng(seed).standard_normal((periods, 2))
    values = np.zeros((periods, 2))
    for period in range(1, periods):
        values[period] = draw[period] * np.sqrt(0.3 + 0.7 * (values[period - 1] ** 2).sum())
    return pd.DataFrame(values, columns=["a", "b"])


def rejections(errors: Any, seeds: range, draws: int) -> float:
    tests = [granger(volatile(seed), "a", "b", 2, errors=errors, draws=draws) for seed in seeds]
    return float(np.mean([(test.bootstrap_p_value if draws else test.p_value) <= 0.05 for test in tests]))


def test_wild_bootstrap_keeps_its_size_under_changing_variance_where_classical_errors_do_not() -> None:
    seeds = range(120)
    assert rejections("classical", seeds, 0) > 0.15
    assert rejections("HC1", seeds, 99) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 120)


def test_samples_are_drawn_where_the_null_holds_and_all_else_is_as_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = autoregression(200, 5)
    frame = (frame - frame.mean()) / frame.std()
    worlds: list[World] = []

    def kept(world: World, **options: Any) -> Iterator[np.ndarray]:
        worlds.append(world)
        return samples(world, **options)

    monkeypatch.setattr("jpresearch.stats.granger.samples", kept)
    granger(frame, "a", "b", 2, draws=99)
    found = worlds[0].coefficients
    past = pd.concat([frame.shift(lag).add_suffix(str(lag)) for lag in (1, 2)], axis=1).iloc[2:]
    alone = sm.OLS(frame["b"].iloc[2:], sm.add_constant(past[["b1", "b2"]])).fit().params
    assert found[:, 1] == pytest.approx([alone["const"], 0.0, alone["b1"], 0.0, alone["b2"]], abs=1e-10)
    whole = sm.OLS(frame["a"].iloc[2:], sm.add_constant(past)).fit().params
    assert found[:, 0] == pytest.approx(whole.to_numpy(), abs=1e-10)


def test_extra_lags_are_not_tested() -> None:
    walk = autoregression(300, 2).cumsum()
    found = granger(walk, "b", "a", 2, extra_lags=1, draws=0)
    assert (found.restrictions, found.observations) == (2, 297)
    assert "1 lags more not tested (Toda and Yamamoto)" in found.method


def test_units_change_the_total_and_not_the_test() -> None:
    frame = feedback_only(weeks=300)
    one = granger(frame, "return", "flow", 2, draws=99)
    other = granger(frame.assign(flow=frame["flow"] * 1e8), "return", "flow", 2, draws=99)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-9)
    assert other.bootstrap_p_value == one.bootstrap_p_value
    assert other.total == pytest.approx(one.total * 1e8, rel=1e-9)
    assert one.total == pytest.approx(30.0, abs=15.0)


@pytest.mark.parametrize(("spoil", "words"), BAD)
def test_bad_data_are_refused_by_name(spoil: Any, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        granger(spoil(autoregression(120, 0)), "a", "b", 2, draws=0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cause": "z"}, "no column called 'z'"),
        ({"cause": "b"}, "other causes than itself"),
        ({"cause": []}, "other causes than itself"),
        ({"errors": "HC9"}, "no errors called 'HC9'\nAllowed: HC1, HAC, classical"),
        ({"lags": 0}, "0 lags"),
        ({"draws": 5}, "5 draws are too few"),
        ({"errors": "HAC", "hac_lags": 500}, "lags must lie between"),
    ],
)
def test_bad_request_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    request: dict[str, Any] = {"cause": "a", "effect": "b", "lags": 2}
    with pytest.raises(StatsError, match=words):
        granger(autoregression(120, 0), **(request | change))
