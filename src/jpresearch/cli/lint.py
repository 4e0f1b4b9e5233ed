"""``jpresearch lint``: whether notebooks have the house form."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

FOUND = 1


def lint(
    notebooks: Annotated[
        list[str] | None, typer.Argument(metavar="NOTEBOOK", help="Notebooks by name or path; none means all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Check that notebooks have the house form, without running them; what breaks it is named by cell (exit 1)."""
    from jpresearch.batch.lint import house_form
    from jpresearch.batch.plan.notebooks import find, strays
    from jpresearch.catalog import catalog
    from jpresearch.cli.run import say_strays

    if not notebooks:
        say_strays(strays())
    paths = find(notebooks or [])
    tables = frozenset(catalog())
    found = [finding for path in paths for finding in house_form.lint(path, tables)]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2, ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(str(finding))
        typer.echo(f"{len(paths)} notebooks checked, {len(found)} findings.", err=bool(found))
    if found:
        raise typer.Exit(FOUND)
