"""What the notebook hands on: the single numbers, the frames of its figures, the words above its tables.

A number that the figures do not allow is a text that says why, never a blank.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.stats.regression import Estimate, Regression
from jpresearch.studies.foreign_flows import phrases as say
from jpresearch.studies.foreign_flows.counterparties import Balances
from jpresearch.studies.foreign_flows.inputs import span_sum
from jpresearch.studies.foreign_flows.phrases import CLASS_LABELS
from jpresearch.studies.foreign_flows.present import Aftermath, Rank, rank_of_newest
from jpresearch.studies.foreign_flows.relation import BP_PER_PERCENT, HUNDRED_BN, longest_runs

WEEK_MISSING: Final = "not available: a week is missing"
RUNS_CAPTION: Final = "Runs of weeks on one side: the newest, then the longest"
BY_YEAR_CAPTION: Final = (
    "Year by year: net purchases of the weeks known, TOPIX from the first to the last close of the year's weeks (blank "
    "where a close is missing), and the same-week slope (bp per JPY 100bn) with interval"
)
VARIANTS_CAPTION: Final = (
    "The same questions asked in other ways: same-week slope with interval, and the p values of the two tests "
    "(flow leads: past flow for the next index change; flow follows: past index changes for the next flow)"
)
FINER_CAPTION: Final = (
    "Inside all other classes: mean net purchases (JPY bn a week) in weeks of foreign selling, in the stretches that "
    "show the classes; two bases beside each other, never joined"
)
EPISODES_CAPTION: Final = (
    "Episodes: the week that opens one, the first weekly close after its figure was published, and TOPIX over the "
    "horizon from there (blank while it runs)"
)
INTERVAL_COLUMNS: Final = {"estimate": "slope", "low": "low", "high": "high"}


def two_week_metric(newest: Rank | None) -> float | str:
    """The sum of the newest two survey weeks in JPY bn, to 0.1."""
    return WEEK_MISSING if newest is None else round(newest.value, 1)


def selling_rank(weeks: pd.DataFrame) -> int | str:
    """The rank of the newest two weeks by selling: 1 is the heaviest net selling, the last the heaviest buying."""
    found = rank_of_newest(weeks, 2, "selling")
    return WEEK_MISSING if found is None else found.rank


def spans_ranked(weeks: pd.DataFrame) -> int:
    """How many two-week spans that rank is among."""
    return int(span_sum(weeks["net"], 2).count())


def signed_run(runs: pd.DataFrame) -> int:
    """The length of the newest run in weeks, negative while foreigners sell."""
    newest = runs.iloc[-1]
    return int(newest["length"]) * int(newest["sign"])


def aftermath_metric(after: Aftermath) -> tuple[float | str, dict[str, float]]:
    """The mean change after the heaviest weeks (%) and the ends of its interval, or words and no ends."""
    if after.result is None:
        return f"not available: {after.why}", {}
    return round(after.result.mean, 2), {"low": round(after.result.low, 2), "high": round(after.result.high, 2)}


def newest_mof(frame: pd.DataFrame | None) -> float | str:
    """MoF's newest weekly net purchases in JPY bn."""
    if frame is None or frame["mof"].dropna().empty:
        return "not available: not public yet"
    return round(float(frame["mof"].dropna().iloc[-1]), 1)


def cloud(weeks: pd.DataFrame) -> pd.DataFrame:
    """The weeks with both figures: ``x`` net purchases (JPY bn), ``y`` TOPIX (percent), indexed by ``period_end``."""
    return weeks[["net", "topix_pct"]].dropna().set_axis(["x", "y"], axis="columns")


def newest_point(points: pd.DataFrame) -> dict[pd.Timestamp, str]:
    """The newest week of the cloud and its date in words."""
    newest = points.index[-1]
    return {newest: say.day(newest)}


def line_in_percent(fit: Regression) -> tuple[float, float]:
    """Slope and intercept of ``same_week`` for the axes of ``cloud``: percent per JPY bn, and percent."""
    slope, constant = fit.params["flow"], fit.params["const"]
    return float(slope) / HUNDRED_BN / BP_PER_PERCENT, float(constant) / BP_PER_PERCENT


def newest_balances(known: Balances, weeks: pd.DataFrame, count: int = 26) -> pd.DataFrame:
    """Balances by class of the newest ``count`` survey weeks (JPY bn); weeks whose classes are not known are missing.

    Where none of them is known, the newest ``count`` weeks whose classes are.
    """
    newest = known.frame.reindex(weeks.index[-count:])
    return known.frame.tail(count) if newest["foreigners"].isna().all() else newest


def rounded(estimate: Estimate, decimals: int = 2) -> dict[str, float]:
    """``value``, ``low`` and ``high`` of an estimate, for ``publish.metric``."""
    ends = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: round(number, decimals) for name, number in ends.items()}


def runs_table(runs: pd.DataFrame) -> pd.DataFrame:
    """``longest_runs`` in a reader's words."""
    words = {
        "start": "first week",
        "end": "last week",
        "length": "weeks",
        "total": "net, JPY bn",
        "topix_pct": "TOPIX, %",
    }
    table = longest_runs(runs).assign(side=lambda frame: frame["sign"].map({1: "buying", -1: "selling"}))
    return table[["side", *words]].rename(columns=words).round({"net, JPY bn": 1, "TOPIX, %": 1})


def years_table(years: pd.DataFrame) -> pd.DataFrame:
    """``impact_by_year`` in a reader's words."""
    words = {"known": "weeks known", "net": "net, JPY bn", "topix_pct": "TOPIX, %", "r_squared": "share of variance"}
    return years.round(1).assign(r_squared=years["r_squared"].round(2)).rename(columns=words | INTERVAL_COLUMNS)


def variants_table(variants: pd.DataFrame) -> pd.DataFrame:
    """``variants`` in a reader's words."""
    words = {"lead_p": "flow leads, p", "follow_p": "flow follows, p"}
    return variants.round({"estimate": 1, "low": 1, "high": 1, "lead_p": 3, "follow_p": 3}).rename(
        columns=words | INTERVAL_COLUMNS
    )


def episodes_table(after: Aftermath) -> pd.DataFrame:
    """The episodes of ``aftermath`` in a reader's words; one row of words where there is none."""
    if after.starts.empty:
        return pd.DataFrame({"week to": ["none"], "remark": [after.why or "no week was heavy enough"]})
    words = {"week_end": "week to", "entry": "counted from", "change_pct": f"TOPIX after {after.horizon} weeks, %"}
    return after.table().round({"change_pct": 1}).rename(columns=words)


def inside_others(finer: pd.DataFrame) -> pd.DataFrame:
    """``finer_classes`` in a reader's words; one row of words where no stretch shows the classes."""
    if finer.columns.empty:
        return pd.DataFrame({"investor": ["others"], "remark": ["not published class by class in these weeks"]})
    words = {"city_regional_banks": "City and regional banks", "insurance": "Insurers"} | CLASS_LABELS
    return finer.round(1).rename(index=lambda name: words.get(name, name.replace("_", " ").capitalize()))
