"""Reading tables for a dataset: what was public, as columns by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from jpresearch import catalog, tables
from jpresearch.about import About, describe
from jpresearch.clock import Moment
from jpresearch.errors import BadParameter, NotYetPublished, UnknownName

AsOf = Moment


def optional(name: str, as_of: AsOf) -> pd.DataFrame:
    """The table ``name`` as public at ``as_of``; without rows, but with its columns, where nothing of it was."""
    try:
        return tables.load(name, as_of)
    except NotYetPublished:
        return tables.empty(name)


def editions(name: str, as_of: AsOf) -> pd.DataFrame:
    """Every row public at ``as_of``, figures that were corrected since among them, in the order published.

    ``tables.load`` gives the newest edition of a figure alone. Raises ``NotYetPublished`` as it does.
    """
    known = tables.vintages(name, as_of)
    return known.sort_values(["published_at", *catalog.table(name).key], kind="stable").reset_index(drop=True)


def wide(rows: pd.DataFrame, values: str, columns: str, wanted: Sequence[str], index: str) -> pd.DataFrame:
    """``rows`` with one column for each of ``wanted``, by ``period_end``, which becomes the index called ``index``."""
    rows = rows[rows[columns].isin(wanted)]
    table = rows.pivot(index="period_end", columns=columns, values=values)
    frame = table.reindex(columns=list(wanted)).astype("float64").rename_axis(index=index, columns=None)
    return frame.set_axis(pd.DatetimeIndex(frame.index, name=index))


def by_period(rows: pd.DataFrame, columns: Mapping[str, str] | Sequence[str], index: str) -> pd.DataFrame:
    """Columns of ``rows`` (renamed where a mapping is given) by ``period_end``, which becomes the index ``index``."""
    names = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    frame = rows.set_index("period_end")[list(names)].rename(columns=names).sort_index().astype("float64")
    return frame.set_axis(pd.DatetimeIndex(frame.index, name=index))


def within(frame: pd.DataFrame, start: AsOf, end: AsOf) -> pd.DataFrame:
    """The rows from ``start`` to ``end``, both included. Raises ``BadParameter`` where one is no date."""
    first, last = day(start, "start"), day(end, "end")
    kept = pd.Series(True, index=frame.index)
    if first is not None:
        kept &= frame.index >= first
    if last is not None:
        kept &= frame.index <= last
    return frame[kept.to_numpy()]


def day(value: AsOf, name: str) -> pd.Timestamp | None:
    """A parameter as a day without a time zone; ``None`` stays. Raises ``BadParameter``."""
    if value is None:
        return None
    try:
        stamp = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise BadParameter(f"{value!r} is not a date", name, "Write YYYY-MM-DD.") from error
    if pd.isna(stamp):
        raise BadParameter(f"{value!r} is not a date", name, "Write YYYY-MM-DD.")
    return stamp.tz_localize(None).normalize()


def one_of(kind: str, value: str, allowed: Iterable[str], where: str) -> str:
    """``value`` where it is one of ``allowed``. Raises ``UnknownName`` with the list."""
    if value not in (names := list(allowed)):
        raise UnknownName.of(kind, value, names, where)
    return value


def gaps(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """By column, the rows between its first and its last value that have none, as ISO dates."""
    found = {}
    for name in frame.columns:
        column = frame[name]
        inside = column.loc[column.first_valid_index() : column.last_valid_index()]
        days = pd.DatetimeIndex(inside.index[inside.isna()])
        if len(days) and inside.notna().any():
            found[str(name)] = tuple(days.strftime("%Y-%m-%d"))
    return found


def described(
    frame: pd.DataFrame,
    unit: str,
    span: str,
    basis: str,
    sources: Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
    bases: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """``frame`` with its ``About``; the rows that lack a value are found here."""
    numbers = frame.select_dtypes("number") if isinstance(frame.index, pd.DatetimeIndex) else frame.iloc[:0, :0]
    about = About(
        unit=unit,
        span=span,
        basis=basis,
        columns={name: unit for name, unit in (columns or {}).items() if name in frame.columns},
        sources=tuple(sources),
        missing=gaps(numbers),
        bases=dict(bases or {}),
    )
    return describe(frame, about)
