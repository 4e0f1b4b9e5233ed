"""The conclusions, built from the numbers and their bounds; the words follow the numbers."""

from __future__ import annotations

import pandas as pd

from jpresearch.stats.regression import Estimate
from jpresearch.stats.rounding import Interval
from jpresearch.studies.nisa import pace, readings
from jpresearch.studies.nisa.funds import SETTINGS, monthly_rates
from jpresearch.studies.nisa.ledger import SCHEME_START, consistency
from jpresearch.studies.nisa.result import NEW_SCHEME, Result
from jpresearch.studies.nisa.words import around, between, date_words, net_words, plural, signed_interval

GROSS = "Sales are not taken off and moves from taxable accounts count, so this is not new money."
EVEN_QUARTER = "where an even pace gives 25%"


def takeaways(result: Result) -> list[str]:
    """The sentences of the conclusion, in reading order."""
    made = [
        accounts(result),
        purchases(result),
        before_and_after(result),
        conflicts(result),
        japan(result),
        individuals(result),
        fund_flows(result),
    ]
    return [text for text in made if text]


def accounts(result: Result) -> str:
    """How many accounts, how much more than before the date, and which counts disagree."""
    count = readings.newest(result.known, "accounts_total")
    if count is None:
        return "No count of accounts was public yet."
    text = f"{count['value'] / 1e6:.2f} million NISA accounts were open on {date_words(count['period_end'])}"
    base = readings.newest(result.known[result.known["period_end"] < result.break_date], "accounts_total")
    if base is not None and base["period_end"] < count["period_end"]:
        growth = 100 * readings.bounds(count) / readings.bounds(base) - 100
        text += f", {_change(growth, 1)} on {date_words(base['period_end'])} ({base['value'] / 1e6:.2f} million)"
    return f"{text}.{_two_counts(result)} An open account is not a buyer: accounts that bought nothing are counted."


def _change(percent: Interval, decimals: int) -> str:
    """``7 to 9% more than``, in words that follow the sign."""
    if percent.sign == 0:
        ends = f"{percent.low:+.{decimals}f}% to {percent.high:+.{decimals}f}%"
        return f"not clearly more or fewer (rounding allows {ends}) than"
    size = percent if percent.sign > 0 else -percent
    return f"{between(size, decimals)}% {'more' if percent.sign > 0 else 'fewer'} than"


def _two_counts(result: Result) -> str:
    other = readings.newest(result.known, "accounts_total_by_age_table")
    same = None if other is None else readings.at(result.known, "accounts_total", other["period_end"])
    if other is None or same is None:
        return ""
    apart = 100 * abs(other["value"] / same["value"] - 1)
    pair = f"{same['value'] / 1e6:.2f} and {other['value'] / 1e6:.2f} million, {apart:.1f}% apart"
    return f" Two published counts for {date_words(other['period_end'])} disagree ({pair}); both are shown."


def purchases(result: Result) -> str:
    """The last calendar year, its change on the year before, and its season."""
    if not result.years:
        return f"No calendar year of gross purchases can be told apart from the figures public at the time. {GROSS}"
    year = result.years[-1]
    text = f"Gross purchases came to JPY {around(year.purchases, 'trillion')} in {year.words}"
    before = [item for item in result.years if item.last == year.first]
    if before:
        growth = _change(100 * year.purchases / before[0].purchases - 100, 0).replace("fewer", "less")
        text += f", {growth} the {around(before[0].purchases, '')} of {before[0].words}"
    if year.last + pd.DateOffset(years=1) < result.latest_period:
        text += f"; {year.words} is the last calendar year that the figures tell apart"
    return f"{text}. {_season(result)}{GROSS}"


def _season(result: Result) -> str:
    first = pace.first_quarters(pace.season(result.ledger, SCHEME_START))
    if first.empty:
        return ""
    row, year = first.iloc[-1], str(first.index[-1]).split()[-1]
    share = between(Interval(row["share_low"], row["share_high"]), 0)
    opening = ", the scheme's first" if int(year) == SCHEME_START.year else ""
    return f"January to March carried {share}% of {year}{opening}, {EVEN_QUARTER}. "


