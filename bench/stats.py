"""Speed of the estimators, as ratios measured in one run.

By hand: ``python bench/stats.py [--draws N] [NAME ...]``. Each benchmark is a function that takes the number of draws
and gives a ``Result``; ``BENCHMARKS`` lists them by name. Linear algebra runs on one thread for both sides: threads on
a busy machine would measure the machine.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(library, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from jpresearch.stats.events import Window, event_study  # noqa: E402

WEEKS = 760


@dataclass(frozen=True)
class Result:
    """What a benchmark found: the measured figure, whether it keeps the promise, and the parts in words."""

    figure: str
    promise: str
    kept: bool
    detail: str


def event_placebos(_: int) -> Result:
    """An event study of the weeks of largest selling: two factors, 5,000 placebo sets and as many bootstrap samples."""
    frame, placebos = _market(), 5_000
    selling = frame.index[frame["flow"] <= frame["flow"].quantile(0.1)]
    started = time.perf_counter()
    study = event_study(
        frame["return"],
        frame[["currency", "abroad"]],
        events=selling,
        window=Window(before=1, after=4, estimation=104, gap=4),
        draws=placebos,
    )
    seconds = time.perf_counter() - started
    return Result(
        figure=f"{seconds:.2f} s",
        promise="under 1 s on two cores",
        kept=seconds < 1,
        detail=f"{placebos} placebo sets and {placebos} stationary-bootstrap samples, {len(selling)} events in "
        f"{study.events} episodes, {WEEKS} weeks; the first call of the process",
    )


BENCHMARKS: dict[str, Callable[[int], Result]] = {
    "events": event_placebos,
}


def _market() -> pd.DataFrame:
    """Weekly flow, return, currency and factor abroad, of ordinary persistence."""
    draw = np.random.default_rng(0).standard_normal((WEEKS, 4))
    draw[:, 1] += 0.5 * draw[:, 0] + 0.6 * draw[:, 3]
    values = draw.copy()
    for week in range(1, WEEKS):
        values[week, 0] += 0.4 * values[week - 1, 0] + 0.2 * values[week - 1, 1]
    weeks = pd.date_range("2011-01-07", periods=WEEKS, freq="W-FRI")
    return pd.DataFrame(values, index=weeks, columns=["flow", "return", "currency", "abroad"])


def main() -> int:
    """Run the benchmarks named, or all; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; none is all")
    parser.add_argument("--draws", type=int, default=2_000, help="bootstrap draws (2000)")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    kept = True
    for name in chosen.names or BENCHMARKS:
        result = BENCHMARKS[name](chosen.draws)
        kept &= result.kept
        print(f"{name}: {result.figure} (promised: {result.promise}) {'kept' if result.kept else 'NOT KEPT'}")
        print(f"    {result.detail}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
