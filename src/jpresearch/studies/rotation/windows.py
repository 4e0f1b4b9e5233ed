"""The same question over neighbouring windows: how often a verdict holds when both ends move by a few sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, Inputs, Settings, Span
from jpresearch.studies.rotation.resilience import moved

VERDICT_EDGE: Final = 0.5
"""Points within which two moves count as equal."""


@dataclass(frozen=True)
class Flip:
    """A sector against TOPIX over all windows around one.

    Attributes
    ----------
    grid : first day x last day: points by which ``code`` did better than the comparison; missing where a close is, or
        where the window would end before it begins.
    centre : the window in the middle.
    """

    code: str
    against: str
    grid: pd.DataFrame
    centre: Span

    @property
    def values(self) -> pd.Series[float]:
        """All windows' differences."""
        flat = self.grid.to_numpy(dtype="float64").ravel()
        return pd.Series(flat[np.isfinite(flat)])

    @property
    def share_better(self) -> float:
        """Share of windows in which the sector did better by more than half a point."""
        return float((self.values > VERDICT_EDGE).mean())

    @property
    def share_worse(self) -> float:
        """Share of windows in which it did worse by more than half a point."""
        return float((self.values < -VERDICT_EDGE).mean())


def flip(inputs: Inputs, span: Span, settings: Settings, code: str = BANKS, against: str = ELECTRIC) -> Flip:
    """``code`` less ``against`` (a code or ``topix``) over windows with both ends moved by up to ``neighbours``."""
    levels = inputs.levels[[code, against]]
    firsts, lasts = (_around(levels.index, end, settings.neighbours) for end in (span.first, span.last))
    rows = {first: [_difference(levels, first, last) for last in lasts] for first in firsts}
    grid = pd.DataFrame.from_dict(rows, orient="index", columns=lasts)
    return Flip(code, against, grid.rename_axis("first"), span)


def _around(sessions: pd.Index[pd.Timestamp], day: pd.Timestamp, steps: int) -> list[pd.Timestamp]:
    place = int(sessions.searchsorted(day))
    return list(sessions[max(place - steps, 0) : place + steps + 1])


def _difference(levels: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> float:
    if first >= last:
        return float("nan")
    ends = levels.loc[[first, last]].to_numpy(dtype="float64")
    one, other = ends[1] / ends[0] - 1
    return float(one - other) * 100


def known_quotes(inputs: Inputs, settings: Settings) -> list[Span]:
    """The quoted windows that had ended, with closes at both ends, by the newest session."""
    spans = [Span.read(text) for text in settings.quoted]
    sessions = inputs.topix.dropna().index
    return [span for span in spans if span.first in sessions and span.last in sessions]


def quotes_table(inputs: Inputs, spans: list[Span], codes: tuple[str, ...]) -> pd.DataFrame:
    """Points against TOPIX by window (rows) and sector (columns), and TOPIX's own percent change."""
    rows = {}
    for span in spans:
        change = moved(inputs, span)
        rows[str(span)] = {"topix": change["topix"], **{code: change[code] - change["topix"] for code in codes}}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("window")
