"""09: cash against futures, and positions on CME. Headline numbers recomputed, edits, parts, triggers."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.datasets import positions
from tests.notebooks_in_process import ROOT, Ran, answer, findings, remembered, run

NAME = "09_positioning"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
DAYS = (ARTICLE, TODAY)
FLOW = "flow = flows.cash_and_futures(as_of, investor, start=since)"
FOUR = ["nikkei225_large", "nikkei225_mini", "topix_large", "topix_mini"]


ran = partial(remembered, NAME)


def parts(found: Ran) -> list[str]:
    return [part["name"] for part in found.payloads("part")]


def newest(table: str, day: str, key: list[str]) -> pd.DataFrame:
    """The rows of a CSV file as published by the day."""
    rows = pd.read_csv(ROOT / "data" / f"{table}.csv", low_memory=False)
    rows = rows[rows["published_at"].str[:10] <= day].sort_values("published_at", kind="stable")
    return rows.drop_duplicates([*key, "period_end"], keep="last")


@cache
def cash_and_futures(day: str) -> pd.DataFrame:
    cash = newest("investor_flows", day, ["market", "investor"])
    cash = cash[(cash["market"] == "two_markets") & (cash["investor"] == "foreigners")]
    futures = newest("futures_flows", day, ["product", "investor"])
    futures = futures[futures["investor"] == "foreigners"].pivot(index="period_end", columns="product")["net_jpy_mn"]
    all_four = futures.reindex(columns=FOUR).dropna().sum(axis=1)
    columns = {"cash": cash.set_index("period_end")["net_jpy_mn"], "futures": all_four}
    return pd.DataFrame(columns | {"nikkei225_large": futures["nikkei225_large"]}).sort_index() / 1000


@cache
def on_cme(day: str, trader: str, contract: str = "nikkei225_yen") -> pd.DataFrame:
    rows = newest("futures_positions", day, ["contract", "report", "trader"])
    rows = rows[(rows["contract"] == contract) & (rows["report"] == "tff_futures_only") & (rows["trader"] == trader)]
    rows = rows.set_index("period_end").sort_index()
    net = rows["long_contracts"] - rows["short_contracts"]
    frame = pd.DataFrame({"net": net, "interest": rows["open_interest_contracts"]})
    return frame.dropna().set_axis(pd.to_datetime(frame.dropna().index))


def test_disagreement_is_counted_over_the_weeks_that_know_all_contracts() -> None:
    both = cash_and_futures(TODAY)[["cash", "futures"]].dropna()
    found = ran(TODAY).require_success().metrics
    assert found["opposite_weeks"].value == int((both["cash"] * both["futures"] < 0).sum())
    assert found["futures_mean_size_jpy_bn"].value == pytest.approx(both["futures"].abs().mean())
    assert found["cash_mean_size_jpy_bn"].value == pytest.approx(both["cash"].abs().mean())
    assert f"{len(both)} weeks that know both" in findings(ran(TODAY))[0]


def test_on_the_articles_day_one_contract_stands_in_and_is_named() -> None:
    both = cash_and_futures(ARTICLE)[["cash", "nikkei225_large"]].dropna()
    found = ran(ARTICLE).require_success()
    assert found.metrics["futures_mean_size_jpy_bn"].value == pytest.approx(both["nikkei225_large"].abs().mean())
    assert "Nikkei 225 large futures" in findings(found)[0] and "Nikkei 225 large futures" in answer(found)
    assert list(both.tail(2).round(0)["nikkei225_large"]) == [226, -246]
    assert "Cash and futures by class" in parts(found)


@pytest.mark.parametrize("day", ["2018-06-29", *DAYS])
def test_positions_are_a_share_of_open_interest_ranked_in_their_own_past(day: str) -> None:
    found = ran(day).require_success().metrics
    for group, trader in (("leveraged_funds", "leveraged_fund"), ("asset_managers", "asset_manager")):
        known = on_cme(day, trader if len(on_cme(day, trader)) else f"{trader}s")
        share = 100 * known["net"] / known["interest"]
        rank = 100 * ((share < share.iloc[-1]).sum() + (share == share.iloc[-1]).sum() / 2) / len(share)
        assert found[f"{group}_net_pct"].value == pytest.approx(share.iloc[-1])
        assert found[f"{group}_percentile"].value == pytest.approx(rank)


def test_the_yen_value_of_a_position_is_contracts_times_five_hundred_yen_of_index() -> None:
    known = on_cme(TODAY, "leveraged_funds")
    market = newest("market_daily", TODAY, ["series"])
    nikkei = market[market["series"] == "nikkei225"].set_index("period_end")["value"].sort_index()
    close = nikkei.loc[: str(known.index[-1].date())].iloc[-1]
    value = ran(TODAY).metrics["leveraged_funds_net_jpy_bn"].value
    assert value == pytest.approx(known["net"].iloc[-1] * 500 * close / 1e9)


def test_a_week_knows_only_the_report_that_was_public_before_it_began() -> None:
    before, held = positions.before_weeks(TODAY), positions.weekly(TODAY)
    moments = positions.published(TODAY)["published_at"]
    for end in before.index[[250, 400, 600, 700, 749]]:
        monday = (end - pd.Timedelta(days=end.day_of_week)).tz_localize("Asia/Tokyo")
        public = held.index[(moments.reindex(held.index) < monday).to_numpy()]
        late = public.empty or monday.tz_localize(None) - public.max() > pd.Timedelta(days=9)
        value = before.loc[end, "leveraged_funds"]
        assert pd.isna(value) if late else value == held.loc[public.max(), "leveraged_funds"]
    assert before.loc[:"2010-07-23", "leveraged_funds"].isna().all(), "the report began in July 2010"
    earlier = positions.before_weeks(ARTICLE)
    pd.testing.assert_frame_equal(earlier.iloc[:-2], before.loc[earlier.index[:-2]], check_freq=False)


def test_published_changes_are_set_against_the_week_that_followed() -> None:
    found = ran(TODAY)
    before, topix = found.namespace["before"], found.namespace["after"]["topix_pct"]
    news = before["leveraged_funds"].diff() / before["open_interest"].shift()
    both = pd.DataFrame({"topix": topix, "news": news}).dropna()
    z = (found.namespace["after"] - found.namespace["after"].mean()) / found.namespace["after"].std()
    slope = both.corr().iloc[0, 1] * z["topix_pct"].reindex(both.index).std() / z["news"].reindex(both.index).std()
    assert found.namespace["ahead"]["topix_pct"].value == pytest.approx(slope)


def test_no_sentence_stands_on_two_days() -> None:
    days = [[*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY)]
    assert not set(days[0]) & set(days[1])


def test_futures_unknown_on_a_day_are_said_to_be() -> None:
    found = ran("2018-06-29").require_success()
    assert {"Cash and futures", "Short selling", "Recent weeks of cash and futures"} <= set(parts(found))
    assert "futures not known" in answer(found) and "index futures" not in answer(found)
    lead = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert lead == ["own_history"]


@pytest.mark.parametrize("day", DAYS)
def test_longer_sums_are_not_added_up_as_weeks(day: str) -> None:
    summed = ran(day, (FLOW, f"{FLOW}\nflow = flow.rolling(3).sum()"))
    argument = ran(day, (FLOW, FLOW.replace("start=since", 'start=since, every="3 weeks"')))
    for found in (summed, argument):
        said = " ".join(findings(found))
        assert found.failure is not None or "that know both" not in said


def test_more_weeks_in_the_answer_say_so() -> None:
    found = ran(TODAY, recent_weeks="13").require_success()
    both = cash_and_futures(TODAY)[["cash", "futures"]].rolling(13).sum().dropna().iloc[-1]
    assert "the 13 weeks to" in answer(found)
    assert found.metrics["cash_recent_jpy_bn"].value == pytest.approx(both["cash"])
    assert found.metrics["futures_recent_jpy_bn"].value == pytest.approx(both["futures"])


def test_another_start_and_contract_are_named_with_their_own_weeks() -> None:
    found = ran(TODAY, since="2026-01-01", contract="nikkei225_large").require_success()
    both = cash_and_futures(TODAY).loc["2026-01-01":, ["cash", "nikkei225_large"]].dropna()
    assert f"{len(both)} weeks that know both" in findings(found)[0]
    assert "Nikkei 225 large futures" in answer(found) and "index futures" not in answer(found)


def test_the_dollar_contract_speaks_of_its_own_newest_report() -> None:
    found = ran(TODAY, cme="nikkei225_dollar").require_success()
    last = on_cme(TODAY, "leveraged_funds", "nikkei225_dollar").index[-1]
    assert f"On {last:%-d %b %Y} leveraged funds" in " ".join(findings(found))


def test_other_spans_of_the_trend_model_bring_their_own_levels() -> None:
    found = ran(TODAY, ("spans = [20, 60, 120]", "spans = [40, 250]")).require_success()
    closes = newest("market_daily", TODAY, ["series"])
    closes = closes[closes["series"] == "nikkei225"].set_index("period_end")["value"].sort_index().dropna()
    levels = found.tables["trend_levels"].set_index("span_days")["level"].astype("float64")
    assert list(levels) == [pytest.approx(closes.iloc[-40]), pytest.approx(closes.iloc[-250])]


def corrected(folder: Path, table: str, start: str, **values: str) -> Path:
    """A project whose newest figure of ``table`` (the last row that begins with ``start``) was corrected later."""
    (folder / "data").mkdir(parents=True)
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    for file in (ROOT / "data").iterdir():
        (folder / "data" / file.name).symlink_to(file)
    path = folder / "data" / f"{table}.csv"
    lines = path.read_text().splitlines()
    path.unlink()
    fields = lines[0].split(",")
    place = max(number for number, line in enumerate(lines) if line.startswith(start))
    row = (
        dict(zip(fields, lines[place].split(","), strict=True)) | {"published_at": "2026-10-05T09:00:00+09:00"} | values
    )
    lines.insert(place + 1, ",".join(row[name] for name in fields))
    path.write_text("\n".join([*lines, ""]))
    return folder


SOLD = {"sales_jpy_mn": "3000000", "purchases_jpy_mn": "0", "net_jpy_mn": "-3000000"}
BOUGHT = {"sales_jpy_mn": "0", "purchases_jpy_mn": "2000000", "net_jpy_mn": "2000000"}
CROSSED = [
    (
        "futures_positions",
        "nikkei225_yen,tff_futures_only,leveraged_funds,",
        {"long_contracts": "26000"},
        "far from their",
    ),
    ("futures_positions", "nikkei225_yen,tff_futures_only,leveraged_funds,", {"long_contracts": "0"}, "far from their"),
    ("investor_flows", "two_markets,foreigners,2026-09-25", BOUGHT, "foreigners bought ¥"),
    ("futures_flows", "topix_large,foreigners,2026-09-04", SOLD, "of cash and ¥"),
]


@pytest.mark.parametrize(("table", "start", "values", "turned"), CROSSED)
def test_the_answer_turns_where_a_trigger_is_crossed(
    table: str, start: str, values: dict[str, str], turned: str, tmp_path: Path
) -> None:
    watched = ran(TODAY).tables["triggers"]
    assert len(watched) == 3 and watched["next_release"].notna().all()
    assert turned not in answer(ran(TODAY))
    found = run(NAME, as_of=TODAY, home=corrected(tmp_path / "moved", table, start, **values)).require_success()
    assert turned in answer(found)


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    for day in DAYS:
        found = ran(day)
        lead = [payload for payload in found.payloads("finding") if payload["lead"]]
        metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
        figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
        assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["cash_and_futures"]
        assert found.printed == ""
        assert re.search(r"CME, a part of the market", answer(found))


def test_before_two_years_beside_flows_the_regressions_are_left_open() -> None:
    found = ran("2010-10-24").require_success()
    left = {part["name"] for part in found.payloads("part")}
    assert {"Positions by Tuesday", "Positions by publication"} <= left
    assert "tests" not in found.tables
    assert {"cme_positions", "own_history", "trend"} <= set(found.titles)
    assert answer(found)
