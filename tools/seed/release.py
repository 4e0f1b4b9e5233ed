"""When each row was public: by a release rule, or on a day that the source states."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from jpresearch.calendars import TOKYO, release_rule

AFTERNOON = "15:30"
END_OF_DAY = "23:59:59"


def by_rule(frame: pd.DataFrame, rule: str, grade: str = "rule") -> pd.DataFrame:
    """``frame`` with ``published_at`` from the release rule of this name."""
    ends = pd.DatetimeIndex(frame["period_end"])
    return frame.assign(published_at=release_rule(rule)(ends), grade=grade)


def by_rules(frame: pd.DataFrame, column: str, rules: Mapping[str, str]) -> pd.DataFrame:
    """``frame`` with ``published_at`` from the rule that ``rules`` names for the value of ``column``."""
    parts = [by_rule(frame[frame[column] == value], rule) for value, rule in rules.items()]
    dated = pd.concat(parts).sort_index()
    if len(dated) != len(frame):
        raise ValueError(f"{column} without a release rule: {set(frame[column]) - set(rules)}")
    return dated


def moment(day: str | pd.Timestamp, clock: str = END_OF_DAY) -> pd.Timestamp:
    """``day`` at ``clock`` in Tokyo."""
    return pd.Timestamp(f"{pd.Timestamp(day):%Y-%m-%d} {clock}", tz=TOKYO)


def moments(days: pd.Series, clock: str) -> pd.Series:
    """Each day at ``clock`` in Tokyo."""
    return (days + pd.Timedelta(clock if clock.count(":") == 2 else f"{clock}:00")).dt.tz_localize(TOKYO)


def on(frame: pd.DataFrame, rows: pd.Series, when: pd.Timestamp, grade: str = "stated") -> pd.DataFrame:
    """``frame`` with the marked ``rows`` published at ``when``."""
    return frame.assign(
        published_at=frame["published_at"].mask(rows, when),
        grade=frame["grade"].mask(rows, grade),
    )


def on_days(frame: pd.DataFrame, days: Mapping[str, str], clock: str = END_OF_DAY) -> pd.DataFrame:
    """``frame`` with the periods that end on a key of ``days`` published on the day stated for them."""
    for end, day in days.items():
        frame = on(frame, frame["period_end"] == pd.Timestamp(end), moment(day, clock))
    return frame
