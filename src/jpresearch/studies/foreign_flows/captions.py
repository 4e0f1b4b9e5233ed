"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

from typing import Final, NamedTuple

import pandas as pd

from jpresearch.stats.persistence import Autocorrelation
from jpresearch.stats.regression import Regression
from jpresearch.studies.foreign_flows import phrases as say
from jpresearch.studies.foreign_flows.counterparties import BASIS_WORDS, Balances
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.present import Aftermath
from jpresearch.studies.foreign_flows.relation import LeadLag

JPX: Final = "JPX, Trading by Type of Investors (weekly, cash equities, Tokyo and Nagoya)"
JPX_AND_INDEX: Final = "JPX, Trading by Type of Investors (weekly, cash); closes of TOPIX (JPX) and Nikkei 225 (Nikkei)"
JPX_CLASSES: Final = "JPX, Trading by Type of Investors (weekly, cash; 2017 to 2021: three Tokyo sections, summed)"
JPX_AND_MOF: Final = "JPX, Trading by Type of Investors; MoF, International Transactions in Securities (weekly)"


class Caption(NamedTuple):
    """The title above a figure and the words for readers who cannot see it."""

    title: str
    alt: str


def weekly_net(weeks: pd.DataFrame) -> Caption:
    """Bars of weekly net purchases."""
    pair = weeks["net"].tail(2)
    end = say.day(weeks.index[-1])
    if pair.isna().any():
        title = f"Foreigners {say.dealt(pair.iloc[-1])} a net {say.yen(pair.iloc[-1])} in the week to {end}"
        return Caption(title, f"Bars of weekly net purchases by foreigners. {title}; the week before is missing.")
    total = float(pair.sum())
    title = f"Foreigners {say.dealt(total)} a net {say.yen(total)} in the two weeks to {end}"
    last = f"{say.signed(pair.iloc[0])} and {say.signed(pair.iloc[1])} JPY bn"
    return Caption(title, f"Bars of weekly net purchases by foreigners. {title}: {last}.")


def ranges(strip: pd.DataFrame) -> Caption:
    """Sums over 1 to 13 weeks in their own past."""
    known = strip.dropna(subset=["now"])
    name = "2 weeks" if "2 weeks" in known.index else str(known.index[0])
    row = known.loc[name]
    part = "the lowest quarter" if row["now"] < row["q25"] else "the highest quarter"
    part = "the middle half" if row["q25"] <= row["now"] <= row["q75"] else part
    title = f"The flow of the last {name.removeprefix('1 ')} lies in {part} of its own past"
    parts = [f"{span} {say.signed(now)}" for span, now in known["now"].items()]
    return Caption(
        title, f"Ranges of foreigners' net purchases over spans of weeks. {title}. Now: {', '.join(parts)} JPY bn."
    )


def year_to_date(since: pd.DataFrame) -> Caption:
    """Flow and index since the turn of the year."""
    year = since.index[-1].year
    flow = float(since["foreigners"].dropna().iloc[-1])
    change = since["topix"].dropna()
    head = f"In {year} foreigners have {say.dealt(flow)} a net {say.yen(flow)}"
    panels = "Panels of flow, TOPIX and Nikkei 225 since each turn of the year"
    if change.empty or change.index[-1].year != year:
        return Caption(head, f"{panels}. {head}; TOPIX is not known for this year.")
    move = f"TOPIX {say.moved(float(change.iloc[-1]))} to {say.day(change.index[-1])}"
    return Caption(f"{head}; {move}", f"{panels}. {head}; {move}.")


def memory(found: Autocorrelation) -> Caption:
    """Autocorrelation of flows."""
    covers = (found.low <= 0) & (found.high >= 0)
    span = f"{say.plain(found.low[1], 2)} to {say.plain(found.high[1], 2)}"
    title = f"One week's flow and the next: correlation {say.plain(found.estimate[1], 2)} ({span})"
    title += ", which covers zero" if covers.iloc[0] else ""
    alt = (
        f"Correlation of weekly net purchases with those 1 to {len(covers)} weeks before, with intervals. {title}; the"
    )
    return Caption(title, f"{alt} interval excludes zero at {int((~covers).sum())} of {len(covers)} distances.")


def same_week(fit: Regression) -> Caption:
    """Scatter of flow and index change."""
    slope = fit.estimate("flow")
    span = f"{say.plain(slope.low, 0)} to {say.plain(slope.high, 0)}"
    told = "Within the week no clear relation" if slope.covers_zero else "Flow and index move together within the week"
    title = f"{told}: {say.plain(slope.value, 0)} bp per JPY 100bn ({span})"
    alt = f"Scatter of weekly net purchases and TOPIX changes, {fit.observations} weeks. {title}"
    return Caption(title, f"{alt}{', which covers zero' if slope.covers_zero else ''}.")


