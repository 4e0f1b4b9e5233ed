"""A desk's own CSV as a table of its own data package, described and dated as the bundled ones are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch import calendars, folders, transactions
from jpresearch.catalog import Export, Table, read_package
from jpresearch.errors import CallError, DataError
from jpresearch.payloads.fields import UNWRITABLE
from jpresearch.sources import desk_columns, locking
from jpresearch.sources.desk_columns import PUBLISHED, DeskFile
from jpresearch.sources.model import LINE, SourceError
from jpresearch.tables.appending import render
from jpresearch.tables.conversion import convert
from jpresearch.tables.places import Places
from jpresearch.tables.plausibility import implausible
from jpresearch.tables.reading import parse_text

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,60}")
# Days between rows up to which a table has the frequency, and after how many its newest row is late.
FREQUENCIES: Final = (
    ("daily", 4, 7),
    ("weekly", 10, 19),
    ("monthly", 45, 50),
    ("quarterly", 120, 140),
    ("annual", 380, 430),
)
IRREGULAR: Final = "irregular"
STARTS: Final = {"monthly": "M", "quarterly": "Q", "annual": "Y"}
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "period_end": ("date", "Last day of the period."),
    "period_start": ("date", "First day of the period."),
    PUBLISHED: ("datetime", "Moment from which the desk could know the row, Tokyo time."),
    "grade": ("string", "How published_at is known: stated by the source, by the release rule, or assumed."),
    "source": ("string", "Id of the source in this descriptor."),
}


@dataclass(frozen=True)
class Wanted:
    """What the desk says of its table beside the file itself.

    ``units`` leads from column to unit, ``""`` to that of all other numbers. ``rule`` dates the rows where the file has
    no ``published_at``. ``date``, ``key`` and ``texts`` name columns where the file alone does not tell.
    """

    name: str
    units: Mapping[str, str]
    title: str = ""
    rule: str | None = None
    owner: str = "The desk"
    export: Export = "derived"
    date: str | None = None
    key: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A table that was written: its description, where it stands, how many rows it has."""

    table: Table
    rows: int
    renamed: Mapping[str, str] = field(default_factory=dict)


def create(wanted: Wanted, file: Path, folder: Path) -> Made:
    """Write the CSV ``file`` as the table ``wanted.name`` of the data package in ``folder``.

    Everything is read and checked first; table and descriptor then come about together. Nothing is overwritten.

    Raises
    ------
    CallError : a name that cannot be one or is taken; no file; no unit; nothing that says when rows were public.
    SourceError : the file cannot be such a table; the message names the line.
    TableInvalid : a row says what cannot be, such as a publication before its period ended.
    DataError : the files cannot be written; they are as they were.
    """
    target = folder / f"{wanted.name}.csv"
    _require_free(wanted.name, target)
    _require_written(wanted)
    found = desk_columns.read(_content(file), file.name, wanted.texts)
    day, ends = desk_columns.period_ends(found, wanted.date)
    key = desk_columns.key_columns(found, ends, wanted.key)
    frequency, staleness = _frequency(ends)
    values = _figures(found, {day, *key, *COLUMNS})
    house = {
        "publisher": wanted.owner, "frequency": frequency, "key": [*key, "period_end"], "staleness_days": staleness,
        "grade": _grade(wanted, found), "vintage": "latest", "owner": wanted.owner, "export": wanted.export,
        **({} if wanted.rule is None else {"release_rule": wanted.rule}),
    }  # fmt: skip
    entry = _entry(wanted, house, [*(_field(name, found, wanted) for name in [*key, *values])])
    table = _described(entry, folder, _source(wanted, file))
    rows = _rows(found, table, day, ends, wanted)
    text = _checked(rows, table, file.name)
    _write(table, entry, _source(wanted, file), text)
    renamed = {label: name for name, label in found.labels.items() if name != label} | {found.labels[day]: "period_end"}
    return Made(table, len(rows), {label: name for label, name in renamed.items() if label != name})


def _require_written(wanted: Wanted) -> None:
    """What a call says must fit into a descriptor: a line of text each."""
    for said in (wanted.title, wanted.owner, *wanted.units, *wanted.units.values()):
        if UNWRITABLE.search(said) or len(said.splitlines()) > 1:
            raise CallError(f"{said!a} cannot be written into a descriptor", None, "Say it in letters, on one line.")


