from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from jpresearch.calendars import survey_weeks
from jpresearch.sources.jpx_investor_types import ARCHIVES, INDEX, LEGACY, UNIFIED
from jpresearch.sources.jpx_valuation import PAGE, VALUATION
from jpresearch.sources.model import SourceError

FOLDER = "/markets/statistics-equities/investor-type/"
Site = dict[str, str]


def legacy_link(end: date) -> tuple[int, str]:
    """The year of a week and its row on the page: filed under the month of its Wednesday, numbered within it."""
    wednesday = end - timedelta(days=end.weekday() - 2)
    code = f"{wednesday:%y%m}{(wednesday.day + 6) // 7:02d}"
    files = "".join(
        f'<td><a href="{FOLDER}t13vrt000001{code}-att/stock_{kind}_1_{code}.{ending}" rel="external">x</a></td>'
        for kind in ("vol", "val")
        for ending in ("pdf", "xls")
    )
    return wednesday.year, f"<tr><td>{end}</td>{files}</tr>"


def unified_link(start: date, end: date) -> str:
    name = f"stock_1_w_{start:%Y%m%d}_{end:%Y%m%d}"
    return f"<tr><td><a href='{FOLDER}abc-att/{name}.pdf'>p</a><a href='{FOLDER}abc-att/{name}.xlsx'>x</a></td></tr>"


def site(last: str) -> Site:
    """Index and archive pages as they stand after the week that ends on ``last``."""
    weeks = [(row.period_start.date(), row.period_end.date()) for row in survey_weeks("2016-01-01", last).itertuples()]
    rows: dict[int, list[str]] = {}
    recent: list[str] = []
    for start, end in reversed(weeks):
        year, row = legacy_link(end) if end <= date(2026, 9, 11) else (end.year, unified_link(start, end))
        rows.setdefault(year, []).append(row)
        recent.append(row)
    latest = max(rows)
    sample = f'<a href="{FOLDER}s-att/stock_1_w_YYYYMMDD_YYYYMMDD.xlsx">sample</a>'
    pages = {INDEX: "".join(recent[:5]) + sample + f'<a href="{FOLDER}x-att/stock_val_1_m2608.xls">m</a>'}
    return pages | {address: "".join(rows.get(latest - back, [])) for back, address in enumerate(ARCHIVES)}


def reader(pages: Site) -> tuple[Callable[[str], bytes], list[str]]:
    asked: list[str] = []

    def page(address: str) -> bytes:
        asked.append(address)
        return f"<html><body>{pages[address]}</body></html>".encode()

    return page, asked


def test_the_newest_weeks_come_from_the_index_page_alone() -> None:
    page, asked = reader(site("2026-09-11"))
    found = LEGACY.locate(page, date(2026, 8, 21))
    assert asked == [INDEX]
    assert found[-1] == (
        "https://www.jpx.co.jp/markets/statistics-equities/investor-type/t13vrt000001260902-att/stock_val_1_260902.xls"
    )
    assert [address.rsplit("_", 1)[1] for address in found][-3:] == ["260804.xls", "260901.xls", "260902.xls"]
    assert not [address for address in found if "vol" in address or "_m" in address]


@pytest.mark.parametrize("since", ["2026-06-30", "2025-11-14", "2021-03-05", "2016-06-30"])
def test_older_weeks_come_from_the_archives_and_none_is_left_out(since: str) -> None:
    day = date.fromisoformat(since)
    page, asked = reader(site("2026-09-11"))
    found = {address.rsplit("_", 1)[1].removesuffix(".xls") for address in LEGACY.locate(page, day)}
    wanted = {
        legacy_link(end.date())[1].split("stock_val_1_")[1][:6]
        for end in survey_weeks(since, "2026-09-11")["period_end"]
        if end.date() > day
    }
    assert wanted <= found
    # Names say the week only roughly: a few weeks too many are fine, years are not.
    assert len(found - wanted) <= 4
    assert len(asked) <= 2 + 2026 - day.year + 1


def test_no_day_means_all_that_is_kept_oldest_first() -> None:
    page, asked = reader(site("2026-09-11"))
    found = LEGACY.locate(page, None)
    assert len(found) == len(survey_weeks("2016-01-01", "2026-09-11"))
    assert asked == [INDEX, *ARCHIVES]
    codes = [address.rsplit("_", 1)[1] for address in found]
    assert codes == sorted(codes)


