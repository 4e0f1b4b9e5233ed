"""Words for numbers follow the data: unit from the frame, direction from the sign, size from the value."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from jpresearch import say
from jpresearch.about import About, describe
from jpresearch.errors import SentenceRefused, UnitUnknown
from jpresearch.say import Estimate, Kind, marks, plain

WEEKS = pd.date_range("2025-06-06", periods=13, freq="W-FRI", name="week_end")


def flows(unit: str = "JPY bn") -> pd.DataFrame:
    values = {"foreigners": np.linspace(-502, 300, 13), "individuals": np.linspace(400, -250, 13)}
    return describe(pd.DataFrame(values, index=WEEKS), About(unit, "week", columns={"topix": "index points"}))


@pytest.mark.parametrize(
    ("value", "text"),
    [(557.3, "¥557bn"), (47.26, "¥47.3bn"), (-502.04, "−¥502bn"), (1520.0, "¥1.52tn"), (999.9, "¥1.00tn"),
     (99.96, "¥100bn"), (0.0, "¥0.0bn"), (0.02, "¥20.0mn"), (-18_730.0, "−¥18.73tn")],
)  # fmt: skip
def test_yen_have_the_decimals_of_their_size(value: float, text: str) -> None:
    assert plain(say.amount(value, unit="JPY bn")) == text
    assert plain(say.amount(value / 1000, unit="JPY tn")) == text
    assert plain(say.amount(value * 1000, unit="JPY mn")) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [("JPY bn", "¥1.7bn"), ("% of turnover", "1.7% of turnover"), ("bp of market value", "1.7 bp of market value")],
)
def test_an_amount_takes_its_unit_from_the_frame(unit: str, text: str) -> None:
    net = flows(unit)
    assert plain(say.amount(1.7, of=net)) == text
    assert plain(say.amount(-1.7, of=net["foreigners"], size=True)) == text


@pytest.mark.parametrize(
    "changed", [lambda net: net.rolling(13).sum(), lambda net: net / 100, lambda net: net.cumsum()]
)
def test_an_amount_of_changed_values_asks_for_its_unit(changed: object) -> None:
    with pytest.raises(UnitUnknown, match=r"(?s)no longer those.*unit=.*every="):
        say.amount(1.0, of=changed(flows()))  # type: ignore[operator]
    assert plain(say.amount(-2540.0, unit="JPY bn", size=True)) == "¥2.54tn"


@pytest.mark.parametrize(("unit", "text"), [("JPY bn", "per ¥100bn"), ("% of turnover", "per 100% of turnover")])
def test_the_scale_of_a_slope_follows_the_unit_of_its_regressor(unit: str, text: str) -> None:
    scale = say.per(100, of=flows(unit)["foreigners"])
    assert plain(scale) == text and marks(scale)[0].kind is Kind.COUNT
    assert say.unit(flows(unit)["foreigners"]) == unit
    with pytest.raises(UnitUnknown):
        say.per(100, of=flows(unit).rolling(13).sum())


def test_an_amount_without_any_unit_or_with_several_is_refused() -> None:
    with pytest.raises(UnitUnknown, match="of=, or unit="):
        say.amount(1.0)
    mixed = describe(flows().assign(topix=np.arange(13.0)), About("JPY bn", "week", columns={"topix": "points"}))
    with pytest.raises(UnitUnknown, match="JPY bn, points"):
        say.amount(1.0, of=mixed)
    assert plain(say.amount(3000.0, of=mixed["topix"])) == "3,000 points"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_said(value: float) -> None:
    with pytest.raises(UnitUnknown):
        say.amount(value, unit="bp")
    with pytest.raises(UnitUnknown):
        say.percent(value)


BY = {"up": "gains {:ci}", "down": "costs {:ci}", "unclear": "no significant change ({:ci})"}


@pytest.mark.parametrize(
    ("ends", "text"),
    [((-37, -30, -22), "costs 30 bp (95% CI 22 to 37)"), ((22, 30, 37), "gains 30 bp (95% CI 22 to 37)"),
     ((-9, -4, 3), "no significant change (−4 bp (95% CI −9 to 3))")],
)  # fmt: skip
def test_an_unclear_slope_never_speaks_as_a_clear_one_nor_without_its_sign(ends: tuple[int, ...], text: str) -> None:
    low, value, high = map(float, ends)
    assert plain(say.by_sign(Estimate(value, low, high, unit="bp"), **BY)) == text


def test_a_member_chosen_from_several_speaks_only_where_it_holds_in_its_family() -> None:
    best = Estimate(30.0, 2.0, 58.0, unit="bp")
    assert plain(say.by_sign(best, **BY, holds=False)).startswith("no significant change")
    assert plain(say.by_sign(best, **BY, holds=True)).startswith("gains")


def test_a_sign_without_an_interval_is_refused() -> None:
    with pytest.raises(SentenceRefused, match="without an interval"):
        say.by_sign(Estimate(3.0), **BY)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-502.0, "sold a net ¥502bn"), (502.0, "bought a net ¥502bn"), (0.0, "were neither net buyers nor net sellers")],
)
def test_a_verb_follows_the_sign_of_an_amount(value: float, text: str) -> None:
    words = {"up": "bought a net {}", "down": "sold a net {}", "unclear": "were neither net buyers nor net sellers"}
    assert plain(say.by_sign(value, **words, of=flows())) == text


def test_a_phrase_links_to_its_estimate_even_without_a_number() -> None:
    slope = Estimate(30.0, 22.0, 37.0, unit="bp")
    found = marks(say.by_sign(slope, up="flow leads", down="flow trails", unclear="no lead either way"))
    assert [(mark.kind, mark.id) for mark in found] == [(Kind.SIGN, slope.id)]
    with pytest.raises(SentenceRefused, match="cannot be filled in"):
        say.by_sign(slope, up="{slope}", down="", unclear="")


def test_counts_ordinals_lists_and_p_values() -> None:
    assert [plain(say.count(number, "week")) for number in (0, 1, 2, 13, 4067)] == [
        "no weeks", "one week", "two weeks", "13 weeks", "4,067 weeks",
    ]  # fmt: skip
    assert [plain(say.ordinal(number)) for number in (1, 2, 3, 11, 93, 112)] == [
        "1st", "2nd", "3rd", "11th", "93rd", "112th",
    ]  # fmt: skip
    assert say.listed(["a"]) == "a" and say.listed(["a", "b", "c"]) == "a, b and c" and say.listed([]) == "none"
    assert [plain(say.p_value(p)) for p in (0.0004, 0.004, 0.03, 0.4)] == [
        "p < 0.001", "p = 0.004", "p = 0.03", "p = 0.40",
    ]  # fmt: skip
    with pytest.raises(SentenceRefused):
        say.count(-1, "week")


def test_numbers_have_a_true_minus_and_separated_thousands() -> None:
    assert plain(say.number(-4067)) == "−4,067"
    assert plain(say.number(0.71, signed=True)) == "+0.71"
    assert plain(say.number(-0.001, 1)) == "0.0"
    assert [plain(say.percent(value)) for value in (36.2, 9.96, 1.74, -0.3)] == ["36%", "10%", "1.7%", "−0.3%"]
    assert plain(say.interval(-159.0, -11.0, unit="JPY bn")) == "−¥159bn to −¥11bn"
    assert plain(say.interval(22.0, 37.0, unit="bp")) == "22 to 37 bp"


def test_a_capital_reaches_into_a_mark() -> None:
    assert plain(say.capital(say.count(2, "week"))) == "Two weeks"
    assert marks(say.capital(say.count(2, "week")))[0].kind is Kind.COUNT
    assert say.capital("TOPIX") == "TOPIX" and say.capital("") == ""


@pytest.mark.parametrize("moment", [date(2026, 9, 4), pd.Timestamp("2026-09-04 15:30"), "2026-09-04"])
def test_dates_are_those_of_the_trade(moment: object) -> None:
    assert plain(say.date(moment)) == "4 Sep 2026"
    assert plain(say.date(moment, year=False)) == "4 Sep"
    assert plain(say.week_end(moment)) == "w/e 4 Sep 2026"
    assert plain(say.month(moment)) == "Sep 2026"
    assert plain(say.year(moment)) == "2026"
    assert plain(say.quarter("2026-06-30")) == "Apr to Jun 2026"
    assert plain(say.quarter("2026-02-28")) == "Dec 2025 to Feb 2026"
    with pytest.raises(UnitUnknown):
        say.date(None)


@pytest.mark.parametrize(
    ("first", "last", "span", "text"),
    [("2012-01-06", "2026-09-04", "week", "2012 to w/e 4 Sep 2026"),
     ("2012-01-06", "2026-09-04", "", "2012 to 4 Sep 2026"),
     ("2026-01-09", "2026-09-04", "week", "Jan to w/e 4 Sep 2026"),
     ("2020-03-31", "2026-06-30", "quarter", "2020 to Jun 2026"),
     ("2026-09-01", "2026-09-04", "day", "1 Sep to 4 Sep 2026"),
     ("2026-09-04", "2026-09-04", "week", "w/e 4 Sep 2026")],
)  # fmt: skip
def test_periods(first: str, last: str, span: str, text: str) -> None:
    assert plain(say.period(first, last, span=span)) == text
