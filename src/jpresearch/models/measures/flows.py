"""Measures of flows: sums, runs, ranks in the year, counterparties, shares of trading and of variance."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from jpresearch.datasets import flows, market
from jpresearch.datasets.weeks import week_ends
from jpresearch.models.measures.measuring import (
    NORMAL_95,
    UNKNOWN,
    Facts,
    Gauged,
    Measure,
    Window,
    bounded,
    exact,
    inside,
    on,
    reaches,
)
from jpresearch.stats.variance_shares import variance_shares

CLASSES: Final = ("foreigners", "individuals", "investment_trusts", "trust_banks", "proprietary")
DOMESTIC: Final = ("individuals", "investment_trusts", "trust_banks", "others")
"""All customers but foreigners; ``others`` is the remainder, so that nobody is left out."""
DOMESTIC_CUSTOMERS: Final = "domestic_customers"
BN_PER_TN: Final = 1000.0
FEWEST_WEEKS: Final = 26
DRAWS: Final = 999


def members(subject: str) -> tuple[str, ...]:
    """The classes that a subject adds up: ``domestic_customers``, or names joined by ``+``."""
    return DOMESTIC if subject == DOMESTIC_CUSTOMERS else tuple(subject.split("+"))


def left_out(subject: str) -> tuple[str, ...]:
    """The domestic classes that a sum over the subject leaves out."""
    return tuple(name for name in (*DOMESTIC, "proprietary") if name not in members(subject))


def foreign_net(facts: Facts, window: Window) -> Gauged:
    """Foreigners' net purchases, JPY bn, over the survey weeks that end in the window (subject: ``cash``, or
    ``cash:nikkei225_large`` for cash and those futures together).
    """
    series = facts(flows.weekly, ("foreigners",))["foreigners"]
    if window.parts[1:]:
        series = series + facts(flows.cash_and_futures, "foreigners")[window.parts[1:]].sum(axis=1, skipna=False)
    return exact(_sum(series, week_ends(window.first, window.last)))


def mof_net(facts: Facts, window: Window) -> Gauged:
    """Non-residents' net purchases of shares (MoF), JPY bn, over the weeks to Saturday in the window."""
    series = facts(flows.mof)["inward_equity"]
    return exact(_sum(series, pd.date_range(window.first, window.last, freq="W-SAT")))


def mof_month(facts: Facts, window: Window) -> Gauged:
    """Non-residents' net purchases in the month that the window ends, JPY tn (subject: columns joined by ``:``)."""
    return exact(on(_mof_months(facts, window), window.last))


def mof_month_over_record(facts: Facts, window: Window) -> Gauged:
    """That month less the largest month before it, JPY tn."""
    months = _mof_months(facts, window)
    value, before = on(months, window.last), months[months.index < window.last].dropna()
    return UNKNOWN if value is None or before.empty else exact(value - float(before.max()))


def _mof_months(facts: Facts, window: Window) -> pd.Series[float]:
    months: pd.Series[float] = facts(flows.mof_monthly)[window.parts].sum(axis=1, skipna=False) / BN_PER_TN
    return months


def flow_change(facts: Facts, window: Window) -> Gauged:
    """The change of foreigners' flow into the window's last week, from one sum of so many weeks to the next.

    Subject ``weeks:unit``; its past are all such changes of the year up to that week.
    """
    sums = _foreign_sums(facts, window)
    return _in_year(sums - sums.shift(int(window.parts[0])), window)


def flow_level(facts: Facts, window: Window) -> Gauged:
    """Foreigners' flow over so many weeks to the window's last; its past are all such sums of the year so far."""
    return _in_year(_foreign_sums(facts, window), window)


def _foreign_sums(facts: Facts, window: Window) -> pd.Series[float]:
    weeks, unit = window.parts
    net = facts(flows.weekly, ("foreigners",), unit=unit)["foreigners"]
    sums: pd.Series[float] = net.rolling(int(weeks)).sum()
    return sums


def _in_year(series: pd.Series[float], window: Window) -> Gauged:
    return exact(on(series, window.last), series.loc[f"{window.last.year}-01-01" : window.last])


def buying_run(facts: Facts, window: Window) -> Gauged:
    """The longest run of weeks of net purchases by foreigners that ended within the window, in weeks."""
    net = facts(flows.weekly, ("foreigners",))["foreigners"]
    if not reaches(net, window.last):
        return UNKNOWN
    bought = net.loc[: window.last].dropna() > 0
    runs = bought.groupby((~bought).cumsum()).cumsum()
    ended = runs[bought & ~bought.shift(-1, fill_value=False) & (runs.index >= window.first)]
    return exact(float(ended.max()) if len(ended) else 0.0)


