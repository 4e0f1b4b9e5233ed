from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.analogues import analogues, what_followed


@pytest.fixture
def features() -> pd.DataFrame:
    generator = np.random.default_rng(3)
    weeks = pd.date_range("2015-01-02", periods=300, freq="7D")
    return pd.DataFrame(generator.normal(size=(300, 2)) * [1.0, 1e6], index=weeks, columns=["flow", "turnover"])


@pytest.fixture
def level(features: pd.DataFrame) -> pd.Series:
    steps = np.random.default_rng(5).normal(0.001, 0.02, len(features))
    return pd.Series(100 * np.exp(np.cumsum(steps)), index=features.index)


def test_the_nearest_are_those_of_a_loop(features: pd.DataFrame) -> None:
    at = features.index[250]
    found = analogues(features, at, closest=1, horizon=4)
    known = features.loc[:at]
    scale = stats.median_abs_deviation(known, scale="normal")
    distance = np.sqrt((((known - known.iloc[-1]) / scale) ** 2).sum(axis=1)).iloc[:-4]
    assert found.index[0] == distance.idxmin()
    assert found.iloc[0] == pytest.approx(distance.min(), rel=1e-6)


def test_analogues_are_a_horizon_apart_and_their_outcome_was_known(features: pd.DataFrame) -> None:
    at = features.index[250]
    found = analogues(features, at, closest=30, horizon=6)
    places = np.sort(features.index.get_indexer(found.index))
    assert np.diff(places).min() >= 6
    assert places.max() <= 250 - 6
    assert found.is_monotonic_increasing


def test_the_future_and_the_units_change_no_analogue(features: pd.DataFrame) -> None:
    at = features.index[250]
    found = analogues(features, at, closest=10, horizon=4)
    pd.testing.assert_series_equal(analogues(features.loc[:at], at, closest=10, horizon=4), found)
    wild = features.copy()
    wild.loc[wild.index > at] = 1e12
    pd.testing.assert_series_equal(analogues(wild, at, closest=10, horizon=4), found)
    moved = analogues(features * [1e9, 1e-6] + 5, at, closest=10, horizon=4)
    pd.testing.assert_series_equal(moved, found)


def test_what_followed_is_the_mean_change_over_independent_episodes(level: pd.Series) -> None:
    places = [10, 12, 40, 80, 81, 150, 298]
    found = what_followed(level, level.index[places], horizon=4, draws=199)
    used = [10, 40, 80, 150]
    changes = [(level.iloc[place + 4] / level.iloc[place] - 1) * 100 for place in used]
    assert (found.given, found.independent) == (7, 4)
    assert found.changes.to_numpy() == pytest.approx(changes)
    assert found.outcome.mean == pytest.approx(np.mean(changes))
    every = [(level.iloc[place + 4] / level.iloc[place] - 1) * 100 for place in range(296)]
    assert found.usual == pytest.approx(np.mean(every))
    assert found.difference == pytest.approx(np.mean(changes) - np.mean(every))
    assert found.low < found.difference < found.high
    assert found.table().shape == (1, 11)


def test_a_rise_that_was_put_in_is_found_and_none_where_there_is_none(level: pd.Series) -> None:
    dates = level.index[20:290:15]
    struck = level * np.exp(0.08 * np.cumsum(np.roll(level.index.isin(dates), 1)))
    found = what_followed(struck, dates, horizon=4, draws=999)
    assert found.p_bootstrap < 0.01
    assert found.p_placebo < 0.01
    assert found.low > 0
    still = what_followed(level, dates, horizon=4, draws=999)
    assert still.p_bootstrap > 0.05
    assert still.low < 0 < still.high


def test_bad_input_is_refused_by_name(features: pd.DataFrame, level: pd.Series) -> None:
    at = features.index[250]
    holed = features.copy()
    holed.iloc[9, 0] = np.nan
    calls: dict[str, Any] = {
        "not in the index": lambda: analogues(features, pd.Timestamp("1999-01-01"), closest=3, horizon=4),
        "closest": lambda: analogues(features, at, closest=0, horizon=4),
        "longer than the sample": lambda: analogues(features, at, closest=3, horizon=300),
        "missing": lambda: analogues(holed, at, closest=3, horizon=4),
        "equal in flow": lambda: analogues(features.assign(flow=1.0), at, closest=3, horizon=4),
        "sorted": lambda: analogues(features[::-1], at, closest=3, horizon=4),
        "positive": lambda: what_followed(level - 200, level.index[[5, 50, 90]], horizon=4),
        "and once": lambda: what_followed(level, level.index[[5, 5, 50, 90]], horizon=4),
        "every date": lambda: what_followed(level, pd.Index([pd.Timestamp("1999-01-01")]), horizon=4),
        "too few": lambda: what_followed(level, level.index[[5, 6, 50]], horizon=4),
        "is longer": lambda: what_followed(level, level.index[[5, 50, 90]], horizon=300),
    }
    for complaint, call in calls.items():
        with pytest.raises(StatsError, match=complaint):
            call()
