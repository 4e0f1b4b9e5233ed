"""02: how expensive the chip names are. Headline numbers recomputed, edits of a strategist, missing parts, triggers."""

from __future__ import annotations

import re
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import chips
from jpresearch.names import label
from tests.notebooks_in_process import ROOT, answer, findings, remembered, run

NAME = "02_semiconductors"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
BASKET = "codes = basket  #"


ran = partial(remembered, NAME)


@cache
def closes(day: str) -> pd.DataFrame:
    """Closes of the thirteen names on the basis of the table's last day, from the CSV alone: for returns."""
    rows = pd.read_csv(ROOT / "data" / "semiconductor_prices.csv", dtype={"code": "str"})
    rows = rows[(rows["published_at"].str[:10] <= day) & rows["code"].isin(list(chips.NAMES))]
    rows = rows.sort_values("published_at").drop_duplicates(["code", "period_end"], keep="last")
    table = rows.pivot(index="period_end", columns="code", values="close_jpy")
    return table.set_axis(pd.DatetimeIndex(table.index))


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_split_is_exact_and_the_share_is_that_of_sums_over_names(day: str) -> None:
    found = ran(day).require_success()
    table = found.tables["rally_by_name"].dropna(subset=["Price"]).set_index("Name")
    assert (table["Earnings"] + table["Re-rating"]).to_numpy() == pytest.approx(table["Price"].to_numpy())
    share = 100 * table["Earnings"].sum() / table["Price"].sum()
    assert found.metrics["rally_earnings_share_pct"].value == pytest.approx(share)
    first = pd.Timestamp(found.namespace["first"])
    prices = closes(day)
    moved = 100 * np.log(prices.iloc[-1] / prices.loc[first])
    for name in table.index:
        code = next(code for code in chips.NAMES if label(code) == name)
        assert table["Price"][name] == pytest.approx(moved[code])
    rise = 100 * np.expm1(np.mean([moved[code] for code in chips.NAMES if label(code) in table.index]) / 100)
    assert found.metrics["rally_return_pct"].value == pytest.approx(rise), "of the names that are split, no others"


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_verdict_on_the_rally_needs_every_reading(day: str) -> None:
    found = ran(day)
    shares = found.tables["rally_readings"]["Share of earnings, %"]
    said = next(text for text in findings(found) if text.startswith("Since"))
    assert len(shares) >= 5
    expected = "mostly earnings" if shares.min() > 50 else "mostly re-rating" if shares.max() < 50 else "undetermined"
    assert expected in said and expected in answer(found)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_one_company_is_set_against_one_market_with_members_that_stay(day: str) -> None:
    found = ran(day)
    members = found.tables["members"]
    names = members.loc[members["Member"] == "yes", "Name"]
    codes = [code for code in chips.NAMES if label(code) in set(names)]
    value, profit = (chips.valuation(day, each, codes) for each in ("market_value", "trailing_profit"))
    joint = (value.sum(axis=1, skipna=False) / profit.sum(axis=1, skipna=False)).dropna()
    assert found.metrics["basket_pe"].value == pytest.approx(joint.iloc[-1])
    rows = pd.read_csv(ROOT / "data" / "prime_valuation.csv")
    assert found.metrics["prime_pe"].value in set(rows.filter(like="per").select_dtypes("number").stack())
    said = next(text for text in findings(found) if "as one company" in text)
    assert f"{joint.iloc[-1]:.1f} times" in said and f"{found.metrics['prime_pe'].value:.1f}" in said
    month_ends = profit.groupby(profit.index.to_period("M")).tail(1).tail(24)
    assert month_ends.notna().all().all(), "a member is known at every month end"


def test_the_percentile_ranks_a_week_among_those_so_far() -> None:
    found = ran(TODAY)
    yields = found.namespace["weeks"]
    past = yields.to_numpy()
    expected = 100 * (np.sum(past > past[-1]) + np.sum(past == past[-1]) / 2) / len(past)
    assert found.metrics["basket_percentile"].value == pytest.approx(expected)