def before_and_after(result: Result) -> str:
    """The pace before and after the date, in every reading, and what the figures do not allow."""
    change, since = result.change, date_words(result.break_date)
    if change.after is None:
        return _no_after(result)
    text = f"From {since} purchases ran at JPY {_month(change.after.pace)} ({change.after.words})"
    if change.before is None or change.ratio is None:
        return f"{text}; no figures give a pace before that date."
    text += f", against {_month(change.before.pace)} in {change.before.words}: {_times(change.ratio)}."
    return f"{text}{_all_readings(result)}{_limits(result)}"


def _no_after(result: Result) -> str:
    before, since = result.change.before, date_words(result.break_date)
    text = f"There is no after yet: no purchases from {since} on can be told from the figures public at the time."
    if result.ledger.dates[-1] >= result.break_date:
        eve = date_words(result.break_date - pd.Timedelta(days=1))
        text = f"No figure reaches to or starts from {eve}, so purchases from {since} on cannot be told apart."
    if before is None:
        return f"{text} No figures give a pace before that date either."
    return f"{text} Before it, in {before.words}, they ran at JPY {_month(before.pace)}."


def _month(bounds: Interval) -> str:
    return f"{between(bounds, 2)} trillion a month"


def _times(ratio: Interval) -> str:
    if ratio.low > 1:
        return f"{between(ratio, 1)} times as fast"
    if ratio.high < 1:
        return f"slower, at {between(ratio, 2)} times the pace before"
    return f"rounding leaves open whether faster or slower ({between(ratio, 2)} times)"


def _all_readings(result: Result) -> str:
    table = pace.ratio_readings(result.ledger, result.break_date)
    if len(table) < 2 or not result.change.whole_years:
        return ""
    span = Interval(float(table["low"].min()), float(table["high"].max()))
    doubled = ", and more than doubled holds in every one" if span.low > 2 else ""
    return f" Over {len(table)} choices of the two windows the ratio lies within {between(span, 1)}{doubled}."


def _limits(result: Result) -> str:
    after = int((result.ledger.dates >= result.break_date).sum())
    verb = "follows" if after == 1 else "follow"
    text = f" Only {plural(after, 'dated total')} {verb} the date, too few to test for a break"
    if result.break_date == NEW_SCHEME:
        text += ", and purchases put off in late 2023 would flatter the jump"
    if not result.change.whole_years and result.change.after is not None:
        text += f"; {result.change.after.words} is not made of whole years, and the season is in the number"
    return f"{text}."


def conflicts(result: Result) -> str:
    """Published totals that do not agree with the others, and what would follow if they were used all the same."""
    table = consistency(result.known)
    wrong = table[~table["fits"]]
    if wrong.empty:
        return ""
    parts = " ".join(_conflict(row, result) for _, row in wrong.iterrows())
    return f"{plural(len(wrong), 'published total')} cannot be differenced with the others. {parts}"


def _conflict(row: pd.Series, result: Result) -> str:
    date = pd.Timestamp(row["period_end"])
    implied = between(Interval(row["implied_low"], row["implied_high"]), 1)
    kind = "The total with junior accounts" if row["counts"] == "incl_junior" else "The second total"
    text = f"{kind} for {date_words(date)} is JPY {row['value']:.1f} trillion where the others imply {implied}"
    earlier = result.ledger.dates[result.ledger.dates < date]
    used = pace.spans(result.ledger, [(earlier[-1], date)])
    if not used:
        return f"{text}."
    opening = Interval(*result.ledger.ends(result.ledger.dates[0], earlier[-1]))
    wrong = readings.bounds(row) - opening
    return f"{text}; it would put {used[0].words} at {between(wrong, 1)} instead of {between(used[0].purchases, 1)}."


