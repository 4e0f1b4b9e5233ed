"""07: who falls, who holds. Headline numbers recomputed, edits of a strategist, parts without data, triggers."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.notebooks_in_process import ROOT, answer, findings, remembered, run
from tests.synthetic_package import write

NAME = "07_rotation"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
PAIR = 'pair = ["1631", "1625"]'


ran = partial(remembered, NAME)


@cache
def closes(day: str) -> pd.DataFrame:
    """Closes of the sector funds and TOPIX as published by the day, from the CSV files alone."""
    funds = pd.read_csv(ROOT / "data" / "sector_etf_daily.csv", dtype={"code": "str"})
    rows = pd.read_csv(ROOT / "data" / "market_daily.csv")
    rows = rows[rows["series"] == "topix"].assign(code="topix", adj_close_jpy=lambda frame: frame["value"])
    both = pd.concat([funds, rows])
    both = both[both["published_at"].str[:10] <= day].sort_values("published_at")
    both = both.drop_duplicates(["code", "period_end"], keep="last")
    table = both.pivot(index="period_end", columns="code", values="adj_close_jpy").loc["2010":]
    table.loc["2017-07-12":"2017-07-14", "1623"] = np.nan
    table.index = pd.DatetimeIndex(table.index)
    return table[table["topix"].notna() & table.drop(columns="topix").notna().any(axis=1)]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_headline_is_the_move_less_beta_times_topix(day: str) -> None:
    levels = closes(day)
    recent = levels["topix"].tail(60)
    first, last = recent.idxmax(), recent.index[-1]
    ends = levels.groupby(levels.index.to_period("W-SUN")).tail(1)
    weekly = (100 * ends.pct_change(fill_method=None)).loc[:first].tail(104)
    move = 100 * (levels.loc[last] / levels.loc[first] - 1)
    found = ran(day).require_success().metrics
    for place, code in (("first", "1631"), ("second", "1625")):
        known = weekly[[code, "topix"]].dropna()
        beta = sm.OLS(known[code], sm.add_constant(known["topix"])).fit().params["topix"]
        metric = found[f"beyond_beta_{place}_points"]
        assert metric.value == pytest.approx(move[code] - beta * move["topix"], abs=0.05)
        assert metric.low is not None and metric.high is not None and metric.low < 0 < metric.high
        assert "moved in line with beta" in findings(ran(day))[0]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_windows_and_ties_are_counted_by_the_rule_that_the_page_states(day: str) -> None:
    levels, found = closes(day), ran(day)
    first = levels["topix"].tail(60).idxmax()
    daily = 100 * levels[["1631", "1625", "topix"]].loc[:first].tail(520).pct_change(fill_method=None)
    design = sm.add_constant(pd.DataFrame({"now": daily["topix"], "before": daily["topix"].shift()})).iloc[2:]
    late = [sm.OLS(daily[code].iloc[2:], design).fit().params["before"] for code in ("1631", "1625")]
    tie = 2 * daily["topix"].iloc[2:].std() * np.sqrt(2 * (late[0] ** 2 + late[1] ** 2))
    assert found.metrics["tie_points"].value == pytest.approx(tie, rel=0.01)
    places = levels.index.get_loc(first), len(levels) - 1
    pair = levels[["1631", "1625"]].to_numpy()
    apart = []
    for start in range(places[0] - 5, places[0] + 6):
        for end in range(places[1] - 5, places[1] + 1):
            if start < end:
                change = pair[end] / pair[start] - 1
                apart.append(100 * (change[0] - change[1]))
    known = np.array(apart)[np.isfinite(apart)]
    better, worse = 100 * np.mean(known > tie), 100 * np.mean(known < -tie)
    assert found.metrics["windows_better_pct"].value == pytest.approx(better)
    assert found.metrics["windows_worse_pct"].value == pytest.approx(worse)
    sentence = next(text for text in findings(found) if text.startswith("Over"))
    assert f"{len(known)} windows" in sentence and f"up to {tie:.1f} points are ties" in sentence


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_all_sell_offs_are_listed_and_the_sentence_counts_both_those_with_betas_and_all(day: str) -> None:
    found = ran(day)
    table = found.tables["sell_offs"]
    sentence = next(text for text in findings(found) if "sell-offs of TOPIX" in text)
    counts = re.search(r"In (\d+) sell-offs .* of all (\d+) ", sentence)
    assert counts is not None
    assert int(counts[2]) == len(table) == found.metrics["sell_offs"].value
    assert int(counts[1]) == table["Banks"].notna().sum() < len(table)
    assert found.metrics["usual_in_sell_offs_first_points"].value == pytest.approx(table["Banks"].mean())
    assert (table["fall_pct"] <= -8).all() and len(table) == len(closes_falls(day))


def closes_falls(day: str) -> list[float]:
    """Sell-offs by another loop: the running high, the low after it, and the bounce that ends it."""
    falls, high, low = [], 0.0, None
    for close in closes(day)["topix"]:
        if low is None:
            high = max(high, close)
            low = close if close <= 0.92 * high else None
        elif close >= 1.08 * min(low, close):
            falls.append(100 * (low / high - 1))
            high, low = close, None
        else:
            low = min(low, close)
    return falls if low is None else [*falls, 100 * (low / high - 1)]


def test_the_sensitivity_to_yields_is_shown_by_era_and_not_pooled() -> None:
    found = ran(TODAY)
    eras = found.frames["banks_by_era"]
    slopes = dict(zip(eras["x"], eras["value"], strict=True))
    assert [round(value, 1) for value in slopes.values()] == [0.3, 1.8, 2.5]
    rows = pd.read_csv(ROOT / "data" / "market_daily.csv")
    tens = rows[rows["series"] == "jgb10y"].drop_duplicates("period_end", keep="last").set_index("period_end")["value"]
    tens.index = pd.DatetimeIndex(tens.index)
    levels = closes(TODAY)
    ends = levels.groupby(levels.index.to_period("W-SUN")).tail(1)
    moves = 100 * ends[["1631", "topix"]].pct_change(fill_method=None)
    frame = pd.DataFrame({"y": moves["1631"] - moves["topix"], "x": tens.reindex(ends.index).diff() * 10}).dropna()
    newest = frame.loc["2022":]
    slope = sm.OLS(newest["y"], sm.add_constant(newest["x"])).fit().params["x"]
    assert found.metrics["yield_slope_newest_era_points"].value == pytest.approx(slope, rel=0.02)
    assert "2022 to" in next(text for text in findings(found) if "10-year yield" in text)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_other_sectors_bring_their_own_names_and_numbers(day: str) -> None:
    found = ran(day, (PAIR, 'pair = ["1624", "1626"]'), ('beside = ["1624", "1632"]', 'beside = ["1631", "1632"]'))
    said = [*findings(found.require_success()), answer(found)]
    assert not any("anks" in text or "electric" in text for text in said if "mong" not in text)
    assert "machinery" in answer(found) and "IT and services" in answer(found)
    assert found.metrics["beyond_beta_first_points"].value == pytest.approx(
        found.tables["sectors"].set_index("Sector")["Beyond beta, points"]["Machinery"]
    )


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_a_deeper_notion_of_sell_offs_and_a_later_start_leave_fewer(day: str) -> None:
    for given in ({"sell_off_pct": "12"}, {"start": "2018-01-01"}):
        found = run(NAME, as_of=day, parameters=given).require_success()
        assert found.metrics["sell_offs"].value < ran(day).metrics["sell_offs"].value
        assert len(found.tables["sell_offs"]) == found.metrics["sell_offs"].value


def test_wider_ties_leave_fewer_verdicts_and_other_eras_are_named() -> None:
    given = {"tie_errors": "8", "eras": '["2013-04-01", "2024-03-19"]'}
    found = run(NAME, as_of=TODAY, parameters=given).require_success()
    assert found.metrics["tie_points"].value == pytest.approx(4 * ran(TODAY).metrics["tie_points"].value)
    assert found.metrics["windows_better_pct"].value < ran(TODAY).metrics["windows_better_pct"].value
    assert "Since 22 Mar 2024" in " ".join(findings(found))


def test_thirteen_week_betas_are_refused_and_say_why() -> None:
    failure = run(NAME, as_of=TODAY, parameters={"beta_weeks": "13"}).failure
    assert failure is not None and failure.type == "InsufficientData" and "26 weeks" in failure.message


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    ahead = "ahead = (lately[pair[0]] - lately[pair[1]]).dropna()"
    assert "did no better or worse than" in answer(ran(ARTICLE))
    assert "did better than" in answer(ran(ARTICLE, (ahead, f"{ahead} + 5")))
    assert "did worse than" in answer(ran(ARTICLE, (ahead, f"{ahead} - 5")))
    fall = "fall = 100 * (topix / topix.rolling(high_sessions, min_periods=1).max() - 1)"
    assert "is not in a sell-off" in answer(ran(ARTICLE))
    assert "is in a sell-off" in answer(ran(ARTICLE, (fall, f"{fall} - 9")))
    triggers = ran(ARTICLE).tables["triggers"]
    assert len(triggers) == 3 and triggers["next_release"].notna().all()


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY))
    assert not set(first) & set(second)


def test_what_a_day_does_not_know_is_said_in_its_place() -> None:
    found = ran("2018-06-29").require_success()
    assert [part["name"] for part in found.payloads("part")] == ["What electric appliances move with"]
    assert "2016 to" in next(text for text in findings(found) if "10-year yield" in text)


def test_a_market_without_enough_sell_offs_says_so_and_the_page_stands(tmp_path: Path) -> None:
    """On this synthetic project the page of old failed with an integer made of a missing number."""
    found = run(NAME, home=write(tmp_path / "project", "no effect", seed=1).home).require_success()
    assert [part["name"] for part in found.payloads("part")] == ["Sell-offs"]
    assert found.metrics["sell_offs"].value == len(found.tables["sell_offs"])
    assert "no significant move" in " ".join(findings(found))


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["beyond_beta"]
    assert found.printed == ""
