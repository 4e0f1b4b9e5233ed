"""JPX, Trading by Type of Investors, weekly workbook of value through the week to 2026-09-11 (``stock_val_1_*.xls``).

Page: https://www.jpx.co.jp/english/markets/statistics-equities/investor-type/index.html

One sheet per section of Tokyo and one for Tokyo and Nagoya together. Above: title with ``[金額]`` (value; ``[株数]`` is
volume), period such as ``2026年9月第2週 2026/9 week2 ( 9/7 - 9/11 )``, unit. Two blocks of columns, the previous week
and the reported one, each under its range of days (``09/07～09/11``, no year) and the headings 金額, 比率, 差引き.
Three rows a class (売り, 買い, 合計); the balance stands on the row of the side that was larger. Below, a row each for
cash and margin trading of members and of individuals, sales and purchases side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import pandas as pd

from jpresearch.sources.jpx_cells import amount, is_blank, is_dash, japanese, label
from jpresearch.sources.jpx_investor_classes import (
    IDENTITIES,
    LABELS,
    NEW_GROWTH,
    TWO_MARKETS,
    Classes,
    Place,
    Traded,
    Week,
    check_sums,
    check_week,
    flow_rows,
    tolerance,
)
from jpresearch.sources.workbooks import Cell, Rows, legacy_sheets

NEW_SHEETS: Final = {
    "TSE Prime": "tse_prime",
    "TSE Standard": "tse_standard",
    "TSE Growth": NEW_GROWTH,
    "Tokyo & Nagoya": TWO_MARKETS,
}
OLD_SHEETS: Final = {
    "TSE 1st": "tse_first",
    "TSE 2nd": "tse_second",
    "TSE Mothers": "tse_mothers",
    "TSE JASDAQ": "tse_jasdaq",
    "Tokyo & Nagoya": TWO_MARKETS,
}
SHEET_NAMES: Final = (*NEW_SHEETS, *OLD_SHEETS)

_SPLITS: Final = ("proprietary_cash", "proprietary_margin", "individuals_cash", "individuals_margin")
_CLASSES: Final = {LABELS[name]: name for name in LABELS if name not in _SPLITS and "foreigners_" not in name}
_SPLIT_LABELS: Final = {LABELS[name]: name for name in _SPLITS}
_SIDES: Final = (("売り", "Sales"), ("買い", "Purchases"), ("合計", "Total"))
# Title, period, unit, ranges of days and headings stand in the first dozen rows.
_HEAD_ROWS: Final = 16
_EXAMPLE: Final = "2026年9月第2週 2026/9 week2 ( 9/7 - 9/11 )"
_PERIOD: Final = re.compile(
    r"(?P<year>\d{4})年(?P<month>\d{1,2})月第(?P<week>\d)週(?P<year_en>\d{4})/(?P<month_en>\d{1,2})week(?P<week_en>\d)"
    r"\((?P<m1>\d{1,2})/(?P<d1>\d{1,2})[-~](?P<m2>\d{1,2})/(?P<d2>\d{1,2})\)"
)
_RANGE: Final = re.compile(r"(\d{1,2})/(\d{1,2})[-~](\d{1,2})/(\d{1,2})")

Cells = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class _Head:
    """The reported week and its block of columns: values between ``value`` and ``ratio``, then the balance."""

    week: Week
    value: int
    ratio: int
    balance: int


@dataclass(frozen=True)
class _Lines:
    """The first row of each class, and the rows of cash and margin trading with their label."""

    classes: tuple[tuple[str, int], ...]
    splits: tuple[tuple[str, int], ...]


class _Broken(Exception):
    """A layout that is not the published one; the caller knows in which file and sheet."""

    def __init__(self, what: str, label: str) -> None:
        super().__init__(what, label)
        self.what, self.label = what, label


def parse(content: bytes, file: str) -> pd.DataFrame:
    """The rows of the reported week, every market and class. Raises ``SourceError``."""
    sheets = legacy_sheets(content, file, SHEET_NAMES)
    weeks: dict[Week, str] = {}
    markets: dict[str, Classes] = {}
    for sheet, market in (NEW_SHEETS if "TSE Prime" in sheets else OLD_SHEETS).items():
        if sheet not in sheets:
            raise Place(file).error("a sheet is missing", sheet)
        place = Place(file, sheet)
        week, markets[market] = _market(sheets[sheet], place)
        if week not in weeks:
            week.check(place)
            weeks[week] = sheet
    if len(weeks) > 1:
        raise Place(file).error(f"the sheets are about different weeks: {', '.join(weeks.values())}")
    check_week(markets, week, Place(file, "Tokyo & Nagoya"))
    return flow_rows(markets, week)


def _market(rows: Rows, place: Place) -> tuple[Week, Classes]:
    """The week of a sheet and its classes. Every row of a sheet is equally long."""
    if not rows or len(rows[0]) < 3:
        raise place.error("the sheet is empty")
    start = next((at for at, row in enumerate(rows) if label(row[1]) == _SIDES[0][0]), None)
    if start is None:
        raise place.error("there are no rows of sales", "売り Sales")
    try:
        head = _read_head(tuple(map(tuple, rows[: min(start, _HEAD_ROWS)])))
        # Below the table the third column holds figures, which would make every sheet's labels unlike.
        lines = _read_labels(tuple((row[0], row[1], row[2] if row[1] else "") for row in rows[start:]), start)
    except _Broken as error:
        raise place.error(error.what, error.label) from None
    value = _value_column(rows[lines.classes[0][1]], head, place)
    classes = {name: _traded(rows[at : at + 3], at, value, head.balance, place) for name, at in lines.classes}
    classes |= _splits(rows, lines.splits, classes, place)
    check_sums(classes, place)
    return head.week, classes


# The head is the same in all sheets of a file, the labels are the same in all files: both are worked out once.
@lru_cache(maxsize=64)
def _read_head(rows: Cells) -> _Head:
    texts = [text for row in rows for cell in row if (text := label(cell))]
    _require_value(texts)
    week = _week(texts)
    at, first, end = _block(rows, week)
    for below in range(at + 1, min(at + 4, len(rows))):
        headings = [label(cell) for cell in rows[below][:end]]
        places = [
            [column for column, text in enumerate(headings) if column >= first and word in text]
            for word in ("金額", "比率", "差引")
        ]
        if all(len(found) == 1 for found in places) and places[0] < places[1] < places[2]:
            return _Head(week, *(found[0] for found in places))
    raise _Broken("the headings of the reported week are missing", "金額 Value, 比率 Ratio, 差引き Balance")


def _require_value(texts: list[str]) -> None:
    if any("[株数]" in text for text in texts):
        raise _Broken("this is the workbook of volume (株数); the table takes value, stock_val_1_*.xls", "[金額]")
    if not any("[金額]" in text for text in texts):
        raise _Broken("the title does not say what is counted", "[金額]")
    if not any(text.startswith("千円") for text in texts):
        raise _Broken("the unit is not stated as thousand yen", "千円")


def _week(texts: list[str]) -> Week:
    found = next(filter(None, map(_PERIOD.search, texts)), None)
    if found is None:
        if any(re.match(r"\d{4}年", text) for text in texts):
            what = "the period is no week; monthly and yearly workbooks are sums of survey weeks and are not read"
            raise _Broken(what, _EXAMPLE)
        raise _Broken("there is no period", _EXAMPLE)
    if any(found[name] != found[f"{name}_en"] for name in ("year", "month", "week")):
        raise _Broken(f"the period contradicts itself: {found[0]}", _EXAMPLE)
    filed_under = int(found["year"]), int(found["month"])
    return Week(*(_day(*filed_under, int(found[m]), int(found[d])) for m, d in (("m1", "d1"), ("m2", "d2"))))


def _day(year: int, month: int, day_month: int, day: int) -> date:
    """A day without a year, in the year that brings it nearest to the month that JPX files the week under.

    A week over the end of a month is filed under either (2026-08-31 to 09-04 is September's first, 2024-01-29 to 02-02
    January's fifth); one over New Year has a day in another year than the title.
    """
    distance = day_month - month
    year += (distance <= -6) - (distance >= 6)
    if abs((distance + 6) % 12 - 6) > 1:
        raise _Broken(f"{day_month}/{day} does not lie near {year}/{month}, the month of the title", _EXAMPLE)
    try:
        return date(year, day_month, day)
    except ValueError:
        raise _Broken(f"{year}/{day_month}/{day} is no day", _EXAMPLE) from None


def _block(rows: Cells, week: Week) -> tuple[int, int, int]:
    """Row, first column and end of the block of columns under the range of days that the title names."""
    wanted = (week.start.month, week.start.day, week.end.month, week.end.day)
    ranges = [
        (at, column, tuple(map(int, found.groups())))
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if (found := _RANGE.fullmatch(label(cell)))
    ]
    mine = [(at, column) for at, column, days in ranges if days == wanted]
    if len(mine) != 1:
        what = f"{len(mine)} blocks of columns are headed by the week of the title"
        raise _Broken(what, f"{week.start:%m/%d}～{week.end:%m/%d}")
    at, first = mine[0]
    later = [column for row, column, _ in ranges if row == at and column > first]
    return at, first, min(later, default=len(rows[at]))


@lru_cache(maxsize=64)
def _read_labels(cells: tuple[tuple[Cell, Cell, Cell], ...], start: int) -> _Lines:
    """Where each class begins: three rows called 売り Sales, 買い Purchases, 合計 Total, the label on the first.

    ``cells`` are the first three of each row from row ``start`` of the sheet on.
    """
    labels = [(japanese(label(name)), (label(side), label(english))) for name, side, english in cells]
    classes: dict[str, int] = {}
    at = 0
    while at < len(labels):
        text, side = labels[at]
        if side not in _SIDES:
            at += 1
            continue
        if tuple(mark for _, mark in labels[at : at + 3]) != _SIDES:
            what = f"the three rows of a class are broken at row {start + at + 1}"
            raise _Broken(what, "売り Sales, 買い Purchases, 合計 Total")
        if text not in _CLASSES or _CLASSES[text] in classes:
            what = f"the class of investors {text!r} in row {start + at + 1} is unknown or there twice"
            raise _Broken(what, ", ".join(_CLASSES))
        classes[_CLASSES[text]] = start + at
        at += 3
    for wanted, name in _CLASSES.items():
        if name not in classes:
            raise _Broken("a class of investors is missing", wanted)
    after = max(classes.values()) + 3
    money = [(text, at) for at, (text, _) in enumerate(labels, start) if "現金" in text or "信用" in text]
    return _Lines(tuple(classes.items()), tuple(line for line in money if line[1] >= after))


def _value_column(row: list[Cell], head: _Head, place: Place) -> int:
    """The column of values: their heading may be merged over the narrow column that holds the range above it."""
    filled = [column for column in range(head.value, head.ratio) if not is_blank(row[column])]
    if len(filled) != 1:
        raise place.error("the values of the reported week are missing", "金額 Value")
    return filled[0]


def _traded(rows: Rows, at: int, column: int, balance: int, place: Place) -> Traded:
    """What a class sold and bought, from its three rows, which begin at row ``at``."""
    figures = [_whole(row[column]) for row in rows]
    if None in figures:
        shown = ", ".join(repr(str(row[column])[:40]) for row in rows)
        raise place.error(f"rows {at + 1} to {at + 3} do not have three whole numbers: {shown}", "金額 Value")
    sales, purchases, total = (figure or 0 for figure in figures)
    what = f"{label(rows[0][0])} (row {at + 1})"
    if sales < 0 or purchases < 0:
        raise place.error(f"{what}: sales or purchases are negative")
    if abs(sales + purchases - total) > tolerance(2):
        raise place.error(f"{what}: sales {sales:,} and purchases {purchases:,} do not add up to {total:,}", "合計")
    _check_balance((rows[0][balance], rows[1][balance]), purchases - sales, what, place)
    return Traded(sales, purchases)


def _whole(cell: Cell) -> int | None:
    """The whole number in a cell. A dash stands for nothing traded; the sums show whether it does."""
    value = amount(cell)
    return 0 if value is None and is_dash(cell) else value


def _check_balance(cells: tuple[Cell, Cell], net: int, what: str, place: Place) -> None:
    """The file's own balance: on the row of sales where more was sold, on that of purchases where more was bought."""
    sides = zip(cells, (-1, 1), strict=True)
    given = [(cell, side) for cell, side in sides if not is_blank(cell) and not is_dash(cell)]
    if not given and abs(net) <= tolerance(2):
        return
    if len(given) != 1:
        raise place.error(f"{what}: {len(given)} balances instead of one for a net of {net:,}", "差引き")
    (cell, side), stated = given[0], amount(given[0][0])
    # On the row of sales the sign may be left to the place.
    if stated is None or abs(side * abs(stated) - net) > tolerance(2) or (side > 0 and stated < 0):
        raise place.error(f"{what}: the balance {str(cell)[:40]!r} is not purchases less sales, {net:,}", "差引き")


def _splits(rows: Rows, lines: tuple[tuple[str, int], ...], classes: Classes, place: Place) -> Classes:
    """Cash and margin trading below the table; none where the sheet does not give it."""
    found: dict[str, list[dict[int, int]]] = {name: [] for name in _SPLITS}
    for text, at in lines:
        cells = [(column, cell) for column, cell in enumerate(rows[at]) if not is_blank(cell)]
        figures = {column: value for column, cell in cells if (value := _whole(cell)) is not None}
        if text in _SPLIT_LABELS:
            found[_SPLIT_LABELS[text]].append(figures)
        elif len(figures) > 1:
            raise place.error(f"a row of cash or margin trading has an unknown label: {text}", ", ".join(_SPLIT_LABELS))
    if not any(found.values()):
        return {}
    parts: Classes = {}
    for whole in ("proprietary", "individuals"):
        parts |= _split(whole, found, classes[whole], place)
    return parts


def _split(whole: str, found: dict[str, list[dict[int, int]]], traded: Traded, place: Place) -> Classes:
    """The two parts of a class, in the columns in which they add up to it: first for sales, last for purchases."""
    cash, margin = IDENTITIES[whole]
    for one, other in zip(found[cash], found[margin], strict=False):
        sums = {column: one[column] + other[column] for column in one if column in other}
        sales, purchases = ([c for c, value in sums.items() if abs(value - side) <= tolerance(2)] for side in traded)
        if sales and purchases and sales[0] < purchases[-1]:
            columns = sales[0], purchases[-1]
            parts = {name: Traded(*(row[c] for c in columns)) for name, row in ((cash, one), (margin, other))}
            if all(min(part) >= 0 for part in parts.values()):
                return parts
    what = f"cash and margin trading do not add up to {LABELS[whole]} in two columns"
    raise place.error(what, f"{LABELS[cash]}, {LABELS[margin]}")
