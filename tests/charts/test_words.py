"""The fixed words of charts in Japanese; what a notebook wrote itself stays."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch import charts
from jpresearch.charts.words import VARIABLE, date_in_words, month_in_words, say, source_line

BARE = {"title": "A title as written", "unit": "net purchases, JPY bn a week", "source": "JPX"}


@pytest.fixture
def in_japanese(monkeypatch):
    monkeypatch.setenv(VARIABLE, "ja")


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("net purchases, JPY bn a week", "週間買い越し額、10億円"),
        ("interval covers 0", "区間が0を含む"),
        ("interval excludes −1.5", "区間が−1.5を含まない"),
        ("range covers 0", "範囲が0を含む"),
        ("range excludes −1.5", "範囲が−1.5を含まない"),
        ("7 episodes", "7回"),
        ("1 other episode", "ほか1回"),
        ("Upper limit 30", "上限 30"),
        ("−2.04  (−2.08 to −1.82)", "−2.04（−2.08〜−1.82）"),
        ("Kioxia: not available", "Kioxia：データなし"),
        ("a unit that nobody knows", "a unit that nobody knows"),
    ],
)
def test_fixed_words_are_in_the_language_of_the_run(english, japanese, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert say(english) == english
    monkeypatch.setenv(VARIABLE, "ja")
    assert say(english) == japanese


def test_dates_and_sources_too(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert [date_in_words(2025, 8, 29), month_in_words(8), month_in_words(8, 29)] == ["29 Aug 2025", "Aug", "29 Aug"]
    assert source_line("JPX") == "Source: JPX" and source_line("Sources: JPX, MoF") == "Sources: JPX, MoF"
    monkeypatch.setenv(VARIABLE, "ja")
    assert [date_in_words(2025, 8, 29), month_in_words(8), month_in_words(8, 29)] == ["2025年8月29日", "8月", "8月29日"]
    assert source_line("JPX") == "出所：JPX"


def test_a_chart_speaks_japanese_but_for_its_title(in_japanese, see, flows):
    figure = charts.bars(flows["foreigners"], highlight=1, signs=("net purchases", "net sales"), **BARE)
    words = [text.get_text() for text in see.texts(figure)]
    assert {"A title as written", "週間買い越し額、10億円", "出所：JPX", "買い越し", "売り越し"} <= set(words)
    assert any("年" in text and "月" in text for text in words)
    assert charts.to_png(figure)


def test_known_series_have_their_japanese_names(in_japanese, see, flows):
    assert charts.label("foreigners") == "海外投資家" and charts.label("topix") == "TOPIX"
    words = " ".join(text.get_text() for text in see.texts(charts.lines(flows, **BARE)))
    assert "海外投資家" in words and "Foreigners" not in words


def test_intervals_and_gaps_too(in_japanese, see):
    frame = pd.DataFrame({"estimate": [1.0, None], "low": [0.5, None], "high": [2.0, None]}, index=["a", "b"])
    words = [text.get_text() for text in see.texts(charts.intervals(frame, **BARE))]
    assert "区間が0を含まない" in words and "データなし" in words and "1.00（0.50〜2.00）" in words


def test_another_language_leaves_everything_as_it_is(monkeypatch, see, flows):
    monkeypatch.setenv(VARIABLE, "de")
    figure = charts.bars(flows["foreigners"], signs=("net purchases", "net sales"), **BARE)
    assert "net purchases" in [text.get_text() for text in see.texts(figure)]
