"""What would change an answer: a published series, where it stands, where the answer turns, and how far that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from jpresearch.errors import InsufficientData

MOVES: Final = 52
"""Changes that say how far the series usually moves from one figure to the next."""
FEWEST_MOVES: Final = 8

When = Literal["above", "below"]


@dataclass(frozen=True)
class Trigger:
    """A series and the level at which the answer changes.

    Attributes
    ----------
    label, unit : what readers see.
    now, period : the newest figure and the end of its period.
    threshold, when : the answer changes once the figure is ``above`` or ``below`` the threshold.
    usual_move : standard deviation of the changes from one figure to the next, in ``unit``.
    next_release : when the next figure is due, where a calendar says so.
    """

    label: str
    unit: str
    now: float
    period: pd.Timestamp
    threshold: float
    when: When
    usual_move: float
    next_release: pd.Timestamp | None

    @property
    def crossed(self) -> bool:
        """Whether the newest figure is beyond the threshold."""
        return self.now > self.threshold if self.when == "above" else self.now < self.threshold

    @property
    def moves_away(self) -> float:
        """The way to the threshold in usual moves; negative once it is crossed."""
        way = self.threshold - self.now if self.when == "above" else self.now - self.threshold
        return way / self.usual_move


def trigger(
    series: pd.Series[Any],
    threshold: float,
    *,
    when: When,
    label: str,
    unit: str,
    next_release: pd.Timestamp | None = None,
) -> Trigger:
    """The trigger of a series at its newest known figure.

    Parameters
    ----------
    series : figures in ``unit`` by the end of their period, in time order, as known on the page's day.

    Raises
    ------
    InsufficientData : fewer than nine figures: how far the series usually moves is unknown.
    """
    known = series.dropna()
    moves = known.diff().dropna().tail(MOVES)
    if len(moves) < FEWEST_MOVES or not moves.std() > 0:
        raise InsufficientData(f"{len(known)} figures do not tell how far the series usually moves", label)
    return Trigger(
        label=label,
        unit=unit,
        now=float(known.iloc[-1]),
        period=pd.Timestamp(known.index[-1]),
        threshold=threshold,
        when=when,
        usual_move=float(moves.std()),
        next_release=next_release,
    )


def table(triggers: Sequence[Trigger]) -> pd.DataFrame:
    """A row per trigger, with where it stands, where the answer turns, and the next release.

    Columns ``series``, ``unit``, ``now``, ``period``, ``changes_when``, ``threshold``, ``usual_moves_away`` and
    ``next_release``.
    """
    rows = [
        {
            "series": each.label,
            "unit": each.unit,
            "now": each.now,
            "period": each.period,
            "changes_when": each.when,
            "threshold": each.threshold,
            "usual_moves_away": each.moves_away,
            "next_release": each.next_release,
        }
        for each in triggers
    ]
    return pd.DataFrame(rows).astype({"next_release": "object"} if rows else {})
