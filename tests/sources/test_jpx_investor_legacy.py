from __future__ import annotations

import random
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.calendars import survey_weeks
from jpresearch.sources.jpx_investor_types import LEGACY
from jpresearch.sources.model import SourceError
from tests.sources.builders_jpx import (
    LEGACY_ROWS,
    SUMS,
    Figures,
    Style,
    added,
    legacy_workbook,
    week_of_figures,
    with_wholes,
)
from tests.sources.builders_jpx_damage import cells, fixture, legacy_file

WEEK = (date(2026, 9, 7), date(2026, 9, 11))
NAME = "stock_val_1_260902.xls"
SECTIONS = ("tse_prime", "tse_standard", "tse_growth_market")
WHOLES = {whole for whole, _ in SUMS}
LEAVES = tuple(sorted(set(week_of_figures(0)["tse_prime"]) - WHOLES))
FOREIGN_PARTS = {"foreigners_corporations", "foreigners_individuals"}
SPLITS = {"proprietary_cash", "proprietary_margin", "individuals_cash", "individuals_margin"}


def rows_of(content: bytes, name: str = NAME) -> pd.DataFrame:
    (parsed,) = LEGACY.parse(content, name)
    assert (parsed.table, parsed.source, parsed.edition) == ("investor_flows", "jpx-investor-types", None)
    return parsed.rows


def expected(markets: dict[str, Figures], start: date, end: date, without: set[str]) -> set[tuple[object, ...]]:
    together = {**markets}
    if "tse_mothers" in markets:
        pair = markets["tse_mothers"], markets["tse_jasdaq"]
        together["tse_growth"] = {name: added(pair[0][name], pair[1][name]) for name in pair[0]}
    return {
        (
            market,
            name,
            str(start),
            str(end),
            f"{sold / 1000:.3f}",
            f"{bought / 1000:.3f}",
            f"{(bought - sold) / 1000:.3f}",
        )
        for market, figures in together.items()
        for name, (sold, bought) in figures.items()
        if name not in without
    }


def stated(rows: pd.DataFrame) -> set[tuple[object, ...]]:
    return {
        (
            row.market,
            row.investor,
            str(row.period_start.date()),
            str(row.period_end.date()),
            f"{row.sales_jpy_mn:.3f}",
            f"{row.purchases_jpy_mn:.3f}",
            f"{row.net_jpy_mn:.3f}",
        )
        for row in rows.itertuples()
    }


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    week=st.sampled_from(survey_weeks("2016-01-01", "2026-09-11").to_dict("records")),
    style=st.builds(
        Style,
        as_text=st.booleans(),
        minus=st.sampled_from(["▲ ", "▲", "-", "△", "－"]),
        splits=st.booleans(),
        wide_heading=st.booleans(),
    ),
)
def test_what_is_written_is_read_back(seed: int, week: dict[str, pd.Timestamp], style: Style) -> None:
    start, end = week["period_start"].date(), week["period_end"].date()
    era = "new" if start >= date(2022, 4, 4) else "old"
    markets = week_of_figures(seed, int(week["sessions"]), era)
    rows = rows_of(legacy_workbook(markets, start, end, style=style))
    without = FOREIGN_PARTS if style.splits else FOREIGN_PARTS | SPLITS
    assert stated(rows) == expected(markets, start, end, without)
    assert not rows.duplicated(["market", "investor", "period_end"]).any()
    assert (rows["coverage"] == "full").all()


def published_prime() -> dict[str, Figures]:
    """The week of 2026-09-07 with the published figures of members' own trading in Prime."""
    markets = week_of_figures(7)
    prime = markets["tse_prime"]
    own = {"proprietary_cash": (5_349_098_396, 5_659_975_243), "proprietary_margin": (0, 0)}
    leaves = {name: figures for name, figures in prime.items() if name in LEAVES}
    markets["tse_prime"] = with_wholes(leaves | own)
    both = {name: added(*(markets[section][name] for section in SECTIONS)) for name in LEAVES}
    return markets | {"two_markets": with_wholes(both)}


