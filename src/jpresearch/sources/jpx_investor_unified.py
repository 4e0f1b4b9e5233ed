"""JPX, Trading by Type of Investors, weekly workbook from the week of 2026-09-14 (``stock_1_w_*.xlsx``).

Page: https://www.jpx.co.jp/english/markets/statistics-equities/investor-type/index.html

One sheet, value and volume together. The row headed ``年月週 Year, Month, Week`` names the columns: code of the week
(year, month, number of the week), market, 株数 or 金額, then 売, 買, 差引, 合計 for each of fourteen classes. Above it
the classes stand in merged cells, the finer below the coarser. Two rows a market; code and market are merged over
theirs. There are no rows of totals any more. The days of the week stand in the file's name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from jpresearch.calendars import survey_weeks
from jpresearch.sources.jpx_cells import amount, is_blank, japanese, label
from jpresearch.sources.jpx_investor_classes import (
    LABELS,
    NEW_GROWTH,
    TWO_MARKETS,
    Classes,
    Place,
    Traded,
    Week,
    check_sums,
    check_week,
    completed,
    flow_rows,
    tolerance,
)
from jpresearch.sources.workbooks import Cell, Rows, modern_sheets

NAME: Final = re.compile(r"stock_1_w_(\d{8})_(\d{8})")
MARKETS: Final = {
    "東証プライム": "tse_prime",
    "東証スタンダード": "tse_standard",
    "東証グロース": NEW_GROWTH,
    "二市場": TWO_MARKETS,
}
# The lowest heading of a column begins with one of these; the first six need the heading above them as well.
_UNDER_A_PARENT: Final = {
    ("自己", "現金"): "proprietary_cash",
    ("自己", "信用"): "proprietary_margin",
    ("個人", "現金"): "individuals_cash",
    ("個人", "信用"): "individuals_margin",
    ("海外投資家", "法人"): "foreigners_corporations",
    ("海外投資家", "個人"): "foreigners_individuals",
}
_BY_THEMSELVES: Final = {
    LABELS[name]: name
    for name in (
        "securities_companies",
        "investment_trusts",
        "business_corporations",
        "other_corporations",
        "insurance",
        "city_regional_banks",
        "trust_banks",
        "other_financials",
    )
}
_LEAVES: Final = (*_UNDER_A_PARENT.values(), *_BY_THEMSELVES.values())
_PARENTS: Final = ("自己", "個人", "海外投資家")
_SIDES: Final = ("売", "買", "差引", "合計")
_CODE: Final = re.compile(r"(\d{4})(\d{2})(\d)")


def parse(content: bytes, file: str) -> pd.DataFrame:
    """The rows of the week, every market and class. Raises ``SourceError``."""
    sheets = modern_sheets(content, file)
    name, rows = next(((name, rows) for name, rows in sheets.items() if _header(rows) is not None), ("", []))
    at = _header(rows)
    if at is None:
        raise Place(file, ", ".join(sheets)).error("the headings are missing", "年月週 Year, Month, Week")
    place = Place(file, name)
    _check_header(rows[at], place)
    columns = _class_columns(rows, at, place)
    lines = list(_value_lines(rows[at + 1 :], at + 1, place))
    week = _week(file, {code for code, _, _, _ in lines}, place)
    markets = _markets(lines, columns, place)
    check_week(markets, week, place)
    return flow_rows(markets, week)


def _header(rows: Rows) -> int | None:
    return next((at for at, row in enumerate(rows[:40]) if row and label(row[0]).startswith("年月")), None)


def _check_header(header: list[Cell], place: Place) -> None:
    if not label(header[0]).startswith("年月週"):
        what = "this is a monthly workbook, a sum of survey weeks, which is not read; take stock_1_w_*.xlsx"
        raise place.error(what, "年月週 Year, Month, Week")
    unit = label(header[2]) if len(header) > 2 else ""
    if "千円" not in unit or "金額" not in unit:
        raise place.error("the unit is not stated as thousand yen", "株数／金額 Shares／Value 千株／千円")


def _class_columns(rows: Rows, at: int, place: Place) -> dict[str, int]:
    """The first of the four columns of each class."""
    header = [japanese(label(cell)) for cell in rows[at]]
    columns: dict[str, int] = {}
    for column, text in enumerate(header):
        if not text.startswith("売"):
            continue
        four = header[column : column + 4]
        if len(four) < 4 or not all(text.startswith(side) for text, side in zip(four, _SIDES, strict=True)):
            raise place.error(f"the four columns from {column + 1} are {', '.join(four)}", "売, 買, 差引, 合計")
        name = _class_at(rows[:at], column, place)
        if name in columns:
            raise place.error("a class of investors is there twice", LABELS[name])
        columns[name] = column
    for name in _LEAVES:
        if name not in columns:
            raise place.error("a class of investors is missing", LABELS[name])
    return columns


def _class_at(above: Rows, column: int, place: Place) -> str:
    """The class of a column, from the headings above it, the lowest first."""
    texts = [[japanese(label(cell)) for cell in row[: column + 1]] for row in reversed(above)]
    own = [at for at, row in enumerate(texts) if len(row) > column and row[column]]
    leaf = texts[own[0]][column] if own else ""
    for text, name in _BY_THEMSELVES.items():
        if leaf == text:
            return name
    # A merged heading stands in the first of its columns only: look to the left.
    carried = (next((text for text in reversed(row) if text), "") for row in texts[own[0] + 1 :]) if own else iter(())
    parent = next((text for text in carried if text != leaf and text.startswith(_PARENTS)), "")
    for (over, under), name in _UNDER_A_PARENT.items():
        if parent.startswith(over) and leaf.startswith(under):
            return name
    raise place.error(f"the headings of column {column + 1} name no known class: {parent} {leaf}".rstrip(), "自己 現金")


def _value_lines(rows: Rows, first: int, place: Place) -> Iterator[tuple[str, str, int, list[Cell]]]:
    """Code, market, number and cells of each row of value; code and market carried down their merged cells."""
    code = market = ""
    for at, row in enumerate(rows, first):
        kind = label(row[2]) if len(row) > 2 else ""
        if not kind.startswith(("株数", "金額")):
            continue
        code = _text(row[0]) or code
        market = label(row[1]) or market
        if not code or not market:
            raise place.error(f"row {at + 1} has no code of the week or no market", "年月週, 市場")
        if kind.startswith("金額"):
            yield code, japanese(market), at, row


def _text(cell: Cell) -> str:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return f"{cell:.0f}"
    return label(cell)


def _markets(
    lines: list[tuple[str, str, int, list[Cell]]], columns: dict[str, int], place: Place
) -> dict[str, Classes]:
    markets: dict[str, Classes] = {}
    for _, text, at, row in lines:
        name = next((name for start, name in MARKETS.items() if text.startswith(start)), None)
        if name is None or name in markets:
            raise place.error(f"the market {text!r} is unknown or there twice (row {at + 1})", ", ".join(MARKETS))
        leaves = {leaf: _traded(row, column, leaf, at, place) for leaf, column in columns.items()}
        markets[name] = completed(leaves)
        check_sums(markets[name], place)
    for text, name in MARKETS.items():
        if name not in markets:
            raise place.error("a market has no row of value", f"{text} 金額")
    return markets


def _traded(row: list[Cell], column: int, name: str, at: int, place: Place) -> Traded:
    figures = [amount(cell) for cell in row[column : column + 4]]
    sales, purchases, balance, total = [*figures, None, None, None, None][:4]
    if sales is None or purchases is None or balance is None or total is None:
        shown = ", ".join("blank" if is_blank(cell) else str(cell)[:20] for cell in row[column : column + 4])
        raise place.error(f"row {at + 1} does not have four whole numbers: {shown}", LABELS[name])
    if min(sales, purchases) < 0:
        raise place.error(f"row {at + 1}: sales or purchases are negative", LABELS[name])
    if abs(sales + purchases - total) > tolerance(2):
        raise place.error(f"row {at + 1}: {sales:,} and {purchases:,} do not add up to {total:,}", LABELS[name])
    if abs(purchases - sales - balance) > tolerance(2):
        what = f"row {at + 1}: the balance {balance:,} is not purchases less sales, {purchases - sales:,}"
        raise place.error(what, LABELS[name])
    return Traded(sales, purchases)


def _week(file: str, codes: set[str], place: Place) -> Week:
    """The week of the file's name; the code in the sheet and the calendar must agree with it."""
    if len(codes) != 1:
        raise place.error(f"one code of a week was expected, not {', '.join(sorted(codes)) or 'none'}", "年月週")
    named = NAME.search(file)
    if named is None:
        what = "the days of the week stand in the name of the file only, and this name has none"
        raise place.error(f"{what}; give it back the publisher's name", "stock_1_w_YYYYMMDD_YYYYMMDD.xlsx")
    try:
        start, end = (datetime.strptime(day, "%Y%m%d").date() for day in named.groups())
    except ValueError as error:
        raise place.error(f"the name of the file has days that do not exist: {named[0]}") from error
    week = Week(start, end)
    week.check(place)
    (code,) = codes
    parts = _CODE.fullmatch(code)
    if parts is None or int(parts[3]) not in _numbers(week, int(parts[1]), int(parts[2])):
        raise place.error(f"the code {code} is not that of the week in the file's name, {start} to {end}", "年月週")
    return week


def _numbers(week: Week, year: int, month: int) -> set[int]:
    """The numbers that the week may have in a month: JPX's rule for a week over the end of a month is not published."""
    if (year, month) not in {(week.start.year, week.start.month), (week.end.year, week.end.month)}:
        return set()
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    days = survey_weeks(pd.Timestamp(monday), pd.Timestamp(monday + timedelta(days=46)))["period_end"]
    mondays = [day.date() - timedelta(days=day.weekday()) for day in days]
    own = week.start - timedelta(days=week.start.weekday())
    number = mondays.index(own) + 1 if own in mondays else 0
    straddles = bool(mondays) and mondays[0].month != month
    return {number, number - 1} - {0, -1} if straddles else {number} - {0}
