"""Bank of Japan time series: values by day as series of their own, nulls left out, pages followed to their end."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.boj import ADAPTER, MOST_PAGES, SERIES
from jpresearch.sources.model import Parsed, SourceError
from tests.sources.builders_boj import Values, answer, encoded, error_answer
from tests.sources.builders_mutations import HTML, survive

NAME = "getDataCode"
NAMES = {"STRDCLUCON": "boj_call_rate", "MADR1Z@D": "boj_basic_loan_rate", "FXERD04": "usdjpy_boj_tokyo"}


def dated(values: list[float | None], first: date) -> Values:
    """Values on the days from ``first``; none at weekends, as the service has it."""
    days = [first + timedelta(days=number) for number in range(len(values))]
    return [(day, None if day.weekday() >= 5 else value) for day, value in zip(days, values, strict=True)]


def plain(code: str = "STRDCLUCON", count: int = 8) -> Values:
    base = 150.0 if code == "FXERD04" else 0.7
    return dated([round(base + number / 1000, 3) for number in range(count)], date(2026, 8, 3))


rates = st.none() | st.integers(-100, 900).map(lambda value: value / 1000)
yen = st.none() | st.integers(14_000, 15_900).map(lambda value: value / 100)


@given(
    call=st.lists(rates, max_size=12),
    loan=st.lists(rates, max_size=12),
    spot=st.lists(yen, max_size=12),
    first=st.dates(date(2001, 1, 1), date(2030, 1, 1)),
)
@settings(max_examples=30, deadline=None)
def test_an_answer_written_from_values_reads_back_as_the_same_values(
    call: list[float | None], loan: list[float | None], spot: list[float | None], first: date
) -> None:
    series = {"STRDCLUCON": dated(call, first), "MADR1Z@D": dated(loan, first), "FXERD04": dated(spot, first)}
    found = ADAPTER.parse(encoded(answer(series)), NAME)
    (rates,) = [parsed for parsed in found if parsed.table == "short_rates"]
    assert rates.rows["value_pct"].tolist() == [value for _, value in series["STRDCLUCON"] if value is not None]
    assert set(rates.rows["series"]) <= {"jp_call_rate_overnight"}
    market = [parsed for parsed in found if parsed.table == "market_daily"]
    for parsed, (code, values) in zip(market, series.items(), strict=True):
        stated = [(day, value) for day, value in values if value is not None]
        assert (parsed.table, parsed.source) == ("market_daily", "boj-time-series")
        assert set(parsed.rows["series"]) <= {NAMES[code]}
        assert parsed.rows["period_end"].dt.date.tolist() == [day for day, _ in stated]
        assert parsed.rows["value"].tolist() == [value for _, value in stated]


def test_its_series_are_none_that_other_publishers_fill() -> None:
    assert not {known.series for known in SERIES} & {"usdjpy", "boj_policy_rate"}


def test_the_edition_is_the_earlier_of_last_update_and_answer() -> None:
    same_day = answer({"STRDCLUCON": plain()})
    assert ADAPTER.parse(encoded(same_day), NAME)[0].edition == pd.Timestamp("2026-10-09T14:20:52+09:00")
    earlier = answer({"STRDCLUCON": plain()}, updated=date(2026, 10, 7))
    assert ADAPTER.parse(encoded(earlier), NAME)[0].edition == pd.Timestamp("2026-10-07T23:59:59+09:00")


def test_an_answer_without_series_holds_no_rows() -> None:
    assert ADAPTER.parse(encoded(answer({})), NAME) == []


def test_each_series_has_an_address_from_the_month_asked_for() -> None:
    addresses = ADAPTER.locate(lambda url: b"", date(2026, 7, 17))
    queries = [parse_qs(urlsplit(address).query) for address in addresses]
    assert {(query["db"][0], query["code"][0]) for query in queries} == {
        ("FM01", "STRDCLUCON"), ("IR01", "MADR1Z@D"), ("FM08", "FXERD04"),
    }  # fmt: skip
    assert {query["startDate"][0] for query in queries} == {"202607"}
    assert {parse_qs(urlsplit(a).query)["startDate"][0] for a in ADAPTER.locate(lambda url: b"", None)} == {"200101"}
    assert all(address.startswith("https://www.stat-search.boj.or.jp/") for address in addresses)


def test_pages_are_followed_to_the_last() -> None:
    """A server that gives two values a page: every value arrives once, in as many pages as it takes."""
    values = plain(count=12)
    address: str | None = ADAPTER.locate(lambda url: b"", None)[0]
    read: list[date] = []
    pages = 0
    while address is not None:
        start = int(parse_qs(urlsplit(address).query).get("startPosition", ["1"])[0])
        following = start + 2 if start + 2 <= len(values) else None
        content = encoded(answer({"STRDCLUCON": values[start - 1 : start + 1]}, next_position=following))
        read += [day for part in ADAPTER.parse(content, NAME)[:1] for day in part.rows["period_end"].dt.date]
        address, pages = ADAPTER.next_page(content, address), pages + 1
    assert pages == 6 <= MOST_PAGES
    assert read == [day for day, value in values if value is not None]


@pytest.mark.parametrize("position", [1, 0, -5, "2", True, 2.5, 10**9, [3]])
def test_a_next_page_that_leads_nowhere_is_an_error(position: object) -> None:
    content = encoded(answer({"STRDCLUCON": plain()}, next_position=position))
    with pytest.raises(SourceError, match="NEXTPOSITION"):
        ADAPTER.next_page(content, "https://www.stat-search.boj.or.jp/api/v1/getDataCode?startPosition=1")


def changed(path: str, value: object) -> bytes:
    content: dict[str, Any] = answer({"STRDCLUCON": plain()})
    place: Any = content
    *parents, last = path.split(".")
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    return encoded(content)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (error_answer(), "400: Nonexistent"),
        (changed("RESULTSET", None), "RESULTSET"),
        (changed("RESULTSET", [3]), "RESULTSET"),
        (changed("RESULTSET.0.SERIES_CODE", "FXERD01"), "FXERD01"),
        (changed("RESULTSET.0.UNIT", "100 million yen"), "UNIT"),
        (changed("RESULTSET.0.FREQUENCY", "MONTHLY"), "FREQUENCY"),
        (changed("RESULTSET.0.VALUES", None), "SURVEY_DATES"),
        (changed("RESULTSET.0.VALUES.VALUES", [0.7]), "one length"),
        (changed("RESULTSET.0.VALUES.SURVEY_DATES", [202608] * 8), "202608"),
        (changed("RESULTSET.0.VALUES.SURVEY_DATES", [20260803] * 8), "order"),
        (changed("RESULTSET.0.VALUES.VALUES", ["0.7"] * 8), "no number"),
        (changed("RESULTSET.0.VALUES.VALUES", [70.1] * 5 + [None] * 3), "another unit"),
        (changed("RESULTSET.0.VALUES.VALUES", [float("nan")] * 8), "NaN"),
        (b'{"STATUS": 200}', "RESULTSET"),
        (b"[1, 2]", "STATUS"),
        (b"[" * 100_000, "cannot be read"),
        (b"", "empty"),
        (HTML, "HTML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_is_not_as_described_is_refused(content: bytes, named: str) -> None:
    with pytest.raises(SourceError, match=named):
        ADAPTER.parse(content, NAME)


def test_every_truncation_is_refused() -> None:
    content = encoded(answer({"STRDCLUCON": plain()}))
    for length in range(0, len(content), 11):
        with pytest.raises(SourceError):
            ADAPTER.parse(content[:length], NAME)


def test_answers_are_recognised_and_other_files_are_not() -> None:
    assert ADAPTER.recognises(encoded(answer({"STRDCLUCON": plain()})), "x")
    assert ADAPTER.recognises(error_answer(), "x")
    assert not ADAPTER.recognises(b'{"data": []}', "x")
    assert not ADAPTER.recognises(HTML, "x")


def in_range(parsed: list[Parsed]) -> None:
    limits = {known.series: known.bounds for known in SERIES}
    for part in parsed:
        assert part.rows["period_end"].is_monotonic_increasing
        assert part.rows["period_end"].is_unique
        if part.table == "short_rates":
            assert part.rows["value_pct"].between(-3, 15).all()
            continue
        for series, rows in part.rows.groupby("series"):
            assert rows["value"].between(limits[str(series)].low, limits[str(series)].high).all()


def samples() -> list[bytes]:
    return [encoded(answer({code: plain(code)})) for code in NAMES]


def test_damaged_answers_end_in_values_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, in_range, 200, seed=1882)


@pytest.mark.proof
def test_ten_thousand_damaged_answers_end_in_values_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, in_range, 10_000, seed=4)


def test_samples_are_json() -> None:
    assert all(json.loads(sample)["STATUS"] == 200 for sample in samples())
