"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.results import Metric
from jpresearch.studies.rotation.findings import Findings, tests
from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, INDUSTRIALS, INSURERS, SECTORS, Span
from jpresearch.studies.testing import LEVEL, adjusted

FIRM_SHARE = 0.9
NO_SOX = "SOX, known here from 2020, was too short for a relation with electric appliances."


def takeaways(found: Findings) -> list[str]:
    """Six conclusions: the window, its neighbours, beta, past sell-offs, drivers, limits."""
    return [window(found), neighbours(found), beyond_beta(found), past(found), drivers(found), limits(found)]


def dates(span: Span) -> str:
    """``18 August 2025 to 5 September 2025``."""
    return f"{say.day(span.first)} to {say.day(span.last)}"


def window(found: Findings) -> str:
    """What the four trades did in the newest window."""
    row = found.quotes.iloc[0]
    words = {BANKS: "banks", INSURERS: "other financials", ELECTRIC: "electric appliances", INDUSTRIALS: "machinery"}
    parts = [f"{words[code]} {_against(row, code)}" for code in words]
    return f"From {dates(found.span)} TOPIX {say.moved(found.topix_pct)}; against it {say.listed(parts)} points."


def _against(row: pd.Series[float], code: str) -> str:
    return "unknown" if pd.isna(row[code]) else say.signed(float(row[code]))


def neighbours(found: Findings) -> str:
    """How firm that verdict is."""
    better, worse = found.flip.share_better, found.flip.share_worse
    count, shift = len(found.flip.values), found.settings.neighbours
    head = (
        f"With both ends moved by up to {say.counted(shift, 'session')}, banks did better than electric appliances in "
        f"{say.percent(100 * better)} of {count} windows and worse in {say.percent(100 * worse)}"
    )
    return f"{head}: {firmness(better, worse)}."


def firmness(better: float, worse: float) -> str:
    """A verdict only where nine windows in ten share it."""
    if better >= FIRM_SHARE:
        return "banks led in nearly every window"
    if worse >= FIRM_SHARE:
        return "banks lagged in nearly every window"
    return "which of the two held better depends on the window"


def beyond_beta(found: Findings) -> str:
    """Whether any sector moved more than its beta and chance allow, all tests counted."""
    clear = found.excess[(found.excess["low"] > 0) | (found.excess["high"] < 0)]
    q_values = adjusted(tests(found)).tests["q_value"]
    firm = [code for code in clear.index if q_values[f"{SECTORS[str(code)]} beyond its beta, {found.span}"] <= LEVEL]
    head = f"Beyond their beta {len(clear)} of {len(found.excess)} sectors moved more than a window this long usually "
    head += "brings"
    if clear.empty:
        return f"{head}: nothing here that beta and chance do not cover."
    names = [f"{SECTORS[str(code)]} {say.signed(float(value))}" for code, value in clear["estimate"].items()]
    tail = f"{len(firm)} of them once all tests are counted"
    return f"{head} ({say.listed(names[:4])} points), {tail}."


def past(found: Findings) -> str:
    """Banks and electric appliances over all sell-offs."""
    if not {BANKS, ELECTRIC} <= set(found.usual.index):
        return f"Sell-offs of {say.percent(found.settings.sell_off_pct)} or more were too few so far for a mean."
    banks, chips = (found.usual.loc[code].astype("float64").to_dict() for code in (BANKS, ELECTRIC))
    return (
        f"Over {int(banks['n'])} sell-offs of {say.percent(found.settings.sell_off_pct)} or more banks moved "
        f"{say.signed(banks['estimate'])} points beyond their beta ({say.interval(banks['low'], banks['high'])}), "
        f"electric appliances {say.signed(chips['estimate'])} ({say.interval(chips['low'], chips['high'])})."
    )


def drivers(found: Findings) -> str:
    """Yields and SOX."""
    slope = found.banks.estimate("yield")
    head = (
        f"In weeks with the 10-year yield 10 bp up, the curve's slope held fixed, banks did {say.signed(slope.value)} "
        f"points against TOPIX ({say.interval(slope.low, slope.high)})"
    )
    if found.electric is None:
        return f"{head}. {NO_SOX}"
    sox = found.electric.estimate("sox")
    ends = say.interval(sox.low, sox.high, decimals=2)
    return f"{head}; with SOX 1% up, electric appliances {say.signed(sox.value, 2)} ({ends})."


def limits(found: Findings) -> str:
    """What these figures cannot say."""
    return (
        f"Funds stand for sectors; some hardly trade, and electric appliances are not semiconductors alone. To "
        f"{say.day(found.span.last)} these are associations within weeks, not causes."
    )


def metrics(found: Findings) -> list[Metric]:
    """The figures by name."""
    slope = found.banks.estimate("yield")
    listed = [
        Metric("window_first_day", found.span.first.date()),
        Metric("window_last_day", found.span.last.date()),
        Metric.rounded("topix_in_window_pct", found.topix_pct, "%"),
        Metric.rounded("banks_better_share_of_windows", found.flip.share_better, "share of windows"),
        Metric.rounded("banks_worse_share_of_windows", found.flip.share_worse, "share of windows"),
        Metric.rounded("banks_per_10bp", slope.value, "points of return against TOPIX", slope.low, slope.high),
        Metric("sell_offs", len(found.sell_offs), "falls of TOPIX"),
    ]
    for name, code in (("banks", BANKS), ("electric", ELECTRIC), ("machinery", INDUSTRIALS)):
        listed.append(_excess_metric(f"{name}_beyond_beta_pct", found, code))
    return listed


def _excess_metric(name: str, found: Findings, code: str) -> Metric:
    if code not in found.excess.index:
        return Metric.missing(name, "the fund has no close at an end of the window")
    row = found.excess.loc[code].astype("float64").to_dict()
    return Metric.rounded(name, row["estimate"], "points", row["low"], row["high"])
