from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.counterfactual import forecast_gap
from jpresearch.stats.structural import Structure, scaled_model


@pytest.fixture(scope="module")
def series() -> pd.Series:
    generator = np.random.default_rng(6)
    months = pd.date_range("2016-01-01", periods=108, freq="MS")
    wave = 2 * np.cos(2 * np.pi * np.arange(108) / 12)
    level = 50 + np.cumsum(generator.normal(scale=0.3, size=108))
    return pd.Series(level + wave + generator.normal(size=108), index=months)


def test_forecast_and_interval_are_those_of_statsmodels(series: pd.Series) -> None:
    structure = Structure(season=12, harmonics=1, changing=False)
    found = forecast_gap(series, series.index[96], structure=structure, confidence=0.9)
    scaled = scaled_model(series.to_numpy()[:96], np.empty((96, 0)), structure)
    forecast = scaled.model.fit(disp=False).get_forecast(12)
    np.testing.assert_allclose(found.path["forecast"], forecast.predicted_mean * scaled.y_unit, rtol=1e-4)
    width = (found.path["high"] - found.path["low"]).to_numpy()
    expected = forecast.se_mean * scaled.y_unit
    np.testing.assert_allclose(width / width[0], expected / expected[0], rtol=1e-3)


def test_errors_of_a_sum_add_up_but_to_no_more_than_the_sum_of_errors() -> None:
    generator = np.random.default_rng(8)
    y = pd.Series(np.cumsum(generator.normal(size=160)) + generator.normal(size=160))
    found = forecast_gap(y, 150, confidence=0.95).path
    first = found["high"] - found["low"]
    total = found["total_high"] - found["total_low"]
    assert total.iloc[0] == pytest.approx(first.iloc[0])
    assert (total.to_numpy()[1:] > first.to_numpy()[1:].cumsum() / np.sqrt(np.arange(2, 11))).all()
    assert (total <= first.cumsum() + 1e-9).all()


def test_the_covariance_of_a_pure_random_walk_is_exact() -> None:
    generator = np.random.default_rng(9)
    y = pd.Series(np.cumsum(generator.normal(size=400)))
    found = forecast_gap(y, 390, confidence=0.95).path
    ahead = np.arange(1, 11)
    width = ((found["high"] - found["low"]) / (found["high"] - found["low"]).iloc[0]).to_numpy()
    np.testing.assert_allclose(width, np.sqrt(ahead), rtol=0.05)
    total = ((found["total_high"] - found["total_low"]) / (found["total_high"] - found["total_low"]).iloc[0]).to_numpy()
    np.testing.assert_allclose(total, np.sqrt(ahead * (ahead + 1) * (2 * ahead + 1) / 6), rtol=0.05)


def test_what_came_after_changes_no_forecast(series: pd.Series) -> None:
    at = series.index[96]
    found, struck = forecast_gap(series, at), forecast_gap(series.where(series.index < at, series + 20), at)
    pd.testing.assert_frame_equal(struck.path[["forecast", "low", "high"]], found.path[["forecast", "low", "high"]])
    np.testing.assert_allclose(struck.path["gap"] - found.path["gap"], 20)
    assert struck.path["total_low"].iloc[-1] > 0
    assert found.path["total_low"].iloc[-1] < 0 < found.path["total_high"].iloc[-1]


def test_identities_of_gap_and_total(series: pd.Series) -> None:
    path = forecast_gap(series, series.index[96]).table()
    np.testing.assert_allclose(path["gap"], path["actual"] - path["forecast"])
    np.testing.assert_allclose(path["total"], path["gap"].cumsum())
    np.testing.assert_allclose(path["gap_low"], path["actual"] - path["high"])
    assert list(path.index) == list(series.index[96:])


def test_prediction_intervals_cover_what_comes_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(10)
    hits = []
    for _ in range(60):
        y = pd.Series(np.cumsum(generator.normal(scale=0.5, size=90)) + generator.normal(size=90))
        last = forecast_gap(y, 84, confidence=0.8).path.iloc[-1]
        hits.append([last["low"] <= last["actual"] <= last["high"], last["total_low"] <= 0 <= last["total_high"]])
    assert (np.abs(np.mean(hits, axis=0) - 0.8) < 0.16).all()


def test_controls_carry_on_past_the_moment() -> None:
    generator = np.random.default_rng(11)
    x = pd.Series(np.cumsum(generator.normal(size=120)), name="x")
    y = 3 * x + pd.Series(generator.normal(scale=0.1, size=120))
    found = forecast_gap(y, 100, x).path
    np.testing.assert_allclose(found["forecast"], 3 * x[100:], atol=1.0)


def test_bad_input_is_refused_by_name(series: pd.Series) -> None:
    at = series.index[96]
    with pytest.raises(StatsError, match="confidence"):
        forecast_gap(series, at, confidence=95)
    with pytest.raises(StatsError, match="too few"):
        forecast_gap(series, series.index[2])
    with pytest.raises(StatsError, match="before the moment: no variation in late"):
        forecast_gap(series, at, pd.Series((series.index >= at).astype(float), index=series.index, name="late"))
    with pytest.raises(StatsError, match="missing"):
        forecast_gap(series.mask(series.index == series.index[5]), at)
