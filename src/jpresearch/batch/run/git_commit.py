"""The commit of the checkout; git is asked first of all, and answers while other things load."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from jpresearch import folders

PATIENCE_SECONDS: Final = 20


def ask() -> None:
    """Have git begin to answer."""
    with suppress(OSError):
        _asked(folders.home())


def answer() -> tuple[str, bool] | None:
    """The commit, and whether files differ from it; ``None`` outside a repository or without git."""
    try:
        process = _asked(folders.home())
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    finally:
        _asked.cache_clear()
    lines = said.splitlines()
    commit = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), "(initial)")
    changed = any(not line.startswith("#") for line in lines)
    return None if process.returncode or commit == "(initial)" else (commit, changed)


@lru_cache(maxsize=1)
def _asked(home: Path) -> subprocess.Popen[str]:
    call = ["git", "-C", str(home), "status", "--porcelain=v2", "--branch", "--untracked-files=no"]
    return subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True
    )
