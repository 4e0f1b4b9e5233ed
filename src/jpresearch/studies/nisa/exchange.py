"""What individuals bought and sold on the exchange, net, beside the gross purchases of the scheme.

JPX counts every order of an individual, inside the scheme and outside, cash and margin, and nets purchases against
sales. Two records exist and are never joined: Tokyo and Nagoya together, and for 2017 to 2021 three sections of
Tokyo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jpresearch.datasets.weeks import changes, closes_on
from jpresearch.errors import InsufficientData, StatsError
from jpresearch.stats.regression import Estimate, Regression, newey_west
from jpresearch.studies.phrasing import BN_PER_TN
from jpresearch.studies.weekly import SECTIONS, WHOLE, net_by_class, week_ends

CLASSES: Final = ("individuals", "individuals_cash", "individuals_margin")
INDEX: Final = "topix"
# Fewer weeks than this on one side of a date are not compared: the errors would rest on a handful of observations.
FEWEST_WEEKS: Final = 26
# A record missing this many weeks in a row is interrupted, not a holiday.
INTERRUPTION: Final = 8
# Two holiday weeks a year without a figure are usual; a larger part of a period missing than this is not.
MOST_MISSING: Final = 0.1


@dataclass(frozen=True)
class Net:
    """Net purchases over a period, JPY tn, and how many survey weeks of it are known and missing."""

    first: pd.Timestamp
    last: pd.Timestamp
    net: float
    cash: float
    margin: float
    weeks: int
    missing: int

    @property
    def interrupted(self) -> bool:
        """Whether more weeks are missing than holidays explain, so that the sum is not that of the period."""
        return self.missing > MOST_MISSING * (self.weeks + self.missing)


def weekly_net(flows: pd.DataFrame) -> pd.DataFrame:
    """Net purchases of individuals in Tokyo and Nagoya, JPY bn, by survey week.

    Index: every survey week (its last session) from the first to the last known; a week without a figure is missing.
    Columns ``individuals``, ``individuals_cash``, ``individuals_margin``. Raises ``InsufficientData`` where there is
    none.
    """
    net = net_by_class(flows, WHOLE, CLASSES)
    if net.empty:
        raise InsufficientData("no week of individuals is known", "investor_flows")
    return net.reindex(week_ends(net.index.min(), net.index.max()))


def by_year(flows: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """Net purchases of individuals by calendar year, JPY tn; the two records never in one row.

    Index: ``year`` in words; a year that both records share has a row for each, as ``2021 to Nov``.
    Columns ``individuals_cash`` and ``individuals_margin`` (Tokyo and Nagoya), ``individuals`` (three sections of
    Tokyo, not split)
    and ``weeks``, how many known weeks the sum rests on.
    """
    weekly = weekly_net(flows).dropna(subset="individuals")
    both = _by_record(weekly.loc[weekly.index >= start, ["individuals_cash", "individuals_margin"]] / BN_PER_TN)
    summed = net_by_class(flows, SECTIONS, ["individuals"]).dropna() / BN_PER_TN
    frame = pd.concat([both, _by_record(summed[summed.index >= start])]).sort_values("first")
    shared = frame.index.duplicated(keep=False)
    frame.index = pd.Index(
        [_row_words(row) if twice else str(row.year) for row, twice in zip(frame.itertuples(), shared, strict=True)]
    )
    columns = ["individuals_cash", "individuals_margin", "individuals", "weeks"]
    return frame.reindex(columns=columns).rename_axis("year")


def _by_record(weekly: pd.DataFrame) -> pd.DataFrame:
    weeks = pd.DatetimeIndex(weekly.index)
    dates = pd.Series(weeks, index=weeks).groupby(weeks.year).agg(first="min", last="max", weeks="count")
    return weekly.groupby(weeks.year).sum().join(dates).assign(year=lambda frame: frame.index)


def _row_words(row: Any) -> str:
    whole_start = row.first.month == 1
    return f"{row.year} to {row.last:%b}" if whole_start else f"{row.year} from {row.first:%b}"


def net_since(weekly: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp | None = None) -> Net | None:
    """Net purchases in the survey weeks that end from ``since`` to ``until``; ``None`` where no week is known."""
    return _net(weekly[(weekly.index >= since) & (weekly.index <= (until or weekly.index[-1]))])


def latest(weekly: pd.DataFrame, weeks: int) -> Net:
    """Net purchases in the last ``weeks`` known weeks. Raises ``InsufficientData`` for a window below one week."""
    known = weekly.index[weekly["individuals"].notna()][-weeks:] if weeks > 0 else weekly.index[:0]
    net = _net(weekly.loc[known[0] : known[-1]]) if len(known) else None
    if net is None:
        raise InsufficientData(f"a window of {weeks} weeks holds no week", "weeks", "Give 1 or more.")
    return net


def _net(part: pd.DataFrame) -> Net | None:
    known = part.dropna(subset="individuals")
    if known.empty:
        return None
    net, cash, margin = (float(known[name].sum()) / BN_PER_TN for name in CLASSES)
    return Net(known.index[0], known.index[-1], net, cash, margin, len(known), len(part) - len(known))


def cumulative(weekly: pd.DataFrame, since: pd.Timestamp) -> pd.Series:
    """Net purchases added up from ``since``, JPY tn, by week; a week that is missing adds nothing and stays missing."""
    part = weekly.loc[weekly.index >= since, "individuals"]
    return (part.cumsum() / BN_PER_TN).rename("individuals")


def unbroken(weekly: pd.DataFrame) -> pd.DataFrame:
    """The weeks after the last interruption of the record (single missing weeks are kept as missing)."""
    known = weekly["individuals"].notna()
    run = known.rolling(INTERRUPTION, min_periods=INTERRUPTION).sum()
    halts = run.index[run == 0]
    return weekly[weekly.index > halts[-1]] if len(halts) else weekly


@dataclass(frozen=True)
class Relation:
    """How individuals' weekly net purchases (JPY bn) went with the week's return, before and after a date.

    ``before``, ``after`` and ``change`` are slopes in JPY bn per percent; ``after`` and ``change`` are ``None`` where
    too few weeks follow the date.
    """

    sample: pd.DataFrame
    fit: Regression
    before: Estimate | None
    after: Estimate | None
    change: Estimate | None

    @property
    def line(self) -> tuple[float, float]:
        """Slope and intercept of the newest side, for drawing."""
        new = self.after is not None and self.before is not None
        slope = self.after if self.after is not None else self.before
        assert slope is not None  # a relation has at least one side
        return slope.value, float(self.fit.params["const"] + (self.fit.params["after"] if new else 0.0))

    def p_values(self) -> list[tuple[str, float, float]]:
        """``before``, ``after`` and ``change`` with their values and p-values, for those that are known."""
        rows = {"before": self.before, "after": self.after, "change": self.change}
        reference = self.fit.reference
        return [
            (side, item.value, reference.p_value(item.value / item.std_error))
            for side, item in rows.items()
            if item is not None
        ]

    def table(self) -> pd.DataFrame:
        """The slopes with intervals, one a row, and the weeks each rests on."""
        used = self.sample.dropna()
        sides = {"before": used[used["after"] == 0], "after": used[used["after"] == 1], "change": used}
        rows = {"before": self.before, "after": self.after, "change": self.change}
        data = {
            name: (item.value, item.low, item.high, len(sides[name]), sides[name].index[0], sides[name].index[-1])
            for name, item in rows.items()
            if item is not None
        }
        columns = ["estimate", "low", "high", "weeks", "from", "to"]
        return pd.DataFrame.from_dict(data, orient="index", columns=columns).rename_axis("JPY bn per 1% of TOPIX")


def relation(
    weekly: pd.DataFrame, market: pd.DataFrame, break_date: pd.Timestamp, start: pd.Timestamp
) -> Relation | None:
    """Least squares of weekly net purchases on the same week's TOPIX return, each side with its own level and slope.

    Newey-West errors at the textbook lag. Descriptive: returns and purchases of a week move each other and share
    causes. ``None`` where fewer than ``FEWEST_WEEKS`` weeks are known.
    """
    run = unbroken(weekly)
    closes = closes_on(market, pd.DatetimeIndex(run.index), [INDEX])
    sample = pd.DataFrame({"net": run["individuals"], "topix_return": changes(closes)[INDEX]})
    sample = sample[sample.index >= start].assign(after=lambda frame: (frame.index >= break_date).astype(float))
    known = sample.dropna()["after"]
    sides = {"before": int((known == 0).sum()), "after": int((known == 1).sum())}
    try:
        if min(sides.values()) >= FEWEST_WEEKS:
            return _both_sides(sample)
        side = max(sides, key=lambda name: sides[name])
        return _one_side(sample, side) if sides[side] >= FEWEST_WEEKS else None
    except StatsError:
        return None


def _both_sides(sample: pd.DataFrame) -> Relation:
    shifted = sample["topix_return"] * sample["after"]
    design = sample[["topix_return", "after"]].assign(shifted=shifted)
    fit = newey_west(sample["net"], design)
    after = fit.combination({"topix_return": 1.0, "shifted": 1.0})
    return Relation(sample, fit, fit.estimate("topix_return"), after, fit.estimate("shifted"))


def _one_side(sample: pd.DataFrame, side: str) -> Relation:
    part = sample[sample["after"] == float(side == "after")]
    fit = newey_west(part["net"], part["topix_return"])
    slope = fit.estimate("topix_return")
    return Relation(part, fit, slope if side == "before" else None, slope if side == "after" else None, None)
