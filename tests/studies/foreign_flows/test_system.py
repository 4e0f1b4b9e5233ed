"""The clock of the markets abroad, and weeks without a gap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.inputs import Inputs
from jpresearch.studies.foreign_flows.system import (
    markets_abroad,
    realised_volatility,
    stormy,
    weekly_system,
)
from tests.studies.foreign_flows.conftest import close_rows

Make = Callable[..., Inputs]
Noise = tuple[pd.Series, pd.Series]


def made(make_inputs: Make, noise: Noise, **abroad: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    inputs = make_inputs(*noise)
    rows = [inputs.market, *(close_rows(levels, name) for name, levels in abroad.items())]
    inputs = Inputs(inputs.flows, pd.concat(rows, ignore_index=True), None, inputs.start)
    weeks = study.weekly(inputs)
    return weeks, markets_abroad(inputs, pd.DatetimeIndex(weeks.index))


def daily(noise: Noise, level: float = 100.0) -> pd.Series:
    days = pd.bdate_range(noise[0].index[0] - pd.Timedelta(days=30), noise[0].index[-1])
    steps = np.random.default_rng(3).normal(0, 0.01, len(days))
    return pd.Series(level * np.exp(steps.cumsum()), index=days)


def test_new_york_of_the_last_tokyo_day_itself_comes_too_late(make_inputs: Make, noise: Noise) -> None:
    levels = daily(noise)
    end = noise[0].index[100]
    weeks, before = made(make_inputs, noise, sp500=levels)
    jumped = levels.copy()
    jumped[end] *= 2  # New York's close on the day of Tokyo's last session: hours after it
    _, after = made(make_inputs, noise, sp500=jumped)
    assert after.loc[end, "sp500"] == before.loc[end, "sp500"]
    jumped = levels.copy()
    jumped[levels.index[levels.index < end][-1]] *= 2
    _, after = made(make_inputs, noise, sp500=jumped)
    assert after.loc[end, "sp500"] == pytest.approx(before.loc[end, "sp500"] + np.log(2) * 10_000)
    assert weeks.index.equals(after.index)


def test_units_are_basis_points_and_100bn(make_inputs: Make, noise: Noise) -> None:
    weeks, abroad = made(make_inputs, noise, sp500=daily(noise))
    system = weekly_system(weeks, abroad)
    end = system.frame.index[50]
    assert system.frame.loc[end, "flow"] == pytest.approx(noise[0][end] / 100)
    assert system.frame.loc[end, "topix"] == pytest.approx(np.log(1 + noise[1][end] / 100) * 10_000)
    assert (system.given, system.given_words, system.unit) == (("sp500",), "the S&P 500", "JPY 100bn")
    swings = weekly_system(weeks, abroad, relative=True)
    assert swings.frame.loc[end, "flow"] == pytest.approx(noise[0][end] / weeks.loc[end, "spread"])
    assert swings.unit == "swing"
    assert list(system.without().frame.columns) == ["flow", "topix"]


def test_the_longest_unbroken_stretch_is_taken(make_inputs: Make, noise: Noise) -> None:
    net, change = noise
    holes = net.mask(net.index.isin([net.index[40], net.index[60]]))
    weeks, abroad = made(make_inputs, (holes, change))
    system = weekly_system(weeks, abroad)
    assert system.frame.index[0] == net.index[61]
    assert len(system.frame) == len(net) - 61
    assert system.passed_over == 0
    joined = weekly_system(weeks, abroad, joined=True)
    assert (len(joined.frame), joined.passed_over) == (len(net) - 2, 2)
    assert "2 missing weeks passed over" in joined.words


def test_weeks_are_joined_where_no_stretch_has_two_years(make_inputs: Make, noise: Noise) -> None:
    net, change = (values[:150] for values in noise)
    weeks, abroad = made(make_inputs, (net.mask(net.index == net.index[75]), change))
    assert weekly_system(weeks, abroad).passed_over == 1
    with pytest.raises(InsufficientData, match="are the least"):
        weekly_system(weeks.iloc[:30], abroad.iloc[:30])


def test_a_market_abroad_that_is_not_known_is_left_out(make_inputs: Make, noise: Noise) -> None:
    weeks, abroad = made(make_inputs, noise)
    system = weekly_system(weeks, abroad)
    assert (system.given, system.given_words) == ((), "nothing")


def test_later_weeks_never_change_what_counts_as_stormy(make_inputs: Make, noise: Noise) -> None:
    weeks, _ = made(make_inputs, noise)
    wild = weeks.copy()
    wild.loc[wild.index[200] :, "topix_pct"] *= 10
    pd.testing.assert_series_equal(stormy(weeks)[:200], stormy(wild)[:200])
    assert stormy(wild).iloc[205:].all()
    assert realised_volatility(weeks).iloc[12] == pytest.approx(weeks["topix_pct"].iloc[:13].std())
