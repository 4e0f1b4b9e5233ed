"""Later relative returns on valuation, as a panel over the names: what was known at a month's end, what came after.

Nothing here looks ahead. A month's signal uses the closes and disclosures of its last session and before; the return
runs from the close of the *next* session, when both could be acted on. A month whose next session is not there yet is
left out, so that cutting off the future changes no row that remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.panel import driscoll_kraay
from jpresearch.studies.phrasing import counted, number
from jpresearch.studies.semiconductors.inputs import Inputs
from jpresearch.studies.semiconductors.moves import basket_index
from jpresearch.studies.semiconductors.valuation import LEAST_NAMES, OwnPast, Valuation

HORIZONS: Final = (1, 3, 6, 12)
"""Months ahead."""

LEAST_WINDOWS: Final = 3
"""Windows that must fit side by side before a regression over them is run; fewer give intervals that mean nothing."""

FEWEST_MONTHS: Final = 12

OWN_PAST: Final = "own past"
RELATIVE: Final = "relative multiple"
RELATIVE_POOLED: Final = "relative multiple, one constant"
READINGS: Final = {
    OWN_PAST: "robust z of dearness in the own past so far; one constant for all names, nothing later enters",
    RELATIVE: "log price over earnings less Prime's of the month before, profits only; a constant per name",
    RELATIVE_POOLED: "the same; one constant for all names",
}
SIGNAL: Final = "dearness"


@dataclass(frozen=True)
class Sample:
    """Signals and what came after them, complete months x codes; the index is the last session of each month.

    Attributes
    ----------
    level : log price over TOPIX, times 100, at the close of the session after each month's last.
    signals : dearness by reading of ``READINGS``, known at the end of the month's last session; high is dear.
    basket : ``dearness`` (minus the median trailing earnings yield, percent; missing with fewer than three names) and
        ``returns`` (log return relative to TOPIX since the month before, times 100, equal weights), by month.
    """

    level: pd.DataFrame
    signals: dict[str, pd.DataFrame]
    basket: pd.DataFrame

    def after(self, horizon: int) -> pd.DataFrame:
        """Log return relative to TOPIX over the ``horizon`` months after each month, times 100; missing if not over."""
        return self.level.shift(-horizon) - self.level


def sample_of(valuation: Valuation, past: OwnPast, inputs: Inputs) -> Sample:
    """Pair each complete month's signals with the levels at which they could be acted on."""
    days = pd.DatetimeIndex(inputs.close.index)
    yields = valuation.monthly(valuation.trailing_yield)
    following = days.get_indexer(pd.DatetimeIndex(yields.index)) + 1
    ends = pd.DatetimeIndex(yields.index[following < len(days)])
    entries = days[following[following < len(days)]]
    topix = pd.Series(np.log(inputs.topix.reindex(days, method="ffill").loc[entries].set_axis(ends)))
    basket = pd.Series(np.log(basket_index(inputs.close).loc[entries].set_axis(ends))) - topix
    known = yields.loc[ends]
    enough = known.count(axis=1) >= LEAST_NAMES
    multiple = relative_multiple(known, inputs.prime_pe)
    return Sample(
        level=100.0 * pd.DataFrame(np.log(inputs.close.loc[entries].set_axis(ends))).sub(topix, axis=0),
        signals={OWN_PAST: past.z.reindex(ends), RELATIVE: multiple, RELATIVE_POOLED: multiple},
        basket=pd.DataFrame({SIGNAL: -known.median(axis=1).where(enough), "returns": 100.0 * basket.diff()}),
    )


def relative_multiple(yields: pd.DataFrame, prime_pe: pd.Series[float] | None) -> pd.DataFrame:
    """Log price over trailing earnings less that of Prime at the end of the month *before*, which is public by then.

    ``yields`` in percent, months x codes. Missing for losses, where Prime's has not been published, or ended.
    """
    multiples = pd.DataFrame(np.log(100.0 / yields.where(yields > 0.0)))
    if prime_pe is None:
        return multiples * np.nan
    months = pd.DatetimeIndex(yields.index).to_period("M") - 1
    prime = prime_pe.set_axis(pd.DatetimeIndex(prime_pe.index).to_period("M")).reindex(months)
    return multiples.sub(np.log(prime.to_numpy()), axis=0)


def panel_estimates(sample: Sample) -> pd.DataFrame:
    """The slope of the later relative return on each reading of dearness, by (``reading``, ``horizon``).

    Returns
    -------
    Frame with ``estimate``, ``low``, ``high`` (log points over the horizon for dearness higher by one standard
    deviation; 95 % interval of Driscoll and Kraay's errors under fixed-b), ``p_value``, ``backward_p`` (see
    ``_backward_p``), ``rows``, ``months``, ``names``, ``windows`` (months over horizon: what fits side by side),
    ``independent`` (see ``independent``), ``first`` and ``last`` month, ``lags``, and ``remark``: why there is no
    estimate, or empty.
    """
    rows = {(reading, horizon): _estimate(sample, reading, horizon) for reading in READINGS for horizon in HORIZONS}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["reading", "horizon"])


