"""One figure, stated twice in one import: equal statements are one, different ones are refused and both named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.sources import updating
from jpresearch.sources.comparison import Comparison, compare
from jpresearch.sources.model import LINE, Parsed, SourceError
from tests.sources.builders_nikkei import daily_csv

NOW = pd.Timestamp("2026-11-20 12:00", tz="Asia/Tokyo")
HEAD = "survey,metric,period_end,period_start,value,unit,confidence,note,source"
KEY = "fsa,accounts_total,2026-03-31,2026-03-31"


def known_source() -> str:
    return str(tables.read(catalog.table("nisa_usage"))["source"].iloc[0])


def row(value: float, **other: object) -> pd.DataFrame:
    """One row of ``market_daily``."""
    day = pd.Timestamp("2026-11-16")
    return pd.DataFrame([{"series": "nikkei225", "period_end": day, "period_start": day, "value": value} | other])


def run(*parts: Parsed, name: str = "market_daily") -> Comparison:
    table = catalog.table(name)
    return compare(table, tables.read(table), parts, NOW)


def part(rows: pd.DataFrame, file: str, edition: str | None = None) -> Parsed:
    moment = None if edition is None else pd.Timestamp(edition, tz="Asia/Tokyo")
    return Parsed("market_daily", rows, "nikkei-indexes", moment, file=file)


def test_a_second_copy_of_a_download_with_another_figure_is_refused_and_both_are_named(
    project: Path, tmp_path: Path, lines: Callable[[str], list[str]]
) -> None:
    before = lines("market_daily")
    for name, close in (("nikkei.csv", 66_000.0), ("nikkei (1).csv", 66_500.0)):
        (tmp_path / name).write_bytes(daily_csv([(date(2026, 11, 16), (close, 65_900.0, 66_900.0, 65_000.0))], "jp"))
    for write in (False, True):
        result = updating.settle(updating.from_files(tmp_path, ()), write=write)
        (error,) = result.failures.values()
        for words in ("nikkei.csv, line 2", "nikkei (1).csv, line 2", "66000", "66500", "nikkei225, 2026-11-16"):
            assert words in str(error)
        assert not result.added
    assert lines("market_daily") == before


def test_two_copies_that_agree_are_one_row(project: Path, tmp_path: Path) -> None:
    for name in ("nikkei.csv", "nikkei (1).csv"):
        (tmp_path / name).write_bytes(daily_csv([(date(2026, 11, 16), (66_000.0, 65_900.0, 66_900.0, 65_000.0))], "jp"))
    result = updating.settle(updating.from_files(tmp_path, ()), write=True)
    assert result.added == {"market_daily": 1}


@pytest.mark.parametrize("second", ["29000000", "29000001"])
def test_two_lines_of_one_file_are_one_row_or_a_refusal(second: str, project: Path, tmp_path: Path) -> None:
    lines = [HEAD, *(f"{KEY},{value},accounts,,,{known_source()}" for value in ("29000000", second))]
    (tmp_path / "figures.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = updating.settle(updating.from_files(tmp_path / "figures.csv", ()), write=True)
    if second == "29000000":
        assert result.added == {"nisa_usage": 1}
        return
    (error,) = result.failures.values()
    assert "29000000 (figures.csv, line 2) and 29000001 (figures.csv, line 3)" in str(error)


def test_a_later_publication_is_a_vintage_and_no_contradiction() -> None:
    found = run(part(row(66_000.0), "a.csv", "2026-11-16 16:00"), part(row(66_500.0), "b.csv", "2026-11-17 16:00"))
    assert found.rows["value"].tolist() == [66_000.0, 66_500.0]
    with pytest.raises(SourceError, match="66000"):
        run(part(row(66_000.0), "a.csv", "2026-11-16 16:00"), part(row(66_500.0), "b.csv", "2026-11-16 16:00"))


def test_an_undated_statement_must_be_one_of_the_dated_ones() -> None:
    dated = [part(row(value), f"{value}.csv", f"2026-11-{day} 16:00") for value, day in ((1e4, 16), (2e4, 17))]
    for value in (1e4, 2e4):
        assert len(run(*dated, part(row(value), "undated.csv")).rows) == 2
    with pytest.raises(SourceError, match=r"undated\.csv"):
        run(*dated, part(row(3e4), "undated.csv"))


def flows(**figures: float) -> pd.DataFrame:
    day = pd.Timestamp("2026-10-02")
    known = {"sales_jpy_mn": float("nan"), "purchases_jpy_mn": float("nan"), "net_jpy_mn": 5.0, "coverage": "net"}
    key = {"market": "two_markets", "investor": "foreigners", "period_end": day, "period_start": day}
    return pd.DataFrame([key | known | figures])


def test_of_two_statements_the_one_that_knows_more_is_kept() -> None:
    whole = flows(sales_jpy_mn=10.0, purchases_jpy_mn=15.3, net_jpy_mn=5.3, coverage="full")
    both = [Parsed("investor_flows", rows, "jpx-investor-types", file=f) for rows, f in ((flows(), "a"), (whole, "b"))]
    for parts in (both, both[::-1]):
        found = run(*parts, name="investor_flows")
        assert found.rows["coverage"].tolist() == ["full"]
        assert found.origins["file"].tolist() == ["b"]


def test_two_statements_that_each_know_a_part_are_not_joined_in_silence() -> None:
    some, other = flows(sales_jpy_mn=10.0), flows(purchases_jpy_mn=15.0)
    parts = [Parsed("investor_flows", rows, "jpx-investor-types", file=f) for rows, f in ((some, "a"), (other, "b"))]
    with pytest.raises(SourceError, match="missing"):
        run(*parts, name="investor_flows")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from([64_000.0, 65_000.0]), min_size=1, max_size=5))
def test_any_number_of_copies_is_one_row_exactly_where_they_agree(values: list[float]) -> None:
    parts = [part(row(value, **{LINE: 7}), f"copy {number}.csv") for number, value in enumerate(values)]
    if len(set(values)) > 1:
        with pytest.raises(SourceError, match=r"copy \d\.csv, line 7"):
            run(*parts)
    else:
        assert len(run(*parts).rows) == 1