def test_falls_are_measured_from_own_peaks_within_the_window_that_is_stated() -> None:
    given = {"peak_from": "2025-07-01", "peak_to": "2025-08-29"}
    found = run(NAME, as_of=ARTICLE, parameters=given).require_success()
    table = found.tables["drawdowns_by_name"].set_index("Name")
    expected = {"Tokyo Electron": -28.8, "Lasertec": -26.0, "Disco": -19.9, "Advantest": -14.8}
    assert {name: round(table["Peak to low, %"][name], 1) for name in expected} == expected
    early = table["Peak"].between(pd.Timestamp("2025-07-03"), pd.Timestamp("2025-07-24"))
    assert early.sum() == 11 and len(table) == 13
    said = next(text for text in findings(found) if "own peaks" in text)
    assert "between 1 Jul 2025 and 29 Aug 2025" in said and "−28.8%" in said


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_guidance_counts_filings_that_raise_and_cut(day: str) -> None:
    rows = chips.guidance(day)
    rows = rows[rows["measure"] == "eps"]
    ends = pd.DatetimeIndex(rows["published_at"]).tz_localize(None).normalize() + pd.offsets.QuarterEnd(0)
    newest = pd.period_range(end=ends.max().to_period("Q"), periods=4, freq="Q")
    year = rows[ends.to_period("Q").isin(newest)]["direction"]
    metric = ran(day).metrics["guidance_diffusion_points"]
    assert metric.value == pytest.approx(100 * year.mean()) and metric.n == len(year)
    said = next(text for text in findings(ran(day)) if "guidance" in text)
    assert metric.low is not None and metric.high is not None
    assert ("no clear lean" in said) == (metric.low <= 0 <= metric.high)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_three_other_codes_are_the_basket_everywhere(day: str) -> None:
    found = ran(day, (BASKET, 'codes = ["8035", "6857", "6146"]  #')).require_success()
    named = {"Tokyo Electron", "Advantest", "Disco"}
    assert set(found.tables["members"]["Name"]) == named == set(found.tables["drawdowns_by_name"]["Name"])
    others = {label(code) for code in chips.NAMES} - named
    assert not any(name in text for name in others for text in [*found.texts, answer(found)])
    assert "three members" in " ".join(findings(found))
    assert answer(found) != answer(ran(day))


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_one_name_left_out_leaves_the_rest(day: str) -> None:
    rest = [code for code in chips.NAMES if code != "8035"]
    found = ran(day, (BASKET, f"codes = {rest}  #")).require_success()
    assert "Tokyo Electron" not in " ".join(found.texts)
    assert len(found.tables["members"]) == 12
    before = re.search(r"the (\w+) members?", " ".join(findings(ran(day))))
    assert before is not None and found.metrics["basket_pe"].value != ran(day).metrics["basket_pe"].value


def test_a_fund_or_an_unknown_code_is_refused_and_the_others_are_named() -> None:
    for wrong in ("1625", "9999"):
        failure = ran(TODAY, (BASKET, f'codes = ["8035", "{wrong}"]  #')).failure
        assert failure is not None and failure.type == "BadParameter" and wrong in failure.message


def test_another_start_of_the_rally_moves_its_numbers_and_one_outside_is_refused() -> None:
    found = run(NAME, as_of=TODAY, parameters={"rally_start": "2025-10-01"}).require_success()
    assert "since 1 Oct 2025" in answer(found)
    assert found.metrics["rally_return_pct"].value < ran(TODAY).metrics["rally_return_pct"].value
    failure = run(NAME, as_of=TODAY, parameters={"rally_start": "2027-01-01"}).failure
    assert failure is not None and failure.type == "BadParameter"


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    rank = "expensive = expanding_percentile(-weeks, min_periods=round(min_months * 52 / 12))"
    assert "mid-range" in answer(ran(ARTICLE))
    assert "they are expensive" in answer(ran(ARTICLE, (rank, f"{rank} + 30")))
    assert "they are cheap" in answer(ran(ARTICLE, (rank, f"{rank} - 60")))
    ahead = '    publish.need(len(balance), 1, "stretches of four quarters with guidance")'
    assert "not cut on balance" in answer(ran(ARTICLE))
    assert "cut more than raised" in answer(ran(ARTICLE, (ahead, f"    balance = balance - 60\n{ahead}")))
    triggers = ran(ARTICLE).tables["triggers"]
    assert len(triggers) == 3 and set(triggers["changes_when"]) == {"above", "below"}


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY))
    assert not set(first) & set(second)


def test_what_a_day_does_not_know_is_said_in_its_place_or_the_first_day_is_named() -> None:
    found = ran("2022-06-30").require_success()
    missing = {part["name"] for part in found.payloads("part")}
    assert {"Half-lives", "Later returns", "Forecast record"} <= missing
    assert "too short to rank" in answer(found)
    assert "first possible day" in str(ran("2018-06-29").skipped)


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["rally_split"]
    assert found.printed == ""
