"""The newest weeks in the light of the past: where they rank, and what followed weeks like the heaviest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.calendars import monday
from jpresearch.errors import StatsError
from jpresearch.stats.episodes import Outcome, episodes, expanding_rank, extreme, outcome, paths
from jpresearch.studies.foreign_flows.inputs import Settings, span_sum, trailing_spread
from jpresearch.studies.phrasing import counted, dealing

FEWEST_JUDGED: Final = 104
WEEKS_SHOWN_BEFORE: Final = 4
SPANS: Final = (1, 2, 4, 13)


@dataclass(frozen=True)
class Rank:
    """Where the newest span of weeks stands among all spans so far: ``rank`` 1 is the heaviest on its side."""

    value: float
    rank: int
    of: int
    side: str
    span: int
    relative: float | None
    relative_rank: int | None
    relative_of: int

    @property
    def share(self) -> float:
        """The part of all spans that was as heavy or heavier."""
        return self.rank / self.of


@dataclass(frozen=True)
class Aftermath:
    """What TOPIX did after the heaviest spans on one side.

    ``starts`` are the last sessions of the weeks that open an episode, ``entries`` the first weekly closes after their
    figures were published. ``courses`` are percent changes from the close of the week itself, with one for the
    ``newest`` week (``None`` where it has no close yet); ``changes`` are those from the entry to ``horizon`` weeks on
    (missing while still running). ``result`` is their mean, or ``None`` with ``why`` in words; ``usual`` is the mean
    over all weeks since the first judged one; ``newest_counts`` says whether the newest week is among the heaviest.
    """

    side: str
    horizon: int
    starts: pd.DatetimeIndex
    entries: pd.Series
    courses: pd.DataFrame
    newest: pd.Timestamp | None
    changes: pd.Series
    result: Outcome | None
    why: str
    usual: float | None
    newest_counts: bool

    def table(self) -> pd.DataFrame:
        """One row per episode: week_end, entry, change_pct (missing while running)."""
        columns = {"entry": self.entries, "change_pct": self.changes}
        return pd.DataFrame(columns, index=self.starts).rename_axis("week_end").reset_index()


def rank_of_newest(weeks: pd.DataFrame, span: int, side: str | None = None) -> Rank | None:
    """The rank of the newest ``span`` weeks among all, on its own side or the one given; ``None`` if a week is missing.

    The relative rank is that of the sum over the spread of the year before, which makes years of different size
    comparable.
    """
    sums = span_sum(weeks["net"], span)
    value = float(sums.iloc[-1])
    if pd.isna(value):
        return None
    chosen = dealing(value) if side is None else side
    turned = 1.0 if chosen == "selling" else -1.0
    relative = sums / trailing_spread(sums, span)
    last = relative.iloc[-1]
    known = pd.notna(last)
    return Rank(
        value=value,
        rank=int(expanding_rank(turned * sums).iloc[-1]),
        of=int(sums.count()),
        side=chosen,
        span=span,
        relative=float(last) if known else None,
        relative_rank=int(expanding_rank(turned * relative).iloc[-1]) if known else None,
        relative_of=int(relative.count()),
    )


def ranges(weeks: pd.DataFrame) -> pd.DataFrame:
    """Sums over 1, 2, 4 and 13 weeks: ``low``, ``q25``, ``median``, ``q75``, ``high`` of all so far, and ``now``
    (JPY bn).
    """
    rows = {}
    for span in SPANS:
        sums = span_sum(weeks["net"], span)
        quartiles = sums.quantile([0, 0.25, 0.5, 0.75, 1]).to_list()
        rows[counted(span, "week")] = [*quartiles, sums.iloc[-1]]
    columns = ["low", "q25", "median", "q75", "high", "now"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("span")


def heaviness(weeks: pd.DataFrame, settings: Settings) -> pd.Series:
    """What episodes are judged by: the sum over ``episode_weeks``, in JPY bn or in spreads of the year before."""
    sums = span_sum(weeks["net"], settings.episode_weeks)
    return sums if settings.episode_unit == "yen" else sums / trailing_spread(sums, settings.episode_weeks)


def aftermath(weeks: pd.DataFrame, closes: pd.DataFrame, side: str, settings: Settings) -> Aftermath:
    """What TOPIX did after the heaviest ``side`` weeks, from the first weekly close after the figures were out.

    Parameters
    ----------
    weeks : see ``weekly``.
    closes : see ``week_closes``; it may run further than ``weeks``.
    side : ``selling`` or ``buying``.

    Whether a week counts is judged against itself and the weeks before, never the later ones. Episodes start at least
    ``horizon_weeks`` + 1 weeks apart, so that no two share a week of what followed.
    """
    measure = heaviness(weeks, settings)
    flags = extreme(measure, settings.extreme_share, lowest=side == "selling", min_periods=FEWEST_JUDGED)
    flags &= (measure < 0) == (side == "selling")
    starts = pd.DatetimeIndex(episodes(flags, settings.horizon_weeks + 1))
    level = closes["topix"]
    drawn, newest = _drawn(weeks["topix"], starts)
    courses = paths(level, drawn, settings.horizon_weeks, before=WEEKS_SHOWN_BEFORE)
    entries = entry_weeks(weeks["published_at"].loc[starts], level.index)
    changes = (level.shift(-settings.horizon_weeks) / level - 1) * 100
    after = pd.Series(changes.reindex(entries).to_numpy(), index=starts, name="change_pct")
    result, why = _summary(after, int(measure.count()), settings)
    judged = measure.dropna().index
    usual = changes[judged[FEWEST_JUDGED - 1] :].mean() if len(judged) >= FEWEST_JUDGED else float("nan")
    mean = None if pd.isna(usual) else float(usual)
    counts = bool(flags.iloc[-1])
    spell = (side, settings.horizon_weeks, starts, entries)
    return Aftermath(*spell, courses, newest, after, result, why, mean, counts)


def _drawn(level: pd.Series, starts: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, pd.Timestamp | None]:
    """The weeks whose course is drawn, and the newest week where its close is known or there is nothing else."""
    known = pd.DatetimeIndex(level.dropna().index)
    past = starts.intersection(known)
    if pd.notna(level.iloc[-1]) or past.empty:
        return past.union(known[-1:]), known[-1]
    return past, None


def entry_weeks(published: pd.Series, ends: pd.Index) -> pd.Series:
    """For each moment of publication the first week end on a later day: the first close at which it could be used.

    Missing where that week has not ended yet.
    """
    days = pd.DatetimeIndex(published.dt.tz_localize(None)).normalize()
    places = pd.DatetimeIndex(ends).searchsorted(days, side="right")
    with_none_after = pd.DatetimeIndex(ends).append(pd.DatetimeIndex([pd.NaT]))
    return pd.Series(with_none_after[places], index=published.index, name="entry")


def _summary(after: pd.Series, judged: int, settings: Settings) -> tuple[Outcome | None, str]:
    if judged < FEWEST_JUDGED:
        return None, f"{judged} weeks that can be judged are too few; {FEWEST_JUDGED} are the least"
    try:
        return outcome(after, confidence=settings.confidence), ""
    except StatsError:
        return None, f"{int(after.count())} finished episodes do not allow an interval"


def beside_mof(weeks: pd.DataFrame, mof: pd.DataFrame, newest: int = 104) -> pd.DataFrame:
    """The two surveys beside each other, never added or subtracted: their coverage and their weeks differ.

    Returns a frame indexed by the Monday of the week, the ``newest`` weeks: ``foreigners_jpx`` (Tokyo and Nagoya,
    Monday to Friday, JPY bn) and ``foreigners_mof`` (equity and fund shares, Sunday to Saturday, JPY bn).
    """
    ministry = mof.set_index("period_end")["inward_equity_net_jpy_100mn"] / 10
    ministry.index = monday(pd.DatetimeIndex(ministry.index))
    exchange = weeks["net"].set_axis(monday(pd.DatetimeIndex(weeks.index)))
    frame = pd.DataFrame({"foreigners_jpx": exchange, "foreigners_mof": ministry}).rename_axis("week_of")
    return frame.tail(newest)
