"""All estimates of the notebook in one place, and the figures it publishes by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.errors import BadParameter
from jpresearch.stats.regression import Estimate
from jpresearch.stats.rounding import Interval
from jpresearch.studies.nisa import exchange, funds, pace, readings
from jpresearch.studies.nisa.destination import Listed, Quotas, quotas
from jpresearch.studies.nisa.exchange import Net, Relation
from jpresearch.studies.nisa.funds import FundShare, RetailCheck
from jpresearch.studies.nisa.inputs import Inputs, day
from jpresearch.studies.nisa.ledger import Ledger, build
from jpresearch.studies.nisa.pace import BeforeAfter, Span

NEW_SCHEME: Final = pd.Timestamp("2024-01-01")
# Floating-point dust beyond this is not published: 18.8, not 18.799999999999997.
DECIMALS: Final = 6


@dataclass(frozen=True)
class Result:
    """The estimates; ``None`` where the figures public at the time do not give one."""

    inputs: Inputs
    known: pd.DataFrame
    ledger: Ledger
    break_date: pd.Timestamp
    change: BeforeAfter
    parts: Quotas | None
    listed: Listed
    weekly: pd.DataFrame | None
    since_break: Net | None
    latest: Net | None
    relation: Relation | None
    fund_share: FundShare | None
    retail: RetailCheck | None

    @property
    def years(self) -> list[Span]:
        """The calendar years whose purchases are known, oldest first."""
        return pace.calendar_years(self.ledger)

    @property
    def latest_period(self) -> pd.Timestamp:
        """The last day that a figure of the scheme is about."""
        return pd.Timestamp(self.known["period_end"].max())


@dataclass(frozen=True)
class Metric:
    """A number, date or text by name, with the ends of its bounds or interval where it has them."""

    name: str
    value: float | str | date
    unit: str | None = None
    low: float | None = None
    high: float | None = None


def analyse(inputs: Inputs, break_date: str, before_months: int, listed: Listed, weeks: int) -> Result:
    """Every estimate of the notebook.

    Parameters
    ----------
    break_date : first day of the period called after.
    before_months : least length of the period called before.
    listed : what is assumed of the listed part of the growth quota.
    weeks : survey weeks in the recent window of individuals' net purchases.

    Raises ``BadParameter`` for a date that is none, or a window below one.
    """
    since = day(break_date, "break_date")
    for name, value in (("before_months", before_months), ("weeks", weeks)):
        if value < 1:
            raise BadParameter(f"{value} is below 1", name, "Give a whole number from 1.")
    known = readings.figures(inputs.usage)
    ledger, parts = build(known), quotas(known)
    weekly = None if inputs.flows is None else exchange.weekly_net(inputs.flows)
    return Result(
        inputs=inputs,
        known=known,
        ledger=ledger,
        break_date=since,
        change=pace.before_after(ledger, since, before_months),
        parts=parts,
        listed=listed,
        weekly=weekly,
        since_break=None if weekly is None else exchange.net_since(weekly, since),
        latest=None if weekly is None else exchange.latest(weekly, weeks),
        relation=_relation(inputs, weekly, since),
        fund_share=None if inputs.funds is None or not parts else funds.share_of_settings(inputs.funds, parts, listed),
        retail=None if inputs.funds is None or weekly is None else funds.retail_check(inputs.funds, weekly),
    )


def _relation(inputs: Inputs, weekly: pd.DataFrame | None, since: pd.Timestamp) -> Relation | None:
    if weekly is None or inputs.market is None:
        return None
    return exchange.relation(weekly, inputs.market, since, inputs.start)


def metrics(result: Result) -> list[Metric]:
    """What the notebook publishes by name; a text says why where there is no number."""
    return [*_scheme(result), *_pace(result), *_japan(result), *_exchange(result)]


def _scheme(result: Result) -> list[Metric]:
    count = readings.newest(result.known, "accounts_total")
    found = [Metric("latest_nisa_period", result.latest_period.date())]
    if count is None:
        found.append(_absent("accounts_mn", "no count of accounts is public"))
    else:
        ends = [round(float(count[end]) / 1e6, DECIMALS + 1) for end in ("value", "low", "high")]
        found.append(Metric("accounts_mn", ends[0], "million accounts", ends[1], ends[2]))
    if not result.years:
        why = "no calendar year can be told apart"
        return [*found, _absent("latest_year", why), _absent("purchases_latest_year_jpy_tn", why)]
    year = result.years[-1]
    purchases = _bounded("purchases_latest_year_jpy_tn", year.purchases, "JPY tn, gross")
    return [*found, Metric("latest_year", year.last.year, "calendar year"), purchases]


def _pace(result: Result) -> list[Metric]:
    change = result.change
    named = {"pace_before_jpy_tn_month": change.before, "pace_after_jpy_tn_month": change.after}
    found = [
        _absent(name, "no usable span of figures")
        if item is None
        else _bounded(name, item.pace, "JPY tn a month, gross")
        for name, item in named.items()
    ]
    if change.ratio is None:
        return [*found, _absent("pace_ratio", "it needs figures before and after the date")]
    return [*found, _bounded("pace_ratio", change.ratio, "times")]


def _japan(result: Result) -> list[Metric]:
    names = {"japan_share_upper_pct": result.listed.high, "japan_share_upper_documented_pct": result.listed.documented}
    if result.parts is None:
        return [_absent(name, "the two quotas are not published yet") for name in names]
    unit = "% of gross purchases, at most, bought directly"
    return [_bounded(name, result.parts.upper_pct(listed), unit) for name, listed in names.items()]


def _exchange(result: Result) -> list[Metric]:
    names = ("individuals_net_since_2024_jpy_tn", "individuals_jpy_bn_per_topix_pct")
    since = None if result.weekly is None else exchange.net_since(result.weekly, NEW_SCHEME)
    slopes = () if result.relation is None else (result.relation.after, result.relation.before)
    slope = next((item for item in slopes if item is not None), None)
    first = (
        _absent(names[0], "no week since 2024 is public")
        if since is None
        else Metric(names[0], round(since.net, DECIMALS), "JPY tn")
    )
    if slope is None:
        return [first, _absent(names[1], "too few weeks are public")]
    return [first, _estimated(names[1], slope, "JPY bn per 1% of TOPIX, same week")]


def _bounded(name: str, bounds: Interval, unit: str) -> Metric:
    value, low, high = (round(end, DECIMALS) for end in (bounds.centre, bounds.low, bounds.high))
    return Metric(name, value, unit, low, high)


def _estimated(name: str, estimate: Estimate, unit: str) -> Metric:
    value, low, high = (round(end, DECIMALS) for end in (estimate.value, estimate.low, estimate.high))
    return Metric(name, value, unit, low, high)


def _absent(name: str, why: str) -> Metric:
    return Metric(name, f"not available: {why}")
