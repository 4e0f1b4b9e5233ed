"""``jpresearch data``: what tables there are, what they hold, whether they are sound."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jpresearch.cli.data_new import new
from jpresearch.cli.plain_help import Command
from jpresearch.errors import DataError, NotYetPublished

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from jpresearch.catalog import Table

app = typer.Typer(help="The tables: list, show, check, status, new.", no_args_is_help=True)
app.command("new", cls=Command)(new)

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood at the end of this day.")]
INVALID = DataError.exit_code
NAMED_SERIES = 3
EXPORTS = {
    "yes": "yes, the publisher named",
    "derived": "derived only: changes, ratios, percentiles and pictures leave the desk, the figures as data do not",
}


@app.command("list", cls=Command)
def list_tables(as_json: AsJson = False) -> None:
    """List the tables with publisher, newest period and how publish dates are known."""
    from jpresearch.catalog import catalog

    rows = [_summary(table) for table in catalog().values()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    shown = {"table": "table", "publisher": "publisher", "frequency": "frequency", "rows": "rows"}
    shown |= {
        "newest_period": "newest period",
        "newest_published_at": "published",
        "vintage": "vintage",
        "grade": "grade",
    }
    _print_rows([{title: row[key] for key, title in shown.items()} for row in rows])


@app.command("show", cls=Command)
def show(
    table: Annotated[str, typer.Argument(metavar="TABLE|DATASET")],
    as_of: AsOf = None,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1, help="How many of the newest rows to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show a table: its columns and units, publisher, terms, caveats and newest rows; or a dataset (flows.weekly)."""
    from jpresearch import catalog

    if "." in table and table not in catalog.catalog():
        from jpresearch.datasets import pages

        page = pages.page(table)
        typer.echo(json.dumps({"dataset": table, "page": page}, ensure_ascii=False) if as_json else page)
        return
    described = catalog.table(table)
    frame = _newest_rows(described, as_of, rows)
    if as_json:
        typer.echo(json.dumps(_description(described) | {"newest_rows": _records(frame)}, indent=2, ensure_ascii=False))
        return
    _print_description(described)
    if frame.empty:
        typer.echo("It has no rows yet.")
    _print_rows(_records(frame.drop(columns=["grade", "source"])))


def _newest_rows(table: Table, as_of: str | None, rows: int) -> pd.DataFrame:
    """The last rows as of a day; none of a table that has none at all, which can be described all the same."""
    from jpresearch import tables

    try:
        frame = tables.load(table.name, as_of)
    except NotYetPublished as error:
        if error.first_day is not None:
            raise
        return tables.read(table)
    return frame.sort_values(["period_end", *table.key], kind="stable").tail(rows)


@app.command("check", cls=Command)
def check(as_json: AsJson = False) -> None:
    """Check every table against its schema; name file, line and rule of each violation (exit 3)."""
    from jpresearch import tables
    from jpresearch.catalog import catalog

    described = catalog()
    found = {name: tables.check(table) for name, table in described.items()}
    broken = [violation for violations in found.values() for violation in violations]
    if as_json:
        rows = [{"file": v.file, "line": v.row, "rule": v.rule} for v in broken]
        typer.echo(json.dumps({"tables": len(described), "violations": rows}, indent=2, ensure_ascii=False))
    else:
        for violation in broken:
            typer.echo(str(violation), err=True)
        typer.echo(f"{len(described)} tables checked, {len(broken)} violations.")
    if broken:
        raise typer.Exit(INVALID)


