"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.stats.persistence import Autocorrelation
from jpresearch.stats.regression import JointTest, Regression
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.counterparties import CLASS_WORDS, Balances
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.present import Aftermath
from jpresearch.studies.foreign_flows.relation import LeadLag
from jpresearch.studies.results import Caption
from jpresearch.studies.weekly import BASIS_WORDS

SURVEYS: Final = {
    "foreigners_jpx": "JPX: Tokyo and Nagoya, Monday to Friday",
    "foreigners_mof": "MoF: equity and fund shares, Sunday to Saturday",
}


def weekly_net(weeks: pd.DataFrame) -> Caption:
    """Bars of weekly net purchases."""
    pair, end = weeks["net"].tail(2), say.day(weeks.index[-1])
    kind = "Bars of weekly net purchases by foreigners"
    if pair.isna().any():
        title = f"Foreigners {say.dealt_net(pair.iloc[-1])} in the week to {end}"
        return Caption(title, f"{kind}. {title}; the week before is missing.")
    title = f"Foreigners {say.dealt_net(float(pair.sum()))} in the two weeks to {end}"
    return Caption(title, f"{kind}. {title}: {say.signed(pair.iloc[0])} and {say.signed(pair.iloc[1])} JPY bn.")


def ranges(strip: pd.DataFrame) -> Caption:
    """Sums over 1 to 13 weeks in their own past."""
    known = strip.dropna(subset=["now"])
    name = "2 weeks" if "2 weeks" in known.index else str(known.index[0])
    row = known.loc[name]
    part = "the lowest quarter" if row["now"] < row["q25"] else "the highest quarter"
    part = "the middle half" if row["q25"] <= row["now"] <= row["q75"] else part
    title = f"The flow of the last {name.removeprefix('1 ')} lies in {part} of its own past"
    parts = [f"{length} {say.signed(now)}" for length, now in known["now"].items()]
    return Caption(
        title, f"Ranges of foreigners' net purchases over spans of weeks. {title}. Now: {', '.join(parts)} JPY bn."
    )


def year_to_date(since: pd.DataFrame) -> Caption:
    """Flow and index since the turn of the year."""
    year, change = since.index[-1].year, since["topix"].dropna()
    head = f"In {year} foreigners have {say.dealt_net(float(since['foreigners'].dropna().iloc[-1]))}"
    panels = "Panels of flow, TOPIX and Nikkei 225 since each turn of the year"
    if change.empty or change.index[-1].year != year:
        return Caption(head, f"{panels}. {head}; TOPIX is not known for this year.")
    move = f"TOPIX {say.moved(float(change.iloc[-1]))} to {say.day(change.index[-1])}"
    return Caption(f"{head}; {move}", f"{panels}. {head}; {move}.")


def memory(found: Autocorrelation) -> Caption:
    """Autocorrelation of flows."""
    covers = (found.low <= 0) & (found.high >= 0)
    ends = say.interval(found.low[1], found.high[1], 2, confidence=found.confidence)
    title = f"One week's flow and the next correlate at {say.number(found.estimate[1], 2)} ({ends})"
    return Caption(
        title,
        f"Correlation of weekly net purchases with those 1 to {len(covers)} weeks before. {title}; the interval "
        f"excludes zero at {int((~covers).sum())} of {len(covers)} distances.",
    )


def same_week(fit: Regression) -> Caption:
    """Scatter of flow and index change."""
    slope = fit.estimate("flow")
    told = "Flow and index show no clear relation" if slope.covers_zero else "Flow and index move together"
    ends = say.interval(slope.low, slope.high, 0, confidence=fit.confidence)
    title = f"{told} within the week: {say.number(slope.value, 0)} bp per JPY 100bn ({ends})"
    alt = f"Scatter of weekly net purchases and TOPIX changes, {say.counted(fit.observations, 'week')}. {title}."
    return Caption(title, alt)


def by_year(years: pd.DataFrame) -> Caption:
    """The same-week slope year by year."""
    known = years.dropna(subset=["estimate"])
    covering = int(((known["low"] <= 0) & (known["high"] >= 0)).sum())
    slopes = {year: say.number(float(slope), 0) for year, slope in known["estimate"].iloc[[0, -1]].items()}
    ends = ", ".join(f"{slope} in {year}" for year, slope in slopes.items())
    title = f"The same-week relation by year, bp of TOPIX per JPY 100bn: {ends}"
    alt = f"Intervals of basis points of TOPIX per JPY 100bn of net purchases by year. {title}; the interval covers "
    return Caption(title, f"{alt}zero in {covering or 'none'} of {len(known)} years.")


