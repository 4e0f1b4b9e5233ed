"""Published NISA figures with the bounds of their rounding, and what the totals say together about purchases.

The figures are few, rounded, and of several kinds: totals since the scheme began, totals of a year, totals of a year so
far. Each bounds the difference of the cumulative total at two dates. A set of such bounds is a system of difference
constraints: the tightest bound on any difference is a shortest path (Cormen and others, Introduction to Algorithms, the
chapter on shortest paths), and a set of figures that cannot all be true shows as a negative cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import InsufficientData
from jpresearch.stats.rounding import Interval

# Accounts could buy from this day; the total of purchases before it is nil.
SCHEME_START: Final = pd.Timestamp("2014-01-01")
TOLERANCE: Final = 1e-9
CUMULATIVE: Final = "purchases_cumulative"
SURVEY: Final = "fsa"
# The parts of a total are printed to the decimals of the total, so 5.0 beside 17.4 and 12.4 is a figure to one decimal.
# A number read from CSV does not say so by itself: it would pass for a rounded 5.
FAMILIES: Final = ("purchases_year", "purchases_ytd", "purchases_cumulative")
PARTS: Final = ("", "_growth", "_tsumitate", "_general", "_tsumitate_old", "_investment_trusts")
# The coarsest step that a figure is taken to be rounded to: a whole unit, for accounts a million.
COARSEST: Final = {"accounts": 6}
ROUGH: Final = ("rounded", "approx")


def figures(usage: pd.DataFrame) -> pd.DataFrame:
    """The FSA figures of ``nisa_usage`` with the bounds of the number behind each.

    A printed 17.4 stands for anything from 17.35 to 17.45. Trailing zeros count as rounded away, so that a figure
    which ends in zeros by chance gets bounds that are too wide, never too narrow; parts of one total share its
    decimals unless their note calls them rounded.

    Returns
    -------
    The rows of the table (values in their ``unit``: accounts or JPY tn) with ``low``, ``high`` and ``counts``:
    ``incl_junior`` where note or metric say that junior accounts are in, else ``excl_junior``.
    """
    frame = usage[usage["survey"] == SURVEY].reset_index(drop=True)
    steps = _shared_steps(frame, printed_steps(frame))
    half = pd.Series([0.5 * 10.0**step for step in steps], index=frame.index, dtype="float64")
    junior = frame["metric"].str.contains("incl_junior") | _noted(frame, "incl. junior")
    counts = junior.map({True: "incl_junior", False: "excl_junior"})
    return frame.assign(low=frame["value"] - half, high=frame["value"] + half, counts=counts)


def printed_steps(frame: pd.DataFrame) -> pd.Series:
    """For each row the power of ten that its ``value`` is printed to, never more than ``COARSEST`` of its ``unit``."""
    limits = frame["unit"].map(COARSEST).fillna(0).astype("int64")
    steps = [min(_step(value), int(limit)) for value, limit in zip(frame["value"], limits, strict=True)]
    return pd.Series(steps, index=frame.index, dtype="int64")


def _step(value: float) -> int:
    """The power of ten of the last digit that is not zero; none for zero itself, which every step divides."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return int(exponent) if value else 99


def _shared_steps(frame: pd.DataFrame, steps: pd.Series) -> pd.Series:
    family = frame["metric"].map(_family)
    exact = family.notna() & ~_noted(frame, *ROUGH)
    groups = [frame["period_end"][exact], family[exact], frame["source"][exact]]
    finest = steps[exact].groupby(groups).transform("min")
    return steps.where(~exact, finest.reindex(steps.index)).astype("int64")


def _family(metric: str) -> str | None:
    """The total that a metric is part of; ``None`` for a metric of no family."""
    return next((total for total in FAMILIES for part in PARTS if metric == f"{total}{part}"), None)


def _noted(frame: pd.DataFrame, *words: str) -> pd.Series:
    notes = frame["note"].fillna("").str.lower()
    return notes.apply(lambda note: any(word in note for word in words)).astype(bool)


