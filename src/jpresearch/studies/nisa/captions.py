"""The figures of the notebook: the frame of each, a title that states the finding, and the finding in full.

A figure without data is not there; the takeaways say why.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets import nisa_totals as ledger
from jpresearch.datasets.nisa_totals import Ledger
from jpresearch.stats.regression import Estimate
from jpresearch.stats.rounding import Interval
from jpresearch.studies import phrasing as say
from jpresearch.studies.nisa import destination, exchange, interruption, pace
from jpresearch.studies.nisa.result import Result
from jpresearch.studies.phrasing import BN_PER_TN
from jpresearch.studies.results import View

ACCOUNTS: Final = {
    "accounts_total": "Without junior accounts",
    "accounts_incl_junior": "With junior accounts",
    "accounts_total_by_age_table": "Sum of the table by age",
}
RECORDS: Final = {
    "individuals_cash": "Cash",
    "individuals_margin": "Margin",
    "individuals": "Three Tokyo sections",
}


def bounds(interval: Interval, decimals: int) -> str:
    """Bounds in words, rounded outwards."""
    return say.bounds(interval.low, interval.high, decimals)


def yen_bounds(interval: Interval) -> str:
    """Bounds in JPY tn as an amount."""
    return say.yen_range(BN_PER_TN * interval.low, BN_PER_TN * interval.high)


def widest(frame: pd.DataFrame) -> Interval:
    """From the lowest to the highest of all rows' bounds."""
    return Interval(float(frame["low"].min()), float(frame["high"].max()))


def slope_words(slope: Estimate) -> str:
    """A slope in JPY bn with its interval."""
    return f"{say.signed(slope.value, 0)} JPY bn ({say.interval(slope.low, slope.high, 0)})"


def figures(result: Result) -> dict[str, View]:
    """The figures that the data allow, by name, in reading order."""
    made = {
        "accounts": accounts(result),
        "purchases_pace": purchases_pace(result),
        "pace_readings": pace_readings(result),
        "season": season(result),
        "japan_share": japan_share(result),
        "individuals_by_year": individuals_by_year(result),
        "gross_and_net": gross_and_net(result),
        **interruption.figures(result),
        "individuals_and_topix": individuals_and_topix(result),
        "fund_rates": fund_rates(result),
    }
    return {name: view for name, view in made.items() if view is not None}


def accounts(result: Result) -> View | None:
    """Published counts of accounts, million."""
    frame = ledger.accounts(result.known, result.inputs.start)
    if frame.empty or "accounts_total" not in frame or frame["accounts_total"].isna().all():
        return None
    counted = frame["accounts_total"].dropna()
    first, last = counted.index[0], counted.index[-1]
    title = f"{counted.iloc[-1]:.1f} million NISA accounts were open on {say.day(last)}"
    alt = (
        f"Accounts without junior ones went from {counted.iloc[0]:.1f} million on {say.day(first)} to "
        f"{counted.iloc[-1]:.1f} million on {say.day(last)}, in {say.counted(len(counted), 'published count')}; "
        "quarters without a count are gaps."
    )
    return View(frame, title, alt)


def purchases_pace(result: Result) -> View | None:
    """Average gross purchases a month between neighbouring figures, JPY tn, with the bounds of rounding."""
    spans = pace.stretches(result.ledger, result.inputs.start)
    if not spans:
        return None
    last, change = spans[-1], result.change
    newest = f"{yen_bounds(last.pace)} a month in {last.words}"
    title = f"Gross NISA purchases: {newest}"
    if change.before is not None and change.after is not None:
        title = f"Gross NISA purchases: {yen_bounds(change.after.pace)} a month in {change.after.words}, "
        title += f"{yen_bounds(change.before.pace)} in {change.before.words}"
    alt = (
        f"{title}. Averages over {say.counted(len(spans), 'period')} between published totals, with the bounds that "
        f"rounding leaves; the newest is {newest}."
    )
    return View(pace.steps(spans), title, alt)


def pace_readings(result: Result) -> View | None:
    """The ratio of paces after and before the date under every choice of windows."""
    frame = pace.ratio_readings(result.ledger, result.break_date)
    if frame.empty:
        return None
    times, date = f"{bounds(widest(frame), 1)} times", say.day(result.break_date)
    title = f"However the windows are chosen, purchases run at {times} the pace before {date}"
    if not result.change.whole_years and result.change.after is not None:
        title = f"{result.change.after.words} ran at {times} the pace before {date}, its season included"
    alt = (
        f"{say.counted(len(frame), 'reading')} of the ratio of paces, with bounds of rounding; all lie within {times}."
    )
    return View(frame, title, alt)


def season(result: Result) -> View | None:
    """How far each part of a year ran ahead of an even pace."""
    frame = pace.season(result.ledger, result.inputs.start)
    first = pace.first_quarters(frame)
    if first.empty:
        return None
    times, years = f"{bounds(widest(first), 1)} times", say.counted(len(first), "year")
    title = f"The first quarter runs at {times} the pace of its year"
    alt = f"Pace of each part of a year over the year's average: January to March {times}, in {years}."
    return View(frame, title, alt)


def japan_share(result: Result) -> View | None:
    """What Japanese shares can be of the purchases, JPY tn: possible and ruled out, without a point between."""
    if result.parts is None:
        return None
    frame = destination.bounds_table(result.parts, result.listed)
    alone, read = (say.percent(share, 1) for share in frame["share_at_most"].iloc[:2])
    period, documented = result.parts.period.words, f"{result.listed.documented:g}%"
    title = (
        f"Japanese shares bought directly are at most {alone} of {period} purchases, or {read} on a documented reading"
    )
    alt = (
        f"Bounds, not estimates: of the purchases of {period}, Japanese shares bought directly can be up to {alone} on "
        f"the figures alone, up to {read} if {documented} of the growth quota is listed; with what funds hold, "
        "anything up to 100%."
    )
    return View(frame, title, alt)


