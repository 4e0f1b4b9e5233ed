"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

from jpresearch.studies import phrasing as say
from jpresearch.studies.currency.earned import PART_LABELS
from jpresearch.studies.currency.findings import Findings, Flows
from jpresearch.studies.currency.reaction import MOVES
from jpresearch.studies.currency.steps import SESSIONS_AFTER, Steps
from jpresearch.studies.results import Caption

YEN = MOVES["yen_pct"]


def wealth(found: Findings) -> Caption:
    """Growth of 100 in yen, in dollars and hedged."""
    end = found.wealth.iloc[-1]
    since, until = (say.month(found.wealth.index[place]) for place in (0, -1))
    title = f"100 in {since} became {say.number(end['topix'], 0)} in yen and {say.number(end['dollars'], 0)} in dollars"
    hedged = f"hedged, without the forward premium, {say.number(end['hedged'], 0)}"
    return Caption(title, f"Lines of the value of TOPIX held since {since}, to {until}. {title}; {hedged}.")


def years(found: Findings) -> Caption:
    """The parts of each year's dollar return."""
    lost = found.years[(found.years["topix"] > 0) & (found.years["dollars"] < found.years["topix"])]
    title = f"The yen took from a rising index in {len(lost)} of {say.counted(len(found.years), 'year')} shown"
    low, high = found.years["usdjpy"].min(), found.years["usdjpy"].max()
    return Caption(
        title, f"Bars of each year's return in its parts. {title}; the yen's own part ran from {say.span(low, high)}%."
    )


def newest_year(found: Findings) -> Caption:
    """The newest year as a waterfall."""
    year, row = found.years.index[-1], found.years.iloc[-1]
    until = say.day(found.weeks.index[-1])
    title = f"{year} to {until}: TOPIX {say.signed_percent(row['topix'], 1)} in yen, "
    title += f"{say.signed_percent(row['dollars'], 1)} in dollars"
    parts = ", ".join(f"{words} {say.signed(row[name])}" for name, words in PART_LABELS.items())
    return Caption(title, f"Steps that add to the dollar return. {title}. Points: {parts}.")


def hedge(found: Findings) -> Caption:
    """The rolling hedge ratio."""
    now = found.rolling.iloc[-1]
    title = f"The least risky hedge is {say.number(now['ratio'], 2)} of the holding now, "
    title += f"{say.number(found.rolling['ratio'].min(), 2)} to {say.number(found.rolling['ratio'].max(), 2)} before"
    ends = say.span(now["low"], now["high"], 2)
    return Caption(
        title,
        f"Line of the hedge ratio over the {found.settings.window_weeks} weeks before each week. {title}; its "
        f"interval now is {ends}.",
    )


def same_week(flows: Flows) -> Caption:
    """Flow and the moves of its own week."""
    yen = flows.same_week.estimate(YEN)
    ends = say.interval(yen.low, yen.high, 0, confidence=0.95)
    told = "no clear change in" if yen.covers_zero else ("less" if yen.value < 0 else "more")
    title = f"A week with a stronger yen came with {told} buying by foreigners"
    size = f"{say.signed(yen.value, 0)} JPY bn per 1% of the yen ({ends})"
    return Caption(title, f"Dots with intervals for three moves of the same week. {title}: {size}.")


def before(flows: Flows, lags: int) -> Caption:
    """Flow and the moves of the weeks before."""
    clear = [name for name in MOVES.values() if not flows.before.estimate(name).covers_zero]
    title = f"Of the moves of the {lags} weeks before, {say.listed(clear, 'none')} clearly came with flows"
    sizes = ", ".join(f"{name} {say.signed(flows.before.params[name], 0)}" for name in MOVES.values())
    return Caption(title, f"Dots with intervals for three moves of the weeks before. {title}. JPY bn per 1%: {sizes}.")


def by_year(flows: Flows) -> Caption:
    """Flow and the yen in the same week, by year."""
    frame = flows.by_year
    clear = int(((frame["low"] > 0) | (frame["high"] < 0)).sum())
    title = f"Flow and the yen moved clearly together in {clear} of {say.counted(len(frame), 'year')}"
    return Caption(title, f"Dots with intervals by year, flow per 1% of the yen in its week. {title}.")


def steps(found: Steps, name: str) -> Caption:
    """Courses of TOPIX or the yen after the Bank of Japan's decisions."""
    thing = {"topix": "TOPIX", "yen": "The yen"}[name]
    frame = found.courses[name]
    ends = frame.iloc[-1].dropna()
    fell = int((ends < 0).sum())
    title = f"{thing} stood lower {SESSIONS_AFTER} sessions after {fell} of {say.counted(len(ends), 'step')}"
    if ends.empty:
        title = f"{thing} after {say.counted(len(frame.columns), 'step')}: none is {SESSIONS_AFTER} sessions old"
    listed = ", ".join(f"{day} {say.signed(value)}%" for day, value in ends.items())
    return Caption(title, f"Courses from the close before each decision. {title}. {listed or 'No course is complete'}.")