def _estimate(sample: Sample, reading: str, horizon: int) -> dict[str, Any]:
    pairs = _stacked({"later": sample.after(horizon), SIGNAL: sample.signals[reading]})
    found: dict[str, Any] = dict.fromkeys(["estimate", "low", "high", "p_value", "backward_p", "lags"], np.nan)
    found |= _counts(pairs, sample, horizon) | {"remark": _too_few(pairs, horizon)}
    if found["remark"]:
        return found
    own = reading == RELATIVE
    try:
        fit = driscoll_kraay(pairs["later"], pairs[SIGNAL], horizon=horizon, entity_effects=own, fixed_b=True)
    except StatsError as error:
        return found | {"remark": error.what}
    slope, scale = fit.estimate(SIGNAL), _deviation(pairs[SIGNAL], own)
    values = {"estimate": slope.value, "low": slope.low, "high": slope.high}
    found |= {name: value * scale for name, value in values.items()}
    return found | {
        "p_value": float(fit.p_values[SIGNAL]),
        "backward_p": _backward_p(sample, reading, horizon),
        "lags": fit.lags,
    }


def _stacked(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The frames as columns by (code, month), sorted, complete rows alone."""
    columns = {
        name: pd.concat({str(code): frame[code] for code in frame}, names=["code", "month"])
        for name, frame in frames.items()
    }
    return pd.DataFrame(columns).dropna().sort_index()


def _deviation(signal: pd.Series[float], own: bool) -> float:
    """The standard deviation of the signal, around each name's mean where it has a constant of its own."""
    means = signal.groupby(level=0).transform("mean") if own else signal.mean()
    return float(np.sqrt(((signal - means) ** 2).mean()))


def _backward_p(sample: Sample, reading: str, horizon: int) -> float:
    """The p-value of next month's return on the sum of the signal over the ``horizon`` months up to now.

    Under the null it is the same covariance as that of the summed returns with the signal (Hodrick, RFS 5, 1992, on
    Jegadeesh, JF 46, 1991), but returns do not overlap, so that no autocorrelation has to be estimated for them.
    Missing where fewer months are left than for the other.
    """
    sums = sample.signals[reading].rolling(horizon, min_periods=horizon).sum()
    pairs = _stacked({"later": sample.after(1), SIGNAL: sums})
    if _too_few(pairs, horizon):
        return float("nan")
    try:
        fit = driscoll_kraay(pairs["later"], pairs[SIGNAL], entity_effects=reading == RELATIVE, fixed_b=True)
    except StatsError:
        return float("nan")
    return float(fit.p_values[SIGNAL])


def _counts(pairs: pd.DataFrame, sample: Sample, horizon: int) -> dict[str, Any]:
    months = pairs.index.unique(1)
    held = sample.level.diff().reindex(months)[list(pairs.index.unique(0))]
    return {
        "rows": len(pairs),
        "months": len(months),
        "names": len(pairs.index.unique(0)),
        "windows": len(months) / horizon,
        "independent": independent(held, len(pairs), horizon),
        "first": months.min() if len(months) else pd.NaT,
        "last": months.max() if len(months) else pd.NaT,
    }


def independent(returns: pd.DataFrame, rows: int, horizon: int) -> float:
    """About how many independent observations ``rows`` name-months are worth.

    Windows that fit side by side, times the names of an average month counted by what they have in common: n names
    whose monthly ``returns`` (months x codes) correlate by r on average are worth n / (1 + (n - 1) r), the design
    effect of Kish ("Survey Sampling", 1965).
    """
    months = len(returns)
    if not rows or not months:
        return 0.0
    pairwise = returns.corr(min_periods=FEWEST_MONTHS).to_numpy()
    shared = float(np.nan_to_num(np.nanmean(pairwise[np.triu_indices(len(pairwise), 1)]))) if _any(pairwise) else 0.0
    per_month = rows / months
    return months / horizon * per_month / (1.0 + max(per_month - 1.0, 0.0) * max(shared, 0.0))


def _any(correlations: Any) -> bool:
    """Whether any pair of different names has a correlation."""
    return bool(np.isfinite(correlations[np.triu_indices(len(correlations), 1)]).any())


def _too_few(pairs: pd.DataFrame, horizon: int) -> str:
    """Why there are too few months or names for an estimate; empty where there are enough."""
    months, names = len(pairs.index.unique(1)), len(pairs.index.unique(0))
    needed = max(FEWEST_MONTHS, LEAST_WINDOWS * horizon)
    if months < needed:
        windows = f", {number(months / horizon)} windows side by side" if horizon > 1 else ""
        return f"{counted(months, 'month')}{windows}; {needed} months are needed"
    return f"{counted(names, 'name')}; {LEAST_NAMES} are needed" if names < LEAST_NAMES else ""
