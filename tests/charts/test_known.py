"""What a chart knows of itself: its alt text, its data, and where its points are."""

from __future__ import annotations

import json
import re
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from jpresearch import charts
from jpresearch.charts.alt import KINDS

WEEKS = pd.date_range("2025-06-06", periods=6, freq="W-FRI")
NUMBER = re.compile(r"\u2212?\d[\d,]*(?:\.\d+)?")
WORDS = {"title": "They bought", "unit": "JPY bn", "source": "JPX"}


@pytest.fixture
def net() -> pd.DataFrame:
    return pd.DataFrame({"foreigners": [1.0, -30.0, np.nan, 40.0, 5.0, 20.0], "individuals": 2.0}, index=WEEKS)


def test_the_alt_text_has_title_kind_unit_span_newest_value_and_extremes(net):
    text = charts.alt_of(charts.lines(net, **WORDS))
    assert text.startswith("They bought. Line chart, JPY bn, 6 Jun 2025 to 11 Jul 2025: ")
    assert "Foreigners 20 at 11 Jul 2025, lowest \u221230 at 13 Jun 2025, highest 40 at 27 Jun 2025" in text
    assert "Individuals 2 at 11 Jul 2025" in text and text.endswith(".")


def test_an_alt_text_of_ones_own_replaces_it(net):
    assert charts.alt_of(charts.lines(net, alt="Foreigners sold twice.", **WORDS)) == "Foreigners sold twice."


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_kind_tells_its_title_kind_unit_and_the_names_of_its_series(figure, width):
    drawn = charts.at_width(figure, width)
    data, text = charts.data_of(drawn), charts.alt_of(drawn)
    assert text.startswith(f"{data.title}. {KINDS[data.kind][0]}, ") and data.unit in text
    assert len(text.split()) <= 190
    assert "nan" not in text and "None" not in text
    if data.kind != "heat":
        assert [series.name for series in data.series[:6] if series.name not in text] == []


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_kind_tells_the_least_and_the_largest_of_what_it_shows(figure, width):
    drawn = charts.at_width(figure, width)
    data, text = charts.data_of(drawn), charts.alt_of(drawn)
    told = [float(words.replace(",", "").replace("\u2212", "-")) for words in NUMBER.findall(text)]
    cells = [value for series in data.series if series.kind == "cell" for value in series.values if value is not None]
    shown = [[value for value in series.values if value is not None] for series in data.series if series.kind != "cell"]
    rounding = 0.001 * max(abs(value) for values in [*shown, cells] for value in values)
    for values in [*shown[:6], *([cells] if cells else [])]:
        for value in (min(values), max(values)):
            assert min(abs(value - number) for number in told) <= max(0.006 * abs(value), rounding), value


def test_rows_are_told_with_their_intervals_and_gaps():
    frame = pd.DataFrame({"estimate": [2.0, np.nan], "low": [1.0, np.nan], "high": [3.0, np.nan]}, index=["a", "b"])
    assert charts.alt_of(charts.intervals(frame, **WORDS)).endswith("a 2 (1 to 3), b not available.")


def test_the_alt_text_is_japanese_where_the_run_is(net, monkeypatch):
    monkeypatch.setenv("JPRESEARCH_LANG", "ja")
    text = charts.alt_of(charts.lines(net, **WORDS))
    assert text.startswith("They bought。 折れ線グラフ") and "海外投資家 2025年7月11日時点 20" in text


def test_data_holds_every_value_even_where_points_are_thinned():
    long = pd.DataFrame({"foreigners": np.sin(np.arange(5000.0))}, index=pd.date_range("2005-01-01", periods=5000))
    figure = charts.lines(long, **WORDS)
    (series,), (points,) = charts.data_of(figure).series, charts.points_of(figure)
    assert series.values == tuple(long["foreigners"])
    assert series.x[0] == "2005-01-01" and len(series.x) == 5000
    assert 100 < len(points.values) < 300
    assert {min(series.values), max(series.values), series.values[-1]} <= set(points.values)
    columns = [round(x / 3) for x, _ in points.points]
    assert len(columns) <= len(set(columns)) + 3


def test_missing_values_have_no_point(net):
    foreigners = charts.points_of(charts.lines(net, **WORDS))[0]
    assert "2025-06-20" not in foreigners.x and len(foreigners.points) == 5
    assert charts.data_of(charts.lines(net, **WORDS)).series[0].values[2] is None


def test_every_kind_has_points_inside_its_picture_that_travel_as_json(figure):
    picture = charts.to_picture(figure)
    for series in charts.points_of(figure):
        assert series.points
        json.dumps(series.payload(), allow_nan=False)
        for x, y in series.points:
            assert -3 <= x <= picture.width + 3 and -3 <= y <= picture.height + 3


def _pixels(figure: Figure) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(charts.to_png(figure))).convert("RGB")).astype(int)


def test_a_bar_ends_where_its_point_is():
    figure = charts.bars(pd.Series([10.0, -5.0], index=WEEKS[:2]), **WORDS)
    pixels = _pixels(figure)
    (series,) = charts.points_of(figure)
    for (x, y), inward, shade in zip(series.points, (6, -6), (charts.PURCHASE, charts.SALE), strict=True):
        wanted = np.array(to_rgb(shade)) * 255
        assert np.abs(pixels[round(y * 2) + inward, round(x * 2)] - wanted).max() < 12
        assert np.abs(pixels[round(y * 2) - inward, round(x * 2)] - wanted).max() > 60


def test_a_plain_figure_knows_nothing_of_itself():
    for ask in (charts.alt_of, charts.data_of, charts.points_of, lambda fig: charts.at_width(fig, "phone")):
        with pytest.raises(charts.ChartFrameInvalid, match="not drawn by a chart of the house"):
            ask(Figure())
