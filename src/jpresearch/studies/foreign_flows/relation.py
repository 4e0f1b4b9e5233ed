"""Foreigners' flow and the index: the same week, one after the other, and how lasting the flow is.

All of it is association. Weekly figures cannot tell buying that lifts prices from buying after good news that lifts
them too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.stats.persistence import Autocorrelation, autocorrelation, runs
from jpresearch.stats.regression import JointTest, Regression, newey_west
from jpresearch.studies.foreign_flows.inputs import FEWEST_WEEKS, Settings, by_calendar_year, years_of
from jpresearch.studies.phrasing import counted, month

LAG_WEEKS: Final = 4
LONGEST_MEMORY: Final = 13
FEWEST_WEEKS_A_YEAR: Final = 20
HUNDRED_BN: Final = 100.0
BP_PER_PERCENT: Final = 100.0


@dataclass(frozen=True)
class LeadLag:
    """Two regressions on the same past: of the week's index change and of the week's flow.

    ``index`` explains TOPIX (basis points), ``flow`` explains net purchases (JPY 100 bn); both on four weeks of
    each: flows (``flow_1`` .. in JPY 100 bn) and TOPIX changes (``topix_1`` .. in percent). ``leads`` tests the
    flows in the first, ``follows`` the index changes in the second. ``leads_in_time`` tests the flows in a third
    that is without the flow of the week just before, as that is published when most of the next week is over.
    """

    index: Regression
    flow: Regression
    leads: JointTest
    follows: JointTest
    leads_in_time: JointTest

    def steps(self, explained: str) -> pd.DataFrame:
        """The four tested coefficients of ``"index"`` or ``"flow"`` (this one in JPY bn): estimate, low, high by
        week.
        """
        fit, test, scale = (
            (self.index, self.leads, 1.0) if explained == "index" else (self.flow, self.follows, HUNDRED_BN)
        )
        frame = fit.table().loc[list(test.names), ["estimate", "low", "high"]] * scale
        names = [f"{counted(step, 'week')} before" for step in range(1, LAG_WEEKS + 1)]
        return frame.set_axis(pd.Index(names, name="lag"), axis=0)


def same_week(weeks: pd.DataFrame, settings: Settings, *, index: str = "topix") -> Regression:
    """The week's index change (bp) on the week's net purchases (JPY 100 bn): the slope is ``flow``, bp per JPY 100
    bn.
    """
    return _same_week(weeks["net"] / HUNDRED_BN, weeks[f"{index}_pct"], settings)


def _same_week(flow: pd.Series, change: pd.Series, settings: Settings, lags: int | None = None) -> Regression:
    used = settings.lags if lags is None else lags
    return newey_west(change * BP_PER_PERCENT, flow.rename("flow"), lags=used, confidence=settings.confidence)


def impact_by_year(weeks: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The year by year account: sums, and the same-week slope where the year has 20 weeks or more.

    Returns a frame indexed by year: ``weeks``, ``known``, ``net``, ``topix_pct`` (see ``by_calendar_year``),
    ``estimate``, ``low``, ``high`` (bp per JPY 100 bn) and ``r_squared``; missing where there are too few weeks.
    """
    rows: dict[int, dict[str, float]] = {}
    for year, part in weeks.groupby(years_of(weeks)):
        if (part["net"].notna() & part["topix_pct"].notna()).sum() >= FEWEST_WEEKS_A_YEAR:
            fit = same_week(part, settings)
            slope = fit.estimate("flow")
            columns = {"estimate": slope.value, "low": slope.low, "high": slope.high, "r_squared": fit.r_squared}
            rows[int(str(year))] = columns
    slopes = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high", "r_squared"])
    return by_calendar_year(weeks).join(slopes)


def past(flow: pd.Series, change: pd.Series) -> pd.DataFrame:
    """Flow and index change of the four survey weeks before: columns ``flow_1`` .. ``flow_4``, ``topix_1`` ..
    ``topix_4``.

    The index must be the full calendar: a step is a survey week, known or not, never a row.
    """
    flows = {f"flow_{step}": flow.shift(step) for step in range(1, LAG_WEEKS + 1)}
    changes = {f"topix_{step}": change.shift(step) for step in range(1, LAG_WEEKS + 1)}
    return pd.DataFrame(flows | changes)


def lead_lag(weeks: pd.DataFrame, settings: Settings) -> LeadLag:
    """Does the flow of the last four weeks tell the index's next, or the index the flow's? See ``LeadLag``."""
    return _lead_lag(weeks["net"] / HUNDRED_BN, weeks["topix_pct"], settings)


