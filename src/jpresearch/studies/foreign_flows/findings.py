"""Everything that the notebook's sentences, metrics and list of tests are written from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.stats.persistence import Autocorrelation
from jpresearch.stats.regression import Regression
from jpresearch.studies.foreign_flows.impact_checks import PER_100BN
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.investigation import Investigation, impact_tests, t_test
from jpresearch.studies.foreign_flows.present import Aftermath, Rank
from jpresearch.studies.foreign_flows.relation import LeadLag
from jpresearch.studies.testing import Test


@dataclass(frozen=True)
class Findings:
    """What takeaways and metrics are written from; each field is what the function of that name returned.

    ``newest_rank`` is ``rank_of_newest`` over two weeks, ``latest_sides`` is ``latest_other_side``, ``mof`` the frame
    of ``beside_mof`` or ``None``, ``impact`` is ``investigate_impact``.
    """

    settings: Settings
    weeks: pd.DataFrame
    newest_rank: Rank | None
    runs: pd.DataFrame
    memory: Autocorrelation
    same_week: Regression
    by_year: pd.DataFrame
    lead_lag: LeadLag
    variants: pd.DataFrame
    other_side: pd.DataFrame
    latest_sides: pd.Series | None
    aftermath: Aftermath
    mof: pd.DataFrame | None
    impact: Investigation


def all_tests(found: Findings) -> list[Test]:
    """Every question of the notebook that was tested, each once, whatever came out."""
    memory, slope, both = found.memory.at(1), found.same_week, found.lead_lag
    pairs = int(found.memory.pairs[1]) - 2
    carry = t_test(memory.value, memory.high - memory.value, pairs, found.memory.confidence)
    joint = "F of four weeks"
    tests = [
        Test("Flow of one week and the next", memory.value, "correlation", carry),
        Test("Flow and TOPIX of the same week", float(slope.params["flow"]), PER_100BN, float(slope.p_values["flow"])),
        Test("Past flow, next TOPIX", both.leads.statistic, joint, both.leads.p_value),
        Test("Past flow already published, next TOPIX", both.leads_in_time.statistic, "F", both.leads_in_time.p_value),
        Test("Past TOPIX, next flow", both.follows.statistic, joint, both.follows.p_value),
    ]
    return [*tests, *impact_tests(found.impact), *_after_heavy_weeks(found)]


def _after_heavy_weeks(found: Findings) -> list[Test]:
    result = found.aftermath.result
    if result is None or found.aftermath.usual is None:
        return []
    excess, half = result.mean - found.aftermath.usual, result.high - result.mean
    p_value = t_test(excess, half, result.observations - 1, result.confidence)
    return [Test("TOPIX after the heaviest weeks less that of all", excess, "% over the horizon", p_value)]
