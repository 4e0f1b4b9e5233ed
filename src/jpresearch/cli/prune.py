"""``jpresearch prune``: remove old runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jpresearch.batch.run.pruning import Pruning

MEGABYTE = 1_000_000


def prune(
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="SPAN", help="Runs that began longer ago: 90d, 12w, 36h.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Folder of runs; by default reports/.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Remove old runs; never the latest or the one before it, never one in progress."""
    from jpresearch import folders
    from jpresearch.batch.run import pruning

    reports = output or folders.reports()
    chosen = pruning.choose(reports, pruning.span(older_than))
    if not dry_run:
        pruning.prune(reports, chosen)
    if as_json:
        typer.echo(json.dumps(_as_json(chosen, dry_run), indent=2))
    else:
        _say(chosen, dry_run)


def _say(chosen: Pruning, dry_run: bool) -> None:
    for run in chosen.pruned:
        typer.echo(f"{run.folder.name}: {run.size / MEGABYTE:.1f} MB")
    for kept in chosen.kept:
        typer.echo(f"{kept.folder.name}: kept, {kept.reason}")
    total = sum(run.size for run in chosen.pruned) / MEGABYTE
    count = f"{len(chosen.pruned)} {'run' if len(chosen.pruned) == 1 else 'runs'}, {total:.1f} MB"
    typer.echo(f"Dry run: nothing was removed. {count} would go." if dry_run else f"{count} removed.")


def _as_json(chosen: Pruning, dry_run: bool) -> dict[str, Any]:
    runs = [
        {"run": run.folder.name, "folder": str(run.folder), "started_at": run.started_at.isoformat(), "bytes": run.size}
        for run in chosen.pruned
    ]
    kept = [{"run": run.folder.name, "folder": str(run.folder), "reason": run.reason} for run in chosen.kept]
    return {"dry_run": dry_run, "pruned": runs, "kept": kept}
