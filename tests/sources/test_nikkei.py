"""Nikkei daily closes: the three forms of the file read the same, and a file cut off or of another index is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.model import Parsed, SourceError
from jpresearch.sources.nikkei import ADAPTER, ADDRESS
from tests.sources.builders_mutations import HTML, ROOT, fixture_file, survive
from tests.sources.builders_nikkei import Form, Prices, daily_csv

SERVED = "nikkei_stock_average_daily_jp_2018_2021.csv"
RESAVED = "nikkei_stock_average_daily_jp_resaved_utf8.csv"
NAME = "nikkei_stock_average_daily_jp.csv"
FORMS: tuple[Form, ...] = ("jp", "en", "resaved")


def weekdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=number) for number in range(3 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def prices_of(close: int, opened: int, over: int, under: int) -> Prices:
    """Prices in hundredths: high and low lie beyond open and close."""
    high, low = max(close, opened) + over, min(close, opened) - under
    return close / 100, opened / 100, high / 100, low / 100


def plain_days(count: int = 5) -> list[tuple[date, Prices]]:
    return [
        (day, prices_of(4_000_000 + 731 * number, 4_000_100, 900, 800))
        for number, day in enumerate(weekdays(date(2025, 9, 1), count))
    ]


points = st.integers(3_900_000, 4_100_000)
bars = st.builds(prices_of, points, points, st.integers(0, 9_000), st.integers(0, 9_000))


@given(prices=st.lists(bars, min_size=1, max_size=12), first=st.dates(date(2002, 1, 1), date(2030, 1, 1)))
@settings(max_examples=25, deadline=None)
def test_every_form_of_the_file_reads_back_as_the_same_closes(prices: list[Prices], first: date) -> None:
    days = list(zip(weekdays(first, len(prices)), prices, strict=True))
    for form in FORMS:
        (parsed,) = ADAPTER.parse(daily_csv(days, form), NAME)
        assert (parsed.table, parsed.source, parsed.edition) == ("market_daily", "nikkei-indexes", None)
        assert parsed.rows["series"].unique().tolist() == ["nikkei225"]
        assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in days]
        assert (parsed.rows["period_start"] == parsed.rows["period_end"]).all()
        assert parsed.rows["value"].tolist() == [close for _, (close, *_) in days]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised_by_its_labels(form: Form) -> None:
    assert ADAPTER.recognises(daily_csv(plain_days(), form), "download.csv")


def test_prices_of_something_else_in_five_columns_are_not_recognised() -> None:
    assert not ADAPTER.recognises(b"Date,Open,High,Low,Close\r\n2025-09-01,1,2,1,2\r\n", "download.csv")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_its_closing_line_is_cut_off(form: Form) -> None:
    with pytest.raises(SourceError, match="cut off"):
        ADAPTER.parse(daily_csv(plain_days(), form, closing=False), NAME)


@pytest.mark.parametrize("form", FORMS)
def test_every_truncation_is_refused(form: Form) -> None:
    content = daily_csv(plain_days(), form)
    name = "日経".encode("utf-8" if form == "resaved" else "cp932") if form != "en" else b"Nikkei"
    for length in range(0, content.index(name), 3):
        with pytest.raises(SourceError):
            ADAPTER.parse(content[:length], NAME)


@pytest.mark.parametrize(
    "name", ["nikkei_500_stock_average_daily_jp.csv", "jpx_nikkei_index_400_daily_jp.csv", "nikkei_225_vi_daily_en.csv"]
)
def test_another_index_of_the_publisher_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(SourceError, match="another index"):
        ADAPTER.parse(daily_csv(plain_days(), "jp"), name)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda t: t.replace("終値", "価格"), "終値"),
        (lambda t: t.replace('"2025/09/03"', '"2025/09/31"'), "2025/09/31"),
        (lambda t: t.replace('"2025/09/03"', '"2025/09/02"'), "order"),
        (lambda t: t.replace('"2025/09/05"', '"2025/09/06"'), "weekend"),
        (lambda t: t.replace('"40000.00","40001.00"', '"4.000000","40001.00"'), "low and high"),
        (lambda t: t.replace('"40000.00"', '"40,0OO.00"'), "40,0OO"),
    ],
    ids=["label", "no day", "order", "weekend", "slip", "letter"],
)
def test_a_changed_layout_or_figure_is_an_error_that_names_it(damage, named: str) -> None:  # type: ignore[no-untyped-def]
    text = daily_csv(plain_days(), "jp").decode("cp932")
    assert damage(text) != text
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(damage(text).encode("cp932"), NAME)
    assert NAME in str(caught.value)


def test_a_leap_or_another_magnitude_is_refused() -> None:
    leaping = [*plain_days(4), (date(2025, 9, 5), (60_000.0, 60_000.0, 60_000.0, 60_000.0))]
    with pytest.raises(SourceError, match="leaps"):
        ADAPTER.parse(daily_csv(leaping, "jp"), NAME)
    small = [(day, tuple(price / 1000 for price in prices)) for day, prices in plain_days()]
    with pytest.raises(SourceError, match="another unit"):
        ADAPTER.parse(daily_csv(small, "jp"), NAME)  # type: ignore[arg-type]


def test_a_close_repeated_on_a_day_without_a_session_is_no_close() -> None:
    close = 23185.12
    days = [
        (date(2020, 9, 30), (close, 23478.85, 23522.38, 23170.89)),
        (date(2020, 10, 1), (close, close, close, close)),
        (date(2020, 10, 2), (23029.9, 23294.8, 23365.58, 22951.41)),
    ]
    (parsed,) = ADAPTER.parse(daily_csv(days, "jp"), NAME)
    assert parsed.rows["period_end"].dt.date.tolist() == [date(2020, 9, 30), date(2020, 10, 2)]


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n", HTML, b"PK\x03\x04" + b"\0" * 50, "データ日付".encode("utf-16")],
    ids=["empty", "blank", "html", "zip", "utf16"],
)
def test_what_is_no_such_file_is_refused_and_not_recognised(content: bytes) -> None:
    assert not ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_another_encoding_is_refused() -> None:
    with pytest.raises(SourceError):
        ADAPTER.parse(daily_csv(plain_days(), "jp").decode("cp932").encode("euc_jp"), NAME)


def test_the_file_has_one_address() -> None:
    assert ADAPTER.locate(lambda url: b"", None) == [ADDRESS]


def closes(parsed: list[Parsed]) -> None:
    for part in parsed:
        assert part.rows["period_end"].is_monotonic_increasing
        assert part.rows["period_end"].is_unique
        assert (part.rows["period_end"].dt.day_of_week < 5).all()
        assert part.rows["value"].between(2_000, 1_000_000).all()


def samples() -> list[bytes]:
    return [daily_csv(plain_days(9), form) for form in FORMS]


def test_damaged_files_end_in_closes_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, closes, 200, seed=225)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_closes_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, closes, 10_000, seed=2)


@pytest.mark.parametrize(("name", "encoding", "count"), [(SERVED, "cp932", 883), (RESAVED, "utf-8-sig", 838)])
def test_the_publishers_file_reads_value_by_value(name: str, encoding: str, count: int) -> None:
    path = fixture_file(name)
    if path is None:
        pytest.skip("the publisher's file is not at hand")
    text = path.read_text(encoding=encoding)
    expected = {
        date(int(year), int(month), int(day)): float(close)
        for year, month, day, close in re.findall(r'^"?(\d{4})/(\d{1,2})/(\d{1,2})"?,"?([\d.]+)', text, re.MULTILINE)
    }
    # Nothing was traded that day; the file repeats the last close.
    expected.pop(date(2020, 10, 1), None)
    (parsed,) = ADAPTER.parse(path.read_bytes(), name)
    assert len(parsed.rows) == len(expected) == count
    read = dict(zip(parsed.rows["period_end"].dt.date, parsed.rows["value"], strict=True))
    assert read == expected
    table = pd.read_csv(ROOT / "data" / "market_daily.csv", parse_dates=["period_end"])
    table = table[table["series"] == "nikkei225"].set_index("period_end")["value"]
    assert table.loc[parsed.rows["period_end"]].tolist() == parsed.rows["value"].tolist()
