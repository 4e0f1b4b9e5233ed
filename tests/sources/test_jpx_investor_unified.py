from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.calendars import survey_weeks
from jpresearch.sources.jpx_investor_types import LEGACY, UNIFIED
from jpresearch.sources.model import SourceError
from tests.sources.builders_jpx import UNIFIED_COLUMNS, Figures, legacy_workbook, unified_workbook, week_of_figures
from tests.sources.builders_jpx_damage import cells, modern_file

NAME = "stock_1_w_20260914_20260918.xlsx"
CODE = "2026093"


def rows_of(content: bytes, name: str = NAME) -> pd.DataFrame:
    (parsed,) = UNIFIED.parse(content, name)
    assert (parsed.table, parsed.source, parsed.edition) == ("investor_flows", "jpx-investor-types", None)
    return parsed.rows


def stated(rows: pd.DataFrame) -> set[tuple[object, ...]]:
    values = ["sales_jpy_mn", "purchases_jpy_mn", "net_jpy_mn"]
    return {(row[0], row[1], *(f"{value:.3f}" for value in row[2:])) for row in
            rows[["market", "investor", *values]].itertuples(index=False)}  # fmt: skip


def expected(markets: dict[str, Figures]) -> set[tuple[object, ...]]:
    return {
        (market, name, f"{sold / 1000:.3f}", f"{bought / 1000:.3f}", f"{(bought - sold) / 1000:.3f}")
        for market, figures in markets.items()
        for name, (sold, bought) in figures.items()
    }


def named(start: date, end: date) -> str:
    return f"stock_1_w_{start:%Y%m%d}_{end:%Y%m%d}.xlsx"


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), at=st.integers(0, 100))
def test_what_is_written_is_read_back_with_the_sums_of_classes(seed: int, at: int) -> None:
    weeks = survey_weeks("2026-09-14", "2029-01-31")
    week = weeks.iloc[at]
    start, end = week["period_start"].date(), week["period_end"].date()
    # Filed under the month of its Wednesday, as the two published weeks over the end of a month are.
    middle = start + timedelta(days=2 - start.weekday())
    number = (middle.day + 6) // 7
    markets = week_of_figures(seed, int(week["sessions"]))
    rows = rows_of(unified_workbook(markets, f"{middle:%Y%m}{number}"), named(start, end))
    assert stated(rows) == expected(markets)
    assert set(rows["period_start"]) == {pd.Timestamp(start)}
    assert set(rows["period_end"]) == {pd.Timestamp(end)}


def test_classes_are_called_as_in_the_legacy_workbook_and_mean_the_same() -> None:
    markets = week_of_figures(4)
    (legacy,) = LEGACY.parse(legacy_workbook(markets, date(2026, 9, 7), date(2026, 9, 11)), "stock_val_1_260902.xls")
    unified = stated(rows_of(unified_workbook(markets, CODE)))
    assert stated(legacy.rows) <= unified
    assert {row[1] for row in unified - stated(legacy.rows)} == {"foreigners_corporations", "foreigners_individuals"}


def altered(change: dict[tuple[int, int], object]) -> bytes:
    sheets = cells(unified_workbook(week_of_figures(5), CODE))
    for (row, column), value in change.items():
        sheets["sheet1"][row][column] = value
    return modern_file(sheets)


def refusal(content: bytes, name: str = NAME) -> str:
    with pytest.raises(SourceError) as caught:
        UNIFIED.parse(content, name)
    assert name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("column", [column for column, *_ in UNIFIED_COLUMNS])
@pytest.mark.parametrize("side", range(4))
def test_sales_purchases_balance_and_total_must_agree(column: int, side: int) -> None:
    sheets = cells(unified_workbook(week_of_figures(5), CODE))
    row = sheets["sheet1"][8]
    row[column + side] += 1000
    assert "add up" in (message := refusal(modern_file(sheets))) or "balance" in message
    assert "sheet1" in message


def test_the_scale_of_the_publishers_sample_is_refused() -> None:
    # Its figures are yen under a heading that says thousand yen.
    message = refusal(unified_workbook(week_of_figures(5), CODE, scale=1000))
    assert "out of all proportion" in message


def test_figures_in_millions_are_refused() -> None:
    assert "out of all proportion" in refusal(unified_workbook(week_of_figures(5, per_session=9.5e6), CODE))


def test_one_market_in_another_unit_is_refused() -> None:
    markets = week_of_figures(5)
    markets["tse_growth_market"] = {name: (s * 1000, b * 1000) for name, (s, b) in markets["tse_growth_market"].items()}
    assert "of both markets" in refusal(unified_workbook(markets, CODE))


@pytest.mark.parametrize("name", ["flows.xlsx", "stock_1_w_2026093.xlsx", "stock_1_w_YYYYMMDD_YYYYMMDD.xlsx"])
def test_without_the_publishers_name_there_is_no_week(name: str) -> None:
    message = refusal(unified_workbook(week_of_figures(5), CODE), name)
    assert "stock_1_w_YYYYMMDD_YYYYMMDD.xlsx" in message


def test_a_copy_keeps_the_publishers_name_within_its_own() -> None:
    assert len(rows_of(unified_workbook(week_of_figures(5), CODE), "stock_1_w_20260914_20260918 (1).xlsx"))


