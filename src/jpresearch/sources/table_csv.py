"""A small CSV in a table's own schema, for figures without a machine-readable publisher and for a desk's own tables.

The header holds the table's columns; ``published_at`` and ``grade`` may be left out (the release rule then dates the
row). Every row names its source: one that the descriptor knows, or a new one whose publisher, title and address stand
in the columns ``source_publisher``, ``source_title`` and ``source_path``.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.catalog import Source, Table
from jpresearch.sources.model import Page, Parsed, SourceError
from jpresearch.tables.reading import convert

NEW_SOURCE: Final = ("source_publisher", "source_title", "source_path")
OPTIONAL: Final = {"published_at", "grade", *NEW_SOURCE}


class TableCsv:
    """The CSV form of one table."""

    def __init__(self, table: Table) -> None:
        self.name = f"csv of {table.name}"
        self.tables: tuple[str, ...] = (table.name,)
        self._table = table

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the header holds the table's columns and nothing strange."""
        header = set(_header(content))
        needed = set(self._table.column_names) - OPTIONAL
        return needed <= header <= set(self._table.column_names) | OPTIONAL

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The rows with their sources, the new sources among them described. Raises ``SourceError`` with the line."""
        raw = _read(content, file_name)
        typed = pd.DataFrame(
            {name: self._column(raw, name, file_name) for name in self._table.column_names if name in raw}
        )
        added = self._new_sources(raw, file_name)
        return [Parsed(self._table.name, typed, "", None, added)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """Nowhere: such files are handed in."""
        return []

    def _column(self, raw: pd.DataFrame, name: str, file: str) -> pd.Series:
        kind = next(column.type for column in self._table.columns if column.name == name)
        values = convert(raw[name], kind)
        for row in raw.index[values.isna() & raw[name].notna()]:
            raise _at(row, f"{name} is not a {kind}: {raw[name].iloc[row]!r}", file)
        needed = {*self._table.key, "period_end", "source"}
        for row in raw.index[values.isna()] if name in needed else ():
            raise _at(row, f"{name} must not be empty", file)
        return values

    def _new_sources(self, raw: pd.DataFrame, file: str) -> tuple[Source, ...]:
        """The sources that the descriptor does not know; each needs publisher, title and address."""
        found: dict[str, Source] = {}
        for row in raw.index[~raw["source"].isin(list(self._table.sources))]:
            given = {name: raw[name].iloc[row] if name in raw else None for name in NEW_SOURCE}
            missing = [name for name, value in given.items() if not isinstance(value, str)]
            if missing:
                known = f"the descriptor does not know the source {raw['source'].iloc[row]!r}, and"
                raise _at(row, f"{known} {', '.join(missing)} is missing to add it", file)
            name = str(raw["source"].iloc[row])
            found[name] = Source(
                name=name,
                title=str(given["source_title"]),
                publisher=str(given["source_publisher"]),
                path=str(given["source_path"]),
            )
        return tuple(found.values())


def _header(content: bytes) -> list[str]:
    try:
        first = content[:10_000].decode("utf-8-sig").split("\n", 1)[0].rstrip("\r")
        return next(csv.reader([first]), [])
    except (UnicodeDecodeError, csv.Error):
        return []


def _read(content: bytes, file: str) -> pd.DataFrame:
    try:
        text = content.decode("utf-8-sig")
        return pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False, na_values=[""])
    except (UnicodeDecodeError, pd.errors.ParserError, ValueError) as error:
        raise SourceError.of(f"not a CSV in UTF-8: {error}", file) from error


def _at(row: int, what: str, file: str) -> SourceError:
    return SourceError(what, f"{file}, line {row + 2}", "Nothing was changed.")
