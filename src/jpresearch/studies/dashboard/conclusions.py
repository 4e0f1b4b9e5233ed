"""What a reader with one minute takes away, in sentences that the numbers write."""

from __future__ import annotations

from typing import Final

from jpresearch.studies import phrasing as say
from jpresearch.studies.dashboard.captions import close, depth
from jpresearch.studies.dashboard.findings import Findings
from jpresearch.studies.dashboard.inputs import WORDS
from jpresearch.studies.dashboard.measures import CLASS_WORDS, QUARTER_WEEKS
from jpresearch.studies.dashboard.standing import Reading, extremes
from jpresearch.studies.results import Metric

MOST_NAMED: Final = 4
MOST_UNUSUAL: Final = 2
FRESH_DAYS: Final = 7
AGED: Final = {"topix": "closes", "usdjpy": "yen", "per_section": "P/E by section"}
ABSENT: Final = "not known on that day"


def takeaways(found: Findings) -> list[str]:
    """One sentence each: index, flows, valuation, money, GPIF, extremes, news, and what is old or missing."""
    writers = (index, week, quarter, valuation, money, gpif, unusual, news, stale, missing)
    return [sentence for sentence in (write(found) for write in writers) if sentence]


def place(reading: Reading) -> str:
    """``93rd percentile since 2001``, or why it has none."""
    if reading.percentile is None:
        return f"only {say.counted(reading.count, 'figure')} so far"
    past = reading.measure.history["value"]
    if reading.level in (past.min(), past.max()):
        return f"the {'highest' if reading.level == past.max() else 'lowest'} since {reading.since}"
    return f"{say.ordinal(min(max(reading.percentile, 1.0), 99.0))} percentile since {reading.since}"


def index(found: Findings) -> str:
    """Levels, the week, and the distance from the high."""
    topix, nikkei = found.of("topix", "nikkei225")
    below, other = found.of("topix_below_high", "nikkei225_below_high")
    return (
        f"On {say.day(topix.day)}, with the change over a week: {close(topix)}, {depth(below)} "
        f"{found.settings.high_weeks}-week high; {close(nikkei)}, {depth(other)} own."
    )


def week(found: Findings) -> str:
    """The newest survey week."""
    if found.week.empty:
        return ""
    foreigners = found.readings["foreigners"]
    now = found.week["now"].drop("foreigners").sort_values(key=abs, ascending=False)
    largest = [f"{CLASS_WORDS[str(name)]} {say.dealt(value)} {say.yen(value)}" for name, value in now.items()][:2]
    own = f"foreigners {say.dealt_net(foreigners.level or 0.0)} ({place(foreigners)})"
    return f"In the week to {say.day(foreigners.day)} {own}; {say.listed(largest)}."


def quarter(found: Findings) -> str:
    """Foreigners over 13 weeks."""
    shown = found.of("foreigners_13w")
    if not shown:
        return ""
    over = shown[0]
    past = over.measure.history["value"]
    side = "net sales" if (over.level or 0.0) < 0 else "net purchases"
    heavier = (past <= past.iloc[-1]) if (over.level or 0.0) < 0 else (past >= past.iloc[-1])
    return (
        f"Over the {QUARTER_WEEKS} weeks to {say.day(over.day)} foreigners {say.dealt_net(over.level or 0.0)}; "
        f"{say.percent(100 * float(heavier.mean()))} of such spans since {over.since} brought {side} as large."
    )


def valuation(found: Findings) -> str:
    """The section's and the Nikkei's P/E."""
    shown = found.of("per_section", "pbr_section")
    if not shown:
        return ""
    per, book = shown
    section = per.measure.label.removeprefix("P/E of ")
    words = f"At {say.day(per.day)} {section} stood at {say.number(per.level or 0)} times earnings ({place(per)}) and "
    words += f"{say.number(book.level or 0)} times book ({place(book)})"
    return f"{words}; {say.counted(per.count, 'month')} are a short past."


def money(found: Findings) -> str:
    """Yen and rates."""
    words = {
        "usdjpy": ("a dollar cost JPY {}", 1),
        "jgb10y": ("the 10-year JGB yielded {}%", 2),
        "boj_policy_rate": ("the policy rate was {}%", 2),
    }
    parts = []
    for reading in found.of(*words):
        text, decimals = words[reading.measure.name]
        level = text.format(say.number(reading.level or 0.0, decimals))
        parts.append(f"{level} ({say.day_in_year(reading.day)}, {place(reading)})")
    return f"{say.listed(parts)[:1].upper()}{say.listed(parts)[1:]}." if parts else ""


