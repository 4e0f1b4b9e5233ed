from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.results import Metric

Found = Callable[..., study.Findings]


def metric(findings: study.Findings, name: str) -> Metric:
    return next(item for item in study.metrics(findings) if item.name == name)


def test_the_line_of_the_scatter_is_the_regression_in_the_units_of_its_axes(found: Found) -> None:
    findings = found("2025-09-05")
    slope, constant = study.line_in_percent(findings.same_week)
    points = study.cloud(findings.weeks)
    # Least squares passes through the mean of the points.
    assert points["y"].mean() == pytest.approx(constant + slope * points["x"].mean())
    assert slope * 100 * 100 == pytest.approx(findings.same_week.params["flow"])


def test_the_newest_point_is_the_newest_week_with_both_figures(found: Found) -> None:
    assert study.newest_point(study.cloud(found(None).weeks)) == {pd.Timestamp("2026-08-21"): "21 August 2026"}


def test_tables_are_in_a_readers_words(found: Found) -> None:
    findings = found("2025-09-05")
    runs = study.runs_table(findings.runs)
    assert list(runs.columns) == ["side", "first week", "last week", "weeks", "net, JPY bn", "TOPIX, %"]
    assert runs["side"].tolist()[:2] == ["selling", "buying"]
    years = study.years_table(findings.by_year)
    assert years.loc[2012, "slope"] == 86.7
    assert "flow leads, p" in study.variants_table(findings.variants).columns
    episodes = study.episodes_table(findings.aftermath)
    assert list(episodes.columns) == ["week to", "counted from", "TOPIX after 13 weeks, %"]
    assert len(episodes) == len(findings.aftermath.starts)


def test_the_mean_after_heavy_weeks_is_handed_on_with_its_interval(found: Found) -> None:
    item = metric(found("2025-09-05"), "topix_after_heavy_weeks_pct")
    assert (item.value, item.low, item.high) == (3.39, -1.53, 8.31)


def test_what_the_figures_do_not_allow_is_said_in_words(found: Found) -> None:
    bare = replace(found("2025-09-05"), newest_rank=None, mof=None)
    for name in ("foreign_net_2w_jpy_bn", "selling_rank", "mof_net_1w_jpy_bn"):
        assert str(metric(bare, name).value).startswith("not available: ")
    assert metric(found("2025-09-05"), "mof_net_1w_jpy_bn").value == -785.7


def test_the_notebook_declares_the_metrics_that_the_study_gives(found: Found, root: Path) -> None:
    notebook = json.loads((root / "notebooks" / "01_foreign_flows.ipynb").read_text(encoding="utf-8"))
    declared = notebook["metadata"]["jpresearch"]["publishes"]["metrics"]
    assert sorted(declared) == sorted(item.name for item in study.metrics(found("2025-09-05")))


def test_the_newest_balances_fall_back_on_the_newest_that_are_known(found: Found) -> None:
    findings = found(None)
    known = study.balances(study.load_inputs(None))
    later = findings.weeks.iloc[-4:].copy()
    later.index = later.index + pd.Timedelta(days=700)
    assert study.newest_balances(known, later, 3).index.equals(known.frame.index[-3:])
