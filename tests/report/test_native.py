"""The chart behind a figure as numbers: what a spreadsheet or a slide may draw itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch import charts, payloads, publish
from jpresearch.report.native import Native, native

DAYS = pd.date_range("2026-01-02", periods=6, freq="W-FRI")
WORDS = {"title": "It fell", "unit": "JPY bn", "source": "JPX"}


def published(monkeypatch: pytest.MonkeyPatch, fig: Any, **more: Any) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("jpresearch.publish.channel.heard", lambda: True)
    monkeypatch.setattr("jpresearch.publish.channel.display", lambda data, *_: shown.append(data))
    publish.figure("net", fig, **more)
    return next(data[payloads.FIGURE] for data in shown if payloads.FIGURE in data)


def drawn(monkeypatch: pytest.MonkeyPatch, fig: Any, **more: Any) -> Native:
    found = native(published(monkeypatch, fig, **more))
    assert found is not None
    return found


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"foreigners": [1.0, -2.5, np.nan, 4.0, 5.0, 6.0], "individuals": np.arange(6.0)}, index=DAYS)


def test_lines_come_back_with_days_values_gaps_and_colours(
    monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame
) -> None:
    found = drawn(monkeypatch, charts.lines(frame, **WORDS))
    assert (found.kind, found.form, found.unit, found.title, found.own_data) == (
        "lines",
        "line",
        "JPY bn",
        "It fell",
        True,
    )
    assert [series.name for series in found.series] == ["Foreigners", "Individuals"]
    assert found.categories == tuple(day.date() for day in DAYS)
    assert found.series[0].values == (1.0, -2.5, None, 4.0, 5.0, 6.0)
    assert found.series[0].colour == charts.colour("foreigners")


def test_what_is_drawn_comes_back_also_where_other_data_are_offered(
    monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame
) -> None:
    found = drawn(monkeypatch, charts.lines(frame, **WORDS), data=pd.DataFrame({"a": [1, 2]}))
    assert not found.own_data and found.series[1].values == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    assert found.table.columns == ["", "Foreigners", "Individuals"]
    assert found.table.rows[2] == [date(2026, 1, 16), None, 2.0]


def test_bars_over_names_lie_and_over_days_stand(monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame) -> None:
    lying = drawn(monkeypatch, charts.bars(pd.Series({"Banks": 3.0, "Steel": 1.0}), **WORDS))
    assert lying.form == "bar" and set(lying.categories) == {"Banks", "Steel"}
    assert drawn(monkeypatch, charts.bars(frame["individuals"], **WORDS)).form == "column"
    assert drawn(monkeypatch, charts.stack(frame, **WORDS)).form == "stacked"


def test_points_of_two_quantities_are_a_scatter(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = pd.DataFrame({"x": [1.0, 1.0, 2.0], "y": [3.0, 4.0, 5.0]})
    found = drawn(monkeypatch, charts.scatter(pair, title="T", x_unit="bp", unit="%", source="JPX"))
    assert found.form == "scatter" and found.series[0].x == (1.0, 1.0, 2.0)


def test_intervals_stay_a_picture_and_keep_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.0, 1.5], "high": [2.0, 2.5]}, index=["a", "b"])
    found = drawn(monkeypatch, charts.intervals(rows, **WORDS))
    assert found.form is None
    assert sorted(zip(found.series[0].low, found.series[0].high, strict=True)) == [(0.0, 2.0), (1.5, 2.5)]


def test_a_figure_of_ones_own_and_one_of_an_older_notebook_have_none() -> None:
    assert native({"name": "a", "alt": "a", "data": "x,a\n1,2\n"}) is None
    heads = [
        {"name": "a", "kind": "line", "unit": "", "colour": "#000000", "x": [], "values": [], "low": [], "high": []}
    ]
    chart = {"kind": "lines", "unit": "", "series": heads}
    assert native({"name": "a", "data": "x,a,b\n1,2,3\n", "chart": chart}) is None, "data that are not those drawn"
    assert native({"name": "a", "data": None, "chart": chart}) is None


def test_a_payload_with_a_malformed_chart_is_refused() -> None:
    for series in (
        {"name": "a", "kind": "line", "colour": "red"},
        {"name": "a", "kind": "spiral", "colour": "#000000"},
    ):
        payload = {"name": "a", "alt": "a", "chart": {"kind": "lines", "series": [series]}}
        with pytest.raises(payloads.Refused, match="chart"):
            payloads.checked(payloads.FIGURE, payload)