def japan(result: Result) -> str:
    """What part of the purchases can be Japanese shares: bounds only."""
    parts, listed = result.parts, result.listed
    if parts is None:
        return (
            "Purchases were not split by quota in the figures public at the time: there is no bound on Japanese shares."
        )
    alone, read = parts.upper_pct(listed.high), parts.upper_pct(listed.documented)
    most = parts.upper_jpy_tn(listed.documented)
    assumed = f"if no more than {listed.high:g}% of the growth quota is listed"
    base = "on the figures alone" if listed.high == 100 else assumed
    return (
        f"Of the purchases of {parts.period.words}, shares bought directly are at most {alone.high:.1f}% {base}, and "
        f"at most {read.high:.1f}% (JPY {most.high:.1f} trillion) if {listed.documented:g}% of the growth quota went "
        "into listed securities; Japanese shares may be all of that or none. What the funds hold is not published, so "
        "directly and through funds together the share can be anything from 0 to 100%."
    )


def individuals(result: Result) -> str:
    """Net purchases on the exchange beside the gross ones of the scheme, and how they go with the market."""
    if result.latest is None:
        return "Weekly flows by type of investor were not public yet."
    known = plural(result.latest.weeks, "known week")
    recent = f"In the last {known} (to {date_words(result.latest.last)}) they {net_words(result.latest.net)}."
    net = result.since_break
    if net is None:
        return f"On the exchange no week since {date_words(result.break_date)} is known. {recent}{_contrarian(result)}"
    gap = f", {net.missing} without a figure" if net.missing else ""
    text = (
        f"On the exchange individuals {net_words(net.net)} from {date_words(net.first)} to {date_words(net.last)} "
        f"(cash {net.cash:+.1f}, margin {net.margin:+.1f}; {plural(net.weeks, 'week')} known{gap})"
    )
    if net.net < 0 and result.change.after is not None:
        text += " while NISA bought: one nets the sales of every account, the other counts purchases only, so both hold"
    return f"{text}. {recent}{_contrarian(result)}"


def _contrarian(result: Result) -> str:
    found = result.relation
    if found is None:
        return ""
    slope, when = (found.before, "before the date") if found.after is None else (found.after, "since the date")
    if slope is None:
        return ""
    text = f" For each 1% that TOPIX rose in a week their net purchases were {_shifted(slope)} {when}"
    if found.before is not None and found.change is not None:
        covers = "covers zero: no change is shown" if found.change.covers_zero else "excludes zero"
        text += f", {_shifted(found.before)} before it; the change of {signed_interval(found.change)} {covers}"
    return f"{text}."


def _shifted(slope: Estimate) -> str:
    if slope.covers_zero:
        return f"no clearly different ({signed_interval(slope)}, which covers zero)"
    low, high = sorted((abs(slope.low), abs(slope.high)))
    return f"JPY {abs(slope.value):.0f} billion {'lower' if slope.value < 0 else 'higher'} ({low:.0f} to {high:.0f})"


def fund_flows(result: Result) -> str:
    """How large the scheme is beside the money put into funds."""
    if result.inputs.funds is None:
        return "No figure of fund flows was public yet, so NISA cannot be set beside them."
    rates = monthly_rates(result.inputs.funds)
    inflow = rates[rates["metric"] == SETTINGS]
    if inflow.empty or result.fund_share is None:
        known = plural(len(rates), "isolated figure")
        return f"Of fund flows {known} {'is' if len(rates) == 1 else 'are'} known, none to set beside NISA."
    share = result.fund_share
    return (
        f"Equity funds took in JPY {inflow['estimate'].iloc[-1]:.2f} trillion a month before redemptions "
        f"({share.fund_period}). Fund purchases through NISA ({share.scheme_period}) equal {between(share.alone, 0)}% "
        f"of that on the figures alone, {between(share.documented, 0)}% if {result.listed.documented:g}% of the "
        f"growth quota is listed. Monthly fund flows are known for isolated months only.{_retail(result)}"
    )


def _retail(result: Result) -> str:
    found = result.retail
    if found is None:
        return ""
    return (
        f" A press count of individuals' trade in Japanese shares, {found.press.centre:+.1f} trillion net in "
        f"{found.period}, compares with {found.exchange.net:+.1f} in the exchange's weeks."
    )
