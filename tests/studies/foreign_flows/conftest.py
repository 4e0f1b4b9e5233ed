"""Synthetic inputs on the real calendar of survey weeks, and the bundled figures as they stood on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import TOKYO, jpx_investor_types, survey_weeks
from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.inputs import Inputs
from jpresearch.studies.phrasing import dealing

CLASSES = ("individuals", "investment_trusts", "trust_banks", "proprietary")


def week_ends(count: int, start: str = "2014-01-06") -> pd.DatetimeIndex:
    """The last sessions of ``count`` survey weeks from ``start``."""
    ends = survey_weeks(start, "2030-01-01")["period_end"].head(count)
    return pd.DatetimeIndex(ends, name="period_end")


def flow_rows(net: pd.Series, investor: str = "foreigners", market: str = "two_markets") -> pd.DataFrame:
    """Rows of ``investor_flows`` from net purchases in JPY bn by week; missing weeks have no row."""
    known = net.dropna()
    ends = pd.DatetimeIndex(known.index)
    columns = {"market": market, "investor": investor, "period_end": ends, "net_jpy_mn": known.to_numpy() * 1000}
    return pd.DataFrame(columns | {"published_at": jpx_investor_types(ends)})


def close_rows(levels: pd.Series, series: str) -> pd.DataFrame:
    """Rows of ``market_daily`` from closes by day."""
    known = levels.dropna()
    return pd.DataFrame({"series": series, "period_end": pd.DatetimeIndex(known.index), "value": known.to_numpy()})


@pytest.fixture
def make_inputs() -> Callable[..., Inputs]:
    """Inputs from weekly net purchases (JPY bn) and weekly index changes (percent) on the same survey weeks."""

    def make(net: pd.Series, change: pd.Series, classes: dict[str, pd.Series] | None = None) -> Inputs:
        before = survey_weeks(net.index[0] - pd.Timedelta(days=20), net.index[0] - pd.Timedelta(days=1))
        first = before["period_end"].iloc[-1]
        levels = pd.concat([pd.Series([1000.0], index=[first]), 1000 * (1 + change / 100).cumprod()])
        market = pd.concat([close_rows(levels, "topix"), close_rows(levels * 12, "nikkei225")], ignore_index=True)
        rows = [flow_rows(net), *(flow_rows(values, name) for name, values in (classes or {}).items())]
        start = first + pd.Timedelta(days=1)
        return Inputs(pd.concat(rows, ignore_index=True), market, None, start)

    return make


@pytest.fixture
def noise() -> tuple[pd.Series, pd.Series]:
    """Five years of unrelated flow (JPY bn) and index change (percent)."""
    draw, ends = np.random.default_rng(13), week_ends(260)
    return pd.Series(draw.normal(0, 300, 260), index=ends), pd.Series(draw.normal(0, 2, 260), index=ends)


@pytest.fixture
def settings() -> study.Settings:
    return study.Settings()


@cache
def _found(as_of: str | None, start: str) -> study.Findings:
    return gather(study.load_inputs(as_of, start), study.Settings(draws=199))


@pytest.fixture
def found() -> Callable[..., study.Findings]:
    """Everything the takeaways need, from the bundled figures as they stood on a day."""

    def find(as_of: str | None = "2025-09-05", start: str = "2012-01-01", **changes: object) -> study.Findings:
        return replace(_found(as_of, start), **changes)  # type: ignore[arg-type]

    return find


@pytest.fixture
def gathered() -> Callable[[Inputs, study.Settings], study.Findings]:
    """The same from any inputs."""
    return gather


def gather(inputs: Inputs, settings: study.Settings) -> study.Findings:
    weeks, known = study.weekly(inputs), study.balances(inputs)
    newest = study.rank_of_newest(weeks, 2)
    side = newest.side if newest else dealing(weeks["net"].iloc[-1])
    return study.Findings(
        settings=settings,
        weeks=weeks,
        newest_rank=newest,
        runs=study.flow_runs(weeks),
        memory=study.memory(weeks, settings),
        same_week=study.same_week(weeks, settings),
        by_year=study.impact_by_year(weeks, settings),
        lead_lag=study.lead_lag(weeks, settings),
        variants=study.variants(weeks, settings),
        other_side=study.other_side(known, settings),
        latest_sides=study.latest_other_side(known, weeks),
        aftermath=study.aftermath(weeks, study.week_closes(inputs), side, settings),
        mof=None if inputs.mof is None else study.beside_mof(weeks, inputs.mof),
        impact=study.investigate_impact(inputs, weeks, settings),
    )


def tokyo(day: str) -> pd.Timestamp:
    return pd.Timestamp(day, tz=TOKYO)
