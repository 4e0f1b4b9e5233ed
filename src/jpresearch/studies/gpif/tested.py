"""Every test that the notebook makes, for its table of tests."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.gpif.behaviour import SHARE_TRADED, YEN_TRADED
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.testing import Test

UNITS: Final = {SHARE_TRADED: "points of share traded per unit", YEN_TRADED: "% of the holding traded per unit"}
TRADED: Final = {SHARE_TRADED: "Share traded", YEN_TRADED: "Yen traded"}


def tests(found: Findings) -> list[Test]:
    """The tests that the figures allow, headline first."""
    made = [*_speeds(found), *_directions(found), *_slopes(found), *_banks(found)]
    return [test for test in made if pd.notna(test.p_value)]


def _speeds(found: Findings) -> list[Test]:
    since, unit = say.month(found.recent_from), "points traded per point of gap"
    made = []
    if (fit := found.adjusted) is not None:
        made.append(Test("Partial adjustment: lambda is zero, all quarters", fit.speed, unit, fit.p_value))
    if (late := found.adjusted_recent) is not None:
        name = f"Partial adjustment: lambda is zero, quarters since {since}"
        made.append(Test(name, late.speed, unit, late.p_value))
    if (change := found.change_of_speed) is not None:
        made.append(
            Test(f"Partial adjustment: lambda is the same before and since {since}", change[0], unit, change[1])
        )
    return made


def _directions(found: Findings) -> list[Test]:
    made = []
    if (mean := found.average) is not None:
        made.append(Test("The average flow is zero", mean.value, "JPY tn a quarter", mean.p_value))
    if (signs := found.signs) is not None:
        name = "Trades go towards target as often as away from it"
        made.append(Test(name, signs.pct, "% of quarters of certain sign", signs.p_value))
    return made


def _slopes(found: Findings) -> list[Test]:
    rows = found.associations.dropna(subset=["estimate"]).reset_index()
    return [
        Test(f"{TRADED[traded]} on {on}", float(estimate), UNITS[traded], float(p_value))
        for traded, on, estimate, p_value in rows[["trades", "on", "estimate", "p_value"]].itertuples(index=False)
    ]


def _banks(found: Findings) -> list[Test]:
    made = []
    if (fit := found.agreement) is not None:
        name = "Trust banks' and GPIF's flows are uncorrelated"
        made.append(Test(name, fit.correlation, "correlation", fit.p_value))
    if (gap := found.banks_on_gap) is not None:
        name = "Trust banks' quarter does not go with GPIF's gap"
        made.append(Test(name, gap.slope.value, "points of the reserve per point", gap.p_value))
    if (week := found.banks_next_week) is not None:
        name = "Trust banks' next week does not go with TOPIX before"
        made.append(Test(name, week.slope.value, "JPY bn per 1%", week.p_value))
    if (ahead := found.banks_forecast) is not None:
        name = "Forecasts of trust banks' weeks do no better than their mean"
        made.append(Test(name, ahead.r_squared, "R² of the forecasts (Clark-West)", ahead.clark_west.p_value))
    return made