def test_the_published_figures_of_members_in_prime_are_read_exactly() -> None:
    rows = rows_of(legacy_workbook(published_prime(), *WEEK)).set_index(["market", "investor"])
    own = rows.loc[("tse_prime", "proprietary")]
    assert own["sales_jpy_mn"] == 5_349_098.396
    assert own["purchases_jpy_mn"] == 5_659_975.243
    assert own["net_jpy_mn"] == 310_876.847
    assert own["sales_jpy_mn"] + own["purchases_jpy_mn"] == pytest.approx(11_009_073.639, abs=1e-6)


def test_the_publishers_own_file_where_a_desk_has_it() -> None:
    path = fixture(NAME)
    if path is None:
        pytest.skip("the publisher's file is not here")
    own = rows_of(path.read_bytes()).set_index(["market", "investor"]).loc[("tse_prime", "proprietary")]
    assert (own["sales_jpy_mn"], own["purchases_jpy_mn"]) == (5_349_098.396, 5_659_975.243)


@pytest.mark.parametrize(
    ("start", "end", "filed_under", "previous"),
    [
        # Both ways of filing a week over the end of a month are known from published files.
        (date(2026, 8, 31), date(2026, 9, 4), (2026, 9, 1), (date(2026, 8, 24), date(2026, 8, 28))),
        (date(2024, 1, 29), date(2024, 2, 2), (2024, 1, 5), (date(2024, 1, 22), date(2024, 1, 26))),
        # January: the previous week is last year's.
        (date(2026, 1, 5), date(2026, 1, 9), (2026, 1, 2), (date(2025, 12, 29), date(2025, 12, 30))),
        (date(2017, 1, 4), date(2017, 1, 6), (2017, 1, 1), (date(2016, 12, 26), date(2016, 12, 30))),
        # The last week of a year, filed under either year.
        (date(2024, 12, 30), date(2024, 12, 30), (2025, 1, 1), (date(2024, 12, 23), date(2024, 12, 27))),
        (date(2024, 12, 30), date(2024, 12, 30), (2024, 12, 5), (date(2024, 12, 23), date(2024, 12, 27))),
    ],
)
def test_the_year_of_a_week_comes_from_the_title(
    start: date, end: date, filed_under: tuple[int, int, int], previous: tuple[date, date]
) -> None:
    markets = week_of_figures(1, 5, "new" if start >= date(2022, 4, 4) else "old", 4e9)
    rows = rows_of(legacy_workbook(markets, start, end, filed_under=filed_under, previous=previous))
    assert set(rows["period_start"]) == {pd.Timestamp(start)}
    assert set(rows["period_end"]) == {pd.Timestamp(end)}


def test_old_sections_keep_their_names_and_their_growth_market_is_mothers_and_jasdaq() -> None:
    markets = week_of_figures(3, 4, "old")
    rows = rows_of(legacy_workbook(markets, date(2017, 1, 10), date(2017, 1, 13)))
    assert set(rows["market"]) == {"two_markets", "tse_first", "tse_second", "tse_mothers", "tse_jasdaq", "tse_growth"}
    net = rows.set_index(["investor", "market"])["net_jpy_mn"].unstack()
    assert net["tse_growth"].to_numpy() == pytest.approx((net["tse_mothers"] + net["tse_jasdaq"]).to_numpy(), abs=1e-6)


def test_the_growth_market_since_2022_is_not_called_like_the_old_one() -> None:
    rows = rows_of(legacy_workbook(week_of_figures(3), *WEEK))
    assert set(rows["market"]) == {"two_markets", "tse_prime", "tse_standard", "tse_growth_market"}


def altered(change: dict[tuple[str, int, int], object], style: Style | None = None) -> bytes:
    """A sound workbook with single cells changed: sheet, row and column from 0."""
    sheets = cells(legacy_workbook(week_of_figures(5), *WEEK, style=style))
    for (sheet, row, column), value in change.items():
        sheets[sheet][row][column] = value
    return legacy_file(sheets)


