"""The dashboard's tables in a reader's words."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from jpresearch.studies.dashboard.findings import Findings
from jpresearch.studies.dashboard.measures import CLASS_WORDS
from jpresearch.studies.dashboard.standing import Reading

STATE_CAPTION: Final = (
    "The state of play: newest figure, its change from the one that was the newest seven days before it came out, "
    "and its percentile among all figures of its own past"
)
NEWS_CAPTION: Final = "What came out in the days before: figures that were public now and not at the start of that time"


def state_table(found: Findings) -> pd.DataFrame:
    """One row per measure, in the order of the page; a class of investor long unknown has none."""
    return pd.DataFrame(
        [_row(each) for each in found.readings.values() if each.level is not None or each.measure.headline]
    )


def _row(reading: Reading) -> dict[str, Any]:
    measure = reading.measure
    digits = measure.decimals
    return {
        "measure": measure.label,
        "level": None if reading.level is None else round(reading.level, digits),
        "unit": measure.unit if reading.level is not None else "too old",
        "change": None if reading.change is None else round(reading.change, digits),
        "in": "" if reading.change is None else _change_unit(reading),
        "percentile": None if reading.percentile is None else round(reading.percentile, 1),
        "since": reading.since,
        "known for": f"{reading.day:%Y-%m-%d}",
        "published": f"{reading.published:%Y-%m-%d}",
    }


def _change_unit(reading: Reading) -> str:
    unit = reading.measure.unit
    same = "points" if unit == "%" else unit
    return same if reading.measure.change == "same" else reading.measure.change


def news_table(found: Findings) -> pd.DataFrame:
    """One row per table with new figures, the newest release first; one row that says so without any."""
    rows = [
        {
            "table": release.table,
            "figures": release.title,
            "new": release.added,
            "corrected": release.corrected,
            "newest period": f"{release.newest_day:%Y-%m-%d}",
            "published": f"{release.published:%Y-%m-%d %H:%M}",
        }
        for release in found.news
    ]
    return pd.DataFrame(rows or [{"table": "none", "figures": "nothing came out in these days"}])


def shown_strip(found: Findings) -> pd.DataFrame:
    """The classes in words and the week ends as short days, rounded as it is written: no minus on a zero."""
    frame = found.strip.round(1) + 0.0
    return named(frame.set_axis([f"{day:%-d %b}" for day in frame.columns], axis="columns"))


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Classes of investors in words."""
    return frame.rename(index={name: f"{words[:1].upper()}{words[1:]}" for name, words in CLASS_WORDS.items()})


def labels(found: Findings) -> dict[str, str]:
    """The words of each measure."""
    return {name: reading.measure.label for name, reading in found.readings.items()}


def units(found: Findings) -> dict[str, str]:
    """The unit of each measure."""
    return {name: reading.measure.unit for name, reading in found.readings.items()}
