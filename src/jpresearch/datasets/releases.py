"""When the next figures of a table come out, by its release rule, seen from a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from jpresearch import catalog, clock, tables
from jpresearch.catalog import Table
from jpresearch.datasets.reading import AsOf
from jpresearch.errors import NotYetPublished
from jpresearch.sources.schedule import expected, following_periods

MOST_PERIODS: Final = 400
"""Periods looked ahead from the newest one known: a daily table may be a year late."""


def upcoming(as_of: AsOf, name: str) -> pd.Timestamp | None:
    """The first release of the table ``name`` after ``as_of`` (Tokyo time); ``None`` where it follows no calendar.

    Examples
    --------
    ``releases.upcoming(as_of, "investor_flows")``, the Thursday 15:30 after the newest week.

    Raises
    ------
    UnknownTable : no such table.

    Source
    ------
    The release rule in the table's descriptor.
    """
    found = _upcoming(catalog.table(name), pd.Timestamp(clock.until(as_of, name)))
    return None if found is None else found[1]


def calendar(as_of: AsOf, names: Iterable[str] | None = None) -> pd.DataFrame:
    """The next release of each table, earliest first.

    Examples
    --------
    ``releases.calendar(as_of).head(5)``, what comes out next.

    Parameters
    ----------
    names : tables; by default all that follow a calendar.

    Returns
    -------
    Index ``table``. Columns ``title``, ``publisher``, ``newest_period`` (end of the newest period known),
    ``next_period`` and ``next_release`` (Tokyo time). Tables without a calendar or without a figure yet are absent.

    Source
    ------
    The release rules in the tables' descriptors.
    """
    now = pd.Timestamp(clock.until(as_of, "releases"))
    chosen = [catalog.table(name) for name in names] if names is not None else list(catalog.catalog().values())
    rows = {}
    for table in chosen:
        found = _upcoming(table, now)
        if found is not None:
            period, moment, newest = found
            about = {"title": table.title, "publisher": table.house.publisher, "newest_period": newest}
            rows[table.name] = about | {"next_period": period, "next_release": moment}
    columns = ["title", "publisher", "newest_period", "next_period", "next_release"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("table")
    return frame.sort_values("next_release", kind="stable")


def _upcoming(table: Table, now: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp] | None:
    """Period and moment of the next release, and the newest period known."""
    if table.house.release_rule is None:
        return None
    try:
        known = tables.snapshot(table, now)
    except NotYetPublished:
        return None
    if known.empty:
        return None
    row = known.loc[[known["period_end"].idxmax()]]
    newest = row["period_end"].iloc[0]
    following = following_periods(table, newest, MOST_PERIODS)
    moments = expected(table, row.loc[row.index.repeat(len(following))].assign(period_end=following))
    ahead = (moments > now).to_numpy()
    first = int(ahead.argmax()) if ahead.any() else None
    return None if first is None else (following[first], moments.iloc[first], newest)
