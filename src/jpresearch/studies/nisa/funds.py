"""Flows of investment trusts: isolated figures, put on one footing of JPY tn a month and never joined into a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jpresearch.stats.rounding import Interval
from jpresearch.studies.nisa.destination import Listed, Quotas
from jpresearch.studies.nisa.exchange import Net, net_since
from jpresearch.studies.nisa.pace import Span
from jpresearch.studies.nisa.readings import printed_steps

FLOWS: Final = {
    "setting_avg_12m_ex_etf": "Money put into equity funds",
    "redemption_avg_12m_ex_etf": "Money taken out of equity funds",
    "net_inflow_month_equity_funds_ex_etf": "Net into equity funds",
    "net_inflow_month_equity_funds_incl_etf": "Net into equity funds with ETFs",
    "toshin_net_purchase_foreign_equities": "Trusts' net buying of foreign shares",
    "foreign_equities_via_toshin_ytd": "Trusts' net buying of foreign shares",
}
SETTINGS: Final = "setting_avg_12m_ex_etf"
RETAIL: Final = "retail_net_sale_domestic_equities_ytd"
AVERAGE: Final = "JPY tn/month"


def monthly_rates(funds: pd.DataFrame) -> pd.DataFrame:
    """Every published flow as JPY tn a month, averaged over the months it covers.

    Returns a frame indexed by words and period, oldest first: ``estimate``, ``low``, ``high`` (bounds of rounding),
    ``metric``, ``months``.
    """
    rows = funds[funds["metric"].isin(FLOWS)].sort_values(["period_end", "metric"])
    made = [_rate(row, step) for row, step in zip(rows.itertuples(), printed_steps(rows), strict=True)]
    columns = ["flow", "estimate", "low", "high", "metric", "months"]
    return pd.DataFrame(made, columns=columns).set_index("flow")


def _rate(row: Any, step: int) -> tuple[str, float, float, float, str, int]:
    period = Span(row.period_start - pd.Timedelta(days=1), row.period_end, Interval(0.0, 0.0))
    over = 1 if row.unit == AVERAGE else period.months
    half = 0.5 * 10.0**step
    ends = (row.value / over, (row.value - half) / over, (row.value + half) / over)
    return (f"{FLOWS[row.metric]}, {period.words}", *ends, row.metric, period.months)


@dataclass(frozen=True)
class FundShare:
    """Purchases of funds through the scheme as a share of all money put into equity funds, percent, and the two
    periods.

    ``alone`` rests on the figures and the assumed range only, ``documented`` on the documented listed part.
    """

    alone: Interval
    documented: Interval
    scheme_period: str
    fund_period: str


def share_of_settings(funds: pd.DataFrame, parts: Quotas, listed: Listed) -> FundShare | None:
    """How much of the money put into equity funds (without ETFs) came through the scheme, at least and at most.

    Both are averages per month of their own period, which need not be the same. ``None`` where the fund figure is
    missing.
    """
    rates = monthly_rates(funds)
    rows = rates[rates["metric"] == SETTINGS]
    if rows.empty:
        return None
    newest = rows.iloc[-1]
    whole = Interval(float(newest["low"]), float(newest["high"]))
    ranges = ((listed.low, listed.high), (listed.documented, listed.documented))
    alone, read = (100 * parts.funds(low, high) / parts.period.months / whole for low, high in ranges)
    return FundShare(alone, read, parts.period.words, str(newest.name).rsplit(", ", 1)[-1])


@dataclass(frozen=True)
class RetailCheck:
    """A press figure of individuals' net purchases of Japanese shares, and the exchange's weeks, JPY tn."""

    period: str
    press: Interval
    exchange: Net


def retail_check(funds: pd.DataFrame, weekly: pd.DataFrame) -> RetailCheck | None:
    """Compare the newest press figure with the weeks that end in its period; ``None`` where either is missing."""
    rows = funds[funds["metric"] == RETAIL].sort_values("period_end")
    if rows.empty:
        return None
    row = rows.iloc[-1]
    exchange = net_since(weekly, row["period_start"], row["period_end"])
    if exchange is None:
        return None
    half = 0.5 * 10.0 ** float(printed_steps(rows).iloc[-1])
    period = Span(row["period_start"] - pd.Timedelta(days=1), row["period_end"], Interval(0.0, 0.0))
    return RetailCheck(period.words, Interval(-row["value"] - half, -row["value"] + half), exchange)
