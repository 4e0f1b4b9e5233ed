"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.stats.persistence import Autocorrelation
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.captions import same_sign, told
from jpresearch.studies.foreign_flows.counterparties import CLASS_WORDS
from jpresearch.studies.foreign_flows.findings import Findings, all_tests
from jpresearch.studies.foreign_flows.impact_words import impact_takeaways
from jpresearch.studies.foreign_flows.verdict import SHORT_SAMPLE_WEEKS

VERDICTS: Final = {
    (False, False): "Neither flow nor TOPIX clearly ran ahead",
    (True, False): "Flow ran ahead of TOPIX, not behind it",
    (False, True): "Flow followed TOPIX and did not clearly run ahead of it",
    (True, True): "Flow and TOPIX each told something of the other's next move",
}


def takeaways(found: Findings) -> list[str]:
    """Fifteen conclusions: newest weeks, their rank, run, same week, lead and lag, six on impact and feedback, the
    other side on average and now, aftermath, limits.
    """
    return [
        newest_weeks(found),
        rank_words(found),
        run_and_memory(found),
        same_week_words(found),
        lead_lag_words(found),
        *impact_takeaways(found.impact, all_tests(found), 1 - found.settings.confidence),
        other_side_words(found),
        newest_sides_words(found),
        aftermath_words(found),
        limits(found),
    ]


def newest_weeks(found: Findings) -> str:
    """What foreigners did in the newest two weeks, and the index; one week where the other is missing."""
    weeks, rank = found.weeks, found.newest_rank
    end, last = say.day(weeks.index[-1]), float(weeks["net"].iloc[-1])
    if rank is None:
        head = f"In the survey week to {end} foreigners {say.dealt_net(last)} of Japanese shares"
        return f"{head}; the week before is missing, so two weeks cannot be summed."
    head = f"In the two survey weeks to {end} foreigners {say.dealt_net(rank.value)} of Japanese shares "
    return f"{head}({say.dealt(last)} {say.yen(last)} in the last), {_index_words(weeks)}."


def _index_words(weeks: pd.DataFrame) -> str:
    changes = weeks["topix_pct"].iloc[-2:]
    if changes.isna().any():
        return f"with TOPIX known here to {say.day(weeks.index[weeks['topix'].notna()][-1])} only"
    return f"while TOPIX {say.moved((float(np.prod(1 + changes.to_numpy() / 100)) - 1) * 100)}"


def rank_words(found: Findings) -> str:
    """How heavy the newest two weeks are, in yen and against the swings of the year before."""
    rank, level = found.newest_rank, found.settings.extreme_share
    if rank is None:
        return "How heavy the newest two weeks are cannot be told, as one of them is missing."
    verdict, since = heavy(rank.share, level), say.month(found.weeks.index[0])
    words = f"By {rank.side} these two weeks rank {say.ordinal(rank.rank)} of {rank.of:,} since {since}"
    if rank.relative_rank is None:
        return f"{words}: {verdict}."
    relative = heavy(rank.relative_rank / rank.relative_of, level)
    place = f"{say.ordinal(rank.relative_rank)} of {rank.relative_of:,} against the swings of the year before"
    if verdict == relative:
        return f"{words}, and {place}: {verdict}."
    return f"{words} ({verdict}), {place} ({relative})."


def heavy(share: float, extreme_share: float) -> str:
    """How a rank reads, by the share of spans as heavy or heavier."""
    if share <= extreme_share:
        return f"one of the heaviest {say.percent(100 * extreme_share)}"
    if share <= 0.25:
        return "heavy, but not extreme"
    return "ordinary" if share <= 0.75 else "light"


def run_and_memory(found: Findings) -> str:
    """The run the newest week belongs to, the longest one on the other side within a year, and persistence."""
    newest = found.runs.iloc[-1]
    count = "the first week" if newest["length"] == 1 else f"the {say.ordinal(newest['length'])} week in a row"
    words = f"It was {count} of {say.dealing(newest['total'])}. "
    opposite = _longest_opposite(found.runs, newest)
    if opposite is not None:
        words += f"The longest run of {say.dealing(opposite['total'])} in the year before lasted "
        words += f"{say.counted(opposite['length'], 'week')}, to {say.day(opposite['end'])}. "
    return words + _memory_words(found.memory)


def _longest_opposite(runs: pd.DataFrame, newest: pd.Series) -> pd.Series | None:
    recent = runs[(runs["sign"] != newest["sign"]) & (runs["end"] >= newest["start"] - pd.Timedelta(weeks=52))]
    return None if recent.empty else recent.loc[recent["length"][::-1].idxmax()]


def _memory_words(memory: Autocorrelation) -> str:
    value, low, high = memory.estimate[1], memory.low[1], memory.high[1]
    figures = f"{say.number(value, 2)} ({say.interval(low, high, 2, confidence=memory.confidence)})"
    if low <= 0 <= high:
        return f"Neighbouring weeks' flows hardly tell of each other: they correlate at {figures}."
    covers = (memory.low <= 0) & (memory.high >= 0)
    reach = int(np.argmax(covers.to_numpy())) if covers.any() else len(covers)
    kind = "Flows persist" if value > 0 else "Flows tend to reverse"
    return f"{kind}: neighbouring weeks correlate at {figures}, clearly so up to {say.counted(reach, 'week')} apart."


