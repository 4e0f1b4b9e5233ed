"""How old each series of a table is: a table whose indices are fresh and whose yen is three weeks old is late there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TypeVar

import pandas as pd

from jpresearch.catalog import Ended, Table

Rule = TypeVar("Rule", int, Ended)


@dataclass(frozen=True)
class SeriesAge:
    """A series of a table on a day.

    ``series`` joins the key columns that name it with ``/`` and is empty where the table is one series.
    ``allowance_days`` is ``None`` where nothing is expected of it: the table follows no calendar, or the series has
    ``ended`` for the reason given.
    """

    series: str
    newest_period: date
    age_days: int
    allowance_days: int | None
    ended: str | None = None

    @property
    def late(self) -> bool:
        """Whether the newest period lies further back than the allowance."""
        return self.allowance_days is not None and self.age_days > self.allowance_days


def ages(table: Table, frame: pd.DataFrame, day: date) -> list[SeriesAge]:
    """The series in rows of ``table`` as they are on ``day``."""
    return [_age(table, series, newest, day) for series, newest in newest_periods(table, frame).items()]


def newest_periods(table: Table, frame: pd.DataFrame) -> dict[str, date]:
    """The end of the newest period of each series in ``frame``; one without a name where the table is one series."""
    by = table.series_columns
    if frame.empty:
        return {}
    if not by:
        return {"": frame["period_end"].max().date()}
    newest = frame.groupby(by, sort=True)["period_end"].max()
    return {_series_name(key): end.date() for key, end in newest.items()}


def carried_on(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the series that have not ended."""
    by = table.series_columns
    if not table.house.series.ended or not by or frame.empty:
        return frame
    newest = frame.groupby(by)["period_end"].transform("max")
    ends = frame[by].assign(newest=newest).drop_duplicates()
    gone = [
        _age(table, _series_name(tuple(row[:-1])), row[-1].date(), row[-1].date()).ended is not None
        for row in ends.itertuples(index=False, name=None)
    ]
    kept = frame.merge(ends[gone][by], on=by, how="left", indicator=True)["_merge"].eq("left_only")
    return frame[kept.to_numpy()]


def behind(table: Table, frame: pd.DataFrame) -> dict[str, dict[str, str | int]]:
    """The living series that can be late while the table as a whole is not, for the note of a read: their newest period
    lies before the table's, or less is allowed to them.
    """
    usual = table.house.staleness_days
    if usual is None or not table.series_columns:
        return {}
    newest = newest_periods(table, frame)
    last = max(newest.values(), default=date.min)
    rows = {name: _age(table, name, end, end) for name, end in newest.items()}
    return {
        name: {"newest_period": row.newest_period.isoformat(), "allowance_days": row.allowance_days}
        for name, row in rows.items()
        if row.allowance_days is not None and (row.newest_period < last or row.allowance_days < usual)
    }


def _age(table: Table, series: str, newest: date, day: date) -> SeriesAge:
    rules = table.house.series
    ended = _matching(series, rules.ended)
    gone = ended is not None and newest <= ended.last
    allowed = _matching(series, rules.allowance_days) or table.house.staleness_days
    return SeriesAge(
        series=series,
        newest_period=newest,
        age_days=(day - newest).days,
        allowance_days=None if gone or table.house.staleness_days is None else allowed,
        ended=ended.why if ended is not None and gone else None,
    )


def _matching(series: str, rules: Mapping[str, Rule]) -> Rule | None:
    """The rule of the first pattern that the name of the series meets."""
    return next((rule for pattern, rule in rules.items() if fnmatchcase(series, pattern)), None)


def _series_name(key: object) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return "/".join(f"{part:%Y-%m-%d}" if isinstance(part, pd.Timestamp) else str(part) for part in parts)
