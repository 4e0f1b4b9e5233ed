"""Cost of loading every table: `python -m bench.tables` from the root of the repository.

Against a plain ``pandas.read_csv`` of the same files, in turns in one process: first with nothing kept from an earlier
check, then as every later process finds it. The tables read before are forgotten each time.
"""

from __future__ import annotations

import os
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


def main() -> None:
    """Prints both costs and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JPRESEARCH_CACHE"] = folder
        sessions()
        read_all()
        first = seconds(load_all)
        plain, loaded = zip(*((seconds(read_all), seconds(load_all)) for _ in range(ROUNDS)), strict=True)
    ratio = median(mine / theirs for mine, theirs in zip(loaded, plain, strict=True))
    print(f"{len(catalog.catalog())} tables: read_csv {median(plain):.3f} s, load {median(loaded):.3f} s")
    print(f"ratio {ratio:.2f} (at most {AT_MOST:g}); first time, with every check: {first / median(plain):.1f}")
    if ratio > AT_MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
