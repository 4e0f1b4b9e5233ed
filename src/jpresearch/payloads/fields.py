"""What a single key of a published payload may hold (limits, checks, types), and the base of all payloads."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

# What one cell of a workbook takes, and what one sheet takes.
LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 16_000
MOST_UNFOLDED: Final = 1_000
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 20_000
# Base64 letters of a drawing in lines, packed; a larger one would swell the page.
LONGEST_DRAWING: Final = 60_000
# 62 inches on a screen of 96 dots an inch.
MOST_PIXELS: Final = 6_000
LARGEST: Final = 1e300
# Control letters but tabulator and line breaks, halves of surrogate pairs, and what XML has no way to write.
UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Kind = Literal["date", "number", "string"]


def writable(text: str) -> str:
    """The text itself. Raises ``ValueError`` at a character that no page or workbook can show."""
    found = UNWRITABLE.search(text)
    if found:
        raise ValueError(f"has the character U+{ord(found.group()):04X}, which no page or workbook can show")
    return text


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must be a text that is not empty")
    return text


def _on_one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        raise ValueError("must stand on one line")
    return text


def finite(value: object) -> bool:
    """Whether a value is a number that can be kept (a truth value is none)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST


def _number(value: object) -> object:
    if not finite(value):
        raise ValueError("must be a finite number below 1e300")
    return value


def _value(value: object) -> object:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"is longer than {LONGEST_TEXT} characters")
        return _named(writable(value))
    if not finite(value):
        raise ValueError("must be a finite number below 1e300, or a text")
    return value


def _cell(value: object) -> object:
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise ValueError(f"is longer than the {LONGEST_CELL} characters that a workbook's cell takes")
        return writable(value)
    if not (value is None or isinstance(value, bool) or finite(value)):
        raise ValueError("must be a text, a truth value, a finite number below 1e300, or nothing")
    return value


def _plain_json(value: object, depth: int = 6) -> object:
    """Lists and mappings of what a cell may hold, a few levels deep."""
    if depth and isinstance(value, list):
        return [_plain_json(each, depth - 1) for each in value]
    if depth and isinstance(value, dict):
        return {str(_cell(key)): _plain_json(each, depth - 1) for key, each in value.items()}
    return _cell(value)


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(writable)]
Said = Annotated[Text, AfterValidator(_named)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(writable), AfterValidator(_on_one_line),
                 AfterValidator(_named)]  # fmt: skip
Heading = Annotated[str, Field(max_length=LONGEST_CELL), AfterValidator(writable)]
Number = Annotated[float | int, PlainValidator(_number)]
Value = Annotated[float | int | str, PlainValidator(_value)]
Cell = Annotated[float | int | str | None, PlainValidator(_cell)]
Series = Annotated[dict[str, Any], AfterValidator(_plain_json)]
Values = Annotated[list[Cell], Field(max_length=MOST_ROWS)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Count = Annotated[int, Field(ge=0, le=10**15)]
Pixels = Annotated[int, Field(gt=0, le=MOST_PIXELS)]
Day = Annotated[str, AfterValidator(_day)]


class Payload(BaseModel):
    """Base of all payloads: nothing is converted, NaN and infinity are no numbers, further keys are dropped."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV, its head first. Raises ``ValueError`` where the text is no CSV or has no head."""
    before = csv.field_size_limit(max(len(text), 1))
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise ValueError(f"the data are no CSV: {error}") from error
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise ValueError("the data have no head")
    return rows


def require_grid(head: list[Any], rows: list[Any], fields: list[Any]) -> None:
    """Raise ``ValueError`` unless every row, and ``fields`` where there are any, are as long as the head."""
    if not 0 < len(head) <= MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise ValueError("the data have no columns, or more than a sheet takes")
    if fields and len(fields) != len(head):
        raise ValueError(f"{len(fields)} kinds stand beside {len(head)} columns")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(head):
            raise ValueError(f"row {number} has {len(row)} cells beside {len(head)} columns")