def buying_before(facts: Facts, window: Window) -> Gauged:
    """Weeks of net purchases by foreigners without a break right before the window begins."""
    net = facts(flows.weekly, ("foreigners",))["foreigners"]
    known = net[net.index < window.first].dropna()
    if known.empty or not reaches(net, window.last):
        return UNKNOWN
    sold = known[known <= 0]
    return exact(float((known.index > sold.index[-1]).sum()) if len(sold) else float(len(known)))


def class_net(facts: Facts, window: Window) -> Gauged:
    """Net purchases, JPY bn, of the classes of the subject over the survey weeks of the window.

    A week that was never published is noise: so many usual weeks on either side. Of more than one week in twenty
    missing, the last week or a window of under twenty weeks, nothing is said.
    """
    asked = members(window.subject)
    net = facts(flows.weekly, CLASSES, others=True) if "others" in asked else facts(flows.weekly, asked)
    weeks = net[list(asked)].sum(axis=1, skipna=False).reindex(week_ends(window.first, window.last))
    known = weeks.dropna()
    lacking = len(weeks) - len(known)
    if known.empty or lacking > len(weeks) / 20 or pd.isna(weeks.iloc[-1]):
        return UNKNOWN
    reach = NORMAL_95 * float(known.std()) * lacking**0.5 if lacking else 0.0
    return bounded(float(known.sum()), float(known.sum()) - reach, float(known.sum()) + reach)


def absorbed(facts: Facts, window: Window) -> Gauged:
    """What the classes of the subject bought per yen that foreigners sold; not known where foreigners bought."""
    foreign = foreign_net(facts, Window("cash", window.first, window.last)).measured
    bought = class_net(facts, window).measured
    if not foreign.known or not bought.known or foreign.value >= 0:
        return UNKNOWN
    return exact(bought.value / -foreign.value)


def trading_share(facts: Facts, window: Window) -> Gauged:
    """Foreigners' mean share of trading over the weeks of the window, percent, with the sampling error of weeks.

    The subject is a column of ``flows.trading_share``.
    """
    known = inside(facts(flows.trading_share)[window.subject], window)
    if len(known) < 3:
        return UNKNOWN
    reach = NORMAL_95 * float(known.std()) / len(known) ** 0.5
    return bounded(float(known.mean()), float(known.mean()) - reach, float(known.mean()) + reach)


def domestic_trading_over_record(facts: Facts, window: Window) -> Gauged:
    """Domestic customers' share of trading in the window less the highest month before, points (same subject)."""
    domestic = 100 - facts(flows.trading_share)[window.subject]
    known, before = inside(domestic, window), domestic[domestic.index < window.first].dropna()
    if known.empty or before.empty:
        return UNKNOWN
    months = before.groupby(pd.DatetimeIndex(before.index).to_period("M")).mean()
    reach = NORMAL_95 * float(known.std()) / len(known) ** 0.5 if len(known) > 2 else 0.0
    value = float(known.mean()) - float(months.max())
    return bounded(value, value - reach, value + reach)


def variance_over_others(facts: Facts, window: Window) -> Gauged:
    """Foreigners' part in the weekly variance of TOPIX less the largest part of any other regressor, points.

    The others are the S&P 500 and the yen as Tokyo's close knew them; LMG shares, block bootstrap.
    """
    net = facts(flows.weekly, ("foreigners",))["foreigners"]
    world = facts(market.abroad, ("sp500", "usdjpy"), every="week")[["sp500_pct", "usdjpy_pct"]]
    weeks = pd.concat([facts(market.weekly)["topix_pct"], net, world], axis=1).loc[window.first : window.last].dropna()
    if len(weeks) < FEWEST_WEEKS or not reaches(net, window.last):
        return UNKNOWN
    draws = variance_shares(weeks["topix_pct"], weeks.drop(columns="topix_pct"), draws=DRAWS).bootstrap
    lead = _lead(draws.draws).quantile([0.025, 0.975])
    return bounded(float(_lead(draws.estimate.to_frame().T).iloc[0]), float(lead.iloc[0]), float(lead.iloc[1]))


def _lead(shares: pd.DataFrame) -> pd.Series[float]:
    lead: pd.Series[float] = shares["foreigners"] - shares.drop(columns="foreigners").max(axis=1)
    return lead


def _sum(series: pd.Series[Any], ends: pd.DatetimeIndex) -> float | None:
    known = series.reindex(ends)
    return None if known.isna().any() or not len(ends) else float(known.sum())


MEASURES: Final[tuple[Measure, ...]] = (
    foreign_net,
    mof_net,
    mof_month,
    mof_month_over_record,
    flow_change,
    flow_level,
    buying_run,
    buying_before,
    class_net,
    absorbed,
    trading_share,
    domestic_trading_over_record,
    variance_over_others,
)
OVER_CLASSES: Final = ("class_net", "absorbed")
