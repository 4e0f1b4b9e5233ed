"""Reading a table as it stood at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from jpresearch import catalog, clock, publish
from jpresearch.catalog import Table
from jpresearch.clock import Moment
from jpresearch.errors import BadParameter, NotYetPublished
from jpresearch.tables.known import Known, known_at
from jpresearch.tables.reading import read_edition
from jpresearch.tables.series import SeriesAge, ages

LAST_INSTANT = pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)


def load(name: str, as_of: Moment = None, *, start: Moment = None, end: Moment = None) -> pd.DataFrame:
    """The table ``name`` as it stood at ``as_of``.

    Parameters
    ----------
    name : a table of the catalog.
    as_of : a day (its end in Tokyo) or a moment; ``None`` is until now, and so is the present day.
    start, end : days; only periods that end between them (both included) are returned.

    Returns
    -------
    Frame with RangeIndex, sorted by key: the latest row per key among those published by then. Units are in the column
    names or the descriptor; ``published_at`` is in Tokyo time. Emits a note of what was read through ``publish``.

    Raises
    ------
    UnknownTable, BadParameter : no such table; a date that is none, or an ``as_of`` still to come.
    LookAhead : inside a run, the read goes past the run's day.
    NotYetPublished : nothing of the table was public at ``as_of``; names the first possible day where there is one.
    TableInvalid : the file breaks its schema.
    """
    table = catalog.table(name)
    first, last = _day(start, "start"), _day(end, "end")
    frame = _noted(table, as_of)[0]
    inside = pd.Series(True, index=frame.index)
    if first is not None:
        inside &= frame["period_end"] >= first
    if last is not None:
        inside &= frame["period_end"] <= last
    return frame[inside].reset_index(drop=True)


def vintages(name: str, as_of: Moment = None) -> pd.DataFrame:
    """Every row of the table ``name`` public at ``as_of``, the editions since corrected included.

    For the state of knowledge on each past day: there the first edition of a figure counts from the day it came out.

    Parameters
    ----------
    name, as_of : as for ``load``.

    Returns
    -------
    Frame with RangeIndex and the columns of ``load``, sorted by key and ``published_at``. Emits the note of ``load``.

    Raises
    ------
    UnknownTable, BadParameter, LookAhead, NotYetPublished, TableInvalid : as ``load``.
    """
    return _noted(catalog.table(name), as_of)[1]


def empty(name: str) -> pd.DataFrame:
    """The table ``name`` without a row: its columns in their types. Raises ``UnknownTable``, ``TableInvalid``."""
    return read_edition(catalog.table(name))[0].iloc[:0]


def restatements(name: str) -> pd.DataFrame:
    """The rows by which the file of the restated table ``name`` was restated: the one read that knows no ``as_of``.

    A restated table holds every figure on the basis of its file's last period, whatever moment it is read at: its
    closes are divided by splits that came later. Undoing that restatement takes the same splits, those after the run's
    day included; with them a close meets figures of its own time on one basis. They serve for nothing else, so only
    the key and the figures are returned, and no moment of publication.

    Returns
    -------
    Frame with RangeIndex: key and figures of the table that the descriptor names as ``restated_by``, of the periods up
    to the last one in the file of ``name``.

    Raises
    ------
    BadParameter : the table is not restated, or its descriptor does not say by which table.
    UnknownTable, TableInvalid : as ``load``.
    """
    table = catalog.table(name)
    if table.house.vintage != "restated" or table.house.restated_by is None:
        raise BadParameter(f"the table {name} is not restated by another one", name, "Read it with `load`.")
    by = catalog.table(table.house.restated_by)
    rows, last = read_edition(by)[0], read_edition(table)[0]["period_end"].max()
    figures = [column.name for column in by.columns if column.type in ("number", "integer")]
    known: pd.DataFrame = rows.loc[rows["period_end"] <= last, [*by.key, *figures]]
    return known.reset_index(drop=True)


def snapshot(table: Table, until: Moment = None) -> pd.DataFrame:
    """The rows public at ``until``, the latest per key, without a note. Raises what ``load`` raises."""
    return _known(table, until).latest.copy(deep=False)


def _noted(table: Table, as_of: Moment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The latest row per key and all rows public at ``as_of``, with the note of the read. Raises what ``load`` does."""
    known = _known(table, as_of)
    if known.public.empty:
        raise NotYetPublished.empty(table.name)
    note = known.note | {"as_of": _as_text(as_of), "lines": len(known.public), "file_digest": known.file_digest}
    publish.note(note, known.latest)
    return known.latest.copy(deep=False), known.public.copy(deep=False)


