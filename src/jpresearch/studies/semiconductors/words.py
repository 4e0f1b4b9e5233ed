"""The study's conclusions in sentences, built from its figures."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from jpresearch.studies.semiconductors.inputs import NAMES
from jpresearch.studies.semiconductors.summary import DEAR, Spread, Summary


def takeaways(summary: Summary) -> list[str]:
    """The conclusions, most important first: level, own past, guidance, rally, what it is made of, drawdown, limits."""
    return [
        level(summary),
        own_past_words(summary),
        guidance_words(summary),
        rally_words(summary),
        split_words(summary),
        drawdown_words(summary),
        limits(summary),
    ]


def level(summary: Summary) -> str:
    """What the names cost over trailing earnings."""
    spread, losing = summary.trailing, summary.names.index[summary.names["trailing_yield"] <= 0.0]
    makes = "makes losses and counts" if len(losing) == 1 else "make losses and count"
    losers = f" {listed(losing)} {makes} as dearest." if len(losing) else ""
    if not spread.known:
        median = f"the median of {spread.count} chip names makes a loss and has no multiple"
        return f"On {day(summary.latest)} {median}.{losers}"
    low, high = summary.one_out
    out = f"; {low:.1f} to {high:.1f} when one name is left out" if np.isfinite([low, high]).all() else ""
    return (
        f"On {day(summary.latest)} the median of {spread.count} chip names costs {spread.middle:.1f} times trailing "
        f"earnings ({middle_half(spread)}{out}).{losers}{_beside(summary)}"
    )


def _beside(summary: Summary) -> str:
    """The basket as one company, and Prime."""
    joint = f" As one company they cost {summary.aggregate:.1f} times." if np.isfinite(summary.aggregate) else ""
    if summary.prime_day is None or not np.isfinite(summary.prime):
        return f"{joint} Prime's multiple is not available."
    premium = 100.0 * (summary.trailing.middle / summary.prime - 1.0)
    return (
        f"{joint} The median is {abs(premium):.0f} % {'above' if premium >= 0.0 else 'below'} Prime's "
        f"{summary.prime:.1f} times ({summary.prime_day:%B %Y}, on last reported years)."
    )


def middle_half(spread: Spread) -> str:
    """The quartiles of a multiple in words."""
    if np.isfinite(spread.high):
        return f"middle half {spread.low:.1f} to {spread.high:.1f}"
    return f"lower quartile {spread.low:.1f}, the upper has no earnings"


def own_past_words(summary: Summary) -> str:
    """Where the names stand in their own past."""
    spread, need = summary.percentile, summary.min_months
    if not spread.known:
        return (
            f"How this compares with the names' own past cannot be said yet: that takes {need} months of trailing "
            f"earnings for three names; the longest history has {int(summary.names['months'].max())}, and "
            f"{spread.count or 'no'} {'name is' if spread.count < 2 else 'names are'} far enough."
        )
    spans = ", which spans the 50th: the names disagree" if spread.low < 50.0 < spread.high else ""
    verb = "is" if len(summary.dear) == 1 else "are"
    dear = f"{listed(summary.dear)} {verb}" if summary.dear else "None is"
    return (
        f"Against its own months the median name stands at the {ordinal(spread.middle)} percentile of dearness "
        f"({spread.count} names with at least {need} months; middle half {ordinal(spread.low)} to "
        f"{ordinal(spread.high)}{spans}): {degree(spread.middle)}. {dear} at the {ordinal(DEAR)} or above. The months "
        f"go back to {summary.since:%B %Y} at most and follow one another closely, so a percentile rests on far fewer "
        "independent cases."
    )


def degree(percentile: float) -> str:
    """A percentile in plain words."""
    bounds = ((20.0, "cheap"), (40.0, "on the cheap side"), (60.0, "near the middle"), (DEAR, "on the dear side"))
    return next((words for bound, words in bounds if percentile < bound), "dear")


def guidance_words(summary: Summary) -> str:
    """What the companies themselves expect, and where they say nothing."""
    names, spread = summary.names, summary.guided
    silent = names.index[names["guided_yield"].isna() & names["priced"]]
    gap = f" No guidance per share stands for {listed(silent)}; the gap is shown, not filled." if len(silent) else ""
    if spread.count == 0:
        return f"No name has guidance per share for a year still open on {day(summary.latest)}.{gap}"
    both = names[(names["guided_yield"] > 0.0) & (names["trailing_yield"] > 0.0)]
    cost = f"; their median price is {spread.middle:.1f} times that ({middle_half(spread)})" if spread.known else ""
    give = "gives" if spread.count == 1 else "give"
    head = f"{spread.count} of {len(names)} names {give} guidance per share for a year not yet reported{cost}."
    return f"{head}{_ahead(both)}{gap}" if len(both) >= 3 else f"{head}{gap}"


def _ahead(both: pd.DataFrame) -> str:
    """Guided over trailing earnings of the names with both."""
    ahead = 100.0 * (both["guided_yield"] / both["trailing_yield"] - 1.0)
    least, most = str(ahead.idxmin()), str(ahead.idxmax())
    return (
        f" Where both are profits ({len(both)} names) guidance is {abs(ahead.median()):.0f} % "
        f"{'above' if ahead.median() >= 0.0 else 'below'} trailing earnings at the median, from {signed(ahead[least])} "
        f"% ({title(least)}) to {signed(ahead[most])} % ({title(most)}); the guided years end in different months."
    )


def rally_words(summary: Summary) -> str:
    """How far the basket moved, against TOPIX."""
    result, returns = summary.rally, summary.moves["return_pct"].dropna()
    if result.first == result.last:
        return f"There is no rally to measure: the close of {day(result.last)} is {result.chosen}."
    best, worst = str(returns.idxmax()), str(returns.idxmin())
    return (
        f"From {day(result.first)} ({result.chosen}) to {day(result.last)} the basket in equal weights "
        f"{_moved(result.basket)} and TOPIX {_moved(result.topix)}: the basket "
        f"{'gained' if result.relative >= 0.0 else 'lost'} {abs(result.relative):.0f} % on the market. "
        f"{int((returns > result.topix).sum())} of {len(returns)} names did better than TOPIX; the range runs from "
        f"{signed(returns[worst])} % ({title(worst)}) to {signed(returns[best])} % ({title(best)}). Prices only, no "
        "dividends."
    )


def split_words(summary: Summary) -> str:
    """How much of the move is earnings, how much re-rating."""
    result, parts = summary.rally, summary.rally.trailing.parts
    missing = _unsplit(summary)
    if not np.isfinite(result.share()):
        why = "the names with profits at both ends hardly moved" if len(parts) else "no name has profits at both ends"
        return f"How much of the move is earnings cannot be said: {why}.{missing}"
    one_out, earned = result.trailing.leave_one_out().dropna(), parts["earnings"]
    least, most = str(earned.idxmin()), str(earned.idxmax())
    robust = f" ({_percents(one_out)} when one name is left out{_spans(one_out)})" if len(one_out) else ""
    others = summary.other["earnings_share"].iloc[1:].dropna()
    range_ = f" Other readings give {_percents(others)}{_spans(others)}." if len(others) else ""
    return (
        f"{_split_head(result.share(), float(parts['price'].mean()), len(parts))}{robust}. By name the earnings part "
        f"runs from {signed(earned[least])} ({title(least)}) to {signed(earned[most])} log points "
        f"({title(most)}).{range_}{missing}"
    )


def _split_head(share: float, price: float, count: int) -> str:
    """The share in words, whether within the move, against it or larger than it."""
    mean = f"Of the mean log price {'rise' if price >= 0.0 else 'fall'} of the {count} names with profits at both ends"
    if 0.0 <= share <= 100.0:
        return f"{mean}, trailing earnings make {share:.0f} % and re-rating {100.0 - share:.0f} %"
    if share < 0.0:
        worked = "fell" if price >= 0.0 else "rose"
        return f"{mean}, re-rating makes more than all: trailing earnings {worked}, a share of {signed(share)} %"
    multiples = "fell" if price >= 0.0 else "rose"
    return f"{mean}, trailing earnings make more than all ({share:.0f} %): multiples {multiples}"


def _percents(values: pd.Series[float]) -> str:
    return f"{signed(values.min())} to {signed(values.max())} %"


def _spans(values: pd.Series[float]) -> str:
    return ", which spans zero" if values.min() < 0.0 < values.max() else ""


def _unsplit(summary: Summary) -> str:
    """The names without a split, by reason."""
    reasons = summary.moves["undefined"]
    groups = [
        f"{listed(rows.index)} ({reason})" for reason, rows in reasons[reasons != ""].groupby(reasons, sort=False)
    ]
    return f" Without a split: {'; '.join(groups)}." if groups else ""


def drawdown_words(summary: Summary) -> str:
    """What has been lost since the peaks."""
    losses = summary.losses
    deep, flat = str(losses.idxmin()), str(losses.idxmax())
    fifth = int((losses <= -20.0).sum())
    return (
        f"The basket is {below_peak(summary.basket_loss)} of {day(summary.peak)}. {fifth or 'None'} of {len(losses)} "
        f"names {'is' if fifth < 2 else 'are'} a fifth or more below their own; the range runs from "
        f"{signed(losses[deep])} % ({title(deep)}) to {signed(losses[flat])} % ({title(flat)})."
    )


def below_peak(loss: float) -> str:
    """A loss since the peak in percent, as 28 % below its highest close."""
    if abs(loss) < 0.05:
        return "at its highest close"
    return f"{abs(loss):.{0 if abs(loss) >= 0.5 else 1}f} % below its highest close"


def limits(summary: Summary) -> str:
    """What the figures leave out."""
    names = summary.names
    without = names[names["trailing_yield"].isna()]
    reasons = [f"{listed(rows.index)}: {reason}" for reason, rows in without.groupby("state", sort=False)]
    old = names.index[(names["kind"] == "last full year") & names["trailing_yield"].notna()]
    text = (
        f"The {len(names)} names are those of today, chosen knowing that they lasted and grew: the past shown is "
        "kinder than the one an investor of that day could have held."
    )
    if reasons:
        text += f" No trailing multiple on {day(summary.latest)} for {'; '.join(reasons)}."
    if len(old):
        text += f" For {listed(old)} the last full year stands in for the trailing twelve months."
    return text


def title(code: str) -> str:
    """The name of a code; a code without one stays."""
    return NAMES.get(code, code)


def listed(codes: Iterable[str]) -> str:
    """Names joined in words."""
    names = [title(str(code)) for code in codes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def day(moment: pd.Timestamp) -> str:
    """A day as 5 September 2025."""
    return f"{moment.day} {moment:%B %Y}"


def signed(value: float) -> str:
    """A whole number with its sign, a true minus, and no minus before zero."""
    whole = round(value)
    return f"+{whole}" if whole > 0 else str(whole).replace("-", "−")


def ordinal(value: float) -> str:
    """A percentile as 56th."""
    whole = round(value)
    ending = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def _moved(change: float) -> str:
    return f"{'rose' if change >= 0.0 else 'fell'} {abs(change):.0f} %"