def gpif(found: Findings) -> str:
    """GPIF's share."""
    shown = found.of("gpif_share")
    if not shown:
        return ""
    share = shown[0]
    age = (found.now.tz_localize(None) - share.day).days
    held = f"{say.percent(share.level or 0.0, 2)} of GPIF's portfolio on {say.day(share.day)}"
    before = "" if share.before is None else f", after {say.percent(share.before, 2)} in the figure known before"
    return f"Japanese equities were {held}{before}; by {say.day(found.now)} that was {say.counted(age, 'day')} old."


def unusual(found: Findings) -> str:
    """What stands in a tenth of its own past."""
    top, bottom = (group[:MOST_UNUSUAL] for group in extremes(found.headline))
    count = len([reading for reading in found.headline if reading.percentile is not None])
    high, low = (say.listed([_within(r) for r in group], "nothing") for group in (top, bottom))
    return f"Of {count} measures by {say.day(found.now)}, highest in their own past: {high}; lowest: {low}."


def _within(reading: Reading) -> str:
    """The label within a sentence."""
    label = reading.measure.label
    return label[:1].lower() + label[1:] if reading.measure.unit == "JPY bn" else label


def news(found: Findings) -> str:
    """The tables with new figures."""
    days = f"In the {say.counted(found.settings.news_days, 'day')} to {say.day(found.now)}"
    if not found.news:
        return f"{days} nothing came out in the tables watched here."
    every = [WORDS[each.table] for each in found.news]
    more = len(every) - MOST_NAMED
    named = [*every[:MOST_NAMED], f"{more} more"] if more > 0 else every
    return f"{days} figures came out in {say.counted(len(found.news), 'table')}: {say.listed(named)}."


def stale(found: Findings) -> str:
    """That the newest figures are behind the moment, where the closes are."""
    known = {words: found.readings[name] for name, words in AGED.items() if name in found.readings}
    ages = {words: (found.now.tz_localize(None) - reading.day).days for words, reading in known.items()}
    if ages["closes"] <= FRESH_DAYS:
        return ""
    old = [f"{words} {say.counted(age, 'day')}" for words, age in ages.items() if age > FRESH_DAYS]
    return f"On {say.day(found.now)} the newest figures here were old: {say.listed(old)}; what came later is missing."


def missing(found: Findings) -> str:
    """The tables that did not exist yet."""
    if not found.missing:
        return ""
    return f"Not yet public by {say.day(found.now)} in these tables: {say.listed(found.missing)}."


def metrics(found: Findings) -> list[Metric]:
    """The figures by name; a text where one is not known."""
    listed = [
        Metric("as_known_on", found.now.date()),
        Metric("close_day", found.readings["topix"].day.date()),
        _changed(found, "topix", "topix_week_pct"),
        _changed(found, "nikkei225", "nikkei225_week_pct"),
        Metric("survey_week", found.readings["foreigners"].day.date())
        if "foreigners" in found.readings
        else Metric.missing("survey_week", ABSENT),
        Metric("tables_with_news", len(found.news), "tables"),
    ]
    names = {
        "topix": ("topix", "points"),
        "nikkei225": ("nikkei225", "points"),
        "topix_below_high": ("topix_below_high_pct", "%"),
        "usdjpy": ("usdjpy", "JPY per dollar"),
        "jgb10y": ("jgb10y_pct", "%"),
        "boj_policy_rate": ("policy_rate_pct", "%"),
        "per_section": ("per_section_x", "times"),
        "pbr_section": ("pbr_section_x", "times"),
        "per_nikkei": ("per_nikkei_x", "times"),
        "gpif_share": ("gpif_share_pct", "%"),
        "foreigners": ("foreigners_week_jpy_bn", "JPY bn"),
        "foreigners_13w": ("foreigners_13w_jpy_bn", "JPY bn"),
    }
    return listed + [_level(found, name, *called) for name, called in names.items()]


def _level(found: Findings, name: str, called: str, unit: str) -> Metric:
    shown = found.of(name)
    return Metric.rounded(called, shown[0].level or 0.0, unit) if shown else Metric.missing(called, ABSENT)


def _changed(found: Findings, name: str, called: str) -> Metric:
    change = found.readings[name].change
    return Metric.missing(called, ABSENT) if change is None else Metric.rounded(called, change, "%")
