"""Price pressure as others measured it, beside the response measured here.

Published elsewhere, for another kind of flow and another sample: a central bank that buys by rule, or flows that are
exogenous by construction. Only one of the three can be put per yen as it stands. The other two are per share of the
market's value, for which there is no table here; for these the table turns the question round and shows the market
value at which they would equal the response measured here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies.foreign_flows.impact import Impact, Path

BP_PER_UNIT: Final = 10_000.0
TN_PER_100BN: Final = 0.1


@dataclass(frozen=True)
class Benchmark:
    """A published figure: ``bp_per_100bn`` where it is per yen, else ``per_value`` (% of price per 1% of value)."""

    study: str
    flow: str
    figure: str
    bp_per_100bn: float | None = None
    per_value: float | None = None


BENCHMARKS: Final = (
    Benchmark(
        "Barbon and Gianinazzi (2019)",
        "Bank of Japan's ETF purchases, across shares",
        "22 bp per JPY 1 trillion",
        bp_per_100bn=2.2,
    ),
    Benchmark(
        "Charoenwong, Morck and Wiwattanakantang (2021)",
        "Bank of Japan's purchases 2011 to March 2018, same day",
        "1.6% per 1% of market value",
        per_value=1.6,
    ),
    Benchmark(
        "Gabaix and Koijen (2021)",
        "flows into all US shares, quarterly",
        "about 5% per 1% of market value",
        per_value=5.0,
    ),
)


def published(found: Impact) -> pd.DataFrame:
    """The published figures in a reader's words, and the market value at which each would equal the response here.

    The last column (JPY tn) stays in words where the same-week response cannot be told from zero or is negative.
    """
    here, low, _ = found.given.at(0)
    firm = low > 0
    rows = [
        {
            "study": item.study,
            "flow studied": item.flow,
            "published figure": item.figure,
            "bp per JPY 100bn": "needs a market value" if item.bp_per_100bn is None else f"{item.bp_per_100bn:.1f}",
            "equals the same-week response here at a market value of": _break_even(item, here) if firm else "no figure",
        }
        for item in BENCHMARKS
    ]
    return pd.DataFrame(rows)


def break_even_jpy_tn(per_value: float, bp_per_100bn: float) -> float:
    """The market value (JPY tn) at which buying 1% of it for ``per_value`` percent is ``bp_per_100bn``.

    bp per 100bn = per_value * (0.1 tn / value) * 10,000.
    """
    return per_value * TN_PER_100BN * BP_PER_UNIT / bp_per_100bn


def _break_even(item: Benchmark, here: float) -> str:
    if item.per_value is None:
        return "per yen already"
    return f"JPY {break_even_jpy_tn(item.per_value, here):,.0f} trillion"


def beside_published(found: Impact, relative: Path | None, spread: float) -> pd.DataFrame:
    """Responses here and the one published figure per yen, bp of the index per JPY 100bn.

    Parameters
    ----------
    relative : the same with flow in swings of the year before; ``spread`` is the newest swing (JPY bn), at which it is
        put into yen.

    Returns a frame indexed by words: ``estimate``, ``low``, ``high``; the published figure has no interval here.
    """
    last, held = found.given.last_week, found.system.given_words
    rows: dict[str, tuple[float, ...]] = {}
    if found.plain is not None:
        rows["Here: nothing abroad held fixed"] = found.plain.at(0)
    rows[f"Here: given {held}" if found.system.given else "Here: same week"] = found.given.at(0)
    if relative is not None and np.isfinite(spread):
        rows["Here: per swing, at the newest swing"] = tuple(value * 100.0 / spread for value in relative.at(0))
    rows[f"Here: {last} weeks on"] = found.given.at(last)
    for item in BENCHMARKS:
        if item.bp_per_100bn is not None:
            rows[f"Published elsewhere, other flow: {item.study}"] = (item.bp_per_100bn, np.nan, np.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"]).rename_axis("response")
