"""What the study reads, and the calendar of survey weeks that everything is laid out on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.datasets.weeks import changes, closes_on
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies.reading import optional
from jpresearch.studies.weekly import MN_PER_BN, WHOLE, week_ends
from jpresearch.tables import load

INDICES: Final = ("topix", "nikkei225")
ABROAD: Final = ("sp500", "usdjpy", "sox")
"""Markets abroad that move flow and index alike, in the order in which they are held fixed; SOX begins in 2020."""
FEWEST_WEEKS: Final = 52
SPREAD_WEEKS: Final = 52
FEWEST_SPREAD_WEEKS: Final = 26
EPISODE_UNITS: Final = ("relative", "yen")


@dataclass(frozen=True)
class Settings:
    """The choices of the notebook's reader, checked. Raises ``BadParameter`` where one makes no sense.

    ``lags`` are the weeks of autocorrelation that errors allow for (``None``: textbook rule). An episode is the first
    of the ``extreme_share`` heaviest spans of ``episode_weeks`` weeks; ``episode_unit`` is ``relative`` (to the
    spread of the year before) or ``yen``; ``horizon_weeks`` is how long it is followed.
    """

    lags: int | None = None
    horizon_weeks: int = 13
    extreme_share: float = 0.05
    episode_weeks: int = 2
    episode_unit: str = "relative"
    response_weeks: int = 26
    draws: int = 999
    confidence: float = 0.95

    def __post_init__(self) -> None:
        lags = 0 if self.lags is None else self.lags
        units = " or ".join(EPISODE_UNITS)
        rules = {
            "lags": (0 <= lags <= 52, "between 0 and 52 weeks (None is the textbook rule)"),
            "horizon_weeks": (1 <= self.horizon_weeks <= 52, "between 1 and 52 weeks"),
            "extreme_share": (0 < self.extreme_share <= 0.25, "above 0 and up to 0.25"),
            "episode_weeks": (1 <= self.episode_weeks <= 13, "between 1 and 13 weeks"),
            "episode_unit": (self.episode_unit in EPISODE_UNITS, units),
            "response_weeks": (4 <= self.response_weeks <= 52, "between 4 and 52 weeks"),
            "draws": (199 <= self.draws <= 9999, "between 199 and 9,999"),
            "confidence": (0.5 <= self.confidence < 1, "between 0.5 and 1"),
        }
        for name, (sound, allowed) in rules.items():
            if not sound:
                raise BadParameter(f"{getattr(self, name)!r} is not {allowed}", name)


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood at ``as_of``; ``mof`` is ``None`` where nothing of it was public yet."""

    flows: pd.DataFrame
    market: pd.DataFrame
    mof: pd.DataFrame | None
    start: pd.Timestamp


def load_inputs(as_of: str | None = None, start: str = "2012-01-01") -> Inputs:
    """Investor flows, closes of TOPIX, Nikkei and markets abroad, MoF's weekly flows where there are any.

    All as public at ``as_of``.

    Raises
    ------
    NotYetPublished : a required table had no row at ``as_of``.
    BadParameter : a date that is none.
    InsufficientData : no flow on or after ``start``.
    """
    flows = load("investor_flows", as_of, start=start)
    first = pd.Timestamp(start)
    if flows.empty:
        raise InsufficientData(f"no survey week published by {as_of or 'today'} ends on or after {start}", "start")
    # Closes from before the first week: its return runs from the last session of the week before.
    market = load("market_daily", as_of, start=first - pd.Timedelta(days=21))
    market = market[market["series"].isin([*INDICES, *ABROAD])].reset_index(drop=True)
    return Inputs(flows, market, optional("securities_flows", as_of, start=start), first)


def week_closes(inputs: Inputs) -> pd.DataFrame:
    """Closes of ``topix`` and ``nikkei225`` on the last session of each survey week, indexed by that day.

    Runs from the week before ``start`` to the newest close. A close that is not there stays missing: an earlier day
    of the week is not the week's end.
    """
    tokyo = inputs.market[inputs.market["series"].isin(INDICES)]
    days = tokyo["period_end"]
    return closes_on(tokyo, week_ends(days.min(), days.max()), INDICES)


