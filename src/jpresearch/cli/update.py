"""``jpresearch update``: new figures from the publishers, or from files at hand, into the tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jpresearch.errors import DataError

if TYPE_CHECKING:
    from jpresearch.sources.comparison import Comparison
    from jpresearch.sources.updating import Result

SHOWN_CHANGES = 20


def update(
    names: Annotated[list[str] | None, typer.Argument(metavar="TABLE", help="Tables; none means all due.")] = None,
    path: Annotated[
        Path | None, typer.Option("--from", metavar="PATH", help="Read a downloaded file, or a folder of them.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Add new and corrected figures to the tables; a correction never overwrites."""
    from jpresearch import catalog
    from jpresearch.sources import updating

    wanted = [catalog.table(name).name for name in names or []]
    tell = _silent if as_json else _say
    if path is not None:
        result = updating.from_files(path, wanted, tell)
    else:
        result = updating.from_publishers(wanted or _due(tell), tell)
    show = _silent if as_json else _show
    updating.settle(result, write=not dry_run, show=show)
    if as_json:
        typer.echo(json.dumps(_as_json(result), indent=2, ensure_ascii=False))
    else:
        _close(result, dry_run)
    if result.failures:
        raise typer.Exit(DataError.exit_code)


def _due(tell: Any) -> list[str]:
    """The tables whose next release is out and that have a machine-readable publisher; the others are named."""
    from jpresearch import calendars
    from jpresearch.catalog import catalog
    from jpresearch.sources import registry, schedule

    now = calendars.now()
    late = [name for name, table in catalog().items() if schedule.due(table).late(now)]
    for name in late:
        if not registry.online(name):
            tell(f"{name}: due, but its publisher has no machine-readable file; give one with --from")
    return [name for name in late if registry.online(name)]


def _show(result: Result) -> None:
    for name, comparison in result.comparisons.items():
        typer.echo(_counts(name, comparison))
        for change in comparison.changes[:SHOWN_CHANGES]:
            key = ", ".join(str(part)[:10] if hasattr(part, "isoformat") else str(part) for part in change.key)
            typer.echo(f"  {key}: {change.column} {_figure(change.old)} -> {_figure(change.new)}")
        if len(comparison.changes) > SHOWN_CHANGES:
            typer.echo(f"  and {len(comparison.changes) - SHOWN_CHANGES} more")
    for name, doubt in result.doubts.items():
        typer.echo(f"{name}: in doubt, an update would refuse it: {doubt.what}")
    if result.passed_over:
        typer.echo(f"passed over, not a file of these tables: {', '.join(result.passed_over)}")


def _counts(name: str, comparison: Comparison) -> str:
    return f"{name}: {comparison.new} new, {comparison.corrected} corrected, {comparison.unchanged} unchanged"


def _figure(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _close(result: Result, dry_run: bool) -> None:
    if not result.comparisons and not result.failures:
        typer.echo("Nothing is due.")
    elif dry_run:
        typer.echo("Dry run: nothing was written.")
    else:
        typer.echo(f"{sum(result.added.values())} rows added.")
    for name, error in result.failures.items():
        said = str(error) if str(error).startswith(name) else f"{name}: {error}"
        print(f"Error: {said}", file=sys.stderr)


def _as_json(result: Result) -> dict[str, Any]:
    tables = {
        name: {
            "new": comparison.new,
            "corrected": comparison.corrected,
            "unchanged": comparison.unchanged,
            "added": result.added.get(name, 0),
            "changes": [
                {"key": [str(part) for part in c.key], "column": c.column, "old": _figure(c.old), "new": _figure(c.new)}
                for c in comparison.changes
            ],
        }
        for name, comparison in result.comparisons.items()
    }
    read = [{"file": item.file, "adapter": item.adapter} for item in result.read]
    failures = {name: str(error) for name, error in result.failures.items()}
    return {"tables": tables, "read": read, "passed_over": result.passed_over, "failures": failures}


def _say(line: str) -> None:
    typer.echo(line)


def _silent(_: Any) -> None:
    """Progress has no place in JSON."""
