"""JPX derivatives by class of investors: notional per contract, identities and prices, a changed layout is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch import catalog, names, tables
from jpresearch.sources import updating
from jpresearch.sources.jpx_derivatives import ADAPTER, ARCHIVE, INDEX, PRODUCTS
from jpresearch.sources.model import Parsed, SourceError
from tests.sources.builders_jpx_derivatives import CLASSES, HEADER, Flow, derivatives_csv, week_of_futures
from tests.sources.builders_mutations import HTML, survive

START, END = date(2026, 10, 5), date(2026, 10, 9)
NAME = "Tousi_DV_W_20261005_20261009.csv"


def rows_of(content: bytes, name: str = NAME) -> pd.DataFrame:
    (parsed,) = ADAPTER.parse(content, name)
    assert (parsed.table, parsed.source) == ("futures_flows", "jpx-derivatives-investor-types")
    return parsed.rows


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_file_written_from_flows_reads_back_as_their_yen(seed: int) -> None:
    flows = week_of_futures(seed)
    rows = rows_of(derivatives_csv(flows, START, END)).set_index(["product", "investor"])
    assert len(rows) == 7 * 11, "options, bonds and sectors are left out"
    for (code, own), flow in flows.items():
        if code in PRODUCTS:
            row = rows.loc[(PRODUCTS[code].name, INVESTOR[own])]
            assert row["sales_jpy_mn"] == flow.sold_yen / 1e6
            assert row["purchases_jpy_mn"] == flow.bought_yen / 1e6
            assert row["net_jpy_mn"] == (flow.bought_yen - flow.sold_yen) / 1e6
    assert set(rows["period_end"]) == {pd.Timestamp(END)}


INVESTOR = dict(
    zip(
        CLASSES,
        (
            "proprietary",
            "insurance",
            "city_regional_banks",
            "trust_banks",
            "other_financials",
            "investment_trusts",
            "business_corporations",
            "other_corporations",
            "securities_companies",
            "individuals",
            "foreigners",
        ),
        strict=True,
    )
)


def test_the_rows_are_what_the_table_takes(project: Path, tmp_path: Path, lines: Callable[[str], list[str]]) -> None:
    before = lines("futures_flows")
    (tmp_path / NAME).write_bytes(derivatives_csv(week_of_futures(3), START, END))
    result = updating.settle(updating.from_files(tmp_path / NAME, ()), write=True)
    assert result.added == {"futures_flows": 77}
    assert set(before) < set(lines("futures_flows"))
    assert tables.check(catalog.table("futures_flows")) == []
    again = updating.settle(updating.from_files(tmp_path / NAME, ()), write=True)
    assert again.added == {"futures_flows": 0}
    frame = tables.load("futures_flows", start="2026-10-01")
    assert set(frame["published_at"]) == {pd.Timestamp("2026-10-16 15:30", tz="Asia/Tokyo")}
    assert set(frame["investor"]) <= set(names.INVESTORS), "classes bear their house names"


def test_the_anchor_of_the_week_to_11_september_2026_reads_as_published() -> None:
    flows = week_of_futures(1)
    for own, sold, bought in (("11", 161_521, 153_856), ("60", 351_234, 359_577)):
        flows["301", own] = Flow(sold, bought, sold * 65_500_000, bought * 65_500_000)
    content = derivatives_csv(flows, date(2026, 9, 7), date(2026, 9, 11))
    rows = rows_of(content, "a.csv").set_index(["product", "investor"])
    foreigners = rows.loc[("nikkei225_large", "foreigners")]
    assert foreigners["net_jpy_mn"] == pytest.approx((359_577 - 351_234) * 65.5)


def test_columns_are_found_by_their_labels_wherever_they_stand() -> None:
    content = derivatives_csv(week_of_futures(4), START, END)
    frame = pd.read_csv(pd.io.common.BytesIO(content), dtype="str")
    turned = frame[frame.columns[::-1]].to_csv(index=False).encode("utf-8-sig")
    values = ["sales_jpy_mn", "purchases_jpy_mn"]
    assert rows_of(turned)[values].equals(rows_of(content)[values])
    unknown = derivatives_csv(week_of_futures(4), START, END, header=("コード", *HEADER[1:]))
    assert rows_of(unknown)[values].equals(rows_of(content)[values])


def edited(old: str, new: str, count: int = -1) -> bytes:
    text = SOUND.decode("utf-8-sig")
    assert old in text
    return text.replace(old, new, count).encode("utf-8-sig")


FLOWS = week_of_futures(5)
SOUND = derivatives_csv(FLOWS, START, END)
FOREIGN = FLOWS["301", "60"]


def scaled(factor: int) -> bytes:
    flows = {
        key: flow._replace(
            sold_yen=flow.sold_yen * factor if factor > 1 else flow.sold_yen // 1000,
            bought_yen=flow.bought_yen * factor if factor > 1 else flow.bought_yen // 1000,
        )
        for key, flow in FLOWS.items()
    }
    return derivatives_csv(flows, START, END)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (edited("合計 Total", "買 Purchases", 1), "same label|two columns"),
        (edited("合計 Total", "備考", 1).replace(b"\xe6\x8a\x95\xe8\xb3\x87", b"\xe5\xa3\xb2", 1), "label"),
        (edited('"301","1",', '"301","2",'), "weekly"),
        (edited("20261009", "20261016", 5), "several weeks"),
        (edited("20261009", "20261012"), "no week"),
        (edited("20261009", "20261008"), "another week"),
        (edited("2026102", "2025102"), "2025102"),
        (edited('"20261005"', '"2026105"'), "2026105"),
        (edited('"60","1"', '"61","1"', 1), "61.*line|line.*61"),
        (edited('"60","2"', '"60","3"', 1), "measure"),
        (edited('"60","1"', '"51","1"', 1), "twice"),
        (edited('"301",', '"399",'), "301"),
        (edited(f'"{FOREIGN.sold}"', f'"{FOREIGN.sold + 1}"', 1), "line 22.*301"),
        (edited(f'"{FOREIGN.sold + FOREIGN.bought}"', '""', 1), "line 22"),
        (edited(f'"{FOREIGN.sold}"', '"many"', 1), "many"),
        (scaled(1000), "another unit"),
        (scaled(0), "another unit"),
        (SOUND[: SOUND.rfind(b'\n"301"') + 1], "lines, not 22"),
        (SOUND[:-9], "cut off"),
        (SOUND.replace(b'"301","1",', b'"301",', 1), "cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_as_described_is_refused_and_named(content: bytes, named: str) -> None:
    with pytest.raises(SourceError, match=named) as caught:
        ADAPTER.parse(content, NAME)
    assert NAME in str(caught.value)


def test_a_contract_at_another_level_of_its_index_is_refused() -> None:
    flows = dict(FLOWS)
    for own in CLASSES:
        flow = flows["313", own]
        flows["313", own] = flow._replace(sold_yen=flow.sold_yen * 2, bought_yen=flow.bought_yen * 2)
    with pytest.raises(SourceError, match="different levels"):
        ADAPTER.parse(derivatives_csv(flows, START, END), NAME)
    own = FLOWS["301", "21"]
    one = FLOWS | {("301", "21"): own._replace(sold_yen=own.sold_yen * 2)}
    with pytest.raises(SourceError, match="no other did"):
        ADAPTER.parse(derivatives_csv(one, START, END), NAME)


@pytest.mark.parametrize("content", [b"", b"\n", HTML, b"%PDF-1.7\n", b"PK\x03\x04" + b"\0" * 50], ids=len)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    assert ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_files_are_recognised_by_their_labels_and_located_on_the_page_and_in_the_archive() -> None:
    assert ADAPTER.recognises(SOUND, "download.csv")
    assert not ADAPTER.recognises(b"series,period_end,value\n", "figures.csv")
    link = '<a href="/markets/statistics-derivatives/sector/x{0}-att/Tousi_DV_W_{0}_{1}.csv">csv</a>'
    weeks = [("20260928", "20261002"), ("20261005", "20261009")]
    pages = {
        INDEX: "".join(link.format(*week) for week in weeks),
        ARCHIVE: link.format("20260914", "20260918") + link.format(*weeks[0]),
    }

    def page(address: str) -> bytes:
        return pages[address].encode()

    names = [address.rsplit("/", 1)[-1] for address in ADAPTER.locate(page, date(2026, 10, 2))]
    assert names == ["Tousi_DV_W_20261005_20261009.csv"]
    assert len(ADAPTER.locate(page, date(2026, 9, 11))) == 3
    assert len(ADAPTER.locate(page, None)) == 3
    with pytest.raises(SourceError, match="Tousi_DV_W"):
        ADAPTER.locate(lambda address: b"<html></html>", None)


def flows_add_up(parsed: list[Parsed]) -> None:
    (part,) = parsed
    rows = part.rows
    assert (rows[["sales_jpy_mn", "purchases_jpy_mn"]] >= 0).all(axis=None)
    gap = rows["purchases_jpy_mn"] - rows["sales_jpy_mn"] - rows["net_jpy_mn"]
    assert gap.abs().max() < 1e-3
    assert not rows.duplicated(["product", "investor", "period_end"]).any()
    for _, own in rows.groupby("product"):
        assert len(own) == 11
        sold, bought = own["sales_jpy_mn"].sum(), own["purchases_jpy_mn"].sum()
        assert abs(bought - sold) <= 0.15 * max(sold, bought)


def samples() -> list[bytes]:
    return [derivatives_csv(week_of_futures(seed), START, END) for seed in range(2)]


def test_damaged_files_end_in_flows_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, flows_add_up, 200, seed=4)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_flows_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, flows_add_up, 10_000, seed=5)
