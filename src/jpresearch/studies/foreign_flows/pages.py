"""What the notebook hands on besides words: frames of figures, tables in a reader's words, metrics."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.stats.regression import Regression
from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.counterparties import CLASS_LABELS, Balances
from jpresearch.studies.foreign_flows.findings import Findings, all_tests
from jpresearch.studies.foreign_flows.impact_pages import impact_metrics
from jpresearch.studies.foreign_flows.inputs import span_sum
from jpresearch.studies.foreign_flows.present import Aftermath, rank_of_newest
from jpresearch.studies.foreign_flows.relation import BP_PER_PERCENT, HUNDRED_BN, longest_runs
from jpresearch.studies.results import Metric

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


def metrics(found: Findings) -> list[Metric]:
    """The figures to publish by name; where there is none, a text says why."""
    weeks, memory, lead_lag = found.weeks, found.memory.at(1), found.lead_lag
    slope, individuals = found.same_week.estimate("flow"), found.other_side.T["individuals"]
    newest = found.runs.iloc[-1]
    return [
        Metric("latest_week", weeks.index[-1].date()),
        Metric.rounded("foreign_net_1w_jpy_bn", weeks["net"].iloc[-1], "JPY bn", decimals=1),
        *_two_weeks(found),
        Metric.rounded("flow_autocorrelation_1w", memory.value, "correlation", memory.low, memory.high),
        Metric("run_weeks", int(newest["length"] * newest["sign"]), "weeks on one side, negative while selling"),
        Metric.rounded("impact_bp_per_100bn", slope.value, "bp of TOPIX per JPY 100bn", slope.low, slope.high),
        Metric.rounded("lead_p_value", lead_lag.leads.p_value, "p value: past flow, next index change", decimals=4),
        Metric.rounded("follow_p_value", lead_lag.follows.p_value, "p value: past index, next flow", decimals=4),
        Metric.rounded("individuals_per_100bn_sold", *_ends(individuals, "JPY bn bought")),
        *_aftermath(found.aftermath),
        _newest_mof(found.mof),
        *impact_metrics(found.impact, all_tests(found), 1 - found.settings.confidence),
    ]  # fmt: skip


def _ends(row: pd.Series, unit: str) -> tuple[float, str, float, float]:
    return float(row["estimate"]), unit, float(row["low"]), float(row["high"])


def _two_weeks(found: Findings) -> list[Metric]:
    spans = Metric("spans_ranked", int(span_sum(found.weeks["net"], 2).count()), "two-week spans")
    by_selling = rank_of_newest(found.weeks, 2, "selling")
    if found.newest_rank is None or by_selling is None:
        names = ("foreign_net_2w_jpy_bn", "selling_rank")
        return [*(Metric.missing(name, "a week is missing") for name in names), spans]
    unit = "of the two-week spans, 1 = heaviest selling"
    net = Metric.rounded("foreign_net_2w_jpy_bn", found.newest_rank.value, "JPY bn", decimals=1)
    return [net, Metric("selling_rank", by_selling.rank, unit), spans]


def _aftermath(after: Aftermath) -> list[Metric]:
    name, result = "topix_after_heavy_weeks_pct", after.result
    finished = Metric("episodes_finished", int(after.changes.count()), "episodes")
    if result is None:
        return [Metric.missing(name, after.why), finished]
    return [Metric.rounded(name, result.mean, "% over the horizon", result.low, result.high), finished]


def _newest_mof(frame: pd.DataFrame | None) -> Metric:
    known = None if frame is None else frame["foreigners_mof"].dropna()
    if known is None or known.empty:
        return Metric.missing("mof_net_1w_jpy_bn", "not public yet")
    return Metric.rounded("mof_net_1w_jpy_bn", known.iloc[-1], "JPY bn", decimals=1)


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
