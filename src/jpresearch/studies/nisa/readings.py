"""Published NISA figures with the bounds that their rounding leaves, and what each of them counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval

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
