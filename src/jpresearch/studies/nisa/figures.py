"""The frame, title and description of each figure, built from the numbers; a figure without data is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval
from jpresearch.studies.nisa import destination, exchange, funds, pace, readings
from jpresearch.studies.nisa.ledger import Ledger
from jpresearch.studies.nisa.result import Result
from jpresearch.studies.nisa.words import between, date_words, net_words, plural, signed_interval

FSA: Final = "FSA, NISA usage survey, as cited by press and asset managers"
JPX: Final = "JPX, Trading by Type of Investors (weekly, cash equities only)"
FUNDS: Final = "Investment Trusts Association and others, as cited by press; FSA"


@dataclass(frozen=True)
class Figure:
    """What a figure shows: its data, its title, and its finding in words for readers who cannot see it."""

    frame: pd.DataFrame
    title: str
    alt: str


def figures(result: Result) -> dict[str, Figure]:
    """The figures that the data allow, by name, in reading order."""
    made = {
        "accounts": accounts(result),
        "purchases_pace": purchases_pace(result),
        "pace_readings": pace_readings(result),
        "season": season(result),
        "japan_share": japan_share(result),
        "individuals_by_year": individuals_by_year(result),
        "gross_and_net": gross_and_net(result),
        "individuals_and_topix": individuals_and_topix(result),
        "fund_rates": fund_rates(result),
    }
    return {name: figure for name, figure in made.items() if figure is not None}


def accounts(result: Result) -> Figure | None:
    """Published counts of accounts, million."""
    frame = readings.accounts(result.known, result.inputs.start)
    if frame.empty or "accounts_total" not in frame or frame["accounts_total"].isna().all():
        return None
    counted = frame["accounts_total"].dropna()
    first, last = counted.index[0], counted.index[-1]
    title = f"{counted.iloc[-1]:.1f} million NISA accounts were open on {date_words(last)}"
    alt = (
        f"Accounts without junior ones went from {counted.iloc[0]:.1f} million on {date_words(first)} to "
        f"{counted.iloc[-1]:.1f} million on {date_words(last)}, in {plural(len(counted), 'published count')}; "
        "quarters without a count are gaps."
    )
    return Figure(frame, title, alt)


def purchases_pace(result: Result) -> Figure | None:
    """Average gross purchases a month between neighbouring figures, JPY tn, with the bounds of rounding."""
    spans = pace.stretches(result.ledger, result.inputs.start)
    if not spans:
        return None
    last, change = spans[-1], result.change
    title = f"Gross NISA purchases: JPY {between(last.pace, 2)} trillion a month in {last.words}"
    if change.before is not None and change.after is not None:
        title = f"Gross NISA purchases: JPY {between(change.after.pace, 2)} trillion a month in {change.after.words}, "
        title += f"{between(change.before.pace, 2)} in {change.before.words}"
    alt = (
        f"{title}. Averages over {plural(len(spans), 'period')} between published totals, with the bounds that "
        f"rounding leaves; the newest, {last.words}, is {between(last.pace, 2)} trillion a month."
    )
    return Figure(pace.steps(spans), title, alt)


def pace_readings(result: Result) -> Figure | None:
    """The ratio of paces after and before the date under every choice of windows."""
    frame = pace.ratio_readings(result.ledger, result.break_date)
    if frame.empty:
        return None
    span = between(Interval(float(frame["low"].min()), float(frame["high"].max())), 1)
    date = date_words(result.break_date)
    title = f"However the windows are chosen, purchases run at {span} times the pace before {date}"
    if not result.change.whole_years and result.change.after is not None:
        title = f"{result.change.after.words} ran at {span} times the pace before {date}, its season included"
    alt = (
        f"{plural(len(frame), 'reading')} of the ratio of paces, with bounds of rounding; all lie within {span} times."
    )
    return Figure(frame, title, alt)


def season(result: Result) -> Figure | None:
    """How far each part of a year ran ahead of an even pace."""
    frame = pace.season(result.ledger, result.inputs.start)
    first = pace.first_quarters(frame)
    if first.empty:
        return None
    span = between(Interval(float(first["low"].min()), float(first["high"].max())), 1)
    title = f"The first quarter runs at {span} times the pace of its year"
    years = plural(len(first), "year")
    alt = f"Pace of each part of a year over the year's average: January to March {span} times, in {years}."
    return Figure(frame, title, alt)


def japan_share(result: Result) -> Figure | None:
    """What Japanese shares can be of the purchases, JPY tn: possible and ruled out, without a point between."""
    if result.parts is None:
        return None
    frame = destination.bounds_table(result.parts, result.listed)
    alone, read = frame["share_at_most"].iloc[0], frame["share_at_most"].iloc[1]
    period = result.parts.period.words
    title = f"Japanese shares bought directly: 0 to {alone:.0f}% of {period} purchases, on a documented reading 0 to "
    title += f"{read:.0f}%"
    alt = (
        f"Bounds, not estimates: of the purchases of {period}, Japanese shares bought directly can be up to "
        f"{alone:.1f}% on the figures alone, up to {read:.1f}% if {result.listed.documented:g}% of the growth quota "
        "is listed; with what funds hold, anything up to 100%."
    )
    return Figure(frame, title, alt)


def individuals_by_year(result: Result) -> Figure | None:
    """Net purchases of individuals on the exchange by calendar year, JPY tn."""
    if result.inputs.flows is None or result.latest is None:
        return None
    frame = exchange.by_year(result.inputs.flows, result.inputs.start)
    if frame.empty:
        return None
    net = frame[["individuals_cash", "individuals_margin", "three_sections"]].sum(axis=1)
    sold = int((net < 0).sum())
    count = f"{sold} of {len(net)} years or part-years"
    title = f"Individuals sold more on the exchange than they bought in {count} since {str(net.index[0])[:4]}"
    if len(net) == 1:
        title = f"On the exchange individuals {net_words(float(net.iloc[0]))} in {net.index[0]}"
    alt = (
        f"Net purchases by calendar year, the last to {date_words(result.latest.last)}: net sales in {count}. In "
        f"{net.index[-1]} individuals {net_words(float(net.iloc[-1]))}. Sums of three sections of Tokyo and of Tokyo "
        "and Nagoya stand apart."
    )
    return Figure(frame, title, alt)


def gross_and_net(result: Result) -> Figure | None:
    """NISA's gross purchases and individuals' net purchases, both added up from the date, JPY tn."""
    if result.weekly is None or result.since_break is None or result.since_break.interrupted:
        return None
    net = exchange.cumulative(result.weekly, result.break_date)
    gross = _gross_since(result.ledger, result.break_date, pd.DatetimeIndex(net.index))
    if gross.notna().sum() == 0:
        return None
    frame = pd.DataFrame({"nisa_gross": gross, "individuals": net})
    last = gross.dropna()
    side, net_now = "sold" if result.since_break.net < 0 else "bought", abs(result.since_break.net)
    title = f"NISA bought JPY {last.iloc[-1]:.1f} trillion gross; individuals on the exchange {side} {net_now:.1f} net"
    alt = (
        f"Added up from {date_words(result.break_date)}: NISA's gross purchases reach {last.iloc[-1]:.1f} trillion by "
        f"{date_words(last.index[-1])} (points, one per published figure), individuals' net purchases "
        f"{result.since_break.net:+.1f} by {date_words(result.since_break.last)}."
    )
    return Figure(frame, title, alt)


def _gross_since(ledger: Ledger, since: pd.Timestamp, weeks: pd.DatetimeIndex) -> pd.Series:
    """Middle of the bounds of purchases from ``since``, at the last week that ends by each date; else missing."""
    eve = since - pd.Timedelta(days=1)
    dates = [date for date in ledger.dates if eve < date <= weeks[-1] + pd.Timedelta(days=7)]
    made = pace.spans(ledger, ((eve, date) for date in dates)) if eve in ledger.dates else []
    centres = {weeks[weeks <= item.last][-1]: item.purchases.centre for item in made if item.last >= weeks[0]}
    return pd.Series(centres, dtype="float64").reindex(weeks)


def individuals_and_topix(result: Result) -> Figure | None:
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
    title = f"Individuals {verb}: {signed_interval(slope)} a week per 1%"
    alt = (
        f"{plural(len(frame), 'week')} {side} {date_words(result.break_date)}, {date_words(frame.index[0])} to "
        f"{date_words(frame.index[-1])}: net purchases of individuals against the same week's TOPIX return; fitted "
        f"slope {signed_interval(slope)} per 1%."
    )
    return Figure(frame, title, alt)


def fund_rates(result: Result) -> Figure | None:
    """Flows of funds a month beside NISA's gross purchases a month, JPY tn."""
    if result.inputs.funds is None:
        return None
    frame = funds.monthly_rates(result.inputs.funds)
    if frame.empty:
        return None
    if result.years:
        year = result.years[-1]
        ends = {"estimate": year.pace.centre, "low": year.pace.low, "high": year.pace.high, "months": year.months}
        nisa = pd.DataFrame({**ends, "metric": "nisa_gross"}, index=[f"NISA, all gross purchases, {year.words}"])
        frame = pd.concat([frame, nisa]).rename_axis("flow")
    title = _fund_title(frame)
    alt = "; ".join(f"{name}: {row['estimate']:.2f} trillion a month" for name, row in frame.iterrows())
    return Figure(frame, title, f"{alt}.")


def _fund_title(frame: pd.DataFrame) -> str:
    rates = frame.set_index("metric")["estimate"]
    if funds.SETTINGS in rates.index and "nisa_gross" in rates.index:
        taken, bought = rates[funds.SETTINGS], rates["nisa_gross"]
        return f"Equity funds took in JPY {taken:.2f} trillion a month gross; NISA bought {bought:.2f}, shares included"
    known = int((rates.index != "nisa_gross").sum())
    return f"Fund flows: {plural(known, 'isolated figure')}, no series"
