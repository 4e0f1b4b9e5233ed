"""J-Quants data on disk: bulk CSV, also packed, and JSON answers in the names of both versions say the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.sources import registry, updating
from jpresearch.sources.jquants import (
    FILINGS_ADAPTER,
    INVESTOR_TYPES_ADAPTER,
    PRICES_ADAPTER,
    TOPIX_ADAPTER,
    JQuants,
)
from jpresearch.sources.model import LINE, Parsed, SourceError
from tests.sources.builders_jquants import (
    CLIENTS,
    PRICE_NAMES,
    STATEMENT_NAMES,
    Row,
    Week,
    as_csv,
    as_json,
    bars,
    filing,
    first_version,
    index_bars,
    long_week,
    service_week,
)
from tests.sources.builders_mutations import survive

WEEK = Week(
    "TSEPrime",
    date(2026, 8, 17),
    date(2026, 8, 21),
    date(2026, 8, 27),
    (2 * 10**9, 10**9),
    {name: (10**9 + place, 10**9) for place, name in enumerate(CLIENTS)},
)
DAYS = [date(2026, 8, day) for day in (17, 18, 19, 20, 21)]
BARS = bars("80350", [(day, 54_000.0 + day.day) for day in DAYS])
INDEX = index_bars([(day, 4_000.0 + day.day) for day in DAYS])
STATEMENT = filing(
    "80350",
    "2025-07-31 15:30:00",
    "1QFinancialStatements_Consolidated_JP",
    "1Q",
    "2026-03-31",
    Sales=549_586_000_000,
    NP=117_801_000_000,
    EPS=257.13,
    FSales=2_350_000_000_000,
)
KINDS: dict[str, tuple[JQuants, list[Row], bytes]] = {
    "prices": (PRICES_ADAPTER, BARS, as_json(first_version(BARS, PRICE_NAMES), "daily_quotes")),
    "statements": (
        FILINGS_ADAPTER,
        [STATEMENT],
        as_json(first_version([STATEMENT], STATEMENT_NAMES), "statements"),
    ),
    "investor types": (
        INVESTOR_TYPES_ADAPTER,
        [service_week(WEEK)],
        as_json([long_week(WEEK) | {"PublishedDate": f"{WEEK.published}"}], "trades_spec"),
    ),
    "topix": (TOPIX_ADAPTER, INDEX, as_json(first_version(INDEX, PRICE_NAMES), "topix")),
}


def rows_of(adapter: JQuants, content: bytes, name: str) -> pd.DataFrame:
    assert adapter.recognises(content, name)
    assert registry.recognise(content, name, ()) is adapter
    (parsed,) = adapter.parse(content, name)
    return parsed.rows.drop(columns=LINE, errors="ignore")


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_a_file_says_the_same(kind: str) -> None:
    adapter, rows, first = KINDS[kind]
    plain = rows_of(adapter, as_csv(rows), "bulk.csv")
    assert len(plain)
    forms = {
        "bulk.csv.gz": gzip.compress(as_csv(rows)),
        "answer.json": as_json(rows),
        "page.json": as_json(rows, pagination_key="abc"),
        "answer.json.gz": gzip.compress(as_json(rows)),
        "list.json": json.dumps(rows).encode(),
        "v1.json": first,
        "pretty.json": json.dumps(json.loads(as_json(rows)), indent=1).encode("utf-8-sig"),
    }
    for name, content in forms.items():
        pd.testing.assert_frame_equal(rows_of(adapter, content, name), plain)


def test_statements_in_the_long_names_are_read_from_csv_too() -> None:
    plain = rows_of(FILINGS_ADAPTER, as_csv([STATEMENT]), "a.csv")
    long = rows_of(FILINGS_ADAPTER, as_csv(first_version([STATEMENT], STATEMENT_NAMES)), "b.csv")
    pd.testing.assert_frame_equal(plain, long)


def test_a_packed_file_comes_in_through_update(
    project: Path, tmp_path: Path, lines: Callable[[str], list[str]]
) -> None:
    before = lines("investor_flows")
    (tmp_path / "equities_investor_types_202610.csv.gz").write_bytes(gzip.compress(as_csv([service_week(NEW_WEEK)])))
    result = updating.settle(updating.from_files(tmp_path, ()), write=True)
    assert result.read[0].adapter == "jquants_investor_types"
    assert result.added == {"investor_flows": 13}
    assert set(before) < set(lines("investor_flows"))


NEW_WEEK = Week(
    "TSEStandard",
    date(2026, 10, 5),
    date(2026, 10, 9),
    date(2026, 10, 16),
    (10**7, 10**7),
    dict.fromkeys(CLIENTS, (10**7, 10**7)),
)


def test_a_number_is_read_as_it_is_written() -> None:
    content = as_json(BARS).replace(b"54017.0", b"54017.10")
    frame = rows_of(PRICES_ADAPTER, content.replace(b'"H": ', b'"H": 9'), "a.json")
    assert frame["close_jpy"].iloc[0] == 54_017.1


PACKED = gzip.compress(as_csv(BARS))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (PACKED[:-20], "broken or cut off"),
        (PACKED[:60] + b"\0" * 40 + PACKED[100:], "broken or cut off|cannot be read|encod"),
        (gzip.compress(b""), "empty"),
        (as_json(BARS)[:-30], "cannot be read"),
        (as_json(BARS).replace(b'"C":', b'"O":', 1), "twice"),
        (as_json(BARS).replace(b"54017.0", b"NaN", 1), "NaN"),
        (as_json(BARS).replace(b"54017.0", b"[1]", 1), "list"),
        (b'{"data": {"Date": 1, "Code": 2}}', "no list of records"),
        (as_json([*first_version([STATEMENT], STATEMENT_NAMES), STATEMENT], "statements"), "old name and its new"),
        (as_json([{**row, "AdjC": None} for row in BARS]), "missing"),
        (as_json([{**row, "Code": "72030"} for row in BARS]), "none of the issues"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_as_described_is_refused_and_named(content: bytes, named: str) -> None:
    adapter = FILINGS_ADAPTER if b"statements" in content else PRICES_ADAPTER
    with pytest.raises(SourceError, match=named) as caught:
        adapter.parse(content, "prices.json")
    assert "prices.json" in str(caught.value)


def test_a_file_that_unpacks_to_more_than_any_is_refused() -> None:
    with pytest.raises(SourceError, match="bytes"):
        PRICES_ADAPTER.parse(gzip.compress(b"Date,Code\n" + b"0" * (65 * 1024 * 1024), 1), "bomb.csv.gz")


def closes_in_range(parsed: list[Parsed]) -> None:
    (part,) = parsed
    assert part.rows["close_jpy"].dropna().between(1, 1e7).all()
    assert not part.rows.duplicated(["code", "period_end"]).any()


def samples() -> list[bytes]:
    return [PACKED, as_json(BARS), KINDS["prices"][2], gzip.compress(as_json(BARS))]


def test_damaged_files_end_in_closes_or_in_an_error() -> None:
    assert survive(PRICES_ADAPTER, samples(), "prices.json.gz", closes_in_range, 200, seed=4)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_closes_or_in_an_error() -> None:
    assert survive(PRICES_ADAPTER, samples(), "prices.json.gz", closes_in_range, 10_000, seed=5)
