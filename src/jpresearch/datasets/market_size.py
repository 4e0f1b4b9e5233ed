"""The size of the market: market value and turnover by month, and both carried to survey weeks."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.calendars import monday, sessions
from jpresearch.datasets.reading import AsOf, day, described, optional, wide, within
from jpresearch.datasets.weeks import week_ends

TABLE: Final = "market_size"
UNITS: Final = {
    "market_cap": "JPY tn",
    "trading_days": "days",
    "trading_value_total": "JPY tn",
    "trading_value_domestic_stocks": "JPY tn",
    "trading_value_daily_avg": "JPY tn a day",
    "trading_value_daily_avg_domestic_stocks": "JPY tn a day",
    "derivatives_notional_daily_avg": "JPY tn a day",
    "n225_futures_daily_avg": "thousand contracts a day",
    "n225_mini_daily_avg": "thousand contracts a day",
    "topix_futures_daily_avg": "thousand contracts a day",
    "n225_futures_open_interest": "contracts",
    "n225_mini_open_interest": "contracts",
    "topix_futures_open_interest": "contracts",
    "ipo_funds": "JPY bn",
}
LONGEST_CARRY: Final = pd.Timedelta(days=190)
"""A month-end value moved with TOPIX for longer than this says too little: new shares and buybacks add up."""
BN_PER_TN: Final = 1000.0


def size(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Market value and turnover of the Tokyo exchange by month, with volumes of index futures.

    Examples
    --------
    >>> market.size("2025-09-05")["market_cap"].tail(2)
    month_end
    2025-07-31    1042.315715
    2025-08-31    1088.579351
    Name: market_cap, dtype: float64

    Returns
    -------
    Index ``month_end`` (calendar). Columns: ``market_cap`` (JPY tn, all listed shares, month end), ``trading_days``,
    ``trading_value_total`` and ``trading_value_domestic_stocks`` (JPY tn in the month, one-sided), their daily averages
    ``trading_value_daily_avg`` and ``trading_value_daily_avg_domestic_stocks``, ``derivatives_notional_daily_avg``,
    ``n225_futures_daily_avg``, ``n225_mini_daily_avg``, ``topix_futures_daily_avg`` (thousand contracts a day), their
    open interest (contracts), ``ipo_funds`` (JPY bn). Empty before the first publication. Units by column in ``about``.

    Gaps
    ----
    From 2014-12. Market value comes out four business days before the month's turnover, so the newest month may have
    the one without the other.

    Source
    ------
    JPX, monthly statistics (``market_size``): market value on the first business day 13:00, turnover on the fifth.
    """
    rows = optional(TABLE, as_of)
    frame = within(wide(rows, "value", "metric", list(UNITS), "month_end"), start, end)
    return described(frame, "JPY tn", "month", "Tokyo Stock Exchange", [TABLE], columns=UNITS)


