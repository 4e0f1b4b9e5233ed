"""PNG bytes, and characters that the font lacks."""

from __future__ import annotations

import struct
import warnings

import pytest
from matplotlib.figure import Figure

from jpresearch import charts


def _size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_figure_becomes_a_png_of_its_own_size(draw):
    figure = draw("intervals")
    png = charts.to_png(figure, dpi=100)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = figure.get_size_inches()
    assert _size(png) == pytest.approx((width * 100, height * 100), abs=1)


def test_a_missing_glyph_is_an_error_that_names_the_character():
    figure = Figure()
    figure.text(0.5, 0.5, "海外投資家")
    with pytest.raises(charts.MissingGlyph, match=r"Glyph \d+ .*missing"):
        charts.to_png(figure)


@pytest.mark.parametrize("spoiled", ["title", "unit", "source"])
def test_a_chart_with_a_missing_glyph_is_refused_when_drawn(spoiled, flows, words):
    with pytest.raises(charts.MissingGlyph, match=r"charts\.lines"):
        charts.lines(flows, **(words | {spoiled: "海外"}))


def test_a_series_name_with_a_missing_glyph_is_refused(flows, words):
    with pytest.raises(charts.MissingGlyph):
        charts.stacked(flows.rename(columns={"foreigners": "海外"}), **words)


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
