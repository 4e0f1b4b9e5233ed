"""A figure as PNG or SVG bytes, and characters that no font has."""

from __future__ import annotations

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
from jpresearch.charts import letters

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


def test_a_picture_is_twice_as_fine_as_it_shows(draw):
    for figure in (draw("lines"), draw("heat"), Figure(figsize=(5, 3))):
        picture = charts.to_picture(figure)
        width, height = figure.get_size_inches()
        assert (picture.width, picture.height) == (round(width * 96), round(height * 96))
        assert picture.media == "image/png"
        assert _size(picture.content)[0] == pytest.approx(2 * picture.width, abs=2)


def _apart(first: np.ndarray, second: np.ndarray) -> float:
    """The share of pixels that differ visibly."""
    assert first.shape == second.shape
    return float((np.abs(first - second).max(axis=2) > 64).mean())


@pytest.mark.parametrize("kind", ["lines", "heat", "intervals", "heat_above_an_index", "stack"])
def test_letters_drawn_once_look_as_matplotlib_draws_them(draw, kind):
    figure = draw(kind)
    quick = np.asarray(Image.open(BytesIO(charts.to_png(figure))).convert("RGB")).astype(int)
    assert _apart(quick, _plain(figure, 192)) < 0.004


def test_another_release_of_matplotlib_draws_every_letter_itself(draw, monkeypatch):
    figure = draw("intervals")
    quick = np.asarray(Image.open(BytesIO(charts.to_png(figure))).convert("RGB")).astype(int)
    monkeypatch.setattr(letters, "supported", lambda: False)
    monkeypatch.setattr(letters.LetterRenderer, "_letter", None)
    slow = np.asarray(Image.open(BytesIO(charts.to_png(figure))).convert("RGB")).astype(int)
    assert np.abs(slow - _plain(figure, 192)).max() <= 24
    assert _apart(quick, slow) < 0.004


def test_a_long_run_does_not_keep_every_letter_it_drew(draw, monkeypatch):
    letters.forget()
    monkeypatch.setattr(letters, "MOST", 10)
    charts.to_png(draw("intervals"))
    assert max(len(kept) for kept in (letters._metrics, letters._layouts, letters._letters)) <= 10


FORKED = """
import os, sys
import pandas as pd
from jpresearch import charts
from jpresearch.charts import letters
figure = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
before = charts.to_png(figure)
letters._letters.clear()
if os.fork() == 0:
    # As a server's child does: the files of the fonts, open before, are closed.
    os.closerange(3, 256)
    os._exit(0 if charts.to_png(figure) == before else 3)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_forked_process_opens_the_fonts_for_itself():
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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


@pytest.mark.parametrize("again", [1, 2])
def test_a_series_name_with_a_missing_glyph_is_refused_each_time(flows, words, again):
    for _ in range(again):
        with pytest.raises(charts.MissingGlyph):
            charts.to_png(charts.stack(flows.rename(columns={"foreigners": UNKNOWN}), **words))


def test_a_missing_glyph_written_on_a_chart_later_is_refused_each_time(draw):
    figure = draw("lines")
    figure.text(0.5, 0.5, UNKNOWN)
    for _ in range(2):
        with pytest.raises(charts.MissingGlyph):
            charts.to_picture(figure)


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
    assert charts.fonts.FAMILIES == ["Source Sans Pro", "DejaVu Sans", "IPAexGothic"]


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
