"""Words for rows, and for what a row covers, follow the data or the run fails."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.about import About, describe
from jpresearch.errors import Contradiction, InsufficientData, SentenceRefused, UnitUnknown
from jpresearch.say import Kind, marks, plain
from jpresearch.say.selection import covers, rows, spanning

WEEKS = pd.date_range("2012-01-06", periods=120, freq="W-FRI", name="week_end")


@pytest.fixture
def net() -> pd.DataFrame:
    flow = np.where(np.arange(120) % 3 == 0, 200.0, -300.0)
    return describe(pd.DataFrame({"foreigners": flow, "individuals": -flow}, index=WEEKS), About("JPY bn", "week"))


def test_rows_know_their_words_count_and_dates(net: pd.DataFrame) -> None:
    selling = rows(net, net["foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")
    assert plain(selling.words) == "80 weeks of foreign selling, 2012 to w/e 18 Apr 2014"
    assert {mark.kind for mark in marks(selling.words)} == {Kind.COUNT, Kind.DATE}
    assert selling["individuals"].sum() == 80 * 300.0
    newest = rows(net.tail(3), net["foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")
    assert plain(newest.words) == "2 weeks of foreign selling, 11 Apr to 18 Apr 2014"


def test_weeks_of_buying_are_not_called_weeks_of_selling(net: pd.DataFrame) -> None:
    with pytest.raises(Contradiction, match="do not have foreigners below 0"):
        rows(net, net["foreigners"] > 0, "weeks of foreign selling", expect="foreigners below zero")
    with pytest.raises(Contradiction, match="Change the words too"):
        rows(net, net["foreigners"] > 0, "weeks of foreign selling", expect="foreigners above zero")
    buying = rows(net, net["foreigners"] > 0, "weeks of foreign buying", expect="foreigners above zero")
    assert plain(buying.words).startswith("40 weeks of foreign buying")
    assert plain(buying.either(below="sell", above="buy")) == "buy"


@pytest.mark.parametrize(
    ("expect", "holds"),
    [("foreigners below -299", True), ("foreigners below −300", False), ("foreigners at most -300", True),
     ("foreigners below zero and individuals above zero", True), ("individuals at least 301", False)],
)  # fmt: skip
def test_what_is_expected_is_checked_on_every_row(net: pd.DataFrame, expect: str, holds: bool) -> None:
    if holds:
        assert len(rows(net, net["foreigners"] < 0, "weeks chosen", expect=expect)) == 80
    else:
        with pytest.raises(Contradiction):
            rows(net, net["foreigners"] < 0, "weeks chosen", expect=expect)


@pytest.mark.parametrize("expect", ["", "foreigners negative", "insurers below zero"])
def test_an_expectation_that_says_nothing_is_refused(net: pd.DataFrame, expect: str) -> None:
    with pytest.raises(SentenceRefused):
        rows(net, net["foreigners"] < 0, "weeks of foreign selling", expect=expect)


def test_no_rows_are_too_few_data(net: pd.DataFrame) -> None:
    with pytest.raises(InsufficientData, match="there are no weeks of foreign selling among"):
        rows(net, net["foreigners"] < -999, "weeks of foreign selling", expect="foreigners below zero")


def test_a_missing_value_is_no_row_and_a_mask_of_other_rows_is_refused(net: pd.DataFrame) -> None:
    mask = (net["foreigners"] < 0).astype("boolean")
    mask.iloc[1] = pd.NA
    assert len(rows(net, mask, "weeks of foreign selling", expect="foreigners below zero")) == 79
    with pytest.raises(SentenceRefused, match="lacks rows"):
        rows(net, mask.iloc[:50], "weeks of foreign selling", expect="foreigners below zero")


@pytest.mark.parametrize(
    "change",
    [lambda chosen: chosen.rolling(13).sum(), lambda chosen: chosen.assign(foreigners=1.0), lambda chosen: -chosen],
)
def test_changed_rows_lose_their_words(net: pd.DataFrame, change: object) -> None:
    selling = rows(net, net["foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")
    with pytest.raises((Contradiction, AttributeError)):
        _ = change(selling).words  # type: ignore[operator]


def test_values_replaced_in_place_lose_their_words(net: pd.DataFrame) -> None:
    selling = rows(net, net["foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")
    selling["foreigners"] = 5.0
    with pytest.raises(Contradiction, match="no longer those"):
        _ = selling.words


def test_what_the_newest_rows_cover(net: pd.DataFrame) -> None:
    assert plain(covers(net)) == "the week to 18 Apr 2014"
    assert plain(covers(net["foreigners"], last=2)) == "the two weeks to 18 Apr 2014"
    assert plain(covers(net.iloc[-2])) == "the week to 11 Apr 2014"


def test_a_thirteen_week_sum_is_never_called_a_week(net: pd.DataFrame) -> None:
    with pytest.raises(UnitUnknown, match=r"(?s)what a row covers is unknown.*every="):
        covers(net.rolling(13).sum())
    assert plain(covers(net.rolling(13).sum(), every="13 weeks")) == "the 13 weeks to 18 Apr 2014"
    asked = describe(net.rolling(13).sum().dropna(), About("JPY bn", "13 weeks"))
    assert plain(covers(asked)) == "the 13 weeks to 18 Apr 2014"
    with pytest.raises(UnitUnknown, match="overlap"):
        covers(asked, last=2)


def test_weeks_around_the_new_year_follow_each_other() -> None:
    ends = pd.to_datetime(["2024-12-20", "2024-12-27", "2024-12-30", "2025-01-10"])
    frame = pd.DataFrame({"foreigners": [1.0, 2.0, 3.0, 4.0]}, index=pd.DatetimeIndex(ends, name="week_end"))
    net = describe(frame, About("JPY bn", "week"))
    assert plain(covers(net, last=4)) == "the four weeks to 10 Jan 2025"
    with pytest.raises(UnitUnknown, match="missing between"):
        covers(net.drop(net.index[2]), last=2)


def test_weeks_with_a_gap_are_not_spoken_of_together(net: pd.DataFrame) -> None:
    with pytest.raises(UnitUnknown, match="missing between"):
        covers(net.drop(net.index[-2]), last=2)


@pytest.mark.parametrize(("span", "text"), [("day", "18 Apr 2014"), ("month", "the month to 18 Apr 2014")])
def test_other_spans(span: str, text: str) -> None:
    frame = describe(pd.DataFrame({"a": [1.0]}, index=WEEKS[-1:]), About("bp", span))
    assert plain(covers(frame)) == text


def test_an_unreadable_span_is_refused(net: pd.DataFrame) -> None:
    with pytest.raises(UnitUnknown, match="no span"):
        covers(net, every="fortnight")


def test_rows_of_another_span_are_not_called_weeks(net: pd.DataFrame) -> None:
    sums = net.rolling(13).sum().dropna()
    ask = {"words": "weeks of foreign selling", "expect": "foreigners below zero"}
    with pytest.raises(UnitUnknown, match="whether a row is a week"):
        rows(sums, sums["foreigners"] < 0, **ask)
    with pytest.raises(Contradiction, match="each row covers 13 weeks"):
        rows(sums, sums["foreigners"] < 0, **ask, every="13 weeks")
    spans = rows(sums, sums["foreigners"] < 0, "spans of selling", expect="foreigners below zero", every="13 weeks")
    assert "spans of selling" in spans.counted
    doubled = net * 2
    assert len(rows(doubled, doubled["foreigners"] < 0, **ask, every="week"))


def test_a_step_that_needs_weeks_gets_weeks_or_refuses(net: pd.DataFrame) -> None:
    assert spanning(net["foreigners"], "week") is not None
    pd.testing.assert_frame_equal(spanning(net, "week"), net)
    with pytest.raises(UnitUnknown, match="whether a row is a week"):
        spanning(net.rolling(13).sum(), "week")
    longer = describe(net, About("JPY bn", "13 weeks"))
    with pytest.raises(Contradiction, match="each row covers 13 weeks"):
        spanning(longer["foreigners"], "week")
