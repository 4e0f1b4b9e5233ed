"""Block bootstraps of dependent observations, all draws at once.

Three ways to draw rows of a series of ``n`` observations so that neighbours stay together:

- ``stationary``: blocks of random, geometric length around the circle (Politis and Romano, "The Stationary Bootstrap",
  JASA 89, 1994);
- ``moving``: overlapping blocks of one length (Kuensch, "The Jackknife and the Bootstrap for General Stationary
  Observations", Annals of Statistics 17, 1989);
- ``circular``: the same around the circle, so that every row is drawn equally often (Politis and Romano, 1992).

arch's bootstraps draw one sample at a time; here the row numbers of all draws are one array, so that a statistic
written with numpy runs over all of them in one call. The block length is arch's (Politis and White, 2004; Patton,
Politis and White, 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from arch.bootstrap import optimal_block_length
from numpy.typing import NDArray

from jpresearch.errors import StatsError
from jpresearch.say import Estimate
from jpresearch.stats.batched import FloatArray, checked_frame
from jpresearch.stats.inputs import as_frame, check_confidence

Kind = Literal["stationary", "moving", "circular"]
Statistic = Callable[[FloatArray], FloatArray]

DRAWS: Final = 1999
"""Draws by default: with 1,999 the 2.5 % and 97.5 % quantiles are order statistics."""
FEWEST_DRAWS: Final = 99
FEWEST_ROWS: Final = 8
CHUNK_BYTES: Final = 64_000_000


@dataclass(frozen=True)
class Bootstrap:
    """Statistics of the sample and of its bootstrap draws.

    Attributes
    ----------
    estimate : series by name of the statistic, in the statistic's own unit.
    draws : frame, one row per draw, columns as ``estimate``.
    kind, block : how rows were drawn, and the (mean) length of a block in periods.
    first, last, observations : the sample.
    """

    estimate: pd.Series[float]
    draws: pd.DataFrame
    kind: Kind
    block: float
    first: Any
    last: Any
    observations: int
    seed: int
    confidence: float
    method: str

    @property
    def std_error(self) -> pd.Series[float]:
        """The standard deviation of the draws."""
        return self.draws.std(ddof=1)

    def interval(self) -> pd.DataFrame:
        """The equal-tailed percentile interval: columns ``low`` and ``high`` by name."""
        tail = (1 - self.confidence) / 2
        ends = self.draws.quantile([tail, 1 - tail])
        return pd.DataFrame({"low": ends.iloc[0], "high": ends.iloc[1]})

    def p_values(self, null: float = 0.0) -> pd.Series[float]:
        """Two-sided p-values of ``estimate == null``, from draws centred on the estimate; never zero."""
        moved = (self.draws - self.estimate).abs() >= (self.estimate - null).abs()
        return (1.0 + moved.sum()) / (1.0 + len(self.draws))

    def __getitem__(self, name: str) -> Estimate:
        """The statistic called ``name``. Raises ``StatsError`` on an unknown name."""
        if name not in self.estimate.index:
            raise StatsError(f"no statistic called {name!r}", "bootstrap", ", ".join(map(str, self.estimate.index)))
        low, high = (float(end) for end in self.interval().loc[name].to_numpy())
        value = float(self.estimate[name])
        # A percentile interval of a skewed statistic may just miss its own estimate.
        return Estimate(
            value,
            min(low, value),
            max(high, value),
            float(self.p_values()[name]),
            n=self.observations,
            first=self.first,
            last=self.last,
            method=self.method,
            confidence=self.confidence,
            std_error=float(self.std_error[name]),
        )

    def table(self) -> pd.DataFrame:
        """One row per statistic: estimate, std_error, low, high, p_value (of zero)."""
        frame = pd.DataFrame({"estimate": self.estimate, "std_error": self.std_error}).join(self.interval())
        return frame.assign(p_value=self.p_values()).rename_axis("statistic")


def block_length(data: pd.Series[Any] | pd.DataFrame, kind: Kind = "stationary") -> float:
    """The automatic block length in periods: the largest that any column asks for, from 1 to a third of the sample.

    Politis and White (2004) with the correction of Patton, Politis and White (2009), as arch computes it; ``moving``
    blocks take the length of ``circular`` ones, to which they are equal in the limit. Whole numbers except for
    ``stationary``, where it is the mean length.

    Raises
    ------
    StatsError : unknown kind, a column without variation, missing or infinite values, an index unsorted or repeated.
    """
    _check_kind(kind)
    values = _frame(data, "block_length").to_numpy()
    found = optimal_block_length(values)["stationary" if kind == "stationary" else "circular"].max()
    bounded = min(max(float(found), 1.0), len(values) / 3)
    return bounded if kind == "stationary" else float(ceil(bounded))


def block_rows(observations: int, *, kind: Kind, block: float, draws: int, seed: int) -> NDArray[np.intp]:
    """Row numbers of every draw, an array of shape (draws, observations).

    Parameters
    ----------
    block : mean length of a block for ``stationary``, whole length otherwise; from 1 to ``observations``.

    Raises
    ------
    StatsError : unknown kind, block out of range or not whole, too few draws or observations.
    """
    _check_kind(kind)
    check_draws(draws, "block_rows")
    if observations < 2:
        raise StatsError(f"{observations} observations are too few", "block_rows")
    if not 1 <= block <= observations:
        raise StatsError(f"a block must have from 1 to {observations} periods, not {block}", "block_rows")
    if kind != "stationary" and block != int(block):
        raise StatsError(f"a block of fixed length must be a whole number of periods, not {block}", "block_rows")
    generator = np.random.default_rng(seed)
    if kind == "stationary":
        return _stationary(observations, block, draws, generator)
    return _fixed(observations, int(block), draws, generator, around=kind == "circular")


def block_bootstrap(
    data: pd.Series[Any] | pd.DataFrame,
    statistic: Statistic,
    *,
    names: Sequence[str],
    kind: Kind = "stationary",
    block: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Bootstrap:
    """Bootstrap a statistic of dependent rows.

    Parameters
    ----------
    data : one row per period, in time order, no value missing.
    statistic : takes an array of shape (samples, rows, columns) and gives one of shape (samples, len(names)).
    names : what the statistic's columns are called.
    block : (mean) block length; ``None`` is ``block_length(data, kind)``.

    Raises
    ------
    StatsError : input as for ``block_length`` and ``block_rows``; a statistic of another shape or not finite.
    """
    check_confidence(confidence, "block_bootstrap")
    frame = _frame(data, "block_bootstrap")
    values = frame.to_numpy()
    length = block_length(frame, kind) if block is None else block
    rows = block_rows(len(values), kind=kind, block=length, draws=draws, seed=seed)
    estimate = _evaluated(statistic, values[None], len(names))[0]
    size = max(1, CHUNK_BYTES // values.nbytes)
    parts = [_evaluated(statistic, values[rows[at : at + size]], len(names)) for at in range(0, draws, size)]
    rule = "automatic" if block is None else "as asked"
    return Bootstrap(
        estimate=pd.Series(estimate, index=list(names), name="estimate"),
        draws=pd.DataFrame(np.concatenate(parts), columns=list(names)),
        kind=kind,
        block=float(length),
        first=frame.index[0],
        last=frame.index[-1],
        observations=len(frame),
        seed=seed,
        confidence=confidence,
        method=f"{kind} block bootstrap, blocks of {length:.1f} periods ({rule}), {draws} draws, seed {seed}, "
        f"percentile intervals at {confidence:.0%}",
    )


def check_draws(draws: int, where: str) -> None:
    """Raise ``StatsError`` where there are too few draws for a quantile."""
    if draws < FEWEST_DRAWS:
        raise StatsError(f"{draws} draws are too few", where, f"At least {FEWEST_DRAWS}; the default is {DRAWS}.")


def _check_kind(kind: str) -> None:
    if kind not in get_args(Kind):
        raise StatsError(f"no bootstrap called {kind!r}", "bootstrap", f"Allowed: {', '.join(get_args(Kind))}.")


def _frame(data: pd.Series[Any] | pd.DataFrame, where: str) -> pd.DataFrame:
    return checked_frame(as_frame(data, where), where, rows=FEWEST_ROWS)


def _stationary(observations: int, block: float, draws: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """A row starts a new block with probability 1 / block, else follows the row before (Politis and Romano, 1994)."""
    opens = generator.random((draws, observations)) < 1.0 / block
    opens[:, 0] = True
    starts = generator.integers(observations, size=(draws, observations))
    steps = np.arange(observations)
    opened = np.maximum.accumulate(np.where(opens, steps, 0), axis=1)
    return (np.take_along_axis(starts, opened, axis=1) + steps - opened) % observations


def _fixed(
    observations: int, block: int, draws: int, generator: np.random.Generator, *, around: bool
) -> NDArray[np.intp]:
    last_start = observations if around else observations - block + 1
    starts = generator.integers(last_start, size=(draws, ceil(observations / block)))
    rows = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :observations]
    return rows % observations


def _evaluated(statistic: Statistic, samples: FloatArray, columns: int) -> FloatArray:
    result = np.asarray(statistic(samples), dtype="float64")
    if result.shape != (len(samples), columns):
        raise StatsError(
            f"the statistic gave the shape {result.shape}, not {(len(samples), columns)}", "block_bootstrap"
        )
    if not np.isfinite(result).all():
        raise StatsError("the statistic is not finite in every draw", "block_bootstrap")
    return result
