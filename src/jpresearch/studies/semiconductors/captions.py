"""What each figure says: its title, and the words for readers who cannot see it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jpresearch.studies.semiconductors.summary import Summary
from jpresearch.studies.semiconductors.valuation import LONGEST_PE, SHORTEST_RANGE, Z_UNIT
from jpresearch.studies.semiconductors.words import below_peak, day, degree, listed, middle_half, ordinal, signed, title

SOURCE: Final = "Companies' disclosures (TDnet); Tokyo Stock Exchange closes. As known at the end of each day."
MARKET_SOURCE: Final = (
    "Companies' disclosures (TDnet); Tokyo Stock Exchange; JPX; Nikkei. As known at the end of each day."
)
LINES: Final = {
    "trailing": "chip names, trailing",
    "guided": "chip names, guided",
    "prime": "Prime, trailing",
    "nikkei": "Nikkei 225, forecast",
    "expanding": "months known then",
    "hindsight": "all months, in hindsight",
    "basket": "Chip names",
    "sector": "Electric appliances fund",
    "earnings": "earnings",
    "multiple": "re-rating",
    "others": "not split",
    "topix": "TOPIX",
}


class Caption(NamedTuple):
    """A figure's title and its alternative text."""

    title: str
    alt: str


def basket_caption(summary: Summary, lines: pd.DataFrame) -> Caption:
    """For the basket's earnings yields beside the market's."""
    last, first = lines.iloc[-1], lines["trailing"].iloc[0]
    head = f"The median chip name yields {last['trailing']:.1f} % in trailing earnings"
    beside = f", Prime {last['prime']:.1f} %" if np.isfinite(last.get("prime", np.nan)) else ""
    guided = f" and {last['guided']:.1f} % in guided earnings" if np.isfinite(last["guided"]) else ""
    alt = (
        f"{head}{guided} on {day(summary.latest)}{beside}. The middle half of the names lies between {last['low']:.1f} "
        f"and {last['high']:.1f} %. A low yield means dear; where the figure begins it was {first:.1f} %."
    )
    return Caption(f"{head}{beside}", alt)


def range_caption(summary: Summary, ranges: pd.DataFrame) -> Caption:
    """For where each name stands in its own range of yields."""
    basis = "The range is that of each name's own trailing earnings yield at month ends; below zero it makes a loss."
    longest = int(summary.names["months"].max())
    if longest < SHORTEST_RANGE:
        head = f"Own ranges rest on {longest} {'month' if longest == 1 else 'months'} at most: too few to judge by"
        return Caption(head, f"{head}, on {day(summary.latest)}. {basis}")
    now = ranges.dropna(subset=["now"])
    low, high = now.index[now["now"] < now["q25"]], now.index[now["now"] > now["q75"]]
    head = f"{len(low) or 'None'} of {len(now)} names {_are(low)} dearer than in three quarters of their months"
    who = f" ({listed(low)})" if len(low) else ""
    cheap = f"; {len(high)} {_are(high)} cheaper than in three quarters ({listed(high)})" if len(high) else ""
    return Caption(head, f"{head}{who}{cheap}, on {day(summary.latest)}. {basis}")


def panels_caption(ratios: pd.DataFrame) -> Caption:
    """For the price-earnings ratios name by name."""
    last = ratios.iloc[-1].dropna()
    head = "Price over trailing earnings, name by name"
    alt = f"{head}, month ends. Gaps are losses, ratios above {LONGEST_PE:.0f} and months without known earnings."
    if len(last):
        low, high = str(last.idxmin()), str(last.idxmax())
        alt += f" The newest run from {last[low]:.0f} ({title(low)}) to {last[high]:.0f} ({title(high)})."
    return Caption(f"{head}; losses and ratios above {LONGEST_PE:.0f} are gaps", alt)


def history_caption(summary: Summary, history: pd.DataFrame) -> Caption:
    """For the median percentile over time, as known then and in hindsight; for yields where there is none yet."""
    if "expanding" not in history:
        wait = f"No percentiles to show yet: each takes {summary.min_months} months of trailing earnings"
        return Caption(f"{wait}; the yields until then", f"{wait}. The figure shows the median earnings yield instead.")
    last, gap = history.iloc[-1], (history["expanding"] - history["hindsight"]).abs()
    now = float(last["expanding"])
    head = f"The median name is at the {ordinal(now)} percentile of its own past: {degree(now)}"
    alt = (
        f"{head}, with a middle half from {ordinal(last['low'])} to {ordinal(last['high'])}. Ranked among all months, "
        f"later ones included, the median differs by {gap.mean():.0f} points on average and {gap.max():.0f} at most."
    )
    return Caption(head, alt)


