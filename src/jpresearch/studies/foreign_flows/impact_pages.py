"""Figures' frames, tables and metrics of the feedback-and-impact part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.impact import SHOWN, Path
from jpresearch.studies.foreign_flows.impact_checks import PER_100BN
from jpresearch.studies.foreign_flows.impact_words import path_words
from jpresearch.studies.foreign_flows.investigation import Investigation
from jpresearch.studies.foreign_flows.published import beside_published, published
from jpresearch.studies.foreign_flows.verdict import impact_verdict
from jpresearch.studies.results import Metric
from jpresearch.studies.testing import Test, adjusted

LASTING_CAPTION: Final = (
    "What stays: TOPIX after one unit of unexpected flow, bp, with interval (at the end also Newey-West's); the "
    "share left with its bootstrap interval; flow first within the week"
)
PREDICTIONS_CAPTION: Final = (
    "Who predicts whom: p values with errors that allow for changing variance, also for autocorrelation, and from the "
    "wild bootstrap"
)
CHECKS_CAPTION: Final = (
    "The response asked for in other ways: same week and last week of the path; surprises of months left out do not "
    "count, but these weeks still stand in the past of others"
)
STATES_CAPTION: Final = (
    "The response by state, bp per JPY 100bn; p: that the two of a pair do not differ in any week of the path. Calm, "
    "stormy: TOPIX's swings of 13 weeks below and above the median of all weeks so far"
)
PUBLISHED_CAPTION: Final = (
    "Price pressure published elsewhere, for other flows and other samples; there is no table of market value, so the "
    "last column says at which market value a figure would equal the same-week response here"
)
ORDER_LABELS: Final = {"impulse_first": "all impact: flow first", "response_first": "all feedback: index first"}
ENDS: Final = ["estimate", "low", "high"]


def path_frame(path: Path) -> pd.DataFrame:
    """``topix``, ``low``, ``high``, ``band_low``, ``band_high``, ``hac_low``, ``hac_high`` (bp) by week."""
    columns = [*ENDS, "band_low", "band_high", "hac_low", "hac_high"]
    return path.projection.responses[columns].rename(columns={"estimate": "topix"})


def path_labels(found: Investigation) -> dict[str, str]:
    """The words at the lines' ends."""
    held = "given markets abroad" if found.impact.system.given else "nothing held fixed"
    ends = f"{found.impact.given.projection.confidence:.0%}, each week alone"
    return {"topix": held, "low": ends, "high": ends}


def checks_shown(found: Investigation) -> pd.DataFrame:
    """The checks whose unit is bp per JPY 100bn: ``estimate``, ``low``, ``high`` of the same week."""
    return found.checks.loc[found.checks["unit"] == PER_100BN, ENDS].dropna()


def published_shown(found: Investigation) -> pd.DataFrame:
    """See ``published.beside_published``."""
    return beside_published(found.impact, found.swings, found.swing)


def announced_cloud(found: Investigation) -> pd.DataFrame:
    """Unexpected flow (``x``, JPY 100bn) and the next session's TOPIX (``y``, bp) less what the S&P 500 tells of it.

    Empty where the release cannot be judged.
    """
    if found.announced is None:
        return pd.DataFrame({"x": [], "y": []}, dtype="float64")
    fit, surprise = found.announced.fit, found.announced.surprise
    return pd.DataFrame({"x": surprise, "y": fit.residuals + fit.params["const"] + fit.params["surprise"] * surprise})


def announced_line(found: Investigation) -> tuple[float, float] | None:
    """Slope and intercept on the axes of ``announced_cloud``."""
    if found.announced is None:
        return None
    params = found.announced.fit.params
    return float(params["surprise"]), float(params["const"])


def lasting_table(found: Investigation) -> pd.DataFrame:
    """The paths at chosen weeks and what of them lasts, in a reader's words."""
    impact = found.impact
    given = f"JPY 100bn, given {impact.system.given_words}" if impact.system.given else "JPY 100bn"
    paths = {given: impact.given, "JPY 100bn, nothing abroad held fixed": impact.plain}
    paths["One swing of the year before, as the first"] = found.swings
    rows = {name: _lasting_row(path) for name, path in paths.items() if path is not None}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("unexpected buying of")


