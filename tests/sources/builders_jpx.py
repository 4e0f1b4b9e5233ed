"""Writers of the JPX workbooks in the published layouts, from figures; labels are written out, not taken from the code.

Figures of a market are ``{class: (sales, purchases)}`` in whole thousands of yen.
"""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import openpyxl
import xlwt

Figures = dict[str, tuple[int, int]]

NEW_SHEETS = {
    "TSE Prime": "tse_prime",
    "TSE Standard": "tse_standard",
    "TSE Growth": "tse_growth_market",
    "Tokyo & Nagoya": "two_markets",
}
OLD_SHEETS = {
    "TSE 1st": "tse_first",
    "TSE 2nd": "tse_second",
    "TSE Mothers": "tse_mothers",
    "TSE JASDAQ": "tse_jasdaq",
    "Tokyo & Nagoya": "two_markets",
}
# Row of sales (from 0), class, Japanese and English label, as in the published sheet.
LEGACY_ROWS = (
    (12, "proprietary", "自己計", "Proprietary"),
    (15, "brokerage", "委託計", "Brokerage"),
    (18, "total", "総　計", "Total"),
    (23, "institutions", "法　人", "Institutions"),
    (26, "individuals", "個　人", "Individuals"),
    (29, "foreigners", "海外投資家", "Foreigners"),
    (32, "securities_companies", "証券会社", "Securities Cos."),
    (37, "investment_trusts", "投資信託", "Investment Trusts"),
    (40, "business_corporations", "事業法人", "Business Cos."),
    (43, "other_corporations", "その他法人等", "Other Cos."),
    (46, "financial_institutions", "金融機関", "Financials"),
    (51, "insurance", "生保・損保", "Life & Non-Life"),
    (54, "city_regional_banks", "都銀・地銀等", "City BKs, Regional BKs"),
    (57, "trust_banks", "信託銀行", "Trust Banks"),
    (60, "other_financials", "その他金融機関", "Other Financials"),
)
SPLIT_ROWS = (
    (67, "individuals_cash", "個人現金\nIndividual Cash"),
    (68, "individuals_margin", "個人信用\nIndividual Margin"),
    (69, "proprietary_cash", "自己現金\nProprietary Cash"),
    (70, "proprietary_margin", "自己信用\nProprietary Margin"),
)
_FRAMED = xlwt.easyxf("borders: left thin, right thin")
# Share of a class in what customers trade, roughly as published.
SHARES = {
    "individuals_cash": 0.06,
    "individuals_margin": 0.2,
    "foreigners_corporations": 0.6,
    "foreigners_individuals": 0.005,
    "securities_companies": 0.01,
    "investment_trusts": 0.02,
    "business_corporations": 0.01,
    "other_corporations": 0.003,
    "insurance": 0.001,
    "city_regional_banks": 0.001,
    "trust_banks": 0.025,
    "other_financials": 0.002,
}
# A class and its parts, parts first.
SUMS = (
    ("proprietary", ("proprietary_cash", "proprietary_margin")),
    ("individuals", ("individuals_cash", "individuals_margin")),
    ("foreigners", ("foreigners_corporations", "foreigners_individuals")),
    ("financial_institutions", ("insurance", "city_regional_banks", "trust_banks", "other_financials")),
    ("institutions", ("investment_trusts", "business_corporations", "other_corporations", "financial_institutions")),
    ("brokerage", ("institutions", "individuals", "foreigners", "securities_companies")),
    ("total", ("proprietary", "brokerage")),
)
MARKET_SHARES = {"new": (0.93, 0.04, 0.03), "old": (0.88, 0.02, 0.06, 0.04)}


def week_of_figures(seed: int, sessions: int = 5, era: str = "new", per_session: float = 9.5e9) -> dict[str, Figures]:
    """Every market's classes, adding up as published: the sections are nearly all of both markets together."""
    dice = random.Random(seed)
    sheets = NEW_SHEETS if era == "new" else OLD_SHEETS
    sections = [name for name in sheets.values() if name != "two_markets"]
    markets = {
        name: _leaves(dice, per_session * sessions * share * dice.uniform(0.8, 1.2))
        for name, share in zip(sections, MARKET_SHARES[era], strict=True)
    }
    nagoya = _leaves(dice, per_session * sessions * 0.002)
    parts = [*markets.values(), nagoya]
    markets["two_markets"] = {name: added(*(part[name] for part in parts)) for name in nagoya}
    return {name: with_wholes(leaves) for name, leaves in markets.items()}


