"""What holds for every kind of figure."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from jpresearch import charts


def test_title_unit_and_source_are_written_in_full(figure, see, words):
    for gid in ("title", "unit"):
        written = " ".join(text.get_text() for text in see.marked(figure, gid))
        assert written.split(", added up")[0].split() == words[gid].split()
    (source,) = see.marked(figure, "source")
    assert source.get_text().split() == f"Source: {words['source']}".split()


def test_title_is_bold_and_left_and_source_is_small_at_the_bottom_left(figure, see):
    (title,), (source,), unit = (see.marked(figure, gid) for gid in ("title", "source", "unit"))
    assert title.get_fontweight() == "bold" and title.get_horizontalalignment() == "left"
    assert source.get_fontsize() < unit[0].get_fontsize() < title.get_fontsize()
    assert see.box(title).x0 == pytest.approx(see.box(source).x0, abs=4)
    assert see.box(source).y1 < min(see.box(text).y0 for text in see.texts(figure) if text is not source)


def test_unit_stands_upright_above_the_plot(figure, see):
    tops = [ax.get_window_extent().y1 for ax in figure.axes if ax.get_visible()]
    for unit in see.marked(figure, "unit"):
        assert unit.get_rotation() == 0
        assert see.box(unit).y0 > max(tops)
    assert all(ax.get_ylabel() == "" for ax in figure.axes)


@pytest.mark.parametrize("dpi", [72, 200])
def test_every_word_is_inside_the_figure_at_any_resolution(figure, see, monkeypatch, dpi):
    monkeypatch.setattr(figure, "dpi", dpi)
    cut = [text.get_text() for text in see.texts(figure) if not _inside(see.box(text), figure.bbox.padded(1.0))]
    assert cut == []


def _inside(box, frame):
    return box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1


def test_no_two_words_overlap(figure, see):
    assert see.clashes(see.texts(figure)) == []


def test_no_box_round_the_plot_and_no_vertical_grid_on_value_charts(figure, kind):
    for ax in figure.axes:
        if ax.get_visible() and kind != "heat":
            assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
    if kind in {"lines", "bars", "stack", "episodes", "policy", "scatter"}:
        assert not any(line.get_visible() for line in figure.axes[0].get_xgridlines())
        assert all(line.get_visible() for line in figure.axes[0].get_ygridlines())


def test_no_legend_box_is_used(figure):
    assert all(ax.get_legend() is None for ax in figure.axes) and not figure.legends


def test_drawing_leaves_global_settings_as_they_were(flows, words):
    before = dict(mpl.rcParams)
    charts.lines(flows, **words)
    charts.heat(flows.head(2), **words)
    assert dict(mpl.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_settings_made_elsewhere_do_not_change_a_figure(draw):
    plain = charts.to_png(draw("lines"))
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.grid": True, "axes.facecolor": "red"}):
        assert charts.to_png(draw("ranked")) == charts.to_png(draw("ranked"))
    with mpl.rc_context({"font.size": 20, "xtick.labelsize": 20, "text.parse_math": True}):
        assert charts.to_png(draw("lines")) == plain


@pytest.mark.parametrize("kind", ["stack", "scatter", "episodes", "heat", "intervals"])
def test_the_same_frame_gives_the_same_picture(draw, kind):
    assert charts.to_png(draw(kind), dpi=40) == charts.to_png(draw(kind), dpi=40)


def test_a_long_title_makes_the_figure_taller_and_is_not_cut(see, flows, words):
    short = charts.lines(flows, **(words | {"title": "Short"}))
    long = charts.lines(flows, **(words | {"title": "A title that goes on and on about everything " * 6}))
    assert long.get_figheight() > short.get_figheight() + 0.4
    (title,) = see.marked(long, "title")
    long.draw_without_rendering()
    assert _inside(see.box(title), long.bbox)
    assert long.axes[0].get_window_extent().height == pytest.approx(short.axes[0].get_window_extent().height, rel=0.01)


def test_no_word_of_a_title_stands_alone_on_its_last_line(see, flows, words):
    title = (
        "In 2026 foreigners have bought a net ten trillion yen of shares while TOPIX rose by 19.3% to August, the most"
    )
    (text,) = see.marked(charts.lines(flows, **(words | {"title": title})), "title")
    first, last = text.get_text().split("\n")
    assert len(last) > len(first) / 2


def test_an_amount_is_never_broken(see, flows, words):
    for lead in range(8):
        title = "x" * lead + " they sold JPY 2.04 tn" * 8
        (text,) = see.marked(charts.lines(flows.iloc[:3, :1], **(words | {"title": title})), "title")
        assert "JPY\n" not in text.get_text() and "\ntn" not in text.get_text()


def test_a_word_wider_than_the_figure_is_broken_not_cut(see, flows, words):
    figure = charts.lines(flows, **(words | {"title": "W" * 120}))
    (title,) = see.marked(figure, "title")
    assert _inside(see.box(title), figure.bbox)
    assert title.get_text().replace("\n", "") == "W" * 120


def test_dollar_signs_are_text_not_formulas(see, flows, words):
    figure = charts.lines(flows, **(words | {"title": "From $1 to $2"}))
    (title,) = see.marked(figure, "title")
    assert title.get_text() == "From $1 to $2" and title.get_parse_math() is False


CALLS = {
    "bars": lambda frame, **words: charts.bars(frame["a"], **words),
    "lines": charts.lines,
    "panels": charts.panels,
    "scatter": lambda frame, **words: charts.scatter(frame, x_unit="x", **words),
    "stack": charts.stack,
    "cumulative": charts.cumulative,
    "dumbbell": charts.dumbbell,
    "sparklines": charts.sparklines,
    "dots": lambda frame, **words: charts.dots(_renamed(frame, "value"), threshold=1.0, **words),
    "heat": charts.heat,
    "waterfall": lambda frame, **words: charts.waterfall(frame["a"], total_label="sum", **words),
    "intervals": lambda frame, **words: charts.intervals(_renamed(frame, "estimate low high"), **words),
    "range": lambda frame, **words: charts.range(_renamed(frame, "low q25 median q75 high now"), **words),
}


def _renamed(frame, names):
    return pd.DataFrame(dict.fromkeys(names.split(), frame["a"]))


@pytest.mark.parametrize("name", sorted(CALLS))
@pytest.mark.parametrize("rows", [0, 3])
def test_nothing_to_draw_raises_an_error_that_names_the_chart(name, rows, words):
    index = pd.date_range("2025-01-03", periods=rows, freq="W-FRI")
    frame = pd.DataFrame(np.nan, index=index, columns=["a", "b"])
    with pytest.raises(charts.EmptyChart, match=rf"charts\.{name}: .*(no rows|missing|both|estimate)"):
        CALLS[name](frame, **words)


def test_infinite_values_count_as_missing(words):
    with pytest.raises(charts.EmptyChart):
        charts.lines(pd.DataFrame({"a": [np.inf, -np.inf]}), **words)


def test_values_that_are_no_numbers_are_refused(words):
    with pytest.raises(charts.ChartFrameInvalid, match="not numbers"):
        charts.lines(pd.DataFrame({"a": ["x", "y"]}), **words)


def test_a_missing_column_is_named(words):
    with pytest.raises(charts.ChartFrameInvalid, match="lacks the columns high"):
        charts.intervals(pd.DataFrame({"estimate": [1.0], "low": [0.0]}), **words)


def test_importing_the_charts_imports_neither_pyplot_nor_seaborn():
    code = "import sys, jpresearch.charts; print(sorted({'matplotlib.pyplot', 'seaborn'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
