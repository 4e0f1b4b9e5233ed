"""03: buyer or rebalancer. Headline numbers recomputed, flows that add up, edits of a strategist, triggers."""

from __future__ import annotations

import re
from functools import partial

import pandas as pd
import pytest
import statsmodels.api as sm

from tests.notebooks_in_process import ROOT, Ran, answer, findings, remembered

NAME = "03_gpif"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
NOVEMBER = "2025-11-30"
BAND = 'band: "Optional[float]" = None'
POLICY = "policy = gpif.against_policy(as_of, asset, start=start)"
FLOWS = "flows = gpif_flow.implied_flows(holdings)[start:]"


ran = partial(remembered, NAME)


def flows(found: Ran) -> pd.DataFrame:
    frame = found.tables["flows"]
    return frame.set_index(pd.DatetimeIndex(frame["quarter_end"]))


def figure(metric: str, basis: str, end: str) -> float:
    rows = pd.read_csv(ROOT / "data" / "gpif_portfolio.csv")
    rows = rows[(rows["metric"] == metric) & (rows["basis"] == basis) & (rows["period_end"] == end)]
    return float(rows["value"].iloc[-1])


def test_the_quarter_to_september_2025_follows_from_the_published_figures() -> None:
    found = ran(NOVEMBER).require_success().metrics
    reserve = {end: figure("value_total_pension_reserve", "reserve", end) for end in ("2025-06-30", "2025-09-30")}
    share = {end: figure("share_domestic_equities", "reserve", end) / 100 for end in reserve}
    rate = figure("return_q_domestic_equities", "gpif", "2025-09-30") / 100
    flow = share["2025-09-30"] * reserve["2025-09-30"] - share["2025-06-30"] * reserve["2025-06-30"] * (1 + rate)
    assert found["gpif_newest_share_pct"].value == 24.45
    assert found["gpif_flow_jpy_tn"].value == pytest.approx(flow, abs=0.02)
    low, high = found["gpif_flow_jpy_tn"].low, found["gpif_flow_jpy_tn"].high
    assert (low, high) == (pytest.approx(-2.08, abs=0.005), pytest.approx(-1.82, abs=0.005))


@pytest.mark.parametrize("day", ["2018-06-29", ARTICLE, TODAY])
def test_flows_add_over_time_and_a_quarter_end_has_one_value(day: str) -> None:
    found = ran(day)
    frame = flows(found)
    newest = frame[frame["run"] == frame["run"].iloc[-1]]
    assert newest["value_before"].iloc[1:].tolist() == newest["value"].iloc[:-1].tolist()
    stretch = found.metrics["gpif_flow_stretch_jpy_tn"]
    assert stretch.value == pytest.approx(newest["flow"].sum())
    assert stretch.high - stretch.low < newest["high"].sum() - newest["low"].sum()
    assert found.tables["totals"]["quarter_end"].is_unique


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_speed_is_that_of_least_squares_on_quarters_since_2020_alone(day: str) -> None:
    found = ran(day)
    pairs = found.frames["adjustment"]
    fit = sm.OLS(pairs["flow"].to_numpy(), sm.add_constant(pairs["gap"].to_numpy())).fit()
    low, high = fit.conf_int()[1]
    speed = found.metrics["gpif_speed_pct"]
    assert speed.value == pytest.approx(-100 * fit.params[1])
    assert (speed.low, speed.high) == (pytest.approx(-100 * high), pytest.approx(-100 * low))
    assert pd.Timestamp(pairs.iloc[:, 0].min()) > pd.Timestamp("2020-04-01")
    assert len(pairs) == speed.n
    assert f"{len(pairs)} quarters" in " ".join(findings(found))


def test_the_share_without_trades_compounds_published_returns() -> None:
    odds = 24.37 / (100 - 24.37)
    share = 24.37
    rows = ran(TODAY).tables["totals"].set_index("quarter_end")
    for before in pd.date_range("2024-06-30", periods=5, freq="QE"):
        end = before + pd.offsets.QuarterEnd(1)
        own = figure("return_q_domestic_equities", "gpif", f"{end:%Y-%m-%d}") / 100
        whole = figure("return_q_total", "gpif", f"{end:%Y-%m-%d}") / 100 / rows.loc[str(before.date()), "ratio"]
        opening = rows.loc[str(before.date()), "share"] / 100
        after = opening * (1 + own) / (1 + whole)
        odds *= after / (1 - after) / (opening / (1 - opening))
    share = 100 * odds / (1 + odds)
    assert ran(TODAY).metrics["gpif_untouched_share_pct"].value == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_bands_of_eight_points_are_one_line_and_every_sentence_follows(day: str) -> None:
    found = ran(day, (BAND, 'band: "Optional[float]" = 8.0')).require_success()
    said = [*findings(found), answer(found), *(title or "" for title in found.titles.values())]
    assert not [text for text in said if "policy band" in text]
    assert "inside a ±8 point band" in answer(found)
    triggers = found.tables["triggers"]
    assert {17.0, 33.0} <= set(triggers["threshold"])
    assert {20.0, 30.0} <= set(ran(day).tables["triggers"]["threshold"])


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_a_band_too_narrow_for_the_share_is_said_to_be(day: str) -> None:
    found = ran(day, (BAND, 'band: "Optional[float]" = 0.25')).require_success()
    assert "below a ±0.25 point band" in answer(found)
    assert "below a ±0.25 point band" in findings(found)[1]