def by_year(years: pd.DataFrame) -> Caption:
    """The same-week slope year by year."""
    known = years.dropna(subset=["estimate"])
    covering = int(((known["low"] <= 0) & (known["high"] >= 0)).sum())
    title = f"The same-week relation year by year: the interval covers zero in {covering or 'none'} of {len(known)}"
    first, last = known.iloc[0], known.iloc[-1]
    ends = f"{known.index[0]} {say.plain(first['estimate'], 0)}, {known.index[-1]} {say.plain(last['estimate'], 0)}"
    return Caption(title, f"Intervals of basis points of TOPIX per JPY 100bn by year. {title}; {ends}.")


def flow_then_index(both: LeadLag, settings: Settings) -> Caption:
    """Past flow and the next index change."""
    p_value = both.leads.p_value
    told = "told something of" if p_value < 1 - settings.confidence else "told nothing certain of"
    title = f"Past flow {told} TOPIX's next week ({say.p_words(p_value)})"
    return Caption(title, f"Intervals of the effect of flow 1 to 4 weeks before on TOPIX. {title}.")


def index_then_flow(both: LeadLag, settings: Settings) -> Caption:
    """Past index changes and the next flow."""
    p_value = both.follows.p_value
    told = "told something of" if p_value < 1 - settings.confidence else "told nothing certain of"
    title = f"Past TOPIX moves {told} the next week's flow ({say.p_words(p_value)})"
    return Caption(title, f"Intervals of flow against TOPIX changes 1 to 4 weeks before. {title}.")


def other_side(table: pd.DataFrame) -> Caption:
    """Who buys when foreigners sell."""
    name, first = str(table.index[0]), table.iloc[0]
    title = f"Of each further JPY 100bn sold, {say.NAMES[name]} took {say.plain(first['estimate'], 0)}bn"
    parts = [f"{say.NAMES[str(key)]} {say.plain(value, 0)}" for key, value in table["estimate"].items()]
    return Caption(title, f"Intervals of net purchases per JPY 100bn of foreign selling: {', '.join(parts)} JPY bn.")


def by_year_sides(table: pd.DataFrame) -> Caption:
    """Average balances in selling weeks by year."""
    year = table.columns[-1]
    buyers = table[year].drop("foreigners").sort_values(ascending=False)
    title = f"In {year} the largest buyer in weeks of foreign selling was {say.NAMES[str(buyers.index[0])]}"
    return Caption(
        title, f"Mean weekly net purchases by class and year, JPY bn. {title}: {say.signed(buyers.iloc[0])}."
    )


def newest_sides(known: Balances, shown: pd.DataFrame) -> Caption:
    """Balances of the newest weeks by class."""
    missing = int(shown["foreigners"].isna().sum())
    whole = known.basis.reindex(shown.index).dropna()
    basis = BASIS_WORDS[str(whole.iloc[-1])] if len(whole) else "no market"
    title = f"Who bought and who sold, the last {len(shown)} weeks ({basis})"
    gap = f"; the classes of {say.counted(missing, 'week')} are not published" if missing else ""
    return Caption(title, f"Stacked weekly net purchases by class, {basis}, summing to zero each week{gap}.")


def courses(after: Aftermath, settings: Settings) -> Caption:
    """TOPIX around the heaviest weeks."""
    kind = f"the heaviest {settings.extreme_share:.0%} of foreign {after.side}"
    if after.result is None:
        title = f"TOPIX around {kind}: too few episodes to judge"
        return Caption(title, f"Paths of TOPIX around the newest week. {after.why}.")
    span = f"{say.plain(after.result.low)} to {say.plain(after.result.high)}"
    title = f"After {kind}: TOPIX {say.signed(after.result.mean)}% in {after.horizon} weeks ({span})"
    return Caption(title, f"Paths of TOPIX around {after.result.observations} finished episodes. {title}.")


def beside_mof(frame: pd.DataFrame) -> Caption:
    """The two surveys in two panels."""
    both = frame.dropna()
    agree = float(((both["jpx"] > 0) == (both["mof"] > 0)).mean())
    title = f"Two surveys, two coverages: same sign in {agree:.0%} of {len(both)} weeks"
    return Caption(title, f"Two panels, JPX and MoF weekly net purchases, JPY bn, never added or subtracted. {title}.")
