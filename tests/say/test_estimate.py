"""An ``Estimate`` prints itself the same everywhere: its digits, unit, interval and sample."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.errors import SentenceRefused, UnknownName
from jpresearch.say import Estimate, Estimates, Kind, marks, plain

SLOPE = Estimate(
    30.2, 22.4, 37.1, 0.0004, "bp", n=1412, first=pd.Timestamp("2012-01-06"), last=pd.Timestamp("2026-09-04")
)


@pytest.mark.parametrize(
    ("spec", "text"),
    [("", "30 bp"), (".0f", "30"), ("ci", "30 bp (95% CI 22 to 37)"), ("sig", "30 bp"), ("interval", "22 to 37"),
     ("p", "p < 0.001"), ("n", "1,412"), ("sample", "2012 to 4 Sep 2026"), ("signed", "+30 bp"), ("+.0f", "+30")],
)  # fmt: skip
def test_its_formats(spec: str, text: str) -> None:
    assert plain(format(SLOPE, spec)) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [(Estimate(-85.0, -159.2, -11.4, unit="JPY bn", digits=0), "−¥85bn (95% CI −159 to −11)"),
     (Estimate(1520.0, 900.0, 2100.0, unit="JPY bn"), "¥1.52tn (95% CI 0.90 to 2.10)"),
     (Estimate(36.2, 30.1, 41.4, unit="%"), "36% (95% CI 30 to 41)"),
     (Estimate(3.62, -1.1, 8.4, unit="%"), "3.6% (95% CI −1.1 to 8.4)"),
     (Estimate(0.61, 0.1, 1.12, unit=""), "0.6 (95% CI 0.1 to 1.1)"),
     (Estimate(-0.2, -3.0, 2.6, unit="bp"), "0 bp (95% CI −3 to 3)"),
     (Estimate(21.0, 15.0, 27.0, unit="bp per bp of market value", confidence=0.9),
      "21 bp per bp of market value (90% CI 15 to 27)")],
)  # fmt: skip
def test_units_and_digits_are_those_of_the_field(estimate: Estimate, text: str) -> None:
    assert plain(f"{estimate:ci}") == text


def test_where_a_verb_carries_the_direction_the_sign_is_left_out_and_the_interval_turned() -> None:
    assert plain(f"{SLOPE.reversed():size ci}") == "30 bp (95% CI 22 to 37)"
    assert plain(f"{SLOPE.reversed():ci}") == "−30 bp (95% CI −37 to −22)"
    assert plain(f"{SLOPE.reversed():size .0f}") == "30"


def test_what_is_not_significant_says_so() -> None:
    unclear = Estimate(4.0, -3.0, 11.0, unit="bp")
    assert plain(f"{unclear:sig}") == "4 bp (n.s.)"
    assert unclear.covers_zero and not SLOPE.covers_zero


def test_digits_belong_to_the_estimate() -> None:
    one = SLOPE.described(digits=1)
    assert plain(f"{one:ci}") == "30.2 bp (95% CI 22.4 to 37.1)"
    with pytest.raises(SentenceRefused, match="its digits are 1, not 0"):
        format(one, ".0f")


@pytest.mark.parametrize("spec", ["d", "ci sig", ".2e", "signed size", "x"])
def test_an_unknown_format_is_refused_and_the_known_are_named(spec: str) -> None:
    with pytest.raises(SentenceRefused, match="'ci'"):
        format(SLOPE, spec)


@pytest.mark.parametrize("spec", ["ci", "interval", "p", "n", "sample", "sig"])
def test_what_the_estimate_does_not_know_is_not_printed(spec: str) -> None:
    with pytest.raises(SentenceRefused):
        format(Estimate(1.0), spec)


def test_every_print_is_marked_with_the_same_id() -> None:
    found = marks(f"{SLOPE:ci} {SLOPE:.0f} {SLOPE.reversed():size} {SLOPE.described(digits=0, unit='%'):interval}")
    assert {mark.id for mark in found} == {SLOPE.id}
    assert [mark.kind for mark in found] == [Kind.ESTIMATE] * 3 + [Kind.INTERVAL]
    assert Estimate(30.3, 22.4, 37.1, unit="bp").id != SLOPE.id


@pytest.mark.parametrize("numbers", [{"value": float("nan")}, {"value": 1.0, "low": 0.0},
                                     {"value": 1.0, "low": float("-inf"), "high": 2.0}])  # fmt: skip
def test_what_is_no_estimate_is_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(SentenceRefused):
        Estimate(**numbers)


def test_a_change_of_unit_scales_value_and_interval() -> None:
    percent = SLOPE.scaled(0.01, "%")
    assert plain(f"{percent:ci}") == "0.3% (95% CI 0.2 to 0.4)"
    with pytest.raises(SentenceRefused):
        SLOPE.described(value=3.0)
    with pytest.raises(SentenceRefused):
        SLOPE.scaled(-1.0, "bp")


PARTS = Estimates(
    {"individuals": Estimate(29.0), "others": Estimate(60.0), "proprietary": Estimate(36.0)}, remainder="others"
)


def test_a_remainder_is_never_ranked_or_named() -> None:
    assert list(PARTS.ranked()) == ["proprietary", "individuals"]
    assert PARTS.top(1) == ["proprietary"]
    assert PARTS.ranked().remainder.value == 60.0
    assert list(PARTS.table().index) == ["individuals", "proprietary", "others"]
    with pytest.raises(UnknownName, match="remainder"):
        PARTS["others"]


def test_more_names_than_there_are_members_are_refused() -> None:
    with pytest.raises(UnknownName, match="3 largest were asked for and there are 2"):
        PARTS.top(3)


def test_no_remainder_is_said() -> None:
    with pytest.raises(UnknownName, match="members are everything"):
        _ = Estimates({"a": Estimate(1.0)}).remainder
