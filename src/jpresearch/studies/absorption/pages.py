"""The study's frames and tables in a reader's words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies.absorption.findings import Findings
from jpresearch.studies.absorption.inputs import LABELS
from jpresearch.studies.absorption.milder import OUTCOMES
from jpresearch.studies.results import rounded

RESIDUALS_CAPTION: Final = "Weeks known by every class: how far the balances are from summing to zero"
CAPACITY_CAPTION: Final = "TOPIX in weeks of heavy foreign selling, by individuals' net sales of the 13 weeks before"
MILDER_CAPTION: Final = "Newer episodes of heavy selling and the earlier weeks most like them, percent"
SUMMARY_CAPTION: Final = "Newer episodes less their matches, points; above zero is milder"


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Classes in words, largest first, ready for a figure of intervals."""
    return frame.sort_values("estimate", ascending=False).rename(index=LABELS)[["estimate", "low", "high"]]


def shares_beside(found: Findings) -> pd.DataFrame:
    """Shares before and since the day, one row per class and period."""
    rows = {}
    for words, frame in (("before", found.shares.before), ("since", found.shares.after)):
        for name, row in () if frame is None else frame.iterrows():
            rows[f"{LABELS[str(name)]}, {words}"] = row[["estimate", "low", "high"]]
    table = pd.DataFrame(rows).T
    return table.sort_index() if not table.empty else table


def residuals_table(found: Findings) -> pd.DataFrame:
    """How well the identity holds where all classes are known."""
    words = {
        "largest_jpy_bn": "largest gap, JPY bn",
        "mean_jpy_bn": "mean gap, JPY bn",
        "largest_pct_of_foreign": "largest gap, % of foreigners' mean balance",
    }
    return rounded(found.residuals.rename(columns=words), 1)


def capacity_table(found: Findings) -> pd.DataFrame:
    """Heavy weeks by capacity."""
    words = {"estimate": "TOPIX in the week, %", "low": "95% low", "high": "95% high", "p_value": "p"}
    return rounded(found.by_capacity.rename(columns=words), 2)


def milder_table(found: Findings) -> pd.DataFrame:
    """One row per newer episode."""
    words = {
        "sold": "sold, deviations",
        "sp500_pct": "S&P 500",
        "week_pct": "TOPIX in the week",
        "week_pct_matched": "matched",
        "worst_pct": "worst close",
        "worst_pct_matched": "matched worst",
        "matches": "matched weeks",
    }
    frame = found.milder.pairs
    if frame.empty:
        return pd.DataFrame({"episodes": ["none"]})
    days = pd.Index([f"{day:%Y-%m-%d}" for day in frame.index], name="episode")
    return rounded(frame[list(words)].rename(columns=words).set_axis(days), 1)


def summary_table(found: Findings) -> pd.DataFrame:
    """Means over the newer episodes."""
    words = {
        "estimate": "mean difference",
        "low": "95% low",
        "high": "95% high",
        "p_value": "p",
        "without_one_low": "lowest with one left out",
        "without_one_high": "highest with one left out",
    }
    frame = found.milder.summary
    if frame.empty:
        return pd.DataFrame({"episodes": [len(found.milder.pairs)]})
    return rounded(frame.rename(columns=words, index=OUTCOMES), 2)


def episode_gaps(found: Findings) -> pd.DataFrame:
    """By newer episode both outcomes less those of its matches, for a figure of bars."""
    frame = found.milder.pairs[["week_pct_difference", "worst_pct_difference"]].astype("float64")
    days = pd.Index([f"{day:%Y-%m-%d}" for day in frame.index], name="episode")
    return frame.set_axis(days).set_axis([OUTCOMES["week_pct"], OUTCOMES["worst_pct"]], axis="columns")


def event_path(found: Findings) -> pd.DataFrame:
    """Mean course beyond the world with its t interval, by weeks after; empty without an event study."""
    if found.events is None:
        return pd.DataFrame()
    path = found.events.path[["mean", "t_low", "t_high"]]
    return path.rename(columns={"t_low": "low", "t_high": "high"}).rename_axis("weeks")
