"""Paths after events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from jpresearch import charts
from jpresearch.charts.palette import ACCENT


@pytest.fixture
def episodes() -> pd.DataFrame:
    frame = pd.DataFrame(np.outer(range(6), [1.0, 2.0, 3.0, 4.0, 50.0]), index=range(6))
    frame.columns = pd.to_datetime(["2013-05-24", "2015-08-28", "2018-02-09", "2020-03-13", "2025-08-29"])
    return frame


def test_the_median_leaves_the_highlighted_episode_out(episodes, words, see):
    figure = charts.lines(episodes, highlight="2025-08-29", median=True, **words)
    (median,) = see.lines(figure, "median")
    assert list(median.get_ydata()) == [2.5 * week for week in range(6)]
    (loud,) = see.lines(figure, "highlight")
    assert to_hex(loud.get_color()).lower() == ACCENT.lower() and loud.get_ydata()[-1] == 250.0


def test_episodes_are_counted_and_named_by_their_date(episodes, words, see):
    figure = charts.lines(episodes, highlight=episodes.columns[-1], median=True, **words)
    assert len(see.lines(figure, "episode")) == 4
    assert "4 other episodes" in [text.get_text() for text in see.marked(figure, "key")]
    assert {text.get_text() for text in see.marked(figure, "end-label")} == {"Median", "29 Aug 2025"}


def test_an_episode_still_running_stops_where_it_is_known_and_is_named_there(episodes, words, see):
    episodes.iloc[3:, -1] = np.nan
    figure = charts.lines(episodes, highlight=episodes.columns[-1], median=True, **words)
    (loud,) = see.lines(figure, "highlight")
    assert np.isnan(np.asarray(loud.get_ydata(), dtype=float)[3:]).all()
    (note,) = see.marked(figure, "note")
    assert note.get_text() == "29 Aug 2025" and note.xy == (2.0, 100.0)


def test_the_median_ends_where_fewer_than_three_episodes_are_known(episodes, words, see):
    episodes.iloc[4:, :2] = np.nan
    (median,) = see.lines(charts.lines(episodes, highlight=episodes.columns[-1], median=True, **words), "median")
    drawn = np.asarray(median.get_ydata(), dtype=float)
    assert np.isfinite(drawn[:4]).all() and np.isnan(drawn[4:]).all()


def test_two_episodes_have_no_median(episodes, words, see):
    figure = charts.lines(episodes.iloc[:, :2], median=True, **words)
    assert see.lines(figure, "median") == []
    assert [text.get_text() for text in see.marked(figure, "key")] == ["2 episodes"]


def test_the_axis_counts_from_the_event(episodes, words, see):
    episodes.index = range(-2, 4)
    figure = charts.lines(episodes, median=True, x_unit="quarters after", **words)
    assert len(see.lines(figure, "event")) == 1
    assert figure.axes[0].get_xlabel() == "quarters after"


def test_a_highlighted_episode_that_is_not_there_is_refused(episodes, words):
    with pytest.raises(charts.ChartFrameInvalid, match="1999"):
        charts.lines(episodes, highlight="1999", median=True, **words)
