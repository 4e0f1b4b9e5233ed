"""MoF government bond yields: two and ten years, dashes stay missing, a changed layout is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.sources.eras import era_day
from jpresearch.sources.model import Parsed, SourceError
from jpresearch.sources.mof_jgb import ADAPTER, CURRENT, HISTORY
from tests.sources.builders_mof import jgb_csv
from tests.sources.builders_mutations import HTML, ROOT, fixture_file, survive

FIXTURE = "mof_jgbcme_all_en.csv"
JAPANESE = "mof_jgbcm_all_ja.csv"
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
    japanese=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_a_file_written_from_yields_reads_back_as_the_same_yields(
    yields: list[dict[str, float | None]], first: date, note: bool, japanese: bool
) -> None:
    days = list(zip(weekdays(first, len(yields)), yields, strict=True))
    two, ten, _ = ADAPTER.parse(jgb_csv(days, note=note, japanese=japanese), NAME)
    for parsed, series, term in ((two, "jgb2y", "2Y"), (ten, "jgb10y", "10Y")):
        assert (parsed.table, parsed.source) == ("market_daily", "mof-jgb")
        stated = [(day, line[term]) for day, line in days if line[term] is not None]
        assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in stated]
        assert parsed.rows["value"].tolist() == [value for _, value in stated]
        assert set(parsed.rows["series"]) <= {series}


def test_the_yield_of_one_year_goes_into_the_table_of_short_rates() -> None:
    one = ADAPTER.parse(jgb_csv(plain_days(3)), NAME)[-1]
    assert (one.table, one.source) == ("short_rates", "mof-jgb")
    assert one.rows["value_pct"].tolist() == [0.7, 0.7, 0.7]
    assert set(one.rows["basis"]) == {"stated"}
    assert set(one.rows["series"]) == {"jgb_1y"}


def test_days_before_2001_are_left_out() -> None:
    old, new = plain_days(3, date(1999, 3, 1)), plain_days(3, date(2001, 3, 1))
    two, _, _ = ADAPTER.parse(jgb_csv([*old, *new]), NAME)
    assert two.rows["period_end"].dt.date.tolist() == [day for day, _ in new]


def test_both_editions_say_the_same_across_the_change_of_an_era() -> None:
    days = [*plain_days(4, date(2019, 4, 25)), *plain_days(4, date(2019, 5, 7))]
    here, there = ADAPTER.parse(jgb_csv(days), NAME), ADAPTER.parse(jgb_csv(days, japanese=True), NAME)
    assert ADAPTER.recognises(jgb_csv(days, japanese=True), "a.csv")
    for english, japanese in zip(here, there, strict=True):
        pd.testing.assert_frame_equal(english.rows, japanese.rows)


def test_a_file_that_was_saved_again_in_unicode_reads_the_same() -> None:
    japanese = jgb_csv(plain_days(), japanese=True).decode("cp932")
    english = jgb_csv(plain_days()).decode("cp932")
    for content in (japanese.encode("utf-8-sig"), japanese.encode("utf-16"), english.encode("utf-16-le")):
        assert ADAPTER.recognises(content, "a.csv")
        assert [len(part.rows) for part in ADAPTER.parse(content, NAME)] == [6, 6, 6]


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("S49.9.24", date(1974, 9, 24)),
        ("S64.1.7", date(1989, 1, 7)),
        ("H1.1.8", date(1989, 1, 8)),
        ("H31.4.30", date(2019, 4, 30)),
        ("R元.5.1", date(2019, 5, 1)),
        ("R8.6.30", date(2026, 6, 30)),
        ("S64.1.8", None),
        ("H31.5.1", None),
        ("R1.4.30", None),
        ("R8.6.31", None),
        ("X8.6.30", None),
        ("2026.6.30", None),
    ],
)
def test_a_day_by_era_lies_in_its_era_or_is_none(stated: str, day: date | None) -> None:
    assert era_day(stated) == day


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


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda t: t.replace(",10年,", ",十年,"), "10年"),
        (lambda t: t.replace("(単位 : %)", "(単位 : bp)"), "単位"),
        (lambda t: t.replace("R7.9.3,", "H7.9.3,"), "order"),
        (lambda t: t.replace("R7.9.3,", "R7.9.33,"), "line 5"),
    ],
    ids=["term", "unit", "another era", "no day"],
)
def test_a_changed_japanese_edition_is_an_error_that_names_it(damage, named: str) -> None:  # type: ignore[no-untyped-def]
    text = jgb_csv(plain_days(), japanese=True).decode("cp932")
    assert damage(text) != text
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(damage(text).encode("cp932"), NAME)
    assert NAME in str(caught.value)


def test_every_truncation_within_a_line_is_refused() -> None:
    content = jgb_csv(plain_days())
    for length in range(len(content)):
        if content[length - 1 : length] != b"\n":
            with pytest.raises(SourceError):
                ADAPTER.parse(content[:length], NAME)


def yields_in_range(parsed: list[Parsed]) -> None:
    assert [part.table for part in parsed] == ["market_daily", "market_daily", "short_rates"]
    for part in parsed:
        assert part.rows["period_end"].is_monotonic_increasing
        assert part.rows["period_end"].is_unique
        assert part.rows["value_pct" if part.table == "short_rates" else "value"].between(-3, 15).all()


def samples() -> list[bytes]:
    return [
        jgb_csv(plain_days(9)),
        jgb_csv(plain_days(5), title="Interest Rate (September 2025)", note=True),
        jgb_csv(plain_days(7), japanese=True),
    ]


def test_damaged_files_end_in_yields_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, yields_in_range, 200, seed=10)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_yields_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, yields_in_range, 10_000, seed=3)


def test_the_publishers_file_reads_value_by_value() -> None:
    path = fixture_file(FIXTURE)
    if path is None:
        pytest.skip("the publisher's file is not at hand")
    raw = pd.read_csv(path, skiprows=1, na_values="-")
    raw = raw.assign(day=pd.to_datetime(raw["Date"], format="%Y/%m/%d")).query("day >= '2001-01-01'")
    table = pd.read_csv(ROOT / "data" / "market_daily.csv", parse_dates=["period_end"])
    *market, one = ADAPTER.parse(path.read_bytes(), FIXTURE)
    held_rates = tables.read(catalog.table("short_rates")).query("series == 'jgb_1y'").set_index("period_end")
    assert held_rates.loc[one.rows["period_end"], "value_pct"].tolist() == one.rows["value_pct"].tolist()
    for parsed, series, term in zip(market, ("jgb2y", "jgb10y"), ("2Y", "10Y"), strict=True):
        expected = raw.dropna(subset=[term])
        assert len(parsed.rows) == 5840
        assert parsed.rows["period_end"].tolist() == expected["day"].tolist()
        assert parsed.rows["value"].tolist() == expected[term].tolist()
        held = table[table["series"] == series].set_index("period_end")["value"]
        assert held.loc[parsed.rows["period_end"]].tolist() == parsed.rows["value"].tolist()


def test_the_publishers_two_editions_state_the_same_figures() -> None:
    english, japanese = fixture_file(FIXTURE), fixture_file(JAPANESE)
    if english is None or japanese is None:
        pytest.skip("the publisher's files are not at hand")
    assert ADAPTER.recognises(japanese.read_bytes(), "x.csv")
    pairs = zip(
        ADAPTER.parse(english.read_bytes(), FIXTURE), ADAPTER.parse(japanese.read_bytes(), JAPANESE), strict=True
    )
    for here, there in pairs:
        until = here.rows["period_end"].max()
        assert there.rows["period_end"].max() == pd.Timestamp("2026-06-30")
        common = there.rows[there.rows["period_end"] <= until].reset_index(drop=True)
        pd.testing.assert_frame_equal(here.rows, common)
