"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

from jpresearch.studies import phrasing as say
from jpresearch.studies.results import Caption
from jpresearch.studies.rotation.drivers import WORDS
from jpresearch.studies.rotation.findings import Findings
from jpresearch.studies.rotation.inputs import BANKS, SECTORS


def paths(found: Findings) -> Caption:
    """Sectors over TOPIX in the last year."""
    ends = found.paths.ffill().iloc[-1]
    ahead = [SECTORS[str(code)] for code, value in ends.items() if value > 100]
    since = say.day(found.paths.index[0])
    title = f"Ahead of TOPIX since {since}: {say.listed(ahead)}"
    sizes = ", ".join(f"{SECTORS[str(code)]} {say.number(value)}" for code, value in ends.items())
    return Caption(title, f"Lines of four sectors over TOPIX, 100 at the start. {title}. Now: {sizes}.")


def excess(found: Findings) -> Caption:
    """Sectors beyond their beta in the newest window."""
    clear = found.excess[(found.excess["low"] > 0) | (found.excess["high"] < 0)]
    names = [SECTORS[str(code)] for code in clear.index]
    title = f"{len(clear)} of {len(found.excess)} sectors moved more than chance allows beyond their beta"
    alt = f"Dots with intervals by sector, {found.span}, TOPIX {say.signed_percent(found.topix_pct, 1)}. {title}"
    return Caption(title, f"{alt}: {say.listed(names)}.")


def flip(found: Findings) -> Caption:
    """Banks less electric appliances over neighbouring windows."""
    better, worse = say.percent(100 * found.flip.share_better), say.percent(100 * found.flip.share_worse)
    title = f"Banks did better than electric appliances in {better} of the windows, worse in {worse}"
    low, high = found.flip.values.min(), found.flip.values.max()
    return Caption(
        title, f"Table of differences by first and last day around {found.span}. {title}; {say.span(low, high)} points."
    )


def sell_offs(found: Findings) -> Caption:
    """Beta-adjusted moves of sectors in the newest sell-offs."""
    count = len(found.by_sell_off.columns)
    banks = found.by_sell_off.T[BANKS].dropna()
    title = f"Banks held better than their beta in {int((banks > 0).sum())} of {say.counted(len(banks), 'sell-off')}"
    words = f"Table of moves beyond beta, sectors by sell-off (named by the month of its high), {count} in all"
    return Caption(title, f"{words}. {title}; from {say.span(banks.min(), banks.max())} points.")


def usual(found: Findings) -> Caption:
    """Means over all sell-offs."""
    clear = found.usual[(found.usual["low"] > 0) | (found.usual["high"] < 0)]
    names = [SECTORS[str(code)] for code in clear.index]
    title = f"Over all sell-offs {say.listed(names, 'no sector')} differed clearly from what beta says"
    return Caption(title, f"Dots with intervals, mean beyond beta by sector over {_episodes(found)}. {title}.")


def _episodes(found: Findings) -> str:
    return say.counted(int(found.usual["n"].max()), "sell-off")


def drivers(found: Findings) -> Caption:
    """What banks and electric appliances move with."""
    slope = found.banks.estimate("yield")
    title = f"{WORDS['yield']}: banks {say.signed(slope.value)} points against TOPIX in the same week"
    ends = say.interval(slope.low, slope.high)
    alt = f"Dots with intervals for banks and electric appliances. {title} ({ends})."
    if found.electric is None:
        return Caption(title, f"{alt} SOX is too short for electric appliances.")
    sox = found.electric.estimate("sox")
    return Caption(title, f"{alt} {WORDS['sox']}: electric appliances {say.signed(sox.value, 2)} points.")


def yields(found: Findings) -> Caption:
    """The rolling slope of banks on yields."""
    now = found.yields.iloc[-1]
    title = f"Banks against +10 bp of the 10-year yield: {say.signed(now['slope'])} points over the newest window"
    low, high = found.yields["slope"].min(), found.yields["slope"].max()
    return Caption(
        title, f"Line with its band. {title} ({say.span(now['low'], now['high'])}); {say.span(low, high)} before."
    )
