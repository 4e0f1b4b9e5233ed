"""What a chart takes from the frame and from the run, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from jpresearch import charts, publish
from jpresearch.about import About, describe

WEEKS = pd.date_range("2025-06-06", periods=12, freq="W-FRI", name="week_end")


@dataclass
class Estimate:
    value: float
    low: float | None
    high: float | None
    unit: str


@pytest.fixture
def net() -> pd.DataFrame:
    frame = pd.DataFrame({"foreigners": np.arange(12.0), "individuals": -np.arange(12.0)}, index=WEEKS)
    return describe(frame, About("JPY bn", "week", "cash equities, Tokyo and Nagoya"))


@pytest.fixture(autouse=True)
def read(monkeypatch):
    """Tells charts what the run has read: nothing, until it is called with a table and the day of its newest figure."""
    notes: list[dict[str, str]] = []
    monkeypatch.setattr(publish, "reads", lambda: list(notes))
    return lambda table, day: notes.append({"table": table, "newest_published_at": f"{day}T15:30:00+09:00"})


def _words(figure, gid: str) -> str:
    return " ".join(text.get_text() for text in figure.texts if text.get_gid() == gid).replace("\n", " ")


def test_an_untouched_frame_brings_its_unit_and_its_basis(net):
    figure = charts.lines(net, title="They bought")
    assert _words(figure, "unit") == "JPY bn, weekly"
    assert _words(figure, "source") == "Source: cash equities, Tokyo and Nagoya"


def test_a_part_of_it_is_as_good(net):
    assert _words(charts.bars(net["foreigners"].tail(4), title="They bought"), "unit") == "JPY bn, weekly"


@pytest.mark.parametrize(
    "changed",
    [lambda net: net.rolling(4).sum(), lambda net: net * 1000, lambda net: net.cumsum(), lambda net: net - net.mean()],
    ids=["rolling", "scaled", "added up", "less the mean"],
)
def test_a_changed_frame_is_asked_for_its_unit(net, changed):
    with pytest.raises(charts.UnitUnknown, match=r"charts\.lines: the unit is not known(.|\n)*unit="):
        charts.lines(changed(net), title="They bought", source="JPX")
    figure = charts.lines(changed(net), title="They bought", source="JPX", unit="JPY bn, four weeks")
    assert _words(figure, "unit") == "JPY bn, four weeks"


def test_columns_of_several_units_do_not_share_a_scale_but_share_panels():
    frame = pd.DataFrame({"topix": np.arange(12.0), "usdjpy": np.arange(12.0) + 140}, index=WEEKS)
    both = describe(frame, About("points", "week", "closes", columns={"usdjpy": "yen per dollar"}))
    with pytest.raises(charts.UnitUnknown, match="points, yen per dollar"):
        charts.lines(both, title="They rose")
    figure = charts.panels(both, title="They rose")
    heads = [text.get_text() for ax in figure.axes for text in ax.texts if text.get_gid() == "panel-unit"]
    assert heads == ["points", "yen per dollar"]


def test_the_source_is_what_the_run_has_read(net, read):
    read("investor_flows", "2025-09-04")
    read("market_daily", "2025-09-05")
    source = _words(charts.lines(net * 2, title="They bought", unit="JPY bn"), "source")
    assert "Japan Exchange Group" in source and source.endswith("published to 5 Sep 2025")
    assert _words(charts.lines(net, title="They bought", source="JPX"), "source") == "Source: JPX"


def test_each_publisher_is_named_once_however_a_table_spells_it(net, read):
    for table in ("market_daily", "investor_flows", "nikkei_valuation", "securities_flows"):
        read(table, "2025-09-05")
    source = _words(charts.lines(net * 2, title="They bought", unit="JPY bn"), "source")
    assert source.count("Nikkei") == source.count("JPX") == source.count("Ministry of Finance") == 1
    assert "Nikkei Inc." in source and "Japan Exchange Group (JPX)" in source and "Federal Reserve" in source


def test_where_nothing_was_read_the_source_is_asked_for(net):
    with pytest.raises(charts.SourceUnknown, match="source="):
        charts.lines(net * 2, title="They bought", unit="JPY bn")


def test_estimates_bring_their_unit_and_rows_of_two_units_are_refused():
    rows = {"foreigners": Estimate(36.0, 30.0, 42.0, "%"), "proprietary": Estimate(29.0, 20.0, 38.0, "%")}
    figure = charts.intervals(rows, title="Two of three", source="JPX")
    assert _words(figure, "unit") == "%"
    assert charts.data_of(figure).series[0].low == (30.0, 20.0)
    with pytest.raises(charts.UnitUnknown, match="%, bp"):
        charts.intervals(rows | {"others": Estimate(1.0, 0.0, 2.0, "bp")}, title="Two of three", source="JPX")
    with pytest.raises(charts.ChartFrameInvalid, match="others is no estimate"):
        charts.intervals(rows | {"others": 3.0}, title="Two of three", source="JPX")


def test_a_dumbbell_of_estimates_has_both_intervals():
    before, since = Estimate(36.0, 30.0, 42.0, "%"), Estimate(20.0, 10.0, 30.0, "%")
    sides = {"2012 to 2023": {"individuals": before}, "since 2024": {"individuals": since, "insurance": before}}
    data = charts.data_of(charts.dumbbell(sides, title="They take less", source="JPX"))
    assert data.unit == "%" and data.categories == ("Individuals", "Insurers")
    assert [series.values for series in data.series] == [(36.0, None), (20.0, 36.0)]
    assert data.series[1].high == (30.0, 42.0)


def test_a_chart_drawn_again_keeps_what_the_run_had_read_and_the_values_of_its_day(net, read):
    read("investor_flows", "2025-09-04")
    frame = net * 2
    figure = charts.lines(frame, title="They bought", unit="JPY bn")
    frame.iloc[:] = 0.0
    read("market_daily", "2026-01-05")
    phone = charts.at_width(figure, "phone")
    assert _words(phone, "source") == _words(figure, "source")
    assert charts.data_of(phone).series[0].values == charts.data_of(figure).series[0].values
