"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.semiconductors.captions import below_peak, degree, middle_half, names_of
from jpresearch.studies.semiconductors.inputs import title
from jpresearch.studies.semiconductors.summary import DEAR, Summary

MOST_NAMED: Final = 2


def takeaways(summary: Summary, later: Sequence[str] = ()) -> list[str]:
    """Conclusions: level, own past, guidance, rally, its parts, drawdown, those of ``later_takeaways``, limits."""
    return [
        level(summary),
        own_past_words(summary),
        guidance_words(summary),
        rally_words(summary),
        split_words(summary),
        drawdown_words(summary),
        *later,
        limits(summary),
    ]


def level(summary: Summary) -> str:
    """What the names cost over trailing earnings."""
    spread, losing = summary.trailing, summary.names.index[summary.names["trailing_yield"] <= 0.0]
    makes = "makes losses and counts" if len(losing) == 1 else "make losses and count"
    losers = f" {_few(losing)} {makes} as dearest." if len(losing) else ""
    names = f"On {say.day(summary.latest)} the median of {say.counted(spread.count, 'chip name')}"
    if not spread.known:
        return f"{names} makes a loss and has no multiple.{losers}"
    low, high = summary.one_out
    out = f"; {say.span(low, high)} leaving any one out" if np.isfinite([low, high]).all() else ""
    text = f"{names} costs {say.number(spread.middle)} times trailing earnings ({middle_half(spread)}{out})"
    return f"{text}, {_beside_prime(summary)}.{losers}"


def _few(codes: pd.Index[str] | list[str]) -> str:
    """The names, or how many they are where there are more than two."""
    return names_of(codes) if len(codes) <= MOST_NAMED else f"{len(codes)} names"


def _beside_prime(summary: Summary) -> str:
    if summary.prime_day is None or not np.isfinite(summary.prime):
        return "and Prime's multiple is not available"
    premium = 100.0 * (summary.trailing.middle / summary.prime - 1.0)
    place = f"{say.percent(abs(premium))} {'above' if premium >= 0.0 else 'below'}"
    return f"{place} the Prime market's {say.number(summary.prime)} of {say.month(summary.prime_day)}"


def own_past_words(summary: Summary) -> str:
    """Where the names stand in their own past."""
    spread, need = summary.percentile, summary.min_months
    if not spread.known:
        far = f"{spread.count or 'no'} {'name is' if spread.count < 2 else 'names are'} far enough"
        return (
            f"How this compares with the names' own past cannot be said yet: that takes {need} months of trailing "
            f"earnings for three names; the longest history has {int(summary.names['months'].max())}, and {far}."
        )
    apart = ", but the names are far apart" if spread.low < 50.0 < spread.high else ""
    dear = f"{_few(summary.dear)} {_is(summary.dear)}" if summary.dear else "None is"
    return (
        f"Against its own months since {say.month(summary.since)} the median name stands at the "
        f"{say.ordinal(spread.middle)} percentile, 100 being dearest (middle half of {spread.count} names "
        f"{say.ordinal(spread.low)} to {say.ordinal(spread.high)}): {degree(spread.middle)}{apart}. {dear} at the "
        f"{say.ordinal(DEAR)} or above."
    )


def guidance_words(summary: Summary) -> str:
    """What the companies themselves expect."""
    names, spread = summary.names, summary.guided
    if spread.count == 0:
        return f"No name has guidance per share for a year still open on {say.day(summary.latest)}."
    both = names[(names["guided_yield"] > 0.0) & (names["trailing_yield"] > 0.0)]
    price = f", at a median {say.number(spread.middle)} times ({middle_half(spread)})" if spread.known else ""
    give = "gives" if spread.count == 1 else "give"
    head = f"{spread.count} of {len(names)} names {give} guidance per share for a year not yet reported{price}."
    return f"{head}{_ahead(both)}" if len(both) >= 3 else head


def _ahead(both: pd.DataFrame) -> str:
    """Guided over trailing earnings of the names with both."""
    ahead = 100.0 * (both["guided_yield"] / both["trailing_yield"] - 1.0)
    middle = float(ahead.median())
    return (
        f" At the median it is {say.percent(abs(middle))} {'above' if middle >= 0.0 else 'below'} trailing earnings "
        f"({len(both)} profitable names), {_reach(ahead)}."
    )


