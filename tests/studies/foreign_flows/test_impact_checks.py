"""What the response hangs on: single months, what is held fixed, states and signs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.stats.projections import local_projection
from jpresearch.studies.foreign_flows.impact import estimate_impact, plan_of
from jpresearch.studies.foreign_flows.impact_checks import (
    any_response,
    at_ends,
    impact_by_state,
    impact_checks,
    surprises,
)
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.system import System, weekly_system

SETTINGS = Settings(draws=199, response_weeks=8)
NONE = pd.DatetimeIndex([])


def market(kind: str, weeks: int = 500, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weeks (JPY bn, %) and the market abroad (bp), flow moving the index by 20 bp per JPY 100bn."""
    draw = np.random.default_rng(seed)
    index = pd.date_range("2016-01-08", periods=weeks, freq="W-FRI")
    flow, noise, abroad = draw.normal(0, 3, weeks), draw.normal(0, 100, weeks), draw.normal(0, 150, weeks)
    slope = np.where(flow > 0, 60.0, 0.0) if kind == "buying only" else 20.0
    topix = slope * flow + noise + 0.5 * abroad
    frame = pd.DataFrame({"net": 100 * flow, "topix_pct": np.expm1(topix / 10_000) * 100}, index=index)
    frame["spread"] = frame["net"].shift().rolling(52, min_periods=26).std()
    return frame, pd.DataFrame({"sp500": abroad, "usdjpy": draw.normal(0, 100, weeks)}, index=index)


def test_leaving_nothing_out_is_the_projection_itself() -> None:
    system = weekly_system(*market("even"))
    alone = local_projection(system.frame, plan_of(system, 2, SETTINGS)).responses
    first, last = at_ends(system, 2, SETTINGS, NONE)
    for name in ("estimate", "low", "high"):
        assert first[name] == pytest.approx(alone.loc[0, name])
        assert last[name] == pytest.approx(alone.loc[8, name])


def test_a_week_left_out_does_not_count() -> None:
    weeks, abroad = market("even")
    wild = weeks.copy()
    at = wild.index[wild.index.strftime("%Y-%m") == "2020-03"]
    wild.loc[at, "net"], wild.loc[at, "topix_pct"] = 3000.0, -15.0
    system = weekly_system(wild, abroad)
    spoilt, _ = at_ends(system, 1, SETTINGS, NONE)
    clean, _ = at_ends(system, 1, SETTINGS, pd.DatetimeIndex(at))
    assert spoilt["estimate"] < 0 < clean["low"]
    assert clean["observations"] == spoilt["observations"] - len(at)
    assert clean["low"] < 20 < clean["high"]


def test_every_way_of_asking_has_its_row() -> None:
    weeks, abroad = market("even")
    found = estimate_impact(weekly_system(weeks, abroad), SETTINGS)
    table = impact_checks(weeks, abroad, found, SETTINGS)
    assert table.index.tolist() == [
        "Given the S&P 500 and the yen",
        "Nothing abroad held fixed",
        "Given the S&P 500 alone",
        "Without March 2020",
        "Without August 2024",
        "Without April 2025",
        "Without all 3 of these months",
        "Without the five largest flows",
        "All weeks, missing ones passed over",
        "Flow in swings of the year before",
    ]
    assert table.loc["Given the S&P 500 and the yen", "estimate"] == pytest.approx(found.given.at(0)[0])
    assert table.loc["Without all 3 of these months", "weeks"] < table.loc["Without March 2020", "weeks"]
    assert table["unit"].iloc[-1] == "bp per swing"
    with_sox = impact_checks(weeks, abroad.assign(sox=abroad["usdjpy"].shift()), found, SETTINGS)
    assert "Given the SOX as well (from 2020)" in with_sox.index


def test_months_outside_the_sample_have_no_row() -> None:
    weeks, abroad = market("even", weeks=150)
    found = estimate_impact(weekly_system(weeks, abroad), SETTINGS)
    assert not [name for name in impact_checks(weeks, abroad, found, SETTINGS).index if name.startswith("Without Ma")]


def test_buying_and_selling_surprises_are_told_apart_where_they_differ() -> None:
    weeks, abroad = market("buying only")
    table = impact_by_state(weeks, estimate_impact(weekly_system(weeks, abroad), SETTINGS), SETTINGS)
    assert table.loc["Unexpected selling", "p_value"] < 0.01
    assert table.loc["Unexpected buying", "low"] < 60 < table.loc["Unexpected buying", "high"]
    assert table.loc["Unexpected selling", "low"] < 0 < table.loc["Unexpected selling", "high"]


def test_states_are_not_told_apart_where_they_do_not_differ() -> None:
    weeks, abroad = market("even")
    table = impact_by_state(weeks, estimate_impact(weekly_system(weeks, abroad), SETTINGS), SETTINGS)
    assert (table["p_value"].dropna() > 0.05).all()
    assert table["p_value"].notna().sum() == 3
    pairs = [table["weeks"].iloc[at : at + 2].sum() for at in (0, 2, 4)]
    assert pairs[0] == pairs[1]
    assert table.loc["After calm weeks", "low"] < 20 < table.loc["After calm weeks", "high"]


def test_surprises_are_what_the_past_and_the_markets_abroad_leave() -> None:
    system = weekly_system(*market("even"))
    rest = surprises(system, plan_of(system, 2, SETTINGS))
    at = rest.index
    assert rest.mean() == pytest.approx(0, abs=1e-8)
    for column in (system.frame["sp500"], system.frame["flow"].shift(), system.frame["topix"].shift(3)):
        assert np.corrcoef(rest, column[at])[0, 1] == pytest.approx(0, abs=1e-8)
    assert rest.std() < system.frame["flow"].std()


def test_any_response_is_small_only_where_there_is_one() -> None:
    system = weekly_system(*market("even"))
    plan = plan_of(system, 1, SETTINGS)
    assert any_response(local_projection(system.frame, plan)) < 0.001
    scrambled = system.frame.assign(flow=np.random.default_rng(5).permutation(system.frame["flow"]))
    assert any_response(local_projection(scrambled, plan)) > 0.05


def test_too_few_weeks_of_a_state_leave_it_empty() -> None:
    weeks, abroad = market("even", weeks=120)
    weeks["net"] = weeks["net"].abs() + 1.0
    system: System = weekly_system(weeks, abroad)
    table = impact_by_state(weeks, estimate_impact(system, SETTINGS), SETTINGS)
    assert table.loc["After weeks of selling", "estimate"] != table.loc["After weeks of selling", "estimate"]
    assert np.isnan(table.loc["After weeks of selling", "p_value"])
