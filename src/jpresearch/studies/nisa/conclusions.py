"""The conclusions, in sentences that the numbers and their bounds write."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets import nisa_totals as ledger
from jpresearch.datasets.nisa_totals import SCHEME_START, consistency
from jpresearch.stats.regression import Estimate
from jpresearch.stats.rounding import Interval
from jpresearch.studies import phrasing as say
from jpresearch.studies.nisa import interruption, pace
from jpresearch.studies.nisa.captions import bounds, widest, yen_bounds
from jpresearch.studies.nisa.destination import SETTINGS, monthly_rates
from jpresearch.studies.nisa.pace import FIRST_QUARTER
from jpresearch.studies.nisa.result import Result
from jpresearch.studies.phrasing import BN_PER_TN

GROSS: Final = "Sales are not taken off: this is not new money."


def takeaways(result: Result) -> list[str]:
    """The sentences of the conclusion, 45 words at most each, in reading order."""
    made = [
        accounts(result),
        purchases(result),
        before_and_after(result),
        interruption.no_break_in_scheme(result),
        conflicts(result),
        japan(result),
        individuals(result),
        *interruption.sentences(result),
        against_the_market(result),
        fund_flows(result),
    ]
    return [text for text in made if text]


def accounts(result: Result) -> str:
    """How many accounts, how much more than before the date, and which counts disagree."""
    count = ledger.newest(result.known, "accounts_total")
    if count is None:
        return "No count of accounts was public yet."
    text = f"{count['value'] / 1e6:.2f} million NISA accounts were open on {say.day(count['period_end'])}"
    base = ledger.newest(result.known[result.known["period_end"] < result.break_date], "accounts_total")
    if base is not None and base["period_end"] < count["period_end"]:
        growth = 100 * ledger.bounds(count) / ledger.bounds(base) - 100
        text += f", {_change(growth, 1)} on {say.day(base['period_end'])} ({base['value'] / 1e6:.2f} million)"
    return f"{text}.{_two_counts(result)} Open accounts need not buy."


def _change(change: Interval, decimals: int) -> str:
    """``7 to 9% more than``, in words that follow the sign."""
    if change.sign == 0:
        return f"not clearly more or fewer (rounding allows {bounds(change, decimals)}%) than"
    size = change if change.sign > 0 else -change
    return f"{bounds(size, decimals)}% {'more' if change.sign > 0 else 'fewer'} than"


def _two_counts(result: Result) -> str:
    other = ledger.newest(result.known, "accounts_total_by_age_table")
    same = None if other is None else ledger.at(result.known, "accounts_total", other["period_end"])
    if other is None or same is None:
        return ""
    apart = say.percent(100 * abs(other["value"] / same["value"] - 1), 1)
    pair = f"{same['value'] / 1e6:.2f} and {other['value'] / 1e6:.2f} million, {apart} apart"
    return f" Two published counts for {say.day(other['period_end'])} disagree ({pair}); both are shown."


def purchases(result: Result) -> str:
    """The last calendar year, its change on the year before, and its season."""
    if not result.years:
        return f"No calendar year of gross purchases can be told apart from the figures public at the time. {GROSS}"
    year = result.years[-1]
    text = f"Gross purchases came to {_within(year.purchases)} in {year.words}"
    before = [item for item in result.years if item.last == year.first]
    if before:
        growth = _change(100 * year.purchases / before[0].purchases - 100, 0).replace("fewer", "less")
        text += f", {growth} in {before[0].words}"
    if year.last + pd.DateOffset(years=1) < result.latest_period:
        return f"{text}; later years cannot be told apart. {GROSS}"
    return f"{text}. {_season(result)}{GROSS}"


def _within(amount: Interval) -> str:
    return say.yen_within(*(BN_PER_TN * value for value in (amount.centre, amount.low, amount.high)))


def _season(result: Result) -> str:
    first = pace.first_quarters(pace.season(result.ledger, SCHEME_START))
    if first.empty:
        return ""
    row, year = first.iloc[-1], str(first.index[-1]).split()[-1]
    opening = ", the scheme's first" if int(year) == SCHEME_START.year else ""
    share = say.bounds(row["share_low"], row["share_high"], 0)
    return f"{FIRST_QUARTER} carried {share}% of {year}{opening} (even pace: 25%). "


def before_and_after(result: Result) -> str:
    """The pace before and after the date, in every reading, and what the figures do not allow."""
    change, since = result.change, say.day(result.break_date)
    if change.after is None:
        return _no_after(result)
    text = f"From {since} purchases ran at {yen_bounds(change.after.pace)} a month ({change.after.words})"
    if change.before is None or change.ratio is None:
        return f"{text}; no figures give a pace before that date."
    text += f", against {yen_bounds(change.before.pace)} in {change.before.words}: {_times(change.ratio)}"
    return f"{text}{_all_readings(result)}."


def _no_after(result: Result) -> str:
    before, since = result.change.before, say.day(result.break_date)
    text = f"There is no after yet: no purchases from {since} on can be told from the figures public at the time."
    if result.ledger.dates[-1] >= result.break_date:
        eve = say.day(result.break_date - pd.Timedelta(days=1))
        text = f"No figure reaches to or starts from {eve}, so purchases from {since} on cannot be told apart."
    if before is None:
        return f"{text} No figures give a pace before that date either."
    return f"{text} Before it, in {before.words}, they ran at {yen_bounds(before.pace)} a month."


def _times(ratio: Interval) -> str:
    if ratio.low > 1:
        return f"{bounds(ratio, 1)} times as fast"
    if ratio.high < 1:
        return f"slower, at {bounds(ratio, 2)} times the pace before"
    return f"rounding leaves open whether faster or slower ({bounds(ratio, 2)} times)"


def _all_readings(result: Result) -> str:
    table = pace.ratio_readings(result.ledger, result.break_date)
    if len(table) < 2 or not result.change.whole_years:
        return ""
    return f" ({bounds(widest(table), 1)} over {len(table)} choices of periods)"


def conflicts(result: Result) -> str:
    """Published totals that do not agree with the others."""
    table = consistency(result.known)
    wrong = table[~table["fits"]]
    if wrong.empty:
        return ""
    parts = say.listed([_conflict(row) for _, row in wrong.iterrows()])
    return f"{say.counted(len(wrong), 'published total')} cannot be differenced with the others: {parts}."


def _conflict(row: pd.Series) -> str:
    kind = "with junior accounts" if row["counts"] == "incl_junior" else "second figure"
    implied = say.bounds(row["implied_low"], row["implied_high"], 2)
    amount = say.yen_tn(row["value"])
    return f"{amount} for {say.day(row['period_end'])} ({kind}, where the others imply {implied})"


def japan(result: Result) -> str:
    """What part of the purchases can be Japanese shares: bounds only."""
    parts, listed = result.parts, result.listed
    if parts is None:
        return (
            "Purchases were not split by quota in the figures public at the time: there is no bound on Japanese shares."
        )
    alone, read = (say.percent(parts.upper_pct(part).high, 1) for part in (listed.high, listed.documented))
    assumed = f"if no more than {listed.high:g}% of the growth quota is listed"
    base = "on the figures alone" if listed.high == 100 else assumed
    most = say.yen_tn(parts.upper_jpy_tn(listed.documented).high)
    return (
        f"Of the purchases of {parts.period.words}, Japanese shares bought directly are at most {alone} {base}, and "
        f"{read} ({most}) if {listed.documented:g}% of the growth quota went into listed securities; they may be none. "
        "What funds hold is not published."
    )


def individuals(result: Result) -> str:
    """Net purchases on the exchange beside the gross ones of the scheme."""
    if result.latest is None:
        return "Weekly flows by type of investor were not public yet."
    known = say.counted(result.latest.weeks, "known week")
    recent = f"In the last {known}, to {say.day(result.latest.last)}, they {_dealt(result.latest.net)}."
    net = result.since_break
    if net is None:
        return f"On the exchange no week since {say.day(result.break_date)} is known. {recent}"
    gap = f", {net.missing} without a figure" if net.missing else ""
    text = (
        f"On the exchange individuals {_dealt(net.net)} from {say.day(net.first)} to {say.day(net.last)} "
        f"({say.counted(net.weeks, 'week')} known{gap})"
    )
    return f"{text}. {recent}"


def _dealt(trillions: float) -> str:
    return say.dealt_net(BN_PER_TN * trillions)


def against_the_market(result: Result) -> str:
    """How individuals' weekly net purchases went with TOPIX, before and after the date."""
    found = result.relation
    if found is None:
        return ""
    date = say.day(result.break_date)
    slope, when = (found.before, "before") if found.after is None else (found.after, "since")
    if slope is None:
        return ""
    text = f"For each 1% that TOPIX rose in a week individuals' net purchases were {_shifted(slope)} {when} {date}"
    if found.before is not None and found.change is not None:
        change = found.change
        shown = "no change is shown" if change.covers_zero else "a change is shown"
        ends = f"{say.span(change.low, change.high, 0)}{say.covering(change.low, change.high)}"
        text += f", {_shifted(found.before, '')} before: {shown} ({say.signed(change.value, 0)}, {ends})"
    return f"{text}."