def refusal(content: bytes, name: str = NAME) -> str:
    with pytest.raises(SourceError) as caught:
        LEGACY.parse(content, name)
    assert name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("row", "name"), [(row, name) for row, name, _, _ in LEGACY_ROWS])
def test_a_class_that_does_not_add_up_is_refused(row: int, name: str) -> None:
    # Sales, their total and the balance agree with each other: only the sums between classes are broken.
    sheet = "TSE Standard"
    sold, bought = week_of_figures(5)["tse_standard"][name]
    sold += 1000
    figures = {row: sold, row + 1: bought, row + 2: sold + bought}
    change: dict[tuple[str, int, int], object] = {(sheet, at, 8): f"{value:,}" for at, value in figures.items()}
    net = bought - sold
    change |= {(sheet, row, 10): f"{net:,}" if net < 0 else "", (sheet, row + 1, 10): f"{net:,}" if net > 0 else ""}
    message = refusal(altered(change))
    assert "add up" in message
    assert sheet in message


@pytest.mark.parametrize("side", [0, 1, 2])
def test_sales_and_purchases_must_add_up_to_the_row_of_totals(side: int) -> None:
    message = refusal(altered({("TSE Growth", 29 + side, 8): "123,456"}))
    assert "海外投資家" in message
    assert "合計" in message


@pytest.mark.parametrize("balance", ["12", "-1,000", "1,000", "x", ""])
def test_the_files_own_balance_must_be_purchases_less_sales(balance: str) -> None:
    change: dict[tuple[str, int, int], object] = {("TSE Prime", 29, 10): balance, ("TSE Prime", 30, 10): ""}
    assert "差引き" in refusal(altered(change))


def test_a_balance_on_the_row_of_the_smaller_side_is_refused() -> None:
    sold, bought = week_of_figures(5)["tse_prime"]["foreigners"]
    own, other = (29, 30) if sold > bought else (30, 29)
    change: dict[tuple[str, int, int], object] = {
        ("TSE Prime", own, 10): "",
        ("TSE Prime", other, 10): f"{abs(bought - sold):,}",
    }
    assert "差引き" in refusal(altered(change))


def test_a_negative_balance_on_the_row_of_purchases_is_refused() -> None:
    prime = week_of_figures(5)["tse_prime"]
    row = next(row for row, name, *_ in LEGACY_ROWS if prime[name][0] < prime[name][1])
    shown = cells(legacy_workbook(week_of_figures(5), *WEEK))["TSE Prime"][row + 1][10]
    assert "差引き" in refusal(altered({("TSE Prime", row + 1, 10): f"▲ {shown}"}))


def test_the_block_of_the_week_is_found_by_its_days_not_by_its_place() -> None:
    markets = week_of_figures(5)
    sheets = cells(legacy_workbook(markets, *WEEK))
    for rows in sheets.values():
        rows[10][3], rows[10][7] = rows[10][7], rows[10][3]
        for row in rows[12:63]:
            row[4:7], row[8:11] = row[8:11], row[4:7]
    assert stated(rows_of(legacy_file(sheets))) == expected(markets, *WEEK, FOREIGN_PARTS)


def test_the_sign_of_a_balance_on_the_row_of_sales_may_be_left_to_its_place() -> None:
    markets = week_of_figures(5)
    rows = rows_of(legacy_workbook(markets, *WEEK, style=Style(minus="")))
    assert stated(rows) == expected(markets, *WEEK, FOREIGN_PARTS)


