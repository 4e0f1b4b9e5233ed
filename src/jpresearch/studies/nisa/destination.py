"""Where the purchases can have gone: Japanese shares, as bounds and never a point, and funds.

The published figures split purchases by quota. Through the tsumitate quota only funds can be bought; through the
growth quota listed securities or funds. So shares bought directly are at most the growth quota, and Japanese shares
at most that: listed securities include exchange-traded funds, REITs and foreign shares. What funds hold is not in the
figures at all.

Flows of investment trusts are isolated figures, put on one footing of JPY tn a month and never joined into a series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jpresearch.datasets.nisa_totals import bounds, printed_steps
from jpresearch.errors import BadParameter
from jpresearch.stats.rounding import Interval
from jpresearch.studies.nisa.exchange import Net, net_since
from jpresearch.studies.nisa.pace import Span

CRASH: Final = {"purchases_listed_equity_3days_10_brokers", "purchases_funds_3days_10_brokers"}
OLD: Final = {"purchases_cumulative", "purchases_cumulative_investment_trusts"}
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


@dataclass(frozen=True)
class Quotas:
    """Purchases through the two quotas over one period, JPY tn."""

    period: Span
    growth: Interval
    tsumitate: Interval

    def upper_pct(self, listed_pct: float) -> Interval:
        """The most that shares bought directly can be of all purchases, percent.

        ``listed_pct`` is the part of the growth quota that goes into listed securities, percent.
        """
        # The growth quota stands above and below the line: the share grows with it and falls with the other quota.
        least = self.growth.low / (self.growth.low + self.tsumitate.high)
        return listed_pct * Interval(least, self.growth.high / (self.growth.high + self.tsumitate.low))

    def upper_jpy_tn(self, listed_pct: float) -> Interval:
        """The same in JPY tn."""
        return self.growth * (listed_pct / 100)

    def funds(self, listed_low_pct: float, listed_high_pct: float) -> Interval:
        """Purchases of funds, JPY tn, if the listed part of the growth quota lies between the two percentages."""
        return self.tsumitate + self.growth * (1 - Interval(listed_low_pct, listed_high_pct) / 100)


@dataclass(frozen=True)
class Listed:
    """What is assumed of the listed part of the growth quota, percent: a range, and a documented reading."""

    low: float
    high: float
    documented: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 100:
            raise BadParameter(
                f"{self.low:g} to {self.high:g} is not a range of percentages",
                "growth_listed_pct_low, growth_listed_pct_high",
                "Give 0 <= low <= high <= 100.",
            )
        if not 0 <= self.documented <= 100:
            raise BadParameter(f"{self.documented:g} is not a percentage", "documented_listed_pct", "Give 0 to 100.")


def quotas(known: pd.DataFrame) -> Quotas | None:
    """The two quotas in the newest period for which both are published, a whole year before a part of one."""
    for total in ("purchases_year", "purchases_ytd"):
        growth = known[known["metric"] == f"{total}_growth"].set_index("period_end")
        tsumitate = known[known["metric"] == f"{total}_tsumitate"].set_index("period_end")
        both = growth.index.intersection(tsumitate.index)
        if len(both):
            return _quotas(growth.loc[both.max()], tsumitate.loc[both.max()])
    return None


def _quotas(growth: pd.Series, tsumitate: pd.Series) -> Quotas:
    parts = [bounds(row) for row in (growth, tsumitate)]
    eve = pd.Timestamp(growth["period_start"]) - pd.Timedelta(days=1)
    return Quotas(Span(eve, pd.Timestamp(str(growth.name)), parts[0] + parts[1]), *parts)


def bounds_table(parts: Quotas, listed: Listed) -> pd.DataFrame:
    """What each reading allows, indexed by the reading.

    Columns in JPY tn: ``at_least`` and ``at_most`` (with the upper end of its rounding), ``ruled_out``; in percent of
    all purchases: ``share_at_least``, ``share_at_most``.
    """
    whole = parts.period.purchases
    rows = {
        "Bought directly: the figures alone": (parts.upper_jpy_tn(listed.high), parts.upper_pct(listed.high)),
        f"Bought directly: {listed.documented:g}% of the growth quota listed": (
            parts.upper_jpy_tn(listed.documented),
            parts.upper_pct(listed.documented),
        ),
        "Directly or through funds: the figures alone": (whole, Interval(100.0, 100.0)),
    }
    data = {
        name: (0.0, most.high, max(whole.high - most.high, 0.0), 0.0, share.high)
        for name, (most, share) in rows.items()
    }
    columns = ["at_least", "at_most", "ruled_out", "share_at_least", "share_at_most"]
    return pd.DataFrame.from_dict(data, orient="index", columns=columns).rename_axis("reading")


def listed_readings(usage: pd.DataFrame) -> list[tuple[str, pd.Timestamp, float]]:
    """Shares of listed securities in purchases that the tables hold: of short windows and old schemes, not bounds.

    Each is its words, the end of its period, and the share in percent.
    """
    values = usage.sort_values("period_end").groupby(["period_end", "metric"])["value"].last()
    made = []
    for date in values.index.unique(level="period_end"):
        day = values.loc[date]
        if set(day.index) >= CRASH:
            listed, funds = (float(day[name]) for name in sorted(CRASH, reverse=True))
            made.append(
                ("ten brokers, three days in August 2024: listed shares", date, 100 * listed / (listed + funds))
            )
        if set(day.index) >= OLD:
            whole, funds = (float(day[name]) for name in sorted(OLD))
            made.append(("old general scheme, purchases since 2014: not funds", date, 100 * (1 - funds / whole)))
    return made


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
