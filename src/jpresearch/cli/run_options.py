"""How commands name a run that there is, and how it is found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

RUN_HELP = "`latest`, a run's id or its beginning, or a folder."
RunName = Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP)]
ReportsFolder = Annotated[
    Path | None, typer.Option("--reports", metavar="DIR", help="Folder that holds runs; by default reports/.")
]


def found_run(name: str, reports: Path) -> Path:
    """The folder of the run called ``name``; says where ``latest`` or ``previous`` leads nowhere, and what is taken.

    Raises
    ------
    CallError : no run has this name, or several begin with it.
    """
    from jpresearch.report import history

    found = history.find(name, reports)
    if name in (history.LATEST, history.PREVIOUS) and (why := _leads_nowhere(reports / name)):
        typer.echo(f"{reports / name} {why}; taken instead: {found.name}, told from the records of the runs.", err=True)
    return found


def _leads_nowhere(pointer: Path) -> str:
    """Why the pointer to a run leads to none, as part of a sentence; empty where it does, or where there is none."""
    from jpresearch.record import FILE_NAME

    if not os.path.lexists(pointer):
        return ""
    try:
        (pointer / FILE_NAME).stat()
    except NotADirectoryError:
        return _of_file(pointer)
    except OSError as error:
        return f"leads to no run that can be read ({error.strerror or error})"
    return ""


def _of_file(pointer: Path) -> str:
    """The same of a file with the id of a run in it, as it stands where links cannot be made."""
    from jpresearch.files import plain_text
    from jpresearch.record import FILE_NAME

    try:
        led = (pointer.parent / plain_text(pointer).strip() / FILE_NAME).is_file()
    except (OSError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or 'it is no text'})"
    return "" if led else "names no run that is here"
