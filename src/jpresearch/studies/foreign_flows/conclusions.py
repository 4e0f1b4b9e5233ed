"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.stats.episodes import Outcome
from jpresearch.stats.persistence import Autocorrelation
from jpresearch.stats.regression import Regression
from jpresearch.studies.foreign_flows import phrases as say
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.present import Aftermath, Rank, side_of
from jpresearch.studies.foreign_flows.relation import LeadLag

SHORT_SAMPLE_WEEKS: Final = 156
VERDICTS: Final = {
    (False, False): "Neither can be shown to run ahead of the other",
    (True, False): "Flow ran ahead of the index more than the index of flow",
    (False, True): "Flow followed the index, and cannot be shown to run ahead of it",
    (True, True): "Each told something of the other's next move",
}


@dataclass(frozen=True)
class Findings:
    """What the takeaways are written from; each field is what the function of that name returned.

    ``newest_rank`` is ``rank_of_newest`` over two weeks, ``latest_sides`` is ``latest_other_side``, ``mof`` the frame
    of ``beside_mof`` or ``None``.
    """

    settings: Settings
    weeks: pd.DataFrame
    newest_rank: Rank | None
    runs: pd.DataFrame
    memory: Autocorrelation
    same_week: Regression
    by_year: pd.DataFrame
    lead_lag: LeadLag
    variants: pd.DataFrame
    other_side: pd.DataFrame
    latest_sides: pd.Series | None
    aftermath: Aftermath
    mof: pd.DataFrame | None


def takeaways(found: Findings) -> list[str]:
    """Seven conclusions: newest weeks, run, same week, lead and lag, other side, aftermath, limits."""
    return [
        newest_weeks(found),
        run_and_memory(found),
        same_week_words(found),
        lead_lag_words(found),
        other_side_words(found),
        aftermath_words(found),
        limits(found),
    ]


def newest_weeks(found: Findings) -> str:
    """What foreigners did in the newest two weeks and how that ranks; one week where the other is missing."""
    weeks, rank, level = found.weeks, found.newest_rank, found.settings.extreme_share
    end, last = weeks.index[-1], float(weeks["net"].iloc[-1])
    if rank is None:
        head = f"In the survey week to {say.day(end)} foreigners {say.dealt(last)} a net {say.yen(last)}"
        return f"{head} of Japanese shares for cash; the week before is missing, so two weeks cannot be summed."
    head = f"In the two survey weeks to {say.day(end)} foreigners {say.dealt(rank.value)} a net {say.yen(rank.value)}"
    head += f" of Japanese shares for cash ({say.dealt(last)} {say.yen(last)} in the last), {_index_words(weeks)}."
    place = f"{say.ordinal(rank.rank)} of {rank.of:,} two-week spans since {say.month(weeks.index[0])}"
    return f"{head} By {rank.side} it ranks {place}: {say.heavy(rank.share, level)}{_relative_words(rank, level)}."


def _index_words(weeks: pd.DataFrame) -> str:
    changes = weeks["topix_pct"].iloc[-2:]
    if changes.isna().any():
        known = weeks.index[weeks["topix"].notna()]
        return f"with TOPIX not known over both (its closes here reach the week to {say.day(known[-1])})"
    return f"while TOPIX {say.moved((float(np.prod(1 + changes.to_numpy() / 100)) - 1) * 100)}"


def _relative_words(rank: Rank, level: float) -> str:
    if rank.relative_rank is None:
        return ""
    by_yen, by_spread = (say.heavy(share, level) for share in (rank.share, rank.relative_rank / rank.relative_of))
    words = "the same verdict" if by_yen == by_spread else by_spread
    place = f"{say.ordinal(rank.relative_rank)} of {rank.relative_of:,}"
    return f"; measured by the swings of the year before it ranks {place}, {words}"


def run_and_memory(found: Findings) -> str:
    """The run the newest week belongs to, the longest one on the other side within a year, and persistence."""
    newest = found.runs.iloc[-1]
    count = "the first week" if newest["length"] == 1 else f"the {say.ordinal(newest['length'])} week in a row"
    words = f"It was {count} of {side_of(newest['total'])}. "
    opposite = _longest_opposite(found.runs, newest)
    if opposite is not None:
        words += f"The longest run of {side_of(opposite['total'])} in the year before lasted "
        words += f"{say.counted(opposite['length'], 'week')}, to {say.day(opposite['end'])} "
        words += f"({say.yen(opposite['total'])}). "
    return words + _memory_words(found.memory)


