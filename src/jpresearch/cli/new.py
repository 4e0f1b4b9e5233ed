"""``jpresearch new``: a notebook in the house form that runs at once, or a ledger of claims that is judged at once."""

from __future__ import annotations

from typing import Annotated

import typer


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as bank_yields; a notebook gets the next number.")],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Its title; by default the words of its name.")
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="A ledger of claims instead: two tables with three example claims.")
    ] = False,
) -> None:
    """Write a notebook in the house form, with an example in each cell to write over; or a ledger of claims."""
    if ledger:
        _ledger(name, title)
        return
    from jpresearch.batch.scaffold import notebook

    path = notebook.create(name, title)
    typer.echo(f"Notebook: {path}")
    typer.echo(f"Run it with: jpresearch run {path.stem}")


def _ledger(name: str, title: str | None) -> None:
    from jpresearch.batch.scaffold import claims_ledger

    claims, readings = claims_ledger.create(name, title)
    typer.echo(f"Claims: {claims}")
    typer.echo(f"Readings: {readings}")
    typer.echo(f"Judge them with: jpresearch run 08_claims -p ledger={claims.stem}")
