"""Every kind of figure at both widths: nothing cut, nothing on top of another, letters large enough to read."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from jpresearch import charts
from jpresearch.charts.cells import CellWords

CSS = 96


@pytest.fixture(scope="module")
def phone(figure):
    """The figure of the kind as a phone shows it."""
    return charts.at_width(figure, "phone")


def test_a_phone_is_390_pixels_wide_and_a_desk_806(figure, phone):
    assert round(phone.get_figwidth() * CSS) == 390
    assert round(figure.get_figwidth() * CSS) == 806
    assert charts.at_width(phone, "phone") is phone
    assert charts.at_width(phone, "desk").get_size_inches().tolist() == figure.get_size_inches().tolist()


def test_no_word_is_cut_on_a_phone(phone, see):
    frame = phone.bbox.padded(1.0)
    boxes = {text.get_text(): see.box(text) for text in see.texts(phone)}
    cut = [
        words
        for words, box in boxes.items()
        if box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    ]
    assert cut == []


def test_no_two_words_overlap_on_a_phone(phone, see):
    assert see.clashes(see.texts(phone)) == []


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_letters_are_nine_pixels_at_least(figure, see, width):
    drawn = charts.at_width(figure, width)
    sizes = [text.get_fontsize() for text in see.texts(drawn)]
    sizes += [cells.font.get_size_in_points() for cells in drawn.findobj(CellWords)]
    assert min(sizes) * CSS / 72 >= 9.0 - 1e-6


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_word_can_be_read_on_white(figure, see, width):
    def luminance(shade) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade)]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    texts = see.texts(charts.at_width(figure, width))
    faint = {text.get_text(): text.get_color() for text in texts if 1.05 / (luminance(text.get_color()) + 0.05) < 4.5}
    assert faint == {}


def test_the_unit_the_source_and_the_title_are_on_the_phone_too(phone, words):
    written = {text.get_gid(): " ".join(text.get_text().split()) for text in phone.findobj(Text)}
    assert written["title"] == words["title"]
    assert written["source"].endswith(words["source"])
    assert charts.data_of(phone).title == words["title"]


def test_an_unknown_width_is_refused(flows, words):
    with pytest.raises(charts.ChartFrameInvalid, match="no width 'wall'"):
        charts.lines(flows, width="wall", **words)