def _lead_lag(flow: pd.Series, change: pd.Series, settings: Settings, lags: int | None = None) -> LeadLag:
    before = past(flow, change)
    used = settings.lags if lags is None else lags
    index = newey_west(change * BP_PER_PERCENT, before, lags=used, confidence=settings.confidence)
    flows = newey_west(flow, before, lags=used, confidence=settings.confidence)
    names = list(before.columns)
    known_in_time = before.drop(columns=names[0])
    in_time = newey_west(change * BP_PER_PERCENT, known_in_time, lags=used, confidence=settings.confidence)
    leads, follows = index.joint(names[:LAG_WEEKS]), flows.joint(names[LAG_WEEKS:])
    return LeadLag(index, flows, leads, follows, in_time.joint(names[1:LAG_WEEKS]))


def same_week_given_past(weeks: pd.DataFrame, settings: Settings) -> Regression:
    """The same-week relation with four weeks of both held fixed: what is left of it is not momentum of either."""
    flow, change = weeks["net"] / HUNDRED_BN, weeks["topix_pct"]
    columns = past(flow, change)
    columns.insert(0, "flow", flow)
    return newey_west(change * BP_PER_PERCENT, columns, lags=settings.lags, confidence=settings.confidence)


def variants(weeks: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The same questions asked in other ways, so that no answer hangs on one choice.

    Returns a frame indexed by ``variant``: ``unit`` of the slope, ``estimate``, ``low``, ``high`` (same week),
    ``lead_p`` and ``follow_p`` (p values of the tests of ``lead_lag``), ``weeks``, ``lags``. A variant of fewer than 52
    weeks has missing figures; the last row is ``same_week_given_past``, which has no tests.
    """
    rows: dict[str, dict[str, object]] = {}
    for name, unit, flow, change, lags in _variants(weeks):
        row: dict[str, object] = {"unit": unit}
        if (flow.notna() & change.notna()).sum() >= FEWEST_WEEKS:
            fit, both = _same_week(flow, change, settings, lags), _lead_lag(flow, change, settings, lags)
            slope = fit.estimate("flow")
            row |= {"estimate": slope.value, "low": slope.low, "high": slope.high}
            row |= {"lead_p": both.leads.p_value, "follow_p": both.follows.p_value}
            row |= {"weeks": fit.observations, "lags": fit.lags}
        rows[name] = row
    given = same_week_given_past(weeks, settings)
    slope, used = given.estimate("flow"), {"weeks": given.observations, "lags": given.lags}
    ends = {"estimate": slope.value, "low": slope.low, "high": slope.high}
    rows["Beside four weeks of both before"] = {"unit": rows["As above"]["unit"]} | ends | used
    columns = ["unit", "estimate", "low", "high", "lead_p", "follow_p", "weeks", "lags"]
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns).rename_axis("variant")


def _variants(weeks: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series, pd.Series, int | None]]:
    flow, change, per_bn = weeks["net"] / HUNDRED_BN, weeks["topix_pct"], "bp per JPY 100bn"
    known = flow.dropna()
    middle = known.index[len(known) // 2]
    heaviest = flow.abs().nlargest(5).index
    yield "As above", per_bn, flow, change, None
    yield "Nikkei 225 for TOPIX", per_bn, flow, weeks["nikkei225_pct"], None
    yield "Flow in spreads of the year before", "bp per spread", weeks["net"] / weeks["spread"], change, None
    yield "Without the five largest flows", per_bn, flow.drop(heaviest).reindex(flow.index), change, None
    yield "Errors that allow for 13 weeks", per_bn, flow, change, LONGEST_MEMORY
    yield f"To {month(middle)}", per_bn, flow[:middle], change[:middle], None
    yield f"After {month(middle)}", per_bn, flow[middle:].iloc[1:], change[middle:].iloc[1:], None


def memory(weeks: pd.DataFrame, settings: Settings, *, lags: int = LONGEST_MEMORY) -> Autocorrelation:
    """Autocorrelation of weekly net purchases over 1 to ``lags`` survey weeks, with robust intervals."""
    return autocorrelation(weeks["net"], lags, confidence=settings.confidence)


def flow_runs(weeks: pd.DataFrame) -> pd.DataFrame:
    """Runs of weeks on one side: ``start``, ``end``, ``length`` (weeks), ``sign``, ``total`` (JPY bn), ``topix_pct``.

    ``start`` and ``end`` are the last sessions of the first and last week; the index change runs over all weeks of
    the run.
    """
    found = runs(weeks["net"])
    growth = 1 + weeks["topix_pct"] / 100
    spans = zip(found["start"], found["end"], strict=True)
    moves = [np.prod(growth[first:last].to_numpy()) for first, last in spans]
    return found.assign(topix_pct=(np.array(moves) - 1) * 100)


def longest_runs(found: pd.DataFrame, count: int = 5) -> pd.DataFrame:
    """The newest run first, then the ``count`` longest of the others."""
    newest = found.tail(1)
    longest = found.drop(newest.index).sort_values(["length", "end"], ascending=[False, False]).head(count)
    return pd.concat([newest, longest]).reset_index(drop=True)