@app.command("status", cls=Command)
def status(as_json: AsJson = False) -> None:
    """Say for every table its newest period and publication, when the next release is due, and whether it is late."""
    from jpresearch import calendars
    from jpresearch.catalog import catalog

    now = calendars.now()
    rows = [_status(table, now) for table in catalog().values()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print_rows([_status_row(row) for row in rows])


def _status(table: Table, now: pd.Timestamp) -> dict[str, Any]:
    from jpresearch.sources import registry, schedule

    due = schedule.due(table)
    return {
        "table": table.name,
        "newest_period": None if due.newest_period is None else f"{due.newest_period:%Y-%m-%d}",
        "newest_published_at": _minute(due.newest_published_at),
        "next_release": _minute(due.next_release),
        "late": due.late(now),
        "updated_by": "publisher" if registry.online(table.name) else "--from",
        "series": [] if due.newest_period is None else _series(table, now),
    }


def _series(table: Table, now: pd.Timestamp) -> list[dict[str, Any]]:
    """The series of a table: newest period, age, allowance, whether late, why ended."""
    from jpresearch import tables

    return [
        {
            "series": each.series,
            "newest_period": each.newest_period.isoformat(),
            "age_days": each.age_days,
            "allowance_days": each.allowance_days,
            "late": each.late,
            "ended": each.ended,
        }
        for each in tables.staleness(table.name, now)
    ]


def _status_row(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the table for people: the late series by name, past a few by their number."""
    series = [each for each in row.pop("series") if each["series"] and each["ended"] is None]
    late = [each["series"] for each in series if each["late"]]
    more = f" and {len(late) - NAMED_SERIES} more" if len(late) > NAMED_SERIES else ""
    named = "all" if late and len(late) == len(series) else ", ".join(late[:NAMED_SERIES]) + more
    return row | {"late": "late" if row["late"] else "", "late_series": named}


def _minute(moment: pd.Timestamp | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")


def _summary(table: Table) -> dict[str, Any]:
    from jpresearch import tables

    note: Mapping[str, Any] = {}
    with contextlib.suppress(NotYetPublished):
        note = tables.newest(table.name)
    return {
        "table": table.name,
        "title": table.title,
        "publisher": table.house.publisher,
        "frequency": table.house.frequency,
        **{key: note.get(key) for key in ("rows", "newest_period", "newest_published_at", "vintage", "grade")},
    }


def _description(table: Table) -> dict[str, Any]:
    columns = [{"name": c.name, "type": c.type, "unit": c.unit, "description": c.description} for c in table.columns]
    house = table.house
    return {
        "table": table.name,
        "title": table.title,
        "publisher": house.publisher,
        "page": house.page,
        "terms": [licence.title or licence.name for licence in table.licences],
        "frequency": house.frequency,
        "vintage": house.vintage,
        "owner": house.owner or house.publisher,
        "export": house.export,
        "key": table.key,
        "columns": columns,
        "notes": list(house.notes),
    }


def _print_description(table: Table) -> None:
    description = _description(table)
    typer.echo(f"{table.title} ({table.name})\n{table.description}".strip())
    typer.echo(f"Publisher: {description['publisher']} {description['page'] or ''}".rstrip())
    typer.echo(f"Terms: {'; '.join(description['terms'])}\nKept as: {description['vintage'].replace('_', ' ')}")
    typer.echo(f"Owner: {description['owner']}\nExport: {EXPORTS[table.house.export]}")
    for note in description["notes"]:
        typer.echo(f"Note: {note}")
    _print_rows(
        [{"column": c["name"], "unit": c["unit"] or "", "meaning": c["description"]} for c in description["columns"]]
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values: days and moments as ISO text, missing as ``None``."""
    loaded: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    days = [
        name for name in frame.columns if str(frame[name].dtype).startswith("datetime64") and name != "published_at"
    ]
    for row, moment in zip(loaded, frame["published_at"], strict=True):
        row |= {name: row[name][:10] if row[name] else None for name in days}
        row["published_at"] = moment.isoformat()
    return loaded


def _print_rows(rows: list[dict[str, Any]]) -> None:
    """A table for people, as wide as the terminal; every cell is text, never markup."""
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False)
    for name in rows[0] if rows else ():
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_shown(value)) for value in row.values()))
    console = Console()
    Console(width=console.width if console.is_terminal else 160).print(grid)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,g}" if isinstance(value, float) else str(value)