def same_week_words(found: Findings) -> str:
    """The same-week slope, its interval, how much it explains, and how it changed over the years."""
    fit, slope = found.same_week, found.same_week.estimate("flow")
    ends = say.interval(slope.low, slope.high, 0, confidence=fit.confidence)
    weeks = say.counted(fit.observations, "week")
    if slope.covers_zero:
        words = "In the same week flow and index cannot be shown to go together: "
        words += f"{say.number(slope.value, 0)} basis points of TOPIX per JPY 100 billion of foreign buying "
        return words + f"({ends}; {weeks})." + _year_words(found)
    direction = "higher" if slope.value > 0 else "lower"
    words = "Flow and index go together within the week: with JPY 100 billion more foreign buying TOPIX was "
    return words + f"{abs(slope.value):.0f} basis points {direction} ({ends}; {weeks})." + _year_words(found)


def _year_words(found: Findings) -> str:
    known = found.by_year.dropna(subset=["estimate"])
    if len(known) < 2:
        return ""
    first, last = known.iloc[0], known.iloc[-1]
    ends = say.span(last["low"], last["high"], 0) + say.covering(last["low"], last["high"])
    words = f" It differs by year: {say.number(first['estimate'], 0)} in {known.index[0]}, "
    return words + f"{say.number(last['estimate'], 0)} in {known.index[-1]} ({ends})."


def lead_lag_words(found: Findings) -> str:
    """Whether past flow told the index's next move, or past index moves the flow's."""
    both, settings = found.lead_lag, found.settings
    level, weeks = 1 - settings.confidence, both.index.observations
    leads = both.leads.p_value < level
    verdict = VERDICTS[leads, both.follows.p_value < level]
    in_time = f"; if already published {say.p_value(both.leads_in_time.p_value)}" if leads else ""
    words = f"{verdict}: past flow {told(both.leads, settings)} TOPIX's next week "
    words += f"({say.p_value(both.leads.p_value)}{in_time}), past TOPIX {told(both.follows, settings)} flow's "
    words += f"({say.p_value(both.follows.p_value)}). "
    if weeks < SHORT_SAMPLE_WEEKS:
        return f"{words}With only {weeks} weeks this is a sketch."
    return words + _in_other_ways(found.variants, level)


def _in_other_ways(variants: pd.DataFrame, level: float) -> str:
    known = variants.dropna(subset=["lead_p"])
    leads, follows = int((known["lead_p"] < level).sum()), int((known["follow_p"] < level).sum())
    return f"Asked {len(known)} ways flow led in {leads}, followed in {follows}."


def other_side_words(found: Findings) -> str:
    """Who bought when foreigners sold, on average."""
    (one, first), (two, second) = list(found.other_side.iterrows())[:2]
    ends = say.interval(first["low"], first["high"], 0, confidence=found.settings.confidence)
    words = f"Of each further JPY 100 billion that foreigners sold in a week, {CLASS_WORDS[str(one)]} bought "
    words += f"{say.number(first['estimate'], 0)} billion ({ends}) and {CLASS_WORDS[str(two)]} "
    return words + f"{say.number(second['estimate'], 0)} billion ({say.span(second['low'], second['high'], 0)})."


def newest_sides_words(found: Findings) -> str:
    """Who stood on the other side in the newest two weeks."""
    latest = found.latest_sides
    if latest is None:
        return "For the newest two weeks the classes are not published, only foreigners."
    others, against = latest.drop("foreigners"), -1 if latest["foreigners"] > 0 else 1
    opposite = others[others * against > 0].sort_values(ascending=against < 0)
    along = others[others * against < 0].sort_values(ascending=against > 0)
    named = [f"{CLASS_WORDS[str(name)]} ({say.yen(value)})" for name, value in opposite.iloc[:2].items()]
    sides, chiefly = "sellers" if against < 0 else "buyers", "chiefly " if len(opposite) > 2 else ""
    words = f"In the newest two weeks the net {sides} were {chiefly}{say.listed(named)}"
    if along.empty:
        return f"{words}."
    with_them = say.listed([CLASS_WORDS[str(name)] for name in along.index])
    return f"{words}; {with_them} {say.dealt(float(latest['foreigners']))} too."


def aftermath_words(found: Findings) -> str:
    """What TOPIX did after the heaviest weeks of the newest weeks' side, against what is usual."""
    after = found.aftermath
    kind = f"the heaviest {say.percent(100 * found.settings.extreme_share)} of foreign {after.side}"
    if after.result is None or after.usual is None:
        return f"What follows {kind} cannot be told yet: {after.why}."
    result, usual = after.result, after.usual
    ends = say.interval(result.low, result.high, confidence=result.confidence)
    words = f"After {kind} TOPIX changed by {say.signed_percent(result.mean, 1)} in the "
    words += f"{say.counted(after.horizon, 'week')} from the first weekly close after publication ({ends}; "
    words += f"{say.counted(result.observations, 'episode')}). "
    place = "below" if usual < result.low else "above" if usual > result.high else "inside"
    verdict = "no difference can be claimed" if place == "inside" else "a difference, on few episodes"
    return f"{words}The {say.signed_percent(usual, 1)} of all weeks lies {place}: {verdict}."


def limits(found: Findings) -> str:
    """MoF's figure beside JPX's, and what the figures cannot say."""
    scope = "All of this is cash equities, without futures, and association only."
    if found.mof is None:
        return f"The Ministry of Finance's survey was not public for these weeks. {scope}"
    ministry = found.mof["foreigners_mof"].dropna()
    # The frame is dated by Mondays; the ministry's week ends on the Saturday after.
    week_end = ministry.index[-1] + pd.Timedelta(days=5)
    words = f"The Ministry of Finance's wider survey shows {say.net_trade(float(ministry.iloc[-1]))} in the week to "
    words += f"{say.day(week_end)}; its sign was JPX's in {same_sign(found.mof)} of "
    return f"{words}{say.counted(len(found.mof.dropna()), 'common week')}. {scope}"
