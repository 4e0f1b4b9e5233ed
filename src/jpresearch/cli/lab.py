"""``jpresearch lab``: JupyterLab on the notebooks, with kernels that start warm."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Any, Final

import typer

SAVED: Final = "jpresearch.cli.lab.after_saving"


def lab(
    context: typer.Context,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
) -> None:
    """Open the notebooks in JupyterLab; arguments after -- go to JupyterLab itself."""
    from jupyterlab.labapp import LabApp

    from jpresearch import folders
    from jpresearch.batch import provisioner
    from jpresearch.batch.kernels import kernel_server

    with kernel_server.KernelServer() as parent:
        # Nothing is installed for the user: this server alone, and what it starts, reads these.
        os.environ.update(parent.environment())
        os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime := kernel_server.socket_folder())
        os.environ.setdefault(provisioner.DEFAULT_VARIABLE, provisioner.NAME)
        os.environ[provisioner.STYLE_VARIABLE] = "1"
        os.environ.setdefault(folders.HOME_VARIABLE, str(folders.home()))
        try:
            LabApp.launch_instance(argv=arguments(str(folders.notebooks()), browser, context.args))
        finally:
            shutil.rmtree(runtime, ignore_errors=True)


def arguments(notebooks: str, browser: bool, further: list[str]) -> list[str]:
    """JupyterLab's command line: the user's own arguments come last and win."""
    own = [f"--ServerApp.root_dir={notebooks}", "--KernelManager.transport=ipc"]
    own.append(f"--FileContentsManager.post_save_hook={SAVED}")
    return [*own, *([] if browser else ["--no-browser"]), *further]


def after_saving(model: dict[str, Any], os_path: str, **_: Any) -> None:
    """Have git look at a saved notebook again, so that one with new outputs alone counts as unchanged.

    `git status` goes by a file's size, which outputs change; what would be committed is the same. Nothing is staged
    where it is not, and a save never fails because of git.
    """
    if model.get("type") != "notebook":
        return
    path = Path(os_path)
    try:
        same = subprocess.run(["git", "diff", "--quiet", "--", path.name], cwd=path.parent, capture_output=True)
        if same.returncode == 0:
            subprocess.run(["git", "update-index", "--", path.name], cwd=path.parent, capture_output=True)
    except OSError:
        return
