"""Where the newest figure of each measure stands: its level, its change, its place in its own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.expanding import hindsight_percentile
from jpresearch.studies.dashboard.measures import Measure

TOP: Final = 90.0
BOTTOM: Final = 10.0
WEEK_DAYS: Final = 7


@dataclass(frozen=True)
class Reading:
    """The newest figure of a measure as it was known at a moment.

    Attributes
    ----------
    level : ``None`` where the newest figure is too old to say anything about the moment.
    day, published : the period it is about, and when it came out.
    before : the figure that was the newest seven days before this one came out.
    change : from it, in the unit of ``measure.change``.
    percentile : among all figures up to it, the figure itself included (mid-rank); ``None`` with too few.
    count : figures of its past.
    """

    measure: Measure
    level: float | None
    day: pd.Timestamp
    published: pd.Timestamp
    before: float | None
    change: float | None
    percentile: float | None
    count: int

    @property
    def since(self) -> int:
        """The year in which its past begins."""
        return int(pd.Timestamp(self.measure.history.index[0]).year)


def read(measure: Measure, now: pd.Timestamp) -> Reading:
    """The newest figure at ``now``; ``measure.history`` holds nothing published later."""
    past = measure.history
    day, (level, published) = pd.Timestamp(past.index[-1]), past.iloc[-1]
    old = (now.tz_localize(None) - day).days > measure.oldest_days
    earlier = past[past["published_at"] <= published - pd.Timedelta(days=WEEK_DAYS)]
    before = float(earlier["value"].iloc[-1]) if len(earlier) else None
    return Reading(
        measure=measure,
        level=None if old else float(level),
        day=day,
        published=published,
        before=None if old else before,
        change=None if old or before is None else _changed(float(level), before, measure.change),
        percentile=None if old or len(past) < measure.fewest else percentile(past["value"]),
        count=len(past),
    )


def percentile(values: pd.Series[float]) -> float:
    """Mid-rank percentile of the last value among all: the newest of an expanding percentile."""
    # At its last figure the percentile in the whole series is the expanding one, at one pass instead of one per figure.
    return float(hindsight_percentile(values, min_periods=2).iloc[-1])


def _changed(now: float, before: float, way: str) -> float:
    if way == "%":
        return (now / before - 1) * 100
    return (now - before) * (100 if way == "bp" else 1)


def extremes(readings: Sequence[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Those in the top tenth of their past, highest first, and those in the bottom tenth, lowest first."""
    placed = [reading for reading in readings if reading.percentile is not None]
    placed.sort(key=lambda reading: reading.percentile or 0.0)
    top = [reading for reading in reversed(placed) if (reading.percentile or 0.0) >= TOP]
    return top, [reading for reading in placed if (reading.percentile or 0.0) <= BOTTOM]


def strip(readings: Sequence[Reading]) -> pd.DataFrame:
    """Percentiles laid out for a strip: each row's past runs from 0 to 100, ``now`` is where it stands."""
    rows = {
        reading.measure.label: [0.0, 25.0, 50.0, 75.0, 100.0, reading.percentile]
        for reading in readings
        if reading.percentile is not None
    }
    columns = ["low", "q25", "median", "q75", "high", "now"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("measure")
