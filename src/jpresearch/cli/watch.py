"""``jpresearch watch``: which rules of a desk fire on a run."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jpresearch.cli.run_options import ReportsFolder, RunName, found_run
from jpresearch.errors import CallError, DataError

if TYPE_CHECKING:
    from jpresearch.batch.watch.alerts import Alert

FIRED = 4


def watch(
    rules: Annotated[Path, typer.Argument(metavar="RULES", help="A YAML file of rules.")],
    run: RunName = "latest",
    against: Annotated[
        str, typer.Option("--against", metavar="RUN", help="The run that changes count from; `previous` by default.")
    ] = "previous",
    mail: Annotated[
        Path | None, typer.Option("--mail", metavar="FILE", help="Write what fired as a message (.eml).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    reports: ReportsFolder = None,
) -> None:
    """Check a run's figures against rules; a line for each that fires (exit 4), nothing is run."""
    from jpresearch import folders, record
    from jpresearch.batch.watch import alerts, rules_file
    from jpresearch.report import history

    wanted = rules_file.read(rules)
    place = reports or folders.reports()
    current = record.read(found_run(run, place))
    try:
        before = record.read(found_run(against, place))
    except (CallError, DataError):
        if against != history.PREVIOUS:
            raise
        before = None
    found = alerts.fired(wanted, current, before)
    if as_json:
        typer.echo(json.dumps([{"rule": each.rule.place, "line": each.line} for each in found], ensure_ascii=False))
    else:
        for each in found:
            typer.echo(each.line)
        typer.echo(f"{len(wanted)} rules, {len(found)} fired.", err=True)
    if mail is not None and found:
        _write(mail, found, current.id)
    if found:
        raise typer.Exit(FIRED)


def _write(file: Path, found: list[Alert], run: str) -> None:
    message = EmailMessage()
    message["Subject"] = found[0].line if len(found) == 1 else f"{found[0].line} (and {len(found) - 1} more)"
    message["X-Jpresearch-Run"] = run
    message.set_content("\n".join(each.line for each in found) + f"\n\nRun {run}\n")
    try:
        file.write_bytes(bytes(message))
    except OSError as error:
        raise DataError(
            f"the message cannot be written: {error.strerror}", str(file), "Name a file: --mail."
        ) from error
