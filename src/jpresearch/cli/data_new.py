"""``jpresearch data new``: a desk's own CSV as a table that notebooks load like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jpresearch.errors import CallError


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What notebooks will load, such as broker_positions.")],
    file: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="The CSV: one line of labels, a row per figure.")
    ],
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="[COLUMN=]UNIT", help="Unit of the numbers, or of one column; repeat it."),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule",
            metavar="RULE",
            help="When rows were public, where no column published_at says it: same_day_end, "
            "within_days:N, tokyo_close ...",
        ),
    ] = None,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Its title; by default from its name.")] = "",
    owner: Annotated[str, typer.Option("--owner", metavar="TEXT", help="Whose figures they are.")] = "The desk",
    export: Annotated[
        str,
        typer.Option("--export", metavar="yes|derived", help="What may leave: the figures, or only what is derived."),
    ] = "derived",
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="COLUMN", help="The day a row is about, where several columns hold days."),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", metavar="COLUMN", help="A column that tells rows apart; repeat it.")
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option("--text", metavar="COLUMN", help="A column of text that looks like numbers.")
    ] = None,
) -> None:
    """Write a CSV of your own as a table, with its descriptor: checked first, nothing overwritten."""
    from jpresearch import folders
    from jpresearch.sources.desk_table import Wanted, create

    if export not in ("yes", "derived"):
        raise CallError(f"--export takes yes or derived, not {export!r}")
    units = dict(_unit(each) for each in unit or ())
    wanted = Wanted(
        name,
        units,
        title,
        rule,
        owner,
        "yes" if export == "yes" else "derived",
        date,
        tuple(key or ()),
        tuple(text or ()),
    )
    made = create(wanted, file.expanduser(), folders.desk_package().parent)
    house = made.table.house
    for label, column in made.renamed.items():
        typer.echo(f"Column {label} is called {column}.")
    typer.echo(f"Table: {made.table.file}, {made.rows} rows, {house.frequency}, key {', '.join(house.key)}")
    typer.echo(f"Described in {made.table.descriptor}: owner {house.owner}, export {house.export}")
    typer.echo(f'Load it with: tables.load("{name}", as_of)')


def _unit(text: str) -> tuple[str, str]:
    column, _, unit = text.rpartition("=")
    return column.strip(), unit.strip()
