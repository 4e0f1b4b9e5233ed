"""The argument and option by which commands name a run that there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RUN_HELP = "`latest`, a run's id or its beginning, or a folder."
RunName = Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP)]
ReportsFolder = Annotated[
    Path | None, typer.Option("--reports", metavar="DIR", help="Folder that holds runs; by default reports/.")
]
