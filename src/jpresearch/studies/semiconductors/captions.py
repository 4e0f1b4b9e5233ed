"""What each figure says: its title, and the words for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.results import Caption
from jpresearch.studies.semiconductors.inputs import title
from jpresearch.studies.semiconductors.summary import DEAR, Spread, Summary
from jpresearch.studies.semiconductors.valuation import LONGEST_PE, SHORTEST_RANGE, Z_UNIT

LINES: Final = {
    "trailing": "Chip names, trailing",
    "guided": "Chip names, guided",
    "prime": "Prime, trailing",
    "nikkei225": "Nikkei 225, forecast",
    "expanding": "Months known then",
    "hindsight": "All months, in hindsight",
    "basket": "Chip names",
    "sector": "Electric appliances fund",
    "earnings": "Earnings",
    "multiple": "Re-rating",
    "not_split": "Not split",
}


def names_of(codes: Iterable[str]) -> str:
    """The names of codes in words."""
    return say.listed([title(str(code)) for code in codes])


def middle_half(spread: Spread) -> str:
    """The quartiles of a multiple in words."""
    if np.isfinite(spread.high):
        return f"middle half {say.span(spread.low, spread.high)}"
    return f"lower quartile {say.number(spread.low)}, the upper has no earnings"


def degree(percentile: float) -> str:
    """A percentile in plain words."""
    bounds = ((20.0, "cheap"), (40.0, "on the cheap side"), (60.0, "near the middle"), (DEAR, "on the dear side"))
    return next((words for bound, words in bounds if percentile < bound), "dear")


def below_peak(loss: float) -> str:
    """A loss since the peak in percent, as 28% below its highest close."""
    if abs(loss) < 0.05:
        return "at its highest close"
    return f"{say.percent(abs(loss), 0 if abs(loss) >= 0.5 else 1)} below its highest close"


def basket(summary: Summary, lines: pd.DataFrame) -> Caption:
    """For the basket's earnings yields beside the market's."""
    last, first = lines.iloc[-1], lines["trailing"].iloc[0]
    head = f"The median chip name yields {say.percent(last['trailing'], 1)} in trailing earnings"
    beside = f", Prime {say.percent(last['prime'], 1)}" if np.isfinite(last.get("prime", np.nan)) else ""
    guided = f" and {say.percent(last['guided'], 1)} in guided earnings" if np.isfinite(last["guided"]) else ""
    alt = (
        f"{head}{guided} on {say.day(summary.latest)}{beside}. The middle half of the names lies between "
        f"{say.percent(last['low'], 1)} and {say.percent(last['high'], 1)}. A low yield means dear; where the figure "
        f"begins it was {say.percent(first, 1)}."
    )
    return Caption(f"{head}{beside}", alt)


def ranges(summary: Summary, ranges: pd.DataFrame) -> Caption:
    """For where each name stands in its own range of yields."""
    basis = "The range is that of each name's own trailing earnings yield at month ends; below zero it makes a loss."
    longest = int(summary.names["months"].max())
    if longest < SHORTEST_RANGE:
        head = f"Own ranges rest on {say.counted(longest, 'month')} at most: too few to judge by"
        return Caption(head, f"{head}, on {say.day(summary.latest)}. {basis}")
    now = ranges.dropna(subset=["now"])
    low, high = now.index[now["now"] < now["q25"]], now.index[now["now"] > now["q75"]]
    head = f"{len(low) or 'None'} of {len(now)} names {_are(low)} dearer than in three quarters of their months"
    who = f" ({names_of(low)})" if len(low) else ""
    cheap = f"; {len(high)} {_are(high)} cheaper than in three quarters ({names_of(high)})" if len(high) else ""
    return Caption(head, f"{head}{who}{cheap}, on {say.day(summary.latest)}. {basis}")


def panels(ratios: pd.DataFrame) -> Caption:
    """For the price-earnings ratios name by name."""
    last = ratios.iloc[-1].dropna()
    head = "Price over trailing earnings, name by name"
    alt = f"{head}, month ends. Gaps are losses, ratios above {LONGEST_PE:.0f} and months without known earnings."
    if len(last):
        low, high = str(last.idxmin()), str(last.idxmax())
        alt += f" The newest run from {last[low]:.0f} ({title(low)}) to {last[high]:.0f} ({title(high)})."
    return Caption(f"{head}; losses and ratios above {LONGEST_PE:.0f} are gaps", alt)


def history(summary: Summary, history: pd.DataFrame) -> Caption:
    """For the median percentile over time, as known then and in hindsight; for yields where there is none yet."""
    if "expanding" not in history:
        wait = f"No percentiles to show yet: each takes {summary.min_months} months of trailing earnings"
        return Caption(f"{wait}; the yields until then", f"{wait}. The figure shows the median earnings yield instead.")
    last, gap = history.iloc[-1], (history["expanding"] - history["hindsight"]).abs()
    now = float(last["expanding"])
    head = f"The median name is at the {say.ordinal(now)} percentile of its own past: {degree(now)}"
    alt = (
        f"{head}, with a middle half from {say.ordinal(last['low'])} to {say.ordinal(last['high'])}. Ranked among all "
        f"months, later ones included, it differs by {gap.mean():.0f} points on average and {gap.max():.0f} at most."
    )
    return Caption(head, alt)


def stretch(summary: Summary, cells: pd.DataFrame, unit: str) -> Caption:
    """For robust z by name and quarter, or yields where there is none yet."""
    if unit != Z_UNIT:
        head = f"Trailing earnings yields by quarter: {summary.min_months} months of history are not there yet"
        return Caption(head, f"{head}, so no distance from the own past is shown.")
    now = cells.iloc[:, -1].dropna()
    most, least = str(now.idxmax()), str(now.idxmin())
    head = f"{title(most)} is the most stretched against its own past, {title(least)} the least"
    span = f"robust z of {say.signed(now[most])} and {say.signed(now[least])} in {cells.columns[-1]}"
    alt = (
        f"{head}: {span}. Positive is dear; a grey cell has under {summary.min_months} months of history, or no "
        "earnings or price."
    )
    return Caption(head, alt)


def coverage(summary: Summary, cells: pd.DataFrame) -> Caption:
    """For the share of sessions with guidance."""
    now = cells.iloc[:, -1]
    none = cells.index[(cells.fillna(0.0) == 0.0).all(axis=1)]
    have = "has" if summary.guided.count == 1 else "have"
    head = f"{summary.guided.count} of {len(cells)} names {have} guidance per share on {say.day(summary.latest)}"
    never = f"; never so far: {names_of(none)}" if len(none) else ""
    alt = (
        f"{head}{never}. In {cells.columns[-1]} guidance stood on {now.mean():.0f}% of the sessions of the names with "
        "a price; a zero is a gap in guidance, a grey cell a name without a price."
    )
    return Caption(head, alt)


def split(summary: Summary) -> Caption:
    """For the rally split into earnings and re-rating by name."""
    result, share = summary.rally, summary.rally.share()
    span = f"{say.day(result.first)} to {say.day(result.last)}"
    if not np.isfinite(share):
        head = f"{span}: no split into earnings and re-rating"
        return Caption(head, f"{head}, for want of profits at both ends or of a move. Grey bars are the whole change.")
    parts = result.trailing.parts
    move = "rise" if parts["price"].mean() >= 0.0 else "fall"
    rerated = int((parts["multiple"].abs() > parts["earnings"].abs()).sum())
    fell = int((parts["earnings"] < 0.0).sum())
    head = f"Trailing earnings make {say.percent(share)} of the average {move}, re-rating {say.percent(100.0 - share)}"
    earned = parts["earnings"]
    codes = str(earned.idxmin()), str(earned.idxmax())
    ends = [f"{say.signed(float(earned[code]), 0)} ({title(code)})" for code in codes]
    alt = (
        f"{head}, {span}; by name the earnings part runs from {ends[0]} to {ends[1]}. For {rerated} of {len(parts)} "
        f"names re-rating is the larger part; {fell} had falling earnings. Names without profits at both ends are "
        "shown unsplit."
    )
    return Caption(head, alt)


def relative(summary: Summary) -> Caption:
    """For the basket against TOPIX since the rally's start."""
    result = summary.rally
    if result.first == result.last:
        head = f"No rally: the close of {say.day(result.last)} is {result.chosen}"
        return Caption(head, f"{head}. Shown are chip names and TOPIX in the six months before.")
    head = (
        f"Chip names {say.moved(result.basket, 0)} and TOPIX {say.moved(result.topix, 0)} from {say.day(result.first)}"
    )
    weights = f"Equal weights every session, no dividends: {say.signed_percent(result.relative)} relative to TOPIX"
    return Caption(head, f"{head} to {say.day(result.last)}. {weights}.")


def drawdown(summary: Summary) -> Caption:
    """For the losses since the peaks."""
    losses = summary.losses
    deep, fifth = str(losses.idxmin()), losses.index[losses <= -20.0]
    head = f"The basket is {below_peak(summary.basket_loss)}, {title(deep)} {abs(losses[deep]):.0f}% below"
    alt = (
        f"{head}, on {say.day(summary.latest)}. {len(fifth) or 'None'} of {len(losses)} names with a price "
        f"{_are(fifth)} a fifth or more below; highest closes are since the first in the table."
    )
    return Caption(head, alt)


def names(summary: Summary) -> str:
    """For the table of names."""
    head = f"The names on {say.day(summary.latest)}, dearest against their own past first"
    if not summary.trailing.known:
        return head
    return f"{head}: median {summary.trailing.middle:.1f} times trailing earnings ({middle_half(summary.trailing)})"


def _are(names: pd.Index[str]) -> str:
    return "is" if len(names) < 2 else "are"
