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
from typing import TypeVar

for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(library, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import ruptures  # noqa: E402
import statsmodels.api as sm  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from jpresearch.stats.bai_perron import bai_perron  # noqa: E402
from jpresearch.stats.batched import standardised  # noqa: E402
from jpresearch.stats.events import Window, event_study  # noqa: E402
from jpresearch.stats.projection_bootstrap import bootstrap_projection  # noqa: E402
from jpresearch.stats.projections import Plan, local_projection  # noqa: E402
from jpresearch.stats.residual_bootstrap import fitted_world, samples  # noqa: E402

WEEKS = 760
Found = TypeVar("Found")


@dataclass(frozen=True)
class Result:
    """What a benchmark found: the measured figure, whether it keeps the promise, and the parts in words."""

    figure: str
    promise: str
    kept: bool
    detail: str


def local_projection_draws(draws: int) -> Result:
    """Lag-augmented local projections of bootstrap samples, against a loop of statsmodels fits of the same samples.

    Our side simulates the samples as well; the loop is given them. Both give points and HC1 errors.
    """
    frame, plan = _market(), Plan("return", "flow", given=("abroad",), lags=4, horizons=26)
    projection = local_projection(frame, plan)
    started = time.perf_counter()
    drawn = bootstrap_projection(projection, draws=draws, seed=1)
    ours = time.perf_counter() - started

    standard = standardised(frame.to_numpy())
    world, _ = fitted_world(standard.values, plan.lags)
    given = [chunk * standard.scale for chunk in samples(world, kind="moving", block=None, draws=draws, seed=1)]
    paths = np.concatenate(given)
    started = time.perf_counter()
    looped = [_fitted_one_by_one(path, plan) for path in paths]
    theirs = time.perf_counter() - started

    points, errors = (np.array([one[part] for one in looped]) for part in (0, 1))
    largest = np.abs(points).max()
    gap = max(np.abs(drawn.estimates - points).max(), np.abs(np.sqrt(drawn.variances) - errors).max()) / largest
    ratio = theirs / ours
    return Result(
        figure=f"{ratio:.0f} times faster, equal to {gap:.0e}",
        promise="at least 20 times faster than a loop of statsmodels OLS fits, equal to 1e-8",
        kept=bool(ratio >= 20 and gap <= 1e-8),
        detail=f"{draws} draws, {plan.horizons + 1} horizons, {WEEKS} weeks: {ours:.2f} s against {theirs:.1f} s for "
        f"{draws * (plan.horizons + 1)} fits",
    )


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


def bai_perron_partition(_: int) -> Result:
    """Five breaks of a mean with tests and intervals, against the exact partition alone by ruptures."""
    draw = np.random.default_rng(1).standard_normal(WEEKS)
    y = draw + np.repeat([0.0, 1.0, -0.5, 1.5, 0.0, 1.0], [127, 127, 127, 127, 126, 126])
    ours, found = _best_of(5, lambda: bai_perron(pd.Series(y), trim=0.15, most=5).positions(5))
    theirs, cut = _best_of(5, lambda: ruptures.Dynp(model="l2", min_size=114, jump=1).fit(y).predict(5)[:-1])
    return Result(
        figure=f"{theirs / ours:.1f} times faster, breaks {'equal' if list(found) == cut else 'NOT EQUAL'}",
        promise="no slower than ruptures.Dynp, same breaks",
        kept=bool(ours <= theirs and list(found) == cut),
        detail=f"{WEEKS} points, 5 breaks, shortest segment 114: {ours * 1e3:.0f} ms with tests and intervals against "
        f"{theirs * 1e3:.0f} ms (exact, jump=1), best of 5 each",
    )


BENCHMARKS: dict[str, Callable[[int], Result]] = {
    "local-projection": local_projection_draws,
    "events": event_placebos,
    "bai-perron": bai_perron_partition,
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


def _best_of(times: int, call: Callable[[], Found]) -> tuple[float, Found]:
    """The shortest time in seconds of so many calls, and what the last gave."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - started)
    return min(seconds), result


def _fitted_one_by_one(path: NDArray[np.float64], plan: Plan) -> tuple[list[float], list[float]]:
    """Points and HC1 errors of every horizon by statsmodels."""
    lags, rows = plan.all_lags, len(path) - plan.all_lags
    past = [path[lags - lag : len(path) - lag] for lag in range(1, lags + 1)]
    design = np.column_stack([path[lags:, 0], path[lags:, 3], np.ones(rows), *past])
    price = np.concatenate([[0.0], path[:, 1].cumsum()])
    points, errors = [], []
    for horizon in range(plan.horizons + 1):
        outcome = price[lags + horizon + 1 :] - price[lags : len(price) - horizon - 1]
        fit = sm.OLS(outcome, design[: rows - horizon]).fit(cov_type="HC1")
        points.append(fit.params[0])
        errors.append(fit.bse[0])
    return points, errors


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
