"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.dashboard.findings import INDICES, MONEY, Findings, moves, recent
from jpresearch.studies.dashboard.measures import CLASS_WORDS
from jpresearch.studies.dashboard.standing import Reading, extremes
from jpresearch.studies.results import Caption

MOST_NAMED = 3


def standing(found: Findings) -> Caption:
    """Every measure in its own past."""
    top, bottom = extremes(found.headline)
    placed = [reading for reading in found.headline if reading.percentile is not None]
    title = (
        f"{len(top)} of {len(placed)} measures stand in the top tenth of their own past, {len(bottom)} in the bottom"
    )
    named = ", ".join(f"{r.measure.label} {say.ordinal(r.percentile or 0)}" for r in placed)
    return Caption(title, f"Strip of percentiles, one row per measure. {title}. {named}.")


def indices(found: Findings) -> Caption:
    """Closes of the two indices."""
    topix, nikkei = found.of(*INDICES)
    title = f"{close(topix)} on {say.day(topix.day)}, {close(nikkei)}"
    return Caption(title, f"Two small plots of daily closes over {_years(found)}. {title}.")


def close(reading: Reading) -> str:
    """``TOPIX 3,105.3 (+1.0%)``."""
    change = "" if reading.change is None else f" ({say.signed_percent(reading.change, 1)})"
    return f"{reading.measure.label} {say.number(reading.level or 0.0)}{change}"


def _years(found: Findings) -> str:
    return say.counted(found.settings.years, "year")


def drawdown(found: Findings) -> Caption:
    """Distance from the high."""
    topix, nikkei = found.of("topix_below_high", "nikkei225_below_high")
    weeks = found.settings.high_weeks
    title = f"TOPIX {depth(topix)} {weeks}-week high, Nikkei 225 {depth(nikkei)} own"
    deepest = float(recent(found, ["topix_below_high"]).min().iloc[0])
    alt = f"Lines of the distance from the highest close of {weeks} weeks. {title}. Deepest for TOPIX in the figure:"
    return Caption(title, f"{alt} {say.percent(deepest, 1)}.")


def depth(reading: Reading) -> str:
    """``at its``, ``0.5% below its``."""
    below = say.percent(abs(reading.level or 0.0), 1)
    return "at its" if not below.strip("0.%") else f"{below} below its"


def week_moves(found: Findings) -> Caption:
    """Changes over a week."""
    change = moves(found)
    title = f"Over a week: {', '.join(f'{name} {say.signed_percent(size, 1)}' for name, size in change.items())}"
    return Caption(title, f"Bars of percent changes, each over the week to its newest figure. {title}.")


def flow_strip(found: Findings) -> Caption:
    """Heat of the newest weeks."""
    last = pd.Timestamp(found.strip.columns[-1])
    foreigners = found.strip.T["foreigners"].dropna()
    sold, weeks = int((foreigners < 0).sum()), len(foreigners)
    title = f"Foreigners were net sellers in {sold} of {say.counted(weeks, 'week')} to {say.day(last)}"
    newest = [
        f"{CLASS_WORDS[str(name)]} {say.signed(value)}" for name, value in found.strip.iloc[:, -1].dropna().items()
    ]
    alt = "Table of net purchases, classes by week, each in standard deviations of its own year before"
    return Caption(title, f"{alt}. {title}. Newest week: {', '.join(newest)}.")


def newest_week(found: Findings) -> Caption:
    """The newest week against the past of each class."""
    day = found.readings["foreigners"].day
    title = f"Week to {say.day(day)}: {sides(found)}"
    rows = [f"{CLASS_WORDS[str(name)]} {say.signed(value)}" for name, value in found.week["now"].items()]
    return Caption(title, f"Strip of net purchases in JPY bn, each class in its own past. {title}. {', '.join(rows)}.")


def sides(found: Findings) -> str:
    """``foreigners and trust banks sold, individuals bought``, the larger amounts first on each side."""
    now = found.week["now"].sort_values(key=abs, ascending=False)
    words = []
    for verb, names in (("bought", now.index[now > 0]), ("sold", now.index[now < 0])):
        if len(names):
            words.append(f"{say.listed([CLASS_WORDS[str(name)] for name in names[:MOST_NAMED]])} {verb}")
    return ", ".join(words)


def valuation(found: Findings) -> Caption:
    """P/E and P/B."""
    pairs = [found.of(f"per_{name}", f"pbr_{name}") for name in ("section", "nikkei")]
    title = "; ".join(multiples(*pair) for pair in pairs if len(pair) == 2)
    return Caption(title, f"Small plots of price to earnings and to book over {_years(found)}. Now: {title}.")


def multiples(per: Reading, book: Reading) -> str:
    """``TSE Prime at 17.2 times earnings and 1.5 times book``."""
    of = per.measure.label.removeprefix("P/E of ")
    return f"{of} at {say.number(per.level or 0.0)} times earnings and {say.number(book.level or 0.0)} times book"


def money(found: Findings) -> Caption:
    """Yen and rates."""
    parts = [f"{r.measure.label} {say.number(r.level or 0.0, 2)}" for r in found.of(*MONEY)]
    title = "; ".join(parts)
    return Caption(title, f"Small plots over {_years(found)}. Now: {title}.")
