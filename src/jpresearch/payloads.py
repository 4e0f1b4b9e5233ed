"""What each of our media types may hold: checked in the cell that publishes it, and again where outputs are collected.

Any code in a cell may display any of these media types, so a payload read from a notebook is not to be trusted. A new
media type is one more model in ``MODELS``; keys that a model does not name are dropped.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, model_validator

PREFIX: Final = "application/vnd.jpresearch."
FIGURE: Final = f"{PREFIX}figure+json"
TABLE: Final = f"{PREFIX}table+json"
METRIC: Final = f"{PREFIX}metric+json"
TAKEAWAY: Final = f"{PREFIX}takeaway+json"
ANSWER: Final = f"{PREFIX}answer+json"
FINDING: Final = f"{PREFIX}finding+json"
PART: Final = f"{PREFIX}part+json"
# What only the editor of a notebook shows: the page has its own form of it.
VIEW: Final = f"{PREFIX}view+json"
SOURCES: Final = f"{PREFIX}sources+json"
NOTE: Final = f"{PREFIX}note+json"
# What stands in the place of an output that was refused.
BAD: Final = f"{PREFIX}bad+json"

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


def _writable(text: str) -> str:
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
        return _named(_writable(value))
    if not finite(value):
        raise ValueError("must be a finite number below 1e300, or a text")
    return value


def _cell(value: object) -> object:
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise ValueError(f"is longer than the {LONGEST_CELL} characters that a workbook's cell takes")
        return _writable(value)
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


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_writable)]
Said = Annotated[Text, AfterValidator(_named)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_writable), AfterValidator(_on_one_line),
                 AfterValidator(_named)]  # fmt: skip
Heading = Annotated[str, Field(max_length=LONGEST_CELL), AfterValidator(_writable)]
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


class Link(Payload):
    """Where a text prints an estimate, from ``start`` to before ``end``, and the metric that states the same.

    ``metric`` is empty where that was published later or not at all; ``mark`` is then what leads to it.
    """

    start: Count
    end: Count
    metric: Name | None = None
    mark: Count | None = None


class Linked(Payload):
    """A text with the metrics that it names."""

    text: Said
    links: list[Link] = []

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not all(link.start < link.end <= len(self.text) for link in self.links):
            raise ValueError("a link lies outside the text")
        return self


class Answer(Linked):
    """The answer of a notebook; ``typed`` where it was let through as written."""

    typed: bool = False


class Takeaway(Linked):
    """A sentence of the conclusion."""


class Finding(Linked):
    """A finding, with the figure that shows it."""

    figure: Name | None = None
    lead: bool = False
    typed: bool = False


class Part(Payload):
    """A part of the notebook that could not be had; ``why`` says so in its place."""

    name: Said
    why: Said


class View(Payload):
    """What an editor's view shows."""

    of: Name


