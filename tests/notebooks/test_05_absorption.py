"""05: who takes the other side. Headline numbers recomputed, edits of a strategist, parts without data, triggers."""

from __future__ import annotations

import re
from functools import cache, partial

import pandas as pd
import pytest

from tests.notebooks_in_process import ROOT, answer, findings, remembered, run

NAME = "05_absorption"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
BUYERS = 'buyers = ["individuals", "investment_trusts", "trust_banks", "proprietary"]'
SELLING = '"foreigners"] < 0, "weeks of foreign selling", expect="foreigners below zero")'
FIRST_SELECTION = f"selling = rows(net.dropna(), net[{SELLING}"
LOAD = 'net = flows.weekly(as_of, ["foreigners", *buyers], start=start, others=True)'


ran = partial(remembered, NAME)


@cache
def known_weeks(day: str) -> pd.DataFrame:
    """The classes of each week as published by the day, from the CSV alone: two markets, else three sections summed."""
    rows = pd.read_csv(ROOT / "data" / "investor_flows.csv")
    rows = rows[rows["published_at"].str[:10] <= day].sort_values("published_at")
    rows = rows.drop_duplicates(["market", "investor", "period_end"], keep="last")
    wanted = ["foreigners", "individuals", "investment_trusts", "trust_banks", "proprietary"]
    rows = rows[rows["investor"].isin(wanted)]
    two = rows[rows["market"] == "two_markets"].pivot(index="period_end", columns="investor", values="net_jpy_mn")
    parts = rows[rows["market"].isin(["tse_first", "tse_second", "tse_growth"])]
    grouped = parts.groupby(["period_end", "investor"])["net_jpy_mn"]
    three = grouped.sum().where(grouped.count() == 3).unstack()
    two, three = two.reindex(columns=wanted).dropna(), three.reindex(columns=wanted).dropna()
    weeks = pd.concat([two, three.drop(index=three.index.intersection(two.index))]).sort_index()
    return weeks.loc["2012":]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_headline_is_the_ratio_of_sums_over_weeks_of_selling(day: str) -> None:
    weeks = known_weeks(day)
    selling = weeks[weeks["foreigners"] < 0].sum()
    named = -100 * selling.drop("foreigners") / selling["foreigners"]
    first, second = named.sort_values(ascending=False).index[:2]
    found = ran(day).require_success().metrics
    assert found["counterparty_share_first_pct"].value == pytest.approx(named[first])
    assert found["counterparty_share_second_pct"].value == pytest.approx(named[second])
    assert found["domestic_customers_share_pct"].value == pytest.approx(100 - named["proprietary"], abs=1.0)


def test_shares_of_all_classes_add_to_the_whole() -> None:
    table = ran(TODAY).tables["counterparties"]
    assert table["estimate"].sum() == pytest.approx(100)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_an_insignificant_change_is_called_so(day: str) -> None:
    found = ran(day)
    change = found.metrics["counterparty_change_largest_points"]
    tests = found.tables["tests"].set_index("Family").loc["before and since"]
    adjusted = tests["adjusted p"].astype("str").str.removeprefix("< ").astype("float64")
    clear = change.low is not None and change.high is not None and (change.low > 0 or change.high < 0)
    sentence = next(text for text in findings(found) if text.startswith("Since"))
    if not clear or adjusted.min() > 0.05:
        assert "not significant" in sentence
    else:
        assert re.search(r"has (risen|fallen) by", sentence)


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY))
    assert not set(first) & set(second)


def test_what_a_day_does_not_know_is_said_in_its_place() -> None:
    found = ran("2018-06-29").require_success()
    names = [part["name"] for part in found.payloads("part")]
    assert names == ["Before and since", "Costlier or cheaper than before", "Milder than before"]
    assert all("2024" not in text for text in findings(found))


def test_few_weeks_since_the_day_leave_the_change_in_price_open() -> None:
    found = ran("2024-03-04").require_success()
    assert "Costlier or cheaper than before" in [part["name"] for part in found.payloads("part")]


