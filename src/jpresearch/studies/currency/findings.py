"""All estimates of the notebook in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import Regression
from jpresearch.studies.currency import earned, hedging, reaction, steps
from jpresearch.studies.currency.inputs import AFTER, BEFORE, Inputs, Settings, weekly
from jpresearch.studies.testing import Test

AHEAD_TEST: Final = "flow on TOPIX ahead of S&P 500 in dollars"


@dataclass(frozen=True)
class Flows:
    """Foreigners' purchases against returns and the yen; JPY bn per percent."""

    table: pd.DataFrame
    same_week: Regression
    before: Regression
    relative: Regression
    by_year: pd.DataFrame


@dataclass(frozen=True)
class Findings:
    """What captions, takeaways and metrics are written from; each field is what the function of that name returned.

    ``flows`` and ``steps`` are ``None`` where their tables say too little as of the day.
    """

    settings: Settings
    weeks: pd.DataFrame
    wealth: pd.DataFrame
    years: pd.DataFrame
    clocks: pd.DataFrame
    hedge: hedging.Hedge
    rolling: pd.DataFrame
    variance: pd.DataFrame
    flows: Flows | None
    steps: steps.Steps | None


def estimate(inputs: Inputs, settings: Settings) -> Findings:
    """Everything the notebook shows. Raises ``InsufficientData`` where TOPIX or the yen say too little."""
    weeks = weekly(inputs, settings.clock)
    years = {clock: earned.by_year(weekly(inputs, clock)) for clock in (AFTER, BEFORE)}
    return Findings(
        settings=settings,
        weeks=weeks,
        wealth=earned.wealth(weeks),
        years=years[settings.clock],
        clocks=earned.on_other_clocks(years),
        hedge=hedging.least_variance(weeks, settings),
        rolling=hedging.rolling_ratio(weeks, settings),
        variance=hedging.variance_split(weeks),
        flows=_flows(inputs, weeks, settings),
        steps=steps.around_steps(inputs, settings),
    )


def _flows(inputs: Inputs, weeks: pd.DataFrame, settings: Settings) -> Flows | None:
    if inputs.flows is None:
        return None
    table = reaction.matched(inputs.flows, weeks)
    try:
        return Flows(
            table,
            reaction.same_week(table, settings),
            reaction.weeks_before(table, settings),
            reaction.relative(table, settings),
            reaction.by_year(table, settings),
        )
    except InsufficientData:
        return None


def tests(found: Findings) -> list[Test]:
    """Every test that the notebook made."""
    slope = found.hedge.fit
    listed = [Test("TOPIX against the yen, same week", _value(slope, "yen"), "% per %", _p(slope, "yen"))]
    if found.flows is not None:
        for words, fit in (("same week", found.flows.same_week), ("weeks before", found.flows.before)):
            for name in reaction.MOVES.values():
                listed.append(Test(f"flow on {name}, {words}", _value(fit, name), "JPY bn per %", _p(fit, name)))
        lead = found.flows.relative
        listed.append(Test(AHEAD_TEST, _value(lead, "ahead"), "JPY bn per %", _p(lead, "ahead")))
    if found.steps is not None:
        for name, study in found.steps.tests.items():
            if study is not None:
                end = study.path.iloc[-1]
                words = f"{'TOPIX' if name == 'topix' else 'the yen'} after BoJ steps, against random days"
                listed.append(Test(words, float(end["difference"]), "%", float(end["p_placebo"])))
    return listed


def _value(fit: Regression, name: str) -> float:
    return float(fit.params[name])


def _p(fit: Regression, name: str) -> float:
    return float(fit.p_values[name])