def told(test: JointTest, settings: Settings) -> str:
    """Whether the past of one told the next of the other."""
    return "told something of" if test.p_value < 1 - settings.confidence else "did not clearly tell"


def flow_then_index(both: LeadLag, settings: Settings) -> Caption:
    """Past flow and the next index change."""
    title = f"Past flow {told(both.leads, settings)} TOPIX's next week ({say.p_value(both.leads.p_value)})"
    variance = f"Both pasts together account for {say.percent(100 * both.index.r_squared)} of TOPIX's weekly variance."
    return Caption(title, f"Intervals of TOPIX's change per JPY 100bn of flow 1 to 4 weeks before. {title}. {variance}")


def index_then_flow(both: LeadLag, settings: Settings) -> Caption:
    """Past index changes and the next flow."""
    verdict = told(both.follows, settings)
    title = f"Past TOPIX moves {verdict} the next week's flow ({say.p_value(both.follows.p_value)})"
    return Caption(title, f"Intervals of flow per 1% of TOPIX 1 to 4 weeks before. {title}.")


def other_side(table: pd.DataFrame) -> Caption:
    """Who buys when foreigners sell."""
    name, first = str(table.index[0]), table.iloc[0]
    title = f"Of each further JPY 100bn that foreigners sold, {CLASS_WORDS[name]} bought "
    title += f"{say.number(first['estimate'], 0)}bn ({say.span(first['low'], first['high'], 0)})"
    parts = [f"{CLASS_WORDS[str(key)]} {say.number(value, 0)}" for key, value in table["estimate"].items()]
    return Caption(title, f"Intervals of net purchases per JPY 100bn of foreign selling: {', '.join(parts)} JPY bn.")


def by_year_sides(table: pd.DataFrame) -> Caption:
    """Average balances in selling weeks by year."""
    year = table.columns[-1]
    buyers = table[year].drop("foreigners").sort_values(ascending=False)
    title = f"In {year} the largest buyer in weeks of foreign selling was {CLASS_WORDS[str(buyers.index[0])]}"
    return Caption(
        title, f"Mean weekly net purchases by class and year, JPY bn. {title}: {say.signed(buyers.iloc[0])}."
    )


def newest_sides(known: Balances, shown: pd.DataFrame) -> Caption:
    """Balances of the newest weeks by class."""
    missing = int(shown["foreigners"].isna().sum())
    whole = known.basis.reindex(shown.index).dropna()
    basis = BASIS_WORDS[str(whole.iloc[-1])] if len(whole) else "no market"
    title = f"Who bought and who sold in the last {say.counted(len(shown), 'week')} ({basis})"
    gap = f"; the classes of {say.counted(missing, 'week')} are not published" if missing else ""
    return Caption(title, f"Stacked weekly net purchases by class, {basis}, summing to zero each week{gap}.")


def courses(after: Aftermath, settings: Settings) -> Caption:
    """TOPIX around the heaviest weeks."""
    kind = f"the heaviest {say.percent(100 * settings.extreme_share)} of foreign {after.side}"
    if after.result is None:
        title = f"TOPIX around {kind}: too few episodes to judge"
        return Caption(title, f"Paths of TOPIX around the newest week. {after.why}.")
    ends = say.interval(after.result.low, after.result.high, confidence=after.result.confidence)
    change = say.signed_percent(after.result.mean, 1)
    title = f"TOPIX changed by {change} in the {after.horizon} weeks after {kind} ({ends})"
    newest = "are among" if after.newest_counts else "are not among"
    alt = f"Paths of TOPIX around {after.result.observations} finished episodes. {title}"
    return Caption(title, f"{alt}. The newest weeks {newest} the heaviest.")


def beside_mof(frame: pd.DataFrame) -> Caption:
    """The two surveys in two panels."""
    both = frame.dropna()
    title = f"Two surveys, two coverages: same sign in {same_sign(frame)} of {say.counted(len(both), 'week')}"
    return Caption(title, f"Two panels, JPX and MoF weekly net purchases, JPY bn, never added or subtracted. {title}.")


def same_sign(frame: pd.DataFrame) -> str:
    """The share of the weeks of ``beside_mof`` in which both surveys have the same sign, ``83%``."""
    both = frame.dropna()
    return say.percent(100 * float(((both["foreigners_jpx"] > 0) == (both["foreigners_mof"] > 0)).mean()))
