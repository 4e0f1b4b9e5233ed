"""``jpresearch lab``: JupyterLab on the notebooks, with kernels that start warm."""

from __future__ import annotations

import os
import shutil
from typing import Annotated

import typer


def lab(
    context: typer.Context,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
) -> None:
    """Open the notebooks in JupyterLab; arguments after -- go to JupyterLab itself."""
    from jupyterlab.labapp import LabApp

    from jpresearch import folders
    from jpresearch.batch import preload, provisioner

    with preload.Parent() as parent:
        # Nothing is installed for the user: this server alone, and what it starts, reads these.
        os.environ.update(parent.environment())
        os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime := preload.socket_folder())
        os.environ.setdefault(provisioner.DEFAULT_VARIABLE, provisioner.NAME)
        os.environ.setdefault(folders.HOME_VARIABLE, str(folders.home()))
        try:
            LabApp.launch_instance(argv=arguments(str(folders.notebooks()), browser, context.args))
        finally:
            shutil.rmtree(runtime, ignore_errors=True)


def arguments(notebooks: str, browser: bool, further: list[str]) -> list[str]:
    """JupyterLab's command line: the user's own arguments come last and win."""
    own = [f"--ServerApp.root_dir={notebooks}", "--KernelManager.transport=ipc"]
    return [*own, *([] if browser else ["--no-browser"]), *further]
