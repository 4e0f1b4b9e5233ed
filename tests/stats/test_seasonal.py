"""What is usual for a season comes from earlier years alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.seasonal import usual_for_season


def weekly(years: int = 6) -> tuple[pd.Series, pd.Series]:
    index = pd.date_range("2015-01-02", periods=52 * years, freq="W-FRI")
    values = np.random.default_rng(0).normal(size=len(index)) - 5.0 * (index.month == 9)
    return pd.Series(values, index=index), pd.Series(index.month, index=index)


def test_it_is_the_mean_of_the_means_of_earlier_years() -> None:
    series, month = weekly()
    usual = usual_for_season(series, month)
    september = series[(series.index.month == 9) & (series.index.year < 2019)]
    expected = september.groupby(september.index.year).mean().mean()
    assert usual.loc["2019-09"].to_numpy() == pytest.approx(expected)


def test_later_weeks_and_the_own_year_play_no_part() -> None:
    series, month = weekly()
    changed = series.copy()
    changed.loc["2019":] = 1e6
    pd.testing.assert_series_equal(usual_for_season(series, month)[:"2019"], usual_for_season(changed, month)[:"2019"])


def test_with_too_few_earlier_years_it_is_missing() -> None:
    series, month = weekly()
    usual = usual_for_season(series, month, fewest_years=3)
    assert usual[:"2017"].isna().all() and usual["2018":].notna().all()


def test_a_year_without_the_season_counts_as_none() -> None:
    series, month = weekly()
    series.loc["2016-09"] = np.nan
    usual = usual_for_season(series, month, fewest_years=3)
    assert usual.loc["2018-09"].isna().all() and usual.loc["2018-08"].notna().all()


def test_a_season_on_another_index_is_refused() -> None:
    series, month = weekly()
    with pytest.raises(StatsError, match="same index"):
        usual_for_season(series, month.iloc[1:])
    with pytest.raises(StatsError, match="dates"):
        usual_for_season(series.reset_index(drop=True), month)