def test_the_new_layout_is_located_beside_the_old() -> None:
    page, asked = reader(site("2026-10-02"))
    found = UNIFIED.locate(page, date(2026, 8, 28))
    assert [address.rsplit("/", 1)[1] for address in found] == [
        "stock_1_w_20260914_20260918.xlsx",
        "stock_1_w_20260924_20260925.xlsx",
        "stock_1_w_20260928_20261002.xlsx",
    ]
    assert asked == [INDEX]
    assert LEGACY.locate(page, date(2026, 9, 4))[-1].endswith("stock_val_1_260902.xls")


def test_weeks_of_the_new_layout_that_left_the_index_come_from_the_archives() -> None:
    page, asked = reader(site("2027-03-26"))
    found = UNIFIED.locate(page, date(2026, 9, 18))
    ends = [end.date() for end in survey_weeks("2026-09-19", "2027-03-26")["period_end"]]
    assert [address[-13:-5] for address in found] == [f"{end:%Y%m%d}" for end in ends]
    assert asked == [INDEX, ARCHIVES[0], ARCHIVES[1]]


def test_the_old_layout_is_not_asked_for_after_its_last_week() -> None:
    page, asked = reader({})
    assert LEGACY.locate(page, date(2026, 9, 11)) == []
    assert asked == []


def test_a_page_without_a_workbook_is_an_error_that_names_it() -> None:
    page, _ = reader({INDEX: "maintenance"})
    for adapter in (LEGACY, UNIFIED):
        with pytest.raises(SourceError, match="no weekly workbook") as caught:
            adapter.locate(page, date(2026, 9, 1))
        assert INDEX in str(caught.value)
        assert "stock_1_w_" in str(caught.value)


@pytest.mark.parametrize(
    "href",
    [
        "https://example.com/stock_val_1_260902.xls",
        "http://www.jpx.co.jp/stock_val_1_260902.xls",
        "//jpx.example/stock_val_1_260902.xls",
        "ftp://www.jpx.co.jp/stock_val_1_260902.xls",
        "https://www.jpx.co.jp.example.com/stock_val_1_260902.xls",
        "https://www.jpx.co.jp@example.com/stock_val_1_260902.xls",
    ],
)
def test_a_link_that_leads_away_from_the_publisher_is_refused(href: str) -> None:
    page, _ = reader({INDEX: f'<a href="{href}">x</a>'})
    with pytest.raises(SourceError, match="leads away"):
        LEGACY.locate(page, date(2026, 9, 1))


@pytest.mark.parametrize("host", ["http://127.0.0.1:8080", "http://localhost:9"])
def test_a_server_on_this_machine_may_play_the_publisher(host: str) -> None:
    page, _ = reader({INDEX: f'<a href="{host}/a/stock_val_1_260803.xls">x</a>'})
    assert LEGACY.locate(page, date(2026, 8, 14)) == [f"{host}/a/stock_val_1_260803.xls"]


def test_a_workbook_named_after_no_week_is_an_error() -> None:
    page, _ = reader({INDEX: '<a href="stock_val_1_261302.xls">x</a>'})
    with pytest.raises(SourceError, match="does not exist"):
        LEGACY.locate(page, date(2026, 9, 1))


def test_an_address_written_in_another_way_is_found_and_made_absolute() -> None:
    page, _ = reader({INDEX: "<A class=x HREF = '../investor-type/a&amp;b-att/stock_val_1_260803.xls?v=1'>x</A>"})
    assert LEGACY.locate(page, date(2026, 8, 14)) == [
        "https://www.jpx.co.jp/markets/statistics-equities/investor-type/a&b-att/stock_val_1_260803.xls?v=1"
    ]


def test_months_of_valuation_after_the_day_are_located_oldest_first() -> None:
    folder = "/markets/statistics-equities/misc/t13vrt000001ranp-att"
    names = ["perpbr202609.xlsx", "perpbr202608.xlsx", "perpbr202607.xlsx", "longrange-perpbr.xlsx"]
    page, asked = reader({PAGE: "".join(f'<a href="{folder}/{name}">x</a>' for name in names)})
    found = VALUATION.locate(page, date(2026, 7, 31))
    assert found == [f"https://www.jpx.co.jp{folder}/perpbr{month}.xlsx" for month in ("202608", "202609")]
    assert asked == [PAGE]
    assert len(VALUATION.locate(page, None)) == 3
    assert VALUATION.locate(page, date(2026, 9, 30)) == []


def test_a_page_without_valuation_is_an_error_that_names_it() -> None:
    page, _ = reader({PAGE: ""})
    with pytest.raises(SourceError, match="perpbrYYYYMM"):
        VALUATION.locate(page, None)
