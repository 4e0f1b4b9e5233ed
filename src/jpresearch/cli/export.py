"""``jpresearch export``: the reports of a run as slides, PDF, mail, pictures or a site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jpresearch.cli.run_options import ReportsFolder, RunName, found_run


def export(
    run: RunName,
    notebooks: Annotated[
        list[str] | None, typer.Argument(metavar="NOTEBOOK", help="Reports by name or number; none means all.")
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="pptx|pdf|mail|png|site", help="What to write; repeatable.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE_OR_DIR", help="By default a file in the run's folder.")
    ] = None,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where the folder of runs can be read; a mail links there.")
    ] = "",
    against: Annotated[
        str | None, typer.Option("--against", metavar="RUN", help="The run that a mail compares with.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All figures as pictures, not only the leading ones.")] = False,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="What a mail says first, such as why figures are missing.")
    ] = "",
    reports: ReportsFolder = None,
) -> None:
    """Write the reports of RUN as slides, PDF, mail, pictures or a site of static pages; nothing is run.

    Figures of tables that may not be passed on leave as pictures, never as data.
    """
    from jpresearch import folders
    from jpresearch.errors import CallError
    from jpresearch.export.exporting import export as written
    from jpresearch.export.writing import FORMS, Request, require_form

    if not to:
        raise CallError("what to write is not said", "--to", f"Say one of {', '.join(FORMS)}; --to can be repeated.")
    if output is not None and not output.strip():
        raise CallError("it is empty", "--output", "Name a file or folder, or leave it out.")
    place_to = None if output is None else Path(output)
    forms = [require_form(form, "--to") for form in dict.fromkeys(to)]
    of_mail = {"--url": url, "--against": against, "--note": note}
    for option, given, form in [
        *((option, given, "mail") for option, given in of_mail.items()),
        ("--all", every, "png"),
    ]:
        if given and form not in forms:
            raise CallError(f"it belongs to --to {form}", option, f"Leave it out, or add --to {form}.")
    place = reports or folders.reports()
    earlier = None if against is None else found_run(against, place)
    named = tuple(notebooks or ())
    requests = [Request(form, named, place_to, url, earlier, every, note) for form in forms]
    for done in written(found_run(run, place), requests):
        typer.echo(f"{done.words}: {done.path}")
