"""Figures in lines: written while they are drawn, every mark at its place, letters as outlines."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from jpresearch import charts
from jpresearch.charts import letters, svg
from jpresearch.charts.png import SvgWriter

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
PLACE = re.compile(r"(-?[\d.]+) (-?[\d.]+)")


def read(content: bytes) -> ET.Element:
    return ET.fromstring(content)


def places(content: bytes) -> np.ndarray:
    """Every place that a stroke, an area or a mark has, in CSS pixels."""
    root = read(content)
    found = [pair for path in root.iterfind(f"{SVG}path") for pair in PLACE.findall(str(path.get("d")))]
    marks = (use for group in root.iterfind(f"{SVG}g") if not group.get("transform") for use in group)
    found += [(use.get("x"), use.get("y")) for use in marks]
    return np.array(found, dtype=float) / 2


def test_every_kind_is_written_as_it_is_drawn_and_needs_no_typeface(kind, figure, monkeypatch):
    monkeypatch.setattr(Figure, "savefig", None)
    picture = charts.to_picture(figure, svg=True)
    root = read(picture.svg)
    width, height = figure.get_size_inches() * 96
    assert (float(root.get("width")), float(root.get("height"))) == pytest.approx((width, height), rel=1e-4)
    tags = Counter(element.tag.removeprefix(SVG) for element in root.iter())
    assert set(tags) <= {"svg", "defs", "path", "rect", "g", "use", "clipPath"}
    names = {element.get("id") for element in root.iter() if element.get("id")}
    used = {use.get(LINK)[1:] for use in root.iter(f"{SVG}use")}
    clips = set(re.findall(r"url\(#(\w+)\)", picture.svg.decode()))
    assert used | clips == names, "what is kept once is used, and what is used is there"
    assert picture.content == charts.to_png(figure), "the picture is the same as without"
    assert charts.to_svg(figure) == picture.svg, "the same figure, the same bytes"


@pytest.mark.parametrize("kind", ["lines", "bars", "scatter", "intervals", "dots"])
def test_values_stand_where_the_chart_says_that_they_are(draw, kind):
    figure = draw(kind)
    found = places(charts.to_svg(figure))
    wanted = [place for series in charts.points_of(figure) for place in series.points if place is not None]
    across = [np.abs(found[:, 0] - x)[np.abs(found[:, 1] - y) < 0.6] for x, y in wanted]
    near = [bool(len(each)) and each.min() < 8 for each in across]  # a bar is known by its middle
    assert len(wanted) >= 3 and np.mean(near) > 0.95


def test_each_letter_of_a_text_is_drawn_and_its_outline_stands_once(flows, words):
    figure = charts.lines(flows[["foreigners"]], **(words | {"title": "oooo nn", "source": "x"}))
    root = read(charts.to_svg(figure))
    title = root.findall(f"{SVG}g[@transform]")
    counted = [Counter(use.get(LINK) for use in text) for text in title]
    assert [4, 2] in [sorted(each.values(), reverse=True) for each in counted]
    outlines = [path.get("d") for path in root.iterfind(f"{SVG}defs/{SVG}path") if path.get("id").startswith("g")]
    assert len(set(outlines)) == len(outlines)


def test_letters_of_another_font_are_written_in_passing_too(flows, monkeypatch):
    words = {"title": "海外投資家は買い越し", "unit": "兆円", "source": "日本取引所グループ"}
    figure = charts.lines(flows[["foreigners"]].rename(columns={"foreigners": "海外投資家"}), **words)
    png = charts.to_png(figure)
    monkeypatch.setattr(Figure, "savefig", None)
    root = read(charts.to_svg(figure))
    lengths = [len(text) for text in root.iterfind(f"{SVG}g[@transform]")]
    assert {len(words["title"]), len(words["source"]) + len("Source:")} <= set(lengths)
    assert charts.to_png(figure) == png, "writing outlines leaves the pixels as they were"


def test_an_outline_comes_back_to_where_it_began_with_each_part():
    square = np.array([[1.2, 0], [5, 0], [5, 5], [0, 0], [2, -1], [4, 3], [6, -1]], dtype=float)
    codes = np.array([1, 2, 2, 79, 1, 3, 3], dtype=np.uint8)
    assert svg._steps(square, codes) == "m1 0l4 0l0-5zm1 1q2-4 4 0"


@pytest.mark.parametrize("spoil", ["photograph", "hatching", "formula", "mesh"])
def test_what_cannot_be_written_in_passing_is_written_by_matplotlib(draw, spoil, monkeypatch):
    figure = draw("bars")
    ax = figure.axes[0]
    if spoil == "photograph":
        figure.figimage(np.zeros((5, 5)))
    elif spoil == "hatching":
        ax.axhspan(0, 100, hatch="//")
    elif spoil == "formula":
        ax.text(0.5, 0.5, "$x^2$", transform=ax.transAxes)
    else:
        ax.tripcolor([0, 1, 0], [0, 0, 1], [0.0, 1.0, 2.0], shading="gouraud", transform=ax.transAxes)
    assert b"matplotlib" in charts.to_svg(figure)[:2000]


def test_a_figure_of_ones_own_is_written_by_matplotlib_with_letters_as_outlines():
    figure = Figure(figsize=(4, 3))
    figure.subplots().plot([1, 2, 3], label="flows")
    content = charts.to_picture(figure, svg=True).svg
    assert b"matplotlib" in content[:2000] and not list(read(content).iter(f"{SVG}text"))
    assert charts.to_picture(figure).svg is None


def test_another_release_of_matplotlib_writes_lines_itself(draw, monkeypatch):
    monkeypatch.setattr(letters, "supported", lambda: False)
    monkeypatch.setattr(svg, "_outline", None)
    assert b"matplotlib" in charts.to_svg(draw("intervals"))[:2000]


def test_names_with_marks_of_the_format_break_nothing(flows, words):
    figure = charts.lines(
        flows[["foreigners"]].rename(columns={"foreigners": "a<b>&\"'"}), **(words | {"title": "<&>"})
    )
    assert read(charts.to_svg(figure)).tag == f"{SVG}svg"


def test_a_transparent_fill_and_a_line_that_covers_nothing_are_told_apart():
    from matplotlib.backend_bases import GraphicsContextBase

    writer = SvgWriter(10, 10, 72)
    gc = GraphicsContextBase()
    gc.set_foreground((1.0, 0.0, 0.0, 0.0), isRGBA=True)
    assert writer._style(gc, None) == "" and writer._style(gc, (0.0, 0.5, 1.0, 0.25)) == (
        ' fill="#0080ff" fill-opacity="0.25"'
    )
    gc.set_alpha(0.5)
    gc.set_dashes(1.0, [2.0, 3.0])
    style = writer._style(gc, (0.0, 0.5, 1.0, 0.25))
    assert 'fill-opacity="0.5"' in style and 'stroke-dasharray="2 3" stroke-dashoffset="1"' in style


def test_a_missing_glyph_is_an_error_in_lines_too():
    figure = Figure()
    figure.text(0.5, 0.5, "ไทย")
    with pytest.raises(charts.MissingGlyph):
        charts.to_svg(figure)


def test_lines_with_gaps_stay_broken(flows, words):
    gaps = flows[["foreigners"]].copy()
    gaps.iloc[60:70] = np.nan
    whole, broken = (charts.to_svg(charts.lines(each, **words)) for each in (flows[["foreigners"]], gaps))

    def pieces(content: bytes) -> int:
        strokes = [path for path in read(content).iterfind(f"{SVG}path") if path.get("fill") == "none"]
        return max(str(path.get("d")).count("M") for path in strokes)

    assert pieces(broken) == pieces(whole) + 1
    assert isinstance(gaps.index, pd.DatetimeIndex) and BytesIO(broken).read(5) == b"<?xml"
