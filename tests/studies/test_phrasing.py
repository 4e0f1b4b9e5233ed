"""How numbers, days and lists are said in every notebook."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.studies import phrasing as say

DAY = pd.Timestamp("2025-08-29")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (say.number(-1.25, 2), "−1.25"),
        (say.number(-0.04), "0.0"),
        (say.number(1234.5), "1,234.5"),
        (say.signed(0.72, 2), "+0.72"),
        (say.signed(-0.004, 2), "0.00"),
        (say.signed(0.004, 2), "0.00"),
        (say.percent(22.4), "22%"),
        (say.percent(-3, 1), "−3.0%"),
        (say.signed_percent(18.03), "+18%"),
        (say.points(0.72), "0.72 points"),
        (say.ordinal(2), "2nd"),
        (say.ordinal(93), "93rd"),
        (say.ordinal(56.48), "56th"),
        (say.ordinal(11), "11th"),
        (say.ordinal(112), "112th"),
        (say.counted(1, "week"), "1 week"),
        (say.counted(2, "week"), "2 weeks"),
        (say.listed(["a"]), "a"),
        (say.listed(["a", "b", "c"]), "a, b and c"),
        (say.listed([], "nobody"), "nobody"),
        (say.p_value(0.0002), "p below 0.001"),
        (say.p_value(0.0721), "p = 0.072"),
    ],
)
def test_numbers_are_said_plainly(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (say.yen(-502.02), "JPY 502.0 billion"),
        (say.yen(999.94), "JPY 999.9 billion"),
        (say.yen(999.96), "JPY 1.00 trillion"),
        (say.yen_tn(-2.0368), "JPY 2.04 trillion"),
        (say.yen_tn(0.0069), "JPY 6.9 billion"),
        (say.yen_range(-2078.0, -1817.0), "JPY 1.81 to 2.08 trillion"),
        (say.yen_range(379.16, 491.7), "JPY 379.1 to 491.7 billion"),
        (say.yen_range(740.0, 3770.0), "JPY 0.74 to 3.77 trillion"),
        (say.yen_range(-500.0, 1200.0), "sales of JPY 500.0 billion to purchases of JPY 1.20 trillion"),
        (say.yen_within(18800, 18700, 18900), "JPY 18.80 trillion (18.70 to 18.90)"),
        (say.yen_within(500, 500, 500), "JPY 500.0 billion"),
        (say.net_trade(-2040), "net sales of JPY 2.04 trillion"),
        (say.net_trade(3), "net purchases of JPY 3.0 billion"),
        (say.dealt_net(-7090), "sold a net JPY 7.09 trillion"),
        (say.dealt_net(0.01), "bought about as much as they sold"),
        (say.dealing(-1.0), "selling"),
    ],
)
def test_amounts_change_unit_at_a_trillion_and_leave_the_sign_to_the_verb(said: str, expected: str) -> None:
    assert said == expected


def test_bounds_are_rounded_outwards_and_intervals_to_the_nearest() -> None:
    assert say.bounds(0.379, 0.492, 2) == "0.37 to 0.50"
    assert say.bounds(18.7, 18.900000000000002, 1) == "18.7 to 18.9"
    assert say.bounds(-1.21, -0.39, 1) == "−1.3 to −0.3"
    assert say.bounds(32.2, 32.2, 1) == "32.2"
    assert say.span(0.379, 0.492, 1) == "0.4 to 0.5"


def test_an_interval_that_covers_zero_says_so_and_another_does_not() -> None:
    assert say.interval(28.2, 42.7, 0) == "95% interval 28 to 43"
    assert say.interval(-11.2, 31.4, 0, confidence=0.9) == "90% interval −11 to 31, which covers zero"
    assert say.interval(9.0, 51.0, 0, unit="%") == "95% interval 9 to 51%"


@pytest.mark.parametrize(
    ("change", "words"), [(1.2, "rose 1.2%"), (-1.04, "fell 1.0%"), (0.04, "hardly moved"), (-0.04, "hardly moved")]
)
def test_a_change_is_a_verb(change: float, words: str) -> None:
    assert say.moved(change) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2025-01-01", "2025-12-31", "2025"),
        ("2024-01-01", "2025-12-31", "2024 to 2025"),
        ("2025-01-01", "2025-03-31", "January to March 2025"),
        ("2025-01-01", "2025-01-31", "January 2025"),
        ("2016-07-01", "2020-12-31", "July 2016 to December 2020"),
    ],
)
def test_periods_are_called_as_readers_call_them(first: str, last: str, words: str) -> None:
    assert say.period(pd.Timestamp(first), pd.Timestamp(last)) == words


def test_days_months_and_quarters_are_written_out() -> None:
    assert say.day(DAY) == "29 August 2025"
    assert say.day_in_year(DAY) == "29 August"
    assert say.month(DAY) == "August 2025"
    assert say.quarter(pd.Timestamp("2025-09-30")) == "July to September 2025"


def test_no_study_formats_a_number_with_a_sign_or_a_day_by_itself(root: Path) -> None:
    """An ASCII minus or a day as 2025-08-29 reaches a reader only through a format of the study's own."""
    own = re.compile(r"\{[^{}]*:\+|:%d |\.day\} \{")
    folder = root / "src" / "jpresearch" / "studies"
    for path in sorted(folder.rglob("*.py")):
        if path.name != "phrasing.py":
            found = own.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path.name}: {found and found.group()}"
