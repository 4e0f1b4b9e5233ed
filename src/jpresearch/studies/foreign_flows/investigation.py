"""The feedback-and-impact part as a whole: everything its figures, tables and sentences are written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData, StatsError
from jpresearch.stats.granger import GrangerTest
from jpresearch.studies.foreign_flows.announcement import Announcement, announcement
from jpresearch.studies.foreign_flows.impact import Direction, Impact, Path, estimate_impact, predicts, response_path
from jpresearch.studies.foreign_flows.impact_checks import impact_by_state, impact_checks
from jpresearch.studies.foreign_flows.inputs import Inputs, Settings
from jpresearch.studies.foreign_flows.relation import LAG_WEEKS
from jpresearch.studies.foreign_flows.system import markets_abroad, weekly_system
from jpresearch.studies.testing import Test

DIRECTIONS: Final[tuple[tuple[Direction, str], ...]] = (
    ("flow", "Past flow, next TOPIX"),
    ("topix", "Past TOPIX, next flow"),
)
STATE_TESTS: Final = {
    "After stormy weeks": "Response after stormy weeks and after calm ones differ",
    "After weeks of selling": "Response after weeks of selling and of buying differ",
    "Unexpected selling": "Response to unexpected selling and buying differ",
}


@dataclass(frozen=True)
class Investigation:
    """Feedback and impact.

    Attributes
    ----------
    impact : see ``impact.Impact``; flow in JPY 100bn.
    swings : the path with flow in swings of the year before, ``None`` where there are too few weeks.
    swing : the newest swing, JPY bn; missing with it.
    checks, states : see ``impact_checks``.
    predictions : ``GrangerTest`` by question, see ``all_predictions``.
    announced : the session after publication, see ``announcement``; ``None`` where there are too few weeks.
    """

    impact: Impact
    swings: Path | None
    swing: float
    checks: pd.DataFrame
    states: pd.DataFrame
    predictions: pd.DataFrame
    announced: Announcement | None


def investigate_impact(inputs: Inputs, weeks: pd.DataFrame, settings: Settings) -> Investigation:
    """Everything about feedback and impact. Raises ``InsufficientData`` where the weeks do not allow the first step."""
    abroad = markets_abroad(inputs, pd.DatetimeIndex(weeks.index))
    system = weekly_system(weeks, abroad)
    found = estimate_impact(system, settings)
    lags = found.lag_choice.chosen
    spread = weeks["spread"].dropna()
    return Investigation(
        impact=found,
        swings=_in_swings(weeks, abroad, lags, settings),
        swing=float(spread.iloc[-1]) if len(spread) else float("nan"),
        checks=impact_checks(weeks, abroad, found, settings),
        states=impact_by_state(weeks, found, settings),
        predictions=all_predictions(found, settings),
        announced=announcement(inputs, weeks, system, lags, settings),
    )


def _in_swings(weeks: pd.DataFrame, abroad: pd.DataFrame, lags: int, settings: Settings) -> Path | None:
    try:
        return response_path(weekly_system(weeks, abroad, relative=True), lags, settings)
    except (InsufficientData, StatsError):
        return None


def all_predictions(found: Impact, settings: Settings) -> pd.DataFrame:
    """Who predicts whom, asked with and without the markets abroad and over four weeks or the criterion's lags.

    Columns: ``question``, ``beside``, ``lags``, ``p_hc`` (changing variance), ``p_hac`` (and autocorrelation),
    ``p_bootstrap`` (wild), ``weeks``.
    """
    system, chosen = found.system, found.lag_choice.chosen
    again = [(system.without(), LAG_WEEKS)] if system.given else []
    again += [(system, chosen)] if chosen != LAG_WEEKS else []
    rows = []
    for (cause, question), first in zip(DIRECTIONS, (found.leads, found.follows), strict=True):
        asked = [(system, LAG_WEEKS, first)]
        asked += [(where, lags, predicts(where, cause, lags, settings)) for where, lags in again]
        for where, lags, test in asked:
            hac = predicts(where, cause, lags, settings, hac=True)
            rows.append({"question": question, "beside": where.given_words, "lags": lags} | _p_values(test, hac))
    return pd.DataFrame(rows)


def _p_values(test: GrangerTest, hac: GrangerTest) -> dict[str, float]:
    ends = {"p_hc": test.p_value, "p_hac": hac.p_value, "p_bootstrap": test.bootstrap_p_value}
    return ends | {"weeks": test.observations}


def impact_tests(found: Investigation) -> list[Test]:
    """The tests of this part, each question once."""
    impact, unit = found.impact, "bp per JPY 100bn"
    tests = []
    for week, row in impact.family.iterrows():
        when = "in the same week" if week == 0 else f"{week} {'week' if week == 1 else 'weeks'} on"
        name = f"TOPIX after an unexpected flow, {when}"
        tests.append(Test(name, float(row["estimate"]), unit, float(row["p_value"]), float(row["family_p"])))
    words = "F, beside " + impact.system.given_words
    for test, (_, name) in zip((impact.leads, impact.follows), DIRECTIONS, strict=True):
        tests.append(Test(f"{name}: bootstrap", test.statistic, words, test.bootstrap_p_value))
    for state, name in STATE_TESTS.items():
        p_value = found.states["p_value"].get(state, np.nan)
        if np.isfinite(p_value):
            tests.append(Test(name, None, "largest t of the path", float(p_value)))
    if found.announced is not None:
        fit = found.announced.fit
        slope, p_value = fit.params["surprise"], fit.p_values["surprise"]
        tests.append(Test("TOPIX in the session after publication", float(slope), unit, float(p_value)))
    return tests


def t_test(estimate: float, half_width: float, freedom: int, confidence: float) -> float:
    """The two-sided p-value of an estimate with a t interval of this half width."""
    error = half_width / float(stats.t.ppf(0.5 + confidence / 2, freedom))
    return float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error > 0 else 0.0