@pytest.mark.parametrize(
    ("start", "end", "code", "passes"),
    [
        (date(2026, 9, 14), date(2026, 9, 18), "2026093", True),
        # Which month a week over its end belongs to is not published; if September's first began on 08-31, or not.
        (date(2026, 9, 14), date(2026, 9, 18), "2026092", True),
        (date(2026, 9, 14), date(2026, 9, 18), "2026094", False),
        (date(2026, 9, 14), date(2026, 9, 18), "2026083", False),
        (date(2026, 9, 14), date(2026, 9, 18), "2025093", False),
        (date(2026, 9, 14), date(2026, 9, 18), "202609", False),
        (date(2026, 9, 28), date(2026, 10, 2), "2026095", True),
        (date(2026, 9, 28), date(2026, 10, 2), "2026101", True),
        (date(2026, 9, 28), date(2026, 10, 2), "2026102", False),
        (date(2026, 9, 21), date(2026, 9, 25), "2026094", True),
    ],
)
def test_the_code_of_the_week_must_fit_the_name_of_the_file(start: date, end: date, code: str, passes: bool) -> None:
    content = unified_workbook(week_of_figures(5), code)
    if passes:
        assert set(rows_of(content, named(start, end))["period_end"]) == {pd.Timestamp(end)}
    else:
        assert code in refusal(content, named(start, end))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stock_1_w_20260914_20260921.xlsx", "Monday to Friday"),
        ("stock_1_w_20260918_20260914.xlsx", "Monday to Friday"),
        ("stock_1_w_20260919_20260920.xlsx", "Monday to Friday"),
        ("stock_1_w_20261314_20261318.xlsx", "do not exist"),
        ("stock_1_w_20260921_20260922.xlsx", "no session"),
    ],
)
def test_a_name_with_impossible_days_is_refused(name: str, words: str) -> None:
    assert words in refusal(unified_workbook(week_of_figures(5), CODE), name)


def test_a_code_stored_as_a_number_is_read() -> None:
    assert len(rows_of(altered({(7, 0): 2026093})))


def test_figures_stored_as_text_are_read() -> None:
    sheets = cells(unified_workbook(week_of_figures(5), CODE))
    for row in sheets["sheet1"][7:]:
        row[3:] = [f"{cell:,}" if cell >= 0 else f"▲ {-cell:,}" for cell in row[3:]]
    assert stated(rows_of(modern_file(sheets))) == expected(week_of_figures(5))


@pytest.mark.parametrize(
    ("cell", "text", "label"),
    [
        ((6, 0), "週", "年月週 Year, Month, Week"),
        ((6, 2), "株数／金額 Shares／Value 株／円 Shares／yen", "千円"),
        ((6, 3), "買 Purchases", "自己現金"),
        ((6, 4), "売 Sales", "売, 買, 差引, 合計"),
        ((6, 5), "合計 Total", "売, 買, 差引, 合計"),
        ((3, 11), "自己 Proprietary", "自己現金"),
        ((3, 19), "個人 Individuals", "自己 現金"),
        ((5, 19), "個人 Individuals", "海外投資家 個人"),
        ((5, 7), "現金取引 Cash", "自己現金"),
        ((5, 27), "証券金融会社", "自己 現金"),
        ((5, 51), "", "自己 現金"),
        ((7, 1), "東証一部", "東証プライム"),
        ((9, 1), "東証プライム\nTSE Prime Market", "東証プライム"),
        ((13, 1), "", "東証プライム"),
        ((12, 2), "額 Value", "東証グロース"),
        ((7, 0), "", "年月週"),
        ((9, 0), "2026094", "2026093, 2026094"),
        ((14, 57), "", "その他金融機関"),
        ((14, 57), "x", "その他金融機関"),
        ((8, 3), -5, "自己現金"),
    ],
)
def test_a_changed_layout_is_an_error_that_names_sheet_and_label(
    cell: tuple[int, int], text: object, label: str
) -> None:
    message = refusal(altered({cell: text}))
    assert "sheet1" in message
    assert label in message


def test_a_dropped_class_is_refused() -> None:
    sheets = cells(unified_workbook(week_of_figures(5), CODE))
    for row in sheets["sheet1"]:
        del row[31:35]
    assert "投資信託" in refusal(modern_file(sheets))


def test_columns_in_another_order_are_read_by_their_headings() -> None:
    markets = week_of_figures(5)
    sheets = cells(unified_workbook(markets, CODE))
    for row in sheets["sheet1"]:
        row[43:47], row[51:55] = row[51:55], row[43:47]
    assert stated(rows_of(modern_file(sheets))) == expected(markets)


def test_the_monthly_workbook_is_recognised_and_refused() -> None:
    content = unified_workbook(week_of_figures(5), "202609", header="年月 Year, Month")
    assert UNIFIED.recognises(content, "a.xlsx")
    assert "sum of survey weeks" in refusal(content, "stock_1_m202609.xlsx")


def test_recognised_by_content_whatever_the_name() -> None:
    content = unified_workbook(week_of_figures(5), CODE)
    assert UNIFIED.recognises(content, "download (3)")
    assert UNIFIED.recognises(b"", NAME)
    assert not UNIFIED.recognises(b"PK\x03\x04 no archive", "x.xlsx")
    assert not UNIFIED.recognises(modern_file({"a": [["b"]]}), "x.xlsx")