def accounts(known: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """Counts of accounts that have been published, in millions, side by side and never joined.

    Returns a frame by ``period_end`` from ``start`` with columns ``accounts_total`` (without junior accounts) and,
    where such figures exist, ``accounts_incl_junior`` and ``accounts_total_by_age_table``. Quarter ends without a
    figure are rows without a value: a gap of years is not bridged.
    """
    wanted = ["accounts_total", "accounts_incl_junior", "accounts_total_by_age_table"]
    rows = known[known["metric"].isin(wanted) & (known["period_end"] >= start)]
    wide = rows.pivot_table(index="period_end", columns="metric", values="value", aggfunc="last") / 1e6
    quarters = pd.date_range(wide.index.min(), wide.index.max(), freq="QE") if len(wide) else wide.index
    return wide.reindex(index=wide.index.union(quarters), columns=[name for name in wanted if name in wide])


def bounds(row: pd.Series) -> Interval:
    """The bounds of one figure."""
    return Interval(float(row["low"]), float(row["high"]))


def newest(known: pd.DataFrame, metric: str) -> pd.Series | None:
    """The newest row of ``metric``, or ``None`` where there is no figure."""
    rows = known[known["metric"] == metric]
    return None if rows.empty else rows.sort_values("period_end").iloc[-1]


def at(known: pd.DataFrame, metric: str, period_end: pd.Timestamp) -> pd.Series | None:
    """The row of ``metric`` for ``period_end``, or ``None``."""
    rows = known[(known["metric"] == metric) & (known["period_end"] == period_end)]
    return None if rows.empty else rows.iloc[0]


@dataclass(frozen=True)
class Totals:
    """Cumulative gross purchases, JPY tn, bounded at each date for which a figure exists.

    ``reach[i, j]`` is the most that the total can have grown from ``dates[i]`` to ``dates[j]``; ``left_out`` holds the
    figures that contradict the others and were not used.
    """

    dates: pd.DatetimeIndex
    reach: NDArray[np.float64]
    left_out: pd.DataFrame

    def between(self, first: pd.Timestamp, last: pd.Timestamp) -> Interval | None:
        """Purchases after ``first`` up to ``last``, JPY tn; ``None`` where nothing bounds them from above.

        Raises ``InsufficientData`` for a date without a figure.
        """
        low, high = self.ends(first, last)
        return Interval(min(low, high), high) if np.isfinite(high) else None

    def ends(self, first: pd.Timestamp, last: pd.Timestamp) -> tuple[float, float]:
        """The least and the most of ``between``; the most may be infinite."""
        i, j = self._place(first), self._place(last)
        return 0.0 - float(self.reach[j, i]), float(self.reach[i, j])

    def _place(self, date: pd.Timestamp) -> int:
        if date not in self.dates:
            raise InsufficientData(f"no figure stands for {date.date()}", "nisa_usage")
        return int(self.dates.get_indexer(pd.DatetimeIndex([date]))[0])


def bounded(known: pd.DataFrame) -> Totals:
    """The totals that the figures in ``known`` (rows as ``figures`` gives them) bound together.

    Totals count accounts without junior ones; a total that includes them bounds the other from above and is used for
    nothing else, so that no difference mixes the two. The conflicting ``_alt`` total is never used. Figures come in
    from the most precise to the least, and one that contradicts those before it is left out and listed.
    """
    growths = _growths(known).sort_values(["width", "last"], kind="stable").reset_index(drop=True)
    dates = pd.DatetimeIndex(sorted({SCHEME_START - pd.Timedelta(days=1), *growths["first"], *growths["last"]}))
    reach = _nothing_sold_back(len(dates))
    firsts, lasts = (dates.get_indexer(pd.DatetimeIndex(growths[name])) for name in ("first", "last"))
    ends = growths[["low", "high"]].to_numpy(dtype="float64")
    used = [_take_in(reach, int(i), int(j), low, high) for i, j, (low, high) in zip(firsts, lasts, ends, strict=True)]
    return Totals(dates, reach, growths[~np.array(used, dtype=bool)])


def _take_in(reach: NDArray[np.float64], i: int, j: int, low: float, high: float) -> bool:
    """Take in that the total grew by ``low`` to ``high`` from date ``i`` to date ``j``; refuse what cannot be true."""
    if low > reach[i, j] + TOLERANCE or high < -reach[j, i] - TOLERANCE:
        return False
    _tighten(reach, i, j, high)
    _tighten(reach, j, i, -low)
    return True


def _growths(known: pd.DataFrame) -> pd.DataFrame:
    """One row per usable figure: the total grew from ``first`` to ``last`` by ``low`` to ``high``."""
    totals = known[known["metric"] == CUMULATIVE]
    junior = totals["counts"] == "incl_junior"
    since = totals.assign(low=totals["low"].where(~junior, -np.inf))
    columns = ["metric", "period_start", "period_end", "low", "high"]
    flows = [_flows(known, total)[columns] for total in ("purchases_year", "purchases_ytd")]
    growths = pd.concat([since[columns], *flows], ignore_index=True)
    return pd.DataFrame(
        {
            "metric": growths["metric"],
            "first": growths["period_start"] - pd.Timedelta(days=1),
            "last": growths["period_end"],
            "low": growths["low"],
            "high": growths["high"],
            "width": growths["high"] - growths["low"],
        }
    )


def _flows(known: pd.DataFrame, total: str) -> pd.DataFrame:
    """Purchases of a year, or of a year so far: as printed, and as the sum of the two quotas where both are printed."""
    period = ["period_start", "period_end"]
    printed = known[known["metric"] == total]
    quotas = known[known["metric"].isin([f"{total}_growth", f"{total}_tsumitate"])].groupby(period)
    summed = quotas[["low", "high"]].sum()[quotas.size() == 2].reset_index()
    return pd.concat([printed, summed.assign(metric=f"{total}: growth + tsumitate")], ignore_index=True)


def _nothing_sold_back(size: int) -> NDArray[np.float64]:
    """The bounds before any figure: gross purchases never fall, and may rise without limit."""
    places = np.arange(size)
    return np.where(places[:, None] >= places[None, :], 0.0, np.inf)


def _tighten(reach: NDArray[np.float64], i: int, j: int, most: float) -> None:
    """Take in that the total grew by at most ``most`` from date ``i`` to date ``j``, and all that follows from it."""
    np.minimum(reach, reach[:, [i]] + most + reach[[j], :], out=reach)
