"""A browser at hand that prints HTML to PDF: Chromium or a relative of it, driven by its own options."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from jpresearch.errors import CallError, DataError

VARIABLE: Final = "JPRESEARCH_CHROMIUM"
NAMES: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
OPTIONS: Final = (
    "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run",
    "--no-pdf-header-footer", "--generate-pdf-document-outline",
)  # fmt: skip
PATIENCE_SECONDS: Final = 180


def program() -> str:
    """The browser's program: as ``JPRESEARCH_CHROMIUM`` names it, else the first known one that is installed.

    Raises
    ------
    CallError : there is none; says how to get one.
    """
    wanted = os.environ.get(VARIABLE)
    found = shutil.which(wanted) if wanted else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        what = (
            f"{VARIABLE} names {wanted}, which is no program" if wanted else "a PDF needs a browser, and none is here"
        )
        raise CallError(what, "--to pdf", f"Install Chromium or Chrome, or name its program in {VARIABLE}.")
    return found


def printed(html: Path, to: Path) -> None:
    """Print ``html`` to the PDF ``to``. Raises ``CallError`` without a browser, ``DataError`` where it fails."""
    # The superuser of a container cannot have the browser's sandbox.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="jpr-browser-", ignore_cleanup_errors=True) as profile:
        command = [program(), *OPTIONS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={to}", html.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
            why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
    if not to.is_file() or to.stat().st_size == 0:
        raise DataError(f"the browser could not print the page: {why[:300]}", html.name, "Try it by hand, or another.")
