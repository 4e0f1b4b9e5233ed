from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.jpx_valuation import VALUATION
from jpresearch.sources.model import Parsed, SourceError
from tests.sources.builders_jpx import SECTIONS, Line, valuation_lines, valuation_workbook
from tests.sources.builders_jpx_damage import cells, fixture, modern_file

NAME = "perpbr202510.xlsx"
VALUES = ["company_count", "per_simple_x", "pbr_simple_x", "per_weighted_x", "pbr_weighted_x"]
TABLE_NAMES = {"Prime": "tse_prime", "Standard": "tse_standard", "Growth": "tse_growth", "－": "topix_size"}
Key = tuple[str, str]


def parsed(content: bytes, name: str = NAME) -> tuple[pd.DataFrame, pd.DataFrame]:
    industry, prime = VALUATION.parse(content, name)
    assert [part.table for part in (industry, prime)] == ["industry_valuation", "prime_valuation"]
    assert {part.source for part in (industry, prime)} == {"jpx-per-pbr"}
    assert isinstance(industry, Parsed)
    assert industry.edition is None
    return industry.rows, prime.rows


def figures(rows: pd.DataFrame) -> dict[Key, tuple[float | None, ...]]:
    plain = rows.astype(dict.fromkeys(VALUES, object)).where(rows.notna(), None)
    return {(row.section, row.industry): tuple(getattr(row, name) for name in VALUES) for row in plain.itertuples()}


def expected(lines: list[Line]) -> dict[Key, tuple[float | None, ...]]:
    rows = {}
    for section, _, english, values in lines:
        name = re.sub(r"^\d+ ", "", english).replace(",", ", ").strip(" \u3000")
        kept = (values[0], values[1], values[2], values[5], values[6])
        rows[TABLE_NAMES[section], name] = tuple(None if value == "*" else value for value in kept)
    return rows


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    formulas=st.booleans(),
    month=st.sampled_from(["2022/04", "2024/02", "2025/10", "2025/12"]),
)
def test_what_is_written_is_read_back(seed: int, formulas: bool, month: str) -> None:
    lines = valuation_lines(seed)
    content = valuation_workbook(lines, month, formulas=formulas)
    rows, prime = parsed(content, f"perpbr{month.replace('/', '')}.xlsx")
    assert figures(rows) == expected(lines)
    end = pd.Period(month.replace("/", "-"), "M").end_time.normalize()
    assert set(rows["period_end"]) == set(rows["period_start"]) == {end}
    assert prime["section"].tolist() == ["tse_prime"]
    assert prime[VALUES].iloc[0].tolist() == list(figures(rows)["tse_prime", "Composite"])
    assert not rows.duplicated(["section", "industry", "period_end"]).any()


def by_hand(path: Path) -> dict[Key, tuple[float | None, ...]]:
    """The sheet read without any of the project's code: the formulas of columns F to L, straight from the XML."""
    with zipfile.ZipFile(path) as archive:
        strings = archive.read("xl/sharedStrings.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    texts = [
        unescape("".join(re.findall(r"<t[^>]*>([^<]*)</t>", item)))
        for item in re.findall(r"<si>(.*?)</si>", strings, re.S)
    ]
    rows: dict[Key, tuple[float | None, ...]] = {}
    for number, row in re.findall(r'<row r="(\d+)".*?>(.*?)</row>', sheet, re.S):
        if int(number) < 5:
            continue
        words = {at: texts[int(index)] for at, index in re.findall(r'<c r="([A-E])\d+"[^>]*><v>(\d+)</v>', row)}
        shown = {at: unescape(text).strip('"') for at, text in re.findall(r'<c r="([F-N])\d+"[^>]*><f>(.*?)</f>', row)}
        kept = tuple(None if shown[at] in "－＊" else float(shown[at]) for at in "FGHKL")
        name = re.sub(r"^\d+ ", "", words["E"]).replace(",", ", ").strip(" \u3000")
        rows[TABLE_NAMES[words["C"]], name] = kept
    return rows