def market_cap_on_weeks(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Market value at the start of each survey week: the newest month-end, moved with TOPIX.

    Examples
    --------
    >>> market.market_cap_on_weeks("2025-09-05")["market_cap"].tail(2)
    week_end
    2025-08-29    1098.202058
    2025-09-05    1089.103705
    Name: market_cap, dtype: float64

    The rule: the start of a week is the last session of the week before. Its value is that of the newest month-end on
    or before that session, times TOPIX's close at that session over TOPIX's close at the last session up to the
    month-end. So the value is free of the week's own return, and every month-end replaces what TOPIX could not know
    (new shares, buybacks, listings beyond TOPIX). Where a month-end is not public yet the one before it is carried on,
    for at most 190 days. A slope of returns on flows over this value hangs on the rule in weeks of crash: with the
    value at the end of the week, March 2020 alone lifts the slope of 2018 to 2020 by about an eighth.

    Returns
    -------
    Index ``week_end`` (last session of the week). Columns: ``market_cap`` (JPY tn) and ``month_end``, the month-end it
    rests on. Missing before the first month-end (2014-12) and where a close of TOPIX is.

    Source
    ------
    JPX, monthly statistics (``market_size``); TOPIX (``market_daily``). Derived.
    """
    first, last = day(start, "start"), day(end, "end")
    months = wide(optional(TABLE, as_of), "value", "metric", ["market_cap"], "month_end")["market_cap"].dropna()
    topix = _topix(as_of)
    weeks = _weeks(topix, first, last)
    opened = _session_before(weeks)
    rows = pd.DataFrame({"opened": opened, "week_end": weeks}).dropna()
    at = months.index.searchsorted(pd.DatetimeIndex(rows["opened"]), side="right") - 1
    rows = rows[at >= 0].assign(month_end=months.index[at[at >= 0]])
    rows = rows[rows["opened"] - rows["month_end"] <= LONGEST_CARRY]
    base = topix.reindex(rows["month_end"].drop_duplicates(), method="ffill") if len(rows) else topix
    growth = topix.reindex(rows["opened"]).to_numpy() / base.reindex(rows["month_end"]).to_numpy()
    value = months.reindex(rows["month_end"]).to_numpy() * growth
    found = pd.DataFrame({"market_cap": value, "month_end": rows["month_end"].to_numpy()}, index=rows["week_end"])
    frame = found.reindex(weeks).astype({"market_cap": "float64", "month_end": "datetime64[us]"})
    basis = "all shares listed in Tokyo, last month-end moved with TOPIX"
    return described(frame.rename_axis("week_end"), "JPY tn", "week", basis, [TABLE, "market_daily"])


def turnover_on_weeks(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """The turnover to set a week's flow against: the daily average of the month before, times the week's sessions.

    Examples
    --------
    >>> market.turnover_on_weeks("2025-09-05")["turnover"].tail(2)
    week_end
    2025-08-29    28501.599645
    2025-09-05    32513.112215
    Name: turnover, dtype: float64

    The month before is the last calendar month that ended before the week's first session: it does not hold the week
    itself, whose own turnover rises with large flows.

    Returns
    -------
    Index ``week_end``. Columns: ``turnover`` (JPY bn, one-sided, domestic stocks), ``month_end`` (of the month it rests
    on) and ``sessions``. Missing before 2015 and where that month's turnover is not public yet and the month before it
    is older than 190 days.

    Source
    ------
    JPX, monthly statistics (``market_size``). Derived. Members in JPX's survey of investors make up all but about 2 %.
    """
    name = "trading_value_daily_avg_domestic_stocks"
    months = wide(optional(TABLE, as_of), "value", "metric", [name], "month_end")[name].dropna()
    weeks = _weeks(_topix(as_of), day(start, "start"), day(end, "end"))
    opens = sessions()[sessions().searchsorted(monday(weeks))]
    counts = sessions().searchsorted(weeks, side="right") - sessions().searchsorted(opens)
    at = months.index.searchsorted(opens) - 1
    known = at >= 0
    frame = pd.DataFrame({"turnover": np.nan, "month_end": pd.NaT, "sessions": counts}, index=weeks)
    frame["month_end"] = frame["month_end"].astype("datetime64[us]")
    frame.loc[known, "month_end"] = months.index[at[known]]
    frame.loc[known, "turnover"] = months.to_numpy()[at[known]] * counts[known] * BN_PER_TN
    old = (opens - pd.DatetimeIndex(frame["month_end"]) > LONGEST_CARRY).tolist()
    frame.loc[old, "turnover"] = np.nan
    basis = "domestic stocks in Tokyo, one-sided, at the daily average of the month before"
    return described(frame, "JPY bn", "week", basis, [TABLE], columns={"sessions": "days"})


def segments(as_of: AsOf) -> pd.DataFrame:
    """Market value and number of companies by segment and for some sectors, where published.

    Examples
    --------
    >>> market.segments("2026-09-10")[["month_end", "market_cap"]].head(2)
                                         month_end  market_cap
    segment
    sector_electric_appliances          2026-08-31  279.083685
    sector_fishery_agriculture_forestry 2026-08-31    0.961105

    Returns
    -------
    Index ``segment`` (``total``, ``tse_prime``, ``tse_standard``, ``tse_growth`` ...). Columns: ``month_end``,
    ``market_cap`` (JPY tn), ``companies``: the newest figure of each. Empty before the first publication.

    Source
    ------
    JPX, market value (``market_cap``): month-end 2026-08 only.
    """
    rows = optional("market_cap", as_of).sort_values("period_end").drop_duplicates("segment", keep="last")
    values = {"month_end": rows["period_end"], "market_cap": rows["market_cap_jpy_mn"] / 1e6}
    frame = pd.DataFrame(values | {"companies": rows["company_count"].astype("float64")})
    frame = frame.set_axis(pd.Index(rows["segment"].astype("str"), name="segment"))
    return described(frame, "JPY tn", "month", "Tokyo", ["market_cap"], columns={"companies": "companies"})


def _topix(as_of: AsOf) -> pd.Series[float]:
    rows = optional("market_daily", as_of)
    return rows[rows["series"] == "topix"].set_index("period_end")["value"].sort_index()


def _weeks(topix: pd.Series[float], first: pd.Timestamp | None, last: pd.Timestamp | None) -> pd.DatetimeIndex:
    """Survey weeks from ``first`` to ``last``; by default from 2015 to the week after TOPIX's newest close."""
    if topix.empty:
        return pd.DatetimeIndex([], name="week_end", dtype="datetime64[us]")
    return week_ends(first or pd.Timestamp("2015-01-01"), last or topix.index[-1])


def _session_before(weeks: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The last session before each week's first one."""
    return sessions()[sessions().searchsorted(monday(weeks)) - 1]
