"""What the study reads, its choices, and which funds stand for which trade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from jpresearch.charts import label
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies.reading import column, day
from jpresearch.studies.weekly import week_ends
from jpresearch.tables import load

SECTORS: Final = {str(code): label(str(code)) for code in range(1617, 1634)}
"""The TOPIX-17 sectors by the code of their fund."""
ELECTRIC, INDUSTRIALS, BANKS, INSURERS = "1625", "1624", "1631", "1632"
TRADES: Final = (ELECTRIC, INDUSTRIALS, BANKS, INSURERS)
# The source shows the steel fund 17 % lower on these days and back after them: an error there, left out here.
DOUBTFUL: Final = {"1623": pd.DatetimeIndex(["2017-07-12", "2017-07-13", "2017-07-14"])}
FACTORS: Final = ("jgb2y", "jgb10y", "sox", "usdjpy", "sp500")
FEWEST_WEEKS: Final = 104
HIGH_SESSIONS: Final = 60


@dataclass(frozen=True)
class Settings:
    """The choices of the notebook's reader, checked. Raises ``BadParameter`` where one makes no sense.

    ``sell_off_pct`` is how far TOPIX falls from a high before it counts as a sell-off; ``beta_weeks`` how many weeks
    before a window a sector's beta is measured over; ``neighbours`` how many sessions around both ends of the window
    are tried; ``quoted`` further windows as ``first/last``.
    """

    sell_off_pct: float = 8.0
    beta_weeks: int = 104
    neighbours: int = 5
    quoted: tuple[str, ...] = ()
    confidence: float = 0.95

    def __post_init__(self) -> None:
        rules = {
            "sell_off_pct": (3 <= self.sell_off_pct <= 50, "between 3 and 50 percent"),
            "beta_weeks": (26 <= self.beta_weeks <= 520, "between 26 and 520 weeks"),
            "neighbours": (1 <= self.neighbours <= 10, "between 1 and 10 sessions"),
            "confidence": (0.5 <= self.confidence < 1, "between 0.5 and 1"),
        }
        for name, (sound, allowed) in rules.items():
            if not sound:
                raise BadParameter(f"{getattr(self, name)!r} is not {allowed}", name)
        for window in self.quoted:
            Span.read(window)


@dataclass(frozen=True)
class Span:
    """From the close of ``first`` to the close of ``last``."""

    first: pd.Timestamp
    last: pd.Timestamp

    @classmethod
    def read(cls, text: str) -> Span:
        """``2025-08-18/2025-09-03``. Raises ``BadParameter`` where it is no span."""
        first, slash, last = text.partition("/")
        if not slash:
            raise BadParameter(f"{text!r} is not FIRST/LAST", "quoted", "Write YYYY-MM-DD/YYYY-MM-DD.")
        span = cls(day(first, "quoted"), day(last, "quoted"))
        if span.first >= span.last:
            raise BadParameter(f"{text!r} ends before it begins", "quoted")
        return span

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


@dataclass(frozen=True)
class Inputs:
    """Closes as public at ``as_of``: funds (sessions x codes, returns only), TOPIX, and daily factors by name."""

    funds: pd.DataFrame
    topix: pd.Series[float]
    factors: dict[str, pd.Series[float]]

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Closes of the funds and of ``topix``, one column each."""
        return self.funds.assign(topix=self.topix)

    @cached_property
    def weekly_moves(self) -> pd.DataFrame:
        """Percent changes from the last session of a survey week to the next: the codes and ``topix``.

        Missing where either close is: on a quiet day a fund's last close repeats at the source, and weekly changes
        suffer less from that than daily ones.
        """
        ends = self.levels.reindex(week_ends(self.levels.index[0], self.levels.index[-1]))
        return (ends / ends.shift() - 1).iloc[1:] * 100


def load_inputs(as_of: str | None = None, start: str = "2010-01-01") -> Inputs:
    """Read ``sector_etf_daily`` and ``market_daily``.

    Closes known to be wrong at the source are left out (``DOUBTFUL``); a session without a close stays missing.

    Raises
    ------
    NotYetPublished : nothing of one of the tables was public at ``as_of``.
    BadParameter : ``start`` is not a date.
    InsufficientData : TOPIX and the funds share fewer than 104 weeks.
    """
    first = day(start, "start")
    funds = load("sector_etf_daily", as_of, start=str(first.date()))
    market = load("market_daily", as_of, start=str(first.date()))
    closes = funds.pivot_table(index="period_end", columns="code", values="adj_close_jpy").rename_axis(columns=None)
    for code, days in DOUBTFUL.items():
        closes.loc[closes.index.isin(days), closes.columns == code] = float("nan")
    series = {str(name): column(rows, "value") for name, rows in market.groupby("series")}
    topix = series.get("topix", pd.Series(dtype="float64"))
    sessions = topix.index.intersection(closes.index)
    if len(sessions) < FEWEST_WEEKS * 5:
        what = f"TOPIX and the sector funds share {len(sessions)} sessions; {FEWEST_WEEKS * 5} are the least"
        raise InsufficientData(what, "rotation", "Choose an earlier start or a later as_of.")
    wanted: dict[str, pd.Series[float]] = {name: series[name] for name in FACTORS if name in series}
    return Inputs(closes.reindex(sessions), topix.reindex(sessions), wanted)


def newest_span(topix: pd.Series[float]) -> Span:
    """From the highest close of the newest 60 sessions to the newest close; the last ten sessions where that is it."""
    recent = topix.dropna().tail(HIGH_SESSIONS)
    days = pd.DatetimeIndex(recent.index)
    high, last = days[int(recent.to_numpy().argmax())], days[-1]
    return Span(high if high < last else days[-min(11, len(days))], last)
