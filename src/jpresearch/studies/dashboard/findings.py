"""Everything the notebook shows, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.studies.dashboard import investors, news
from jpresearch.studies.dashboard.inputs import Inputs, Settings
from jpresearch.studies.dashboard.measures import CLASSES, measures
from jpresearch.studies.dashboard.standing import Reading, read

INDICES: Final = ("topix", "nikkei225")
MONEY: Final = ("usdjpy", "jgb10y", "boj_policy_rate")
VALUATION: Final = ("per_section", "pbr_section", "per_nikkei", "pbr_nikkei")
MOVED: Final = (*INDICES, "sp500", "sox", "usdjpy")


@dataclass(frozen=True)
class Findings:
    """What captions, takeaways and metrics are written from.

    ``readings`` in the order of the page; ``strip`` and ``week`` empty without investors' flows; ``missing`` are the
    tables not yet public, in words.
    """

    settings: Settings
    now: pd.Timestamp
    readings: dict[str, Reading]
    strip: pd.DataFrame
    week: pd.DataFrame
    news: list[news.Release]
    missing: list[str]

    def of(self, *names: str) -> list[Reading]:
        """The readings of these names that say something about the moment."""
        found = (self.readings.get(name) for name in names)
        return [reading for reading in found if reading is not None and reading.level is not None]

    @property
    def headline(self) -> list[Reading]:
        """The readings of the one picture."""
        return [reading for reading in self.of(*self.readings) if reading.measure.headline]

    @property
    def flows(self) -> list[Reading]:
        """The newest weeks of the classes that are known for the newest survey week."""
        return [reading for reading in self.of(*CLASSES) if reading.day == self.readings["foreigners"].day]


def estimate(inputs: Inputs, settings: Settings) -> Findings:
    """Everything the dashboard shows. Raises ``InsufficientData`` where neither index has a close."""
    every = measures(inputs, settings)
    readings = {measure.name: read(measure, inputs.now) for measure in every}
    if not {*INDICES, "topix_below_high", "nikkei225_below_high"} <= readings.keys():
        raise InsufficientData("an index has less than a window of closes", "dashboard", "Choose a later as_of.")
    flows = {measure.name: measure for measure in every if measure.name in CLASSES}
    return Findings(
        settings=settings,
        now=inputs.now,
        readings=readings,
        strip=investors.strip(flows, settings.weeks),
        week=investors.newest_week(flows),
        news=news.releases(inputs, settings.news_days),
        missing=inputs.missing,
    )


def recent(found: Findings, names: Sequence[str], grid: str | None = None) -> pd.DataFrame:
    """The last years of some measures, columns named by them.

    ``grid`` puts series of different calendars on common dates: ``W-FRI`` or ``ME``, the last figure of each week or
    month. The newest stretch, still running, is dated by its newest figure, so that none carries a later day.
    """
    columns = {reading.measure.name: reading.measure.history["value"] for reading in found.of(*names)}
    frame = pd.DataFrame(columns).rename_axis("period_end")
    newest = frame.index.max()
    frame = frame.loc[newest - pd.DateOffset(years=found.settings.years) :]
    if grid is None:
        return frame
    on_grid = frame.resample(grid).last()
    return on_grid.set_axis(on_grid.index.where(on_grid.index <= newest, newest), axis="index")


def moves(found: Findings) -> pd.Series[float]:
    """Percent changes over the week before each market's newest close, by label."""
    rows = {r.measure.label: r.change for r in found.of(*MOVED) if r.change is not None}
    return pd.Series(rows, dtype="float64", name="change_pct").rename_axis("market")
