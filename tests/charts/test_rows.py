"""Intervals, ranges, ranks and scatter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from jpresearch import charts
from jpresearch.charts import PURCHASE, SALE


def _estimates():
    rows = {"clear": (2.0, 1.0, 3.0), "covers": (0.5, -0.5, 1.5), "none": (np.nan, np.nan, np.nan)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])


def test_an_estimate_is_hollow_where_its_interval_covers_the_reference(words, see):
    clear, covers, _ = see.lines(charts.intervals(_estimates(), **words), "estimate")
    assert to_hex(clear.get_markerfacecolor()) == to_hex(clear.get_color())
    assert to_hex(covers.get_markerfacecolor()) == "#ffffff"
    moved, _, _ = see.lines(charts.intervals(_estimates(), reference=2.5, **words), "estimate")
    assert to_hex(moved.get_markerfacecolor()) == "#ffffff"


def test_whiskers_run_from_low_to_high_and_numbers_are_written(words, see):
    figure = charts.intervals(_estimates(), **words)
    whiskers = see.lines(figure, "whisker")
    assert list(whiskers[0].get_xdata()) == [1.0, 3.0]
    values = [text.get_text() for text in see.marked(figure, "value")]
    assert values == ["2.00  (1.00 to 3.00)", "0.50  (\u22120.50 to 1.50)", "not available"]


def test_an_estimate_without_interval_says_so_and_is_not_drawn_as_one_that_covers(words, see):
    frame = pd.DataFrame({"estimate": [2.0], "low": [np.nan], "high": [np.nan]}, index=["a"])
    figure = charts.intervals(frame, **words)
    assert [text.get_text() for text in see.marked(figure, "value")] == ["2 (no interval)"]
    (dot,) = see.lines(figure, "estimate")
    assert to_hex(dot.get_markerfacecolor()) != "#ffffff"


def test_the_key_names_only_the_dots_there_are(words, see):
    both, clear = _estimates(), _estimates().loc[["clear"]]
    assert len(see.marked(charts.intervals(both, **words), "key")) == 2
    assert [text.get_text() for text in see.marked(charts.intervals(clear, **words), "key")] == ["interval excludes 0"]
    observed = charts.intervals(clear, **words, span="range")
    assert [text.get_text() for text in see.marked(observed, "key")] == ["range excludes 0"]


def test_rows_read_from_the_top_and_the_figure_grows_with_them(words):
    few = charts.intervals(_estimates(), **words)
    many = charts.intervals(pd.concat([_estimates()] * 6), **words)
    low, high = few.axes[0].get_ylim()
    assert low > high
    assert many.get_figheight() > few.get_figheight() + 3


def test_a_range_shows_its_ends_middle_median_and_now(words, see):
    row = {"low": 1.0, "q25": 2.0, "median": 3.0, "q75": 4.0, "high": 9.0, "now": 8.0}
    figure = charts.range(pd.DataFrame([row], index=["8035"]), **words)
    drawn = {gid: list(see.lines(figure, gid)[0].get_xdata()) for gid in ("range", "middle", "median", "now")}
    assert drawn == {"range": [1, 9], "middle": [2, 4], "median": [3, 3], "now": [8]}
    assert [text.get_text() for text in see.marked(figure, "key")] == ["whole range", "middle half", "median", "now"]
    assert "Tokyo Electron" in [text.get_text() for text in see.texts(figure)]


def test_ranges_on_both_sides_of_zero_have_a_zero_line(words, see):
    row = {"low": -1.0, "q25": 2.0, "median": 3.0, "q75": 4.0, "high": 9.0, "now": 8.0}
    frame = pd.DataFrame([row], index=["8035"])
    assert len(see.lines(charts.range(frame, **words), "zero")) == 1
    assert see.lines(charts.range(frame + 5, **words), "zero") == []


def test_a_name_without_a_value_now_says_so(words, see):
    frame = pd.DataFrame(
        {"low": 1.0, "q25": 2.0, "median": 3.0, "q75": 4.0, "high": 9.0, "now": [8.0, np.nan]}, index=["a", "b"]
    )
    values = [text.get_text() for text in see.marked(charts.range(frame, **words), "value")]
    assert values == ["8", "not available"]


def test_bars_are_in_rank_order_and_carry_their_sign(words, see):
    series = pd.Series({"a": -3.0, "b": 5.0, "c": np.nan, "d": 1.0})
    figure = charts.bars(series, **words)
    bars = see.bars(figure)
    assert [bar.width for bar in bars] == [5.0, 1.0, -3.0]
    assert [bar.colour for bar in bars] == [PURCHASE.lower(), PURCHASE.lower(), SALE.lower()]
    assert [text.get_text() for text in see.marked(figure, "value")] == ["5", "1", "\u22123"]


def test_the_heaviest_sales_come_first_where_all_are_sales(words, see):
    bars = see.bars(charts.bars(pd.Series({"a": -1.0, "b": -9.0, "c": -4.0}), top=2, **words))
    assert [bar.width for bar in bars] == [-9.0, -4.0]


def test_a_highlighted_name_below_the_top_is_shown_with_its_rank(flows, words, see):
    week = flows["foreigners"].sort_values(ascending=False).index[26]
    figure = charts.bars(flows["foreigners"], top=5, highlight=week, upright=False, **words)
    names = [text.get_text() for text in see.texts(figure)]
    assert len(see.bars(figure)) == 6
    assert any(name.startswith("No. 27: ") and name.endswith(str(week.year)) for name in names)


def test_names_that_are_not_highlighted_are_muted(words, see):
    figure = charts.bars(pd.Series({"a": 1.0, "b": 2.0}), highlight="a", **words)
    muted, loud = (sum(to_rgb(bar.colour)) for bar in see.bars(figure))
    assert muted > loud + 0.5


def test_values_beside_negative_bars_keep_clear_of_the_names(words, see):
    series = pd.Series({"a_long_name_of_a_class": -1543.0, "another_class": -1509.0, "third": 20.0})
    figure = charts.bars(series, **words)
    assert see.clashes(see.texts(figure)) == []


def test_every_pair_is_a_point_and_missing_pairs_are_left_out(words):
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan], "y": [3.0, np.nan, 5.0]})
    (points,) = charts.scatter(frame, x_unit="percent", **words).axes[0].collections
    assert points.get_offsets().tolist() == [[1.0, 3.0]]


def test_the_fitted_line_has_its_slope_and_intercept(words, see):
    frame = pd.DataFrame({"x": [0.0, 10.0], "y": [1.0, 2.0]})
    figure = charts.scatter(frame, x_unit="percent", fit=(0.5, 1.0), **words)
    (line,) = see.lines(figure, "fit")
    assert np.allclose(np.asarray(line.get_ydata()), [1.0, 6.0])
    assert figure.axes[0].get_xlabel() == "percent"


def test_annotated_points_that_lie_together_keep_their_words_apart(words, see):
    index = pd.date_range("2025-01-03", periods=60, freq="W-FRI")
    noise = np.random.default_rng(3).normal(size=(60, 2))
    frame = pd.DataFrame(noise, index=index, columns=["x", "y"])
    frame.iloc[:4] = [[0.0, 0.0], [0.02, 0.0], [0.0, 0.02], [0.02, 0.02]]
    chosen = {index[n]: f"week number {n}" for n in range(4)}
    figure = charts.scatter(frame, x_unit="x", annotate=chosen, **words)
    figure.draw_without_rendering()
    notes = see.marked(figure, "note")
    assert [note.get_text() for note in notes] == list(chosen.values())
    assert see.clashes(notes) == []


def test_an_annotation_of_a_point_that_is_not_there_is_refused(words):
    with pytest.raises(charts.ChartFrameInvalid, match="nowhere"):
        charts.scatter(pd.DataFrame({"x": [1.0], "y": [1.0]}), x_unit="x", annotate={"nowhere": "?"}, **words)


def test_three_columns_without_x_and_y_are_refused(words):
    with pytest.raises(charts.ChartFrameInvalid, match="columns x and y"):
        charts.scatter(pd.DataFrame({"a": [1.0], "b": [1.0], "c": [1.0]}), x_unit="x", **words)
