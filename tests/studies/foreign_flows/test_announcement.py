"""The session after the figures come out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import at, jpx_investor_types, sessions
from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.announcement import announcement, next_session, unannounced
from jpresearch.studies.foreign_flows.inputs import Inputs
from jpresearch.studies.foreign_flows.system import System, markets_abroad, weekly_system
from tests.studies.foreign_flows.conftest import close_rows, flow_rows, week_ends

SETTINGS = study.Settings()


def inputs(effect: float, weeks: int = 200) -> Inputs:
    """Daily TOPIX that moves by ``effect`` bp per JPY 100bn in the session after the figure is out."""
    draw, ends = np.random.default_rng(8), week_ends(weeks)
    net = pd.Series(draw.normal(0, 300, weeks), index=ends)
    days = sessions()
    days = days[(days >= "2013-12-01") & (days <= ends[-1] + pd.Timedelta(days=20))]
    steps = pd.Series(draw.normal(0, 50, len(days)), index=days)
    out = pd.DatetimeIndex(jpx_investor_types(ends).tz_localize(None)).normalize()
    steps.iloc[days.searchsorted(out, side="right")] += effect * net.to_numpy() / 100
    level = 1000 * np.exp(steps.cumsum() / 10_000)
    market = pd.concat([close_rows(level, "topix"), close_rows(level, "nikkei225")], ignore_index=True)
    return Inputs(flow_rows(net), market, None, pd.Timestamp("2014-01-06"))


def system_of(data: Inputs) -> tuple[pd.DataFrame, System]:
    weeks = study.weekly(data)
    return weeks, weekly_system(weeks, markets_abroad(data, pd.DatetimeIndex(weeks.index)))


def test_the_session_is_the_first_after_publication() -> None:
    data = inputs(0.0)
    published = pd.Series(at(pd.DatetimeIndex(["2014-04-24", "2014-05-02"]), "15:30"))
    found = next_session(data, published)
    closes = data.market[data.market["series"] == "topix"].set_index("period_end")["value"]
    assert found["topix"][0] == pytest.approx(np.log(closes["2014-04-25"] / closes["2014-04-24"]) * 10_000)
    # Golden Week: the session after 2 May 2014 is 7 May.
    assert found["topix"][1] == pytest.approx(np.log(closes["2014-05-07"] / closes["2014-05-02"]) * 10_000)


def test_an_effect_is_found_and_its_absence_too() -> None:
    for effect, covers in ((15.0, False), (0.0, True)):
        data = inputs(effect)
        weeks, system = system_of(data)
        found = announcement(data, weeks, system, 2, SETTINGS)
        assert found is not None
        slope = found.fit.estimate("surprise")
        assert slope.covers_zero == covers
        assert slope.low < effect < slope.high


def test_the_surprise_is_what_prices_and_the_past_have_not_told() -> None:
    _, system = system_of(inputs(0.0))
    rest = unannounced(system, 2)
    for column in (system.frame["topix"], system.frame["flow"].shift()):
        assert np.corrcoef(rest, column[rest.index])[0, 1] == pytest.approx(0, abs=1e-8)


def test_too_few_weeks_give_none() -> None:
    data = inputs(0.0, 60)
    weeks, system = system_of(data)
    assert announcement(data, weeks.iloc[:5], System(system.frame.iloc[:5], (), "JPY 100bn"), 2, SETTINGS) is None
