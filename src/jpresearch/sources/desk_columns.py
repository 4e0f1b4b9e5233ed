"""What the columns of a desk's own CSV are: days, moments, numbers, texts, and which of them tell rows apart."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from jpresearch.sources import delimited
from jpresearch.sources.model import LINE, SourceError, place

Kind = Literal["day", "number", "text", "empty"]
CODES: Final = re.compile(r"(?:^|_)(?:code|ticker|isin|sedol|id|symbol)$")
MONTH: Final = re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII)
# Day and month, in an order that the text does not tell.
EITHER_WAY: Final = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", re.ASCII)
# 1.234,5 and 12.5% and (3.2) and ¥100: numbers to a reader, and it does not say which.
LIKE_NUMBER: Final = re.compile(r"[-+(\u2212]?\s?[¥$€£\u25b3\u25b2]?\s?\d[\d.,]*\s?[%)]?", re.ASCII)
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
PERIOD_END: Final = ("period_end", "date", "day", "week_end", "week_ended", "month", "month_end", "as_of")
PUBLISHED: Final = "published_at"
# A text by which rows are told apart is short, and comes again on other days.
LONGEST_KEY: Final = 80
HINT: Final = "Nothing was written. An empty cell means missing; --text COLUMN keeps a column as text."


@dataclass(frozen=True)
class DeskFile:
    """A CSV as texts by column, with the line of each row, and what each column holds.

    ``labels`` leads from the column's name in the table to its label in the file.
    """

    name: str
    texts: pd.DataFrame
    labels: Mapping[str, str]
    kinds: Mapping[str, Kind]

    def of_kind(self, *kinds: Kind) -> list[str]:
        """The columns of these kinds, in the order of the file."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def line(self, row: int) -> str:
        """The file and the line of a row, in words."""
        return place(self.name, int(self.texts[LINE].iloc[row]))


