"""NISA figures as published: accounts, single figures, and flows of funds beside them."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.nisa_totals import figures as with_bounds
from jpresearch.datasets.nisa_totals import printed_steps
from jpresearch.datasets.reading import AsOf, described, one_of, optional, within

TABLE: Final = "nisa_usage"
SURVEYS: Final = ("fsa", "jsda_10_brokers")
ACCOUNTS: Final = ("accounts_total", "accounts_incl_junior", "accounts_total_by_age_table")
AVERAGE: Final = "JPY tn/month"
YEAR: Final = 12
DAY: Final = pd.Timedelta(days=1)


def accounts(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Counts of NISA accounts as published, side by side and never joined.

    Examples
    --------
    >>> nisa.accounts("2025-09-05")["accounts_total"].dropna().tail(2)
    date
    2024-12-31    25.60
    2025-03-31    26.47
    Name: accounts_total, dtype: float64

    Returns
    -------
    Index ``date``. Columns in millions: ``accounts_total`` (without junior accounts), ``accounts_incl_junior``,
    ``accounts_total_by_age_table`` (a conflicting count of the same day); missing where not published.

    Gaps
    ----
    Unequal distances; a gap of years is not bridged.

    Raises
    ------
    NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency (``nisa_usage``).
    """
    rows = tables.load(TABLE, as_of)
    rows = rows[(rows["survey"] == "fsa") & rows["metric"].isin(ACCOUNTS)]
    wide = rows.pivot(index="period_end", columns="metric", values="value").reindex(columns=list(ACCOUNTS)) / 1e6
    frame = wide.set_axis(pd.DatetimeIndex(wide.index, name="date")).rename_axis(columns=None).astype("float64")
    return described(within(frame, start, end), "million accounts", "quarter", "NISA accounts", [TABLE])


def figures(as_of: AsOf, survey: str = "fsa") -> pd.DataFrame:
    """Every published NISA figure of one survey, FSA's with the bounds of its rounding.

    Examples
    --------
    >>> nisa.figures("2025-09-05", "jsda_10_brokers")[["metric", "period_end", "value", "unit"]].tail(2)
                                       metric period_end  value    unit
    row
    9            sales_funds_3days_10_brokers 2024-08-06   45.9  JPY bn
    10   sales_listed_equity_3days_10_brokers 2024-08-06   86.2  JPY bn

    Parameters
    ----------
    survey : ``fsa`` or ``jsda_10_brokers``.

    Returns
    -------
    RangeIndex ``row``. Columns: ``metric``, ``period_start``, ``period_end``, ``value``, ``low``, ``high``, ``unit``,
    ``published_at``. ``low`` and ``high`` are missing for JSDA's figures.

    Raises
    ------
    UnknownName : no such survey.
    NotYetPublished : as ``nisa.purchases``.

    Source
    ------
    Financial Services Agency; Japan Securities Dealers Association, ten brokers (``nisa_usage``).
    """
    one_of("survey", survey, SURVEYS, "survey")
    rows = tables.load(TABLE, as_of)
    blank = rows[rows["survey"] == survey].assign(low=float("nan"), high=float("nan"))
    found = with_bounds(rows) if survey == "fsa" else blank
    columns = ["metric", "period_start", "period_end", "value", "low", "high", "unit", "published_at"]
    frame = found.sort_values(["metric", "period_end"], kind="stable")[columns].reset_index(drop=True)
    return described(frame.rename_axis("row"), "unit of the row", "period", "NISA as published", [TABLE])


def fund_flows(as_of: AsOf) -> pd.DataFrame:
    """Flows and net assets of investment trusts as published, flows also as yen a month.

    Examples
    --------
    >>> nisa.fund_flows("2025-09-05")[["metric", "period_end", "per_month"]].tail(2)
                                       metric period_end  per_month
    row
    6    toshin_net_purchase_foreign_equities 2025-01-31      1.700
    7    toshin_net_purchase_foreign_equities 2025-02-28      0.718

    Returns
    -------
    RangeIndex ``row``, sorted by ``metric`` and ``period_end``. Columns: ``metric``, ``period_start``, ``period_end``,
    ``value``, ``low``, ``high`` (bounds of rounding), ``unit``, ``months`` (that the period covers), ``per_month``,
    ``per_month_low``, ``per_month_high`` (JPY tn; of a flow or an average, missing for net assets), ``published_at``.
    Isolated figures: never joined into a series. No rows before the first publication.

    Source
    ------
    Investment Trusts Association and others (``fund_flows``): the middle of the next month.
    """
    rows = optional("fund_flows", as_of).sort_values(["metric", "period_end"], kind="stable").reset_index(drop=True)
    half = pd.Series([0.5 * 10.0**step for step in printed_steps(rows)], index=rows.index, dtype="float64")
    eve = rows["period_start"] - DAY
    months = YEAR * (rows["period_end"].dt.year - eve.dt.year) + rows["period_end"].dt.month - eve.dt.month
    flow = ~rows["metric"].str.startswith("nav_") & (months > 0)
    over = months.astype("float64").where(rows["unit"] != AVERAGE, 1.0).where(flow)
    frame = rows[["metric", "period_start", "period_end", "value", "unit", "published_at"]].assign(
        low=rows["value"] - half, high=rows["value"] + half, months=months.where(months > 0)
    )
    for name, column in (("per_month", "value"), ("per_month_low", "low"), ("per_month_high", "high")):
        frame[name] = frame[column] / over
    order = ["metric", "period_start", "period_end", "value", "low", "high", "unit", "months"]
    order += ["per_month", "per_month_low", "per_month_high", "published_at"]
    units = {"months": "months", "per_month": "JPY tn a month"}
    return described(
        frame[order].rename_axis("row"), "JPY tn", "period", "investment trusts", ["fund_flows"], columns=units
    )