def _require_free(name: str, target: Path) -> None:
    if not NAME.fullmatch(name):
        raise CallError(
            f"{name!r} cannot name a table", None, "Use small letters, digits and underscores: broker_positions."
        )
    # The desk's package may be about to begin.
    described = [path for path in (folders.own_package(), target.parent / folders.DESCRIPTOR) if path.is_file()]
    taken = {table.name: table for path in described for table in read_package(path)}
    if name in taken:
        step = "Choose another name; nothing is overwritten."
        raise CallError(f"there is a table {name} already", str(taken[name].file), step)
    if target.exists():
        raise CallError(
            "there is a file already", str(target), "Move it away or choose another name; nothing is overwritten."
        )


def _content(file: Path) -> bytes:
    try:
        return file.expanduser().read_bytes()
    except OSError as error:
        raise CallError(f"the file cannot be read: {error.strerror}", str(file)) from error


def _figures(found: DeskFile, others: Iterable[str]) -> list[str]:
    """The columns that are neither key nor made here; one at least is a number."""
    taken = set(others)
    values = [name for name in found.of_kind("number", "text", "day") if name not in taken]
    if not any(found.kinds[name] == "number" for name in values):
        raise SourceError.of("no column holds numbers, so there is nothing to compute with", found.name)
    return values


def _frequency(ends: pd.Series[pd.Timestamp]) -> tuple[str, int | None]:
    days = np.sort(ends.unique())
    if len(days) < 3:
        return IRREGULAR, None
    gap = float(np.median(np.diff(days) / np.timedelta64(1, "D")))
    return next(((name, late) for name, most, late in FREQUENCIES if gap <= most), (IRREGULAR, None))


def _grade(wanted: Wanted, found: DeskFile) -> str:
    if PUBLISHED in found.labels:
        if wanted.rule is not None:
            raise CallError(
                "the file says published_at itself, so a release rule would be ignored", found.name, "Leave --rule out."
            )
        return "stated"
    if wanted.rule is None:
        step = (
            "Add a column published_at (2026-09-04T15:30:00+09:00, or a day), or name a rule: --rule same_day_end, "
            "--rule within_days:3, --rule tokyo_close. A run as of a past day reads only what was public by then."
        )
        raise CallError("nothing says when each row was public", found.name, step)
    calendars.release_rule(wanted.rule)
    return "rule"


def _field(name: str, found: DeskFile, wanted: Wanted) -> dict[str, Any]:
    kind = found.kinds[name]
    if kind != "number":
        return {"name": name, "type": "date" if kind == "day" else "string", "description": f"{found.labels[name]}."}
    unit = wanted.units.get(name, wanted.units.get(""))
    if not unit:
        step = f"Say it with --unit 'JPY bn', or for one column with --unit '{name}=JPY bn'."
        raise CallError(f"the unit of {name} is not said", found.name, step)
    return {"name": name, "type": "number", "description": f"{found.labels[name]}.", "unit": unit}


def _entry(wanted: Wanted, house: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    """The table's entry in the descriptor."""
    fixed = [{"name": name, "type": kind, "description": words} for name, (kind, words) in COLUMNS.items()]
    keys = [column for column in columns if column["name"] in house["key"]]
    others = [column for column in columns if column["name"] not in house["key"]]
    for each in (*keys, *fixed):
        each["constraints"] = {"required": each["name"] != "period_start"}
    return {
        "name": wanted.name,
        "path": f"{wanted.name}.csv",
        "title": wanted.title or wanted.name.replace("_", " ").capitalize(),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [*keys, *fixed[:2], *others, *fixed[2:]],
            "missingValues": [""],
            "primaryKey": [*house["key"], PUBLISHED],
        },
        "jpresearch": house,
    }


def _source(wanted: Wanted, file: Path) -> dict[str, str]:
    return {
        "name": wanted.name.replace("_", "-"),
        "title": f"{wanted.title or wanted.name.replace('_', ' ').capitalize()}, from {file.name}",
        "publisher": wanted.owner,
    }


def _described(entry: dict[str, Any], folder: Path, source: dict[str, str]) -> Table:
    place = {"descriptor": folder / folders.DESCRIPTOR, "sources": {source["name"]: source}}
    return Table.model_validate({**entry, **place})