def _known(table: Table, as_of: Moment) -> Known:
    """What was public at ``as_of``. Raises what ``load`` raises, but for a table without a row."""
    until = pd.Timestamp(clock.until(as_of, table.name))
    known = known_at(table, until)
    if known.public.empty and known.first is not None:
        raise NotYetPublished.of(table.name, until.date().isoformat(), known.first)
    return known


def moment(as_of: Moment, name: str = "as_of") -> pd.Timestamp | None:
    """``as_of`` as a moment in Tokyo: a day means its end, a naive time is Tokyo time. Raises ``BadParameter``."""
    found = clock.moment(as_of, name)
    return None if found is None else pd.Timestamp(found)


def first_publication(name: str) -> date:
    """The first Tokyo day on which the table can be read. Raises ``LookAhead`` where that is after a run's day."""
    first = read_edition(catalog.table(name))[0]["published_at"].min()
    if clock.ceiling() is not None:
        clock.until(first, name)
    day: date = first.date()
    return day


def newest(name: str, as_of: Moment = None) -> Mapping[str, Any]:
    """The note of the table as of a moment, without reading it for a notebook. Raises what ``load`` raises."""
    table = catalog.table(name)
    return _known(table, as_of).note | {"as_of": _as_text(as_of)}


def staleness(name: str, as_of: Moment = None) -> list[SeriesAge]:
    """Every series of the table ``name`` with its age in calendar days, in the order of their names.

    Parameters
    ----------
    as_of : a day or a moment: what was public then, judged on that day; ``None`` is now.

    Raises
    ------
    UnknownTable, BadParameter, LookAhead, NotYetPublished, TableInvalid : as ``load``.
    """
    table = catalog.table(name)
    return ages(table, _known(table, as_of).latest, clock.until(as_of, name).date())


def sources(*names: str, as_of: Moment = None) -> list[Mapping[str, Any]]:
    """The rows of a notebook's table of sources; a table not yet public says so in words.

    Raises
    ------
    UnknownTable, BadParameter, LookAhead, TableInvalid : as ``load``.
    """
    return [_source_row(catalog.table(name), as_of) for name in names]


def _source_row(table: Table, as_of: Moment) -> Mapping[str, Any]:
    row: dict[str, Any] = {"table": table.name, "title": table.title, "publisher": table.house.publisher}
    row |= {"page": table.house.page or "", "vintage": table.house.vintage}
    row |= {"terms": ", ".join(licence.title or licence.name for licence in table.licences)}
    try:
        note = newest(table.name, as_of)
    except NotYetPublished as error:
        return row | {"newest_period": "", "published": "", "grade": "", "remark": error.what}
    published = str(note["newest_published_at"])[:16].replace("T", " ")
    return row | {
        "newest_period": note["newest_period"],
        "published": published,
        "grade": note["grade"],
        "remark": "",
    }


def _as_text(as_of: Moment) -> str | None:
    """``as_of`` as given, in a form that means the same when read again."""
    if as_of is None or isinstance(as_of, str):
        return as_of
    return str(as_of) if isinstance(as_of, date) else str(clock.moment(as_of))


def _day(value: Moment, name: str) -> pd.Timestamp | None:
    found = moment(value, name)
    return None if found is None else found.tz_localize(None).normalize()
