"""``jpresearch compare``: what changed from one run to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jpresearch.cli.run_options import ReportsFolder, found_run
from jpresearch.errors import DataError

if TYPE_CHECKING:
    from jpresearch.report.comparison import Comparison

SHOWN_METRICS = 5


def compare(
    run_a: Annotated[
        str, typer.Argument(metavar="RUN_A", help="`latest`, `previous`, a run's id or its beginning, or a folder.")
    ],
    run_b: Annotated[str, typer.Argument(metavar="RUN_B", help="The run to compare with it, named the same way.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON; a page only with --output.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="The page; by default in the newer run's folder.")
    ] = None,
    reports: ReportsFolder = None,
) -> None:
    """Say what changed from RUN_A to RUN_B: metrics, the rows behind them, code, parameters, takeaways."""
    from jpresearch import folders, record
    from jpresearch.report import comparison

    place = reports or folders.reports()
    before, after = found_run(run_a, place), found_run(run_b, place)
    found = comparison.compare(record.read(before), record.read(after))
    page = output if as_json or output else _default_page(found, before, after)
    if page is not None:
        _write(found, page, before, after)
    if as_json:
        from jpresearch.report.comparison_json import as_json as plain

        typer.echo(json.dumps(plain(found), indent=2, ensure_ascii=False))
        return
    _tell(found)
    typer.echo(f"Comparison: {page}")


def _default_page(found: Comparison, before: Path, after: Path) -> Path:
    """``compare-<a>-<b>.html`` in the folder of the run that started later."""
    newer = after if found.after.started_at >= found.before.started_at else before
    return newer / f"compare-{before.name}-{after.name}.html"


def _write(found: Comparison, page: Path, before: Path, after: Path) -> None:
    from jpresearch.report.comparison_page import write_comparison

    try:
        write_comparison(found, page, before, after)
    except OSError as error:
        raise DataError(f"the page cannot be written: {error.strerror}", str(page), "Name a file: --output.") from error


def _tell(found: Comparison) -> None:
    """The answers that changed in more than their figures, then the changes in a few lines per report."""
    from jpresearch.report.news import turned

    for job in turned(found.jobs):
        typer.echo(f"{job.name}: the answer changed")
        typer.echo(f"  before: {job.before.answer or 'none'}")
        typer.echo(f"  after:  {job.after.answer or 'none'}")
    for setting in found.environment:
        typer.echo(setting.sentence())
    for job in found.jobs:
        if job.same:
            continue
        typer.echo(f"{job.name}: {len(job.moved)} of {len(job.metrics)} metrics moved")
        for metric in job.moved[:SHOWN_METRICS]:
            change = f" ({metric.change_text})" if metric.change_text else ""
            unit = f" {metric.unit_text}" if metric.unit_text else ""
            widths = f", {metric.widths_text} widths of its interval" if metric.widths_text else ""
            typer.echo(f"  {metric.label}: {metric.before_text} → {metric.after_text}{unit}{change}{widths}")
        for sentence in [*job.parameter_sentences(), *job.data_sentences(), *job.code_sentences()]:
            typer.echo(f"  {sentence}")
    for run, jobs in ((found.before, found.only_before), (found.after, found.only_after)):
        if jobs:
            typer.echo(f"only in {run.id}: {', '.join(job.name for job in jobs)}")
    if found.same:
        typer.echo("Nothing changed.")
