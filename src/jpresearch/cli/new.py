"""``jpresearch new``: a notebook in the house form that runs at once."""

from __future__ import annotations

from typing import Annotated

import typer


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as bank_yields; it gets the next number.")],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Its title; by default the words of its name.")
    ] = None,
) -> None:
    """Write a notebook in the house form, with an example in each cell to write over."""
    from jpresearch.batch import scaffold

    path = scaffold.create(name, title)
    typer.echo(f"Notebook: {path}")
    typer.echo(f"Run it with: jpresearch run {path.stem}")
