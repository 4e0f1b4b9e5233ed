"""A figure as PNG or SVG bytes, and characters that no font has."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import warnings
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from jpresearch import charts
from jpresearch.charts.png import to_svg

UNKNOWN = "ไทย"  # Thai, which neither font has


def _size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _plain(figure: Figure, dpi: float) -> np.ndarray:
    """The figure as matplotlib itself draws it."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, facecolor="white")
    return np.asarray(Image.open(stream).convert("RGB")).astype(int)


def test_a_figure_becomes_a_png_of_its_own_size(draw):
    figure = draw("intervals")
    png = charts.to_png(figure, dpi=100)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = figure.get_size_inches()
    assert _size(png) == pytest.approx((width * 100, height * 100), abs=1)


@pytest.mark.parametrize("kind", ["lines", "heat", "stack"])
def test_a_png_in_few_colours_looks_the_same_and_is_small(draw, kind):
    figure = draw(kind)
    drawn, png = _plain(figure, 100), charts.to_png(figure, dpi=100)
    kept = np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)
    assert np.quantile(np.abs(drawn - kept), 0.999) <= 24
    assert np.abs(drawn - kept).mean() < 1
    assert (kept[0, 0] == 255).all(), "paper stays white"
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=100)
    assert len(png) < 0.6 * len(stream.getvalue())


def test_fills_keep_their_exact_colour(flows, words):
    picture = Image.open(BytesIO(charts.to_png(charts.bars(flows["foreigners"], **words)))).convert("RGB")
    shades = {shade for _, shade in picture.getcolors(1 << 20)}
    wanted = {
        tuple(int(shade[place : place + 2], 16) for place in (1, 3, 5)) for shade in (charts.PURCHASE, charts.SALE)
    }
    assert wanted <= shades


def test_a_picture_with_very_many_colours_keeps_them_all():
    figure = Figure(figsize=(4, 4))
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    figure.figimage(noise, resize=True)
    assert np.array_equal(
        _plain(figure, 100), np.asarray(Image.open(BytesIO(charts.to_png(figure, dpi=100))).convert("RGB"))
    )


def test_a_picture_is_the_smaller_of_png_and_svg_and_twice_as_fine_as_it_shows(draw):
    for figure in (draw("lines"), draw("heat"), Figure(figsize=(5, 3))):
        picture = charts.to_picture(figure)
        png, svg = charts.to_png(figure), to_svg(figure)
        assert picture.cost == min(len(svg), -(-len(png) // 3) * 4)
        width, height = figure.get_size_inches()
        assert (picture.width, picture.height) == (round(width * 96), round(height * 96))
        assert _size(png)[0] == pytest.approx(2 * picture.width, abs=2)


def test_an_svg_wins_where_much_is_drawn_and_little_written():
    figure = Figure(figsize=(8, 4))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for turn in range(12):
        axes.plot(np.sin(np.linspace(0, 40 + turn, 60)) + turn)
    assert charts.to_picture(figure).media == "image/svg+xml"


def test_an_svg_needs_no_font_carries_no_date_and_keeps_its_scales(draw):
    figure = draw("lines")
    svg = to_svg(figure).decode()
    assert svg == to_svg(figure).decode()
    assert svg.startswith("<svg ") and "<metadata" not in svg and "<!--" not in svg
    assert "<text" not in svg and "scale(0.015625)" in svg
    outlines = "".join(re.findall(r' d="([^"]*)"', svg))
    assert not re.search(r"\.\d{3}", outlines)


def test_a_missing_glyph_is_an_error_that_names_the_character():
    figure = Figure()
    figure.text(0.5, 0.5, UNKNOWN)
    with pytest.raises(charts.MissingGlyph, match=r"Glyph \d+ .*missing"):
        charts.to_png(figure)
    with pytest.raises(charts.MissingGlyph, match=r"Glyph \d+ .*missing"):
        charts.to_picture(figure)


@pytest.mark.parametrize("spoiled", ["title", "unit", "source"])
def test_a_chart_with_a_missing_glyph_is_refused_when_drawn(spoiled, flows, words):
    with pytest.raises(charts.MissingGlyph, match=r"charts\.lines"):
        charts.lines(flows, **(words | {spoiled: UNKNOWN}))


def test_a_series_name_with_a_missing_glyph_is_refused(flows, words):
    with pytest.raises(charts.MissingGlyph):
        charts.stack(flows.rename(columns={"foreigners": UNKNOWN}), **words)


def test_japanese_letters_are_there_in_every_text(flows):
    spoken = {"title": "海外投資家は3カ月連続の買い越し", "unit": "兆円、％", "source": "日本取引所グループ"}
    figure = charts.lines(flows.rename(columns={"foreigners": "海外投資家"}), **spoken)
    assert charts.to_png(figure).startswith(b"\x89PNG")


def test_a_bold_title_draws_no_warning_that_the_japanese_font_has_no_bold():
    code = (
        "import pandas as pd; from jpresearch import charts; "
        "charts.lines(pd.DataFrame({'a': [1.0, 2.0]}), title='Bold, 太字', unit='u', source='s')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_japanese_font_leaves_latin_letters_and_matplotlibs_settings_alone(flows, words):
    import matplotlib as mpl

    assert mpl.rcParams["font.family"] == ["sans-serif"]
    assert charts.fonts.FAMILIES == ["DejaVu Sans", "IPAexGothic"]


def test_yen_signs_accents_and_true_minus_signs_are_there(flows, words):
    figure = charts.lines(flows, **(words | {"title": "¥100bn, £5, café, −3 ± 2, 5 × 10"}))
    assert charts.to_png(figure).startswith(b"\x89PNG")


def test_other_warnings_are_passed_on():
    class Noisy(Figure):
        def savefig(self, *args, **kwargs):
            warnings.warn("the disk is nearly full", ResourceWarning, stacklevel=1)
            return super().savefig(*args, **kwargs)

    with pytest.warns(ResourceWarning, match="nearly full"):
        charts.to_png(Noisy())
