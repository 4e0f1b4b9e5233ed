"""What a fork server for jobs loads, and how a forked child performs a job. A role of ``fork_server_program``."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

# Found by comparing `sys.modules` before and after a job.
PRELOADED: Final = (
    *("papermill.execute", "nbclient", "jupyter_client.manager", "ipykernel.kernelspec", "IPython.display"),
    *("nbconvert", "psutil", "jpresearch.batch.job.perform", "jpresearch.batch.kernels.papermill_engine"),
)
# After those for its standard streams, a job is given the descriptor of its connection.
CHANNEL: Final = 3


def preload() -> None:
    """Import what jobs need and render a page once, so that no job pays for it. No thread may come of it."""
    from jpresearch import light_imports

    light_imports.nbformat()
    for name in PRELOADED:
        importlib.import_module(name)
    from jpresearch.batch.job.perform import warm_up

    try:
        with tempfile.TemporaryDirectory() as folder:
            warm_up(Path(folder))
    except Exception:
        # Only a convenience: a job will meet the same error, and say so.
        traceback.print_exc()


def refuse(content: dict[str, Any]) -> str | None:
    """Nothing: any job can be had."""
    return None


def become(content: dict[str, Any]) -> None:
    """Perform what comes over the connection, and end without tidying: the next job finds nothing of this one."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        from jpresearch.batch.job.perform import serve

        with Connection(CHANNEL) as channel:
            serve(channel)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