class Metric(Payload):
    """A number, date or text by name, with its interval and what is known of its estimate."""

    name: Name
    value: Value
    label: Said | None = None
    unit: Text | None = None
    low: Number | None = None
    high: Number | None = None
    digits: Annotated[int, Field(ge=-15, le=15)] | None = None
    lead: bool = False
    p_value: Annotated[float, Field(ge=0, le=1)] | None = None
    n: Count | None = None
    first: Text | None = None
    last: Text | None = None
    method: Text | None = None
    mark: Count | None = None

    @model_validator(mode="after")
    def _interval(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both ends")
        if self.low is None or self.high is None:
            return self
        if isinstance(self.value, str) or not self.low <= self.value <= self.high:
            raise ValueError("the interval does not contain the value")
        return self


class DrawnSeries(Payload):
    """A series of a chart, in the order drawn; without values where the data behind the figure are those drawn."""

    name: Text
    kind: Literal["line", "bar", "dot", "interval", "range", "cell", "reference", "band"]
    unit: Text = ""
    colour: Colour
    x: Values = []
    values: Values = []
    low: Values = []
    high: Values = []


class Chart(Payload):
    """What a chart of the house knows of itself: the function that drew it, its series, references and bands beside."""

    kind: Name
    unit: Text = ""
    along: Text = ""
    series: Annotated[list[DrawnSeries], Field(max_length=MOST_COLUMNS)]
    beside: Annotated[list[DrawnSeries], Field(max_length=MOST_COLUMNS)] = []


class Phone(Payload):
    """A figure as drawn for a phone, with the places of its points there."""

    media: Literal["image/png", "image/svg+xml"]
    content: str
    width: Pixels
    height: Pixels
    points: list[Series] | None = None


class Figure(Payload):
    """A figure: words, size in CSS pixels and the frame behind it as CSV with the kind of each column.

    ``levels`` names the tables whose own figures the data hold and that may not leave as data; ``svg`` is the figure in
    lines, packed by zlib.
    """

    name: Name
    alt: Said
    title: Text | None = None
    source: Text | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    data: str | None = None
    fields: list[Kind] = []
    levels: list[Name] = []
    lead: bool = False
    points: list[Series] | None = None
    svg: Annotated[str, Field(max_length=LONGEST_DRAWING, pattern=r"^[A-Za-z0-9+/=]*$")] | None = None
    phone: Phone | None = None
    chart: Chart | None = None

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if self.data:
            _writable(self.data)
            rows = _rows(self.data)
            _require_grid(rows[0], rows[1:], self.fields)
            if max((len(cell) for row in rows for cell in row), default=0) > LONGEST_CELL:
                raise ValueError(f"the data have a cell of more than {LONGEST_CELL} characters")
        return self


Tone = Literal["good", "fair", "bad", "open", "none"]


class Term(Payload):
    """A term of what unfolds, and its texts."""

    term: Said
    texts: list[Said]


class Unfolds(Payload):
    """What unfolds in the cells of one column: for each row of the table its terms in order."""

    column: Heading
    rows: Annotated[list[list[Term]], Field(max_length=MOST_UNFOLDED)]


class Tones(Payload):
    """The tone in which the cells of one column are printed, row by row."""

    column: Heading
    rows: Annotated[list[Tone], Field(max_length=MOST_ROWS)]


class Table(Payload):
    """A table: columns with their kinds, and rows; ``levels`` as of a figure; one column may unfold, one be toned."""

    name: Name
    caption: Said
    source: Text | None = None
    columns: Annotated[list[Heading], Field(max_length=MOST_COLUMNS)]
    fields: list[Kind] = []
    levels: list[Name] = []
    rows: Annotated[list[list[Cell]], Field(max_length=MOST_ROWS)]
    unfolds: Unfolds | None = None
    tones: Tones | None = None

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        _require_grid(self.columns, self.rows, self.fields)
        for beside in (self.unfolds, self.tones):
            if beside is not None and beside.column not in self.columns:
                raise ValueError(f"there is no column {beside.column!r} to unfold or to tone")
            if beside is not None and len(beside.rows) != len(self.rows):
                raise ValueError(f"{len(beside.rows)} entries for {beside.column!r} stand beside {len(self.rows)} rows")
        return self


class Source(Payload):
    """One row of the table of sources."""

    model_config = ConfigDict(strict=True, extra="ignore")

    table: Text = ""
    title: Text = ""
    publisher: Text = ""
    page: Text = ""
    vintage: Text = ""
    terms: Text = ""
    newest_period: Text | None = None
    published: Text = ""
    grade: Text | None = None
    remark: Text = ""


class Sources(Payload):
    """The table of sources."""

    rows: Annotated[list[Source], Field(max_length=1000)]


class Behind(Payload):
    """A series of a table that may be late while others are not."""

    newest_period: Day
    allowance_days: Count


class Note(Payload):
    """The note of a table read."""

    table: Name
    as_of: Text | None
    rows: Count
    lines: Count | None = None
    newest_period: Day | None
    newest_published_at: Text | None
    content_hash: Text
    vintage: Text
    grade: Text | None
    file_digest: Text | None = None
    behind: dict[Text, Behind] = Field(default={}, max_length=MOST_COLUMNS)


class Bad(Payload):
    """An output that was refused: what it was, why, and its cell, counted among the notebook's own code cells."""

    kind: Text
    what: Text
    cell: Count


MODELS: Final[dict[str, type[Payload]]] = {
    FIGURE: Figure, TABLE: Table, METRIC: Metric, TAKEAWAY: Takeaway, ANSWER: Answer, FINDING: Finding, PART: Part,
    VIEW: View, SOURCES: Sources, NOTE: Note, BAD: Bad,
}  # fmt: skip


# What a notebook publishes once under one name.
NAMED: Final = (FIGURE, TABLE, METRIC)


class Refused(ValueError):
    """A payload that does not have its form; the message is a clause that says what is wrong with which key."""


def checked(media: str, payload: object) -> dict[str, Any]:
    """The payload with the keys that its model names. Raises ``Refused``; a media type without a model is refused."""
    model = MODELS.get(media)
    if model is None:
        raise Refused("its kind is unknown")
    try:
        return model.model_validate(payload).model_dump()
    except ValidationError as error:
        raise Refused(_sentence(error)) from error
    except (RecursionError, OverflowError) as error:
        raise Refused("it is nested too deeply or holds a number that is too large") from error


def kind_of(media: str) -> str:
    """The media type in a word: ``figure``, ``metric`` ..."""
    return media.removeprefix(PREFIX).removesuffix("+json")


def _rows(text: str) -> list[list[str]]:
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


def _require_grid(head: list[Any], rows: list[Any], fields: list[Any]) -> None:
    if not 0 < len(head) <= MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise ValueError("the data have no columns, or more than a sheet takes")
    if fields and len(fields) != len(head):
        raise ValueError(f"{len(fields)} kinds stand beside {len(head)} columns")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(head):
            raise ValueError(f"row {number} has {len(row)} cells beside {len(head)} columns")


def _sentence(error: ValidationError, shown: int = 3) -> str:
    """What is wrong, key by key, without the values: they may be of any length."""
    found = list(dict.fromkeys(f"{_place(each['loc'])}{_words(each)}" for each in error.errors(include_url=False)))
    more = [f"and {len(found) - shown} more"] if len(found) > shown else []
    return "; ".join([*found[:shown], *more])


def _place(location: tuple[int | str, ...]) -> str:
    keys = [str(key) for key in location if isinstance(key, int) or key.isidentifier()]
    return f"{'.'.join(keys[:3])}: " if keys else ""


def _words(error: Any) -> str:
    known = {
        "missing": "is missing",
        "string_type": "must be a text",
        "string_unicode": "has a character that no page or workbook can show",
        "finite_number": "must be a finite number",
        "model_type": "must be a mapping",
    }
    message = str(error["msg"])
    plain = known.get(error["type"]) or message.removeprefix("Value error, ").replace("Input should be", "must be")
    return plain[:300]
