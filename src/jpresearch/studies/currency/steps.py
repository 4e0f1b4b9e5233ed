"""The Bank of Japan's steps since 2024: what TOPIX and the yen did in the sessions around each decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.events import FEWEST_EVENTS, EventStudy, Window, event_study
from jpresearch.studies.currency.inputs import AFTER, Inputs, Settings, rate_on

SESSIONS_AFTER: Final = 10
WINDOW: Final = Window(before=0, after=SESSIONS_AFTER, estimation=120, gap=5)
PLACEBOS: Final = 1999


@dataclass(frozen=True)
class Steps:
    """Courses around the decisions, and what random days would show.

    Attributes
    ----------
    decisions : policy rate in percent by day of announcement, those known so far.
    courses : ``topix`` and ``yen`` (change of its value in dollars): sessions from the decision x decisions, percent
        since the close of the session before.
    tests : by the same names the event study, or ``None`` with fewer than three decisions followed to the end.
    """

    decisions: pd.Series[float]
    courses: dict[str, pd.DataFrame]
    tests: dict[str, EventStudy | None]

    @property
    def followed(self) -> int:
        """Decisions with all sessions of the window behind them."""
        return int(self.courses["topix"].notna().all().sum())


def daily(inputs: Inputs) -> pd.DataFrame:
    """Percent changes from session to session: ``topix`` and ``yen``; a missing level leaves two missing changes."""
    sessions = pd.DatetimeIndex(inputs.topix.index)
    rate = rate_on(inputs.usdjpy, sessions, AFTER)
    changes = {"topix": inputs.topix / inputs.topix.shift() - 1, "yen": rate.shift() / rate - 1}
    return pd.DataFrame(changes) * 100


def courses(changes: pd.DataFrame, decisions: pd.DatetimeIndex) -> dict[str, pd.DataFrame]:
    """Cumulative changes around each decision known in the sessions: step 0 is the session before, step 1 the day."""
    known = decisions[decisions.isin(changes.index)]
    places = {f"{day:%Y-%m-%d}": int(changes.index.searchsorted(day)) for day in known}
    found = {}
    for name in ("topix", "yen"):
        lines = {day: _course(changes[name].iloc[place:]) for day, place in places.items()}
        found[name] = pd.DataFrame(lines, index=range(SESSIONS_AFTER + 2)).rename_axis("session")
    return found


def _course(changes: pd.Series[float]) -> pd.Series[float]:
    """Cumulative percent from 0, one value a session; not known yet stays missing."""
    after = changes.iloc[: SESSIONS_AFTER + 1]
    growth = ((1 + after / 100).cumprod(skipna=False) - 1) * 100
    return pd.Series([0.0, *growth], index=range(len(after) + 1))


def around_steps(inputs: Inputs, settings: Settings) -> Steps | None:
    """Courses and tests around all decisions public so far; ``None`` where no table of decisions was public."""
    if inputs.steps is None:
        return None
    changes = daily(inputs)
    lines = courses(changes, pd.DatetimeIndex(inputs.steps.index))
    if not any(len(frame.columns) for frame in lines.values()):
        return None
    tests = {name: _tested(changes[name], frame, settings) for name, frame in lines.items()}
    return Steps(inputs.steps, lines, tests)


def _tested(change: pd.Series[float], lines: pd.DataFrame, settings: Settings) -> EventStudy | None:
    """Against random days; the days without a change are left out, so a window may span one."""
    known = change.dropna()
    days = pd.DatetimeIndex(lines.columns[lines.notna().all()])
    days = days[days.isin(known.index)]
    if len(days) < FEWEST_EVENTS:
        return None
    return event_study(known, events=days, window=WINDOW, draws=PLACEBOS, confidence=settings.confidence)
