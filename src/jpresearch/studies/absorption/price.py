"""At what price: TOPIX in weeks of foreign selling, with and without domestic capacity, before and since a day.

The price is an association of the week: news that makes foreigners sell also moves prices, whoever buys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.stats.events import FEWEST_EVENTS, EventStudy, Window, event_study
from jpresearch.stats.regression import Regression, newey_west
from jpresearch.studies.absorption.inputs import Settings

WORLD: Final = ["sp500_pct", "yen_pct"]
CAPACITY_HIGH: Final = "more taken out before"
CAPACITY_LOW: Final = "less taken out before"
FEWEST_WEEKS: Final = 52
FEWEST_EITHER_SIDE: Final = 26
FEWEST_IN_GROUP: Final = 5
PLACEBOS: Final = 4999


@dataclass(frozen=True)
class Price:
    """TOPIX on foreign selling, in bp per standard deviation sold, S&P 500 and the dollar held fixed.

    ``plain`` has ``sold``; ``by_capacity`` adds ``capacity`` and ``sold_x_capacity``; ``by_time`` adds ``newer`` and
    ``sold_x_newer``, ``None`` while either side of ``since`` has fewer than 26 such weeks.
    """

    plain: Regression
    by_capacity: Regression
    by_time: Regression | None


def price(weeks: pd.DataFrame, settings: Settings) -> Price:
    """The three regressions over the weeks of foreign selling. Raises ``InsufficientData`` with fewer than 52."""
    selling = weeks[weeks["sold"] > 0].assign(topix_bp=weeks["topix_pct"] * 100)
    plain = _fitted(selling, ["sold"], settings)
    crossed = selling.assign(sold_x_capacity=selling["sold"] * selling["capacity"])
    capacity = _fitted(crossed, ["sold", "capacity", "sold_x_capacity"], settings)
    newer = pd.Series(selling.index >= settings.turn, index=selling.index, dtype="float64")
    if min(newer.sum(), (1 - newer).sum()) < FEWEST_EITHER_SIDE:
        return Price(plain, capacity, None)
    apart = selling.assign(newer=newer, sold_x_newer=newer * selling["sold"])
    return Price(plain, capacity, _fitted(apart, ["sold", "newer", "sold_x_newer"], settings))


def _fitted(rows: pd.DataFrame, names: list[str], settings: Settings) -> Regression:
    known = rows[["topix_bp", *names, *WORLD]].dropna()
    if len(known) < FEWEST_WEEKS:
        what = f"{len(known)} weeks of foreign selling with all they need; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "price of absorption", "Choose an earlier start or a later as_of.")
    return newey_west(known["topix_bp"], known[[*names, *WORLD]], confidence=settings.confidence)


def heavy(weeks: pd.DataFrame, settings: Settings) -> pd.DatetimeIndex:
    """Weeks whose selling was, on their own day, among the ``heavy_share`` heaviest so far."""
    sold = weeks["sold"].where(weeks["sold"] > 0)
    edge = weeks["sold"].expanding(52).quantile(1 - settings.heavy_share)
    return pd.DatetimeIndex(weeks.index[(sold >= edge).fillna(False)])


def heavy_by_capacity(weeks: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """TOPIX in weeks of heavy selling, split at the median of ``capacity`` among them.

    Returns
    -------
    Frame by group: ``estimate`` (mean percent in the week), ``low``, ``high`` (t interval), ``weeks``; and the row
    ``difference`` (more less less; Welch) with its ``p_value``. Empty where a group has fewer than five weeks.
    """
    rows = weeks.loc[heavy(weeks, settings), ["topix_pct", "capacity"]].dropna()
    high = rows["capacity"] >= rows["capacity"].median()
    groups = {CAPACITY_HIGH: rows.loc[high, "topix_pct"], CAPACITY_LOW: rows.loc[~high, "topix_pct"]}
    if min(len(group) for group in groups.values()) < FEWEST_IN_GROUP:
        return pd.DataFrame(columns=["estimate", "low", "high", "weeks", "p_value"])
    found = {name: _mean(group, settings) for name, group in groups.items()}
    test = stats.ttest_ind(*groups.values(), equal_var=False)
    ends = test.confidence_interval(settings.confidence)
    gap = found[CAPACITY_HIGH]["estimate"] - found[CAPACITY_LOW]["estimate"]
    found["difference"] = {
        "estimate": gap,
        "low": float(ends.low),
        "high": float(ends.high),
        "weeks": float(len(rows)),
        "p_value": float(test.pvalue),
    }
    return pd.DataFrame(found).T.rename_axis("group")


def _mean(values: pd.Series[float], settings: Settings) -> dict[str, float]:
    half = stats.t.ppf(0.5 + settings.confidence / 2, len(values) - 1) * stats.sem(values)
    mean = float(values.mean())
    return {"estimate": mean, "low": mean - half, "high": mean + half, "weeks": float(len(values))}


def around_heavy(weeks: pd.DataFrame, settings: Settings) -> EventStudy | None:
    """TOPIX beyond what the S&P 500 and the dollar explain, in and after weeks of heavy selling.

    Clustered weeks are one episode; inference by random weeks and block bootstrap. ``None`` with fewer than three.
    """
    rows = weeks[["topix_pct", *WORLD]].dropna()
    events = heavy(weeks, settings)
    events = events[events.isin(rows.index)]
    window = Window(before=0, after=settings.horizon_weeks, estimation=52, gap=4)
    if len(events) < FEWEST_EVENTS or len(rows) < 2 * window.lead:
        return None
    return event_study(
        rows["topix_pct"], rows[WORLD], events=events, window=window, draws=PLACEBOS, confidence=settings.confidence
    )
