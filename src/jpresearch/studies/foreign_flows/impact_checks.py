"""How much the response hangs on single months, on what is held fixed, on the unit of flow, and on the state of things.

All from the same lag-augmented projection with errors that allow for changing variance; no bootstrap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import InsufficientData, StatsError
from jpresearch.stats.projection_states import state_projection
from jpresearch.stats.projections import (
    LocalProjection,
    Plan,
    build_design,
    checked_plan,
    largest_t,
    local_projection,
    one_horizon,
)
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.impact import Impact, plan_of
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.system import GIVEN, System, stormy, weekly_system

SHOCK_MONTHS: Final = ("2020-03", "2024-08", "2025-04")
"""The pandemic's crash, the unwinding of yen carry trades, the tariff announcements."""
PER_100BN: Final = "bp per JPY 100bn"
CHECK_COLUMNS: Final = ["unit", "estimate", "low", "high", "last", "last_low", "last_high", "weeks"]
STATE_COLUMNS: Final = ["estimate", "low", "high", "last", "last_low", "last_high", "p_value", "weeks"]


@dataclass(frozen=True)
class Check:
    """One way of asking again: a system, and the weeks whose surprises do not count."""

    name: str
    system: System
    left_out: pd.DatetimeIndex


def impact_checks(weeks: pd.DataFrame, abroad: pd.DataFrame, found: Impact, settings: Settings) -> pd.DataFrame:
    """The same response asked for in other ways.

    Returns a frame indexed by ``variant``: ``unit``; ``estimate``, ``low``, ``high`` of the week itself; ``last``,
    ``last_low``, ``last_high`` of the last week of the path; ``weeks`` with a surprise. A way for which there are too
    few weeks has missing figures.
    """
    rows: dict[str, dict[str, object]] = {}
    for check in _checks(weeks, abroad, found.system):
        unit = PER_100BN if check.system.unit == "JPY 100bn" else "bp per swing"
        try:
            first, last = at_ends(check.system, found.lag_choice.chosen, settings, check.left_out)
        except StatsError:
            rows[check.name] = {"unit": unit}
            continue
        row: dict[str, object] = {"unit": unit} | {name: first[name] for name in ("estimate", "low", "high")}
        row |= {"last": last["estimate"], "last_low": last["low"], "last_high": last["high"]}
        rows[check.name] = row | {"weeks": int(first["observations"])}
    frame = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=CHECK_COLUMNS)
    return frame.rename_axis("variant")


def _checks(weeks: pd.DataFrame, abroad: pd.DataFrame, system: System) -> Iterator[Check]:
    none, index = pd.DatetimeIndex([]), pd.DatetimeIndex(system.frame.index)
    held = system.given_words
    yield Check(f"Given {held}" if system.given else "As above", system, none)
    if system.given:
        yield Check("Nothing abroad held fixed", system.without(), none)
    if len(system.given) > 1:
        only = System(system.frame[["flow", "topix", system.given[0]]], system.given[:1], system.unit)
        yield Check(f"Given {only.given_words} alone", only, none)
    months = index.strftime("%Y-%m")
    shocks = [month for month in SHOCK_MONTHS if month in months]
    for month in shocks:
        yield Check(f"Without {say.month(pd.Timestamp(month))}", system, index[months == month])
    if len(shocks) > 1:
        yield Check(f"Without all {len(shocks)} of these months", system, index[months.isin(shocks)])
    flow = system.frame["flow"].abs()
    yield Check("Without the five largest flows", system, pd.DatetimeIndex(flow.nlargest(5).index))
    others: tuple[tuple[str, dict[str, object]], ...] = (
        ("All weeks, missing ones passed over", {"joined": True}),
        ("Given the SOX as well (from 2020)", {"given": (*GIVEN, "sox")}),
        ("Flow in swings of the year before", {"relative": True}),
    )
    for name, options in others:
        yield from _again(name, weeks, abroad, options)


def _again(name: str, weeks: pd.DataFrame, abroad: pd.DataFrame, options: dict[str, object]) -> Iterator[Check]:
    """A check on another system, where there are the weeks (and the market abroad) for it."""
    if "given" in options and "sox" not in abroad.dropna(axis="columns", how="all"):
        return
    try:
        yield Check(name, weekly_system(weeks, abroad, **options), pd.DatetimeIndex([]))  # type: ignore[arg-type]
    except InsufficientData:
        return


def at_ends(
    system: System, lags: int, settings: Settings, left_out: pd.DatetimeIndex
) -> tuple[dict[str, float], dict[str, float]]:
    """The response of the week itself and of the path's last week, without the surprises of some weeks.

    These weeks still stand among the past of others, and in the paths of earlier surprises.

    Raises ``StatsError`` as ``projections.local_projection``.
    """
    plan = plan_of(system, lags, settings)
    design = build_design(checked_plan(system.frame, plan, "impact_checks"), plan)
    kept = pd.Series(~design.outcomes.index.isin(left_out), index=design.outcomes.index)
    first, last = (
        one_horizon(design, design.outcomes[week].where(kept), week, settings.lags, settings.confidence)[0]
        for week in (0, plan.horizons)
    )
    return first, last


