"""CFTC, Traders in Financial Futures: five groups that make the open interest, as text and in its archive."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.sources import updating
from jpresearch.sources.cftc import ADAPTER, FOLDER
from jpresearch.sources.model import Parsed, SourceError
from tests.sources.builders_mutations import HTML, survive
from tests.sources.builders_us import CONTRACTS, cftc_txt, labels, positions, zipped

NAME = "FinFutYY.txt"
TUESDAY = date(2026, 9, 29)
TRADERS = ("dealer", "asset_manager", "leveraged_funds", "other_reportable", "nonreportable")


def rows_of(content: bytes, name: str = NAME) -> pd.DataFrame:
    (parsed,) = ADAPTER.parse(content, name)
    assert (parsed.table, parsed.source) == ("futures_positions", "cftc-commitments")
    return parsed.rows


def weeks_of(count: int, codes: tuple[str, ...] = tuple(CONTRACTS)) -> list[tuple]:  # type: ignore[type-arg]
    days = [TUESDAY - timedelta(days=7 * number) for number in range(count)]
    return [
        (day, code, positions(number * 10 + place))
        for number, day in enumerate(days)
        for place, code in enumerate(codes)
    ]


def test_the_report_has_87_columns() -> None:
    assert len(labels()) == len(set(labels())) == 87


@given(seed=st.integers(0, 10_000), combined=st.booleans(), archive=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_file_written_from_positions_reads_back_as_the_same_positions(
    seed: int, combined: bool, archive: bool
) -> None:
    held = positions(seed)
    content = cftc_txt([(TUESDAY, "240743", held), (TUESDAY, "13874A", positions(1))], combined=combined)
    rows = rows_of(zipped(content) if archive else content, "fut_fin_txt_2026.zip" if archive else NAME)
    assert set(rows["contract"]) == {"nikkei225_yen"}, "other contracts are left out"
    assert set(rows["report"]) == {"tff_combined" if combined else "tff_futures_only"}
    by_trader = rows.set_index("trader")
    for trader, (long, short, spread) in zip(TRADERS, held.values(), strict=True):
        row = by_trader.loc[trader]
        assert (row["long_contracts"], row["short_contracts"]) == (long, short)
        assert row["spreading_contracts"] == spread or trader == "nonreportable"
    assert pd.isna(by_trader.loc["nonreportable", "spreading_contracts"]), "small traders state none"
    assert set(rows["period_end"]) == {pd.Timestamp(TUESDAY)}


def test_the_rows_are_what_the_table_takes(project: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(cftc_txt(weeks_of(2)))
    result = updating.settle(updating.from_files(tmp_path / NAME, ()), write=True)
    assert result.added == {"futures_positions": 30}
    assert tables.check(catalog.table("futures_positions")) == []
    frame = tables.load("futures_positions", start="2026-09-29")
    assert set(frame["published_at"]) == {pd.Timestamp("2026-10-03 04:30", tz="Asia/Tokyo")}
    assert updating.settle(updating.from_files(tmp_path / NAME, ()), write=True).added == {"futures_positions": 0}


def test_combined_figures_may_be_rounded_and_those_of_futures_alone_may_not() -> None:
    held = dict(positions(1))
    long = held["NonRept"][0]
    content = cftc_txt([(TUESDAY, "240743", held)], combined=True)
    moved = content.replace(f'" {long}"'.encode(), f'" {long + 2}"'.encode(), 1)
    assert moved != content
    assert len(rows_of(moved)) == 5
    with pytest.raises(SourceError, match="open interest"):
        rows_of(moved.replace(b'"Combined"', b'"FutOnly"'))


@pytest.mark.parametrize("stated", ["9/29/2026", "9/29/2026 12:00:00 AM", "2026-09-29"])
def test_the_report_date_is_read_in_each_form_it_came_in(stated: str) -> None:
    content = cftc_txt(weeks_of(1)).replace(b'"2026-09-29"', f'"{stated}"'.encode())
    american = content.replace(b"Report_Date_as_YYYY-MM-DD", b"Report_Date_as_MM_DD_YYYY")
    for form in (content, american):
        assert set(rows_of(form)["period_end"]) == {pd.Timestamp(TUESDAY)}


SOUND = cftc_txt(weeks_of(2)).decode()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (SOUND.replace("Lev_Money_Positions_Long_All", "Lev_Money_Long", 1), "Lev_Money_Positions_Long_All"),
        (SOUND.replace("FutOnly_or_Combined", "Kind", 1), "FutOnly_or_Combined"),
        (SOUND.replace("Report_Date_as_YYYY-MM-DD", "Report_Date", 1), "Report_Date_as"),
        (SOUND.replace('"FutOnly"', '"Futures"'), "neither FutOnly"),
        (SOUND.replace('"2026-09-29"', '"2026-09-22"', 2), "dates differ"),
        (SOUND.replace('"260922"', '"260921"'), "dates differ"),
        (SOUND.replace('"260922"', '"260920"').replace("2026-09-22", "2026-09-20"), "no Tuesday"),
        (SOUND.replace('"2026-09-22"', '"2026-13-22"'), "2026-13-22"),
        (SOUND.replace("YEN DENOM - CHICAGO", "YEN DENOM - NEW YORK"), "name of the contract"),
        (SOUND.replace('"240743"', '"240741"'), "name of the contract"),
        (SOUND.replace('" 6000"', '" 6001"', 1), "line 2.*|open interest"),
        (SOUND.replace('" 6000"', '""', 1), "missing"),
        (SOUND.replace('" 6000"', '"-6000"', 1), "negative"),
        (SOUND.replace('" 6000"', '" 6.5"', 1), "broken"),
        (SOUND.replace('" 6000"', '" many"', 1), "many"),
        (SOUND.replace("097741", "1").replace("240741", "2").replace("240743", "3"), "none of the contracts"),
        (SOUND + SOUND.split("\r\n", 2)[1] + "\r\n", "twice"),
        (SOUND[:-40], "cut off"),
        (SOUND.replace('"240743",', "", 1), "cells"),
    ],
    ids=lambda value: value if len(value) < 60 else "",
)
def test_what_is_not_as_described_is_refused_and_named(content: str, named: str) -> None:
    assert content != SOUND
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(content.encode(), NAME)
    assert NAME in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", HTML, b"PK\x03\x04" + b"\0" * 50, zipped(b"x", "readme.doc"), zipped(HTML)[:-30]],
    ids=["empty", "html", "broken archive", "another archive", "cut archive"],
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    assert not ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_the_file_and_its_archive_are_recognised_and_located_by_year() -> None:
    content = cftc_txt(weeks_of(1))
    assert ADAPTER.recognises(content, "a.txt")
    assert ADAPTER.recognises(zipped(content), "a.zip")
    found = ADAPTER.locate(lambda address: b"", date(2025, 12, 30))
    assert found[:2] == [f"{FOLDER}fut_fin_txt_2025.zip", f"{FOLDER}fut_fin_txt_2026.zip"]


def positions_add_up(parsed: list[Parsed]) -> None:
    (part,) = parsed
    assert not part.rows.duplicated(["contract", "report", "trader", "period_end"]).any()
    for _, own in part.rows.groupby(["contract", "report", "period_end"]):
        assert len(own) == 5
        for side in ("long_contracts", "short_contracts"):
            total = own[side].sum() + own["spreading_contracts"].sum()
            assert abs(total - own["open_interest_contracts"].iloc[0]) <= 5
        assert (own[["long_contracts", "short_contracts"]] >= 0).all(axis=None)


def samples() -> list[bytes]:
    return [
        cftc_txt(weeks_of(2)),
        cftc_txt(weeks_of(1, ("240743", "097741")), combined=True),
        zipped(cftc_txt(weeks_of(2))),
    ]


def test_damaged_files_end_in_positions_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, positions_add_up, 200, seed=4)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_positions_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, positions_add_up, 10_000, seed=5)
