"""What the study reads, its choices, and the clock on which yen and index are put side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets.alignment import before_session, same_day
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies.reading import column, day, optional
from jpresearch.studies.weekly import MN_PER_BN, WHOLE, week_ends
from jpresearch.tables import load

AFTER: Final = "after"
BEFORE: Final = "before"
CLOCK_WORDS: Final = {
    AFTER: "New York noon of the same day, 10 to 11 hours after the Tokyo close",
    BEFORE: "New York noon of the day before, 13 to 14 hours before the Tokyo close",
}
FEWEST_WEEKS: Final = 104


@dataclass(frozen=True)
class Settings:
    """The choices of the notebook's reader, checked. Raises ``BadParameter`` where one makes no sense.

    ``clock`` says which New York noon converts a Tokyo close (``after`` or ``before``), ``window_weeks`` how many weeks
    a rolling hedge ratio looks back, ``lags`` how many earlier weeks flows may answer to.
    """

    clock: str = AFTER
    window_weeks: int = 104
    lags: int = 4
    confidence: float = 0.95

    def __post_init__(self) -> None:
        rules = {
            "clock": (self.clock in CLOCK_WORDS, " or ".join(CLOCK_WORDS)),
            "window_weeks": (26 <= self.window_weeks <= 520, "between 26 and 520 weeks"),
            "lags": (1 <= self.lags <= 13, "between 1 and 13 weeks"),
            "confidence": (0.5 <= self.confidence < 1, "between 0.5 and 1"),
        }
        for name, (sound, allowed) in rules.items():
            if not sound:
                raise BadParameter(f"{getattr(self, name)!r} is not {allowed}", name)


@dataclass(frozen=True)
class Inputs:
    """Series as public at ``as_of``, each by its own day.

    Attributes
    ----------
    topix, usdjpy, sp500 : daily closes; yen per dollar at New York noon.
    flows : foreigners' weekly net purchases (JPY bn, cash, Tokyo and Nagoya); ``None`` where none was public.
    steps : policy rate in percent by the day of its announcement; ``None`` where none was public.
    start : first day used.
    """

    topix: pd.Series[float]
    usdjpy: pd.Series[float]
    sp500: pd.Series[float]
    flows: pd.Series[float] | None
    steps: pd.Series[float] | None
    start: pd.Timestamp


def load_inputs(as_of: str | None = None, start: str = "2012-01-01") -> Inputs:
    """Read ``market_daily`` and, where they exist, ``investor_flows`` and ``boj_policy``.

    Raises
    ------
    NotYetPublished : nothing of ``market_daily`` was public at ``as_of``.
    BadParameter : ``start`` is not a date.
    """
    first = day(start, "start")
    market = load("market_daily", as_of, start=str((first - pd.Timedelta(days=14)).date()))
    series = {name: column(rows, "value") for name, rows in market.groupby("series")}
    empty = pd.Series(dtype="float64", index=pd.DatetimeIndex([], name="period_end"))
    return Inputs(
        topix=series.get("topix", empty),
        usdjpy=series.get("usdjpy", empty),
        sp500=series.get("sp500", empty),
        flows=_foreigners(optional("investor_flows", as_of, start=start)),
        steps=_steps(optional("boj_policy", as_of)),
        start=first,
    )


def _foreigners(flows: pd.DataFrame | None) -> pd.Series[float] | None:
    if flows is None:
        return None
    rows = flows[(flows["market"] == WHOLE) & (flows["investor"] == "foreigners")]
    return None if rows.empty else column(rows, "net_jpy_mn") / MN_PER_BN


def _steps(policy: pd.DataFrame | None) -> pd.Series[float] | None:
    if policy is None:
        return None
    rows = policy[policy["metric"] == "policy_rate_target"]
    return None if rows.empty else column(rows, "value")


def rate_on(usdjpy: pd.Series[float], days: pd.DatetimeIndex, clock: str) -> pd.Series[float]:
    """Yen per dollar in force for the Tokyo close of each of ``days``.

    The noon of that day (``after``) or the last one before it (``before``), by the rule of ``datasets.alignment``.
    """
    return (same_day if clock == AFTER else before_session)(usdjpy, days).rename("usdjpy")


def _ends(start: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Week ends from the last one before ``start``, from which the first change is counted."""
    ends = week_ends(start - pd.Timedelta(days=14), last)
    return ends[max(int(ends.searchsorted(start)) - 1, 0) :]


def weekly(inputs: Inputs, clock: str) -> pd.DataFrame:
    """TOPIX in yen and in dollars, one row per survey week.

    Returns
    -------
    Frame indexed by ``period_end`` (last session of the week): ``topix``, ``usdjpy``, ``sp500`` (close of the last New
    York session before the Tokyo close), ``topix_pct``, ``yen_pct`` (change of the yen's value in dollars),
    ``cross_pct`` (their product), ``dollar_pct`` (the sum of the three: what a dollar investor earned unhedged),
    ``sp500_pct``; all changes in percent from the week before. A level that is missing leaves its week, and the next,
    without a change.

    Raises
    ------
    InsufficientData : fewer than 104 weeks with all of it.
    """
    days = inputs.topix.index.union(inputs.usdjpy.index)
    ends = _ends(inputs.start, days.max()) if len(days) else pd.DatetimeIndex([])
    frame = pd.DataFrame({"topix": inputs.topix.reindex(ends)})
    frame["usdjpy"] = rate_on(inputs.usdjpy, ends, clock)
    frame["sp500"] = rate_on(inputs.sp500, ends, BEFORE)
    frame["topix_pct"] = (frame["topix"] / frame["topix"].shift() - 1) * 100
    frame["yen_pct"] = (frame["usdjpy"].shift() / frame["usdjpy"] - 1) * 100
    frame["cross_pct"] = frame["topix_pct"] * frame["yen_pct"] / 100
    frame["dollar_pct"] = frame["topix_pct"] + frame["yen_pct"] + frame["cross_pct"]
    frame["sp500_pct"] = (frame["sp500"] / frame["sp500"].shift() - 1) * 100
    frame = frame.loc[: frame.dropna().index.max()] if frame.notna().all(axis=1).any() else frame.iloc[:0]
    known = int(frame["dollar_pct"].notna().sum())
    if known < FEWEST_WEEKS:
        what = f"{known} weeks with TOPIX and the yen are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "currency", "Choose an earlier start or a later as_of.")
    return frame.rename_axis("period_end")
