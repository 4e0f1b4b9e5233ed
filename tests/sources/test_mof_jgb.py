"""MoF government bond yields: two and ten years, dashes stay missing, a changed layout is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.model import Parsed, SourceError
from jpresearch.sources.mof_jgb import ADAPTER, CURRENT, HISTORY
from tests.sources.builders_mof import jgb_csv
from tests.sources.builders_mutations import HTML, ROOT, fixture_file, survive

FIXTURE = "mof_jgbcme_all_en.csv"
NAME = "jgbcme.csv"


def weekdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=number) for number in range(3 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def plain_days(count: int = 6, first: date = date(2025, 9, 1)) -> list[tuple[date, dict[str, float | None]]]:
    return [
        (day, {"1Y": 0.7, "2Y": round(0.85 + number / 100, 3), "10Y": round(1.6 - number / 200, 3), "40Y": 3.4})
        for number, day in enumerate(weekdays(first, count))
    ]


rates = st.none() | st.integers(-300, 900).map(lambda value: value / 1000)


@given(
    yields=st.lists(st.fixed_dictionaries({"2Y": rates, "10Y": rates, "20Y": rates}), min_size=1, max_size=12),
    first=st.dates(date(2001, 1, 1), date(2030, 1, 1)),
    note=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_a_file_written_from_yields_reads_back_as_the_same_yields(
    yields: list[dict[str, float | None]], first: date, note: bool
) -> None:
    days = list(zip(weekdays(first, len(yields)), yields, strict=True))
    two, ten = ADAPTER.parse(jgb_csv(days, note=note), NAME)
    for parsed, series, term in ((two, "jgb2y", "2Y"), (ten, "jgb10y", "10Y")):
        assert (parsed.table, parsed.source) == ("market_daily", "mof-jgb")
        stated = [(day, line[term]) for day, line in days if line[term] is not None]
        assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in stated]
        assert parsed.rows["value"].tolist() == [value for _, value in stated]
        assert set(parsed.rows["series"]) <= {series}


def test_days_before_2001_are_left_out() -> None:
    old, new = plain_days(3, date(1999, 3, 1)), plain_days(3, date(2001, 3, 1))
    two, _ = ADAPTER.parse(jgb_csv([*old, *new]), NAME)
    assert two.rows["period_end"].dt.date.tolist() == [day for day, _ in new]


def test_history_and_current_month_are_recognised_and_located() -> None:
    assert ADAPTER.recognises(jgb_csv(plain_days()), "a.csv")
    assert ADAPTER.recognises(jgb_csv(plain_days(), title="Interest Rate (October 2026)", note=True), "a.csv")
    assert ADAPTER.locate(lambda url: b"", None) == [HISTORY, CURRENT]


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda t: t.replace(",10Y,", ",TenY,"), "10Y"),
        (lambda t: t.replace("Date,", "Day,"), "Date"),
        (lambda t: t.replace("(Unit : %)", "(Unit : bp)"), "Unit"),
        (lambda t: t.replace("2025/9/3,", "2025/9/33,"), "2025/9/33"),
        (lambda t: t.replace("2025/9/3,", "2025/9/2,"), "order"),
        (lambda t: t.replace(",1.6,", ",16O,"), "16O"),
        (lambda t: t.replace(",1.6,", ",160,"), "unit"),
        (lambda t: t.replace("2025/9/8,0.7,", "2025/9/8,"), "15 cells"),
        (lambda t: t.removesuffix("\r\n"), "cut off"),
    ],
    ids=["term", "labels", "unit", "no day", "order", "letter", "basis points", "cells", "cut off"],
)
def test_a_changed_layout_or_figure_is_an_error_that_names_it(damage, named: str) -> None:  # type: ignore[no-untyped-def]
    text = jgb_csv(plain_days()).decode("cp932")
    assert damage(text) != text
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(damage(text).encode("cp932"), NAME)
    assert NAME in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", HTML, b"PK\x03\x04" + b"\0" * 50, jgb_csv([])],
    ids=["empty", "blank", "html", "zip", "no day"],
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_every_truncation_within_a_line_is_refused() -> None:
    content = jgb_csv(plain_days())
    for length in range(len(content)):
        if content[length - 1 : length] != b"\n":
            with pytest.raises(SourceError):
                ADAPTER.parse(content[:length], NAME)


def yields_in_range(parsed: list[Parsed]) -> None:
    assert [part.table for part in parsed] == ["market_daily"] * 2
    for part in parsed:
        assert part.rows["period_end"].is_monotonic_increasing
        assert part.rows["period_end"].is_unique
        assert part.rows["value"].between(-3, 15).all()


def samples() -> list[bytes]:
    return [jgb_csv(plain_days(9)), jgb_csv(plain_days(5), title="Interest Rate (September 2025)", note=True)]


def test_damaged_files_end_in_yields_or_in_an_error() -> None:
    survive(ADAPTER, samples(), NAME, yields_in_range, 200, seed=10)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_yields_or_in_an_error() -> None:
    survive(ADAPTER, samples(), NAME, yields_in_range, 10_000, seed=3)


def test_the_publishers_file_reads_value_by_value() -> None:
    path = fixture_file(FIXTURE)
    if path is None:
        pytest.skip("the publisher's file is not at hand")
    raw = pd.read_csv(path, skiprows=1, na_values="-")
    raw = raw.assign(day=pd.to_datetime(raw["Date"], format="%Y/%m/%d")).query("day >= '2001-01-01'")
    table = pd.read_csv(ROOT / "data" / "market_daily.csv", parse_dates=["period_end"])
    for parsed, series, term in zip(
        ADAPTER.parse(path.read_bytes(), FIXTURE), ("jgb2y", "jgb10y"), ("2Y", "10Y"), strict=True
    ):
        expected = raw.dropna(subset=[term])
        assert len(parsed.rows) == 5840
        assert parsed.rows["period_end"].tolist() == expected["day"].tolist()
        assert parsed.rows["value"].tolist() == expected[term].tolist()
        held = table[table["series"] == series].set_index("period_end")["value"]
        assert held.loc[parsed.rows["period_end"]].tolist() == parsed.rows["value"].tolist()
