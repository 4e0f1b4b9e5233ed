"""When the figures of a table are published by its release rule, and when the next are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.calendars import business_days, covered, now, release_rule, survey_weeks
from jpresearch.catalog import ReleaseRules, Table
from jpresearch.errors import DescriptorInvalid

MOMENT: Final = pd.DatetimeTZDtype("us", "Asia/Tokyo")
PERIODS: Final[dict[str, pd.offsets.BaseOffset]] = {
    "weekly": pd.offsets.Week(1),
    "monthly": pd.offsets.MonthEnd(1),
    "quarterly": pd.offsets.QuarterEnd(1),
    "annual": pd.offsets.DateOffset(years=1),
}
# Far enough for a week without a session in between.
WEEKS_AHEAD: Final = pd.Timedelta(days=21)


@dataclass(frozen=True)
class Due:
    """What a table has and when more is expected.

    The newest period and publication are ``None`` where it has no rows, the next release there and where it follows no
    calendar. ``awaited`` is a table that follows one and has no rows.
    """

    table: str
    newest_period: pd.Timestamp | None
    newest_published_at: pd.Timestamp | None
    next_release: pd.Timestamp | None
    awaited: bool = False

    def late(self, now: pd.Timestamp) -> bool:
        """Whether the next release should have been out by ``now``."""
        return self.awaited or (self.next_release is not None and self.next_release <= now)


def due(table: Table) -> Due:
    """The table's newest public period and publication, and its next release by the rule (its first series)."""
    frame = tables.read(table)
    frame = frame[frame["published_at"] <= now()]
    if frame.empty:
        return Due(table.name, None, None, None, awaited=table.house.staleness_days is not None)
    rules = table.house.release_rule
    living = tables.series.carried_on(table, frame)
    groups = living.groupby(rules.by) if isinstance(rules, ReleaseRules) else [("", living)]
    upcoming = [_next(table, group) for _, group in groups]
    known = [moment for moment in upcoming if moment is not None]
    return Due(table.name, frame["period_end"].max(), frame["published_at"].max(), min(known, default=None))


def _next(table: Table, rows: pd.DataFrame) -> pd.Timestamp | None:
    newest = rows[rows["period_end"] == rows["period_end"].max()].head(1)
    end = newest["period_end"].iloc[0]
    following = following_periods(table, end)
    if following.empty or table.house.release_rule is None:
        return None
    moment: pd.Timestamp = expected(table, newest.assign(period_end=following[0])).iloc[0]
    return moment


def following_periods(table: Table, end: pd.Timestamp, count: int = 1) -> pd.DatetimeIndex:
    """The ends of the next ``count`` periods after the one that ends on ``end``.

    Fewer where the calendar ends; none where the table has no allowance or no regular periods.
    """
    ends = pd.DatetimeIndex([], dtype="datetime64[us]")
    if table.house.staleness_days is None or not covered(pd.DatetimeIndex([end]))[0]:
        return ends
    offset = PERIODS.get(table.house.frequency)
    if table.house.release_rule == "jpx_investor_types":
        last = end + WEEKS_AHEAD + count * pd.Timedelta(days=7)
        ends = pd.DatetimeIndex(survey_weeks(end + pd.Timedelta(days=1), last)["period_end"])
    elif table.house.frequency == "daily":
        ends = business_days()[business_days().searchsorted(end, side="right") :]
    elif offset is not None:
        ends = pd.date_range(end + offset, periods=count, freq=offset)
    # The calendar must reach the period before.
    return ends[:count][: 1 + int(covered(ends[:count]).sum())]


def expected(table: Table, rows: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """When the table's release rule says that these periods are published; missing outside the calendar.

    Raises
    ------
    DescriptorInvalid : the table has no rule for one of the rows.
    """
    rules = table.house.release_rule
    if rules is None:
        raise DescriptorInvalid("the table has no release rule", table.name)
    names = pd.Series(rules, index=rows.index) if isinstance(rules, str) else _rule_names(table, rules, rows)
    moments = pd.Series(pd.NaT, index=rows.index, dtype=MOMENT)
    known = pd.Series(covered(pd.DatetimeIndex(rows["period_end"])), index=rows.index)
    for name in names.unique():
        these = (names == name) & known
        moments[these] = release_rule(str(name))(pd.DatetimeIndex(rows.loc[these, "period_end"])).as_unit("us")
    return moments


def _rule_names(table: Table, rules: ReleaseRules, rows: pd.DataFrame) -> pd.Series[str]:
    names = rows[rules.by].map(rules.rules)
    if names.isna().any():
        unknown = ", ".join(sorted(set(rows.loc[names.isna(), rules.by].astype(str))))
        raise DescriptorInvalid(f"no release rule for {rules.by} {unknown}", table.name)
    return names
