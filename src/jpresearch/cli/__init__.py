"""The command line: ``jpresearch run``, ``jpresearch data``.

Exit codes: 0 all well; 1 a job failed; 2 the call was wrong; 3 data missing or invalid; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from jpresearch.cli import data, run, update
from jpresearch.errors import JPResearchError

INTERRUPTED = 130

app = typer.Typer(
    name="jpresearch",
    help="Point-in-time research on Japanese equities.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("update")(update.update)
app.add_typer(data.app, name="data")


def main() -> None:
    """Run the command line; errors of the package become one clear paragraph and their exit code."""
    try:
        app()
    except JPResearchError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(INTERRUPTED)
