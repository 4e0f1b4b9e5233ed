"""Who takes the other side: shares of foreigners' flow by a system whose coefficients sum to minus one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import Estimate
from jpresearch.stats.system import System, adding_up
from jpresearch.studies.absorption.inputs import SIDES, Settings

FOREIGN: Final = "foreigners"
NEWER: Final = "newer"
CROSSED: Final = "foreigners_newer"
FEWEST_WEEKS: Final = 52


@dataclass(frozen=True)
class Shares:
    """Absorption by class, in JPY bn bought per JPY 100 bn that foreigners sold.

    ``whole``, ``before`` and ``after`` are frames by class with ``estimate``, ``low``, ``high``, ``p_value``;
    ``change`` is after less before; ``before``, ``after`` and ``change`` are ``None`` where either side of ``since``
    has fewer than 52 weeks whose classes are known.
    """

    system: System
    whole: pd.DataFrame
    before: pd.DataFrame | None
    after: pd.DataFrame | None
    change: pd.DataFrame | None
    weeks_before: int
    weeks_after: int


def shares(weeks: pd.DataFrame, settings: Settings) -> Shares:
    """Estimate the system over all weeks whose classes are known, and with its own coefficients from ``since`` on.

    Foreigners are taken on the same markets as the other classes. Raises ``InsufficientData`` with fewer than 52 weeks.
    """
    known = weeks.dropna(subset=[*SIDES, "foreigners_same_basis"])
    if len(known) < FEWEST_WEEKS:
        what = f"the classes of {len(known)} weeks are known; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "absorption", "Choose an earlier start or a later as_of.")
    left, foreign = known[list(SIDES)], known["foreigners_same_basis"].rename(FOREIGN)
    whole = adding_up(left, foreign.to_frame(), to=FOREIGN, confidence=settings.confidence)
    newer = pd.Series(known.index >= settings.turn, index=known.index, dtype="float64")
    after, before = int(newer.sum()), int((1 - newer).sum())
    if min(after, before) < FEWEST_WEEKS:
        return Shares(whole, _bought(whole, {FOREIGN: 1.0}), None, None, None, before, after)
    right = pd.DataFrame({FOREIGN: foreign, NEWER: newer, CROSSED: foreign * newer})
    apart = adding_up(left, right, to=FOREIGN, confidence=settings.confidence)
    return Shares(
        system=whole,
        whole=_bought(whole, {FOREIGN: 1.0}),
        before=_bought(apart, {FOREIGN: 1.0}),
        after=_bought(apart, {FOREIGN: 1.0, CROSSED: 1.0}),
        change=_bought(apart, {CROSSED: 1.0}),
        weeks_before=before,
        weeks_after=after,
    )


def _bought(system: System, weights: dict[str, float]) -> pd.DataFrame:
    """Bought per 100 sold: minus 100 times the coefficient (a sum of them)."""
    rows = {}
    for name in SIDES:
        found: Estimate = system.combination({(name, part): -100 * weight for part, weight in weights.items()})
        p_value = system.p_value(found)
        rows[name] = {"estimate": found.value, "low": found.low, "high": found.high, "p_value": p_value}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("investor")
