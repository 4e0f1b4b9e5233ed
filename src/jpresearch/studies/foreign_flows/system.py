"""The weekly system behind feedback and impact: flow, index and markets abroad, on one clock and without a gap.

A survey week runs to the close of its last Tokyo session. New York's values of that day come hours later, so the
markets abroad stand here as Tokyo's last session left them behind: at their last New York value dated before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.datasets.alignment import before_session
from jpresearch.errors import InsufficientData
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.inputs import ABROAD, Inputs

HUNDRED_BN: Final = 100.0
BP: Final = 10_000.0
"""A New York value older than this at the end of a Tokyo week (longer than any run of holidays) counts as missing."""
FEWEST_UNBROKEN: Final = 104
FEWEST_WEEKS: Final = 40
GIVEN: Final = ("sp500", "usdjpy")
WORDS: Final = {"sp500": "the S&P 500", "usdjpy": "the yen", "sox": "the SOX", "abroad": "the market abroad"}


@dataclass(frozen=True)
class System:
    """Weeks that follow on each other, nothing missing.

    ``frame`` has one row per week: ``flow`` (JPY 100bn, or swings of the year before), ``topix`` and one column for
    each of ``given`` (log changes, bp). ``passed_over`` counts weeks inside that are missing and whose neighbours count
    as such (0 in an unbroken stretch).
    """

    frame: pd.DataFrame
    given: tuple[str, ...]
    unit: str
    passed_over: int = 0

    @property
    def words(self) -> str:
        """The sample in words: ``567 weeks, October 2015 to August 2026``."""
        first, last = self.frame.index[0], self.frame.index[-1]
        skipped = f", {say.counted(self.passed_over, 'missing week')} passed over" if self.passed_over else ""
        return f"{say.counted(len(self.frame), 'week')}, {say.month(first)} to {say.month(last)}{skipped}"

    @property
    def given_words(self) -> str:
        """``the S&P 500 and the yen``; ``nothing`` where no market abroad is known."""
        return say.listed([WORDS.get(name, name) for name in self.given], "nothing")

    def without(self) -> System:
        """The same weeks without the markets abroad."""
        return System(self.frame[["flow", "topix"]], (), self.unit, self.passed_over)


def markets_abroad(inputs: Inputs, ends: pd.DatetimeIndex) -> pd.DataFrame:
    """Weekly log changes (bp) of ``sp500``, ``usdjpy`` and ``sox``, those that are known, on the Tokyo clock.

    Each level is the last one dated before the week's last Tokyo session: the S&P 500 and SOX of the session that ended
    before Tokyo opened, the yen at New York's noon, an hour or two after midnight in Tokyo (``datasets.alignment``).
    """
    levels = {}
    for name in ABROAD:
        rows = inputs.market[inputs.market["series"] == name]
        if len(rows):
            levels[name] = before_session(rows.set_index("period_end")["value"].sort_index(), ends)
    return pd.DataFrame(levels, index=ends).apply(np.log).diff() * BP


def weekly_system(
    weeks: pd.DataFrame,
    abroad: pd.DataFrame,
    *,
    relative: bool = False,
    given: tuple[str, ...] = GIVEN,
    joined: bool = False,
) -> System:
    """The longest unbroken stretch of weeks in which flow, index and the markets ``given`` are all known.

    Parameters
    ----------
    weeks, abroad : see ``inputs.weekly`` and ``markets_abroad``.
    relative : flow in swings (standard deviation) of the flows of the 52 weeks before, instead of JPY 100bn.
    given : markets abroad to take in; those without a value are left out.
    joined : all weeks, the missing ones passed over. This is also done where no stretch has 104 weeks.

    Raises
    ------
    InsufficientData : fewer than 40 weeks.
    """
    kept = tuple(name for name in given if name in abroad and abroad[name].notna().any())
    flow = weeks["net"] / (weeks["spread"] if relative else HUNDRED_BN)
    columns = {"flow": flow, "topix": np.log1p(weeks["topix_pct"] / 100) * BP}
    table = pd.DataFrame(columns | {name: abroad[name] for name in kept})
    complete = table.notna().all(axis=1)
    stretch = (complete != complete.shift()).cumsum()[complete]
    longest = (
        table.loc[stretch.index[stretch == stretch.value_counts().sort_index().idxmax()]] if len(stretch) else table
    )
    frame = longest
    if joined or len(longest) < FEWEST_UNBROKEN:
        frame = table[complete]
    if len(frame) < FEWEST_WEEKS:
        what = f"{len(frame)} weeks with flow, index and markets abroad are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "foreign_flows", "Choose an earlier start or a later as_of.")
    span = table.loc[frame.index[0] : frame.index[-1]]
    return System(frame, kept, "swing" if relative else "JPY 100bn", len(span) - len(frame))


def realised_volatility(weeks: pd.DataFrame, span: int = 13) -> pd.Series:
    """The standard deviation of TOPIX's weekly changes over ``span`` weeks (percent), the week itself included."""
    return weeks["topix_pct"].rolling(span, min_periods=span - 2).std()


def stormy(weeks: pd.DataFrame) -> pd.Series[bool]:
    """Weeks whose realised volatility lies above the median of all so far; later weeks play no part."""
    volatility = realised_volatility(weeks)
    return volatility > volatility.expanding(min_periods=1).median()
