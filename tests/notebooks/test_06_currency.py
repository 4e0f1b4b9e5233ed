"""06: Japan against the world, the yen and its hedge. Headline numbers recomputed, edits, parts, triggers."""

from __future__ import annotations

import re
from functools import cache, partial

import pandas as pd
import pytest
import statsmodels.api as sm

from jpresearch.errors import UnknownName
from tests.notebooks_in_process import ROOT, answer, findings, remembered

NAME = "06_currency"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
DAYS = (ARTICLE, TODAY)


ran = partial(remembered, NAME)


@cache
def all_rows() -> pd.DataFrame:
    markets = pd.read_csv(ROOT / "data" / "market_daily.csv", usecols=["series", "period_end", "value", "published_at"])
    world = pd.read_csv(ROOT / "data" / "world_indices.csv")
    world = world[world["frequency"] == "daily"].rename(columns={"close_index_points": "value"})
    short = pd.read_csv(ROOT / "data" / "short_rates.csv").rename(columns={"value_pct": "value"})
    return pd.concat([each[["series", "period_end", "value", "published_at"]] for each in (markets, world, short)])


@cache
def daily(day: str, name: str) -> pd.Series:
    """A series of the CSV files as published by the day."""
    rows = all_rows()
    rows = rows[(rows["series"] == name) & (rows["published_at"].str[:10] <= day)].sort_values("published_at")
    values = rows.drop_duplicates("period_end", keep="last").set_index("period_end")["value"].sort_index().dropna()
    return values.set_axis(pd.to_datetime(values.index))


ABROAD = ["sp500", "kospi", "taiex", "hang_seng", "shanghai_composite", "ftse100", "cac40", "ftse_mib"]


def change(day: str, name: str, first: str, last: str) -> float:
    series = daily(day, name)
    return float(series.loc[:last].iloc[-1] / series.loc[:first].iloc[-1] - 1) * 100


@pytest.mark.parametrize(("day", "since"), [(ARTICLE, "2023-12-31"), (TODAY, "2024-12-31")])
def test_the_rank_is_among_markets_over_the_same_days(day: str, since: str) -> None:
    until = min(daily(day, name).index[-1] for name in ["topix", "nikkei225", *ABROAD])
    found = ran(day).require_success().metrics
    japan = change(day, "topix", since, str(until.date()))
    better = sum(change(day, name, since, str(until.date())) > japan for name in ABROAD)
    assert found["japan_price_return_pct"].value == pytest.approx(japan)
    assert found["japan_price_rank"].value == better + 1
    assert "dax" not in ran(day).frames["markets_local"].to_string().lower()


def test_price_changes_of_the_last_whole_year_are_facts_by_market() -> None:
    rounded = {"kospi": 76, "ftse_mib": 31, "hang_seng": 28, "nikkei225": 26, "taiex": 26, "topix": 22}
    rounded |= {"ftse100": 22, "shanghai_composite": 18, "sp500": 16}
    found = ran(TODAY).metrics
    for name, points in rounded.items():
        value = found[f"price_change_2025_whole_{name}_pct"].value
        assert value == pytest.approx(change(TODAY, name, "2024-12-31", "2025-12-31")) and round(float(value)) == points
    assert round(change(TODAY, "dax", "2024-12-31", "2025-12-31")) == 23
    assert "price_change_2025_to_date_topix_pct" in ran(ARTICLE).metrics


@pytest.mark.parametrize("day", DAYS)
def test_hedged_returns_carry_the_rate_differential_and_unhedged_ones_the_yen(day: str) -> None:
    found = ran(day).require_success()
    wealth = found.frames["hedged_with_carry"].set_index(found.frames["hedged_with_carry"].columns[0])
    first, last = (str(pd.Timestamp(label).date()) for label in (wealth.index[0], wealth.index[-1]))
    local = change(day, "topix", first, last)
    fx = daily(day, "usdjpy")
    unhedged = ((1 + local / 100) * fx.loc[:first].iloc[-1] / fx.loc[:last].iloc[-1] - 1) * 100
    assert found.metrics["japan_usd_unhedged_pct"].value == pytest.approx(unhedged, abs=0.01)
    days = pd.date_range(first, last, freq="D", inclusive="left")
    home, yen = (
        daily(day, name).reindex(days, method="ffill") for name in ("us_treasury_3m_cmt", "jp_call_rate_overnight")
    )
    carried = ((1 + home / 36500) / (1 + yen / 36500)).prod()
    hedged = ((1 + local / 100) * carried - 1) * 100
    assert found.metrics["japan_usd_hedged_pct"].value == pytest.approx(hedged, abs=0.2)
    assert abs(found.metrics["japan_usd_hedged_pct"].value - local) > 1, "a hedge without carry earns the local return"
    assert "covered parity without basis" in " ".join(findings(found))


