"""Time of the install of `make report` by uv and by pip: `python -m bench.install` from the root, on a quiet machine.

Both make a new environment and install requirements.lock and the package as `tools/install.py` does it, first with
nothing in their caches, then again with all of it there. Everything goes to a temporary folder; files come from the
index that pip is configured for, so the first figures depend on the network too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
AT_MOST: Final = 0.5
STATES: Final = ("nothing cached", "all cached")


def main() -> None:
    """Print the four times and their ratios; exit code 1 where uv takes more than half of pip's time."""
    holds = True
    with tempfile.TemporaryDirectory(prefix="bench-install-") as folder:
        for state in STATES:
            uv, pip = (seconds(Path(folder), *chosen) for chosen in ((), ("--pip",)))
            holds &= uv <= AT_MOST * pip
            print(f"{state}: uv {uv:.1f} s, pip {pip:.1f} s, ratio {uv / pip:.2f} (at most {AT_MOST:g})", flush=True)
    if not holds:
        raise SystemExit(1)


def seconds(folder: Path, *words: str) -> float:
    """How long a new environment and its install take; the caches in ``folder`` stay."""
    caches = {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip")}
    # uv's own file comes through pip, whose cache it finds as a first or a later install would.
    environment = {**os.environ, **caches} | ({"PIP_CACHE_DIR": str(folder / "uv-by-pip")} if not words else {})
    with tempfile.TemporaryDirectory(dir=folder) as place:
        python = f"{place}/bin/python"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        call = [python, str(ROOT / "tools/install.py"), *words, "requirements.lock"]
        subprocess.run(call, cwd=ROOT, env=environment, check=True)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