def individuals_by_year(result: Result) -> View | None:
    """Net purchases of individuals on the exchange by calendar year, JPY tn."""
    if result.inputs.flows is None or result.latest is None:
        return None
    frame = exchange.by_year(result.inputs.flows, result.inputs.start)
    if frame.empty:
        return None
    net = frame[list(RECORDS)].sum(axis=1)
    count = f"{int((net < 0).sum())} of {len(net)} years or part-years"
    newest = f"individuals {say.dealt_net(BN_PER_TN * float(net.iloc[-1]))}"
    title = f"Individuals sold more on the exchange than they bought in {count} since {str(net.index[0])[:4]}"
    if len(net) == 1:
        title = f"On the exchange {newest} in {net.index[0]}"
    alt = (
        f"Net purchases by calendar year, the last to {say.day(result.latest.last)}: net sales in {count}. In "
        f"{net.index[-1]} {newest}. Sums of three sections of Tokyo and of Tokyo and Nagoya stand apart."
    )
    if result.retail is not None:
        press, weeks = (
            say.net_trade(BN_PER_TN * each) for each in (result.retail.press.centre, result.retail.exchange.net)
        )
        alt += f" For {result.retail.period} the press has {press}, the exchange's weeks {weeks}."
    return View(frame, title, alt)


def gross_and_net(result: Result) -> View | None:
    """NISA's gross purchases and individuals' net purchases, both added up from the date, JPY tn."""
    if result.weekly is None or result.since_break is None or result.since_break.interrupted:
        return None
    net = exchange.cumulative(result.weekly, result.break_date)
    gross = _gross_since(result.ledger, result.break_date, pd.DatetimeIndex(net.index))
    if gross.notna().sum() == 0:
        return None
    last, since = gross.dropna(), result.since_break
    bought = say.yen_tn(float(last.iloc[-1]))
    title = f"NISA bought {bought} gross; individuals on the exchange {say.dealt_net(BN_PER_TN * since.net)}"
    alt = (
        f"Added up from {say.day(result.break_date)}: {title}. In JPY tn individuals' cash account is "
        f"{say.signed(since.cash)}, margin {say.signed(since.margin)}. NISA's points, one per published figure, reach "
        f"to {say.day(last.index[-1])}, individuals' line to {say.day(since.last)}."
    )
    return View(pd.DataFrame({"nisa_gross": gross, "individuals": net}), title, alt)


def _gross_since(known: Ledger, since: pd.Timestamp, weeks: pd.DatetimeIndex) -> pd.Series:
    """Middle of the bounds of purchases from ``since``, at the last week that ends by each date; else missing."""
    eve = since - pd.Timedelta(days=1)
    dates = [date for date in known.dates if eve < date <= weeks[-1] + pd.Timedelta(days=7)]
    made = pace.spans(known, ((eve, date) for date in dates)) if eve in known.dates else []
    centres = {weeks[weeks <= item.last][-1]: item.purchases.centre for item in made if item.last >= weeks[0]}
    return pd.Series(centres, dtype="float64").reindex(weeks)


def individuals_and_topix(result: Result) -> View | None:
    """Weekly net purchases of individuals (JPY bn) against the week's return of TOPIX (percent), the newest sample."""
    found = result.relation
    if found is None:
        return None
    slope, side = (found.before, "before") if found.after is None else (found.after, "from")
    if slope is None:
        return None
    part = found.sample[found.sample["after"] == float(side == "from")].dropna()
    frame = part.rename(columns={"topix_return": "x", "net": "y"})[["x", "y"]]
    verb = "sell when TOPIX rises and buy when it falls" if slope.high < 0 else "show no clear habit against TOPIX"
    verb = "buy when TOPIX rises and sell when it falls" if slope.low > 0 else verb
    title = f"Individuals {verb}: {slope_words(slope)} a week per 1%"
    alt = (
        f"{say.counted(len(frame), 'week')}, {say.day(frame.index[0])} to {say.day(frame.index[-1])}: net purchases of "
        f"individuals against the same week's TOPIX return. {title}."
    )
    return View(frame, title, alt)


def fund_rates(result: Result) -> View | None:
    """Flows of funds a month beside NISA's gross purchases a month, JPY tn."""
    if result.inputs.funds is None:
        return None
    frame = destination.monthly_rates(result.inputs.funds)
    if frame.empty:
        return None
    if result.years:
        year = result.years[-1]
        ends = {"estimate": year.pace.centre, "low": year.pace.low, "high": year.pace.high, "months": year.months}
        nisa = pd.DataFrame({**ends, "metric": "nisa_gross"}, index=[f"NISA, all gross purchases, {year.words}"])
        frame = pd.concat([frame, nisa]).rename_axis("flow")
    amounts = "; ".join(f"{name}: {say.yen_tn(rate)}" for name, rate in frame["estimate"].items())
    return View(frame, _fund_title(frame), f"Flows a month. {amounts}.")


def _fund_title(frame: pd.DataFrame) -> str:
    rates = frame.set_index("metric")["estimate"]
    if destination.SETTINGS in rates.index and "nisa_gross" in rates.index:
        taken, bought = (say.yen_tn(float(rates[name])) for name in (destination.SETTINGS, "nisa_gross"))
        return f"Equity funds took in {taken} a month gross; NISA bought {bought}, shares included"
    known = int((rates.index != "nisa_gross").sum())
    return f"Fund flows: {say.counted(known, 'isolated figure')}, no series"
