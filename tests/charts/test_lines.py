"""Lines, small multiples, and shares against their band."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import date2num

from jpresearch import charts
from jpresearch.charts.palette import MUTED_LINE


def _line_of(figure, see, shade):
    (line,) = [line for line in see.lines(figure, "line") if to_hex(line.get_color()).lower() == shade.lower()]
    return line


def test_a_missing_value_is_a_gap_in_the_line(flows, words, see):
    flows.iloc[20:25, 0] = np.nan
    figure = charts.lines(flows[["foreigners"]], **words)
    drawn = np.ma.filled(np.ma.asarray(_line_of(figure, see, charts.colour("foreigners")).get_ydata()), np.nan)
    assert np.isnan(drawn[20:25]).all() and np.isfinite(np.delete(drawn, range(20, 25))).all()


def test_a_value_alone_between_gaps_is_a_dot(words, see):
    index = pd.date_range("2020-12-31", periods=5, freq="YE")
    figure = charts.lines(pd.DataFrame({"a": [1.0, np.nan, 3.0, np.nan, np.nan]}, index=index), **words)
    (dots,) = see.lines(figure, "lone")
    assert list(dots.get_ydata()) == [1.0, 3.0]
    assert dots.get_marker() == "o"


def test_every_line_is_named_at_its_end_in_its_colour(flows, words, see):
    figure = charts.lines(flows.cumsum(), **words)
    figure.draw_without_rendering()
    labels = {text.get_text(): text for text in see.marked(figure, "end-label")}
    assert set(labels) == {charts.label(name) for name in flows.columns}
    right = figure.axes[0].get_window_extent().x1
    for name in flows.columns:
        label = labels[charts.label(name)]
        assert see.box(label).x0 > right
        assert label.xy == pytest.approx((date2num(flows.index[-1].to_numpy()), flows[name].sum()))


def test_labels_of_lines_that_end_together_do_not_overlap(words, see):
    index = pd.date_range("2025-01-03", periods=30, freq="W-FRI")
    frame = pd.DataFrame({f"series {n}": np.linspace(0, 1 + n / 1000, 30) for n in range(14)}, index=index)
    figure = charts.lines(frame, **words)
    figure.draw_without_rendering()
    assert len(see.marked(figure, "end-label")) == 14
    assert see.clashes(see.marked(figure, "end-label")) == []


def test_many_labels_make_the_figure_taller_than_few(words):
    index = pd.date_range("2025-01-03", periods=30, freq="W-FRI")
    frame = pd.DataFrame(np.arange(900.0).reshape(30, 30), index=index, columns=[f"s {n}" for n in range(30)])
    assert charts.lines(frame, **words).get_figheight() > charts.lines(frame[["s 1"]], **words).get_figheight() + 1


def test_a_line_that_ended_long_ago_is_named_where_it_ends(flows, words, see):
    flows.iloc[60:, 1] = np.nan
    figure = charts.lines(flows[["foreigners", "individuals"]], **words)
    (note,) = see.marked(figure, "note")
    assert note.get_text() == "Individuals"
    assert note.xy[0] == date2num(flows.index[59].to_numpy())


def test_a_series_without_values_is_said_to_be_not_available(flows, words, see):
    flows["individuals"] = np.nan
    figure = charts.lines(flows, **words)
    assert "Individuals: not available" in [text.get_text() for text in see.marked(figure, "key")]


def test_foreigners_have_one_colour_in_all_charts(flows, words, see):
    shade = charts.colour("foreigners").lower()
    line = _line_of(charts.lines(flows, **words), see, shade)
    panel = charts.panels(flows, **words).axes[0].lines[0]
    bars = see.bars(charts.stack(flows[["foreigners"]].tail(9), **words))
    assert {to_hex(line.get_color()), to_hex(panel.get_color()), *(bar.colour for bar in bars)} == {shade}


def test_highlighting_turns_the_others_grey(flows, words, see):
    figure = charts.lines(flows, highlight="foreigners", **words)
    shades = [to_hex(line.get_color()).lower() for line in see.lines(figure, "line")]
    assert shades == [charts.colour("foreigners").lower()] + [MUTED_LINE.lower()] * 5


def test_a_highlight_that_is_not_there_is_refused(flows, words):
    with pytest.raises(charts.ChartFrameInvalid, match="martians"):
        charts.lines(flows, highlight="martians", **words)


def test_a_band_covers_its_range_and_leaves_gaps_open(words, see):
    lags = pd.Series(np.linspace(1, 2, 9), index=range(-4, 5))
    low, high = lags - 0.5, (lags + 0.5).where(lags.index != 0)
    figure = charts.lines(pd.DataFrame({"slope": lags}), bands={"slope": (low, high)}, x_unit="weeks", **words)
    (band,) = [item for item in figure.axes[0].collections if item.get_gid() == "band"]
    assert len(band.get_paths()) == 2
    assert band.get_datalim(figure.axes[0].transData).y0 == pytest.approx(0.5)
    assert figure.axes[0].get_xlabel() == "weeks"


def test_a_reference_is_drawn_across_and_named(flows, words, see):
    figure = charts.lines(flows, references={"Ten-year mean": 150.0}, **words)
    (line,) = see.lines(figure, "reference")
    assert list(line.get_ydata()) == [150.0, 150.0]
    assert "Ten-year mean" in [text.get_text() for text in see.marked(figure, "end-label")]


def test_a_log_scale_has_plain_numbers_and_refuses_zero(words, see):
    index = pd.date_range("2020-01-31", periods=40, freq="ME")
    frame = pd.DataFrame({"a": np.geomspace(10, 5000, 40)}, index=index)
    figure = charts.lines(frame, log=True, **words)
    assert figure.axes[0].get_yscale() == "log"
    assert {"100", "1,000"} <= {text.get_text() for text in see.texts(figure)}
    with pytest.raises(charts.ChartFrameInvalid, match="log scale"):
        charts.lines(frame - 10, log=True, **words)


def test_zero_has_a_line_where_it_is_in_view_only(flows, words, see):
    assert len(see.lines(charts.lines(flows, **words), "zero")) == 1
    assert see.lines(charts.lines(flows.abs() + 5000, **words), "zero") == []


def test_the_frame_may_come_in_any_order(flows, words):
    shuffled = flows.sample(frac=1.0, random_state=1)
    assert charts.to_png(charts.lines(shuffled, **words), dpi=50) == charts.to_png(charts.lines(flows, **words), dpi=50)


def test_each_panel_is_headed_by_its_name_and_latest_value(flows, words, see):
    flows.iloc[-3:, 1] = np.nan
    figure = charts.panels(flows, **words)
    heads = [ax.get_title(loc="left") for ax in figure.axes if ax.get_visible()]
    assert [" ".join(head.split()) for head in heads] == [charts.label(name) for name in flows.columns]
    latest = [text.get_text() for text in see.marked(figure, "latest")]
    known = [flows[name].dropna().iloc[-1] for name in flows.columns]
    assert [float(text.replace("\u2212", "-").replace(",", "")) for text in latest] == pytest.approx(known, rel=0.006)


def test_latest_values_in_one_unit_share_their_decimals(flows, words, see):
    frame = pd.DataFrame({"a": [1.29, 1.29], "b": [-0.55, -0.55], "c": [0.1, 0.1]}, index=flows.index[:2])
    latest = [text.get_text() for text in see.marked(charts.panels(frame, **words), "latest")]
    assert latest == ["1.29", "\u22120.55", "0.10"]


def test_panels_take_a_unit_each(flows, words, see):
    units = {"foreigners": "JPY bn", "individuals": "percent"}
    figure = charts.panels(flows[["foreigners", "individuals"]], **(words | {"unit": units}))
    assert [text.get_text() for text in see.marked(figure, "panel-unit")] == ["JPY bn", "percent"]


def test_a_panel_without_values_says_so_and_the_rest_stay_on_one_scale(flows, words, see):
    flows["individuals"] = np.nan
    figure = charts.panels(flows, share_y=True, **words)
    assert [text.get_text() for text in figure.axes[1].texts if "available" in text.get_text()] == ["not available"]
    assert len({ax.get_ylim() for ax in figure.axes}) == 1
    assert any(text.get_text() == "0" for text in see.texts(figure))


def test_spare_places_of_the_grid_stay_empty(flows, words):
    figure = charts.panels(flows.iloc[:, :4], columns=3, **words)
    assert [ax.get_visible() for ax in figure.axes] == [True] * 4 + [False] * 2


def test_a_share_keeps_its_gap_and_its_band_steps(words, see):
    quarters = pd.date_range("2019-03-31", periods=8, freq="QE")
    frame = pd.DataFrame({"value": 24.45, "target": 25.0, "low": 17.0, "high": 33.0}, index=quarters)
    frame.loc[quarters[2], "value"] = np.nan
    frame.loc[quarters[5] :, ["low", "high"]] = [19.0, 31.0]
    share = frame[["value"]].set_axis(["domestic_equities"], axis="columns")
    bands = {"domestic_equities": (frame["low"], frame["high"])}
    figure = charts.lines(share, steps=True, bands=bands, references={"Target": frame["target"]}, **words)
    (line,) = see.lines(figure, "line")
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)[2])
    (target,) = see.lines(figure, "target")
    assert target.get_drawstyle() == "steps-post"
    (band,) = [item for item in figure.axes[0].collections if item.get_gid() == "band"]
    corners = {(float(x), float(y)) for x, y in band.get_paths()[0].vertices}
    change = date2num(quarters[5].to_numpy())
    assert {(change, 33.0), (change, 31.0), (change, 17.0), (change, 19.0)} <= corners
    names = [text.get_text() for text in see.marked(figure, "end-label")]
    assert names == ["Domestic equities 24.45", "Target 25", "Upper limit 31", "Lower limit 19"]


@pytest.mark.parametrize("days", [20, 45, 100, 400, 700, 1000, 1600])
def test_no_span_of_days_is_too_short_or_too_long_for_the_axis(days: int) -> None:
    index = pd.date_range("2021-04-30", periods=days, freq="D")
    frame = pd.DataFrame({name: np.arange(days, dtype=float) for name in ("a", "b", "c")}, index=index)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = charts.to_png(charts.panels(frame, title="t", unit="u", source="s"), dpi=40)
    assert picture.startswith(b"\x89PNG")