def impact_by_state(weeks: pd.DataFrame, found: Impact, settings: Settings) -> pd.DataFrame:
    """The response in calm and stormy weeks, after weeks of selling and of buying, and to selling and buying surprises.

    The first two states are those of the week before the surprise. Returns a frame indexed by ``state``: as the columns
    of ``impact_checks`` without ``unit``, and ``p_value`` that two states do not differ in any week of the path, on the
    row of the second. Missing where there are too few weeks of one.
    """
    system, plan = found.system, plan_of(found.system, found.lag_choice.chosen, settings)
    at = system.frame.index
    states = {
        ("After calm weeks", "After stormy weeks"): stormy(weeks).reindex(at, fill_value=False),
        ("After weeks of buying", "After weeks of selling"): system.frame["flow"] < 0,
    }
    rows: dict[str, dict[str, float]] = {}
    for (outside, inside), state in states.items():
        rows |= _two_states(system, plan, state, (outside, inside), settings.confidence)
    rows |= _two_signs(system, plan, settings)
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=STATE_COLUMNS).rename_axis("state")


def _two_states(
    system: System, plan: Plan, state: pd.Series[bool], names: tuple[str, str], confidence: float
) -> dict[str, dict[str, float]]:
    try:
        found = state_projection(system.frame, plan, state, confidence=confidence)
    except StatsError:
        return {name: {} for name in names}
    counts = (found.observations_outside, found.observations_inside)
    outside, inside = (
        _row(frame, plan) | {"weeks": count} for frame, count in zip((found.outside, found.inside), counts, strict=True)
    )
    return {names[0]: outside, names[1]: inside | {"p_value": found.p_value}}


def _two_signs(system: System, plan: Plan, settings: Settings) -> dict[str, dict[str, float]]:
    """Unexpected buying and unexpected selling apart: the positive part of the surprise stands beside the whole."""
    names = ("Unexpected buying", "Unexpected selling")
    try:
        unexpected = surprises(system, plan)
        buying = system.frame.assign(part=unexpected.clip(lower=0.0)).dropna()
        selling = system.frame.assign(part=unexpected.clip(upper=0.0)).dropna()
        # Beside the selling part, what is left of flow is the buying, and the other way round.
        up, down = (_beside_part(frame, plan, "flow", settings) for frame in (selling, buying))
        gap = _beside_part(buying, plan, "part", settings)
    except StatsError:
        return {name: {} for name in names}
    counts = [int((unexpected > 0).sum()), int((unexpected < 0).sum())]
    return {
        names[0]: _row(up.responses, plan) | {"weeks": counts[0]},
        names[1]: _row(down.responses, plan) | {"weeks": counts[1], "p_value": any_response(gap)},
    }


def surprises(system: System, plan: Plan) -> pd.Series:
    """The part of each week's flow that its past and the markets abroad do not explain, in the unit of the flow."""
    design = build_design(checked_plan(system.frame, plan, "surprises"), plan).regressors
    others = design.drop(columns="flow").to_numpy()
    weights = np.linalg.lstsq(others, design["flow"].to_numpy(), rcond=None)[0]
    rest = design["flow"].to_numpy() - others @ weights
    return pd.Series(rest * system.frame["flow"].std(), index=design.index, name="surprise")


def _beside_part(frame: pd.DataFrame, plan: Plan, shock: str, settings: Settings) -> LocalProjection:
    other = "part" if shock == "flow" else "flow"
    return local_projection(
        frame, replace(plan, shock=shock, given=(other, *plan.given)), confidence=settings.confidence
    )


def any_response(found: LocalProjection) -> float:
    """The p-value that no response of the path differs from zero, from the largest ``|t|``."""
    table, plan = found.responses, found.plan
    coefficients = 2 + len(plan.given) + plan.all_lags * found.data.shape[1]
    freedom = int(table["observations"].min()) - coefficients
    largest = float((table["estimate"].abs() / table["std_error"]).max())
    drawn = largest_t(found.covariance.to_numpy(), freedom, 0)
    return float((1 + (drawn >= largest).sum()) / (1 + len(drawn)))


def _row(responses: pd.DataFrame, plan: Plan) -> dict[str, float]:
    table = responses[["estimate", "low", "high"]].to_numpy(dtype="float64")
    ends = [*table[0], *table[plan.horizons]]
    return dict(zip(STATE_COLUMNS, map(float, ends), strict=False))
