"""Files of the Ministry of Finance, written from rows: ``week.csv`` and the yields of government bonds."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

Week = dict[str, int]

CLASSES = ("equity", "long_term_debt", "short_term_debt")
SIDES = ("outward", "inward")
TERMS = ("1Y", "2Y", "3Y", "4Y", "5Y", "6Y", "7Y", "8Y", "9Y", "10Y", "15Y", "20Y", "25Y", "30Y", "40Y")
_CLASS_LINE = ("{0}", "", "", "{1}", "", "", "{2}", "{3}", "", "", "{4}")
_JAPANESE = ("   株式 ・投資ファンド持分", "   中 長 期 債 ", "  小  計", "   短 期 債", "  合  計")
_ENGLISH = (
    "Equity and investment fund shares",
    " Long-term debt securities",
    "Subtotal",
    "Short-term debt securities",
    "Total",
)
_KINDS = ("取得", "処分", "ネット"), ("Acquisition", "Disposition", "Net")
NOTES = (
    ["（備考）", "①平成26年1月より、投資ファンドに係る取引については、「株式・投資ファンド持分」に計上される。"],
    ["", "②四捨五入のため、合計に合わないことがある。"],
    ["   (Note 2)", "Totals may not add due to rounding."],
)


def week_csv(weeks: Sequence[tuple[date, Week]], updated: date, *, notes: bool = True) -> bytes:
    """``week.csv``: the Sunday of each week with its 22 figures by name (``inward_equity_net`` and so on)."""
    blank = [""] * 23
    lines = [
        _at(
            19,
            f"最終更新日  令和{updated.year - 2018}年{updated.month}月{updated.day}日",
            "対外及び対内証券売買契約等の状況　(週次・指定報告機関ベース）",
        ),
        _at(
            19,
            f"Final Update  {updated:%B}  {updated.day} , {updated.year}",
            "International Transactions in Securities (Weekly; based on reports from designated major investors)",
        ),
        blank,
        _at(19, "単位： 億円"),
        _at(19, "Unit: 100 million Yen"),
        blank,
        blank,
        _sides("１．対外証券投資　【居住者による取得・処分】", "2．対内証券投資　【非居住者による取得・処分】"),
        _sides("1. Portfolio Investment Assets", "2. Portfolio Investment Liabilities"),
        blank,
        ["期間\nPeriod", *_both([cell.format(*_JAPANESE) for cell in _CLASS_LINE])],
        ["", *_both([cell.format(*_ENGLISH) for cell in _CLASS_LINE])],
        *(["", *_both([*kinds, *kinds, kinds[2], *kinds, kinds[2]])] for kinds in _KINDS),
    ]
    lines += [_week_line(sunday, figures, number) for number, (sunday, figures) in enumerate(weeks)]
    if notes:
        lines += [blank, *([*note, *[""] * (23 - len(note))] for note in NOTES)]
    return _written(lines).encode("cp932")


def columns() -> list[str]:
    """The 22 columns in the order of the file."""
    names = []
    for side in SIDES:
        for kind in CLASSES:
            names += [f"{side}_{kind}_{what}" for what in ("acquisition", "disposition", "net")]
            if kind != "equity":
                names.append(f"{side}_{'subtotal' if kind == 'long_term_debt' else 'total'}_net")
    return names


def _week_line(sunday: date, figures: Week, number: int) -> list[str]:
    saturday = sunday + timedelta(days=6)
    end_year = f"{saturday.year}．" if saturday.year != sunday.year else ""
    # As the file has it: a space after the wave in most rows, none in some, one at the end in others.
    gap, after = ("" if end_year or number % 3 == 1 else " "), (" " if number % 3 == 2 else "")
    label = f"{sunday.year}．{sunday.month}．{sunday.day}～{gap}{end_year}{saturday.month}．{saturday.day}{after}"
    return [label, *(f"{figures[name]:,} " for name in columns())]


def _at(place: int, text: str, first: str = "") -> list[str]:
    line = [""] * 23
    line[0], line[place] = first, text
    return line


def _sides(outward: str, inward: str) -> list[str]:
    line = [""] * 23
    line[1], line[12] = outward, inward
    return line


def _both(half: list[str]) -> list[str]:
    return [*half, *half]


def _written(lines: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(lines)
    return buffer.getvalue()


def jgb_csv(
    rows: Sequence[tuple[date, dict[str, float | None]]],
    *,
    title: str = "Interest Rate",
    note: bool = False,
    japanese: bool = False,
) -> bytes:
    """Yields by day and term; ``None`` is a dash. ``note`` adds the end of the file of the current month.

    ``japanese`` writes the other edition: its labels, and days by era.
    """
    lines = [[title, *[""] * 14, "(Unit : %)"], ["Date", *TERMS]]
    if japanese:
        lines = [["国債金利情報", *[""] * 14, "(単位 : %)"], ["基準日", *(term.replace("Y", "年") for term in TERMS)]]
    for day, yields in rows:
        cells = ["-" if yields.get(term) is None else f"{yields[term]:g}" for term in TERMS]
        lines.append([by_era(day) if japanese else f"{day.year}/{day.month}/{day.day}", *cells])
    if note:
        lines += [
            [""] * 16,
            ["  ※If you cannot download the latest csv data, please clear the browser's cache.", *[""] * 15],
        ]
    return _written(lines).encode("cp932")


def by_era(day: date) -> str:
    """The day as the ministry's Japanese files have it: ``S49.9.24``, ``R8.6.30``."""
    letter, before = "S", 1925
    for name, first, year in (("H", date(1989, 1, 8), 1988), ("R", date(2019, 5, 1), 2018)):
        if day >= first:
            letter, before = name, year
    return f"{letter}{day.year - before}.{day.month}.{day.day}"