def _lasting_row(path: Path) -> dict[str, str]:
    row = {f"week {week}": _with_ends(path, week) for week in SHOWN if week < path.last_week}
    low, high = path.projection.responses[["hac_low", "hac_high"]].to_numpy(dtype="float64")[-1]
    row["end of the path"] = f"week {path.last_week}: {_with_ends(path, path.last_week)}"
    row["Newey-West there"] = say.span(float(low), float(high), 0)
    row["share left"] = f"{say.number(path.lasting.ratio)} ({path_words(path)}), week {path.lasting.horizon}"
    return row | {"reading": path.kind, "weeks": f"{path.projection.observations:,}"}


def _with_ends(path: Path, week: int) -> str:
    value, low, high = path.at(week)
    return f"{say.number(value, 0)} ({say.span(low, high, 0)})"


def predictions_table(found: Investigation) -> pd.DataFrame:
    """``all_predictions`` in a reader's words."""
    words = {"lags": "weeks of past", "p_hc": "p", "p_hac": "p, Newey-West", "p_bootstrap": "p, wild bootstrap"}
    return found.predictions.round(3).rename(columns=words)


def checks_table(found: Investigation) -> pd.DataFrame:
    """``impact_checks`` in a reader's words."""
    return found.checks.round(1).rename(columns=_with_last(found))


def states_table(found: Investigation) -> pd.DataFrame:
    """``impact_by_state`` in a reader's words."""
    table = found.states.round({name: 1 for name in found.states.columns if name != "p_value"})
    return table.round({"p_value": 3}).rename(columns=_with_last(found) | {"p_value": "p, pair"})


def _with_last(found: Investigation) -> dict[str, str]:
    weeks = f"after {found.impact.given.last_week} weeks"
    names = {"estimate": "same week", "last": weeks, "last_low": f"low, {weeks}", "last_high": f"high, {weeks}"}
    return names | {"low": "low, same week", "high": "high, same week"}


def published_table(found: Investigation) -> pd.DataFrame:
    """See ``published.published``."""
    return published(found.impact)


def impact_metrics(found: Investigation, tests: Sequence[Test], level: float) -> list[Metric]:
    """The figures of this part to publish by name; where there is none, a text says why."""
    impact, path, unit = found.impact, found.impact.given, "bp of TOPIX per JPY 100bn, flow first"
    verdict, counted = impact_verdict(impact, level=level), adjusted(tests, level=level).tests
    p_unit = "p value, wild bootstrap"
    return [
        Metric.rounded("impact_given_abroad_bp_per_100bn", path.at(0)[0], unit, *path.at(0)[1:]),
        Metric.rounded("impact_at_end_bp_per_100bn", path.at(path.last_week)[0], unit, *path.at(path.last_week)[1:]),
        _per_swing(found),
        _share_left(path),
        Metric(
            "impact_verdict", f"{verdict.kind}, if flow came first" if verdict.claims_impact else "no impact claimed"
        ),
        Metric.rounded("flow_predicts_index_p", impact.leads.bootstrap_p_value, p_unit, decimals=4),
        Metric.rounded("index_predicts_flow_p", impact.follows.bootstrap_p_value, p_unit, decimals=4),
        _announced(found),
        Metric("tests_made", len(counted), "tests"),
        Metric("tests_holding", int(counted["rejected"].sum()), "tests, all counted"),
    ]


def _per_swing(found: Investigation) -> Metric:
    name = "impact_bp_per_swing"
    if found.swings is None:
        return Metric.missing(name, "too few weeks with a year before them")
    value, low, high = found.swings.at(0)
    return Metric.rounded(name, value, "bp of TOPIX per swing of the year before, flow first", low, high)


def _share_left(path: Path) -> Metric:
    name, lasting = "impact_share_left", path.lasting
    if not lasting.bounded:
        return Metric.missing(name, "the share has no bounds, as the response of the first week may be zero")
    unit = f"of the first week's response, after {lasting.horizon} weeks"
    return Metric.rounded(name, lasting.ratio, unit, lasting.low, lasting.high)


def _announced(found: Investigation) -> Metric:
    name = "announcement_bp_per_100bn"
    if found.announced is None:
        return Metric.missing(name, "too few weeks")
    slope = found.announced.fit.estimate("surprise")
    return Metric.rounded(name, slope.value, "bp of TOPIX in the session after, per JPY 100bn", slope.low, slope.high)
