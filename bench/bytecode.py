"""Whether modules are loaded from their compiled form; where they are not, a bench would measure the compiler."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

HEAD: Final = 16
SHOWN: Final = 3
LOADED: Final = """
import json, sys
from jpresearch.batch.job import forked_job
from jpresearch.batch.kernels import forked_kernel
forked_kernel.preload()
forked_job.preload()
print(json.dumps([module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]))
"""


def require_compiled() -> None:
    """End the program with a sentence where modules would be compiled anew at each start."""
    if sys.dont_write_bytecode:
        sys.exit("nothing would be compiled: unset PYTHONDONTWRITEBYTECODE and call this without -B")
    # The first time compiles what is stale, as in a tree that was copied.
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    found = stale(Path(file) for file in json.loads(done.stdout.splitlines()[-1]) if file.endswith(".py"))
    if found:
        names = ", ".join(str(file) for file in found[:SHOWN])
        sys.exit(f"{len(found)} modules are compiled anew at each start, such as {names}: make their folders writable")


def stale(files: Iterable[Path]) -> list[Path]:
    """The source files without a compiled form that belongs to them as they are."""
    return [file for file in files if not _compiled(file)]


def _compiled(file: Path) -> bool:
    try:
        head = Path(importlib.util.cache_from_source(str(file))).read_bytes()[:HEAD]
        status = file.stat()
    except OSError:
        return False
    magic, flags, changed, size = (head[start : start + 4] for start in range(0, HEAD, 4))
    if magic != importlib.util.MAGIC_NUMBER:
        return False
    if int.from_bytes(flags, "little"):
        # Known by the digest of the source, which Python itself compares where it is told to.
        return True
    now = (int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
    return (int.from_bytes(changed, "little"), int.from_bytes(size, "little")) == now
