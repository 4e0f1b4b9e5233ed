from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.episodes import episodes, expanding_rank, extreme, outcome, paths


@pytest.fixture
def flows() -> pd.Series:
    weeks = pd.date_range("2015-01-02", periods=300, freq="7D")
    values = pd.Series(np.random.default_rng(8).normal(size=300), index=weeks)
    return values.mask(values.index.isin(weeks[[40, 41, 200]]))


def test_rank_one_is_the_lowest_so_far() -> None:
    ranks = expanding_rank(pd.Series([3.0, 1.0, 2.0, np.nan, 0.0, 0.0]))
    assert ranks.tolist()[:3] == [1.0, 1.0, 2.0]
    assert np.isnan(ranks[3])
    assert ranks.tolist()[4:] == [1.0, 1.0]


def test_dropping_the_future_never_changes_a_past_rank_or_flag(flows: pd.Series) -> None:
    ranks, flags = expanding_rank(flows), extreme(flows, 0.05)
    for cut in (110, 177, 250):
        pd.testing.assert_series_equal(expanding_rank(flows[:cut]), ranks[:cut])
        pd.testing.assert_series_equal(extreme(flows[:cut], 0.05), flags[:cut])


def test_extremes_are_judged_against_what_was_known_and_only_after_enough_of_it(flows: pd.Series) -> None:
    flags = extreme(flows, 0.05, min_periods=104)
    assert not flags[:103].any()
    for day in flows.index[flags]:
        known = flows[:day].dropna()
        assert (known <= flows[day]).sum() <= 0.05 * len(known)


def test_the_highest_are_the_lowest_of_the_mirror_image(flows: pd.Series) -> None:
    pd.testing.assert_series_equal(extreme(flows, 0.1, lowest=False), extreme(-flows, 0.1))


def test_a_missing_value_is_never_extreme(flows: pd.Series) -> None:
    assert not extreme(flows, 0.5, min_periods=1)[flows.isna()].any()


@pytest.mark.parametrize("share", [0.0, -0.1, 0.6])
def test_a_share_out_of_range_is_refused(flows: pd.Series, share: float) -> None:
    with pytest.raises(StatsError, match="share"):
        extreme(flows, share)


def test_episodes_start_a_gap_apart_at_least() -> None:
    flags = pd.Series([True, True, False, True, False, False, True, True, False, True])
    assert list(episodes(flags, 3)) == [0, 3, 6, 9]
    assert list(episodes(flags, 4)) == [0, 6]
    assert list(episodes(flags, 1)) == [0, 1, 3, 6, 7, 9]


def test_no_flags_no_episodes() -> None:
    assert episodes(pd.Series([False, False]), 2).empty
    with pytest.raises(StatsError, match="gap"):
        episodes(pd.Series([True]), 0)


def test_paths_are_percent_changes_from_the_start_and_stop_where_the_level_does() -> None:
    level = pd.Series([100.0, 110.0, np.nan, 121.0, 99.0], index=list("abcde"))
    found = paths(level, pd.Index(["b", "d"]), 2, before=1)
    assert list(found.index) == [-1, 0, 1, 2]
    assert found["b"].tolist() == pytest.approx([100 / 110 * 100 - 100, 0.0, np.nan, 10.0], nan_ok=True)
    assert found["d"].tolist() == pytest.approx([np.nan, 0.0, 99 / 121 * 100 - 100, np.nan], nan_ok=True)


def test_paths_without_episodes_are_empty_and_unknown_starts_are_refused() -> None:
    level = pd.Series([1.0, 2.0], index=list("ab"))
    assert paths(level, pd.Index([], dtype=str), 3).shape == (4, 0)
    with pytest.raises(StatsError, match="start"):
        paths(level, pd.Index(["z"]), 3)


def test_outcome_is_the_mean_with_its_t_interval() -> None:
    values = pd.Series([1.0, 4.0, -2.0, 5.0, np.nan])
    found, low_high = outcome(values), stats.t.interval(0.95, 3, loc=2.0, scale=stats.sem([1.0, 4.0, -2.0, 5.0]))
    assert (found.low, found.high) == pytest.approx(low_high)
    assert (found.mean, found.median, found.lowest, found.highest) == (2.0, 2.5, -2.0, 5.0)
    assert (found.share_positive, found.observations) == (0.75, 4)
    assert found.table().shape == (1, 8)


@pytest.mark.parametrize("values", [[1.0, 2.0], [3.0, 3.0, 3.0], [np.nan] * 5])
def test_outcome_refuses_what_has_no_interval(values: list[float]) -> None:
    with pytest.raises(StatsError, match="do not allow an interval"):
        outcome(pd.Series(values))