@pytest.mark.parametrize("month", ["202508", "202509"])
def test_every_value_of_the_publishers_files_equals_an_independent_reading(month: str) -> None:
    path = fixture(f"perpbr{month}.xlsx")
    if path is None:
        pytest.skip("the publisher's files are not here")
    assert VALUATION.recognises(path.read_bytes(), "download")
    rows, prime = parsed(path.read_bytes(), path.name)
    own = by_hand(path)
    assert len(own) == 114
    assert figures(rows) == own
    assert prime[VALUES].iloc[0].tolist() == list(own["tse_prime", "Composite"])


def test_electric_appliances_in_prime_stood_at_23_and_a_half_times_earnings_in_august_2025() -> None:
    path = fixture("perpbr202508.xlsx")
    if path is None:
        pytest.skip("the publisher's files are not here")
    rows, prime = parsed(path.read_bytes(), path.name)
    row = rows.set_index(["section", "industry"]).loc[("tse_prime", "Electric Appliances")]
    assert row["per_weighted_x"] == 23.5
    assert row["period_end"] == pd.Timestamp("2025-08-31")
    assert prime.iloc[0][VALUES].tolist() == [1614, 16.8, 1.3, 17.2, 1.5]


@pytest.mark.parametrize("month", ["202508", "202509"])
def test_the_bundled_table_says_what_the_publishers_file_says(month: str, root: Path) -> None:
    path = fixture(f"perpbr{month}.xlsx")
    if path is None:
        pytest.skip("the publisher's files are not here")
    rows, _ = parsed(path.read_bytes(), path.name)
    bundled = pd.read_csv(root / "data" / "industry_valuation.csv", parse_dates=["period_end"])
    bundled = bundled[bundled["period_end"].isin(rows["period_end"])]
    assert figures(rows) == figures(bundled)


def test_the_section_before_the_reform_is_the_first() -> None:
    sheets = cells(valuation_workbook(valuation_lines(1, ("Prime",)), "2022/03"))
    for row in sheets["規模別・業種別（連結）"][4:]:
        if row[2] == "Prime":
            row[1], row[2] = "市場第一部", "1st Section"
    rows, prime = parsed(modern_file(sheets), "perpbr202203.xlsx")
    assert set(rows["section"]) == {"tse_first", "topix_size"}
    assert prime["section"].tolist() == ["tse_first"]


def altered(change: dict[tuple[int, int], object]) -> bytes:
    """A sound workbook with single cells changed (row and column from 0)."""
    sheets = cells(valuation_workbook(valuation_lines(5), "2025/10"))
    for (row, column), value in change.items():
        sheets["規模別・業種別（連結）"][row][column] = value
    return modern_file(sheets)


def refusal(content: bytes, name: str = NAME) -> str:
    with pytest.raises(SourceError) as caught:
        VALUATION.parse(content, name)
    assert name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("column", range(5, 14))
def test_a_blank_figure_is_an_error(column: int) -> None:
    message = refusal(altered({(20, column): None}))
    assert "blank is no number" in message
    assert "row 21" in message


@pytest.mark.parametrize("text", ["=A1", "=1/0", '="n.a."', "#N/A", "=17,5", "x", "=", "=1e999", True])
def test_what_is_no_number_is_an_error(text: object) -> None:
    assert "is no number" in refusal(altered({(20, 6): text}))


@pytest.mark.parametrize(("column", "figure"), [(6, "=-3.5"), (6, "=1000"), (7, "=4000"), (5, "=-1"), (10, "=-0.1")])
def test_a_figure_out_of_all_proportion_is_an_error(column: int, figure: str) -> None:
    assert "out of all proportion" in refusal(altered({(20, column): figure}))


@pytest.mark.parametrize("column", [5, 12, 13])
@pytest.mark.parametrize("row", [4, 5, 6, 7, 15, 35])
def test_industries_must_add_up_to_their_groups(row: int, column: int) -> None:
    sheets = cells(valuation_workbook(valuation_lines(5), "2025/10"))
    line = sheets["規模別・業種別（連結）"][row]
    line[column] = f"={int(line[column].strip('=')) + 100}"
    assert "add up to" in refusal(modern_file(sheets))