@pytest.mark.parametrize("dash", ["-", "－", "―"])
def test_a_dash_is_nothing_traded(dash: str) -> None:
    markets = week_of_figures(5)
    leaves = {name: markets["tse_growth_market"][name] for name in LEAVES} | {"insurance": (0, 0)}
    markets["tse_growth_market"] = with_wholes(leaves)
    sheets = cells(legacy_workbook(markets, *WEEK))
    for row in (51, 52, 53):
        sheets["TSE Growth"][row][8] = dash
    rows = rows_of(legacy_file(sheets)).set_index(["market", "investor"])
    assert rows.loc[("tse_growth_market", "insurance"), "net_jpy_mn"] == 0


def test_a_blank_figure_is_refused() -> None:
    assert "whole numbers" in refusal(altered({("Tokyo & Nagoya", 57, 8): ""}))


@pytest.mark.parametrize("scale", [1000, 1 / 1000])
def test_a_slip_of_the_unit_is_refused(scale: float) -> None:
    markets = week_of_figures(5, per_session=9.5e9 * scale)
    message = refusal(legacy_workbook(markets, *WEEK))
    assert "out of all proportion" in message
    assert "Tokyo & Nagoya" in message


@pytest.mark.parametrize("per_session", [0.65e9, 12.5e9])
def test_the_quietest_and_the_busiest_published_weeks_pass(per_session: float) -> None:
    # 1.3 trillion yen, both sides, in 2012, and 25 trillion in July 2026.
    assert len(rows_of(legacy_workbook(week_of_figures(5, per_session=per_session), *WEEK)))


def test_one_sheet_in_another_unit_is_refused() -> None:
    markets = week_of_figures(5)
    markets["tse_growth_market"] = {
        name: (sold * 1000, bought * 1000) for name, (sold, bought) in markets["tse_growth_market"].items()
    }
    assert "of both markets" in refusal(legacy_workbook(markets, *WEEK))


def test_all_that_was_sold_must_nearly_have_been_bought() -> None:
    markets = {
        market: {name: (2 * sold, bought) for name, (sold, bought) in figures.items()}
        for market, figures in week_of_figures(5).items()
    }
    assert "all classes sold" in refusal(legacy_workbook(markets, *WEEK))


def test_the_workbook_of_volume_is_recognised_and_refused() -> None:
    markets = week_of_figures(5)
    # Shares traded in both markets, as published: 35,820,577 thousand.
    leaves = dict.fromkeys(LEAVES, (0, 0)) | {"foreigners_corporations": (17_910_288, 17_910_289)}
    markets["two_markets"] = with_wholes(leaves)
    style = Style(kind="株数", unit="千株,%  1,000 shs., %")
    content = legacy_workbook(markets, *WEEK, style=style)
    assert LEGACY.recognises(content, "a.xls")
    assert "volume" in refusal(content, "stock_vol_1_260902.xls")


def test_the_monthly_workbook_is_recognised_and_refused() -> None:
    markets = week_of_figures(5, sessions=19)
    own = {"proprietary_cash": (18_077_441_828, 18_547_327_192), "proprietary_margin": (0, 0)}
    markets["tse_prime"] = with_wholes({name: markets["tse_prime"][name] for name in LEAVES} | own)
    content = legacy_workbook(markets, date(2026, 8, 3), date(2026, 8, 28), style=Style(monthly=True))
    assert LEGACY.recognises(content, "a.xls")
    assert "sums of survey weeks" in refusal(content, "stock_val_1_m2608.xls")