def weekly(inputs: Inputs) -> pd.DataFrame:
    """Foreigners' net purchases and the index, one row per survey week.

    Returns
    -------
    Frame indexed by ``period_end`` (last session), every survey week from ``start`` to the newest published one:
    ``net`` (JPY bn, cash, Tokyo and Nagoya), ``published_at``, ``topix`` and ``nikkei225`` (close of the last
    session), ``topix_pct`` and ``nikkei225_pct`` (change in percent from the last session of the week before),
    ``spread`` (standard deviation of the flows of the 52 weeks before, JPY bn). A week that the survey or the index
    lacks stays missing.

    Raises
    ------
    InsufficientData : fewer than 52 weeks with both a flow and a return.
    """
    rows = inputs.flows
    rows = rows[(rows["market"] == WHOLE) & (rows["investor"] == "foreigners")].set_index("period_end")
    if rows.empty:
        raise InsufficientData(
            "no survey week of foreigners' flows is known", "investor_flows", "Choose an earlier start."
        )
    ends = week_ends(inputs.start, rows.index.max())
    closes = week_closes(inputs)
    levels = closes.reindex(closes.index.union(ends))
    frame = pd.DataFrame({"net": rows["net_jpy_mn"] / MN_PER_BN, "published_at": rows["published_at"]}).reindex(ends)
    frame = frame.join(levels).join(changes(levels).add_suffix("_pct"))
    frame["spread"] = trailing_spread(frame["net"])
    both = int((frame["net"].notna() & frame["topix_pct"].notna()).sum())
    if both < FEWEST_WEEKS:
        what = f"{both} weeks with a flow and an index change are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "foreign_flows", "Choose an earlier start or a later as_of.")
    return frame.rename_axis("period_end")


def trailing_spread(sums: pd.Series, span: int = 1) -> pd.Series:
    """The standard deviation of the 52 values before those that a span shares: what was usual when the span began.

    Missing with fewer than 26 values.
    """
    return sums.shift(span).rolling(SPREAD_WEEKS, min_periods=FEWEST_SPREAD_WEEKS).std()


def span_sum(net: pd.Series, span: int) -> pd.Series:
    """Sums over ``span`` consecutive survey weeks, dated by the last; missing when any of them is."""
    return net.rolling(span, min_periods=span).sum()


def year_to_date(weeks: pd.DataFrame, years: int = 3) -> pd.DataFrame:
    """Net purchases and the indices since the turn of the year, for the newest ``years`` calendar years.

    Returns a frame indexed by ``period_end``: ``foreigners`` (JPY bn, the sum of the weeks known so far), ``topix`` and
    ``nikkei225`` (percent since the last close of the year before, missing once a close is). All start anew each
    January: an empty row on 31 December, never a session, parts the years. A week without a figure shows none.
    """
    year = years_of(weeks)
    since = pd.DataFrame({"foreigners": weeks["net"].groupby(year).cumsum()})
    for index in INDICES:
        growth = (1 + weeks[f"{index}_pct"] / 100).groupby(year).cumprod(skipna=False)
        since[index] = (growth - 1) * 100
    newest = int(year.max())
    shown = since[year > newest - years]
    turns = pd.DatetimeIndex([f"{past}-12-31" for past in sorted(set(year[shown.index]) - {newest})])
    return shown.reindex(shown.index.union(turns)).rename_axis("period_end")


def years_of(weeks: pd.DataFrame) -> pd.Series[int]:
    """The calendar year of each week's last session."""
    return pd.Series(pd.DatetimeIndex(weeks.index).year, index=weeks.index, name="year")


def by_calendar_year(weeks: pd.DataFrame) -> pd.DataFrame:
    """Sums by calendar year of the weeks' last sessions.

    Returns a frame indexed by year: ``weeks`` (in the calendar), ``known`` (with a flow), ``net`` (JPY bn, of the
    known), ``topix_pct`` (percent, from the first to the last close of the year's weeks; missing if any change is).
    """
    groups = weeks.groupby(years_of(weeks))
    growth = groups["topix_pct"].agg(lambda change: float(np.prod(1 + change.to_numpy() / 100) - 1) * 100)
    columns = {"weeks": groups.size(), "known": groups["net"].count(), "net": groups["net"].sum(min_count=1)}
    return pd.DataFrame(columns | {"topix_pct": growth}).rename_axis("year")
