"""``datapackage.json`` (Frictionless Data Package) as typed records.

A desk adds its own tables with a second data package, in ``desk/`` or where ``JPRESEARCH_DATA`` says; they are treated
like ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from jpresearch import folders
from jpresearch.errors import DescriptorInvalid, UnknownTable

Grade = Literal["stated", "rule", "assumed"]
Vintage = Literal["first_print", "latest", "restated"]
Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual", "irregular"]
# What may leave the desk: the figures themselves, or only changes, ratios, percentiles and pictures of them.
Export = Literal["yes", "derived"]

# From the best known to the least: the worst grade of a table is the last of these that it holds.
GRADES: tuple[Grade, ...] = ("stated", "rule", "assumed")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


class Constraints(BaseModel):
    """Constraints of a column (Table Schema): what a cell may hold."""

    model_config = ConfigDict(frozen=True)

    required: bool = False
    enum: tuple[str | float, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: Annotated[str, AfterValidator(_compiles)] | None = None


class Column(BaseModel):
    """A column: its type in Table Schema, its meaning and, for figures, its unit."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: Literal["string", "number", "integer", "date", "datetime"]
    description: str = ""
    unit: str | None = None
    constraints: Constraints = Constraints()


class Schema(BaseModel):
    """Columns in the order of the file, and the primary key (the key and ``published_at``)."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    columns: tuple[Column, ...] = Field(alias="fields")
    primary_key: tuple[str, ...] = Field(alias="primaryKey")


class Source(BaseModel):
    """A source that rows name: who published it, where, and on what terms."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    publisher: str
    path: str | None = None
    terms: str = ""


class Licence(BaseModel):
    """The terms under which a table's figures may be used."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str = ""
    path: str | None = None


class ReleaseRules(BaseModel):
    """Release rules that differ by the value of a key column."""

    model_config = ConfigDict(frozen=True)

    by: str
    rules: dict[str, str]


class Ended(BaseModel):
    """A series that is not carried on: its last period, and why. With a newer period it counts as alive again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    last: date
    why: str


