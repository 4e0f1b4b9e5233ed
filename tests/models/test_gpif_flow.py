"""GPIF's flows: what was put in comes out, quarters add up to their span, and bounds hold the truth."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import gpif, market
from jpresearch.errors import InsufficientData
from jpresearch.models.gpif_drift import place, scenarios, slopes_allowed, untouched_paths, untouched_shares
from jpresearch.models.gpif_flow import Holdings, flow_between, implied_flows

CLASS = "domestic_equities"
DAYS = pd.date_range("2023-12-31", "2024-12-31", freq="QE", name="quarter_end")


def holdings(rows: list[dict[str, Any]], results: list[dict[str, float]], **options: Any) -> Holdings:
    """Rows as ``gpif.quarters`` gives them, on successive quarter-ends; what is not given is known exactly."""
    frame = pd.DataFrame(rows, index=DAYS[: len(rows)]).astype({"value": "float64"})
    defaults = {"share": np.nan, "assets": np.nan, "ratio": 1.0, "known": True, "reserve": 250.0}
    for name, value in defaults.items():
        frame[name] = frame[name].fillna(value) if name in frame else value
    for name in ("value", "ratio"):
        for side in ("low", "high"):
            column = f"{name}_{side}"
            frame[column] = frame[column].fillna(frame[name]) if column in frame else frame[name]
    names = [f"{kind}_{which}" for kind in ("return", "gain") for which in (CLASS, "total")]
    found = pd.DataFrame(results, index=DAYS[1 : len(results) + 1]).reindex(columns=names)
    return Holdings(frame.astype({"known": "bool"}), found, CLASS, **options)


def test_a_flow_put_in_comes_out_of_value_and_return() -> None:
    found = holdings([{"value": 60.0}, {"value": 60.0 * 1.05 - 2}], [{f"return_{CLASS}": 5.0}])
    flow = implied_flows(found).iloc[0]
    assert flow["flow"] == pytest.approx(-2.0)
    assert flow["result"] == pytest.approx(3.0)
    assert flow["low"] <= -2.0 <= flow["high"]


def test_a_published_gain_serves_before_a_return_and_needs_no_day_of_the_trade() -> None:
    result = {f"gain_{CLASS}": 3.1234, f"return_{CLASS}": 9.9}
    flow = implied_flows(holdings([{"value": 60.0}, {"value": 61.5}], [result])).iloc[0]
    assert flow["flow"] == pytest.approx(61.5 - 60.0 - 3.1234)
    assert flow["high"] - flow["low"] == pytest.approx(0.0001)


def test_trades_of_unknown_day_widen_the_bounds_as_far_as_prices_went() -> None:
    days = pd.bdate_range(DAYS[0], DAYS[1])
    prices = pd.Series(np.linspace(100, 110, len(days)), index=days)
    prices.iloc[20] = 88.0
    rows, result = [{"value": 60.0}, {"value": 64.0}], [{f"return_{CLASS}": 10.0}]
    flow = implied_flows(holdings(rows, result, prices=prices)).iloc[0]
    assert flow["low"] == pytest.approx(-2.0, abs=0.05)
    assert flow["high"] == pytest.approx(-2.0 / (110 / 88), abs=0.05)


def test_a_missing_value_or_result_ends_a_run_and_no_span_crosses_it() -> None:
    gains = [{f"gain_{CLASS}": 1.0}, {}, {f"gain_{CLASS}": 1.0}, {f"gain_{CLASS}": 1.0}]
    found = holdings([{"value": value} for value in (60.0, 61.0, 62.0, 63.0, 65.0)], gains)
    flows = implied_flows(found)
    assert list(flows.index) == [DAYS[1], DAYS[3], DAYS[4]]
    assert flows["run"].tolist() == [0, 1, 1]
    assert flow_between(found, DAYS[2], DAYS[4]).value == pytest.approx(1.0)
    with pytest.raises(InsufficientData, match="2024-06-30"):
        flow_between(found, DAYS[0], DAYS[4])


def test_both_ends_of_a_span_share_the_special_account() -> None:
    rows = [{"value": 61.5, "value_low": 60.0, "value_high": 63.0, "ratio": 1.025, "ratio_low": 1.0,
             "ratio_high": 1.05, "known": False} for _ in range(3)]  # fmt: skip
    found = holdings(rows, [{f"gain_{CLASS}": 0.0}, {f"gain_{CLASS}": 0.0}], ratio_change=0.0)
    flow = flow_between(found, DAYS[0], DAYS[2])
    assert (flow.value, flow.quarters) == (0.0, 2)
    assert flow.high - flow.low < 0.21
    loose = flow_between(Holdings(found.quarters, found.results, CLASS), DAYS[0], DAYS[2])
    assert loose.low == pytest.approx(-0.04 * 60, abs=0.2)


def test_random_quarters_lie_within_their_bounds() -> None:
    dice = random.Random(3)
    for _ in range(200):
        ratios = [dice.uniform(1.0, 1.05)]
        ratios += [min(max(ratios[0] + dice.uniform(-0.02, 0.02), 1.0), 1.05)]
        own, rate, flow = dice.uniform(40, 70), dice.uniform(-0.15, 0.15), dice.uniform(-4, 4)
        values = [own * ratios[0], own * ratios[0] * (1 + rate) + flow]
        rows = [{"value": value / ratio * 1.025, "value_low": value / ratio, "value_high": value / ratio * 1.05,
                 "ratio": 1.025, "ratio_low": 1.0, "ratio_high": 1.05, "known": False}
                for value, ratio in zip(values, ratios, strict=True)]  # fmt: skip
        gain = round(own * ratios[0] * rate, 4)
        found = implied_flows(holdings(rows, [{f"gain_{CLASS}": gain}])).iloc[0]
        assert found["low"] - 1e-3 <= flow <= found["high"] + 1e-3


def published(as_of: str | None) -> Holdings:
    topix = market.daily(as_of, ["topix"])["topix"].dropna()
    return Holdings(gpif.quarters(as_of, CLASS), gpif.results(as_of), CLASS, topix)


def test_published_quarters_add_up_to_every_span_and_each_date_has_one_value() -> None:
    found = published("2025-11-30")
    flows = implied_flows(found)
    for before, after in pairwise(flows.index):
        if flows.loc[before, "run"] == flows.loc[after, "run"]:
            assert flows.loc[before, "value"] == flows.loc[after, "value_before"]
    for _, run in flows.groupby("run"):
        eve = run.index[0] - pd.offsets.QuarterEnd(1)
        span = flow_between(found, eve, run.index[-1])
        assert span.value == pytest.approx(run["flow"].sum())
        assert span.low <= span.value <= span.high
        if len(run) > 2:
            assert span.high - span.low < (run["high"] - run["low"]).sum()


# --- the share without trades ----------


def drifting(own: list[float], rest: list[float], traded: list[float]) -> tuple[Holdings, list[float]]:
    """Quarters of a fund of 25 and 75 whose class and rest return this much, and what it bought of the class."""
    held, others, rows, results = 25.0, 75.0, [], []
    rows.append({"value": held, "share": 25.0, "assets": 100.0})
    for mine, its, bought in zip(own, rest, traded, strict=True):
        whole = (held * mine + others * its) / (held + others)
        held, others = held * (1 + mine) + bought, others * (1 + its) - bought
        share = round(100 * held / (held + others), 4)
        rows.append({"value": held, "share": share, "assets": round(held + others, 4)})
        results.append({f"return_{CLASS}": round(100 * mine, 4), "return_total": round(100 * whole, 6)})
    return holdings(rows, results), [100 * held / (held + others)]


def test_the_untouched_path_is_that_of_a_holder_who_never_trades() -> None:
    own, rest = [0.10, -0.05, 0.20], [0.01, 0.02, -0.03]
    found, _ = drifting(own, rest, [-1.0, 0.5, -2.0])
    path = untouched_paths(untouched_shares(found))
    held, others = 25 * np.prod(1 + np.array(own)), 75 * np.prod(1 + np.array(rest))
    end = path.iloc[-1]
    assert end["untouched"] == pytest.approx(100 * held / (held + others), abs=0.01)
    assert end["untouched_low"] <= end["untouched"] <= end["untouched_high"]
    assert path["untouched"].iloc[0] == path["share"].iloc[0] == 25.0
    assert end["share"] < end["untouched"]


def test_without_trades_published_and_untouched_share_are_one() -> None:
    found, _ = drifting([0.1, -0.02], [0.0, 0.03], [0.0, 0.0])
    path = untouched_paths(untouched_shares(found))
    assert path["untouched"].tolist() == pytest.approx(path["share"].tolist(), abs=0.01)


def test_a_missing_share_parts_the_paths() -> None:
    found, _ = drifting([0.1] * 4, [0.0] * 4, [0.0] * 4)
    found.quarters.loc[DAYS[2], "share"] = np.nan
    drift = untouched_shares(found)
    assert list(drift.index) == [DAYS[1], DAYS[4]]
    assert untouched_paths(drift)["share"].isna().tolist() == [False, False, True, False, False]
    assert untouched_paths(drift.iloc[:0]).empty


@pytest.mark.parametrize(("share", "where"), [(25, "inside"), (20, "inside"), (18.5, "below"), (32, "above")])
def test_the_edges_belong_to_the_band(share: float, where: str) -> None:
    assert place(share, 20.0, 30.0) == where
    assert place(share, float("nan"), 30.0) == place(float("nan"), 20.0, 30.0) == "unknown"


def test_a_scenario_moves_one_class_and_leaves_the_others() -> None:
    found = scenarios(60.0, 240.0, 25.0, [-20.0, 10.0], 0.5)
    fall, rise = found.iloc[0], found.iloc[1]
    assert fall["share"] == pytest.approx(100 * 48 / 228)
    assert fall["to_target"] == pytest.approx(0.25 * 228 - 48)
    assert rise["drift"] == pytest.approx(100 * 66 / 246 - 25)
    assert (found["at_speed"] == found["to_target"] / 2).all()
    assert scenarios(60.0, 240.0, 25.0, [10.0], None)["at_speed"].isna().all()


def test_slopes_allowed_hold_those_of_every_flow_within_its_bounds() -> None:
    dice = np.random.default_rng(5)
    x = pd.Series(dice.normal(size=12))
    low = pd.Series(dice.normal(size=12))
    high = low + 0.5
    allowed = slopes_allowed(x, low, high)
    slopes = [np.polyfit(x, dice.uniform(low, high), 1)[0] for _ in range(300)]
    assert allowed.low <= min(slopes) <= max(slopes) <= allowed.high
