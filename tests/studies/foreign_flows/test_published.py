"""Published figures beside the response here, none of them invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.published import BENCHMARKS, beside_published, break_even_jpy_tn, published

Found = Callable[..., study.Findings]


def test_the_break_even_market_value_turns_the_multiplier_round() -> None:
    # 1% of JPY 500tn is JPY 5tn; with a multiplier of 5 it moves the price by 5%, so JPY 100bn moves it by 10 bp.
    assert break_even_jpy_tn(5.0, 10.0) == pytest.approx(500.0)
    assert break_even_jpy_tn(1.0, 2.2) == pytest.approx(454.5, abs=0.1)


def test_only_the_figure_per_yen_stands_in_basis_points(found: Found) -> None:
    table = published(found("2025-09-05").impact.impact).set_index("study")
    assert table["bp per JPY 100bn"].tolist() == ["2.2", "needs a market value", "needs a market value"]
    column = table.columns[-1]
    assert table.loc["Barbon and Gianinazzi (2019)", column] == "per yen already"
    here = found("2025-09-05").impact.impact.given.at(0)[0]
    assert table.loc["Gabaix and Koijen (2021)", column] == f"JPY {5.0 * 1000 / here:,.0f} trillion"
    assert [item.per_value for item in BENCHMARKS] == [None, 1.6, 5.0]


def test_no_market_value_is_named_where_the_response_may_be_zero(found: Found) -> None:
    impact = found("2025-09-05").impact.impact
    table = impact.given.projection.responses.assign(low=-1.0)
    doubted = replace(impact.given, projection=replace(impact.given.projection, responses=table))
    assert published(replace(impact, given=doubted)).iloc[:, -1].tolist() == ["no figure"] * 3


def test_the_figures_here_and_there_stand_in_one_unit(found: Found) -> None:
    part = found("2025-09-05").impact
    frame = beside_published(part.impact, part.swings, part.swing)
    assert part.swings is not None
    assert frame.loc["Here: per swing, at the newest swing", "estimate"] == pytest.approx(
        part.swings.at(0)[0] * 100 / part.swing
    )
    last = frame.iloc[-1]
    assert str(frame.index[-1]).startswith("Published elsewhere, other flow")
    assert last["estimate"] == 2.2 and np.isnan(last["low"])
    bare = beside_published(replace(part.impact, plain=None), None, float("nan"))
    assert len(bare) == 3
