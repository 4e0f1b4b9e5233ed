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


def complete(traded: dict[str, tuple[int, int]], rounding: int = 0) -> Week:
    """The 22 figures of a period from acquisition and disposition; ``rounding`` shifts subtotals and totals."""
    week: Week = {}
    for side in SIDES:
        for kind in CLASSES:
            bought, sold = traded[f"{side}_{kind}"]
            week |= {f"{side}_{kind}_acquisition": bought, f"{side}_{kind}_disposition": sold}
            week[f"{side}_{kind}_net"] = bought - sold
        week[f"{side}_subtotal_net"] = week[f"{side}_equity_net"] + week[f"{side}_long_term_debt_net"] + rounding
        week[f"{side}_total_net"] = week[f"{side}_subtotal_net"] + week[f"{side}_short_term_debt_net"] - rounding
    return week


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


def month_csv(
    months: Sequence[tuple[int, int, Week]], updated: date, *, notes: bool = True, differences: bool = True
) -> bytes:
    """``montha1.csv``: year, month and 22 figures by name; the rest of the last year is listed and blank."""
    width = 27
    blank = [""] * width
    title = "International Transactions in Securities (Monthly; based on reports from designated major investors)"
    lines = [
        _wide(
            19,
            f"最終更新日  令和{updated.year - 2018}年{updated.month}月{updated.day}日",
            "対外及び対内証券売買契約等の状況　(月次)",
        ),
        _wide(19, f"Final Update  {updated:%B}  {updated.day} , {updated.year}", title),
        blank,
        _wide(19, "単位： 億円"),
        _wide(19, "Unit: 100 million Yen"),
        _wide(14, "2．対内証券投資　【非居住者による取得・処分】", "１．対外証券投資　【居住者による取得・処分】"),
        _wide(14, "2. Portfolio Investment Liabilities", "1. Portfolio Investment Assets"),
        ["期間\nPeriod", "", "", *_both([cell.format(*_JAPANESE) for cell in _CLASS_LINE]), "小計差額", "合計差額"],
        ["", "", "", *_both([cell.format(*_ENGLISH) for cell in _CLASS_LINE]), "(A)-(C)", "(B)-(D)"],
        *(["", "", "", *_both([*kinds, *kinds, kinds[2], *kinds, kinds[2]]), kinds[2], kinds[2]] for kinds in _KINDS),
    ]
    lines += [_month_line(year, month, figures, width) for year, month, figures in months]
    year, last, _ = months[-1]
    lines += [_month_line(year, month, None, width) for month in range(last + 1, 13)]
    if notes:
        lines += [blank, ["暦年", "C.Y. 2025", *blank[2:]], *([*note, *[""] * (width - len(note))] for note in NOTES)]
    kept = [line if differences else line[:25] for line in lines]
    return _written(kept).encode("cp932")


def _month_line(year: int, month: int, figures: Week | None, width: int) -> list[str]:
    era = "元" if year == 2019 else str(year - 2018) if year > 2018 else str(year - 1988)
    label = {1: str(year), 2: f"({'令和' if year > 2018 else '平成'}{era}年)"}.get(month, "")
    head = [label, f"{month}月", f"{date(year, month, 1):%b}"]
    if figures is None:
        return [*head, *[""] * (width - 3)]
    gaps = (figures[f"outward_{name}_net"] - figures[f"inward_{name}_net"] for name in ("subtotal", "total"))
    return [*head, *(f"{figures[name]:,}" for name in columns()), *(f"{gap:,}" for gap in gaps)]


def _wide(place: int, text: str, first: str = "") -> list[str]:
    line = [""] * 27
    line[0], line[place] = first, text
    return line


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