def _leaves(dice: random.Random, one_side: float) -> Figures:
    shares = {"proprietary_cash": 0.08, "proprietary_margin": 0.02, **SHARES}
    # A class that traded nothing is usual in small sections.
    return {
        name: (0, 0) if dice.random() < 0.02 else tuple(int(one_side * share * dice.uniform(0.9, 1.1)) for _ in "sp")
        for name, share in shares.items()
    }


def added(*figures: tuple[int, int]) -> tuple[int, int]:
    return sum(one[0] for one in figures), sum(one[1] for one in figures)


def with_wholes(leaves: Mapping[str, tuple[int, int]]) -> Figures:
    """The leaves and every class that is a sum of others."""
    known = dict(leaves)
    for whole, parts in SUMS:
        known[whole] = added(*(known[part] for part in parts))
    return known


@dataclass(frozen=True)
class Style:
    """How a legacy workbook is written: what differs between editions, or is wrong in one.

    Figures as text with ``minus`` in front of negative ones, or as numbers; with the block of cash and margin trading
    or without; ``kind`` 金額 or 株数; ``wide_heading`` merges the heading of the values over the column left of them;
    ``padded`` adds notes and formatted blanks up to the size of the published files, about 100 KB.
    """

    as_text: bool = True
    minus: str = "▲ "
    splits: bool = True
    kind: str = "金額"
    monthly: bool = False
    unit: str = "千円,%  1,000 yen, %"
    wide_heading: bool = False
    padded: bool = False


