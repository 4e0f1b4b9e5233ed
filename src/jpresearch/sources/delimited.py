"""Publishers' text files: from bytes to labels, figures and days, with nothing guessed.

What every text adapter needs before it looks at its own labels: the right encoding, a refusal of what is no such file
(HTML served in its place, a workbook, an empty answer), and strict readings of cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.sources.model import LINE, SourceError

# Japanese publishers write cp932; what a user saved again is UTF-8, mostly with a byte order mark, or UTF-16.
ENCODINGS: Final = ("utf-8-sig", "cp932")
WIDE_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Text of another Japanese encoding reads in cp932 as a run of these.
# Single bytes that no Japanese letter begins with, as cp932 reads them.
NO_LETTER: Final = re.compile(r"[\x80\uf8f0-\uf8f3]")
HALF_WIDTH: Final = re.compile(r"[\uff61-\uff9f]")
# The longest text file read here has about 5 MB; a larger one is something else.
LARGEST_BYTES: Final = 16 * 1024 * 1024
OPENING_BYTES: Final = 4096
SEPARATORS: Final = (",", ";", "\t")
# Fifteen digits before the point are more than any figure here and still exact in a float.
NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,15})?", re.ASCII)
DAY: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII)


class Line(list[str]):
    """The cells of one line, and the line of the file on which they begin, from 1."""

    number: int = 0


Rows = list[Line]


@contextmanager
def only_source_errors(file: str) -> Iterator[None]:
    """Turn whatever a reader of strange bytes stumbles over into a ``SourceError`` with its cause."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".split("\n")[0][:200]
        raise SourceError.of(f"the file cannot be read ({reason})", file) from error


def decoded(content: bytes, file: str, *, markup: bool = False, largest_bytes: int = LARGEST_BYTES) -> str:
    """The text of ``content``; ``markup`` says that HTML is what is expected.

    Raises
    ------
    SourceError : empty, too large, no text, HTML where none is expected, or in no encoding that can be told.
    """
    if not content.strip():
        raise SourceError.of("the file is empty", file)
    if len(content) > largest_bytes:
        raise SourceError.of(f"the file has more than {largest_bytes:,} bytes, no such file is as large", file)
    wide = wide_encoding(content)
    if b"\0" in content and wide is None:
        raise SourceError.of("the file is no text (a workbook or an archive, perhaps)", file)
    if not markup and _begins_with_tag(content):
        raise SourceError.of("the file is an HTML page: the publisher sent a page instead of the file", file)
    encodings = (wide,) if wide else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp932" and NO_LETTER.search(text):
            continue
        if encoding == "cp932" and HALF_WIDTH.search(text) and _decodes(content, "euc_jp"):
            raise SourceError.of("the file's encoding cannot be told: cp932 or EUC-JP? Save it as UTF-8", file)
        return text
    raise SourceError.of(f"the file is in none of the encodings {', '.join(encodings)}; save it as UTF-8", file)


def wide_encoding(content: bytes) -> str | None:
    """The form of UTF-16 that ``content`` begins in, by its mark or, without one, by its first letters; or ``None``."""
    head = content[:32]
    if head[:2] in WIDE_MARKS:
        return WIDE_MARKS[head[:2]]
    if len(head) < 8 or len(content) % 2:
        return None
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if not any(head[first::2]) and all(head[1 - first :: 2]):
            return encoding
    return None


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def opening(content: bytes) -> str:
    """The first lines as text for a first look; characters that cannot be read are left out. Never raises."""
    head = content[:OPENING_BYTES]
    if _begins_with_tag(content):
        return ""
    wide = wide_encoding(content)
    if wide:
        return head.decode(wide, errors="replace").replace("�", "")
    if b"\0" in head:
        return ""
    texts = [head.decode(encoding, errors="replace") for encoding in ENCODINGS]
    return min(texts, key=lambda text: text.count("�")).replace("�", "")


