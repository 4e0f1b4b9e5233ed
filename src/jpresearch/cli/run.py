"""``jpresearch run``: execute notebooks and write their reports."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from jpresearch.light_imports import without_plugins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jpresearch.batch.plan.jobs import Plan
    from jpresearch.batch.run.lifecycle import Options
    from jpresearch.export.writing import Exported

FAILED = 1
INTERRUPTED = 130
# The files that a job leaves.
LEFT = (".html", ".ipynb", ".xlsx")


def run(
    notebooks: Annotated[
        list[str] | None, typer.Argument(metavar="NOTEBOOK", help="Notebooks by name or path; none means all.")
    ] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="FILE", help="A batch file instead, by path or name in notebooks/batches.")
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter; repeatable.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The data as they stood at the end of this day.")
    ] = None,
    lang: Annotated[str | None, typer.Option(metavar="en|ja", help="Language of the pages.", hidden=True)] = None,
    static: Annotated[bool, typer.Option("--static", help="Pages without script, for mail and print.")] = False,
    output: Annotated[
        str | None, typer.Option(metavar="DIR_OR_URL", help="Where runs go; by default reports/.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many at once; by default one per core.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on the workers of this Dask scheduler.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="The longest a job may take.")] = None,
    cell_timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="The longest a cell may take.")] = None,
    memory: Annotated[float | None, typer.Option(metavar="MB", help="The most memory a job may hold.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Run also what has not changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run and why; run nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run notebooks on the data as of a day and write their reports.

    A job on which nothing has changed since its last success is answered with a copy of its page.
    """
    _head_start(output)

    with without_plugins():
        from jpresearch.batch.limits import Limits
        from jpresearch.batch.plan import notebooks as collection
        from jpresearch.batch.plan.jobs import given_parameters, plan
        from jpresearch.batch.run.lifecycle import Options

        if not notebooks and batch is None:
            say_strays(collection.strays())
        limits = Limits(cell_timeout, timeout, memory)
        given = given_parameters(parameters or [], as_of)
        settled = plan(notebooks or [], given, batch=batch, lang=lang, static=static)
    options = Options(jobs=jobs, dask=dask, limits=limits, force=force)
    if dry_run:
        _tell_plan(settled, output, options, as_json=as_json)
    else:
        _run(settled, output, options, as_json=as_json)


def say_strays(strays: Sequence[Path]) -> None:
    """Name the files that are no part of the collection."""
    if strays:
        names = ", ".join(path.name for path in strays)
        typer.echo(f"Left out: {names} (copies and untitled notebooks; rename them to have them run).", err=True)


def _head_start(output: str | None) -> None:
    """Have git and the digests of tables and of the latest pages begin, while the rest is still loading."""
    from jpresearch import folders
    from jpresearch.batch import destination, file_digests
    from jpresearch.batch.run import git_commit

    target = destination.settled(output)
    git_commit.ask()
    latest = destination.local_folder(target) / "latest"
    tables = sorted((folders.home() / "data").glob("*.csv"))
    file_digests.begin([*tables, *(file for file in sorted(latest.glob("*.*")) if file.suffix in LEFT)])


def _run(settled: Plan, output: str | None, options: Options, *, as_json: bool) -> None:
    from jpresearch.batch.run import lifecycle
    from jpresearch.cli.progress import progress

    code = 0
    notices: list[str] = []
    with progress(len(settled.jobs), sys.stderr if as_json else sys.stdout) as show:
        try:
            folder = lifecycle.run(
                settled, sys.argv[1:], output, show.listener,
                watcher=show.watcher, notice=notices.append, options=options,
            )  # fmt: skip
        except lifecycle.Interrupted as interrupted:
            folder, code = interrupted.folder, INTERRUPTED
    with suppress(BrokenPipeError):
        for text in filter(None, notices):
            typer.echo(text, err=True)
    exported = Exports() if code else _exports(settled, folder, output)
    failed = _tell_result(folder, output, exported, as_json=as_json)
    if code or failed or exported.problem:
        raise typer.Exit(code or (FAILED if failed else exported.exit_code))


class Exports(NamedTuple):
    """What the batch file's exports came to: what was written, else why it could not be, with its exit code."""

    written: Sequence[Exported] = ()
    problem: str = ""
    exit_code: int = 0


def _exports(settled: Plan, folder: Path, output: str | None) -> Exports:
    """Write what the batch file asks for; that it cannot be written does not undo the run."""
    if not settled.exports:
        return Exports()
    from jpresearch.batch import destination
    from jpresearch.errors import DataError, JPResearchError
    from jpresearch.export.exporting import export

    target = destination.settled(output)
    written: list[Exported] = []
    try:
        written.extend(export(folder, settled.exports))
        if not destination.is_local(target):
            own = [each.path for each in written if each.path.parent == folder and each.path.is_file()]
            destination.upload(own, f"{target}/{folder.name}")
    except JPResearchError as error:
        return Exports(written, str(error), error.exit_code)
    except OSError as error:
        return Exports(written, str(error), DataError.exit_code)
    return Exports(written)


def _tell_result(folder: Path, output: str | None, exported: Exports, *, as_json: bool) -> bool:
    """Say what the run came to; whether a job failed."""
    from jpresearch.batch import destination
    from jpresearch.batch.run import summary
    from jpresearch.report import history

    finished = history.read(folder)
    target = destination.settled(output)
    place = str(folder) if destination.is_local(target) else f"{target}/{folder.name}"
    if exported.problem:
        typer.echo(f"Not exported: {exported.problem}", err=True)
    if as_json:
        files = {"exports": [str(each.path) for each in exported.written]} if exported.written else {}
        typer.echo(json.dumps(summary.as_json(finished, place) | files, ensure_ascii=False, indent=2))
        return finished.failed
    for line in summary.reasons(finished, place):
        typer.echo(line, err=True)
    typer.echo(summary.counts(finished))
    for each in exported.written:
        typer.echo(f"{each.words}: {each.path}")
    typer.echo(f"Reports: {summary.index_of(folder, target)}")
    return finished.failed


def _tell_plan(settled: Plan, output: str | None, options: Options, *, as_json: bool) -> None:
    """What would become of each job, and why."""
    from jpresearch.batch.run import dry_run

    rows = dry_run.preview(settled, output, force=options.force)
    if as_json:
        typer.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row.name}: {row.action} ({row.why})")