def _longest_opposite(runs: pd.DataFrame, newest: pd.Series) -> pd.Series | None:
    recent = runs[(runs["sign"] != newest["sign"]) & (runs["end"] >= newest["start"] - pd.Timedelta(weeks=52))]
    return None if recent.empty else recent.loc[recent["length"][::-1].idxmax()]


def _memory_words(memory: Autocorrelation) -> str:
    value, low, high = memory.estimate[1], memory.low[1], memory.high[1]
    figures = f"{say.plain(value, 2)} ({say.interval(low, high, memory.confidence, 2)}"
    if low <= 0 <= high:
        return f"One week's flow says little about the next: the correlation is {figures}, which covers zero)."
    covers = (memory.low <= 0) & (memory.high >= 0)
    reach = int(np.argmax(covers.to_numpy())) if covers.any() else len(covers)
    kind = "Flows persist" if value > 0 else "Flows tend to reverse"
    until = f"it can be told from zero up to {say.counted(reach, 'week')} ahead"
    return f"{kind}: the correlation of one week with the next is {figures}), and {until}."


def same_week_words(found: Findings) -> str:
    """The same-week slope, its interval, how much it explains, and how it changed over the years."""
    fit, slope = found.same_week, found.same_week.estimate("flow")
    span, weeks = say.interval(slope.low, slope.high, fit.confidence, 0), f"{fit.observations:,} weeks"
    if slope.covers_zero:
        words = "In the same week flow and index cannot be shown to go together: "
        words += f"{say.plain(slope.value, 0)} basis points of TOPIX per JPY 100 billion of foreign buying "
        return words + f"({span}, which covers zero; {weeks})." + _year_words(found.by_year)
    direction = "higher" if slope.value > 0 else "lower"
    words = "Flow and index go together within the week: with JPY 100 billion more foreign buying TOPIX was "
    words += f"{abs(slope.value):.0f} basis points {direction} ({span}; {weeks}), which accounts for "
    return words + f"{fit.r_squared:.0%} of its weekly variance." + _year_words(found.by_year)


def _year_words(by_year: pd.DataFrame) -> str:
    known = by_year.dropna(subset=["estimate"])
    if len(known) < 2:
        return ""
    first, last = known.iloc[0], known.iloc[-1]
    span = f"{say.plain(last['low'], 0)} to {say.plain(last['high'], 0)}"
    zero = ", which covers zero" if last["low"] <= 0 <= last["high"] else ""
    words = f" The figure is not a constant: {say.plain(first['estimate'], 0)} in {known.index[0]}, "
    return words + f"{say.plain(last['estimate'], 0)} in {known.index[-1]} (interval {span}{zero})."


def lead_lag_words(found: Findings) -> str:
    """Whether past flow told the index's next move, or past index moves the flow's."""
    both, level = found.lead_lag, 1 - found.settings.confidence
    leads, follows = both.leads.p_value < level, both.follows.p_value < level
    words = f"{VERDICTS[leads, follows]}: foreigners' flow of four weeks {_told(leads)} TOPIX in the week after "
    words += f"({say.p_words(both.leads.p_value)}; with TOPIX's own past it accounts for {both.index.r_squared:.0%} of "
    words += f"the variance), and four weeks of TOPIX {_told(follows)} the flow in the week after "
    words += f"({say.p_words(both.follows.p_value)}). {_in_other_ways(found.variants, level)}"
    if leads:
        words += _in_time_words(both.leads_in_time.p_value, level)
    weeks = both.index.observations
    return words + (f" With only {weeks} weeks this is a sketch." if weeks < SHORT_SAMPLE_WEEKS else "")


def _in_other_ways(variants: pd.DataFrame, level: float) -> str:
    known = variants.dropna(subset=["lead_p"])
    leads, follows = int((known["lead_p"] < level).sum()), int((known["follow_p"] < level).sum())
    return f"Asked in {len(known)} ways, flow led in {leads} and followed in {follows}."


def _told(significant: bool) -> str:
    return "told something of" if significant else "told nothing certain of"


