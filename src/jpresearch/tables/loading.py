"""Reading a table as it stood at a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from jpresearch import catalog, publish
from jpresearch.calendars import TOKYO
from jpresearch.catalog import GRADES, Table
from jpresearch.errors import BadParameter, NotYetPublished
from jpresearch.tables.reading import read, read_edition
from jpresearch.tables.series import SeriesAge, ages, behind

Moment = str | date | datetime | pd.Timestamp | None
LAST_INSTANT = pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)


def load(name: str, as_of: Moment = None, *, start: Moment = None, end: Moment = None) -> pd.DataFrame:
    """The table ``name`` as it stood at ``as_of``.

    Parameters
    ----------
    name : a table of the catalog.
    as_of : a day (its end in Tokyo) or a moment; ``None`` is everything.
    start, end : days; only periods that end between them (both included) are returned.

    Returns
    -------
    Frame with RangeIndex, sorted by key: the latest row per key among those published by then. Units are in the column
    names or the descriptor; ``published_at`` is in Tokyo time. Emits a note of what was read through ``publish``.

    Raises
    ------
    UnknownTable, BadParameter : no such table; a date that is none.
    NotYetPublished : nothing of the table was public at ``as_of``; names the first possible day where there is one.
    TableInvalid : the file breaks its schema.
    """
    table = catalog.table(name)
    until, first, last = moment(as_of), _day(start, "start"), _day(end, "end")
    frame, lines, file_digest = _edition(table, until)
    if frame.empty:
        raise NotYetPublished.empty(table.name)
    publish.note(_note(table, frame, as_of) | {"lines": lines, "file_digest": file_digest})
    inside = pd.Series(True, index=frame.index)
    if first is not None:
        inside &= frame["period_end"] >= first
    if last is not None:
        inside &= frame["period_end"] <= last
    return frame[inside].reset_index(drop=True)


def snapshot(table: Table, until: pd.Timestamp | None) -> pd.DataFrame:
    """The rows public at ``until``, the latest per key. Raises ``NotYetPublished``, ``TableInvalid``."""
    return _edition(table, until)[0]


def _edition(table: Table, until: pd.Timestamp | None) -> tuple[pd.DataFrame, int, str]:
    """The snapshot, the rows public by then with the editions since corrected, and the digest of the file."""
    frame, file_digest = read_edition(table)
    public = frame if until is None else frame[frame["published_at"] <= until]
    if public.empty and not frame.empty and until is not None:
        first_day = frame["published_at"].min().date()
        raise NotYetPublished.of(table.name, until.date().isoformat(), first_day)
    return public.drop_duplicates(table.key, keep="last").reset_index(drop=True), len(public), file_digest


def moment(as_of: Moment, name: str = "as_of") -> pd.Timestamp | None:
    """``as_of`` as a moment in Tokyo: a day means its end, a naive time is Tokyo time. Raises ``BadParameter``."""
    if as_of is None:
        return None
    short = isinstance(as_of, str) and len(as_of.strip()) <= len("YYYY-MM-DD")
    try:
        stamp = pd.Timestamp(date.fromisoformat(as_of.strip()) if isinstance(as_of, str) and short else as_of)
        whole_day = short or not isinstance(as_of, (str, datetime))
        stamp = stamp.tz_localize(TOKYO) if stamp.tz is None else stamp.tz_convert(TOKYO)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadParameter(f"{as_of!r} is not a date", name, "Write YYYY-MM-DD.") from error
    return stamp + LAST_INSTANT if whole_day else stamp


def first_publication(name: str) -> date:
    """The first Tokyo day on which the table can be read."""
    day: date = read(catalog.table(name))["published_at"].min().date()
    return day


def newest(name: str, as_of: Moment = None) -> Mapping[str, Any]:
    """The note of the table as of a moment, without reading it for a notebook."""
    table = catalog.table(name)
    return _note(table, snapshot(table, moment(as_of)), as_of)


def staleness(name: str, as_of: Moment = None) -> list[SeriesAge]:
    """Every series of the table ``name`` with its age in calendar days, in the order of their names.

    Parameters
    ----------
    as_of : a day or a moment: what was public then, judged on that day; ``None`` is now.

    Raises
    ------
    UnknownTable, BadParameter, NotYetPublished, TableInvalid : as ``load``.
    """
    table, until = catalog.table(name), moment(as_of)
    day = (pd.Timestamp.now(TOKYO) if until is None else until).date()
    return ages(table, snapshot(table, until), day)


def sources(*names: str, as_of: Moment = None) -> list[Mapping[str, Any]]:
    """The rows of a notebook's table of sources; a table not yet public says so in words."""
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


def _note(table: Table, frame: pd.DataFrame, as_of: Moment) -> dict[str, Any]:
    """What was read: enough to tell readers its age and a later run whether it changed."""
    worst = max(frame["grade"], key=GRADES.index, default=None)
    filled = len(frame) > 0
    return {
        "table": table.name,
        "as_of": None if as_of is None else str(as_of),
        "rows": len(frame),
        "newest_period": frame["period_end"].max().date().isoformat() if filled else None,
        "newest_published_at": frame["published_at"].max().isoformat() if filled else None,
        "content_hash": content_hash(frame),
        "vintage": table.house.vintage,
        "grade": worst,
        "behind": behind(table, frame),
    }


def content_hash(frame: pd.DataFrame) -> str:
    """A digest of column names and values, the same for equal frames on any machine."""
    digest = hashlib.sha256("\x1f".join(frame.columns).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _day(value: Moment, name: str) -> pd.Timestamp | None:
    found = moment(value, name)
    return None if found is None else found.tz_localize(None).normalize()