def test_after_months_without_foreign_selling_sentences_name_the_last_week_that_they_rest_on() -> None:
    found = ran("2017-05-30").require_success()
    assert sum("31 Mar 2017" in text for text in findings(found)) >= 3


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_more_classes_bring_their_own_sample_and_say_it(day: str) -> None:
    wider = BUYERS.replace("]", ', "insurance", "city_regional_banks", "business_corporations"]')
    found = ran(day, (BUYERS, wider)).require_success()
    weeks, whole = (re.search(r"over (\d+) weeks", findings(each)[0]) for each in (found, ran(day)))
    assert weeks and whole and int(weeks[1]) < int(whole[1])
    assert {"insurance", "city_regional_banks", "business_corporations"} <= set(found.tables["counterparties"]["name"])


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_only_individuals_and_trusts_leave_a_larger_remainder(day: str) -> None:
    fewer = 'buyers = ["individuals", "investment_trusts", "trust_banks"]'
    found = ran(day, (BUYERS, fewer)).require_success()
    table = found.tables["counterparties"].set_index("name")["estimate"]
    assert (
        table.sum() == pytest.approx(100)
        and table["others"] > ran(day).tables["counterparties"].set_index("name")["estimate"]["others"]
    )
    assert "roprietary desks" not in answer(found)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_weeks_of_buying_turn_every_verb(day: str) -> None:
    buying = FIRST_SELECTION.replace("< 0", "> 0").replace('selling"', 'buying"').replace("below", "above")
    found = ran(day, (FIRST_SELECTION, buying)).require_success()
    assert "sell" in findings(found)[0] and "what foreigners buy" in findings(found)[0]
    assert "what foreigners buy" in answer(found) and "weeks of foreign buying" in findings(found)[0]
    half = FIRST_SELECTION.replace("< 0", "> 0")
    assert ran(day, (FIRST_SELECTION, half)).failure is not None


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_thirteen_week_sums_are_not_called_weeks(day: str) -> None:
    summed = ran(day, (LOAD, f"{LOAD}\nnet = net.rolling(13).sum()"))
    assert summed.failure is not None and "week" in summed.failure.message
    argument = LOAD.replace("others=True", 'others=True, every="13 weeks"')
    assert ran(day, (LOAD, argument)).failure is not None


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_another_unit_keeps_shares_and_says_the_shorter_sample(day: str) -> None:
    found = ran(day, (LOAD, LOAD.replace("others=True", 'others=True, unit="pct_of_turnover"'))).require_success()
    assert "2015 to" in findings(found)[0] and "¥" not in " ".join(findings(found))


def test_a_wider_notion_of_heavy_moves_the_episodes() -> None:
    found = run(NAME, as_of=TODAY, parameters={"heavy_share": "0.2"}).require_success()
    assert len(found.tables["episodes"]) > len(ran(TODAY).tables["episodes"])


def test_the_answer_turns_where_the_trigger_is_crossed() -> None:
    triggers = ran(TODAY).tables["triggers"]
    assert set(triggers["changes_when"]) == {"above", "below"} and triggers["next_release"].notna().all()
    assert "about as usual" in answer(ran(TODAY))
    lately = 'lately = (-100 * tail[first] / tail["foreigners"]).dropna()'
    assert "more than usual" in answer(ran(TODAY, (lately, f"{lately} + 60")))
    assert "less than usual" in answer(ran(TODAY, (lately, f"{lately} - 60")))


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["before_and_since"]
    assert found.printed == ""


def test_before_flows_can_be_set_against_the_market_only_their_price_is_left_open() -> None:
    found = ran("2014-01-31").require_success()
    left = {part["name"]: part["why"] for part in found.payloads("part")}
    assert left["At what price"] == "there are no weeks of foreign selling among 0 rows"
    assert "topix_per_bp_sold" not in found.metrics
    weeks = known_weeks("2014-01-31")
    selling = weeks[weeks["foreigners"] < 0].sum()
    taken = -100 * selling["individuals"] / selling["foreigners"]
    assert found.metrics["counterparty_share_first_pct"].value == pytest.approx(taken)


@pytest.mark.parametrize("day", ["2012-02-15", "2012-06-15"])
def test_in_the_first_weeks_the_page_says_that_too_little_selling_is_known(day: str) -> None:
    failure = ran(day).failure
    assert failure is not None
    assert failure.type == "InsufficientData"
    assert "weeks of foreign selling" in failure.message
