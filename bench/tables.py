"""Cost of loading every table: `python -m bench.tables` from the root of the repository.

Against a plain ``pandas.read_csv`` of the same files, in turns in one process: first with nothing kept from an earlier
check, then as every later process finds it. The tables read before are forgotten each time.

And in fresh processes, in turns: every line parsed and checked, as it was before anything was kept, against what is
kept from an earlier check.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

import pandas as pd

from jpresearch import catalog, tables
from jpresearch.calendars import sessions
from jpresearch.tables import reading

ROUNDS = 7
AT_MOST = 2.0
FRESH_ROUNDS = 3
FRESH_AT_MOST = 0.25


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def load_all() -> None:
    """Every table, as a new process loads it."""
    reading._cache.clear()
    for name in catalog.catalog():
        tables.load(name)


def read_all() -> None:
    """Every file as pandas reads it."""
    for table in catalog.catalog().values():
        pd.read_csv(table.file)


def load_all_checked() -> None:
    """Every table as ``load_all``, each line parsed and checked against the descriptor, nothing kept."""

    def nothing(*asked: object) -> None:
        return None

    reading.quick = reading.kept.recall = reading.kept.keep = nothing
    load_all()


def fresh(work: str) -> float:
    """Seconds of one of the functions above in a process of its own, which has imported what it needs."""
    ready = "from bench import tables; from jpresearch.calendars import sessions; sessions()"
    code = f"{ready}; print(tables.seconds({work}))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(answer.stdout.split()[-1])


def in_fresh_processes() -> bool:
    """Prints the median of both ways and their ratio; whether it is within its budget."""
    fresh("tables.load_all")
    pairs = [(fresh("tables.load_all_checked"), fresh("tables.load_all")) for _ in range(FRESH_ROUNDS)]
    checked, kept = (median(column) for column in zip(*pairs, strict=True))
    print(f"fresh processes: every line checked {checked:.2f} s, kept from an earlier check {kept:.2f} s")
    print(f"ratio {kept / checked:.2f} (at most {FRESH_AT_MOST:g})")
    return kept / checked <= FRESH_AT_MOST


def main() -> None:
    """Prints both costs and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JPRESEARCH_CACHE"] = folder
        sessions()
        read_all()
        first = seconds(load_all)
        plain, loaded = zip(*((seconds(read_all), seconds(load_all)) for _ in range(ROUNDS)), strict=True)
        quick = in_fresh_processes()
    ratio = median(mine / theirs for mine, theirs in zip(loaded, plain, strict=True))
    print(f"{len(catalog.catalog())} tables: read_csv {median(plain):.3f} s, load {median(loaded):.3f} s")
    print(f"ratio {ratio:.2f} (at most {AT_MOST:g}); first time, with every check: {first / median(plain):.1f}")
    if ratio > AT_MOST or not quick:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
