"""Signed bars, stacked parts and waterfalls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.dates import date2num

from jpresearch import charts
from jpresearch.charts import PURCHASE, SALE


def test_bars_carry_the_colour_of_their_sign(flows, words, see):
    net = flows["foreigners"]
    figure = charts.bars(net, **words)
    expected = [SALE.lower() if value < 0 else PURCHASE.lower() for value in net]
    assert [bar.colour for bar in see.bars(figure)] == expected
    assert [bar.height for bar in see.bars(figure)] == pytest.approx(net.to_list())


def test_a_missing_week_has_no_bar(words, see):
    net = pd.Series([5.0, np.nan, -2.0], index=pd.date_range("2025-08-15", periods=3, freq="W-FRI"))
    first, last = see.bars(charts.bars(net, **words))
    assert (first.height, last.height) == (5.0, -2.0)
    assert last.x - first.x == pytest.approx(14.0)


def test_the_key_says_what_the_signs_mean_and_can_be_left_out(flows, words, see):
    net = flows["foreigners"]
    figure = charts.bars(net, signs=("net purchases", "net sales"), **words)
    assert [text.get_text() for text in see.marked(figure, "key")] == ["net purchases", "net sales"]
    assert see.marked(charts.bars(net, **words), "key") == []


def test_highlighting_the_last_weeks_mutes_the_rest_and_writes_the_newest_value(words, see):
    net = pd.Series([400.0, -198.9, -303.2], index=pd.to_datetime(["2025-08-15", "2025-08-22", "2025-08-29"]))
    figure = charts.bars(net, highlight=2, **words)
    shades = [bar.colour for bar in see.bars(figure)]
    assert shades[1:] == [SALE.lower()] * 2
    assert sum(to_rgb(shades[0])) > sum(to_rgb(PURCHASE)) + 0.5
    (label,) = see.marked(figure, "end-label")
    assert label.get_text() == "29 Aug 2025\n\u2212303"


def test_the_last_weeks_are_the_last_known_weeks(words, see):
    net = pd.Series([1.0, 2.0, np.nan], index=pd.date_range("2025-08-15", periods=3, freq="W-FRI"))
    assert see.bars(charts.bars(net, highlight=1, **words))[1].colour == PURCHASE.lower()


def test_highlighted_dates_in_the_middle_carry_their_value_beside_the_bar(flows, words, see):
    chosen = ["2024-08-02", "2024-08-09"]
    figure = charts.bars(flows["foreigners"], highlight=chosen, **words)
    (note,) = see.marked(figure, "note")
    assert note.get_text().startswith("9 Aug 2024")
    assert note.xy[0] == date2num(np.datetime64("2024-08-09"))
    assert sum(bar.colour in (SALE.lower(), PURCHASE.lower()) for bar in see.bars(figure)) == 2


def test_a_highlighted_date_that_is_not_there_is_refused(flows, words):
    with pytest.raises(charts.ChartFrameInvalid, match="2031"):
        charts.bars(flows["foreigners"], highlight=["2031-01-03"], **words)


def test_an_overlaid_line_is_named_at_its_end(flows, words, see):
    mean = flows["foreigners"].rolling(13).mean()
    figure = charts.bars(flows["foreigners"], line=mean, line_label="13-week mean", **words)
    (line,) = see.lines(figure, "line")
    assert np.asarray(line.get_ydata())[-1] == pytest.approx(mean.iloc[-1])
    assert [text.get_text() for text in see.marked(figure, "end-label")] == ["13-week mean"]


def test_few_weeks_are_dated_one_by_one(words, see):
    net = pd.Series(range(1, 6), index=pd.date_range("2025-08-01", periods=5, freq="W-FRI"))
    texts = [text.get_text() for text in see.texts(charts.bars(net, **words))]
    assert {"1 Aug\n2025", "8 Aug", "15 Aug", "22 Aug", "29 Aug"} <= set(texts)


def test_parts_stack_away_from_zero_on_their_own_side(words, see):
    frame = pd.DataFrame(
        {"foreigners": [3.0], "individuals": [-1.0], "trust_banks": [-2.0], "others": [4.0]}, index=["2025"]
    )
    bars = see.bars(charts.stack(frame, **words))
    assert [(bar.y, bar.height) for bar in bars] == [(0, 3), (0, -1), (-1, -2), (3, 4)]


def test_a_missing_part_is_not_drawn_and_does_not_move_the_others(words, see):
    frame = pd.DataFrame({"foreigners": [3.0, np.nan], "individuals": [1.0, 2.0]}, index=["2024", "2025"])
    figure = charts.stack(frame, **words)
    assert [(bar.y, bar.height) for bar in see.bars(figure)] == [(0, 3), (3, 1), (0, 2)]
    assert [text.get_text() for text in see.marked(figure, "end-label")] == ["Individuals"]
    assert [text.get_text() for text in see.marked(figure, "key")] == ["Foreigners"]


def test_each_part_is_named_level_with_its_piece_of_the_last_bar(flows, words, see):
    figure = charts.stack(flows[["foreigners"]].abs(), labels={"foreigners": "Abroad"}, **words)
    (label,) = see.marked(figure, "end-label")
    assert label.get_text() == "Abroad"
    assert label.xy[1] == pytest.approx(abs(flows["foreigners"].iloc[-1]) / 2)


def test_a_part_without_a_piece_of_the_last_bar_is_named_in_the_key(words, see):
    frame = pd.DataFrame({"foreigners": [3.0, 0.0], "individuals": [1.0, 2.0]}, index=["2024", "2025"])
    figure = charts.stack(frame, **words)
    assert [text.get_text() for text in see.marked(figure, "end-label")] == ["Individuals"]
    assert [text.get_text() for text in see.marked(figure, "key")] == ["Foreigners"]


def test_whole_years_are_written_as_years(words, see):
    frame = pd.DataFrame({"foreigners": [1.0, 2.0, 3.0]}, index=[2023, 2024, 2025])
    assert {"2023", "2024", "2025"} <= {text.get_text() for text in see.texts(charts.stack(frame, **words))}


def test_many_categories_are_thinned_rather_than_overlapped(words, see):
    frame = pd.DataFrame({"foreigners": np.ones(60)}, index=[f"{2011 + n // 4} Q{n % 4 + 1}" for n in range(60)])
    figure = charts.stack(frame, **words)
    assert see.clashes(see.texts(figure)) == []


def test_contributions_start_where_the_last_one_ended(words, see):
    parts = pd.Series({"Earnings": 30.0, "Re-rating": -50.0, "Yen": 5.0})
    bars = see.bars(charts.waterfall(parts, total_label="Price", **words))
    assert [(bar.y, bar.height) for bar in bars] == [(0, 30), (30, -50), (-20, 5), (0, -15)]
    assert [bar.colour for bar in bars][:3] == [
        PURCHASE.lower(),
        SALE.lower(),
        PURCHASE.lower(),
    ]


def test_contributions_and_total_are_written(words, see):
    figure = charts.waterfall(pd.Series({"Earnings": 30.0, "Re-rating": -50.0}), total_label="Price", **words)
    assert [text.get_text() for text in see.marked(figure, "value")] == ["+30", "\u221250", "\u221220"]
    assert "Price" in [text.get_text() for text in see.texts(figure)]


def test_a_missing_contribution_is_refused_because_the_total_would_be_wrong(words):
    with pytest.raises(charts.ChartFrameInvalid, match="Yen is missing"):
        charts.waterfall(pd.Series({"Earnings": 30.0, "Yen": np.nan}), total_label="Price", **words)


def test_two_lines_over_bars_are_named_and_told_apart_and_three_are_refused(flows, words):
    net = flows["foreigners"]
    two = pd.DataFrame({"cash": net.rolling(4).sum(), "futures": -net})
    figure = charts.bars(net, line=two, labels={"cash": "Cash, sum"}, **words)
    lines = [series for series in charts.points_of(figure) if series.kind == "line"]
    assert [series.name for series in lines] == ["Cash, sum", "Futures"]
    with pytest.raises(charts.ChartFrameInvalid, match="3 lines"):
        charts.bars(net, line=two.assign(third=net), **words)
