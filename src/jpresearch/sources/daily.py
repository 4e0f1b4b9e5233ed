"""Rows of ``market_daily`` and ``short_rates``: one value a day of one series, checked for order, range and leaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.sources.model import LINE, SourceError, place

TABLE: Final = "market_daily"
RATES: Final = "short_rates"
# The table begins in 2001, and the calendar behind the release rules in 2000: what is older is left out.
FIRST_DAY: Final = pd.Timestamp("2001-01-01")
# Values further apart are not set against each other: in between the series was not stated.
NEIGHBOURS: Final = pd.Timedelta(days=14)


@dataclass(frozen=True)
class Bounds:
    """What a series can be: its range, and the largest change from one day to the next.

    Attributes
    ----------
    low, high : limits of a value.
    leap : largest change between neighbouring days; a share of the earlier value where ``relative``.
    weekends : whether Saturdays and Sundays may have a value.
    """

    low: float
    high: float
    leap: float
    relative: bool = True
    weekends: bool = False


def market_rows(
    series: str,
    days: Sequence[date],
    values: Sequence[float],
    bounds: Bounds,
    file: str,
    lines: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Rows of one series from 2001: ``series``, ``period_end``, ``period_start``, ``value``, with lines also ``LINE``.

    Raises
    ------
    SourceError : days out of order or at a weekend, a value out of range, or a leap that no market made.
    """
    ends = pd.Series(pd.to_datetime(pd.Series(list(days), dtype="object")), dtype="datetime64[us]")
    rows = pd.DataFrame({"series": series, "period_end": ends, "period_start": ends})
    rows = rows.assign(value=np.asarray(values, dtype="float64")).astype({"series": "str"})
    if lines is not None:
        rows[LINE] = np.asarray(lines)
    in_order = ends.diff().iloc[1:] > pd.Timedelta(0)
    _refuse(~in_order, rows, f"{series} has its days out of order or twice", file)
    rows = rows[rows["period_end"] >= FIRST_DAY].reset_index(drop=True)
    ends, figures = rows["period_end"], rows["value"]
    if not bounds.weekends:
        _refuse(ends.dt.day_of_week >= 5, rows, f"{series} has a value at a weekend", file)
    outside = ~figures.between(bounds.low, bounds.high)
    _refuse(outside, rows, f"{series} is outside {bounds.low:g} to {bounds.high:g}: another unit or series?", file)
    before = figures.shift()
    leap = (figures - before).abs() / (before.abs() if bounds.relative else 1.0)
    _refuse((leap > bounds.leap) & (ends.diff() <= NEIGHBOURS), rows, f"{series} leaps as no market did", file)
    return rows


def rate_rows(rows: pd.DataFrame, series: str) -> pd.DataFrame:
    """The rows of ``market_rows`` as the table ``short_rates`` has them, under the name ``series``; percent, stated."""
    words = {"series": series, "basis": "stated"}
    return rows.rename(columns={"value": "value_pct"}).assign(**words).astype(dict.fromkeys(words, "str"))


def _refuse(wrong: pd.Series[bool], rows: pd.DataFrame, what: str, file: str) -> None:
    if wrong.any():
        first = rows.loc[wrong.index[wrong.to_numpy()][0]]
        raise SourceError.of(f"{what} (first on {first['period_end']:%Y-%m-%d})", place(file, first.get(LINE)))