def test_an_unknown_band_is_not_taken_for_a_wide_one() -> None:
    unknown = f"{POLICY}\npolicy = policy.assign(low=float('nan'), high=float('nan'))"
    found = ran(ARTICLE, (POLICY, unknown)).require_success()
    assert "unpublished band" in answer(found) and "inside" not in answer(found)
    assert "Where the share would leave its band" in [part["name"] for part in found.payloads("part")]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_another_start_and_another_day_bring_their_own_sample(day: str) -> None:
    found = ran(day, ('start: str = "2014-01-01"', 'start: str = "2021-01-01"')).require_success()
    pooled = ran(day, ('since: str = "2020-04-01"', 'since: str = "2015-01-01"')).require_success()
    assert found.metrics["gpif_speed_pct"].n < ran(day).metrics["gpif_speed_pct"].n < pooled.metrics["gpif_speed_pct"].n
    assert "2021 to" in answer(found) and "2015 to" in answer(pooled)


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_four_quarter_sums_are_not_called_quarters(day: str) -> None:
    summed = ran(
        day, (FLOWS, f"{FLOWS}\nflows[['flow', 'low', 'high']] = flows[['flow', 'low', 'high']].rolling(4).sum()")
    )
    assert summed.failure is not None and "unit" in summed.failure.message


def test_another_class_speaks_of_itself() -> None:
    found = ran(TODAY, ('asset: str = "domestic_equities"', 'asset: str = "foreign_equities"')).require_success()
    assert "domestic" not in " ".join([*findings(found), answer(found)]) and "TOPIX" not in " ".join(findings(found))
    speed = found.metrics["gpif_speed_pct"]
    assert speed.low < 0 < speed.high
    assert answer(found).startswith("Neither steady buying nor rebalancing")


def test_scenarios_are_arithmetic_on_the_newest_value() -> None:
    found = ran(TODAY)
    value, total = figure("share_domestic_equities", "reserve", "2025-09-30") / 100 * 282.536, 282.536
    for _, row in found.frames["scenarios"].iterrows():
        after = value * (1 + row["move"] / 100)
        needed = 0.25 * (total - value + after) - after
        assert row["to_target"] == pytest.approx(needed, abs=0.01)
        assert row["at_speed"] == pytest.approx(needed * found.metrics["gpif_speed_pct"].value / 100, abs=0.01)


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    assert "inside the policy band" in answer(ran(TODAY)) and "it last sold" in answer(ran(TODAY))
    assert "above the policy band" in answer(ran(TODAY, (POLICY, f'{POLICY}\npolicy["share"] = policy["share"] + 8')))
    assert "below the policy band" in answer(ran(TODAY, (POLICY, f'{POLICY}\npolicy["share"] = policy["share"] - 8')))
    moved = "quarters = gpif.quarters(as_of, asset, ratio_max=ratio_max, ratio_change=ratio_change)"
    for more, words in ((2.037, "its newest flow is unclear"), (6.0, "it last bought")):
        end = 'quarters.index == quarters["value"].last_valid_index(), ["value", "value_low", "value_high"]'
        found = ran(TODAY, (moved, f"{moved}\nquarters.loc[{end}] += {more}"))
        assert words in answer(found)
    triggers = ran(TODAY).tables["triggers"]
    assert triggers["next_release"].notna().all()
    assert len(triggers) == 3


def test_what_a_day_does_not_know_is_said_in_its_place() -> None:
    found = ran("2018-06-29").require_success()
    assert "How fast it trades back" in [part["name"] for part in found.payloads("part")]
    assert answer(found).startswith("Too few quarters")
    assert not re.search(r"undoes", " ".join(findings(found)))


def test_no_sentence_stands_on_two_days() -> None:
    first, second = ([*findings(ran(day)), answer(ran(day))] for day in (ARTICLE, TODAY))
    assert not set(first) & set(second)


@pytest.mark.parametrize("day", ["2022-06-30", ARTICLE, TODAY])
def test_the_page_keeps_to_the_lengths_of_the_house(day: str) -> None:
    found = ran(day).require_success()
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    figures = [payload["name"] for payload in found.payloads("figure") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5 and figures == ["untouched_share"]
    assert found.printed == ""


def test_before_any_share_of_the_reserve_was_published_the_page_says_so() -> None:
    failure = ran("2014-01-31").failure
    assert failure is not None
    assert failure.type == "InsufficientData"
    assert "quarter-ends with a published share of the reserve" in failure.message