def legacy_workbook(
    markets: Mapping[str, Figures],
    start: date,
    end: date,
    *,
    filed_under: tuple[int, int, int] | None = None,
    previous: tuple[date, date] | None = None,
    style: Style | None = None,
) -> bytes:
    """A BIFF8 workbook of value (or volume) in the layout in force through the week of 2026-09-07.

    ``filed_under`` is year, month and number of the week in the title (those of the last day, first week, otherwise);
    ``previous`` the days over the left block.
    """
    book = xlwt.Workbook(encoding="utf-8")
    style = style or Style()
    before = previous or (start - timedelta(days=7), start - timedelta(days=3))
    for name, market in (NEW_SHEETS if "tse_prime" in markets else OLD_SHEETS).items():
        sheet = book.add_sheet(name)
        _title(sheet, start, end, filed_under or (end.year, end.month, 1), style)
        _headings(sheet, (start, end), before, style)
        _figures(sheet, markets[market], style)
        if style.splits:
            _split_block(sheet, markets[market], style)
        if style.padded:
            _padding(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _title(sheet: xlwt.Worksheet, start: date, end: date, filed_under: tuple[int, int, int], style: Style) -> None:
    year, month, number = filed_under
    week, week_en = ("", "") if style.monthly else (f"第{number}週", f" week{number}")
    sheet.write(0, 0, f"投資部門別　株式売買状況　[{style.kind}]  Trading by Type of Investors")
    days = f"( {start.month}/{start.day} - {end.month}/{end.day} )"
    sheet.write(3, 0, f"{year}年{month}月{week} {year}/{month}{week_en}  {days}")
    sheet.write(4, 10, style.unit)
    sheet.write(8, 0, "総売買代金")


def _headings(sheet: xlwt.Worksheet, days: tuple[date, date], before: tuple[date, date], style: Style) -> None:
    for column, (start, end) in {3: days}.items() if style.monthly else {3: before, 7: days}.items():
        sheet.write(10, column, f"{start:%m/%d}～{end:%m/%d}")
        if style.wide_heading:
            sheet.write_merge(11, 11, column, column + 1, "金額\nValue")
        else:
            sheet.write(11, column + 1, "金額\nValue")
        sheet.write(11, column + 2, "比率\nRatio")
        sheet.write(11, column + 3, "差引き\nBalance")
    for row, heading in ((21, "委託内訳"), (35, "法人内訳"), (49, "金融機関内訳")):
        sheet.write(row, 0, heading)


def _put(sheet: xlwt.Worksheet, row: int, column: int, value: int, style: Style) -> None:
    text = f"{abs(value):,}"
    sheet.write(row, column, (style.minus + text if value < 0 else text) if style.as_text else value)


def _figures(sheet: xlwt.Worksheet, figures: Figures, style: Style) -> None:
    for row, name, local, english in LEGACY_ROWS:
        sheet.write(row, 0, local)
        sheet.write(row + 1, 0, english)
        for step, marks in enumerate((("売り", "Sales"), ("買い", "Purchases"), ("合計", "Total"))):
            for column, mark in enumerate(marks, 1):
                sheet.write(row + step, column, mark)
        # The week before, on the left, was a tenth smaller.
        for column, size in {4: 1.0}.items() if style.monthly else {4: 0.9, 8: 1.0}.items():
            sold, bought = (int(side * size) for side in figures[name])
            for step, part in enumerate((sold, bought, sold + bought)):
                _put(sheet, row + step, column, part, style)
                sheet.write(row + step, column + 1, f"{100 * part / max(1, figures['total'][0]):.1f}")
            if sold != bought:
                _put(sheet, row if bought < sold else row + 1, column + 2, bought - sold, style)


def _split_block(sheet: xlwt.Worksheet, figures: Figures, style: Style) -> None:
    sheet.write(64, 0, "自己・個人の現金・信用別 (千円)")
    for row, name, label in SPLIT_ROWS:
        sheet.write(row, 0, label)
        for side, column in ((0, 2), (1, 4)):
            _put(sheet, row, column, figures[name][side], style)
            sheet.write(row, column + 1, "12.5")
    sheet.write(76, 0, "（注）信用取引を含む。")


def _padding(sheet: xlwt.Worksheet) -> None:
    for row in range(77, 116):
        note = "売買代金は、資本金30億円以上の取引参加者の売り買いを合計した値。" * 4
        sheet.write(row, 0, f"（注{row - 75}）{sheet.name}: {note}")
        for column in range(11, 40):
            sheet.write(row, column, "", _FRAMED)


# First column (from 0), coarse heading, middle heading, lowest heading, class.
UNIFIED_COLUMNS = (
    (3, "自己 Proprietary", "現金取引 Cash", "proprietary_cash"),
    (7, "自己 Proprietary", "信用取引 Margin", "proprietary_margin"),
    (11, "個人 Individuals", "現金取引 Cash", "individuals_cash"),
    (15, "個人 Individuals", "信用取引 Margin", "individuals_margin"),
    (19, "海外投資家 Foreigners", "法人 Corporations", "foreigners_corporations"),
    (23, "海外投資家 Foreigners", "個人 Individuals", "foreigners_individuals"),
    (27, "証券会社 Securities Cos.", "証券会社 Securities Cos.", "securities_companies"),
    (31, "法人 Institutions", "投資信託 Investment Trusts", "investment_trusts"),
    (35, "法人 Institutions", "事業法人 Business Cos.", "business_corporations"),
    (39, "法人 Institutions", "その他法人等 Other Cos.", "other_corporations"),
    (43, "法人 Institutions", "生保・損保 Life & Non-Life", "insurance"),
    (47, "法人 Institutions", "都銀・地銀等 City BKs, Regional BKs", "city_regional_banks"),
    (51, "法人 Institutions", "信託銀行 Trust Banks", "trust_banks"),
    (55, "法人 Institutions", "その他金融機関 Other Financials", "other_financials"),
)
UNIFIED_MARKETS = {
    "東証プライム\nTSE Prime Market": "tse_prime",
    "東証スタンダード\nTSE Standard Market": "tse_standard",
    "東証グロース\nTSE Growth Market": "tse_growth_market",
    "二市場\nTokyo & Nagoya": "two_markets",
}


def unified_workbook(
    markets: Mapping[str, Figures],
    code: str,
    *,
    scale: int = 1,
    header: str = "年月週 Year, Month, Week",
    unit: str = "株数／金額 Shares／Value\n千株／千円 1,000 Shares／1,000 yen",
) -> bytes:
    """A workbook in the layout in force from the week of 2026-09-14; ``scale`` makes the slip of a unit."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "sheet1"
    sheet.cell(1, 1, "投資部門別株式売買状況 Trading by Type of Investors")
    sheet.cell(3, 4, "自己 Proprietary")
    sheet.cell(3, 12, "委託 Brokerage")
    coarse = {}
    for column, parent, leaf, _ in UNIFIED_COLUMNS:
        coarse.setdefault(parent, [column + 1, column + 4])[1] = column + 4
        sheet.cell(6, column + 1, leaf)
        sheet.merge_cells(start_row=6, end_row=6, start_column=column + 1, end_column=column + 4)
        for step, heading in enumerate(("売 Sales", "買 Purchases", "差引 Balance", "合計 Total ")):
            sheet.cell(7, column + 1 + step, heading)
    sheet.cell(5, 44, "金融機関 Financials")
    for parent, (first, last) in coarse.items():
        sheet.cell(4, first, parent)
        sheet.merge_cells(start_row=4, end_row=4, start_column=first, end_column=last)
    for column, heading in enumerate((header, "市場 Market", unit), 1):
        sheet.cell(7, column, heading)
    _unified_rows(sheet, markets, code, scale)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _unified_rows(
    sheet: openpyxl.worksheet.worksheet.Worksheet, markets: Mapping[str, Figures], code: str, scale: int
) -> None:
    sheet.cell(8, 1, code)
    for step, (label, market) in enumerate(UNIFIED_MARKETS.items()):
        top = 8 + 2 * step
        sheet.cell(top, 2, label)
        for row, kind, price in ((top, "株数 Shares", 2700), (top + 1, "金額 Value", 1)):
            sheet.cell(row, 3, kind)
            for column, _, _, name in UNIFIED_COLUMNS:
                sales, purchases = (side * scale // price for side in markets[market][name])
                for at, value in enumerate((sales, purchases, purchases - sales, sales + purchases)):
                    sheet.cell(row, column + 1 + at, value)
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=2, end_column=2)
    sheet.merge_cells(start_row=8, end_row=15, start_column=1, end_column=1)


GROUPS = (
    ("総合", "Composite"),
    ("総合（金融業を除く）", "Non-Financial"),
    ("\u3000\u3000\u3000\u3000\u3000 製造業", "\u3000\u3000\u3000\u3000 Manufacturing "),
    ("\u3000\u3000\u3000\u3000 非製造業", "\u3000\u3000\u3000\u3000 Non-Manufacturing "),
)
INDUSTRIES = (
    "水産・農林業|Fishery,Agriculture & Forestry", "鉱業|Mining", "建設業|Construction", "食料品|Foods",
    "繊維製品|Textiles & Apparels", "パルプ・紙|Pulp & Paper", "化学|Chemicals", "医薬品|Pharmaceutical",
    "石油・石炭製品|Oil & Coal Products", "ゴム製品|Rubber Products", "ガラス・土石製品|Glass & Ceramics Products",
    "鉄鋼|Iron & Steel", "非鉄金属|Nonferrous Metals", "金属製品|Metal Products", "機械|Machinery",
    "電気機器|Electric Appliances", "輸送用機器|Transportation Equipment", "精密機器|Precision Instruments",
    "その他製品|Other Products", "電気・ガス業|Electric Power & Gas", "陸運業|Land Transportation",
    "海運業|Marine Transportation", "空運業|Air Transportation",
    "倉庫・運輸関連業|Warehousing & Harbor Transportation Services", "情報・通信業|Information & Communication",
    "卸売業|Wholesale Trade", "小売業|Retail Trade", "銀行業|Banks",
    "証券、商品先物取引業|Securities & Commodity Futures", "保険業|Insurance",
    "その他金融業|Other Financing Business", "不動産業|Real Estate", "サービス業|Services",
)  # fmt: skip
MAKERS, LENDERS = range(3, 19), range(27, 31)
SECTIONS = {"Prime": "プライム市場", "Standard": "スタンダード市場", "Growth": "グロース市場"}
HEADINGS = (
    ("年月", "Year/Month"),
    ("市場区分名", None),
    ("Section", None),
    ("種別", None),
    ("Industry", None),
    ("会社数", "No. of cos."),
    ("単純＿PER（倍）", "Average_PER(times)"),
    ("単純＿PBR（倍）", "Average_PBR(times)"),
    ("単純＿1株当たり\n当期純利益（円）", "Average_Earnings\nPer Share(Yen)"),
    ("単純＿1株当たり\n純資産（円）", "Average_Net Assets\nPer Share(Yen)"),
    ("加重＿PER（倍）", "Weighted average_\nPER(times)"),
    ("加重＿PBR（倍）", "Weighted average_\nPBR(times)"),
    ("加重＿親会社株主に帰属する\n当期純利益合計（円）", "Weighted average_\nEarnings(￥)"),
    ("加重＿純資産合計（円）", "Weighted average_\nNet Assets(￥)"),
)
# Section, Japanese and English label; companies, simple PER, PBR, EPS, BPS, weighted PER, PBR, earnings, net assets;
# None where the publisher prints a dash, "*" where it prints a star.
Line = tuple[str, str, str, tuple[float | str | None, ...]]


def valuation_lines(seed: int, sections: tuple[str, ...] = tuple(SECTIONS)) -> list[Line]:
    """Groups, industries and size classes whose companies, earnings and net assets add up and whose prices agree."""
    dice = random.Random(seed)
    lines: list[Line] = []
    for section in sections:
        basis = [_company_basis(dice, section) for _ in INDUSTRIES]
        manufacturing = [basis[at] for at in MAKERS]
        rest = [one for at, one in enumerate(basis) if at not in MAKERS and at not in LENDERS]
        sums = (basis, manufacturing + rest, manufacturing, rest)
        for (local, english), parts in zip(GROUPS, sums, strict=True):
            whole = tuple(sum(part[at] for part in parts if part is not None) for at in range(3))
            lines.append((section, local, english, _ratios(dice, *whole)))
        for number, (label, one) in enumerate(zip(INDUSTRIES, basis, strict=True), 1):
            local, english = label.split("|")
            # Growth leaves empty industries out in some editions and prints dashes in others.
            if one is not None or dice.random() < 0.5:
                figures = _ratios(dice, *one) if one is not None else (None,) * 9
                lines.append((section, f"{number} {local}", f"{number} {english}", figures))
    for local, english in (("大型株", "Large "), ("中型株", "Medium "), ("小型株", "Small ")):
        lines.append(("－", local, english, _ratios(dice, dice.randrange(90, 1300), 10**13, 10**14)))
    return lines


def _company_basis(dice: random.Random, section: str) -> tuple[int, int, int] | None:
    if section == "Growth" and dice.random() < 0.3:
        return None
    assets = dice.randrange(10**10, 10**14)
    return dice.randrange(1, 200), int(assets * dice.uniform(-0.02, 0.15)), assets


def _ratios(dice: random.Random, companies: int, earnings: int, assets: int) -> tuple[float | str | None, ...]:
    price = assets * dice.uniform(0.4, 4)
    per_share = dice.uniform(1e-12, 5e-11)
    eps, bps = round(earnings * per_share, 2), round(assets * per_share, 2)
    simple = price * per_share
    return (
        companies,
        _per(simple, eps),
        round(simple / bps, 1),
        eps,
        bps,
        _per(price, earnings),
        round(price / assets, 1),
        earnings,
        assets,
    )


def _per(price: float, earnings: float) -> float | str | None:
    if earnings <= 0:
        return None
    return "*" if price / earnings >= 999.95 else round(price / earnings, 1)


def valuation_workbook(lines: list[Line], month: str, *, formulas: bool = True) -> bytes:
    """A workbook ``perpbrYYYYMM.xlsx`` for ``month`` (``2025/08``), numbers as uncached formulas or plain."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "規模別・業種別（連結）"
    sheet.cell(1, 1, "規模別・業種別\u3000PER・PBR（連結）")
    sheet.cell(
        1, 6, "(注)2.「－」は該当数値なし、または、PER・PBRがマイナス値の場合。PER1000倍以上の場合は「＊」を表示"
    )
    for column, (local, english) in enumerate(HEADINGS, 1):
        sheet.cell(3, column, local)
        if english is None:
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
        else:
            sheet.cell(4, column, english)
    for row, (section, local, english, figures) in enumerate(lines, 5):
        for column, text in enumerate((month, SECTIONS.get(section, "－"), section, local, english), 1):
            sheet.cell(row, column, text)
        for column, figure in enumerate(figures, 6):
            sheet.cell(row, column, _printed(figure, formulas))
    book.create_sheet("市場別（単体）").cell(1, 1, "市場別\u3000PER・PBR（単体）")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _printed(figure: float | str | None, formulas: bool) -> float | str:
    if figure is None or figure == "*":
        sign = "－" if figure is None else "＊"
        return f'="{sign}"' if formulas else sign
    return f"={figure}" if formulas else figure
