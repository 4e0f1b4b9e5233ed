"""``jpresearch run``: execute notebooks and write their reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jpresearch.record import Job, Run

FAILED = 1


def run(
    notebooks: Annotated[
        list[str] | None, typer.Argument(metavar="NOTEBOOK", help="Notebooks by name or path; none means all.")
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter; repeatable.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The data as they stood at the end of this day.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Folder for runs; by default reports/.")
    ] = None,
) -> None:
    """Run notebooks on the data as of a day and write their reports."""
    from jpresearch.batch.plan import given_parameters, plan

    given = given_parameters(parameters or [], as_of)
    settled = plan(notebooks or [], given)

    from jpresearch import record
    from jpresearch.batch import running
    from jpresearch.cli.progress import progress

    with progress(len(settled.jobs)) as listener:
        folder = running.run(settled, sys.argv[1:], output, listener)
    finished = record.read(folder)
    _tell(finished, folder, output)
    if finished.failed:
        raise typer.Exit(FAILED)


def _tell(finished: Run, folder: Path, output: Path | None) -> None:
    """Where the reports are, and the reason of each job that gave none."""
    from jpresearch import folders
    from jpresearch.batch.running import LATEST
    from jpresearch.report.page import failure_sentence

    for job in finished.jobs:
        if job.status.bad:
            typer.echo(f"{job.notebook}: {failure_sentence(job)} See {_page(job, folder)}.", err=True)
    latest = (output or folders.reports()) / LATEST
    moved = latest.is_symlink() and latest.resolve() == folder.resolve()
    index = (latest if moved else folder) / "index.html"
    typer.echo(f"Reports: {index}")


def _page(job: Job, folder: Path) -> Path:
    return folder / (job.page or job.executed_notebook or "record.json")
