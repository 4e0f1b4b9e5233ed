"""The command line: ``jpresearch run``, ``jpresearch data`` and the others.

Exit codes: 0 all well; 1 a job failed; 2 the call was wrong; 3 data missing or invalid; 4 a watched limit was crossed;
130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from jpresearch.cli.plain_help import Command
from jpresearch.errors import DataError, JPResearchError

INTERRUPTED = 130
ROOM_FOR_MODULES: Final = 50_000
# Why a stream takes nothing, other than that its reader has gone.
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
COMMANDS: Final = ("run", "update", "compare", "export", "watch", "prune", "lab", "lint", "new", "data")
HELP: Final = {"help_option_names": ["-h", "--help"]}
# Hands what it does not know to JupyterLab.
PASSES_ON: Final = {"lab": {"allow_extra_args": True, "ignore_unknown_options": True}}


def application(commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """The application with these commands, each in the module of its name; only they are loaded."""
    made = typer.Typer(
        name="jpresearch",
        help="Point-in-time research on Japanese equities.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=HELP,
    )
    # With a callback it remains a group, also of one command.
    made.callback()(_options)
    for name in commands:
        module = import_module(f"jpresearch.cli.{name}")
        if hasattr(module, "app"):
            made.add_typer(module.app, name=name, context_settings=HELP)
        else:
            made.command(name, cls=Command, context_settings=HELP | PASSES_ON.get(name, {}))(getattr(module, name))
    return made


def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda asked: _tell_version(asked), help="The version.")
    ] = False,
) -> None:
    pass


def _tell_version(asked: bool) -> None:
    if asked:
        from jpresearch import __version__

        typer.echo(f"jpresearch {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors of the package become one clear paragraph and their exit code."""
    _open_standard_streams()
    # Loading modules makes much that lasts: looking through it at every step takes a twentieth of a short answer.
    gc.set_threshold(ROOM_FOR_MODULES)
    wanted = sys.argv[1:2]
    code: Any = 0
    try:
        application(wanted if wanted and wanted[0] in COMMANDS else COMMANDS)(prog_name="jpresearch")
    except JPResearchError as error:
        print(f"Error: {error}", file=sys.stderr)
        code = error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        code = INTERRUPTED
    except SystemExit as end:
        code = end.code
    except OSError as error:
        # A stream has no name: what was to be said could not be.
        if error.filename is not None or error.errno not in FULL:
            raise
        code = _unsaid(error)
    _leave(code)


def _unsaid(error: OSError) -> int:
    """The exit code where the answer cannot be written; with a word about it where that can be."""
    with contextlib.suppress(OSError):
        print(f"Error: the answer cannot be written: {error.strerror}", file=sys.stderr)
    return DataError.exit_code


def _open_standard_streams() -> None:
    """Where one was closed, nothing is read or written there; else the next file opened would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


def _leave(code: Any) -> None:
    """End at once where all is said: taking a thousand modules apart would take as long as many an answer."""
    if code is not None and not isinstance(code, int):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            os._exit(code or (_unsaid(error) if error.errno in FULL else 0))
        except ValueError:
            sys.exit(code)
    os._exit(code or 0)


def __getattr__(name: str) -> Any:
    """``app`` is the application with all commands."""
    if name == "app":
        return application()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
