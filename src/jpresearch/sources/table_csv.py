"""A small CSV in a table's own schema, for figures without a machine-readable publisher and for a desk's own tables.

The header holds the table's columns; ``published_at`` and ``grade`` may be left out (the release rule then dates the
row). Every row names its source: one that the descriptor knows, or a new one whose publisher, title and address stand
in the columns ``source_publisher``, ``source_title`` and ``source_path``.

Spreadsheets save such a file in their own way. What can only mean one thing is read: UTF-8, UTF-16 and cp932; commas,
semicolons and tabs; labels in other cases and widths; days such as ``2025/12/31``; thousands commas in a quoted cell
of a file with commas; columns and lines with nothing in them. Everything else is refused with its line.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.catalog import Column, Source, Table
from jpresearch.errors import DataError
from jpresearch.sources.delimited import NUMBER, Line, cells, decoded, only_source_errors, opening, separator
from jpresearch.sources.model import LINE, Page, Parsed, SourceError, place
from jpresearch.tables.conversion import convert

NEW_SOURCE: Final = ("source_publisher", "source_title", "source_path")
OPTIONAL: Final = {"published_at", "grade", *NEW_SOURCE}
SLASHED_DAY: Final = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
# A spreadsheet shows numbers of many digits like this, and saves what it shows: digits are lost.
ROUNDED: Final = re.compile(r"-?\d(?:\.\d+)?E\+\d+", re.ASCII)
HINT: Final = "Nothing was changed."


class TableCsv:
    """The CSV form of one table."""

    def __init__(self, table: Table) -> None:
        self.name = f"csv of {table.name}"
        self.tables: tuple[str, ...] = (table.name,)
        self._table = table

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the header holds the table's columns and nothing strange."""
        return not any(self.strange(header_labels(content)))

    def strange(self, labels: list[str]) -> tuple[list[str], list[str]]:
        """The table's columns that are not among ``labels``, and the labels that are no column of it."""
        names = self._table.column_names
        missing = [name for name in names if name not in labels and name not in OPTIONAL]
        return missing, [label for label in labels if label and label not in names and label not in OPTIONAL]

    def holds_series_of(self, content: bytes, file_name: str) -> bool:
        """Whether every series that the file names (a metric, a product and a class) is one that the table has."""
        by = [name for name in self._table.key if name != "period_end"]
        try:
            raw, _ = _texts(content, file_name)
            held = tables.read(self._table)[by].drop_duplicates()
        except DataError:
            return False
        named = raw[by].drop_duplicates()
        return bool(by) and len(named.merge(held, on=by)) == len(named)

    def overlap(self, labels: list[str]) -> float:
        """The share of the table's columns that are among ``labels``."""
        needed = [name for name in self._table.column_names if name not in OPTIONAL]
        return sum(name in labels for name in needed) / len(needed)

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The rows with their sources, the new sources among them described. Raises ``SourceError`` with the line."""
        with only_source_errors(file_name):
            raw, split_by = _texts(content, file_name)
            typed = {
                column.name: self._column(raw, column, split_by, file_name)
                for column in self._table.columns
                if column.name in raw
            }
            rows = pd.DataFrame({**typed, LINE: raw[LINE]})
            return [Parsed(self._table.name, rows, "", None, self._new_sources(raw, file_name))]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """Nowhere: such files are handed in."""
        return []

    def _column(self, raw: pd.DataFrame, column: Column, split_by: str, file: str) -> pd.Series:
        name, kind = column.name, column.type
        texts = raw[name]
        if kind in ("number", "integer"):
            texts = _plain_numbers(texts, split_by)
        elif kind == "date":
            texts = texts.map(_dashed, na_action="ignore")
        values = convert(texts, kind)
        for row in raw.index[(values.isna() & texts.notna()).to_numpy()]:
            raise _at(raw, row, _not_a(name, kind, str(raw[name].iloc[row])), file)
        needed = {*self._table.key, "period_end", "source"}
        for row in raw.index[values.isna().to_numpy()] if name in needed else ():
            raise _at(raw, row, f"{name} must not be empty", file)
        return values

    def _new_sources(self, raw: pd.DataFrame, file: str) -> tuple[Source, ...]:
        """The sources that the descriptor does not know; each needs publisher, title and address."""
        found: dict[str, Source] = {}
        for row in raw.index[~raw["source"].isin(list(self._table.sources)).to_numpy()]:
            given = {name: raw[name].iloc[row] if name in raw else None for name in NEW_SOURCE}
            missing = [name for name, value in given.items() if not isinstance(value, str)]
            if missing:
                known = f"the descriptor does not know the source {raw['source'].iloc[row]!r}, and"
                raise _at(raw, row, f"{known} {', '.join(missing)} is missing to add it", file)
            name = str(raw["source"].iloc[row])
            found[name] = Source(
                name=name,
                title=str(given["source_title"]),
                publisher=str(given["source_publisher"]),
                path=str(given["source_path"]),
            )
        return tuple(found.values())


def header_labels(content: bytes) -> list[str]:
    """The labels of the first line as a table names its columns; none where there is no such line. Never raises."""
    first = opening(content).split("\n", 1)[0].rstrip("\r")
    try:
        return [_label(cell) for cell in next(csv.reader([first], delimiter=separator(first)), [])]
    except csv.Error:
        return []


def _label(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", unicodedata.normalize("NFKC", cell).strip().lower())


def _texts(content: bytes, file: str) -> tuple[pd.DataFrame, str]:
    """The cells as texts under their labels, and what separates them. Raises ``SourceError``."""
    with only_source_errors(file):
        text = decoded(content, file)
        split_by = separator(text.split("\n", 1)[0])
        return _frame(cells(text, split_by), file), split_by


def _frame(lines: list[Line], file: str) -> pd.DataFrame:
    """The cells as texts under their labels, empty ones missing; columns and lines with nothing in them left out.

    Raises ``SourceError`` where a label stands twice, or a cell stands under no label.
    """
    labels = [_label(cell) for cell in lines[0]]
    named = [label for label in labels if label]
    for label in named:
        if named.count(label) > 1:
            raise SourceError(f"the label {label!r} stands in two columns", place(file, lines[0].number), HINT)
    filled = [line for line in lines[1:] if any(cell.strip() for cell in line)]
    for line in filled:
        for number, cell in enumerate(line):
            if cell.strip() and not (number < len(labels) and labels[number]):
                what = f"{cell[:40]!r} stands in column {number + 1}, which has no label"
                raise SourceError(what, place(file, line.number), HINT)
    columns = {
        label: pd.Series([line[number].strip() or None if number < len(line) else None for line in filled], dtype="str")
        for number, label in enumerate(labels)
        if label
    }
    return pd.DataFrame({**columns, LINE: pd.Series([line.number for line in filled], dtype="int64")})


def _plain_numbers(texts: pd.Series, split_by: str) -> pd.Series:
    """Numbers without thousands commas; in a file with other separators a comma may be a decimal point, and stays."""
    plain = texts.mask(texts.str.fullmatch(ROUNDED.pattern, na=False), "digits were lost")
    if split_by != ",":
        return plain
    grouped = plain.str.fullmatch(NUMBER.pattern, na=False)
    return plain.where(~grouped, plain.str.replace(",", ""))


def _dashed(text: str) -> str:
    """``2025/12/31`` as ``2025-12-31``; any other text as it is."""
    found = SLASHED_DAY.fullmatch(text)
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text


def _not_a(name: str, kind: str, text: str) -> str:
    if kind in ("number", "integer") and ROUNDED.fullmatch(text):
        return f"{name} is {text!r}: the spreadsheet rounded it; show the cell as a number and save again"
    wanted = {"date": ", written YYYY-MM-DD", "datetime": ", written YYYY-MM-DDThh:mm:ss+09:00"}.get(kind, "")
    return f"{name} is not a {kind}{wanted}: {text!r}"


def _at(raw: pd.DataFrame, row: int, what: str, file: str) -> SourceError:
    return SourceError(what, place(file, raw[LINE].iloc[row]), HINT)
