"""04: what NISA brought. Headline numbers recomputed, cash apart from margin, edits of a strategist, triggers."""

from __future__ import annotations

import re
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.notebooks_in_process import ROOT, answer, findings, remembered

NAME = "04_nisa"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
WEEKLY = "weekly = flows.weekly(as_of, parts, start=start)"
SINCE = 'since: str = "2024-01-01"'


ran = partial(remembered, NAME)


@cache
def weeks(day: str) -> pd.DataFrame:
    """Cash and margin by week as published by the day, from the CSV alone, from December 2021."""
    rows = pd.read_csv(ROOT / "data" / "investor_flows.csv")
    rows = rows[(rows["published_at"].str[:10] <= day) & (rows["market"] == "two_markets")]
    rows = rows.sort_values("published_at").drop_duplicates(["investor", "period_end"], keep="last")
    rows = rows[rows["investor"].isin(["individuals_cash", "individuals_margin"])]
    wide = rows.pivot(index="period_end", columns="investor", values="net_jpy_mn") / 1000
    return wide.loc["2021-12":].dropna()


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
@pytest.mark.parametrize("part", ["cash", "margin"])
def test_the_step_is_that_of_least_squares_with_eight_lags(day: str, part: str) -> None:
    net = weeks(day)[f"individuals_{part}"]
    step = (net.index >= "2024-01-01").astype("float64")
    hac = {"maxlags": 8, "use_correction": True}
    fit = sm.OLS(net.to_numpy(), sm.add_constant(step)).fit(cov_type="HAC", cov_kwds=hac, use_t=True)
    found = ran(day).require_success().metrics[f"individuals_{part}_step_jpy_bn_week"]
    low, high = fit.conf_int()[1]
    assert found.value == pytest.approx(fit.params[1])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.5), pytest.approx(high, abs=0.5))


def test_cash_and_margin_stand_apart_and_cash_leads() -> None:
    today, article = ran(TODAY).metrics, ran(ARTICLE).metrics
    cash, margin = today["individuals_cash_step_jpy_bn_week"], today["individuals_margin_step_jpy_bn_week"]
    assert [round(each) for each in (cash.value, cash.low, cash.high)] == [-85, -159, -11]
    assert [round(each) for each in (margin.value, margin.low, margin.high)] == [49, 18, 80]
    assert cash.lead and not margin.lead
    for name, known in (("cash", (-72, -164, 20)), ("margin", (28, -5, 61))):
        found = article[f"individuals_{name}_step_jpy_bn_week"]
        assert [found.value, found.low, found.high] == pytest.approx(known, abs=1)
    sentence = next(text for text in findings(ran(ARTICLE)) if text.startswith("Since Jan"))
    assert sentence.count("no significant change") == 2
    sentence = next(text for text in findings(ran(TODAY)) if text.startswith("Since Jan"))
    assert "fell by ¥85.0bn" in sentence and "margin rose by ¥49.3bn" in sentence


def test_2024_over_2023_lies_within_its_bounds_and_no_total_is_differenced() -> None:
    found = ran(TODAY).metrics["nisa_first_year_ratio_x"]
    assert (found.low, found.high) == (pytest.approx(2.94, abs=0.005), pytest.approx(3.84, abs=0.005))
    year = ran(TODAY).metrics["nisa_bought_year_jpy_tn"]
    assert (year.value, year.low, year.high) == pytest.approx((18.8, 18.7, 18.9))
    assert ran(ARTICLE).metrics["nisa_bought_year_jpy_tn"].value == pytest.approx(17.4)


def test_the_cash_of_a_year_is_the_sum_of_its_known_weeks_and_their_number_is_said() -> None:
    net = weeks(TODAY)["individuals_cash"]
    year = net[(net.index >= "2025-01-01") & (net.index <= "2025-12-31")]
    found = ran(TODAY)
    assert found.metrics["individuals_cash_year_jpy_tn"].value == pytest.approx(year.sum() / 1000)
    assert f"{len(year)} weeks known of" in findings(found)[0]


