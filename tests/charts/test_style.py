"""The house style for plain matplotlib and seaborn."""

from __future__ import annotations

import warnings
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from jpresearch import charts
from jpresearch.charts.palette import FREE

JAPANESE = "海外投資家は３週連続で「買い越し」"


@pytest.fixture
def styled():
    """Settings as a kernel of ours has them, put back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        charts.style()
        yield


def _quietly(figure: Figure) -> bytes:
    stream = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(stream, format="png")
    return stream.getvalue()


def test_without_the_style_a_japanese_title_is_boxes():
    with mpl.rc_context():
        mpl.rcdefaults()
        figure = Figure()
        figure.subplots().set_title(JAPANESE)
        with pytest.warns(UserWarning, match="Glyph .* missing"):
            figure.savefig(BytesIO(), format="png")


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_plain_matplotlib_shows_japanese_letters_without_a_warning(styled, weight):
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, -2, 3], label="個人")
    axes.set_title(JAPANESE, fontweight=weight)
    axes.set_xlabel("週")
    axes.legend(title="投資部門")
    assert _quietly(figure).startswith(b"\x89PNG")
    assert charts.to_png(figure).startswith(b"\x89PNG")


def test_plain_lines_have_the_houses_colours_and_grid(styled):
    axes = Figure().subplots()
    first, second = axes.plot(np.arange(6).reshape(3, 2))
    assert [to_hex(line.get_color()).lower() for line in (first, second)] == [shade.lower() for shade in FREE[:2]]
    assert not axes.spines["top"].get_visible() and not axes.spines["right"].get_visible()


def test_seaborn_draws_in_it_too(styled):
    import seaborn as sns

    frame = pd.DataFrame({"海外": np.arange(20.0), "個人": np.arange(20.0) % 7})
    figure = Figure()
    left, right = figure.subplots(1, 2)
    sns.regplot(frame, x="海外", y="個人", ax=left)
    sns.heatmap(frame.corr(), ax=right, annot=True)
    right.set_title(JAPANESE)
    assert _quietly(figure).startswith(b"\x89PNG")


def test_a_chart_of_the_house_is_the_same_with_and_without_it(flows, words):
    plain = charts.to_png(charts.lines(flows, **words))
    with mpl.rc_context():
        charts.style()
        assert charts.to_png(charts.lines(flows, **words)) == plain
