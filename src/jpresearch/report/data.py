"""The data behind a figure or table as the reader takes it: CSV in a link, and rows for the workbook."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

# Bytes that may stand as they are in an address inside an attribute; the rest is written as %XX.
PLAIN: Final = "-._~!$'()*+,;:@/?="
BYTE_ORDER: Final = "\ufeff"
# Also in the wide forms of a Japanese keyboard, and after space, which spreadsheets pass over.
FORMULA: Final = re.compile(r"[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
FORMULA_ANYWHERE: Final = re.compile(r"[=+@\t\r\uff1d\uff0b\uff0d\uff20]|(?:^|[,\"\s])-")
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

SVG: Final = "image/svg+xml"

Cell = str | float | int | bool | date | datetime | None


@dataclass(frozen=True)
class Data:
    """Columns and rows with their types: what a sheet of the workbook holds."""

    columns: list[str]
    rows: list[list[Cell]]


def csv_of_figure(content: Mapping[str, Any]) -> str | None:
    """The CSV behind a published figure for a spreadsheet, ``None`` where it came without a frame."""
    text = content.get("data")
    if not text:
        return None
    return written(csv.reader(io.StringIO(text, newline=""))) if FORMULA_ANYWHERE.search(text) else str(text)


def csv_of_table(content: Mapping[str, Any]) -> str:
    """A published table as CSV for a spreadsheet."""
    return written([content["columns"], *content["rows"]])


def written(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV: a missing cell is empty, and no text is one that a spreadsheet would run."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows(["" if cell is None else inert(cell) for cell in row] for row in rows)
    return stream.getvalue()


def inert(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula with an apostrophe before it; numbers stay numbers."""
    if not isinstance(cell, str) or not FORMULA.match(cell) or NUMBER.fullmatch(cell.strip()):
        return cell
    return f"'{cell}"


def link(text: str) -> str:
    """``text`` (CSV) as an address that holds it all; with a byte order mark where spreadsheets would guess wrong."""
    mark = "" if text.isascii() else BYTE_ORDER
    return f"data:text/csv;charset=utf-8,{quote(mark + text, safe=PLAIN)}"


def of_figure(content: Mapping[str, Any]) -> Data | None:
    """The frame behind a published figure, ``None`` where it came without one."""
    text = content.get("data")
    if not text:
        return None
    head, *rows = list(csv.reader(io.StringIO(text, newline="")))
    fields = content.get("fields") or ["guess"] * len(head)
    return Data(head, [[_typed(value, kind) for value, kind in zip(row, fields, strict=False)] for row in rows])


def of_table(content: Mapping[str, Any]) -> Data:
    """A published table."""
    fields: Sequence[str] = content.get("fields") or ["guess"] * len(content["columns"])
    rows = [[_from_json(cell, kind) for cell, kind in zip(row, fields, strict=False)] for row in content["rows"]]
    return Data([str(name) for name in content["columns"]], rows)


def _typed(text: str, kind: str) -> Cell:
    if text == "":
        return None
    if kind in ("number", "guess"):
        try:
            return _finite(float(text))
        except ValueError:
            pass
    return day(text) if kind != "string" else text


def _from_json(cell: Any, kind: str) -> Cell:
    if isinstance(cell, float):
        return _finite(cell)
    if isinstance(cell, str) and kind != "number":
        return day(cell)
    return cell if cell is None or isinstance(cell, (bool, int, str)) else str(cell)


def _finite(value: float) -> Cell:
    """A number; a workbook has no infinity, so that is a text."""
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def day(text: str) -> Cell:
    """A day or moment where the text is one; moments without their zone, which a workbook does not know."""
    if not DAY.match(text):
        return text
    try:
        if len(text) == len("YYYY-MM-DD"):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text


def picture_link(content: str, media: str) -> str:
    """A picture output as an address that holds it: base64 as the notebook has it, SVG as text."""
    if media == SVG:
        return f"data:{media},{quote(content.replace(chr(34), chr(39)), safe=PLAIN + ' ')}"
    return f"data:{media};base64,{''.join(content.split())}"
