from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.inputs import Inputs
from jpresearch.studies.foreign_flows.present import entry_weeks, heaviness

Make = Callable[..., Inputs]
Noise = tuple[pd.Series, pd.Series]


@pytest.fixture
def weeks(make_inputs: Make, noise: Noise) -> pd.DataFrame:
    return study.weekly(make_inputs(*noise))


def aftermath(inputs: Inputs, side: str, settings: study.Settings) -> study.Aftermath:
    return study.aftermath(study.weekly(inputs), study.week_closes(inputs), side, settings)


def test_rank_one_is_the_heaviest_of_its_side(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    for value, side in ((-5000.0, "selling"), (5000.0, "buying")):
        heavy = net.mask(net.index == net.index[-1], value)
        rank = study.rank_of_newest(study.weekly(make_inputs(heavy, change)), 1)
        assert rank is not None
        assert (rank.rank, rank.of, rank.side, rank.relative_rank) == (1, 260, side, 1)


def test_the_selling_rank_of_heavy_buying_is_the_last(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    frame = study.weekly(make_inputs(net.mask(net.index == net.index[-1], 9000.0), change))
    rank = study.rank_of_newest(frame, 2, "selling")
    assert rank is not None
    assert rank.rank == rank.of == 259


def test_late_august_2025_ranks_93_of_699_and_is_no_record(found: Callable[..., study.Findings]) -> None:
    rank = found("2025-09-05").newest_rank
    assert rank is not None
    assert (rank.rank, rank.of, rank.side) == (93, 699, "selling")
    assert (rank.relative_rank, rank.relative_of) == (154, 672)


def test_a_weeks_rank_does_not_depend_on_later_weeks(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    short = study.rank_of_newest(study.weekly(make_inputs(net[:200], change[:200])), 2)
    later = net.copy()
    later.iloc[200:] = -1e5
    long = study.weekly(make_inputs(later, change))
    assert study.rank_of_newest(long.iloc[:200], 2) == short


def test_no_rank_where_a_week_of_the_span_is_missing(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    frame = study.weekly(make_inputs(net.mask(net.index == net.index[-2]), change))
    assert study.rank_of_newest(frame, 2) is None
    assert study.rank_of_newest(frame, 1) is not None


def test_ranges_hold_the_newest_value_and_its_past(weeks: pd.DataFrame) -> None:
    strip = study.ranges(weeks)
    assert strip.loc["1 week", "now"] == weeks["net"].iloc[-1]
    assert strip.loc["2 weeks", "low"] == pytest.approx(study.span_sum(weeks["net"], 2).min())
    assert (strip[["low", "q25", "median", "q75", "high"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_the_entry_is_the_first_weekly_close_after_the_day_of_publication() -> None:
    ends = pd.DatetimeIndex(["2025-08-29", "2025-09-05", "2025-09-12"])
    published = pd.Series(
        pd.DatetimeIndex(["2025-09-04 15:30", "2025-09-05 15:30", "2025-09-12 15:30"]).tz_localize("Asia/Tokyo"),
        index=list("abc"),
    )
    entries = entry_weeks(published, ends)
    assert entries["a"] == pd.Timestamp("2025-09-05")
    # Published at the close of the last session: only the next week's close can be used.
    assert entries["b"] == pd.Timestamp("2025-09-12")
    assert pd.isna(entries["c"])


def test_what_followed_is_measured_from_the_entry(make_inputs: Make, noise: Noise) -> None:
    inputs = make_inputs(*noise)
    after = aftermath(inputs, "selling", study.Settings(extreme_share=0.1, horizon_weeks=8))
    level = study.week_closes(inputs)["topix"]
    assert len(after.starts) > 3
    for start in after.starts[:3]:
        entry = after.entries[start]
        assert entry > start
        place = level.index.get_loc(entry)
        assert after.changes[start] == pytest.approx((level.iloc[place + 8] / level.iloc[place] - 1) * 100)


def test_episodes_share_no_week_of_what_followed(make_inputs: Make, noise: Noise) -> None:
    asked = study.Settings(extreme_share=0.25, horizon_weeks=6)
    inputs = make_inputs(*noise)
    after, ends = aftermath(inputs, "selling", asked), study.week_closes(inputs).index
    entries = pd.DatetimeIndex(after.entries.dropna())
    places = ends.get_indexer(entries)
    assert len(places) >= 8
    assert (np.diff(places) >= 6).all()


def test_whether_a_week_counts_does_not_depend_on_later_weeks(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    net, change = noise
    whole = aftermath(make_inputs(net, change), "selling", settings)
    part = aftermath(make_inputs(net[:200], change[:200]), "selling", settings)
    assert list(part.starts) == [start for start in whole.starts if start <= net.index[199]]


def test_an_episode_whose_horizon_is_not_over_is_left_out_of_the_mean(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    heavy = net.copy()
    heavy.iloc[-17:-3] *= 0.1
    heavy.iloc[-3] = -9000.0
    after = aftermath(make_inputs(heavy, change), "selling", study.Settings(episode_weeks=1))
    assert net.index[-3] in after.starts
    assert np.isnan(after.changes[net.index[-3]])
    assert after.result is not None
    assert after.result.observations == after.changes.notna().sum() < len(after.starts)


def test_a_purchase_never_counts_as_heavy_selling(make_inputs: Make, noise: Noise) -> None:
    net, change = noise[0].abs() + 1.0, noise[1]
    after = aftermath(make_inputs(net, change), "selling", study.Settings(extreme_share=0.25))
    assert after.starts.empty
    assert after.result is None
    assert study.episodes_table(after)["remark"].notna().all()


def test_a_fall_built_into_the_data_is_found(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    heavy = net * 0.1
    heavy.iloc[50] = -2000.0
    heavy.iloc[[120, 145, 170, 195, 220]] = [-3000.0, -3100.0, -3200.0, -3300.0, -3400.0]
    falls = change * 0.05
    for place in (120, 145, 170, 195, 220):
        falls.iloc[place + 2 : place + 6] -= 2.0
    asked = study.Settings(episode_weeks=1, episode_unit="yen", extreme_share=0.01)
    after = aftermath(make_inputs(heavy, falls), "selling", asked)
    assert list(after.starts) == list(net.index[[120, 145, 170, 195, 220]])
    assert after.result is not None
    assert after.result.high < -5
    assert after.usual is not None
    assert after.result.high < after.usual


def test_without_enough_history_nothing_is_claimed(make_inputs: Make, noise: Noise, settings: study.Settings) -> None:
    net, change = noise
    after = aftermath(make_inputs(net[:100], change[:100]), "selling", settings)
    assert after.result is None
    assert "too few" in after.why


def test_the_unit_decides_what_is_heavy(weeks: pd.DataFrame) -> None:
    in_yen = heaviness(weeks, study.Settings(episode_unit="yen", episode_weeks=1))
    relative = heaviness(weeks, study.Settings(episode_unit="relative", episode_weeks=1))
    pd.testing.assert_series_equal(in_yen, weeks["net"])
    assert relative.iloc[100] == pytest.approx(weeks["net"].iloc[100] / weeks["spread"].iloc[100])


def test_the_newest_week_is_drawn_only_with_its_own_close(
    make_inputs: Make, noise: Noise, settings: study.Settings
) -> None:
    inputs = make_inputs(*noise)
    last = noise[0].index[-1]
    assert aftermath(inputs, "selling", settings).newest == last
    market = inputs.market[inputs.market["period_end"] < last]
    cut = aftermath(Inputs(inputs.flows, market, None, inputs.start), "selling", settings)
    assert cut.newest is None
    assert last not in cut.courses.columns


def test_the_ministrys_weeks_stand_beside_in_billions_and_are_never_joined(
    found: Callable[..., study.Findings],
) -> None:
    frame = found("2025-09-05").mof
    assert frame is not None
    assert list(frame.columns) == ["foreigners_jpx", "foreigners_mof"]
    newest = frame.loc["2025-08-25"]
    assert (round(newest["foreigners_jpx"], 3), newest["foreigners_mof"]) == (-303.154, -785.7)
    assert (pd.DatetimeIndex(frame.index).day_of_week == 0).all()