def _begins_with_tag(content: bytes) -> bool:
    return content[:OPENING_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def cells(text: str, separator: str = ",") -> Rows:
    """The cells of a separated text, line by line; cells may hold line ends. Raises ``csv.Error`` with the line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    lines: Rows = []
    begins = 1
    try:
        for found in reader:
            line = Line(found)
            line.number, begins = begins, reader.line_num + 1
            lines.append(line)
    except csv.Error as error:
        raise csv.Error(f"line {begins}: {error}") from error
    return lines


def separator(header: str) -> str:
    """The character that separates the labels of a first line: the most frequent of comma, semicolon and tab."""
    return max(SEPARATORS, key=header.count)


def plain(cell: str) -> str:
    """A label without spaces, full-width forms made narrow: what is compared."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def first_labels(content: bytes) -> list[str]:
    """The labels of the first line, for recognition. Never raises."""
    line = opening(content).lstrip("\r\n").split("\n")[0]
    return [plain(cell.strip().strip('"')) for cell in line.split(",")]


def number(cell: str) -> float | None:
    """The number in a cell (thousands commas allowed), or ``None`` where there is none."""
    text = cell.strip()
    return float(text.replace(",", "")) if NUMBER.fullmatch(text) else None


def figure(cell: str, file: str, label: str) -> float:
    """The number in a cell. Raises ``SourceError`` naming what the cell should have held."""
    value = number(cell)
    if value is None:
        raise SourceError.of(f"{cell[:40]!r} is no number", file, label=label)
    return value


def day(cell: str) -> date | None:
    """The day in a cell (``2025-06-05``, ``2025/6/5``, ``2025.06.05``), or ``None`` where there is none."""
    found = DAY.fullmatch(cell.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def table(text: str, file: str) -> pd.DataFrame:
    """A comma-separated text with one line of labels as a frame of texts; cells without anything are empty texts.

    The column ``LINE`` holds the line of each row.

    Raises
    ------
    SourceError : a label twice, or a line of another length (a truncated file).
    """
    lines = [line for line in cells(text) if any(cell.strip() for cell in line)]
    labels = [label.strip() for label in lines[0]]
    if len(set(labels)) < len(labels):
        raise SourceError.of("the same label stands in two columns", file)
    for line in lines[1:]:
        if len(line) != len(labels):
            raise SourceError.of(f"line {line.number} has {len(line)} cells for {len(labels)} labels", file)
    frame = pd.DataFrame(lines[1:], columns=labels, dtype="str")
    return frame.assign(**{LINE: [line.number for line in lines[1:]]})


def require(frame: pd.DataFrame, labels: Iterable[str], file: str) -> None:
    """Raise ``SourceError`` naming the first of ``labels`` that is no column."""
    for label in labels:
        if label not in frame.columns:
            raise SourceError.of("a column is missing", file, label=label)


def figures(column: pd.Series[str], file: str) -> pd.Series[float]:
    """A column of texts as numbers; empty cells are missing. Raises ``SourceError`` on anything else."""
    texts = column.str.strip()
    wrong = ~texts.str.fullmatch(NUMBER.pattern, flags=re.ASCII) & texts.ne("")
    if wrong.any():
        raise SourceError.of(f"{texts[wrong].iloc[0][:40]!r} is no number", file, label=str(column.name))
    return pd.to_numeric(texts.str.replace(",", "").where(texts.ne("")), errors="raise").astype("float64")


def days(column: pd.Series[str], file: str, *, required: bool = True) -> pd.Series[pd.Timestamp]:
    """A column of texts as days (naive). Empty cells are missing where ``required`` is false.

    Raises
    ------
    SourceError : a cell that is no day, or an empty one where a day is required.
    """
    known = {text: day(text) for text in column.unique()}
    wrong = [text for text, value in known.items() if value is None and (required or text.strip())]
    if wrong:
        raise SourceError.of(f"{wrong[0][:40]!r} is no day", file, label=str(column.name))
    return pd.Series(pd.to_datetime(column.map(known)), index=column.index, dtype="datetime64[us]")
