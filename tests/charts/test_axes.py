"""Numbers and dates as readers expect them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num

from jpresearch.charts.axes import DateLabels, LogLabels, NumberLabels, day, number, positions, shared_decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.5, "1,234"),
        (-303.154, "\u2212303"),
        (2.345, "2.35"),
        (24.45, "24.4"),
        (0.0123, "0.0123"),
        (5.0, "5"),
        (0, "0"),
    ],
)
def test_a_number_shows_three_digits_and_a_true_minus_sign(value, text):
    assert number(value) == text


def test_a_signed_number_shows_its_plus_but_zero_has_no_sign():
    assert number(12.0, signed=True) == "+12"
    assert number(0.001, 1, signed=True) == "0.0"
    assert number(-0.001, 1) == "0.0"


def test_a_column_of_numbers_shares_its_decimals():
    assert shared_decimals([1.25, 23.4]) == 1
    assert shared_decimals([1.0, 20.0]) == 0
    assert shared_decimals([np.nan, 0.034]) == 4


def test_ticks_have_just_the_decimals_they_need():
    assert NumberLabels().format_ticks([0.0, 0.1, 0.2, 0.30000000000000004]) == ["0.0", "0.1", "0.2", "0.3"]
    assert NumberLabels().format_ticks([-1000.0, 0.0, 1000.0]) == ["\u22121,000", "0", "1,000"]
    assert NumberLabels().format_ticks([0.0, 2.5, 5.0]) == ["0.0", "2.5", "5.0"]
    assert LogLabels().format_ticks([0.5, 1.0, 10.0, 1000.0]) == ["0.5", "1", "10", "1,000"]


def _ticks(*dates: str) -> list[float]:
    return [float(date2num(np.datetime64(date))) for date in dates]


def test_years_stand_alone():
    assert DateLabels().format_ticks(_ticks("2024-01-01", "2026-01-01")) == ["2024", "2026"]


def test_the_year_is_written_once_below_months():
    labels = DateLabels().format_ticks(_ticks("2024-10-01", "2025-01-01", "2025-04-01"))
    assert labels == ["Oct\n2024", "Jan\n2025", "Apr"]


def test_days_show_day_and_month():
    assert DateLabels().format_ticks(_ticks("2025-08-22", "2025-08-29")) == ["22 Aug\n2025", "29 Aug"]


def test_dates_are_words_and_other_names_stay():
    assert day(pd.Timestamp("2025-08-29")) == day(dt.date(2025, 8, 29)) == "29 Aug 2025"
    assert day("foreigners") == "foreigners"
    assert day(pd.Period("2025Q1")) == "2025Q1"


def test_moments_stand_on_the_tokyo_day_they_were_given():
    naive = pd.DatetimeIndex(["2025-08-29"])
    assert positions(naive)[0] == positions(naive.tz_localize("Asia/Tokyo"))[0]
    assert list(positions(pd.Index(["a", "b"]))) == [0.0, 1.0]
    assert list(positions(pd.Index([-1, 4]))) == [-1.0, 4.0]