class SeriesRules(BaseModel):
    """How the series of a table are told apart and judged late.

    ``by`` are the key columns that name a series (all but ``period_end`` unless given; none where the table is judged
    as one). The names in ``allowance_days`` and ``ended`` are values joined by ``/`` or patterns of them
    (``tse_first/*``): days where they differ from the table's, and series that have ended and are not late.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[str, ...] | None = None
    allowance_days: dict[str, int] = {}
    ended: dict[str, Ended] = {}


class House(BaseModel):
    """What the project says of a table beyond the Data Package standard."""

    model_config = ConfigDict(frozen=True)

    publisher: str
    page: str | None = None
    frequency: Frequency
    key: tuple[str, ...]
    release_rule: str | ReleaseRules | None = None
    staleness_days: int | None = None
    grade: Grade
    vintage: Vintage
    # The table whose rows restate this one, such as splits for closes; only where ``vintage`` is ``restated``.
    restated_by: str | None = None
    # Figures that differ by no more are one figure, kept at different precision.
    agreement: float = 0.0
    # Whose figures they are, where it is not the publisher.
    owner: str | None = None
    export: Export = "derived"
    series: SeriesRules = SeriesRules()
    notes: tuple[str, ...] = ()


class Table(BaseModel):
    """A table of a data package: one CSV with its schema, sources and terms."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    name: str
    path: str
    title: str
    description: str = ""
    columns_and_key: Schema = Field(alias="schema")
    licences: tuple[Licence, ...] = Field(default=(), alias="licenses")
    house: House = Field(alias="jpresearch")
    descriptor: Path
    sources: dict[str, Source]

    @property
    def folder(self) -> Path:
        """The folder of the data package."""
        return self.descriptor.parent

    @property
    def file(self) -> Path:
        """The CSV."""
        return self.folder / self.path

    @property
    def key(self) -> list[str]:
        """The columns that say what a figure is about; vintages share them."""
        return list(self.house.key)

    @property
    def series_columns(self) -> list[str]:
        """The key columns that name a series: staleness is judged for each."""
        by = self.house.series.by
        return [name for name in self.key if name != "period_end"] if by is None else list(by)

    @property
    def primary_key(self) -> list[str]:
        """The key and ``published_at``."""
        return list(self.columns_and_key.primary_key)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the file."""
        return self.columns_and_key.columns

    @property
    def column_names(self) -> list[str]:
        """The column names in the order of the file."""
        return [column.name for column in self.columns]

    def of_type(self, *types: str) -> list[str]:
        """Names of the columns of these Table Schema types."""
        return [column.name for column in self.columns if column.type in types]


def catalog() -> dict[str, Table]:
    """All tables of the data packages in force, by name.

    Raises
    ------
    DescriptorInvalid : a descriptor is missing, is not JSON, or lacks what the project needs; two tables share a name.
    """
    tables: dict[str, Table] = {}
    for path in folders.data_packages():
        for table in read_package(path):
            if table.name in tables:
                other = tables[table.name].folder
                raise DescriptorInvalid(f"the table {table.name!r} is described in {other} too", str(path))
            tables[table.name] = table
    return tables


def table(name: str) -> Table:
    """The table called ``name``. Raises ``UnknownTable`` with the names there are, or ``DescriptorInvalid``."""
    tables = catalog()
    if name not in tables:
        raise UnknownTable.of("table", name, tables)
    return tables[name]


def read_package(path: Path) -> list[Table]:
    """The tables that one descriptor describes. Raises ``DescriptorInvalid`` with file and field."""
    try:
        status = folders.in_force(path).stat()
    except OSError:
        return _tables(path)
    return list(_version_of(path, status.st_ino, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=16)
def _version_of(path: Path, inode: int, changed_ns: int, size: int) -> tuple[Table, ...]:
    """The tables of one version of a descriptor; a changed file is another version."""
    return tuple(_tables(path))


def _tables(path: Path) -> list[Table]:
    package = _json(path)
    try:
        sources = {source.name: source for source in map(Source.model_validate, package.get("sources", []))}
        resources = package["resources"]
        place = {"descriptor": path, "sources": sources}
        tables = [Table.model_validate({**resource, **place}) for resource in resources]
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise DescriptorInvalid(f"the descriptor lacks something: {error}", str(path)) from error
    for described in tables:
        _check_house_form(described, path)
    return tables


def _json(path: Path) -> dict[str, Any]:
    try:
        package = json.loads(folders.in_force(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DescriptorInvalid("there is no descriptor", str(path), folders.CHECKOUT_NEEDED) from error
    except (OSError, ValueError) as error:
        raise DescriptorInvalid(f"the descriptor cannot be read: {error}", str(path)) from error
    if not isinstance(package, dict):
        raise DescriptorInvalid("the descriptor is not a JSON object", str(path))
    return package


def _check_house_form(described: Table, path: Path) -> None:
    """Every table has a period, a publish date with its grade, a source, and a primary key of key and publish date."""
    needed = {"period_start": "date", "period_end": "date", "published_at": "datetime", "grade": "string"}
    needed["source"] = "string"
    types = {column.name: column.type for column in described.columns}
    wrong = [name for name, kind in needed.items() if types.get(name) != kind]
    if wrong:
        raise DescriptorInvalid(f"table {described.name!r} needs the columns {', '.join(wrong)}", str(path))
    if described.primary_key != [*described.key, "published_at"] or not set(described.key) <= set(types):
        raise DescriptorInvalid(
            f"the primary key of {described.name!r} must be its key columns and published_at", str(path)
        )
    if not set(described.series_columns) <= set(described.key):
        raise DescriptorInvalid(f"the series of {described.name!r} must be named by key columns", str(path))


def with_sources(path: Path, added: Iterable[Source]) -> str:
    """The text of the descriptor at ``path`` with further sources, in order of their names; those it knows stay.

    Raises
    ------
    DescriptorInvalid : the descriptor cannot be read.
    """
    package = _json(path)
    known = {source["name"]: source for source in package.get("sources", [])}
    for source in added:
        known.setdefault(source.name, source.model_dump(exclude_none=True))
    package["sources"] = [known[name] for name in sorted(known)]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
