"""First days of the periods that figures are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

Start = Callable[[pd.Series], pd.Series]


def same_day(ends: pd.Series) -> pd.Series:
    """A stock, or a figure of one day."""
    return ends


def _first_day(ends: pd.Series, frequency: str) -> pd.Series:
    first: pd.Series = ends.dt.to_period(frequency).dt.start_time
    return first


def month_start(ends: pd.Series) -> pd.Series:
    """First day of the calendar month."""
    return _first_day(ends, "M")


def quarter_start(ends: pd.Series) -> pd.Series:
    """First day of the calendar quarter."""
    return _first_day(ends, "Q")


def year_start(ends: pd.Series) -> pd.Series:
    """First day of the calendar year."""
    return _first_day(ends, "Y")


def fiscal_year_start(ends: pd.Series) -> pd.Series:
    """First of April of the Japanese fiscal year."""
    return _first_day(ends, "Y-MAR")


def twelve_months(ends: pd.Series) -> pd.Series:
    """First day of the twelve months to a month end."""
    return month_start(ends) - pd.DateOffset(months=11)


def since(day: str) -> Start:
    """A cumulative figure that starts on ``day``."""
    return lambda ends: pd.Series(pd.Timestamp(day), index=ends.index)


def with_start(rows: pd.DataFrame, starts: Sequence[tuple[str, Start]]) -> pd.DataFrame:
    """``rows`` with ``period_start`` from the first pattern of ``starts`` that is found in the metric's name.

    Raises
    ------
    ValueError : a metric that no pattern covers.
    """
    start = pd.Series(pd.NaT, index=rows.index, dtype=rows["period_end"].dtype)
    for pattern, first_day in starts:
        found = rows["metric"].str.contains(f"(?:{pattern})") & start.isna()
        start = start.mask(found, first_day(rows["period_end"]))
    if start.isna().any():
        raise ValueError(f"no period known for: {sorted(set(rows.loc[start.isna(), 'metric']))}")
    return rows.assign(period_start=start)