def _reach(changes: pd.Series[float]) -> str:
    """The names at both ends: ``from −29% (Lasertec) to +22% (Kokusai Electric)``."""
    codes = str(changes.idxmin()), str(changes.idxmax())
    ends = [f"{say.signed_percent(float(changes[code]))} ({title(code)})" for code in codes]
    return f"from {ends[0]} to {ends[1]}"


def rally_words(summary: Summary) -> str:
    """How far the basket moved, against TOPIX."""
    result, returns = summary.rally, summary.moves["return_pct"].dropna()
    if result.first == result.last:
        return f"There is no rally to measure: the close of {say.day(result.last)} is {result.chosen}."
    better = int((returns > result.topix).sum())
    return (
        f"From {say.day(result.first)} ({result.chosen}) to {say.day(result.last)} the basket in equal weights "
        f"{say.moved(result.basket, 0)} and TOPIX {say.moved(result.topix, 0)}, without dividends: "
        f"{say.signed_percent(result.relative)} relative. {better} of {len(returns)} names beat TOPIX, "
        f"{_reach(returns)}."
    )


def split_words(summary: Summary) -> str:
    """How much of the move is earnings, how much re-rating."""
    result, parts = summary.rally, summary.rally.trailing.parts
    unsplit = summary.moves.index[summary.moves["undefined"] != ""]
    missing = f" Not split: {_few(unsplit)}." if len(unsplit) else ""
    if not np.isfinite(result.share()):
        why = "the names with profits at both ends hardly moved" if len(parts) else "no name has profits at both ends"
        return f"How much of the move is earnings cannot be said: {why}.{missing}"
    one_out, others = result.trailing.leave_one_out().dropna(), summary.other["earnings_share"].iloc[1:].dropna()
    checks = [_percents(one_out, "leaving any one out")] if len(one_out) else []
    checks += [_percents(others, "other readings")] if len(others) else []
    robust = f" ({'; '.join(checks)})" if checks else ""
    return f"{_split_head(result.share(), float(parts['price'].mean()), len(parts))}{robust}.{missing}"


def _split_head(share: float, price: float, count: int) -> str:
    """The share in words, whether within the move, against it or larger than it."""
    rose = price >= 0.0
    mean = f"Of the average log price {'rise' if rose else 'fall'} of the {count} names with profits at both ends "
    mean += f"earnings make {say.percent(share)} and re-rating {say.percent(100.0 - share)}"
    if share < 0.0:
        return f"{mean}, as trailing earnings {'fell' if rose else 'rose'}"
    return f"{mean}, as multiples {'fell' if rose else 'rose'}" if share > 100.0 else mean


def _percents(values: pd.Series[float], who: str) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{who} {say.span(low, high, 0)}%{say.covering(low, high)}"


def drawdown_words(summary: Summary) -> str:
    """What has been lost since the peaks."""
    losses = summary.losses
    fifth = losses.index[losses <= -20.0]
    return (
        f"The basket is {below_peak(summary.basket_loss)} of {say.day(summary.peak)}. {len(fifth) or 'None'} of "
        f"{len(losses)} names {_is(fifth)} a fifth or more below their own; they range {_reach(losses)}."
    )


def limits(summary: Summary) -> str:
    """What the figures leave out."""
    names = summary.names
    without = names[names["trailing_yield"].isna()]
    kinds = without["state"].map(_briefly)
    reasons = [f"{names_of(rows.index)} ({reason})" for reason, rows in without.groupby(kinds, sort=False)]
    old = names.index[(names["kind"] == "last full year") & names["trailing_yield"].notna()]
    text = "The names are today's, chosen knowing that they lasted, which flatters the past shown."
    if reasons:
        text += f" Without a trailing multiple on {say.day(summary.latest)}: {say.listed(reasons)}."
    if len(old):
        text += f" For {_few(old)} the last full year stands in."
    return text


def _briefly(state: str) -> str:
    """A reason without its day, so that names with the same one are grouped; the table gives the days."""
    return next((words for start, words in _REASONS.items() if state.startswith(start)), state)


_REASONS: Final = {
    "no close": "no recent close",
    "no results in the table": "no recent results",
    "no results disclosed": "no results yet",
    "the full year before": "no full year before",
}


def _is(names: list[str] | pd.Index[str]) -> str:
    return "is" if len(names) < 2 else "are"
