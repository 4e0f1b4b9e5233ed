"""Flows of investors: one basis a week, weeks that are missing, units, sums, remainders, and what is public when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch import tables
from jpresearch.about import about
from jpresearch.datasets import flows as published_flows
from jpresearch.datasets import market
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished, UnknownName
from tests.datasets.conftest import Write, flows

FIVE = ["foreigners", "individuals", "investment_trusts", "trust_banks", "proprietary"]
SECTIONS = ("tse_first", "tse_second", "tse_growth")
LATEST = pytest.mark.skipif(
    tables.newest("investor_flows")["newest_period"] < "2026-09-25", reason="the table ends before September 2026"
)
W1, W2, W3, W4 = "2018-01-12", "2018-01-19", "2018-01-26", "2018-02-02"


@LATEST
def test_the_newest_weeks_of_foreigners_are_those_that_jpx_published() -> None:
    net = published_flows.weekly("2026-11-01", ["foreigners"])["foreigners"]
    assert net.index[-1] == pd.Timestamp("2026-09-25")
    assert net.tail(3).round(1).tolist() == [-303.7, -642.5, -93.0]


@LATEST
def test_a_week_exists_from_the_minute_of_its_publication() -> None:
    noon, afternoon = (published_flows.weekly(f"2026-09-17T{at}", "foreigners") for at in ("12:00", "15:30"))
    assert (noon.index[-1], afternoon.index[-1]) == (pd.Timestamp("2026-09-04"), pd.Timestamp("2026-09-11"))


@LATEST
def test_five_classes_are_continuous_from_2009_but_for_weeks_that_are_named() -> None:
    net = published_flows.weekly("2026-09-11", FIVE)
    found = about(net)
    assert found is not None and net.index[0] == pd.Timestamp("2009-06-05")
    weeks = pd.DatetimeIndex([day for days in found.missing.values() for day in days]).unique()
    assert net.drop(weeks).notna().all().all()
    assert len(weeks) < 20, "holiday weeks"
    assert set(found.bases) == set(net.dropna(how="all").index.strftime("%Y-%m-%d"))
    assert set(found.bases.values()) > {"Tokyo and Nagoya"}, "a few holiday weeks stand on the sections"


def test_foreigners_have_no_gap_from_2016() -> None:
    assert published_flows.weekly("2026-11-01", "foreigners", start="2016-01-08").notna().all().all()


def test_published_figures_of_august_2025() -> None:
    net = published_flows.weekly("2025-12-01", "foreigners")["foreigners"]
    known = {"2025-04-04": 601.126, "2025-08-01": -189.206, "2025-08-22": -198.867, "2025-08-29": -303.154}
    assert net[list(known)].round(3).to_dict() == {pd.Timestamp(day): value for day, value in known.items()}
    prime = published_flows.weekly("2025-12-01", "foreigners", market="tse_prime")["foreigners"]
    assert prime["2025-08-29"] == pytest.approx(-286.690)


def test_sections_stand_in_for_a_week_that_the_two_markets_do_not_know(write: Write) -> None:
    parts = [flows(section, name, {W1: 1.0, W2: 2.0}) for section in SECTIONS for name in ("foreigners", "insurance")]
    write("investor_flows", pd.concat([flows("two_markets", "foreigners", {W1: 5.0, W3: 7.0}), *parts]))
    net = published_flows.weekly("2031-01-01", "foreigners")
    assert net["foreigners"].tolist() == [5.0, 6.0, 7.0]
    both = published_flows.weekly("2031-01-01", ["foreigners", "insurance"])
    assert both["foreigners"].tolist() == [3.0, 6.0, 7.0], "all classes of a week stand on one basis"
    assert both["insurance"].isna().tolist() == [False, False, True]
    assert published_flows.bases("2031-01-01", ["foreigners", "insurance"])["basis"].tolist() == [
        *["sections_to_2022"] * 2,
        "two_markets",
    ]


def test_a_section_that_lacks_a_class_gives_no_sum(write: Write) -> None:
    write("investor_flows", pd.concat([flows(section, "insurance", {W1: 1.0}) for section in SECTIONS[:2]]))
    assert published_flows.weekly("2031-01-01", "insurance").empty


def test_a_remainder_is_known_only_where_every_class_is(write: Write) -> None:
    rows = [flows("two_markets", "foreigners", {W1: -5.0, W2: -1.0}), flows("two_markets", "individuals", {W1: 3.0})]
    rows += [flows("two_markets", "individuals_cash", {W1: 1.0}), flows("two_markets", "individuals_margin", {W1: 2.0})]
    write("investor_flows", pd.concat(rows))
    net = published_flows.weekly("2031-01-01", ["foreigners", "individuals"], others=True)
    assert net["others"].iloc[0] == pytest.approx(2.0)
    assert np.isnan(net["others"].iloc[1])
    beside = ["foreigners", "individuals", "individuals_cash", "individuals_margin"]
    assert published_flows.weekly("2031-01-01", beside, others=True)["others"].iloc[0] == pytest.approx(2.0)


def test_a_missing_week_is_a_row_without_a_value_and_breaks_every_sum_over_it(write: Write) -> None:
    write("investor_flows", flows("two_markets", "foreigners", {W1: 1.0, W2: 2.0, W4: 4.0, "2018-02-09": 5.0}))
    net = published_flows.weekly("2031-01-01", "foreigners")["foreigners"]
    assert net.index.tolist() == pd.to_datetime([W1, W2, W3, W4, "2018-02-09"]).tolist()
    found = about(net)
    assert found is not None and found.missing == {"foreigners": (W3,)}
    sums = published_flows.weekly("2031-01-01", "foreigners", every="2 weeks")
    assert sums["foreigners"].isna().tolist() == [True, False, True, True, False]
    assert sums["foreigners"].dropna().tolist() == [3.0, 9.0]
    told = about(sums)
    assert told is not None and told.span == "2 weeks"
    cut = published_flows.weekly("2031-01-01", "foreigners", every="2 weeks", start="2018-02-09")
    assert cut["foreigners"].tolist() == [9.0], "a sum reaches back before the first row shown"


def test_a_correction_counts_from_the_day_it_came_out(write: Write) -> None:
    first = flows("two_markets", "foreigners", {W1: 1.0}, "2018-01-18T15:30")
    write("investor_flows", pd.concat([first, flows("two_markets", "foreigners", {W1: 1.5}, "2018-03-01T15:30")]))
    before, after = (published_flows.weekly(day, "foreigners")["foreigners"].iloc[0] for day in ("2018-02-01", None))
    assert (before, after) == (1.0, 1.5)
    moments = published_flows.published(None, "foreigners").iloc[0]
    assert moments["first_published_at"] == pd.Timestamp("2018-01-18T15:30", tz="Asia/Tokyo")
    assert moments["published_at"] == pd.Timestamp("2018-03-01T15:30", tz="Asia/Tokyo")


def test_units_are_the_flow_over_market_value_and_turnover() -> None:
    as_of = "2025-09-05"
    net = published_flows.weekly(as_of, "foreigners", start="2020-01-01")["foreigners"]
    value = market.market_cap_on_weeks(as_of)["market_cap"].reindex(net.index)
    scaled = published_flows.weekly(as_of, "foreigners", start="2020-01-01", unit="bp_of_market_cap")
    pd.testing.assert_series_equal(scaled["foreigners"], net / (value * 1000) * 10_000, check_names=False)
    told = about(scaled)
    assert told is not None and told.unit == "bp of market value" and "market_size" in told.sources
    traded = market.turnover_on_weeks(as_of)["turnover"].reindex(net.index)
    share = published_flows.weekly(as_of, "foreigners", start="2020-01-01", unit="pct_of_turnover")
    pd.testing.assert_series_equal(share["foreigners"], net / traded * 100, check_names=False)


def test_the_recent_weeks_end_where_every_class_is_known() -> None:
    as_of = "2026-09-11"
    recent = published_flows.recent(as_of, [*FIVE, "insurance"], weeks=8)
    newest = published_flows.newest(as_of, [*FIVE, "insurance"])
    assert len(recent) == 8 and recent.iloc[-1].notna().all()
    assert recent.index[-1] == newest["last_week"].min() == pd.Timestamp("2026-07-31")
    assert newest.loc["insurance", "weeks_behind"] > 0 == newest.loc["foreigners", "weeks_behind"]


def test_classes_that_no_week_knows_together_are_refused_with_the_week_of_each(write: Write) -> None:
    rows = [flows("two_markets", "foreigners", {W1: 1.0}), flows("two_markets", "individuals", {W2: 1.0})]
    write("investor_flows", pd.concat(rows))
    with pytest.raises(InsufficientData, match=f"foreigners to {W1}, individuals to {W2}"):
        published_flows.recent("2031-01-01", ["foreigners", "individuals"])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"classes": "foreigner"}, UnknownName, "investment_trusts"),
        ({"classes": []}, BadParameter, "no class"),
        ({"classes": ["others"]}, BadParameter, "others=True"),
        ({"classes": "foreigners", "unit": "usd"}, UnknownName, "bp_of_market_cap"),
        ({"classes": "foreigners", "every": "13"}, BadParameter, "13 weeks"),
        ({"classes": "foreigners", "every": "0 weeks"}, BadParameter, "weeks"),
        ({"classes": "foreigners", "market": "osaka"}, UnknownName, "tse_prime"),
        ({"classes": "foreigners", "start": "soon"}, BadParameter, "YYYY-MM-DD"),
    ],
)
def test_a_wrong_call_is_refused_with_what_is_allowed(
    options: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        published_flows.weekly("2025-09-05", **options)  # type: ignore[arg-type]


def test_before_the_first_publication_there_is_an_error_for_the_survey_and_no_row_for_futures() -> None:
    with pytest.raises(NotYetPublished):
        published_flows.weekly("2001-01-01", "foreigners")
    early = published_flows.futures("2012-01-04")
    assert early.empty and "futures" in early.columns
    cash = published_flows.cash_and_futures("2012-02-01", start="2010-01-01")
    assert cash["cash"].notna().any() and cash["futures"].isna().all()


def test_cash_and_futures_of_late_august_2025() -> None:
    both = published_flows.cash_and_futures("2025-12-01")
    weeks = both.loc["2025-08-22":"2025-08-29"]  # type: ignore[misc]
    assert weeks["cash"].sum() == pytest.approx(-502.0, abs=0.05)
    assert weeks["nikkei225_large"].round(1).tolist() == [226.5, -246.2]
    assert weeks["futures"].isna().all(), "one contract is not all futures"


@LATEST
def test_futures_add_up_in_yen_over_the_four_contracts_where_all_are_known() -> None:
    contracts = ["nikkei225_large", "nikkei225_mini", "topix_large", "topix_mini"]
    found = published_flows.cash_and_futures("2026-10-02", start="2026-04-01")
    known = found.dropna(subset=contracts)
    assert len(known) == 24
    pd.testing.assert_series_equal(known["futures"], known[contracts].sum(axis=1), check_names=False)
    rows = tables.load("futures_flows", "2026-10-02")
    own = rows[(rows["investor"] == "foreigners") & rows["product"].isin(contracts)].groupby("period_end")["net_jpy_mn"]
    by_hand = own.sum()[own.count() == 4] / 1000
    assert known["futures"].tolist() == pytest.approx(by_hand.tolist())
    assert known["futures"].abs().mean() == pytest.approx(394, abs=1)
    assert known["cash"].abs().mean() == pytest.approx(523, abs=1)
    assert int((np.sign(known["cash"]) != np.sign(known["futures"])).sum()) == 14


@LATEST
def test_mof_and_jpx_lie_on_the_same_weeks_and_each_is_there_once_it_is_out() -> None:
    morning = published_flows.mof_and_jpx("2026-09-17T12:00")
    assert morning.index[-1] == pd.Timestamp("2026-09-11")
    assert morning["mof"].iloc[-1] == pytest.approx(-1522.8) and np.isnan(morning["jpx"].iloc[-1])
    evening = published_flows.mof_and_jpx("2026-09-17")
    assert evening["jpx"].iloc[-1] == pytest.approx(-303.683)
    assert published_flows.mof_and_jpx("2025-09-05").loc["2025-08-29", "mof"] == pytest.approx(-785.7)


def test_shares_of_trading_stand_on_named_bases() -> None:
    share = published_flows.trading_share("2026-09-05")
    august = share.loc["2025-08", "customers_prime"]
    assert (august.min().round(1), august.max().round(1)) == (64.4, 67.3)
    old = share.loc["2018"].dropna(how="all", axis=1)
    assert list(old.columns) == ["customers_sections", "all_sections"]
    assert (old["customers_sections"] > old["all_sections"]).all()
