"""FRED: a series a file, holidays stay missing, what is another series here is refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.sources import updating
from jpresearch.sources.fred import ADAPTER, SERIES
from jpresearch.sources.model import LINE, Parsed, SourceError
from tests.sources.builders_mutations import HTML, fixture_file, survive
from tests.sources.builders_us import fred_csv

FIXTURE = "fred_DTB3.csv"
NAME = "DTB3.csv"


def weekdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=number) for number in range(3 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def plain(count: int = 8, first: date = date(2026, 9, 1), level: float = 3.6) -> list[tuple[date, float | None]]:
    days = weekdays(first, count)
    return [(day, None if place == 4 else round(level + place / 100, 2)) for place, day in enumerate(days)]


rates = st.none() | st.integers(300, 420).map(lambda value: value / 100)


@given(
    values=st.lists(rates, min_size=1, max_size=12),
    old=st.booleans(),
    series=st.sampled_from(["DTB3", "DGS1", "DGS10"]),
)
@settings(max_examples=30, deadline=None)
def test_a_file_written_from_values_reads_back_as_the_same_values(
    values: list[float | None], old: bool, series: str
) -> None:
    days = weekdays(date(2026, 3, 2), len(values))
    form = {"header": "DATE", "gap": "."} if old else {}
    content = fred_csv(list(zip(days, values, strict=True)), series, **form)
    (parsed,) = ADAPTER.parse(content, NAME)
    known = [(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    column = "value" if series == "DGS10" else "value_pct"
    assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in known]
    assert parsed.rows[column].tolist() == [value for _, value in known]
    assert parsed.table == ("market_daily" if series == "DGS10" else "short_rates")


def test_several_series_in_one_file_are_read_each_into_its_table() -> None:
    lines = ["observation_date,DTB3,DEXJPUS", "2026-09-01,3.6,146.1", "2026-09-02,,146.4", "2026-09-03,3.61,"]
    rates, yen = ADAPTER.parse(("\n".join(lines) + "\n").encode(), "fredgraph.csv")
    assert (rates.table, rates.rows["value_pct"].tolist(), rates.rows[LINE].tolist()) == (
        "short_rates",
        [3.6, 3.61],
        [2, 4],
    )
    assert (yen.table, yen.source, yen.rows["value"].tolist()) == ("market_daily", "fred-h10", [146.1, 146.4])


@pytest.mark.parametrize("known", SERIES)
def test_every_series_is_one_that_its_table_and_descriptor_know(known: str) -> None:
    series = SERIES[known]
    table = catalog.table(series.table)
    held = tables.read(table).query("series == @series.series")
    assert set(held["source"]) == {series.source}
    value = "value" if series.table == "market_daily" else "value_pct"
    assert held[value].between(series.bounds.low, series.bounds.high).all()
    assert series.bounds.weekends or (held["period_end"].dt.day_of_week < 5).all()


def test_the_rows_are_what_the_table_takes(project: Path, tmp_path: Path) -> None:
    newest = tables.read(catalog.table("short_rates")).query("series == 'us_tbill_3m_discount'")["period_end"].max()
    (tmp_path / NAME).write_bytes(fred_csv(plain(5, (newest + pd.Timedelta(days=1)).date())))
    result = updating.settle(updating.from_files(tmp_path / NAME, ()), write=True)
    assert result.added == {"short_rates": 4}
    assert tables.check(catalog.table("short_rates")) == []
    assert updating.settle(updating.from_files(tmp_path / NAME, ()), write=True).added == {"short_rates": 0}


SOUND = fred_csv(plain()).decode()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (SOUND.replace("DTB3", "DTB6"), "DTB6"),
        (SOUND.replace("DTB3", "DGS3MO"), "derived from a spread"),
        (SOUND.replace("observation_date", "day"), "observation_date"),
        (SOUND.replace("2026-09-02", "2026-09-32"), "2026-09-32"),
        (SOUND.replace("2026-09-02", "2026-09-01"), "line 3.*|order"),
        (SOUND.replace("2026-09-02", "2026-09-05"), "order|weekend"),
        (SOUND.replace("3.61", "3.6l"), "3.6l"),
        (SOUND.replace("3.61", "361"), "unit"),
        (SOUND.replace("3.61", "9.61"), "leaps"),
        (SOUND.replace("3.61", "3.61,1"), "cells"),
        (SOUND[:-1], "cut off"),
        ("observation_date,DTB3\n", "no day"),
    ],
    ids=lambda value: value if len(value) < 30 else "",
)
def test_what_is_not_as_described_is_refused_and_named(content: str, named: str) -> None:
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(content.encode(), NAME)
    assert NAME in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", HTML, b"PK\x03\x04" + b"\0" * 50], ids=len)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    assert not ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_files_are_recognised_by_their_labels_and_located_by_series() -> None:
    assert ADAPTER.recognises(fred_csv(plain()), "a.csv")
    assert not ADAPTER.recognises(b"Date,Close\n2026-09-01,1\n", "a.csv")
    found = ADAPTER.locate(lambda address: b"", date(2026, 9, 1))
    assert "https://fred.stlouisfed.org/graph/fredgraph.csv?id=DTB3&cosd=2026-09-01" in found
    assert len(found) == len(SERIES)


def rates_in_range(parsed: list[Parsed]) -> None:
    for part in parsed:
        assert part.rows["period_end"].is_monotonic_increasing
        assert part.rows["period_end"].is_unique
        value = part.rows["value_pct" if part.table == "short_rates" else "value"]
        assert value.between(-3, 500).all()


def samples() -> list[bytes]:
    both = "observation_date,DTB3,DEXJPUS\n2026-09-01,3.6,146.1\n2026-09-02,,146.4\n2026-09-03,3.61,\n"
    return [fred_csv(plain(12)), fred_csv(plain(6), header="DATE", gap="."), both.encode()]


def test_damaged_files_end_in_rates_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, rates_in_range, 200, seed=4)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_rates_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, rates_in_range, 10_000, seed=5)


def test_the_publishers_file_reads_value_by_value_and_is_what_the_table_holds() -> None:
    path = fixture_file(FIXTURE)
    if path is None:
        pytest.skip("the publisher's file is not at hand")
    (parsed,) = ADAPTER.parse(path.read_bytes(), FIXTURE)
    raw = pd.read_csv(path, parse_dates=["observation_date"]).dropna().query("observation_date >= '2001-01-01'")
    assert parsed.rows["period_end"].tolist() == raw["observation_date"].tolist()
    assert parsed.rows["value_pct"].tolist() == raw["DTB3"].tolist()
    held = tables.read(catalog.table("short_rates")).query("series == 'us_tbill_3m_discount'").set_index("period_end")
    assert held.loc[parsed.rows["period_end"], "value_pct"].tolist() == parsed.rows["value_pct"].tolist()