def stretch_caption(summary: Summary, cells: pd.DataFrame, unit: str) -> Caption:
    """For robust z by name and quarter, or yields where there is none yet."""
    if unit != Z_UNIT:
        head = f"Trailing earnings yields by quarter: {summary.min_months} months of history are not there yet"
        return Caption(head, f"{head}, so no distance from the own past is shown.")
    now = cells.iloc[:, -1].dropna()
    most, least = str(now.idxmax()), str(now.idxmin())
    head = f"{title(most)} is the most stretched against its own past, {title(least)} the least"
    span = f"robust z of {now[most]:+.1f} and {now[least]:+.1f} in {cells.columns[-1]}".replace("-", "\u2212")
    alt = (
        f"{head}: {span}. Positive is dear; a grey cell has under {summary.min_months} months of history, or no "
        "earnings or price."
    )
    return Caption(head, alt)


def coverage_caption(summary: Summary, cells: pd.DataFrame) -> Caption:
    """For the share of sessions with guidance."""
    now = cells.iloc[:, -1]
    none = cells.index[(cells.fillna(0.0) == 0.0).all(axis=1)]
    have = "has" if summary.guided.count == 1 else "have"
    head = f"{summary.guided.count} of {len(cells)} names {have} guidance per share on {day(summary.latest)}"
    never = f"; never so far: {listed(none)}" if len(none) else ""
    alt = (
        f"{head}{never}. In {cells.columns[-1]} guidance stood on {now.mean():.0f} % of the sessions of the names with "
        "a price; a zero is a gap in guidance, a grey cell a name without a price."
    )
    return Caption(head, alt)


def split_caption(summary: Summary) -> Caption:
    """For the rally split into earnings and re-rating by name."""
    result, share = summary.rally, summary.rally.share()
    span = f"{day(result.first)} to {day(result.last)}"
    if not np.isfinite(share):
        head = f"{span}: no split into earnings and re-rating"
        return Caption(head, f"{head}, for want of profits at both ends or of a move. Grey bars are the whole change.")
    parts = result.trailing.parts
    move = "rise" if parts["price"].mean() >= 0.0 else "fall"
    rerated = int((parts["multiple"].abs() > parts["earnings"].abs()).sum())
    fell = int((parts["earnings"] < 0.0).sum())
    head = f"Trailing earnings make {signed(share)} % of the mean {move}, re-rating {signed(100.0 - share)} %"
    alt = (
        f"{head}, {span}. For {rerated} of {len(parts)} names re-rating is the larger part; {fell} had falling "
        "earnings. Names without profits at both ends are shown unsplit."
    )
    return Caption(head, alt)


def relative_caption(summary: Summary) -> Caption:
    """For the basket against TOPIX since the rally's start."""
    result = summary.rally
    if result.first == result.last:
        head = f"No rally: the close of {day(result.last)} is {result.chosen}"
        return Caption(head, f"{head}. Shown are chip names and TOPIX in the six months before.")
    head = f"Since {day(result.first)}: chip names {signed(result.basket)} %, TOPIX {signed(result.topix)} %"
    weights = "Equal weights every session, prices without dividends"
    return Caption(head, f"{head}, to {day(result.last)}. {weights}: {signed(result.relative)} % relative to TOPIX.")


def drawdown_caption(summary: Summary) -> Caption:
    """For the losses since the peaks."""
    losses = summary.losses
    deep, fifth = str(losses.idxmin()), losses.index[losses <= -20.0]
    head = f"The basket is {below_peak(summary.basket_loss)}, {title(deep)} {abs(losses[deep]):.0f} % below"
    alt = (
        f"{head}, on {day(summary.latest)}. {len(fifth) or 'None'} of {len(losses)} names with a price {_are(fifth)} a "
        "fifth or more below; highest closes are since the first in the table."
    )
    return Caption(head, alt)


def names_caption(summary: Summary) -> str:
    """For the table of names."""
    head = f"The names on {day(summary.latest)}, dearest against their own past first"
    if not summary.trailing.known:
        return head
    return f"{head}: median {summary.trailing.middle:.1f} times trailing earnings ({middle_half(summary.trailing)})"


def _are(names: pd.Index[str]) -> str:
    return "is" if len(names) < 2 else "are"