def _shifted(slope: Estimate, what: str = "95% interval ") -> str:
    if slope.covers_zero:
        ends = say.span(slope.low, slope.high, 0)
        return f"not clearly different ({say.signed(slope.value, 0)} JPY billion, {what}{ends})"
    low, high = sorted((abs(slope.low), abs(slope.high)))
    size = f"JPY {abs(slope.value):.0f} billion {'lower' if slope.value < 0 else 'higher'}"
    return f"{size} ({what}{say.span(low, high, 0)})"


def fund_flows(result: Result) -> str:
    """How large the scheme is beside the money put into funds."""
    if result.inputs.funds is None:
        return "No figure of fund flows was public yet, so NISA cannot be set beside them."
    rates = monthly_rates(result.inputs.funds)
    inflow = rates[rates["metric"] == SETTINGS]
    if inflow.empty or result.fund_share is None:
        known = say.counted(len(rates), "isolated figure")
        return f"Of fund flows {known} {'is' if len(rates) == 1 else 'are'} known, none to set beside NISA."
    share = result.fund_share
    return (
        f"Equity funds took in {say.yen_tn(float(inflow['estimate'].iloc[-1]))} a month before redemptions in "
        f"{share.fund_period}. NISA's purchases of funds in {share.scheme_period} equal "
        f"{bounds(share.alone, 0)}% of that on the figures alone, {bounds(share.documented, 0)}% if "
        f"{result.listed.documented:g}% of the growth quota is listed."
    )