def test_the_hedge_ratio_is_that_of_a_regression_of_statsmodels() -> None:
    found = ran(TODAY)
    weekly = found.namespace["weekly"]
    fit = sm.OLS(weekly["local"] + weekly["yen"], sm.add_constant(weekly["yen"])).fit()
    metric = found.metrics["hedge_ratio_min_variance_pct"]
    assert metric.value == pytest.approx(100 * fit.params["yen"])
    held = weekly["local"] + weekly["yen"]
    variances = {
        ratio: (held - ratio * weekly["yen"]).var() for ratio in (fit.params["yen"] + step for step in (-0.1, 0, 0.1))
    }
    assert min(variances, key=lambda ratio: variances[ratio]) == pytest.approx(fit.params["yen"])


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in DAYS)
    assert not set(first) & set(second)


def test_what_a_day_does_not_know_is_said_in_its_place() -> None:
    found = ran("2018-06-29").require_success()
    assert [part["name"] for part in found.payloads("part")] == ["The Bank of Japan's steps"]
    assert "boj_steps_topix" not in found.titles


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("since", ["2020-03-19", "2011-06-30"])
def test_another_start_moves_every_sentence_that_names_it(day: str, since: str) -> None:
    found = ran(day, since=since).require_success()
    said = pd.Timestamp(since).strftime("%-d %b %Y")
    lead = [payload["text"] for payload in found.payloads("finding") if payload["lead"]]
    assert said in answer(found) and said in lead[0]
    until = re.search(r" to (\d+ \w+ \d{4})", answer(found))
    assert until is not None
    value = change(day, "topix", since, str(pd.Timestamp(until[1]).date()))
    assert found.metrics["japan_price_return_pct"].value == pytest.approx(value)
    wealth = found.frames["hedged_with_carry"].iloc[:, 0]
    assert pd.Timestamp(wealth.iloc[0]) <= pd.Timestamp(since) < pd.Timestamp(wealth.iloc[1])


@pytest.mark.parametrize("home", ["eur", "jpy"])
def test_another_home_currency_is_refused_with_the_table_that_lacks_it(home: str) -> None:
    found = ran(TODAY, home=home)
    assert isinstance(found.error, UnknownName) and "market_daily" in str(found.error) and home in str(found.error)


@pytest.mark.parametrize("day", DAYS)
def test_the_other_index_of_japan_takes_the_first_place_everywhere(day: str) -> None:
    found = ran(day, ('japan = ["topix", "nikkei225"]', 'japan = ["nikkei225", "topix"]')).require_success()
    assert "Nikkei 225" in answer(found) and "TOPIX" not in " ".join([answer(found), *findings(found)])


def test_a_single_rival_leaves_two_markets() -> None:
    rivals = 'abroad = ["sp500", "kospi", "taiex", "hang_seng", "shanghai_composite", "ftse100", "cac40", "ftse_mib"]'
    found = ran(TODAY, (rivals, 'abroad = ["sp500"]')).require_success()
    assert "of two markets" in answer(found)
    last = min(daily(TODAY, name).index[-1] for name in ("topix", "sp500"))
    told = answer(found)
    assert f"to {last.day} {last:%b %Y}" in told, "without the markets that end earlier the page reaches further"


def test_the_yen_rate_of_the_hedge_is_a_choice() -> None:
    found = ran(TODAY, japan_rate="jgb1y").require_success().metrics["japan_usd_hedged_pct"]
    assert 0 < abs(found.value - ran(TODAY).metrics["japan_usd_hedged_pct"].value) < 3


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    triggers = ran(TODAY).tables["triggers"]
    assert triggers["next_release"].notna().all() and (triggers["usual_moves_away"] > 0).all()
    assert "ahead of the median" in answer(ran(TODAY)) and "hedging with carry paid" in answer(ran(TODAY))
    closes = "closes = levels.loc[:until].ffill(limit=6)"
    fell = ran(TODAY, (closes, f'{closes}\ncloses.loc[until, "topix"] *= 0.5'))
    assert "behind the median" in answer(fell)
    dollar = "dollar = known.loc[:until, yen_rate]"
    assert "hedging with carry cost" in answer(ran(TODAY, (dollar, f"{dollar} * 0.8")))


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["markets_local"]
    assert found.printed == ""


@pytest.mark.parametrize(("day", "by_year"), [("2014-01-31", True), ("2011-01-19", False)])
def test_on_an_early_day_the_comparison_stands_and_what_needs_more_weeks_is_left_open(day: str, by_year: bool) -> None:
    found = ran(day).require_success()
    left = {part["name"] for part in found.payloads("part")}
    assert {"How much to hedge", "The Bank of Japan's steps"} <= left
    assert ("By year" in left) is not by_year
    assert ("parts_by_year" in found.titles) is by_year
    assert not {"tests", "volatility"} & set(found.tables), "no test was made"
    assert {"japan_usd_unhedged_pct", "japan_usd_hedged_pct"} <= set(found.metrics)
    assert answer(found)