def _in_time_words(p_value: float, level: float) -> str:
    rest = "still told something" if p_value < level else "told nothing certain"
    words = " But a week's flow is published late in the week after; the flows public before a week began "
    return words + f"{rest} ({say.p_words(p_value)})."


def other_side_words(found: Findings) -> str:
    """Who bought when foreigners sold, on average, and who stood on the other side in the newest two weeks."""
    table, confidence = found.other_side, found.settings.confidence
    (one, first), (two, second) = list(table.iterrows())[:2]
    words = f"Of each further JPY 100 billion that foreigners sold in a week, {say.NAMES[str(one)]} took "
    words += f"{say.plain(first['estimate'], 0)} billion ({say.interval(first['low'], first['high'], confidence, 0)}) "
    words += f"and {say.NAMES[str(two)]} {say.plain(second['estimate'], 0)} billion "
    words += f"({say.plain(second['low'], 0)} to {say.plain(second['high'], 0)}; {int(first['weeks'])} weeks). "
    return words + _latest_sides_words(found.latest_sides)


def _latest_sides_words(sides: pd.Series | None) -> str:
    if sides is None:
        return "For the newest two weeks the classes are not published, only foreigners."
    others, against = sides.drop("foreigners"), -1 if sides["foreigners"] > 0 else 1
    opposite = others[others * against > 0].sort_values(ascending=against < 0)
    along = others[others * against < 0].sort_values(ascending=against > 0)
    named = [f"{say.NAMES[str(name)]} ({say.yen(value)})" for name, value in opposite.items()]
    words = f"In the newest two weeks the net {'sellers' if against < 0 else 'buyers'} were {say.listed(named)}"
    if along.empty:
        return f"{words}."
    with_them = say.listed([say.NAMES[str(name)] for name in along.index])
    return f"{words}; {with_them} {say.dealt(float(sides['foreigners']))} alongside foreigners."


def aftermath_words(found: Findings) -> str:
    """What TOPIX did after the heaviest weeks of the newest weeks' side, against what is usual."""
    after, kind = found.aftermath, f"the heaviest {found.settings.extreme_share:.0%} of foreign {found.aftermath.side}"
    if after.result is None or after.usual is None:
        return f"What follows {kind} cannot be told yet: {after.why}."
    result = after.result
    span = say.interval(result.low, result.high, result.confidence)
    words = f"After {kind}, TOPIX changed by {say.signed(result.mean)}% on average over the "
    words += f"{say.counted(after.horizon, 'week')} from the first weekly close after publication ({span}; "
    words += f"{result.observations} separate episodes, {result.share_positive:.0%} of them up), against "
    words += f"{say.signed(after.usual)}% for all weeks: {_against_usual(result, after.usual)}"
    return words + ("" if after.newest_counts else " The newest weeks are not among the heaviest.")


def _against_usual(result: Outcome, usual: float) -> str:
    zero = ", and zero" if result.low <= 0 <= result.high else ""
    if result.low <= usual <= result.high:
        return f"the interval holds the usual figure{zero}, so no difference can be claimed."
    side = "above" if result.low > usual else "below"
    return f"the interval lies {side} the usual figure, on few episodes."


def limits(found: Findings) -> str:
    """MoF's figure beside JPX's, and what the figures cannot say."""
    scope = "All of this is cash equities, without futures, and association only: weekly figures cannot tell buying "
    scope += "that lifts prices from news that moves both."
    if found.mof is None:
        return f"The Ministry of Finance's survey was not public for these weeks. {scope}"
    ministry, both = found.mof["mof"].dropna(), found.mof.dropna()
    # The frame is dated by Mondays; the ministry's week ends on the Saturday after.
    week_end, net = ministry.index[-1] + pd.Timedelta(days=5), float(ministry.iloc[-1])
    agree = float(((both["jpx"] > 0) == (both["mof"] > 0)).mean())
    words = "The Ministry of Finance's survey, wider in coverage and with weeks from Sunday to Saturday, shows net "
    words += f"{'sales' if net < 0 else 'purchases'} of {say.yen(net)} in the week to {say.day(week_end)}; the two "
    words += f"had the same sign in {agree:.0%} of the last {say.counted(len(both), 'week')} that both cover. "
    return words + scope
