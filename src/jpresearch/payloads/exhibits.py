"""Payloads of figures and tables, with the data behind them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from jpresearch.payloads.fields import (
    LONGEST_CELL,
    LONGEST_DRAWING,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNFOLDED,
    Cell,
    Colour,
    Heading,
    Kind,
    Name,
    Payload,
    Pixels,
    Said,
    Series,
    Text,
    Values,
    csv_rows,
    require_grid,
    writable,
)


class DrawnSeries(Payload):
    """A series of a chart, in the order drawn; without values where the data behind the figure are those drawn."""

    name: Text
    kind: Literal["line", "bar", "dot", "interval", "range", "cell", "reference", "band"]
    unit: Text = ""
    colour: Colour
    x: Values = Field(default=[])
    values: Values = Field(default=[])
    low: Values = Field(default=[])
    high: Values = Field(default=[])


class Chart(Payload):
    """What a chart of the house knows of itself: the function that drew it, its series, references and bands beside."""

    kind: Name
    unit: Text = ""
    along: Text = ""
    series: Annotated[list[DrawnSeries], Field(max_length=MOST_COLUMNS)]
    beside: Annotated[list[DrawnSeries], Field(max_length=MOST_COLUMNS)] = Field(default=[])


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
    fields: list[Kind] = Field(default=[])
    levels: list[Name] = Field(default=[])
    lead: bool = False
    points: list[Series] | None = None
    svg: Annotated[str, Field(max_length=LONGEST_DRAWING, pattern=r"^[A-Za-z0-9+/=]*$")] | None = None
    phone: Phone | None = None
    chart: Chart | None = None

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if self.data:
            writable(self.data)
            rows = csv_rows(self.data)
            require_grid(rows[0], rows[1:], self.fields)
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
    fields: list[Kind] = Field(default=[])
    levels: list[Name] = Field(default=[])
    rows: Annotated[list[list[Cell]], Field(max_length=MOST_ROWS)]
    unfolds: Unfolds | None = None
    tones: Tones | None = None

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        require_grid(self.columns, self.rows, self.fields)
        for beside in (self.unfolds, self.tones):
            if beside is not None and beside.column not in self.columns:
                raise ValueError(f"there is no column {beside.column!r} to unfold or to tone")
            if beside is not None and len(beside.rows) != len(self.rows):
                raise ValueError(f"{len(beside.rows)} entries for {beside.column!r} stand beside {len(self.rows)} rows")
        return self
