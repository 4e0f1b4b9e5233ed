"""What came out in the last days: what was public at the moment beside what was public before."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch import catalog
from jpresearch.errors import NotYetPublished
from jpresearch.studies.dashboard.inputs import Inputs
from jpresearch.tables import snapshot


@dataclass(frozen=True)
class Release:
    """The figures of one table that were public at the moment and not before.

    Attributes
    ----------
    added, corrected : new periods or quantities, and new figures for known ones.
    newest_day : the newest period among them.
    published : when the last of them came out.
    """

    table: str
    title: str
    added: int
    corrected: int
    newest_day: pd.Timestamp
    published: pd.Timestamp


def releases(inputs: Inputs, days: int) -> list[Release]:
    """The tables with figures that came out in the ``days`` days before ``inputs.now``, the newest release first."""
    cut = inputs.now - pd.Timedelta(days=days)
    found = (_release(name, frame, cut) for name, frame in inputs.tables.items())
    return sorted((each for each in found if each), key=lambda each: (each.published, each.table), reverse=True)


def _release(name: str, frame: pd.DataFrame, cut: pd.Timestamp) -> Release | None:
    fresh = frame[frame["published_at"] > cut]
    if fresh.empty:
        return None
    table = catalog.table(name)
    corrected = _corrected(table, fresh, cut)
    newest, published = fresh["period_end"].max(), fresh["published_at"].max()
    return Release(name, table.title, len(fresh) - corrected, corrected, newest, published)


def _corrected(table: catalog.Table, fresh: pd.DataFrame, cut: pd.Timestamp) -> int:
    """How many of the fresh rows are about something for which a figure was public already."""
    try:
        known = snapshot(table, cut)
    except NotYetPublished:
        return 0
    return len(fresh[table.key].merge(known[table.key], on=table.key))