def test_the_most_that_can_be_japanese_is_the_growth_quota() -> None:
    found = ran(TODAY).metrics["nisa_direct_japan_at_most_pct"]
    assert found.value == pytest.approx(100 * 12.6 / 18.8)
    assert found.low < found.value < found.high
    assert "at most 67% can be Japanese" in answer(ran(TODAY))
    text = next(
        text
        for text in findings(ran(TODAY, ("listed_pct: float = 48.0", "listed_pct: float = 30.0")))
        if "quota" in text
    )
    assert "20% if 30% of the growth quota" in text


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_sums_of_weeks_are_not_called_weeks(day: str) -> None:
    summed = ran(day, (WEEKLY, f"{WEEKLY}.rolling(13).sum()"))
    assert summed.failure is not None and "unit" in summed.failure.message
    longer = ran(day, (WEEKLY, WEEKLY.replace("start=start", 'start=start, every="13 weeks"'))).require_success()
    said = " ".join([*findings(longer), answer(longer)])
    assert "per week" not in said and "52 weeks" not in said and "weeks known" not in said
    assert "per 13 weeks" in said


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_another_unit_carries_no_yen_into_sentences_on_cash(day: str) -> None:
    share = ran(day, (WEEKLY, WEEKLY.replace("start=start", 'start=start, unit="pct_of_turnover"'))).require_success()
    about_cash = [text for text in findings(share) if "margin" in text]
    assert about_cash and not [text for text in about_cash if "¥" in text]
    assert "individuals_cash_year_jpy_tn" not in share.metrics


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_another_day_moves_every_comparison_or_the_part_says_why_not(day: str) -> None:
    unknown = ran(day, (SINCE, 'since: str = "2023-06-01"')).require_success()
    assert "with no pace known since Jun 2023" in answer(unknown)
    assert "The pace before and since" in [part["name"] for part in unknown.payloads("part")]
    later = ran(TODAY, (SINCE, 'since: str = "2025-01-01"')).require_success()
    assert not [
        text for text in [*findings(later), answer(later)] if "Since Jan 2024" in text or "since Jan 2024" in text
    ]
    assert later.metrics["nisa_pace_ratio_x"].value < 1.2


def test_a_shorter_record_is_the_sample_that_is_said() -> None:
    shorter = ran(TODAY, ('record_from: str = "2021-12-01"', 'record_from: str = "2023-01-01"')).require_success()
    sentence = next(text for text in findings(shorter) if text.startswith("Since Jan"))
    assert "(2023 to 4 Sep 2026)" in sentence
    step, whole = (each.metrics["individuals_cash_step_jpy_bn_week"] for each in (shorter, ran(TODAY)))
    assert step.n < whole.n


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    assert "individuals sold cash equities" in answer(ran(TODAY)) and "times as fast" in answer(ran(TODAY))
    annual = ".mean()[weekly.notna()].dropna()"
    assert "individuals bought cash" in answer(ran(TODAY, (annual, f"{annual}.abs()")))
    monthly = 'monthly = (totals["bought"] / totals["months"]).rename("pace")'
    slower = ran(TODAY, (monthly, f"{monthly}\nmonthly.iloc[-1] = 0.1")).require_success()
    assert "lately no faster than before" in answer(slower)
    triggers = ran(TODAY).tables["triggers"]
    assert len(triggers) == 2 and triggers["next_release"].notna().all()


@pytest.mark.parametrize("day", ["2018-06-29", "2022-06-30"])
def test_before_the_new_scheme_the_page_speaks_of_what_is_known(day: str) -> None:
    found = ran(day).require_success()
    assert "2024" not in answer(found), "no word of a scheme to come"
    assert f"year to {pd.Timestamp(day):%b %Y}" in answer(found)
    assert {"The step since the new scheme", "Fund flows"} <= {part["name"] for part in found.payloads("part")}
    assert 4 <= len([payload for payload in found.payloads("metric") if payload["lead"]]) <= 5
    assert re.search(rf"52 weeks to \d+ {pd.Timestamp(day):%b %Y}", " ".join(findings(found)))


@pytest.mark.parametrize(("day", "later"), [("2023-06-30", True), (ARTICLE, False), (TODAY, False)])
def test_a_year_is_not_called_the_newest_where_totals_cover_later_ones(day: str, later: bool) -> None:
    found = ran(day).require_success()
    (sentence,) = [text for text in findings(found) if "gross in NISA accounts" in text]
    assert ("no later year" in sentence) is later


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY))
    assert not set(first) & set(second)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_page_keeps_to_the_lengths_of_the_house(day: str) -> None:
    found = ran(day).require_success()
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["gross_and_net"]
    assert found.printed == ""
    assert np.isfinite([payload["value"] for payload in found.payloads("metric")]).all()


@pytest.mark.parametrize("day", ["2014-04-30", "2014-12-31"])
def test_before_a_year_of_the_scheme_is_known_the_page_says_so(day: str) -> None:
    failure = ran(day).failure
    assert failure is not None
    assert failure.type == "InsufficientData"
    assert "calendar years of NISA purchases" in failure.message