def read(content: bytes, file: str, texts: tuple[str, ...] = ()) -> DeskFile:
    """The columns of ``content`` and what they hold; those named in ``texts`` are texts whatever they look like.

    Raises
    ------
    SourceError : the file is no table of one line of labels and rows; a column that mixes numbers and words, or has
        days that can be read two ways; the message names the line.
    """
    with delimited.only_source_errors(file):
        lines = _lines(delimited.decoded(content, file), file)
    labels = [label.strip() for label in lines[0]]
    names = [_name(label, number, file) for number, label in enumerate(labels, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = f"two columns would be called {', '.join(twice)}"
        raise SourceError(what, file, "Nothing was written. Give each column its own label.")
    if LINE in names:
        what = f"a column cannot be called {LINE}: the house counts the file's lines under that name"
        raise SourceError(what, place(file, 1), "Nothing was written. Give it another label.")
    for line in lines[1:]:
        if len(line) != len(labels):
            what = f"{len(line)} cells stand beside {len(labels)} labels"
            raise SourceError(what, place(file, line.number), "Nothing was written. A comma in a text needs quotes.")
    frame = pd.DataFrame([[cell.strip() for cell in line] for line in lines[1:]], columns=names, dtype="str")
    frame[LINE] = [line.number for line in lines[1:]]
    unknown = sorted(set(texts) - set(names))
    if unknown:
        raise SourceError.of(f"there is no column {', '.join(unknown)}; there are {', '.join(names)}", file)
    found = DeskFile(file, frame, dict(zip(names, labels, strict=True)), {})
    kinds: dict[str, Kind] = {name: "text" if name in texts else _kind(name, found) for name in names}
    return DeskFile(file, frame, found.labels, kinds)


def _lines(text: str, file: str) -> delimited.Rows:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    try:
        lines = [line for line in delimited.cells(text, delimited.separator(first)) if any(map(str.strip, line))]
    except csv.Error as error:
        raise SourceError.of(f"the file is no CSV: {error}", file) from error
    if len(lines) < 2:
        raise SourceError.of("a table needs a line of labels and at least one row", file)
    return lines


def _name(label: str, number: int, file: str) -> str:
    """A label as a column is called in code: small letters and underscores."""
    wide = unicodedata.normalize("NFKC", label).lower()
    name = re.sub(r"[^a-z0-9]+", "_", wide.replace("%", " pct ").replace("¥", " jpy ")).strip("_")
    if not NAME.fullmatch(name):
        what = f"the label of column {number}, {label[:40]!r}, makes no name of Latin letters"
        raise SourceError(what, place(file, 1), "Nothing was written. Give it a label such as net_jpy_bn.")
    return name


def _kind(name: str, found: DeskFile) -> Kind:
    cells = {row: text for row, text in enumerate(found.texts[name]) if text}
    if not cells:
        return "empty"
    if name == PUBLISHED or CODES.search(name):
        return "text"
    no_day = [row for row, text in cells.items() if delimited.day(text) is None and not _month(text)]
    if not no_day:
        return "day"
    no_number = [row for row, text in cells.items() if delimited.number(text) is None]
    padded = any(re.fullmatch(r"0\d+", text) for text in cells.values())
    if not no_number:
        return "text" if padded else "number"
    either = next((row for row in no_number if EITHER_WAY.fullmatch(cells[row])), None)
    if either is not None:
        what = f"{cells[either]!r} in column {name} can be read two ways"
        raise SourceError(what, found.line(either), "Nothing was written. Write days as 2026-09-04.")
    for odd, kind in ((no_number, "numbers"), (no_day, "days")):
        if len(odd) < len(cells) / 2 and not padded:
            what = f"column {name} has {cells[odd[0]][:40]!r} among {len(cells) - len(odd)} {kind}"
            raise SourceError(what, found.line(odd[0]), HINT)
    written = next((row for row in no_number if LIKE_NUMBER.fullmatch(cells[row])), None)
    if written is not None and not padded:
        what = f"column {name} has {cells[written][:40]!r}, a number in another way of writing"
        raise SourceError(
            what, found.line(written), "Nothing was written. Write -1234.5; --text keeps a column as text."
        )
    return "text"


def _month(text: str) -> bool:
    found = MONTH.fullmatch(text)
    return found is not None and 1 <= int(found[2]) <= 12


def period_ends(found: DeskFile, column: str | None) -> tuple[str, pd.Series[pd.Timestamp]]:
    """The column of days that says what a row is about, and its days; a month counts as its last day.

    Raises
    ------
    SourceError : no such column, several that could be meant, or an empty cell in it.
    """
    days = [name for name in found.of_kind("day") if name != "period_start"]
    if column is not None and column not in days:
        raise SourceError.of(f"{column} is no column of days; those are {', '.join(days) or 'none'}", found.name)
    known = [name for name in PERIOD_END if name in days]
    chosen = column or (days[0] if len(days) == 1 else known[0] if known else None)
    if chosen is None:
        what = f"several columns hold days: {', '.join(days)}" if days else "no column holds days such as 2026-09-04"
        step = "Say with --date which one a row is about." if days else "A table needs the day that each row is about."
        raise SourceError(what, found.name, step)
    texts = found.texts[chosen]
    empty = texts.index[texts == ""]
    if len(empty):
        raise SourceError(
            f"{chosen} is empty", found.line(int(empty[0])), "Nothing was written. Every row needs its day."
        )
    return chosen, as_days(texts)


def as_days(texts: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Texts of days or months as days; empty ones are missing."""
    months = {text: pd.Timestamp(text.replace("/", "-").replace(".", "-")) for text in texts.unique() if _month(text)}
    known = {text: months[text] + pd.offsets.MonthEnd(0) if text in months else delimited.day(text) for text in texts}
    return pd.Series(pd.to_datetime(texts.map(known)), index=texts.index, dtype="datetime64[us]")


def key_columns(found: DeskFile, ends: pd.Series[pd.Timestamp], named: tuple[str, ...]) -> list[str]:
    """The columns beside the day that tell rows apart: those named, else the short texts that come again.

    Raises
    ------
    SourceError : a key column that is no text or has an empty cell, or rows that the key does not tell apart.
    """
    texts = [name for name in found.of_kind("text") if name != PUBLISHED]
    wrong = [name for name in named if name not in texts]
    if wrong:
        what = f"{', '.join(wrong)} cannot be a key column; texts are {', '.join(texts) or 'none'}"
        raise SourceError(what, found.name, "A number is kept as text with --text COLUMN.")
    chosen = list(named) or [name for name in texts if _tells(found.texts[name], ends)]
    holes = [(name, int(row)) for name in chosen for row in found.texts.index[found.texts[name] == ""]]
    if holes:
        raise SourceError(f"{holes[0][0]} is empty, and tells rows apart", found.line(holes[0][1]), HINT)
    parts = found.texts[[*chosen, *([PUBLISHED] if PUBLISHED in found.texts else [])]].assign(end=ends)
    again = parts.index[parts.duplicated()]
    if len(again):
        first = parts.index[(parts == parts.loc[again[0]]).all(axis=1)][0]
        what = f"the same {', '.join([*chosen, 'day'])} stands on line {found.texts[LINE].iloc[first]} already"
        step = (
            "Nothing was written. Name the columns that tell rows apart with --key COLUMN, or remove one of the rows."
        )
        raise SourceError(what, found.line(int(again[0])), step)
    return chosen


def _tells(texts: pd.Series[str], ends: pd.Series[pd.Timestamp]) -> bool:
    """Whether a text names what a row is about: never empty, short, and the same on several days or for all rows."""
    distinct = texts.nunique()
    short = bool((texts != "").all()) and int(texts.str.len().max()) <= LONGEST_KEY
    return short and (len(set(ends)) == 1 or distinct <= max(1, len(texts) // 2))
