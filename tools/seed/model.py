"""What a table of the project is made of: columns, the words that describe it, its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

ColumnType = Literal["string", "number", "integer", "date", "datetime"]
Rule = str | Mapping[str, str | Mapping[str, str]]

GRADES = ("stated", "rule", "assumed")


@dataclass(frozen=True)
class Column:
    """A column: type in Table Schema, meaning, unit where it is a figure, and what a cell may hold."""

    name: str
    type: ColumnType
    description: str
    unit: str | None = None
    required: bool = False
    enum: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


@dataclass(frozen=True)
class Series:
    """How the series of a table are told apart, and what is known of single ones (patterns of their names).

    ``ended`` has the last period and the reason.
    """

    by: tuple[str, ...] | None = None
    allowance_days: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """The words and rules that the descriptor gives of a table; ``columns`` are those that are its own."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    publisher: str
    page: str
    terms: tuple[str, ...]
    frequency: Literal["daily", "weekly", "monthly", "quarterly", "annual", "irregular"]
    release_rule: Rule
    vintage: Literal["first_print", "latest", "restated"]
    staleness_days: int | None = None
    # Figures that differ by no more are one figure, kept at different precision.
    agreement: float = 0.0
    # The table by whose figures a restated one was restated.
    restated_by: str | None = None
    # Whose figures they are, where it is not the publisher.
    owner: str | None = None
    export: Literal["yes", "derived"] = "derived"
    series: Series = Series()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table ready to be written: its description and its rows in file order."""

    about: About
    frame: pd.DataFrame

    @property
    def worst_grade(self) -> str:
        """The least certain of the grades that the rows have."""
        return max(map(str, self.frame["grade"].unique()), key=GRADES.index)


PERIOD_START = Column("period_start", "date", "First day that the figure is about.", required=True)
PERIOD_END = Column(
    "period_end", "date", "Last day that the figure is about; for a stock, the day itself.", required=True
)
CLOSING = (
    Column(
        "published_at",
        "datetime",
        "Moment from which the market could know the row, Tokyo time.",
        required=True,
    ),
    Column(
        "grade",
        "string",
        "How published_at is known: stated by the source, by the release rule, or assumed.",
        required=True,
        enum=GRADES,
    ),
    Column("source", "string", "Id of the source in this descriptor.", required=True),
)


def own(about: About, name: str) -> Column | None:
    """The table's own column called ``name``, if it describes one."""
    return next((column for column in about.columns if column.name == name), None)


def columns_in_order(about: About) -> list[Column]:
    """All columns in the order of the file: key, period, values, then how the row is known."""
    periods = {"period_start": PERIOD_START, "period_end": PERIOD_END}
    keys = [own(about, name) or periods[name] for name in about.key]
    period = [own(about, name) or column for name, column in periods.items() if name not in about.key]
    named = {column.name for column in [*keys, *period]}
    values = [column for column in about.columns if column.name not in named]
    return [*keys, *period, *values, *CLOSING]


def long_columns(*keys: Column) -> tuple[Column, ...]:
    """The columns of a table with one figure a row, after ``keys``."""
    return (
        *keys,
        Column("metric", "string", "What the figure measures.", required=True, pattern="[a-z][a-z0-9_]*"),
        Column("value", "number", "The figure, in the unit of its row.", unit="as in column unit", required=True),
        Column("unit", "string", "Unit of the figure.", required=True),
        Column("confidence", "string", "How well the figure is confirmed, in the words of whoever compiled it."),
        Column("note", "string", "What the compiler noted of the figure; empty where nothing."),
    )


def finish(about: About, frame: pd.DataFrame) -> Table:
    """The rows in the columns and the order of the file.

    Raises
    ------
    ValueError : a column is missing, two rows share a primary key, or a row was published before its period
        ended.
    """
    names = [column.name for column in columns_in_order(about)]
    missing = [name for name in names if name not in frame]
    if missing:
        raise ValueError(f"{about.name}: columns missing: {', '.join(missing)}")
    rows = frame[names].sort_values([*about.key, "published_at"], ignore_index=True)
    twice = rows[rows.duplicated([*about.key, "published_at"], keep=False)]
    if len(twice):
        raise ValueError(f"{about.name}: rows with the same primary key:\n{twice.to_string()}")
    early = rows[rows["published_at"].dt.tz_localize(None).dt.normalize() < rows["period_end"]]
    if len(early):
        raise ValueError(f"{about.name}: rows published before their period ended:\n{early.to_string()}")
    return Table(about, rows)