@pytest.mark.parametrize(
    ("cell", "text", "label"),
    [
        ((0, 0), "投資部門別　株式売買状況", "[金額]"),
        ((3, 0), "2026年9月第2週 2025/9 week2  ( 9/7 - 9/11 )", "contradicts itself"),
        ((3, 0), "2026年5月第2週 2026/5 week2  ( 9/7 - 9/11 )", "month of the title"),
        ((3, 0), "2026年9月第4週 2026/9 week4  ( 9/21 - 9/23 )", "09/21～09/23"),
        ((3, 0), "2016年9月第2週 2016/9 week2  ( 9/7 - 9/9 )", "09/07～09/09"),
        ((3, 0), "2026年9月第5週 2026/9 week5  ( 9/31 - 9/31 )", "is no day"),
        ((3, 0), "", "there is no period"),
        ((4, 10), "百万円,%  1,000,000 yen, %", "千円"),
        ((10, 7), "09/14～09/18", "09/07～09/11"),
        ((10, 3), "09/07～09/11", "09/07～09/11"),
        ((11, 8), "合計 Total", "金額"),
        ((11, 10), "", "差引き"),
        ((26, 0), "個人投資家", "個人投資家"),
        ((26, 0), "", "unknown"),
        ((26, 0), "海外投資家", "there twice"),
        ((27, 1), "売り", "売り"),
        ((57, 1), "", "売り"),
        ((68, 0), "個人レバレッジ", "個人信用"),
        ((68, 0), "個人信用取引", "unknown label"),
        ((68, 2), "1", "個人現金"),
        ((69, 4), "1", "自己現金"),
    ],
)
def test_a_changed_layout_is_an_error_that_names_sheet_and_label(cell: tuple[int, int], text: str, label: str) -> None:
    message = refusal(altered({("TSE Prime", *cell): text}))
    assert "TSE Prime" in message
    assert label in message


@pytest.mark.parametrize(("first", "last"), [(7, 14), (11, 7), (12, 12), (4, 7), (5, 9)])
def test_days_that_are_not_of_one_week_monday_to_friday_are_refused(first: int, last: int) -> None:
    days = date(2026, 9, first), date(2026, 9, last)
    assert "Monday to Friday" in refusal(legacy_workbook(week_of_figures(5), *days))


def test_a_week_without_a_session_is_refused() -> None:
    # The exchange was closed from 2019-04-29 to 05-03.
    content = legacy_workbook(week_of_figures(5, era="old"), date(2019, 4, 29), date(2019, 5, 3))
    assert "no session" in refusal(content)


@pytest.mark.parametrize(("era", "start"), [("old", date(2022, 4, 4)), ("new", date(2022, 3, 28))])
def test_sections_that_did_not_exist_that_week_are_refused(era: str, start: date) -> None:
    content = legacy_workbook(week_of_figures(5, era=era), start, date.fromordinal(start.toordinal() + 4))
    assert "sections" in refusal(content)


@pytest.mark.parametrize("name", ["TSE Prime", "TSE Standard", "TSE Growth", "Tokyo & Nagoya"])
def test_a_renamed_sheet_is_an_error_that_names_it(name: str) -> None:
    sheets = cells(legacy_workbook(week_of_figures(5), *WEEK))
    message = refusal(legacy_file({("TSE x" if key == name else key): rows for key, rows in sheets.items()}))
    assert "missing" in message
    assert "TSE 1st" in message if name == "TSE Prime" else name in message


def test_sheets_about_different_weeks_are_refused() -> None:
    one = cells(legacy_workbook(week_of_figures(5), *WEEK))
    other = cells(legacy_workbook(week_of_figures(5), date(2026, 8, 31), date(2026, 9, 4)))
    assert "different weeks" in refusal(legacy_file(one | {"TSE Growth": other["TSE Growth"]}))


def test_reading_twice_gives_equal_rows_and_files_do_not_mix() -> None:
    one, other = (legacy_workbook(week_of_figures(seed), *WEEK) for seed in (1, 2))
    first = rows_of(one)
    rows_of(other)
    pd.testing.assert_frame_equal(first, rows_of(one))


def test_recognised_by_content_whatever_the_name_and_by_the_publishers_name_whatever_the_content() -> None:
    content = legacy_workbook(week_of_figures(5), *WEEK)
    assert LEGACY.recognises(content, "download (3)")
    assert LEGACY.recognises(b"<html>", NAME)
    assert not LEGACY.recognises(b"<html>", "page.xls")
    assert not LEGACY.recognises(b"", "")
    dice = random.Random(1)
    assert not LEGACY.recognises(dice.randbytes(5000), "x.xls")