def _rows(found: DeskFile, table: Table, day: str, ends: pd.Series[pd.Timestamp], wanted: Wanted) -> pd.DataFrame:
    """The rows in the table's columns."""
    columns: dict[str, Any] = {}
    for column in table.columns:
        if column.name in found.texts:
            texts = found.texts[column.name]
            texts = texts.str.replace(",", "") if column.type == "number" else texts
            filled = texts.where(texts != "")
            columns[column.name] = (
                desk_columns.as_days(texts) if column.type == "date" else convert(filled, column.type)
            )
    columns["period_end"] = ends
    columns.setdefault("period_start", _starts(ends, table.house.frequency))
    columns["source"] = wanted.name.replace("_", "-")
    columns["grade"] = table.house.grade
    columns[PUBLISHED] = _published(found, ends, wanted)
    return pd.DataFrame(columns)[table.column_names].assign(**{LINE: found.texts[LINE]})


def _starts(ends: pd.Series[pd.Timestamp], frequency: str) -> pd.Series[pd.Timestamp]:
    if frequency == "weekly":
        return pd.Series(calendars.monday(pd.DatetimeIndex(ends)), index=ends.index).clip(upper=ends)
    if frequency in STARTS:
        return ends.dt.to_period(STARTS[frequency]).dt.start_time.astype("datetime64[us]")
    return ends


def _published(found: DeskFile, ends: pd.Series[pd.Timestamp], wanted: Wanted) -> pd.Series[pd.Timestamp]:
    if wanted.rule is not None:
        known = ends[calendars.covered(pd.DatetimeIndex(ends))]
        dated = pd.Series(calendars.release_rule(wanted.rule)(pd.DatetimeIndex(known)), index=known.index)
        return dated.reindex(ends.index)
    texts = found.texts[PUBLISHED]
    by_day = texts.str.fullmatch(r"\d{4}-\d{2}-\d{2}")
    moments = convert(texts.where(~by_day, texts + "T23:59:59+09:00"), "datetime")
    wrong = moments.index[moments.isna()]
    if len(wrong):
        what = f"published_at {texts[wrong[0]][:40]!r} is no moment in Tokyo time"
        step = "Nothing was written. Write 2026-09-04T15:30:00+09:00, or the day alone for the end of it."
        raise SourceError(what, found.line(int(wrong[0])), step)
    return moments


def _checked(rows: pd.DataFrame, table: Table, file: str) -> str:
    """The text of the table's CSV. Raises ``TableInvalid`` with the lines of the desk's file."""
    origins = pd.DataFrame({"file": file, "line": rows[LINE]}, index=rows.index)
    places = Places.of(table, rows, origins)
    places.refuse(implausible(rows, table, calendars.now()))
    text = render(rows, table)
    _, broken = parse_text(text, table)
    if broken:
        one_by_one = {render(rows.iloc[[at]], table).split("\n")[1]: at for at in range(len(rows))}
        places.refuse_merged(broken, text.rstrip("\n").split("\n")[1:], one_by_one)
    return text


def _write(table: Table, entry: dict[str, Any], source: dict[str, str], text: str) -> None:
    """Table and descriptor, together or not at all."""
    try:
        table.folder.mkdir(parents=True, exist_ok=True)
        with locking.sole_writer(table.folder):
            _require_free(table.name, table.file)
            contents = {table.descriptor: _package(table.descriptor, entry, source), table.file: text}
            transactions.replace_together(contents)
    except OSError as error:
        what = f"the table cannot be written: {error.strerror or error}"
        raise DataError(what, str(table.file), "Nothing was changed. Make room there, or give write access.") from error


def _package(descriptor: Path, entry: dict[str, Any], source: dict[str, str]) -> str:
    """The text of the data package with the table in it; all that it holds already stays."""
    package: dict[str, Any] = {"profile": "tabular-data-package", "name": "desk", "title": "Tables of this desk"}
    if descriptor.is_file():
        package = json.loads(descriptor.read_text(encoding="utf-8"))
    known = {each["name"]: each for each in [*package.get("sources", []), source]}
    package["sources"] = [known[name] for name in sorted(known)]
    package["resources"] = [*package.get("resources", []), entry]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