@pytest.mark.parametrize(("one", "other"), [(6, 7), (10, 11), (6, 10)])
def test_ratios_that_changed_places_do_not_give_one_price(one: int, other: int) -> None:
    sheets = cells(valuation_workbook(valuation_lines(5), "2025/10"))
    # A row with wide gaps between its ratios.
    rows = [
        row
        for row in sheets["規模別・業種別（連結）"][4:]
        if all("＊" not in str(c) and "－" not in str(c) for c in row[5:14])
    ]
    row = max(rows, key=lambda row: abs(float(row[one].strip("=")) - float(row[other].strip("="))))
    row[one], row[other] = row[other], row[one]
    assert "same price" in refusal(modern_file(sheets))


@pytest.mark.parametrize(
    ("cell", "text", "label"),
    [
        ((2, 0), "年", "市場区分名"),
        ((2, 2), "市場", "Section"),
        ((2, 10), "加重平均PER", "加重_PER"),
        ((2, 11), "加重＿PER（倍）", "加重_PER"),
        ((10, 0), "2025/09", "年月"),
        ((10, 1), "スタンダード市場", "Section"),
        ((10, 2), "Standard", "Section"),
        ((10, 2), "TOKYO PRO", "Section"),
        ((10, 3), "7 化学", "種別"),
        ((10, 3), "34 宇宙", "種別"),
        ((10, 3), "", "種別"),
        ((10, 4), "7 Chemicals", "種別"),
        ((4, 3), "大型株", "Section"),
        ((4, 3), "総計", "種別"),
    ],
)
def test_a_changed_layout_is_an_error_that_names_sheet_and_label(
    cell: tuple[int, int], text: object, label: str
) -> None:
    message = refusal(altered({cell: text}))
    assert "規模別・業種別（連結）" in message
    assert label in message


def test_a_row_that_is_missing_or_there_twice_is_an_error() -> None:
    sheets = cells(valuation_workbook(valuation_lines(5), "2025/10"))
    rows = sheets["規模別・業種別（連結）"]
    assert "add up to" in refusal(modern_file({"規模別・業種別（連結）": rows[:20] + rows[21:]}))
    assert "there twice" in refusal(modern_file({"規模別・業種別（連結）": rows[:20] + rows[19:]}))
    assert "a group is missing" in refusal(modern_file({"規模別・業種別（連結）": rows[:5] + rows[6:]}))


def test_a_renamed_sheet_is_an_error_that_names_it() -> None:
    sheets = cells(valuation_workbook(valuation_lines(5), "2025/10"))
    message = refusal(modern_file({"業種別": sheets["規模別・業種別（連結）"]}))
    assert "規模別・業種別（連結）" in message
    assert "業種別" in message


@pytest.mark.parametrize("month", ["2025/13", "2025", "10/2025", "1999/10"])
def test_an_impossible_month_is_an_error(month: str) -> None:
    assert "month" in refusal(valuation_workbook(valuation_lines(5), month))


def test_a_month_other_than_that_of_the_name_is_an_error_but_any_other_name_will_do() -> None:
    content = valuation_workbook(valuation_lines(5), "2025/10")
    assert "2025/09" in refusal(content, "perpbr202509.xlsx")
    rows, _ = parsed(content, "PER and PBR.xlsx")
    assert set(rows["section"]) == {TABLE_NAMES[section] for section in (*SECTIONS, "－")}


def test_recognised_by_the_sheet_whatever_the_name() -> None:
    content = valuation_workbook(valuation_lines(5), "2025/10")
    assert VALUATION.recognises(content, "x")
    assert VALUATION.recognises(b"", NAME)
    assert not VALUATION.recognises(modern_file({"規模別": [["a"]]}), "x.xlsx")
